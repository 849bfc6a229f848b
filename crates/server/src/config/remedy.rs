//! What to do about a mistake: from the descriptions of the keys, so that a mistake, the documentation and the JSON Schema say the
//! same about a key.

use crate::config::{
    keys::ALL_ROWS,
    row::{Requirement, SettingRow},
    toml_key::{KeyShape, find_key},
};

/// What a key must contain; empty for an unknown key. `is_missing`: it is not there yet.
pub(super) fn of_key(key: &str, is_missing: bool) -> String {
    let text = describe(key);
    if is_missing && !text.is_empty() { format!("add {text}") } else { text }
}

fn describe(key: &str) -> String {
    if let Some(row) = ALL_ROWS.iter().find(|row| row.file_key() == key) {
        return of_row(row);
    }
    let Some(found) = find_key(key) else { return String::new() };
    let values = match found.shape {
        KeyShape::OneOf(texts) => format!("; one of {}", quoted(&texts())),
        KeyShape::Whole(least, most) if most < u32::MAX => format!("; from {least} to {most}"),
        _ => String::new(),
    };
    format!("`{}`: {}{values}", found.name, found.about)
}

fn of_row(row: &SettingRow) -> String {
    let example = match row.example {
        "" => String::new(),
        example => format!("; example: `{example}`"),
    };
    let default = match row.need {
        Requirement::Default(text) if !text.is_empty() => format!("; default: `{text}`"),
        _ => String::new(),
    };
    format!("`{}`: {}{default}{example}", row.file_key(), row.about)
}

/// Texts in quotes, with commas.
pub(super) fn quoted(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ")
}
