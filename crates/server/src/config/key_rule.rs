//! Rules about several keys of a table, as data beside the reader that applies them: the JSON Schema has the same ones.

use serde_json::{Map, Value, json};

/// Which keys a table has.
#[derive(Debug)]
pub(super) enum KeyRule {
    /// At least one of these is set, and not an empty list.
    AnyOf(&'static [&'static str]),
    /// None of these is set.
    NoneOf(&'static [&'static str]),
    /// More rules under a condition.
    If(Condition, &'static [KeyRule]),
}

/// When a rule applies.
#[derive(Debug)]
pub(super) enum Condition {
    Has(&'static str),
    HasNot(&'static str),
    /// The key is set to this text.
    Is(&'static str, &'static str),
    /// The key is not set, or to another text; the value of a variable is not known.
    IsNot(&'static str, &'static str),
    /// The key is set to `true`.
    Holds(&'static str),
}

impl KeyRule {
    /// The rule in JSON Schema; `variable` is the schema of a text with a variable.
    pub(super) fn schema(&self, variable: &Value) -> Value {
        let has = |key: &&str| json!({ "required": [key] });
        match self {
            Self::AnyOf(keys) => {
                let has_some =
                    |key: &&str| json!({ "required": [key], "properties": { *key: { "minItems": 1 } } });
                json!({ "anyOf": keys.iter().map(has_some).collect::<Vec<_>>() })
            }
            Self::NoneOf(keys) => json!({ "not": { "anyOf": keys.iter().map(has).collect::<Vec<_>>() } }),
            Self::If(condition, rules) => {
                let rules: Vec<_> = rules.iter().map(|rule| rule.schema(variable)).collect();
                json!({ "if": condition.schema(variable), "then": { "allOf": rules } })
            }
        }
    }
}

impl Condition {
    fn schema(&self, variable: &Value) -> Value {
        let with = |key: &str, value: Value| {
            let properties = Map::from_iter([(key.to_owned(), value)]);
            json!({ "required": [key], "properties": properties })
        };
        match self {
            Self::Has(key) => json!({ "required": [key] }),
            Self::HasNot(key) => json!({ "not": { "required": [key] } }),
            Self::Is(key, text) => with(key, json!({ "const": text })),
            Self::IsNot(key, text) => {
                json!({ "not": with(key, json!({ "anyOf": [{ "const": text }, variable] })) })
            }
            Self::Holds(key) => with(key, json!({ "const": true })),
        }
    }
}
