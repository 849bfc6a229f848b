//! The rows of a table, from templates: see [`cell`](super::cell). A cell whose sort key differs from its text has it in
//! `data-sort`. A row with its own page has the link in its first cell.

use std::{fmt::Write, sync::Arc};

use claimcheck_model::{Cell, CellKind, Column, Row, RowLead, ValueTone, is_match, part};
use leptos::prelude::*;
use maud::{Markup, Render, html};

use crate::components::{
    ActionOffer, ActionResultView, PanelUrl,
    action_link::action_links,
    cell::{cell_content, file_link, is_plain, kind_class, linked_content, tone_around, tone_word},
};

/// Texts with more characters may be cut off, so the whole is in a title.
const LINE_MAX_CHARS: usize = 30;

/// How the cells of a column are shown.
struct CellShape {
    kind: CellKind,
    class: Arc<str>,
    /// For narrow windows, see [`card_labels`].
    label: Option<Arc<str>>,
    /// The key of the column, if its cells are files of the API.
    file: Option<String>,
    /// The first cell is the row's header.
    is_head: bool,
}

/// One `<tr>` per row. Rows that do not contain `filter` are hidden. `here` is the URL of the panel, for links to the rows' own
/// pages; without one they have none. `has_actions`: there is a column for their actions.
pub fn table_rows(
    columns: Vec<Column>,
    rows: Vec<Row>,
    filter: &str,
    here: Option<&PanelUrl>,
    has_actions: bool,
) -> Markup {
    let top = here.and_then(|_| top_number(&columns, &rows));
    let labels = card_labels(&columns, &rows, top, here.is_some());
    let shapes: Vec<CellShape> = columns
        .into_iter()
        .zip(labels)
        .enumerate()
        .map(|(index, (column, label))| CellShape {
            kind: column.kind,
            class: match top == Some(index) {
                true => format!("{} top", column_class(&column)).into(),
                false => column_class(&column),
            },
            label,
            file: column.is_file.then_some(column.key),
            is_head: index == 0,
        })
        .collect();
    let files = here.map(PanelUrl::files);
    let pages = here.map(|here| (here.rows(), &here.panel));
    let actions = here.filter(|_| has_actions).map(|here| (here.actions(), &here.panel));
    let file = |shape: &CellShape, key: Option<&str>, cell: &Cell| {
        let (of, column) = (files.as_ref()?, shape.file.as_deref()?);
        (!cell.text.is_empty()).then_some(of(column, key?))
    };
    html! {
        @for row in rows {
            @let key = row.key.as_deref();
            @let is_hidden = !is_match(row.cells.iter().map(|cell| cell.text.as_str()), filter);
            @let page = pages.as_ref().zip(key.filter(|_| row.lead == RowLead::OwnPage));
            tr hidden[is_hidden] data-to=[(row.lead == RowLead::Row).then_some("")] {
                @for (shape, cell) in shapes.iter().zip(&row.cells) {
                    @let content = match (page.filter(|_| shape.is_head), file(shape, key, cell)) {
                        (Some(((of, panel), key)), _) => Content::RowLink { href: of(key), panel: panel.as_str(), key, cell },
                        (None, Some(href)) => Content::FileLink { href, cell },
                        (None, None) => Content::Value { kind: shape.kind, cell },
                    };
                    @let attributes = CellAttributes::of(shape, &content);
                    @match shape.is_head {
                        true => th scope="row" class=(shape.class) data-sort=[attributes.sort] data-tone=[attributes.tone]
                            title=[attributes.title] { (content) (attributes.word) },
                        false => td class=(shape.class) data-sort=[attributes.sort] data-tone=[attributes.tone]
                            data-label=[attributes.label] title=[attributes.title] { (content) (attributes.word) },
                    }
                }
                @if let Some((of, panel)) = &actions {
                    (actions_cell(row, panel, of))
                }
            }
        }
    }
}

