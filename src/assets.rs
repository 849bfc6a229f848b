//! The site's files, embedded in the binary (in debug builds read from `target/site`): their list, their URLs, and how
//! they are served. cargo-leptos builds them.
//!
//! All files that the markup links are under `/pkg/<build id>/` and never change there. An SVG must not contain
//! `<style>`: the policy for anything that is not a document forbids it.

mod extra;

use std::{borrow::Cow, sync::OnceLock};

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use claimcheck_model::paths;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

use crate::compression::accepts;

pub use extra::extra_style_url;

/// The output of cargo-leptos; may be missing for check, clippy and unit tests.
#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

/// A year, because the URL changes with the content. Debug builds read files that change under a running server.
const IMMUTABLE: &str =
    if cfg!(debug_assertions) { "no-cache" } else { "public, max-age=31536000, immutable" };
/// An hour: the URLs of icons and the like are fixed by convention.
const ROOT: &str = "public, max-age=3600";
/// The folder of the build output; the other files come from `public/`.
const PKG_FOLDER: &str = "pkg/";
/// The encodings made at build time for each file, the better one first: name and file extension.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// A short hash of this set of files: it changes with each build.
pub fn build_id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(id_of::<Site>)
}

/// The URL of a file of the build, such as `claimcheck.css`.
pub fn pkg_url(file: &str) -> String {
    format!("{}/{}/{file}", paths::PKG.href(), build_id())
}

/// Whether the site has been built. Without it, pages work, but have no styles and no islands.
pub fn is_built() -> bool {
    ["js", "wasm", "css"]
        .iter()
        .all(|ending| Site::get(&format!("{PKG_FOLDER}claimcheck.{ending}")).is_some())
}

/// Routes for every file: `/pkg/<build id>/…`, and those of `public/` at the root.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    routes::<Site, S>(build_id()).merge(extra::router())
}

fn routes<E: RustEmbed + 'static, S: Clone + Send + Sync + 'static>(build: &'static str) -> Router<S> {
    let pkg = async move |Path((asked, file)): Path<(String, String)>, headers: HeaderMap| {
        // A page of another build must not mix its scripts with ours.
        if asked == build {
            serve::<E>(&format!("{PKG_FOLDER}{file}"), IMMUTABLE, &headers)
        } else {
            missing()
        }
    };
    let mut router = Router::new().route(&format!("{}/{{build}}/{{*file}}", paths::PKG.path()), get(pkg));
    for name in E::iter().filter(|name| is_root_asset(name)) {
        let route = format!("/{name}");
        router = router.route(&route, get(async move |headers: HeaderMap| serve::<E>(&name, ROOT, &headers)));
    }
    router
}

/// A file of `public/` whose name can be used as a route unchanged.
fn is_root_asset(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    !name.starts_with(PKG_FOLDER) && !is_encoded(name) && name.bytes().all(plain)
}

fn is_encoded(name: &str) -> bool {
    ENCODINGS.iter().any(|(_, ending)| name.ends_with(ending))
}

fn id_of<E: RustEmbed>() -> String {
    let mut names: Vec<Cow<'static, str>> = E::iter().collect();
    names.sort();
    let mut hash = Sha256::new();
    for (name, file) in names.iter().filter_map(|name| Some((name, E::get(name)?))) {
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(file.metadata.sha256_hash());
    }
    hex(&hash.finalize(), 6)
}

fn hex(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).map(|byte| format!("{byte:02x}")).collect()
}

/// Serves a file in the best encoding that the browser accepts.
fn serve<E: RustEmbed>(name: &str, cache: &'static str, asked: &HeaderMap) -> Response {
    let dots = name.split('/').any(|segment| matches!(segment, "" | "." | ".."));
    if dots || name.contains('\\') || is_encoded(name) {
        return missing();
    }
    let Some((file, encoding)) = choose::<E>(name, asked) else { return missing() };
    // Each encoding is a separate representation, so it has its own tag (RFC 9110 8.8.3.3).
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash(), 16));
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|tags| names_tag(tags, &tag));
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { bytes(file.data).into_response() };
    let headers = response.headers_mut();
    set(headers, header::CACHE_CONTROL, cache);
    set(headers, header::VARY, "accept-encoding");
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    if !known {
        set(headers, header::CONTENT_TYPE, content_type(name));
        if let Some(encoding) = encoding {
            set(headers, header::CONTENT_ENCODING, encoding);
        }
    }
    response
}

