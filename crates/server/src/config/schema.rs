//! The JSON Schema of the settings file (draft 2020-12), for editors: made from the rows of the settings and the keys of tables, so
//! that it has exactly the keys that the reader accepts. It checks types, keys, fixed words and which keys belong
//! together; the reader checks the rest.

use claimcheck_text::Language;
use serde_json::{Map, Value, json};

use crate::config::{
    keys::{ALL_ROWS, TABLES},
    row::{Requirement, SettingRow, Shape},
    toml_key::{ByValue, KeyShape, TomlKey, TomlKeys},
    variables::VARIABLES,
};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
const PER_LANGUAGE: &str = "per-language";
const WITH_VARIABLE: &str = "with-variable";

/// The JSON Schema of the settings file. Files that `boards` names have the same one.
pub fn json_schema() -> Value {
    let mut definitions = Definitions::default();
    let mut properties = Map::new();
    for row in &ALL_ROWS {
        insert_row(&mut properties, &row.file_key(), row_schema(row));
    }
    for key in &TABLES {
        properties.insert(key.name.to_owned(), definitions.key(key));
    }
    let tags = Language::all().map(|language| (language.tag().to_owned(), json!({ "type": "string" })));
    let per_language = json!({
        "description": "a text for each language",
        "type": "object",
        "properties": tags.collect::<Map<_, _>>(),
        "additionalProperties": false,
        "minProperties": 1,
    });
    definitions.0.insert(PER_LANGUAGE.to_owned(), per_language);
    let with_variable = json!({
        "description": format!("a text with a variable: ${{{VARIABLES}NAME}}"),
        "type": "string",
        "pattern": format!("\\$\\{{{VARIABLES}[A-Z0-9_]+\\}}"),
    });
    definitions.0.insert(WITH_VARIABLE.to_owned(), with_variable);
    json!({
        "$schema": DRAFT,
        "title": "Settings of Claimcheck",
        "description": "A settings file, or a file with boards. A variable of the environment overrides a setting of the file.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": definitions.0,
    })
}

/// Inserts the schema of a setting at its key; a key with a dot is in a table.
fn insert_row(properties: &mut Map<String, Value>, key: &str, schema: Value) {
    let Some((table, inner)) = key.split_once('.') else {
        properties.insert(key.to_owned(), schema);
        return;
    };
    let place = properties.entry(table).or_insert_with(|| table_schema(table));
    if place.get("properties").is_none() && place.get("anyOf").is_none_or(|all| !has_table(all)) {
        let alone = place.take();
        let about = alone.get("description").cloned().unwrap_or_default();
        *place = json!({ "description": about, "anyOf": [alone, table_schema(table)] });
    }
    let inner_place = match place.get_mut("anyOf") {
        Some(Value::Array(all)) => all.iter_mut().find_map(|one| one.get_mut("properties")),
        _ => place.get_mut("properties"),
    };
    if let Some(Value::Object(properties)) = inner_place {
        insert_row(properties, inner, schema);
    }
}

fn has_table(all: &Value) -> bool {
    all.as_array().is_some_and(|all| all.iter().any(|one| one.get("properties").is_some()))
}

fn table_schema(name: &str) -> Value {
    let about = format!("a table of settings: {name}");
    json!({ "description": about, "type": "object", "properties": {}, "additionalProperties": false })
}

