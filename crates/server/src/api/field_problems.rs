//! The problems with single members of a body in an API's answer: as lists whose entries name their member, and as objects
//! and lists in the form of the body. A name may be a JSON pointer, a path with dots or brackets, or a list of names.

use serde_json::{Map, Value};

use super::problem::{named, plain};

/// The most problems of an answer.
const PROBLEMS_MAX: usize = 40;
/// How deep problems in the form of the body may be.
const DEPTH_MAX: usize = 8;
/// The longest path; no field has a longer one.
const STEPS_MAX: usize = 12;
/// The members that have a list or an object of errors about fields.
const ABOUT_FIELDS: [&str; 6] =
    ["errors", "violations", "validationerrors", "fielderrors", "issues", "detail"];
/// The members of an error that explain it.
const WORDS: [&str; 5] = ["detail", "message", "msg", "description", "title"];
/// The members that name the field of an error.
pub(super) const NAMING: [&str; 7] =
    ["pointer", "field", "param", "parameter", "property", "propertypath", "attribute"];
/// The members that may have a list of names.
const LISTS: [&str; 2] = ["loc", "path"];

/// A problem with one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The names and positions that lead to the member.
    pub path: Vec<String>,
    /// The first names may say where in the request the body is.
    pub has_place_before: bool,
    /// One line of plain text.
    pub text: String,
}

/// The problems in an answer.
pub(super) fn find(body: &Value) -> Vec<FieldProblem> {
    let Value::Object(members) = body else { return of_list(body) };
    let of = |members: &Map<String, Value>| {
        ABOUT_FIELDS.iter().find_map(|name| {
            let errors = named(members, name)?;
            let found = match errors {
                Value::Object(errors) => in_object(errors),
                errors => of_list(errors),
            };
            (!found.is_empty()).then_some(found)
        })
    };
    let inner = || of(named(members, "error")?.as_object()?);
    of(members).or_else(inner).unwrap_or_default()
}

/// The problems in an object of errors by member.
pub(super) fn in_object(members: &Map<String, Value>) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    for (name, inner) in members.iter().take(PROBLEMS_MAX) {
        in_form(inner, &mut vec![name.clone()], &mut found);
    }
    found
}

/// A list of errors that name their member, as in RFC 9457 3 (`pointer` and `detail`), in JSON:API, and in most frameworks.
fn of_list(errors: &Value) -> Vec<FieldProblem> {
    let one = |error: &Value| {
        let error = error.as_object()?;
        let text = WORDS.iter().find_map(|name| plain(named(error, name)?.as_str()?))?;
        let (path, has_place_before) = path_of(error)?;
        Some(FieldProblem { path, has_place_before, text })
    };
    errors.as_array().into_iter().flatten().take(PROBLEMS_MAX).filter_map(one).collect()
}

/// Errors in an object by member: a text, a list of texts, an object with a message, or again an object or a list in the
/// form of the body.
fn in_form(value: &Value, at: &mut Vec<String>, found: &mut Vec<FieldProblem>) {
    if found.len() >= PROBLEMS_MAX || at.len() > DEPTH_MAX {
        return;
    }
    let words = match value {
        Value::String(text) => plain(text),
        Value::Array(items) => items.iter().find_map(|item| plain(item.as_str()?)),
        Value::Object(error) => named(error, "message").and_then(|text| plain(text.as_str()?)),
        _ => None,
    };
    let has_words = words.is_some();
    if let (Some(text), Some(path)) = (words, own_path(at)) {
        found.push(FieldProblem { path, has_place_before: false, text });
    }
    match value {
        Value::Object(members) => {
            for (name, inner) in members.iter().take(PROBLEMS_MAX) {
                at.push(name.clone());
                in_form(inner, at, found);
                at.pop();
            }
        }
        // A list of objects that say what is wrong is about the member itself; else they are its entries.
        Value::Array(items) if !has_words => {
            let said = items.iter().find_map(|item| plain(named(item.as_object()?, "message")?.as_str()?));
            if let (Some(text), Some(path)) = (said, own_path(at)) {
                found.push(FieldProblem { path, has_place_before: false, text });
            }
            for (position, inner) in items.iter().enumerate().take(PROBLEMS_MAX) {
                at.push(position.to_string());
                in_form(inner, at, found);
                at.pop();
            }
        }
        _ => {}
    }
}

/// The steps to a place in an object of errors, whose names may be paths themselves: `Address.City`, `items[0].price`.
fn own_path(at: &[String]) -> Option<Vec<String>> {
    let path: Vec<String> = at.iter().flat_map(|name| steps(name)).collect();
    (!path.is_empty() && path.len() <= STEPS_MAX).then_some(path)
}

