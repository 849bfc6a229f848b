//! `claimcheck doctor --sign-in`: whole runs over real connections with a healthy installation.

use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::http::{Method, StatusCode};
use claimcheck::{handlers::state::AppState, router};
use claimcheck_model::paths;
use claimcheck_server::{
    config::{AdminListen, Settings},
    doctor::{CheckFinding, CheckOutcome, sign_in::run_sign_in},
    operator,
};
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::support::{
    Browser, Page, World,
    hostile::{At, HostileWorld, Raw},
    log::OwnLog,
};

/// Every kind of panel, one of them read by `POST`, each in order.
const HEALTHY: &str = r#"
[[board]]
id = "orders"
title = "Orders"

[[board.panel]]
title = "Open orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
columns = [{ key = "id", title = "Id" }, { key = "customer", title = "Who" }, { key = "total", title = "Total" }]

[[board.panel]]
title = "How many"
kind = "stat"
get = "/orders"
value = "$.total"

[[board]]
id = "search"
title = "Search"

[[board.panel]]
title = "Found"
kind = "list"
post = "/search"
body = { text = "a" }
rows = "$.hits[*]"
label = "name"

[[board.panel]]
title = "By month"
kind = "bar"
get = "/reports"
rows = "$.months"
x = "month"
y = ["revenue"]
"#;

/// Other processes can share it.
const STORE: &str = "store = \"sqlite:FOLDER/sessions.db\"\n";

/// What a command writes to standard error.
#[derive(Clone, Default)]
pub struct Said(Arc<Mutex<Vec<u8>>>);

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A command that is running.
pub struct Doctor {
    said: Said,
    pub task: JoinHandle<Vec<CheckFinding>>,
}

impl Doctor {
    /// Runs the command against a process, whose admin listener is served for it.
    pub async fn of(services: &AppState) -> Self {
        let settings = settings(services, served(services).await);
        Self::with(settings, services)
    }

    /// With these settings.
    pub fn with(settings: Settings, services: &AppState) -> Self {
        let (said, clock) = (Said::default(), services.clock.clone());
        let mut notice = said.clone();
        let task =
            tokio::spawn(async move { run_sign_in(&settings, clock, &mut notice, |_| ()).await.unwrap() });
        Self { said, task }
    }

    /// Everything said so far.
    pub fn said(&self) -> String {
        String::from_utf8(self.said.0.lock().unwrap().clone()).unwrap()
    }

