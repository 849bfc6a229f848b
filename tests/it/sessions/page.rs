//! The content of the page, and who sees it.

use axum::http::StatusCode;

use crate::{
    sessions::{FIREFOX, SAFARI, is_signed_in, keys},
    support::{Browser, Page, World, hostile::HostileWorld},
};

/// A browser with that name in which the script's user has signed in.
async fn browser<'a>(world: &'a HostileWorld, user_agent: &'static str) -> (Browser<'a>, Page) {
    let mut browser = world.browser();
    browser.user_agent = user_agent;
    let page = browser.open("/sessions").await;
    assert_eq!((page.status, page.path().as_str()), (StatusCode::OK, "/sessions"));
    (browser, page)
}

#[tokio::test]
async fn this_session_comes_first_and_the_others_by_their_last_activity_in_every_store() {
    for store in ["memory:", "sqlite:FOLDER/sessions.db"] {
        let world = HostileWorld::with(&format!("store = \"{store}\"\n")).await;
        let (mut phone, _) = browser(&world, SAFARI).await;
        world.advance(60);
        let (mut script, _) = browser(&world, "curl/8.5.0").await;
        world.advance(60);
        let (mut here, page) = browser(&world, FIREFOX).await;
        let order = |page: &Page| {
            let mut found: Vec<_> = ["Firefox on Windows</p>", "Safari on iPhone</span>", "curl</span>"]
                .map(|device| (page.body.find(device).unwrap_or(usize::MAX), device))
                .into();
            found.sort_unstable();
            found.iter().map(|(_, device)| device.split(['<', ' ']).next().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(order(&page), ["Firefox", "curl", "Safari"], "{store}");
        assert_eq!(keys(&page).len(), 2, "this one has no end of its own in the list");
        world.advance(600);
        assert!(phone.open("/account").await.body.contains("p-ada"));
        let page = here.open("/sessions").await;
        assert_eq!(order(&page), ["Firefox", "Safari", "curl"], "{store}");
        assert!(page.body.replace("<!>", "").contains("with password") && page.body.contains("This session"));
        let other = script.open("/sessions").await;
        assert!(other.body.find("curl</p>") < other.body.find("Firefox on Windows</span>"), "{store}");
    }
}

#[tokio::test]
async fn one_session_says_that_it_is_the_only_one_and_another_persons_is_not_shown() {
    let world = HostileWorld::start().await;
    let (_eve, _) = world.signed_in_as("p-eve", "Eve Moreau", "/account").await;
    let (mut ada, page) = world.signed_in_as("p-ada", "Ada Okafor", "/sessions").await;
    assert!(page.body.contains("This is your only session") && keys(&page).is_empty(), "{}", page.body);
    assert!(!page.body.contains("Recently ended") && !page.body.contains("End all other sessions"));
    let (_other, _) = world.signed_in("/account").await;
    let page = ada.open("/sessions").await;
    assert!(!page.body.contains("only session") && keys(&page).len() == 1);
}

#[tokio::test]
async fn many_sessions_are_shown_up_to_a_bound_and_all_of_them_end() {
    let world = HostileWorld::with("sessions_per_person = 150\n").await;
    let mut first = world.signed_in("/account").await.0;
    for _ in 0..101 {
        world.signed_in("/account").await;
    }
    let (mut here, page) = world.signed_in("/sessions").await;
    assert_eq!(keys(&page).len(), 100);
    assert!(page.body.contains("2 more sessions aren’t listed"), "{}", page.body);
    here.post("/api/end_other_sessions", &[]).await;
    let page = here.open("/sessions").await;
    assert!(page.body.contains("Your 102 other sessions were ended.") && keys(&page).is_empty());
    assert_eq!(page.body.matches("You ended it from another session").count(), 5, "the last few are listed");
    assert!(!is_signed_in(&mut first).await && is_signed_in(&mut here).await);
}

#[tokio::test]
async fn who_is_signed_out_signs_in_and_comes_back_to_the_page() {
    let world = World::start().await;
    let mut browser = world.browser();
    let page = browser.open("/sessions").await;
    assert!(page.body.contains("Choose a demo user"));
    let page = browser.sign_in(page, "ada").await;
    assert_eq!((page.path().as_str(), page.status), ("/sessions", StatusCode::OK));
    assert!(page.body.contains("Unknown browser"), "it did not say what it is");
    assert!(page.body.contains("Signed in with password"), "{}", page.body);
    for path in ["/account", "/boards/orders"] {
        assert!(browser.open(path).await.body.contains("href=\"/sessions\""), "{path} leads there");
    }
}

#[tokio::test]
async fn a_store_that_fails_is_said_and_the_page_is_there_again() {
    let world = HostileWorld::with("store = \"sqlite:FOLDER/sessions.db\"\n").await;
    let (mut browser, _) = world.signed_in("/account").await;
    let file = format!("sqlite:{}", world.database().display());
    let database = sqlx::SqlitePool::connect(&file).await.unwrap();
    sqlx::query("ALTER TABLE ended RENAME TO away").execute(&database).await.unwrap();
    let page = browser.open("/sessions").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.body.contains("Your session couldn’t be loaded"), "{}", page.body);
    sqlx::query("ALTER TABLE away RENAME TO ended").execute(&database).await.unwrap();
    assert_eq!(browser.open("/sessions").await.status, StatusCode::OK);
}
