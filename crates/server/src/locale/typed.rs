//! Numbers as users type them: with the marks of their locale or of another, as long as only one reading is possible.
//! `1.250` is 1250 to a German and 1.25 to a Briton, so it is neither here.

use crate::decimal::Decimal;

/// Longer numbers are not typed.
const TYPED_MAX_CHARS: usize = 100;
/// The first digits of the numbering systems of CLDR's locales: each has ten in a row.
const ZEROS: [char; 14] = [
    '0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}',
    '\u{e50}', '\u{f20}', '\u{1040}', '\u{ff10}',
];

/// Why a typed number is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTyped {
    /// It is no number.
    NoNumber,
    /// It has two readings: with a mark between thousands, and with one before decimals.
    Ambiguous { whole: Decimal, fraction: Decimal },
}

/// Reads a typed number.
///
/// # Errors
/// See [`NotTyped`].
pub(super) fn number(text: &str) -> Result<Decimal, NotTyped> {
    let (is_negative, text) = plain(text).ok_or(NotTyped::NoNumber)?;
    let sign = if is_negative { "-" } else { "" };
    let of = |whole: &str, fraction: &str| {
        let point = if fraction.is_empty() { "" } else { "." };
        let whole = match whole.trim_start_matches('0') {
            "" => "0",
            whole => whole,
        };
        Decimal::parse(&format!("{sign}{whole}{point}{fraction}")).ok_or(NotTyped::NoNumber)
    };
    let marks: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
    let (Some((first, rest)), Some(last)) = (parts.split_first(), parts.last()) else {
        return Err(NotTyped::NoNumber);
    };
    let joined = || parts.concat();
    let before_last = || parts.iter().take(parts.len() - 1).copied().collect::<Vec<_>>();
    match marks.split_last() {
        None => of(&text, ""),
        // `1250,50`, `0.5`, `1.250`
        Some((mark, [])) if is_decimal(*mark) || matches!(mark, '.' | ',') => {
            if last.is_empty() || (first.is_empty() && last.is_empty()) {
                return Err(NotTyped::NoNumber);
            }
            let could_group = !is_decimal(*mark) && are_groups(&parts);
            let fraction = of(first, last)?;
            if could_group {
                Err(NotTyped::Ambiguous { whole: of(&joined(), "")?, fraction })
            } else {
                Ok(fraction)
            }
        }
        // `1,234,567` or `1 250`: the same mark everywhere.
        Some((mark, others)) if others.iter().all(|other| other == mark) => {
            if is_decimal(*mark) || !are_groups(&parts) { Err(NotTyped::NoNumber) } else { of(&joined(), "") }
        }
        // `1.234.567,50`: one mark between thousands, and another one before the decimals.
        Some((mark, others)) => {
            let group = others.first().copied().unwrap_or_default();
            let is_right = (is_decimal(*mark) || matches!(mark, '.' | ','))
                && others.iter().all(|other| *other == group && !is_decimal(*other))
                && !rest.is_empty()
                && !last.is_empty()
                && are_groups(&before_last());
            if is_right { of(&before_last().concat(), last) } else { Err(NotTyped::NoNumber) }
        }
    }
}

/// The sign, and the digits and marks in one form each: ASCII digits, `.`, `,`, `'` and spaces.
fn plain(text: &str) -> Option<(bool, String)> {
    if text.chars().count() > TYPED_MAX_CHARS {
        return None;
    }
    // Arabic and Hebrew numbers have marks of direction.
    let text: String = text.chars().filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}')).collect();
    let text = text.trim();
    let (is_negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let one = |c: char| match c {
        '.' | ',' | '\u{66b}' | '\u{66c}' => Some(c),
        '\'' | '\u{2019}' => Some('\''),
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => Some(' '),
        c => digit(c),
    };
    let text: String = text.trim().chars().map(one).collect::<Option<_>>()?;
    text.contains(|c: char| c.is_ascii_digit()).then_some((is_negative, text))
}

fn digit(c: char) -> Option<char> {
    let value = ZEROS
        .iter()
        .find_map(|zero| u32::from(c).checked_sub(u32::from(*zero)).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

/// Whether a mark stands before decimals only.
fn is_decimal(mark: char) -> bool {
    mark == '\u{66b}'
}

/// Whether digits are grouped as numbers are: by three, or as in India by two and by three at the end.
fn are_groups(parts: &[&str]) -> bool {
    let [first, middle @ .., last] = parts else { return parts.len() == 1 };
    let is_first = |most: usize| (1..=most).contains(&first.len()) && !first.starts_with('0');
    let by_three = is_first(3) && middle.iter().all(|part| part.len() == 3);
    let by_two = !middle.is_empty() && is_first(2) && middle.iter().all(|part| part.len() == 2);
    last.len() == 3 && (by_three || by_two)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f03_a_number_is_read_if_it_has_one_reading() {
        for (text, read) in [
            ("1250", "1250"),
            ("12.50", "12.50"),
            ("12,50", "12.50"),
            ("0.250", "0.250"),
            ("0,250", "0.250"),
            (",5", "0.5"),
            ("1.2500", "1.2500"),
            ("1234.567", "1234.567"),
            ("1.000,50", "1000.50"),
            ("1,000.50", "1000.50"),
            ("1.234.567", "1234567"),
            ("1,234,567.125", "1234567.125"),
            ("12,34,567", "1234567"),
            ("12,34,567.50", "1234567.50"),
            ("1 250", "1250"),
            ("1\u{202f}250,50", "1250.50"),
            ("1'250.50", "1250.50"),
            ("1\u{2019}250.500", "1250.500"),
            (" -7 ", "-7"),
            ("\u{2212}7,5", "-7.5"),
            ("+7", "7"),
            ("007", "7"),
            ("9007199254740993", "9007199254740993"),
            ("0.1000000000000000055", "0.1000000000000000055"),
            ("١٬٢٣٤٫٥٠", "1234.50"),
            ("१२,३४,५६७.५०", "1234567.50"),
            ("\u{61c}-٧", "-7"),
            ("１２", "12"),
        ] {
            assert_eq!(number(text).map(|number| number.to_string()), Ok(read.to_owned()), "{text}");
        }
    }

    #[test]
    fn f03_a_number_with_two_readings_is_refused_with_both() {
        for (text, whole, fraction) in [
            ("1.250", "1250", "1.250"),
            ("1,250", "1250", "1.250"),
            ("-12.000", "-12000", "-12.000"),
            ("999,999", "999999", "999.999"),
        ] {
            let of = |text: &str| Decimal::parse(text).unwrap();
            assert_eq!(
                number(text),
                Err(NotTyped::Ambiguous { whole: of(whole), fraction: of(fraction) }),
                "{text}"
            );
        }
        for text in [
            "",
            "-",
            ".",
            ",",
            "1e3",
            "inf",
            "0x10",
            "1.",
            "1,",
            "1.2.3",
            "1,2,3",
            "1.23,456,7",
            "1,,5",
            "1.250.00",
            "1 25",
            "1 2 3",
            "12 34",
            "1'25",
            "--1",
            "1-",
            "1_000",
            "€5",
            "5 €",
            "1,250,00",
            "0.123.456",
            "1.234,567,8",
            &"9".repeat(101),
        ] {
            assert_eq!(number(text), Err(NotTyped::NoNumber), "{text}");
        }
    }
}
