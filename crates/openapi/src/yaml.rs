//! YAML as JSON values, from the events of a parser. Depth, nodes and the copies of aliases are bounded, copies by their
//! texts as well, so a document cannot grow while it is read.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};

use crate::{read::Unreadable, words};

/// As serde_json bounds JSON.
const DEPTH_MAX: usize = 128;
const NODES_MAX: usize = 4_000_000;
/// The most that all anchors and aliases together may add, as [`size`] counts.
const COPIES_MAX: usize = 1_000_000;
/// So many bytes of texts and keys count as much as a value.
const TEXT_BYTES: usize = 32;

/// A collection that is not complete.
enum Open {
    List(usize, Vec<Value>),
    /// The key waits for its value.
    Object(usize, Map<String, Value>, Option<String>),
}

/// Builds values from events.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Value>,
    nodes: usize,
    copies: usize,
    root: Option<Value>,
}

/// Reads the first document of a YAML text.
pub(super) fn read(text: &str) -> Result<Value, Unreadable> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, _) =
            event.map_err(|error| Unreadable::Syntax(words::comment_text(&error.to_string())))?;
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.suffix == "str");
                builder.add(if is_text { Value::String(text.into_owned()) } else { plain(&text) }, anchor)?;
            }
            Event::SequenceStart(anchor, _) => builder.begin(Open::List(anchor, Vec::new()))?,
            Event::MappingStart(anchor, _) => builder.begin(Open::Object(anchor, Map::new(), None))?,
            Event::SequenceEnd | Event::MappingEnd => builder.end()?,
            Event::Alias(anchor) => builder.copy(anchor)?,
            Event::DocumentEnd | Event::StreamEnd => break,
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
        }
    }
    Ok(builder.root.unwrap_or(Value::Null))
}

impl Builder {
    fn begin(&mut self, open: Open) -> Result<(), Unreadable> {
        if self.open.len() >= DEPTH_MAX {
            return Err(Unreadable::TooDeep);
        }
        if matches!(self.open.last(), Some(Open::Object(_, _, None))) {
            return Err(Unreadable::Syntax("a key is a list or an object".to_owned()));
        }
        self.open.push(open);
        Ok(())
    }

    fn end(&mut self) -> Result<(), Unreadable> {
        match self.open.pop() {
            Some(Open::List(anchor, items)) => self.add(Value::Array(items), anchor),
            Some(Open::Object(anchor, members, _)) => self.add(Value::Object(members), anchor),
            None => Ok(()),
        }
    }

    /// Adds a complete value to the collection around it.
    fn add(&mut self, value: Value, anchor: usize) -> Result<(), Unreadable> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(Unreadable::TooDeep);
        }
        if anchor > 0 {
            self.copies += size(&value);
            if self.copies > COPIES_MAX {
                return Err(Unreadable::TooDeep);
            }
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some(Open::List(_, items)) => items.push(value),
            Some(Open::Object(_, members, key @ None)) => {
                let text = match value {
                    Value::String(text) => text,
                    Value::Null => "null".to_owned(),
                    Value::Bool(flag) => flag.to_string(),
                    Value::Number(number) => number.to_string(),
                    Value::Array(_) | Value::Object(_) => {
                        return Err(Unreadable::Syntax("a key is a list or an object".to_owned()));
                    }
                };
                // The first one counts: a name that is used twice gets one that no document means. `nodes` grows with
                // each value, so the name is new without a search.
                let nodes = self.nodes;
                *key = Some(match members.contains_key(&text) {
                    true => format!("x-repeated-{nodes}-{text}"),
                    false => text,
                });
            }
            Some(Open::Object(_, members, key)) => match key.take() {
                // The merge key of YAML 1.1, as generators still write it.
                Some(name) if name == "<<" && value.is_object() => {
                    for (name, value) in value.as_object().into_iter().flatten() {
                        if !members.contains_key(name) {
                            members.insert(name.clone(), value.clone());
                        }
                    }
                }
                Some(name) => {
                    members.insert(name, value);
                }
                None => {}
            },
        }
        Ok(())
    }

    /// Adds what an alias refers to.
    fn copy(&mut self, anchor: usize) -> Result<(), Unreadable> {
        let value = self.anchors.get(&anchor).ok_or_else(|| {
            // The parser knows the anchor: it encloses the alias.
            Unreadable::Syntax("an alias refers to what contains it".to_owned())
        })?;
        self.copies += size(value);
        if self.copies > COPIES_MAX || depth(value) + self.open.len() > DEPTH_MAX {
            return Err(Unreadable::TooDeep);
        }
        let value = value.clone();
        self.add(value, 0)
    }
}

