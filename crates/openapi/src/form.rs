//! The form for the body of an operation: which members are fields, and whether they are all of them.

use crate::{
    fields::{self, FormPart},
    left_out::Reason,
    operations::{Content, Operation},
    schema::{Is, Shape},
    tree::Tree,
    words,
};

/// The most fields of a form.
const FIELDS_MAX: usize = 20;
/// The most members of a body that are looked at.
const MEMBERS_MAX: usize = 300;

/// The form of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) fields: Vec<FormPart>,
    /// Members of the body that the form does not have.
    pub(super) without: Vec<String>,
    /// What the form sends may be less than what there is: it lacks members of the body, or does not know their values.
    pub(super) is_partial: bool,
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
    let is_more = shape.has_more || shape.has_variants || shape.members.len() > MEMBERS_MAX;
    let mut form = Form { is_partial: is_more || tree.is_exhausted(), ..Form::default() };
    for (name, nodes) in shape.members.iter().take(MEMBERS_MAX) {
        let member = Shape::of(tree, nodes);
        let is_required = shape.required.contains(name);
        if member.is_read_only {
            continue;
        }
        if member.is_deprecated && !is_required {
            form.is_partial = true;
            continue;
        }
        let field = match fields::is_key(name) {
            true => fields::field(tree, (name, &member, is_required), is_edit, row),
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
    form.is_partial |= !form.without.is_empty();
    form.is_partial |= form.fields.iter().any(|field| !field.is_required && !field.is_of_row());
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
                form.is_partial = true;
                continue;
            }
            optional_left -= 1;
        }
        kept.push(field);
    }
    Ok(Form { fields: kept, ..form })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{fields::FieldLook, operations};

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
    #[test]
    fn nw_05_a_form_is_partial_unless_it_sends_every_member() {
        let row = json!({ "required": ["on"], "properties": { "name": { "type": "string" }, "on": { "type": "boolean" }, "id": { "type": "string" } } });
        let of = |schema: Value, has_row: bool| {
            let root = json!({ "row": row, "paths": { "/things": { "put": { "requestBody": { "content": { "application/json": { "schema": schema } } } } } } });
            let tree = Tree::new(&root);
            let row = Shape::of(&tree, &[&root["row"]]);
            form(&tree, &operations::list(&tree)[0], true, has_row.then_some(&row)).unwrap().is_partial
        };
        let text = || json!({ "type": "string" });
        let whole = json!({ "properties": { "id": { "type": "string", "readOnly": true }, "name": text(), "on": { "type": "boolean" } }, "additionalProperties": false });
        assert!(!of(whole.clone(), true));
        assert!(!of(json!({ "required": ["name"], "properties": { "name": text() } }), false));
        // Without the row, what the user does not enter is not sent.
        assert!(of(whole, false));
        for more in [
            json!({ "properties": { "name": text(), "note": text() } }),
            json!({ "properties": { "name": text(), "lines": { "type": "array", "items": {} } } }),
            json!({ "properties": { "name": text(), "old": { "type": "string", "deprecated": true } } }),
            json!({ "properties": { "name": text() }, "additionalProperties": true }),
            json!({ "properties": { "name": text() }, "additionalProperties": text() }),
            json!({ "properties": { "name": text() }, "patternProperties": { "^x-": {} } }),
            json!({ "oneOf": [{ "properties": { "name": text() } }, { "properties": { "id": text() } }] }),
        ] {
            assert!(of(more.clone(), true), "{more}");
        }
    }
}
