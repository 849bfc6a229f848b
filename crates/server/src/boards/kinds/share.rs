//! Converts an API response into the parts of a whole.

use claimcheck_model::{CellKind, LinkTarget, PLACE_MAX, PanelError, Place, ShareData, SharePart};
use claimcheck_text::t;
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, as_decimal, member},
        condition::RowFacts,
        kinds::{NO_NAME, currency, rows::rows},
        link::RowLink,
        look,
        value::{Amount, Style},
    },
    config::{kinds::share::ShareSetting, title_from_key},
    decimal::Decimal,
    locale::LocaleFormatter,
};

/// More parts cannot be told apart; the smallest are added up.
const PARTS_MAX: usize = 5;
/// The text of what there is not.
const NONE: &str = "\u{2013}";

/// A part before it has a place.
struct Part<'a> {
    label: String,
    /// As the API wrote it.
    written: Decimal,
    amount: Amount,
    currency: Option<&'a Value>,
    to: Option<LinkTarget>,
}

/// The share of a response, according to the settings: the largest parts first, and the others together.
///
/// # Errors
/// As [`rows`].
pub(super) fn from_answer(
    setting: &ShareSetting,
    answer: &Value,
    link: RowLink<'_>,
    reader: &LocaleFormatter,
) -> Result<ShareData, PanelError> {
    let language = reader.language();
    let rows = rows(&setting.rows, answer)?;
    let found: Vec<&Object> = rows.iter().map(|row| &**row).collect();
    let values: Vec<&Value> = found.iter().map(|row| member(row, &setting.value.key)).collect();
    let kind = setting.value.kind.or(Some(CellKind::Number));
    let style = Style::of(&setting.value.key, kind, &setting.value.format, &values);
    let mut parts: Vec<Part<'_>> = found
        .iter()
        .filter_map(|row| Some(Part { to: link(row), ..part(setting, &style, row, reader)? }))
        .collect();
    let skipped = found.len() - parts.len();
    // Amounts in different currencies have no sum, and a part is not less than nothing.
    let first = parts.first().and_then(|part| part.amount.currency.clone());
    let is_drawn = |part: &Part<'_>| !part.written.is_negative() && part.amount.currency == first;
    let total = parts
        .iter()
        .filter(|part| is_drawn(part))
        .fold(Decimal::whole(0), |sum, part| sum.plus(&part.written));
    parts.sort_by(|a, b| is_drawn(b).cmp(&is_drawn(a)).then_with(|| b.amount.number.cmp(&a.amount.number)));
    let drawn = parts.iter().filter(|part| is_drawn(part)).count();
    let undrawn = parts.len() - drawn + skipped;
    let kept = if drawn > PARTS_MAX + 1 { PARTS_MAX } else { drawn };
    let currency = parts.first().and_then(|part| part.currency);
    let text = |number: &Decimal| {
        let amount = style.amount(&Value::String(number.to_string()), currency, reader);
        amount.map_or_else(|| number.to_string(), |amount| amount.text())
    };
    let mut shown = Placed { whole: total.to_f64(), begin: 0.0, reader };
    let mut listed: Vec<SharePart> = parts
        .iter()
        .take(kept)
        .map(|part| SharePart {
            to: part.to.clone(),
            ..shown.place(part.label.clone(), part.amount.text(), &part.written, false)
        })
        .collect();
    let rest = parts.get(kept..drawn).unwrap_or_default();
    if !rest.is_empty() {
        let sum = rest.iter().fold(Decimal::whole(0), |sum, part| sum.plus(&part.written));
        let label = t!(language, "share-rest", count = rest.len());
        listed.push(shown.place(label, text(&sum), &sum, true));
    }
    listed.extend(parts.iter().skip(drawn).take(PARTS_MAX).map(|part| SharePart {
        label: part.label.clone(),
        value: part.amount.text(),
        percent: NONE.to_owned(),
        drawn: None,
        is_rest: false,
        to: part.to.clone(),
    }));
    let note = (undrawn > 0).then(|| t!(language, "share-not-drawn", count = undrawn));
    let titles = (title_from_key(&setting.label.key), title_from_key(&setting.value.key));
    Ok(ShareData { shape: setting.shape, titles, parts: listed, total: text(&total), note })
}

fn part<'a>(
    setting: &ShareSetting,
    style: &Style<'_>,
    row: &'a Object,
    reader: &LocaleFormatter,
) -> Option<Part<'a>> {
    let value = member(row, &setting.value.key);
    let currency_of_row = currency(style, row);
    let amount = style.amount(value, currency_of_row, reader)?;
    let facts = RowFacts { row, columns: &[], reader };
    let label = look::name(&setting.label, &facts).unwrap_or_else(|| NO_NAME.to_owned());
    Some(Part { label, written: as_decimal(value)?, amount, currency: currency_of_row, to: None })
}

/// Gives parts their places, one after the other.
struct Placed<'r> {
    whole: f64,
    begin: f64,
    reader: &'r LocaleFormatter,
}

impl Placed<'_> {
    fn place(&mut self, label: String, value: String, number: &Decimal, is_rest: bool) -> SharePart {
        let share = if self.whole > 0.0 { number.to_f64() / self.whole } else { 0.0 };
        let place =
            |share: f64| (share * f64::from(PLACE_MAX)).round().clamp(0.0, f64::from(PLACE_MAX)) as Place;
        let (begin, end) = (place(self.begin), place(self.begin + share));
        self.begin += share;
        let percent = self.reader.percent(share, usize::from(share < 0.9995));
        SharePart {
            label,
            value,
            percent,
            drawn: Some((begin, end.saturating_sub(begin))),
            is_rest,
            to: None,
        }
    }
}
