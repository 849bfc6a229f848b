//! Failures that users can act on: every class has a text about what happened and what to do, a button for it, and a
//! reference under which the log has the reason. The compiler checks the list of classes; each one that can be caused
//! is tested.

use axum::http::{Method, StatusCode};
use claimcheck::components::PanelFailure;
use claimcheck_model::{AccessDenied, AppError, StepUpChallenge, functions::ACT, paths};
use claimcheck_server::{
    guard::TooMany,
    sign_in::problem::{SignInProblem, Ways},
};
use claimcheck_session::StoreError;
use leptos::prelude::*;

use crate::{
    browsers::Log,
    support::{
        Page,
        hostile::{At, HostileWorld, Raw, Script},
    },
};

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

/// Checks the required parts of a failure page. `leads_to` is the target of its button, if the test knows it.
pub(super) fn helps(page: &Page, what: &str, leads_to: Option<&str>) {
    let main = between(&page.body, "<main", "</main>").unwrap_or_default();
    let title = between(main, "<h1>", "</h1>").unwrap_or_default();
    assert!(title.len() > 8, "{what} has no title: {}", page.body);
    let happened = between(main, "</h1>", "</p>").unwrap_or_default();
    assert!(happened.len() > 20, "{what} does not say what happened: {main}");
    let advice = between(main, "What to do</h2>", "</p>").unwrap_or_default();
    assert!(advice.len() > 15, "{what} does not say what to do: {main}");
    let button = main.split("<a ").find(|link| link.contains("class=\"button primary\"")).unwrap_or_default();
    let target = between(button, "href=\"", "\"").unwrap_or_default();
    assert!(!target.is_empty(), "{what} has no button: {main}");
    if let Some(expected) = leads_to {
        assert_eq!(target, expected, "{what}");
    }
    let reference = between(main, "class=\"num\">", "<").unwrap_or_default();
    assert_eq!(reference, page.header("x-request-id"), "{what} has no reference: {main}");
    assert_eq!(page.header("cache-control"), "no-store", "{what}");
    assert!(page.header("content-type").starts_with("text/html"), "{what}");
}

/// Checks that the log has the reason under the reference of that page.
fn is_logged(log: &Log, page: &Page, reason: &str) {
    let lines = log.of(page.header("x-request-id"));
    let reason = format!("reason=\"{reason}\"");
    assert!(
        lines.iter().any(|line| line.contains(&reason)),
        "{reason} of {} is not in {lines:#?} of {}",
        page.url,
        log.text()
    );
}

type Fault = fn(&mut Script);
type Change = Box<dyn Fn(&mut Script)>;

