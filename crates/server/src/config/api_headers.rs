//! The `headers` of an API, which are sent with every request to it: a key, a tenant, a version. Their values are secrets:
//! nothing prints them.

use std::{collections::BTreeMap, fmt, fs};

use axum::http::{HeaderName, HeaderValue};
use toml::de::DeValue;

use super::{
    Secret,
    apis::Names,
    boards::{TemplatePart, pieces, slots},
    claim_slots::claim_name,
    reader::TomlTable,
};

/// Headers of HTTP itself, and those that the program sets.
const RESERVED: [&str; 24] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "cookie2",
    "expect",
    "host",
    "http2-settings",
    "idempotency-key",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "range",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];
/// A shorter value may be in an answer by chance.
const TELLTALE_MIN_BYTES: usize = 16;

/// One header.
#[derive(Clone, PartialEq, Eq)]
pub struct HeaderSetting {
    pub name: HeaderName,
    value: HeaderText,
}

#[derive(Clone, PartialEq, Eq)]
enum HeaderText {
    Fixed(Secret),
    /// With slots for claims.
    Filled(Vec<TemplatePart>),
}

impl HeaderSetting {
    /// The names of its slots.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        let pieces: &[TemplatePart] = match &self.value {
            HeaderText::Fixed(_) => &[],
            HeaderText::Filled(pieces) => pieces,
        };
        slots(pieces)
    }

    /// The value with these values in its slots, marked as sensitive; `None` if it would not be a header value.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Option<HeaderValue> {
        let text = match &self.value {
            HeaderText::Fixed(text) => text.expose().to_owned(),
            HeaderText::Filled(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    TemplatePart::Fixed(text) => Some(text.clone()),
                    TemplatePart::Slot(name) => value(name),
                })
                .collect::<Option<String>>()?,
        };
        let mut value = HeaderValue::from_str(&text).ok().filter(|_| is_header_text(&text))?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The value, if an answer that contains it must have repeated it.
    pub fn telltale(&self) -> Option<&Secret> {
        match &self.value {
            HeaderText::Fixed(text) if text.expose().len() >= TELLTALE_MIN_BYTES => Some(text),
            _ => None,
        }
    }
}

impl fmt::Debug for HeaderSetting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: [redacted]", self.name)
    }
}

/// Visible ASCII characters with spaces between them: no line break, and nothing that a server would cut off.
pub fn is_header_text(text: &str) -> bool {
    !text.is_empty() && text.trim() == text && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Reads a table of headers. `is_anonymous`: requests have no access token, so `Authorization` is free.
pub(super) fn read_headers(
    mut at: TomlTable<'_, '_>,
    is_anonymous: bool,
    names: &Names,
) -> Vec<HeaderSetting> {
    let mut headers: Vec<HeaderSetting> = Vec::new();
    for key in at.keys() {
        let header = header_name(&key, is_anonymous).and_then(|name| {
            let value = header_text(&at, &key, names)?;
            if name == "accept"
                && matches!(&value, HeaderText::Fixed(text) if !text.expose().contains("json"))
            {
                return Err("must name a JSON media type, such as application/vnd.example.v2+json".to_owned());
            }
            match headers.iter().any(|other| other.name == name) {
                true => Err("is set twice: upper and lower case make no difference".to_owned()),
                false => Ok(HeaderSetting { name, value }),
            }
        });
        match header {
            Ok(header) => headers.push(header),
            Err(message) => at.problem(&key, message),
        }
    }
    headers
}

fn header_name(key: &str, is_anonymous: bool) -> Result<HeaderName, String> {
    let name: HeaderName = key.parse().map_err(|_| "is not the name of a header".to_owned())?;
    if name == "authorization" && !is_anonymous {
        return Err(
            "must not be set: requests have the user's access token there, unless `auth` is \"none\""
                .to_owned(),
        );
    }
    let is_reserved = RESERVED.contains(&name.as_str()) || name.as_str().starts_with("proxy-");
    match is_reserved {
        true => Err("must not be set: it belongs to HTTP itself, or the program sets it".to_owned()),
        false => Ok(name),
    }
}

/// A text, perhaps with slots; or `{ variable = "…" }` or `{ file = "…" }`. Messages never quote the value.
fn header_text(at: &TomlTable<'_, '_>, key: &str, names: &Names) -> Result<HeaderText, String> {
    let other = || "must be a string in quotes, { variable = \"NAME\" } or { file = \"PATH\" }".to_owned();
    let table = match at.value(key) {
        Some(DeValue::String(text)) => return of_template(text, names),
        Some(DeValue::Table(table)) => table,
        _ => return Err(other()),
    };
    let mut entries = table.iter().map(|(name, value)| (name.get_ref().as_ref(), value.get_ref().as_str()));
    match (entries.next(), entries.next()) {
        (Some(("variable", Some(name))), None) => fixed(of_variable(name, names.env())?),
        (Some(("file", Some(path))), None) => fixed(of_file(path)?),
        _ => Err(other()),
    }
}

fn of_template(text: &str, names: &Names) -> Result<HeaderText, String> {
    let pieces = pieces(text)?;
    let is_fixed = pieces.iter().all(|piece| matches!(piece, TemplatePart::Fixed(_)));
    if is_fixed {
        return fixed(text.to_owned());
    }
    for piece in &pieces {
        match piece {
            TemplatePart::Slot(name) if claim_name(name).is_none() => {
                return Err(format!(
                    "has the unknown placeholder {{{name}}}; headers may contain claims, such as {{claim.tenant}}"
                ));
            }
            TemplatePart::Slot(name) => names.claims().check(name)?,
            TemplatePart::Fixed(text) if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) => {
                return Err(not_header_text());
            }
            TemplatePart::Fixed(_) => {}
        }
    }
    Ok(HeaderText::Filled(pieces))
}

/// As for the program's own secrets: the variable itself, or with `_FILE` the path of a file with the value.
fn of_variable(name: &str, env: &BTreeMap<String, String>) -> Result<String, String> {
    let get = |name: &str| env.get(name).filter(|value| !value.trim().is_empty());
    match (get(name), get(&format!("{name}_FILE"))) {
        (Some(_), Some(_)) => Err(format!("{name} and {name}_FILE are both set: unset one of them")),
        (Some(text), None) => Ok(text.clone()),
        (None, Some(path)) => of_file(path),
        (None, None) => Err(format!("is missing: set the variable {name}, or {name}_FILE to a file")),
    }
}

fn of_file(path: &str) -> Result<String, String> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim().is_empty() => Err(format!("the file {path} is empty")),
        Ok(text) => Ok(text),
        Err(error) => Err(format!("cannot read {path}: {error}")),
    }
}

fn fixed(text: String) -> Result<HeaderText, String> {
    let text = text.trim();
    match is_header_text(text) {
        true => Ok(HeaderText::Fixed(Secret::new(text))),
        false => Err(not_header_text()),
    }
}

fn not_header_text() -> String {
    "must consist of visible ASCII characters, without line breaks".to_owned()
}
