//! Failures, grouped by what the user can do about them; the only error type sent to the browser. Causes are logged
//! where they are converted, under the reference id that the user sees.

use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::{AccessDenied, StepUpChallenge, wire::ErrorEncoding};

/// One row for each failure: its name on the wire, its details, the HTTP status, the word in the log, and the title.
macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident $(($detail:ty))? = $status:literal, $reason:literal, $text:literal;)*) => {
        /// A failure as the user sees it. Contains no internal text, upstream body, path or token.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
        pub enum AppError {
            $($(#[$doc])* #[error($text)] $name $(($detail))?,)*
        }

        impl AppError {
            /// The HTTP status of a response with this failure.
            pub fn status(&self) -> u16 {
                match self { $(Self::$name { .. } => $status,)* }
            }

            /// A short word for the log. The cause is logged where it is known.
            pub fn reason(&self) -> &'static str {
                match self { $(Self::$name { .. } => $reason,)* }
            }

            /// Its name on the wire.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name { .. } => stringify!($name),)* }
            }

            /// Every failure without details, by its name; `None` for those with details.
            pub(super) const UNITS: &[Option<(&str, Self)>] = &[$(failures!(@unit $name $($detail)?)),*];
        }
    };
    (@unit $name:ident) => { Some((stringify!($name), Self::$name)) };
    (@unit $name:ident $detail:ty) => { None };
}

failures! {
    /// There is no session: sign in, and return to the same page.
    SignedOut = 401, "signed_out", "You're signed out";
    /// The request was not proven to come from our own site.
    NotSameOrigin = 403, "not_same_origin", "This request didn't come from this site";
    /// The user has no access: because of our settings, because the API denies it, or because the provider issues no
    /// token for it.
    Forbidden(AccessDenied) = 403, "forbidden", "You don't have access to this";
    /// The API requires a stronger or fresher sign-in (RFC 9470).
    StepUp(StepUpChallenge) = 403, "step_up", "Confirm it's you";
    /// No such board, panel or page.
    NotFound = 404, "not_found", "Not found";
    /// The request is not valid here.
    Invalid = 400, "invalid", "This request isn't valid";
    /// The API is unavailable, slow or returns something unreadable; try again.
    ApiUnavailable = 502, "api_unavailable", "The API isn't responding";
    /// The provider is unavailable or slow; the session continues, try again.
    ProviderUnavailable = 503, "provider_unavailable", "The sign-in provider isn't responding";
    /// The provider no longer renews the access of this sign-in; the session continues, and a new sign-in helps.
    SignInExpired = 403, "sign_in_expired", "Your sign-in has expired";
    /// The provider does not accept this client; the session continues, and an operator has to act.
    ClientRefused = 502, "client_refused", "This service has a problem with the sign-in provider";
    /// The session store does not respond; nothing is lost, try again.
    StoreUnavailable = 503, "store_unavailable", "Sessions can't be loaded";
    /// The server is overloaded, or the request took too long; try again.
    Busy = 503, "busy", "This service is busy";
    /// The browser could not reach this server.
    Offline = 500, "offline", "This service can't be reached";
    /// An internal error; the log has the cause under the reference.
    Internal = 500, "internal", "Something went wrong";
}

impl FromServerFnError for AppError {
    type Encoder = ErrorEncoding;

    /// Converts the framework's own errors.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Invalid,
            _ => Self::Internal,
        }
    }
}