/// What is in a cell. It is written where the markup of the row is, because a page has hundreds.
enum Content<'a> {
    /// A link to the page of the row.
    RowLink {
        href: String,
        panel: &'a str,
        key: &'a str,
        cell: &'a Cell,
    },
    /// A link to a file of the API.
    FileLink {
        href: String,
        cell: &'a Cell,
    },
    Value {
        kind: CellKind,
        cell: &'a Cell,
    },
}

impl Render for Content<'_> {
    fn render_to(&self, buffer: &mut String) {
        let markup = match self {
            Self::Value { kind, cell } if is_plain(*kind, cell) => return cell.text.render_to(buffer),
            Self::Value { kind, cell } => cell_content(*kind, cell),
            Self::FileLink { href, cell } => file_link(href, &cell.text),
            Self::RowLink { href, panel, key, cell } => html! {
                a href=(href) id={ "row-" (panel) "-" (id_of(key)) } data-part=(part::ROW.name()) {
                    (linked_content(cell))
                }
            },
        };
        markup.render_to(buffer);
    }
}

/// The attributes of a cell, and the word for its tone.
struct CellAttributes<'a> {
    sort: Option<SortKey>,
    tone: Option<&'static str>,
    label: Option<&'a str>,
    title: Option<&'a str>,
    word: Markup,
}

impl<'a> CellAttributes<'a> {
    fn of(shape: &'a CellShape, content: &Content<'a>) -> Self {
        let (cell, tone) = match *content {
            Content::RowLink { cell, .. } | Content::FileLink { cell, .. } => (cell, cell.tone),
            Content::Value { kind, cell } => (cell, tone_around(kind, cell)),
        };
        let is_long = kind_class(shape.kind) == "text" && cell.text.chars().nth(LINE_MAX_CHARS).is_some();
        Self {
            sort: cell.sort.map(SortKey),
            label: shape.label.as_deref().filter(|_| !cell.text.is_empty()),
            title: is_long.then_some(&cell.text),
            // A tag has its word as its text.
            word: tone_word(tone.filter(|_| shape.kind != CellKind::Tag)),
            tone: tone.map(ValueTone::name),
        }
    }
}

/// The cell with the actions of a row and the result of the last one.
fn actions_cell(row: Row, panel: &str, href: &dyn Fn(&str, &str) -> String) -> Markup {
    let key = row.key.unwrap_or_default();
    // A point is in no id and in no such key.
    let place = format!("{panel}.{}", id_of(&key));
    let offers = row.actions.into_iter().map(|link| {
        let (href, id) = (href(&link.action, &key), format!("act-{place}.{}", link.action));
        ActionOffer { link, href, id }
    });
    let result = row.result.map(|result| maud::PreEscaped(view! { <ActionResultView result/> }.to_html()));
    html! {
        td.acts data-part=(part::ACTS.name()) {
            @if let Some(result) = result { (result) }
            (action_links(offers.collect(), &key, Some(&format!("acts-{place}"))))
        }
    }
}

/// A row key as part of an id, without spaces: used to restore the focus after the row has moved.
fn id_of(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(64).collect()
}

/// The class of a column's cells and head: of its kind, and of its look, which is in the second stylesheet.
pub fn column_class(column: &Column) -> Arc<str> {
    let mut class = kind_class(column.kind).to_owned();
    let parts = [
        column.look.width.map(|width| width.name()),
        column.look.wraps.map(|wraps| if wraps { "wrap" } else { "no-wrap" }),
        column.look.is_hidden_on_phones.then_some("no-phone"),
    ];
    for part in parts.into_iter().flatten() {
        class.push(' ');
        class.push_str(part);
    }
    class.into()
}

/// The number at the top of a card: the first amount, else the first number.
fn top_number(columns: &[Column], rows: &[Row]) -> Option<usize> {
    let numbers = || {
        let columns = columns.iter().enumerate().skip(1);
        columns.filter(|(_, column)| kind_class(column.kind) == "num").map(|(index, _)| index)
    };
    numbers().find(|index| has_unit(rows, *index)).or_else(|| numbers().next())
}

