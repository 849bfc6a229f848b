//! Whether a new access token is for the API that it was requested for. A provider that ignores what a request names
//! returns another API's token, which must not be sent (RFC 9700 4.10.1).

use claimcheck_base::secret::Secret;
use claimcheck_session::TokenSet;

use crate::config::{Api, Settings};

/// Checks a token against the API and against the current tokens of other APIs. The error is for the log.
pub(super) fn check(
    settings: &Settings,
    held: &TokenSet,
    api: &Api,
    token: &Secret,
) -> Result<(), &'static str> {
    if is_foreign(settings, api, token) {
        return Err(
            "the aud of its access token does not contain its resource or audience: check what the provider \
             issues, or set token_audience",
        );
    }
    let has_it = |other: &&Api| held.access.get(&other.id).is_some_and(|access| access.token == *token);
    let is_another = |other: &&Api| other.id != api.id && !api.is_same_for_provider(other);
    match settings.apis.all().filter(is_another).any(|other| has_it(&other)) {
        true => Err(
            "its access token is the same as that of another API: the provider ignores which API is named",
        ),
        false => Ok(()),
    }
}

/// Whether a token names other APIs than this one as its audience. With one API there is none to confuse it with, and
/// the audience counts only if the operator has set it.
pub fn is_foreign(settings: &Settings, api: &Api, token: &Secret) -> bool {
    let is_compared = !settings.apis.further.is_empty() || api.token_audience.is_some();
    is_compared && api.is_foreign(token)
}
