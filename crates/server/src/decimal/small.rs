//! Decimals of at most 18 digits, which nearly all are: arithmetic with machine words, many times faster than with
//! numbers of any length. An operation whose result would not fit is `None`.

use std::{cmp::Ordering, fmt};

/// More digits than these may not fit.
const DIGITS_MAX: usize = 18;

/// `digits` divided by ten to the power of `scale`, which is at most 18.
#[derive(Clone, Copy, Debug)]
pub(super) struct Small {
    digits: i64,
    scale: u32,
}

impl Small {
    /// The number of a text that consists of digits, at least one of them, with an optional sign and point.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (unsigned, sign) = match text.as_bytes() {
            [b'-', unsigned @ ..] => (unsigned, -1),
            [b'+', unsigned @ ..] => (unsigned, 1),
            unsigned => (unsigned, 1),
        };
        let (mut digits, mut count, mut scale, mut has_point) = (0, 0, 0, false);
        for byte in unsigned {
            match byte {
                b'0'..=b'9' if count < DIGITS_MAX => {
                    digits = digits * 10 + i64::from(byte - b'0');
                    count += 1;
                    scale += u32::from(has_point);
                }
                b'.' if !has_point => has_point = true,
                _ => return None,
            }
        }
        (count > 0).then_some(Self { digits: sign * digits, scale })
    }

    pub(super) fn whole(number: u64) -> Option<Self> {
        Self::of(i128::from(number), 0)
    }

    fn of(digits: i128, scale: usize) -> Option<Self> {
        let scale = u32::try_from(scale).ok().filter(|scale| *scale as usize <= DIGITS_MAX)?;
        Some(Self { digits: i64::try_from(digits).ok()?, scale })
    }

    /// The digits with this many decimals, which are at least those of the number.
    fn digits_at(self, scale: u32) -> Option<i128> {
        if scale == self.scale {
            return Some(i128::from(self.digits));
        }
        i128::from(self.digits).checked_mul(power(scale.checked_sub(self.scale)?)?)
    }

    pub(super) fn scale(self) -> usize {
        self.scale as usize
    }

    /// Exact where a binary float is: the quotient of two numbers that are exact is rounded once (IEEE 754).
    pub(super) fn to_f64(self) -> Option<f64> {
        let is_exact = self.digits.unsigned_abs() <= 1 << 53;
        is_exact.then(|| self.digits as f64 / 10f64.powi(self.scale.cast_signed()))
    }

    pub(super) fn times(self, other: Self) -> Option<Self> {
        Self::of(i128::from(self.digits) * i128::from(other.digits), self.scale() + other.scale())
    }

    /// Times a power of ten.
    pub(super) fn shifted(self, power_of_ten: i64) -> Option<Self> {
        let scale = i64::from(self.scale).checked_sub(power_of_ten)?;
        match u32::try_from(scale) {
            Ok(scale) => Self::of(i128::from(self.digits), scale as usize),
            Err(_) => {
                let up = u32::try_from(scale.checked_neg()?).ok()?;
                Self::of(i128::from(self.digits).checked_mul(power(up)?)?, 0)
            }
        }
    }

    pub(super) fn minus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        Self::of(self.digits_at(scale)?.checked_sub(other.digits_at(scale)?)?, scale as usize)
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        Self::of(self.digits_at(scale)?.checked_add(other.digits_at(scale)?)?, scale as usize)
    }

    /// Without zeros at the end of the fraction.
    pub(super) fn trimmed(mut self) -> Self {
        while self.scale > 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.scale -= 1;
        }
        self
    }

    /// With exactly this many decimals, rounded half away from zero.
    pub(super) fn rounded(self, decimals: usize) -> Option<Self> {
        let scale = u32::try_from(decimals).ok()?;
        if scale == self.scale {
            return Some(self);
        }
        let Some(surplus) = self.scale.checked_sub(scale) else {
            return Self::of(self.digits_at(scale)?, decimals);
        };
        let (digits, divisor) = (i128::from(self.digits), power(surplus)?);
        let half = digits.signum() * (divisor / 2);
        Self::of((digits + half) / divisor, decimals)
    }

    pub(super) fn is_whole(self) -> bool {
        power(self.scale).is_some_and(|divisor| i128::from(self.digits) % divisor == 0)
    }

    pub(super) fn signum(self) -> i64 {
        self.digits.signum()
    }

    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        let scale = self.scale.max(other.scale);
        Some(self.digits_at(scale)?.cmp(&other.digits_at(scale)?))
    }
}

impl fmt::Display for Small {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // From the last digit to the sign: at most 19 digits, a point and a sign.
        let mut text = [0; 24];
        let (mut slots, mut len) = (text.iter_mut().rev(), 0);
        let mut put = |byte: u8| {
            if let Some(slot) = slots.next() {
                *slot = byte;
                len += 1;
            }
        };
        let (mut rest, mut count) = (self.digits.unsigned_abs(), 0);
        while rest > 0 || count <= self.scale {
            if count == self.scale && count > 0 {
                put(b'.');
            }
            put(b'0' + u8::try_from(rest % 10).unwrap_or_default());
            rest /= 10;
            count += 1;
        }
        if self.digits < 0 {
            put(b'-');
        }
        let written = text.get(text.len() - len..).unwrap_or_default();
        formatter.write_str(std::str::from_utf8(written).unwrap_or_default())
    }
}

fn power(of_ten: u32) -> Option<i128> {
    match of_ten {
        // These fit into a machine word.
        ..=18 => Some(i128::from(10i64.pow(of_ten))),
        _ => 10i128.checked_pow(of_ten),
    }
}
