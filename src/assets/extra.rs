//! The second stylesheet: the looks of panel kinds, cells and filters that most boards do not have. Only pages that need
//! it link it, so that a first visit does not grow. The program contains it as it is in `style/extra/`; its URL is made
//! from its content.

use std::sync::LazyLock;

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, header},
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::get,
};
use claimcheck_model::paths;
use sha2::{Digest, Sha256};

use super::{hex, missing, names_tag, set};
use crate::compression::compress;

/// A year: its URL changes with its content, also in debug builds.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// Its parts, in order. Browsers get them as they are written: no nesting, and colours by the variables of `tokens.css`.
const PARTS: [&str; 7] = [
    include_str!("../../style/extra/nav.css"),
    include_str!("../../style/extra/panels.css"),
    include_str!("../../style/extra/charts.css"),
    include_str!("../../style/extra/cells.css"),
    include_str!("../../style/extra/filters.css"),
    include_str!("../../style/extra/links.css"),
    include_str!("../../style/extra/activity.css"),
];

static SHEET: LazyLock<String> = LazyLock::new(|| PARTS.map(packed).concat());
static NAME: LazyLock<String> =
    LazyLock::new(|| format!("{}.css", hex(&Sha256::digest(SHEET.as_bytes()), 6)));

/// The URL of the second stylesheet.
pub fn extra_style_url() -> String {
    format!("{}/extra/{}", paths::PKG.href(), *NAME)
}

/// The route of the second stylesheet, compressed if the browser accepts that.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let route = format!("{}/extra/{{file}}", paths::PKG.path());
    Router::new().route(&route, get(serve)).layer(from_fn(compress))
}

async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    if file != *NAME {
        return missing();
    }
    let tag = format!("W/\"{}\"", NAME.trim_end_matches(".css"));
    let known = headers.get(header::IF_NONE_MATCH);
    let is_known = known.is_some_and(|tags| names_tag(tags, tag.trim_start_matches("W/")));
    let mut response = match is_known {
        true => axum::http::StatusCode::NOT_MODIFIED.into_response(),
        false => SHEET.as_str().into_response(),
    };
    set(response.headers_mut(), header::CACHE_CONTROL, IMMUTABLE);
    set(response.headers_mut(), header::CONTENT_TYPE, "text/css; charset=utf-8");
    if let Ok(tag) = axum::http::HeaderValue::try_from(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The text without comments, and with single spaces.
fn packed(css: &str) -> String {
    let mut text = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        text.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    let words: Vec<_> = text.split_whitespace().collect();
    let mut packed = words.join(" ");
    for (long, short) in [(" {", "{"), ("{ ", "{"), (" }", "}"), ("} ", "}"), ("; ", ";"), (": ", ":")] {
        packed = packed.replace(long, short);
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_stylesheet_is_sent_without_comments_and_spaces() {
        assert_eq!(
            packed("/* a\n b */\n.x {\n  color: red;\n  a: b }\n.y > z { c: d }\n"),
            ".x{color:red;a:b}.y > z{c:d}"
        );
        assert!(!SHEET.contains("/*") && !SHEET.contains("  ") && !SHEET.contains('\n'));
        assert!(!SHEET.contains("light-dark(") && !SHEET.contains('&'), "browsers get it as it is written");
        assert_eq!(SHEET.matches('{').count(), SHEET.matches('}').count());
    }
}
