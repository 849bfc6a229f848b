//! The rows of a table, the same in the server's HTML and in an island that fetched them anew.
//! A cell that sorts by something other than its text carries it in `data-sort`.

use leptos::prelude::*;

use crate::model::{Cell, CellKind, Column, Row, is_match};

/// One `<tr>` a row; its first cell is the row's header.
#[component]
pub fn TableRows(
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// Rows that do not contain this stand there hidden.
    filter: String,
) -> impl IntoView {
    let kinds = columns.into_iter().map(|column| column.kind).collect::<Vec<_>>();
    rows.into_iter()
        .map(move |row| {
            let is_hidden = !is_match(row.iter().map(|cell| cell.text.as_str()), &filter);
            let cells = kinds.iter().zip(row).enumerate();
            let cells =
                cells.map(|(index, (kind, cell))| table_cell(index == 0, *kind, cell)).collect::<Vec<_>>();
            view! { <tr hidden=is_hidden>{cells}</tr> }
        })
        .collect::<Vec<_>>()
}

/// The class of a column's cells and of its head.
pub(super) fn kind_class(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Number => "num",
        CellKind::Text => "text",
        CellKind::Date => "date",
        CellKind::Tag => "word",
    }
}

fn table_cell(first: bool, kind: CellKind, Cell { text, sort }: Cell) -> AnyView {
    let sort = sort.map(sort_text);
    let class = kind_class(kind);
    let content = if kind == CellKind::Tag && !text.is_empty() {
        let tag = text.to_lowercase();
        view! {
            <span class="tag" data-tag=tag>
                {text}
            </span>
        }
        .into_any()
    } else {
        text.into_any()
    };
    if first {
        view! {
            <th scope="row" class=class data-sort=sort>
                {content}
            </th>
        }
        .into_any()
    } else {
        view! {
            <td class=class data-sort=sort>
                {content}
            </td>
        }
        .into_any()
    }
}

/// A number as `data-sort` carries it: to a millionth. Formatting a float would cost the browser build a
/// printer of floats.
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
    use super::sort_text;

    #[test]
    fn sort_keys_read_back_as_the_number() {
        for number in [0.0, 12.0, -3.0, 1_795_392_000.0, 6509.5, -0.25, 0.000_125, 12.34] {
            assert_eq!(sort_text(number).parse(), Ok(number));
        }
    }
}
