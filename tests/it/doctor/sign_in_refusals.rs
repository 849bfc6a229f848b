//! What a run of `claimcheck doctor --sign-in` refuses, each beside the same request made right, and how it ends if nobody
//! completes it.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use claimcheck_model::paths;
use claimcheck_server::{
    config::{AdminListen, Settings},
    doctor::{CheckFinding, CheckOutcome},
    sign_in::doctor_run::boards_digest,
};
use claimcheck_session::EndReason;

use crate::{
    doctor::sign_in::{Doctor, finding, healthy, press, served, settings},
    support::hostile::{At, HostileWorld, Raw},
};

/// The finding of a run that did not come to its end.
#[track_caller]
fn stopped<'a>(findings: &'a [CheckFinding], found: &str) -> &'a CheckFinding {
    let session = finding(findings, "sign_in.session", None);
    assert!(session.outcome == CheckOutcome::Mistake && session.found.contains(found), "{session:?}");
    assert!(!session.remedy.is_empty() && findings.len() == 1, "{findings:?}");
    session
}

#[tokio::test]
async fn dr_02_doctor_uses_no_session_but_its_own_and_ends_no_other() {
    let world = healthy("").await;
    let (mut signed_in, _) = world.signed_in("/account").await;
    let doctor = Doctor::of(&world.services).await;
    let link = doctor.link().await;
    let cookie = signed_in.at_app["claimcheck"].clone();
    // A browser with a session is told to use another one.
    let page = signed_in.get(&link).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.body.contains("private window"), "{}", page.body);
    // Its session cannot confirm, nor see the page.
    let go = [
        (paths::DOCTOR_DO, paths::DOCTOR_GO),
        (paths::DOCTOR_BOARDS, &boards_digest(&world.services.settings)),
    ];
    let page = signed_in.post(paths::DOCTOR_DECIDE.path(), &go).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let page = signed_in.get(paths::DOCTOR_CONFIRM.path()).await;
    assert!(page.status == StatusCode::CONFLICT && !page.body.contains(&doctor.code()), "{}", page.body);
    // Nobody at all neither.
    let mut nobody = world.browser();
    let page = nobody.post(paths::DOCTOR_DECIDE.path(), &go).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(nobody.get(paths::DOCTOR_CONFIRM.path()).await.status, StatusCode::GONE);
    assert!(world.api.calls().is_empty());
    // The same link in a browser without a session.
    let mut own = world.browser();
    own.open(&link).await;
    press(&mut own, paths::DOCTOR_GO).await;
    let findings = doctor.findings().await;
    assert!(findings.iter().all(|it| it.outcome == CheckOutcome::Ok), "{findings:#?}");
    // The user's other session is as it was.
    let page = signed_in.get("/account").await;
    assert_eq!((page.status, &signed_in.at_app["claimcheck"]), (StatusCode::OK, &cookie));
    let tokens: std::collections::BTreeSet<_> =
        world.api.calls().iter().map(|call| call.token().to_owned()).collect();
    assert!(!tokens.contains(&world.provider.issued()[0].access_token), "read with another session");
}

