//! What went wrong, in the terms of what the reader can do about it; the only error that crosses the wire.
//! Causes are logged where they are converted, under the reference id that the person sees.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::model::{AccessDenied, StepUpChallenge, wire::ErrorEncoding};

/// A failure as the person meets it. Holds no internal text, upstream body, path or token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum AppError {
    /// There is no session: sign in, and come back to the same place.
    #[error("You are signed out")]
    SignedOut,
    /// The request could not be shown to come from our own page.
    #[error("This request did not come from this site")]
    NotSameOrigin,
    /// Not for this person, by our settings, by the API's word, or because the provider gives no token for it.
    #[error("You may not see this")]
    Forbidden(AccessDenied),
    /// The API wants a stronger or a fresher sign-in (RFC 9470).
    #[error("Confirm that it is you")]
    StepUp(StepUpChallenge),
    /// No such board, panel or page.
    #[error("There is nothing here")]
    NotFound,
    /// What was sent makes no sense here.
    #[error("This request makes no sense here")]
    Invalid,
    /// The API is down, slow or answers nonsense; try again.
    #[error("The API does not answer")]
    ApiUnavailable,
    /// The provider is down or slow; the session stands, try again.
    #[error("The sign-in provider does not answer")]
    ProviderUnavailable,
    /// The session store does not answer; nothing is lost, try again.
    #[error("Sessions cannot be reached")]
    StoreUnavailable,
    /// There is more to do than can be done at once, or it took too long; try again.
    #[error("This service is busy")]
    Busy,
    /// The browser could not reach this server.
    #[error("This server cannot be reached")]
    Offline,
    /// Our own fault; the log has the cause under the reference.
    #[error("Something went wrong here")]
    Internal,
}

impl FromServerFnError for AppError {
    type Encoder = ErrorEncoding;

    /// The framework's own failures, in our terms.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Invalid,
            _ => Self::Internal,
        }
    }
}