/// The size of a value: the number of its values, and the bytes of its texts and keys in units of [`TEXT_BYTES`].
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum::<usize>(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| key.len() / TEXT_BYTES + size(value)).sum::<usize>()
        }
        Value::String(text) => text.len() / TEXT_BYTES,
        _ => 0,
    }
}

/// How deep a value is nested; it is at most [`DEPTH_MAX`] deep.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
        _ => 1,
    }
}

/// A scalar without quotes (YAML 1.2 10.3.2).
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let looks_like_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && text.bytes().any(|byte| byte.is_ascii_digit());
    if !looks_like_number {
        return Value::String(text.to_owned());
    }
    let whole = text.strip_prefix('+').unwrap_or(text);
    let number =
        whole.parse::<i64>().map(Number::from).or_else(|_| whole.parse::<u64>().map(Number::from)).ok();
    // An integer that is too long is no number that matters here, and `1.0` in `openapi: 3.1.0` is not alone.
    match number.or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64)) {
        Some(number) => Value::Number(number),
        None => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nw_01_yaml_is_read_as_json() {
        let text = "a: &x {b: 1, 'c': [true, ~, 1.5, \"2\", no]}\nd: *x\n200: |\n  two\n  lines\ne:\n  <<: *x\n  b: 7\n";
        let expected = json!({
            "a": { "b": 1, "c": [true, null, 1.5, "2", "no"] },
            "d": { "b": 1, "c": [true, null, 1.5, "2", "no"] },
            "200": "two\nlines\n",
            "e": { "b": 7, "c": [true, null, 1.5, "2", "no"] },
        });
        let read = read(text).unwrap();
        assert_eq!(read.get("e").and_then(|e| e.get("c")), expected["e"].get("c"));
        assert_eq!(
            (&read["a"], &read["d"], &read["200"]),
            (&expected["a"], &expected["d"], &expected["200"])
        );
    }

    #[test]
    fn nw_01_yaml_cannot_grow_while_it_is_read() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..20 {
            let previous = format!("*a{}", level - 1);
            bomb += &format!("a{level}: &a{level} [{}]\n", vec![previous; 10].join(", "));
        }
        assert_eq!(read(&bomb), Err(Unreadable::TooDeep));
        // Few values, but long texts: in values, in keys, and at anchors that nothing refers to.
        let long = "x".repeat(1 << 20);
        assert_eq!(
            read(&format!("a: &a \"{long}\"\nb: [{}]", vec!["*a"; 1000].join(", "))),
            Err(Unreadable::TooDeep)
        );
        assert_eq!(
            read(&format!("a: &a {{? \"{long}\" : 1}}\nb: [{}]", vec!["*a"; 1000].join(", "))),
            Err(Unreadable::TooDeep)
        );
        let key = "k".repeat(1000);
        assert_eq!(
            read(&format!("a: &a {{{key}: 1}}\nb: [{}]", vec!["*a"; 100_000].join(", "))),
            Err(Unreadable::TooDeep)
        );
        let nested = (0..100).fold(format!("\"{long}\""), |inner, level| format!("&n{level} [{inner}]"));
        assert_eq!(read(&format!("a: {nested}")), Err(Unreadable::TooDeep));
        assert!(read(&format!("a: &a \"{}\"\nb: [*a, *a, *a]", "x".repeat(10_000))).is_ok());
        assert!(read(&"[".repeat(100_000)).is_err());
        assert!(read(&"- ".repeat(5_000)).is_err());
        assert_eq!(read(&format!("{}x{}", "[".repeat(127), "]".repeat(127))).map(|_| ()), Ok(()));
        assert!(matches!(read("a: &a [*a]"), Err(Unreadable::Syntax(_))));
        assert!(matches!(read("? [a]\n: b"), Err(Unreadable::Syntax(_))));
        assert!(read("a: 1\n--- \nb: 2\n").unwrap().get("a").is_some());
    }

    #[test]
    fn nw_01_the_first_of_repeated_keys_counts_and_many_take_no_time() {
        let many = read(&"a: 1\n".repeat(400_000)).unwrap();
        let members = many.as_object().unwrap();
        assert_eq!((members.len(), members.keys().next().map(String::as_str)), (400_000, Some("a")));
        let twice = read("a: 1\na: 2\nb: 3\n").unwrap();
        assert_eq!((&twice["a"], &twice["b"]), (&json!(1), &json!(3)));
    }
}
