//! Numbers and percentages: rounded as decimals, which is what users see, then formatted for the locale.

use super::formats::Formats;
use crate::decimal::Decimal;

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

/// The minus sign, which is as wide as digits are; most locales of CLDR have a hyphen, which is easy to miss.
const MINUS: &str = "\u{2212}";
/// Longer numbers are shown as plain digits: CLDR has no better form for them.
const FORMATTED_MAX_LEN: usize = 400;

/// With exactly this many decimals; at most 15.
pub(super) fn number(formats: Option<&Formats>, number: f64, decimals: usize) -> String {
    let decimals = decimals.min(DECIMALS_MAX);
    match Decimal::of_f64(number) {
        Some(exact) => decimal(formats, &exact, decimals),
        None => format!("{number:.decimals$}"),
    }
}

/// With exactly this many decimals, rounded half away from zero.
pub(super) fn decimal(formats: Option<&Formats>, number: &Decimal, decimals: usize) -> String {
    let plain = number.rounded(decimals).to_string();
    if plain.len() > FORMATTED_MAX_LEN {
        return plain;
    }
    let is_negative = plain.starts_with('-');
    let text = formats.and_then(|formats| formats.decimal(&plain)).unwrap_or(plain);
    if is_negative { text.replacen('-', MINUS, 1) } else { text }
}

/// A share of one, in hundredths.
pub(super) fn percent(formats: Option<&Formats>, share: f64, decimals: usize) -> String {
    let decimals = decimals.min(DECIMALS_MAX);
    match Decimal::of_f64(share) {
        Some(exact) => hundredths(formats, &exact.shifted(2), decimals),
        None => format!("{:.decimals$}%", share * 100.0),
    }
}

/// A number of hundredths.
pub(super) fn hundredths(formats: Option<&Formats>, number: &Decimal, decimals: usize) -> String {
    let text = decimal(formats, number, decimals);
    let Some(formats) = formats else { return text + "%" };
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
