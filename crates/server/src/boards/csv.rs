//! Rows of a table as a CSV file (RFC 4180) for spreadsheets of the user's locale: exact numbers and dates, every cell in
//! quotes, and no cell that a spreadsheet would run as a formula.

use std::borrow::Cow;

use claimcheck_model::{AppError, Cell, CellKind, Column, TableData};

use crate::locale::LocaleFormatter;

/// Tells spreadsheets that the file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What separates cells, and the decimal mark that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvFormat {
    /// A comma, and decimals after a point.
    Comma,
    /// A semicolon, and decimals after a comma.
    Semicolon,
}

impl CsvFormat {
    /// The format of the user's choice, else that of spreadsheets in their locale.
    pub fn of(choice: Option<&str>, reader: &LocaleFormatter) -> Self {
        match choice {
            Some("comma") => Self::Comma,
            Some("semicolon") => Self::Semicolon,
            _ if reader.number(0.5, 1).contains(',') => Self::Semicolon,
            _ => Self::Comma,
        }
    }

    fn separator(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
        }
    }
}

/// The begin of a file: the titles of the columns.
///
/// # Errors
/// `Internal` if it cannot be written, which does not happen in memory.
pub(super) fn head(columns: &[Column], format: CsvFormat) -> Result<Vec<u8>, AppError> {
    let titles = columns.iter().map(|column| harmless(&column.title));
    let line = write(std::iter::once(titles), format)?;
    Ok([BYTE_ORDER_MARK.as_bytes(), &line].concat())
}

/// One line for each row.
///
/// # Errors
/// As [`head`].
pub(super) fn rows(data: &TableData, format: CsvFormat) -> Result<Vec<u8>, AppError> {
    let row = |cells: &'_ [Cell]| -> Vec<String> {
        let cells = data.columns.iter().zip(cells);
        cells.map(|(column, cell)| field(cell, column.kind, format).into_owned()).collect()
    };
    write(data.rows.iter().map(|row_of| row(&row_of.cells).into_iter().map(Cow::<str>::Owned)), format)
}

/// A last line with one text.
///
/// # Errors
/// As [`head`].
pub(super) fn note(text: &str, format: CsvFormat) -> Result<Vec<u8>, AppError> {
    write(std::iter::once(std::iter::once(harmless(text))), format)
}

fn write<'a, L: Iterator<Item = Cow<'a, str>>>(
    lines: impl Iterator<Item = L>,
    format: CsvFormat,
) -> Result<Vec<u8>, AppError> {
    let failed = |error: csv::Error| {
        tracing::error!(%error, "rows could not be written as CSV");
        AppError::Internal
    };
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::Always)
        .delimiter(format.separator())
        // The last line may be a note.
        .flexible(true)
        .from_writer(Vec::new());
    for line in lines {
        writer.write_record(line.map(|cell| cell.into_owned())).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| failed(csv::Error::from(error.into_error())))
}

/// A number or a date in machine-readable form; a text unchanged.
fn field(cell: &Cell, kind: CellKind, format: CsvFormat) -> Cow<'_, str> {
    // The full text, where the cell shows a shortened one.
    let text = cell.plain.as_deref().unwrap_or(&cell.text);
    let is_number = cell.sort.is_some() && kind.is_number();
    // Checked again, so that nothing else than a number can begin with a sign.
    match is_number && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
        true if format == CsvFormat::Semicolon => Cow::Owned(text.replacen('.', ",", 1)),
        true => Cow::Borrowed(text),
        false => harmless(text),
    }
}

/// A text with an apostrophe before each place that a spreadsheet could take for the begin of a formula (OWASP, CSV
/// injection): at the begin, and after everything that another program could take for the end of a cell.
fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_begin_of_formula) {
        return Cow::Borrowed(text);
    }
    let (mut safe, mut is_at_begin) = (String::with_capacity(text.len() + 1), true);
    // An apostrophe before the blanks, too, because they may be left out.
    if text.starts_with(['\t', '\r', '\n']) {
        safe.push('\'');
    }
    for c in text.chars() {
        if is_at_begin && is_begin_of_formula(c) && !ends_cell(c) {
            safe.push('\'');
        }
        safe.push(c);
        is_at_begin = ends_cell(c) || (is_at_begin && (c.is_whitespace() || is_unseen(c)));
    }
    Cow::Owned(safe)
}

