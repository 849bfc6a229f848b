//! Decimal numbers of any length, as APIs write them: compared, scaled and rounded without a binary float in between.

/// Numbers that fit into machine words.
mod small;

use std::{borrow::Cow, cmp::Ordering, fmt, str::FromStr};

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive, Zero};

use small::Small;

/// Longer numbers are text: nobody reads them, and arithmetic with them takes time.
const TEXT_MAX_LEN: usize = 4000;
/// Numbers of a greater magnitude, or smaller fractions, are text.
const EXPONENT_MAX: u32 = 1000;

/// How many digits the shortest form of a binary float (IEEE 754 double) has if a computation left an error in it.
const FLOAT_DIGITS: std::ops::RangeInclusive<usize> = 16..=17;
/// The digits that such an error leaves alone.
const EXACT_DIGITS: usize = 15;
/// The fewest decimals that an error adds. A number that loses fewer without its last digits is what its writer meant.
const ERROR_DECIMALS_MIN: usize = 4;

/// A decimal number, with as many decimals as it was written with: `12.50` has two. Two numbers are equal if their
/// values are.
#[derive(Clone, Debug)]
pub struct Decimal(Digits);

#[derive(Clone, Debug)]
enum Digits {
    Few(Small),
    Any(BigDecimal),
}

impl Decimal {
    /// The number of a text in the form of JSON (RFC 8259 6); a plus sign, leading zeros and a missing zero before or
    /// after the point are allowed, too, because texts that are numbers are written by other software. `None` for
    /// anything else, also for numbers that are out of bounds.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(few) = Small::parse(text) {
            return Some(Self::few(few));
        }
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
        BigDecimal::from_str(digits).ok().map(Self::any)
    }

    /// A whole number.
    pub fn whole(number: u64) -> Self {
        Small::whole(number).map_or_else(|| Self::any(BigDecimal::from(number)), Self::few)
    }

    /// The number nearest to a binary float; `None` if it is not finite.
    pub fn of_f64(number: f64) -> Option<Self> {
        number.is_finite().then(|| Self::parse(&number.to_string())).flatten()
    }

    fn few(digits: Small) -> Self {
        Self(Digits::Few(digits))
    }

    fn any(digits: BigDecimal) -> Self {
        Self(Digits::Any(digits))
    }

    fn as_few(&self) -> Option<Small> {
        match self.0 {
            Digits::Few(digits) => Some(digits),
            Digits::Any(_) => None,
        }
    }

    fn as_any(&self) -> Cow<'_, BigDecimal> {
        match &self.0 {
            // Its text is a number.
            Digits::Few(digits) => Cow::Owned(digits.to_string().parse().unwrap_or_default()),
            Digits::Any(digits) => Cow::Borrowed(digits),
        }
    }

    /// The result of an operation: with few digits if possible.
    fn by(
        &self,
        few: impl FnOnce(Small) -> Option<Small>,
        any: impl FnOnce(&BigDecimal) -> BigDecimal,
    ) -> Self {
        self.as_few().and_then(few).map_or_else(|| Self::any(any(&self.as_any())), Self::few)
    }

    /// The nearest binary float, for what needs no more: positions in a chart, and ratios.
    pub fn to_f64(&self) -> f64 {
        self.as_few().and_then(Small::to_f64).or_else(|| self.as_any().to_f64()).unwrap_or(f64::NAN)
    }

    /// This number times `factor`.
    pub fn times(&self, factor: &Self) -> Self {
        self.by(|digits| digits.times(factor.as_few()?), |digits| digits * &*factor.as_any())
    }

    /// This number times a power of ten.
    pub fn shifted(&self, power: i64) -> Self {
        let any = |number: &BigDecimal| {
            let (digits, scale) = number.as_bigint_and_scale();
            BigDecimal::from_bigint(digits.into_owned(), scale - power)
        };
        self.by(|digits| digits.shifted(power), any)
    }

    /// The difference to another.
    pub fn minus(&self, other: &Self) -> Self {
        self.by(|digits| digits.minus(other.as_few()?), |digits| digits - &*other.as_any())
    }

    /// The sum with another.
    pub fn plus(&self, other: &Self) -> Self {
        self.by(|digits| digits.plus(other.as_few()?), |digits| digits + &*other.as_any())
    }

    /// The number of decimals that it was written with.
    pub fn decimals(&self) -> usize {
        match &self.0 {
            Digits::Few(digits) => digits.scale(),
            Digits::Any(digits) => usize::try_from(digits.fractional_digit_count()).unwrap_or(0),
        }
    }

    /// The same number without zeros at the end of its fraction.
    pub fn trimmed(&self) -> Self {
        if self.decimals() == 0 {
            return self.clone();
        }
        self.by(|digits| Some(digits.trimmed()), BigDecimal::normalized)
    }

    /// The decimals that its writer meant: those that it was written with, except for the error of a binary float.
    /// 10.500000000000001 has one decimal.
    pub fn meant_decimals(&self) -> usize {
        let written = self.decimals();
        if written < ERROR_DECIMALS_MIN {
            return written;
        }
        let digits = self.to_string();
        let digits = digits.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
        if !FLOAT_DIGITS.contains(&digits) {
            return written;
        }
        let exact = written.saturating_sub(digits - EXACT_DIGITS);
        let meant = self.rounded(exact).trimmed().decimals();
        if meant + ERROR_DECIMALS_MIN <= written { meant } else { written }
    }

    /// With exactly this many decimals, rounded half away from zero.
    pub fn rounded(&self, decimals: usize) -> Self {
        let scale = i64::try_from(decimals).unwrap_or(i64::MAX);
        self.by(
            |digits| digits.rounded(decimals),
            |digits| digits.with_scale_round(scale, RoundingMode::HalfUp),
        )
    }

    pub fn is_whole(&self) -> bool {
        match &self.0 {
            Digits::Few(digits) => digits.is_whole(),
            Digits::Any(digits) => digits.is_integer(),
        }
    }

    pub fn is_zero(&self) -> bool {
        match &self.0 {
            Digits::Few(digits) => digits.signum() == 0,
            Digits::Any(digits) => digits.is_zero(),
        }
    }

    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Digits::Few(digits) => digits.signum() < 0,
            Digits::Any(digits) => digits.sign() == bigdecimal::num_bigint::Sign::Minus,
        }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let few = self.as_few().zip(other.as_few()).and_then(|(digits, other)| digits.compare(other));
        few.unwrap_or_else(|| self.as_any().cmp(&other.as_any()))
    }
}

