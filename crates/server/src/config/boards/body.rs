//! The JSON body of a `post` request that reads: a TOML table whose texts may have slots.

use serde_json::{Map, Number, Value};
use toml::de::DeValue;

use super::{
    slot::SlotValue,
    template::{TemplatePart, Unfit, pieces, slots},
};

/// Deeper bodies are refused.
const DEPTH_MAX: usize = 16;

/// A body with slots in its texts.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyTemplate {
    root: Part,
    /// The member that takes the parameters of search, order and pages: the variables of GraphQL; else the body itself.
    parameters: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(Vec<TemplatePart>),
    Value(Value),
    List(Vec<Part>),
    Object(Vec<(String, Part)>),
}

/// A value of a parameter that a table adds to its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameter {
    Text(String),
    Number(u64),
}

impl Parameter {
    /// As in a query; empty if there is nothing to send.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone()),
            Self::Number(number) => Value::from(*number),
        }
    }
}

impl BodyTemplate {
    /// A body as written in the file.
    ///
    /// # Errors
    /// Describes what would be right.
    pub(super) fn of_toml(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Table(_) => Ok(Self { root: part(value, 0)?, parameters: None }),
            _ => Err("must be a table, such as { status = \"open\" }".to_owned()),
        }
    }

    /// A GraphQL request: a document, and the table of its variables.
    ///
    /// # Errors
    /// Describes what would be right.
    pub(super) fn of_graphql(query: &str, variables: Option<&DeValue<'_>>) -> Result<Self, String> {
        let variables = match variables {
            None => Part::Object(Vec::new()),
            Some(table @ DeValue::Table(_)) => part(table, 0)?,
            Some(_) => return Err("must be a table, such as { first = 50 }".to_owned()),
        };
        let query = Part::Value(Value::String(query.to_owned()));
        let root = Part::Object(vec![("query".to_owned(), query), ("variables".to_owned(), variables)]);
        Ok(Self { root, parameters: Some("variables") })
    }

    /// Whether it is a GraphQL request, whose answer may report errors with the status 200.
    pub fn is_graphql(&self) -> bool {
        self.parameters.is_some()
    }

    /// The names of its slots.
    pub fn slots(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.root.collect_slots(&mut found);
        found
    }

    /// Checks where filters are: each is the only slot of its text.
    ///
    /// # Errors
    /// Describes what would be right.
    pub(super) fn check_filters(&self, is_filter: &dyn Fn(&str) -> bool) -> Result<(), String> {
        self.root.check_filters(is_filter)
    }

    /// The names of the parameters that it sets itself.
    pub(super) fn names(&self) -> Vec<String> {
        let of = |part: &Part| match part {
            Part::Object(members) => members.iter().map(|(name, _)| name.clone()).collect(),
            _ => Vec::new(),
        };
        match (&self.root, self.parameters) {
            (Part::Object(members), Some(name)) => members
                .iter()
                .find(|(member, _)| member == name)
                .map(|(_, part)| of(part))
                .unwrap_or_default(),
            (root, _) => of(root),
        }
    }

    /// The body with these values in its slots, and these parameters; empty ones are left out. A dot in the name of a
    /// parameter leads into an object. A member or an entry whose filter is unset is left out.
    ///
    /// # Errors
    /// As [`Template::fill`](super::Template::fill).
    pub fn fill(
        &self,
        value: &dyn Fn(&str) -> Option<SlotValue>,
        parameters: &[(String, Parameter)],
    ) -> Result<String, Unfit> {
        let mut body = self.root.fill(value)?.unwrap_or_else(|| Value::Object(Map::new()));
        for (name, parameter) in parameters.iter().filter(|(_, value)| !value.text().is_empty()) {
            let at = match self.parameters {
                Some(member) => &mut body[member],
                None => &mut body,
            };
            set(at, name, parameter.json());
        }
        Ok(body.to_string())
    }
}

/// Sets a member, and creates the objects on the way to it.
fn set(at: &mut Value, name: &str, value: Value) {
    let Value::Object(members) = at else { return };
    match name.split_once('.') {
        Some((first, rest)) => {
            let inner = members.entry(first).or_insert_with(|| Value::Object(Map::new()));
            set(inner, rest, value);
        }
        None => {
            members.insert(name.to_owned(), value);
        }
    }
}

