//! Ends sessions here, and notifies the clients that got tokens in them (OpenID Connect Back-Channel Logout 1.0, 2.3
//! and 2.5): one POST each, in the background and with a timeout, so that no user waits for a client.

use std::{collections::BTreeSet, sync::Arc};

use axum::http::header;
use url::form_urlencoded;

use super::{
    clients::Client,
    mint,
    shared::Shared,
    store::{Data, Session},
};
use crate::Error;

/// Ends matching sessions, and notifies the clients. Grants for `offline_access` stay valid (2.7).
pub(super) async fn end(shared: &Arc<Shared>, is_such: impl Fn(&str, &Session) -> bool) -> Result<(), Error> {
    let ended = shared.store.change(|data| take(data, is_such)).await?;
    for (session, clients) in &ended {
        for client in clients.iter().filter_map(|id| shared.client(id)) {
            tell(shared, client, session)?;
        }
    }
    Ok(())
}

/// Removes sessions, and returns the clients of each. Codes from these sessions become invalid.
fn take(data: &mut Data, is_such: impl Fn(&str, &Session) -> bool) -> Vec<(Session, BTreeSet<String>)> {
    let mut ended = Vec::new();
    data.sessions.retain(|key, session| {
        let ends = is_such(key, session);
        if ends {
            ended.push((session.clone(), data.visits.remove(&session.sid).unwrap_or_default()));
        }
        !ends
    });
    let is_over = |sid: &str| ended.iter().any(|(session, _)| session.sid == sid);
    data.codes.retain(|_, code| code.used_for.is_some() || !is_over(&code.session.sid));
    ended
}

fn tell(shared: &Shared, client: &Client, session: &Session) -> Result<(), Error> {
    let Some(uri) = &client.back_channel_logout_uri else { return Ok(()) };
    let token = mint::logout_token(shared, &client.id, session)?;
    let body = form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
    let request = shared.http.post(uri).body(body);
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let client = client.id.clone();
    tokio::spawn(async move {
        match request.send().await.map(|answer| answer.status()) {
            Ok(status) if status.is_success() => tracing::info!(client, "client notified of a logout"),
            Ok(status) => tracing::warn!(client, %status, "client rejected a logout token"),
            Err(error) => {
                tracing::warn!(client, error = %error.without_url(), "client could not be notified of a logout")
            }
        }
    });
    Ok(())
}
