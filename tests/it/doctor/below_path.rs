//! How a proxy passes requests on, if the dashboard is below a path: doctor against servers that answer as this program does
//! behind such a proxy.

use std::net::SocketAddr;

use axum::{
    Router,
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use claimcheck_server::doctor::{
    CheckFinding,
    CheckOutcome::{Mistake, Ok, Warning},
};
use tokio::net::TcpListener;
use url::Url;

use super::{documented, findings_with, healthy};

/// What arrives at the server.
#[derive(Clone, Copy)]
enum Proxy {
    /// Requests below the path, with it.
    Keeps,
    /// The same without it; the server accepts that.
    TakesOff,
    /// The same, but the server does not know that it is behind a proxy.
    TakesOffUnseen,
    /// All requests of the origin, as they are.
    SendsAll,
}

/// The answer of the server at `/dash` behind such a proxy, beside another application.
fn answer(proxy: Proxy, path: &str) -> Response {
    let below = |path: &str| {
        path.strip_prefix("/dash").filter(|rest| rest.is_empty() || rest.starts_with('/')).map(str::to_owned)
    };
    let arrived = match proxy {
        Proxy::SendsAll => Some(path.to_owned()),
        Proxy::Keeps => below(path).map(|_| path.to_owned()),
        Proxy::TakesOff | Proxy::TakesOffUnseen => below(path),
    };
    let Some(arrived) = arrived else { return "another application".into_response() };
    let inner = match (below(&arrived), proxy) {
        (Some(inner), _) => inner,
        (None, Proxy::TakesOff) => arrived.clone(),
        (None, _) if arrived.starts_with("/health/") => arrived.clone(),
        (None, _) => return StatusCode::NOT_FOUND.into_response(),
    };
    match inner.as_str() {
        "/health/live" => "{\"status\":\"alive\"}".into_response(),
        "/auth/sign-in" => Redirect::to("http://provider.example/authorize").into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn found(proxy: Proxy, path: &str) -> Vec<CheckFinding> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let public_url = Url::parse(&format!("http://{}{path}", listener.local_addr().unwrap())).unwrap();
    let server = Router::new().fallback(async move |uri: Uri| answer(proxy, uri.path()));
    let service = server.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    let world = healthy().await;
    let found = findings_with(&world, |settings| settings.public_url = public_url).await;
    documented(&found);
    found.into_iter().filter(|finding| finding.check == "public_url.path").collect()
}

#[tokio::test]
async fn r26_doctor_recognises_how_a_proxy_passes_a_path_on() {
    for (proxy, expected) in [
        (Proxy::Keeps, vec![(Ok, "requests arrive with the path /dash")]),
        (Proxy::TakesOff, vec![(Ok, "takes the path /dash off, and the server accepts that")]),
        (Proxy::TakesOffUnseen, vec![(Mistake, "does not accept requests without it")]),
        (
            Proxy::SendsAll,
            vec![
                (Ok, "requests arrive with the path /dash"),
                (Warning, "no other application of the origin"),
            ],
        ),
    ] {
        let found = found(proxy, "/dash").await;
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (finding, (outcome, words)) in found.iter().zip(expected) {
            assert!(finding.outcome == outcome && finding.found.contains(words), "{finding:#?}");
        }
    }
    assert!(found(Proxy::SendsAll, "").await.is_empty(), "there is no path");
}