impl Part {
    /// `None` if its filter is unset.
    fn fill(&self, value: &dyn Fn(&str) -> Option<SlotValue>) -> Result<Option<Value>, Unfit> {
        Ok(Some(match self {
            Self::Value(value) => value.clone(),
            Self::Text(pieces) => return text(pieces, value),
            Self::List(items) => {
                let mut filled = Vec::new();
                for item in items {
                    match (item, item.fill(value)?) {
                        // The values of a filter are entries of the list, not a list in it.
                        (Self::Text(_), Some(Value::Array(values))) => filled.extend(values),
                        (_, value) => filled.extend(value),
                    }
                }
                Value::Array(filled)
            }
            Self::Object(members) => {
                let mut filled = Map::new();
                for (name, part) in members {
                    if let Some(value) = part.fill(value)? {
                        filled.insert(name.clone(), value);
                    }
                }
                Value::Object(filled)
            }
        }))
    }

    /// Checks that each filter is the only slot of its text, because that is left out without a value.
    fn check_filters(&self, is_filter: &dyn Fn(&str) -> bool) -> Result<(), String> {
        match self {
            Self::Value(_) => Ok(()),
            Self::Text(pieces) => match slots(pieces).find(|slot| is_filter(slot)) {
                Some(slot) if slots(pieces).count() > 1 => Err(format!(
                    "has another placeholder in the text with {{{slot}}}: without a value, the whole member is left out"
                )),
                _ => Ok(()),
            },
            Self::List(items) => items.iter().try_for_each(|item| item.check_filters(is_filter)),
            Self::Object(members) => members.iter().try_for_each(|(_, part)| part.check_filters(is_filter)),
        }
    }

    fn collect_slots<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Self::Value(_) => {}
            Self::Text(pieces) => found.extend(slots(pieces)),
            Self::List(items) => items.iter().for_each(|item| item.collect_slots(found)),
            Self::Object(members) => members.iter().for_each(|(_, part)| part.collect_slots(found)),
        }
    }
}

/// A text with slots. If it consists of a filter only, it has the type of the filter.
fn text(pieces: &[TemplatePart], value: &dyn Fn(&str) -> Option<SlotValue>) -> Result<Option<Value>, Unfit> {
    let is_text = |piece: &TemplatePart| matches!(piece, TemplatePart::Fixed(text) if !text.is_empty());
    let is_alone = !pieces.iter().any(is_text) && slots(pieces).count() == 1;
    let mut text = String::new();
    for piece in pieces {
        match piece {
            TemplatePart::Fixed(fixed) => text.push_str(fixed),
            TemplatePart::Slot(name) => {
                let value = value(name).ok_or(Unfit::Missing)?;
                if value.is_unset() {
                    return Ok(None);
                }
                for index in 0..value.texts().len() {
                    value.checked(index)?;
                }
                match &value {
                    SlotValue::Filter(slot) if is_alone => return Ok(Some(slot.json())),
                    value => text.push_str(&value.texts().join(",")),
                }
            }
        }
    }
    Ok(Some(Value::String(text)))
}

/// A value without slots, as JSON with all its digits.
///
/// # Errors
/// Describes what would be right.
pub(super) fn json_of(value: &DeValue<'_>) -> Result<Value, String> {
    match value {
        DeValue::String(text) => Ok(Value::String(text.to_string())),
        value => match part(value, 0)? {
            Part::Value(value) => Ok(value),
            _ => Err("must be a text in quotes, a number, true or false".to_owned()),
        },
    }
}

