//! Whether the redirect URI is registered: an authorization request without a person leads back to it with an error if it
//! is. Providers show anything else on their own pages, which differ.

use claimcheck_oidc::survey::{ProviderFacts, SilentAnswer};

use crate::doctor::{CheckFinding, Subject, connection::explain, vendors::Vendor};

/// Errors at the redirect URI that a request without a person leads to (OpenID Connect Core 3.1.2.6).
const WITHOUT_PERSON: [&str; 4] =
    ["login_required", "interaction_required", "consent_required", "account_selection_required"];
/// Words of providers about a redirect URI that they do not know, in lower case.
const REDIRECT_WORDS: [&str; 9] = [
    "redirect_uri",
    "redirect uri",
    "redirect url",
    "redirect_mismatch",
    "redirecturi",
    "callback url",
    "reply url",
    "reply address",
    "return address",
];
/// Words of providers about a client that they do not know, in lower case.
const CLIENT_WORDS: [&str; 6] = [
    "client not found",
    "invalid_client",
    "unknown client",
    "client_id",
    "unauthorized_client",
    "application with identifier",
];
/// Entra's codes, which its page shows: the redirect URI, and the client.
const ENTRA_CODES: [&str; 2] = ["aadsts50011", "aadsts700016"];

/// Whether the redirect URI is registered: the provider redirects to it without asking anyone.
pub(super) async fn redirect_uri(
    subject: &Subject,
    facts: &ProviderFacts,
    vendor: &'static Vendor,
) -> CheckFinding {
    const CHECK: &str = "client.redirect_uri";
    let ours = subject.settings.redirect_uri();
    let answer = match facts.unusable() {
        Some(_) => return CheckFinding::skipped(CHECK, "the discovery document cannot be used, see above"),
        None => subject.relying_party.survey_authorization(facts).await,
    };
    let refused = |words: &str| {
        let found = format!("the provider does not accept {ours}: {}", quoted(words));
        let remedy = vendor.remedy(&format!("register {ours}, exactly"), vendor.callback);
        CheckFinding::mistake(CHECK, found, remedy).at("public_url").on(vendor.page)
    };
    let unknown_client = |words: &str| {
        let found = format!(
            "the provider does not know the client {:?}: {}",
            subject.settings.client_id,
            quoted(words)
        );
        CheckFinding::mistake(CHECK, found, "correct `client_id`; check that it belongs to this issuer")
            .at("client_id")
            .on(vendor.page)
    };
    let unclear = |found: String| {
        CheckFinding::warning(CHECK, found, format!("sign in once to see whether {ours} is registered"))
            .on(vendor.page)
    };
    match answer {
        SilentAnswer::AtRedirectUri { error: None, .. } => {
            CheckFinding::ok(CHECK, format!("{ours} is accepted"))
        }
        SilentAnswer::AtRedirectUri { error: Some(error), .. }
            if WITHOUT_PERSON.contains(&error.as_str()) =>
        {
            CheckFinding::ok(CHECK, format!("{ours} is accepted ({error}, as expected without a user)"))
        }
        SilentAnswer::AtRedirectUri { error: Some(error), description } => {
            refused_request(subject, vendor, &error, description.as_deref().unwrap_or_default())
        }
        SilentAnswer::Elsewhere { error: Some(words), .. } if is_about(&words, &REDIRECT_WORDS) => {
            refused(&words)
        }
        SilentAnswer::Elsewhere { error: Some(words), .. } if is_about(&words, &CLIENT_WORDS) => {
            unknown_client(&words)
        }
        SilentAnswer::Elsewhere { to, error: Some(words) } => {
            unclear(format!("the provider redirects to {to} with an error: {}", quoted(&words)))
        }
        SilentAnswer::Elsewhere { to, error: None } => unclear(format!(
            "the provider redirects to {to}, although no page may be shown for prompt=none, so this cannot be told"
        )),
        SilentAnswer::Page { status: 429 | 500.., words } => {
            unclear(format!("the provider fails now: {}", quoted(&words)))
        }
        SilentAnswer::Page { words, .. } if is_about(&words, &ENTRA_CODES[1..]) => unknown_client(&words),
        SilentAnswer::Page { words, .. }
            if is_about(&words, &REDIRECT_WORDS) || is_about(&words, &ENTRA_CODES) =>
        {
            refused(&words)
        }
        SilentAnswer::Page { status: 400.., words } if is_about(&words, &CLIENT_WORDS) => {
            unknown_client(&words)
        }
        SilentAnswer::Page { status: status @ (400 | 401 | 422), words } => {
            let found = format!(
                "the provider refuses the request of a sign-in with status {status}: {}",
                quoted(&words)
            );
            let remedy = format!("check that {ours} is registered, exactly, and that `client_id` is right");
            CheckFinding::mistake(CHECK, found, vendor.remedy(&remedy, vendor.callback))
                .at("public_url")
                .on(vendor.page)
        }
        SilentAnswer::Page { status, words } => unclear(format!(
            "the provider shows a page (status {status}) although prompt=none allows none, so this cannot be told: {}",
            quoted(&words)
        )),
        SilentAnswer::NoAnswer(error) => {
            let (cause, remedy) = explain(&error);
            CheckFinding::warning(
                CHECK,
                format!("the authorization endpoint does not answer this machine: {cause}"),
                format!("browsers must reach it; for this check, {remedy}"),
            )
        }
        SilentAnswer::NoRequest(cause) => {
            CheckFinding::mistake(CHECK, cause, "correct the endpoint at the provider")
        }
    }
}

/// The redirect URI is accepted, and the request is not.
fn refused_request(subject: &Subject, vendor: &'static Vendor, error: &str, words: &str) -> CheckFinding {
    const CHECK: &str = "client.authorization";
    let found =
        format!("the provider refuses the request of a sign-in: {}", quoted(&format!("{error} {words}")));
    let (key, remedy) = match error {
        "invalid_scope" => (
            "scopes",
            vendor.remedy(
                &format!(
                    "allow these scopes for this client, or correct `scopes`: {}",
                    subject.settings.scopes.join(" ")
                ),
                vendor.scopes,
            ),
        ),
        "unauthorized_client" | "unsupported_response_type" => {
            ("client_id", "allow the authorization code flow for this client at the provider".to_owned())
        }
        "invalid_target" => ("resource", "correct `resource`, as the provider knows the API".to_owned()),
        "temporarily_unavailable" | "server_error" => {
            return CheckFinding::warning(CHECK, found, "the provider fails now: try again later");
        }
        "access_denied" => {
            return CheckFinding::warning(
                CHECK,
                found,
                "check the policies and assignments of this client at the provider",
            )
            .on(vendor.page);
        }
        _ => ("authorize_params", "check `authorize_params`, `audience`, `resource` and `scopes`".to_owned()),
    };
    CheckFinding::mistake(CHECK, found, remedy).at(key).on(vendor.page)
}

fn is_about(words: &str, known: &[&str]) -> bool {
    let words = words.to_lowercase();
    known.iter().any(|known| words.contains(known))
}

/// The provider's words, short.
fn quoted(words: &str) -> String {
    const MAX_CHARS: usize = 160;
    match words.trim() {
        "" => "it gives no reason".to_owned(),
        words if words.chars().count() > MAX_CHARS => {
            format!("\"{}…\"", words.chars().take(MAX_CHARS).collect::<String>())
        }
        words => format!("\"{words}\""),
    }
}
