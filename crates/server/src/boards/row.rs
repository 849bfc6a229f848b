//! Everything that the page of a row shows: its members in order, or those that the settings choose, and nested ones as
//! separate parts. No part shows JSON.

use claimcheck_model::{ActionLink, Cell, CellKind, Column, DetailPart, LinkTarget, Row, RowDetail};
use claimcheck_text::{Language, t};
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, member},
        condition::RowFacts,
        kinds::columns::{arrange, inferred, member_title},
        look,
        value::{Style, UNDECLARED},
    },
    config::{
        LinkTo, ValueFormat,
        kinds::{
            facts::FactSetting,
            rows::{ROW_NAME, ROW_VALUE},
            table::{ColumnSetting, TableSetting},
        },
        title_from_key,
    },
    locale::LocaleFormatter,
};

/// The maximum number of parts, and of rows in a part.
const PARTS_MAX: usize = 40;
const NESTED_MAX: usize = 200;
/// Objects in objects are parts up to this depth; deeper ones are one line of text.
const DEPTH_MAX: usize = 2;

/// How the rows of a table are shown on their own pages.
pub(super) struct RowShown<'a> {
    pub setting: &'a TableSetting,
    pub reader: &'a LocaleFormatter,
    /// Where a link leads for a row.
    pub link: &'a dyn Fn(&LinkTo, &Object) -> Option<LinkTarget>,
}

/// A fact, and how it is shown.
struct ShownFact<'a> {
    key: &'a str,
    title: String,
    kind: Option<CellKind>,
    format: &'a ValueFormat,
    is_file: bool,
    to: Option<&'a LinkTo>,
}

