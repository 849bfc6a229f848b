//! Cells as the settings let them look: templates, progress and rules, which need the row, and tags, chips and the words
//! for yes and no, which need the value only.

use std::borrow::Cow;

use claimcheck_model::{Cell, CellImage, CellKind, CellMore, ValueTone};
use claimcheck_text::{Language, t};
use serde_json::Value;

use crate::{
    boards::{
        cells::{as_decimal, as_text, member, shortened, shown_text},
        condition::{OwnValue, RowFacts, holds},
        tones,
        value::{SortKey, Style},
    },
    config::{LookSetting, MemberSetting, RuleSetting, Sentence, TagSetting, Whole},
    decimal::Decimal,
    locale::LocaleFormatter,
    sanitize::visible,
};

/// More chips are left out.
const CHIPS_MAX: usize = 20;
const LEFT_OUT: &str = "\u{2026}";

/// One cell of a row, and its order.
pub fn cell(value: &Value, style: &Style<'_>, facts: &RowFacts<'_>) -> (Cell, Option<SortKey>) {
    let look = style.look();
    let (mut cell, key) = match () {
        () if look.template.is_some() => (from_template(look, facts), None),
        () if style.kind == CellKind::Progress => progress_cell(value, style, facts),
        () if style.kind == CellKind::Image && value.is_string() => (image_cell(value, look, facts), None),
        () => style.cell(value, facts.currency(style), facts.reader),
    };
    if let Some(tone) = tone(&look.rules, facts, OwnValue { value, style, currency: facts.currency(style) }) {
        cell.tone = Some(tone);
    }
    (cell, key)
}

/// The same as a short text; `None` if it is empty.
pub fn text(value: &Value, style: &Style<'_>, facts: &RowFacts<'_>) -> Option<String> {
    let text = cell(value, style, facts).0.text;
    (!text.is_empty()).then_some(text)
}

/// The cell of a member that names or marks its row, with this kind unless the value suggests another; `None` if it is
/// empty.
pub fn name_cell(setting: &MemberSetting, kind: Option<CellKind>, facts: &RowFacts<'_>) -> Option<Cell> {
    let value = member(facts.row, &setting.key);
    let style = Style::of_name(&setting.key, kind, &setting.format, value);
    let (cell, _) = cell(value, &style, facts);
    (!cell.text.is_empty()).then_some(cell)
}

/// The text of a member that names its row; `None` if it is empty.
pub fn name(setting: &MemberSetting, facts: &RowFacts<'_>) -> Option<String> {
    name_cell(setting, setting.kind, facts).map(|cell| cell.text)
}

/// The tone of the first rule that holds.
pub fn tone(rules: &[RuleSetting], facts: &RowFacts<'_>, own: OwnValue<'_>) -> Option<ValueTone> {
    rules.iter().find(|rule| holds(&rule.when, facts, Some(own))).map(|rule| rule.tone)
}

/// An image whose address is `plain`, as the API wrote it; it gets its URL in `images`. Nothing without an address.
fn image_cell(value: &Value, look: &LookSetting, facts: &RowFacts<'_>) -> Cell {
    let address = value.as_str().unwrap_or_default().trim();
    if address.is_empty() {
        return Cell::default();
    }
    let setting = &look.image;
    let alt = setting.alt.as_ref().map(|alt| shortened(&joined(alt, facts)).into_owned()).unwrap_or_default();
    let image = CellImage { src: None, alt, size: setting.size, is_round: setting.is_round };
    Cell { plain: Some(address.to_owned()), more: Some(Box::new(CellMore::Image(image))), ..Cell::default() }
}

/// A text with members of the row, as their columns show them.
fn joined(text: &Sentence, facts: &RowFacts<'_>) -> String {
    text.fill_joined(|key| {
        let value = member(facts.row, key);
        let style = facts.style(key, value);
        style.text(value, facts.currency(&style), facts.reader)
    })
}

fn from_template(look: &LookSetting, facts: &RowFacts<'_>) -> Cell {
    let text = look.template.as_ref().map(|template| joined(template, facts)).unwrap_or_default();
    let short = shortened(&text).into_owned();
    Cell { plain: (short != text).then_some(text), text: short, ..Cell::default() }
}

