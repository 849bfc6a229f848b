//! The end of sessions here, and its news to the clients that got tokens in them (OpenID Connect Back-Channel Logout 1.0,
//! 2.3 and 2.5): a post to each, in the background and bounded in time, so that nobody who signs out waits for a client.

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

/// Ends such sessions, by the key they are kept under, and tells the clients. Grants for `offline_access` go on (2.7).
pub(super) async fn end(shared: &Arc<Shared>, is_such: impl Fn(&str, &Session) -> bool) -> Result<(), Error> {
    let ended = shared.store.change(|data| take(data, is_such)).await?;
    for (session, clients) in &ended {
        for client in clients.iter().filter_map(|id| shared.client(id)) {
            tell(shared, client, session)?;
        }
    }
    Ok(())
}

/// Takes sessions out, with the clients of each; a code that was made in one of them is worth nothing any more.
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
            Ok(status) if status.is_success() => tracing::info!(client, "told of a logout"),
            Ok(status) => tracing::warn!(client, %status, "did not take a logout token"),
            Err(error) => {
                tracing::warn!(client, error = %error.without_url(), "could not be told of a logout")
            }
        }
    });
    Ok(())
}
