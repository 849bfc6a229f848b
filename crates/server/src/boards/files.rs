//! A file of the API that belongs to a row: the row is looked up as for its page, and the file is named after it.

use claimcheck_model::AppError;
use serde_json::Value;

use crate::{
    api::{FileError, OpenFile},
    boards::{BoardRequest, PanelRequest, cells, request},
    claims::slot_values,
    config::{DownloadSetting, Panel, claim_name, kinds::table::ColumnSetting},
};

/// The longest name of a file, without its ending.
const NAME_MAX_CHARS: usize = 80;

/// A file that can be passed on, and its name.
pub struct RowFile {
    pub file: OpenFile,
    /// With the ending of its kind; letters, digits, blanks, `-`, `_` and `.` only.
    pub name: String,
}

impl BoardRequest<'_> {
    /// The file that a column of a table leads to, for the row with that key.
    ///
    /// # Errors
    /// `NotFound` if there is no such table, column, row or file, else as [`BoardRequest::row`] and
    /// [`crate::api::ApiClient::open_file`].
    pub async fn file(&self, panel: &str, column: &str, name: &str) -> Result<RowFile, FileError> {
        let (panel, table) = self.table(panel)?;
        let is_it = |declared: &&ColumnSetting| declared.key == column;
        let column = table.columns.iter().flatten().find(is_it).ok_or(AppError::NotFound)?;
        let setting = column.download.as_ref().ok_or(AppError::NotFound)?;
        let api = self.settings().api(&panel.api).ok_or(AppError::Internal)?;
        let row = self.row_of_file(panel, name, setting).await?;
        let claims =
            slot_values(&self.settings().claim_slots, &self.signed_in().record.claims, setting.path.slots())?;
        let request = request::of_row(self.source(Some(panel)), &setting.path, &claims, |slot| {
            value(&row, slot).map(Into::into)
        })?;
        let file = self.open_file(api, request, setting).await?;
        let name = file_name(column, name, self.reader().language(), file.kind.name);
        Ok(RowFile { file, name })
    }

    /// The row as its page has it; if members are missing there that the path needs, as the table has it.
    async fn row_of_file(
        &self,
        panel: &Panel,
        name: &str,
        setting: &DownloadSetting,
    ) -> Result<cells::Object, AppError> {
        let row = self.row_object(&panel.id, name).await?;
        let has = |slot: &str| claim_name(slot).is_some() || value(&row, slot).is_some();
        if setting.path.slots().all(has) {
            return Ok(row);
        }
        let (panel, table) = self.table(&panel.id)?;
        self.resolve_slots(panel).await?;
        let rows = PanelRequest::of(self, panel);
        Ok(rows.row(table, name).await?)
    }
}

/// A value of a row for a path.
fn value(row: &cells::Object, slot: &str) -> Option<String> {
    match cells::member(row, slot) {
        Value::Bool(is) => Some(is.to_string()),
        value => cells::name_of(value),
    }
}

/// `Invoice ORD-1001.pdf`: the column's title and the row key.
fn file_name(column: &ColumnSetting, key: &str, language: claimcheck_text::Language, ending: &str) -> String {
    clean_name(&format!("{} {key}", column.title.text(language)), ending)
}

/// A name that is one file in every operating system, whatever is in the text.
fn clean_name(text: &str, ending: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let plain: String = text.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = words.chars().take(NAME_MAX_CHARS).collect();
    // A point at the begin hides a file, and one at the end is left out by Windows.
    match name.trim_matches(['.', ' ', '-']) {
        "" => format!("file.{ending}"),
        name => format!("{name}.{ending}"),
    }
}

#[cfg(test)]
mod tests {
    use super::clean_name;

    #[test]
    fn r35_the_name_of_a_file_is_one_name_whatever_the_row_is_called() {
        for (text, name) in [
            ("Invoice ORD-1001", "Invoice ORD-1001.pdf"),
            ("Rechnung Grün/7", "Rechnung Grün 7.pdf"),
            ("../../etc/passwd", "etc passwd.pdf"),
            ("a\r\nSet-Cookie: b=c\"", "a Set-Cookie b c.pdf"),
            ("Bob\u{202e}fdp.exe", "Bob fdp.exe.pdf"),
            (".. ..", "file.pdf"),
            ("\0", "file.pdf"),
        ] {
            assert_eq!(clean_name(text, "pdf"), name, "{text:?}");
        }
        assert_eq!(clean_name(&"x".repeat(9000), "pdf").len(), 84);
    }
}
