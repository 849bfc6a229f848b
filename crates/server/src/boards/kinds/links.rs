//! The URL of a next page, as an API sends it. It is compared with the API's base, and taken apart: only parameters go into
//! the next request, and none that the panel sets itself.

use claimcheck_session::Keyring;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::config::Api;

/// What page names are sealed for: only links that an API sent can bring parameters.
const CONTEXT: &str = "page of a table";
/// More parameters are no page.
const PARAMETERS_MAX: usize = 20;

/// Why a URL is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotFollowed {
    #[error("it is not a URL")]
    NotUrl,
    #[error("it is not below the API's base URL")]
    Foreign,
    #[error("it has no parameter that the panel does not set itself")]
    Nothing,
    #[error("it is too long")]
    TooLong,
}

/// The parameters of a URL that the API at this base sent in answer to the request at `path`.
///
/// # Errors
/// [`NotFollowed`] if it leads elsewhere.
pub(super) fn parameters(api: &Api, path: &str, link: &str) -> Result<Vec<(String, String)>, NotFollowed> {
    let base = api.url.as_str().trim_end_matches('/');
    let request = Url::parse(&format!("{base}{path}")).map_err(|_| NotFollowed::NotUrl)?;
    let url = request.join(link.trim()).map_err(|_| NotFollowed::NotUrl)?;
    let base_path = api.url.path().trim_end_matches('/');
    let below = url.path().strip_prefix(base_path);
    let is_below = below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let is_plain = url.username().is_empty() && url.password().is_none();
    if url.origin() != api.url.origin() || !is_below || !is_plain {
        return Err(NotFollowed::Foreign);
    }
    Ok(url.query_pairs().into_owned().collect())
}

/// Whether a value is a URL rather than a cursor, for an API that takes a cursor in this parameter.
pub(super) fn is_link(value: &str, parameter: &str) -> bool {
    let is_absolute = ["http://", "https://"]
        .iter()
        .any(|scheme| value.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    let names_parameter = || {
        let query = value.split_once('?').map_or("", |(_, query)| query);
        url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == parameter)
    };
    is_absolute || (value.starts_with(['/', '?']) && names_parameter())
}

/// The target with `rel="next"` in the values of `Link` headers (RFC 8288 3).
pub(super) fn next_of_header<'a>(values: impl Iterator<Item = &'a str>) -> Option<String> {
    values.filter_map(next_target).next().map(str::to_owned)
}

fn next_target(value: &str) -> Option<&str> {
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, after) = after.split_once('>')?;
        let (mut parameters, after) = split_unquoted(after, ',');
        while !parameters.is_empty() {
            let (parameter, others) = split_unquoted(parameters, ';');
            if is_next(parameter) {
                return Some(target);
            }
            parameters = others;
        }
        rest = after;
    }
    None
}

/// Whether a parameter of a link is the relation `next`, perhaps among others.
fn is_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
    name.trim().eq_ignore_ascii_case("rel") && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
}

/// The text before the first separator that is not in quotes, and the text after it.
fn split_unquoted(text: &str, separator: char) -> (&str, &str) {
    let mut is_quoted = false;
    let found = text.char_indices().find(|(_, c)| {
        is_quoted ^= *c == '"';
        *c == separator && !is_quoted
    });
    let split = found.and_then(|(at, _)| Some((text.get(..at)?, text.get(at + separator.len_utf8()..)?)));
    split.unwrap_or((text, ""))
}

#[derive(Serialize, Deserialize)]
struct SealedPage {
    board: String,
    panel: String,
    parameters: Vec<(String, String)>,
}

/// The name of a page with these parameters, for our own URL. Sealed, because a browser must not choose parameters.
///
/// # Errors
/// [`NotFollowed`] if there is nothing in it, or too much.
pub(super) fn seal(
    keyring: &Keyring,
    board: &str,
    panel: &str,
    parameters: Vec<(String, String)>,
) -> Result<String, NotFollowed> {
    match parameters.len() {
        0 => return Err(NotFollowed::Nothing),
        PARAMETERS_MAX.. => return Err(NotFollowed::TooLong),
        _ => {}
    }
    let page = SealedPage { board: board.to_owned(), panel: panel.to_owned(), parameters };
    let plain = serde_json::to_vec(&page).map_err(|_| NotFollowed::NotUrl)?;
    let sealed = keyring.seal_text(CONTEXT, &plain).map_err(|_| NotFollowed::NotUrl)?;
    match sealed.len() <= claimcheck_model::CURSOR_MAX_CHARS {
        true => Ok(sealed),
        false => Err(NotFollowed::TooLong),
    }
}

/// The parameters of a sealed page of this panel; none for anything else, which is the first page.
pub(super) fn open(keyring: &Keyring, board: &str, panel: &str, page: &str) -> Vec<(String, String)> {
    let plain = keyring.open_text(CONTEXT, page);
    let page = plain.and_then(|plain| serde_json::from_slice::<SealedPage>(&plain).ok());
    page.filter(|page| page.board == board && page.panel == panel)
        .map_or_else(Vec::new, |page| page.parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r11_the_next_page_is_found_in_every_form_of_a_link_header() {
        for (value, expected) in [
            ("<https://a.example/x?page=3>; rel=\"next\"", Some("https://a.example/x?page=3")),
            ("</x?page=1>; rel=first, </x?page=3>; rel=next", Some("/x?page=3")),
            ("</x?a=1,2>; title=\"a, <b>; rel=next\"; rel=\"prev\", <?b=3>;REL=\"last Next\"", Some("?b=3")),
            ("<x>; rel=\"prev\"", None),
            ("<x>; rel=\"nextish\"", None),
            ("<x", None),
            ("", None),
            ("rel=next", None),
        ] {
            assert_eq!(next_of_header([value].into_iter()).as_deref(), expected, "{value}");
        }
        let two = ["<a>; rel=last", "<b>; rel=next"];
        assert_eq!(next_of_header(two.into_iter()).as_deref(), Some("b"));
    }

    #[test]
    fn r11_a_cursor_that_begins_like_a_path_is_no_link() {
        for (value, is) in [
            ("https://a.example/x?after=b", true),
            ("HTTP://a.example", true),
            ("/x?after=b", true),
            ("?after=b", true),
            ("/9j/4AAQ==", false),
            ("abc", false),
            ("?before=b", false),
        ] {
            assert_eq!(is_link(value, "after"), is, "{value}");
        }
    }
}
