//! The listener of a hostile server: an address on loopback, in plain HTTP or over TLS, that can be closed and opened
//! again.

use std::{net::SocketAddr, sync::Mutex, time::Duration};

use axum::Router;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use super::tls::{Identity, TlsListener};
use crate::support::port::Port;

pub struct Door {
    addr: SocketAddr,
    /// Also while it is closed.
    _port: Port,
    pub origin: String,
    identity: Option<Identity>,
    /// While it is open: closes it.
    stop: Mutex<Option<oneshot::Sender<()>>>,
}

impl Door {
    /// Binds; with a certificate, its host name is `localhost`.
    pub async fn bind(identity: Option<Identity>) -> (Self, TcpListener) {
        let port = Port::keep();
        let addr = SocketAddr::from(([127, 0, 0, 1], port.number));
        let listener = TcpListener::bind(addr).await.unwrap();
        let origin = match identity {
            Some(_) => format!("https://localhost:{}", addr.port()),
            None => format!("http://{addr}"),
        };
        (Self { addr, _port: port, origin, identity, stop: Mutex::default() }, listener)
    }

    pub fn serve(&self, listener: TcpListener, router: Router) {
        let (stop, stopped) = oneshot::channel();
        *self.stop.lock().unwrap() = Some(stop);
        let until = async move { drop(stopped.await) };
        match self.identity.clone() {
            Some(identity) => {
                let listener = TlsListener { listener, identity };
                tokio::spawn(
                    async move { axum::serve(listener, router).with_graceful_shutdown(until).await },
                );
            }
            None => {
                tokio::spawn(
                    async move { axum::serve(listener, router).with_graceful_shutdown(until).await },
                );
            }
        }
    }

    /// Stops listening, and closes idle connections.
    pub async fn shut(&self) {
        drop(self.stop.lock().unwrap().take());
        while TcpStream::connect(self.addr).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Listens again at the same address.
    pub async fn open(&self, router: Router) {
        self.serve(TcpListener::bind(self.addr).await.unwrap(), router);
    }
}
