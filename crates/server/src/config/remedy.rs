//! What to do about a mistake: from the descriptions of the keys, so that a mistake, the documentation and the JSON Schema say the
//! same about a key.

use toml::de::DeValue;

use crate::config::{
    keys::ALL_ROWS,
    problem::MISSING,
    row::{Requirement, SettingRow},
    toml_key::{KeyShape, find_key},
};

/// What a key must contain, unless the message about it says so; empty for an unknown key.
pub(super) fn of_key(key: &str, message: &str) -> String {
    let is_missing = message.starts_with(MISSING);
    if let Some(row) = ALL_ROWS.iter().find(|row| row.file_key() == key) {
        return of_row(row, is_missing);
    }
    let Some(found) = find_key(key) else { return String::new() };
    let values = match found.shape {
        KeyShape::OneOf(_) if message.contains("but must be ") => String::new(),
        KeyShape::OneOf(texts) => format!("; one of {}", quoted(&texts())),
        KeyShape::Whole(least, most) if most < u32::MAX => format!("; from {least} to {most}"),
        _ => String::new(),
    };
    let add = if is_missing { "add " } else { "" };
    format!("{add}`{}`: {}{values}", found.name, found.about)
}

fn of_row(row: &SettingRow, is_missing: bool) -> String {
    if let Some(file) = row.file_variable().filter(|_| is_missing) {
        return format!("set {}, or {file} to a file that contains it", row.variable());
    }
    let start = match is_missing {
        true => format!("add `{}`, or set {}", row.file_key(), row.variable()),
        false => format!("`{}`", row.file_key()),
    };
    let example = match row.example {
        "" => String::new(),
        example => format!("; example: `{example}`"),
    };
    let default = match row.need {
        Requirement::Default(text) if !text.is_empty() => format!("; default: `{text}`"),
        _ => String::new(),
    };
    format!("{start}: {}{default}{example}", row.about)
}

/// Texts in quotes, with commas.
pub(super) fn quoted(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ")
}

/// What is wrong with a value that should be a list, or with an entry of one, and how it is written.
pub(super) fn no_list(value: &DeValue<'_>, path: &str, expected: &str) -> String {
    let is_of_tables = !expected.contains("strings");
    match value {
        DeValue::Table(_) if is_of_tables => {
            let names = path.split('.').map(|name| name.split('[').next().unwrap_or(name));
            format!("{expected}: begin each with `[[{}]]`", names.collect::<Vec<_>>().join("."))
        }
        DeValue::String(_) if is_of_tables => format!("{expected}, each in braces, but is a text"),
        DeValue::String(text) if text.len() <= 40 && !text.contains(char::is_control) => {
            format!("{expected}; write `[\"{text}\"]`")
        }
        _ => expected.to_owned(),
    }
}
