//! One test that plants marked secrets everywhere, runs every operation with success and failure, and then searches for
//! the secrets in everything that left the server: bodies, headers, cookies, URLs, the log of every crate, the files of
//! the store (SC-01, CS-08, SC-15). `drive.rs` runs the operations, `search.rs` searches.

mod drive;
mod search;

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, prelude::BASE64_STANDARD};
use claimcheck_base::random;
use claimcheck_server::config::AuditSetting;
use search::{Kind, Needle, Search};

use crate::support::{
    Page,
    hostile::{At, HostileWorld},
    log::Listening,
};
use crate::traces::{Recording, collector::Collector};

/// The marks of one run.
pub struct Marks {
    mark: String,
    client_secret: String,
    session_key: Vec<u8>,
}

impl Marks {
    fn new() -> Self {
        let mark: String = random::bytes::<6>().unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
        let session_key = format!("canary-key-{mark}-padded").into_bytes();
        let mut key = [b'.'; 32];
        let len = session_key.len().min(32);
        key[..len].copy_from_slice(&session_key[..len]);
        Self { client_secret: format!("canary-secret-{mark}/+%"), session_key: key.to_vec(), mark }
    }

    /// The prefix of the texts of this kind of token; with characters that each encoding writes differently.
    fn text(&self, kind: &str) -> String {
        format!("canary-{kind}-{}/+=~", self.mark)
    }

    async fn world(&self) -> HostileWorld {
        self.world_with("store = \"sqlite:FOLDER/sessions.db\"\naudit = \"file:FOLDER/audit/lines\"\n").await
    }

    /// With further settings.
    async fn world_with(&self, more: &str) -> HostileWorld {
        let settings = format!(
            "{more}inspect_role = \"author\"\nsession_keys = \"{}\"\n",
            BASE64_STANDARD.encode(&self.session_key)
        );
        let world = HostileWorld::with_secret(&self.client_secret, &settings).await;
        world.provider.script(|script| {
            script.texts.code = self.text("code");
            script.texts.access_token = self.text("access");
            script.texts.refresh_token = self.text("refresh");
            script.person.claims.insert("shown".into(), self.shown().into());
            script.person.claims.insert("roles".into(), "author".into());
        });
        world
    }

    /// The texts that must be found nowhere, or in one place only: the marked ones, and the secrets created in this
    /// run.
    fn needles(&self, world: &HostileWorld, trail: &[Page]) -> Search {
        let secret = |name: &str, text: &str| Needle::new(Kind::Secret, name, text);
        let mut all = vec![
            secret("the client secret", &self.client_secret),
            Needle::new(Kind::Secret, "the session key", &self.session_key),
            Needle::new(Kind::Shown, "the claim that is shown", self.shown()),
            Needle::new(Kind::Shown, "the person's sub", drive::SUB),
        ];
        for kind in ["code", "access", "refresh"] {
            all.push(secret(kind, &self.text(kind)));
        }
        for exchange in world.provider.seen(At::CodeExchange) {
            all.push(secret("a verifier", exchange.field("code_verifier").unwrap()));
        }
        for issued in world.provider.issued() {
            let id_token = issued.id_token.unwrap_or_default();
            // A replacement in a faulty response is no token.
            if let [_, payload, signature] = id_token.split('.').collect::<Vec<_>>()[..] {
                all.push(secret("an ID token", &id_token));
                all.push(secret("the claims of an ID token", payload));
                all.push(secret("the signature of an ID token", signature));
            }
        }
        for request in world.provider.seen(At::Authorization) {
            all.push(Needle::new(Kind::Nonce, "a nonce", request.param("nonce").unwrap()));
        }
        all.extend(
            drive::session_ids(trail).iter().map(|id| Needle::new(Kind::SessionId, "a session id", id)),
        );
        Search::new(all)
    }

    fn shown(&self) -> String {
        format!("canary-shown-{}", self.mark)
    }
}

/// A part of the server's output: its place, its bytes, and what it may contain.
struct Part {
    place: String,
    text: Vec<u8>,
    may: Option<Kind>,
}

/// All parts of a response, apart from the named exceptions.
fn parts(page: &Page, world: &HostileWorld) -> Vec<Part> {
    let place = format!("{} {}", page.status, page.url.path());
    let mut body = page.body.clone();
    if page.url.path() == "/auth/sign-out" {
        // The only token that may pass through a browser: the hint in the URL that the sign-out page goes on to, and in
        // its link (SC-01, LO-04).
        if let Some(hint) = page.id_token_hint() {
            body = body.replacen(&hint, "(the hint)", 2);
        }
    }
    let mut parts = vec![Part { place: format!("the body of {place}"), text: body.into(), may: None }];
    if page.url.path() != "/auth/callback" {
        // The callback's own URL contains the code; no later one may.
        let text = page.url.as_str().as_bytes().to_vec();
        parts.push(Part { place: format!("the address {place}"), text, may: None });
    }
    for (name, value) in &page.headers {
        let may = match name.as_str() {
            "location" if value.as_bytes().starts_with(world.provider.origin().as_bytes()) => {
                Some(Kind::Nonce)
            }
            "set-cookie" => Some(Kind::SessionId),
            _ => None,
        };
        parts.push(Part { place: format!("{name} of {place}"), text: value.as_bytes().to_vec(), may });
    }
    parts
}

