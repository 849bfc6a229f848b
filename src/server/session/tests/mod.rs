//! The stores against one suite, the repository on all stores, and the layer through a small router.
//! This file has what they share: fixtures whose every secret contains `canary`.

mod ends;
mod layer;
mod postgres;
mod redis;
mod repository;
mod store;
mod store_ends;
mod submissions;

use std::{path::PathBuf, sync::Arc};

use tower_sessions::session::Id;

use super::*;
use claimcheck_base::{
    clock::{Clock, UnixSecs},
    random,
    secret::Secret,
};
use claimcheck_test_stores::{Fresh, Kind};

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("claimcheck-{}", random::text::<12>().unwrap()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("sessions.db")
    }

    /// Every byte of every file in it.
    fn dump(&self) -> Vec<u8> {
        let files = std::fs::read_dir(&self.0).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// What must outlive a store.
enum Ground {
    None,
    Folder(#[expect(dead_code, reason = "to be dropped")] Folder),
    Server(#[expect(dead_code, reason = "to be dropped")] Fresh),
}

/// A store of each kind, and what must outlive it.
async fn memory() -> (Arc<dyn SessionStore>, Ground) {
    (open(&StoreSetting::Memory).await.unwrap(), Ground::None)
}

async fn sqlite() -> (Arc<dyn SessionStore>, Ground) {
    let folder = Folder::new();
    (open(&StoreSetting::Sqlite(folder.file())).await.unwrap(), Ground::Folder(folder))
}

async fn postgres() -> (Arc<dyn SessionStore>, Ground) {
    on_server(Kind::Postgres).await
}

async fn redis() -> (Arc<dyn SessionStore>, Ground) {
    on_server(Kind::Redis).await
}

async fn on_server(kind: Kind) -> (Arc<dyn SessionStore>, Ground) {
    let fresh = Fresh::new(kind).await;
    (open(&StoreSetting::parse(&fresh.url).unwrap()).await.unwrap(), Ground::Server(fresh))
}

/// Runs each function of the current module once on each store.
macro_rules! on_all_stores {
    ($($name:ident),* $(,)?) => {
        mod on_memory {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { let (store, _ground) = super::super::memory().await; super::$name(store).await; })*
        }
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { let (store, _ground) = super::super::sqlite().await; super::$name(store).await; })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { let (store, _ground) = super::super::postgres().await; super::$name(store).await; })*
        }
        mod on_redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { let (store, _ground) = super::super::redis().await; super::$name(store).await; })*
        }
    };
}
use on_all_stores;

const IDLE: i64 = 1800;
const ABSOLUTE: i64 = 43_200;

fn owner() -> Owner {
    Owner { iss: "https://id.example".into(), sub: "ada".into(), sid: Some("s1".into()) }
}

fn fresh_id() -> Id {
    Id(i128::from_le_bytes(random::bytes().unwrap()))
}

/// A row that starts at `now`, and its cookie's id.
fn row(now: UnixSecs) -> (Row, Id) {
    let id = fresh_id();
    let row = Row {
        key: RowKey::random().unwrap(),
        cookie_hash: CookieHash::of(id),
        owner: owner(),
        created_at: now,
        last_active_at: now,
        idle_until: now + IDLE,
        absolute_until: now + ABSOLUTE,
        label: b"label".to_vec(),
        record: Sealed { version: 1, bytes: b"record".to_vec() },
        tokens: Sealed { version: 1, bytes: b"tokens".to_vec() },
    };
    (row, id)
}

fn record() -> SessionRecord {
    let mut record = SessionRecord { nonce: "nonce-canary".into(), ..Default::default() };
    record.claims.insert("email".into(), "mail-canary@id.example".into());
    record
}

fn tokens(refresh: &str) -> TokenSet {
    let mut tokens = TokenSet::new(Secret::new("id-token-canary"));
    tokens.refresh_token = Some(Secret::new(refresh));
    tokens
        .access
        .insert(DEFAULT_API.into(), AccessToken::obtained(Secret::new("access-canary"), 0, None, vec![]));
    tokens
}

/// A completed sign-in of [`owner`], at the provider at second 100.
fn sign_in(sid: Option<&str>, refresh: &str) -> SignIn {
    SignIn {
        record: record(),
        tokens: tokens(refresh),
        label: Label::new(Some("Browser/1".into()), vec!["pwd".into()]),
        sid: sid.map(str::to_owned),
        issued_at: 100,
    }
}

/// Starts a session of [`owner`].
async fn start(sessions: &Sessions, layer: &tower_sessions::Session, refresh: &str) -> RowKey {
    let Owner { iss, sub, sid } = owner();
    sessions.start(layer, iss, sub, &sign_in(sid.as_deref(), refresh)).await.unwrap().unwrap()
}

fn refresh_of(tokens: &TokenSet) -> &str {
    tokens.refresh_token.as_ref().unwrap().expose()
}

/// All sessions of a test, on its store and its clock.
fn sessions_on(store: Arc<dyn SessionStore>, https: bool) -> (Sessions, Clock) {
    let clock = Clock::default();
    let lifetimes = Lifetimes { idle_secs: IDLE, absolute_secs: ABSOLUTE };
    let keyring = Keyring::new(&[[7; 32]]).unwrap();
    (Sessions::new(store, keyring, clock.clone(), lifetimes, CookieSettings::new(https)), clock)
}
