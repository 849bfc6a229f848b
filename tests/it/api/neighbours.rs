//! One API that hangs, is slow or sends huge answers costs only its own panels (F27).

use std::{
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use claimcheck_server::budget::{ApiPools, Machine};
use futures::future::join_all;
use tokio::{task::JoinHandle, time::sleep};

use crate::support::{
    Browser, Heard, Jar, Page, Process,
    hostile::{HostileWorld, Raw},
    until,
};

/// Panels of the board `stock`, each with its own request.
const PANELS: usize = 10;
const BUSY: &str = "The API is slow";
/// How much longer a panel may take while another API hangs.
const MAX_RATIO: f64 = 3.0;
const NO_MEMORY: &str = "The API’s answer is too large for now";

/// A board of the default API, and one whose panels are of the other API.
fn boards() -> String {
    let table = |api: &str, path: &str| {
        format!(
            "[[board.panel]]\ntitle = \"Orders\"\nkind = \"table\"\napi = \"{api}\"\nget = \"{path}\"\nrows = \"$.orders[*]\"\n"
        )
    };
    let stock: String =
        (0..PANELS).map(|number| table("warehouse", &format!("/orders?page={number}"))).collect();
    format!(
        "api_timeout = \"8s\"\n[[api]]\nid = \"warehouse\"\ntitle = \"Warehouse\"\nurl = \"WAREHOUSE\"\nscopes = [\"stock:read\"]\n\
         [[board]]\nid = \"orders\"\ntitle = \"Orders\"\n{}[[board]]\nid = \"stock\"\ntitle = \"Stock\"\n{stock}",
        table("default", "/orders"),
    )
}

/// Both APIs on a process of its own, and that many people who have signed in there.
async fn world(machine: Machine, people: usize) -> (HostileWorld, Process, Vec<Jar>) {
    let world = HostileWorld::with(&boards()).await;
    world.provider.script(|script| script.by_scope = true);
    let (process, jars) = process(&world, machine, people).await;
    (world, process, jars)
}

async fn process(world: &HostileWorld, machine: Machine, people: usize) -> (Process, Vec<Jar>) {
    let process = world.process_on(machine).await;
    let mut jars = Vec::new();
    for _ in 0..people {
        let mut browser = process.browser();
        let page = browser.open("/account").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        jars.push(browser.at_app.clone());
    }
    (process, jars)
}

fn panel(board: &str, panel: usize) -> String {
    // They all have the same title.
    let id = if panel == 0 { "orders".to_owned() } else { format!("orders-{}", panel + 1) };
    format!("/api/panel_when_ready?board={board}&panel={id}")
}

fn pools(process: &Process) -> &ApiPools {
    &process.services.budget.apis
}

/// A request of that person, from their own network.
async fn fetch(process: &Process, person: usize, jar: &Jar, path: &str) -> Page {
    let mut browser = browser(process, person, jar);
    browser.fetch(path).await
}

fn browser<'a>(process: &'a Process, person: usize, jar: &Jar) -> Browser<'a> {
    let mut browser = process.browser();
    browser.at_app = jar.clone();
    let [high, low] = u16::try_from(person).unwrap().to_be_bytes();
    browser.address = IpAddr::V4(Ipv4Addr::new(10, high, low, 1));
    browser
}

/// The same in the background.
fn send(process: &Process, person: usize, jar: &Jar, path: String) -> JoinHandle<Page> {
    let (process, jar) = (
        Process {
            services: process.services.clone(),
            app: process.app.clone(),
            clock: process.clock.clone(),
        },
        jar.clone(),
    );
    tokio::spawn(async move { fetch(&process, person, &jar, &path).await })
}

/// The median time of a panel of the default API.
async fn usual_time(process: &Process, person: usize, jar: &Jar) -> Duration {
    let mut times = Vec::new();
    for _ in 0..15 {
        let begun = Instant::now();
        let page = fetch(process, person, jar, &panel("orders", 0)).await;
        assert!(page.body.contains("Customer of"), "{}: {}", page.status, page.body);
        times.push(begun.elapsed());
    }
    times.sort();
    times[times.len() / 2]
}

