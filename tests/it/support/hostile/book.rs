//! The records of the hostile provider: every request with its content, codes, grants, and every issued token.

use std::collections::{HashMap, HashSet};

use axum::http::{HeaderMap, Method};
use serde_json::Value;

use super::script::{At, Person};

/// A received request.
#[derive(Clone, Debug)]
pub struct Seen {
    pub at: At,
    pub method: Method,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: String,
    /// The body as a form.
    pub form: Vec<(String, String)>,
}

impl Seen {
    /// A field of the form.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query.
    pub fn param(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or("(not text)"))
    }
}

/// An authorization that has not been exchanged.
#[derive(Clone, Debug)]
pub struct Code {
    pub person: Person,
    pub redirect_uri: String,
    pub nonce: Option<String>,
    pub challenge: Option<String>,
    pub scope: String,
    pub auth_time: i64,
}

/// The result of a code exchange: a family of tokens.
#[derive(Clone, Debug)]
pub struct Grant {
    pub person: Person,
    pub nonce: Option<String>,
    pub scope: String,
    pub auth_time: i64,
    /// The currently valid refresh token.
    pub refresh_token: String,
    pub spent: HashSet<String>,
    pub refreshes: usize,
    pub revoked: bool,
}

/// An issued token response.
#[derive(Clone, Debug, Default)]
pub struct Issued {
    pub access_token: String,
    pub refresh_token: Option<String>,
    pub id_token: Option<String>,
}

#[derive(Default)]
pub struct Book {
    serial: usize,
    pub seen: Vec<Seen>,
    pub codes: HashMap<String, Code>,
    pub grants: Vec<Grant>,
    pub issued: Vec<Issued>,
    /// The grant of an access token.
    pub access_tokens: HashMap<String, usize>,
    /// The API of an access token, if one was named.
    pub targets: HashMap<String, String>,
    /// The access tokens that were issued by an exchange.
    pub exchanged: HashSet<String>,
    /// Used refresh tokens that were presented again; each ended its family.
    pub reuses: usize,
}

impl Book {
    /// A new unique text.
    pub fn text(&mut self, begin: &str) -> String {
        self.serial += 1;
        format!("{begin}{}", self.serial)
    }

    /// Records an issued response.
    pub fn issue(&mut self, grant: usize, answer: &Value) {
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        let issued = Issued {
            access_token: text("access_token").unwrap_or_default(),
            refresh_token: text("refresh_token"),
            id_token: text("id_token"),
        };
        self.access_tokens.insert(issued.access_token.clone(), grant);
        self.issued.push(issued);
    }

    /// The grant of a valid access token.
    pub fn owner(&self, access_token: &str) -> Option<&Grant> {
        self.grants.get(*self.access_tokens.get(access_token)?).filter(|grant| !grant.revoked)
    }
}
