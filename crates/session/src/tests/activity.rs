//! The lines of people on all stores: the latest of them, for a limited time, encrypted, each person's apart.

use claimcheck_test_stores::{Folder, Fresh, Kind};
use tokio::task::JoinSet;

use super::*;
use crate::ending::subject_key;

on_all_stores!(
    my_01_the_latest_fifty_lines_of_a_person_are_kept_for_thirty_days,
    my_01_lines_of_one_second_keep_their_order,
    my_02_a_line_that_is_added_twice_is_stored_once_and_lines_added_at_once_are_all_stored,
    my_03_lines_are_encrypted_for_one_person_and_what_cannot_be_read_is_left_out,
    my_04_the_lines_of_a_person_are_forgotten_on_request_and_others_stay,
    my_05_lines_of_people_who_never_return_are_not_read_after_thirty_days,
);

const DAY: i64 = 86_400;
const ISS: &str = "https://id.example";

fn acted(at: UnixSecs, row: &str) -> ActivityLine {
    let place = LinePlace { board: "orders".into(), action: Some("ship".to_owned()), ..LinePlace::default() };
    let deed = Deed::Acted { place, row: Some(row.to_owned()), outcome: "success".to_owned() };
    ActivityLine::new(at, deed)
}

/// The names of the rows in the lines of that person, the latest first.
async fn rows_of(sessions: &Sessions, sub: &str) -> Vec<String> {
    let lines = sessions.activity_of(ISS, sub).await.unwrap();
    lines.into_iter().map(|line| row_of(line.what)).collect()
}

fn row_of(deed: Deed) -> String {
    let Deed::Acted { row: Some(row), .. } = deed else { panic!("{deed:?}") };
    row
}

async fn add(sessions: &Sessions, sub: &str, line: ActivityLine) {
    let line = sessions.seal_line(ISS, sub, line).unwrap();
    sessions.add_lines(&[line]).await.unwrap();
}

async fn my_01_the_latest_fifty_lines_of_a_person_are_kept_for_thirty_days(store: Arc<dyn SessionStore>) {
    let (sessions, clock) = sessions_on(store);
    let begun = clock.now();
    assert_eq!(rows_of(&sessions, "ada").await, [""; 0]);
    add(&sessions, "mei", acted(begun, "of another")).await;
    for number in 0..55 {
        add(&sessions, "ada", acted(clock.now(), &number.to_string())).await;
        clock.advance(1);
    }
    let expected: Vec<_> = (5..55).rev().map(|number| number.to_string()).collect();
    assert_eq!(rows_of(&sessions, "ada").await, expected);
    assert_eq!(rows_of(&sessions, "mei").await, ["of another"]);
    // Line 54 was added in second 54, and is there until 30 days later.
    clock.advance(begun + 53 + 30 * DAY - clock.now());
    assert_eq!(rows_of(&sessions, "ada").await, ["54"]);
    clock.advance(1);
    assert_eq!(rows_of(&sessions, "ada").await, [""; 0]);
    add(&sessions, "ada", acted(clock.now(), "back")).await;
    assert_eq!(rows_of(&sessions, "ada").await, ["back"], "expired lines are not read again");
}

async fn my_01_lines_of_one_second_keep_their_order(store: Arc<dyn SessionStore>) {
    let (sessions, clock) = sessions_on(store);
    let names = ["e", "d", "c", "b", "a"];
    for name in names.iter().rev() {
        add(&sessions, "ada", acted(clock.now(), name)).await;
    }
    assert_eq!(rows_of(&sessions, "ada").await, names);
    // A line that waited while the store was away is where it belongs.
    add(&sessions, "ada", acted(clock.now() - 60, "earlier")).await;
    assert_eq!(rows_of(&sessions, "ada").await.last().map(String::as_str), Some("earlier"));
}

async fn my_02_a_line_that_is_added_twice_is_stored_once_and_lines_added_at_once_are_all_stored(
    store: Arc<dyn SessionStore>,
) {
    let (sessions, clock) = sessions_on(store.clone());
    let line = |row: &str| sessions.seal_line(ISS, "ada", acted(clock.now(), row)).unwrap();
    let first = line("first");
    let both = [first.clone(), line("second"), first.clone()];
    sessions.add_lines(&both).await.unwrap();
    sessions.add_lines(&both).await.unwrap();
    assert_eq!(rows_of(&sessions, "ada").await, ["second", "first"]);
    all_at_once([store.clone(), store]).await;
}

