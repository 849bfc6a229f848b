//! Ports on loopback that a test uses again after its server has closed them.

use tokio::net::TcpSocket;

/// A port that is not given to any other test as long as this exists. A listener can be bound to it.
pub struct Port {
    pub number: u16,
    /// Bound, and not listening: Linux accepts a listener at the same address beside it. Elsewhere another test may get
    /// the port while it is closed.
    _kept: Option<TcpSocket>,
}

impl Port {
    pub fn keep() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let number = socket.local_addr().unwrap().port();
        Self { number, _kept: cfg!(target_os = "linux").then_some(socket) }
    }
}
