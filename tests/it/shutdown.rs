//! The end of a process (R29): the program itself, with real signals.

use std::time::{Duration, Instant};

use axum::http::StatusCode;

use crate::support::{
    hostile::At,
    program::{ProgramSettings, Visitor, get},
    until,
};

const PANEL: &str = "/api/panel_when_ready?board=orders&panel=orders";

#[tokio::test]
async fn r29_readiness_fails_first_then_the_listener_closes_and_no_connection_is_refused_before() {
    const DELAY: Duration = Duration::from_secs(3);
    let settings = ProgramSettings::with("3s").await;
    let mut server = settings.start().await;
    let home = format!("{}/", server.origin);
    let (status, connection, _) = get(&home).await.unwrap();
    assert_eq!((status, connection.as_str()), (200, ""), "nothing is closed while it runs");
    server.signal("-TERM");
    let begun = Instant::now();
    let ready = format!("{}/health/ready", server.origin);
    while get(&ready).await.unwrap().0 == 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for origin in [&server.origin, &server.admin] {
        let (status, connection, body) = get(&format!("{origin}/health/ready")).await.unwrap();
        assert_eq!((status, connection.as_str()), (503, "close"), "{body}");
        assert!(body.contains("stopping"), "{body}");
        assert_eq!(get(&format!("{origin}/health/live")).await.unwrap().0, 200);
    }
    // Pages are served until the delay is over, on connections that a proxy does not use again.
    let mut served = 0;
    let closed_after = loop {
        match get(&home).await {
            Some((status, connection, _)) => {
                assert_eq!((status, connection.as_str()), (200, "close"));
                served += 1;
            }
            None => break begun.elapsed(),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(closed_after + Duration::from_millis(150) >= DELAY, "{closed_after:?}");
    assert!(closed_after < DELAY * 6 && served > 0, "{closed_after:?}, {served} pages");
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn r29_a_second_signal_ends_the_delay_and_without_a_delay_the_end_is_at_once() {
    for (delay, signals) in [("5m", &["-TERM", "-INT"][..]), ("60s", &["-INT", "-TERM"]), ("0s", &["-TERM"])]
    {
        let settings = ProgramSettings::with(delay).await;
        let mut server = settings.start().await;
        let begun = Instant::now();
        for (number, signal) in signals.iter().enumerate() {
            if number > 0 {
                tokio::time::sleep(Duration::from_millis(300)).await;
                assert!(get(&format!("{}/", server.origin)).await.is_some(), "{delay}: it still serves");
            }
            server.signal(signal);
        }
        assert!(server.ended().await.success(), "{delay}");
        assert!(begun.elapsed() < Duration::from_secs(15), "{delay}: {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn r29_work_in_progress_is_finished_and_its_tokens_are_kept() {
    let settings = ProgramSettings::with("0s").await;
    let mut server = settings.start().await;
    let mut visitor = Visitor::of(&server);
    let page = visitor.open("/boards/orders").await;
    assert!(page.body.contains("Customer of p-ada"), "{}", page.body);
    // The API no longer accepts the access token, and its refresh takes longer than the shutdown.
    settings.provider.script(|script| script.late.insert(At::Refresh, Duration::from_secs(4)));
    let token = settings.provider.issued()[0].access_token.clone();
    settings.api.script(|script| script.refused.insert(token));
    let work = async { visitor.fetch(PANEL).await };
    let stop = async {
        until(|| settings.provider.count(At::Refresh) > 0).await;
        server.signal("-TERM");
        // Until the listener is closed.
        while get(&format!("{}/", server.origin)).await.is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (page, ()) = tokio::join!(work, stop);
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Customer of p-ada"), "{}", page.body);
    assert!(server.ended().await.success());
    // The next process has the new refresh token.
    let _next = settings.start().await;
    settings.provider.script(|script| script.late.clear());
    assert!(visitor.open("/boards/orders").await.body.contains("Customer of p-ada"));
    assert_eq!((settings.provider.reuses(), settings.provider.count(At::CodeExchange)), (0, 1));
    assert!(settings.api.calls().len() > 2);
}
