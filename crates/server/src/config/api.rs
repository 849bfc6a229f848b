//! An API: its address, and how its access tokens are requested from the provider and recognized.

use std::{collections::HashSet, time::Duration};

use claimcheck_base::secret::Secret;
use claimcheck_oidc::{access_token_audience::audience_of, token_endpoint::TokenTarget};
use claimcheck_session::DEFAULT_API;
use url::Url;

use crate::config::{LocalText, api_headers::HeaderSetting, problem::SettingProblem};

/// Scopes that belong to no API (OpenID Connect Core 5.4 and 11).
const OF_NO_API: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// Where the access token of a further API comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenSource {
    /// A refresh that names the API.
    #[default]
    Refresh,
    /// An exchange of the access token of the default API (RFC 8693).
    Exchange,
}

/// What requests to an API prove.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApiAuth {
    /// That they are made for the user, by an access token (RFC 6750).
    #[default]
    Bearer,
    /// Nothing: they have the configured headers only.
    None,
}

impl ApiAuth {
    /// Parses the value of a setting.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "bearer" => Ok(Self::Bearer),
            "none" => Ok(Self::None),
            _ => Err("must be \"bearer\" or \"none\"".to_owned()),
        }
    }
}

/// An API and its identifiers at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// The id that panels name: `[a-z0-9-]+`, unique.
    pub id: String,
    /// Its name for users.
    pub title: LocalText,
    /// Its base URL; the paths of panels are appended to its path.
    pub url: Url,
    /// Where its tokens come from.
    pub token: TokenSource,
    /// Its identifier as `audience`, which Auth0 and token exchange know.
    pub audience: Option<String>,
    /// Its identifier as an RFC 8707 `resource`: an absolute URI without fragment, as given.
    pub resource: Option<String>,
    /// The scopes that are requested for it.
    pub scopes: Vec<String>,
    /// Further scopes that it may have the user asked for.
    pub step_up_scopes: Vec<String>,
    /// The audience of its tokens, if it is neither `audience` nor `resource`.
    pub token_audience: Option<String>,
    pub auth: ApiAuth,
    /// The headers of every request to it.
    pub headers: Vec<HeaderSetting>,
    /// The time limit for one of its responses to a read request; `None`: that of all APIs.
    pub timeout: Option<Duration>,
    /// The problem with its URL unless `insecure_hosts` allows it.
    pub(super) insecure: Option<SettingProblem>,
}

impl Api {
    /// Whether the sign-in itself returns its token.
    pub fn is_default(&self) -> bool {
        self.id == DEFAULT_API
    }

    /// Whether a refresh names it by its scopes only.
    pub fn is_by_scopes(&self) -> bool {
        let has_name = self.resource.is_some() || self.audience.is_some();
        self.token == TokenSource::Refresh && !self.is_default() && !has_name
    }

    /// The API, as the token endpoint needs it; `scopes` are those to name.
    pub fn token_target<'a>(&'a self, scopes: &'a [String]) -> TokenTarget<'a> {
        TokenTarget {
            resource: self.resource.as_deref(),
            audience: self.audience.as_deref(),
            scopes,
            is_of_sign_in: self.is_default(),
        }
    }

    /// Whether a token is, by its own `aud`, for others than this API. Tokens that show no audience, and APIs without
    /// an identifier, are not compared.
    pub fn is_foreign(&self, token: &Secret) -> bool {
        let of_request = [&self.resource, &self.audience].into_iter().flatten();
        let expected: Vec<_> = match &self.token_audience {
            Some(audience) => vec![audience],
            None => of_request.collect(),
        };
        let names = || audience_of(token);
        !expected.is_empty()
            && names().is_some_and(|names| !names.iter().any(|name| expected.contains(&name)))
    }

    /// Whether another API is the same to the provider, so that both may have the same token.
    pub fn is_same_for_provider(&self, other: &Self) -> bool {
        let scopes = |api: &Self| -> HashSet<String> {
            api.scopes.iter().filter(|scope| !OF_NO_API.contains(&scope.as_str())).cloned().collect()
        };
        (&self.resource, &self.audience) == (&other.resource, &other.audience)
            && scopes(self) == scopes(other)
    }
}

/// Whether a scope belongs to no API.
pub fn is_of_no_api(scope: &str) -> bool {
    OF_NO_API.contains(&scope)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    use super::*;

    fn api(resource: Option<&str>, audience: Option<&str>, scopes: &[&str]) -> Api {
        Api {
            id: "stock".to_owned(),
            title: LocalText::plain("Stock"),
            url: Url::parse("https://stock.example.com/").unwrap(),
            token: TokenSource::Refresh,
            audience: audience.map(str::to_owned),
            resource: resource.map(str::to_owned),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            token_audience: None,
            auth: ApiAuth::Bearer,
            headers: Vec::new(),
            timeout: None,
            step_up_scopes: Vec::new(),
            insecure: None,
        }
    }

    fn jwt(aud: &str) -> Secret {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        Secret::new(format!(
            "{}.{}.c2ln",
            encode(r#"{"alg":"ES256"}"#),
            encode(&format!(r#"{{"aud":{aud}}}"#))
        ))
    }

    #[test]
    fn fs1_an_audience_is_compared_only_if_both_sides_name_one() {
        let by_resource = api(Some("urn:stock"), None, &[]);
        let mut by_scopes = api(None, None, &["stock:read"]);
        for (aud, expected) in [
            (r#""urn:stock""#, false),
            (r#"["urn:orders","urn:stock"]"#, false),
            (r#""urn:orders""#, true),
            (r#""urn:stock/""#, true),
            (r#""URN:STOCK""#, true),
            ("[]", true),
            (r#"[["urn:stock"]]"#, true),
        ] {
            assert_eq!(by_resource.is_foreign(&jwt(aud)), expected, "{aud}");
            assert!(!by_scopes.is_foreign(&jwt(aud)), "{aud}");
        }
        assert!(!by_resource.is_foreign(&Secret::new("opaque")));
        by_scopes.token_audience = Some("stock-id".to_owned());
        assert!(by_scopes.is_foreign(&jwt(r#""urn:stock""#)) && !by_scopes.is_foreign(&jwt(r#""stock-id""#)));
        let mut both = api(Some("urn:stock"), Some("stock"), &[]);
        assert!(!both.is_foreign(&jwt(r#""urn:stock""#)) && !both.is_foreign(&jwt(r#""stock""#)));
        both.token_audience = Some("stock-id".to_owned());
        assert!(both.is_foreign(&jwt(r#""stock""#)), "the setting replaces both");
    }

    #[test]
    fn fs1_apis_are_the_same_for_the_provider_with_the_same_resource_audience_and_scopes() {
        let one = api(None, Some("stock"), &["openid", "a", "b"]);
        assert!(one.is_same_for_provider(&api(None, Some("stock"), &["b", "a"])));
        for other in [
            api(None, Some("stock"), &["a"]),
            api(None, Some("orders"), &["a", "b"]),
            api(Some("urn:stock"), Some("stock"), &["a", "b"]),
            api(None, None, &["a", "b"]),
        ] {
            assert!(!one.is_same_for_provider(&other), "{other:?}");
        }
    }
}
