//! Token exchange (RFC 8693): an access token for another API, in return for one at hand.

use std::sync::atomic::Ordering;

use claimcheck_base::{clock::UnixSecs, secret::Secret, traces::Purpose};
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::{
    jws::UniqueClaims,
    openidconnect_adapter::{NoResponse, RawTokens, TokenEndpoint},
    quirks::{Quirks, whole_secs},
    refusal::Meaning,
    relying_party::RelyingParty,
    revocation::authenticated_form,
    token_endpoint::{TokenError, TokenResponse, TokenTarget, accept, refresh_timeout},
};

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

impl RelyingParty {
    /// Exchanges an access token for one for another API. A refresh token in the response belongs to nobody: the caller
    /// revokes it.
    ///
    /// # Errors
    /// `Unacceptable` if the response has another kind of token; the others as documented there.
    pub async fn exchange_token(
        &self,
        subject: &Secret,
        target: TokenTarget<'_>,
    ) -> Result<TokenResponse, TokenError> {
        let metadata = self.metadata().await?;
        let auth = Quirks::of(self.settings(), Some(&metadata)).client_auth;
        let form = form(subject, &target);
        let request = authenticated_form(self.settings(), auth, metadata.token_endpoint.as_str(), form);
        let request = request.ok_or_else(|| TokenError::Unavailable("no request could be made".into()))?;
        let endpoint = TokenEndpoint::new(
            self.http().clone(),
            refresh_timeout(self.http().timeout()),
            Purpose("provider token: token-exchange"),
        );
        let response = endpoint.send(request).await.map_err(|error| match error {
            NoResponse::Refused(refusal) if refusal.meaning() != Meaning::Temporary => {
                TokenError::Refused(refusal)
            }
            error => TokenError::Unavailable(error.to_string()),
        })?;
        let UniqueClaims(members) = serde_json::from_slice(response.body())
            .map_err(|_| TokenError::Unavailable("the response is not a JSON object".into()))?;
        read(&members, endpoint.is_from_provider.load(Ordering::Relaxed), self.clock().now())
    }
}

fn form(subject: &Secret, target: &TokenTarget<'_>) -> form_urlencoded::Serializer<'static, String> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", GRANT_TYPE)
        .append_pair("subject_token", subject.expose())
        .append_pair("subject_token_type", ACCESS_TOKEN)
        .append_pair("requested_token_type", ACCESS_TOKEN);
    for (name, value) in [("audience", target.audience), ("resource", target.resource)] {
        value.into_iter().for_each(|value| {
            form.append_pair(name, value);
        });
    }
    if !target.scopes.is_empty() {
        form.append_pair("scope", &target.scopes.join(" "));
    }
    form
}

/// RFC 8693 2.2.1: the response must have the requested kind of token, to be used in the way that the API expects.
fn read(
    members: &Map<String, Value>,
    is_from_provider: bool,
    now: UnixSecs,
) -> Result<TokenResponse, TokenError> {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    if text("issued_token_type") != Some(ACCESS_TOKEN) {
        return Err(TokenError::Unacceptable("issued_token_type is not that of an access token".into()));
    }
    let access_token = text("access_token")
        .ok_or_else(|| TokenError::Unacceptable("the token response has no access_token".into()))?;
    let lifetime = members.get("expires_in").and_then(|secs| whole_secs(secs).or_else(|| secs.as_u64()));
    let words = |list: &str| list.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let raw = RawTokens {
        id_token: None,
        access_token: Secret::new(access_token),
        refresh_token: text("refresh_token").map(Secret::new),
        is_bearer: text("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")),
        expires_in: lifetime.map(std::time::Duration::from_secs),
        scopes: text("scope").map(words),
        is_from_provider,
    };
    accept(raw, now)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_json(body: Value) -> Result<TokenResponse, TokenError> {
        read(body.as_object().unwrap(), true, 1000)
    }

    #[test]
    fn p3_a_response_has_an_access_token_of_the_negotiated_type() {
        let good = json!({
            "access_token": "two", "issued_token_type": ACCESS_TOKEN, "token_type": "bearer",
            "expires_in": "300", "scope": "stock:read", "refresh_token": "not ours", "id_token": "ignored",
        });
        let read = read_json(good.clone()).ok().unwrap();
        assert_eq!((read.access_token.expose(), read.expires_at), ("two", Some(1300)));
        assert_eq!(read.scopes.as_deref(), Some(&["stock:read".to_owned()][..]));
        assert!(read.id_token.is_none() && read.refresh_token.is_some());
        for (name, value) in [
            ("issued_token_type", json!("urn:ietf:params:oauth:token-type:refresh_token")),
            ("issued_token_type", json!("urn:ietf:params:oauth:token-type:id_token")),
            ("issued_token_type", json!("urn:ietf:params:oauth:token-type:jwt")),
            ("issued_token_type", json!("access_token")),
            ("issued_token_type", Value::Null),
            ("token_type", json!("N_A")),
            ("token_type", json!("DPoP")),
            ("token_type", Value::Null),
            ("access_token", Value::Null),
            ("access_token", json!("")),
            ("access_token", json!("a\nb")),
        ] {
            let mut bad = good.clone();
            bad[name] = value;
            assert!(matches!(read_json(bad.clone()), Err(TokenError::Unacceptable(_))), "{bad}");
        }
    }

    #[test]
    fn p3_a_request_names_the_subject_and_only_what_the_settings_name() {
        let scopes = ["stock:read".to_owned(), "stock:write".to_owned()];
        let target =
            TokenTarget { resource: None, audience: Some("stock"), scopes: &[], is_of_sign_in: false };
        let subject = Secret::new("one&1");
        let begin = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=one%261\
                     &subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token\
                     &requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token";
        assert_eq!(form(&subject, &target).finish(), format!("{begin}&audience=stock"));
        let target = TokenTarget { audience: None, scopes: &scopes, ..target };
        assert_eq!(form(&subject, &target).finish(), format!("{begin}&scope=stock%3Aread+stock%3Awrite"));
        let target = TokenTarget { resource: Some("urn:stock"), scopes: &[], ..target };
        assert_eq!(form(&subject, &target).finish(), format!("{begin}&resource=urn%3Astock"));
    }
}
