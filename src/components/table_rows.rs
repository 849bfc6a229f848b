//! The rows of a table. A cell whose sort key differs from its text has it in `data-sort`. A row with its own page has
//! the link in its first cell.

use std::sync::Arc;

use claimcheck_model::{Cell, CellKind, CellMore, Column, Row, RowLead, ValueTone, is_match, part};
use claimcheck_text::t;
use leptos::{
    either::{Either, EitherOf3, EitherOf4},
    prelude::*,
};

use crate::components::{
    ActionLinks, ActionOffer, ActionResultView, Icon, ImageBox, PanelUrl, icon, language, linked as linked_to,
};

/// One `<tr>` per row; its first cell is the row's header.
#[component]
pub fn TableRows(
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// Rows that do not contain this are hidden.
    filter: String,
    /// The URL of the panel, for links to the rows' own pages; `None` if they have none.
    here: Option<PanelUrl>,
    /// There is a column for their actions.
    has_actions: bool,
) -> impl IntoView {
    let top = here.as_ref().and_then(|_| top_number(&columns, &rows));
    let labels = card_labels(&columns, &rows, top, here.is_some());
    let look = |(index, (mut column, label)): (usize, (Column, Option<Arc<str>>))| {
        let class = match top == Some(index) {
            true => format!("{} top", column_class(&column)).into(),
            false => column_class(&column),
        };
        (column.kind, column.is_file.then(|| std::mem::take(&mut column.key)), (class, label))
    };
    let kinds = columns.into_iter().zip(labels).enumerate().map(look).collect::<Vec<_>>();
    let files = here.as_ref().map(PanelUrl::files);
    let actions = here.as_ref().filter(|_| has_actions).map(|here| (here.actions(), here.panel.clone()));
    let links = here.map(|here| (here.rows(), here.panel));
    rows.into_iter()
        .map(move |Row { key, cells, lead, actions: offered, result }| {
            let is_hidden = !is_match(cells.iter().map(|cell| cell.text.as_str()), &filter);
            let mut link = links
                .as_ref()
                .zip(key.as_ref().filter(|_| lead == RowLead::OwnPage))
                .map(|((of, panel), key)| (of(key), format!("row-{panel}-{}", id_of(key))));
            let file = |column: Option<&str>, cell: &Cell| {
                let (of, key) = (files.as_ref()?, key.as_deref()?);
                column.filter(|_| !cell.text.is_empty()).map(|column| of(column, key))
            };
            let hrefs = kinds.iter().zip(&cells).map(|((_, column, _), cell)| file(column.as_deref(), cell));
            let hrefs = hrefs.collect::<Vec<_>>();
            let actions = actions.as_ref().map(|(of, panel)| {
                let key = key.unwrap_or_default();
                // A point is in no id and in no such key.
                let place = format!("{panel}.{}", id_of(&key));
                let links = offered.into_iter().map(|link| {
                    let (href, id) = (of(&link.action, &key), format!("act-{place}.{}", link.action));
                    ActionOffer { link, href, id }
                });
                let actions = links.collect::<Vec<_>>();
                let menu = format!("acts-{place}");
                let links = view! { <ActionLinks actions about=key menu/> };
                view! {
                    <td class="acts" data-part=part::ACTS>
                        {result.map(|result| view! { <ActionResultView result/> })} {links}
                    </td>
                }
            });
            let cells = kinds.iter().zip(cells).zip(hrefs).enumerate();
            let cells = cells
                .map(|(index, (((kind, _, class), cell), file))| {
                    table_cell(index == 0, (*kind, class.clone()), cell, link.take(), file)
                })
                .collect::<Vec<_>>();
            let leads = (lead == RowLead::Row).then_some("");
            view! { <tr hidden=is_hidden data-to=leads>{cells} {actions}</tr> }
        })
        .collect::<Vec<_>>()
}

/// A row key as part of an id, without spaces: used to restore the focus after the row has moved.
fn id_of(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(64).collect()
}

/// The class of a column's cells and of its head.
pub fn kind_class(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Number | CellKind::Percent | CellKind::Bytes | CellKind::Duration | CellKind::Progress => {
            "num"
        }
        CellKind::Text | CellKind::Link => "text",
        CellKind::Date => "date",
        CellKind::Tag | CellKind::Chips | CellKind::YesNo | CellKind::Image => "word",
    }
}

/// The same with the classes for the look of the column, which are in the second stylesheet.
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

/// A short value with a fixed meaning. Its tone is a shape and a colour.
#[component]
pub fn Tag(text: String, tone: Option<ValueTone>) -> impl IntoView {
    view! {
        <span class="tag" data-tone=tone.map(ValueTone::name)>
            {text}
        </span>
    }
}

/// The tone of an element that contains a cell; tags have theirs themselves.
pub fn tone_around(kind: CellKind, cell: &Cell) -> Option<ValueTone> {
    let is_tag = matches!(kind, CellKind::Tag | CellKind::Chips);
    cell.tone.filter(|_| !is_tag)
}

