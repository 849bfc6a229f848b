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
    /// The number of a text that consists of a sign, digits before the point, and digits after it.
    pub(super) fn parse(is_negative: bool, whole: &str, fraction: &str) -> Option<Self> {
        if whole.len() + fraction.len() > DIGITS_MAX {
            return None;
        }
        let digits = whole.bytes().chain(fraction.bytes());
        let digits = digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        Self::of(if is_negative { -i128::from(digits) } else { i128::from(digits) }, fraction.len())
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
        let sign = if self.digits < 0 { "-" } else { "" };
        let digits = format!("{:0width$}", self.digits.unsigned_abs(), width = self.scale() + 1);
        let (whole, fraction) = digits.split_at_checked(digits.len() - self.scale()).unwrap_or((&digits, ""));
        let point = if fraction.is_empty() { "" } else { "." };
        write!(formatter, "{sign}{whole}{point}{fraction}")
    }
}

fn power(of_ten: u32) -> Option<i128> {
    10i128.checked_pow(of_ten)
}
