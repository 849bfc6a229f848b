//! What is found about each kind of store. Nothing is created or changed.

use claimcheck_server::{
    config::StoreSetting,
    doctor::{
        CheckFinding,
        CheckOutcome::{Mistake, Ok, Warning},
    },
};
use claimcheck_session::open_store;
use claimcheck_test_stores::{Fresh, Kind, Server};

use super::{findings_with, healthy, mistakes, of};

async fn with_store(text: &str) -> Vec<CheckFinding> {
    let world = healthy().await;
    let setting = StoreSetting::parse(text).unwrap();
    let found = findings_with(&world, |settings| settings.store = setting).await;
    found.into_iter().filter(|finding| finding.check.starts_with("store.")).collect()
}

#[tokio::test]
async fn dr_08_doctor_reports_version_latency_and_durability_of_each_store() {
    for (store, version, durability) in [
        ("sqlite", "SQLite 3.", "journal_mode wal, synchronous full"),
        ("postgres", "PostgreSQL ", "synchronous_commit"),
        ("redis", "Redis ", "appendonly"),
    ] {
        let fresh = Fresh::of(store).await;
        // As a server leaves it.
        drop(open_store(&StoreSetting::parse(&fresh.url).unwrap()).await.unwrap());
        let found = with_store(&fresh.url).await;
        let connection = of(&found, "store.connection");
        assert!(connection.found.starts_with(version) && connection.found.contains(" ms"), "{found:#?}");
        assert!(of(&found, "store.durability").found.contains(durability), "{found:#?}");
        assert!(mistakes(&found).is_empty(), "{found:#?}");
    }
}

#[tokio::test]
async fn r31_doctor_says_that_a_pooler_is_in_between() {
    let direct = Fresh::new(Kind::Postgres).await;
    let found = with_store(&direct.url).await;
    assert!(!of(&found, "store.connection").found.contains("pooler"), "{found:#?}");
    let pooled = Fresh::pooled().await;
    drop(open_store(&StoreSetting::parse(&pooled.url).unwrap()).await.unwrap());
    let found = with_store(&pooled.url).await;
    assert!(of(&found, "store.connection").found.contains("through a pooler"), "{found:#?}");
    assert!(mistakes(&found).is_empty(), "{found:#?}");

    let statements = Server::pooler(&direct.url, &["pool_mode=statement"]).await;
    let found = with_store(&statements.url).await;
    let finding = of(&found, "store.connection");
    assert!(
        finding.outcome == Mistake && finding.found.contains("direct address of PostgreSQL"),
        "{found:#?}"
    );
}

#[tokio::test]
async fn dr_09_doctor_creates_no_store() {
    let folder = crate::support::new_folder();
    let file = folder.join("sessions.db");
    let found = with_store(&format!("sqlite:{}", file.display())).await;
    assert!(!file.exists() && mistakes(&found).is_empty(), "{found:#?}");
    assert!(of(&found, "store.durability").found.contains("does not exist yet"), "{found:#?}");
    let found = with_store(&format!("sqlite:{}", folder.join("absent/sessions.db").display())).await;
    let finding = of(&found, "store.operation");
    assert!(finding.outcome == Mistake && finding.found.contains("does not exist"), "{found:#?}");
    assert!(finding.remedy.contains("create the folder"));
    // A file that is something else.
    std::fs::write(&file, "not a database, although it is long enough to be one".repeat(100)).unwrap();
    let found = with_store(&format!("sqlite:{}", file.display())).await;
    let finding = of(&found, "store.connection");
    assert!(finding.outcome == Mistake && finding.key.as_deref() == Some("store"), "{found:#?}");
    std::fs::remove_dir_all(folder).unwrap();

    // The tables of a server are made by the server.
    let fresh = Fresh::new(Kind::Postgres).await;
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&fresh.url).await.unwrap();
    // The database may be that of an earlier test.
    sqlx::query("DROP SCHEMA IF EXISTS claimcheck CASCADE").execute(&mut connection).await.unwrap();
    let found = with_store(&fresh.url).await;
    assert!(mistakes(&found).is_empty(), "{found:#?}");
    let exists: bool = sqlx::query_scalar("SELECT to_regclass('claimcheck._sqlx_migrations') IS NOT NULL")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(!exists);
    // No other test gets this database, which has no tables.
    std::mem::forget(fresh);
}

#[tokio::test]
async fn dr_08_doctor_tells_what_is_lost_and_what_cannot_be_written() {
    let found = with_store("memory:").await;
    assert!(of(&found, "store.operation").found.contains("every restart signs everyone out"), "{found:#?}");
    assert_eq!(of(&found, "store.sharing").found, "one process only");

    let fresh = Fresh::new(Kind::Postgres).await;
    let separator = if fresh.url.contains('?') { '&' } else { '?' };
    let with = |option: &str| format!("{}{separator}options=-c%20{option}", fresh.url);
    let found = with_store(&with("synchronous_commit=off")).await;
    let finding = of(&found, "store.operation");
    assert!(finding.outcome == Warning && finding.found.contains("synchronous_commit is off"), "{found:#?}");
    let found = with_store(&with("default_transaction_read_only=on")).await;
    let finding = of(&found, "store.operation");
    assert!(finding.outcome == Mistake && finding.found.contains("read-only"), "{found:#?}");
}

#[tokio::test]
async fn dr_08_dr_09_doctor_says_that_a_store_is_away_and_prints_no_password() {
    let server = Server::start(Kind::Redis).await;
    let url = server.url.replace("redis://", "redis://:canary-password@");
    server.down().await;
    for url in [url.as_str(), "postgres://user:canary-password@127.0.0.1:1/db"] {
        let begun = std::time::Instant::now();
        let found = with_store(url).await;
        let finding = of(&found, "store.connection");
        assert!(finding.outcome == Mistake && finding.remedy.contains("`store`"), "{found:#?}");
        assert!(!format!("{found:?}").contains("canary"), "{found:#?}");
        assert!(begun.elapsed().as_secs() < 30);
    }
    server.up().await;
    let found = with_store(&server.url).await;
    assert_eq!(of(&found, "store.connection").outcome, Ok, "{found:#?}");
}
