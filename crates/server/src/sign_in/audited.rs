//! What the audit log says about sign-ins.

use std::sync::OnceLock;

use claimcheck_oidc::{id_token::ValidIdToken, token_endpoint::TokenResponse};
use claimcheck_session::{NewSession, Owner, RowKey, SignedIn};
use serde_json::Value;

use crate::{
    audit::{AuditOutcome, Event, Occurrence, SignInKind, Who},
    claims,
    sign_in::{SignIn, authorization_options::AuthorizationOptions, problem::SignInProblem},
};

/// The registered error codes of authorization responses: RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6, and OpenID Connect
/// Core Error Code unmet_authentication_requirements 1.0.
const ERROR_CODES: [&str; 17] = [
    "access_denied",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "invalid_request",
    "invalid_request_object",
    "invalid_request_uri",
    "invalid_scope",
    "login_required",
    "registration_not_supported",
    "request_not_supported",
    "request_uri_not_supported",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unmet_authentication_requirements",
    "unsupported_response_type",
];

/// The user of a sign-in, as soon as an ID token has proved who it is.
pub(super) type Known = OnceLock<Who>;

/// The user that this ID token names, before there is a session.
pub(super) fn who(id_token: &ValidIdToken) -> Who {
    let acr = id_token.claims.get("acr").and_then(Value::as_str).map(str::to_owned);
    Who {
        acr,
        amr: id_token.amr.clone(),
        auth_time: id_token.auth_time,
        ..Who::subject(&id_token.iss, &id_token.sub)
    }
}

/// The kind of a sign-in that asks for this.
pub(super) fn kind(asked: &AuthorizationOptions, goes_on: bool) -> SignInKind {
    match (asked.run.is_some(), asked.is_step_up(), goes_on) {
        (true, ..) => SignInKind::Doctor,
        (_, true, _) => SignInKind::StepUp,
        (_, _, true) => SignInKind::Again,
        _ => SignInKind::New,
    }
}

impl SignIn {
    /// Records a sign-in with this session.
    pub(super) fn record_session(
        &self,
        kind: SignInKind,
        (iss, sub, key): (&str, &str, &RowKey),
        new: &NewSession,
        tokens: &TokenResponse,
    ) {
        let owner = Owner { iss: iss.to_owned(), sub: sub.to_owned(), sid: None };
        let who = Who::of(&owner, key, &new.record);
        let allowed_by = claims::allowed_by(&self.settings, &new.record);
        let audit = self.tokens.audit();
        audit.record(Event::success(Occurrence::SignIn { kind, allowed_by, error: None }).of(who.clone()));
        // RFC 6749 5.1: stated if it differs from what was requested.
        if let Some(granted) = tokens.scopes.clone() {
            let asked = &new.record.asked_scopes;
            let declined: Vec<String> =
                asked.iter().filter(|scope| !granted.contains(scope)).cloned().collect();
            let outcome = if declined.is_empty() { AuditOutcome::Success } else { AuditOutcome::Refused };
            let reason = (!declined.is_empty()).then(|| "fewer_scopes".to_owned());
            let what = Occurrence::Consent { granted, declined };
            audit.record(Event { reason, outcome, ..Event::success(what) }.of(who));
        }
    }

    /// Records a sign-in that failed, of this user if they are known.
    pub(super) fn record_problem(&self, kind: SignInKind, problem: &SignInProblem, who: Option<&Who>) {
        let outcome = match problem {
            SignInProblem::ProviderUnavailable(_)
            | SignInProblem::Misconfigured(_)
            | SignInProblem::Algorithms(_)
            | SignInProblem::Store(_)
            | SignInProblem::Internal(_) => AuditOutcome::Failed,
            _ => AuditOutcome::Refused,
        };
        let error = match problem {
            SignInProblem::ProviderSaid { code, .. } | SignInProblem::Declined { code, .. } => {
                Some(ERROR_CODES.into_iter().find(|known| known == code).unwrap_or("other"))
            }
            _ => None,
        };
        let event = Event::not_done(
            Occurrence::SignIn { kind, allowed_by: Vec::new(), error },
            outcome,
            problem.reason(),
        );
        self.tokens.audit().record(Event { who: who.cloned(), ..event });
    }

    /// Records that a sign-in could not be started.
    pub fn record_unstarted(&self, problem: &SignInProblem, signed_in: Option<&SignedIn>) {
        let kind = if signed_in.is_some() { SignInKind::Again } else { SignInKind::New };
        self.record_problem(kind, problem, signed_in.map(Who::from).as_ref());
    }
}
