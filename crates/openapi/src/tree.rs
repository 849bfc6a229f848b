//! A document and its references. References are followed within the document only, a bounded number of times; the work
//! for a document is bounded, too.

use std::{cell::Cell, collections::BTreeSet};

use serde_json::Value;

/// How many references may lead from one to the next.
const HOPS_MAX: usize = 16;
/// How many schemas and members are looked at for a document. The largest known documents need a tenth of it.
const STEPS_MAX: u32 = 1_000_000;

/// A document.
pub(super) struct Tree<'a> {
    root: &'a Value,
    steps: Cell<u32>,
}

/// Why a reference leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Broken {
    /// It leads out of the document.
    Remote,
    /// There is nothing at its place, or it is a cycle.
    Missing,
}

impl<'a> Tree<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        Self { root, steps: Cell::new(0) }
    }

    pub(super) fn root(&self) -> &'a Value {
        self.root
    }

    /// Counts a step; `false` if there were too many.
    pub(super) fn step(&self) -> bool {
        self.steps(1)
    }

    /// Counts several steps; `false` if there were too many.
    pub(super) fn steps(&self, count: usize) -> bool {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.steps.set(self.steps.get().saturating_add(count));
        self.steps.get() <= STEPS_MAX
    }

    /// Whether a part of the document was not looked at.
    pub(super) fn is_exhausted(&self) -> bool {
        self.steps.get() > STEPS_MAX
    }

    /// The object that a reference leads to, or the object itself.
    pub(super) fn follow(&self, node: &'a Value) -> Result<&'a Value, Broken> {
        let mut node = node;
        for _ in 0..HOPS_MAX {
            match reference(node) {
                None => return Ok(node),
                Some(reference) => node = self.find(reference)?,
            }
        }
        Err(Broken::Missing)
    }

    /// What a reference refers to.
    pub(super) fn find(&self, reference: &str) -> Result<&'a Value, Broken> {
        let pointer = reference.strip_prefix('#').ok_or(Broken::Remote)?;
        let pointer = decoded(pointer);
        self.root.pointer(&pointer).ok_or(Broken::Missing)
    }

    /// Names of the members of an object, in the order of the document.
    pub(super) fn members(
        &self,
        node: &'a Value,
        key: &str,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        let members = node.get(key).and_then(Value::as_object);
        members.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
    }
}

/// The reference of an object, if it is one. A property that is called `$ref` has an object for its value.
pub(super) fn reference(node: &Value) -> Option<&str> {
    node.get("$ref").and_then(Value::as_str)
}

/// The texts in a list.
pub(super) fn texts<'a>(node: &'a Value, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    node.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// A text of an object; empty if there is none.
pub(super) fn text<'a>(node: &'a Value, key: &str) -> &'a str {
    node.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A flag of an object.
pub(super) fn flag(node: &Value, key: &str) -> bool {
    node.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// A list without repetitions, in its order.
pub(super) fn unique(items: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut known = BTreeSet::new();
    items.into_iter().filter(|item| known.insert(item.clone())).collect()
}

/// A fragment with its percent-encoding undone (RFC 6901 6).
fn decoded(pointer: &str) -> String {
    let mut bytes = Vec::with_capacity(pointer.len());
    let mut rest = pointer.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code.filter(|_| *first == b'%') {
            Some(code) => {
                bytes.push(code);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nw_01_references_are_followed_within_the_document() {
        let root = json!({
            "a": { "$ref": "#/b~1c/d e" },
            "b/c": { "d e": { "$ref": "#/x" } },
            "x": { "found": true },
            "encoded": { "$ref": "#/b~1c/d%20e" },
            "cycle": { "$ref": "#/other" },
            "other": { "$ref": "#/cycle" },
            "itself": { "$ref": "#/itself" },
            "gone": { "$ref": "#/nowhere" },
            "file": { "$ref": "schemas.yaml#/A" },
            "web": { "$ref": "https://example.com/a.json" },
            "named": { "$ref": "#anchor" },
        });
        let tree = Tree::new(&root);
        for (name, expected) in [
            ("a", Ok(())),
            ("encoded", Ok(())),
            ("x", Ok(())),
            ("cycle", Err(Broken::Missing)),
            ("itself", Err(Broken::Missing)),
            ("gone", Err(Broken::Missing)),
            ("named", Err(Broken::Missing)),
            ("file", Err(Broken::Remote)),
            ("web", Err(Broken::Remote)),
        ] {
            let found = tree.follow(&root[name]);
            assert_eq!(found.map(|node| assert_eq!(node, &root["x"])), expected, "{name}");
        }
    }
}
