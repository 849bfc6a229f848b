//! Parsers for the settings about traces, as in `values`, and what `check` says about them together.

use axum::http::{HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::config::{
    check::Checker,
    outgoing,
    values::{Parsed, operator_url},
};

const URL: &str = "http://localhost:4318";
const HEADERS: &str = "Authorization=Bearer%20abc, X-Tenant=dashboards";
/// Where collectors usually take OTLP over gRPC.
const GRPC_PORT: u16 = 4317;
/// The longest name of a service.
const NAME_MAX_BYTES: usize = 100;
/// What the exporter sets, or what belongs to the connection.
const RESERVED: [&str; 8] = [
    "content-type",
    "content-length",
    "content-encoding",
    "host",
    "connection",
    "transfer-encoding",
    "traceparent",
    "tracestate",
];

/// The headers of requests to the collector. `Debug` prints no value.
#[derive(Clone, Debug, Default)]
pub struct TraceHeaders(Vec<(HeaderName, HeaderValue)>);

impl TraceHeaders {
    /// Names and values, which are marked as sensitive.
    pub fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.0
    }

    /// Reads `name=value` pairs, whose values are percent-encoded. No message quotes a value.
    pub(super) fn parse(items: &[String]) -> Parsed<Self> {
        let mut headers: Vec<(HeaderName, HeaderValue)> = Vec::new();
        for (number, item) in (1..).zip(items) {
            let at = |what: &str| format!("{what} in header {number}. Example: \"{HEADERS}\"");
            let (name, value) = item.split_once('=').ok_or_else(|| at("has no `=`"))?;
            let name: HeaderName =
                name.trim().parse().map_err(|_| at("has a name that no header can have"))?;
            if RESERVED.contains(&name.as_str()) {
                return Err(format!(
                    "must not set `{name}`: the export sets it itself, or needs no such header"
                ));
            }
            if headers.iter().any(|(known, _)| *known == name) {
                return Err(format!("sets `{name}` twice"));
            }
            let value = percent_decode_str(value.trim()).decode_utf8();
            let value = value.map_err(|_| at("has a value that is not UTF-8 when percent-decoded"))?;
            let value = Some(value).filter(|value| !value.is_empty());
            let value = value.ok_or_else(|| at("has an empty value"))?;
            let mut value =
                HeaderValue::from_str(&value).map_err(|_| at("has a value that no header can have"))?;
            value.set_sensitive(true);
            headers.push((name, value));
        }
        Ok(Self(headers))
    }
}

pub(super) fn traces_url(text: &str) -> Parsed<Url> {
    let url = operator_url(text, URL)?;
    if text.contains('?') {
        return Err(format!("must not have a query; keys belong into traces_headers. Example: {URL}"));
    }
    if url.path().trim_end_matches('/').ends_with("/v1/traces") {
        return Err(format!("must be without /v1/traces, which is appended. Example: {URL}"));
    }
    Ok(url)
}

pub(super) fn traces_sampling(text: &str) -> Parsed<f64> {
    let ratio = text.parse::<f64>().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    ratio.ok_or_else(|| "must be a number from 0 to 1, such as 0.1 for one trace in ten".to_owned())
}

pub(super) fn traces_service(text: &str) -> Parsed<String> {
    match text.len() <= NAME_MAX_BYTES && !text.chars().any(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err(format!("must be a name of at most {NAME_MAX_BYTES} bytes, without control characters")),
    }
}