/// All digits, without an exponent.
impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Digits::Few(digits) => digits.fmt(formatter),
            Digits::Any(digits) => formatter.write_str(&digits.to_plain_string()),
        }
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
    fn the_error_of_a_binary_float_has_no_decimals() {
        let meant = |text: &str| Decimal::parse(text).map(|number| number.meant_decimals());
        for (text, decimals) in [
            ("10.500000000000001", 1),
            ("14.700000000000002", 1),
            ("0.30000000000000004", 1),
            ("-0.060000000000000005", 2),
            ("2.9999999999999996", 0),
            ("1234567.8900000001", 2),
            // These have as many digits as are meant.
            ("12.50", 2),
            ("1234567890.123456", 6),
            ("0.1000000000000000055", 19),
            ("0.12345678901234567", 17),
            ("3.141592653589793", 15),
            ("0.0000001", 7),
            ("9007199254740993", 0),
        ] {
            assert_eq!(meant(text), Some(decimals), "{text}");
        }
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

    #[test]
    fn f10_few_digits_and_any_number_of_them_give_the_same_results() {
        let texts = [
            "0",
            "-0",
            "5",
            "-5",
            "0.5",
            "-0.5",
            "1.005",
            "-1.005",
            "2.675",
            "12.50",
            "100.00",
            "0.001",
            "99.995",
            "999999999999999999",
            "-999999999999999999",
            "0.99999999999999999",
            "123456789.123456789",
            "100000000000000000",
        ];
        for text in texts {
            let (few, any) = (of(text), Decimal::any(text.parse().unwrap()));
            assert!(few.as_few().is_some(), "{text}");
            assert_eq!(few, any, "{text}");
            for decimals in [0, 1, 2, 3, 9, 17, 18, 19, 40] {
                assert_eq!(
                    few.rounded(decimals).to_string(),
                    any.rounded(decimals).to_string(),
                    "{text} {decimals}"
                );
            }
            for power in [-30, -18, -2, 0, 1, 2, 17, 18, 30] {
                assert_eq!(few.shifted(power), any.shifted(power), "{text} {power}");
            }
            assert_eq!(few.trimmed().to_string(), any.trimmed().to_string());
            assert_eq!(few.trimmed().decimals(), any.trimmed().decimals());
            assert_eq!(
                few.to_f64().to_bits(),
                text.parse::<f64>().map_or(0, |f| (f + 0.0).to_bits()),
                "{text}"
            );
            assert_eq!(
                (few.is_whole(), few.is_zero(), few.is_negative()),
                (any.is_whole(), any.is_zero(), any.is_negative())
            );
            for other in texts {
                let (few_other, any_other) = (of(other), Decimal::any(other.parse().unwrap()));
                assert_eq!(few.cmp(&few_other), any.cmp(&any_other), "{text} {other}");
                assert_eq!(few.times(&few_other), any.times(&any_other), "{text} {other}");
                assert_eq!(few.minus(&few_other), any.minus(&any_other), "{text} {other}");
                assert_eq!(few.plus(&few_other), any.plus(&any_other), "{text} {other}");
            }
        }
    }
}
