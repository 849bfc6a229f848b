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
/// The start of the names of variables that a header may have as its value. No setting begins like this.
pub(super) const VARIABLES: &str = "CLAIMCHECK_HEADER_";
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

    /// Whether it contains this text.
    pub(super) fn contains(&self, text: &str) -> bool {
        match &self.value {
            HeaderText::Fixed(value) => value.expose().contains(text),
            HeaderText::Filled(pieces) => {
                pieces.iter().any(|piece| matches!(piece, TemplatePart::Fixed(value) if value.contains(text)))
            }
        }
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
            Err(message) if names_missing_variable(&at, &key, names) => at.missing_secret(&key, message),
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

/// Whether the only problem is that the variable with the value is not set.
fn names_missing_variable(at: &TomlTable<'_, '_>, key: &str, names: &Names) -> bool {
    let Some(DeValue::Table(table)) = at.value(key) else { return false };
    let name = table.get("variable").filter(|_| table.len() == 1).and_then(|name| name.get_ref().as_str());
    let is_set = |name: &str| names.env().get(name).is_some_and(|value| !value.trim().is_empty());
    let name = name.filter(|name| name.starts_with(VARIABLES));
    name.is_some_and(|name| !is_set(name) && !is_set(&format!("{name}_FILE")))
}

/// As for the program's own secrets: the variable itself, or with `_FILE` the path of a file with the value. Other
/// variables of the process are not for APIs: they include the session keys.
fn of_variable(name: &str, env: &BTreeMap<String, String>) -> Result<String, String> {
    if name.strip_prefix(VARIABLES).is_none_or(str::is_empty) {
        return Err(format!(
            "must name a variable that begins with {VARIABLES}, such as {VARIABLES}KEY: no other one is ever sent"
        ));
    }
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

#[cfg(test)]
mod tests {
    use crate::config::testing::load;

    const API: &str = "[[api]]\nid = \"stock\"\ntitle = \"Stock\"\nurl = \"https://stock.example.com\"\naudience = \"stock\"\n";

    fn refused(text: &str, env: &[(&str, &str)]) -> String {
        let errors = load(Some(text), env).expect_err(text);
        assert_eq!(errors.0.len(), 1, "{text}: {errors}");
        errors.to_string()
    }

    #[test]
    fn r09_headers_are_read_and_their_values_print_nowhere() {
        let file = std::env::temp_dir().join(format!("claimcheck-header-{}", std::process::id()));
        std::fs::write(&file, "canary-of-a-file\n").unwrap();
        let path = file.to_str().unwrap();
        let headers = format!(
            "headers = {{ \"X-Key\" = \"canary-of-the-text\", \"Ocp-Apim-Subscription-Key\" = {{ variable = \"CLAIMCHECK_HEADER_STOCK\" }}, \
             \"X-File\" = {{ file = \"{path}\" }}, Prefer = \"return=minimal, odata.maxpagesize=50\", \
             Accept = \"application/vnd.stock.v2+json\" }}\n"
        );
        let text = format!("[api_headers]\nX-Version = \"7\"\n{API}{headers}");
        for env in
            [("CLAIMCHECK_HEADER_STOCK", "canary-of-the-variable"), ("CLAIMCHECK_HEADER_STOCK_FILE", path)]
        {
            let (settings, _) = load(Some(&text), &[env]).unwrap();
            let api = settings.api("stock").unwrap();
            let of = |name: &str| {
                let header = api.headers.iter().find(|header| header.name == name).unwrap();
                header.fill(|_| None).unwrap()
            };
            assert_eq!(of("x-key"), "canary-of-the-text");
            let expected = if env.0 == "CLAIMCHECK_HEADER_STOCK" { env.1 } else { "canary-of-a-file" };
            assert_eq!(of("ocp-apim-subscription-key"), expected);
            assert_eq!(
                (of("x-file"), of("accept")),
                ("canary-of-a-file".parse().unwrap(), "application/vnd.stock.v2+json".parse().unwrap())
            );
            assert!(of("x-key").is_sensitive() && !format!("{settings:?}").contains("canary"));
            assert_eq!(settings.apis.default.headers.len(), 1);
        }
        std::fs::remove_file(&file).unwrap();
    }

    #[test]
    fn r09_headers_of_http_and_our_own_are_refused_by_line_without_their_value() {
        for name in [
            "Authorization",
            "authorization",
            "Host",
            "Cookie",
            "Connection",
            "Keep-Alive",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            "Proxy-Authorization",
            "Proxy-Connection",
            "Content-Length",
            "Content-Type",
            "Idempotency-Key",
            "If-None-Match",
            "User-Agent",
            "Accept-Encoding",
            "Expect",
        ] {
            for text in [
                format!("{API}headers = {{ {name} = \"canary\" }}\n"),
                format!("[api_headers]\n{name} = \"canary\"\n"),
            ] {
                let said = refused(&text, &[]);
                assert!(
                    said.contains("must not be set") && said.contains("line ") && !said.contains("canary"),
                    "{said}"
                );
            }
        }
        for value in [
            "\"a\\r\\nX-Admin: 1\"",
            "\"gr\u{fc}n\"",
            "\"\"",
            "\"a\\u0000\"",
            "7",
            "{ variable = \"CLAIMCHECK_HEADER_NOT_SET\" }",
            "{ file = \"/nowhere/at/all\" }",
            "{ variable = \"A\", file = \"B\" }",
            "\"{id}\"",
            "\"{claim.tenant}\"",
            "\"{\"",
        ] {
            let said = refused(&format!("{API}headers = {{ X-Key = {value} }}\n"), &[]);
            assert!(said.contains("api[0].headers.X-Key, line 6"), "{value}: {said}");
        }
        for (key, more) in [("X-A b", ""), ("x-key", ", X-Key = \"b\"")] {
            refused(&format!("{API}headers = {{ \"{key}\" = \"a\"{more} }}\n"), &[]);
        }
        let both = [("CLAIMCHECK_HEADER_STOCK", "a"), ("CLAIMCHECK_HEADER_STOCK_FILE", "b")];
        let said = refused(
            &format!("{API}headers = {{ X-Key = {{ variable = \"CLAIMCHECK_HEADER_STOCK\" }} }}\n"),
            &both,
        );
        assert!(said.contains("both set"), "{said}");
    }

    #[test]
    fn r09_an_api_without_tokens_needs_no_audience_and_may_have_a_key_in_authorization() {
        let none = API.replace("audience = \"stock\"", "auth = \"none\"");
        for text in [
            format!("{none}headers = {{ Authorization = \"ApiKey abc\" }}\n"),
            "api_auth = \"none\"\n[api_headers]\nAuthorization = \"ApiKey abc\"\n".to_owned(),
        ] {
            assert!(load(Some(&text), &[]).is_ok(), "{text}");
        }
        for more in ["audience = \"a\"", "resource = \"urn:a\"", "scopes = [\"a\"]", "auth = \"basic\""] {
            let text = if more.starts_with("auth =") {
                API.replace("audience = \"stock\"", &format!("audience = \"stock\"\n{more}"))
            } else {
                format!("{none}{more}\n")
            };
            refused(&text, &[]);
        }
    }

    #[test]
    fn r28_claims_are_named_before_they_are_used() {
        let board = |get: &str| {
            format!(
                "[[board]]\nid = \"a\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"B\"\nkind = \"stat\"\nget = \"{get}\"\nvalue = \"$\"\n"
            )
        };
        let claims = "[claims]\ncustomer_id = \"$['https://example.com/customer_id']\"\n";
        assert!(
            load(Some(&format!("{}{claims}", board("/c/{claim.customer_id}"))), &[]).is_ok(),
            "in any order"
        );
        let said = refused(&format!("{}{claims}", board("/c/{claim.custmer_id}")), &[]);
        assert!(said.contains("did you mean `customer_id`?"), "{said}");
        assert!(refused(&board("/c/{claim.customer_id}"), &[]).contains("[claims]"));
        for bad in
            ["[claims]\n\"a b\" = \"$.a\"\n", "[claims]\na = \"$.a[\"\n", "[claims]\na = 7\n", "claims = 7\n"]
        {
            assert!(load(Some(bad), &[]).is_err(), "{bad}");
        }
    }
}
