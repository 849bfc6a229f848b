//! The session store: connection, version, latency, durability, and who can share it.

use std::time::Duration;

use claimcheck_session::{StoreConcern, StoreFacts, examine_store};

use crate::doctor::{CheckFinding, Subject};

/// The time for everything that is asked of the store.
const LIMIT: Duration = Duration::from_secs(12);
/// Each request waits for the store once or more, so more than this is felt.
const SLOW: Duration = Duration::from_millis(20);
const PAGE: &str = "operating/stores.md";

/// All findings about the store.
pub(super) async fn check(subject: &Subject) -> Vec<CheckFinding> {
    const CHECK: &str = "store.connection";
    let setting = &subject.settings.store;
    let unusable = |cause: String| {
        let remedy = match setting.server() {
            Some(_) => "check that the store's server runs, and address, user and password in `store`",
            None => "check the path in `store`, and that this user may read the file",
        };
        vec![CheckFinding::mistake(CHECK, cause, remedy).at("store").on(PAGE)]
    };
    match tokio::time::timeout(LIMIT, examine_store(setting)).await {
        Ok(Ok(facts)) => of_facts(&facts),
        Ok(Err(error)) => unusable(error.to_string()),
        Err(_) => unusable(format!("no answer within {} s", LIMIT.as_secs())),
    }
}

fn of_facts(facts: &StoreFacts) -> Vec<CheckFinding> {
    let mut findings = vec![connection(facts)];
    let durability: Vec<_> = facts.durability.iter().map(|(name, value)| format!("{name} {value}")).collect();
    if !durability.is_empty() {
        findings.push(CheckFinding::ok("store.durability", durability.join(", ")));
    }
    findings.push(CheckFinding::ok("store.sharing", facts.sharing));
    findings.extend(facts.concerns.iter().map(concern));
    findings
}

fn connection(facts: &StoreFacts) -> CheckFinding {
    const CHECK: &str = "store.connection";
    let Some(time) = facts.round_trip else { return CheckFinding::ok(CHECK, &facts.version) };
    let found = format!("{}; a round trip takes {:.2} ms", facts.version, time.as_secs_f64() * 1000.0);
    match time > SLOW {
        true => CheckFinding::warning(
            CHECK,
            found,
            "place the store nearer to the server: each request waits for it",
        )
        .at("store")
        .on(PAGE),
        false => CheckFinding::ok(CHECK, found),
    }
}

fn concern(concern: &StoreConcern) -> CheckFinding {
    const CHECK: &str = "store.operation";
    let finding = match concern.is_fatal {
        true => CheckFinding::mistake(CHECK, &concern.found, &concern.remedy),
        false => CheckFinding::warning(CHECK, &concern.found, &concern.remedy),
    };
    finding.at("store").on(PAGE)
}
