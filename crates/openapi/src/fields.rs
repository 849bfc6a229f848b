//! The fields of a form, from the schema of a body.

use serde_json::Value;

use crate::{
    left_out::Reason,
    operations::{Content, Operation},
    schema::{Is, Shape},
    tree::Tree,
    words,
};

/// The most fields of a form.
const FIELDS_MAX: usize = 20;
/// The most choices of a field.
const CHOICES_MAX: usize = 100;
/// The most characters of a text, as the settings bound it.
const CHARS_MAX: u64 = 10_000;
/// Texts that may be longer have several lines.
const LINE_MAX: u64 = 500;

/// Names of texts that are one line, however long it may be.
const LINES: &[&str] = &[
    "name",
    "title",
    "subject",
    "url",
    "uri",
    "link",
    "email",
    "id",
    "key",
    "code",
    "number",
    "username",
    "login",
    "phone",
    "reference",
    "domain",
    "path",
];

/// The kind of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FieldLook {
    Text(Option<u64>),
    Lines(Option<u64>),
    Number(Option<u64>, Option<u64>),
    Whole(Option<u64>, Option<u64>),
    Date,
    Choice(Vec<String>),
    Tick,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FormPart {
    pub(super) key: String,
    pub(super) title: String,
    pub(super) look: FieldLook,
    pub(super) is_required: bool,
    /// The initial value, which may be a member of the row: `{name}`.
    pub(super) value: Option<String>,
    pub(super) hint: Option<String>,
}

/// The form of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) fields: Vec<FormPart>,
    /// Members of the body that the form does not have.
    pub(super) without: Vec<String>,
}

/// The form for the body of an operation. An edit changes what is there; `row` is what the row is known to have.
pub(super) fn form(
    tree: &Tree<'_>,
    operation: &Operation<'_>,
    is_edit: bool,
    row: Option<&Shape<'_>>,
) -> Result<Form, (Reason, String)> {
    let schema = match operation.body {
        Content::None => return Ok(Form::default()),
        Content::Json(Some(schema)) => schema,
        Content::Json(None) if operation.is_body_required => return Err((Reason::NoFields, String::new())),
        Content::Json(None) => return Ok(Form::default()),
        Content::Broken(broken) => return Err((Reason::of(broken), String::new())),
        Content::Other(media)
            if media.starts_with("multipart/")
                || media.starts_with("application/octet-stream")
                || media.starts_with("image/") =>
        {
            return Err((Reason::Upload, media.to_owned()));
        }
        Content::Other(media) => return Err((Reason::NotJsonBody, media.to_owned())),
    };
    let shape = Shape::of(tree, &[schema]);
    if let Some(broken) = shape.broken {
        return Err((Reason::of(broken), String::new()));
    }
    if shape.is != Is::Object {
        let reason = if shape.is == Is::Anything { Reason::NoFields } else { Reason::NestedBody };
        return Err((reason, String::new()));
    }
    let mut form = Form::default();
    for (name, nodes) in shape.members.iter().take(300) {
        let member = Shape::of(tree, nodes);
        let is_required = shape.required.contains(name);
        if member.is_read_only || (member.is_deprecated && !is_required) {
            continue;
        }
        let field = match is_key(name) {
            true => field(tree, (name, &member, is_required), is_edit, row),
            false => Err(Reason::NestedBody),
        };
        match field {
            Ok(field) => form.fields.push(field),
            Err(reason) if is_required => return Err((reason, (*name).to_owned())),
            Err(_) => form.without.push(words::clean(name, 40)),
        }
    }
    if let Some(name) =
        shape.required.iter().find(|name| !shape.members.iter().any(|(known, _)| known == *name))
    {
        return Err((Reason::NestedBody, (*name).to_owned()));
    }
    if form.fields.is_empty() && (operation.is_body_required || !form.without.is_empty()) {
        return Err(match form.without.is_empty() {
            true => (Reason::NoFields, String::new()),
            false => (Reason::NestedBody, form.without.join(", ")),
        });
    }
    bound(form)
}

/// At most as many fields as a form can have: the required ones, then the first ones.
fn bound(mut form: Form) -> Result<Form, (Reason, String)> {
    let required = form.fields.iter().filter(|field| field.is_required).count();
    if required > FIELDS_MAX {
        return Err((Reason::TooManyFields, String::new()));
    }
    let mut optional_left = FIELDS_MAX - required;
    let mut kept = Vec::new();
    for field in form.fields {
        if !field.is_required {
            if optional_left == 0 {
                form.without.push(field.key);
                continue;
            }
            optional_left -= 1;
        }
        kept.push(field);
    }
    Ok(Form { fields: kept, without: form.without })
}

