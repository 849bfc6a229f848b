//! The provider's documents: discovery, issuer, endpoints, keys, clock, and what it supports.

use std::time::Duration;

use axum::http::{HeaderMap, header};
use claimcheck_oidc::{
    id_token::LEEWAY_SECS,
    survey::{DocumentFault, FetchedDocument, ProviderFacts},
};

use crate::doctor::{CheckFinding, Subject, connection::explain, vendors::Vendor};

/// A difference of the clocks that is no trouble yet, in seconds.
const CLOCK_WARNING_SECS: i64 = 20;

/// The discovery document: its finding, and what it says if it can be read.
pub(super) async fn discover(subject: &Subject) -> (CheckFinding, FetchedDocument, Option<ProviderFacts>) {
    let document = subject.relying_party.survey_discovery().await;
    let facts = document
        .members
        .as_ref()
        .ok()
        .map(|members| ProviderFacts::new(members.clone(), subject.relying_party.settings()));
    (discovery(&document), document, facts)
}

fn discovery(document: &FetchedDocument) -> CheckFinding {
    const CHECK: &str = "provider.discovery";
    let url = &document.url;
    let fault = match &document.members {
        Ok(_) => {
            let found = format!("{url}, {} bytes in {}", document.bytes, millis(document.took));
            return CheckFinding::ok(CHECK, found);
        }
        Err(fault) => fault,
    };
    let (found, remedy) = match fault {
        DocumentFault::NoAnswer(error) => {
            let (cause, remedy) = explain(error);
            (format!("{url}: {cause}"), remedy.to_owned())
        }
        DocumentFault::Redirect { .. } => (
            format!("{url}: {fault}; redirects are not followed"),
            "set `issuer` to the address that is redirected to, as the document there names it".to_owned(),
        ),
        DocumentFault::Status(404) => (
            format!("{url}: status 404"),
            "check the path of `issuer`: Keycloak has /realms/NAME, Okta /oauth2/default, Entra /TENANT_ID/v2.0; set \
             `discovery_url` if the document is elsewhere"
                .to_owned(),
        ),
        DocumentFault::Status(status) if *status >= 500 || *status == 429 => {
            (format!("{url}: {fault}"), "the provider fails now: try again later".to_owned())
        }
        fault => (format!("{url}: {fault}"), "check what is at this address: `issuer` or `discovery_url`".to_owned()),
    };
    CheckFinding::mistake(CHECK, found, remedy).at("issuer")
}

/// What the discovery document says about the provider itself.
pub(super) fn check_facts(
    subject: &Subject,
    facts: &ProviderFacts,
    vendor: &'static Vendor,
) -> Vec<CheckFinding> {
    let mut findings = vec![issuer(subject, facts, vendor)];
    findings.extend(endpoints(facts));
    findings.extend([algorithms(facts), flow(facts), pkce(facts), iss(facts), pushed_requests(facts)]);
    findings
}

fn issuer(subject: &Subject, facts: &ProviderFacts, vendor: &'static Vendor) -> CheckFinding {
    const CHECK: &str = "provider.issuer";
    let ours = &subject.settings.issuer;
    let Some(theirs) = facts.issuer() else {
        let found = "the discovery document has no issuer";
        return CheckFinding::mistake(CHECK, found, "check what is at this address").at("issuer");
    };
    if theirs == ours {
        let name = if vendor.is_known() { format!(", {}", vendor.name) } else { String::new() };
        return CheckFinding::ok(CHECK, format!("{theirs}{name}")).on(vendor.page);
    }
    let is_slash = theirs.trim_end_matches('/') == ours.trim_end_matches('/');
    let difference = if is_slash { "; only the slash at the end differs" } else { "" };
    let found = format!(
        "the discovery document says {theirs:?}, and `issuer` is {ours:?}: both must be identical{difference}"
    );
    let remedy =
        vendor.remedy(&format!("set `issuer` to {theirs:?}, if that is your provider"), vendor.issuer);
    CheckFinding::mistake(CHECK, found, remedy).at("issuer").on(vendor.page)
}

