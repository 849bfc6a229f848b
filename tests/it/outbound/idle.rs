//! Servers that close a kept connection just as a request is sent on it (R19).

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::support::hostile::HostileWorld;

const BOARD: &str = r#"
[[api]]
id = "moody"
title = "Moody"
url = "http://ADDRESS"
auth = "none"

[[board]]
id = "moody"
title = "Moody"

[[board.panel]]
title = "Rows"
kind = "table"
api = "moody"
get = "/rows"
rows = "$.rows[*]"

[[board.panel]]
title = "Search"
kind = "table"
api = "moody"
post = "/search"
body = { open = true }
rows = "$.rows[*]"

[[board.action]]
label = "Go"
api = "moody"
post = "/go"
"#;

/// A server that answers the first request of each connection, and closes it when the second one arrives.
#[derive(Default)]
struct Moody {
    /// The address of the server whose answers it passes on; its own ones if not set.
    upstream: Option<String>,
    /// The request lines that were answered.
    answered: Mutex<Vec<String>>,
    /// How many requests were broken off.
    broken: AtomicUsize,
}

impl Moody {
    async fn start() -> (Arc<Self>, String) {
        Self::before(None).await
    }

    /// Before the server at this address.
    async fn before(upstream: Option<String>) -> (Arc<Self>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let moody = Arc::new(Self { upstream, ..Self::default() });
        let server = moody.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().serve(stream));
            }
        });
        (moody, address)
    }

    async fn serve(self: Arc<Self>, mut stream: TcpStream) {
        let Some(request) = read(&mut stream).await else { return };
        self.answered.lock().unwrap().push(request.lines().next().unwrap().to_owned());
        let body = "{\"rows\":[{\"a\":\"shown\"}]}";
        let answer = match &self.upstream {
            Some(upstream) => {
                let mut server = TcpStream::connect(upstream).await.unwrap();
                server.write_all(request.as_bytes()).await.unwrap();
                read(&mut server).await.unwrap()
            }
            None => format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        };
        stream.write_all(answer.as_bytes()).await.unwrap();
        if read(&mut stream).await.is_some() {
            self.broken.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn count(&self, line: &str) -> usize {
        self.answered.lock().unwrap().iter().filter(|answered| answered.starts_with(line)).count()
    }
}

/// Reads a request or a response: its head and its body.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let (mut all, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        all.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&all).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .to_ascii_lowercase()
            .split("content-length: ")
            .nth(1)
            .map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
        if body.len() >= length {
            return Some(text);
        }
    }
}

#[tokio::test]
async fn r19_reads_are_repeated_once_and_actions_use_a_new_connection() {
    let (moody, address) = Moody::start().await;
    let world = HostileWorld::with(&BOARD.replace("ADDRESS", &address)).await;
    let (mut browser, _) = world.signed_in("/account").await;
    for _ in 0..4 {
        for panel in ["rows", "search"] {
            let page =
                browser.fetch(&format!("/api/panel_when_ready?board=moody&panel={panel}&query=")).await;
            assert!(page.body.contains("shown"), "{}", page.body);
        }
    }
    assert!(moody.broken.load(Ordering::SeqCst) > 0, "kept connections were used, and broke");
    assert_eq!((moody.count("GET /rows"), moody.count("POST /search")), (4, 4));
    for number in 1..=3 {
        let form = browser.open("/boards/moody/actions/go").await;
        let fields = form.fields();
        let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let broken = moody.broken.load(Ordering::SeqCst);
        let done = browser.post("/api/act", &pairs).await;
        assert_eq!(done.status.as_u16(), 303, "{}", done.body);
        assert_eq!(moody.count("POST /go"), number, "sent once");
        assert_eq!(moody.broken.load(Ordering::SeqCst), broken, "and never on a connection that was idle");
    }
}

#[tokio::test]
async fn r19_code_exchanges_refreshes_and_revocations_use_a_new_connection() {
    let world = HostileWorld::start().await;
    let upstream = world.provider.origin().replace("http://", "");
    let (moody, address) = Moody::before(Some(upstream)).await;
    world.provider.script(|script| {
        for (name, path) in [("token_endpoint", "token"), ("revocation_endpoint", "revoke")] {
            script.metadata.set(name, json!(format!("http://{address}/{path}")));
        }
    });
    // Two sign-ins, one after the other: their exchanges leave idle connections to the endpoint.
    let (mut first, page) = world.signed_in("/boards/orders").await;
    assert!(page.body.contains("ORD-1"), "{}", page.body);
    let (mut second, page) = world.signed_in("/boards/orders").await;
    assert!(page.body.contains("ORD-1"), "{}", page.body);
    assert_eq!(moody.count("POST /token"), 2);
    for round in 1..=3 {
        world.advance(400);
        for browser in [&mut first, &mut second] {
            assert!(browser.open("/boards/orders").await.body.contains("ORD-1"), "{round}");
        }
        assert_eq!(moody.count("POST /token"), 2 + 2 * round, "each refresh is sent once");
    }
    first.post("/auth/sign-out", &[]).await;
    assert!(moody.count("POST /revoke") > 0);
    assert!(second.open("/boards/orders").await.body.contains("ORD-1"));
    assert_eq!(moody.broken.load(Ordering::SeqCst), 0, "none was sent on a connection that was idle");
}
