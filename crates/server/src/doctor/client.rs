//! This client's settings, compared with what the discovery document announces: authentication, scopes, refresh tokens and
//! claims.

use claimcheck_oidc::{ClientAuth, survey::ProviderFacts};
use serde_json::Map;

use crate::{
    config::ClaimPath,
    doctor::{
        CheckFinding, Subject,
        provider::listed_or_nothing,
        vendors::{Offline, Vendor},
    },
};

/// Scopes that a provider lists if it has them.
const STANDARD: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// What the discovery document says about this client's settings.
pub(super) fn check_facts(
    subject: &Subject,
    facts: &ProviderFacts,
    vendor: &'static Vendor,
) -> Vec<CheckFinding> {
    let mut findings = vec![auth(subject, facts, vendor), scopes(subject, facts, vendor)];
    findings.push(refresh_tokens(subject, facts, vendor));
    findings.extend(claims(subject, facts));
    findings
}

/// The name of a way to authenticate.
pub(super) fn method(auth: ClientAuth) -> &'static str {
    match auth {
        ClientAuth::Basic => "client_secret_basic",
        ClientAuth::Post => "client_secret_post",
    }
}

fn auth(subject: &Subject, facts: &ProviderFacts, vendor: &'static Vendor) -> CheckFinding {
    const CHECK: &str = "client.authentication";
    let ours = method(facts.client_auth());
    let from = if subject.settings.client_auth.is_some() {
        "as `client_auth` says"
    } else {
        "as the provider offers"
    };
    match facts.list("token_endpoint_auth_methods_supported") {
        Some(listed) if !listed.iter().any(|listed| listed == ours) => {
            let found = format!("{ours} is used, but the provider lists {}", listed_or_nothing(&listed));
            let offered = listed.iter().find(|listed| listed.starts_with("client_secret_"));
            let remedy = match offered
                .filter(|offered| ["client_secret_basic", "client_secret_post"].contains(&offered.as_str()))
            {
                Some(offered) => format!("set client_auth = \"{offered}\""),
                None => "allow client_secret_basic or client_secret_post for this client".to_owned(),
            };
            CheckFinding::mistake(CHECK, found, vendor.remedy(&remedy, vendor.auth_method))
                .at("client_auth")
                .on(vendor.page)
        }
        Some(_) => CheckFinding::ok(CHECK, format!("{ours}, {from}")),
        None => CheckFinding::ok(CHECK, format!("{ours}; the provider lists no methods")),
    }
}

fn scopes(subject: &Subject, facts: &ProviderFacts, vendor: &'static Vendor) -> CheckFinding {
    const CHECK: &str = "client.scopes";
    let ours = &subject.settings.scopes;
    let Some(listed) = facts.list("scopes_supported") else {
        return CheckFinding::ok(CHECK, format!("{}; the provider lists no scopes", ours.join(" ")));
    };
    let missing = |scope: &&String| !listed.contains(*scope);
    let standard: Vec<_> =
        ours.iter().filter(missing).filter(|scope| STANDARD.contains(&scope.as_str())).collect();
    let others = ours.iter().filter(missing).count() - standard.len();
    let hint = match others {
        0 => String::new(),
        _ => format!("; {others} of them are not listed, as is usual for scopes of APIs"),
    };
    match standard.iter().find(|scope| scope.as_str() != "offline_access") {
        Some(scope) => {
            let found = format!("the provider does not list the scope {scope}");
            let remedy =
                vendor.remedy("allow the scope for this client, or remove it from `scopes`", vendor.scopes);
            CheckFinding::warning(CHECK, found, remedy).at("scopes").on(vendor.page)
        }
        None => CheckFinding::ok(CHECK, format!("{}{hint}", ours.join(" "))),
    }
}

