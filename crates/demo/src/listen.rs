//! A listener on loopback, or on any address of a container, with graceful shutdown.

use std::{future::Future, net::SocketAddr};

use axum::Router;
use tokio::net::TcpListener;

use crate::Error;

/// Binds a loopback address, or another one if `is_published`; port 0 picks a free one.
pub(crate) async fn bind(addr: SocketAddr, is_published: bool) -> Result<(TcpListener, SocketAddr), Error> {
    if !addr.ip().is_loopback() && !is_published {
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
            let refused = bind(addr.parse().unwrap(), false).await;
            assert!(matches!(refused, Err(Error::NotLoopback(_))), "{addr}");
        }
        assert!(bind("127.0.0.1:0".parse().unwrap(), false).await.unwrap().1.port() > 0);
        assert!(bind("0.0.0.0:0".parse().unwrap(), true).await.is_ok(), "in a container");
    }
}
