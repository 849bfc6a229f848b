//! Why a sign-in did not happen: the reason code for the log, and the words for the person.
//! A provider's own words are shown as short plain text, never as markup or link.

use axum::http::{HeaderValue, StatusCode};
use claimcheck_model::{Problem, paths};
use claimcheck_oidc::{ProviderError, id_token::IdTokenError, token_endpoint::TokenError};
use claimcheck_session::StoreError;

use crate::{guard::TooMany, sanitize::sanitize, sign_in::authorization_request::StartError};

/// The provider cannot sign the person in as was asked (OpenID Connect Core Error Code
/// unmet_authentication_requirements 1.0, 2).
const UNMET: &str = "unmet_authentication_requirements";

/// A sign-in that ends on the problem page.
#[derive(Debug, thiserror::Error)]
pub enum SignInProblem {
    /// Too many sign-ins were begun from the address of this client.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// The request to the redirect URI is not an authorization response of ours.
    #[error("the callback is malformed: {0}")]
    Malformed(&'static str),
    /// The transaction is unknown, or was lost a second time.
    #[error("the transaction is lost")]
    Lost,
    /// The provider's error (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6).
    #[error("the provider answered {code}")]
    ProviderSaid { code: String, description: Option<String> },
    #[error("{0}")]
    ProviderUnavailable(String),
    /// The provider or this program is set up wrongly; an operator has to act.
    #[error("{0}")]
    Misconfigured(String),
    /// The provider signs with none of the algorithms that are accepted here.
    #[error("{0}")]
    Algorithms(String),
    /// The code was refused.
    #[error("{0}")]
    CodeRefused(String),
    #[error("the ID token is refused: {0}")]
    IdToken(String),
    /// Not the person who asked came back.
    #[error("another sub came back than the one that asked")]
    SomebodyElse,
    /// The provider signed the person in, but not as was asked (RFC 9470 5).
    #[error("the sign-in is not as it was asked for: {0}")]
    NotAsDemanded(&'static str),
    /// A logout at the provider came while this sign-in was being completed.
    #[error("the provider ended this sign-in while it was being completed")]
    LoggedOut,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("internal: {0}")]
    Internal(String),
}

/// Where a person can go from a problem page.
pub struct Ways {
    /// The link by which the same sign-in is tried again.
    pub again: String,
    /// The page they came from, where their session goes on.
    pub back: Option<String>,
}

impl Ways {
    /// Of whoever comes without a sign-in of ours.
    pub fn from_nowhere() -> Self {
        Self { again: paths::sign_in(paths::HOME), back: None }
    }
}

impl From<ProviderError> for SignInProblem {
    fn from(error: ProviderError) -> Self {
        let cause = error.to_string();
        match error {
            ProviderError::Unreachable { .. } => Self::ProviderUnavailable(cause),
            ProviderError::Unusable { .. } => Self::Misconfigured(cause),
            ProviderError::Algorithms(_) => Self::Algorithms(cause),
        }
    }
}

impl From<StartError> for SignInProblem {
    fn from(error: StartError) -> Self {
        match error {
            StartError::TooMany(error) => error.into(),
            StartError::Provider(error) => error.into(),
            error => Self::Internal(error.to_string()),
        }
    }
}

impl From<TokenError> for SignInProblem {
    fn from(error: TokenError) -> Self {
        let cause = error.to_string();
        match error {
            TokenError::Unavailable(_) => Self::ProviderUnavailable(cause),
            TokenError::ClientRefused(_) | TokenError::ApiRefused(_) => Self::Misconfigured(cause),
            TokenError::Refused(_) | TokenError::Unacceptable(_) => Self::CodeRefused(cause),
        }
    }
}

impl From<IdTokenError> for SignInProblem {
    fn from(error: IdTokenError) -> Self {
        match error {
            IdTokenError::Provider(error) => error.into(),
            IdTokenError::Refused(rule) => Self::IdToken(rule),
        }
    }
}

impl SignInProblem {
    /// The provider's `error`, with its description as harmless text.
    pub fn provider_said(code: &str, description: Option<String>) -> Self {
        let code = code.chars().filter(|c| c.is_ascii_graphic()).take(64).collect();
        Self::ProviderSaid { code, description: description.and_then(|text| sanitize(&text)) }
    }