#[tokio::test]
async fn dr_02_doctor_ends_no_session_of_a_user_who_has_as_many_as_allowed() {
    let world = healthy("sessions_per_person = 1").await;
    let (mut signed_in, _) = world.signed_in("/account").await;
    let doctor = Doctor::of(&world.services).await;
    let mut own = world.browser();
    own.open(&doctor.link().await).await;
    press(&mut own, paths::DOCTOR_GO).await;
    doctor.findings().await;
    assert_eq!(signed_in.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn dr_02_doctor_starts_no_session_in_a_browser_that_got_one_meanwhile() {
    let world = healthy("").await;
    let doctor = Doctor::of(&world.services).await;
    let mut browser = world.browser();
    let to_provider = browser.get(&doctor.link().await).await;
    let back = browser.get(to_provider.location().as_str()).await;
    // Another tab signs in before the provider's response arrives.
    browser.open("/account").await;
    let cookie = browser.at_app["claimcheck"].clone();
    let page = browser.get(back.location().as_str()).await;
    assert!(
        page.status == StatusCode::FORBIDDEN && page.body.contains("This check is over"),
        "{}",
        page.body
    );
    assert_eq!(browser.at_app["claimcheck"], cookie);
    // The link still works elsewhere.
    let mut own = world.browser();
    own.open(&doctor.link().await).await;
    press(&mut own, paths::DOCTOR_GO).await;
    let findings = doctor.findings().await;
    assert!(findings.iter().all(|it| it.outcome == CheckOutcome::Ok), "{findings:#?}");
}

#[tokio::test]
async fn dr_02_doctor_lets_its_session_do_nothing_else() {
    let world = healthy("").await;
    let doctor = Doctor::of(&world.services).await;
    let mut browser = world.browser();
    browser.open(&doctor.link().await).await;
    for path in ["/account", "/boards/orders", "/sessions", "/boards/orders/csv/open-orders"] {
        let page = browser.get(path).await;
        assert!(
            page.status.is_redirection() && page.location().path() == "/authorize",
            "{path}: {}",
            page.status
        );
    }
    let page = browser.fetch("/auth/events").await;
    assert_ne!(page.status, StatusCode::OK);
    assert!(world.api.calls().is_empty());
    press(&mut browser, paths::DOCTOR_GO).await;
    assert!(doctor.findings().await.iter().all(|it| it.outcome == CheckOutcome::Ok));
}

#[tokio::test]
async fn dr_03_doctor_takes_a_link_once_and_for_ten_minutes_and_only_its_own() {
    let world = healthy("").await;
    let doctor = Doctor::of(&world.services).await;
    let link = doctor.link().await;
    for other in ["/auth/doctor", "/auth/doctor?run=", "/auth/doctor?run=x", &link[..link.len() - 3]] {
        assert_eq!(world.browser().get(other).await.status, StatusCode::GONE, "{other}");
    }
    let (mut first, mut second) = (world.browser(), world.browser());
    first.open(&link).await;
    let page = second.open(&link).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
    assert!(!second.at_app.contains_key("claimcheck") && page.body.contains("This check is over"));
    press(&mut first, paths::DOCTOR_GO).await;
    let findings = doctor.findings().await;
    assert!(findings.iter().all(|it| it.outcome == CheckOutcome::Ok), "{findings:#?}");
    // Its page says so afterwards, and the decision is not taken twice.
    let page = first.post(paths::DOCTOR_DECIDE.path(), &[(paths::DOCTOR_DO, paths::DOCTOR_GO)]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let calls = world.api.calls().len();
    assert_eq!(world.browser().open(&link).await.status, StatusCode::GONE, "used");
    assert_eq!(world.api.calls().len(), calls);
    // Too late.
    let doctor = Doctor::of(&world.services).await;
    let link = doctor.link().await;
    world.advance(601);
    assert_eq!(world.browser().get(&link).await.status, StatusCode::GONE);
    stopped(&doctor.findings().await, "nobody signed in");
}

#[tokio::test]
async fn dr_03_doctor_needs_a_confirmation_in_time_and_from_its_own_page() {
    let world = healthy("").await;
    let doctor = Doctor::of(&world.services).await;
    let mut browser = world.browser();
    browser.open(&doctor.link().await).await;
    let boards = boards_digest(&world.services.settings);
    let form = Some(format!("{}={}&{}={boards}", paths::DOCTOR_DO, paths::DOCTOR_GO, paths::DOCTOR_BOARDS));
    for foreign in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let page = browser.send(Method::POST, paths::DOCTOR_DECIDE.path(), &[foreign], form.clone()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{foreign:?}");
    }
    for wrong in [&[][..], &[("do", "maybe")], &[("do", "run"), ("do", "run")], &[("other", "run")]] {
        assert_eq!(
            browser.post(paths::DOCTOR_DECIDE.path(), wrong).await.status,
            StatusCode::BAD_REQUEST,
            "{wrong:?}"
        );
    }
    assert_eq!(browser.get(&format!("{}?do=run", paths::DOCTOR_CONFIRM.path())).await.status, StatusCode::OK);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(world.api.calls().is_empty() && doctor.said().contains("Waiting for the confirmation"));
    world.advance(601);
    assert_eq!(browser.post(paths::DOCTOR_DECIDE.path(), &[("do", "run")]).await.status, StatusCode::GONE);
    stopped(&doctor.findings().await, "did not confirm");
    assert!(world.api.calls().is_empty());
    world.drained().await;
    assert!(world.provider.count(At::Revocation) > 0, "its tokens are revoked");
}

#[tokio::test]
async fn dr_06_doctor_ends_with_the_reason_if_nobody_gets_in() {
    for (more, script, found) in [
        ("", Some(("callback", "access_denied")), "the provider refused the sign-in, or the user declined"),
        ("", Some(("token", "invalid_grant")), "refused the authorization code"),
        (
            "[[allow]]\nclaim = \"email\"\nis = [\"nobody@x.example\"]\n",
            None,
            "none of the rules in `[[allow]]`",
        ),
    ] {
        let world = healthy(more).await;
        world.provider.script(|provider| match script {
            Some(("callback", error)) => {
                provider.callback.remove("code");
                provider.callback.set("error", error);
            }
            Some((_, error)) => {
                let refusal = Raw::json(400, &format!("{{\"error\":\"{error}\"}}"));
                provider.instead.insert(At::CodeExchange, refusal);
            }
            None => {}
        });
        let doctor = Doctor::of(&world.services).await;
        let mut browser = world.browser();
        let page = browser.open(&doctor.link().await).await;
        assert!(page.status.is_client_error() || page.status.is_server_error(), "{found}: {}", page.status);
        stopped(&doctor.findings().await, found);
        assert!(world.api.calls().is_empty() && !browser.at_app.contains_key("claimcheck"));
    }
}

#[tokio::test]
async fn dr_02_doctor_starts_no_session_for_a_run_that_has_ended() {
    let world = healthy("").await;
    // The user declines at the provider, so the run ends. Then they open the same link again, or complete a sign-in that
    // another browser began with it before.
    let doctor = Doctor::of(&world.services).await;
    let link = doctor.link().await;
    let mut early = world.browser();
    let to_provider = early.get(&link).await;
    let back = early.get(to_provider.location().as_str()).await;
    world.provider.script(|provider| {
        provider.callback.remove("code");
        provider.callback.set("error", "access_denied");
    });
    world.browser().open(&link).await;
    stopped(&doctor.findings().await, "the provider refused the sign-in, or the user declined");
    world.provider.script(|provider| provider.callback = Default::default());
    assert_eq!(world.browser().open(&link).await.status, StatusCode::GONE);
    let page = early.get(back.location().as_str()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
    assert!(page.body.contains("This check is over") && !early.at_app.contains_key("claimcheck"));
    // A new run works.
    let findings = super::sign_in::whole_run(&world).await;
    assert!(findings.iter().all(|it| it.outcome == CheckOutcome::Ok), "{findings:#?}");
}

#[tokio::test]
async fn dr_02_doctor_stops_reading_if_the_user_cancels_or_the_session_ends_meanwhile() {
    // More panels than are read at the same time.
    let panel = |number: u8| {
        format!(
            "[[board.panel]]\ntitle = \"{number}\"\nkind = \"table\"\nget = \"/many/{number}\"\nrows = \"$[*]\"\n"
        )
    };
    let many: String = (0..12).map(panel).collect();
    let many = format!("[[board]]\nid = \"many\"\ntitle = \"Many\"\n{many}");
    for is_cancelled in [true, false] {
        let world = healthy(&many).await;
        world.api.script(|script| script.delay = Some(Duration::from_secs(2)));
        let doctor = Doctor::of(&world.services).await;
        let mut browser = world.browser();
        browser.open(&doctor.link().await).await;
        let page = press(&mut browser, paths::DOCTOR_GO).await;
        assert!(page.body.contains("The check is running") && page.body.contains("Cancel"), "{}", page.body);
        while world.api.calls().is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        if is_cancelled {
            let page =
                browser.post(paths::DOCTOR_DECIDE.path(), &[(paths::DOCTOR_DO, paths::DOCTOR_CANCEL)]).await;
            assert!(page.body.contains("may have been read already"), "{}", page.body);
            stopped(&doctor.findings().await, "cancelled");
        } else {
            let iss = world.provider.origin();
            world.services.sessions.end_all(iss, "p-ada", None, EndReason::Elsewhere).await.unwrap();
            stopped(&doctor.findings().await, "session ended");
        }
        assert!(world.api.calls().len() < 8, "{:?}", world.api.calls());
    }
}

#[tokio::test]
async fn dr_06_doctor_ends_with_a_finding_if_the_server_is_not_there_or_restarts() {
    let mut world = healthy("").await;
    let server = |findings: Vec<CheckFinding>, key: &str, words: &str| {
        let server = finding(&findings, "sign_in.server", None);
        assert!(server.outcome == CheckOutcome::Mistake && server.key.as_deref() == Some(key), "{server:?}");
        assert!(server.found.contains(words) && !server.remedy.is_empty(), "{server:?}");
    };
    let with = |admin_listen| Settings { admin_listen, ..(*world.services.settings).clone() };
    let doctor = Doctor::with(with(AdminListen::Off), &world.services);
    server(doctor.findings().await, "admin_listen", "is off");
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let doctor = Doctor::with(with(AdminListen::at(nowhere)), &world.services);
    server(doctor.findings().await, "admin_listen", "no server answers");
    let address = served(&world.services).await;
    let no_keys = Settings { session_keys: None, ..settings(&world.services, address) };
    let doctor = Doctor::with(no_keys, &world.services);
    server(doctor.findings().await, "session_keys", "session_keys");
    // A process that has not begun the run knows nothing of it.
    let doctor = Doctor::of(&world.services).await;
    let mut browser = world.browser();
    browser.open(&doctor.link().await).await;
    world.services.stopping.cancel();
    stopped(&doctor.findings().await, "was stopped");
    let jar = std::mem::take(&mut browser.at_app);
    world.restart().await;
    let mut browser = world.browser();
    browser.at_app = jar;
    assert!(browser.get("/account").await.status.is_redirection(), "the session has ended");
}

#[tokio::test]
async fn dr_04_doctor_is_begun_by_operators_only_and_a_few_at_a_time() {
    let world: HostileWorld = healthy("").await;
    let address = served(&world.services).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in [paths::ADMIN_DOCTOR, paths::ADMIN_DOCTOR_RUN] {
        let url = format!("http://{address}{path}");
        for request in [client.post(&url), client.get(&url), client.post(&url).bearer_auth("x")] {
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            assert!([401, 405].contains(&status), "{path} {status}");
        }
    }
    let mut all = Vec::new();
    for _ in 0..4 {
        let doctor = Doctor::with(settings(&world.services, address), &world.services);
        doctor.link().await;
        all.push(doctor);
    }
    let fifth = Doctor::with(settings(&world.services, address), &world.services);
    let findings = fifth.findings().await;
    let server = finding(&findings, "sign_in.server", None);
    assert!(server.found.contains("are under way"), "{server:?}");
    let codes: std::collections::BTreeSet<_> = all.iter().map(Doctor::code).collect();
    assert_eq!(codes.len(), 4);
    // One of them is cancelled; then there is room again.
    let last = all.pop().unwrap();
    let mut browser = world.browser();
    browser.open(&last.link().await).await;
    press(&mut browser, paths::DOCTOR_CANCEL).await;
    stopped(&last.findings().await, "cancelled");
    let sixth = Doctor::with(settings(&world.services, address), &world.services);
    sixth.link().await;
    for doctor in all.into_iter().chain([sixth]) {
        doctor.task.abort();
    }
}
