//! Behaviour specific to PostgreSQL: migrations by several processes, locks, lost connections. A dump contains no
//! secret in clear.

use claimcheck_test_stores::{Wire, make_database, shared};
use sqlx::{Connection, Executor, PgConnection};
use tokio::task::JoinSet;

use super::*;

async fn empty_database() -> (String, StoreServer) {
    let name = format!("own_{}", random::text::<12>().unwrap().to_lowercase().replace('-', "_"));
    let url = make_database(shared(Kind::Postgres).await, &name).await;
    let server = server_of(&url);
    (url, server)
}

fn server_of(url: &str) -> StoreServer {
    StoreSetting::parse(url).unwrap().server().unwrap().clone()
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
    assert!(stores[0].add(row.clone(), 100).await.unwrap());
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
        let server = server_of(&url);
        assert!(!format!("{server:?}").contains("canary"));
        let begun = std::time::Instant::now();
        let refused = PostgresStore::open(&server).await.err().unwrap();
        assert!(begun.elapsed() < std::time::Duration::from_secs(9));
        let shown = format!("{refused} {refused:?}");
        assert!(shown.contains(said) && !shown.contains("canary-password"), "{shown}");
    }
}

#[tokio::test]
async fn sc_15_a_subject_that_cannot_be_stored_is_an_error_and_others_go_on() {
    let (store, _fresh) = fresh_store("postgres").await;
    let mut strange = row(100).0;
    strange.owner.sub = "ada\0".into();
    assert!(matches!(store.add(strange, 100).await, Err(StoreError::Backend(_))));
    assert!(store.add(row(100).0, 100).await.unwrap());
}

#[tokio::test]
async fn sc_15_a_dump_of_the_tables_opens_nothing() {
    let fresh = Fresh::new(Kind::Postgres).await;
    let (sessions, _) = sessions_on(open_url(&fresh.url).await);
    let (_, id) = start(&sessions, "refresh-canary").await;
    let mut connection = PgConnection::connect(&fresh.url).await.unwrap();
    let dump: String = sqlx::query_scalar("SELECT string_agg(session::text, ' ') FROM claimcheck.session")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(dump.contains("https://id.example") && dump.contains("ada"), "{dump}");
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for secret in ["canary", &hex(b"canary"), &hex(&id.0), &text(id)] {
        assert!(!dump.contains(secret), "{secret}");
    }
}

