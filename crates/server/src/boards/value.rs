//! How the values of one member are shown: as numbers, amounts, percentages, dates or texts. Numbers stay the decimals
//! that the API wrote, from the answer to the text.

use std::{borrow::Cow, cmp::Ordering, sync::LazyLock};

use claimcheck_model::{Cell, CellKind, CellMore};
use claimcheck_text::t;
use serde_json::Value;

use crate::{
    boards::{
        cells::{
            as_decimal, as_seconds, infer, is_name, is_web_address, shortened, shown, shown_text, when_of,
        },
        look,
    },
    config::{CurrencyOf, LookSetting, PercentOf, ValueFormat, exponent},
    decimal::Decimal,
    locale::{LocaleFormatter, When},
    sanitize::visible,
};

/// The format of members that no setting mentions.
pub static UNDECLARED: LazyLock<ValueFormat> = LazyLock::new(ValueFormat::default);

/// Values with more decimals do not add zeros to those with fewer.
const COMMON_DECIMALS_MAX: usize = 6;
/// Two decimals, as for money, if any value has a fraction.
const MONEY_DECIMALS: usize = 2;

/// The order of cells in their column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// A number, after the code of its currency: amounts in different currencies cannot be compared.
    Number(Option<String>, Decimal),
    /// Unix nanoseconds.
    Time(i128),
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(currency, number), Self::Number(other_currency, other)) => {
                currency.cmp(other_currency).then_with(|| number.cmp(other))
            }
            (Self::Time(at), Self::Time(other)) => at.cmp(other),
            (Self::Number(..), Self::Time(_)) => Ordering::Less,
            (Self::Time(_), Self::Number(..)) => Ordering::Greater,
        }
    }
}

/// A number as it is shown, in its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Amount {
    /// The number after scaling, and the code of its currency.
    pub number: Decimal,
    pub currency: Option<String>,
    /// The number in the user's locale, after its prefix.
    pub text: String,
    /// What follows it: a unit or a currency.
    pub unit: Option<String>,
}

impl Amount {
    /// The number and what follows it.
    pub fn text(&self) -> String {
        match &self.unit {
            Some(unit) => with_unit(&self.text, unit),
            None => self.text.clone(),
        }
    }
}

fn with_unit(text: &str, unit: &str) -> String {
    format!("{text}\u{a0}{unit}")
}

/// How the values of a member are shown: by the settings, and by what the values have in common.
#[derive(Clone, Debug)]
pub struct Style<'s> {
    pub kind: CellKind,
    format: &'s ValueFormat,
    /// The decimals that all numbers have at least.
    decimals: usize,
    /// Whole numbers are names, and not grouped.
    is_name: bool,
}

impl<'s> Style<'s> {
    /// The style of the member `key` with these values; the kind is inferred if none is declared.
    pub fn of(key: &str, kind: Option<CellKind>, format: &'s ValueFormat, values: &[&Value]) -> Self {
        let is_name = kind.is_none() && !format.is_of_numbers() && is_name(key, values);
        let kind = kind.unwrap_or_else(|| infer(key, values));
        let mut style = Self { kind, format, decimals: 0, is_name };
        if !matches!(kind, CellKind::Number | CellKind::Percent) {
            return style;
        }
        let own = values
            .iter()
            .filter_map(|value| Some(style.own_decimals(&as_decimal(value)?, value.is_string(), None)));
        let most = own.max().unwrap_or_default().min(COMMON_DECIMALS_MAX);
        style.decimals = match most {
            0 => 0,
            most if style.percent().is_some() => most,
            most => most.max(MONEY_DECIMALS),
        };
        style
    }

    /// The same style for the value of a sentence or a list, where whole numbers without a declared kind are names.
    pub fn of_name(key: &str, kind: Option<CellKind>, format: &'s ValueFormat, value: &Value) -> Self {
        let style = Self::of(key, kind, format, &[value]);
        Self { is_name: kind.is_none() && !format.is_of_numbers(), ..style }
    }