/// Does not copy embedded data.
fn bytes(data: Cow<'static, [u8]>) -> axum::body::Bytes {
    match data {
        Cow::Borrowed(data) => axum::body::Bytes::from_static(data),
        Cow::Owned(data) => data.into(),
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], "There is no such file here.\n")
        .into_response()
}

fn names_tag(tags: &HeaderValue, tag: &str) -> bool {
    let mut tags = tags.to_str().unwrap_or_default().split(',').map(str::trim);
    tags.any(|candidate| candidate == "*" || candidate.trim_start_matches("W/") == tag)
}

fn choose<E: RustEmbed>(name: &str, asked: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let plain = E::get(name)?;
    let encoded = ENCODINGS
        .into_iter()
        .filter(|(encoding, _)| accepts(asked, encoding))
        .find_map(|(encoding, ending)| Some((E::get(&format!("{name}{ending}"))?, Some(encoding))));
    encoded.or(Some((plain, None)))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use axum::{Router, body::Body, extract::Request, response::Response};
    use rust_embed::{EmbeddedFile, Metadata, RustEmbed};
    use sha2::Digest;
    use tower::ServiceExt;

    use super::{IMMUTABLE, build_id, id_of, pkg_url, routes};

    const FILES: [(&str, &str); 8] = [
        ("favicon.svg", "<svg/>"),
        ("favicon.svg.br", "svg in br"),
        ("pkg/claimcheck.css", "css"),
        ("pkg/claimcheck.css.gz", "css in gzip"),
        ("pkg/claimcheck.js", "js"),
        ("pkg/claimcheck.wasm", "wasm"),
        ("pkg/claimcheck.wasm.br", "wasm in br"),
        ("pkg/claimcheck.wasm.gz", "wasm in gzip"),
    ];

    struct Fixture;

    impl RustEmbed for Fixture {
        fn get(path: &str) -> Option<EmbeddedFile> {
            let (_, text) = FILES.iter().find(|(name, _)| *name == path)?;
            let hash = sha2::Sha256::digest(text).into();
            Some(EmbeddedFile { data: Cow::Borrowed(text.as_bytes()), metadata: metadata(hash) })
        }

        fn iter() -> impl Iterator<Item = Cow<'static, str>> + 'static {
            FILES.iter().map(|(name, _)| Cow::Borrowed(*name))
        }
    }

    /// The output of the derive macro.
    fn metadata(hash: [u8; 32]) -> Metadata {
        rust_embed::utils::__rust_embed_metadata!(hash, None, None, "")
    }

    async fn send(method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
        let app: Router = routes::<Fixture, ()>("b1");
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    async fn body(response: Response) -> String {
        String::from_utf8(axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec())
            .unwrap()
    }

    #[tokio::test]
    async fn the_best_encoding_the_browser_takes_is_served() {
        for (accepted, encoding, content) in [
            ("gzip, deflate, br, zstd", Some("br"), "wasm in br"),
            ("gzip, BR;q=0.1", Some("br"), "wasm in br"),
            ("gzip;q=1.0, br;q=0", Some("gzip"), "wasm in gzip"),
            ("*", Some("br"), "wasm in br"),
            ("*;q=0", None, "wasm"),
            ("br;q=0, *", Some("gzip"), "wasm in gzip"),
            ("identity", None, "wasm"),
            ("", None, "wasm"),
        ] {
            let response = send("GET", "/pkg/b1/claimcheck.wasm", &[("accept-encoding", accepted)]).await;
            assert_eq!(response.status(), 200);
            let found = response.headers().get("content-encoding").map(|value| value.to_str().unwrap());
            assert_eq!(found, encoding, "{accepted}");
            assert_eq!(response.headers()["content-type"], "application/wasm");
            assert_eq!(response.headers()["vary"], "accept-encoding");
            assert_eq!(body(response).await, content, "{accepted}");
        }
        let response = send("GET", "/pkg/b1/claimcheck.js", &[("accept-encoding", "br")]).await;
        assert!(response.headers().get("content-encoding").is_none());
        assert_eq!(response.headers()["content-type"], "text/javascript; charset=utf-8");
    }

    #[tokio::test]
    async fn hd_08_only_files_of_this_build_are_kept() {
        let response = send("GET", "/pkg/b1/claimcheck.css", &[]).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["cache-control"]),
            (200, &IMMUTABLE.parse().unwrap())
        );
        for path in ["/pkg/b2/claimcheck.css", "/pkg/b1/other.css"] {
            let response = send("GET", path, &[]).await;
            assert_eq!(response.status(), 404, "{path}");
            assert_eq!(response.headers()["cache-control"], "no-store");
        }
        let response = send("GET", "/favicon.svg", &[("accept-encoding", "br")]).await;
        assert_eq!(response.headers()["cache-control"], "public, max-age=3600");
        assert_eq!(response.headers()["content-type"], "image/svg+xml; charset=utf-8");
        assert_eq!(body(response).await, "svg in br");
    }

    #[tokio::test]
    async fn a_tag_saves_the_second_transfer() {
        let tag = send("GET", "/favicon.svg", &[]).await.headers()["etag"].to_str().unwrap().to_owned();
        let in_br = send("GET", "/favicon.svg", &[("accept-encoding", "br")]).await.headers()["etag"].clone();
        assert_ne!(tag, in_br);
        for (asked, expected) in [
            (tag.clone(), 304),
            (format!("\"other\", W/{tag}"), 304),
            ("*".to_owned(), 304),
            ("\"other\"".to_owned(), 200),
            (tag.trim_matches('"').to_owned(), 200),
        ] {
            let response = send("GET", "/favicon.svg", &[("if-none-match", &asked)]).await;
            assert_eq!(response.status(), expected, "{asked}");
            assert!(
                response.headers().contains_key("cache-control") && response.headers().contains_key("vary")
            );
            assert_eq!(body(response).await.is_empty(), expected == 304);
        }
    }

    #[tokio::test]
    async fn head_says_what_get_would() {
        let response = send("HEAD", "/pkg/b1/claimcheck.css", &[]).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["content-length"]),
            (200, &"3".parse().unwrap())
        );
        assert_eq!(body(response).await, "");
        assert_eq!(send("POST", "/pkg/b1/claimcheck.css", &[]).await.status(), 405);
    }

    #[tokio::test]
    async fn no_path_leads_elsewhere() {
        for path in [
            "/pkg/b1/../favicon.svg",
            "/pkg/b1/%2e%2e/favicon.svg",
            "/pkg/b1/..%2ffavicon.svg",
            "/pkg/b1/%2e%2e%5cfavicon.svg",
            "/pkg/b1/./claimcheck.css",
            "/pkg/b1//claimcheck.css",
            "/pkg/b1/%2fetc%2fpasswd",
            "/pkg/b1/claimcheck.css.gz",
            "/pkg/b1/claimcheck.css%00",
            "/pkg/b1/",
            "/favicon.svg.br",
            "/pkg/claimcheck.css",
            "/pkg/../Cargo.toml",
            "/Cargo.toml",
            "/pkg/b1/%ff",
        ] {
            let status = send("GET", path, &[]).await.status();
            assert!(status == 404 || status == 400, "{path} {status}");
        }
    }

    #[test]
    fn the_build_id_is_short_and_stable() {
        assert_eq!(id_of::<Fixture>(), id_of::<Fixture>());
        assert_eq!(build_id().len(), 12);
        assert_eq!(pkg_url("claimcheck.css"), format!("/pkg/{}/claimcheck.css", build_id()));
    }
}
