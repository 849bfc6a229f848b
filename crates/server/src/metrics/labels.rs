//! The labels of counters: each is one of a few words.

use std::fmt::Write;

use claimcheck_session::EndReason;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};

/// Declares a label whose values are these words.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$of])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl EncodeLabelValue for $name {
            fn encode(&self, encoder: &mut LabelValueEncoder) -> Result<(), std::fmt::Error> {
                encoder.write_str(self.as_str())
            }
        }
    )*};
}

words! {
    /// How another access token was requested.
    RefreshKind {
        /// With a refresh token.
        Refresh = "refresh",
        /// By token exchange.
        Exchange = "exchange",
    }

    /// What became of it.
    RefreshOutcome {
        /// There is one.
        Success = "success",
        /// The provider has ended the sign-in, and so the session ended.
        SessionEnded = "session_ended",
        /// The provider did not answer, or not usably.
        ProviderUnavailable = "provider_unavailable",
        /// The provider refused, and a new sign-in helps.
        SignInExpired = "sign_in_expired",
        /// The provider does not accept this client.
        ClientRefused = "client_refused",
        /// The provider issues none for this API.
        Forbidden = "forbidden",
        /// The session store failed.
        StoreUnavailable = "store_unavailable",
        /// Something else.
        Other = "other",
    }

    /// What became of a submission of an action.
    ActionOutcome {
        /// The API has done it.
        Done = "done",
        /// The API has accepted it, and does it later.
        Accepted = "accepted",
        /// The API refused, or could not be reached.
        NotDone = "not_done",
        /// The API demands more access.
        AccessMissing = "access_missing",
        /// The API demands a stronger or newer sign-in.
        StepUpRequired = "step_up_required",
        /// Whether it was done is unknown.
        Unclear = "unclear",
        /// Nothing was sent, because a check before that failed.
        Refused = "refused",
        /// The person has submitted too much.
        TooMany = "too_many",
        /// The form was made for another person.
        OfAnother = "of_another_person",
        /// The action is no longer in the settings.
        Gone = "gone",
    }

    /// How an accepted action ended.
    JobOutcome {
        /// It was done.
        Done = "done",
        /// It was not done.
        Failed = "failed",
        /// Its end is unknown.
        Unclear = "unclear",
    }

    /// What became of a back-channel logout.
    LogoutOutcome {
        /// It was carried out; perhaps there was nothing to end.
        Done = "done",
        /// It was carried out before.
        Repeated = "repeated",
        /// The request or its token is not valid.
        Refused = "refused",
        /// The sender has sent too many that are not valid.
        RateLimited = "rate_limited",
        /// Too many at once.
        Busy = "busy",
        /// Its key is unknown.
        UnknownKey = "unknown_key",
        /// The keys of the provider are not available.
        ProviderUnavailable = "provider_unavailable",
        /// The session store failed.
        StoreUnavailable = "store_unavailable",
        /// Something else.
        Other = "other",
    }
}

/// A sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct SignIn {
    outcome: &'static str,
    reason: &'static str,
}

impl SignIn {
    /// The reason says whether the session is new.
    pub(super) fn success(is_again: bool) -> Self {
        Self { outcome: "success", reason: if is_again { "again" } else { "new_session" } }
    }

    pub(super) fn failure(reason: &'static str) -> Self {
        Self { outcome: "failure", reason }
    }
}

/// A refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Refresh {
    pub kind: RefreshKind,
    pub outcome: RefreshOutcome,
}

/// The end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Ended {
    reason: &'static str,
}

impl Ended {
    pub(super) fn of(why: EndReason) -> Self {
        Self { reason: why.as_str() }
    }
}

/// An action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct OfAction {
    pub outcome: ActionOutcome,
}

/// An accepted action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct OfJob {
    pub outcome: JobOutcome,
}

/// A back-channel logout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Logout {
    pub outcome: LogoutOutcome,
}
