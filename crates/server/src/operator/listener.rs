//! The second listener: an address that was chosen must be had, the one nobody chose is done without.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    middleware::Next,
    response::Response,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{config::AdminListen, guard::ClientAddress, http_server};

/// The address that was chosen cannot be had.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {0}, which admin_listen (CLAIMCHECK_ADMIN_LISTEN) names: {1}; every process needs one of its own, or off"
)]
pub struct ListenError(SocketAddr, #[source] io::Error);

/// Binds the admin listener, where there is to be one.
///
/// # Errors
/// An address that was set and cannot be had. Of the default one, that is only warned about: several processes may run on
/// a machine without anybody having thought of this.
pub async fn bind(setting: AdminListen) -> Result<Option<TcpListener>, ListenError> {
    let (address, is_chosen) = match setting {
        AdminListen::Off => return Ok(None),
        AdminListen::At(address) => (address, true),
        AdminListen::Default(address) => (address, false),
    };
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if is_chosen => Err(ListenError(address, error)),
        Err(error) => {
            tracing::warn!(
                "cannot listen on {address}, so operator commands do not reach this process: {error}; \
                 set CLAIMCHECK_ADMIN_LISTEN to another address, or to off"
            );
            Ok(None)
        }
    }
}

/// Serves what [`bind`] has bound until the program begins to stop, and what is under way then.
pub async fn serve(
    listener: Option<TcpListener>,
    router: Router,
    stopping: CancellationToken,
) -> io::Result<()> {
    let Some(listener) = listener else { return Ok(()) };
    let address = listener.local_addr()?;
    if !is_local(address.ip()) {
        tracing::warn!(
            "health and operator commands are on {address}, unencrypted: keep that network closed"
        );
    }
    tracing::info!("health and operator commands on {address}");
    http_server::serve(listener, router, stopping.cancelled_owned(), http_server::Limits::default()).await;
    Ok(())
}

fn is_local(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Leaves the peer's address in the request, for the log. No proxy belongs before this listener, so no header counts.
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
        let first = bind(AdminListen::At(([127, 0, 0, 1], 0).into())).await.unwrap().unwrap();
        let taken = first.local_addr().unwrap();
        let refused = bind(AdminListen::At(taken)).await.unwrap_err().to_string();
        assert!(
            refused.contains(&taken.to_string()) && refused.contains("CLAIMCHECK_ADMIN_LISTEN"),
            "{refused}"
        );
        assert!(bind(AdminListen::Default(taken)).await.unwrap().is_none());
        assert!(bind(AdminListen::Off).await.unwrap().is_none());
        drop(first);
        assert!(bind(AdminListen::Default(taken)).await.unwrap().is_some(), "it is had where it is free");
    }
}
