//! Behaviour specific to Redis: everything expires, unsuitable servers are refused, and a dump contains no secret in
//! clear.

use claimcheck_test_stores::{Server, shared};

use super::*;

async fn connect(url: &str) -> ::redis::aio::MultiplexedConnection {
    ::redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap()
}

async fn names(connection: &mut ::redis::aio::MultiplexedConnection) -> Vec<String> {
    let mut names: Vec<String> = ::redis::cmd("KEYS").arg("*").query_async(connection).await.unwrap();
    names.sort();
    names
}

#[tokio::test]
async fn sc_10_all_of_a_session_expires_by_itself_soon_after_its_absolute_end() {
    let fresh = Fresh::new(Kind::Redis).await;
    let store = open_url(&fresh.url).await;
    let mut connection = connect(&fresh.url).await;
    let mut ends = async || {
        let mut ends = Vec::new();
        for name in names(&mut connection).await {
            let secs: i64 = ::redis::cmd("TTL").arg(&name).query_async(&mut connection).await.unwrap();
            ends.push((name, secs));
        }
        ends
    };
    let (row, _) = row(100);
    assert!(store.add(row.clone(), 100).await.unwrap());
    let lasting = |ends: &[(String, i64)]| -> Vec<String> {
        ends.iter().filter(|(_, secs)| *secs < 0).map(|(name, _)| name.clone()).collect()
    };
    // Two entries for each session, which a purge deletes.
    let first = ends().await;
    assert_eq!(lasting(&first), ["claimcheck:all", "claimcheck:ends"]);
    assert_eq!(first.len(), 6, "{first:?}");
    for (name, secs) in first.iter().filter(|(_, secs)| *secs >= 0) {
        assert!((ABSOLUTE..ABSOLUTE + 700).contains(secs), "{name} {secs}");
    }
    let ending = Ending { why: EndReason::SignedOut, at: 100 + ABSOLUTE / 2 };
    store.end(&row.key, None, ending).await.unwrap().unwrap();
    // The answer, for a repeated request.
    let is_answer = |name: &str| name.starts_with("claimcheck:answer:");
    for (name, secs) in ends().await.iter().filter(|(_, secs)| *secs >= 0) {
        let expected = if is_answer(name) { 1..21 } else { ABSOLUTE / 2..ABSOLUTE / 2 + 700 };
        assert!(expected.contains(secs), "{name} {secs}");
    }
    store.mark_used(mark(1, 200), 100).await.unwrap();
    store.purge(i64::MAX).await.unwrap();
    assert!(ends().await.iter().all(|(name, _)| is_answer(name)));
}

#[tokio::test]
async fn sc_10_what_expired_by_itself_leaves_the_lists_without_a_trace() {
    let fresh = Fresh::new(Kind::Redis).await;
    let store = open_url(&fresh.url).await;
    let (gone, left) = (row(100).0, row(100).0);
    for row in [&gone, &left] {
        assert!(store.add(row.clone(), 100).await.unwrap());
    }
    let mut connection = connect(&fresh.url).await;
    for name in [format!("claimcheck:session:{}", gone.key.as_str())] {
        let _: i64 = ::redis::cmd("DEL").arg(name).query_async(&mut connection).await.unwrap();
    }
    assert_eq!(store.find(gone.cookie_hash, 100).await.unwrap(), None);
    let Owner { iss, sub, .. } = owner();
    for of in [Some((iss.as_str(), sub.as_str())), None] {
        assert_eq!(store.list(of, None, 9, 100).await.unwrap(), [SessionHead::from(left.clone())]);
    }
    let logout = Logout { iss, sub: Some(sub), sid: None, issued_at: 100, replay_key: None, until: 200 };
    let ending = Ending { why: EndReason::Provider, at: 100 };
    assert_eq!(store.log_out(&logout, ending).await.unwrap(), Some(vec![left]));
    assert_eq!(store.purge(i64::MAX).await.unwrap(), 0);
}

