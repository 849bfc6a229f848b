//! PostgreSQL behind PgBouncer, in addition to the suite, which runs there too: every mode of pooling, what stays with a
//! connection that changes hands, and databases of versions that used the migrator of sqlx.

use claimcheck_test_stores::{Server, make_database, shared, through};
use sqlx::{Connection, Executor, PgConnection};
use tokio::task::JoinSet;

use super::*;

/// An empty database: its direct URL.
async fn empty_database() -> String {
    let name = format!("pooled_{}", random::text::<12>().unwrap().to_lowercase().replace('-', "_"));
    make_database(shared(Kind::Postgres).await, &name).await
}

async fn open(url: &str) -> Result<PostgresStore, StoreError> {
    PostgresStore::open(StoreSetting::parse(url).unwrap().server().unwrap()).await
}

async fn pooler(settings: &[&str]) -> Server {
    Server::pooler(shared(Kind::Postgres).await, settings).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r31_with_its_defaults_and_either_mode_a_pooler_serves_processes_that_start_at_once() {
    // Some are told to ignore what they do not know, because drivers send it.
    for settings in [
        &["pool_mode=transaction"][..],
        &["pool_mode=transaction", "ignore_startup_parameters=extra_float_digits,options"],
        &["pool_mode=transaction", "server_reset_query_always=1", "server_reset_query=DISCARD ALL"],
        &["pool_mode=session", "default_pool_size=60"],
    ] {
        let server = pooler(settings).await;
        let url = through(&server.url, &empty_database().await);
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            let url = url.clone();
            tasks.spawn(async move { open(&url).await });
        }
        let stores: Vec<_> = tasks.join_all().await.into_iter().map(Result::unwrap).collect();
        let (row, _) = row(100);
        assert!(stores[0].add(row.clone(), 100).await.unwrap(), "{settings:?}");
        assert_eq!(stores[7].get(&row.key).await.unwrap().as_ref(), Some(&row), "{settings:?}");
        let (here, there) = (Holder([1; 16]), Holder([2; 16]));
        let term = std::time::Duration::from_secs(60);
        assert_eq!(stores[1].lease(&row.key, here, term).await.unwrap(), Lease::Taken, "{settings:?}");
        assert_eq!(stores[2].lease(&row.key, there, term).await.unwrap(), Lease::Held, "{settings:?}");
        drop(stores);
        assert_eq!(open(&url).await.unwrap().get(&row.key).await.unwrap(), Some(row), "{settings:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r31_a_pooler_of_statements_is_refused_and_the_direct_address_is_the_remedy() {
    let direct = empty_database().await;
    for further in ["query_timeout=0", "ignore_startup_parameters=options"] {
        let server = pooler(&["pool_mode=statement", further]).await;
        let url = through(&server.url, &direct);
        let begun = std::time::Instant::now();
        let refused = open(&url).await.err().unwrap().to_string();
        assert!(refused.contains("pool_mode to transaction"), "{further}: {refused}");
        assert!(refused.contains("direct address of PostgreSQL in `store`"), "{further}: {refused}");
        assert!(begun.elapsed() < std::time::Duration::from_secs(9), "it was tried again");
        let examined = examine_store(&StoreSetting::parse(&url).unwrap()).await.unwrap_err().to_string();
        assert!(examined.contains("direct address of PostgreSQL"), "{further}: {examined}");
    }
    assert!(open(&direct).await.is_ok(), "the same database, reached directly");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r31_behind_a_pooler_what_is_about_the_account_is_still_said() {
    let server = pooler(&["pool_mode=transaction"]).await;
    let url = through(&server.url, &empty_database().await);
    let password = url.split(['@', ':']).nth(2).unwrap();
    let wrong = url.replace(password, "canary-password");
    for (url, said) in [(wrong, "password authentication failed"), (format!("{url}_x"), "does not exist")] {
        let refused = open(&url).await.err().unwrap().to_string();
        assert!(refused.contains(said) && !refused.contains("canary"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r31_nothing_stays_with_a_connection_that_changes_hands() {
    let server = pooler(&["pool_mode=transaction", "default_pool_size=1"]).await;
    let direct = empty_database().await;
    let url = through(&server.url, &direct);
    let store: Arc<dyn SessionStore> = Arc::new(open(&url).await.unwrap());
    let (sessions, _) = sessions_on(store.clone());
    for _ in 0..3 {
        start(&sessions, "refresh-canary").await;
    }
    store.purge(100).await.unwrap();
    store.probe().await.unwrap();
    // The pool has one connection, so this is the one that was used.
    let refused = PgConnection::connect(&url).await.unwrap_err().to_string();
    assert!(refused.contains("unsupported startup parameter"), "the pooler has its defaults: {refused}");
    let options = url.parse::<sqlx::postgres::PgConnectOptions>().unwrap().extra_float_digits(None);
    let mut other = PgConnection::connect_with(&options).await.unwrap();
    let question = "SELECT (SELECT count(*) FROM pg_prepared_statements) || ' ' || current_setting('statement_timeout') \
                    || ' ' || current_setting('lock_timeout') || ' ' \
                    || current_setting('idle_in_transaction_session_timeout') || ' ' \
                    || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())";
    let row = sqlx::raw_sql(question).fetch_one(&mut other).await.unwrap();
    let left: String = sqlx::Row::get(&row, 0);
    assert_eq!(left, "0 0 0 0 0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r31_behind_a_pooler_the_server_limits_each_transaction() {
    let server = pooler(&["pool_mode=transaction"]).await;
    let direct = empty_database().await;
    let store = open_url(&through(&server.url, &direct)).await;
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    let mut other = PgConnection::connect(&direct).await.unwrap();
    let mut holds = other.begin().await.unwrap();
    holds.execute("LOCK TABLE claimcheck.session IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let failed = store.get(&row.key).await.unwrap_err();
    let said = format!("{failed} {failed:?}");
    assert!(said.contains("lock timeout") || said.contains("55P03"), "{said}");
    holds.rollback().await.unwrap();
    assert_eq!(store.get(&row.key).await.unwrap(), Some(row));
}

#[tokio::test]
async fn r31_a_database_of_the_version_before_is_taken_over_and_it_can_start_on_ours() {
    // That version used the migrator of sqlx.
    let migrator = || {
        let file = include_str!("../postgres/migrations/0001_sessions.sql");
        let mut migrations = sql::migrations(&[("sessions", file)]);
        migrations.dangerous_set_table_name("claimcheck._sqlx_migrations");
        migrations.set_locking(false);
        migrations
    };
    let theirs = empty_database().await;
    let mut connection = PgConnection::connect(&theirs).await.unwrap();
    connection.execute("CREATE SCHEMA claimcheck").await.unwrap();
    migrator().run_direct(None, &mut connection, false).await.unwrap();
    assert!(open(&theirs).await.unwrap().add(row(100).0, 100).await.unwrap());

    let ours = empty_database().await;
    drop(open(&ours).await.unwrap());
    let mut connection = PgConnection::connect(&ours).await.unwrap();
    migrator().run_direct(None, &mut connection, false).await.unwrap();
    connection.execute("UPDATE claimcheck._sqlx_migrations SET checksum = '\\x00'").await.unwrap();
    let refused = open(&ours).await.err().unwrap().to_string();
    assert!(refused.contains("not created by this program"), "{refused}");
}
