//! Sessions of the version before: what it has stored opens here, and what this version stores opens there, so both can run
//! on one store. `before.json` is a session as that version has written it.

use claimcheck_test_stores::{Folder, Fresh, Kind};
use serde_json::Value;
use sqlx::{Connection, PgConnection, SqliteConnection};

use super::*;

on_all_stores!(
    f16_a_session_of_the_version_before_opens_and_is_bound_at_its_first_load,
    f16_what_the_version_before_wrote_is_of_no_use_once_its_sessions_have_ended,
    f16_the_version_before_reads_and_writes_beside_this_one_and_nobody_is_signed_out,
    f16_binding_a_session_disturbs_no_refresh_under_way,
);

fn fixture() -> Value {
    serde_json::from_str(include_str!("before.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(value.as_str().unwrap()).unwrap()
}

/// The session of the version before, and the id in the cookie of its browser.
fn before() -> (StoredSession, CookieId) {
    let of = fixture();
    let (text, number) = (|name| of[name].as_str().unwrap().to_owned(), |name| of[name].as_i64().unwrap());
    let row = StoredSession {
        key: RowKey::parse(&text("key")).unwrap(),
        cookie_hash: CookieHash(bytes(&of["cookie_hash"]).try_into().unwrap()),
        owner: Owner { iss: text("iss"), sub: text("sub"), sid: Some(text("sid")) },
        created_at: number("created_at"),
        last_active_at: number("last_active_at"),
        idle_until: number("idle_until"),
        absolute_until: number("absolute_until"),
        label: bytes(&of["label"]),
        record: SealedBytes { version: 1, bytes: bytes(&of["record"]) },
        tokens: SealedBytes { version: 1, bytes: bytes(&of["tokens"]) },
    };
    (row, CookieId(bytes(&of["cookie"]).try_into().unwrap()))
}

/// Sessions on that store at this time after the sign-in of [`before`].
fn sessions_later(store: &Arc<dyn SessionStore>, secs: i64) -> (Sessions, Clock) {
    let (sessions, clock) = sessions_on(store.clone());
    clock.advance(before().0.created_at + secs - clock.now());
    (sessions, clock)
}

/// The content of a column as the version before reads it: bound to row and column, and unknown members are ignored.
fn read_before(column: &str, key: &RowKey, bytes: &[u8]) -> Value {
    let plain = Keyring::new(&[[7; 32]]).unwrap().open(&format!("{column}:{}", key.as_str()), bytes).unwrap();
    let content: Value = serde_json::from_slice(&plain).unwrap();
    assert_eq!(content["v"], 1);
    content
}

/// The same as the version before writes it again.
fn write_before(column: &str, key: &RowKey, content: &Value) -> Vec<u8> {
    let mut content = content.clone();
    content.as_object_mut().unwrap().remove("bound");
    let plain = serde_json::to_vec(&content).unwrap();
    Keyring::new(&[[7; 32]]).unwrap().seal(&format!("{column}:{}", key.as_str()), &plain).unwrap()
}

/// Whether all columns of that row are bound to their place.
async fn is_bound(store: &Arc<dyn SessionStore>, key: &RowKey) -> bool {
    let row = store.get(key).await.unwrap().unwrap();
    let columns = [("label", &row.label), ("record", &row.record.bytes), ("tokens", &row.tokens.bytes)];
    columns.iter().all(|(column, bytes)| read_before(column, key, bytes).get("bound").is_some())
}

async fn check_content(sessions: &Sessions, id: CookieId) {
    let now = sessions.current(Some(id)).await.unwrap().expect("signed out by the update");
    assert_eq!((refresh_of(&now.tokens), now.tokens_version), ("refresh-of-before", 1));
    assert_eq!((now.record.nonce.as_str(), now.record_version), ("nonce-canary", 1));
    assert_eq!((now.record.history.len(), now.record.granted_scopes.len()), (1, 2));
    let listed = sessions.of(&now.owner.iss, &now.owner.sub).await.unwrap();
    assert_eq!(listed[0].label.user_agent.as_deref(), Some("Browser/1"));
}

async fn f16_a_session_of_the_version_before_opens_and_is_bound_at_its_first_load(
    store: Arc<dyn SessionStore>,
) {
    let (row, id) = before();
    let (sessions, clock) = sessions_later(&store, 60);
    assert!(store.add(row.clone(), 100).await.unwrap());
    assert!(!is_bound(&store, &row.key).await);
    check_content(&sessions, id).await;
    assert!(is_bound(&store, &row.key).await, "not bound at the first load");
    check_content(&sessions, id).await;
    sessions.touch(&sessions.current(Some(id)).await.unwrap().unwrap()).await.unwrap();
    // It lasts as long as the version before has said.
    clock.advance(IDLE - 120);
    let current = sessions.current(Some(id)).await.unwrap().unwrap();
    assert_eq!(current.absolute_until, row.absolute_until);
    // And it does not go back: its bytes are of no use with another cookie.
    let bound = store.get(&row.key).await.unwrap().unwrap();
    let (other, _) = fresh_store("memory").await;
    let evil = fresh_id();
    assert!(other.add(StoredSession { cookie_hash: CookieHash::of(evil), ..bound }, 100).await.unwrap());
    assert!(sessions_later(&other, 60).0.current(Some(evil)).await.unwrap().is_none());
}

async fn f16_what_the_version_before_wrote_is_of_no_use_once_its_sessions_have_ended(
    store: Arc<dyn SessionStore>,
) {
    let (row, id) = before();
    type Change = fn(&mut StoredSession);
    let changes: [(&str, Change, i64); 5] = [
        ("a longer lifetime", |row| row.absolute_until += ABSOLUTE, 60),
        ("a longer lifetime, later", |row| row.absolute_until += ABSOLUTE, ABSOLUTE + 60),
        ("another subject", |row| row.owner.sub = "mei".into(), 60),
        ("another issuer", |row| row.owner.iss = "https://other.example".into(), 60),
        ("an end that has passed", |_| (), ABSOLUTE + 60),
    ];
    for (what, change, secs) in changes {
        let mut changed = row.clone();
        changed.idle_until = changed.absolute_until;
        change(&mut changed);
        changed.idle_until = changed.absolute_until;
        assert!(store.add(changed, 100).await.unwrap());
        let (sessions, _) = sessions_later(&store, secs);
        assert!(sessions.current(Some(id)).await.unwrap().is_none(), "{what}");
        assert!(sessions.reload(&row.key).await.unwrap().is_none(), "{what}");
        assert_eq!(read_before("record", &row.key, &row.record.bytes).get("bound"), None, "{what}: bound");
        sessions.end(&row.key, EndReason::Operator).await.unwrap().unwrap();
        store.purge(i64::MAX).await.unwrap();
    }
    let (sessions, _) = sessions_later(&store, ABSOLUTE - 60);
    let lasting = StoredSession { idle_until: row.absolute_until, ..row };
    assert!(store.add(lasting, 100).await.unwrap());
    check_content(&sessions, id).await;
}

async fn f16_the_version_before_reads_and_writes_beside_this_one_and_nobody_is_signed_out(
    store: Arc<dyn SessionStore>,
) {
    let (row, id) = before();
    let (sessions, _) = sessions_later(&store, 60);
    assert!(store.add(row.clone(), 100).await.unwrap());
    check_content(&sessions, id).await;
    // A process of the version before loads the session that was bound, refreshes, and records something.
    let now = store.get(&row.key).await.unwrap().unwrap();
    let mut record = read_before("record", &row.key, &now.record.bytes);
    record["flash"] = "of before".into();
    let mut tokens = read_before("tokens", &row.key, &now.tokens.bytes);
    tokens["refresh_token"] = "refreshed-by-before".into();
    let written = write_before("record", &row.key, &record);
    assert_eq!(store.save_record(&row.key, 1, written).await.unwrap(), Swap::Swapped { version: 2 });
    let written = write_before("tokens", &row.key, &tokens);
    assert_eq!(store.save_tokens(&row.key, 1, written).await.unwrap(), Swap::Swapped { version: 2 });
    let current = sessions.current(Some(id)).await.unwrap().expect("signed out by the version before");
    assert_eq!(refresh_of(&current.tokens), "refreshed-by-before");
    assert_eq!(current.record.flash.as_deref(), Some("of before"));
    assert!(is_bound(&store, &row.key).await);
    // And it reads what this version writes from now on.
    let flash = |record: &mut SessionRecord| record.flash = Some("of today".into());
    sessions.update_record(&row.key, flash).await.unwrap().unwrap();
    let now = store.get(&row.key).await.unwrap().unwrap();
    assert_eq!(read_before("record", &row.key, &now.record.bytes)["flash"], "of today");
}

async fn f16_binding_a_session_disturbs_no_refresh_under_way(store: Arc<dyn SessionStore>) {
    let (row, id) = before();
    let (sessions, _) = sessions_later(&store, 60);
    assert!(store.add(row.clone(), 100).await.unwrap());
    let refreshing = sessions.reload(&row.key).await.unwrap().unwrap();
    let holder = Holder::random().unwrap();
    let term = std::time::Duration::from_secs(6);
    assert_eq!(sessions.lease(&row.key, holder, term).await.unwrap(), Lease::Taken);
    check_content(&sessions, id).await;
    let other = Holder::random().unwrap();
    assert_eq!(sessions.lease(&row.key, other, term).await.unwrap(), Lease::Held, "the lease is kept");
    assert_eq!(
        sessions.swap_tokens(&refreshing, &tokens("newer")).await.unwrap(),
        Swap::Swapped { version: 2 }
    );
    let current = sessions.current(Some(id)).await.unwrap().unwrap();
    assert_eq!(refresh_of(&current.tokens), "newer");
    // A write in between wins over the binding.
    let contents = Contents { label: row.label, record: row.record.bytes, tokens: row.tokens.bytes };
    assert!(!store.reseal(&row.key, (1, 1), contents.clone()).await.unwrap());
    assert!(!store.reseal(&RowKey::random().unwrap(), (1, 1), contents).await.unwrap());
    assert_eq!(refresh_of(&sessions.reload(&row.key).await.unwrap().unwrap().tokens), "newer");
}

/// The statement with which the version before inserts into tables that this version may have extended.
const INSERT_BEFORE: &str = "(key, cookie_hash, iss, sub, sid, created_at, last_active_at, idle_until, absolute_until, \
     label, record, record_version, tokens, tokens_version) VALUES \
     ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, 1)";

macro_rules! insert_before {
    ($connection:expr, $table:literal) => {{
        let (row, id) = before();
        let statement = format!("INSERT INTO {} {INSERT_BEFORE}", $table);
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(row.key.as_str().to_owned())
            .bind(row.cookie_hash.0.to_vec())
            .bind(row.owner.iss)
            .bind(row.owner.sub)
            .bind(row.owner.sid)
            .bind(row.created_at)
            .bind(row.last_active_at)
            .bind(row.idle_until)
            .bind(row.absolute_until)
            .bind(row.label)
            .bind(row.record.bytes)
            .bind(row.tokens.bytes)
            .execute(&mut $connection)
            .await
            .unwrap();
        (row.key, id)
    }};
}

/// Loads it, ends it by a logout of its subject, and finds it among the ended ones.
async fn runs_to_its_end(store: Arc<dyn SessionStore>, key: RowKey, id: CookieId) {
    let (sessions, _) = sessions_later(&store, 60);
    check_content(&sessions, id).await;
    assert!(is_bound(&store, &key).await);
    let Owner { iss, sub, .. } = before().0.owner;
    // That version does not store the time at the provider, so the clocks count.
    let until = before().0.created_at + 999;
    let at = |issued_at| Logout {
        iss: iss.clone(),
        sub: Some(sub.clone()),
        sid: None,
        issued_at,
        replay_key: None,
        until,
    };
    let early = at(before().0.created_at - 61);
    assert!(sessions.log_out(&early).await.unwrap().unwrap().is_empty(), "a logout of before the sign-in");
    let logout = at(before().0.created_at - 60);
    let ended = sessions.log_out(&logout).await.unwrap().unwrap();
    assert_eq!(refresh_of(ended[0].tokens.as_ref().unwrap()), "refresh-of-before");
    let kept = sessions.ended_of(&iss, "ada", 9).await.unwrap();
    assert_eq!((kept.len(), kept[0].label.user_agent.as_deref()), (1, Some("Browser/1")));
}

#[tokio::test]
async fn f16_rows_that_the_version_before_inserts_into_sqlite_are_sessions() {
    let folder = Folder::new();
    let url = format!("sqlite:{}", folder.file().display());
    let store = open_url(&url).await;
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let (key, id) = insert_before!(connection, "session");
    runs_to_its_end(store, key, id).await;
}

#[tokio::test]
async fn f16_rows_that_the_version_before_inserts_into_postgres_are_sessions() {
    let fresh = Fresh::new(Kind::Postgres).await;
    let store = open_url(&fresh.url).await;
    let mut connection = PgConnection::connect(&fresh.url).await.unwrap();
    let (key, id) = insert_before!(connection, "claimcheck.session");
    runs_to_its_end(store, key, id).await;
}

#[tokio::test]
async fn f16_what_the_version_before_writes_into_redis_is_a_session_and_its_indexes_open_no_other() {
    let fresh = Fresh::new(Kind::Redis).await;
    let store = open_url(&fresh.url).await;
    let ((row, id), of) = (before(), fixture());
    let text = |name: &str| of[name].as_str().unwrap().to_owned();
    let (key, by_sid, by_sub) = (text("key"), text("by_sid"), text("by_sub"));
    let name = format!("claimcheck:session:{key}");
    let mut hash = ::redis::cmd("HSET");
    hash.arg(&name).arg("key").arg(&key).arg("cookie_hash").arg(text("cookie_hash")).arg("record");
    hash.arg(row.record.bytes).arg("record_version").arg(1).arg("tokens").arg(row.tokens.bytes);
    hash.arg("tokens_version").arg(1).arg("label").arg(row.label).arg("by_sid").arg(&by_sid);
    hash.arg("by_sub").arg(&by_sub).arg("iss").arg(text("iss")).arg("sub").arg(text("sub")).arg("sid");
    hash.arg(text("sid"));
    for time in ["created_at", "last_active_at", "idle_until", "absolute_until"] {
        hash.arg(time).arg(of[time].as_i64());
    }
    let client = ::redis::Client::open(fresh.url.as_str()).unwrap();
    let mut redis = client.get_multiplexed_async_connection().await.unwrap();
    let _: i64 = hash.query_async(&mut redis).await.unwrap();
    let mut set = async |cookie: CookieId| {
        let name = format!("claimcheck:cookie:{}", BASE64_URL_SAFE_NO_PAD.encode(CookieHash::of(cookie).0));
        let _: () = ::redis::cmd("SET").arg(name).arg(&key).query_async(&mut redis).await.unwrap();
    };
    set(id).await;
    // Somebody who can write lets another cookie lead to the row.
    let evil = fresh_id();
    set(evil).await;
    for (index, score) in [
        ("claimcheck:all".to_owned(), 0),
        ("claimcheck:ends".to_owned(), row.idle_until),
        (format!("claimcheck:of:{by_sid}"), 0),
        (format!("claimcheck:of:{by_sub}"), 0),
    ] {
        let mut add = ::redis::cmd("ZADD");
        let _: i64 = add.arg(index).arg(score).arg(&key).query_async(&mut redis).await.unwrap();
    }
    // Or lists it among the sessions of somebody else.
    let mei = Owner { iss: text("iss"), sub: "mei".into(), sid: None };
    let [_, of_mei] = crate::ending::watermark_keys(&mei).map(|key| BASE64_URL_SAFE_NO_PAD.encode(key));
    let mut add = ::redis::cmd("ZADD");
    add.arg(format!("claimcheck:of:{of_mei}")).arg(0).arg(&key);
    let _: i64 = add.query_async(&mut redis).await.unwrap();
    let (sessions, _) = sessions_later(&store, 60);
    assert!(sessions.current(Some(evil)).await.unwrap().is_none(), "the cookie of somebody else");
    assert!(sessions.of(&mei.iss, "mei").await.unwrap().is_empty(), "in the list of somebody else");
    runs_to_its_end(store, before().0.key, id).await;
}
