//! Signing out at the provider (RP-Initiated Logout 1.0, 2): the form that the browser posts to the end session
//! endpoint. It contains the ID token, the only token that ever passes through a browser; the specification requires
//! it.

use claimcheck_base::secret::Secret;

use crate::relying_party::RelyingParty;

/// The form that is posted to the provider's end session endpoint.
pub struct EndSessionForm {
    /// The endpoint's URL.
    pub action: String,
    /// Names and values, in order.
    pub fields: Vec<(String, String)>,
}

impl RelyingParty {
    /// The form; `None` if the provider has no end session endpoint or its metadata is unavailable: then only the
    /// session here ends. The provider returns `state` with the browser.
    pub async fn end_session_form(&self, id_token: &Secret, state: Option<String>) -> Option<EndSessionForm> {
        let metadata = self.metadata().await.ok()?;
        let action = metadata.additional_metadata().end_session_endpoint.clone()?;
        let settings = self.settings();
        let mut fields = vec![
            ("id_token_hint".to_owned(), id_token.expose().to_owned()),
            ("client_id".to_owned(), settings.client_id.clone()),
            ("post_logout_redirect_uri".to_owned(), settings.post_logout_redirect_uri.clone()),
        ];
        fields.extend(state.map(|state| ("state".to_owned(), state)));
        Some(EndSessionForm { action: action.into(), fields })
    }
}
