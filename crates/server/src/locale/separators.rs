//! The separators of a locale, learned from what its formatter writes. A board has hundreds of numbers, and most locales
//! write them in the same way: digits with marks between them. Those are put together here, without the formatter.

/// How a locale writes numbers with the digits 0 to 9.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Separators {
    minus: String,
    decimal: String,
    group: String,
    /// The digits of the last group, and of those before it.
    last_group: usize,
    other_groups: usize,
    /// The fewest whole digits that are grouped.
    grouped_from: usize,
}

impl Separators {
    /// The separators of the formatter `write`; `None` if it writes any number in another way than they do.
    pub(super) fn learn(write: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let long = write("1234567890.5")?;
        let (whole, fraction) = long.split_at_checked(long.rfind('0')? + 1)?;
        let decimal = fraction.strip_suffix('5')?.to_owned();
        let groups: Vec<&str> =
            whole.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
        let [first, .., before, last] = groups.as_slice() else { return None };
        let group =
            whole.strip_prefix(first)?.chars().take_while(|c| !c.is_ascii_digit()).collect::<String>();
        let grouped_from = (1..=9).find(|count| {
            let digits: String = ('1'..='9').take(*count).collect();
            write(&digits).is_some_and(|text| text != digits)
        })?;
        let minus = write("-1")?.strip_suffix('1')?.to_owned();
        let (last_group, other_groups) = (last.len(), before.len());
        let learned = Self { minus, decimal, group, last_group, other_groups, grouped_from };
        let samples = [
            "0",
            "7",
            "-0.05",
            "999",
            "1000",
            "-1234",
            "12345.60",
            "123456",
            "-1234567.891",
            "98765432109876",
        ];
        samples.iter().all(|plain| write(plain).as_ref() == Some(&learned.write(plain))).then_some(learned)
    }

    /// A number of digits with an optional minus and point, as the locale writes it.
    pub(super) fn write(&self, plain: &str) -> String {
        let (digits, is_negative) = match plain.strip_prefix('-') {
            Some(digits) => (digits, true),
            None => (plain, false),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        let mut text = String::with_capacity(plain.len() + plain.len() / 2 + 4);
        if is_negative {
            text.push_str(&self.minus);
        }
        if whole.len() < self.grouped_from {
            text.push_str(whole);
        } else {
            for (index, digit) in whole.char_indices() {
                let after = whole.len() - index;
                let is_border = after == self.last_group
                    || after > self.last_group && (after - self.last_group).is_multiple_of(self.other_groups);
                if is_border && index > 0 {
                    text.push_str(&self.group);
                }
                text.push(digit);
            }
        }
        if let Some(fraction) = fraction {
            text.push_str(&self.decimal);
            text.push_str(fraction);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use fixed_decimal::Decimal;
    use icu_decimal::DecimalFormatter;
    use icu_locale_core::Locale;

    use super::*;

    /// What the formatter of a locale writes.
    fn writer(locale: &str) -> impl Fn(&str) -> Option<String> {
        let locale = Locale::try_from_str(locale).unwrap();
        let formatter = DecimalFormatter::try_new(locale.into(), Default::default()).unwrap();
        move |plain| Some(formatter.format_to_string(&Decimal::try_from_str(plain).ok()?))
    }

    #[test]
    fn r07_numbers_are_written_as_the_formatter_of_the_locale_writes_them() {
        let mut random = fastrand::Rng::with_seed(11);
        let mut learned = 0;
        let locales = [
            "en-GB", "en-US", "en-IN", "de-DE", "de-AT", "de-CH", "fr-FR", "fr-CH", "es-ES", "es-MX",
            "pl-PL", "pt-PT", "pt-BR", "sv-SE", "nb-NO", "fi-FI", "it-IT", "it-CH", "hi-IN", "ta-IN",
            "ja-JP", "zh-TW", "ar-EG", "ar-AE", "fa-IR", "he-IL", "bg-BG", "tr-TR", "uk-UA", "ne-NP",
            "my-MM", "sl-SI", "eu-ES", "hu-HU",
        ];
        for locale in locales {
            let write = writer(locale);
            let Some(separators) = Separators::learn(&write) else { continue };
            learned += 1;
            for _ in 0..1500 {
                let digits: String = (0..random.usize(1..22)).map(|_| random.digit(10)).collect();
                let whole = digits.trim_start_matches('0');
                let whole = if whole.is_empty() { "0" } else { whole };
                let fraction: String = (0..random.usize(0..8)).map(|_| random.digit(10)).collect();
                let point = if fraction.is_empty() { "" } else { "." };
                let minus = if random.bool() && whole != "0" { "-" } else { "" };
                let plain = format!("{minus}{whole}{point}{fraction}");
                assert_eq!(Some(separators.write(&plain)), write(&plain), "{plain} in {locale}");
            }
        }
        assert!(learned > 20, "{learned} of {}", locales.len());
        for other_digits in ["ar-EG", "fa-IR", "ne-NP"] {
            assert_eq!(Separators::learn(writer(other_digits)), None, "{other_digits}");
        }
        assert!(
            Separators::learn(|_| None).is_none() && Separators::learn(|_| Some(String::new())).is_none()
        );
    }
}
