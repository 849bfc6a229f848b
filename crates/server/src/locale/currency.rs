//! Amounts of money in a locale: the symbol of the currency or its code, and its place (CLDR 48, currency patterns of the
//! default numbering system). ICU4X has these in an unstable crate.

/// The place of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// `€5`, but `CHF 5`, because letters do not touch digits.
    Before,
    /// `€ 5`, with the minus before the currency.
    BeforeSpace,
    /// `€ -5`
    BeforeMinus,
    /// `CHF-5`, but `CHF 5`
    BeforeSpaceOrMinus,
    After,
    /// `5 €`
    AfterSpace,
}

/// How a locale writes amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Currencies {
    place: Place,
    language: String,
    region: Option<String>,
}

impl Currencies {
    pub(super) fn of(language: &str, region: Option<&str>) -> Self {
        let place = match (language, region) {
            ("de", Some("CH")) | ("it", Some("CH")) => Place::BeforeSpaceOrMinus,
            ("de", Some("AT" | "LI")) | ("pt", None | Some("BR")) => Place::BeforeSpace,
            ("nl", _) => Place::BeforeMinus,
            // Spain and Latin America differ.
            ("es", region) if !matches!(region, None | Some("ES" | "GQ" | "EA" | "IC")) => Place::Before,
            (
                "en" | "tr" | "ja" | "zh" | "ko" | "th" | "id" | "ms" | "fil" | "hi" | "ta" | "te" | "kn"
                | "ml" | "mr" | "gu",
                _,
            ) => Place::Before,
            ("bn", _) => Place::After,
            _ => Place::AfterSpace,
        };
        Self { place, language: language.to_owned(), region: region.map(str::to_owned) }
    }

    /// An amount: the text of its number with the currency before it, or that text and the currency to show after it.
    pub(super) fn arranged(&self, number: &str, code: &str) -> (String, Option<String>) {
        let symbol = self.symbol(code).unwrap_or(code);
        // A minus sign stays before a currency that comes first.
        let first_digit = number.find(char::is_numeric).unwrap_or_default();
        let (minus, digits) = number.split_at_checked(first_digit).unwrap_or(("", number));
        let letter_gap = if symbol.ends_with(char::is_alphabetic) { "\u{a0}" } else { "" };
        match self.place {
            Place::Before => (format!("{minus}{symbol}{letter_gap}{digits}"), None),
            Place::BeforeSpace => (format!("{minus}{symbol}\u{a0}{digits}"), None),
            Place::BeforeMinus => (format!("{symbol}\u{a0}{number}"), None),
            Place::BeforeSpaceOrMinus if minus.is_empty() => (format!("{symbol}\u{a0}{number}"), None),
            Place::BeforeSpaceOrMinus => (format!("{symbol}{number}"), None),
            Place::After if letter_gap.is_empty() => (format!("{number}{symbol}"), None),
            Place::After | Place::AfterSpace => (number.to_owned(), Some(symbol.to_owned())),
        }
    }

