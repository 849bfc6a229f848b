//! This version and the one before on one store, as during an upgrade: the tables get what they lack, the other version
//! goes on with its own statements, and each reads what the other wrote.

use claimcheck_test_stores::{make_database, shared};
use sqlx::{Connection, Executor, PgConnection, Row, SqliteConnection};

use super::*;

/// The tables as the version before made them.
const WITHOUT_ADDITIONS: [&str; 4] = [
    "DROP INDEX PLACEended_by_person",
    "ALTER TABLE PLACEended DROP COLUMN cause",
    "ALTER TABLE PLACEsession DROP COLUMN issued_at",
    "DROP TABLE PLACEactivity",
];
/// How the version before adds an ended session, by the key of a running one.
const END_OF_BEFORE: &str = "INSERT INTO PLACEended (key, cookie_hash, iss, sub, sid, label, why, ended_at, until, noted_at_ms) \
     SELECT key, cookie_hash, iss, sub, sid, label, 'operator', 190, absolute_until, 0 FROM PLACEsession WHERE key = $1";

fn row_at(active_at: UnixSecs) -> StoredSession {
    let (mut row, _) = row(100);
    row.last_active_at = active_at;
    row
}

/// Three sessions of which one is too many for two: the one that ended.
async fn end_one_too_many(store: &dyn SessionStore) -> StoredSession {
    for at in [100, 110] {
        assert!(store.add(row_at(at), 100).await.unwrap());
    }
    let ended = store.insert(row_at(120), 100, 2).await.unwrap().unwrap();
    let [ended] = &ended[..] else { panic!("{ended:?}") };
    ended.clone()
}

/// People's lines, of which that version knows nothing, are kept beside it, also by a process that starts again.
async fn keeps_lines(store: Arc<dyn SessionStore>) {
    let (sessions, clock) = sessions_on(store);
    let line = ActivityLine::new(clock.now(), Deed::SignedIn { amr: vec!["pwd".to_owned()] });
    let sealed = sessions.seal_line("https://id.example", "ada", line.clone()).unwrap();
    sessions.add_lines(&[sealed]).await.unwrap();
    let last = sessions.activity_of("https://id.example", "ada").await.unwrap().remove(0);
    assert_eq!(last, line);
}

/// The reasons of the ended sessions as this version tells them, the latest first.
async fn told(store: &dyn SessionStore) -> Vec<EndReason> {
    let Owner { iss, sub, .. } = owner();
    let ended = store.ended_of(&iss, &sub, 9, 200).await.unwrap();
    ended.iter().map(|ended| ended.ending.why).collect()
}

#[tokio::test]
async fn f09_an_sqlite_file_is_shared_with_the_version_before() {
    let folder = Folder::new();
    drop(SqliteStore::open(&folder.file()).await.unwrap());
    let mut before = SqliteConnection::connect(&format!("sqlite:{}", folder.file().display())).await.unwrap();
    for statement in WITHOUT_ADDITIONS {
        before.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statement.replace("PLACE", "")))).await.unwrap();
    }
    // It has prepared this statement before this version adds a column.
    let all = "SELECT * FROM ended ORDER BY ended_at DESC";
    assert!(before.fetch_all(all).await.unwrap().is_empty());
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    let ended = end_one_too_many(&store).await;
    let other = row_at(105);
    assert!(store.add(other.clone(), 100).await.unwrap());
    let adds = END_OF_BEFORE.replace("PLACE", "").replace("$1", "?");
    sqlx::query(sqlx::AssertSqlSafe(adds)).bind(other.key.as_str()).execute(&mut before).await.unwrap();
    let rows = before.fetch_all(all).await.unwrap();
    let words: Vec<(String, Vec<u8>)> =
        rows.iter().map(|row| (row.get("why"), row.get("cookie_hash"))).collect();
    let expected = [("operator", other.cookie_hash), ("elsewhere", ended.cookie_hash)];
    assert_eq!(words, expected.map(|(why, hash)| (why.to_owned(), hash.0.to_vec())), "words that it knows");
    assert_eq!(told(&store).await, [EndReason::Operator, EndReason::TooMany]);
    // It starts on these tables, too: no migration has a version that it lacks.
    let versions: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version")
        .fetch_all(&mut before)
        .await
        .unwrap();
    assert_eq!(versions, [1, 2]);
    keeps_lines(Arc::new(store)).await;
    keeps_lines(Arc::new(SqliteStore::open(&folder.file()).await.unwrap())).await;
}