/// The path in an error, and whether its first names may say where the body is.
fn path_of(error: &Map<String, Value>) -> Option<(Vec<String>, bool)> {
    if let Some(source) = named(error, "source").and_then(Value::as_object) {
        return path_of(source);
    }
    let names = |value: &Value| {
        let name = |value: &Value| match value {
            Value::String(name) => Some(name.clone()),
            Value::Number(position) => Some(position.to_string()),
            _ => None,
        };
        let names: Vec<String> = value.as_array()?.iter().take(STEPS_MAX).filter_map(name).collect();
        (!names.is_empty()).then_some((names, true))
    };
    let text = |value: &Value| {
        let path = steps(value.as_str()?);
        (!path.is_empty() && path.len() <= STEPS_MAX).then_some((path, false))
    };
    let of_text = || NAMING.iter().find_map(|name| text(named(error, name)?));
    let of_lists = || NAMING.iter().chain(&LISTS).find_map(|name| names(named(error, name)?));
    let of_path = || LISTS.iter().find_map(|name| text(named(error, name)?));
    of_text().or_else(of_lists).or_else(of_path)
}

/// The steps of a path in a text: a JSON pointer (RFC 6901), also as a fragment, or names with dots and brackets, such as
/// `$.address['city']` and `items[0].price`.
fn steps(text: &str) -> Vec<String> {
    let text = text.trim();
    if let Some(pointer) = text.strip_prefix('#').unwrap_or(text).strip_prefix('/') {
        return pointer.split('/').map(|name| name.replace("~1", "/").replace("~0", "~")).collect();
    }
    let is_between = |c: char| matches!(c, '.' | '[' | ']' | '"' | '\'' | '/' | ',') || c.is_whitespace();
    let names = text.split(is_between).filter(|name| !matches!(*name, "" | "$" | "#"));
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ac_17_paths_are_read_however_they_are_written() {
        for text in [
            "/address/city",
            "#/address/city",
            "address.city",
            "address[city]",
            "address['city']",
            "[\"address\",\"city\"]",
            "$.address.city",
            "$['address']['city']",
            " address.city ",
            "address/city",
        ] {
            assert_eq!(steps(text), ["address", "city"], "{text}");
        }
        assert_eq!(steps("/items/0/price"), steps("items[0].price"));
        assert_eq!(steps("/a~1b/~0c"), ["a/b", "~c"]);
        for none in ["", "$", ".", "[]", "  "] {
            assert_eq!(steps(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn ac_17_problems_are_found_in_every_usual_shape() {
        let found = |body: &Value| {
            find(body).into_iter().map(|one| (one.path.join("."), one.text)).collect::<Vec<_>>()
        };
        for body in [
            json!({ "errors": [{ "pointer": "#/address/city", "detail": "No" }] }),
            json!({ "errors": [{ "source": { "pointer": "/address/city" }, "title": "No" }] }),
            json!({ "errors": [{ "field": "address.city", "message": "No" }] }),
            json!({ "errors": [{ "field": ["address", "city"], "message": "No" }] }),
            json!({ "errors": [{ "path": "address.city", "message": "No" }] }),
            json!({ "issues": [{ "path": ["address", "city"], "message": "No" }] }),
            json!({ "errors": { "address": { "city": ["No", "x"] } } }),
            json!({ "errors": { "address": { "city": "No" } } }),
            json!({ "errors": { "address": { "city": [{ "message": "No" }] } } }),
            json!({ "errors": { "address.city": ["No"] } }),
            json!({ "errors": { "address[city]": ["No"] } }),
            json!({ "error": { "errors": { "address": { "city": ["No"] } } } }),
        ] {
            assert_eq!(
                found(&body).first().unwrap(),
                &("address.city".to_owned(), "No".to_owned()),
                "{body}"
            );
        }
        let lists = json!({ "errors": { "items": [{}, { "price": ["No"] }] } });
        assert_eq!(found(&lists), [("items.1.price".to_owned(), "No".to_owned())]);
        let messages = json!({ "errors": { "contact": { "message": "Too long", "phone": ["No"] } } });
        assert_eq!(found(&messages).len(), 3, "the error of the object, and those of its members");
    }

    #[test]
    fn ac_17_a_huge_answer_has_few_problems() {
        let mut deep = json!(["No"]);
        for _ in 0..50 {
            deep = json!({ "a": deep });
        }
        assert!(find(&json!({ "errors": deep })).is_empty());
        let many: Map<String, Value> = (0..500).map(|i| (format!("m{i}"), json!(["No"]))).collect();
        assert!(find(&json!({ "errors": many })).len() <= PROBLEMS_MAX + 1);
        let long = format!("/{}", "a/".repeat(5000));
        assert!(find(&json!({ "errors": [{ "pointer": long, "detail": "No" }] })).is_empty());
    }
}
