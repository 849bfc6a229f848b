//! What `Strict-Transport-Security` says to a browser: by this program, by a proxy, or by both.

use axum::http::{HeaderMap, header};

use crate::doctor::CheckFinding;

const CHECK: &str = "public_url.hsts";

/// `own` is what this program sends; `headers` are what arrives behind all proxies.
pub(super) fn check(own: Option<&str>, headers: &HeaderMap) -> CheckFinding {
    let all = headers.get_all(header::STRICT_TRANSPORT_SECURITY).iter();
    // No value has a comma, but some proxies put several into one header.
    let all = all.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let received: Vec<&str> = all.map(str::trim).collect();
    let (found, remedy) = match (own, received.as_slice()) {
        (None, []) => {
            let found = "no Strict-Transport-Security, neither from this program nor from a proxy";
            return CheckFinding::ok(CHECK, found);
        }
        (None, [one]) => {
            return CheckFinding::ok(CHECK, format!("a proxy sends Strict-Transport-Security: {one}"));
        }
        (Some(own), [one]) if own == *one => {
            return CheckFinding::ok(CHECK, "Strict-Transport-Security reaches the browser");
        }
        (Some(own), [one]) => (
            format!("a proxy replaces Strict-Transport-Security: {own} by {one}"),
            "let the proxy pass the header on, or set `hsts` to off",
        ),
        (Some(_), []) => (
            "Strict-Transport-Security does not reach the browser".to_owned(),
            "let the proxy pass the header on",
        ),
        (_, [first, ..]) => (
            format!("Strict-Transport-Security arrives more than once; browsers use the first: {first}"),
            "remove the header from the proxy, or set `hsts` to off",
        ),
    };
    CheckFinding::warning(CHECK, found, remedy).at("hsts").on("operating/proxy.md")
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::check;
    use crate::doctor::CheckOutcome::{Ok, Warning};

    #[test]
    fn r30_doctor_notices_a_second_header_and_another_value() {
        let ours = Some("max-age=31536000");
        for (own, received, outcome, words) in [
            (ours, &["max-age=31536000"][..], Ok, "reaches the browser"),
            (ours, &[], Warning, "does not reach"),
            (ours, &["max-age=60; includeSubDomains"], Warning, "replaces"),
            (ours, &["max-age=31536000", "max-age=31536000"], Warning, "more than once"),
            (ours, &["max-age=63072000, max-age=31536000"], Warning, "use the first: max-age=63072000"),
            (None, &[], Ok, "no Strict-Transport-Security"),
            (None, &["max-age=60"], Ok, "a proxy sends"),
            (None, &["max-age=60", "max-age=61"], Warning, "more than once"),
        ] {
            let mut headers = HeaderMap::new();
            for value in received {
                headers.append(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(value));
            }
            let finding = check(own, &headers);
            assert!(finding.outcome == outcome && finding.found.contains(words), "{received:?}: {finding:?}");
        }
    }
}