#[tokio::test]
async fn f09_a_postgres_database_is_shared_with_the_version_before() {
    let name = format!("roll_{}", random::text::<12>().unwrap().to_lowercase().replace('-', "_"));
    let url = make_database(shared(Kind::Postgres).await, &name).await;
    drop(open_url(&url).await);
    let mut before = PgConnection::connect(&url).await.unwrap();
    for statement in WITHOUT_ADDITIONS {
        let statement = statement.replace("PLACE", "claimcheck.");
        before.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statement))).await.unwrap();
    }
    // Its columns are named, and it has prepared this before this version adds one.
    let all = "SELECT key, cookie_hash, why FROM claimcheck.ended ORDER BY ended_at DESC";
    assert!(sqlx::query(all).fetch_all(&mut before).await.unwrap().is_empty());
    let store = open_url(&url).await;
    let ended = end_one_too_many(&*store).await;
    let other = row_at(105);
    assert!(store.add(other.clone(), 100).await.unwrap());
    let adds = END_OF_BEFORE.replace("PLACE", "claimcheck.");
    sqlx::query(sqlx::AssertSqlSafe(adds)).bind(other.key.as_str()).execute(&mut before).await.unwrap();
    let rows = sqlx::query(all).fetch_all(&mut before).await.unwrap();
    let words: Vec<(String, Vec<u8>)> =
        rows.iter().map(|row| (row.get("why"), row.get("cookie_hash"))).collect();
    let expected = [("operator", other.cookie_hash), ("elsewhere", ended.cookie_hash)];
    assert_eq!(words, expected.map(|(why, hash)| (why.to_owned(), hash.0.to_vec())));
    assert_eq!(told(&*store).await, [EndReason::Operator, EndReason::TooMany]);
    let versions: Vec<i64> = sqlx::query_scalar("SELECT version FROM claimcheck._sqlx_migrations")
        .fetch_all(&mut before)
        .await
        .unwrap();
    assert_eq!(versions, [1]);
    keeps_lines(store).await;
    keeps_lines(open_url(&url).await).await;
}

#[tokio::test]
async fn f09_a_redis_is_shared_with_the_version_before() {
    let fresh = Fresh::new(Kind::Redis).await;
    let store = open_url(&fresh.url).await;
    let ended = end_one_too_many(&*store).await;
    let client = ::redis::Client::open(fresh.url.as_str()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let hash = |hash: CookieHash| BASE64_URL_SAFE_NO_PAD.encode(hash.0);
    let why: String = ::redis::cmd("HGET")
        .arg(format!("claimcheck:ended:{}", hash(ended.cookie_hash)))
        .arg("why")
        .query_async(&mut connection)
        .await
        .unwrap();
    assert_eq!(why, "elsewhere", "a word that it knows");
    // It lists ended sessions without their time, which it reads from each.
    let [_, by_sub] = crate::ending::watermark_keys(&owner());
    let index = format!("claimcheck:ended-of:{}", BASE64_URL_SAFE_NO_PAD.encode(by_sub));
    for at in [130, 140] {
        let row = row_at(at);
        assert!(store.add(row.clone(), 100).await.unwrap());
        store.end(&row.key, None, Ending { why: EndReason::Operator, at }).await.unwrap().unwrap();
        let mut command = ::redis::cmd("ZADD");
        let command = command.arg(&index).arg(0).arg(hash(row.cookie_hash));
        let _: i64 = command.query_async(&mut connection).await.unwrap();
    }
    assert_eq!(told(&*store).await, [EndReason::Operator, EndReason::Operator, EndReason::TooMany]);
    let scores: Vec<(String, i64)> = ::redis::cmd("ZRANGE")
        .arg(&index)
        .arg(0)
        .arg(-1)
        .arg("WITHSCORES")
        .query_async(&mut connection)
        .await
        .unwrap();
    assert_eq!(scores.iter().map(|(_, at)| *at).collect::<Vec<_>>(), [100, 130, 140], "and they have it now");
}