/// Whether a number says what it is: `12.50 EUR`, `€12.50`, `3 min`.
fn has_unit(rows: &[Row], index: usize) -> bool {
    let cells = rows.iter().filter_map(|row| row.cells.get(index));
    cells
        .map(|cell| cell.text.as_str())
        .find(|text| !text.is_empty())
        .is_some_and(|text| text.chars().any(|c| c.is_alphabetic() || "%€$£¥".contains(c)))
}

/// The titles that cells carry for narrow windows, where each row is a card without headings. The first two columns, tags,
/// and an amount at the top of the card need none.
fn card_labels(
    columns: &[Column],
    rows: &[Row],
    top: Option<usize>,
    has_cards: bool,
) -> Vec<Option<Arc<str>>> {
    let label = |(index, column): (usize, &Column)| {
        let is_plain = match kind_class(column.kind) {
            "num" => Some(index) == top && has_unit(rows, index),
            "word" => column.kind != CellKind::YesNo,
            _ => index == 1,
        };
        (has_cards && index > 0 && !is_plain).then(|| column.title.as_str().into())
    };
    columns.iter().enumerate().map(label).collect()
}

/// A number in `data-sort`, to a millionth.
struct SortKey(f64);

impl Render for SortKey {
    #[allow(clippy::cast_possible_truncation, reason = "saturates, which still sorts")]
    fn render_to(&self, buffer: &mut String) {
        let Self(number) = *self;
        if number.fract() == 0.0 || number.abs() > 1e12 {
            return (number as i64).render_to(buffer);
        }
        let millionths = (number * 1e6).round() as i64;
        let sign = if millionths < 0 { "-" } else { "" };
        let millionths = millionths.unsigned_abs();
        // Writing to a text does not fail.
        let _ = write!(buffer, "{sign}{}.{:06}", millionths / 1_000_000, millionths % 1_000_000);
    }
}

#[cfg(test)]
mod tests {
    use claimcheck_model::{Cell, CellKind, Column, Row};

    use maud::Render;

    use super::{SortKey, card_labels, top_number};

    #[test]
    fn ly_05_cells_of_a_card_have_labels_where_the_value_alone_says_too_little() {
        let column = |title: &str, kind| Column::new(title, title, kind);
        let columns = [
            column("Order", CellKind::Text),
            column("Customer", CellKind::Text),
            column("Placed", CellKind::Date),
            column("Total", CellKind::Number),
            column("Status", CellKind::Tag),
            column("Tax", CellKind::Number),
            column("Paid", CellKind::YesNo),
        ];
        let cell = |text: &str| Cell { text: text.to_owned(), ..Cell::default() };
        let texts = ["ORD-1", "Ann", "1 May", "12.50 €", "open", "3", "Yes"];
        let rows = [Row { cells: texts.into_iter().map(cell).collect(), ..Row::default() }];
        let labels = |columns: &[Column], rows: &[Row], has_cards| {
            let labels = card_labels(columns, rows, top_number(columns, rows), has_cards);
            labels.iter().map(|label| label.as_deref().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(labels(&columns, &rows, true), ["", "", "Placed", "", "", "Tax", "Paid"]);
        assert_eq!(
            labels(&columns, &[], true),
            ["", "", "Placed", "Total", "", "Tax", "Paid"],
            "no unit is known"
        );
        assert!(labels(&columns, &rows, false).iter().all(String::is_empty));
        let numbers = [
            column("Day", CellKind::Date),
            column("Count", CellKind::Number),
            column("Sum", CellKind::Number),
        ];
        let rows = [Row { cells: ["1 May", "3", "7 EUR"].map(cell).into(), ..Row::default() }];
        assert_eq!(top_number(&numbers, &rows), Some(2), "the amount");
        assert_eq!(labels(&numbers, &rows, true), ["", "Count", ""]);
    }

    #[test]
    fn sort_keys_read_back_as_the_number() {
        for number in [0.0, 12.0, -3.0, 1_795_392_000.0, 6509.5, -0.25, 0.000_125, 12.34] {
            assert_eq!(SortKey(number).render().into_string().parse(), Ok(number));
        }
    }
}
