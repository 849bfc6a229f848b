//! The operations of a document: method, path, parameters, body, answer, and what they need.

use serde_json::Value;

use crate::{
    tree::{Broken, Tree, flag, reference, text, texts},
    words,
};

/// More operations are not looked at.
pub(super) const OPERATIONS_MAX: usize = 5_000;

/// The methods that panels and actions can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

pub(super) const VERBS: [(Verb, &str); 5] = [
    (Verb::Get, "get"),
    (Verb::Post, "post"),
    (Verb::Put, "put"),
    (Verb::Patch, "patch"),
    (Verb::Delete, "delete"),
];

/// A part of a path between slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    Fixed(String),
    Slot(String),
    /// Both, such as `thumbnail.{extension}`.
    Mixed,
}

/// A parameter outside the path.
#[derive(Clone, Debug)]
pub(super) struct Parameter<'a> {
    pub(super) name: &'a str,
    pub(super) is_in_query: bool,
    pub(super) is_required: bool,
    pub(super) schema: Option<&'a Value>,
}

/// A body of a request or of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content<'a> {
    None,
    /// JSON, with its schema if there is one.
    Json(Option<&'a Value>),
    /// Of another type.
    Other(&'a str),
    Broken(Broken),
}

/// An operation.
#[derive(Clone, Debug)]
pub(super) struct Operation<'a> {
    pub(super) verb: Verb,
    pub(super) path: &'a str,
    pub(super) segments: Vec<Segment>,
    pub(super) tag: &'a str,
    pub(super) is_deprecated: bool,
    pub(super) parameters: Vec<Parameter<'a>>,
    pub(super) body: Content<'a>,
    pub(super) is_body_required: bool,
    pub(super) answer: Content<'a>,
    /// The names of the headers of the answer.
    pub(super) headers: Vec<&'a str>,
    pub(super) scopes: Vec<&'a str>,
    /// Its own server, if it is not that of the document.
    pub(super) server: Option<&'a Value>,
}

impl Operation<'_> {
    /// As a comment names it.
    pub(super) fn label(&self) -> String {
        let verb = VERBS.iter().find(|(verb, _)| *verb == self.verb).map_or("", |(_, name)| name);
        words::comment_text(&format!("{} {}", verb.to_uppercase(), self.path))
    }

    /// The names in its path.
    pub(super) fn slots(&self) -> Vec<&str> {
        self.segments
            .iter()
            .filter_map(|segment| match segment {
                Segment::Slot(name) => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }
}

/// All operations, in the order of the document.
pub(super) fn list<'a>(tree: &Tree<'a>) -> Vec<Operation<'a>> {
    let root = tree.root();
    let mut operations = Vec::new();
    for (path, item) in tree.members(root, "paths") {
        let Ok(target) = tree.follow(item) else { continue };
        for (verb, name) in VERBS {
            if let Some(node) = target.get(name).filter(|node| node.is_object()) {
                if operations.len() >= OPERATIONS_MAX {
                    return operations;
                }
                operations.push(operation(tree, verb, path, target, node));
            }
        }
    }
    operations
}

fn operation<'a>(
    tree: &Tree<'a>,
    verb: Verb,
    path: &'a str,
    item: &'a Value,
    node: &'a Value,
) -> Operation<'a> {
    let (answer, headers) = answer(tree, node);
    let body = node.get("requestBody").map(|body| tree.follow(body));
    let server =
        [node, item].into_iter().find_map(|place| place.get("servers").and_then(|servers| servers.get(0)));
    Operation {
        verb,
        path,
        segments: segments(path),
        tag: texts(node, "tags").next().unwrap_or_default(),
        is_deprecated: flag(node, "deprecated"),
        parameters: parameters(tree, item, node),
        is_body_required: matches!(body, Some(Ok(body)) if flag(body, "required")),
        body: match body {
            None => Content::None,
            Some(Ok(body)) => content(body),
            Some(Err(broken)) => Content::Broken(broken),
        },
        answer,
        headers,
        scopes: scopes(tree, node),
        server,
    }
}

/// The parts of a path.
fn segments(path: &str) -> Vec<Segment> {
    let parts = path.trim_matches('/').split('/').filter(|part| !part.is_empty());
    parts
        .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if !name.is_empty() && !name.contains(['{', '}']) => Segment::Slot(name.to_owned()),
            _ if part.contains(['{', '}']) => Segment::Mixed,
            _ => Segment::Fixed(part.to_owned()),
        })
        .collect()
}