/// Whether the task waits for a lock.
async fn waits<T>(task: &mut tokio::task::JoinHandle<T>) -> bool {
    tokio::time::timeout(std::time::Duration::from_millis(300), task).await.is_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lo_14_a_sign_in_and_a_logout_that_means_it_wait_for_each_other() {
    let fresh = Fresh::new(Kind::Postgres).await;
    let store = open_url(&fresh.url).await;
    let Owner { iss, sub, .. } = owner();
    let logout =
        Logout { iss, sub: Some(sub), sid: None, issued_at: 100, replay_key: Some([1; 32]), until: 900 };
    let watermark = logout.watermark_key().unwrap();
    let number = i64::from_be_bytes(watermark[..8].try_into().unwrap());
    let mut other = PgConnection::connect(&fresh.url).await.unwrap();
    let begin = |lock: &'static str| sqlx::query(lock).bind(number);

    // A logout of another process is in progress: its writes are not visible yet.
    let mut under_way = other.begin().await.unwrap();
    begin("SELECT pg_advisory_xact_lock($1)").execute(&mut *under_way).await.unwrap();
    let raised = sqlx::query("INSERT INTO claimcheck.barred (bar, issued_at, until) VALUES ($1, 100, 900)");
    raised.bind(&watermark[..]).execute(&mut *under_way).await.unwrap();
    let (running, _) = row(100);
    let mut signs_in = tokio::spawn({
        let (store, row) = (store.clone(), running.clone());
        async move { store.add(row, 100).await.unwrap() }
    });
    assert!(waits(&mut signs_in).await, "it begins beside its logout");
    under_way.commit().await.unwrap();
    assert!(!signs_in.await.unwrap(), "it began after its logout");

    // A sign-in of another process is in progress.
    let mut under_way = other.begin().await.unwrap();
    begin("SELECT pg_advisory_xact_lock_shared($1)").execute(&mut *under_way).await.unwrap();
    assert!(store.add(running.clone(), 101).await.unwrap(), "sign-ins do not wait for each other");
    let logout = Logout { issued_at: 101, ..logout };
    let mut logs_out = tokio::spawn({
        let store = store.clone();
        let ending = Ending { why: EndReason::Provider, at: 150 };
        async move { store.log_out(&logout, ending).await.unwrap().unwrap() }
    });
    assert!(waits(&mut logs_out).await, "it goes by a sign-in that it means");
    under_way.commit().await.unwrap();
    assert_eq!(logs_out.await.unwrap(), [running]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sc_10_a_purge_takes_many_and_waits_for_nobody_who_holds_a_row() {
    let fresh = Fresh::new(Kind::Postgres).await;
    let store = open_url(&fresh.url).await;
    let mut other = PgConnection::connect(&fresh.url).await.unwrap();
    let entries =
        "INSERT INTO claimcheck.consumed SELECT sha256(n::text::bytea), 100 FROM generate_series(1, 2500) n";
    other.execute(entries).await.unwrap();
    let (held, free) = (row(100).0, row(100).0);
    for row in [&held, &free] {
        assert!(store.add(row.clone(), 100).await.unwrap());
    }
    let mut holds = other.begin().await.unwrap();
    let lock = sqlx::query("SELECT 1 FROM claimcheck.session WHERE key = $1 FOR UPDATE");
    lock.bind(held.key.as_str()).execute(&mut *holds).await.unwrap();
    let begun = std::time::Instant::now();
    assert_eq!(store.purge(100 + IDLE).await.unwrap(), 2_501, "all but the one that is held");
    assert!(begun.elapsed() < std::time::Duration::from_secs(8), "{:?}", begun.elapsed());
    assert!(store.get(&held.key).await.unwrap().is_some());
    holds.rollback().await.unwrap();
    assert_eq!(store.purge(100 + IDLE).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn op_11_places_of_connections_that_went_silent_are_free_soon() {
    let fresh = Fresh::new(Kind::Postgres).await;
    let wire = Wire::to(&fresh.url).await;
    let store = open_url(&wire.url).await;
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    let all_at_once = async |within| {
        let mut asked = JoinSet::new();
        for _ in 0..20 {
            let (store, key) = (store.clone(), row.key.clone());
            asked.spawn(async move { store.get(&key).await.ok().flatten() });
        }
        let all = tokio::time::timeout(std::time::Duration::from_secs(within), asked.join_all()).await;
        all.unwrap().into_iter().flatten().count()
    };
    // Statements that wait for a lock use all connections when the wire is cut.
    let mut other = PgConnection::connect(&fresh.url).await.unwrap();
    let mut holds = other.begin().await.unwrap();
    holds.execute("LOCK TABLE claimcheck.session IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let cut = async {
        let waiting =
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'claimcheck.session'::regclass";
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut *holds).await.unwrap() < 10 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        wire.cut();
        holds.rollback().await.unwrap();
    };
    let (answered, ()) = tokio::join!(all_at_once(30), cut);
    assert_eq!(answered, 0);
    wire.replace();
    assert_eq!(all_at_once(7).await, 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn op_11_a_start_waits_some_seconds_for_a_silent_server_or_another_that_migrates_and_no_longer() {
    let (url, server) = empty_database().await;
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut migrates = other.begin().await.unwrap();
    let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(0x636c_6169_6d63_6865_i64);
    lock.execute(&mut *migrates).await.unwrap();
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("postgres://a:b@127.0.0.1:{}/c", silent.local_addr().unwrap().port());
    let nobody = server_of(&nobody);
    let begun = std::time::Instant::now();
    let opened = async |server: &StoreServer| {
        let refused = PostgresStore::open(server).await.err().unwrap().to_string();
        (begun.elapsed().as_secs(), refused)
    };
    let (busy, silent) = tokio::join!(opened(&server), opened(&nobody));
    for ((after, refused), said) in [(busy, "another process"), (silent, "no response")] {
        assert!((10..30).contains(&after) && refused.contains(said), "{after} {refused}");
    }
    migrates.rollback().await.unwrap();
    assert!(PostgresStore::open(&server).await.is_ok());
}

#[tokio::test]
async fn op_10_a_server_that_is_not_what_it_should_be_is_refused_at_once() {
    // Both fail in the TLS handshake, as with a wrong certificate.
    for (kind, greeting) in [("postgres", &b"S"[..]), ("rediss", b"")] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 8];
                tokio::io::AsyncReadExt::read_exact(&mut stream, &mut asked).await.unwrap();
                let nonsense = [greeting, b"-ERR this is no TLS at all\r\n"].concat();
                tokio::io::AsyncWriteExt::write_all(&mut stream, &nonsense).await.unwrap();
                // The connection stays open until the other side has read it.
                let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut Vec::new()).await;
            }
        });
        let end = if kind == "postgres" { "/a?sslmode=require" } else { "/0" };
        let setting = StoreSetting::parse(&format!("{kind}://a:b@127.0.0.1:{port}{end}")).unwrap();
        let begun = std::time::Instant::now();
        assert!(open_store(&setting).await.is_err());
        assert!(begun.elapsed() < std::time::Duration::from_secs(9), "{kind} {:?}", begun.elapsed());
    }
}
