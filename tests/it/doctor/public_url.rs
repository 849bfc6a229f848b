//! The public URL: this program, another one, a proxy that does not reach it, and one that hides something.

use std::net::SocketAddr;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::IntoResponse,
};
use claimcheck::{handlers::state::AppState, router};
use claimcheck_server::{
    config::AdminListen,
    doctor::{
        CheckFinding,
        CheckOutcome::{Mistake, Ok, Skipped, Warning},
    },
    operator,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{findings_with, mistakes, of};
use crate::support::hostile::{Authority, HostileApi, HostileWorld, Identity, Listener, Raw};

/// Serves this router on a free port.
async fn serve(listener: TcpListener, router: Router) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
}

async fn admin_of(services: &AppState) -> SocketAddr {
    let listener = operator::bind(AdminListen::at(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.as_ref().unwrap().local_addr().unwrap();
    let (admin, connections) = (router::admin(services.clone()), services.budget.admin.clone());
    tokio::spawn(operator::serve(listener, admin, CancellationToken::new(), connections));
    address
}

/// A response that a proxy is waiting for.
type Answering = std::pin::Pin<Box<dyn Future<Output = axum::response::Response> + Send>>;

/// A running installation, and a proxy before it that changes requests or answers in this way.
async fn running(proxy: fn(Request, Next) -> Answering) -> (HostileWorld, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let world = HostileWorld::with(&format!("public_url = \"{origin}\"\nadmin_listen = \"off\"\n")).await;
    serve(listener, world.app.clone().layer(from_fn(proxy))).await;
    let admin = admin_of(&world.services).await;
    (world, admin)
}

async fn found(world: &HostileWorld, admin: SocketAddr) -> Vec<CheckFinding> {
    let found = findings_with(world, |settings| settings.admin_listen = AdminListen::at(admin)).await;
    found.into_iter().filter(|finding| finding.check.starts_with("public_url.")).collect()
}

#[tokio::test]
async fn dr_08_doctor_recognises_the_running_server_and_its_settings() {
    let (world, admin) = running(|request, next| Box::pin(next.run(request))).await;
    let all = found(&world, admin).await;
    for check in ["public_url.answer", "public_url.settings", "public_url.forwarded"] {
        assert_eq!(of(&all, check).outcome, Ok, "{all:#?}");
    }
    // Other settings than those of the running server.
    let all = findings_with(&world, |settings| settings.client_id = "another".to_owned()).await;
    let finding = of(&all, "public_url.settings");
    assert!(
        finding.outcome == Mistake && finding.found.contains("does not use the client_id another"),
        "{finding:#?}"
    );
    assert_eq!(
        of(&all, "public_url.forwarded").outcome,
        Skipped,
        "the admin listener is off in these settings"
    );
}

#[tokio::test]
async fn dr_08_doctor_reports_a_proxy_that_the_settings_do_not_name() {
    let (world, admin) = running(|mut request, next| {
        request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("203.0.113.7"));
        Box::pin(next.run(request))
    })
    .await;
    let all = found(&world, admin).await;
    let finding = of(&all, "public_url.forwarded");
    assert_eq!((finding.outcome, finding.key.as_deref()), (Warning, Some("trusted_proxies")), "{finding:#?}");
    assert!(finding.found.contains("set trusted_proxies = [\"127.0.0.1\"]"), "{finding:#?}");
}

#[tokio::test]
async fn dr_08_doctor_tells_a_proxy_without_its_server_from_another_program() {
    let answers: [fn() -> axum::response::Response; 3] = [
        || StatusCode::BAD_GATEWAY.into_response(),
        || (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, "https://www.example.com/")]).into_response(),
        || "Welcome to nginx!".into_response(),
    ];
    for (answer, words, key) in [
        (answers[0], "status 502 Bad Gateway: it does not reach the server", "listen"),
        (answers[1], "redirects to https://www.example.com/", "public_url"),
        (answers[2], "another program answers", "public_url"),
    ] {
        let world = super::healthy().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        serve(listener, Router::new().fallback(async move || answer())).await;
        let all = findings_with(&world, |settings| settings.public_url = origin).await;
        let finding = of(&all, "public_url.answer");
        assert_eq!((finding.outcome, finding.key.as_deref()), (Mistake, Some(key)), "{finding:#?}");
        assert!(finding.found.contains(words), "{finding:#?}");
    }
}

#[tokio::test]
async fn dr_08_doctor_says_that_a_running_server_is_not_reached_and_skips_one_that_is_not_running() {
    let (world, admin) = running(|request, next| Box::pin(next.run(request))).await;
    let nothing = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let at = |admin| {
        let nothing = Url::parse(&nothing).unwrap();
        findings_with(&world, move |settings| {
            settings.public_url = nothing;
            settings.admin_listen = admin;
        })
    };
    let all = at(AdminListen::at(admin)).await;
    let finding = of(&all, "public_url.answer");
    assert!(finding.outcome == Mistake && finding.found.contains("the server runs, but"), "{finding:#?}");
    let all = at(AdminListen::Off).await;
    let finding = of(&all, "public_url.answer");
    assert!(finding.outcome == Skipped && finding.found.contains("start the server"), "{finding:#?}");
    // Another program on the port of the admin listener is no running server.
    let stranger = Listener::bind().await;
    let address: SocketAddr = stranger.origin().strip_prefix("http://").unwrap().parse().unwrap();
    let all = at(AdminListen::at(address)).await;
    assert_eq!(of(&all, "public_url.answer").outcome, Skipped);
}

#[tokio::test]
async fn dr_08_doctor_judges_the_certificate_as_browsers_do() {
    let authority = Authority::generate();
    let name = "localhost";
    let cases: [(Identity, &str); 3] = [
        (authority.expired_identity(name), "expired"),
        (authority.identity("www.example.com"), "not valid for name"),
        (Identity::self_signed(name), "certificate"),
    ];
    let identity = || authority.identity(name);
    let more = "ca_file = \"FOLDER/ca.pem\"\nadmin_listen = \"off\"\n";
    let world = HostileWorld::over_tls(&authority, identity(), identity(), more).await;
    for (identity, words) in cases {
        let server = HostileApi::bind_as(world.provider.clone(), Some(identity)).await;
        let url = Url::parse(server.origin()).unwrap();
        let all = findings_with(&world, |settings| settings.public_url = url).await;
        let finding = of(&all, "public_url.certificate");
        assert!(finding.outcome == Mistake && finding.found.contains(words), "{finding:#?}");
        assert!(finding.remedy.contains("browsers refuse it as well"), "{finding:#?}");
    }
    // A valid one, and a program behind it that is not ours.
    let server = HostileApi::bind_as(world.provider.clone(), Some(identity())).await;
    server.script(|script| script.instead = Some(Raw::text(200, "text/html", "<h1>Hello</h1>")));
    let url = Url::parse(server.origin()).unwrap();
    let all = findings_with(&world, |settings| settings.public_url = url).await;
    assert_eq!(of(&all, "public_url.certificate").outcome, Ok);
    assert_eq!(of(&all, "public_url.answer").outcome, Mistake);
    let others = mistakes(&all).into_iter().filter(|finding| !finding.check.starts_with("public_url."));
    assert_eq!(others.count(), 0, "{all:#?}");
}
