//! Giving tokens back (RFC 7009): at sign-out, and for tokens that arrive when nobody waits for them any more.
//! A provider that fails or takes its time delays nobody.

use axum::http::{Request, StatusCode, header};
use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::task::JoinHandle;
use tracing::Instrument;
use url::form_urlencoded;

use super::provider::client_auth;
use crate::server::{Context, config::ClientAuth, session::TokenSet};
use claimcheck_base::secret::Secret;

/// Revokes the refresh token, then the access tokens, as a task of its own that the end of the program waits for.
/// The handle completes when the provider has answered or failed.
pub fn revoke(context: &Context, tokens: TokenSet) -> JoinHandle<()> {
    let then = context.clone();
    let revocation = async move {
        if let Some(token) = &tokens.refresh_token {
            revoke_one(&then, token, "refresh_token").await;
        }
        // RFC 7009 2.1: revoking a refresh token should end its access tokens, but need not.
        for access in tokens.access.values() {
            revoke_one(&then, &access.token, "access_token").await;
        }
    };
    context.tasks.spawn(revocation.in_current_span())
}

async fn revoke_one(context: &Context, token: &Secret, hint: &str) {
    let Ok(metadata) = context.provider.metadata().await else { return };
    let Some(endpoint) = &metadata.additional_metadata().revocation_endpoint else { return };
    let auth = client_auth(&context.settings, &metadata);
    let Some(request) = request(context, auth, endpoint.as_str(), token, hint) else { return };
    match context.provider.send(request).await {
        Ok(answer) if answer.status() == StatusCode::OK => tracing::debug!(hint, "token revoked"),
        Ok(answer) => tracing::warn!(hint, status = %answer.status(), "the provider did not revoke a token"),
        Err(error) => tracing::warn!(hint, %error, "the provider could not be asked to revoke a token"),
    }
}

// The openidconnect crate refuses a revocation endpoint on loopback http, which the demo has; so the form is ours.
fn request(
    context: &Context,
    auth: ClientAuth,
    endpoint: &str,
    token: &Secret,
    hint: &str,
) -> Option<Request<Vec<u8>>> {
    let settings = &context.settings;
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", token.expose()).append_pair("token_type_hint", hint);
    let mut request = Request::post(endpoint)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json");
    match auth {
        ClientAuth::Basic => request = request.header(header::AUTHORIZATION, basic(settings)),
        ClientAuth::Post => {
            form.append_pair("client_id", &settings.client_id)
                .append_pair("client_secret", settings.client_secret.expose());
        }
    }
    request.body(form.finish().into_bytes()).ok()
}

/// RFC 6749 2.3.1: id and secret are form-encoded before Base64.
fn basic(settings: &crate::server::config::Settings) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(&settings.client_id), encode(settings.client_secret.expose()));
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}