#[tokio::test]
async fn lo_13_more_rows_than_are_read_at_a_time_come_in_order_and_pages_meet() {
    let (store, _fresh) = fresh_store("redis").await;
    let mut all = Vec::new();
    for _ in 0..1_100 {
        let (row, _) = row(100);
        all.push(row.key.as_str().to_owned());
        assert!(store.add(row, 100).await.unwrap());
    }
    all.sort();
    let keys =
        |rows: Vec<SessionHead>| rows.into_iter().map(|row| row.key.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(keys(store.list(None, None, 5_000, 100).await.unwrap()), all);
    let after = RowKey::parse(&all[600]).unwrap();
    assert_eq!(keys(store.list(None, Some(&after), 499, 100).await.unwrap()), all[601..]);
    assert_eq!(store.purge(i64::MAX).await.unwrap(), 1_100);
}

#[tokio::test]
async fn op_10_a_redis_that_may_not_be_used_is_refused_at_once_without_its_password() {
    let url = shared(Kind::Redis).await;
    let wrong = url.replace("redis://:", "redis://:canary-password");
    for (url, said) in [(wrong, "WRONGPASS"), (format!("{url}/99999"), "DB index is out of range")] {
        let setting = StoreSetting::parse(&url).unwrap();
        let server = setting.server().unwrap();
        assert!(!format!("{server:?}").contains("canary"));
        let begun = std::time::Instant::now();
        let refused = RedisStore::open(server).await.err().unwrap();
        assert!(begun.elapsed() < std::time::Duration::from_secs(9));
        let shown = format!("{refused} {refused:?}");
        assert!(shown.contains("127.0.0.1:") && !shown.contains("canary-password"), "{shown}");
        assert!(shown.contains(said) || shown.contains("uthentication"), "{shown}");
    }
}

#[tokio::test]
async fn sc_15_a_dump_of_the_database_opens_nothing() {
    let fresh = Fresh::new(Kind::Redis).await;
    let (sessions, _) = sessions_on(open_url(&fresh.url).await);
    let (key, id) = start(&sessions, "refresh-canary").await;
    let mut connection = connect(&fresh.url).await;
    let mut dump = names(&mut connection).await.join(" ").into_bytes();
    let name = format!("claimcheck:session:{}", key.as_str());
    let fields: Vec<Vec<u8>> = ::redis::cmd("HGETALL").arg(name).query_async(&mut connection).await.unwrap();
    dump.extend(fields.concat());
    assert!(contains(&dump, b"https://id.example") && contains(&dump, b"ada"));
    for secret in [b"canary", &id.0[..], text(id).as_bytes()] {
        assert!(!contains(&dump, secret), "{secret:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn op_11_a_redis_that_is_full_or_only_a_copy_answers_but_takes_nothing() {
    let server = Server::start(Kind::Redis).await;
    let (sessions, _) = sessions_on(open_url(&server.url).await);
    let mut connection = connect(&server.url).await;
    let mut tell = async |words: &str| {
        let mut words = words.split(' ');
        let mut command = ::redis::cmd(words.next().unwrap());
        for word in words {
            command.arg(word);
        }
        command.query_async::<String>(&mut connection).await.unwrap();
    };
    let store = &sessions.0.store;
    for (spoil, mend) in
        [("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"), ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE")]
    {
        store.probe().await.unwrap();
        tell(spoil).await;
        assert!(store.probe().await.is_err(), "{spoil}");
        let noticed = async {
            while sessions.ping().await.is_ok() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), noticed).await.unwrap();
        tell(mend).await;
        sessions.ping().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lo_12_what_is_asked_first_after_a_restart_is_done_if_twice_is_as_good_as_once() {
    let server = Server::start(Kind::Redis).await;
    let store = open_url(&server.url).await;
    let rows = [row(100).0, row(100).0];
    for row in &rows {
        assert!(store.add(row.clone(), 100).await.unwrap());
    }
    let restart = async || {
        server.down().await;
        server.up().await;
    };
    let (key, holder) = (&rows[0].key, Holder([1; 16]));
    restart().await;
    assert!(store.touch(key, 101, 101 + IDLE).await.unwrap());
    restart().await;
    assert_eq!(store.lease(key, holder, std::time::Duration::from_secs(9)).await.unwrap(), Lease::Taken);
    restart().await;
    store.release(key, holder).await.unwrap();
    restart().await;
    let ending = Ending { why: EndReason::Provider, at: 102 };
    assert_eq!(store.end(key, None, ending).await.unwrap().unwrap().key, *key);
    restart().await;
    let Owner { iss, sub, .. } = owner();
    let logout =
        Logout { iss, sub: Some(sub), sid: None, issued_at: 100, replay_key: Some([1; 32]), until: 200 };
    assert_eq!(store.log_out(&logout, ending).await.unwrap(), Some(vec![rows[1].clone()]));
}
