//! The meaning of the API's 401 and 403 for this user: a required sign-in, a missing scope, or its own explanation.
//! Anything that contains a secret is dropped.

use axum::http::StatusCode;
use claimcheck_base::clock::UnixSecs;
use claimcheck_model::{AccessDenied, AppError, StepUpChallenge};
use claimcheck_session::SignedIn;

use crate::{
    api::{ApiClient, challenge, client::Answer, secrets::Secrets},
    config::Api,
    tokens::may_have,
};

impl ApiClient {
    /// The meaning of a 401 with a step-up challenge (RFC 9470 3) or a 403; `None` for any other response.
    pub fn refusal(&self, signed_in: &SignedIn, api: &Api, answer: &Answer) -> Option<AppError> {
        let (response, secrets) = (&answer.response, &answer.secrets);
        match response.status() {
            StatusCode::UNAUTHORIZED => {
                let demand = without(secrets, challenge::demand(response.headers())?);
                let denied =
                    demand.scope.as_ref().and_then(|scope| self.not_requested(signed_in, api, scope));
                Some(denied.unwrap_or_else(|| demanded(signed_in, demand, self.clock.now())))
            }
            StatusCode::FORBIDDEN => {
                // A scope that the session has is not the missing one, whatever the API says: requesting it would
                // repeat forever.
                let is_lacking =
                    |scope: &String| scope.split(' ').any(|scope| !may_have(signed_in, &api.id, scope));
                let scope =
                    challenge::missing_scope(response.headers()).filter(|scope| !secrets.is_in(scope));
                let scope = scope.filter(is_lacking);
                if let Some(denied) =
                    scope.as_ref().and_then(|scope| self.not_requested(signed_in, api, scope))
                {
                    return Some(denied);
                }
                let lack = scope.map(AccessDenied::Scope).or_else(|| answer.words().map(AccessDenied::Said));
                Some(AppError::Forbidden(lack.unwrap_or_default()))
            }
            _ => None,
        }
    }

    /// The refusal if this API demands scopes that the settings do not let it demand, and that the session lacks. No sign-in
    /// is offered then, not even for the others: the API would refuse again.
    fn not_requested(&self, signed_in: &SignedIn, api: &Api, demanded: &str) -> Option<AppError> {
        let is_surplus = |scope: &&str| {
            // Offline access is up to the settings in any case, and left out of the request.
            !scope.is_empty()
                && *scope != "offline_access"
                && !may_have(signed_in, &api.id, scope)
                && !self.settings.may_demand(&api.id, scope)
        };
        let scopes: Vec<_> = demanded.split(' ').filter(is_surplus).collect();
        if scopes.is_empty() {
            return None;
        }
        let scopes = scopes.join(" ");
        tracing::warn!(
            event = "demand for scopes refused",
            api = api.id,
            scopes,
            reason = "neither scopes, boards nor step_up_scopes of this API name them",
            "if the API may have users asked for them, add them to its step_up_scopes"
        );
        Some(AppError::Forbidden(AccessDenied::ScopeNotRequested(scopes)))
    }
}

/// The requirements go into a URL. An API that echoes its input must not put a secret there.
fn without(secrets: &Secrets, mut demand: StepUpChallenge) -> StepUpChallenge {
    demand.acr_values.retain(|value| !secrets.is_in(value));
    demand.scope = demand.scope.filter(|scope| !secrets.is_in(scope));
    if demand.acr_values.is_empty() {
        demand.max_age_secs.get_or_insert(0);
    }
    demand
}

/// The same sign-in is not requested twice.
fn demanded(signed_in: &SignedIn, demand: StepUpChallenge, now: UnixSecs) -> AppError {
    if !signed_in.record.meets(&demand.acr_values, demand.max_age_secs, now) {
        return AppError::StepUp(demand);
    }
    match demand.scope.filter(|scope| signed_in.record.lacks_scope(&signed_in.tokens, scope)) {
        Some(scope) => AppError::Forbidden(AccessDenied::Scope(scope)),
        None => {
            tracing::warn!(
                event = "step-up without effect",
                "the API requires a sign-in that this session already meets"
            );
            AppError::Forbidden(AccessDenied::StillRefused)
        }
    }
}