impl RowShown<'_> {
    /// The parts of a row, and the actions that are offered for it.
    pub(super) fn detail(&self, key: &str, row: &Object, actions: Vec<ActionLink>) -> RowDetail {
        let fields = self.setting.detail.as_ref().and_then(|detail| detail.fields.as_deref());
        let mut parts = match fields {
            Some(fields) => self.chosen(fields, row),
            None => self.all(None, row, 0),
        };
        parts.truncate(PARTS_MAX);
        let title = self.title(row).unwrap_or_else(|| key.to_owned());
        RowDetail { key: key.to_owned(), title, actions, parts }
    }

    /// The cell of the first column, if the settings name the columns and this one has a text.
    fn title(&self, row: &Object) -> Option<String> {
        let columns = self.setting.columns.as_deref()?;
        let column = columns.first()?;
        let value = member(row, &column.key);
        let style = Style::of(&column.key, column.kind, &column.format, &[value]);
        let (cell, _) = look::cell(value, &style, &RowFacts { row, columns, reader: self.reader });
        Some(cell.text).filter(|text| !text.is_empty())
    }

    /// The members that the settings choose.
    fn chosen(&self, fields: &[FactSetting], row: &Object) -> Vec<DetailPart> {
        let (mut facts, mut nested) = (Vec::new(), Vec::new());
        for fact in fields {
            let (value, title) = (member(row, &fact.key), fact.title.text(self.language()).to_owned());
            // A link needs a text to be on.
            let is_plain = fact.kind.is_some() || fact.format.look.template.is_some() || fact.to.is_some();
            match nested_parts(value).filter(|_| !is_plain) {
                Some(Nested::Object(inner)) => nested.extend(self.all(Some(title), inner, 1)),
                Some(Nested::Objects(items)) => nested.extend(self.table(title, items)),
                None => {
                    let (key, to) = (fact.key.as_str(), fact.to.as_ref());
                    let shown =
                        ShownFact { key, title, kind: fact.kind, format: &fact.format, is_file: false, to };
                    facts.push(self.fact(shown, value, row, &[]));
                }
            }
        }
        let own = (!facts.is_empty()).then_some(DetailPart::Facts { title: None, facts });
        own.into_iter().chain(nested).collect()
    }

    /// All members of an object: of a row with the titles and kinds of the columns, or of one that is nested in it.
    fn all(&self, title: Option<String>, object: &Object, depth: usize) -> Vec<DetailPart> {
        let columns = self.setting.columns.as_deref().filter(|_| depth == 0).unwrap_or_default();
        let declared = |key: &str| columns.iter().find(|column| column.key == key);
        let (mut facts, mut nested) = (Vec::new(), Vec::new());
        for (key, value) in object {
            let column = declared(key);
            // JSONPaths of columns are members, too, but only for the table.
            if key.starts_with('$') && ![ROW_NAME, ROW_VALUE].contains(&key.as_str()) && column.is_none() {
                continue;
            }
            let part_title = || match &title {
                Some(title) => format!("{title}: {}", title_from_key(key)),
                None => title_from_key(key),
            };
            match nested_parts(value).filter(|_| depth < DEPTH_MAX) {
                Some(Nested::Object(inner)) => nested.extend(self.all(Some(part_title()), inner, depth + 1)),
                Some(Nested::Objects(items)) => nested.extend(self.table(part_title(), items)),
                None => facts.push(self.fact(self.of_column(key, column), value, object, columns)),
            }
        }
        let own = (!facts.is_empty()).then_some(DetailPart::Facts { title, facts });
        own.into_iter().chain(nested).collect()
    }

    /// A member as its column says, if it has one.
    fn of_column<'c>(&self, key: &'c str, column: Option<&'c ColumnSetting>) -> ShownFact<'c> {
        let language = self.language();
        match column {
            None => ShownFact {
                key,
                title: member_title(key, language),
                kind: None,
                format: &UNDECLARED,
                is_file: false,
                to: None,
            },
            Some(column) => ShownFact {
                key,
                title: column.title.text(language).to_owned(),
                kind: column.kind,
                format: &column.format,
                is_file: column.download.is_some(),
                to: column.to.as_ref(),
            },
        }
    }

    fn fact(
        &self,
        shown: ShownFact<'_>,
        value: &Value,
        row: &Object,
        columns: &[ColumnSetting],
    ) -> (Column, Cell) {
        let is_list = |value: &Value| {
            value
                .as_array()
                .is_some_and(|items| !items.iter().any(|item| item.is_object() || item.is_array()))
        };
        let kind = shown.kind.or_else(|| is_list(value).then_some(CellKind::Chips));
        let style = Style::of(shown.key, kind, shown.format, &[value]);
        let (cell, _) = look::cell(value, &style, &RowFacts { row, columns, reader: self.reader });
        let cell = cell.linked(shown.to.and_then(|to| (self.link)(to, row)));
        (Column { is_file: shown.is_file, ..Column::new(shown.key, shown.title, style.kind) }, cell)
    }

    /// The objects of a list, as a table.
    fn table(&self, title: String, items: &[Value]) -> Option<DetailPart> {
        let rows: Vec<&Object> = items.iter().filter_map(Value::as_object).take(NESTED_MAX).collect();
        let columns = inferred(&rows, self.language());
        let cells = arrange(&columns, &rows, &[], self.reader);
        let columns = columns.into_iter().map(|shown| shown.column).collect::<Vec<_>>();
        let title = match items.len() {
            ..=NESTED_MAX => title,
            all => t!(self.language(), "row-part-cut", title = title, shown = NESTED_MAX, total = all),
        };
        let rows = cells.into_iter().map(|cells| Row { cells, ..Row::default() }).collect();
        (!columns.is_empty()).then_some(DetailPart::Table { title, columns, rows })
    }

    fn language(&self) -> Language {
        self.reader.language()
    }
}

/// A value that is more than a fact.
enum Nested<'a> {
    Object(&'a Object),
    /// A list with objects.
    Objects(&'a [Value]),
}

fn nested_parts(value: &Value) -> Option<Nested<'_>> {
    match value {
        Value::Object(inner) => Some(Nested::Object(inner)),
        Value::Array(items) if items.iter().any(Value::is_object) => Some(Nested::Objects(items)),
        _ => None,
    }
}
