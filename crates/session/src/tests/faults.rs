//! A store that is full, read-only or busy: errors say so, nothing is lost, and everything works again afterwards.

use std::time::{Duration, Instant};

use claimcheck_test_stores::Server;
use sqlx::{Connection, Executor, PgConnection};
use tokio::task::JoinSet;

use super::*;
use crate::sqlite::open::options;

const TERM: Duration = Duration::from_secs(5);

fn ending() -> Ending {
    Ending { why: EndReason::SignedOut, at: 150 }
}

fn is(result: Result<impl Sized, StoreError>, expected: &StoreError) -> bool {
    result.err().is_some_and(|error| std::mem::discriminant(&error) == std::mem::discriminant(expected))
}

/// Nothing can be written: every write says why, and every read answers as before.
async fn refuses_writes(store: &dyn SessionStore, row: &StoredSession, expected: &StoreError) {
    let holder = Holder::random().unwrap();
    assert!(is(store.add(super::row(100).0, 100).await, expected));
    // Before a refresh asks the provider, so that no refresh token is used whose successor cannot be stored.
    assert!(is(store.lease(&row.key, holder, TERM).await, expected));
    assert!(is(store.save_tokens(&row.key, 1, vec![1]).await, expected));
    assert!(is(store.save_record(&row.key, 1, vec![1]).await, expected));
    assert!(is(store.mark_used(mark(1, 200), 100).await, expected));
    assert!(is(store.probe().await, expected), "health checks notice");
    store.ping().await.unwrap();
    assert_eq!(store.find(row.cookie_hash, 100).await.unwrap().as_ref(), Some(row));
    assert_eq!(store.list(None, None, 9, 100).await.unwrap().len(), 1);
}

/// Writes work again, on the row as it was.
async fn accepts_writes(store: &dyn SessionStore, row: &StoredSession) {
    let holder = Holder::random().unwrap();
    assert_eq!(store.lease(&row.key, holder, TERM).await.unwrap(), Lease::Taken);
    assert_eq!(store.save_tokens(&row.key, 1, vec![1]).await.unwrap(), Swap::Swapped { version: 2 });
    assert!(store.mark_used(mark(1, 200), 100).await.unwrap(), "the failed attempt left no mark");
    assert!(store.end(&row.key, None, ending()).await.unwrap().is_some());
}

#[tokio::test]
async fn f09_a_full_disk_costs_sqlite_no_session_and_is_said() {
    let folder = Folder::new();
    let open = async |pages: &str| {
        SqliteStore::with(options(&folder.file()).pragma("max_page_count", pages.to_owned())).await.unwrap()
    };
    drop(SqliteStore::open(&folder.file()).await.unwrap());
    let store = open("60").await;
    let mut rows = Vec::new();
    let full = loop {
        let mut row = row(100).0;
        row.owner.sub = format!("p-{}", rows.len());
        row.tokens.bytes = vec![7; 6_000];
        match store.add(row.clone(), 100).await {
            Ok(added) => assert!(added),
            Err(error) => break error,
        }
        rows.push(row);
    };
    assert!(matches!(full, StoreError::Full), "{full:?}");
    assert!(rows.len() > 3, "{}", rows.len());
    for row in &rows {
        assert_eq!(store.find(row.cookie_hash, 100).await.unwrap().as_ref(), Some(row));
    }
    // Refreshed tokens take the room of those before.
    let [first, second, ..] = &rows[..] else { panic!("too few rows") };
    let holder = Holder::random().unwrap();
    assert_eq!(store.lease(&first.key, holder, TERM).await.unwrap(), Lease::Taken);
    assert_eq!(store.save_tokens(&first.key, 1, vec![8; 6_000]).await.unwrap(), Swap::Swapped { version: 2 });
    assert!(matches!(store.save_tokens(&second.key, 1, vec![8; 60_000]).await, Err(StoreError::Full)));
    assert_eq!(store.get(&second.key).await.unwrap().as_ref(), Some(second), "as it was");
    // A sign-out deletes more than it writes.
    assert!(store.end(&second.key, None, ending()).await.unwrap().is_some());
    assert_eq!(store.ended(second.cookie_hash).await.unwrap().unwrap().ending, ending());
    drop(store);
    let store = open("1000").await;
    assert_eq!(store.list(None, None, 1_000, 100).await.unwrap().len(), rows.len() - 1);
    assert_eq!(
        store.save_tokens(&first.key, 2, vec![9; 60_000]).await.unwrap(),
        Swap::Swapped { version: 3 }
    );
}

