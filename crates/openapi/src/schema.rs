//! What a schema says about a value: references followed, `allOf` merged, alternatives combined. One level at a time, so
//! that a schema that contains itself is not followed without end. What a schema contains is bounded, too: it may be used many
//! times.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::tree::{Broken, Tree, flag, reference, text, texts};

/// How deep references, `allOf`, `oneOf` and `anyOf` may be nested in each other.
const DEPTH_MAX: usize = 12;
/// How many schemas one value may be made of.
const PARTS_MAX: usize = 2_000;
/// How many members of an object are looked at. No table and no form has more.
const MEMBERS_MAX: usize = 500;
/// How many allowed values are looked at. A field has fewer, but a parameter may select many members.
const ALLOWED_MAX: usize = 1_000;
/// How many bytes of a description are looked at: more than a hint may have.
const DESCRIPTION_MAX: usize = 2_000;

/// The type of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Is {
    #[default]
    Anything,
    Object,
    List,
    Text,
    Whole,
    Number,
    Bool,
    Null,
}

/// A value of a document's schema.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape<'a> {
    pub(super) is: Is,
    pub(super) format: &'a str,
    pub(super) description: &'a str,
    /// The allowed values; empty if any is.
    pub(super) allowed: Vec<&'a Value>,
    pub(super) default: Option<&'a Value>,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    pub(super) max_length: Option<u64>,
    pub(super) is_read_only: bool,
    pub(super) is_write_only: bool,
    pub(super) is_deprecated: bool,
    /// The members of an object, in the order of the document: the schemas that each has to meet.
    pub(super) members: Vec<(&'a str, Vec<&'a Value>)>,
    pub(super) required: BTreeSet<&'a str>,
    /// The schemas that the items of a list have to meet.
    pub(super) items: Vec<&'a Value>,
    /// It is one of several schemas that differ.
    pub(super) has_variants: bool,
    /// An object may have more than its members: others are allowed by a schema, or there are too many.
    pub(super) has_more: bool,
    /// A reference that leads nowhere.
    pub(super) broken: Option<Broken>,
}

