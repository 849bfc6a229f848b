//! Collections and what belongs to them, by their paths: `/orders`, `/orders/{id}`, `/orders/{id}/ship`.

use crate::{
    operations::{Operation, Segment},
    rows::joined,
    schema::{Is, Shape},
    tree::Tree,
    words,
};

/// Parts of a path that name no resource.
fn is_prefix(text: &str) -> bool {
    let is_version = text
        .strip_prefix(['v', 'V'])
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == '.'));
    is_version || matches!(text, "api" | "rest" | "public" | "-")
}

/// The parts of a path that name a resource, without prefixes such as `/api/v1`.
pub(super) fn names(operation: &Operation<'_>) -> Vec<String> {
    let fixed = operation.segments.iter().filter_map(|segment| match segment {
        Segment::Fixed(text) => Some(text.clone()),
        _ => None,
    });
    fixed.skip_while(|text| is_prefix(text)).collect()
}

/// The name of a collection: the last part of its path, with the one before if it says nothing alone.
pub(super) fn resource(operation: &Operation<'_>) -> String {
    let names = names(operation);
    match names.as_slice() {
        [last] if last.eq_ignore_ascii_case("search") => "search_results".to_owned(),
        // `/templates/global` has global templates.
        [.., before, last]
            if words::is_plural(before)
                && !words::is_plural(last)
                && !is_vague(last)
                && !last.starts_with('@') =>
        {
            format!("{last} {before}")
        }
        [.., before, last] if is_vague(last) => {
            format!("{before} {}", if last == "items" || last == "entries" { last } else { "" })
                .trim()
                .to_owned()
        }
        [.., last] => last.clone(),
        [] => "entries".to_owned(),
    }
}

/// Whether an operation is about the API itself: signing in, tokens, health.
pub(super) fn is_technical(operation: &Operation<'_>) -> bool {
    let known = [
        "oauth",
        "oauth2",
        ".well-known",
        "auth",
        "login",
        "logout",
        "authorize",
        "token",
        "health",
        "healthz",
        "ready",
        "live",
        "ping",
        "metrics",
        "version",
        "jwks",
    ];
    names(operation).first().is_some_and(|first| known.contains(&first.to_ascii_lowercase().as_str()))
}

fn is_vague(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "items" | "list" | "all" | "entries" | "index" | "search" | "results" | "data" | "query"
    )
}

/// The part of a path after a collection, if it begins with it.
pub(super) fn after<'o>(operation: &'o Operation<'_>, collection: &[Segment]) -> Option<&'o [Segment]> {
    operation.segments.strip_prefix(collection)
}

/// The member of a row for the slot of a path: `id` for `{order_id}`.
pub(super) fn row_member(
    tree: &Tree<'_>,
    row: &Shape<'_>,
    key: Option<&str>,
    slot: &str,
    resource: &str,
) -> Option<String> {
    let fits = |name: &str| {
        row.member(tree, name).is_some_and(|shape| matches!(shape.is, Is::Text | Is::Whole | Is::Anything))
            && words::is_member(name)
    };
    let by_name = |wanted: &str| {
        row.members
            .iter()
            .map(|(name, _)| *name)
            .find(|name| joined(name) == wanted && fits(name))
            .map(str::to_owned)
    };
    let wanted = joined(slot);
    let one = joined(&words::words(resource).last().map(|word| words::singular(word)).unwrap_or_default());
    // `{order_gid}` is the `gid` of an order, unless an order has an `order_gid`.
    let end = ["gid", "uuid", "guid", "id", "key", "name", "code", "number", "slug"]
        .iter()
        .find(|end| wanted.ends_with(**end));
    let is_of_resource = end.and_then(|end| wanted.strip_suffix(end)).is_some_and(|start| {
        start.is_empty() || start == one || one.ends_with(start) || start.ends_with(&one)
    });
    let of_end = || end.filter(|_| is_of_resource).and_then(|end| by_name(end));
    let of_key = || key.filter(|key| fits(key) && (wanted == one || is_of_resource)).map(str::to_owned);
    by_name(&wanted).or_else(of_end).or_else(of_key)
}

/// The path of a request: the row's member in its slot, and the parameters that have one value. `None` if the settings
/// accept no such path.
pub(super) fn path(
    operation: &Operation<'_>,
    key: Option<&str>,
    fixed: &[(String, String)],
) -> Option<String> {
    if operation.segments.contains(&Segment::Mixed) {
        return None;
    }
    let mut path = String::new();
    for segment in &operation.segments {
        path.push('/');
        match segment {
            Segment::Fixed(text) => path.push_str(text),
            Segment::Slot(_) => {
                path.push('{');
                path.push_str(key?);
                path.push('}');
            }
            Segment::Mixed => return None,
        }
    }
    if operation.path.len() > 1 && operation.path.ends_with('/') {
        path.push('/');
    }
    let is_sent = path.len() > 1
        && path.len() <= 500
        && path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#?\"'<>`^|".contains(&byte))
        && !path.contains("//")
        && !has_dots(&path);
    if !is_sent {
        return None;
    }
    for (at, (name, value)) in fixed.iter().enumerate() {
        path.push(if at == 0 { '?' } else { '&' });
        path.push_str(&encoded(name));
        path.push('=');
        path.push_str(&encoded(value));
    }
    Some(path)
}

/// Whether a path has dot segments in any reading; names with two dots in a row are refused as well.
fn has_dots(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    lower.contains("..")
        || lower.contains("/./")
        || lower.ends_with("/.")
        || lower.contains("%2e")
        || lower.contains("%25")
        || lower.contains("%2f")
        || lower.contains("%5c")
}

/// A text in a query.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operations;

    #[test]
    fn nw_03_paths_are_those_that_settings_accept() {
        for (path, expected) in [
            ("/orders", Some("/orders?a%20b=1%262")),
            ("/api/v1/orders/", Some("/api/v1/orders/?a%20b=1%262")),
            ("/orders/{order_id}/ship", Some("/orders/{id}/ship?a%20b=1%262")),
            ("/orders#draft", None),
            ("/a/../b", None),
            ("/a/%2e%2e/b", None),
            ("/thumbnail.{extension}", None),
            ("/é", None),
            ("/a b", None),
            ("/", None),
            ("/a?b=c", None),
            ("/{}", None),
            ("/{a}{b}", None),
        ] {
            let root = json!({ "paths": { path: { "get": {} } } });
            let tree = Tree::new(&root);
            let operations = operations::list(&tree);
            let found = super::path(&operations[0], Some("id"), &[("a b".into(), "1&2".into())]);
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn nw_05_the_slot_of_a_path_is_a_member_of_the_row() {
        let root = json!({ "properties": { "id": { "type": "integer" }, "gid": { "type": "string" }, "code": { "type": "string" }, "owner": {} } });
        let tree = Tree::new(&root);
        let row = Shape::of(&tree, &[&root]);
        for (slot, expected) in [
            ("id", Some("id")),
            ("order_id", Some("id")),
            ("orderId", Some("id")),
            ("order_gid", Some("gid")),
            ("code", Some("code")),
            ("order", Some("gid")),
            ("customer_id", None),
            ("tenant", None),
        ] {
            assert_eq!(row_member(&tree, &row, Some("gid"), slot, "orders").as_deref(), expected, "{slot}");
        }
    }
}