    /// The link, once it is printed.
    pub async fn link(&self) -> String {
        for _ in 0..1200 {
            if let Some(link) = self.said().lines().find_map(|line| line.trim().strip_prefix("http")) {
                return format!("http{link}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no link: {}", self.said())
    }

    /// The code beside it.
    pub fn code(&self) -> String {
        let said = self.said();
        let (_, rest) = said.split_once("if it is this one: ").unwrap();
        rest.lines().next().unwrap().to_owned()
    }

    /// Its findings, once it ends.
    pub async fn findings(self) -> Vec<CheckFinding> {
        tokio::time::timeout(Duration::from_secs(60), self.task).await.unwrap().unwrap()
    }
}

/// Serves a process's admin listener on its own port.
pub async fn served(services: &AppState) -> SocketAddr {
    let listener = operator::bind(AdminListen::at(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.as_ref().unwrap().local_addr().unwrap();
    let admin = router::admin(services.clone());
    let connections = services.budget.admin.clone();
    tokio::spawn(operator::serve(listener, admin, CancellationToken::new(), connections));
    address
}

/// The settings of a process, with its admin listener there.
pub fn settings(services: &AppState, address: SocketAddr) -> Settings {
    Settings { admin_listen: AdminListen::at(address), ..(*services.settings).clone() }
}

/// Answers a button of the page.
pub async fn press(browser: &mut Browser<'_>, word: &str) -> Page {
    let shown = browser.get(paths::DOCTOR_CONFIRM.path()).await.fields();
    let boards = shown.iter().find(|(name, _)| name == paths::DOCTOR_BOARDS).map_or("", |(_, boards)| boards);
    let form = [(paths::DOCTOR_DO, word), (paths::DOCTOR_BOARDS, boards)];
    let page = browser.post(paths::DOCTOR_DECIDE.path(), &form).await;
    browser.follow(page).await
}

/// The finding of a check, about this subject if there are several.
#[track_caller]
pub fn finding<'a>(findings: &'a [CheckFinding], check: &str, subject: Option<&str>) -> &'a CheckFinding {
    let is_it = |finding: &&CheckFinding| finding.check == check && finding.subject.as_deref() == subject;
    let found = findings.iter().find(is_it);
    found.unwrap_or_else(|| panic!("no {check} of {subject:?} in {findings:#?}"))
}

/// A world whose API has data for the boards of [`HEALTHY`].
pub async fn healthy(more: &str) -> HostileWorld {
    healthy_with(&format!("{STORE}{more}")).await
}

/// The same with the store of these settings.
async fn healthy_with(settings: &str) -> HostileWorld {
    let world = HostileWorld::with(&format!("{settings}\n{HEALTHY}")).await;
    world.api.script(|script| {
        let hits = json!({ "hits": [{ "name": "value-canary-hit" }] });
        script.answers.insert("/search".into(), Raw::json(200, &hits.to_string()));
        let months = json!({ "months": [{ "month": "2026-01", "revenue": 41.5 }] });
        script.answers.insert("/reports".into(), Raw::json(200, &months.to_string()));
    });
    world
}

/// Signs in with the link of a command, confirms, and returns its findings.
pub async fn whole_run(world: &HostileWorld) -> Vec<CheckFinding> {
    let doctor = Doctor::of(&world.services).await;
    let mut browser = world.browser();
    browser.open(&doctor.link().await).await;
    press(&mut browser, paths::DOCTOR_GO).await;
    doctor.findings().await
}

pub fn texts(findings: &[CheckFinding]) -> String {
    findings.iter().map(|finding| serde_json::to_string(finding).unwrap() + "\n").collect()
}

#[tokio::test]
async fn dr_01_dr_05_doctor_signs_in_reads_every_panel_refreshes_and_signs_out_and_shows_no_token_and_no_value()
 {
    // The threads of a database would mix their spans with those of other tests.
    let world = healthy_with("").await;
    let log = OwnLog::begin();
    let doctor = Doctor::of(&world.services).await;
    let (link, code) = (doctor.link().await, doctor.code());
    let mut browser = world.browser();
    let page = browser.open(&link).await;
    assert_eq!(
        (page.status, page.url.path()),
        (StatusCode::OK, paths::DOCTOR_CONFIRM.path()),
        "{}",
        page.body
    );
    for part in [&code, "Ada Okafor", "Open orders, How many", "Found, By month", "Orders", "Search"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(world.api.calls().is_empty(), "read before the user confirmed");
    let asked = world.provider.seen(At::Authorization);
    let prompt = asked[0].param("prompt").unwrap_or_default();
    assert!(prompt.split(' ').any(|word| word == "login"), "the provider's session is not enough: {prompt}");
    let page = press(&mut browser, paths::DOCTOR_GO).await;
    assert!(page.body.contains("The check is running"), "{}", page.body);
    let said = doctor.said();
    let findings = doctor.findings().await;
    let bad: Vec<_> = findings.iter().filter(|it| it.outcome != CheckOutcome::Ok).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    let orders = finding(&findings, "panel.data", Some("orders/open-orders"));
    for part in
        ["GET /orders: 200 in ", "`$.orders[*]` found 1 row", "`id` text, `customer` text, `total` number"]
    {
        assert!(orders.found.contains(part), "{part}: {}", orders.found);
    }
    let hits = finding(&findings, "panel.data", Some("search/found"));
    assert!(hits.found.contains("POST /search: 200"), "{}", hits.found);
    let number = finding(&findings, "panel.data", Some("orders/how-many"));
    assert!(number.found.contains("found a number"), "{}", number.found);
    assert!(finding(&findings, "sign_in.refresh", None).found.contains("(rotated)"));
    finding(&findings, "sign_in.revocation", None);
    finding(&findings, "sign_in.sign_out", None);

    // Reads only: the one panel that the settings read by POST, and nothing else but GET.
    let calls = world.api.calls();
    assert_eq!(calls.len(), 4, "each panel once");
    let posts: Vec<_> =
        calls.iter().filter(|call| call.method != Method::GET).map(|call| &call.path).collect();
    assert_eq!(posts, ["/search"]);
    // The session is gone, and its tokens are revoked.
    let revoked: Vec<_> = world
        .provider
        .seen(At::Revocation)
        .iter()
        .filter_map(|it| it.field("token").map(str::to_owned))
        .collect();
    assert!(!revoked.is_empty() && world.provider.count(At::Refresh) == 1);
    let issued = world.provider.issued();
    assert!(revoked.contains(issued.last().unwrap().refresh_token.as_ref().unwrap()), "{revoked:?}");
    let after = browser.get("/account").await;
    assert!(after.status.is_redirection(), "still signed in: {}", after.body);
    // Nothing of a token, and no value of the API or of a claim.
    let output = format!("{said}{}{}", texts(&findings), log.text());
    let mut secret: Vec<String> = issued
        .iter()
        .flat_map(|it| {
            [Some(it.access_token.clone()), it.refresh_token.clone(), it.id_token.clone()]
                .into_iter()
                .flatten()
        })
        .collect();
    secret.extend(
        ["value-canary-hit", "ORD-1", "Customer of", "41.5", "2026-01", "Ada Okafor"].map(str::to_owned),
    );
    for text in secret {
        assert!(!output.contains(&text), "{text} in {output}");
    }
}

#[tokio::test]
async fn su_07_doctor_says_that_a_board_with_parameters_is_not_read() {
    let board = "[[board]]\nid = \"customer\"\ntitle = \"Customer\"\n[board.subject]\nget = \"/customers/{id}\"\n\
                 [[board.panel]]\ntitle = \"Of the customer\"\nkind = \"list\"\nget = \"/invoices?of={id}\"\n\
                 rows = \"$[*]\"\nlabel = \"id\"\n";
    let world = healthy_with(board).await;
    let doctor = Doctor::of(&world.services).await;
    let mut browser = world.browser();
    let page = browser.open(&doctor.link().await).await;
    assert!(page.body.contains("Open orders") && !page.body.contains("Of the customer"), "{}", page.body);
    press(&mut browser, paths::DOCTOR_GO).await;
    let findings = doctor.findings().await;
    assert!(findings.iter().all(|it| it.outcome == CheckOutcome::Ok), "{findings:#?}");
    let unread = finding(&findings, "panel.data", Some("customer"));
    assert!(unread.found.contains("needs id in its address"), "{unread:?}");
    assert!(world.api.calls().iter().all(|call| call.path != "/invoices"));
}

#[tokio::test]
async fn dr_04_doctor_works_if_the_browser_is_at_another_process() {
    let world = healthy("").await;
    let other = world.process(world.clock.clone()).await;
    let doctor = Doctor::of(&world.services).await;
    let mut browser = other.browser();
    let page = browser.open(&doctor.link().await).await;
    assert!(page.body.contains(&doctor.code()), "{}", page.body);
    press(&mut browser, paths::DOCTOR_GO).await;
    let findings = doctor.findings().await;
    assert!(findings.iter().all(|it| it.outcome == CheckOutcome::Ok), "{findings:#?}");
    assert!(browser.get("/account").await.status.is_redirection());
    // And a cancellation there is heard here.
    let doctor = Doctor::of(&world.services).await;
    let mut browser = other.browser();
    browser.open(&doctor.link().await).await;
    press(&mut browser, paths::DOCTOR_CANCEL).await;
    let findings = doctor.findings().await;
    let session = finding(&findings, "sign_in.session", None);
    assert!(session.outcome == CheckOutcome::Mistake && session.found.contains("cancelled"), "{session:?}");
}

#[tokio::test]
async fn dr_03_doctor_reads_only_what_the_page_has_named() {
    let mut world = healthy("").await;
    let doctor = Doctor::of(&world.services).await;
    let link = doctor.link().await;
    // A process with other boards on the same store.
    world.restart_with("/search", "/elsewhere").await;
    let mut browser = world.browser();
    browser.open(&link).await;
    // A form of a page that named others is shown again.
    let old = [(paths::DOCTOR_DO, paths::DOCTOR_GO), (paths::DOCTOR_BOARDS, "other")];
    let page = browser.post(paths::DOCTOR_DECIDE.path(), &old).await;
    let page = browser.follow(page).await;
    assert!(page.body.contains(&doctor.code()), "{}", page.body);
    press(&mut browser, paths::DOCTOR_GO).await;
    let findings = doctor.findings().await;
    let session = finding(&findings, "sign_in.session", None);
    assert!(session.found.contains("other boards") && world.api.calls().is_empty(), "{session:?}");
}

#[tokio::test]
async fn dr_01_doctor_signs_in_at_the_demo() {
    let world = World::start().await;
    let doctor = Doctor::of(&world.services).await;
    let mut browser = world.browser();
    let page = browser.open(&doctor.link().await).await;
    let page = browser.sign_in(page, "ada").await;
    assert!(page.body.contains(&doctor.code()), "{}", page.body);
    press(&mut browser, paths::DOCTOR_GO).await;
    let findings = doctor.findings().await;
    let bad: Vec<_> = findings.iter().filter(|it| it.outcome != CheckOutcome::Ok).collect();
    assert!(bad.iter().all(|it| it.check == "panel.pages"), "{bad:#?}");
    assert!(finding(&findings, "panel.data", Some("orders/orders")).found.contains("200 in "));
}

#[tokio::test]
async fn dr_03_doctor_has_pages_in_both_languages_that_work_without_scripts() {
    let world = healthy("").await;
    let doctor = Doctor::of(&world.services).await;
    let link = doctor.link().await;
    let mut browser = world.browser();
    let path = Url::parse(&link).unwrap();
    let german = [("accept-language", "de")];
    let mut page = browser.send(Method::GET, path.as_str(), &german, None).await;
    while page.status.is_redirection() {
        page = browser.send(Method::GET, page.location().as_str(), &german, None).await;
    }
    for part in ["lang=\"de\"", "Code vergleichen", "Panels lesen", "Abbrechen", "width=device-width"] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("<script"), "{}", page.body);
    assert_eq!(page.header("cache-control"), "no-store");
    press(&mut browser, paths::DOCTOR_CANCEL).await;
    doctor.findings().await;
}
