//! The rows of a table as a CSV file (RFC 4180) for spreadsheets: plain numbers and dates, and no cell that a
//! spreadsheet would run as a formula.

use std::borrow::Cow;

use claimcheck_model::{AppError, Cell, TableData};

/// Tells spreadsheets that the file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The header and the rows of `data`.
///
/// # Errors
/// `Internal` if it cannot be written, which does not happen in memory.
pub(super) fn write(data: &TableData) -> Result<Vec<u8>, AppError> {
    let failed = |error: csv::Error| {
        tracing::error!(%error, "the rows could not be written as CSV");
        AppError::Internal
    };
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    let heads = data.columns.iter().map(|column| harmless(&column.title).into_owned());
    writer.write_record(heads).map_err(failed)?;
    for row in &data.rows {
        writer.write_record(row.cells.iter().map(|cell| field(cell).into_owned())).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| failed(csv::Error::from(error.into_error())))
}

/// A number or a date in machine-readable form; a text unchanged.
fn field(cell: &Cell) -> Cow<'_, str> {
    match &cell.plain {
        // It starts with a digit or a minus sign and is a number or a date, so it is no formula.
        Some(plain) if cell.sort.is_some() => Cow::Borrowed(plain),
        // The full text, where the cell shows a shortened one.
        plain => harmless(plain.as_deref().unwrap_or(&cell.text)),
    }
}

/// A text that begins like a formula gets an apostrophe before it (OWASP, CSV injection).
fn harmless(text: &str) -> Cow<'_, str> {
    match text.chars().next() {
        Some(
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}',
        ) => Cow::Owned(format!("'{text}")),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use claimcheck_model::{CellKind, Column, Row};

    #[test]
    fn texts_are_quoted_numbers_are_plain_and_formulas_do_not_run() {
        let text = |text: &str| Cell { text: text.to_owned(), ..Cell::default() };
        let number =
            Cell { text: "\u{2212}1,234.50".into(), sort: Some(-1234.5), plain: Some("-1234.5".into()) };
        let column = |key: &str| Column { key: key.into(), title: key.into(), kind: CellKind::Text };
        let data = TableData {
            columns: vec![column("a"), column("=b")],
            rows: vec![
                Row { cells: vec![text("x, \"y\"\nz"), number], ..Row::default() },
                Row { cells: vec![text("=HYPERLINK(\"http://evil\")"), text("-1+1")], ..Row::default() },
            ],
            ..TableData::default()
        };
        let written = String::from_utf8(write(&data).unwrap()).unwrap();
        assert_eq!(
            written,
            "\u{feff}a,'=b\r\n\"x, \"\"y\"\"\nz\",-1234.5\r\n\"'=HYPERLINK(\"\"http://evil\"\")\",'-1+1\r\n"
        );
    }
}
