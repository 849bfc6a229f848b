//! Session keys end to end on SQLite (SC-15): rotating one signs nobody out, losing one signs users out cleanly, and a
//! column moved to another row cannot be opened. That production refuses to start without keys: `op_10_…` in
//! `server/config/tests.rs`.

use axum::http::{Method, StatusCode};
use sqlx::SqlitePool;

use crate::{
    session::LATER_SECS,
    support::{
        hostile::{At, HostileWorld},
        new_key,
    },
};

async fn world_on_file(key: &str) -> HostileWorld {
    let settings = format!("store = \"sqlite:FOLDER/sessions.db\"\nsession_keys = \"{key}\"\n");
    HostileWorld::with(&settings).await
}

async fn file(world: &HostileWorld) -> SqlitePool {
    SqlitePool::connect(&format!("sqlite:{}", world.database().display())).await.unwrap()
}

#[tokio::test]
async fn sc_15_a_new_key_before_the_old_one_signs_nobody_out_and_takes_over_at_the_next_write() {
    let (old, new) = (new_key(), new_key());
    let mut world = world_on_file(&old).await;
    let jar = world.signed_in("/account").await.0.at_app;
    world.restart_with_keys(&[&new, &old]).await;
    {
        let mut browser = world.browser();
        browser.at_app.clone_from(&jar);
        assert!(browser.open("/account").await.body.contains("p-ada"), "still signed in");
        // Writes the record again, and with the refresh the tokens.
        world.advance(LATER_SECS);
        let done = browser.post("/api/refresh_account", &[]).await;
        assert_eq!((done.status, world.provider.count(At::Refresh)), (StatusCode::SEE_OTHER, 1));
    }
    world.restart_with_keys(&[&new]).await;
    let mut browser = world.browser();
    browser.at_app = jar;
    assert!(browser.open("/account").await.body.contains("p-ada"), "the old key can go");
    world.advance(LATER_SECS);
    assert!(
        browser.open("/boards/orders").await.body.contains("Customer of p-ada"),
        "and the tokens open too"
    );
    assert_eq!((world.provider.count(At::CodeExchange), world.provider.reuses()), (1, 0));
}

#[tokio::test]
async fn sc_15_a_sign_in_under_way_survives_the_exchange_of_a_key() {
    let (old, new) = (new_key(), new_key());
    let mut world = world_on_file(&old).await;
    let (jar, callback) = {
        let mut browser = world.browser();
        let start = browser.get("/account").await;
        let callback = browser.get(start.location().as_str()).await.location();
        (browser.at_app, callback)
    };
    world.restart_with_keys(&[&new, &old]).await;
    let mut browser = world.browser();
    browser.at_app = jar;
    assert_eq!(browser.open(callback.as_str()).await.path(), "/account");
    assert_eq!(world.provider.count(At::CodeExchange), 1);
}

#[tokio::test]
async fn sc_15_with_another_key_alone_everyone_is_signed_out_cleanly() {
    let mut world = world_on_file(&new_key()).await;
    let jar = world.signed_in("/account").await.0.at_app;
    world.restart_with_keys(&[&new_key()]).await;
    let mut browser = world.browser();
    browser.at_app = jar;
    let function = browser.fetch("/api/account").await;
    assert_eq!((function.status, function.body.as_str()), (StatusCode::UNAUTHORIZED, "\"SignedOut\""));
    assert_eq!(browser.get("/").await.status, StatusCode::OK, "home, signed out");
    let script = [("sec-fetch-site", "same-origin"), ("accept", "application/json")];
    let refused = browser.send(Method::POST, "/api/refresh_account", &script, Some(String::new())).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER, "to the provider");
    assert!(browser.open("/account").await.body.contains("p-ada"), "and the sign-in works");
    assert_eq!(browser.post("/auth/sign-out", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn sc_15_a_column_moved_to_another_row_opens_nothing() {
    for column in ["record", "tokens"] {
        let world = world_on_file(&new_key()).await;
        let (mut ada, _) = world.signed_in_as("p-ada", "Ada Okafor", "/account").await;
        let (mut eve, _) = world.signed_in_as("p-eve", "Eve Moreau", "/account").await;
        for browser in [&mut ada, &mut eve] {
            assert_eq!(browser.fetch("/api/account").await.status, StatusCode::OK);
        }
        let of = |sub: &str| format!("(SELECT {column} FROM session WHERE sub = '{sub}')");
        let sql = format!("UPDATE session SET {column} = {} WHERE sub = 'p-eve'", of("p-ada"));
        let pool = file(&world).await;
        assert_eq!(sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap().rows_affected(), 1);
        let panel = eve.fetch("/api/panel_when_ready?board=orders&panel=orders").await;
        assert_eq!((panel.status.as_u16(), panel.body.as_str()), (401, "\"SignedOut\""), "{column}");
        let account = eve.fetch("/api/account").await;
        assert!(
            !account.body.contains("p-ada") && !account.body.contains("Ada Okafor"),
            "{column}: {}",
            account.body
        );
        if column == "record" {
            assert_eq!(account.body, "\"SignedOut\"", "the person is nobody");
        }
        assert!(world.api.calls().is_empty(), "no token of anyone's was used");
        assert!(
            ada.open("/boards/orders").await.body.contains("Customer of p-ada"),
            "the other is untouched"
        );
    }
}

#[tokio::test]
async fn sc_15_another_rows_cookie_hash_or_whole_contents_do_not_make_one_the_other() {
    let world = world_on_file(&new_key()).await;
    let (_ada, _) = world.signed_in_as("p-ada", "Ada Okafor", "/account").await;
    let (mut eve, _) = world.signed_in_as("p-eve", "Eve Moreau", "/account").await;
    let pool = file(&world).await;
    let sql = "UPDATE session SET (record, tokens, iss, sub, sid) = \
               (SELECT record, tokens, iss, sub, sid FROM session WHERE sub = 'p-ada') WHERE sub = 'p-eve'";
    assert_eq!(sqlx::query(sql).execute(&pool).await.unwrap().rows_affected(), 1);
    assert_eq!(eve.fetch("/api/account").await.body, "\"SignedOut\"");
    assert!(eve.open("/account").await.body.contains("p-eve"), "a sign-in makes a row of its own");
}
