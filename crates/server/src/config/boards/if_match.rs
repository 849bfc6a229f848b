//! `if_match` of an action: the version that its request changes, which the API compares with its own (RFC 9110 13.1.1).

use toml::de::DeValue;

use crate::config::{boards::sentence::Sentence, reader::TomlTable};

const KEY: &str = "if_match";

/// Where the version is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// Members of the row, or of what the board is about.
    Members(Sentence),
    /// The `ETag` of the API's answer to the request for the row, or for what the board is about.
    Tag,
    /// `*`: any version, if there is one.
    Any,
}

impl IfMatch {
    /// The names of its slots.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        let members = match self {
            Self::Members(text) => Some(text),
            Self::Tag | Self::Any => None,
        };
        members.into_iter().flat_map(Sentence::slots)
    }
}

/// Whether the table around actions has a request whose answer can have an `ETag`: for the row, or for what the board is
/// about.
pub(super) fn has_tag(at: &TomlTable<'_, '_>, has_row: bool) -> bool {
    let request = at.value(if has_row { "detail" } else { "subject" }).and_then(DeValue::as_table);
    request.is_some_and(|request| request.contains_key("get"))
}

/// Reads the key of an action.
pub(super) fn read(at: &mut TomlTable<'_, '_>, has_tag: bool, has_row: bool) -> Option<IfMatch> {
    match at.value(KEY)? {
        DeValue::Boolean(false) => None,
        DeValue::Boolean(true) if has_tag => Some(IfMatch::Tag),
        DeValue::Boolean(true) => {
            let (needs, remedy) = match has_row {
                true => (
                    "`detail` with `get`",
                    "add the request to the panel, such as detail = { get = \"/orders/{id}\" }, or name a member of the \
                     row, such as if_match = \"{etag}\"",
                ),
                false => ("[board.subject]", "add [board.subject], or make it an action of rows"),
            };
            at.problem_with(KEY, format!("needs {needs}: the `ETag` is that of its answer"), remedy);
            None
        }
        DeValue::String(text) if text.trim() == "*" => Some(IfMatch::Any),
        DeValue::String(_) => {
            let text = at.optional(KEY, Sentence::parse)?;
            if text.slots().next().is_some() {
                return Some(IfMatch::Members(text));
            }
            let remedy =
                "name a member of the row, such as \"{etag}\", or use true for the `ETag` of the answer";
            at.problem_with(KEY, "has no placeholder, so every request would have the same version", remedy);
            None
        }
        _ => {
            at.problem(KEY, "must be true, or a text with a member of the row, such as \"{etag}\"");
            None
        }
    }
}
