//! Author mode: pages show the mistakes in the files with boards, and follow when these change.

use std::{
    fs,
    time::{Duration, Instant},
};

use claimcheck_model::paths;

use super::STOCK;
use crate::support::program::{Program, ProgramSettings, Visitor, get};

/// Longer than a page may take to say what is wrong, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

async fn revision(program: &Program) -> (u16, String) {
    let (status, _, body) =
        get(&format!("{}{}", program.origin, paths::AUTHOR_REVISION.path())).await.unwrap();
    (status, body)
}

/// Waits for another revision, as the script of a page does. How long that took.
async fn follow(program: &Program, before: &str) -> Duration {
    let begun = Instant::now();
    while revision(program).await.1 == before {
        assert!(begun.elapsed() < PATIENCE, "{}", program.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    begun.elapsed()
}

#[tokio::test]
async fn wb_03_pages_say_what_is_wrong_with_the_files_and_follow() {
    let settings = ProgramSettings::with("0s").await;
    let program = settings.start_with(&["--author"]).await;
    assert!(program.log().contains("author mode"), "{}", program.log());
    let good = fs::read_to_string(settings.file()).unwrap();
    let mut visitor = Visitor::of(&program);
    let page = visitor.open("/boards/orders").await;
    let (status, first) = revision(&program).await;
    assert!(status == 200 && page.body.contains(&first) && page.body.contains(paths::AUTHOR_REVISION.path()));
    assert!(!page.body.contains("have a mistake") && !page.body.contains("has a mistake"));
    // Two mistakes: the boards stay, and the page names both.
    let wrong = good.replace("[[board.panel]]", "[[board.panel]]\ncolour = 7\nkinds = \"x\"");
    fs::write(settings.file(), wrong).unwrap();
    let took = follow(&program, &first).await;
    println!("a page says what is wrong {} ms after the file was saved", took.as_millis());
    let page = visitor.open("/boards/orders").await;
    for part in [
        "mistakes",
        "board[0].panel[0].colour, line ",
        "unknown key",
        // Words of the file are code.
        "<code>kind</code>",
        "role=\"alert\"",
        // A browser that loads the page again keeps its place, and the notice would be above it.
        "id=\"mistakes\"",
        "getElementById(\"mistakes\")?.scrollIntoView",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(page.body.contains("Customer of p-ada"), "the boards stay");
    assert!(visitor.open("/account").await.body.contains("board[0].panel[0].colour"));
    let (status, _, home) = get(&format!("{}/", program.origin)).await.unwrap();
    assert!(status == 200 && !home.contains("colour"), "only for people who are signed in");
    // Right again.
    let (_, second) = revision(&program).await;
    fs::write(settings.file(), format!("{good}{STOCK}")).unwrap();
    follow(&program, &second).await;
    let page = visitor.open("/boards/stock").await;
    assert!(page.status.is_success() && !page.body.contains("colour"), "{}", page.body);
}

#[tokio::test]
async fn wb_03_without_the_flag_no_page_shows_mistakes() {
    let settings = ProgramSettings::with("0s").await;
    let program = settings.start().await;
    let good = fs::read_to_string(settings.file()).unwrap();
    let mut visitor = Visitor::of(&program);
    visitor.open("/boards/orders").await;
    fs::write(settings.file(), good.replace("[[board.panel]]", "[[board.panel]]\ncolour = 7")).unwrap();
    program.signal("-HUP");
    let begun = Instant::now();
    while !program.log().contains("boards refused") {
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let page = visitor.open("/boards/orders").await;
    assert!(
        !page.body.contains("colour") && !page.body.contains(paths::AUTHOR_REVISION.path()),
        "{}",
        page.body
    );
    assert_eq!(revision(&program).await.0, 404);
}