    /// A short word for the log and for whoever reads it.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooMany(_) => "too_many",
            Self::Malformed(_) => "malformed",
            Self::Lost => "lost",
            Self::ProviderSaid { .. } => "provider_error",
            Self::ProviderUnavailable(_) => "provider_unavailable",
            Self::Misconfigured(_) => "misconfigured",
            Self::Algorithms(_) => "algorithms",
            Self::CodeRefused(_) => "code_refused",
            Self::IdToken(_) => "id_token",
            Self::SomebodyElse => "somebody_else",
            Self::NotAsDemanded(_) => "not_as_demanded",
            Self::LoggedOut => "logged_out",
            Self::Store(_) => "store",
            Self::Internal(_) => "internal",
        }
    }

    /// The status of the problem page: the person's, the provider's or our own failure.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Malformed(_) | Self::Lost => StatusCode::BAD_REQUEST,
            Self::ProviderSaid { code, .. } => match code.as_str() {
                "temporarily_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
                "server_error" => StatusCode::BAD_GATEWAY,
                _ => StatusCode::FORBIDDEN,
            },
            Self::SomebodyElse | Self::NotAsDemanded(_) | Self::LoggedOut => StatusCode::FORBIDDEN,
            Self::ProviderUnavailable(_) | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Misconfigured(_) | Self::Algorithms(_) | Self::CodeRefused(_) | Self::IdToken(_) => {
                StatusCode::BAD_GATEWAY
            }
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// When to try again (RFC 9110 10.2.3), where that is known.
    pub fn retry_after(&self) -> Option<HeaderValue> {
        match self {
            Self::TooMany(error) => Some(error.retry_after_secs.into()),
            // Of what is unavailable, `guard/headers.rs` says it.
            _ => None,
        }
    }

    /// The words for the person. `reference` stands in the log beside the cause.
    pub fn to_page(&self, ways: Ways, reference: Option<String>) -> Problem {
        // Whom the provider has signed out has nowhere to go back to.
        let back = ways.back.filter(|_| !matches!(self, Self::LoggedOut));
        let (title, what, advice) = match back {
            Some(_) => self.texts_while_signed_in(),
            None => self.words(),
        };
        let label =
            if matches!(self, Self::Malformed(_) | Self::LoggedOut) { "Sign in again" } else { "Try again" };
        let said = match self {
            Self::ProviderSaid { description, .. } => description.clone(),
            _ => None,
        };
        Problem {
            title: title.to_owned(),
            what: what.to_owned(),
            said_by_provider: said,
            advice: advice.to_owned(),
            action: Some((label.to_owned(), ways.again)),
            back: back.map(|target| ("Back to where you were".to_owned(), target)),
            reference,
        }
    }

    /// The words for one whose session of before goes on.
    fn texts_while_signed_in(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::ProviderSaid { code, .. } if code == "access_denied" => (
                "Nothing was changed",
                "The sign-in was cancelled, or what was asked for was not granted.",
                "You are still signed in, as before. Go back, or try again whenever you like.",
            ),
            Self::SomebodyElse => (
                "You came back as somebody else",
                "Your sign-in provider says that you are another person than the one who is signed in here. Nothing was done.",
                "You are still signed in here, as before. Try again and choose that account at your provider, or go back. To go on as the other person, sign out here first.",
            ),
            Self::NotAsDemanded(_) => (
                "This sign-in was not enough",
                "Your sign-in provider did not confirm that it is you as strongly, or as freshly, as was asked. Nothing was done.",
                "You are still signed in, as before. Try again and take every step that your provider offers. If it offers none, tell the people who run this service, with the reference below.",
            ),
            Self::ProviderSaid { code, .. } if code == UNMET => {
                Self::NotAsDemanded("").texts_while_signed_in()
            }
            _ => self.words(),
        }
    }

    fn words(&self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::ProviderSaid { code, .. } => match code.as_str() {
                "access_denied" => (
                    "You did not sign in",
                    "The sign-in was cancelled, or access was not granted.",
                    "Nothing has changed. Sign in again whenever you like; if you did not cancel, ask the people who run this service whether you have access.",
                ),
                UNMET => Self::NotAsDemanded("").words(),
                "temporarily_unavailable" | "server_error" => (
                    "Your sign-in provider has a problem",
                    "It could not complete the sign-in.",
                    "Wait a moment, then try again.",
                ),
                "invalid_scope"
                | "unauthorized_client"
                | "invalid_request"
                | "unsupported_response_type"
                | "invalid_target" => (
                    "The sign-in is not set up correctly",
                    "Your sign-in provider refused what this service asked for.",
                    "Tell the people who run this service, with the reference below.",
                ),
                _ => (
                    "You are not signed in",
                    "Your sign-in provider ended the sign-in.",
                    "Try again. If it happens again, tell the people who run this service.",
                ),
            },
            Self::TooMany(_) => (
                "Too many sign-ins at once",
                "More sign-ins were begun from your network address than this service takes in a minute. They need not all be yours: others may share the address.",
                "Wait a moment, then try again. You will land where you wanted to go.",
            ),
            Self::SomebodyElse => (
                "You came back as somebody else",
                "Your sign-in provider says that you are another person than the one who began this sign-in. Nothing was done.",
                "Try again, and choose the account you began with.",
            ),
            Self::NotAsDemanded(_) => (
                "This sign-in was not enough",
                "Your sign-in provider did not confirm that it is you as strongly, or as freshly, as was asked.",
                "Try again and take every step that your provider offers. If it offers none, tell the people who run this service, with the reference below.",
            ),
            Self::LoggedOut => (
                "You were signed out just now",
                "Your sign-in provider ended this sign-in while it was being completed.",
                "Sign in again if you want to go on. You will land where you wanted to go.",
            ),
            Self::Lost => (
                "This sign-in could not be matched",
                "It took too long, was started in another browser, or cookies are blocked.",
                "Allow cookies for this site, then try again.",
            ),
            Self::Malformed(_) => (
                "This link does not work",
                "It is not the end of a sign-in that was started here.",
                "Start again from the beginning.",
            ),
            Self::ProviderUnavailable(_) => (
                "Sign-in is not available right now",
                "Your sign-in provider does not answer.",
                "Wait a moment, then try again. You will land where you wanted to go.",
            ),
            Self::Misconfigured(_) => (
                "The sign-in is not set up correctly",
                "This service and your sign-in provider do not agree on how to talk.",
                "Tell the people who run this service, with the reference below.",
            ),
            Self::Algorithms(_) => (
                "The sign-in is not set up correctly",
                "Your sign-in provider signs what it says about you in none of the ways that this service accepts.",
                "Tell the people who run this service: the setting is id_token_algs, and the log says more beside the reference below.",
            ),
            Self::CodeRefused(_) => (
                "The sign-in was not completed",
                "Your sign-in provider did not accept the last step.",
                "Try again. You will land where you wanted to go.",
            ),
            Self::IdToken(_) => (
                "The sign-in was not completed",
                "What your sign-in provider said about you could not be trusted.",
                "Try again. If it happens again, tell the people who run this service, with the reference below.",
            ),
            Self::Store(_) => (
                "Sign-in is not available right now",
                "Sessions cannot be kept at the moment.",
                "Wait a moment, then try again.",
            ),
            Self::Internal(_) => (
                "Something went wrong here",
                "The fault is ours, not yours.",
                "Try again. If it happens again, tell the people who run this service, with the reference below.",
            ),
        }
    }
}
