//! What an API knows from us and must not tell a browser: the access token, and the values of configured headers. An API
//! that repeats them is not shown.

use claimcheck_base::secret::Secret;
use serde_json::Value;

/// Access tokens are longer than this (RFC 6749 10.10: they must be impossible to guess). A shorter text may appear
/// anywhere by chance.
const TOKEN_MIN_BYTES: usize = 16;

/// The secrets of one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets {
    /// `None` if the request had none.
    pub token: Option<Secret>,
    pub headers: Vec<Secret>,
}

impl Secrets {
    /// Whether a text that is shown on its own contains one of them, however short.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.all().any(|secret| text.contains(secret))
    }

    /// Whether a text or a name in an answer contains one of them.
    pub(super) fn is_in_answer(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_repeated(text),
            Value::Array(items) => items.iter().any(|item| self.is_in_answer(item)),
            Value::Object(members) => {
                members.iter().any(|(name, value)| self.is_repeated(name) || self.is_in_answer(value))
            }
            Value::Number(number) => self.is_repeated(number.as_str()),
            _ => false,
        }
    }

    fn is_repeated(&self, text: &str) -> bool {
        // Most texts of an answer are too short to contain a secret that counts.
        text.len() >= TOKEN_MIN_BYTES
            && self.all().any(|secret| secret.len() >= TOKEN_MIN_BYTES && text.contains(secret))
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.token.iter().chain(&self.headers).map(Secret::expose).filter(|secret| !secret.is_empty())
    }
}