impl<'a> Shape<'a> {
    /// The shape of a value that meets all these schemas.
    pub(super) fn of(tree: &Tree<'a>, nodes: &[&'a Value]) -> Self {
        let mut shape = Self::default();
        let mut parts = 0;
        for node in nodes {
            shape.add(tree, node, 0, &mut parts);
        }
        shape
    }

    /// A member of an object.
    pub(super) fn member(&self, tree: &Tree<'a>, name: &str) -> Option<Self> {
        self.members.iter().find(|(known, _)| *known == name).map(|(_, nodes)| Self::of(tree, nodes))
    }

    /// An item of a list.
    pub(super) fn item(&self, tree: &Tree<'a>) -> Self {
        Self::of(tree, &self.items)
    }

    pub(super) fn is_scalar(&self) -> bool {
        matches!(self.is, Is::Text | Is::Whole | Is::Number | Is::Bool)
    }

    /// The allowed values, if they are texts.
    pub(super) fn choices(&self) -> Option<Vec<&'a str>> {
        let texts: Option<Vec<_>> =
            self.allowed.iter().filter(|value| !value.is_null()).map(|value| value.as_str()).collect();
        texts.filter(|texts| !texts.is_empty())
    }

    /// Adds what one schema says.
    fn add(&mut self, tree: &Tree<'a>, node: &'a Value, depth: usize, parts: &mut usize) {
        *parts += 1;
        if depth > DEPTH_MAX || *parts > PARTS_MAX || !tree.step() || !node.is_object() {
            return;
        }
        if let Some(target) = reference(node) {
            match tree.find(target) {
                Ok(target) => self.add(tree, target, depth + 1, parts),
                Err(broken) => self.broken = self.broken.or(Some(broken)),
            }
        }
        for part in node.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.add(tree, part, depth + 1, parts);
        }
        for key in ["oneOf", "anyOf"] {
            let variants: Vec<_> = node.get(key).and_then(Value::as_array).into_iter().flatten().collect();
            self.add_variants(tree, &variants, depth, parts);
        }
        self.add_own(tree, node);
    }

    /// Adds what a schema says itself.
    fn add_own(&mut self, tree: &Tree<'a>, node: &'a Value) {
        if let Some(is) = own_type(node) {
            self.is = is;
        }
        for (place, key) in [(&mut self.format, "format"), (&mut self.description, "description")] {
            let own = text(node, key);
            if !own.is_empty() {
                *place = own.get(..own.floor_char_boundary(DESCRIPTION_MAX)).unwrap_or(own);
            }
        }
        if let Some(values) = node.get("enum").and_then(Value::as_array) {
            self.allowed = values.iter().take(ALLOWED_MAX).collect();
            tree.steps(self.allowed.len() / 8);
        } else if let Some(value) = node.get("const") {
            self.allowed = vec![value];
        }
        self.default = node.get("default").or(self.default);
        let number = |key: &str| node.get(key).and_then(Value::as_f64);
        self.minimum = number("minimum").or(number("exclusiveMinimum")).or(self.minimum);
        self.maximum = number("maximum").or(number("exclusiveMaximum")).or(self.maximum);
        self.max_length = node.get("maxLength").and_then(Value::as_u64).or(self.max_length);
        self.is_read_only |= flag(node, "readOnly");
        self.is_write_only |= flag(node, "writeOnly");
        self.is_deprecated |= flag(node, "deprecated");
        self.required.extend(texts(node, "required").take(MEMBERS_MAX));
        self.has_more |= node.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false))
            || node.get("patternProperties").is_some();
        if let Some(members) = node.get("properties").and_then(Value::as_object) {
            self.has_more |= members.len() > MEMBERS_MAX;
            tree.steps(members.len().min(MEMBERS_MAX));
            let own = members.iter().take(MEMBERS_MAX);
            match self.members.is_empty() {
                true => self.members = own.map(|(name, value)| (name.as_str(), vec![value])).collect(),
                false => own.for_each(|(name, value)| self.add_member(name, value)),
            }
        }
        if let Some(items) = node.get("items").filter(|items| items.is_object()) {
            self.items.push(items);
        }
    }

    fn add_member(&mut self, name: &'a str, value: &'a Value) {
        let has_room = self.members.len() < MEMBERS_MAX;
        match self.members.iter_mut().find(|(known, _)| *known == name) {
            Some((_, nodes)) => {
                if !nodes.iter().any(|known| std::ptr::eq(*known, value)) {
                    nodes.push(value);
                }
            }
            None if has_room => self.members.push((name, vec![value])),
            None => self.has_more = true,
        }
    }

    /// Adds a choice of schemas: its only one beside `null`, or what they have in common.
    fn add_variants(&mut self, tree: &Tree<'a>, variants: &[&'a Value], depth: usize, parts: &mut usize) {
        let mut shapes = Vec::new();
        for variant in variants.iter().take(100) {
            let mut shape = Self::default();
            shape.add(tree, variant, depth + 1, parts);
            if shape.is != Is::Null {
                shapes.push(shape);
            }
        }
        let has_several = shapes.len() > 1;
        let Some(first) = shapes.first() else { return };
        // Objects say more than the id that may be in their place.
        let is = if shapes.iter().any(|shape| shape.is == Is::Object) { Is::Object } else { first.is };
        let of_this: Vec<_> = shapes.into_iter().filter(|shape| shape.is == is).collect();
        let common =
            of_this.iter().map(|shape| shape.required.clone()).reduce(|common, other| &common & &other);
        let is_limited = of_this.iter().all(|shape| !shape.allowed.is_empty());
        self.has_variants |= has_several && matches!(is, Is::Object | Is::List);
        self.has_more |= of_this.iter().any(|shape| shape.has_more);
        self.is = is;
        self.required.extend(common.unwrap_or_default());
        for shape in of_this {
            for (name, nodes) in shape.members {
                let is_known = self.members.iter().any(|(known, _)| *known == name);
                if !is_known && self.members.len() < MEMBERS_MAX {
                    self.members.push((name, nodes));
                }
            }
            if is_limited {
                let left = ALLOWED_MAX.saturating_sub(self.allowed.len());
                self.allowed.extend(shape.allowed.into_iter().filter(|value| !value.is_null()).take(left));
            }
            if self.items.is_empty() {
                self.items = shape.items;
            }
            if self.format.is_empty() {
                self.format = shape.format;
            }
            if self.description.is_empty() && !has_several {
                self.description = shape.description;
            }
            if !has_several {
                self.default = shape.default.or(self.default);
                (self.minimum, self.maximum) = (shape.minimum, shape.maximum);
                self.max_length = shape.max_length;
                self.is_read_only |= shape.is_read_only;
            }
            self.broken = self.broken.or(shape.broken);
        }
    }
}

