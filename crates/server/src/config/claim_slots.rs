//! `[claims]`: the claims of a user that requests may contain, by short names. `{claim.customer_id}` in a path, a query, a
//! body or a header is the value at the path that `customer_id` names here.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use toml::{Spanned, de::DeValue};

use super::{
    claim_path::ClaimPath,
    problem::{SettingProblem, nearest},
    reader::TomlTable,
    sources::Lines,
};

/// The beginning of a slot for a claim.
const PREFIX: &str = "claim.";
const NAME_MAX_CHARS: usize = 64;

/// Why a claim has no single value for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimGap {
    #[error("is missing")]
    Missing,
    #[error("is empty")]
    Empty,
    #[error("has several values")]
    Several,
    #[error("is a list")]
    List,
    #[error("is an object")]
    Object,
    #[error("is true or false, not a text or a number")]
    Boolean,
    #[error("has characters that must not be in this place of a request")]
    Unfit,
}

/// The claims that requests may contain, by their names in the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimSlots(BTreeMap<String, ClaimPath>);

impl ClaimSlots {
    /// The claim of a slot.
    pub fn find(&self, slot: &str) -> Option<&ClaimPath> {
        self.0.get(claim_name(slot)?)
    }

    /// All claims, with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ClaimPath)> {
        self.0.iter().map(|(name, path)| (name.as_str(), path))
    }

    /// The claim of that name.
    pub(super) fn path(&self, name: &str) -> Option<&ClaimPath> {
        self.0.get(name)
    }

    /// Checks that a slot for a claim names one of these; other slots are not checked.
    ///
    /// # Errors
    /// Describes what would be right.
    pub(super) fn check(&self, slot: &str) -> Result<(), String> {
        let Some(name) = claim_name(slot).filter(|name| !self.0.contains_key(*name)) else { return Ok(()) };
        Err(match nearest(name, self.0.keys().map(String::as_str)) {
            Some(near) => {
                format!(
                    "has the placeholder {{{slot}}}, but [claims] has no `{name}`; did you mean `{near}`?"
                )
            }
            None => format!(
                "has the placeholder {{{slot}}}: name the claim in [claims], such as {name} = \"$.{name}\""
            ),
        })
    }
}

impl ClaimPath {
    /// As it is in the settings.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The one value at the path, a text or a number, for a request.
    ///
    /// # Errors
    /// [`ClaimGap`] if there is nothing, or anything else.
    pub fn single(&self, claims: &Map<String, Value>) -> Result<String, ClaimGap> {
        let nodes = self.nodes(claims);
        match nodes.as_slice() {
            [] | [Value::Null] => Err(ClaimGap::Missing),
            [Value::String(text)] if text.trim().is_empty() => Err(ClaimGap::Empty),
            [Value::String(text)] => Ok(text.clone()),
            [Value::Number(number)] => Ok(number.to_string()),
            [Value::Bool(_)] => Err(ClaimGap::Boolean),
            [Value::Array(_)] => Err(ClaimGap::List),
            [Value::Object(_)] => Err(ClaimGap::Object),
            _ => Err(ClaimGap::Several),
        }
    }
}

/// The name of the claim that a slot is for; `None` if it is for something else.
pub fn claim_name(slot: &str) -> Option<&str> {
    slot.strip_prefix(PREFIX)
}

/// Reads `[claims]`, and adds errors to `problems`.
pub(super) fn read_claims(
    value: &Spanned<DeValue<'_>>,
    lines: &Lines<'_>,
    problems: &mut Vec<SettingProblem>,
) -> ClaimSlots {
    let Some(mut at) = TomlTable::of(value, "claims", lines, problems) else { return ClaimSlots::default() };
    let mut claims = BTreeMap::new();
    for name in at.keys() {
        if !is_name(&name) {
            at.problem(&name, "must be a name that consists of a-z, A-Z, 0-9, _ and -");
        }
        if let Some(path) = at.required(&name, ClaimPath::parse) {
            claims.insert(name, path);
        }
    }
    ClaimSlots(claims)
}

fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=NAME_MAX_CHARS).contains(&name.len()) && name.chars().all(allowed)
}
