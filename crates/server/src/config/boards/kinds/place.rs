//! A number that is in the settings, or at a place of the answer.

use serde_json_path::JsonPath;

use crate::{
    config::{boards::kinds::json_path, reader::TomlTable},
    decimal::Decimal,
};

/// A number of the settings, or where it is in the answer.
#[derive(Clone, Debug, PartialEq)]
pub enum NumberPlace {
    Fixed(Decimal),
    Path(JsonPath),
}

/// Reads a number, or the JSONPath of one.
pub(super) fn number_place(at: &mut TomlTable<'_, '_>, key: &str) -> Option<NumberPlace> {
    let is_path = at.value(key)?.as_str().is_some_and(|text| text.starts_with('$'));
    match is_path {
        true => at.optional(key, json_path).map(NumberPlace::Path),
        false => at.decimal(key).map(NumberPlace::Fixed),
    }
}