#[tokio::test]
async fn f27_panels_of_another_api_arrive_in_their_usual_time_while_one_api_hangs() {
    // 32 requests to APIs at a time.
    let machine = Machine { open_files: 256, memory: 1 << 30 };
    let (mut world, _, _) = world(machine, 0).await;
    world.restart_with("api_timeout = \"8s\"", "api_timeout = \"20s\"").await;
    let (process, jars) = process(&world, machine, 31).await;
    let (own, others) = jars.split_last().unwrap();
    assert!(fetch(&process, 0, &jars[0], &panel("stock", 0)).await.body.contains("Customer of"));
    let (quiet, theirs) = self::process(&world, machine, 1).await;
    world.warehouse.script(|script| script.delay = Some(Duration::from_secs(3600)));
    let sent_before = world.warehouse.calls().len();
    let mut waiting = Vec::new();
    for (person, jar) in others.iter().enumerate() {
        waiting.extend((0..PANELS).map(|number| send(&process, person, jar, panel("stock", number))));
    }
    // Those that do not fit are refused.
    until(|| waiting.iter().filter(|task| task.is_finished()).count() > 100).await;
    let (mut usual, mut during, mut ratio) = (Duration::MAX, Duration::MAX, f64::MAX);
    // Other tests may take the processor for a moment.
    for _ in 0..10 {
        if ratio >= MAX_RATIO {
            usual = usual_time(&quiet, 0, &theirs[0]).await;
            during = usual_time(&process, 30, own).await;
            ratio = during.as_secs_f64() / usual.as_secs_f64();
        }
    }
    assert!(pools(&process).requests.used() > 8, "it still hangs");
    assert!(ratio < MAX_RATIO, "{usual:?} elsewhere, {during:?} here: {ratio}");
    // A page with panels of the API that hangs waits as long as ever.
    let begun = Instant::now();
    let mut waits = browser(&process, 30, own);
    waits.waits_for_panels = false;
    let page = waits.get("/boards/stock").await;
    assert!(
        page.status == StatusCode::OK && begun.elapsed() < Duration::from_secs(6),
        "{:?}",
        begun.elapsed()
    );
    let pools = pools(&process);
    let sent = world.warehouse.calls().len() - sent_before;
    assert!(sent <= pools.requests.total() * 3 / 4 && sent > 8, "{sent} requests at the API that hangs");
    assert!(pools.queue.used() > 0 && pools.queue.refused() > 0);
    // Those that did not fit get an answer at once.
    let mut busy = 0;
    for task in waiting {
        match task.is_finished() {
            true => busy += usize::from(task.await.unwrap().body.contains(BUSY)),
            false => task.abort(),
        }
    }
    assert!(busy > 100, "{busy} of 300");
    // When it answers again, everything does.
    world.warehouse.script(|script| script.delay = None);
    let begun = Instant::now();
    while pools.requests.used() + pools.queue.used() > 0 {
        assert!(
            begun.elapsed() < Duration::from_secs(90),
            "{} {}",
            pools.requests.used(),
            pools.queue.used()
        );
        sleep(Duration::from_millis(100)).await;
    }
    let all = (0..PANELS).map(async |number| fetch(&process, 30, own, &panel("stock", number)).await);
    for page in join_all(all).await {
        assert!(page.body.contains("Customer of"), "{}", page.body);
    }
}

#[tokio::test]
async fn f27_browsers_that_wait_for_an_api_that_hangs_leave_requests_for_others() {
    // 32 requests of browsers at a time; 16 may wait for APIs for long, 12 for one host.
    let machine = Machine { open_files: 4096, memory: 64 << 20 };
    let (world, process, jars) = world(machine, 29).await;
    let (own, others) = jars.split_last().unwrap();
    world.warehouse.script(|script| script.delay = Some(Duration::from_secs(3600)));
    let heard = Heard::begin();
    let waiting: Vec<_> = others
        .iter()
        .enumerate()
        .map(|(person, jar)| send(&process, person, jar, panel("stock", 0)))
        .collect();
    let begun = Instant::now();
    while waiting.iter().filter(|task| task.is_finished()).count() < 16 {
        assert!(begun.elapsed() < Duration::from_secs(7), "the answer took too long");
        sleep(Duration::from_millis(50)).await;
    }
    let waits = &pools(&process).waits;
    assert_eq!((waits.total(), waits.used()), (16, 12));
    let told = waiting.into_iter().filter(|task| task.is_finished());
    for task in told {
        let page = task.await.unwrap();
        assert!(page.status == StatusCode::OK && page.body.contains(BUSY), "{}: {}", page.status, page.body);
    }
    assert!(heard.has(&["API busy", "warehouse", "too many browsers wait"]));
    assert!(fetch(&process, 28, own, &panel("orders", 0)).await.body.contains("Customer of"));
    assert_eq!(browser(&process, 28, own).get("/account").await.status, StatusCode::OK);
}

