//! Behaviour specific to SQLite: one file, readable by its owner, which several processes may open.

use std::time::Duration;

use sqlx::{Connection, SqliteConnection};
use tokio::task::JoinSet;

use super::*;

#[tokio::test]
async fn sc_10_a_file_is_purged_of_more_than_is_forgotten_at_a_time() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    let mut connection =
        SqliteConnection::connect(&format!("sqlite:{}", folder.file().display())).await.unwrap();
    let entries = "WITH RECURSIVE n (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < 2500) \
                 INSERT INTO consumed (mark, until) SELECT CAST(printf('%032d', n) AS BLOB), 100 + n % 2 FROM n";
    sqlx::query(entries).execute(&mut connection).await.unwrap();
    for (now, gone) in [(99, 0), (100, 1250), (101, 1250), (102, 0)] {
        assert_eq!(store.purge(now).await.unwrap(), gone, "{now}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn sc_15_only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    assert!(store.add(row(100).0, 100).await.unwrap());
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 3, "the file, -wal and -shm");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
}

#[tokio::test]
async fn the_stamp_rests_with_the_file_and_changes_with_a_write_of_any_process() {
    let folder = Folder::new();
    let (here, there) =
        (SqliteStore::open(&folder.file()).await.unwrap(), SqliteStore::open(&folder.file()).await.unwrap());
    let (first, second) = (row(100).0, row(100).0);
    assert!(here.add(first.clone(), 100).await.unwrap() && here.add(second.clone(), 100).await.unwrap());
    assert_eq!(there.ends_stamp(), None, "it was written a moment ago");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let rests = there.ends_stamp();
    assert!(rests.is_some() && rests == here.ends_stamp());
    assert!(there.get(&first.key).await.unwrap().is_some());
    assert_eq!(there.ends_stamp(), rests, "a read is no write");
    let ending = Ending { why: EndReason::Operator, at: 100 };
    here.end(&second.key, None, ending).await.unwrap().unwrap();
    assert_ne!(there.ends_stamp(), rests);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert!(there.ends_stamp().is_some_and(|stamp| Some(stamp) != rests));
}

/// From now on, commits of updates fail, as on a full disk; with the connection that can end this.
async fn commits_fail(folder: &Folder) -> SqliteConnection {
    let mut connection =
        SqliteConnection::connect(&format!("sqlite:{}", folder.file().display())).await.unwrap();
    // A deferred constraint is checked at the commit, after the statement itself has succeeded.
    for statement in [
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER fails AFTER UPDATE ON session BEGIN INSERT INTO child VALUES (1); END",
    ] {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
    connection
}

#[tokio::test]
async fn rf_08_tokens_whose_commit_fails_are_not_reported_as_stored() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    let mut connection = commits_fail(&folder).await;
    let (expected, bytes) = (row.tokens.version, vec![7]);
    assert!(store.save_tokens(&row.key, expected, bytes.clone()).await.is_err());
    assert!(store.save_record(&row.key, row.record.version, bytes.clone()).await.is_err());
    assert_eq!(store.get(&row.key).await.unwrap(), Some(row.clone()), "nothing was stored");
    sqlx::query("DROP TRIGGER fails").execute(&mut connection).await.unwrap();
    assert!(matches!(store.save_tokens(&row.key, expected, bytes).await.unwrap(), Swap::Swapped { .. }));
}

#[tokio::test]
async fn op_11_a_file_works_again_after_transactions_that_could_not_be_committed() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).await.unwrap();
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    let mut connection = commits_fail(&folder).await;
    let (holder, term) = (Holder([7; 16]), Duration::from_secs(6));
    for _ in 0..8 {
        assert!(store.lease(&row.key, holder, term).await.is_err());
    }
    sqlx::query("DROP TRIGGER fails").execute(&mut connection).await.unwrap();
    for _ in 0..8 {
        let lease = store.lease(&row.key, holder, term).await;
        assert!(matches!(lease, Ok(Lease::Taken)), "{lease:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sc_13_several_processes_may_open_a_new_file_at_once_and_keep_what_is_there() {
    let folder = Folder::new();
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let path = folder.file();
        tasks.spawn(async move { SqliteStore::open(&path).await });
    }
    let stores: Vec<_> = tasks.join_all().await.into_iter().map(Result::unwrap).collect();
    let (row, _) = row(100);
    assert!(stores[0].add(row.clone(), 100).await.unwrap());
    assert_eq!(stores[7].get(&row.key).await.unwrap().as_ref(), Some(&row));
    drop(stores);
    let again = SqliteStore::open(&folder.file()).await.unwrap();
    assert_eq!(again.get(&row.key).await.unwrap(), Some(row));
    assert!(SqliteStore::open(&folder.path().join("missing/x.db")).await.is_err());
}
