//! What a document says about the API as a whole: its title, servers and ways to be authenticated.

use serde_json::Value;
use url::Url;

use crate::{
    Proposal,
    draft::{BoardDraft, PanelDraft},
    left_out::LeftOut,
    operations::Operation,
    tree::{Tree, text, unique},
    words, write,
};

/// The longest base URL.
const URL_MAX: usize = 300;

/// The result, with what else the document says.
pub(super) fn proposal(
    tree: &Tree<'_>,
    address: Option<&str>,
    all: &[Operation<'_>],
    boards: &[BoardDraft<'_>],
    left_out: &LeftOut,
) -> Proposal {
    let empty = Value::Null;
    let info = tree.root().get("info").unwrap_or(&empty);
    let panels = boards.iter().flat_map(|board| &board.panels);
    let scopes = unique(panels.clone().flat_map(|panel| panel.scopes().iter().cloned()));
    let count = |is_commented: bool| {
        let of_rows = boards
            .iter()
            .flat_map(|board| &board.panels)
            .filter_map(PanelDraft::table)
            .flat_map(|table| &table.actions);
        of_rows
            .chain(boards.iter().flat_map(|board| &board.actions))
            .filter(|action| action.commented.is_some() == is_commented)
            .count()
    };
    Proposal {
        title: words::clean(text(info, "title"), 80),
        version: words::clean(text(info, "version"), 40),
        servers: servers(tree, address),
        scopes,
        notes: notes(tree),
        text: write::boards(boards, &further_apis(tree, all, address), left_out),
        operations: all.len(),
        boards: boards.len(),
        panels: panels
            .map(|panel| match panel {
                PanelDraft::Table(_) => 1,
                PanelDraft::Stats { stats, .. } => stats.len(),
            })
            .sum(),
        actions: count(false),
        commented: count(true),
        left_out: left_out.count(),
    }
}

/// The base URLs of the document, with the defaults of their variables.
pub(super) fn servers(tree: &Tree<'_>, address: Option<&str>) -> Vec<String> {
    let servers = tree.root().get("servers").and_then(Value::as_array).into_iter().flatten().take(20);
    unique(servers.filter_map(|server| server_url(server, address)))
}

/// The base URL of a server, with the defaults of its variables.
pub(super) fn server_url(server: &Value, address: Option<&str>) -> Option<String> {
    let base = address.and_then(|address| Url::parse(address).ok());
    let mut url = Some(text(server, "url")).filter(|url| url.len() <= URL_MAX)?.to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten().take(20)
    {
        // Each replacement multiplies lengths, so both are bounded before it.
        let value = text(variable, "default");
        if url.len() > URL_MAX || value.len() > URL_MAX || name.len() > URL_MAX {
            return None;
        }
        url = url.replace(&format!("{{{name}}}"), value);
    }
    let parsed = Url::parse(&url).ok().or_else(|| base.as_ref()?.join(&url).ok())?;
    let is_base = matches!(parsed.scheme(), "https" | "http")
        && parsed.username().is_empty()
        && parsed.password().is_none()
        && parsed.query().is_none()
        && parsed.fragment().is_none();
    let text = parsed.as_str().trim_end_matches('/').to_owned();
    (is_base && !url.contains(['{', '}']) && text.len() <= URL_MAX).then_some(text)
}

/// Ways to be authenticated that are no bearer token.
fn notes(tree: &Tree<'_>) -> Vec<String> {
    let schemes = tree
        .root()
        .get("components")
        .and_then(|components| components.get("securitySchemes"))
        .and_then(Value::as_object);
    let note = |(name, scheme): (&String, &Value)| match text(scheme, "type") {
        "apiKey" if text(scheme, "in") == "header" => Some(format!(
            "The document names a key in the header `{}` ({name}). If the API needs it beside the user's token, set it in [api_headers].",
            text(scheme, "name")
        )),
        "http" if text(scheme, "scheme").eq_ignore_ascii_case("basic") => Some(format!(
            "The document names HTTP Basic authentication ({name}); Claimcheck sends the user's access token."
        )),
        "mutualTLS" => {
            Some(format!("The document names mutual TLS ({name}), which Claimcheck does not support."))
        }
        _ => None,
    };
    let exhausted = tree.is_exhausted().then(|| {
        "The schemas of the document refer to each other too often; a part of them was not looked at."
            .to_owned()
    });
    let of_schemes = schemes
        .into_iter()
        .flatten()
        .take(50)
        .filter_map(note)
        .map(|note| words::comment_text(&note))
        .take(5);
    exhausted.into_iter().chain(of_schemes).collect()
}

/// Further APIs: the servers of single operations, which a provider may know by scopes. How it knows them is not in the
/// document, so they are commented out.
fn further_apis(tree: &Tree<'_>, all: &[Operation<'_>], address: Option<&str>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut known = servers(tree, address);
    for operation in all {
        let url = operation.server.and_then(|server| server_url(server, address));
        let Some(url) = url.filter(|url| !known.contains(url) && known.len() < 20) else { continue };
        let host =
            Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let of_it = all.iter().filter(|other| {
            other.server.and_then(|server| server_url(server, address)).as_ref() == Some(&url)
        });
        let scopes = unique(of_it.flat_map(|other| &other.scopes).map(|scope| (*scope).to_owned()));
        lines.extend(write::further_api(&host, &url, &scopes));
        known.push(url);
    }
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nw_01_variables_of_servers_cannot_grow() {
        let url = "{a}".repeat(90);
        let server = |value: &str| json!({ "url": url, "variables": { "a": { "default": value } } });
        assert_eq!(server_url(&server(&"x".repeat(1 << 20)), Some("https://api.example.com/")), None);
        assert_eq!(server_url(&server(&"x".repeat(300)), Some("https://api.example.com/")), None);
        assert_eq!(
            server_url(&json!({ "url": format!("https://a.example/{}", "x".repeat(300)) }), None),
            None
        );
        let twice = json!({ "url": "https://{a}.example.com/{b}/", "variables": { "a": { "default": "eu" }, "b": { "default": "v1" } } });
        assert_eq!(server_url(&twice, None).as_deref(), Some("https://eu.example.com/v1"));
    }
}