fn endpoints(facts: &ProviderFacts) -> Vec<CheckFinding> {
    const CHECK: &str = "provider.endpoints";
    let all = facts.endpoints();
    let mut findings = Vec::new();
    for found in &all {
        match &found.url {
            Err(cause) => {
                let remedy = "correct it at the provider; see `insecure_hosts` and `provider_base_url` for internal addresses";
                findings.push(
                    CheckFinding::mistake(CHECK, cause, remedy).of(found.name).on("operating/outgoing.md"),
                );
            }
            Ok(None) if found.is_required => {
                let (what, remedy) = (
                    format!("the discovery document has no {}", found.name),
                    "no one can sign in without it: check that this is an OpenID provider with the code flow",
                );
                findings.push(CheckFinding::mistake(CHECK, what, remedy).of(found.name));
            }
            Ok(_) => {}
        }
    }
    if findings.is_empty() {
        let names = all.iter().filter(|found| matches!(found.url, Ok(Some(_)))).count();
        findings.push(CheckFinding::ok(CHECK, format!("{names} addresses that may be used")));
    }
    findings
}

fn algorithms(facts: &ProviderFacts) -> CheckFinding {
    const CHECK: &str = "provider.algorithms";
    match facts.algorithms() {
        Ok(accepted) => {
            let names: Vec<_> = accepted.iter().map(|alg| alg.name()).collect();
            CheckFinding::ok(CHECK, format!("ID tokens may be signed with {}", names.join(", ")))
        }
        Err(cause) => {
            let listed = facts.list("id_token_signing_alg_values_supported").unwrap_or_default();
            let found = format!("{cause}; it lists {}", listed_or_nothing(&listed));
            let remedy = "let the provider sign ID tokens with RS256 or ES256, and remove `id_token_algs` or add the \
                          algorithm to it";
            CheckFinding::mistake(CHECK, found, remedy).at("id_token_algs")
        }
    }
}

fn flow(facts: &ProviderFacts) -> CheckFinding {
    const CHECK: &str = "provider.code_flow";
    let lacks = |list: &str, value: &str| {
        facts.list(list).is_some_and(|listed| !listed.iter().any(|found| found == value))
    };
    if lacks("response_types_supported", "code") {
        let found =
            "response_types_supported do not contain `code`: the provider has no authorization code flow";
        return CheckFinding::mistake(CHECK, found, "enable the authorization code flow at the provider");
    }
    if lacks("grant_types_supported", "authorization_code") {
        let found = "grant_types_supported do not contain `authorization_code`";
        return CheckFinding::warning(CHECK, found, "enable the grant at the provider if the sign-in fails");
    }
    CheckFinding::ok(CHECK, "response type `code` and its grant are supported")
}

fn pkce(facts: &ProviderFacts) -> CheckFinding {
    const CHECK: &str = "provider.pkce";
    match facts.list("code_challenge_methods_supported") {
        Some(methods) if methods.iter().any(|method| method == "S256") => {
            CheckFinding::ok(CHECK, "S256 is supported")
        }
        Some(methods) => {
            let found = format!("S256 is not supported; the provider lists {}", listed_or_nothing(&methods));
            CheckFinding::mistake(CHECK, found, "enable PKCE with S256 at the provider")
        }
        None => CheckFinding::ok(
            CHECK,
            "not stated; PKCE with S256 is sent anyway, and the provider may ignore it",
        ),
    }
}

fn iss(facts: &ProviderFacts) -> CheckFinding {
    const CHECK: &str = "provider.iss_parameter";
    match facts.flag("authorization_response_iss_parameter_supported") {
        true => CheckFinding::ok(CHECK, "sent with authorization responses (RFC 9207), and then required"),
        false => CheckFinding::ok(
            CHECK,
            "not stated; it is checked if it is there, and one provider needs none (RFC 9207)",
        ),
    }
}