    /// The member of the row that has the currency of the amounts.
    pub fn currency_member(&self) -> Option<&'s str> {
        match &self.format.currency {
            Some(CurrencyOf::Member(key)) => Some(key),
            _ => None,
        }
    }

    /// One cell and its order; `currency` is the value of [`Style::currency_member`].
    pub fn cell(
        &self,
        value: &Value,
        currency: Option<&Value>,
        reader: &LocaleFormatter,
    ) -> (Cell, Option<SortKey>) {
        if value.is_null() {
            return (Cell::default(), None);
        }
        match self.kind {
            CellKind::Number | CellKind::Percent => {
                if let Some(Amount { number, currency, mut text, unit }) =
                    self.amount(value, currency, reader)
                {
                    if let Some(unit) = unit {
                        text = with_unit(&text, &unit);
                    }
                    if let Cow::Owned(short) = shortened(&text) {
                        text = short;
                    }
                    let cell = Cell { text, plain: Some(self.plain(value, &number)), ..Cell::default() };
                    return (cell, Some(SortKey::Number(currency, number)));
                }
            }
            CellKind::Date => {
                if let Some(at) = self.when(value) {
                    let plain = match at {
                        When::Day(day) if self.format.when.is_day => day.to_string(),
                        _ => shown(value, reader.language()),
                    };
                    let (mut text, mut more) = (reader.when(at), None);
                    if self.format.look.is_relative {
                        let hint = std::mem::replace(&mut text, reader.relative(at));
                        more = Some(Box::new(CellMore::Hint(hint)));
                    }
                    let cell = Cell { text, plain: Some(plain), more, ..Cell::default() };
                    return (cell, Some(SortKey::Time(reader.unix_nanos(at))));
                }
            }
            CellKind::Link => {
                let address = value.as_str().filter(|address| is_web_address(address));
                let text = visible(&shortened(&shown_text(value, reader.language()))).into_owned();
                // `plain` of a link is an address.
                return (Cell { text, plain: address.map(str::to_owned), ..Cell::default() }, None);
            }
            CellKind::Bytes | CellKind::Duration => {
                if let Some(number) = self.compared(value, None) {
                    let text = match self.kind {
                        CellKind::Bytes => reader.bytes(&number, self.format.decimals),
                        _ => reader.duration(&number),
                    };
                    let plain = Some(self.plain(value, &number));
                    return (Cell { text, plain, ..Cell::default() }, Some(SortKey::Number(None, number)));
                }
            }
            CellKind::YesNo => {
                if let Some(text) = look::yes_no(value, &self.format.look, reader) {
                    return (Cell { text, ..Cell::default() }, None);
                }
            }
            CellKind::Tag => return (look::tag_cell(value, &self.format.look, reader.language()), None),
            CellKind::Chips => return (look::chips_cell(value, &self.format.look, reader.language()), None),
            // Progress and images need the row.
            CellKind::Text | CellKind::Progress | CellKind::Image => {}
        }
        let full = shown_text(value, reader.language());
        let text = visible(&shortened(&full)).into_owned();
        (Cell { plain: (text != full).then(|| full.into_owned()), text, ..Cell::default() }, None)
    }

    /// A value as a short text; `None` if there is none.
    pub fn text(&self, value: &Value, currency: Option<&Value>, reader: &LocaleFormatter) -> Option<String> {
        let text = self.cell(value, currency, reader).0.text;
        (!text.is_empty()).then_some(text)
    }

    /// How it looks beyond its text.
    pub fn look(&self) -> &'s LookSetting {
        &self.format.look
    }

    /// The declared number of decimals, or this one.
    pub fn decimals_or(&self, decimals: usize) -> usize {
        self.format.decimals.unwrap_or(decimals)
    }

    /// A number as conditions compare it: after scaling, a percentage in hundredths, and a duration in seconds.
    pub fn compared(&self, value: &Value, currency: Option<&Value>) -> Option<Decimal> {
        let seconds = || (self.kind == CellKind::Duration).then(|| as_seconds(value)).flatten();
        let written = as_decimal(value).or_else(seconds)?;
        let currency = self.currency(currency);
        let number = self.converted(&written, currency.as_deref()).unwrap_or(written);
        Some(if self.percent() == Some(PercentOf::One) { number.shifted(2) } else { number })
    }

    /// The number that a value adds to a total, and the code of its currency; `None` if it adds nothing.
    pub fn addend(&self, value: &Value, currency: Option<&Value>) -> Option<(Option<String>, Decimal)> {
        self.kind
            .is_number()
            .then(|| self.compared(value, currency))
            .flatten()
            .map(|number| (self.currency(currency), number))
    }

    /// The total of amounts of one currency.
    pub fn total(&self, number: &Decimal, currency: Option<&str>, reader: &LocaleFormatter) -> String {
        let text = match self.kind {
            CellKind::Bytes => return reader.bytes(number, self.format.decimals),
            CellKind::Duration => return reader.duration(number),
            _ => {
                let own = number.trimmed().decimals().max(self.decimals);
                let own = own.max(currency.and_then(exponent).unwrap_or(0));
                reader.decimal(number, self.decimals_or(own))
            }
        };
        let (text, unit) = self.arranged(text, currency, reader);
        Amount { number: number.clone(), currency: None, text, unit }.text()
    }

    /// The text of a number with what the settings put before it and after it, or with its currency.
    fn arranged(
        &self,
        digits: String,
        currency: Option<&str>,
        reader: &LocaleFormatter,
    ) -> (String, Option<String>) {
        let language = reader.language();
        let unit = self.format.unit.as_ref().map(|unit| unit.text(language).to_owned());
        let (text, unit) = match (unit, currency) {
            (None, Some(code)) => reader.money(digits, code),
            (unit, _) => (digits, unit),
        };
        match &self.format.prefix {
            Some(prefix) => (format!("{}{text}", prefix.text(language)), unit),
            None => (text, unit),
        }
    }

    /// A date or a time.
    pub fn when(&self, value: &Value) -> Option<When> {
        when_of(value, &self.format.when)
    }

    /// A number as it is shown; `None` if the value is none.
    pub fn amount(
        &self,
        value: &Value,
        currency: Option<&Value>,
        reader: &LocaleFormatter,
    ) -> Option<Amount> {
        let written = as_decimal(value)?;
        let language = reader.language();
        let currency = self.currency(currency);
        let Some(number) = self.converted(&written, currency.as_deref()) else {
            // The decimals of this currency are unknown: the amount as the API wrote it, and a note.
            let unit = t!(language, "value-minor-units", currency = currency.as_deref().unwrap_or("?"));
            return Some(Amount { text: written.to_string(), number: written, currency, unit: Some(unit) });
        };
        let decimals = self.format.decimals.unwrap_or_else(|| {
            let own = self.own_decimals(&written, value.is_string(), currency.as_deref());
            own.max(currency.as_deref().and_then(exponent).unwrap_or(self.decimals))
        });
        let digits = match self.percent() {
            Some(PercentOf::One) => reader.hundredths(&number.shifted(2), decimals),
            Some(PercentOf::Hundred) => reader.hundredths(&number, decimals),
            None if self.is_name && number.is_whole() => visible(&shown(value, language)).into_owned(),
            None => reader.decimal(&number, decimals),
        };
        if let Some(zero) = self.format.zero.as_ref().filter(|_| number.is_zero()) {
            return Some(Amount { number, currency, text: zero.text(language).to_owned(), unit: None });
        }
        let (text, unit) = self.arranged(digits, currency.as_deref(), reader);
        Some(Amount { number, currency, text, unit })
    }

    /// The number of a value after scaling, for a position in a chart.
    pub fn position(&self, value: &Value, currency: Option<&Value>) -> Option<f64> {
        let currency = self.currency(currency);
        let written = as_decimal(value)?;
        let number = self.converted(&written, currency.as_deref()).unwrap_or(written).to_f64();
        Some(if self.percent() == Some(PercentOf::One) { number * 100.0 } else { number })
    }

    /// A number that is a position in a chart, such as a tick, in this style.
    pub fn tick(&self, number: f64, decimals: usize, reader: &LocaleFormatter) -> String {
        let digits = match (self.percent(), Decimal::of_f64(number)) {
            (Some(_), Some(number)) => return reader.hundredths(&number, decimals),
            _ => reader.number(number, decimals),
        };
        let currency = match &self.format.currency {
            Some(CurrencyOf::Code(code)) => Some(code.as_str()),
            _ => None,
        };
        match self.arranged(digits, currency, reader) {
            (text, None) => text,
            (text, Some(unit)) => format!("{text}\u{a0}{unit}"),
        }
    }

    fn percent(&self) -> Option<PercentOf> {
        match self.kind {
            CellKind::Percent => self.format.percent.or(Some(PercentOf::Hundred)),
            _ => self.format.percent,
        }
    }

    /// The number after scaling; `None` if the decimals of its currency are unknown.
    fn converted(&self, number: &Decimal, currency: Option<&str>) -> Option<Decimal> {
        match (&self.format.scale, self.format.is_minor) {
            (_, true) => {
                let exponent = i64::try_from(currency.and_then(exponent)?).ok()?;
                Some(number.shifted(-exponent))
            }
            (Some(scale), false) => Some(number.times(scale)),
            (None, false) => Some(number.clone()),
        }
    }

    /// The number in machine-readable form: as the API wrote it, unless it is scaled.
    fn plain(&self, value: &Value, number: &Decimal) -> String {
        match value {
            _ if self.format.scale.is_some() || self.format.is_minor => number.to_string(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => number.to_string(),
        }
    }

    fn currency(&self, member: Option<&Value>) -> Option<String> {
        match self.format.currency.as_ref()? {
            CurrencyOf::Code(code) => Some(code.clone()),
            CurrencyOf::Member(_) | CurrencyOf::Path(_) => member?
                .as_str()
                .map(|code| visible(&shortened(code.trim())).to_uppercase())
                .filter(|code| !code.is_empty()),
        }
    }

    /// The decimals that a number has after scaling. Zeros at the end, and the error of a binary float, count only where an
    /// API writes numbers as texts, to keep them.
    fn own_decimals(&self, written: &Decimal, is_text: bool, currency: Option<&str>) -> usize {
        let number = if is_text { written.clone() } else { written.trimmed() };
        let number = self.converted(&number, currency).unwrap_or(number);
        let shown = if self.percent() == Some(PercentOf::One) { number.shifted(2) } else { number };
        if is_text { shown.decimals() } else { shown.meant_decimals() }
    }
}

#[cfg(test)]
mod tests;