/// The content of a cell. Not boxed: a table has hundreds of cells.
pub fn cell_content(kind: CellKind, cell: Cell) -> impl IntoView {
    match (kind, cell) {
        (kind, Cell { text, tone, more: Some(more), .. }) => EitherOf4::D(with_more(kind, text, tone, *more)),
        (CellKind::Tag, Cell { text, tone, .. }) if !text.is_empty() => {
            EitherOf4::A(view! { <Tag text tone/> })
        }
        // Only an address that the server has checked becomes a link.
        (CellKind::Link, Cell { text, plain: Some(address), .. }) => EitherOf4::B(view! {
            <a href=address target="_blank" rel="noopener noreferrer">
                {text}
            </a>
        }),
        (_, Cell { text, .. }) => EitherOf4::C(text),
    }
}

/// The content of a cell that is more than a text. Few columns have such cells.
fn with_more(kind: CellKind, text: String, tone: Option<ValueTone>, more: CellMore) -> AnyView {
    match more {
        CellMore::Link(to, more) => {
            linked_to(Some(to), cell_content(kind, Cell { text, tone, more, ..Cell::default() }))
        }
        CellMore::Image(image) => view! { <ImageBox image/> }.into_any(),
        CellMore::Hint(hint) => view! { <span title=hint.clone()>{text}</span> {spoken(hint)} }.into_any(),
        CellMore::Progress(thousandths) => view! {
            <progress max="1000" value=thousandths aria-hidden="true"></progress>
            " "
            {text}
        }
        .into_any(),
        CellMore::Chips(chips) => {
            // The commas are for copies and for screen readers.
            let chips = chips.into_iter().enumerate().map(|(index, (text, tone))| {
                let comma = (index > 0).then(|| view! { <i>", "</i> });
                view! { {comma} <Tag text tone/> }
            });
            view! { <span class="cell-tags">{chips.collect::<Vec<_>>()}</span> }.into_any()
        }
    }
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

/// Words for screen readers only. They are not in the text of a cell, by which a table is filtered and sorted.
pub fn spoken(words: String) -> impl IntoView {
    view! { <span role="img" aria-label=words></span> }
}

/// The word for the tone of an element that contains a cell, for screen readers: the shape is visible only.
pub fn tone_word(tone: Option<ValueTone>) -> Option<impl IntoView> {
    // A table has hundreds of cells, and few have a tone.
    let (tone, language) = (tone?, language());
    let word = match tone {
        ValueTone::Good => t!(language, "tone-good"),
        ValueTone::Info => t!(language, "tone-info"),
        ValueTone::Warn => t!(language, "tone-warn"),
        ValueTone::Bad => t!(language, "tone-bad"),
        ValueTone::Quiet => t!(language, "tone-quiet"),
    };
    Some(spoken(word.to_owned()))
}

/// A link to a file of the API.
pub fn file_link(href: String, text: String) -> impl IntoView {
    view! {
        <a class="file" href=href>
            <Icon d=icon::DOWNLOAD/>
            {text}
        </a>
    }
}

/// The content of a cell inside a link.
fn linked(cell: Cell) -> impl IntoView {
    match cell.more.map(|more| *more) {
        Some(CellMore::Hint(hint)) => {
            Either::Left(with_more(CellKind::Text, cell.text, None, CellMore::Hint(hint)))
        }
        _ => Either::Right(cell.text),
    }
}

/// Texts with more characters may be cut off, so the whole is in a title.
const LINE_MAX_CHARS: usize = 30;

fn table_cell(
    first: bool,
    (kind, (class, label)): (CellKind, (Arc<str>, Option<Arc<str>>)),
    cell: Cell,
    link: Option<(String, String)>,
    file: Option<String>,
) -> impl IntoView {
    let sort = cell.sort.map(sort_text);
    let label = label.filter(|_| !cell.text.is_empty());
    let is_long = kind_class(kind) == "text" && cell.text.chars().nth(LINE_MAX_CHARS).is_some();
    let title = is_long.then(|| cell.text.clone());
    let tone = match link.is_some() || file.is_some() {
        true => cell.tone,
        false => tone_around(kind, &cell),
    };
    // A tag has its word as its text.
    let word = tone_word(tone.filter(|_| kind != CellKind::Tag));
    let tone = tone.map(ValueTone::name);
    let content = match (link, file) {
        (Some((href, id)), _) => EitherOf3::A(view! {
            <a href=href id=id data-part=part::ROW>
                {linked(cell)}
            </a>
        }),
        (None, Some(href)) => EitherOf3::B(file_link(href, cell.text)),
        (None, None) => EitherOf3::C(cell_content(kind, cell)),
    };
    match first {
        true => Either::Left(view! {
            <th scope="row" class=class data-sort=sort data-tone=tone title=title>
                {content} {word}
            </th>
        }),
        false => Either::Right(view! {
            <td class=class data-sort=sort data-tone=tone data-label=label title=title>
                {content} {word}
            </td>
        }),
    }
}

/// A number in `data-sort`, to a millionth.
#[allow(clippy::cast_possible_truncation, reason = "saturates, which still sorts")]
fn sort_text(number: f64) -> String {
    if number.fract() == 0.0 || number.abs() > 1e12 {
        return (number as i64).to_string();
    }
    let millionths = (number * 1e6).round() as i64;
    let sign = if millionths < 0 { "-" } else { "" };
    let millionths = millionths.unsigned_abs();
    format!("{sign}{}.{:06}", millionths / 1_000_000, millionths % 1_000_000)
}

#[cfg(test)]
mod tests {
    use claimcheck_model::{Cell, CellKind, Column, Row};

    use super::{card_labels, sort_text, top_number};

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
            assert_eq!(sort_text(number).parse(), Ok(number));
        }
    }
}
