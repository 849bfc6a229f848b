//! The program itself: `SIGHUP`, files that it watches by itself, and changes under load.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;

use super::STOCK;
use crate::support::program::{Program, ProgramSettings, Visitor, get};

const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until the log has this text so many times.
async fn logged(program: &Program, text: &str, times: usize) {
    let begun = Instant::now();
    while program.log().matches(text).count() < times {
        assert!(begun.elapsed() < PATIENCE, "{text}, {times} times: {}", program.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn health(program: &Program) -> Value {
    let (status, _, body) = get(&format!("{}/health/ready", program.admin)).await.unwrap();
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}

#[tokio::test]
async fn rl_01_reload_on_sighup_never_ends_the_program_and_takes_up_what_is_valid() {
    let settings = ProgramSettings::with("0s").await;
    let mut program = settings.start().await;
    let good = fs::read_to_string(settings.file()).unwrap();
    logged(&program, "changes of boards and notice in these files", 1).await;
    assert!(program.log().contains(&settings.file().display().to_string()));
    let mut visitor = Visitor::of(&program);
    assert!(visitor.open("/boards/orders").await.body.contains("Customer of p-ada"));
    for number in 1..=3 {
        fs::write(settings.file(), format!("{good}{}", STOCK.replace("stock", &format!("stock-{number}"))))
            .unwrap();
        program.signal("-HUP");
        logged(&program, "boards taken up", number).await;
        assert!(visitor.open(&format!("/boards/stock-{number}")).await.status.is_success());
    }
    // A mistake: the boards stay, and an operator sees it.
    fs::write(settings.file(), good.replace("[[board]]", "[[boards]]")).unwrap();
    program.signal("-HUP");
    logged(&program, "boards refused", 1).await;
    assert!(visitor.open("/boards/stock-3").await.status.is_success());
    assert!(health(&program).await["boards"]["refused"]["mistakes"].as_u64() > Some(0));
    // Many signals at a time, and one while it stops.
    for _ in 0..20 {
        program.signal("-HUP");
    }
    assert_eq!(get(&format!("{}/", program.origin)).await.unwrap().0, 200);
    program.signal("-TERM");
    program.signal("-HUP");
    assert!(program.ended().await.success());
}

#[tokio::test]
async fn rl_01_reload_watches_the_files_by_itself() {
    let settings = ProgramSettings::with("0s").await;
    let program = settings.start().await;
    let good = fs::read_to_string(settings.file()).unwrap();
    let mut visitor = Visitor::of(&program);
    assert!(visitor.open("/boards/orders").await.body.contains("Customer of p-ada"));
    let begun = Instant::now();
    fs::write(settings.file(), format!("{good}{STOCK}")).unwrap();
    logged(&program, "boards taken up", 1).await;
    println!("a change is taken up after {} ms", begun.elapsed().as_millis());
    assert!(visitor.open("/boards/stock").await.status.is_success());
    fs::write(settings.file(), format!("{good}[[")).unwrap();
    logged(&program, "boards refused", 1).await;
    fs::write(settings.file(), &good).unwrap();
    logged(&program, "boards taken up", 2).await;
    assert!(visitor.open("/boards/stock").await.status.is_client_error());
    assert_eq!(health(&program).await["boards"].get("refused"), None);
}

/// Changes of the files during the load, and people, each of whom opens one page after the other.
const CHANGES: usize = 20;
const PEOPLE: usize = 6;

#[tokio::test]
async fn rl_04_reload_under_load_fails_no_request() {
    let settings = ProgramSettings::with("0s").await;
    let program = settings.start().await;
    let good = fs::read_to_string(settings.file()).unwrap();
    let mut visitor = Visitor::of(&program);
    let page = visitor.open("/boards/orders").await;
    assert!(page.body.contains("Customer of p-ada"), "{}", page.body);
    // Open pages: each asks for its panel again and again, as a live panel does.
    let panel = page.body.split('"').find(|text| text.contains("/csv")).unwrap().replace("&amp;", "&");
    let (stops, open_pages) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let (mut visitor, stops, panel) = (visitor.clone(), stops.clone(), panel.clone());
        let open_pages = open_pages.clone();
        people.push(tokio::spawn(async move {
            let (mut requests, mut slowest, mut failures) = (0, Duration::ZERO, Vec::new());
            while !stops.load(Ordering::Relaxed) {
                let path = if number % 2 == 0 { "/boards/orders" } else { panel.as_str() };
                open_pages.fetch_add(1, Ordering::Relaxed);
                let begun = Instant::now();
                let page = visitor.fetch(path).await;
                open_pages.fetch_sub(1, Ordering::Relaxed);
                slowest = slowest.max(begun.elapsed());
                requests += 1;
                if !page.status.is_success() || !page.body.contains("Customer of p-ada") {
                    failures.push(format!("{path}: {} {}", page.status, page.body));
                }
            }
            (requests, slowest, failures)
        }));
    }
    let (mut during, begun) = (0, Instant::now());
    for number in 1..=CHANGES {
        let board = STOCK.replace("stock", &format!("stock-{number}"));
        fs::write(settings.file(), format!("notice = \"Change {number}\"\n{good}{board}")).unwrap();
        during += open_pages.load(Ordering::Relaxed);
        // Every second one is found by watching.
        if number % 2 == 0 {
            program.signal("-HUP");
        }
        logged(&program, "boards taken up", number).await;
        let mut looks = visitor.clone();
        let page = looks.open(&format!("/boards/stock-{number}")).await;
        assert!(page.status.is_success() && page.body.contains(&format!("Change {number}")), "{}", page.body);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stops.store(true, Ordering::Relaxed);
    let (mut requests, mut slowest, mut failures) = (0, Duration::ZERO, Vec::new());
    for person in people {
        let (of_one, slow, failed) = person.await.unwrap();
        requests += of_one;
        slowest = slowest.max(slow);
        failures.extend(failed);
    }
    println!(
        "{CHANGES} changes in {:.1} s: {requests} requests of {PEOPLE} people, {} failures, the slowest took {} ms; {during} requests \
         were under way when files changed",
        begun.elapsed().as_secs_f64(),
        failures.len(),
        slowest.as_millis(),
    );
    assert!(failures.is_empty(), "{} of {requests}: {}", failures.len(), failures[0]);
    assert!(requests > 100 && during > CHANGES, "{requests}, {during}");
}