/// Whether sign-ins bring refresh tokens, as far as the settings and the document tell.
fn refresh_tokens(subject: &Subject, facts: &ProviderFacts, vendor: &'static Vendor) -> CheckFinding {
    const CHECK: &str = "client.refresh_tokens";
    let (asks, has_scope) = facts.asks_for_refresh_token();
    let names_scope = subject.settings.scopes.iter().any(|scope| scope == "offline_access");
    let without = "users must sign in again whenever an access token expires";
    let at = |finding: CheckFinding| finding.at("scopes").on(vendor.page);
    match vendor.offline {
        Offline::Parameters(parameters) if names_scope => {
            let found =
                format!("{} does not know the scope offline_access, which `scopes` names", vendor.name);
            let remedy = format!("remove it, and set authorize_params = \"{parameters}\"");
            return at(CheckFinding::mistake(CHECK, found, remedy));
        }
        Offline::Parameters(parameters) if !asks => {
            let remedy = format!("set authorize_params = \"{parameters}\"");
            return CheckFinding::warning(CHECK, format!("none are asked for: {without}"), remedy)
                .at("authorize_params")
                .on(vendor.page);
        }
        Offline::Always if !asks => {
            return CheckFinding::ok(CHECK, format!("{} issues them at every sign-in", vendor.name));
        }
        _ => {}
    }
    let has_grant = facts
        .list("grant_types_supported")
        .is_none_or(|grants| grants.iter().any(|grant| grant == "refresh_token"));
    if !asks {
        let remedy = vendor.remedy("add offline_access to `scopes`", vendor.refresh);
        at(CheckFinding::warning(CHECK, format!("none are asked for: {without}"), remedy))
    } else if !has_grant {
        let found = format!("the provider does not list the grant type refresh_token: {without}");
        at(CheckFinding::warning(
            CHECK,
            found,
            vendor.remedy("allow refresh tokens at the provider", vendor.refresh),
        ))
    } else if names_scope && !has_scope {
        let found = format!(
            "the provider does not list the scope offline_access; without a refresh token, {without}"
        );
        let remedy = vendor
            .remedy("look up how the provider issues refresh tokens, and change `scopes`", vendor.refresh);
        at(CheckFinding::warning(CHECK, found, remedy))
    } else {
        CheckFinding::ok(CHECK, "asked for at every sign-in")
    }
}

/// The claims that the settings use, and whether the provider lists them.
fn claims(subject: &Subject, facts: &ProviderFacts) -> Option<CheckFinding> {
    const CHECK: &str = "client.claims";
    let settings = &subject.settings;
    let boards = || settings.boards.iter();
    let panels = || boards().flat_map(|board| &board.panels);
    let slots = panels().filter_map(|panel| panel.read.as_ref()).flat_map(|read| read.slots());
    let of_subjects =
        boards().filter_map(|board| board.subject.as_ref()).flat_map(|subject| subject.path.slots());
    let of_requests = slots.chain(of_subjects).filter_map(|slot| settings.claim_slots.find(slot));
    let needs = boards().map(|board| &board.needs).chain(panels().map(|panel| &panel.needs));
    let needs_roles = needs.clone().any(|needs| !needs.roles.is_empty());
    let of_needs = needs.filter_map(|needs| needs.claim.as_ref()).map(|need| &need.path);
    let of_rules = settings.allow.iter().filter_map(|rule| rule.claim.as_ref()).map(|need| &need.path);
    let of_roles =
        settings.role_claims.iter().filter(|_| needs_roles && settings.access_token_roles.is_none());
    let mut used: Vec<&ClaimPath> = Vec::new();
    for path in of_roles.chain(of_rules).chain(of_needs).chain(of_requests) {
        if !used.contains(&path) {
            used.push(path);
        }
    }
    let name = |path: &ClaimPath| path.claims(&Map::new()).pop().unwrap_or_else(|| path.in_words());
    let names = |paths: &[&ClaimPath]| paths.iter().map(|path| name(path)).collect::<Vec<_>>().join(", ");
    if used.is_empty() {
        return None;
    }
    let listed = facts.list("claims_supported").unwrap_or_default();
    let is_listed = |path: &ClaimPath| listed.iter().any(|claim| path.begins_with(claim));
    let unlisted: Vec<_> = used.iter().copied().filter(|path| !is_listed(path)).collect();
    let found = format!("the settings use {}", names(&used));
    Some(CheckFinding::ok(
        CHECK,
        match (unlisted.is_empty(), listed.is_empty()) {
            (true, _) => format!("{found}; the provider lists them"),
            (_, true) => format!(
                "{found}; the provider lists no claims, so only a sign-in shows whether they are sent"
            ),
            _ => format!(
                "{found}; the provider does not list {}, as is usual for own claims: only a sign-in shows whether they are sent",
                names(&unlisted)
            ),
        },
    ))
}
