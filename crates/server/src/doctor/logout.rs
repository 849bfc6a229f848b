//! What ends sessions: revocation, the sign-out at the provider, and logouts that the provider sends. A provider may lack
//! any of them; each finding says what works without it.

use claimcheck_model::paths;
use claimcheck_oidc::{EndSession, survey::ProviderFacts};

use crate::doctor::{CheckFinding, Subject, vendors::Vendor};

/// All of them.
pub(super) fn check_facts(
    subject: &Subject,
    facts: &ProviderFacts,
    vendor: &'static Vendor,
) -> Vec<CheckFinding> {
    vec![
        userinfo(facts),
        revocation(facts),
        end_session(subject, facts, vendor),
        logouts(subject, facts, vendor),
    ]
}

fn userinfo(facts: &ProviderFacts) -> CheckFinding {
    const CHECK: &str = "client.userinfo";
    match facts.endpoint("userinfo_endpoint") {
        Some(_) => CheckFinding::ok(CHECK, "available"),
        None => CheckFinding::ok(CHECK, "not available: details of users come from the ID token only"),
    }
}

fn revocation(facts: &ProviderFacts) -> CheckFinding {
    const CHECK: &str = "logout.revocation";
    match facts.endpoint("revocation_endpoint") {
        Some(_) => CheckFinding::ok(CHECK, "tokens of ended sessions are revoked"),
        None => CheckFinding::ok(
            CHECK,
            "not available: tokens of ended sessions are deleted here, and stay valid at the API until they expire",
        ),
    }
}

fn end_session(subject: &Subject, facts: &ProviderFacts, vendor: &'static Vendor) -> CheckFinding {
    const CHECK: &str = "logout.end_session";
    let outgoing = &subject.settings.outgoing;
    let back = subject.settings.address(paths::HOME);
    if outgoing.end_session == EndSession::Off {
        return CheckFinding::ok(CHECK, "off: a sign-out ends the session here only");
    }
    if outgoing.end_session_url.is_some() {
        return CheckFinding::ok(
            CHECK,
            "at `end_session_url`; a sign-out also ends the session at the provider",
        );
    }
    if facts.endpoint("end_session_endpoint").is_some() {
        let registered =
            vendor.remedy(&format!("{back} must be registered for the way back"), vendor.sign_out);
        return CheckFinding::ok(
            CHECK,
            format!("a sign-out also ends the session at the provider; {registered}"),
        );
    }
    let found = "the discovery document has no end_session_endpoint: a sign-out ends the session here only, and the \
                 provider may sign the user in again without a question";
    if vendor.name == "Google" {
        return CheckFinding::ok(CHECK, format!("{found}. This is expected at Google"));
    }
    let remedy = vendor.remedy("set `end_session_url` if the provider has such a page", vendor.end_session);
    CheckFinding::warning(CHECK, found, remedy).at("end_session_url").on(vendor.page)
}

fn logouts(subject: &Subject, facts: &ProviderFacts, vendor: &'static Vendor) -> CheckFinding {
    const CHECK: &str = "logout.by_provider";
    let (back, front) =
        (facts.flag("backchannel_logout_supported"), facts.flag("frontchannel_logout_supported"));
    let without_sid = |name: &str| match facts.flag(name) {
        true => "",
        false => "; without `sid`, which is needed to end one session only",
    };
    match (back, front) {
        (true, _) => {
            let uri = subject.settings.address(paths::BACK_CHANNEL_LOGOUT);
            let where_to = vendor.remedy(&format!("register {uri}"), vendor.logout);
            let sid = match facts.flag("backchannel_logout_session_supported") {
                true => "",
                false => "; it may name the user only, and then ends all sessions of that user",
            };
            CheckFinding::ok(CHECK, format!("back-channel logout is supported{sid}; {where_to}"))
        }
        (false, true) => {
            let uri = subject.settings.address(paths::FRONT_CHANNEL_LOGOUT);
            let where_to = vendor.remedy(&format!("register {uri}"), vendor.logout);
            let sid = without_sid("frontchannel_logout_session_supported");
            CheckFinding::ok(CHECK, format!("front-channel logout is supported{sid}; {where_to}"))
        }
        (false, false) => CheckFinding::ok(
            CHECK,
            "not announced: after a logout elsewhere, a session here ends when the provider refuses its refresh token",
        ),
    }
}
