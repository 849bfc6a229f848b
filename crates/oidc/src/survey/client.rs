//! Token requests that must fail: with a code or a refresh token that nobody has. The refusal tells whether the provider
//! accepts this client (RFC 6749 5.2).

use claimcheck_base::{random, secret::Secret, traces::Purpose};

use crate::{
    openidconnect_adapter::{TokenEndpoint, make_client},
    refusal::{Meaning, TokenRefusal},
    relying_party::RelyingParty,
    settings::{ClientAuth, ClientSettings},
    survey::ProviderFacts,
    token_endpoint::{TokenError, accept},
};

/// What the token endpoint says to a grant that does not exist.
#[derive(Debug)]
pub enum ClientAnswer {
    /// `invalid_grant`: the client is accepted, and may use this grant.
    Accepted,
    /// The client is refused, or may not use this grant; or the refusal says something else.
    Refused(TokenRefusal),
    /// There is no usable answer.
    NoAnswer(String),
    /// Tokens were issued for a made-up grant.
    Issued,
}

impl ClientAnswer {
    /// Whether the provider accepts the client, as far as the answer shows.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted)
    }

    /// Whether the provider refuses the client itself, its secret or its way of authentication. `unauthorized_client` is
    /// about the grant (RFC 6749 5.2), but Keycloak also uses it for a wrong secret, then with status 401.
    pub fn is_client_refused(&self) -> bool {
        match self {
            Self::Refused(refusal) if refusal.meaning() == Meaning::Client => {
                refusal.code() != "unauthorized_client" || refusal.status() == 401
            }
            _ => false,
        }
    }

    fn of<T>(result: Result<T, TokenError>) -> Self {
        match result {
            Ok(_) => Self::Issued,
            Err(TokenError::Refused(refusal)) if refusal.meaning() == Meaning::GrantEnded => Self::Accepted,
            Err(TokenError::Refused(refusal)) => Self::Refused(refusal),
            Err(TokenError::Unavailable(cause) | TokenError::Unacceptable(cause)) => Self::NoAnswer(cause),
        }
    }
}

impl RelyingParty {
    /// Presents a made-up code, authenticating in this way, or as the settings and the provider say.
    pub async fn survey_code(&self, facts: &ProviderFacts, auth: Option<ClientAuth>) -> ClientAnswer {
        let (Ok(code), Ok(verifier)) = (random::text::<24>(), random::text::<48>()) else {
            return ClientAnswer::NoAnswer("there are no random bytes".to_owned());
        };
        let (code, verifier) = (Secret::new(format!("claimcheck-doctor-{code}")), Secret::new(verifier));
        let settings = self.settings();
        let params: Vec<_> = settings.resource.iter().map(|it| ("resource", it.as_str())).collect();
        self.survey_grant(facts, auth, async |endpoint, client| {
            endpoint.exchange_code(client, &code, &verifier, &params).await
        })
        .await
    }

    /// Presents a made-up refresh token.
    pub async fn survey_refresh(&self, facts: &ProviderFacts) -> ClientAnswer {
        let Ok(token) = random::text::<24>() else {
            return ClientAnswer::NoAnswer("there are no random bytes".to_owned());
        };
        let token = Secret::new(format!("claimcheck-doctor-{token}"));
        self.survey_grant(facts, None, async |endpoint, client| {
            endpoint.exchange_refresh_token(client, &token, &[]).await
        })
        .await
    }

    async fn survey_grant(
        &self,
        facts: &ProviderFacts,
        auth: Option<ClientAuth>,
        present: impl AsyncFnOnce(
            TokenEndpoint,
            &crate::openidconnect_adapter::Client,
        ) -> Result<
            crate::openidconnect_adapter::RawTokens,
            crate::openidconnect_adapter::TokenFailure,
        >,
    ) -> ClientAnswer {
        let metadata = match &facts.metadata {
            Ok(metadata) => metadata,
            Err(cause) => return ClientAnswer::NoAnswer(cause.clone()),
        };
        let settings =
            ClientSettings { client_auth: auth.or(self.settings().client_auth), ..self.settings().clone() };
        let client = match make_client(&settings, metadata) {
            Ok(client) => client,
            Err(error) => return ClientAnswer::NoAnswer(error.to_string()),
        };
        let endpoint = TokenEndpoint::new(
            self.http().clone(),
            self.http().timeout(),
            Purpose("provider token: client check"),
        );
        let answer = present(endpoint, &client).await.map_err(TokenError::from);
        ClientAnswer::of(answer.and_then(|raw| accept(raw, self.clock().now())))
    }
}
