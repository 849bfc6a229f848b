//! What providers call things, so that a remedy names the field to change. The words are those of the provider's page in
//! `docs/providers/`; a test compares them.

use claimcheck_oidc::survey::ProviderFacts;
use url::Url;

/// How a provider issues refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offline {
    /// For the scope `offline_access`.
    Scope,
    /// At every sign-in.
    Always,
    /// For these parameters of the authorization request, and never for the scope.
    Parameters(&'static str),
}

/// A provider that has its own page in the book. Words with `*` are those of its console.
#[derive(Debug)]
pub(super) struct Vendor {
    pub name: &'static str,
    /// Its page, below `docs/`.
    pub page: &'static str,
    /// How `issuer` is written.
    pub issuer: &'static str,
    /// Where the redirect URI is registered.
    pub callback: &'static str,
    /// Where the post-logout redirect URI is registered.
    pub sign_out: &'static str,
    /// Where the client secret is.
    pub secret: &'static str,
    /// Where the client's way of authentication is chosen.
    pub auth_method: &'static str,
    /// Where refresh tokens are allowed.
    pub refresh: &'static str,
    pub offline: Offline,
    /// Where scopes are defined.
    pub scopes: &'static str,
    /// What makes an end session endpoint known.
    pub end_session: &'static str,
    /// Where it is registered where the provider sends logouts. Empty if it sends none.
    pub logout: &'static str,
}

static AUTH0: Vendor = Vendor {
    name: "Auth0",
    page: "providers/auth0.md",
    issuer: "your domain, with the slash at its end",
    callback: "*Allowed Callback URLs*",
    sign_out: "*Allowed Logout URLs*",
    secret: "*Client Secret*",
    auth_method: "*Credentials → Authentication Method*",
    refresh: "*Settings → Advanced Settings → Grant Types → Refresh Token*",
    offline: Offline::Scope,
    scopes: "*Permissions*",
    end_session: "*Tenant Settings → Advanced → Login and Logout → RP-Initiated Logout End Session Endpoint Discovery*",
    logout: "*Applications → Settings → OpenID Connect Back-Channel Logout → Back-Channel Logout URI*",
};

static KEYCLOAK: Vendor = Vendor {
    name: "Keycloak",
    page: "providers/keycloak.md",
    issuer: "copy `issuer` from the discovery document",
    callback: "*Valid redirect URIs*",
    sign_out: "*Valid post logout redirect URIs*",
    secret: "The secret is in the tab *Credentials*",
    auth_method: "Switch *Client authentication* on",
    refresh: "Keycloak issues a refresh token without `offline_access`",
    offline: Offline::Always,
    scopes: "*Client scopes → Create client scope*",
    end_session: "",
    logout: "*Backchannel logout URL*",
};

static OKTA: Vendor = Vendor {
    name: "Okta",
    page: "providers/okta.md",
    issuer: "copy `issuer` from the discovery document",
    callback: "*Sign-in redirect URIs*",
    sign_out: "*Sign-out redirect URIs*",
    secret: "*General → Client Credentials*",
    auth_method: "*General → Client Credentials*",
    refresh: "enable the grant type *Refresh Token*",
    offline: Offline::Scope,
    scopes: "*Scopes → Add Scope*",
    end_session: "",
    logout: "*Logout request URL*",
};

static ENTRA: Vendor = Vendor {
    name: "Microsoft Entra ID",
    page: "providers/entra.md",
    issuer: "use the tenant ID, or `{tenantid}` and `tenants`, and `/v2.0`",
    callback: "*Authentication → Add a platform → Web*",
    sign_out: "as a second redirect URI",
    secret: "*Certificates & secrets → New client secret*",
    auth_method: "",
    refresh: "Request `offline_access`",
    offline: Offline::Scope,
    scopes: "*Expose an API → Add a scope*",
    end_session: "",
    logout: "",
};

static GOOGLE: Vendor = Vendor {
    name: "Google",
    page: "providers/google.md",
    issuer: "https://accounts.google.com",
    callback: "*Authorized redirect URIs*",
    sign_out: "Google has no setting for post-logout redirect URIs",
    secret: "Note the client ID and the client secret",
    auth_method: "",
    refresh: "access_type=offline&prompt=consent",
    offline: Offline::Parameters("access_type=offline&prompt=consent"),
    scopes: "",
    end_session: "Google has no end session endpoint",
    logout: "",
};

static COGNITO: Vendor = Vendor {
    name: "Amazon Cognito",
    page: "providers/cognito.md",
    issuer: "https://cognito-idp.REGION.amazonaws.com/USER_POOL_ID",
    callback: "*Allowed callback URLs*",
    sign_out: "*Allowed sign-out URLs*",
    secret: "Create an app client with a client secret",
    auth_method: "",
    refresh: "Cognito issues a refresh token at every sign-in",
    offline: Offline::Always,
    scopes: "Select the scopes `openid`, `profile`, `email` and those of your API",
    end_session: "set `end_session_url` to `https://DOMAIN/logout`",
    logout: "",
};

