//! TC-05: a collector that is down, slow or wrong costs spans, never the time of a request; the log says so once. At the end
//! of the process, what waits is sent.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::collector::{Collector, Manner};
use crate::support::{
    program::{Program, ProgramSettings, client, get},
    until,
};

async fn settings(collector: &Collector) -> ProgramSettings {
    let mut settings = ProgramSettings::with("0s").await;
    settings.add(&collector.setting());
    settings
}

/// The log lines of these events.
fn lines(server: &Program, event: &str) -> Vec<Value> {
    let log = server.log();
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["event"] == event).collect()
}

/// Requests a page some times.
async fn look(server: &Program, times: usize) {
    for _ in 0..times {
        assert_eq!(get(&format!("{}/", server.origin)).await.unwrap().0, 200);
    }
}

#[tokio::test]
async fn tc_05_a_collector_that_is_away_is_logged_once_and_gets_later_what_waited() {
    let collector = Collector::absent();
    let settings = settings(&collector).await;
    let server = settings.start().await;
    look(&server, 3).await;
    until(|| !lines(&server, "traces not exported").is_empty()).await;
    look(&server, 3).await;
    collector.come().await;
    until(|| !lines(&server, "traces exported again").is_empty()).await;
    until(|| collector.spans().len() >= 6).await;
    let [said] = lines(&server, "traces not exported").try_into().expect("one line for one outage");
    assert_eq!(said["level"], "WARN");
    assert!(said["reason"].as_str().unwrap().contains("cannot connect"), "{said}");
    assert!(said["remedy"].as_str().unwrap().contains("traces_url"), "{said}");
    assert_eq!(lines(&server, "traces exported again")[0]["lost"], 0);
}

#[tokio::test]
async fn tc_05_no_request_waits_for_a_collector_that_never_answers_and_the_end_does_not_either() {
    let collector = Collector::start().await;
    collector.be(Manner::Hangs);
    let settings = settings(&collector).await;
    let mut server = settings.start().await;
    look(&server, 1).await;
    until(|| collector.count() > 0).await;
    // More than the queue has room for.
    let (client, home) = (client(), format!("{}/nothing-there", server.origin));
    for _ in 0..400 {
        client.get(&home).send().await.unwrap();
    }
    let begun = Instant::now();
    server.signal("-TERM");
    assert!(server.ended().await.success());
    // It waits 3 seconds for the collector.
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
    assert_eq!(lines(&server, "traces lost").len(), 1);
}

#[tokio::test]
async fn tc_05_answers_that_are_no_success_are_told_with_a_remedy() {
    for (manner, reason, remedy) in [
        (Manner::Answers(401), "status 401", "traces_headers"),
        (Manner::Answers(404), "status 404", "traces_url"),
        (Manner::Answers(307), "status 307", "redirects"),
        (Manner::Answers(503), "status 503", "log of the collector"),
        (Manner::WebPage, "web page", "traces_url"),
    ] {
        let collector = Collector::start().await;
        collector.be(manner);
        let settings = settings(&collector).await;
        let server = settings.start().await;
        look(&server, 1).await;
        until(|| !lines(&server, "traces not exported").is_empty()).await;
        let said = &lines(&server, "traces not exported")[0];
        assert!(said["reason"].as_str().unwrap().contains(reason), "{manner:?}: {said}");
        assert!(said["remedy"].as_str().unwrap().contains(remedy), "{manner:?}: {said}");
        look(&server, 1).await;
    }
    // The other side of it: an answer that cannot be read is a success, as its status says.
    let collector = Collector::start().await;
    collector.be(Manner::Garbage);
    let settings = settings(&collector).await;
    let server = settings.start().await;
    look(&server, 1).await;
    until(|| collector.count() > 0).await;
    collector.be(Manner::Takes);
    look(&server, 1).await;
    until(|| !collector.spans().is_empty()).await;
    assert!(lines(&server, "traces not exported").is_empty(), "{}", server.log());
}

#[tokio::test]
async fn tc_05_what_waits_is_sent_at_the_end() {
    let collector = Collector::start().await;
    let mut settings = settings(&collector).await;
    settings.add("traces_headers = \"x-key=canary%2C1\"\ntraces_service = \"orders\"\n");
    let mut server = settings.start().await;
    let before = collector.spans().len();
    look(&server, 1).await;
    server.signal("-TERM");
    assert!(server.ended().await.success());
    let spans = collector.spans();
    assert!(spans.len() > before && spans.iter().any(|span| span.name == "GET /"), "{spans:?}");
    assert_eq!(spans[0].resource["service.name"], "orders");
    assert!(!spans[0].resource["service.instance.id"].is_empty());
    collector.exports(|exports| {
        for export in exports {
            assert_eq!(export.path, "/v1/traces");
            assert_eq!(export.headers["x-key"], "canary,1");
            assert_eq!(export.headers["content-type"], "application/x-protobuf");
            assert!(!export.headers.contains_key("traceparent"));
        }
    });
    assert!(!server.log().contains("canary"));
    assert!(lines(&server, "traces lost").is_empty());
}
