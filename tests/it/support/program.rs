//! The program itself, as a process with real signals, with the hostile provider and API.

use std::{
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use claimcheck_base::clock::Clock;
use reqwest::Client;
use url::Url;

use crate::support::{
    Jar, Page,
    hostile::{HostileApi, HostileProvider},
    late_panels::{Came, LatePanel},
    new_folder, new_key,
    port::Port,
};

const BOARDS: &str = include_str!("boards.toml");
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `claimcheck serve`; stopped for good when it is dropped.
pub struct Program {
    child: Child,
    pub origin: String,
    pub admin: String,
    /// Its log.
    log: PathBuf,
}

/// What several processes in a row have in common.
pub struct ProgramSettings {
    pub folder: PathBuf,
    pub provider: HostileProvider,
    pub api: HostileApi,
    /// The ports of its processes.
    port: Port,
    admin: Port,
    /// The settings without boards.
    text: String,
    /// Boards besides those of all tests.
    more_boards: &'static str,
}

impl Drop for ProgramSettings {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl ProgramSettings {
    pub async fn with(delay: &str) -> Self {
        Self::below("", &format!("shutdown_delay = \"{delay}\"\n"), "").await
    }

    /// Below a path, with further settings and boards.
    pub async fn below(path: &str, more: &str, more_boards: &'static str) -> Self {
        let provider = HostileProvider::bind(Clock::default(), "secret").await;
        let api = HostileApi::bind(provider.clone()).await;
        let (folder, port, admin) = (new_folder(), Port::keep(), Port::keep());
        let text = format!(
            "public_url = \"http://127.0.0.1:{number}{path}\"\nlisten = \"127.0.0.1:{number}\"\nissuer = \"{}\"\n\
             client_id = \"app\"\nclient_secret = \"secret\"\nid_token_algs = \"ES256\"\napi_url = \"{}\"\n\
             scopes = \"openid offline_access orders:read\"\n{more}\
             store = \"sqlite:{}/sessions.db\"\nsession_keys = \"{}\"\n",
            provider.origin(),
            api.origin(),
            folder.display(),
            new_key(),
            number = port.number,
        );
        Self { folder, provider, api, port, admin, text, more_boards }
    }

    /// Adds top-level settings.
    pub fn add(&mut self, lines: &str) {
        self.text.push_str(lines);
    }

    /// The settings file of the process.
    pub fn file(&self) -> PathBuf {
        self.folder.join("claimcheck.toml")
    }

    /// A process that is ready.
    pub async fn start(&self) -> Program {
        self.start_with(&[]).await
    }

    /// The same with further flags of `serve`.
    pub async fn start_with(&self, flags: &[&str]) -> Program {
        let (admin, file, log) = (self.admin.number, self.file(), self.folder.join("log"));
        let text = format!("{}admin_listen = \"127.0.0.1:{admin}\"\n{BOARDS}{}", self.text, self.more_boards);
        std::fs::write(&file, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_claimcheck"));
        command.arg("serve").args(flags).arg("--config").arg(&file).stdout(Stdio::null());
        command.stderr(std::fs::File::create(&log).unwrap());
        let child = command.spawn().unwrap();
        let [origin, admin] = [self.port.number, admin].map(|port| format!("http://127.0.0.1:{port}"));
        let mut server = Program { child, origin, admin, log };
        let begun = Instant::now();
        while get(&format!("{}/health/ready", server.origin)).await.is_none_or(|(status, ..)| status != 200) {
            assert!(begun.elapsed() < PATIENCE && server.child.try_wait().unwrap().is_none());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }
}

impl Program {
    /// Sends a signal, such as `-TERM`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Everything that it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Waits for the end of the process.
    pub async fn ended(&mut self) -> ExitStatus {
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

/// A client that follows no redirect and uses no proxy.
pub fn client() -> Client {
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    builder.timeout(PATIENCE).build().unwrap()
}

/// Status, `Connection` and body of a response to a request on a new connection; `None` if there is no connection.
pub async fn get(url: &str) -> Option<(u16, String, String)> {
    let answer = client().get(url).send().await.ok()?;
    let connection = answer.headers().get("connection").map(|value| value.to_str().unwrap().to_owned());
    Some((answer.status().as_u16(), connection.unwrap_or_default(), answer.text().await.ok()?))
}

/// A browser of a person who signs in over real HTTP.
#[derive(Clone)]
pub struct Visitor {
    client: Client,
    origin: String,
    cookies: Jar,
}

impl Visitor {
    pub fn of(server: &Program) -> Self {
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
    pub async fn open(&mut self, path: &str) -> Page {
        let mut page = self.request(self.url(path), true).await;
        for _ in 0..10 {
            let next = match page.refresh() {
                Some((_, next)) => next,
                None if page.status.is_redirection() => page.location(),
                None => return self.complete(page).await,
            };
            page = self.request(next, true).await;
        }
        panic!("a redirect loop at {}", page.url)
    }

    /// A request by a script of the page. A page comes with its panels.
    pub async fn fetch(&mut self, path: &str) -> Page {
        let page = self.request(self.url(path), false).await;
        self.complete(page).await
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&self.origin).unwrap().join(path).unwrap()
    }

    /// Fetches the panels that the page does not have yet, as its script does.
    async fn complete(&mut self, mut page: Page) -> Page {
        while let Some(late) = LatePanel::of(&page) {
            let came = self.request(self.url(&late.address()), false).await;
            if let Came::OfThePage = late.put(&came, &mut page) {
                break;
            }
        }
        page
    }
}
