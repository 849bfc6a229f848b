//! The JSON Schema that `claimcheck schema` prints: it accepts what the reader accepts, and refuses unknown keys, wrong types and
//! missing keys as the reader does. Compared with all examples of the book, the samples and the boards of the demo, and with
//! thousands of changes of them.

use std::{collections::BTreeSet, process::Command};

use claimcheck_server::config::{SettingProblem, json_schema};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::{book::examples, support::load_settings as load};

fn validator() -> Validator {
    jsonschema::draft202012::options().build(&json_schema()).unwrap()
}

fn parse(text: &str) -> Value {
    toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn errors(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn check_the_schema_is_a_valid_one_and_the_command_prints_it() {
    let schema = json_schema();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    let output = Command::new(env!("CARGO_BIN_EXE_claimcheck")).arg("schema").output().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap(), schema);
    // Each key is described, for editors.
    let mut count = 0;
    walk(&schema, &mut |properties| {
        for (name, property) in properties {
            let is_described = property["description"].as_str().is_some_and(|text| text.len() > 3);
            // Texts of a language, the parts of a header, and conditions.
            let is_condition = ["const", "minItems"].iter().any(|word| property.get(word).is_some())
                || property.get("anyOf").is_some_and(|all| all.to_string().contains("\"const\""));
            let needs_none = property == &json!({ "type": "string" }) || is_condition;
            assert!(is_described || needs_none || *property == json!(true), "{name}: {property}");
            count += 1;
        }
    });
    assert!(count > 150, "{count}");
}

/// Calls `see` with all `properties` of a schema.
fn walk(schema: &Value, see: &mut impl FnMut(&Map<String, Value>)) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                see(properties);
            }
            members.values().for_each(|value| walk(value, see));
        }
        Value::Array(items) => items.iter().for_each(|value| walk(value, see)),
        _ => {}
    }
}

#[test]
fn check_the_schema_accepts_every_example_of_the_book_the_samples_and_the_demo() {
    let (validator, examples) = (validator(), examples());
    assert!(examples.len() > 60, "{}", examples.len());
    for (place, text) in examples {
        let errors = errors(&validator, &parse(&text));
        assert!(errors.is_empty(), "{place}: {errors:#?}\n{text}");
    }
}

#[test]
fn check_the_schema_refuses_seeded_mistakes() {
    let validator = validator();
    let panel = "[[board.panel]]\ntitle = \"A\"\nkind = \"table\"\nget = \"/a\"\nrows = \"$[*]\"\n";
    let board = format!("[[board]]\nid = \"a\"\ntitle = \"A\"\n{panel}");
    assert_eq!(errors(&validator, &parse(&board)), [""; 0]);
    for (change, instead) in [
        ("rows =", "row ="),
        ("kind = \"table\"", "kind = \"pie\""),
        ("kind = \"table\"", "kind = 5"),
        ("get = \"/a\"\n", ""),
        ("get = \"/a\"\n", "get = \"/a\"\npost = \"/b\"\nbody = {}\n"),
        ("title = \"A\"\nkind", "kind"),
        ("title = \"A\"\nkind", "title = { en = \"A\", xx = \"B\" }\nkind"),
        ("rows = \"$[*]\"", "rows = \"$[*]\"\nvalue = \"a\""),
        ("rows = \"$[*]\"", "rows = \"$[*]\"\ncsv_rows = 0"),
        ("rows = \"$[*]\"", "rows = \"$[*]\"\ncolumns = [{ key = \"a\" }]"),
        ("rows = \"$[*]\"", "rows = \"$[*]\"\nrole = []"),
        ("rows = \"$[*]\"", "rows = \"$[*]\"\n[[board.panel.action]]\nlabel = \"A\"\n"),
        ("kind = \"table\"", "kind = \"bar\""),
        ("[[board]]", "isuer = \"a\"\n[[board]]"),
        ("[[board]]", "brand = { titel = \"a\" }\n[[board]]"),
        ("[[board]]", "brand_name = \"a\"\n[[board]]"),
        ("[[board]]", "api_headers = { a = { variable = \"A\", file = \"b\" } }\n[[board]]"),
        (panel, ""),
    ] {
        let text = board.replacen(change, instead, 1);
        assert!(text != board, "{instead}");
        assert!(!errors(&validator, &parse(&text)).is_empty(), "{text}");
        assert!(load(&text, None).is_err(), "{text}");
    }
    // A variable may be written in place of a fixed word.
    let with_variable = board.replace("kind = \"table\"", "kind = \"${CLAIMCHECK_VAR_KIND}\"");
    assert_eq!(errors(&validator, &parse(&with_variable)), [""; 0]);
    assert!(load(&with_variable, Some(("CLAIMCHECK_VAR_KIND", "table"))).is_ok());
}

/// A change of one place of a file, with what it is.
type Change = (String, Value);

/// The file: a line for each key.
fn written(root: &Value) -> String {
    let line = |(key, value): (&String, &Value)| format!("{key} = {}\n", inline(value));
    root.as_object().unwrap().iter().map(line).collect()
}

fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| format!("{} = {}", json!(key), inline(value));
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        // Texts, numbers and flags are written as in JSON.
        other => other.to_string(),
    }
}

