//! The admin listener. If its address is configured, it must be free; if it is the default, the listener is optional.

use std::{io, net::SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    middleware::Next,
    response::Response,
};
use tokio_util::sync::CancellationToken;

use crate::{
    budget::Connections,
    config::{AdminListen, ListenAddress},
    guard::ClientAddress,
    http_server::{self, CurrentRouter, Door, Limits, Listener},
};

/// The configured address is not available.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {0}, which is set by admin_listen (CLAIMCHECK_ADMIN_LISTEN): {1}; each process needs its own address, or off"
)]
pub struct ListenError(ListenAddress, #[source] io::Error);

/// Binds the admin listener, if there is one.
///
/// # Errors
/// The configured address is not available. For the default address this is only a warning: several processes may run
/// on a machine.
pub async fn bind(setting: AdminListen) -> Result<Option<Listener>, ListenError> {
    let (address, is_chosen) = match setting {
        AdminListen::Off => return Ok(None),
        AdminListen::At(address) => (address, true),
        AdminListen::Default(address) => (address, false),
    };
    match Listener::bind(&address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if is_chosen => Err(ListenError(address, error)),
        Err(error) => {
            tracing::warn!(
                "cannot listen on {address}, so operator commands do not reach this process: {error}; \
                 set CLAIMCHECK_ADMIN_LISTEN to another address or to off"
            );
            Ok(None)
        }
    }
}

/// Serves the listener of [`bind`] until the program begins to stop, and then finishes running requests.
pub async fn serve(
    listener: Option<Listener>,
    router: impl Into<CurrentRouter>,
    stopping: CancellationToken,
    connections: Connections,
) -> io::Result<()> {
    let Some(listener) = listener else { return Ok(()) };
    let address = listener.address()?;
    if !address.is_local() {
        tracing::warn!(
            "health checks and operator commands are on {address} without encryption: keep this network private"
        );
    }
    tracing::info!("health checks and operator commands on {address}");
    let door = Door::direct(connections);
    http_server::serve(listener, router, stopping.cancelled_owned(), Limits::default(), door).await;
    Ok(())
}

/// Adds the peer's address to the request, for the log. No proxy belongs before this listener, so headers are ignored.
pub async fn note_peer(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let client = ClientAddress::from(peer.ip());
        request.extensions_mut().insert(client);
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::{AdminListen, bind};

    #[tokio::test]
    async fn op_10_an_address_that_was_chosen_must_be_had_and_the_default_need_not() {
        let first = bind(AdminListen::at(([127, 0, 0, 1], 0))).await.unwrap().unwrap();
        let taken = first.local_addr().unwrap();
        let refused = bind(AdminListen::at(taken)).await.unwrap_err().to_string();
        assert!(
            refused.contains(&taken.to_string()) && refused.contains("CLAIMCHECK_ADMIN_LISTEN"),
            "{refused}"
        );
        assert!(bind(AdminListen::Default(taken.into())).await.unwrap().is_none());
        assert!(bind(AdminListen::Off).await.unwrap().is_none());
        drop(first);
        assert!(
            bind(AdminListen::Default(taken.into())).await.unwrap().is_some(),
            "it is had where it is free"
        );
    }
}