/// Rows with this many bytes of text.
fn long_text(bytes: usize) -> Raw {
    Raw::json(200, &format!("{{\"orders\":[{{\"id\":\"{}\"}}]}}", "x".repeat(bytes)))
}

/// A body whose value takes a hundred times its size.
fn many_numbers(bytes: usize) -> Raw {
    Raw::json(200, &format!("{{\"orders\":[{}0]}}", "0,".repeat(bytes / 2)))
}

#[tokio::test]
async fn f27_answers_that_need_too_much_memory_fail_alone_and_give_it_back() {
    // 48 MiB for answers.
    let machine = Machine { open_files: 4096, memory: 64 << 20 };
    let (world, process, jars) = world(machine, 2).await;
    let answers = &process.services.budget.apis.answers;
    assert_eq!(answers.total(), 48 << 20);
    let heard = Heard::begin();
    world.warehouse.script(|script| script.instead = Some(many_numbers(1 << 20)));
    let page = fetch(&process, 0, &jars[0], &panel("stock", 0)).await;
    assert!(page.status == StatusCode::OK && page.body.contains(NO_MEMORY), "{}", page.body);
    assert!(heard.has(&[
        "the API's response cannot be used",
        "warehouse",
        "there is no memory for its 1048"
    ]));
    for person in [0, 1] {
        let page = fetch(&process, person, &jars[person], &panel("orders", 0)).await;
        assert!(page.body.contains("Customer of"), "the other API's panels go on: {}", page.body);
    }
    // The same with a body that fits.
    world.warehouse.script(|script| script.instead = Some(long_text(1 << 20)));
    assert!(fetch(&process, 0, &jars[0], &panel("stock", 0)).await.body.contains("xxxx"));
    assert_eq!(
        (answers.used(), process.services.budget.apis.bodies.used()),
        (0, 0),
        "all of it is given back"
    );
}

#[tokio::test]
async fn f27_large_answers_wait_for_each_other_and_kept_ones_make_room() {
    let machine = Machine { open_files: 4096, memory: 256 << 20 };
    let (mut world, _, _) = world(machine, 0).await;
    world.restart_with("api_timeout = \"8s\"", "api_timeout = \"20s\"").await;
    let (process, jars) = process(&world, machine, 3).await;
    let pools = &process.services.budget.apis;
    // Kept answers count.
    let kept = long_text(1_000_000).with("cache-control", "max-age=60");
    world.warehouse.script(|script| script.instead = Some(kept));
    for number in 0..PANELS {
        assert!(fetch(&process, 0, &jars[0], &panel("stock", number)).await.body.contains("xxxx"));
    }
    let of_kept = pools.answers.used();
    assert!(of_kept > 1 << 20 && of_kept <= pools.answers.total() / 4, "{of_kept}");
    // 8 answers of 3 MiB are more than there is memory for their bodies: they arrive one after the other.
    world.warehouse.script(|script| {
        script.instead = Some(long_text(3 << 20));
        script.delay = Some(Duration::from_millis(50));
    });
    let tasks: Vec<_> = (1..3)
        .flat_map(|person| (0..4).map(move |number| (person, number)))
        .map(|(person, number)| send(&process, person, &jars[person], panel("stock", number)))
        .collect();
    let mut most = (0, 0);
    while !tasks.iter().all(JoinHandle::is_finished) {
        most = (most.0.max(pools.answers.used()), most.1.max(pools.bodies.used()));
        sleep(Duration::from_millis(1)).await;
    }
    assert!(most.0 <= pools.answers.total() && most.1 <= pools.bodies.total(), "{most:?}");
    let mut data = 0;
    for page in join_all(tasks).await {
        let page = page.unwrap();
        assert!(
            page.body.contains("xxxx") || page.body.contains(NO_MEMORY),
            "{}: {:.3000}",
            page.status,
            page.body
        );
        data += usize::from(page.body.contains("xxxx"));
    }
    assert!(data >= 5, "{data} of 8 arrived, and 4 fit at a time");
    // The same if their sizes are not known: none waits with a part of its body.
    let text = format!("{{\"orders\":[{{\"id\":\"{}\"}}]}}", "x".repeat(2 << 20));
    world.warehouse.script(|script| script.instead = Some(Raw::in_parts(&text, 256 * 1024)));
    let tasks = (0..6).map(|number| send(&process, 1, &jars[1], panel("stock", number)));
    for page in join_all(tasks).await {
        assert!(page.unwrap().body.contains("xxxx"));
    }
    assert_eq!((pools.bodies.used(), pools.requests.used()), (0, 0));
}
