//! A listener on loopback, with graceful shutdown.

use std::{future::Future, net::SocketAddr};

use axum::Router;
use tokio::net::TcpListener;

use crate::Error;

/// Binds a loopback address; port 0 picks a free one.
pub(crate) async fn bind(addr: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    if !addr.ip().is_loopback() {
        return Err(Error::NotLoopback(addr));
    }
    let listener = TcpListener::bind(addr).await.map_err(|cause| Error::Bind(addr, cause))?;
    let addr = listener.local_addr().map_err(|cause| Error::Bind(addr, cause))?;
    Ok((listener, addr))
}

/// Serves until `shutdown` resolves and the running requests have ended.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await.map_err(Error::Serve)
}

#[cfg(test)]
mod tests {
    use super::{Error, bind};

    #[tokio::test]
    async fn di_01_only_loopback_addresses_are_bound() {
        for addr in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            let refused = bind(addr.parse().unwrap()).await;
            assert!(matches!(refused, Err(Error::NotLoopback(_))), "{addr}");
        }
        assert!(bind("127.0.0.1:0".parse().unwrap()).await.unwrap().1.port() > 0);
    }
}
