//! The end of a process (R29): the program itself, with real signals.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use claimcheck_base::clock::Clock;
use reqwest::Client;
use url::Url;

use crate::support::{
    Jar, Page,
    hostile::{At, HostileApi, HostileProvider},
    new_folder, new_key,
};

const BOARDS: &str = include_str!("support/boards.toml");
const PANEL: &str = "/api/panel_when_ready?board=orders&panel=orders";
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running `claimcheck serve`; stopped for good when it is dropped.
struct Server {
    child: Child,
    origin: String,
    admin: String,
}

/// What several processes in a row have in common.
struct Settings {
    folder: PathBuf,
    provider: HostileProvider,
    api: HostileApi,
    port: u16,
    text: String,
}

impl Drop for Settings {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Settings {
    async fn with(delay: &str) -> Self {
        let provider = HostileProvider::bind(Clock::default(), "secret").await;
        let api = HostileApi::bind(provider.clone()).await;
        let (folder, port) = (new_folder(), free_port());
        let text = format!(
            "public_url = \"http://127.0.0.1:{port}\"\nlisten = \"127.0.0.1:{port}\"\nissuer = \"{}\"\n\
             client_id = \"app\"\nclient_secret = \"secret\"\nid_token_algs = \"ES256\"\napi_url = \"{}\"\n\
             scopes = \"openid offline_access orders:read\"\nshutdown_delay = \"{delay}\"\n\
             store = \"sqlite:{}/sessions.db\"\nsession_keys = \"{}\"\n",
            provider.origin(),
            api.origin(),
            folder.display(),
            new_key(),
        );
        Self { folder, provider, api, port, text }
    }

    /// A process that is ready.
    async fn start(&self) -> Server {
        let admin = free_port();
        let file = self.folder.join("claimcheck.toml");
        std::fs::write(&file, format!("{}admin_listen = \"127.0.0.1:{admin}\"\n{BOARDS}", self.text))
            .unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_claimcheck"));
        command.args(["serve", "--config"]).arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        let [origin, admin] = [self.port, admin].map(|port| format!("http://127.0.0.1:{port}"));
        let mut server = Server { child, origin, admin };
        let begun = Instant::now();
        while get(&format!("{}/health/ready", server.origin)).await.is_none_or(|(status, ..)| status != 200) {
            assert!(begun.elapsed() < PATIENCE && server.child.try_wait().unwrap().is_none());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }
}

impl Server {
    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Waits for the end of the process.
    async fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "the process does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn client() -> Client {
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.timeout(PATIENCE).build().unwrap()
}

/// Status, `Connection` and body of a response to a request on a new connection; `None` if there is no connection.
async fn get(url: &str) -> Option<(u16, String, String)> {
    let answer = client().get(url).send().await.ok()?;
    let connection = answer.headers().get("connection").map(|value| value.to_str().unwrap().to_owned());
    Some((answer.status().as_u16(), connection.unwrap_or_default(), answer.text().await.ok()?))
}

/// A browser of a person who signs in over real HTTP.
struct Visitor {
    client: Client,
    origin: String,
    cookies: Jar,
}

impl Visitor {
    fn of(server: &Server) -> Self {
        Self { client: client(), origin: server.origin.clone(), cookies: Jar::new() }
    }