#[tokio::test]
async fn op_09_every_failed_sign_in_says_what_happened_and_what_to_do() {
    let log = Log::begin();
    let world = HostileWorld::start().await;
    let error = |code: &'static str| {
        move |script: &mut Script| {
            script.callback.remove("code");
            script.callback.set("error", code);
        }
    };
    let faults: [(&str, u16, &str, Change); 12] = [
        ("cancelled", 403, "provider_error", Box::new(error("access_denied"))),
        ("provider broken", 502, "provider_error", Box::new(error("server_error"))),
        ("provider busy", 503, "provider_error", Box::new(error("temporarily_unavailable"))),
        ("scope refused", 403, "provider_error", Box::new(error("invalid_scope"))),
        ("not strong enough", 403, "provider_error", Box::new(error("unmet_authentication_requirements"))),
        ("anything else", 403, "provider_error", Box::new(error("interaction_required"))),
        (
            "code and error",
            400,
            "malformed",
            Box::new(|script| script.callback.set("error", "access_denied")),
        ),
        ("no code", 400, "malformed", Box::new(|script| script.callback.remove("code"))),
        (
            "token endpoint away",
            503,
            "provider_unavailable",
            Box::new(|script| {
                script.instead.insert(At::CodeExchange, Raw::hang_up());
            }),
        ),
        (
            "client refused",
            502,
            "misconfigured",
            Box::new(|script| {
                script.instead.insert(At::CodeExchange, Raw::json(401, "{\"error\":\"invalid_client\"}"));
            }),
        ),
        (
            "code refused",
            502,
            "code_refused",
            Box::new(|script| {
                script.instead.insert(At::CodeExchange, Raw::json(400, "{\"error\":\"invalid_grant\"}"));
            }),
        ),
        (
            "ID token of another",
            502,
            "id_token",
            Box::new(|script| {
                script.at_sign_in.claims.set("iss", "https://evil.example");
            }),
        ),
    ];
    for (what, status, reason, fault) in &faults {
        world.provider.be_honest();
        world.provider.script(|script| fault(script));
        let mut browser = world.browser();
        let page = browser.open("/boards/orders").await;
        assert_eq!(page.status, *status, "{what}: {}", page.body);
        assert!(!browser.at_app.contains_key("claimcheck"), "{what}");
        helps(&page, what, Some("/auth/sign-in?return_to=%2Fboards%2Forders"));
        is_logged(&log, &page, reason);
        assert_eq!(page.headers.contains_key("retry-after"), *status == 503, "{what}");
        world.provider.be_honest();
        let again = browser.open("/auth/sign-in?return_to=/boards/orders").await;
        assert_eq!((again.status, again.path()), (StatusCode::OK, "/boards/orders".into()), "{what}");
    }
    for query in ["", "?code=a&state=forged", "?error=access_denied", "?state=a&state=b"] {
        let page = world.browser().get(&format!("/auth/callback{query}")).await;
        assert_eq!(page.status, 400);
        helps(&page, query, Some("/auth/sign-in?return_to=%2F"));
        is_logged(&log, &page, if query.contains("forged") { "lost" } else { "malformed" });
    }
    let away: Fault = |script| {
        script.instead.insert(At::Discovery, Raw::text(503, "text/plain", "down"));
    };
    let nonsense: Fault = |script| script.metadata.set("issuer", "https://evil.example");
    for (fault, status, reason) in [(away, 503, "provider_unavailable"), (nonsense, 502, "misconfigured")] {
        let world = HostileWorld::start().await;
        world.provider.script(fault);
        for path in ["/boards/orders", "/auth/sign-in?return_to=/boards/orders"] {
            let page = world.browser().get(path).await;
            assert_eq!(page.status, status, "{reason}");
            helps(&page, reason, Some("/auth/sign-in?return_to=%2Fboards%2Forders"));
            is_logged(&log, &page, reason);
            assert_eq!(page.headers.contains_key("retry-after"), status == 503);
        }
    }
}

