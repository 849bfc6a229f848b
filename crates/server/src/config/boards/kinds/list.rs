//! The settings of a list: entries with a label, a note and a value.

use claimcheck_model::PanelSize;
use serde_json_path::JsonPath;

use crate::config::{
    LocalText,
    boards::{
        kinds::{KindSetting, json_path},
        title,
    },
    reader::TomlTable,
};

/// A list of entries.
#[derive(Clone, Debug, PartialEq)]
pub struct ListSetting {
    /// Finds the rows in the answer (RFC 9535).
    pub rows: JsonPath,
    /// The members of a row that an entry shows.
    pub label: String,
    pub note: Option<String>,
    pub value: Option<String>,
    /// The member with a short status word.
    pub tag: Option<String>,
    /// Shown after the value.
    pub unit: Option<LocalText>,
}

impl KindSetting for ListSetting {
    const NAME: &'static str = "list";
    const KEYS: &'static [&'static str] = &["rows", "label", "note", "value", "tag", "unit"];
    const SIZE: PanelSize = PanelSize::Third;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        let (rows, label) = (at.required("rows", json_path), at.required("label", title));
        let unit = at.optional_local("unit", title);
        let mut one = |key: &str| at.optional(key, title);
        let (note, value, tag) = (one("note"), one("value"), one("tag"));
        Some(Self { rows: rows?, label: label?, note, value, tag, unit })
    }
}