    async fn request(&mut self, url: Url, is_navigation: bool) -> Page {
        let (mode, dest) = if is_navigation { ("navigate", "document") } else { ("cors", "empty") };
        let site = if is_navigation { "none" } else { "same-origin" };
        let mut request = self.client.get(url.clone()).header("accept", "text/html,*/*");
        for (name, value) in [("sec-fetch-mode", mode), ("sec-fetch-dest", dest), ("sec-fetch-site", site)] {
            request = request.header(name, value);
        }
        let is_of_app = url.as_str().starts_with(&self.origin);
        if is_of_app {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie").iter().filter(|_| is_of_app) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        Page { url, status, headers, body: answer.text().await.unwrap() }
    }

    /// Navigates, and follows redirects until there is a page that stays.
    async fn open(&mut self, path: &str) -> Page {
        let mut page = self.request(Url::parse(&self.origin).unwrap().join(path).unwrap(), true).await;
        for _ in 0..10 {
            let next = match page.refresh() {
                Some((_, next)) => next,
                None if page.status.is_redirection() => page.location(),
                None => return page,
            };
            page = self.request(next, true).await;
        }
        panic!("a redirect loop at {}", page.url)
    }

    /// A request by a script of the page.
    async fn fetch(&mut self, path: &str) -> Page {
        self.request(Url::parse(&self.origin).unwrap().join(path).unwrap(), false).await
    }
}

#[tokio::test]
async fn r29_readiness_fails_first_then_the_listener_closes_and_no_connection_is_refused_before() {
    const DELAY: Duration = Duration::from_secs(3);
    let settings = Settings::with("3s").await;
    let mut server = settings.start().await;
    let home = format!("{}/", server.origin);
    let (status, connection, _) = get(&home).await.unwrap();
    assert_eq!((status, connection.as_str()), (200, ""), "nothing is closed while it runs");
    server.signal("-TERM");
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_millis(100)).await;
    for origin in [&server.origin, &server.admin] {
        let (status, connection, body) = get(&format!("{origin}/health/ready")).await.unwrap();
        assert_eq!((status, connection.as_str()), (503, "close"), "{body}");
        assert!(body.contains("stopping"), "{body}");
        assert_eq!(get(&format!("{origin}/health/live")).await.unwrap().0, 200);
    }
    // Pages are served until the delay is over, on connections that a proxy does not use again.
    let mut served = 0;
    let closed_after = loop {
        match get(&home).await {
            Some((status, connection, _)) => {
                assert_eq!((status, connection.as_str()), (200, "close"));
                served += 1;
            }
            None => break begun.elapsed(),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(closed_after + Duration::from_millis(150) >= DELAY, "{closed_after:?}");
    assert!(closed_after < DELAY * 3 && served > 5, "{closed_after:?}, {served} pages");
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn r29_a_second_signal_ends_the_delay_and_without_a_delay_the_end_is_at_once() {
    for (delay, signals) in [("5m", &["-TERM", "-INT"][..]), ("60s", &["-INT", "-TERM"]), ("0s", &["-TERM"])]
    {
        let settings = Settings::with(delay).await;
        let mut server = settings.start().await;
        let begun = Instant::now();
        for (number, signal) in signals.iter().enumerate() {
            if number > 0 {
                tokio::time::sleep(Duration::from_millis(300)).await;
                assert!(get(&format!("{}/", server.origin)).await.is_some(), "{delay}: it still serves");
            }
            server.signal(signal);
        }
        assert!(server.ended().await.success(), "{delay}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{delay}: {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn r29_work_in_progress_is_finished_and_its_tokens_are_kept() {
    let settings = Settings::with("0s").await;
    let mut server = settings.start().await;
    // The access token is over by the next request, and its refresh takes longer than the shutdown.
    settings.provider.script(|script| {
        script.at_sign_in.answer.set("expires_in", 1);
        script.late.insert(At::Refresh, Duration::from_secs(2));
    });
    let mut visitor = Visitor::of(&server);
    let page = visitor.open("/boards/orders").await;
    assert!(page.body.contains("Customer of p-ada"), "{}", page.body);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let work = async { visitor.fetch(PANEL).await };
    let stop = async {
        while settings.provider.count(At::Refresh) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.signal("-TERM");
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(get(&format!("{}/", server.origin)).await.is_none(), "the listener is closed");
    };
    let (page, ()) = tokio::join!(work, stop);
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Customer of p-ada"), "{}", page.body);
    assert!(server.ended().await.success());
    // The next process has the new refresh token.
    let _next = settings.start().await;
    settings.provider.script(|script| script.late.clear());
    assert!(visitor.open("/boards/orders").await.body.contains("Customer of p-ada"));
    assert_eq!((settings.provider.reuses(), settings.provider.count(At::CodeExchange)), (0, 1));
    assert!(settings.api.calls().len() > 2);
}
