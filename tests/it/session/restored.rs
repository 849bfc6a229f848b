//! What an old copy of the store does after it was put back: docs/operating/stores.md says what an operator does then.

use std::{fs, path::Path};

use axum::http::StatusCode;
use claimcheck_model::paths;

use crate::{
    session::LATER_SECS,
    support::{
        hostile::{At, HostileWorld},
        new_key,
    },
};

async fn world_on_file() -> HostileWorld {
    HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await
}

/// A copy of the store, made while the server runs, as in the book.
async fn copied(world: &HostileWorld) -> Vec<u8> {
    let database = world.database();
    let copy = database.with_file_name("copy.db");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite:{}", database.display())).await.unwrap();
    sqlx::query("VACUUM INTO $1").bind(copy.to_str()).execute(&pool).await.unwrap();
    let bytes = fs::read(&copy).unwrap();
    fs::remove_file(copy).unwrap();
    bytes
}

/// Puts a copy in place of the store, with the file's companions removed.
fn put_back(database: &Path, copy: &[u8]) {
    for end in ["-wal", "-shm"] {
        let companion = format!("{}{end}", database.display());
        let _ = fs::remove_file(companion);
    }
    fs::remove_file(database).unwrap();
    fs::write(database, copy).unwrap();
}

#[tokio::test]
async fn bk_01_a_refresh_token_of_an_old_copy_costs_one_sign_in_and_no_more() {
    let mut world = world_on_file().await;
    let (jar, copy) = {
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        let copy = copied(&world).await;
        // The provider rotates the refresh token, so that of the copy is spent.
        world.advance(LATER_SECS);
        assert!(browser.open("/boards/orders").await.body.contains("Customer of p-ada"));
        (browser.at_app, copy)
    };
    world.drained().await;
    assert_eq!(world.provider.count(At::Refresh), 1);
    put_back(&world.database(), &copy);
    world.restart().await;
    world.advance(LATER_SECS);
    let mut browser = world.browser();
    browser.at_app = jar;
    // The page learns that the session has ended, or leads to a sign-in at once; a second look does.
    browser.get("/boards/orders").await;
    world.drained().await;
    let again = browser.get("/boards/orders").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    assert!(again.location().as_str().starts_with(world.provider.origin()));
    let tried = world.provider.count(At::Refresh);
    assert_eq!(tried, 2, "the spent token was sent once");
    let page = browser.open("/boards/orders").await;
    assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/boards/orders"));
    assert!(page.body.contains("Customer of p-ada"), "{}", page.body);
    world.advance(LATER_SECS);
    assert!(browser.open("/boards/orders").await.body.contains("Customer of p-ada"), "it goes on");
}

#[tokio::test]
async fn bk_02_with_another_session_key_no_session_of_an_old_copy_runs_again() {
    let mut world = world_on_file().await;
    let (jar, copy) = {
        let (mut browser, _) = world.signed_in("/account").await;
        let (jar, copy) = (browser.at_app.clone(), copied(&world).await);
        assert_eq!(browser.post(paths::SIGN_OUT.path(), &[]).await.status, StatusCode::OK);
        (jar, copy)
    };
    world.drained().await;
    put_back(&world.database(), &copy);
    world.restart().await;
    {
        let mut thief = world.browser();
        thief.at_app.clone_from(&jar);
        let page = thief.get("/account").await;
        assert_eq!(page.status, StatusCode::OK, "with the same key, a session that had ended runs again");
    }
    put_back(&world.database(), &copy);
    world.restart_with_keys(&[&new_key()]).await;
    let mut thief = world.browser();
    thief.at_app = jar;
    assert_eq!(thief.get("/account").await.status, StatusCode::SEE_OTHER, "to the provider");
    let mut other = world.browser();
    assert!(other.open("/account").await.body.contains("p-ada"), "a sign-in works on the copy");
}
