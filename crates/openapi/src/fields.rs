//! A field of a form, from the schema of a member of a body.

use serde_json::Value;

use crate::{
    left_out::Reason,
    schema::{Is, Shape},
    tree::Tree,
    words,
};

/// The most choices of a field.
const CHOICES_MAX: usize = 100;
/// The most bytes of an initial value: 200 characters.
const DEFAULT_MAX: usize = 800;
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

impl FormPart {
    /// Whether its initial value is that of the row; defaults have no braces.
    pub(super) fn is_of_row(&self) -> bool {
        self.value.as_ref().is_some_and(|value| value.starts_with('{'))
    }
}

/// Whether a member can be a field.
pub(super) fn is_key(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// The field for a member of the body.
pub(super) fn field(
    tree: &Tree<'_>,
    (name, shape, is_required): (&str, &Shape<'_>, bool),
    is_edit: bool,
    row: Option<&Shape<'_>>,
) -> Result<FormPart, Reason> {
    let of_row =
        row.filter(|row| words::is_member(name) && row.members.iter().any(|(known, _)| *known == name));
    let is_in_row = of_row.and_then(|row| row.member(tree, name)).is_some_and(|member| member.is == shape.is);
    // A default is for new things. In an edit it would change what the user did not touch.
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
    if shape.allowed.len() > 2 * CHOICES_MAX {
        return None;
    }
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
        Value::String(text) if text.len() <= DEFAULT_MAX => text.clone(),
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
