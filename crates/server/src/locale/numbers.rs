//! Numbers and percentages: rounded as decimals, which is what users see, then formatted for the locale.

use fixed_decimal::{Decimal, FloatPrecision, SignDisplay, SignedRoundingMode, UnsignedRoundingMode};

use super::formats::Formats;

const DECIMALS_MAX: usize = 15;

/// The position of the percent sign (CLDR 48, percent patterns of the default numbering system).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PercentSign {
    After,
    AfterSpace,
    Before,
    BeforeSpace,
}

impl PercentSign {
    /// ICU4X has these in an unstable crate; there are only a few.
    pub(super) fn of(language: &str, region: Option<&str>) -> Self {
        match (language, region) {
            ("fr", Some("CH")) | ("de", Some("CH" | "LI")) => Self::After,
            // Spain uses a space, Latin America none (es-419).
            ("es", region) if !matches!(region, None | Some("ES" | "GQ" | "PH" | "EA" | "IC")) => Self::After,
            (
                "be" | "br" | "bua" | "ca" | "cs" | "cv" | "da" | "de" | "dsb" | "es" | "fi" | "fo" | "fr"
                | "gl" | "hr" | "hsb" | "ksh" | "lb" | "lt" | "mk" | "nb" | "nds" | "nn" | "no" | "oc" | "qu"
                | "ro" | "ru" | "sk" | "sl" | "sv" | "tk" | "tt",
                _,
            )
            | ("en", Some("AT" | "DE" | "DK" | "FI" | "NO" | "SE")) => Self::AfterSpace,
            ("tr" | "ku", _) => Self::Before,
            ("eu" | "blo", _) => Self::BeforeSpace,
            _ => Self::After,
        }
    }
}

/// With exactly this many decimals; at most 15.
pub(super) fn number(formats: Option<&Formats>, number: f64, decimals: usize) -> String {
    let decimals = decimals.min(DECIMALS_MAX);
    match (formats, decimal(number, 0, decimals)) {
        (Some(formats), Some(decimal)) => formats.decimal(&decimal),
        _ => format!("{number:.decimals$}"),
    }
}

/// A share of one, in hundredths.
pub(super) fn percent(formats: Option<&Formats>, share: f64, decimals: usize) -> String {
    let decimals = decimals.min(DECIMALS_MAX);
    let (Some(formats), Some(decimal)) = (formats, decimal(share, 2, decimals)) else {
        return format!("{:.decimals$}%", share * 100.0);
    };
    let text = formats.decimal(&decimal);
    let is_arabic = text.contains(|c| ('\u{660}'..='\u{669}').contains(&c));
    let sign = if is_arabic { "\u{66a}" } else { "%" };
    // A minus sign stays before a percent sign that comes first.
    let first_digit = text.find(char::is_numeric).unwrap_or_default();
    let (minus, digits) = text.split_at_checked(first_digit).unwrap_or(("", &text));
    match formats.percent_sign() {
        PercentSign::After => format!("{text}{sign}"),
        PercentSign::AfterSpace => format!("{text}\u{a0}{sign}"),
        PercentSign::Before => format!("{minus}{sign}{digits}"),
        PercentSign::BeforeSpace => format!("{minus}{sign}\u{a0}{digits}"),
    }
}

/// The shortest decimal of this number, times a power of ten, rounded half away from zero. `None` if it is not finite.
fn decimal(number: f64, shift: i16, decimals: usize) -> Option<Decimal> {
    let position = -i16::try_from(decimals).ok()?;
    let mut decimal = Decimal::try_from_f64(number, FloatPrecision::RoundTrip).ok()?;
    decimal.multiply_pow10(shift);
    decimal.round_with_mode(position, SignedRoundingMode::Unsigned(UnsignedRoundingMode::HalfExpand));
    decimal.absolute.trim_start();
    decimal.absolute.pad_end(position);
    // No sign on a number that was rounded to zero.
    decimal.apply_sign_display(SignDisplay::Negative);
    Some(decimal)
}