/// Twenty processes add two lines each, of two people, in any order.
async fn all_at_once(stores: [Arc<dyn SessionStore>; 2]) {
    let (sessions, clock) = sessions_on(stores[0].clone());
    let at = clock.now();
    let mut tasks = JoinSet::new();
    for number in 0..20_usize {
        let (sessions, _) = sessions_on(stores[number % 2].clone());
        tasks.spawn(async move {
            let line = |sub: &str| sessions.seal_line(ISS, sub, acted(at, &number.to_string())).unwrap();
            let (one, other) = (line("bo"), line("cy"));
            let lines = if number.is_multiple_of(3) { [one, other] } else { [other, one] };
            sessions.add_lines(&lines).await.unwrap();
        });
    }
    tasks.join_all().await;
    for sub in ["bo", "cy"] {
        let mut rows: Vec<u32> =
            rows_of(&sessions, sub).await.iter().map(|row| row.parse().unwrap()).collect();
        rows.sort_unstable();
        assert_eq!(rows, (0..20).collect::<Vec<_>>(), "{sub}");
    }
    // Of more than there is room for, the latest remain.
    let mut tasks = JoinSet::new();
    for number in 0..60_usize {
        let (sessions, _) = sessions_on(stores[number % 2].clone());
        let later = at + 1 + i64::try_from(number).unwrap();
        tasks.spawn(async move { add(&sessions, "bo", acted(later, &number.to_string())).await });
    }
    tasks.join_all().await;
    let expected: Vec<_> = (10..60).rev().map(|number| number.to_string()).collect();
    assert_eq!(rows_of(&sessions, "bo").await, expected);
}

async fn my_03_lines_are_encrypted_for_one_person_and_what_cannot_be_read_is_left_out(
    store: Arc<dyn SessionStore>,
) {
    let clock = Clock::fixed();
    let lifetimes = Lifetimes { idle_secs: IDLE, absolute_secs: ABSOLUTE };
    let with_keys = |keys: &[[u8; 32]]| {
        Sessions::new(store.clone(), Keyring::new(keys).unwrap(), clock.clone(), lifetimes, MOST)
    };
    let old = with_keys(&[[1; 32]]);
    let mut line = acted(clock.now(), "row-canary");
    line.user_agent = Some("Canary/1".to_owned());
    line.address = Some("198.51.100.7".to_owned());
    line.session = Some("session-canary".to_owned());
    let sealed = old.seal_line(ISS, "ada", line.clone()).unwrap();
    for secret in ["canary", "Canary", "198.51", "orders", "ada", ISS] {
        assert!(!contains(&sealed.line, secret.as_bytes()), "{secret}");
        assert!(!contains(&sealed.person, secret.as_bytes()), "{secret}");
    }
    old.add_lines(std::slice::from_ref(&sealed)).await.unwrap();
    assert_eq!(old.activity_of(ISS, "ada").await.unwrap(), [line]);
    // The key is exchanged: lines of before are read as long as it is on the ring.
    let both = with_keys(&[[2; 32], [1; 32]]);
    add(&both, "ada", acted(clock.now(), "of the new key")).await;
    assert_eq!(rows_of(&both, "ada").await, ["of the new key", "row-canary"]);
    let new = with_keys(&[[2; 32]]);
    assert_eq!(rows_of(&new, "ada").await, ["of the new key"], "the other one is left out");
    // Somebody who can write to the store moves a line to another person, or changes one.
    let moved = StoredLine { person: subject_key(ISS, "mei"), id: [3; 16], ..sealed.clone() };
    let mut changed = StoredLine { id: [4; 16], ..sealed };
    *changed.line.last_mut().unwrap() ^= 1;
    both.add_lines(&[moved, changed]).await.unwrap();
    assert_eq!(rows_of(&both, "mei").await, [""; 0]);
    assert_eq!(rows_of(&both, "ada").await, ["of the new key", "row-canary"]);
}

#[test]
fn my_03_what_a_later_version_adds_is_read_as_far_as_this_one_knows_it() {
    let read = |json: &str| serde_json::from_str::<ActivityLine>(json).map(|line| line.what);
    let of_later = r#"{"v":1,"at":7,"what":{"is":"flew","to":"the moon"},"mood":"good"}"#;
    assert_eq!(read(of_later).unwrap(), Deed::Unknown);
    let known = r#"{"v":1,"at":7,"what":{"is":"signed-in","amr":["pwd"],"speed":3}}"#;
    assert_eq!(read(known).unwrap(), Deed::SignedIn { amr: vec!["pwd".to_owned()] });
}

#[test]
fn my_06_a_line_has_few_bytes_however_long_its_texts_are() {
    let (sessions, clock) = sessions_on(memory());
    let long = "ä".repeat(100_000);
    let other = || Some(long.clone());
    let place = LinePlace {
        board: long.clone(),
        panel: other(),
        action: other(),
        row_key: other(),
        subject: other(),
    };
    let deed = Deed::Acted { place, row: other(), outcome: long.clone() };
    let mut line = ActivityLine::new(clock.now(), deed);
    (line.session, line.user_agent, line.address) = (Some(long.clone()), Some(long.clone()), Some(long));
    let bytes = sessions.seal_line(ISS, "ada", line).unwrap().line.len();
    assert!((1_500..2_000).contains(&bytes), "{bytes}");
    let usual = sessions.seal_line(ISS, "ada", acted(clock.now(), "A-1001")).unwrap().line.len();
    assert!(usual < 300, "{usual}");
    let many = Deed::SignedIn { amr: vec!["x".repeat(900); 900] };
    let bytes = sessions.seal_line(ISS, "ada", ActivityLine::new(0, many)).unwrap().line.len();
    assert!(bytes < 2_000, "{bytes}");
}

