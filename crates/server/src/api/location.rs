//! `Location` headers and other addresses in answers, compared with the base of their API. No answer makes a request elsewhere.

use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use url::{Position, Url};

use crate::{
    api::reads::text,
    config::{Api, has_dot_segment, is_slot_value},
};

/// A longer address is not used.
const MAX_BYTES: usize = 1500;

/// Path and query of the `Location` header, if it is below the base of the API. `from` are path and query of the request
/// (RFC 9110 10.2.2). A path can be written with the path of the base or without.
pub(crate) fn location(api: &Api, from: &str, headers: &HeaderMap) -> Option<String> {
    let url = Url::parse(&below(api, from)).ok()?;
    let to = written(headers)?;
    let is_path = to.starts_with('/') && !to.starts_with("//");
    let to = if is_path { Url::parse(&below(api, to)) } else { url.join(to) };
    let to = to.ok()?;
    let path = path_below(api, &to)?;
    let is_plain = !has_dot_segment(path.split('?').next().unwrap_or_default());
    (is_plain && path.len() <= MAX_BYTES).then(|| path.to_owned())
}

/// The last segment of the path of the `Location` header: the id of what was created. The header may point
/// to any address.
pub(crate) fn last_segment(api: &Api, headers: &HeaderMap) -> Option<String> {
    let url = api.url.join(written(headers)?).ok()?;
    let last = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
    let last = percent_decode_str(last).decode_utf8().ok()?;
    is_slot_value(&last).then(|| last.into_owned())
}

fn written(headers: &HeaderMap) -> Option<&str> {
    let to = text(headers, &header::LOCATION)?.trim();
    let is_odd = to.is_empty() || to.len() > MAX_BYTES || to.contains(|c: char| c == '\\' || c.is_control());
    (!is_odd).then_some(to)
}

/// The URL of a path below the base of an API.
pub(crate) fn below(api: &Api, path: &str) -> String {
    let (origin, base) = (&api.url[..Position::BeforePath], api.url.path().trim_end_matches('/'));
    let rest = path.strip_prefix(base).filter(|rest| rest.starts_with('/') && !base.is_empty());
    match rest {
        Some(rest) => format!("{origin}{base}{rest}"),
        None => format!("{origin}{base}/{}", path.strip_prefix('/').unwrap_or(path)),
    }
}

/// Path and query of a URL below the base of an API; `None` if it is not below it.
pub(crate) fn path_below<'u>(api: &Api, url: &'u Url) -> Option<&'u str> {
    let base = api.url.path().trim_end_matches('/');
    let is_plain = url.username().is_empty() && url.password().is_none();
    let rest = url[Position::BeforePath..Position::AfterQuery].strip_prefix(base)?;
    (is_plain && url.origin() == api.url.origin() && rest.starts_with('/')).then_some(rest)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::config::testing::accepts;

    fn headers(location: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::LOCATION, HeaderValue::from_bytes(location.as_bytes()).unwrap())])
    }

    #[test]
    fn ac_23_a_location_is_used_only_below_the_base_of_the_api() {
        let settings = accepts(&[("CLAIMCHECK_API_URL", "https://api.example.com/v1")]);
        let api = settings.api("default").unwrap();
        for (to, path) in [
            ("https://api.example.com/v1/jobs/7", Some("/jobs/7")),
            ("HTTPS://API.example.com:443/v1/jobs/7?full=1#x", Some("/jobs/7?full=1")),
            ("//api.example.com/v1/jobs/7", Some("/jobs/7")),
            ("/v1/jobs/7", Some("/jobs/7")),
            ("/jobs/7", Some("/jobs/7")),
            ("../jobs/7", Some("/jobs/7")),
            ("jobs/7", Some("/imports/jobs/7")),
            ("?state=1", Some("/imports/new?state=1")),
            ("https://api.example.com/admin", None),
            ("https://api.example.com/v10/jobs/7", None),
            ("https://jobs.example.com/v1/jobs/7", None),
            ("http://api.example.com/v1/jobs/7", None),
            ("https://api.example.com:8443/v1/jobs/7", None),
            ("https://me:x@api.example.com/v1/jobs/7", None),
            ("//169.254.169.254/latest", None),
            ("../../admin", None),
            ("/v1/../admin", None),
            ("/v1/%2e%2e/admin", None),
            ("/v1/a/..%2fadmin", None),
            ("/v1\\admin", None),
            ("javascript:alert(1)", None),
            ("", None),
        ] {
            assert_eq!(location(api, "/imports/new", &headers(to)).as_deref(), path, "{to}");
        }
        let long = |bytes: usize| headers(&format!("/{}", "a".repeat(bytes - 1)));
        assert!(location(api, "/", &long(MAX_BYTES)).is_some());
        assert!(location(api, "/", &long(MAX_BYTES + 1)).is_none());
        assert_eq!(location(api, "/", &HeaderMap::new()), None);
    }

    #[test]
    fn ac_21_the_last_segment_of_a_location_is_a_value() {
        let settings = accepts(&[("CLAIMCHECK_API_URL", "https://api.example.com/v1")]);
        let api = settings.api("default").unwrap();
        for (to, last) in [
            ("https://elsewhere.example/v2/invoices/INV-7/?a=b#c", Some("INV-7")),
            ("/invoices/2024%2F001", Some("2024/001")),
            ("INV%207", Some("INV 7")),
            ("urn:invoice:7", None),
            ("https://api.example.com", None),
            ("/invoices/%FF", None),
            ("/invoices/a%0Ab", None),
            ("", None),
        ] {
            assert_eq!(last_segment(api, &headers(to)).as_deref(), last, "{to}");
        }
        assert_eq!(last_segment(api, &headers(&format!("/{}", "a".repeat(257)))), None);
    }
}
