//! Whether the provider accepts id, secret and authentication of this client: token requests that must fail. The error
//! code tells which part is wrong; nothing else of a token response is quoted.

use claimcheck_oidc::{
    ClientAuth,
    survey::{ClientAnswer, ProviderFacts},
};

use crate::doctor::{CheckFinding, Subject, client::method, vendors::Vendor};

/// Whether the provider accepts id, secret and way of authentication, and the grants of a code and of a refresh token.
pub(super) async fn credentials(
    subject: &Subject,
    facts: &ProviderFacts,
    vendor: &'static Vendor,
) -> Vec<CheckFinding> {
    const CHECK: &str = "client.credentials";
    if facts.unusable().is_some() {
        let why = "the discovery document cannot be used, see above; the secret is not sent";
        return vec![CheckFinding::skipped(CHECK, why)];
    }
    let answer = subject.relying_party.survey_code(facts, None).await;
    let at = |finding: CheckFinding| finding.on(vendor.page);
    let ours = facts.client_auth();
    match &answer {
        ClientAnswer::Accepted => {
            let mut found =
                format!("accepted by {} (a made-up code is refused with invalid_grant)", method(ours));
            if vendor.name.contains("Entra") {
                found.push_str("; Entra may look at the code before the secret, so only a sign-in proves it");
            }
            vec![CheckFinding::ok(CHECK, found), refresh_grant(subject, facts, vendor).await]
        }
        answer if answer.is_client_refused() => {
            let other = if ours == ClientAuth::Basic { ClientAuth::Post } else { ClientAuth::Basic };
            let found = format!("the provider refuses this client: {}", said(answer));
            if subject.relying_party.survey_code(facts, Some(other)).await.is_accepted() {
                let found = format!("{found}; with {} it is accepted", method(other));
                let remedy = format!("set client_auth = \"{}\"", method(other));
                let remedy = vendor.remedy(&remedy, vendor.auth_method);
                return vec![at(CheckFinding::mistake(CHECK, found, remedy).at("client_auth"))];
            }
            let remedy =
                "check `client_id` and CLAIMCHECK_CLIENT_SECRET; create a new secret if it has expired";
            let remedy = vendor.remedy(remedy, vendor.secret);
            vec![at(CheckFinding::mistake(CHECK, found, remedy).at("client_secret"))]
        }
        ClientAnswer::Refused(refusal) => match refusal.code() {
            "unauthorized_client" | "unsupported_grant_type" => {
                let found = format!("this client may not use the authorization code: {}", said(&answer));
                let remedy = "allow the grant authorization_code for this client at the provider";
                vec![at(CheckFinding::mistake(CHECK, found, remedy).at("client_id"))]
            }
            "invalid_target" => {
                let found = format!("the provider does not know the API: {}", said(&answer));
                vec![at(CheckFinding::mistake(CHECK, found, "correct `resource`").at("resource"))]
            }
            _ if [404, 405].contains(&refusal.status()) => {
                let found = format!("no token endpoint answers: {}", said(&answer));
                vec![at(CheckFinding::mistake(CHECK, found, refusal.remedy()))]
            }
            _ => {
                let found =
                    format!("a made-up code is refused, but not with invalid_grant: {}", said(&answer));
                let remedy = "the client itself is not refused; sign in once to see whether it works";
                vec![at(CheckFinding::warning(CHECK, found, remedy))]
            }
        },
        ClientAnswer::NoAnswer(cause) => {
            vec![CheckFinding::mistake(
                CHECK,
                cause,
                "check the token endpoint of the provider, and the way to it",
            )]
        }
        ClientAnswer::Issued => vec![CheckFinding::mistake(
            CHECK,
            "the token endpoint issues tokens for a made-up code",
            "do not use this provider: anyone can sign in as anyone",
        )],
    }
}

/// Whether the client may use refresh tokens.
async fn refresh_grant(subject: &Subject, facts: &ProviderFacts, vendor: &'static Vendor) -> CheckFinding {
    const CHECK: &str = "client.refresh_grant";
    let answer = subject.relying_party.survey_refresh(facts).await;
    match &answer {
        ClientAnswer::Accepted => {
            CheckFinding::ok(CHECK, "allowed (a made-up refresh token is refused with invalid_grant)")
        }
        ClientAnswer::Refused(refusal)
            if ["unauthorized_client", "unsupported_grant_type"].contains(&refusal.code()) =>
        {
            let found = format!("this client may not use refresh tokens: {}", said(&answer));
            let remedy = vendor.remedy("allow the grant refresh_token for this client", vendor.refresh);
            match facts.asks_for_refresh_token().0 {
                true => CheckFinding::mistake(CHECK, found, remedy).on(vendor.page),
                false => CheckFinding::warning(CHECK, found, remedy).on(vendor.page),
            }
        }
        ClientAnswer::Issued => CheckFinding::mistake(
            CHECK,
            "the token endpoint issues tokens for a made-up refresh token",
            "do not use this provider",
        ),
        _ => CheckFinding::skipped(CHECK, format!("only a sign-in can tell: {}", said(&answer))),
    }
}

/// The answer in words; the body of a token response is not quoted.
fn said(answer: &ClientAnswer) -> String {
    match answer {
        ClientAnswer::Accepted => "invalid_grant".to_owned(),
        ClientAnswer::Refused(refusal) => {
            format!("error code {}, status {}", refusal.code(), refusal.status())
        }
        ClientAnswer::NoAnswer(cause) => cause.clone(),
        ClientAnswer::Issued => "tokens".to_owned(),
    }
}