#[tokio::test]
async fn op_09_every_refused_request_says_what_happened_and_what_to_do() {
    let log = Log::begin();
    let world = HostileWorld::with("sign_in_rate = 3\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let mut nobody = world.browser();
    let form = Some(String::new());
    let ours = ("sec-fetch-site", "same-origin");
    let long = format!("/?q={}", "a".repeat(9000));
    let cookies = "a".repeat(40_000);
    let cookies = [("cookie", cookies.as_str())];
    let large = Some("a".repeat(70_000));
    let json = [ours, ("content-type", "text/plain")];
    for (what, page, status, reason, leads_to) in [
        ("not there", nobody.get("/nothing").await, 404, "not_found", "/"),
        ("no board", browser.get("/boards/nothing").await, 404, "not_found", "/"),
        (
            "foreign",
            browser.send(Method::POST, paths::SIGN_OUT.path(), &[], form.clone()).await,
            403,
            "not same origin",
            "/",
        ),
        ("method", browser.send(Method::PUT, "/auth/callback", &[], None).await, 405, "callback method", "/"),
        (
            "large",
            browser.send(Method::POST, ACT.path.path(), &[ours], large).await,
            413,
            "body too large",
            "/",
        ),
        ("long", nobody.get(&long).await, 414, "head too large", "/"),
        (
            "kind",
            browser.send(Method::POST, ACT.path.path(), &json, form.clone()).await,
            415,
            "content type",
            "/",
        ),
        (
            "cookies",
            world.browser().send(Method::GET, "/account?a=b", &cookies, None).await,
            431,
            "head too large",
            "/account?a=b",
        ),
        (
            "nonsense",
            browser.send(Method::POST, paths::SIGN_OUT.path(), &[ours], Some("reach=x".into())).await,
            400,
            "invalid",
            "/",
        ),
    ] {
        assert_eq!(page.status, status, "{what}: {}", page.body);
        helps(&page, what, Some(leads_to));
        is_logged(&log, &page, reason);
    }
    for _ in 0..4 {
        nobody.get("/account").await;
    }
    let page = nobody.get("/account").await;
    assert_eq!(page.status, 429);
    helps(&page, "too many", Some("/auth/sign-in?return_to=%2Faccount"));
    is_logged(&log, &page, "too_many");
}

#[tokio::test]
async fn op_09_an_address_that_takes_another_method_says_so() {
    let log = Log::begin();
    let world = HostileWorld::start().await;
    for path in [paths::HOME.path(), paths::EVENTS.path()] {
        let page = world.browser().post(path, &[]).await;
        assert_eq!(page.status, 405, "{path}");
        assert!(!page.header("allow").is_empty(), "{path}");
        helps(&page, path, Some("/"));
        is_logged(&log, &page, "method");
    }
    let page = world.browser().get("/auth/sign-in?return_to=/a&return_to=/b").await;
    assert_eq!(page.status, 400);
    helps(&page, "said twice", Some("/auth/sign-in?return_to=%2F"));
    is_logged(&log, &page, "malformed");
}

#[tokio::test]
async fn op_09_a_panel_that_fails_says_why_what_to_do_and_under_which_reference_the_log_has_it() {
    let log = Log::begin();
    let world = HostileWorld::start().await;
    let (mut browser, _) = world.signed_in("/account").await;
    let denied = Raw::json(403, "{\"title\":\"Not on Sundays\"}");
    let step_up = Raw::json(401, "{}")
        .with("www-authenticate", "Bearer error=\"insufficient_user_authentication\", acr_values=\"gold\"");
    for (what, answer, reason) in [
        ("fails", Raw::text(500, "text/plain", "canary"), "api_unavailable"),
        ("answers nonsense", Raw::text(200, "text/html", "canary"), "api_unavailable"),
        ("hangs up", Raw::hang_up(), "api_unavailable"),
        ("refuses", denied, "forbidden"),
        ("wants more of the sign-in", step_up, "step_up"),
    ] {
        world.api.script(|script| script.instead = Some(answer.clone()));
        let board = browser.get("/boards/orders").await;
        let panel =
            browser.fetch("/api/panel_when_ready?board=orders&panel=orders&query=&by_person=true").await;
        for page in [board, panel] {
            let state = between(&page.body, "class=\"state", "</div>").unwrap_or_default();
            let title = between(state, "<h3>", "</h3>").unwrap_or_default();
            assert!(title.len() > 8, "{what}: {}", page.body);
            assert!(between(state, "<p>", "</p>").is_some_and(|words| words.len() > 20), "{what}: {state}");
            assert!(state.contains("class=\"button\""), "{what} has no button: {state}");
            let reference = between(state, "class=\"num\">", "<").unwrap_or_default();
            assert_eq!(reference, format!("{}-1", page.header("x-request-id")), "{what}: {state}");
            assert!(!page.body.contains("canary"), "{what}");
            is_logged(&log, &page, reason);
        }
    }
}

/// Every class: a new one does not compile until it is added here.
fn sign_in_problems() -> Vec<SignInProblem> {
    use SignInProblem::*;
    let all = vec![
        TooMany(claimcheck_server::guard::TooMany { retry_after_secs: 7 }),
        Malformed("x"),
        Lost,
        ProviderSaid { code: "access_denied".into(), description: Some("No.".into()) },
        Declined { code: "temporarily_unavailable".into(), description: None },
        NotAllowed(""),
        ForeignIssuer,
        ProviderUnavailable("x".into()),
        Misconfigured("x".into()),
        Algorithms("x".into()),
        CodeRefused("x".into()),
        IdToken("x".into()),
        SomebodyElse,
        NotAsDemanded("x"),
        LoggedOut,
        SignedOut,
        DoctorRun("x"),
        Store(StoreError::Full),
        Internal("x".into()),
    ];
    let listed = |problem: &SignInProblem| match problem {
        TooMany(_) | Malformed(_) | Lost | ProviderSaid { .. } | ProviderUnavailable(_) => (),
        Declined { .. } | NotAllowed(_) | ForeignIssuer | Misconfigured(_) | Algorithms(_) => (),
        CodeRefused(_) | IdToken(_) | SomebodyElse | NotAsDemanded(_) | LoggedOut | SignedOut => (),
        DoctorRun(_) | Store(_) | Internal(_) => (),
    };
    all.iter().for_each(listed);
    all
}

fn app_errors() -> Vec<AppError> {
    use AppError::*;
    let lacks = vec![
        AccessDenied::Scope("a:b".into()),
        AccessDenied::Role(vec!["finance".into()]),
        AccessDenied::NoRoles(vec!["finance".into()]),
        AccessDenied::TooManyGroups(vec!["finance".into()]),
        AccessDenied::Claim { name: "Department".into(), is: vec!["Finance".into()] },
        AccessDenied::Token("Warehouse".into()),
        AccessDenied::RefreshToken("Warehouse".into()),
        AccessDenied::Said("No.".into()),
        AccessDenied::StillRefused,
        AccessDenied::Unsaid,
    ];
    let mut all: Vec<_> = lacks.into_iter().map(Forbidden).collect();
    all.extend([
        SignedOut,
        NotSameOrigin,
        StepUp(StepUpChallenge::default()),
        NotFound,
        Invalid,
        ApiUnavailable,
        ProviderUnavailable,
        SignInExpired,
        ClientRefused,
        StoreUnavailable,
        Busy,
        Offline,
        Internal,
    ]);
    let listed = |error: &AppError| match error {
        SignedOut | NotSameOrigin | Forbidden(_) | StepUp(_) | NotFound | Invalid | ApiUnavailable => (),
        ProviderUnavailable | SignInExpired | ClientRefused => (),
        StoreUnavailable | Busy | Offline | Internal => (),
    };
    all.iter().for_each(listed);
    all
}

#[test]
fn op_09_every_class_of_failure_has_words_a_button_and_a_reference() {
    let (mut reasons, reference) = (Vec::new(), || Some("abcdefghjk".to_owned()));
    for problem in sign_in_problems() {
        reasons.push(problem.reason());
        for back in [None, Some("/boards/orders".to_owned())] {
            let is_back = back.is_some() && !["logged_out", "signed_out"].contains(&problem.reason());
            let ways = Ways { again: "/again".into(), back };
            let page = problem.to_page(claimcheck_text::Language::default(), ways, reference());
            assert!(page.title.len() > 8 && page.what.len() > 20 && page.advice.len() > 20, "{page:?}");
            assert!(page.action.as_ref().is_some_and(|(_, href)| href.starts_with("/again")), "{page:?}");
            assert_eq!(page.back.is_some(), is_back, "{page:?}");
            let html = claimcheck::documents::problem_page(claimcheck::components::Look::default(), page).0;
            assert!(html.contains("abcdefghjk") && html.contains("href=\"/again"), "{html}");
        }
        let status = problem.status();
        assert!(status.is_client_error() || status.is_server_error());
    }
    assert_eq!(TooMany { retry_after_secs: 7 }.retry_after_secs, 7);
    reasons.sort_unstable();
    let count = reasons.len();
    reasons.dedup();
    assert_eq!(reasons.len(), count, "each has a reason of its own");
    for error in app_errors() {
        assert!(!error.reason().is_empty());
        let html = claimcheck::documents::failure(
            claimcheck::components::Look::default(),
            &error,
            reference(),
            Some("/here"),
        )
        .0;
        assert!(
            html.contains(claimcheck::components::failure_title(
                claimcheck_text::Language::default(),
                &error
            )) && html.contains("abcdefghjk"),
            "{html}"
        );
        assert!(html.contains("What to do") && html.contains("class=\"button primary\""), "{html}");
        let state =
            view! { <PanelFailure error=error.clone() retry_href="/here" reference=reference()/> }.to_html();
        assert!(
            state.contains(claimcheck::components::failure_title(
                claimcheck_text::Language::default(),
                &error
            )) && state.contains("abcdefghjk"),
            "{state}"
        );
        assert!(state.contains("class=\"button\"") || state.contains("class=\"button "), "{state}");
        let words = between(&state, "<p>", "</p>").unwrap_or_default();
        assert!(words.len() > 20, "{state}");
    }
}