#[tokio::test]
async fn sc_01_au_09_no_secret_leaves_the_server_whatever_happens() {
    let log = Listening::begin();
    let marks = Marks::new();
    let world = marks.world().await;
    let AuditSetting::File(audit) = &world.services.settings.outgoing.audit else { panic!("no audit log") };
    std::fs::create_dir(audit.parent().unwrap()).unwrap();
    let mut trail = Vec::new();
    let mut dumps = Vec::new();
    drive::everything(&world, &mut trail, &mut dumps).await;

    let search = marks.needles(&world, &trail);
    let log = log.text();
    let mut all: Vec<Part> = trail.iter().flat_map(|page| parts(page, &world)).collect();
    all.extend(dumps.into_iter().map(|(when, text)| Part {
        place: format!("the store's files {when}"),
        text,
        may: None,
    }));
    world.services.audit.close().await;
    let audit = std::fs::read(audit).unwrap();
    all.extend(audit.split(|byte| *byte == b'\n').map(|line| Part {
        place: format!("line of the audit log: {:.300}", String::from_utf8_lossy(line)),
        text: line.to_vec(),
        may: None,
    }));
    all.extend(log.split(|byte| *byte == b'\n').map(|line| Part {
        place: format!("the log: {:.300}", String::from_utf8_lossy(line)),
        text: line.to_vec(),
        may: None,
    }));
    let (mut leaks, mut shown, mut allowed) = (BTreeSet::new(), BTreeMap::new(), 0);
    for part in &all {
        for needle in search.found_in(&part.text) {
            if needle.kind == Kind::Shown {
                let words = part.place.split(' ').take(2).collect::<Vec<_>>().join(" ");
                *shown.entry((needle.name.clone(), words)).or_insert(0) += 1;
            } else if part.may == Some(needle.kind) {
                allowed += 1;
            } else {
                leaks.insert(format!("{} in {}", needle.name, part.place));
            }
        }
    }
    let leaks: Vec<_> = leaks.into_iter().collect();
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));

    // The search works: there was enough to find, and what may be found somewhere was found there.
    assert!(search.count(Kind::Secret) > 100, "{}", search.count(Kind::Secret));
    assert!(search.count(Kind::Nonce) > 20 && search.count(Kind::SessionId) > 20);
    assert!(allowed >= search.count(Kind::Nonce) + search.count(Kind::SessionId), "{allowed}");
    let was_shown = |name: &str, place: &str| shown.get(&(name.to_owned(), place.to_owned())).copied();
    assert!(was_shown("the claim that is shown", "the body") > Some(10), "{shown:?}");
    assert_eq!(was_shown("the claim that is shown", "the store's"), None, "claims are sealed");
    assert_eq!(was_shown("the claim that is shown", "line of"), None, "the audit log has no claims");
    assert!(was_shown("the person's sub", "line of") > Some(10), "{shown:?}");
    assert_eq!(was_shown("the person's sub", "the store's"), Some(4), "the right files were read: {shown:?}");
    let signs_out = |page: &&Page| page.url.path() == "/auth/sign-out" && page.body.contains("id_token_hint");
    let sign_out = trail.iter().find(signs_out).unwrap();
    assert!(search.found_in(sign_out.body.as_bytes()).iter().any(|found| found.name == "an ID token"));
    let heard = String::from_utf8_lossy(&log);
    for text in ["TRACE", "signed in", "refresh failed", "sign-in failed", "session ended", "hyper", "sqlx"] {
        assert!(heard.contains(text), "the log has no {text}");
    }
}

#[test]
fn tc_06_no_secret_and_no_data_of_a_person_leaves_in_a_trace() {
    // Everything runs on one thread, with the memory store and without optimization: that needs more stack than usual.
    let runs = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(traces_of_everything());
    };
    std::thread::Builder::new().stack_size(32 * 1024 * 1024).spawn(runs).unwrap().join().unwrap();
}

async fn traces_of_everything() {
    let (marks, collector) = (Marks::new(), Collector::start().await);
    let key = format!("canary-collector-{}", marks.mark);
    let more = format!("{}traces_headers = \"x-key={key}\"\n", collector.setting());
    // In memory: threads of a database have another subscriber than this test.
    let world = marks.world_with(&more).await;
    let recording = Recording::begin(&world.services.settings);
    let (mut trail, mut dumps) = (Vec::new(), Vec::new());
    drive::everything(&world, &mut trail, &mut dumps).await;
    recording.end().await;

    let search = marks.needles(&world, &trail);
    let spans = collector.spans();
    let mut leaks = BTreeSet::new();
    collector.exports(|exports| {
        for export in exports {
            // Also what may be shown to the person: claims are no business of a collector.
            leaks.extend(search.found_in(&export.body).iter().map(|needle| needle.name.clone()));
            assert_eq!(export.headers["x-key"], key.as_str());
            let own = Search::new(vec![Needle::new(Kind::Secret, "the key of the collector", &key)]);
            leaks.extend(own.found_in(&export.body).iter().map(|needle| needle.name.clone()));
        }
    });
    assert!(leaks.is_empty(), "{leaks:?}");
    for span in &spans {
        let texts = span.attributes.values().chain([&span.name]).chain(&span.error);
        for text in texts {
            assert!(!text.contains(['?', '&']) && !text.contains("127.0.0.1:"), "{span:?}");
        }
    }
    // Enough was recorded for this to mean something.
    let has = |name: &str| spans.iter().any(|span| span.name == name);
    for name in ["GET /auth/callback", "provider token: authorization_code", "GET /orders", "store find"] {
        assert!(has(name), "{name}");
    }
    assert!(spans.len() > 500, "{}", spans.len());
}
