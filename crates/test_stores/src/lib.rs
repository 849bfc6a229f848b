//! Session stores for tests: folders for files, and PostgreSQL, Redis and PgBouncer, started by `setup/store.sh`. All tests of a
//! process share one server of each kind; a test that stops its server starts its own. Servers end with the process,
//! because the script ends when its input is closed.

#![allow(clippy::unwrap_used, reason = "only tests use this; a test that cannot go on should say so")]

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use sqlx::{Connection, Executor, PgConnection};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{OnceCell, watch},
};

/// The kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Postgres,
    Redis,
}

/// A server for one test only.
pub struct Server {
    pub url: String,
    script: Mutex<Option<Script>>,
}

struct Script {
    child: Child,
    says: BufReader<ChildStdout>,
    hears: ChildStdin,
}

impl Server {
    /// Starts an empty one.
    pub async fn start(kind: Kind) -> Self {
        tokio::task::spawn_blocking(move || Self::start_now(kind)).await.unwrap()
    }

    /// Starts a PgBouncer before the PostgreSQL of that URL, with these of its settings, such as
    /// `pool_mode=transaction`.
    pub async fn pooler(of: &str, settings: &[&str]) -> Self {
        let arguments = ["pgbouncer", of].iter().chain(settings).map(|&text| text.to_owned()).collect();
        tokio::task::spawn_blocking(move || Self::run(arguments)).await.unwrap()
    }

    fn start_now(kind: Kind) -> Self {
        let name = if kind == Kind::Postgres { "postgres" } else { "redis" };
        Self::run(vec![name.to_owned()])
    }

    fn run(arguments: Vec<String>) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../setup/store.sh");
        let name = arguments.first().cloned().unwrap_or_default();
        let mut child = Command::new(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (says, hears) = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
        let mut script = Script { child, says: BufReader::new(says), hears };
        let url = script.line();
        assert!(url.contains("://"), "setup/store.sh {name} says {url:?}");
        Self { url, script: Mutex::new(Some(script)) }
    }

    /// Kills it, like a crash.
    pub async fn down(&self) {
        self.tell("down", "down").await;
    }

    /// Starts it again, at the same address and with its data.
    pub async fn up(&self) {
        self.tell("up", "up").await;
    }

    async fn tell(&self, command: &'static str, answer: &str) {
        let mut script = self.script.lock().unwrap().take().unwrap();
        let (script, said) = tokio::task::spawn_blocking(move || {
            writeln!(script.hears, "{command}").unwrap();
            let said = script.line();
            (script, said)
        })
        .await
        .unwrap();
        *self.script.lock().unwrap() = Some(script);
        assert_eq!(said, answer);
    }
}

impl Script {
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(Script { mut child, hears, .. }) = self.script.lock().unwrap().take() {
            drop(hears);
            let _ = child.wait();
        }
    }
}

/// An empty store for one test: a URL or a setting, valid until this is dropped.
pub struct Fresh {
    /// As in the store's setting.
    pub url: String,
    /// A PostgreSQL database, which another test may reuse afterwards.
    database: Option<String>,
    _folder: Option<Folder>,
}

impl Fresh {
    /// On the server that all tests of this process share.
    pub async fn new(kind: Kind) -> Self {
        match kind {
            Kind::Postgres => Self::postgres().await,
            Kind::Redis => Self::redis().await,
        }
    }

    /// For a store of that name: `memory`, `sqlite`, `postgres`, `redis`, or `pooled` for a PostgreSQL behind a pooler.
    ///
    /// # Panics
    /// For any other name.
    pub async fn of(store: &str) -> Self {
        match store {
            "memory" => Self { url: "memory:".to_owned(), database: None, _folder: None },
            "sqlite" => {
                let folder = Folder::new();
                let url = format!("sqlite:{}", folder.file().display());
                Self { url, database: None, _folder: Some(folder) }
            }
            "postgres" => Self::postgres().await,
            "pooled" => Self::pooled().await,
            other => {
                assert_eq!(other, "redis", "there is no way to make such a store");
                Self::redis().await
            }
        }
    }

    /// A database of the shared PostgreSQL, reached through the shared pooler, which pools transactions.
    pub async fn pooled() -> Self {
        let mut fresh = Self::postgres().await;
        fresh.url = through(shared_pooler().await, &fresh.url);
        fresh
    }

    /// A database that no other test has used.
    async fn redis() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { url: format!("{}/{number}", shared(Kind::Redis).await), database: None, _folder: None }
    }

    /// One that no other test uses at the same time: creating one takes longer than a test.
    async fn postgres() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = shared(Kind::Postgres).await;
        let at = |name: &str| server.replace("/postgres", &format!("/{name}"));
        let free = FREE.lock().unwrap().pop();
        if let Some(name) = free {
            let mut used = PgConnection::connect(&at(&name)).await.unwrap();
            used.execute(ALONE).await.unwrap();
            used.execute(sqlx::raw_sql(EMPTY)).await.unwrap();
            return Self { url: at(&name), database: Some(name), _folder: None };
        }
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        make_database(server, &name).await;
        Self { url: at(&name), database: Some(name), _folder: None }
    }
}

/// A folder for one test, removed with this value.
pub struct Folder(PathBuf);