async fn my_04_the_lines_of_a_person_are_forgotten_on_request_and_others_stay(store: Arc<dyn SessionStore>) {
    let (sessions, clock) = sessions_on(store);
    for (sub, row) in [("ada", "1"), ("ada", "2"), ("mei", "3")] {
        add(&sessions, sub, acted(clock.now(), row)).await;
    }
    assert_eq!(sessions.forget_activity(ISS, "ada").await.unwrap(), 2);
    assert_eq!(sessions.forget_activity(ISS, "ada").await.unwrap(), 0);
    assert_eq!(rows_of(&sessions, "ada").await, [""; 0]);
    assert_eq!(sessions.forget_activity("https://other.example", "mei").await.unwrap(), 0, "another issuer");
    assert_eq!(rows_of(&sessions, "mei").await, ["3"]);
    add(&sessions, "ada", acted(clock.now(), "4")).await;
    assert_eq!(rows_of(&sessions, "ada").await, ["4"], "what comes later is kept");
}

async fn my_05_lines_of_people_who_never_return_are_not_read_after_thirty_days(store: Arc<dyn SessionStore>) {
    let (sessions, clock) = sessions_on(store.clone());
    let person = subject_key(ISS, "ada");
    add(&sessions, "ada", acted(clock.now(), "1")).await;
    clock.advance(30 * DAY - 1);
    assert_eq!(sessions.purge().await.unwrap(), 0);
    assert_eq!(rows_of(&sessions, "ada").await, ["1"], "purged too early");
    clock.advance(1);
    assert_eq!(store.lines(person, clock.now()).await.unwrap().len(), 0);
    assert_eq!(sessions.purge().await.unwrap(), 0, "lines are not counted");
}

#[tokio::test]
async fn my_05_what_has_expired_is_deleted_by_a_purge() {
    for kind in ["memory", "sqlite", "postgres"] {
        let (store, _fresh) = fresh_store(kind).await;
        let (sessions, clock) = sessions_on(store.clone());
        let stored = async || store.lines(subject_key(ISS, "ada"), 0).await.unwrap().len();
        add(&sessions, "ada", acted(clock.now(), "1")).await;
        clock.advance(30 * DAY - 1);
        sessions.purge().await.unwrap();
        assert_eq!(stored().await, 1, "{kind}");
        clock.advance(1);
        sessions.purge().await.unwrap();
        assert_eq!(stored().await, 0, "{kind}");
    }
}

#[tokio::test]
async fn my_05_in_redis_the_lines_of_a_person_expire_by_themselves() {
    let fresh = Fresh::new(Kind::Redis).await;
    let (sessions, clock) = sessions_on(open_url(&fresh.url).await);
    add(&sessions, "ada", acted(clock.now(), "1")).await;
    let client = ::redis::Client::open(fresh.url.as_str()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let name = format!("claimcheck:activity:{}", BASE64_URL_SAFE_NO_PAD.encode(subject_key(ISS, "ada")));
    let secs: i64 = ::redis::cmd("TTL").arg(name).query_async(&mut connection).await.unwrap();
    assert!((30 * DAY..30 * DAY + 700).contains(&secs), "{secs}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn my_02_two_processes_lose_no_line_of_each_other() {
    let folder = Folder::new();
    let file = format!("sqlite:{}", folder.file().display());
    let (postgres, redis) = (Fresh::new(Kind::Postgres).await, Fresh::new(Kind::Redis).await);
    for url in [&file, &postgres.url, &redis.url] {
        all_at_once([open_url(url).await, open_url(url).await]).await;
    }
}

#[tokio::test]
async fn my_06_memory_keeps_the_lines_of_a_limited_number_of_people() {
    let bounds = Bounds { people: 3, ..Bounds::default() };
    let (sessions, clock) = sessions_on(Arc::new(MemoryStore::bounded(bounds)));
    for sub in ["a", "b", "c", "a", "d"] {
        add(&sessions, sub, acted(clock.now(), sub)).await;
        clock.advance(1);
    }
    assert_eq!(rows_of(&sessions, "b").await, [""; 0], "away for longest");
    assert_eq!(rows_of(&sessions, "a").await, ["a", "a"]);
    assert_eq!(rows_of(&sessions, "d").await, ["d"]);
}
