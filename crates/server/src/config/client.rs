//! The settings of the relying party.

use claimcheck_model::paths;
use claimcheck_oidc::ClientSettings;

use super::Settings;

impl Settings {
    /// This client's registration at the provider, and what it requests.
    pub fn client(&self) -> ClientSettings {
        let default = &self.apis.default;
        ClientSettings {
            issuer: self.issuer.clone(),
            tenants: self.tenants.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            redirect_uri: self.redirect_uri(),
            post_logout_redirect_uri: self.address(paths::HOME),
            scopes: self.scopes.clone(),
            authorize_params: self.authorize_params.clone(),
            audience: default.audience.clone(),
            resource: default.resource.clone(),
            all_resources: self.apis.resources().map(str::to_owned).collect(),
            trusted_audiences: self.trusted_audiences.clone(),
            client_auth: self.client_auth,
            id_token_algs: self.id_token_algs.clone(),
            logout_token_typ: self.logout_token_typ,
            end_session: self.outgoing.end_session,
            end_session_params: self.outgoing.end_session_params.clone(),
            end_session_url: self.outgoing.end_session_url.clone(),
            discovery_url: self.outgoing.discovery_url.clone(),
            provider_base_url: self.outgoing.provider_base_url.clone(),
            insecure_hosts: self.outgoing.insecure_hosts.clone(),
        }
    }
}
