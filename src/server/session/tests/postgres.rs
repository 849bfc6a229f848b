//! What is PostgreSQL's own: who makes the tables, and that nothing but the sealed is in them.

use sqlx::{Connection, Executor, PgConnection};
use tokio::task::JoinSet;

use super::*;
use crate::{
    server::config::StoreServer,
    tests::support::stores::{make_database, shared},
};

async fn empty_database() -> (String, StoreServer) {
    let name = format!("own_{}", random::text::<12>().unwrap().to_lowercase().replace('-', "_"));
    let url = make_database(shared(Kind::Postgres).await, &name).await;
    let StoreSetting::Postgres(server) = StoreSetting::parse(&url).unwrap() else { panic!("{url}") };
    (url, server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sc_13_ten_processes_may_open_an_empty_database_at_once_and_a_later_one_finds_what_they_kept() {
    let (_, server) = empty_database().await;
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let server = server.clone();
        tasks.spawn(async move { PostgresStore::open(&server).await });
    }
    let stores: Vec<_> = tasks.join_all().await.into_iter().map(Result::unwrap).collect();
    let (row, _) = row(100);
    assert!(stores[0].insert(row.clone(), 100).await.unwrap());
    assert_eq!(stores[9].get(&row.key).await.unwrap().as_ref(), Some(&row));
    drop(stores);
    let again = PostgresStore::open(&server).await.unwrap();
    assert_eq!(again.get(&row.key).await.unwrap(), Some(row));
}

#[tokio::test]
async fn op_10_a_database_of_a_newer_program_is_refused_and_left_alone() {
    let (url, server) = empty_database().await;
    drop(PostgresStore::open(&server).await.unwrap());
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let newer = "INSERT INTO claimcheck._sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'later', true, '', 0)";
    connection.execute(newer).await.unwrap();
    let refused = PostgresStore::open(&server).await.err().unwrap().to_string();
    assert!(refused.contains("newer version of this program"), "{refused}");
    assert!(refused.contains("127.0.0.1:"), "{refused}");
    connection.execute("DELETE FROM claimcheck._sqlx_migrations WHERE version = 9999").await.unwrap();
    assert!(PostgresStore::open(&server).await.is_ok(), "the lock of the refused one is free");
}

#[tokio::test]
async fn op_10_a_database_that_may_not_be_used_is_refused_at_once_without_its_password() {
    let (url, _) = empty_database().await;
    let password = url.split(['@', ':']).nth(2).unwrap();
    let wrong = url.replace(password, "canary-password");
    for (url, said) in [(wrong, "password authentication failed"), (format!("{url}_x"), "does not exist")] {
        let StoreSetting::Postgres(server) = StoreSetting::parse(&url).unwrap() else { panic!() };
        assert!(!format!("{server:?}").contains("canary"));
        let begun = std::time::Instant::now();
        let refused = PostgresStore::open(&server).await.err().unwrap();
        assert!(begun.elapsed() < std::time::Duration::from_secs(5));
        let shown = format!("{refused} {refused:?}");
        assert!(shown.contains(said) && !shown.contains("canary-password"), "{shown}");
    }
}

#[tokio::test]
async fn sc_15_a_subject_that_cannot_be_stored_is_an_error_and_others_go_on() {
    let (store, _ground) = postgres().await;
    let mut strange = row(100).0;
    strange.owner.sub = "ada\0".into();
    assert!(matches!(store.insert(strange, 100).await, Err(StoreError::Backend(_))));
    assert!(store.insert(row(100).0, 100).await.unwrap());
}

#[tokio::test]
async fn sc_15_a_dump_of_the_tables_opens_nothing() {
    let fresh = Fresh::new(Kind::Postgres).await;
    let (sessions, _) = sessions_on(open(&fresh.setting()).await.unwrap(), true);
    let layer = tower_sessions::Session::new(None, Arc::new(super::super::layer::ClosedBag), None);
    start(&sessions, &layer, "refresh-canary").await;
    let id = layer.id().unwrap();
    let mut connection = PgConnection::connect(&fresh.url).await.unwrap();
    let dump: String = sqlx::query_scalar("SELECT string_agg(session::text, ' ') FROM claimcheck.session")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(dump.contains("https://id.example") && dump.contains("ada"), "{dump}");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for secret in ["canary", &hex(b"canary"), &hex(&id.0.to_le_bytes()), &id.to_string()] {
        assert!(!dump.contains(secret), "{secret}");
    }
}

/// Whether that waits for somebody.
async fn waits<T>(task: &mut tokio::task::JoinHandle<T>) -> bool {
    tokio::time::timeout(std::time::Duration::from_millis(300), task).await.is_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lo_14_a_sign_in_and_a_logout_that_means_it_wait_for_each_other() {
    let fresh = Fresh::new(Kind::Postgres).await;
    let store = open(&fresh.setting()).await.unwrap();
    let Owner { iss, sub, .. } = owner();
    let logout = Logout { iss, sub: Some(sub), sid: None, issued_at: 100, mark: Some([1; 32]), until: 900 };
    let bar = logout.bar().unwrap();
    let number = i64::from_be_bytes(bar[..8].try_into().unwrap());
    let mut other = PgConnection::connect(&fresh.url).await.unwrap();
    let begin = |lock: &'static str| sqlx::query(lock).bind(number);

    // A logout of another process, under way: what it has written is not seen yet.
    let mut under_way = other.begin().await.unwrap();
    begin("SELECT pg_advisory_xact_lock($1)").execute(&mut *under_way).await.unwrap();
    let barred = sqlx::query("INSERT INTO claimcheck.barred (bar, issued_at, until) VALUES ($1, 100, 900)");
    barred.bind(&bar[..]).execute(&mut *under_way).await.unwrap();
    let (running, _) = row(100);
    let mut signs_in = tokio::spawn({
        let (store, row) = (store.clone(), running.clone());
        async move { store.insert(row, 100).await.unwrap() }
    });
    assert!(waits(&mut signs_in).await, "it begins beside its logout");
    under_way.commit().await.unwrap();
    assert!(!signs_in.await.unwrap(), "it began after its logout");

    // A sign-in of another process, under way.
    let mut under_way = other.begin().await.unwrap();
    begin("SELECT pg_advisory_xact_lock_shared($1)").execute(&mut *under_way).await.unwrap();
    assert!(store.insert(running.clone(), 101).await.unwrap(), "sign-ins do not wait for each other");
    let mut logs_out = tokio::spawn({
        let store = store.clone();
        let ending = Ending { why: EndReason::Provider, at: 150 };
        async move { store.log_out(&logout, ending).await.unwrap().unwrap() }
    });
    assert!(waits(&mut logs_out).await, "it goes by a sign-in that it means");
    under_way.commit().await.unwrap();
    assert_eq!(logs_out.await.unwrap(), [running]);
}
