//! TC-02, TC-04 and TC-08: which trace a request belongs to, and how log and trace lead to each other.

use serde_json::Value;

use super::collector::Collector;
use crate::support::{
    hostile::At,
    program::{ProgramSettings, Visitor, client},
    until,
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// Requests the home page with these headers, and returns the span of the request.
async fn span_with(more: &str, headers: &[(&str, &str)]) -> super::decode::Span {
    let collector = Collector::start().await;
    let mut settings = ProgramSettings::with("0s").await;
    settings.add(&format!("{}{more}", collector.setting()));
    let server = settings.start().await;
    let mut request = client().get(format!("{}/", server.origin));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    assert_eq!(request.send().await.unwrap().status(), 200);
    until(|| collector.spans().iter().any(|span| span.name == "GET /")).await;
    collector.spans().into_iter().find(|span| span.name == "GET /").unwrap()
}

#[tokio::test]
async fn tc_02_a_trace_is_continued_for_a_trusted_proxy_only() {
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let (right, state) = (("traceparent", parent.as_str()), ("tracestate", "vendor=1"));
    let proxy = "trusted_proxies = \"127.0.0.1\"\n";
    let span = span_with(proxy, &[right, state]).await;
    assert_eq!((span.trace.as_str(), span.parent.as_str()), (TRACE, PARENT));
    assert_eq!(span.state, "vendor=1");
    // From anybody else, invalid, or twice: a new trace.
    let upper = parent.to_uppercase();
    for (more, headers) in [
        ("", &[right, state][..]),
        ("trusted_proxies = \"192.0.2.1\"\n", &[right]),
        (proxy, &[("traceparent", upper.as_str()), state]),
        (proxy, &[("traceparent", "00-x"), state]),
        (proxy, &[right, right]),
        (proxy, &[state]),
    ] {
        let span = span_with(more, headers).await;
        assert!(span.trace != TRACE && span.parent.is_empty() && span.state.is_empty(), "{headers:?}");
    }
    let span = span_with(proxy, &[right, ("tracestate", "not a state")]).await;
    assert_eq!((span.trace.as_str(), span.state.as_str()), (TRACE, ""));
}

#[tokio::test]
async fn tc_02_tc_08_api_and_provider_get_the_trace_and_the_log_names_it() {
    let collector = Collector::start().await;
    let mut settings = ProgramSettings::with("0s").await;
    settings.add(&collector.setting());
    let server = settings.start().await;
    let page = Visitor::of(&server).open("/boards/orders").await;
    assert_eq!(page.status, 200);
    let route = "GET /boards/{board}";
    until(|| {
        collector
            .spans()
            .iter()
            .any(|span| span.name == route && span.attribute("http.response.status_code") == "200")
    })
    .await;
    let spans = collector.spans();
    let token = settings.provider.seen(At::CodeExchange).pop().unwrap();
    let sent = settings.api.calls().pop().unwrap();
    for (headers, client, above) in
        [(&token.headers, "provider token: authorization_code", ""), (&sent.headers, "GET", "GET /orders")]
    {
        let parent = headers["traceparent"].to_str().unwrap();
        let [version, trace, id, flags] = parent.split('-').collect::<Vec<_>>()[..] else {
            panic!("{parent}")
        };
        assert_eq!((version, flags), ("00", "01"));
        let span = spans.iter().find(|span| span.id == id).expect("the header names a span");
        assert_eq!((span.trace.as_str(), span.name.as_str(), span.kind), (trace, client, 3));
        let parent = spans.iter().find(|other| other.id == span.parent).unwrap();
        assert!(parent.name.contains(above), "{}", parent.name);
    }
    // Either finds the other.
    let request = spans.iter().rfind(|span| span.name == route).unwrap();
    let id = request.attribute("claimcheck.request_id");
    let log = server.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_request: Vec<_> = lines
        .iter()
        .filter(|line| line["span"]["id"].as_str().is_some_and(|it| it.starts_with(id)))
        .collect();
    assert!(!of_request.is_empty(), "{id}: {log}");
    for line in of_request {
        assert_eq!(line["span"]["trace_id"], request.trace, "{line}");
    }
    // No span of a trace takes the place of the request.
    assert!(lines.iter().all(|line| line["target"] != "claimcheck::traces"), "{log}");
    let of_log = |line: &&Value| line["span"].is_object();
    assert!(lines.iter().filter(of_log).all(|line| line["span"]["id"].is_string()), "{log}");
}

#[tokio::test]
async fn tc_04_the_log_filter_has_no_influence_and_health_checks_are_left_out() {
    let collector = Collector::start().await;
    let mut settings = ProgramSettings::with("0s").await;
    settings.add(&format!("{}log = \"error\"\n", collector.setting()));
    let server = settings.start().await;
    Visitor::of(&server).open("/boards/orders").await;
    until(|| collector.spans().iter().any(|span| span.name == "GET /boards/{board}")).await;
    assert!(collector.spans().iter().all(|span| !span.attribute("http.route").contains("health")));
    assert_eq!(server.log(), "");
}

#[tokio::test]
async fn tc_01_without_a_collector_nothing_is_sent_to_anyone() {
    let settings = ProgramSettings::with("0s").await;
    let server = settings.start().await;
    Visitor::of(&server).open("/boards/orders").await;
    let token = settings.provider.seen(At::CodeExchange).pop().unwrap();
    let sent = settings.api.calls().pop().unwrap();
    for headers in [&token.headers, &sent.headers] {
        assert!(!headers.contains_key("traceparent") && !headers.contains_key("tracestate"));
    }
    assert!(!server.log().contains("trace_id"), "{}", server.log());
}