    /// The symbol of a currency; `None` if its code is clearer.
    fn symbol(&self, code: &str) -> Option<&'static str> {
        let (language, region) = (self.language.as_str(), self.region.as_deref());
        self.symbol_at_home(code).or_else(|| match (code, language) {
            ("EUR", "ro" | "hu" | "uk" | "is") => None,
            ("EUR", "de") if matches!(region, Some("CH" | "LI")) => None,
            ("EUR", "en") if region == Some("AU") => None,
            ("EUR", _) => Some("€"),
            // For other languages, a symbol of another country is a guess.
            (code, "en" | "de") => self.symbol_abroad(code),
            _ => None,
        })
    }

    /// The symbol of a country's own currency in its language.
    fn symbol_at_home(&self, code: &str) -> Option<&'static str> {
        Some(match (code, self.language.as_str(), self.region.as_deref()) {
            ("USD", "en" | "es", Some("US"))
            | ("CAD", "en" | "fr", Some("CA"))
            | ("AUD", "en", Some("AU"))
            | ("NZD", "en", Some("NZ"))
            | ("SGD", "en", Some("SG"))
            | ("MXN", "es", Some("MX"))
            | ("ARS", "es", Some("AR"))
            | ("COP", "es", Some("CO"))
            | ("CLP", "es", Some("CL"))
            | ("TWD", "zh", Some("TW")) => "$",
            ("HKD", "zh" | "en", Some("HK")) => "HK$",
            ("ZAR", "en", Some("ZA")) => "R",
            ("BRL", "pt", _) => "R$",
            ("CNY", "zh", None | Some("CN")) => "¥",
            ("JPY", "ja", _) => "\u{ffe5}",
            ("KRW", "ko", _) => "₩",
            ("INR", "hi" | "ta" | "te" | "kn" | "ml" | "mr" | "gu", _) => "₹",
            ("THB", "th", _) => "฿",
            ("VND", "vi", _) => "₫",
            ("IDR", "id", _) => "Rp",
            ("ILS", "he", _) => "₪",
            ("TRY", "tr", _) => "₺",
            ("RUB", "ru", _) => "₽",
            ("UAH", "uk", _) => "₴",
            ("PLN", "pl", _) => "zł",
            ("CZK", "cs", _) => "Kč",
            ("HUF", "hu", _) => "Ft",
            ("SEK", "sv", _) | ("NOK", "nb" | "nn" | "no", _) => "kr",
            ("DKK", "da", _) => "kr.",
            _ => return None,
        })
    }

    /// The symbol of another country's currency in English or German.
    fn symbol_abroad(&self, code: &str) -> Option<&'static str> {
        let (is_english, region) = (self.language == "en", self.region.as_deref());
        let is_american = matches!(region, None | Some("US" | "IN"));
        Some(match code {
            // CLDR has a symbol for the Australian dollar only.
            _ if is_english && region == Some("AU") => return None,
            "USD" if is_english && !is_american => "US$",
            "USD" => "$",
            "GBP" => "£",
            "JPY" if is_english && !matches!(region, None | Some("US")) => "JP¥",
            "JPY" => "¥",
            "CNY" => "CN¥",
            "INR" => "₹",
            "KRW" => "₩",
            "CAD" => "CA$",
            "AUD" if is_english => "A$",
            "AUD" => "AU$",
            "NZD" => "NZ$",
            "BRL" => "R$",
            "MXN" => "MX$",
            "HKD" => "HK$",
            "TWD" => "NT$",
            "ILS" => "₪",
            "VND" => "₫",
            "PHP" if is_english => "₱",
            "THB" if !is_english => "฿",
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(locale: &str, number: &str, code: &str) -> String {
        let (language, region) = locale.split_once('-').unwrap_or((locale, ""));
        let currencies = Currencies::of(language, Some(region).filter(|region| !region.is_empty()));
        let (text, unit) = currencies.arranged(number, code);
        unit.map_or(text.clone(), |unit| format!("{text} {unit}")).replace('\u{a0}', " ")
    }

    #[test]
    fn amounts_of_money_are_written_as_cldr_writes_them() {
        // From `Intl.NumberFormat` of Node with CLDR 48.
        for (locale, code, positive, negative) in [
            ("en-US", "EUR", "€5", "\u{2212}€5"),
            ("en-US", "USD", "$5", "\u{2212}$5"),
            ("en-GB", "USD", "US$5", "\u{2212}US$5"),
            ("en-GB", "CHF", "CHF 5", "\u{2212}CHF 5"),
            ("en-GB", "JPY", "JP¥5", "\u{2212}JP¥5"),
            ("en-US", "JPY", "¥5", "\u{2212}¥5"),
            ("en-GB", "KWD", "KWD 5", "\u{2212}KWD 5"),
            ("en-AU", "EUR", "EUR 5", "\u{2212}EUR 5"),
            ("en-AU", "AUD", "$5", "\u{2212}$5"),
            ("en-IN", "INR", "₹5", "\u{2212}₹5"),
            ("en-ZA", "ZAR", "R 5", "\u{2212}R 5"),
            ("de-DE", "EUR", "5 €", "\u{2212}5 €"),
            ("de-DE", "USD", "5 $", "\u{2212}5 $"),
            ("de-DE", "CHF", "5 CHF", "\u{2212}5 CHF"),
            ("de-AT", "EUR", "€ 5", "\u{2212}€ 5"),
            ("de-CH", "CHF", "CHF 5", "CHF\u{2212}5"),
            ("de-CH", "EUR", "EUR 5", "EUR\u{2212}5"),
            ("fr-FR", "EUR", "5 €", "\u{2212}5 €"),
            ("fr-FR", "CHF", "5 CHF", "\u{2212}5 CHF"),
            ("nl-NL", "EUR", "€ 5", "€ \u{2212}5"),
            ("pt-BR", "BRL", "R$ 5", "\u{2212}R$ 5"),
            ("pt-PT", "EUR", "5 €", "\u{2212}5 €"),
            ("es-MX", "MXN", "$5", "\u{2212}$5"),
            ("es-ES", "EUR", "5 €", "\u{2212}5 €"),
            ("ja-JP", "JPY", "\u{ffe5}5", "\u{2212}\u{ffe5}5"),
            ("pl-PL", "PLN", "5 zł", "\u{2212}5 zł"),
            ("sv-SE", "SEK", "5 kr", "\u{2212}5 kr"),
            ("hu-HU", "EUR", "5 EUR", "\u{2212}5 EUR"),
            ("xx", "EUR", "5 €", "\u{2212}5 €"),
            ("en-GB", "X<Y", "X<Y 5", "\u{2212}X<Y 5"),
        ] {
            assert_eq!(amount(locale, "5", code), positive, "{locale} {code}");
            assert_eq!(amount(locale, "\u{2212}5", code), negative, "{locale} {code}");
        }
    }
}
