//! The JSON object of a request, made of the members of an action: each at its path. Knows which path each field was sent
//! at, so that errors of the API find their field.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{
    api::{FieldProblem, letters},
    config::{FieldSetting, Step},
};

/// What a person or the row filled in for one field.
pub(super) struct Member<'a> {
    pub field: &'a FieldSetting,
    /// `None` if it is left out.
    pub value: Option<Value>,
}

/// The body of a request, and the paths of its fields.
pub(super) struct Body {
    pub json: Value,
    pub sent: SentFields,
}

/// The fields of a request: their keys, their paths in the body that was sent, and whether they have an input.
#[derive(Clone, Debug, Default)]
pub(super) struct SentFields(Vec<SentField>);

#[derive(Clone, Debug)]
struct SentField {
    key: String,
    path: Vec<String>,
    is_input: bool,
    /// Its entry of a list was left out of the body.
    is_left_out: bool,
}

/// What names around a body are called in the paths of APIs.
const WRAPPERS: [&str; 7] = ["body", "data", "attributes", "json", "request", "payload", "input"];

/// Puts the members into one object. An object and a list without a member are left out, and an entry of a list in which
/// nothing was filled in; the entries after it move up.
pub(super) fn assemble(members: &[Member<'_>]) -> Body {
    let all: Vec<&Member<'_>> = members.iter().collect();
    let mut moved = Vec::new();
    let json = node(&all, 0, &mut Vec::new(), &mut moved).unwrap_or_else(|| Value::Object(Map::new()));
    let sent = |member: &Member<'_>| {
        let at = moved.iter().find(|(key, _)| *key == member.field.key).map(|(_, path)| path.clone());
        SentField {
            key: member.field.key.clone(),
            is_input: member.field.kind.is_input(),
            is_left_out: at.is_none(),
            path: at.unwrap_or_else(|| member.field.path.steps().iter().map(name).collect()),
        }
    };
    Body { json, sent: SentFields(members.iter().map(sent).collect()) }
}

/// The value at the place that the first `depth` steps of all these members lead to. `at` is its path in the body, and
/// `moved` gets the path of each member that is in the body or would be, unless its entry is left out.
fn node(
    members: &[&Member<'_>],
    depth: usize,
    at: &mut Vec<String>,
    moved: &mut Vec<(String, Vec<String>)>,
) -> Option<Value> {
    let first = members.first()?;
    if first.field.path.steps().len() == depth {
        moved.push((first.field.key.clone(), at.clone()));
        return first.value.clone();
    }
    let mut parts: Vec<(&Step, Vec<&Member<'_>>)> = Vec::new();
    for member in members {
        let Some(step) = member.field.path.steps().get(depth) else { continue };
        match parts.iter_mut().find(|(known, _)| *known == step) {
            Some((_, part)) => part.push(member),
            None => parts.push((step, vec![member])),
        }
    }
    if parts.iter().any(|(step, _)| matches!(step, Step::Entry(_))) {
        parts.sort_by_key(|(step, _)| *step);
        let mut entries = Vec::new();
        for (_, part) in parts.iter().filter(|(_, part)| is_filled_in(part)) {
            at.push(entries.len().to_string());
            entries.extend(node(part, depth + 1, at, moved));
            at.pop();
        }
        return (!entries.is_empty()).then_some(Value::Array(entries));
    }
    let mut object = Map::new();
    for (step, part) in &parts {
        let name = name(step);
        at.push(name.clone());
        if let Some(value) = node(part, depth + 1, at, moved) {
            object.insert(name, value);
        }
        at.pop();
    }
    (!object.is_empty()).then_some(Value::Object(object))
}

/// Whether an entry of a list has a value that is not fixed, unless it has only fixed ones.
fn is_filled_in(entry: &[&Member<'_>]) -> bool {
    let mut open = entry.iter().filter(|member| !member.field.kind.is_fixed()).peekable();
    open.peek().is_none() || open.any(|member| member.value.is_some())
}

fn name(step: &Step) -> String {
    match step {
        Step::Member(name) => name.clone(),
        Step::Entry(position) => position.to_string(),
    }
}

impl SentFields {
    /// The problems by the keys of their fields. A problem that fits several fields is that of the closest one, and a field
    /// has the problem that fits it best.
    pub(super) fn problems(&self, found: &[FieldProblem]) -> BTreeMap<String, String> {
        let mut fits: Vec<(u8, &SentField, &FieldProblem)> =
            found.iter().filter_map(|problem| self.closest(problem)).collect();
        fits.sort_by_key(|(distance, _, _)| *distance);
        let mut problems = BTreeMap::new();
        for (_, field, problem) in fits {
            problems.entry(field.key.clone()).or_insert_with(|| problem.text.clone());
        }
        problems
    }

    fn closest<'s, 'p>(&'s self, problem: &'p FieldProblem) -> Option<(u8, &'s SentField, &'p FieldProblem)> {
        let far = |field: &SentField| {
            let distance = distance(&field.path, &problem.path, problem.has_place_before)?;
            // Where an entry was left out, another one may have its place.
            Some((distance, field.is_left_out, !field.is_input))
        };
        let fits = self.0.iter().filter_map(|field| Some((far(field)?, field)));
        let ((distance, ..), field) = fits.min_by_key(|(far, _)| *far)?;
        Some((distance, field, problem))
    }
}

/// How far the path of a problem is from that of a field: less is better, `None` if it is another one.
fn distance(field: &[String], problem: &[String], has_place_before: bool) -> Option<u8> {
    // An API may write `postCode` for `post_code`.
    let plain = |names: &[String]| names.iter().map(|name| letters(name)).collect::<Vec<_>>();
    let same = |one: &[String], other: &[String]| plain(one) == plain(other);
    let inner = problem.iter().position(|name| !WRAPPERS.contains(&letters(name).as_str()));
    let inner = problem.get(inner.unwrap_or_default()..).unwrap_or_default();
    let begins_with = |long: &[String], short: &[String]| {
        !short.is_empty() && long.get(..short.len()).is_some_and(|begin| same(begin, short))
    };
    let ends_with = || {
        let begin = problem.len().checked_sub(field.len());
        begin.and_then(|begin| problem.get(begin..)).is_some_and(|end| same(end, field))
    };
    Some(match () {
        () if field == problem => 0,
        () if same(field, problem) => 1,
        () if same(field, inner) => 2,
        // Of a list of names, the first ones may say where the body is.
        () if has_place_before && ends_with() => 3,
        // Within the value of the field.
        () if begins_with(problem, field) || begins_with(inner, field) => 4,
        // About an object: at its first field.
        () if begins_with(field, inner) => 5,
        // Some APIs name the member alone.
        () if inner.len() == 1 && field.len() > 1 && same(inner, field.get(field.len() - 1..)?) => 6,
        () => return None,
    })
}
