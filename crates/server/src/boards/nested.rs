//! Lists and objects inside a cell, as text that people can read. No cell shows JSON.

use claimcheck_text::Language;
use serde_json::Value;

use crate::{boards::cells::shown, config::title_from_key};

/// What is nested more deeply is left out.
const DEPTH_MAX: usize = 4;
/// More items or members are left out.
const ITEMS_MAX: usize = 100;
const LEFT_OUT: &str = "\u{2026}";

/// A list as "urgent, export"; an object as "Name: Acme, City: Bergen"; a list of objects with semicolons between them.
pub(super) fn readable(value: &Value, language: Language) -> String {
    inner(value, language, 0)
}

fn inner(value: &Value, language: Language, depth: usize) -> String {
    let is_nested = |value: &Value| value.is_object() || value.is_array();
    if depth > DEPTH_MAX && is_nested(value) {
        return LEFT_OUT.to_owned();
    }
    let of_item = |item: &Value| {
        let text = inner(item, language, depth + 1);
        // Parentheses where a comma would not say what belongs together.
        if depth > 0 && is_nested(item) && !text.is_empty() { format!("({text})") } else { text }
    };
    match value {
        Value::Array(items) => {
            let separator = if items.iter().any(is_nested) { "; " } else { ", " };
            joined(items.iter().map(of_item), separator, items.len())
        }
        Value::Object(members) => {
            let of_member = |(name, value): (&String, &Value)| {
                let text = inner(value, language, depth + 1);
                let text = if is_nested(value) { format!("({text})") } else { text };
                match value.is_null() || text.is_empty() {
                    true => String::new(),
                    false => format!("{}: {text}", title_from_key(name)),
                }
            };
            joined(members.iter().map(of_member), ", ", members.len())
        }
        other => shown(other, language),
    }
}

fn joined(texts: impl Iterator<Item = String>, separator: &str, all: usize) -> String {
    let mut texts: Vec<_> = texts.take(ITEMS_MAX).filter(|text| !text.is_empty()).collect();
    if all > ITEMS_MAX {
        texts.push(LEFT_OUT.to_owned());
    }
    texts.join(separator)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn r33_nested_values_read_like_text() {
        for (value, text) in [
            (json!(["urgent", "export"]), "urgent, export"),
            (json!([1, 2.5, null, true, ""]), "1, 2.5, Yes"),
            (json!([]), ""),
            (json!({}), ""),
            (json!({ "name": "Acme", "vat_id": 7, "note": null }), "Name: Acme, Vat id: 7"),
            (json!([{ "sku": "A", "qty": 2 }, { "sku": "B", "qty": 1 }]), "Sku: A, Qty: 2; Sku: B, Qty: 1"),
            (
                json!({ "to": { "city": "Bergen", "zip": "5003" }, "tags": ["a", "b"] }),
                "To: (City: Bergen, Zip: 5003), Tags: (a, b)",
            ),
            (json!([[1, 2], [3]]), "1, 2; 3"),
        ] {
            assert_eq!(readable(&value, Language::default()), text, "{value}");
        }
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!({ "a": deep });
        }
        let text = readable(&deep, Language::default());
        assert!(text.len() < 100 && text.contains(LEFT_OUT), "{text}");
        assert!(readable(&json!(vec![1; 1000]), Language::default()).ends_with("1, …"));
    }
}