static ZITADEL: Vendor = Vendor {
    name: "ZITADEL",
    page: "providers/zitadel.md",
    issuer: "the domain of your instance",
    callback: "*Redirect URIs*",
    sign_out: "*Post Logout URIs*",
    secret: "Note the client ID, the client secret",
    auth_method: "the authentication method *Basic*",
    refresh: "*Grant Types*: *Authorization Code* and *Refresh Token*",
    offline: Offline::Scope,
    scopes: "",
    end_session: "",
    logout: "",
};

static OTHER: Vendor = Vendor {
    name: "the provider",
    page: "providers/other.md",
    issuer: "",
    callback: "",
    sign_out: "",
    secret: "",
    auth_method: "",
    refresh: "",
    offline: Offline::Scope,
    scopes: "",
    end_session: "",
    logout: "",
};

/// The vendor of this issuer: by its host or path, else by the endpoints in its document.
pub(super) fn vendor_of(issuer: &str, facts: Option<&ProviderFacts>) -> &'static Vendor {
    let url = Url::parse(issuer).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let path = url.as_ref().map(Url::path).unwrap_or_default();
    let ends = |names: &[&str]| names.iter().any(|name| host.ends_with(name));
    let endpoint = |name: &str| facts.and_then(|facts| facts.endpoint(name));
    let token_path = endpoint("token_endpoint").map(|url| url.path().to_owned()).unwrap_or_default();
    let keys_path = endpoint("jwks_uri").map(|url| url.path().to_owned()).unwrap_or_default();
    match () {
        () if host == "accounts.google.com" => &GOOGLE,
        () if claimcheck_oidc::quirks::is_entra(issuer) => &ENTRA,
        () if host.starts_with("cognito-idp.") && ends(&[".amazonaws.com", ".amazonaws.com.cn"]) => &COGNITO,
        () if ends(&[".auth0.com"]) => &AUTH0,
        () if ends(&[".okta.com", ".oktapreview.com", ".okta-emea.com"]) => &OKTA,
        () if ends(&[".zitadel.cloud"]) => &ZITADEL,
        // Their own servers and custom domains.
        () if token_path.ends_with("/protocol/openid-connect/token") || path.contains("/realms/") => {
            &KEYCLOAK
        }
        () if path.starts_with("/oauth2/") && token_path.ends_with("/v1/token") => &OKTA,
        () if token_path == "/oauth/token" && keys_path == "/.well-known/jwks.json" => &AUTH0,
        () if token_path == "/oauth/v2/token" && keys_path == "/oauth/v2/keys" => &ZITADEL,
        () => &OTHER,
    }
}

impl Vendor {
    /// Whether it is one of the providers with a page.
    pub(super) fn is_known(&self) -> bool {
        self.page != OTHER.page
    }

    /// A remedy: what to do in general, and where this provider has it.
    pub(super) fn remedy(&self, what: &str, words: &str) -> String {
        match plain(words) {
            words if words.is_empty() => what.to_owned(),
            words => format!("{what}; at {}: {words}", self.name),
        }
    }
}

/// Without the marks of the book.
pub(super) fn plain(words: &str) -> String {
    words.replace('*', "")
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    const VENDORS: [&Vendor; 8] = [&AUTH0, &KEYCLOAK, &OKTA, &ENTRA, &GOOGLE, &COGNITO, &ZITADEL, &OTHER];

    #[test]
    fn dr_08_doctor_the_words_of_each_provider_are_those_of_its_page() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
        for vendor in VENDORS {
            let page = fs::read_to_string(docs.join(vendor.page)).unwrap();
            let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
            let Vendor { issuer, callback, sign_out, secret, auth_method, .. } = vendor;
            let Vendor { refresh, scopes, end_session, logout, .. } = vendor;
            for words in
                [issuer, callback, sign_out, secret, auth_method, refresh, scopes, end_session, logout]
            {
                assert!(page.contains(*words), "{}: {words}", vendor.page);
            }
        }
    }

    #[test]
    fn dr_08_doctor_a_provider_is_recognised_by_its_issuer() {
        for (issuer, name) in [
            ("https://tenant.eu.auth0.com/", "Auth0"),
            ("https://id.example.com/realms/example", "Keycloak"),
            ("https://id.example.com/auth/realms/example", "Keycloak"),
            ("https://dev-1.okta.com/oauth2/default", "Okta"),
            (
                "https://login.microsoftonline.com/2f8b1c3e-0000-4000-8000-000000000000/v2.0",
                "Microsoft Entra ID",
            ),
            ("https://accounts.google.com", "Google"),
            ("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc", "Amazon Cognito"),
            ("https://example-1.zitadel.cloud", "ZITADEL"),
            ("https://auth0.com.example.com/", "the provider"),
            ("https://accounts.google.com.example.com", "the provider"),
            ("not a url", "the provider"),
        ] {
            assert_eq!(vendor_of(issuer, None).name, name, "{issuer}");
        }
    }
}