/// Every value of a file replaced by one of each other type, every key renamed, and every key left out; of a further panel,
/// only what is in the panel. A place is left out if `shapes` has one like it.
fn changes(Part { root, is_first }: &Part, shapes: &mut BTreeSet<String>) -> Vec<Change> {
    let mut places = Vec::new();
    collect(root, &mut Vec::new(), &mut places);
    let is_in_panel = |place: &Vec<Step>| matches!(place.get(2), Some(Step::Key(key)) if key == "panel");
    places.retain(|place| (*is_first || is_in_panel(place)) && shapes.insert(shape(root, place)));
    let others = || {
        [
            json!("x"),
            json!(7),
            json!(true),
            json!(["x"]),
            json!({ "x": "y" }),
            json!([{ "x": "y" }]),
            json!([]),
        ]
    };
    let mut changes = Vec::new();
    for place in places {
        for other in others() {
            let mut changed = root.clone();
            if let Some(value) = at(&mut changed, &place) {
                *value = other.clone();
                changes.push((format!("{place:?} = {other}"), changed));
            }
        }
        let Some((Step::Key(key), parent)) = place.split_last() else { continue };
        for new in [None, Some(format!("{key}x"))] {
            let mut changed = root.clone();
            if let Some(Value::Object(members)) = at(&mut changed, parent) {
                let value = members.remove(key).unwrap();
                if let Some(new) = &new {
                    members.insert(new.clone(), value);
                }
                changes.push((format!("{place:?} as {new:?}"), changed));
            }
        }
    }
    changes
}

/// What decides how a change of a place is read: its name, and the keys and kinds around it.
fn shape(root: &Value, place: &[Step]) -> String {
    let (mut shape, mut here, mut keys) = (String::new(), root, String::new());
    for step in place {
        if let Value::Object(members) = here {
            keys = members.keys().map(String::as_str).collect::<Vec<_>>().join(" ");
            shape.push_str(&format!(" ({})", members.get("kind").unwrap_or(&Value::Null)));
        }
        here = match step {
            Step::Key(key) => {
                shape.push_str(&format!("/{key}"));
                &here[key]
            }
            Step::Item(index) => {
                shape.push_str("/*");
                &here[index]
            }
        };
    }
    format!("{shape}: {keys}")
}

#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Item(usize),
}

fn collect(value: &Value, here: &mut Vec<Step>, places: &mut Vec<Vec<Step>>) {
    let steps: Vec<(Step, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(key, value)| (Step::Key(key.clone()), value)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, value)| (Step::Item(index), value)).collect()
        }
        _ => return,
    };
    for (step, value) in steps {
        here.push(step);
        places.push(here.clone());
        collect(value, here, places);
        here.pop();
    }
}

fn at<'a>(value: &'a mut Value, place: &[Step]) -> Option<&'a mut Value> {
    place.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Item(index) => value.get_mut(index),
    })
}

/// A file with one panel.
struct Part {
    root: Value,
    /// The rest of the board is changed with its first panel.
    is_first: bool,
}

/// A file with each panel alone: changes of a long file would take long.
fn parts(root: &Value) -> Vec<Part> {
    let boards = root["board"].as_array().map_or(0, Vec::len);
    let mut parts = Vec::new();
    for board in 0..boards {
        for panel in 0..root["board"][board]["panel"].as_array().map_or(0, Vec::len) {
            let mut part = root.clone();
            let mut alone = root["board"][board].clone();
            alone["panel"] = json!([alone["panel"][panel]]);
            part["board"] = json!([alone]);
            if panel > 0 {
                let members = part.as_object_mut().unwrap();
                members.retain(|key, _| matches!(key.as_str(), "board" | "api" | "claims"));
                part["board"][0].as_object_mut().unwrap().remove("action");
            }
            parts.push(Part { root: part, is_first: panel == 0 });
        }
    }
    if parts.is_empty() { vec![Part { root: root.clone(), is_first: true }] } else { parts }
}

/// Whether a problem is one that the schema must find, too: a key, a type, something missing, or keys that do not belong together.
fn is_of_form(problem: &SettingProblem) -> bool {
    let message = &problem.message;
    message == "unknown key"
        || message == "unknown setting"
        || (message.starts_with("is missing") && problem.variable.is_none())
        || message.contains("but its type is")
        || [
            "cannot be combined with `",
            "belongs to `",
            "has no effect with `auth",
            "does not apply to a field",
        ]
        .iter()
        .any(|start| message.starts_with(start))
}

#[test]
fn check_the_schema_and_the_reader_agree_on_changed_examples() {
    let validator = validator();
    let (mut accepted, mut refused, mut seen, mut differ) = (0, 0, BTreeSet::new(), Vec::new());
    let mut shapes = BTreeSet::new();
    let parts = examples()
        .into_iter()
        .flat_map(|(place, text)| parts(&parse(&text)).into_iter().map(move |part| (place.clone(), part)));
    for (place, part) in parts {
        for (what, changed) in changes(&part, &mut shapes) {
            let text = written(&changed);
            if !seen.insert(text.clone()) {
                continue;
            }
            let found = errors(&validator, &changed);
            match load(&text, None) {
                Ok(_) => {
                    accepted += 1;
                    if !found.is_empty() {
                        differ.push(format!("only the schema refuses {place}, {what}: {found:?}"));
                    }
                }
                Err(errors) if errors.0.iter().any(is_of_form) => {
                    refused += 1;
                    if found.is_empty() {
                        differ.push(format!("only the reader refuses {place}, {what}: {errors}"));
                    }
                }
                Err(_) => {}
            }
        }
    }
    let shown: Vec<_> = differ.iter().take(30).map(String::as_str).collect();
    assert!(differ.is_empty(), "{} differences:\n{}", differ.len(), shown.join("\n"));
    assert!(accepted > 300 && refused > 3000, "{accepted} accepted, {refused} refused");
    println!("{accepted} accepted by both, {refused} refused by both");
}