/// The type that a schema declares, or that its keywords are about.
fn own_type(node: &Value) -> Option<Is> {
    let named = |name: &str| match name {
        "object" => Some(Is::Object),
        "array" => Some(Is::List),
        "string" => Some(Is::Text),
        "integer" => Some(Is::Whole),
        "number" => Some(Is::Number),
        "boolean" => Some(Is::Bool),
        "null" => Some(Is::Null),
        _ => None,
    };
    match node.get("type") {
        Some(Value::String(name)) => named(name),
        // OpenAPI 3.1: null is one of several types.
        Some(Value::Array(names)) => {
            let types: Vec<_> = names.iter().filter_map(Value::as_str).filter_map(named).collect();
            types.iter().find(|is| **is != Is::Null).or(types.first()).copied()
        }
        _ if node.get("properties").is_some() => Some(Is::Object),
        _ if node.get("items").is_some() => Some(Is::List),
        _ => match node.get("const").or_else(|| node.get("enum").and_then(|values| values.get(0))) {
            Some(Value::String(_)) => Some(Is::Text),
            Some(Value::Bool(_)) => Some(Is::Bool),
            Some(Value::Number(number)) => Some(if number.is_f64() { Is::Number } else { Is::Whole }),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nw_01_schemas_are_merged_and_alternatives_combined() {
        let root = json!({
            "base": { "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" }, "kind": { "type": "string" } } },
            "all": { "allOf": [{ "$ref": "#/base" }, { "required": ["kind"], "properties": { "kind": { "enum": ["a", "b"] } } }] },
            "null30": { "allOf": [{ "$ref": "#/base" }], "nullable": true },
            "null31": { "anyOf": [{ "$ref": "#/base" }, { "type": "null" }] },
            "types": { "type": ["null", "string"], "format": "date-time" },
            "either": { "oneOf": [{ "type": "string" }, { "$ref": "#/base" }] },
            "both": { "oneOf": [{ "$ref": "#/base" }, { "properties": { "id": {}, "name": {} }, "required": ["id", "name"] }] },
            "words": { "oneOf": [{ "const": "x" }, { "enum": ["y", "z"] }] },
            "bomb": { "allOf": [{ "$ref": "#/bomb" }, { "$ref": "#/bomb" }, { "$ref": "#/bomb" }] },
            "remote": { "$ref": "other.yaml" },
        });
        let tree = Tree::new(&root);
        let of = |name: &str| Shape::of(&tree, &[&root[name]]);
        let names = |shape: &Shape<'_>| {
            shape.members.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>().join(" ")
        };
        let all = of("all");
        assert_eq!((all.is, names(&all), all.required.len()), (Is::Object, "id kind".into(), 2));
        assert_eq!(all.member(&tree, "kind").unwrap().choices().unwrap(), ["a", "b"]);
        assert_eq!(all.member(&tree, "kind").unwrap().is, Is::Text);
        for name in ["null30", "null31", "either"] {
            assert_eq!((of(name).is, names(&of(name))), (Is::Object, "id kind".into()), "{name}");
        }
        assert_eq!((of("types").is, of("types").format), (Is::Text, "date-time"));
        let both = of("both");
        assert_eq!((names(&both), both.has_variants), ("id kind name".into(), true));
        assert_eq!(both.required.into_iter().collect::<Vec<_>>(), ["id"]);
        assert_eq!((of("words").is, of("words").choices().unwrap()), (Is::Text, vec!["x", "y", "z"]));
        assert_eq!(of("bomb").is, Is::Anything);
        assert_eq!(of("remote").broken, Some(Broken::Remote));
    }
}