/// Whether a member can be a field.
fn is_key(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// The field for a member of the body.
fn field(
    tree: &Tree<'_>,
    (name, shape, is_required): (&str, &Shape<'_>, bool),
    is_edit: bool,
    row: Option<&Shape<'_>>,
) -> Result<FormPart, Reason> {
    let of_row =
        row.filter(|row| words::is_member(name) && row.members.iter().any(|(known, _)| *known == name));
    let is_in_row = of_row.and_then(|row| row.member(tree, name)).is_some_and(|member| member.is == shape.is);
    // What is not entered stays as it is: a default is for new things.
    let mut value = shape.default.filter(|_| !is_edit).and_then(default);
    if is_in_row {
        value = Some(format!("{{{name}}}"));
    }
    let mut hint = words::sentence(shape.description, 120).filter(|hint| tells_more(hint, name));
    let look = match shape.is {
        Is::Text
            if matches!(shape.format, "binary" | "byte")
                || shape.description.to_ascii_lowercase().contains("base64") =>
        {
            return Err(Reason::Upload);
        }
        _ if is_secret(name, shape) => return Err(Reason::Password),
        Is::Text if shape.format == "date" => FieldLook::Date,
        Is::Text if !shape.allowed.is_empty() => {
            let choices = choices(shape).ok_or(Reason::NestedBody)?;
            value = value.filter(|value| value.starts_with('{') || choices.contains(value)).or_else(|| {
                match choices.as_slice() {
                    [only] if is_required => Some(only.clone()),
                    _ => None,
                }
            });
            FieldLook::Choice(choices)
        }
        Is::Text if shape.max_length == Some(0) => return Err(Reason::NestedBody),
        Is::Text => {
            if shape.format == "date-time" {
                hint = Some("A time such as 2026-03-02T14:05:00Z.".to_owned());
            }
            let most = shape.max_length.map(|most| most.min(CHARS_MAX));
            let has_lines = matches!(
                crate::rows::joined(name).as_str(),
                "description"
                    | "note"
                    | "notes"
                    | "comment"
                    | "comments"
                    | "message"
                    | "body"
                    | "content"
                    | "text"
            );
            let is_line = !shape.format.is_empty()
                || words::words(name).last().is_some_and(|word| LINES.contains(&word.as_str()));
            match has_lines || (!is_line && most.is_some_and(|most| most > LINE_MAX)) {
                true => FieldLook::Lines(most.filter(|most| *most != 2_000)),
                false => FieldLook::Text(most.map(|most| most.min(2_000)).filter(|most| *most != 200)),
            }
        }
        Is::Whole => {
            let (least, most) = (limit(shape.minimum, f64::ceil), limit(shape.maximum, f64::floor));
            FieldLook::Whole(least, most.filter(|most| least.is_none_or(|least| least <= *most)))
        }
        Is::Number => {
            let (least, most) = (limit(shape.minimum, f64::floor), limit(shape.maximum, f64::ceil));
            FieldLook::Number(least, most.filter(|most| least.is_none_or(|least| least <= *most)))
        }
        // A box is always sent. Without a known state, it would change what the user did not touch.
        Is::Bool if !is_edit && (is_required || shape.default.is_some()) => FieldLook::Tick,
        Is::Bool if is_in_row && of_row.is_some_and(|row| row.required.contains(name)) => FieldLook::Tick,
        _ => return Err(Reason::NestedBody),
    };
    // A required box must be ticked, but a required member may be `false`.
    let is_required = is_required && look != FieldLook::Tick;
    if look == FieldLook::Tick && value.as_deref() == Some("false") {
        value = None;
    }
    Ok(titled(FormPart { key: name.to_owned(), title: words::title(name), look, is_required, value, hint }))
}

/// A name without letters is its own title.
fn titled(mut field: FormPart) -> FormPart {
    if field.title.is_empty() {
        field.title = field.key.clone();
    }
    field
}

/// Whether a member is a secret, which does not belong into a form of a board.
fn is_secret(name: &str, shape: &Shape<'_>) -> bool {
    let last = words::words(name).pop().unwrap_or_default();
    shape.is == Is::Text
        && (shape.format == "password"
            || matches!(last.as_str(), "password" | "passphrase" | "secret" | "pin"))
}

/// The words to choose from.
fn choices(shape: &Shape<'_>) -> Option<Vec<String>> {
    let texts: Vec<_> = shape
        .allowed
        .iter()
        .filter_map(|value| value.as_str())
        .filter(|text| !text.trim().is_empty())
        .collect();
    let fits = |text: &&str| text.trim() == *text && words::clean(text, 200) == **text;
    let chosen: Vec<_> = crate::tree::unique(texts.into_iter().filter(fits).map(str::to_owned));
    (!chosen.is_empty() && chosen.len() <= CHOICES_MAX).then_some(chosen)
}

/// A limit of numbers, as far as the settings can express it.
fn limit(number: Option<f64>, round: fn(f64) -> f64) -> Option<u64> {
    let number = round(number?);
    (0.0..=f64::from(u32::MAX)).contains(&number).then_some(number as u64)
}

/// An initial value; braces have a meaning there.
fn default(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    let is_plain = !text.trim().is_empty() && !text.contains(['{', '}']) && words::clean(&text, 200) == text;
    is_plain.then_some(text)
}

/// Whether a hint says more than the title: "The name of the user." does not.
fn tells_more(hint: &str, name: &str) -> bool {
    let known = words::words(name);
    let usual = [
        "the", "a", "an", "of", "this", "for", "to", "is", "in", "that", "it", "its", "and", "or", "new",
        "optional", "required", "object", "resource", "value", "field", "if", "any",
    ];
    let told = words::words(hint)
        .into_iter()
        .filter(|word| !usual.contains(&word.as_str()) && !known.contains(word))
        .count();
    told >= 3
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operations;

    fn of(schema: Value) -> Result<Form, (Reason, String)> {
        let root = json!({ "paths": { "/things": { "post": { "requestBody": { "required": true, "content": { "application/json": { "schema": schema } } } } } } });
        let tree = Tree::new(&root);
        form(&tree, &operations::list(&tree)[0], false, None)
    }

    #[test]
    fn nw_05_fields_have_kinds_limits_choices_and_help() {
        let form = of(json!({ "required": ["name", "amount", "kind", "on"], "properties": {
            "id": { "type": "string", "readOnly": true },
            "name": { "type": "string", "maxLength": 80, "description": "The name of the thing." },
            "amount": { "type": "number", "minimum": 0.5, "exclusiveMaximum": 5000, "description": "In euros, before taxes and fees." },
            "count": { "type": "integer", "minimum": -3, "maximum": 20, "default": 1 },
            "kind": { "enum": ["big", "small", null], "default": "small" },
            "on": { "type": "string", "format": "date" },
            "note": { "type": "string", "maxLength": 200_000 },
            "is_on": { "type": "boolean", "default": true },
            "unknown": { "type": "boolean" },
            "lines": { "type": "array", "items": { "type": "string" } },
            "odd.name": { "type": "string" },
            "code": { "type": "string", "default": "{id}" }
        } })).unwrap();
        let kinds: Vec<_> = form
            .fields
            .iter()
            .map(|field| (field.key.as_str(), field.look.clone(), field.is_required))
            .collect();
        assert_eq!(
            kinds,
            [
                ("name", FieldLook::Text(Some(80)), true),
                ("amount", FieldLook::Number(Some(0), Some(5000)), true),
                ("count", FieldLook::Whole(None, Some(20)), false),
                ("kind", FieldLook::Choice(vec!["big".into(), "small".into()]), true),
                ("on", FieldLook::Date, true),
                ("note", FieldLook::Lines(Some(10_000)), false),
                ("is_on", FieldLook::Tick, false),
                ("code", FieldLook::Text(None), false),
            ]
        );
        let values: Vec<_> =
            form.fields.iter().map(|field| field.value.as_deref().unwrap_or_default()).collect();
        assert_eq!(values, ["", "", "1", "small", "", "", "true", ""]);
        assert_eq!(form.fields[1].hint.as_deref(), Some("In euros, before taxes and fees."));
        assert_eq!(
            (form.fields[0].hint.as_deref(), form.without.join(" ")),
            (None, "unknown lines odd.name".into())
        );
    }

    #[test]
    fn nw_05_a_form_that_cannot_be_filled_in_is_not_proposed() {
        for (schema, reason) in [
            (
                json!({ "required": ["lines"], "properties": { "lines": { "type": "array", "items": {} } } }),
                Reason::NestedBody,
            ),
            (
                json!({ "required": ["a b"], "properties": { "a b": { "type": "string" } } }),
                Reason::NestedBody,
            ),
            (
                json!({ "required": ["ghost"], "properties": { "name": { "type": "string" } } }),
                Reason::NestedBody,
            ),
            (
                json!({ "required": ["password"], "properties": { "password": { "type": "string", "format": "password" } } }),
                Reason::Password,
            ),
            (json!({ "properties": { "data": { "type": "object" } } }), Reason::NestedBody),
            (json!({ "type": "array", "items": {} }), Reason::NestedBody),
            (json!({ "$ref": "other.json" }), Reason::Remote),
            (json!({}), Reason::NoFields),
        ] {
            assert_eq!(of(schema.clone()).unwrap_err().0, reason, "{schema}");
        }
        let many: serde_json::Map<_, _> =
            (0..30).map(|count| (format!("f{count}"), json!({ "type": "string" }))).collect();
        let names: Vec<_> = many.keys().cloned().collect();
        assert_eq!(of(json!({ "properties": many })).unwrap().fields.len(), 20);
        assert_eq!(
            of(json!({ "properties": many, "required": names })).unwrap_err().0,
            Reason::TooManyFields
        );
    }
}
