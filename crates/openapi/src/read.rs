//! The bytes of a document: JSON or YAML, within a size, and of a version that is understood.

use serde_json::Value;

use crate::yaml;

/// A larger document is not read.
pub const DOCUMENT_MAX_BYTES: usize = 32 * 1024 * 1024;

/// Why a document cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error(
        "the document is larger than 32 MB; boards can be proposed for a part of it: leave out paths that they do not need"
    )]
    TooLarge,
    #[error("the document is not text in UTF-8")]
    NotText,
    #[error("the document is neither JSON nor YAML: {0}")]
    Syntax(String),
    #[error("the document is nested too deeply, or its aliases repeat too much")]
    TooDeep,
    #[error(
        "this is Swagger 2.0; only OpenAPI 3 is read. Convert it first, for example with `npx swagger2openapi FILE -o \
         openapi.yaml` or at https://converter.swagger.io"
    )]
    Swagger,
    #[error("this is OpenAPI {0}; versions 3.0, 3.1 and 3.2 are read")]
    Version(String),
    #[error(
        "this is no OpenAPI document: it has no `openapi: 3.…`. Web pages that show an API often link to the document itself"
    )]
    NotOpenApi,
    #[error("the document has no `paths`")]
    NoPaths,
}

/// Reads a document.
pub(super) fn read(bytes: &[u8]) -> Result<Value, Unreadable> {
    if bytes.len() > DOCUMENT_MAX_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let root = match text.trim_start().starts_with(['{', '[']) {
        true => serde_json::from_str(text).or_else(|error| {
            // The flow style of YAML begins like JSON. What is wrong with JSON is more useful than what is wrong with YAML.
            yaml::read(text).map_err(|other| match other {
                Unreadable::Syntax(_) => Unreadable::Syntax(crate::words::comment_text(&error.to_string())),
                other => other,
            })
        })?,
        false => yaml::read(text)?,
    };
    check(&root)?;
    Ok(root)
}

/// Refuses what is not OpenAPI 3.
fn check(root: &Value) -> Result<(), Unreadable> {
    let version = |key: &str| match root.get(key) {
        Some(Value::String(text)) => Some(text.trim().to_owned()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    if version("swagger").is_some() {
        return Err(Unreadable::Swagger);
    }
    let version = version("openapi").ok_or(Unreadable::NotOpenApi)?;
    if !["3.0", "3.1", "3.2"].iter().any(|known| {
        version
            .strip_prefix(known)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('-'))
    }) {
        return Err(Unreadable::Version(crate::words::clean(&version, 20)));
    }
    match root.get("paths").and_then(Value::as_object) {
        Some(paths) if !paths.is_empty() => Ok(()),
        _ => Err(Unreadable::NoPaths),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nw_01_other_documents_are_refused_with_what_to_do() {
        let refused = |text: &str| read(text.as_bytes()).unwrap_err();
        for (text, expected) in [
            (r#"{"swagger":"2.0","paths":{"/a":{}}}"#, "Convert it first"),
            ("swagger: '2.0'\npaths: {}\n", "Convert it first"),
            ("swagger: 2.0\n", "Convert it first"),
            (r#"{"openapi":"4.0.0","paths":{"/a":{}}}"#, "this is OpenAPI 4.0.0"),
            (r#"{"openapi":"3.00","paths":{"/a":{}}}"#, "this is OpenAPI 3.00"),
            (r#"{"info":{}}"#, "no OpenAPI document"),
            ("<!doctype html><title>x</title>", "no OpenAPI document"),
            ("[1, 2]", "no OpenAPI document"),
            ("openapi: 3.1.0\n", "no `paths`"),
            ("openapi: 3.1.0\npaths: {}\n", "no `paths`"),
            (r#"{"openapi":"3.0.0","paths":"#, "neither JSON nor YAML: EOF"),
            ("a: [1, 2\nb: }", "neither JSON nor YAML"),
            ("", "no OpenAPI document"),
        ] {
            let message = refused(text).to_string();
            assert!(message.contains(expected), "{text}: {message}");
        }
        assert_eq!(read(b"\xff\xfe{}"), Err(Unreadable::NotText));
        for text in [
            r#"{"openapi":"3.0.3","paths":{"/a":{}}}"#,
            "\u{feff}openapi: 3.1.0\npaths: {/a: {}}\n",
            "openapi: 3.1\npaths:\n  /a:\n    get: {}\n",
            "{openapi: 3.2.0, paths: {/a: {}}}",
        ] {
            assert!(read(text.as_bytes()).is_ok(), "{text}");
        }
    }
}
