//! `claimcheck doctor`: what it finds at a healthy installation, and at installations with one mistake each. The checks run
//! in this process, against real servers.

mod apis;
mod below_path;
mod mistakes;
mod output;
mod provider;
mod public_url;
mod sign_in;
mod sign_in_broken;
mod sign_in_refusals;
mod stores;

use std::sync::Arc;

use claimcheck_server::{
    config::Settings,
    doctor::{CheckFinding, CheckOutcome, examine},
};

use crate::support::hostile::HostileWorld;

/// Nothing listens at these addresses.
pub const QUIET: &str = "admin_listen = \"off\"\npublic_url = \"http://localhost:1\"\n";

/// A healthy installation.
pub async fn healthy() -> HostileWorld {
    let world = HostileWorld::with(QUIET).await;
    world.provider.script(|script| {
        script.is_nobody_there = true;
        script.redirect_uri = Some("http://localhost:1/auth/callback");
    });
    world
}

/// What is found with the settings of this world, changed in this way.
pub async fn findings_with(world: &HostileWorld, change: impl FnOnce(&mut Settings)) -> Vec<CheckFinding> {
    let mut settings = (*world.services.settings).clone();
    change(&mut settings);
    examine(Arc::new(settings), world.clock.clone()).await
}

pub async fn findings(world: &HostileWorld) -> Vec<CheckFinding> {
    findings_with(world, |_| {}).await
}

/// Whether the page of the book has a row for each of these checks.
#[track_caller]
pub fn documented(findings: &[CheckFinding]) {
    let page = include_str!("../../../docs/operating/doctor.md");
    for CheckFinding { check, .. } in findings {
        assert!(page.contains(&format!("`{check}`")), "docs/operating/doctor.md does not have {check}");
    }
}

/// The finding of that check, which has one.
#[track_caller]
pub fn of<'a>(findings: &'a [CheckFinding], check: &str) -> &'a CheckFinding {
    let mut found = findings.iter().filter(|finding| finding.check == check);
    let first = found.next().unwrap_or_else(|| panic!("no finding of {check}: {findings:#?}"));
    assert!(found.next().is_none(), "several findings of {check}: {findings:#?}");
    first
}

pub fn mistakes(findings: &[CheckFinding]) -> Vec<&CheckFinding> {
    findings.iter().filter(|finding| finding.outcome == CheckOutcome::Mistake).collect()
}

/// Everything that is printed about them.
pub fn text(findings: &[CheckFinding]) -> String {
    findings.iter().map(|finding| format!("{} {}\n", finding.found, finding.remedy)).collect()
}

#[tokio::test]
async fn dr_07_doctor_finds_no_mistake_at_a_healthy_installation_and_runs_every_check() {
    let world = healthy().await;
    let found = findings(&world).await;
    documented(&found);
    assert!(mistakes(&found).is_empty(), "{found:#?}");
    for check in [
        "provider.discovery",
        "provider.issuer",
        "provider.endpoints",
        "provider.algorithms",
        "provider.code_flow",
        "provider.pkce",
        "provider.iss_parameter",
        "provider.pushed_requests",
        "provider.clock",
        "provider.keys",
        "client.authentication",
        "client.scopes",
        "client.refresh_tokens",
        "client.redirect_uri",
        "client.credentials",
        "client.refresh_grant",
        "client.userinfo",
        "logout.revocation",
        "logout.end_session",
        "logout.by_provider",
        "store.connection",
        "store.sharing",
        "api.reachable",
    ] {
        assert_eq!(of(&found, check).outcome, CheckOutcome::Ok, "{:#?}", of(&found, check));
    }
    // Nothing runs at the public URL of a test, and a store in memory is worth a warning.
    assert_eq!(of(&found, "public_url.answer").outcome, CheckOutcome::Skipped);
    assert_eq!(of(&found, "store.operation").outcome, CheckOutcome::Warning);
    assert_eq!(world.provider.issued().len(), 0, "no token was issued");
}

#[tokio::test]
async fn dr_09_doctor_prints_no_secret_and_asks_apis_without_a_token() {
    let world = healthy().await;
    // A provider and an API that repeat everything they get.
    use crate::support::hostile::{At, Raw};
    let echo = Raw::text(400, "text/html", "<p>redirect_uri {echo}</p>");
    world.provider.script(|script| {
        script.instead.insert(At::Authorization, echo.clone());
        let body = "{\"error\":\"{echo}\",\"error_description\":\"{echo}\"}";
        script.instead.insert(At::CodeExchange, Raw::json(400, body));
        script.instead.insert(At::Refresh, Raw::json(400, body));
    });
    world.api.script(|script| script.instead = Some(Raw::json(500, "{\"a\":\"{echo}\"}")));
    let found = findings(&world).await;
    let said = text(&found);
    let secret = world.services.settings.client_secret.expose().to_owned();
    let asked = world.provider.seen(At::CodeExchange);
    assert!(asked[0].header("authorization").starts_with("Basic "));
    for canary in [secret.as_str(), asked[0].header("authorization"), "claimcheck-doctor-"] {
        assert!(!said.contains(canary), "{said}");
    }
    let calls = world.api.calls();
    assert!(!calls.is_empty());
    for call in calls {
        assert_eq!((call.method.as_str(), call.token()), ("GET", ""));
    }
}

#[tokio::test]
async fn dr_09_doctor_bounds_what_a_provider_says_and_hides_nothing_in_it() {
    let world = healthy().await;
    use crate::support::hostile::{At, Raw};
    let long = format!("<p>redirect_uri \u{1b}[31m\u{202e}{}</p>", "x".repeat(100_000));
    world.provider.script(|script| {
        script.instead.insert(At::Authorization, Raw::text(400, "text/html", &long));
        script
            .metadata
            .set("code_challenge_methods_supported", serde_json::json!(["\u{1b}[2J".repeat(9_000)]));
        script.metadata.set("issuer", "https://evil.example/\u{1b}]0;owned\u{7}".repeat(1_000));
    });
    let found = findings(&world).await;
    for finding in &found {
        assert!(finding.found.chars().count() <= 601, "{finding:?}");
        assert!(
            !finding.found.chars().any(char::is_control) && !finding.found.contains('\u{202e}'),
            "{finding:?}"
        );
        assert!(!finding.remedy.chars().any(char::is_control), "{finding:?}");
    }
}
