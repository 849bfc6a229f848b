//! One browser and its state in the model: the signed-in user, whether that is certain, and the cookies that must never
//! work again.

use axum::http::StatusCode;

use crate::support::{Browser, Jar, Page, Processes};

pub const COOKIE: &str = "claimcheck";
/// The defaults of the settings, in seconds.
const IDLE: i64 = 1800;
const ABSOLUTE: i64 = 43_200;
/// Activity is written every twentieth of the idle timeout; and slow machines need real time.
const SLACK: i64 = IDLE / 20 + 240;

/// The users who can sign in, and the names that only their pages show.
pub const PEOPLE: [(&str, &str); 3] = [("ada", "Ada Okafor"), ("jonas", "Jonas Lind"), ("mei", "Mei Tanaka")];
/// Their subjects at the demo provider.
pub const SUBS: [&str; 3] = ["hid-5f1c7a20", "hid-9b03e4d8", "hid-27d6c1fe"];

/// A session in the model.
#[derive(Clone, Debug)]
pub struct Session {
    pub person: usize,
    pub since: i64,
    pub active: i64,
    pub hold: Hold,
}

/// Whether a session must still run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Sure,
    /// The provider has just refused something: it may have ended or not.
    Doubtful,
    /// The provider may have rotated a refresh token whose successor was lost: it may end at any refresh from now on.
    Lost,
}

/// A browser.
#[derive(Default)]
pub struct Seat {
    pub at_app: Jar,
    pub at_provider: Jar,
    pub session: Option<Session>,
    /// Cookies of ended sessions.
    pub dead: Vec<String>,
    pub answers: usize,
}

impl Seat {
    /// Its browser, sending requests to this process.
    pub fn browser<'a>(&self, world: &'a Processes, process: usize) -> Browser<'a> {
        let mut browser = world.browser_at(process);
        // The API may hang, which the model does not wait for.
        browser.waits_for_panels = false;
        browser.at_app.clone_from(&self.at_app);
        browser.at_provider.clone_from(&self.at_provider);
        browser
    }

    /// Takes over the browser's cookies after a step.
    pub fn keep(&mut self, browser: &Browser<'_>) {
        let before = self.at_app.get(COOKIE).cloned();
        self.at_app.clone_from(&browser.at_app);
        self.at_provider.clone_from(&browser.at_provider);
        if before.as_ref() != self.at_app.get(COOKIE) {
            self.dead.extend(before);
        }
    }

    pub fn is_sure(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.hold == Hold::Sure)
    }

    /// Whether the app shows a signed-in user, who must be the right one.
    pub async fn ask(&mut self, world: &Processes, process: usize) -> bool {
        self.answers += 1;
        let page = self.browser(world, process).fetch("/api/account").await;
        match page.status {
            StatusCode::OK => self.sees_own(&page),
            StatusCode::UNAUTHORIZED => false,
            other => panic!("the account answers {other}: {}", page.body),
        }
    }

    /// Whether a response is for a signed-in user; it must not contain another user's name.
    pub fn sees_own(&self, page: &Page) -> bool {
        let seen: Vec<usize> =
            (0..PEOPLE.len()).filter(|person| page.body.contains(PEOPLE[*person].1)).collect();
        let own = self.session.as_ref().map(|session| session.person);
        assert!(
            seen.iter().all(|person| Some(*person) == own),
            "of {own:?}, and shows {seen:?}: {}",
            page.body
        );
        page.status == StatusCode::OK && !seen.is_empty()
    }

    /// Checks that a page for a user is theirs, and that a page without a session shows no user.
    pub fn judge(&mut self, page: &Page) {
        self.answers += 1;
        self.sees_own(page);
        let is_honest = page.status.is_success()
            || page.status.is_redirection()
            || [StatusCode::UNAUTHORIZED, StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE]
                .contains(&page.status);
        assert!(is_honest, "{} answers {}: {}", page.url, page.status, page.body);
    }

    /// Checks that the app's state is possible; an uncertain state becomes certain.
    pub fn must_be(&mut self, alive: bool, now: i64) {
        let Some(session) = &mut self.session else {
            return assert!(!alive, "a session that was over is back");
        };
        let (idle, age) = (now - session.active, now - session.since);
        let must_be_over = idle > IDLE + SLACK || age > ABSOLUTE + SLACK;
        let may_be_over = session.hold != Hold::Sure || idle > IDLE - SLACK || age > ABSOLUTE - SLACK;
        assert!(!(alive && must_be_over), "a session runs {idle} s idle, {age} s old");
        assert!(alive || may_be_over, "somebody was thrown out: {session:?} at {now}");
        if !alive {
            self.over();
        } else if session.hold == Hold::Doubtful {
            session.hold = Hold::Sure;
        }
    }

    /// The session has ended, and its cookie is dead; the browser may still have it.
    pub fn over(&mut self) {
        self.session = None;
        self.dead.extend(self.at_app.get(COOKIE).cloned());
    }

    /// Checks that a dead cookie stays dead.
    pub async fn stays_dead(&self, world: &Processes, process: usize, which: usize) {
        let Some(cookie) = self.dead.get(which) else { return };
        let mut thief = world.browser_at(process);
        thief.at_app.insert(COOKIE.to_owned(), cookie.clone());
        let page = thief.fetch("/api/account").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "a dead cookie is alive: {}", page.body);
    }
}
