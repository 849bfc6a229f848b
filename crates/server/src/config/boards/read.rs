//! The request of a panel: a `GET`, or a `POST` that only reads, such as a search or a GraphQL query.

use std::sync::Arc;

use apollo_parser::{
    Parser,
    cst::{Definition, OperationDefinition},
};

use super::{
    FilterSetting, PERIOD_SLOTS, Template, Unfit,
    body::{BodyTemplate, Parameter},
    filter::find_filter,
    job::{self, JobSetting},
    slot::SlotValue,
    subject::BoardSlots,
    template::with_parameters,
};
use crate::config::{
    apis::Names,
    claim_slots::claim_name,
    key_rule::{
        Condition::{Has, HasNot},
        KeyRule::{self, AnyOf, If, NoneOf},
    },
    reader::{REMOVE_IT, REMOVE_ONE, TomlTable},
    toml_key::{TomlKey, json, text},
};

/// The keys of these settings.
pub(super) static KEYS: [TomlKey; 6] = [
    text("get", "path and query of the request, below the API's base URL, such as `/orders?open=1`"),
    text("post", "path of a `POST` that only reads, such as a search; in place of `get`"),
    json("body", "the JSON that the `POST` sends"),
    text("query", "a GraphQL query; in place of `body`"),
    json("variables", "the variables of the GraphQL query"),
    job::key_of_read(),
];
/// How they belong together.
pub(super) static RULES: [KeyRule; 6] = [
    If(Has("post"), &[NoneOf(&["get"])]),
    If(HasNot("post"), &[NoneOf(&["body", "query", "variables"])]),
    If(Has("post"), &[AnyOf(&["body", "query"])]),
    If(Has("body"), &[NoneOf(&["query", "variables"])]),
    If(Has("variables"), &[AnyOf(&["query"])]),
    If(Has("job"), &[AnyOf(&["get", "post"])]),
];
const DOCUMENT_MAX_CHARS: usize = 20_000;

/// What a panel asks of its API.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadSetting {
    pub path: Template,
    /// The body of a `POST`; without one it is a `GET`.
    pub body: Option<BodyTemplate>,
    /// How the API says that it has finished, if it needs time.
    pub job: Option<Arc<JobSetting>>,
}

impl ReadSetting {
    /// The method of its request, for the log.
    pub fn method(&self) -> &'static str {
        if self.body.is_some() { "POST" } else { "GET" }
    }

    /// The names of all slots.
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        self.path.slots().chain(self.body.iter().flat_map(BodyTemplate::slots))
    }

    /// The names of the parameters that it sets itself: in the query, or in the body.
    pub fn parameters(&self) -> Vec<String> {
        match &self.body {
            Some(body) => body.names(),
            None => self.path.parameters(),
        }
    }

    /// Whether the answer may report errors of GraphQL.
    pub fn is_graphql(&self) -> bool {
        self.body.as_ref().is_some_and(BodyTemplate::is_graphql)
    }

    /// Path and body with these values in the slots, and these parameters.
    ///
    /// # Errors
    /// As [`Template::fill`].
    pub fn fill(
        &self,
        value: &dyn Fn(&str) -> Option<SlotValue>,
        parameters: &[(String, Parameter)],
    ) -> Result<(String, Option<String>), Unfit> {
        let path = self.path.fill_slots(value)?;
        match &self.body {
            Some(body) => Ok((path, Some(body.fill(value, parameters)?))),
            None => Ok((with_parameters(&path, parameters), None)),
        }
    }
}

/// Reads `get`, or `post` with its body. Its slots are those of the period, if the board has one, filters, and claims.
pub(super) fn read(
    at: &mut TomlTable<'_, '_>,
    of_board: &BoardSlots,
    filters: &[FilterSetting],
    names: &Names,
) -> Option<ReadSetting> {
    let job = job::read_of_read(at).map(Arc::new);
    let read = match at.has("post") {
        false => {
            refuse_body(at);
            at.required("get", Template::parse).map(|path| (path, None))
        }
        true => read_post(at).map(|(path, body)| (path, Some(body))),
    };
    let read = read.map(|(path, body)| ReadSetting { path, body, job });
    if let Some((key, message)) = read.as_ref().and_then(|read| slot_problem(read, of_board, filters, names))
    {
        at.problem_with(key, message, "name a placeholder that is filled here, or remove it");
    }
    if let Some((key, message)) = read.as_ref().and_then(|read| filter_problem(read, filters)) {
        at.problem(key, message);
    }
    let is_of_period = |slot: &str| PERIOD_SLOTS.contains(&slot);
    if let Some(read) = read.as_ref().filter(|read| !of_board.has_period && read.slots().any(is_of_period)) {
        let key = if read.body.is_some() { "post" } else { "get" };
        let message = "has placeholders for a period, but the board has no [board.period]";
        at.problem_with(
            key,
            message,
            "add [board.period] with `choices` to the board, or remove the placeholders",
        );
    }
    read
}

/// Reports the parts of a `POST` without one.
pub(super) fn refuse_body(at: &mut TomlTable<'_, '_>) {
    for key in ["body", "query", "variables"] {
        if at.has(key) {
            at.problem_with(key, "belongs to `post`, but this panel has none", REMOVE_IT);
        }
    }
}

/// The first slot that nothing fills: its key, and what is wrong.
fn slot_problem(
    read: &ReadSetting,
    of_board: &BoardSlots,
    filters: &[FilterSetting],
    names: &Names,
) -> Option<(&'static str, String)> {
    let (path_key, body_key) = keys(read);
    let of_path = read.path.slots().map(|slot| (path_key, slot));
    let of_body = read.body.iter().flat_map(BodyTemplate::slots).map(|slot| (body_key, slot));
    of_path.chain(of_body).find_map(|(key, slot)| Some((key, unknown_slot(slot, of_board, filters, names)?)))
}