/// Without a collector, nothing is recorded.
pub(super) fn check(checker: &mut Checker, of: &outgoing::Draft) {
    match of.traces_url.as_ref() {
        Some(None) => {
            for key in ["traces_headers", "traces_sampling", "traces_service"] {
                if checker.is_set(key) {
                    let message = format!("{key} has no effect, because traces_url is not set");
                    checker.warn(key, message, "set traces_url, or remove this setting");
                }
            }
        }
        Some(Some(url)) if url.port() == Some(GRPC_PORT) => {
            let message = "traces_url has port 4317, where collectors usually take OTLP over gRPC".to_owned();
            checker.warn("traces_url", message, "use the port for OTLP over HTTP, usually 4318");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::config::testing::{accepts, load, refuses};

    #[test]
    fn tc_04_a_collector_is_an_address_without_the_path_of_a_signal() {
        assert!(accepts(&[]).outgoing.traces_url.is_none());
        for right in ["http://localhost:4318", "https://otel.example.com/otlp/", "http://127.0.0.1:4318/"] {
            assert!(accepts(&[("CLAIMCHECK_TRACES_URL", right)]).outgoing.traces_url.is_some(), "{right}");
        }
        for (wrong, word) in [
            ("localhost:4318", "https"),
            ("grpc://localhost:4317", "https"),
            ("http://localhost:4318/v1/traces", "/v1/traces"),
            ("https://otel.example.com/x/v1/traces/", "/v1/traces"),
            ("https://me:canary@otel.example.com", "user name"),
            ("https://otel.example.com/?key=canary", "traces_headers"),
            ("https://otel.example.com/#a", "fragment"),
            ("http://otel-collector:4318", "insecure_hosts"),
        ] {
            let said = refuses(&[("CLAIMCHECK_TRACES_URL", wrong)]);
            assert!(said.contains("traces_url") && said.contains(word) && !said.contains("canary"), "{said}");
        }
        accepts(&[
            ("CLAIMCHECK_TRACES_URL", "http://otel-collector:4318"),
            ("CLAIMCHECK_INSECURE_HOSTS", "otel-collector"),
        ]);
    }

    #[test]
    fn tc_04_headers_are_secret_and_percent_encoded() {
        let settings = accepts(&[
            ("CLAIMCHECK_TRACES_URL", "http://localhost:4318"),
            ("CLAIMCHECK_TRACES_HEADERS", "Authorization=Basic%20canary==, x-tenant=a%2Cb"),
        ]);
        let headers = settings.outgoing.traces_headers.headers();
        let texts: Vec<_> =
            headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(texts, [("authorization", "Basic canary=="), ("x-tenant", "a,b")]);
        assert!(!format!("{settings:?}").contains("canary"));
        for wrong in [
            "canary",
            "=canary",
            "a b=canary",
            "a=",
            "a=canary, A=canary",
            "a=%ffcanary",
            "a=canary%0a",
            "Content-Type=canary",
            "traceparent=canary",
        ] {
            let said = refuses(&[
                ("CLAIMCHECK_TRACES_URL", "http://localhost:4318"),
                ("CLAIMCHECK_TRACES_HEADERS", wrong),
            ]);
            assert!(said.contains("traces_headers") && !said.contains("canary"), "{wrong}: {said}");
        }
    }

    #[test]
    fn tc_04_sampling_and_service_are_read() {
        let of = |key: &str, text: &str| accepts(&[(key, text)]).outgoing;
        for (text, ratio) in [("0", 0.0), ("1", 1.0), ("0.25", 0.25), ("1.0", 1.0)] {
            assert_eq!(of("CLAIMCHECK_TRACES_SAMPLING", text).traces_sampling, ratio);
        }
        for wrong in ["-0.1", "1.1", "10%", "NaN", "inf", "half"] {
            assert!(refuses(&[("CLAIMCHECK_TRACES_SAMPLING", wrong)]).contains("from 0 to 1"), "{wrong}");
        }
        assert_eq!(accepts(&[]).outgoing.traces_service, "claimcheck");
        assert_eq!(of("CLAIMCHECK_TRACES_SERVICE", "Orders board").traces_service, "Orders board");
        assert!(refuses(&[("CLAIMCHECK_TRACES_SERVICE", &"x".repeat(101))]).contains("at most 100"));
    }

    #[test]
    fn tc_04_settings_without_effect_are_warned_about() {
        let warned = |pairs: &[(&str, &str)], word: &str| {
            let (_, warnings) = load(None, pairs).unwrap();
            warnings.iter().any(|warning| warning.message.contains(word))
        };
        let (url, sampling) = ("CLAIMCHECK_TRACES_URL", ("CLAIMCHECK_TRACES_SAMPLING", "0.5"));
        assert!(warned(&[sampling], "traces_sampling has no effect"));
        assert!(!warned(&[sampling, (url, "http://localhost:4318")], "traces_"));
        assert!(warned(&[(url, "http://localhost:4317")], "gRPC"));
        assert!(!warned(&[], "traces_"));
    }
}
