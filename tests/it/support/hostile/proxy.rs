//! An HTTP proxy, as companies put one between their servers and the internet: tunnels for https, forwarded requests for
//! http (RFC 9110 9.3.6, 7.1). It resolves names itself, to wherever a test says.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

/// Runs until the test ends.
#[derive(Clone)]
pub struct ForwardProxy(Arc<Inner>);

struct Inner {
    address: SocketAddr,
    /// The expected `Proxy-Authorization`, if it asks for one.
    credentials: Option<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Method and target of each request that began a connection.
    seen: Vec<String>,
    /// Refused for lack of credentials.
    refused: usize,
    /// Where names lead; all others to themselves.
    names: BTreeMap<String, String>,
    delay: Duration,
}

impl ForwardProxy {
    /// Starts listening; with a user name and password, it asks for them.
    pub async fn bind(credentials: Option<(&str, &str)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let credentials = credentials.map(|(name, password)| {
            format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
        });
        let address = listener.local_addr().unwrap();
        let proxy = Self(Arc::new(Inner { address, credentials, state: Mutex::default() }));
        let served = proxy.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let served = served.clone();
                tokio::spawn(async move { served.serve(stream).await });
            }
        });
        proxy
    }

    /// Host and port.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// From now on, this host and port lead there.
    pub fn lead(&self, name: &str, to: &str) {
        self.0.state.lock().unwrap().names.insert(name.to_owned(), to.to_owned());
    }

    /// From now on, connections are made after this time.
    pub fn delay(&self, delay: Duration) {
        self.0.state.lock().unwrap().delay = delay;
    }

    /// Method and target of each request that began a connection.
    pub fn seen(&self) -> Vec<String> {
        self.0.state.lock().unwrap().seen.clone()
    }

    /// How many requests had no or other credentials.
    pub fn refused(&self) -> usize {
        self.0.state.lock().unwrap().refused
    }

    async fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let text = String::from_utf8_lossy(&head).into_owned();
        let (method, rest) = text.split_once(' ')?;
        let target = rest.split(' ').next()?;
        let sent = text.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("proxy-authorization").then_some(value)
        });
        if self.0.credentials.is_some() && sent != self.0.credentials.as_deref() {
            self.0.state.lock().unwrap().refused += 1;
            let answer = "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\
                          content-length: 0\r\nconnection: close\r\n\r\n";
            return stream.write_all(answer.as_bytes()).await.ok();
        }
        let authority = target.strip_prefix("http://").map_or(target, |rest| rest.split('/').next().unwrap());
        let (to, delay) = {
            let mut state = self.0.state.lock().unwrap();
            state.seen.push(format!("{method} {target}"));
            (state.names.get(authority).cloned().unwrap_or_else(|| authority.to_owned()), state.delay)
        };
        tokio::time::sleep(delay).await;
        let Ok(mut upstream) = TcpStream::connect(&to).await else {
            let answer = "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            return stream.write_all(answer.as_bytes()).await.ok();
        };
        match method {
            "CONNECT" => stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok()?,
            // Servers accept the absolute form of a target, too (RFC 9112 3.2.2).
            _ => upstream.write_all(&head).await.ok()?,
        }
        copy_bidirectional(&mut stream, &mut upstream).await.ok().map(|_| ())
    }
}