fn part(value: &DeValue<'_>, depth: usize) -> Result<Part, String> {
    if depth > DEPTH_MAX {
        return Err(format!("must not be nested more than {DEPTH_MAX} levels deep"));
    }
    Ok(match value {
        DeValue::String(text) => match pieces(text)? {
            pieces if slots(&pieces).next().is_none() => Part::Value(Value::String(text.to_string())),
            pieces => Part::Text(pieces),
        },
        DeValue::Integer(number) => {
            let number = i64::from_str_radix(number.as_str(), number.radix());
            Part::Value(Value::from(number.map_err(|_| "has a number that is too large".to_owned())?))
        }
        DeValue::Float(number) => {
            let number = number.as_str().replace('_', "").parse::<Number>();
            Part::Value(Value::Number(number.map_err(|_| "has a number that JSON does not have".to_owned())?))
        }
        DeValue::Boolean(is) => Part::Value(Value::Bool(*is)),
        DeValue::Datetime(moment) => Part::Value(Value::String(moment.to_string())),
        DeValue::Array(items) => {
            Part::List(items.iter().map(|item| part(item.get_ref(), depth + 1)).collect::<Result<_, _>>()?)
        }
        DeValue::Table(members) => {
            let members = members
                .iter()
                .map(|(name, value)| Ok((name.get_ref().to_string(), part(value.get_ref(), depth + 1)?)));
            Part::Object(members.collect::<Result<_, String>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use toml::de::DeTable;

    use super::*;

    fn body(toml: &str) -> Result<BodyTemplate, String> {
        let text = format!("body = {toml}");
        let table = DeTable::parse(&text).unwrap();
        BodyTemplate::of_toml(table.get_ref().get("body").unwrap().get_ref())
    }

    #[test]
    fn r28_values_stay_texts_of_the_body_whatever_they_contain() {
        let template = body(
            "{ customer = \"{claim.id}\", open = true, max = 1_000, rate = 1.50, in = [\"a\", \"x{from}\"] }",
        )
        .unwrap();
        assert_eq!(template.slots(), ["claim.id", "from"]);
        let fill = |value: &str| template.fill(&|_| Some(value.to_owned().into()), &[]);
        for value in ["C-1", "\"}, {\"admin\": true", "../admin", "a\\u0022", "{from}", "7"] {
            let filled: Value = serde_json::from_str(&fill(value).unwrap()).unwrap();
            let expected =
                serde_json::json!({ "customer": value, "open": true, "in": ["a", format!("x{value}")] });
            for name in ["customer", "open", "in"] {
                assert_eq!(filled[name], expected[name], "{value}");
            }
            assert!(fill(value).unwrap().contains("\"max\":1000,"), "{value}");
        }
        for (value, refusal) in
            [("", Unfit::Missing), ("a\nb", Unfit::Hostile), (&*"x".repeat(300), Unfit::Hostile)]
        {
            assert_eq!(fill(value), Err(refusal));
        }
    }

    #[test]
    fn filters_have_their_type_in_a_body_and_leave_out_their_member() {
        use crate::config::{FilterSlot, SlotForm};
        let template = body(
            "{ min = \"{min}\", in = \"{in}\", of = [\"{in}\", \"x\"], open = \"{open}\", q = \"name:{q}\", deep = { a = [\"{q}\", 1] } }",
        )
        .unwrap();
        let fill = |values: &[&str]| {
            let slot = |slot: &str| {
                let form = match slot {
                    "min" => SlotForm::Number,
                    "in" => SlotForm::List,
                    "open" => SlotForm::Flag,
                    _ => SlotForm::Text,
                };
                let values = values.iter().map(|value| (*value).to_owned()).collect();
                Some(SlotValue::Filter(FilterSlot { values, form }))
            };
            template.fill(&slot, &[])
        };
        assert_eq!(fill(&[]).unwrap(), r#"{"deep":{"a":[1]},"of":["x"]}"#);
        let one = r#"{"deep":{"a":["10.50",1]},"in":["10.50"],"min":10.50,"of":["10.50","x"],"open":false,"q":"name:10.50"}"#;
        assert_eq!(fill(&["10.50"]).unwrap(), one);
        assert_eq!(fill(&["a\nb"]), Err(Unfit::Hostile));
    }

    #[test]
    fn r11_parameters_go_into_the_body_or_into_the_variables() {
        let parameters = [
            ("page.size".to_owned(), Parameter::Number(50)),
            ("after".to_owned(), Parameter::Text("b3J=".into())),
            ("q".to_owned(), Parameter::Text(String::new())),
        ];
        let none = |_: &str| None;
        let filled = body("{ page = { sort = \"id\" } }").unwrap().fill(&none, &parameters).unwrap();
        assert_eq!(filled, r#"{"page":{"sort":"id","size":50},"after":"b3J="}"#);
        let graphql = BodyTemplate::of_graphql("{ a }", None).unwrap();
        let filled = graphql.fill(&none, &parameters[1..]).unwrap();
        assert_eq!(filled, r#"{"query":"{ a }","variables":{"after":"b3J="}}"#);
        assert!(body("7").is_err() && body("{ a = \"{\" }").is_err() && body("{ a = nan }").is_err());
    }
}