/// The parameters of an operation and those of its path, without those in the path itself.
fn parameters<'a>(tree: &Tree<'a>, item: &'a Value, node: &'a Value) -> Vec<Parameter<'a>> {
    let mut parameters: Vec<Parameter<'a>> = Vec::new();
    let lists =
        [node, item].into_iter().filter_map(|place| place.get("parameters").and_then(Value::as_array));
    for parameter in lists.flatten().take(500).filter_map(|parameter| tree.follow(parameter).ok()) {
        let (name, place) = (text(parameter, "name"), text(parameter, "in"));
        let is_known =
            parameters.iter().any(|known| known.name == name && known.is_in_query == (place == "query"));
        if name.is_empty() || is_known || !matches!(place, "query" | "header" | "cookie") {
            continue;
        }
        let of_content = tree.members(parameter, "content").next().and_then(|(_, media)| media.get("schema"));
        parameters.push(Parameter {
            name,
            is_in_query: place == "query",
            is_required: flag(parameter, "required"),
            schema: parameter.get("schema").or(of_content),
        });
    }
    parameters
}

/// The JSON of a body, or the type that it has instead.
fn content(node: &Value) -> Content<'_> {
    let types = node.get("content").and_then(Value::as_object);
    let mut types = types.into_iter().flatten().peekable();
    let Some((first, _)) = types.peek().copied() else { return Content::None };
    let json = types.find(|(name, _)| {
        let name = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        name == "application/json" || (name.starts_with("application/") && name.ends_with("+json"))
    });
    match json {
        Some((_, media)) => Content::Json(media.get("schema")),
        None if first == "*/*" => Content::Json(None),
        None => Content::Other(first),
    }
}

/// The answer of a request that succeeds, and the names of its headers.
fn answer<'a>(tree: &Tree<'a>, node: &'a Value) -> (Content<'a>, Vec<&'a str>) {
    let mut answers: Vec<_> = tree
        .members(node, "responses")
        .filter(|(code, _)| code.starts_with('2') || *code == "default")
        .collect();
    // 200 before 201, 2XX and default.
    answers.sort_by_key(|(code, _)| match *code {
        "default" => "3".to_owned(),
        code => code.to_ascii_lowercase(),
    });
    let mut found = (Content::None, Vec::new());
    for (_, answer) in answers {
        match tree.follow(answer) {
            Ok(answer) => {
                let content = content(answer);
                let headers = tree.members(answer, "headers").map(|(name, _)| name).collect();
                if matches!(content, Content::Json(_)) {
                    return (content, headers);
                }
                if matches!(found.0, Content::None) {
                    found = (content, headers);
                }
            }
            Err(broken) => found.0 = Content::Broken(broken),
        }
    }
    found
}

/// The scopes of an operation: those of the first alternative with OAuth 2.0 or OpenID Connect.
fn scopes<'a>(tree: &Tree<'a>, node: &'a Value) -> Vec<&'a str> {
    let security = node.get("security").or_else(|| tree.root().get("security")).and_then(Value::as_array);
    let alternatives = security.map(Vec::as_slice).unwrap_or_default();
    if alternatives.iter().any(|alternative| alternative.as_object().is_some_and(serde_json::Map::is_empty)) {
        return Vec::new();
    }
    let of_oauth = |name: &str| {
        let schemes = tree.root().get("components").and_then(|components| components.get("securitySchemes"));
        let scheme =
            schemes.and_then(|schemes| schemes.get(name)).and_then(|scheme| tree.follow(scheme).ok());
        scheme.is_some_and(|scheme| matches!(text(scheme, "type"), "oauth2" | "openIdConnect"))
    };
    let scopes = |alternative: &'a Value| {
        let schemes = alternative.as_object().into_iter().flatten();
        let lists = schemes
            .filter(|(name, _)| of_oauth(name))
            .map(|(_, scopes)| scopes.as_array().into_iter().flatten());
        let scopes: Vec<_> =
            lists.flatten().filter_map(Value::as_str).filter(|scope| is_scope(scope)).collect();
        Some(scopes).filter(|scopes| !scopes.is_empty())
    };
    alternatives.iter().find_map(scopes).unwrap_or_default()
}

/// A scope (RFC 6749 3.3) of a sensible length.
fn is_scope(scope: &str) -> bool {
    !scope.is_empty()
        && scope.len() <= 200
        && scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

/// The references in `paths` that lead nowhere.
pub(super) fn broken_paths<'a>(tree: &Tree<'a>) -> Vec<(&'a str, Broken)> {
    let items = tree.members(tree.root(), "paths").filter(|(_, item)| reference(item).is_some());
    items.filter_map(|(path, item)| tree.follow(item).err().map(|broken| (path, broken))).collect()
}