/// What is wrong with a slot that nothing fills.
fn unknown_slot(
    slot: &str,
    of_board: &BoardSlots,
    filters: &[FilterSetting],
    names: &Names,
) -> Option<String> {
    if claim_name(slot).is_some() {
        names.claims().check(slot).err()
    } else if of_board.is_of_subject(slot) {
        None
    } else if slot.starts_with("subject.") {
        Some(format!("has the placeholder {{{slot}}}, but the board has no [board.subject]"))
    } else if !PERIOD_SLOTS.contains(&slot) && find_filter(filters, slot).is_none() {
        Some(format!(
            "has the unknown placeholder {{{slot}}}; available: {{from}}, {{to}}, {{until}}, {}claims such as \
             {{claim.customer_id}}, and filters of the board",
            filters.iter().map(|filter| format!("{{{}}}, ", filter.key)).collect::<String>()
        ))
    } else {
        None
    }
}

/// What is wrong with a slot of a text of the settings.
pub(super) fn slot_message(
    slot: &str,
    of_board: &BoardSlots,
    filters: &[FilterSetting],
    names: &Names,
) -> Option<String> {
    match PERIOD_SLOTS.contains(&slot) && !of_board.has_period {
        true => Some("has placeholders for a period, but the board has no [board.period]".to_owned()),
        false => unknown_slot(slot, of_board, filters, names),
    }
}

/// The keys of the settings for the path and for the body.
fn keys(read: &ReadSetting) -> (&'static str, &'static str) {
    let path = if read.body.is_some() { "post" } else { "get" };
    (path, if read.is_graphql() { "variables" } else { "body" })
}

/// The first filter at a place where it cannot be: its key, and what is wrong.
fn filter_problem(read: &ReadSetting, filters: &[FilterSetting]) -> Option<(&'static str, String)> {
    let (path_key, body_key) = keys(read);
    let is_multiple = |slot: &str| find_filter(filters, slot).map(|(_, filter)| filter.is_multiple());
    let of_path = read.path.check_filters(&is_multiple).err().map(|message| (path_key, message));
    let of_body = || {
        let body = read.body.as_ref()?;
        body.check_filters(&|slot| is_multiple(slot).is_some()).err().map(|message| (body_key, message))
    };
    of_path.or_else(of_body)
}

fn read_post(at: &mut TomlTable<'_, '_>) -> Option<(Template, BodyTemplate)> {
    if at.has("get") {
        at.problem_with("post", "cannot be combined with `get`: a panel makes one request", REMOVE_ONE);
    }
    let path = at.required("post", Template::parse);
    let body = match (at.value("body"), at.has("query")) {
        (Some(_), true) => {
            at.problem_with(
                "body",
                "cannot be combined with `query`: a GraphQL request has `query` and `variables`",
                REMOVE_ONE,
            );
            None
        }
        (Some(value), false) => {
            if at.has("variables") {
                at.problem_with("variables", "belongs to `query`, but this panel has none", REMOVE_IT);
            }
            BodyTemplate::of_toml(value).map_err(|message| at.problem("body", message)).ok()
        }
        (None, true) => {
            let query = at.optional("query", |text| check_document(text).map(|()| text.to_owned()));
            let variables = at.value("variables");
            query.and_then(|query| {
                let body = BodyTemplate::of_graphql(&query, variables);
                body.map_err(|message| at.problem("variables", message)).ok()
            })
        }
        (None, false) => {
            at.problem(
                "body",
                "is missing: the JSON to send, such as { status = \"open\" }, or `query` for GraphQL",
            );
            None
        }
    };
    Some((path?, body?))
}

/// Checks that a GraphQL document is one query: neither a mutation nor a subscription (GraphQL 6.2).
fn check_document(text: &str) -> Result<(), String> {
    if text.chars().count() > DOCUMENT_MAX_CHARS {
        return Err(format!("must have at most {DOCUMENT_MAX_CHARS} characters"));
    }
    let tree = Parser::new(text).parse();
    if let Some(error) = tree.errors().next() {
        return Err(format!("is not a GraphQL document: {} at character {}", error.message(), error.index()));
    }
    let is_query = |operation: &OperationDefinition| {
        operation.operation_type().is_none_or(|kind| kind.query_token().is_some())
    };
    let mut operations = 0;
    for definition in tree.document().definitions() {
        match definition {
            Definition::OperationDefinition(operation) if is_query(&operation) => operations += 1,
            Definition::FragmentDefinition(_) => {}
            _ => return Err("must be a query: panels only read, so mutations belong to actions".to_owned()),
        }
    }
    match operations {
        1 => Ok(()),
        _ => Err("must contain exactly one query".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::check_document;

    #[test]
    fn r09_only_a_query_of_graphql_is_a_read() {
        for good in [
            "{ orders { id } }",
            "query { orders { id } }",
            "query Orders($after: String = \"mutation\") { orders(after: $after) { ...Row } } fragment Row on Order { id }",
            "# mutation\nquery A { mutation: orders { id } }",
        ] {
            assert_eq!(check_document(good), Ok(()), "{good}");
        }
        for bad in [
            "mutation { ship(id: 7) { id } }",
            "query A { a } mutation B { b }",
            "mutation B { b } query A { a }",
            "subscription { orders { id } }",
            "query A { a } query B { b }",
            "fragment Row on Order { id }",
            "type Order { id: ID }",
            "extend type Query { a: Int }",
            "query A { a } schema { query: Q }",
            "{ orders { id }",
            "",
            "mutation\u{feff} { a }",
            "quer\u{79} { a } \n,,, mutation { b }",
        ] {
            assert!(check_document(bad).is_err(), "{bad}");
        }
    }
}