/// A setting with one value: the reader takes whole numbers as texts.
fn row_schema(row: &SettingRow) -> Value {
    let text = json!({ "type": ["string", "integer"] });
    let mut schema = match row.shape {
        Shape::Text if !row.values.is_empty() => {
            json!({ "anyOf": [{ "enum": row.values }, reference(WITH_VARIABLE)] })
        }
        Shape::Text => text,
        Shape::Local => json!({ "anyOf": [text, reference(PER_LANGUAGE)] }),
        Shape::List(_) => json!({ "anyOf": [text, { "type": "array", "items": { "type": "string" } }] }),
    };
    let variable = match row.is_secret {
        true => format!("; a secret: rather set {} or {}_FILE", row.variable(), row.variable()),
        false => format!("; variable: {}", row.variable()),
    };
    schema["description"] = json!(format!("{}{variable}", row.about));
    match row.need {
        Requirement::Default(text) if !text.is_empty() => schema["default"] = json!(text),
        _ => {}
    }
    if !row.example.is_empty() {
        schema["examples"] = json!([row.example]);
    }
    schema
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// The schemas of tables, by name.
#[derive(Default)]
struct Definitions(Map<String, Value>);

impl Definitions {
    /// The schema of the value of a key.
    fn key(&mut self, key: &TomlKey) -> Value {
        let text = || json!({ "type": "string" });
        // The reader refuses required lists without entries.
        let least = u8::from(key.is_required);
        let mut schema = match key.shape {
            KeyShape::Text => text(),
            KeyShape::OneOf(texts) => json!({ "anyOf": [{ "enum": texts() }, reference(WITH_VARIABLE)] }),
            KeyShape::Local => json!({ "anyOf": [text(), reference(PER_LANGUAGE)] }),
            KeyShape::Texts => {
                json!({ "anyOf": [text(), { "type": "array", "items": text(), "minItems": 1 }] })
            }
            KeyShape::TextList => json!({ "type": "array", "items": text(), "minItems": least }),
            KeyShape::Flag => json!({ "type": "boolean" }),
            KeyShape::FlagOrText => json!({ "type": ["boolean", "string"] }),
            KeyShape::Plain => json!({ "type": ["string", "number", "boolean"] }),
            KeyShape::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
            KeyShape::Decimal => json!({ "type": ["number", "string"] }),
            KeyShape::Json => json!({ "type": "object" }),
            KeyShape::Names => json!({ "type": "object", "additionalProperties": text() }),
            KeyShape::Headers => json!({ "type": "object", "additionalProperties": header() }),
            KeyShape::Table(keys) => self.table(keys),
            KeyShape::Tables(keys) => {
                json!({ "type": "array", "items": self.table(keys), "minItems": least })
            }
            KeyShape::TextsOrTable(keys) => {
                let plain = json!({ "type": ["string", "number", "boolean"] });
                let list = json!({ "type": "array", "items": plain, "minItems": 1 });
                json!({ "anyOf": [plain, list, self.table(keys)] })
            }
            KeyShape::TextOrTable(keys) => json!({ "anyOf": [text(), self.table(keys)] }),
            KeyShape::NamedTextsOrTables(keys) => {
                json!({ "type": "object", "additionalProperties": { "anyOf": [text(), self.table(keys)] } })
            }
            KeyShape::TextsOrTables(keys) => {
                json!({ "type": "array", "items": { "anyOf": [text(), self.table(keys)] }, "minItems": 1 })
            }
        };
        schema["description"] = json!(key.about);
        schema
    }

    /// A reference to the schema of a table.
    fn table(&mut self, keys: &TomlKeys) -> Value {
        if !self.0.contains_key(keys.name) {
            // Before its keys, because tables may contain each other.
            self.0.insert(keys.name.to_owned(), Value::Null);
            let schema = self.table_of(keys);
            self.0.insert(keys.name.to_owned(), schema);
        }
        reference(keys.name)
    }

    fn table_of(&mut self, keys: &TomlKeys) -> Value {
        let mut schema = self.object(keys.keys(), keys.exactly_one);
        let variable = reference(WITH_VARIABLE);
        let mut rules: Vec<_> =
            keys.rules.iter().copied().flatten().map(|rule| rule.schema(&variable)).collect();
        if let Some(by_value) = &keys.by_value {
            let common: Vec<_> = keys.keys().map(|key| key.name).collect();
            rules.extend(self.rules(by_value, &common, &mut schema));
        }
        if rules.is_empty() {
            return schema;
        }
        match schema.get_mut("allOf") {
            Some(Value::Array(all)) => all.extend(rules),
            _ => schema["allOf"] = Value::Array(rules),
        }
        schema
    }

    fn object(&mut self, keys: impl Iterator<Item = &'static TomlKey>, exactly_one: &[&[&str]]) -> Value {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for key in keys {
            properties.insert(key.name.to_owned(), self.key(key));
            if key.is_required {
                required.push(key.name);
            }
        }
        let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        let groups = exactly_one.iter().filter(|group| !group.is_empty());
        let groups: Vec<_> = groups.map(|group| exactly_one_of(group)).collect();
        if !groups.is_empty() {
            schema["allOf"] = Value::Array(groups);
        }
        schema
    }

    /// A rule for each value of the deciding key. Adds the keys of all of them to the properties of the table, where editors
    /// find them.
    fn rules(&mut self, by_value: &ByValue, common: &[&str], schema: &mut Value) -> Vec<Value> {
        let mut rules = Vec::new();
        for case in (by_value.cases)() {
            let mut rule = self.object(case.parts.iter().copied().flatten(), &case.exactly_one);
            if let Value::Object(properties) = &mut schema["properties"] {
                for (name, property) in rule["properties"].as_object().into_iter().flatten() {
                    add_alternative(properties, name, property);
                }
            }
            for name in common {
                rule["properties"][name] = json!(true);
            }
            let is_case = json!({ "properties": { by_value.key: { "const": case.value } }, "required": [by_value.key] });
            rules.push(json!({ "if": is_case, "then": rule }));
        }
        rules
    }
}

/// Adds a property; with another meaning under another value, both are alternatives.
fn add_alternative(properties: &mut Map<String, Value>, name: &str, property: &Value) {
    let Some(known) = properties.get_mut(name) else {
        properties.insert(name.to_owned(), property.clone());
        return;
    };
    let is_among = |all: &Value| all.as_array().is_some_and(|all| all.contains(property));
    if known == property || known.get("anyOf").is_some_and(is_among) {
        return;
    }
    let text = |value: &Value| value["description"].as_str().unwrap_or_default().to_owned();
    let about = format!("{}; or {}", text(known), text(property));
    *known = json!({ "description": about, "anyOf": [known.take(), property] });
}

fn exactly_one_of(names: &[&str]) -> Value {
    json!({ "oneOf": names.iter().map(|name| json!({ "required": [name] })).collect::<Vec<_>>() })
}

/// A header: a text, or where to read it from.
fn header() -> Value {
    let from = |name: &str| {
        json!({
            "type": "object",
            "properties": { name: { "type": "string" } },
            "required": [name],
            "additionalProperties": false,
        })
    };
    json!({ "anyOf": [{ "type": "string" }, from("variable"), from("file")] })
}
