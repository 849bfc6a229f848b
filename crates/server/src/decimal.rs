//! Decimal numbers of any length, as APIs write them: compared, scaled and rounded without a binary float in between.

use std::{fmt, str::FromStr};

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive, Zero};

/// Longer numbers are text: nobody reads them, and arithmetic with them takes time.
const TEXT_MAX_LEN: usize = 4000;
/// Numbers of a greater magnitude, or smaller fractions, are text.
const EXPONENT_MAX: u32 = 1000;

/// A decimal number, with as many decimals as it was written with: `12.50` has two. Two numbers are equal if their
/// values are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(BigDecimal);

impl Decimal {
    /// The number of a text in the form of JSON (RFC 8259 6); a plus sign, leading zeros and a missing zero before or
    /// after the point are allowed, too, because texts that are numbers are written by other software. `None` for
    /// anything else, also for numbers that are out of bounds.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > TEXT_MAX_LEN {
            return None;
        }
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let has_digits = !whole.is_empty() || !fraction.is_empty();
        if !has_digits || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        if let Some(exponent) = exponent {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            let is_in_bounds = digits.trim_start_matches('0').len() <= 4
                && digits.parse::<u32>().is_ok_and(|exponent| exponent <= EXPONENT_MAX);
            if digits.is_empty() || !is_digits(digits) || !is_in_bounds {
                return None;
            }
        }
        let digits = text.strip_prefix('+').unwrap_or(text);
        BigDecimal::from_str(digits).ok().map(Self)
    }

    /// A whole number.
    pub fn whole(number: u64) -> Self {
        Self(BigDecimal::from(number))
    }

    /// The number nearest to a binary float; `None` if it is not finite.
    pub fn of_f64(number: f64) -> Option<Self> {
        number.is_finite().then(|| Self::parse(&number.to_string())).flatten()
    }

    /// The nearest binary float, for what needs no more: positions in a chart, and ratios.
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().unwrap_or(f64::NAN)
    }

    /// This number times `factor`.
    pub fn times(&self, factor: &Self) -> Self {
        Self(&self.0 * &factor.0)
    }

    /// This number times a power of ten.
    pub fn shifted(&self, power: i64) -> Self {
        let (digits, scale) = self.0.as_bigint_and_scale();
        Self(BigDecimal::from_bigint(digits.into_owned(), scale - power))
    }

    /// The difference to another.
    pub fn minus(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    /// The number of decimals that it was written with.
    pub fn decimals(&self) -> usize {
        usize::try_from(self.0.fractional_digit_count()).unwrap_or(0)
    }

    /// The same number without zeros at the end of its fraction.
    pub fn trimmed(&self) -> Self {
        if self.decimals() == 0 { self.clone() } else { Self(self.0.normalized()) }
    }

    /// With exactly this many decimals, rounded half away from zero.
    pub fn rounded(&self, decimals: usize) -> Self {
        let scale = i64::try_from(decimals).unwrap_or(i64::MAX);
        Self(self.0.with_scale_round(scale, RoundingMode::HalfUp))
    }

    pub fn is_whole(&self) -> bool {
        self.0.is_integer()
    }

    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    pub fn is_negative(&self) -> bool {
        self.0.sign() == bigdecimal::num_bigint::Sign::Minus
    }
}

/// All digits, without an exponent.
impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_plain_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn f10_a_decimal_is_the_number_that_was_written() {
        for (text, plain) in [
            ("0", "0"),
            ("-0", "0"),
            ("12.50", "12.50"),
            ("-0.49", "-0.49"),
            ("1745678901234567891", "1745678901234567891"),
            ("0.1000000000000000055", "0.1000000000000000055"),
            ("1e3", "1000"),
            ("1.25E-3", "0.00125"),
            ("+5", "5"),
            (".5", "0.5"),
            ("007", "7"),
        ] {
            assert_eq!(of(text).to_string(), plain, "{text}");
        }
        let long = "9".repeat(TEXT_MAX_LEN);
        assert_eq!(of(&long).to_string(), long);
        for text in [
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e+",
            "inf",
            "NaN",
            "1_000",
            "0x10",
            "1,5",
            " 1",
            "1 ",
            "1e1001",
            "1e99999999999",
            "--1",
            "1.2.3",
            "\u{661}",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
        assert_eq!(Decimal::parse(&"9".repeat(TEXT_MAX_LEN + 1)), None);
    }

    #[test]
    fn decimals_are_compared_scaled_and_rounded_exactly() {
        assert!(of("9007199254740993") > of("9007199254740992"));
        assert_eq!(of("1.50"), of("1.5"));
        assert!(of("-1e1000") < of("-2") && of("1e-1000") > of("0"));
        assert_eq!(of("129900").times(&of("0.01")).to_string(), "1299.00");
        assert_eq!(of("1.005").rounded(2).to_string(), "1.01");
        assert_eq!(of("-0.5").rounded(0).to_string(), "-1");
        assert_eq!(of("0.124").shifted(2).to_string(), "12.4");
        assert_eq!(
            (of("12.50").decimals(), of("12.50").trimmed().decimals(), of("1e3").decimals()),
            (2, 1, 0)
        );
        assert_eq!(of("100.00").trimmed().to_string(), "100");
        assert!(of("2.0").is_whole() && !of("2.1").is_whole() && of("0.00").is_zero());
        assert_eq!(Decimal::of_f64(0.1).unwrap(), of("0.1"));
        assert_eq!(Decimal::of_f64(f64::NAN), None);
    }
}