#[tokio::test]
async fn f09_a_read_only_sqlite_file_is_said() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    drop(store);
    // Like a file system that was remounted read-only; after the tables were checked.
    let store = SqliteStore::with(options(&folder.file())).await.unwrap();
    store.set_read_only(true).await;
    refuses_writes(&store, &row, &StoreError::ReadOnly).await;
    store.set_read_only(false).await;
    accepts_writes(&store, &row).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_a_read_only_postgres_is_said_and_costs_no_session() {
    let server = Server::start(Kind::Postgres).await;
    let store = open_url(&server.url).await;
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    // As after a failover to a replica, for all connections from now on.
    let set = async |value: &str| {
        let mut other = PgConnection::connect(&server.url).await.unwrap();
        let set = format!("ALTER SYSTEM SET default_transaction_read_only = {value}");
        other.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(set))).await.unwrap();
        other.execute("SELECT pg_reload_conf()").await.unwrap();
        let now = async {
            loop {
                let mut other = PgConnection::connect(&server.url).await.unwrap();
                let is: String = sqlx::query_scalar("SHOW default_transaction_read_only")
                    .fetch_one(&mut other)
                    .await
                    .unwrap();
                if is == value {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(60), now).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    set("on").await;
    refuses_writes(&*store, &row, &StoreError::ReadOnly).await;
    assert!(is(store.end(&row.key, None, ending()).await, &StoreError::ReadOnly));
    assert!(store.find(row.cookie_hash, 100).await.unwrap().is_some(), "not ended by halves");
    set("off").await;
    accepts_writes(&*store, &row).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_a_full_or_read_only_redis_is_said_and_costs_no_session() {
    let server = Server::start(Kind::Redis).await;
    let store = open_url(&server.url).await;
    let mut connection =
        ::redis::Client::open(server.url.as_str()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let mut tell = async |words: &str| {
        let mut words = words.split(' ');
        let mut command = ::redis::cmd(words.next().unwrap());
        for word in words {
            command.arg(word);
        }
        command.query_async::<String>(&mut connection).await.unwrap();
    };
    for (spoil, mend, expected) in [
        ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", StoreError::Full),
        ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", StoreError::ReadOnly),
    ] {
        let (row, _) = row(100);
        assert!(store.add(row.clone(), 100).await.unwrap());
        tell(spoil).await;
        refuses_writes(&*store, &row, &expected).await;
        tell(mend).await;
        accepts_writes(&*store, &row).await;
        store.purge(i64::MAX).await.unwrap();
    }
    // Ends need no room: they delete more than they write.
    let (first, second) = (row(100).0, row(100).0);
    for row in [&first, &second] {
        assert!(store.add(row.clone(), 100).await.unwrap());
    }
    tell("CONFIG SET maxmemory 1").await;
    assert!(store.end(&first.key, None, ending()).await.unwrap().is_some());
    assert_eq!(store.ended(first.cookie_hash).await.unwrap().unwrap().ending, ending());
    let Owner { iss, sub, .. } = owner();
    let logout =
        Logout { iss, sub: Some(sub), sid: None, issued_at: 100, replay_key: Some([1; 32]), until: 200 };
    assert_eq!(store.log_out(&logout, ending()).await.unwrap(), Some(vec![second]));
    assert_eq!(store.log_out(&logout, ending()).await.unwrap(), None, "remembered all the same");
    tell("CONFIG SET maxmemory 0").await;
}

/// Sign-ins, refreshes, activity and submissions of two processes on one file, all at once: none fails because the file is
/// busy, and reads do not wait.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fs5_writes_of_two_processes_wait_for_each_other_in_sqlite() {
    let folder = Folder::new();
    let stores: [Arc<dyn SessionStore>; 2] = [
        Arc::new(SqliteStore::open(&folder.file()).await.unwrap()),
        Arc::new(SqliteStore::open(&folder.file()).await.unwrap()),
    ];
    let mut tasks = JoinSet::new();
    for number in 0..60_u32 {
        let store = stores[usize::from(number % 2 == 0)].clone();
        tasks.spawn(async move {
            let mut longest = Duration::ZERO;
            let mut row = row(100).0;
            row.owner.sub = format!("p-{}", number % 20);
            row.tokens.bytes = vec![7; 4_000];
            let mut timed = async |what: &str, work: &mut (dyn Future<Output = bool> + Send + Unpin)| {
                let begun = Instant::now();
                assert!(work.await, "{what}");
                longest = longest.max(begun.elapsed());
            };
            let holder = Holder::random().unwrap();
            timed(
                "sign-in",
                &mut Box::pin(async { store.insert(row.clone(), 100, 50).await.unwrap().is_some() }),
            )
            .await;
            timed(
                "lease",
                &mut Box::pin(async { store.lease(&row.key, holder, TERM).await.unwrap() == Lease::Taken }),
            )
            .await;
            timed(
                "tokens",
                &mut Box::pin(async {
                    matches!(
                        store.save_tokens(&row.key, 1, vec![8; 4_000]).await.unwrap(),
                        Swap::Swapped { .. }
                    )
                }),
            )
            .await;
            timed("touch", &mut Box::pin(async { store.touch(&row.key, 110, 110 + IDLE).await.unwrap() }))
                .await;
            let mut entry = [0; 32];
            entry[..4].copy_from_slice(&number.to_be_bytes());
            let mark = Mark { kind: MarkKind::Submission("ada"), entry, until: 900 };
            timed("submission", &mut Box::pin(async { store.mark_used(mark, 100).await.unwrap() })).await;
            longest
        });
    }
    let reads = tokio::spawn({
        let store = stores[0].clone();
        async move {
            let mut longest = Duration::ZERO;
            for _ in 0..50 {
                let begun = Instant::now();
                store.find(CookieHash([0; 32]), 100).await.unwrap();
                longest = longest.max(begun.elapsed());
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            longest
        }
    });
    let longest = tasks.join_all().await.into_iter().max().unwrap();
    let read = reads.await.unwrap();
    println!(
        "300 writes of 60 at once: the longest took {longest:?}; the longest of 50 reads meanwhile {read:?}"
    );
    assert!(longest < Duration::from_secs(15), "{longest:?}");
    assert!(read < Duration::from_secs(4), "{read:?}");
    assert_eq!(stores[1].list(None, None, 1_000, 100).await.unwrap().len(), 60);
}
