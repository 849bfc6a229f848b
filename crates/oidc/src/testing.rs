//! Shared fixtures of unit tests: a client, and a discovery document.

use claimcheck_base::secret::Secret;
use serde_json::{Value, json};

use crate::{
    metadata::Metadata,
    settings::{Alg, ClientSettings, LogoutTokenTyp},
};

/// The issuer of [`client_settings`].
pub(crate) const ISSUER: &str = "https://id.example";

/// The client `app`, registered at [`ISSUER`], with no optional settings.
pub(crate) fn client_settings() -> ClientSettings {
    ClientSettings {
        issuer: ISSUER.to_owned(),
        client_id: "app".to_owned(),
        client_secret: Secret::new("secret"),
        redirect_uri: "http://localhost:3000/auth/callback".to_owned(),
        post_logout_redirect_uri: "http://localhost:3000/".to_owned(),
        scopes: vec!["openid".to_owned()],
        authorize_params: Vec::new(),
        audience: None,
        resource: None,
        all_resources: Vec::new(),
        client_auth: None,
        id_token_algs: vec![Alg::Rs256],
        logout_token_typ: LogoutTokenTyp::Lenient,
    }
}

/// A minimal discovery document, with the members of `more` added.
pub(crate) fn metadata(more: Value) -> Metadata {
    let mut all = json!({
        "issuer": ISSUER, "authorization_endpoint": "https://id.example/a", "jwks_uri": "https://id.example/k",
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(all).unwrap()
}
