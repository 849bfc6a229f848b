//! The contract of the stores as one suite that runs on each of them, and the repository on all stores. This file has
//! the shared fixtures; every secret in them contains `canary`.

mod activity;
mod bounds;
mod counting;
mod doctor;
mod ends;
mod faults;
mod lost_answers;
mod place;
mod pooler;
mod postgres;
mod redis;
mod repository;
mod rolling;
mod sqlite;
mod store;
mod store_ends;
mod stored_outcomes;
mod submitting;
mod versions;

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use claimcheck_base::{
    clock::{Clock, UnixSecs},
    random,
    secret::Secret,
};
use claimcheck_test_stores::{Folder, Fresh, Kind};

use super::*;
use crate::{memory::Bounds, registry::for_each_store};

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// An empty store of that name, and the value that must outlive it.
async fn fresh_store(name: &str) -> (Arc<dyn SessionStore>, Fresh) {
    let fresh = Fresh::of(name).await;
    (open_url(&fresh.url).await, fresh)
}

async fn open_url(url: &str) -> Arc<dyn SessionStore> {
    open_store(&StoreSetting::parse(url).unwrap()).await.unwrap()
}

/// Adds a row without a limit, as most tests do: whether it was added.
#[async_trait::async_trait]
trait AddRow {
    async fn add(&self, row: StoredSession, issued_at: UnixSecs) -> Result<bool, StoreError>;
}

#[async_trait::async_trait]
impl<T: SessionStore + ?Sized> AddRow for T {
    async fn add(&self, row: StoredSession, issued_at: UnixSecs) -> Result<bool, StoreError> {
        let ended = self.insert(row, issued_at, u32::MAX).await?;
        assert!(ended.iter().flatten().next().is_none(), "it ended others");
        Ok(ended.is_some())
    }
}

/// A mark of a sign-in.
fn mark(number: u8, until: UnixSecs) -> Mark<'static> {
    Mark { kind: MarkKind::SignIn, entry: [number; 32], until }
}

/// A store in memory.
fn memory() -> Arc<dyn SessionStore> {
    Arc::new(MemoryStore::new())
}

/// Runs each of these functions of the current module once on each store, in a module with the store's name, and on
/// PostgreSQL behind a pooler, in the module `pooled`.
macro_rules! on_all_stores {
    ($($name:ident),* $(,)?) => { for_each_store!(on_each_store! { $($name)* }); };
}
macro_rules! on_each_store {
    ($names:tt $($store:ident)*) => { $(on_store!($store $names);)* on_store!(pooled $names); };
}
macro_rules! on_store {
    ($store:ident { $($name:ident)* }) => {
        mod $store {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let (store, _fresh) = super::super::fresh_store(stringify!($store)).await;
                super::$name(store).await;
            })*
        }
    };
}
use {on_all_stores, on_each_store, on_store};

const IDLE: i64 = 1800;
const ABSOLUTE: i64 = 43_200;
/// The sessions that one user may have in these tests.
const MOST: u32 = 50;

fn owner() -> Owner {
    Owner { iss: "https://id.example".into(), sub: "ada".into(), sid: Some("s1".into()) }
}

fn fresh_id() -> CookieId {
    CookieId::random().unwrap()
}

/// An id as it is written in a cookie.
fn text(id: CookieId) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(id.0)
}

/// A row that starts at `now`, and the id in its cookie.
fn row(now: UnixSecs) -> (StoredSession, CookieId) {
    let id = fresh_id();
    let row = StoredSession {
        key: RowKey::random().unwrap(),
        cookie_hash: CookieHash::of(id),
        owner: owner(),
        created_at: now,
        last_active_at: now,
        idle_until: now + IDLE,
        absolute_until: now + ABSOLUTE,
        label: b"label".to_vec(),
        record: SealedBytes { version: 1, bytes: b"record".to_vec() },
        tokens: SealedBytes { version: 1, bytes: b"tokens".to_vec() },
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
fn sign_in(sid: Option<&str>, refresh: &str) -> NewSession {
    NewSession {
        record: record(),
        tokens: tokens(refresh),
        label: Label::new(Some("Browser/1".into()), vec!["pwd".into()]),
        sid: sid.map(str::to_owned),
        issued_at: 100,
    }
}

/// Starts a session of [`owner`]: its key, and the id for the cookie of its browser.
async fn start(sessions: &Sessions, refresh: &str) -> (RowKey, CookieId) {
    let Owner { iss, sub, sid } = owner();
    let started = sessions.start(iss, sub, &sign_in(sid.as_deref(), refresh)).await.unwrap().unwrap();
    (started.key, started.id)
}

fn refresh_of(tokens: &TokenSet) -> &str {
    tokens.refresh_token.as_ref().unwrap().expose()
}

/// The sessions of a test, on its store and its clock.
fn sessions_on(store: Arc<dyn SessionStore>) -> (Sessions, Clock) {
    let clock = Clock::fixed();
    let lifetimes = Lifetimes { idle_secs: IDLE, absolute_secs: ABSOLUTE };
    let keyring = Keyring::new(&[[7; 32]]).unwrap();
    (Sessions::new(store, keyring, clock.clone(), lifetimes, MOST), clock)
}

#[test]
fn sc_13_every_store_runs_the_suite_under_the_name_of_its_kind() {
    macro_rules! names {
        ({} $($store:ident)*) => { [$(stringify!($store)),*] };
    }
    let names = for_each_store!(names! {});
    assert!(STORES.iter().map(|kind| kind.name).eq(names));
}
