//! What went wrong, in the terms of what the reader can do about it; the only error that crosses the wire.
//! Causes are logged where they are converted, under the reference id that the person sees.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::{AccessDenied, StepUpChallenge, wire::ErrorEncoding};

/// One row a failure: its name on the wire, its details, the HTTP status, the word in the log, and what the person reads.
macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident $(($detail:ty))? = $status:literal, $reason:literal, $text:literal;)*) => {
        /// A failure as the person meets it. Holds no internal text, upstream body, path or token.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
        pub enum AppError {
            $($(#[$doc])* #[error($text)] $name $(($detail))?,)*
        }

        impl AppError {
            /// The HTTP status of an answer that is this failure.
            pub fn status(&self) -> u16 {
                match self { $(Self::$name { .. } => $status,)* }
            }

            /// A short word for the log. The cause is logged where it is known.
            pub fn reason(&self) -> &'static str {
                match self { $(Self::$name { .. } => $reason,)* }
            }

            /// Every failure without details, by its name in JSON; `None` for those with details.
            pub(super) const UNITS: &[Option<(&str, Self)>] = &[$(failures!(@unit $name $($detail)?)),*];
        }
    };
    (@unit $name:ident) => { Some((concat!("\"", stringify!($name), "\""), Self::$name)) };
    (@unit $name:ident $detail:ty) => { None };
}

failures! {
    /// There is no session: sign in, and come back to the same place.
    SignedOut = 401, "signed_out", "You are signed out";
    /// The request could not be shown to come from our own page.
    NotSameOrigin = 403, "not_same_origin", "This request did not come from this site";
    /// Not for this person: by our settings, because the API says so, or because the provider issues no token for it.
    Forbidden(AccessDenied) = 403, "forbidden", "You may not see this";
    /// The API wants a stronger or a fresher sign-in (RFC 9470).
    StepUp(StepUpChallenge) = 403, "step_up", "Confirm that it is you";
    /// No such board, panel or page.
    NotFound = 404, "not_found", "There is nothing here";
    /// The request is not valid here.
    Invalid = 400, "invalid", "This request makes no sense here";
    /// The API is down, slow or returns something unreadable; try again.
    ApiUnavailable = 502, "api_unavailable", "The API does not answer";
    /// The provider is down or slow; the session continues, try again.
    ProviderUnavailable = 503, "provider_unavailable", "The sign-in provider does not answer";
    /// The session store does not answer; nothing is lost, try again.
    StoreUnavailable = 503, "store_unavailable", "Sessions cannot be reached";
    /// There is more to do than can be done at once, or it took too long; try again.
    Busy = 503, "busy", "This service is busy";
    /// The browser could not reach this server.
    Offline = 500, "offline", "This server cannot be reached";
    /// Our own fault; the log has the cause under the reference.
    Internal = 500, "internal", "Something went wrong here";
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
