//! Shared fixtures of unit tests: a client, and a discovery document.

use claimcheck_base::{insecure_hosts::InsecureHosts, secret::Secret};
use serde_json::{Map, Value, json};

use crate::{
    metadata::Metadata,
    settings::{ClientSettings, EndSession, LogoutTokenTyp},
};

/// The issuer of [`client_settings`].
pub(crate) const ISSUER: &str = "https://id.example";

/// The client `app`, registered at [`ISSUER`], with no optional settings.
pub(crate) fn client_settings() -> ClientSettings {
    ClientSettings {
        issuer: ISSUER.to_owned(),
        tenants: Vec::new(),
        client_id: "app".to_owned(),
        client_secret: Secret::new("secret"),
        redirect_uri: "http://localhost:3000/auth/callback".to_owned(),
        post_logout_redirect_uri: "http://localhost:3000/".to_owned(),
        scopes: vec!["openid".to_owned()],
        authorize_params: Vec::new(),
        audience: None,
        resource: None,
        all_resources: Vec::new(),
        trusted_audiences: Vec::new(),
        client_auth: None,
        id_token_algs: None,
        logout_token_typ: LogoutTokenTyp::Lenient,
        end_session: EndSession::Get,
        end_session_params: Vec::new(),
        end_session_url: None,
        discovery_url: None,
        provider_base_url: None,
        insecure_hosts: InsecureHosts::default(),
    }
}

/// A discovery document of this issuer with every endpoint.
pub(crate) fn document(issuer: &str) -> Map<String, Value> {
    let mut all = json!({
        "issuer": issuer,
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let endpoints = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"];
    for name in endpoints.iter().chain(&["end_session_endpoint", "revocation_endpoint"]) {
        all[name] = json!(format!("{issuer}/{name}"));
    }
    all.as_object().unwrap().clone()
}

/// The metadata of the issuer of [`client_settings`], with the members of `more` added.
pub(crate) fn metadata(more: Value) -> Metadata {
    let mut all = document(ISSUER);
    all.extend(more.as_object().unwrap().clone());
    Metadata::read(&all, &client_settings()).unwrap()
}