impl Folder {
    /// An empty folder.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("claimcheck-{}-{number}-{}", std::process::id(), since_1970().as_nanos());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The path of a database in it.
    pub fn file(&self) -> PathBuf {
        self.0.join("sessions.db")
    }

    /// Every byte of every file in it.
    pub fn dump(&self) -> Vec<u8> {
        let files = std::fs::read_dir(&self.0).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn since_1970() -> std::time::Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap()
}

/// Ends the connections of the test before, whose tasks may go on for a moment, and waits until they are gone.
const ALONE: &str = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Empties the tables. The test before may have ended without creating them.
const EMPTY: &str = "DO $$ BEGIN IF to_regclass('claimcheck.session') IS NOT NULL THEN
    DELETE FROM claimcheck.session; DELETE FROM claimcheck.ended;
    DELETE FROM claimcheck.barred; DELETE FROM claimcheck.consumed;
    DELETE FROM claimcheck.activity;
END IF; END $$";

/// Databases that tests have finished with.
static FREE: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Drop for Fresh {
    fn drop(&mut self) {
        FREE.lock().unwrap().extend(self.database.take());
    }
}

/// Creates an empty database on that server, and returns its URL.
pub async fn make_database(server: &str, name: &str) -> String {
    let mut connection = PgConnection::connect(server).await.unwrap();
    let make = format!("CREATE DATABASE {name}");
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(make))).await.unwrap();
    server.replace("/postgres", &format!("/{name}"))
}

/// The URL of the server that all tests share.
pub async fn shared(kind: Kind) -> &'static str {
    static POSTGRES: OnceLock<Server> = OnceLock::new();
    static REDIS: OnceLock<Server> = OnceLock::new();
    let place = if kind == Kind::Postgres { &POSTGRES } else { &REDIS };
    let server = tokio::task::spawn_blocking(move || place.get_or_init(|| Server::start_now(kind)));
    &server.await.unwrap().url
}

/// The URL of a database through a pooler with that URL.
pub fn through(pooler: &str, database: &str) -> String {
    let (_, name) = database.rsplit_once('/').unwrap();
    pooler.replace("/postgres", &format!("/{name}"))
}

/// The URL of the pooler that all tests share, with the defaults of PgBouncer but for the mode.
async fn shared_pooler() -> &'static str {
    static POOLER: OnceCell<Server> = OnceCell::const_new();
    let start = async || Server::pooler(shared(Kind::Postgres).await, &["pool_mode=transaction"]).await;
    &POOLER.get_or_init(start).await.url
}

/// A connection to a server that can be made to carry nothing, like a network that silently drops everything.
pub struct Wire {
    /// The URL of the server at this end.
    pub url: String,
    state: watch::Sender<WireState>,
    /// Bytes of a request whose answer gets lost.
    unanswered: Arc<Mutex<Option<Vec<u8>>>>,
}

#[derive(Clone, Copy)]
struct WireState {
    carries: bool,
    /// How often all connections were lost.
    losses: u32,
}

impl Wire {
    /// Connects to the server of that URL.
    pub async fn to(url: &str) -> Self {
        let (start, port) = url.rsplit_once(':').unwrap();
        let (port, end) = port.split_once('/').unwrap_or((port, ""));
        let port: u16 = port.parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = listener.local_addr().unwrap().port();
        let (state, seen) = watch::channel(WireState { carries: true, losses: 0 });
        let unanswered = Arc::<Mutex<Option<Vec<u8>>>>::default();
        let loses = unanswered.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (near_reads, near_writes) = near.into_split();
                let far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                let (far_reads, far_writes) = far.into_split();
                let is_lost = Arc::<AtomicBool>::default();
                let (lost, loses) = (is_lost.clone(), loses.clone());
                let request = move |bytes: &[u8]| {
                    let mut unanswered = loses.lock().unwrap();
                    let is_it = |part: &Vec<u8>| bytes.windows(part.len()).any(|window| window == part);
                    if unanswered.as_ref().is_some_and(is_it) {
                        *unanswered = None;
                        lost.store(true, Ordering::SeqCst);
                    }
                    true
                };
                tokio::spawn(carry(near_reads, far_writes, seen.clone(), request));
                let response = move |_: &[u8]| !is_lost.load(Ordering::SeqCst);
                tokio::spawn(carry(far_reads, near_writes, seen.clone(), response));
            }
        });
        Self { url: format!("{start}:{near}/{end}"), state, unanswered }
    }

    /// The next request that contains these bytes arrives; its answer does not, and its connection is lost.
    pub fn lose_answer_to(&self, bytes: &[u8]) {
        *self.unanswered.lock().unwrap() = Some(bytes.to_vec());
    }

    pub fn cut(&self) {
        self.state.send_modify(|state| state.carries = false);
    }

    pub fn mend(&self) {
        self.state.send_modify(|state| state.carries = true);
    }

    /// Like [`Self::mend`], but for new connections only: the old ones stay silent.
    pub fn replace(&self) {
        self.state.send_modify(|state| *state = WireState { carries: true, losses: state.losses + 1 });
    }
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut wire: watch::Receiver<WireState>,
    mut passes: impl FnMut(&[u8]) -> bool,
) {
    let made_after = wire.borrow().losses;
    let mut bytes = [0; 8192];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let carries = wire.wait_for(|now| now.carries && now.losses == made_after).await.is_ok();
        if !carries || !passes(&bytes[..count]) || to.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
}