/// A part of a whole in hundredths; `None` if the value or the whole is no number.
pub fn progress(value: &Value, style: &Style<'_>, facts: &RowFacts<'_>) -> Option<Decimal> {
    let number = style.compared(value, None)?;
    let whole = match &style.look().whole {
        None => return Some(number),
        Some(Whole::Number(whole)) => whole.clone(),
        Some(Whole::Member(key)) => style.compared(member(facts.row, key), None)?,
    };
    let share = number.to_f64() / whole.to_f64() * 100.0;
    // More decimals than anybody reads.
    Decimal::of_f64(share).map(|share| share.rounded(6))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
fn progress_cell(value: &Value, style: &Style<'_>, facts: &RowFacts<'_>) -> (Cell, Option<SortKey>) {
    let Some(share) = progress(value, style, facts) else {
        let text = shortened(&shown_text(value, facts.reader.language())).into_owned();
        return (Cell { text, ..Cell::default() }, None);
    };
    let text = facts.reader.hundredths(&share, style.decimals_or(0));
    let thousandths = (share.to_f64() * 10.0).clamp(0.0, 1000.0) as u16;
    let more = Some(Box::new(CellMore::Progress(thousandths)));
    let plain = as_decimal(value).map(|number| number.to_string());
    (Cell { text, plain, more, ..Cell::default() }, Some(SortKey::Number(None, share)))
}

/// The text of a tag, and its tone: as declared, else that of usual words.
pub(super) fn tag(value: &Value, look: &LookSetting, language: Language) -> (String, Option<ValueTone>) {
    let raw = match value {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        other => Cow::Owned(as_text(other)),
    };
    let is_it = |tag: &&TagSetting| match value {
        Value::Bool(is) => tag.value == is.to_string(),
        _ => tag.value == raw,
    };
    let declared = look.tags.iter().find(is_it);
    let title = declared.and_then(|tag| tag.title.as_ref()).map(|title| title.text(language).to_owned());
    // `past_due` reads as "past due".
    let plain = || match shown_text(value, language) {
        text if text.contains('_') => Cow::Owned(text.replace('_', " ")),
        text => text,
    };
    let tone = declared.and_then(|tag| tag.tone).or_else(|| tones::usual(&raw));
    (title.unwrap_or_else(|| visible(&shortened(&plain())).into_owned()), tone)
}

/// The cell of a tag.
pub(super) fn tag_cell(value: &Value, look: &LookSetting, language: Language) -> Cell {
    let (text, tone) = tag(value, look, language);
    Cell { text, tone, ..Cell::default() }
}

/// The cell of a list of tags.
pub(super) fn chips_cell(value: &Value, look: &LookSetting, language: Language) -> Cell {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let one = |item: &Value| tag(item, look, language);
    let mut chips: Vec<_> =
        items.iter().take(CHIPS_MAX).map(one).filter(|(text, _)| !text.is_empty()).collect();
    if items.len() > CHIPS_MAX {
        chips.push((LEFT_OUT.to_owned(), None));
    }
    let texts: Vec<&str> = chips.iter().map(|(text, _)| text.as_str()).collect();
    let text = texts.join(", ");
    let all = || items.iter().map(|item| one(item).0).filter(|text| !text.is_empty()).collect::<Vec<_>>();
    let plain = (items.len() > CHIPS_MAX).then(|| all().join(", "));
    Cell { text, plain, more: Some(Box::new(CellMore::Chips(chips))), ..Cell::default() }
}

/// The word for yes or no; `None` if a value is neither.
pub(super) fn yes_no(value: &Value, look: &LookSetting, reader: &LocaleFormatter) -> Option<String> {
    let is = match value {
        Value::Bool(is) => *is,
        Value::Number(number) => match number.as_str() {
            "1" => true,
            "0" => false,
            _ => return None,
        },
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => true,
            "false" | "f" | "no" | "n" | "off" | "0" => false,
            _ => return None,
        },
        _ => return None,
    };
    let language = reader.language();
    let (word, usual) = match is {
        true => (&look.yes, t!(language, "value-yes")),
        false => (&look.no, t!(language, "value-no")),
    };
    Some(word.as_ref().map_or(usual, |word| word.text(language)).to_owned())
}