/// Also in full width, which some programs read as the same.
fn is_begin_of_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+'
            | '-'
            | '@'
            | '\t'
            | '\r'
            | '\n'
            | '\u{ff1d}'
            | '\u{ff0b}'
            | '\u{ff0d}'
            | '\u{ff20}'
            | '\u{2212}'
    )
}

/// What separates cells or lines in some program, and quotes, which it may take away.
fn ends_cell(c: char) -> bool {
    matches!(
        c,
        ';' | ',' | '|' | '"' | '\t' | '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\0'..='\u{1f}' | '\u{7f}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use claimcheck_model::Row;

    fn table(cells: Vec<(CellKind, Cell)>) -> TableData {
        let column = |(index, (kind, _)): (usize, &(CellKind, Cell))| {
            Column::new(index.to_string(), format!("={index}"), *kind)
        };
        let columns = cells.iter().enumerate().map(column).collect();
        let cells = cells.into_iter().map(|(_, cell)| cell).collect();
        TableData { columns, rows: vec![Row { cells, ..Row::default() }], ..TableData::default() }
    }

    fn text(text: &str) -> Cell {
        Cell { text: text.to_owned(), ..Cell::default() }
    }

    fn plain(plain: &str) -> Cell {
        Cell { text: "shown".into(), sort: Some(1.0), plain: Some(plain.into()), ..Cell::default() }
    }

    fn written(cells: Vec<(CellKind, Cell)>, format: CsvFormat) -> String {
        String::from_utf8(rows(&table(cells), format).unwrap()).unwrap()
    }

    #[test]
    fn r18_numbers_are_exact_and_have_the_decimal_mark_of_the_file() {
        for (number, with_comma) in [
            ("-1234.50", "-1234,50"),
            ("123456789012345678901234567890.10", "123456789012345678901234567890,10"),
            ("1.20E+003", "1,20E+003"),
            ("7", "7"),
        ] {
            let cells = || vec![(CellKind::Number, plain(number)), (CellKind::Text, text("a"))];
            assert_eq!(written(cells(), CsvFormat::Comma), format!("\"{number}\",\"a\"\r\n"));
            assert_eq!(written(cells(), CsvFormat::Semicolon), format!("\"{with_comma}\";\"a\"\r\n"));
        }
        let others = vec![
            (CellKind::Date, plain("2026-03-02T14:05:00.5Z")),
            (CellKind::Text, text("1.5")),
            (CellKind::Number, text("n.a.")),
        ];
        assert_eq!(written(others, CsvFormat::Semicolon), "\"2026-03-02T14:05:00.5Z\";\"1.5\";\"n.a.\"\r\n");
        let head = head(&table(vec![(CellKind::Text, text(""))]).columns, CsvFormat::Comma).unwrap();
        assert_eq!(String::from_utf8(head).unwrap(), "\u{feff}\"'=0\"\r\n");
    }

    #[test]
    fn f15_no_part_of_a_text_is_a_formula() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("Bob;=cmd|'/C calc'!A0", "Bob;'=cmd|'/C calc'!A0"),
            ("Bob,=1", "Bob,'=1"),
            ("a\t=1", "a\t'=1"),
            ("a\n=1\r\n+2", "a\n'=1\r\n'+2"),
            ("a;  =1", "a;  '=1"),
            (" =1", " '=1"),
            ("\u{a0}@x", "\u{a0}'@x"),
            ("\u{feff}=1", "\u{feff}'=1"),
            ("\"=1", "\"\"'=1"),
            ("\t=1", "'\t'=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("a\u{2028}-1", "a\u{2028}'-1"),
            ("a=1, b-2", "a=1, b-2"),
            ("ada@example.com", "ada@example.com"),
            ("1-2;3", "1-2;3"),
        ] {
            let cells = || vec![(CellKind::Text, text(cell))];
            for format in [CsvFormat::Comma, CsvFormat::Semicolon] {
                assert_eq!(written(cells(), format), format!("\"{safe}\"\r\n"), "{cell:?}");
            }
        }
        // What claims to be a number, but is none.
        let plain = Some("-1+cmd|' /C calc'!A0".into());
        let number = Cell { text: "x".into(), sort: Some(1.0), plain, ..Cell::default() };
        assert!(written(vec![(CellKind::Number, number)], CsvFormat::Comma).starts_with("\"'-1"));
    }
}