fn pushed_requests(facts: &ProviderFacts) -> CheckFinding {
    const CHECK: &str = "provider.pushed_requests";
    match facts.flag("require_pushed_authorization_requests") {
        true => {
            let found =
                "the provider requires pushed authorization requests (RFC 9126), which are not supported";
            CheckFinding::mistake(CHECK, found, "make them optional for this client at the provider")
        }
        false => CheckFinding::ok(CHECK, "not required"),
    }
}

/// The key set.
pub(super) async fn keys(subject: &Subject, facts: &ProviderFacts) -> CheckFinding {
    const CHECK: &str = "provider.keys";
    let Some(url) = facts.endpoint("jwks_uri") else {
        return CheckFinding::skipped(CHECK, "the discovery document has no usable jwks_uri");
    };
    let document = subject.relying_party.survey_document(&url).await;
    let members = match &document.members {
        Ok(members) => members,
        Err(DocumentFault::NoAnswer(error)) => {
            let (cause, remedy) = explain(error);
            return CheckFinding::mistake(CHECK, format!("{url}: {cause}"), remedy);
        }
        Err(fault) => {
            return CheckFinding::mistake(
                CHECK,
                format!("{url}: {fault}"),
                "correct `jwks_uri` at the provider",
            );
        }
    };
    match facts.keys(members) {
        Ok(found) if found.usable > 0 => {
            let took = millis(document.took);
            CheckFinding::ok(
                CHECK,
                format!("{} of {} can verify ID tokens, in {took}", found.usable, found.all),
            )
        }
        Ok(found) if found.all == 0 => {
            let found = format!("{url} has no keys, so no ID token can be verified");
            CheckFinding::mistake(CHECK, found, "let the provider publish its signing keys")
        }
        Ok(found) => {
            let found = format!(
                "none of the {} keys at {url} can verify an ID token with an accepted algorithm (RSA keys need 2048 bits)",
                found.all
            );
            let remedy = "let the provider sign with RS256 or ES256, or change `id_token_algs`";
            CheckFinding::mistake(CHECK, found, remedy).at("id_token_algs")
        }
        Err(_) => {
            let found = format!("{url} has no list `keys`");
            CheckFinding::mistake(CHECK, found, "correct `jwks_uri` at the provider")
        }
    }
}

/// The difference between the clock of this machine and that of the server that sent the document.
pub(super) fn clock(subject: &Subject, document: &FetchedDocument) -> CheckFinding {
    const CHECK: &str = "provider.clock";
    let Some(theirs) = sent_at(&document.headers) else {
        return CheckFinding::skipped(CHECK, "the provider's response has no `Date`");
    };
    // The response took part of this time to arrive, and `Date` has whole seconds.
    let ours = subject.clock.now() - i64::try_from(document.took.as_secs() / 2).unwrap_or_default();
    let ahead = theirs - ours;
    let found = match ahead {
        -1..=1 => format!("the same as here; up to {LEEWAY_SECS} s are tolerated"),
        2.. => format!(
            "the provider's clock is {ahead} s ahead of this machine's; {LEEWAY_SECS} s are tolerated"
        ),
        _ => format!(
            "the provider's clock is {} s behind this machine's; {LEEWAY_SECS} s are tolerated",
            -ahead
        ),
    };
    let remedy = "synchronize the clock of this machine (NTP), or that of the provider";
    match ahead.abs() {
        secs if secs > LEEWAY_SECS => CheckFinding::mistake(CHECK, found, remedy),
        secs if secs > CLOCK_WARNING_SECS => CheckFinding::warning(CHECK, found, remedy),
        _ => CheckFinding::ok(CHECK, found),
    }
}

/// When a response was sent, in Unix seconds. A cache adds its age.
fn sent_at(headers: &HeaderMap) -> Option<i64> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let date = httpdate::parse_http_date(text(header::DATE)?).ok()?;
    let secs = date.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    let age: u64 = text(header::AGE).and_then(|age| age.trim().parse().ok()).unwrap_or_default();
    i64::try_from(secs.saturating_add(age)).ok()
}

pub(super) fn millis(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

pub(super) fn listed_or_nothing(list: &[String]) -> String {
    if list.is_empty() { "nothing".to_owned() } else { list.join(", ") }
}
