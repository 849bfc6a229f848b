//! Why a sign-in failed: the reason code for the log, and the texts for the user. A provider's own words are shown as
//! short plain text, never as markup or link.

use axum::http::{HeaderValue, StatusCode};
use claimcheck_model::{Problem, paths};
use claimcheck_oidc::{ProviderError, id_token::IdTokenError, token_endpoint::TokenError};
use claimcheck_session::StoreError;
use claimcheck_text::{Language, t};

use crate::{guard::TooMany, sanitize::sanitize, sign_in::authorization_request::StartError};

/// The provider cannot sign the user in as requested (OpenID Connect Core Error Code unmet_authentication_requirements
/// 1.0, 2).
const UNMET: &str = "unmet_authentication_requirements";

/// Title, explanation and advice.
type Texts = (&'static str, &'static str, &'static str);

/// A sign-in that ends on the problem page.
#[derive(Debug, thiserror::Error)]
pub enum SignInProblem {
    /// Too many sign-ins were started from the client's address.
    #[error(transparent)]
    TooMany(#[from] TooMany),
    /// The request to the redirect URI is not a valid authorization response.
    #[error("the callback is malformed: {0}")]
    Malformed(&'static str),
    /// The transaction is unknown, or was lost a second time.
    #[error("the transaction is unknown or expired")]
    Lost,
    /// The provider's error (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6).
    #[error("the provider returned the error {code}")]
    ProviderSaid { code: String, description: Option<String> },
    /// The same for a sign-in that asked for more access or a stronger sign-in.
    #[error("the provider returned the error {code} to a request for more access or a stronger sign-in")]
    Declined { code: String, description: Option<String> },
    /// None of the rules about who may sign in applies to the user.
    #[error("the user meets none of the rules in [[allow]]{0}")]
    NotAllowed(&'static str),
    /// A link from elsewhere is for another provider.
    #[error("iss of the link is not the issuer")]
    ForeignIssuer,
    #[error("{0}")]
    ProviderUnavailable(String),
    /// The provider or this program is misconfigured; an operator has to act.
    #[error("{0}")]
    Misconfigured(String),
    /// The provider signs with none of the accepted algorithms.
    #[error("{0}")]
    Algorithms(String),
    /// The code was refused.
    #[error("{0}")]
    CodeRefused(String),
    #[error("the ID token was rejected: {0}")]
    IdToken(String),
    /// Another user came back.
    #[error("the sub is not the one that the sign-in was started for")]
    SomebodyElse,
    /// The provider signed the user in, but not as requested (RFC 9470 5).
    #[error("the sign-in does not meet the request: {0}")]
    NotAsDemanded(&'static str),
    /// A logout at the provider arrived while this sign-in was being completed.
    #[error("the provider ended this sign-in while it was being completed")]
    LoggedOut,
    /// The user signed out, or ended the session from another one, after they had started this sign-in in it.
    #[error("the user ended the session in which this sign-in was started")]
    SignedOut,
    /// The sign-in of a run of `claimcheck doctor --sign-in` may not start a session here.
    #[error("the sign-in for `claimcheck doctor` cannot be used: {0}")]
    DoctorRun(&'static str),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("internal: {0}")]
    Internal(String),
}

/// Links on a problem page.
pub struct Ways {
    /// The link to try the same sign-in again.
    pub again: String,
    /// The page they came from, if their session continues.
    pub back: Option<String>,
}

impl Ways {
    /// For a request without a known sign-in.
    pub fn from_nowhere() -> Self {
        Self { again: paths::sign_in(&paths::HOME.href()), back: None }
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
            TokenError::Refused(refusal) if refusal.is_about_settings() => Self::Misconfigured(cause),
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

    /// The same for an answer to this request.
    pub fn provider_answered(code: &str, description: Option<String>, is_step_up: bool) -> Self {
        match Self::provider_said(code, description) {
            Self::ProviderSaid { code, description } if is_step_up => Self::Declined { code, description },
            said => said,
        }
    }

    /// The status of the problem page: whether the user, the provider or this program failed.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Malformed(_) | Self::Lost | Self::ForeignIssuer => StatusCode::BAD_REQUEST,
            Self::ProviderSaid { code, .. } | Self::Declined { code, .. } => match code.as_str() {
                "temporarily_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
                "server_error" => StatusCode::BAD_GATEWAY,
                _ => StatusCode::FORBIDDEN,
            },
            Self::SomebodyElse
            | Self::NotAsDemanded(_)
            | Self::LoggedOut
            | Self::SignedOut
            | Self::DoctorRun(_)
            | Self::NotAllowed(_) => StatusCode::FORBIDDEN,
            Self::ProviderUnavailable(_) | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Misconfigured(_) | Self::Algorithms(_) | Self::CodeRefused(_) | Self::IdToken(_) => {
                StatusCode::BAD_GATEWAY
            }
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// When to try again (RFC 9110 10.2.3), if known.
    pub fn retry_after(&self) -> Option<HeaderValue> {
        match self {
            Self::TooMany(error) => Some(error.retry_after_secs.into()),
            // If something is unavailable, `guard/headers.rs` sets it.
            _ => None,
        }
    }

    /// The texts for the user. `reference` is in the log beside the cause.
    pub fn to_page(&self, language: Language, ways: Ways, reference: Option<String>) -> Problem {
        // A user who is signed out has no session to return to.
        let back = ways.back.filter(|_| !matches!(self, Self::LoggedOut | Self::SignedOut));
        let (title, what, advice) = match back {
            Some(_) => self.texts_while_signed_in(language),
            None => self.texts(language),
        };
        let label = match self {
            Self::Malformed(_) | Self::LoggedOut | Self::SignedOut | Self::ForeignIssuer => {
                t!(language, "sign-in-again")
            }
            Self::NotAllowed(_) => t!(language, "sign-in-problem-other"),
            _ => t!(language, "try-again"),
        };
        let again = match self {
            Self::NotAllowed(_) => paths::as_another_account(&ways.again),
            _ => ways.again,
        };
        let said = match self {
            Self::ProviderSaid { description, .. } | Self::Declined { description, .. } => {
                description.clone()
            }
            _ => None,
        };
        Problem {
            title: title.to_owned(),
            what: what.to_owned(),
            said_by_provider: said,
            advice: advice.to_owned(),
            action: Some((label.to_owned(), again)),
            back: back.map(|target| (t!(language, "sign-in-problem-back").to_owned(), target)),
            reference,
        }
    }

    /// Title, explanation and advice for a user whose previous session continues.
    fn texts_while_signed_in(&self, language: Language) -> Texts {
        match self {
            Self::ProviderSaid { code, .. } | Self::Declined { code, .. } if code == UNMET => {
                Self::NotAsDemanded("").texts_while_signed_in(language)
            }
            Self::Declined { .. } => Self::nothing_changed(language),
            Self::ProviderSaid { code, .. } if code == "access_denied" => Self::nothing_changed(language),
            Self::SomebodyElse => (
                t!(language, "sign-in-problem-other-account-title"),
                t!(language, "sign-in-problem-other-account-here"),
                t!(language, "sign-in-problem-other-account-here-advice"),
            ),
            Self::NotAsDemanded(_) => (
                t!(language, "sign-in-problem-too-weak-title"),
                t!(language, "sign-in-problem-too-weak"),
                t!(language, "sign-in-problem-too-weak-here-advice"),
            ),
            _ => self.texts(language),
        }
    }

    fn nothing_changed(language: Language) -> Texts {
        (
            t!(language, "sign-in-problem-nothing-changed-title"),
            t!(language, "sign-in-problem-nothing-changed"),
            t!(language, "sign-in-problem-nothing-changed-advice"),
        )
    }

    fn texts(&self, language: Language) -> Texts {
        match self {
            Self::ProviderSaid { code, .. } => said_by_provider(language, code),
            Self::Declined { code, .. } if code == UNMET => said_by_provider(language, code),
            Self::Declined { .. } => said_by_provider(language, "access_denied"),
            Self::NotAllowed(_) => (
                t!(language, "sign-in-problem-not-allowed-title"),
                t!(language, "sign-in-problem-not-allowed"),
                t!(language, "sign-in-problem-not-allowed-advice"),
            ),
            Self::ForeignIssuer => (
                t!(language, "sign-in-problem-link-title"),
                t!(language, "sign-in-problem-foreign-issuer"),
                t!(language, "sign-in-problem-link-advice"),
            ),
            Self::TooMany(_) => (
                t!(language, "sign-in-problem-too-many-title"),
                t!(language, "sign-in-problem-too-many"),
                t!(language, "sign-in-problem-wait-and-return"),
            ),
            Self::SomebodyElse => (
                t!(language, "sign-in-problem-other-account-title"),
                t!(language, "sign-in-problem-other-account"),
                t!(language, "sign-in-problem-other-account-advice"),
            ),
            Self::NotAsDemanded(_) => (
                t!(language, "sign-in-problem-too-weak-title"),
                t!(language, "sign-in-problem-too-weak"),
                t!(language, "sign-in-problem-too-weak-advice"),
            ),
            Self::LoggedOut => (
                t!(language, "sign-in-problem-signed-out-title"),
                t!(language, "sign-in-problem-signed-out"),
                t!(language, "sign-in-problem-signed-out-advice"),
            ),
            Self::SignedOut => (
                t!(language, "sign-in-problem-you-signed-out-title"),
                t!(language, "sign-in-problem-you-signed-out"),
                t!(language, "sign-in-problem-signed-out-advice"),
            ),
            Self::DoctorRun(_) => (
                t!(language, "doctor-over-title"),
                t!(language, "doctor-over-what"),
                t!(language, "doctor-over-advice"),
            ),
            Self::Lost => (
                t!(language, "sign-in-problem-lost-title"),
                t!(language, "sign-in-problem-lost"),
                t!(language, "sign-in-problem-lost-advice"),
            ),
            Self::Malformed(_) => (
                t!(language, "sign-in-problem-link-title"),
                t!(language, "sign-in-problem-link"),
                t!(language, "sign-in-problem-link-advice"),
            ),
            Self::ProviderUnavailable(_) => (
                t!(language, "sign-in-problem-unavailable-title"),
                t!(language, "sign-in-problem-provider-unavailable"),
                t!(language, "sign-in-problem-wait-and-return"),
            ),
            Self::Misconfigured(_) => (
                t!(language, "sign-in-problem-not-set-up-title"),
                t!(language, "sign-in-problem-misconfigured"),
                t!(language, "sign-in-problem-contact"),
            ),
            Self::Algorithms(_) => (
                t!(language, "sign-in-problem-not-set-up-title"),
                t!(language, "sign-in-problem-algorithms"),
                t!(language, "sign-in-problem-algorithms-advice"),
            ),
            Self::CodeRefused(_) => (
                t!(language, "sign-in-problem-incomplete-title"),
                t!(language, "sign-in-problem-code-refused"),
                t!(language, "sign-in-problem-code-refused-advice"),
            ),
            Self::IdToken(_) => (
                t!(language, "sign-in-problem-incomplete-title"),
                t!(language, "sign-in-problem-id-token"),
                t!(language, "sign-in-problem-again-or-contact"),
            ),
            Self::Store(_) => (
                t!(language, "sign-in-problem-unavailable-title"),
                t!(language, "sign-in-problem-store"),
                t!(language, "sign-in-problem-wait"),
            ),
            Self::Internal(_) => (
                t!(language, "sign-in-problem-internal-title"),
                t!(language, "sign-in-problem-internal"),
                t!(language, "sign-in-problem-again-or-contact"),
            ),
        }
    }
}

/// The texts for an `error` of the provider.
fn said_by_provider(language: Language, code: &str) -> Texts {
    match code {
        "access_denied" => (
            t!(language, "sign-in-problem-cancelled-title"),
            t!(language, "sign-in-problem-cancelled"),
            t!(language, "sign-in-problem-cancelled-advice"),
        ),
        UNMET => SignInProblem::NotAsDemanded("").texts(language),
        "temporarily_unavailable" | "server_error" => (
            t!(language, "sign-in-problem-provider-title"),
            t!(language, "sign-in-problem-provider"),
            t!(language, "sign-in-problem-wait"),
        ),
        "invalid_scope"
        | "unauthorized_client"
        | "invalid_request"
        | "unsupported_response_type"
        | "invalid_target" => (
            t!(language, "sign-in-problem-not-set-up-title"),
            t!(language, "sign-in-problem-request-refused"),
            t!(language, "sign-in-problem-contact"),
        ),
        _ => (
            t!(language, "sign-in-problem-ended-title"),
            t!(language, "sign-in-problem-ended"),
            t!(language, "sign-in-problem-ended-advice"),
        ),
    }
}
