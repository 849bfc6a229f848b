//! The steps of a history: events by users, time, operators, the provider and the API, often several at once.

use std::time::Duration;

use axum::http::StatusCode;
use claimcheck_session::{EndReason, Logout};
use fastrand::Rng;
use futures::future::join_all;

use crate::{
    histories::{
        History, SKEWS,
        seat::{COOKIE, Hold, PEOPLE, SUBS, Seat, Session},
    },
    support::{Fault, Page, Processes},
};

/// The possible steps.
#[derive(Clone, Debug)]
pub enum Step {
    /// All of these seats send this many requests at once.
    Requests {
        seats: Vec<usize>,
        each: usize,
    },
    /// A tab is closed in the middle of its request.
    Vanish(usize),
    Time(i64),
    /// A user signs in, for the first time, again, or as another one, while other tabs send requests.
    SignIn {
        seat: usize,
        person: usize,
        beside: usize,
    },
    SignOut {
        seat: usize,
        beside: usize,
    },
    /// Sessions of this seat's user are ended, by any of those who may, while their tabs send requests.
    End {
        seat: usize,
        by: By,
        beside: usize,
    },
    Provider(Fault),
    Api(Fault),
    /// One process is replaced.
    Restart(usize),
    /// A new session key; the old ones are kept or dropped.
    RollKey {
        keeps_old: bool,
    },
}

/// Who ends sessions, and which ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The user, all of their own.
    Person,
    /// The provider, all of a subject.
    Provider,
    /// An operator, one of them.
    Operator,
}

const REFUSES: Fault = Fault::Answer(400, "application/json", r#"{"error":"invalid_grant"}"#);

/// Chooses a random next step.
pub fn choose(rng: &mut Rng, seats: &[Seat]) -> Step {
    let seat = rng.usize(..seats.len());
    let beside = rng.usize(..4);
    let away: Vec<usize> = (0..seats.len()).filter(|seat| seats[*seat].session.is_none()).collect();
    if !away.is_empty() && rng.u8(..3) == 0 {
        return Step::SignIn {
            seat: away[rng.usize(..away.len())],
            person: rng.usize(..PEOPLE.len()),
            beside,
        };
    }
    match rng.u8(..100) {
        0..26 => Step::Requests { seats: vec![seat], each: rng.usize(1..7) },
        26..40 => Step::Requests { seats: (0..seats.len()).collect(), each: rng.usize(1..4) },
        40..43 => Step::Vanish(seat),
        43..65 => Step::Time(*rng.choice(&[20, 65, 100, 112, 125, 125, 400]).unwrap_or(&20)),
        65..66 => Step::Time(*rng.choice(&[1000, 2100, 50_000]).unwrap_or(&2100)),
        66..69 => Step::SignIn { seat, person: rng.usize(..PEOPLE.len()), beside },
        69..71 => Step::SignOut { seat, beside },
        71..73 => Step::End {
            seat,
            by: *rng.choice(&[By::Person, By::Provider, By::Operator]).unwrap_or(&By::Person),
            beside,
        },
        73..81 => Step::Provider(Fault::None),
        81..84 => Step::Provider(Fault::Slow(Duration::from_millis(150))),
        84..85 => Step::Provider(Fault::Slow(Duration::from_millis(1200))),
        85..88 => Step::Provider(Fault::Answer(503, "text/html", "down")),
        88..89 => Step::Provider(Fault::Lost),
        89..90 => Step::Provider(REFUSES),
        90..92 => Step::Api(Fault::Answer(401, "application/json", "{}")),
        92..95 => Step::Api(Fault::None),
        95..97 => Step::Restart(rng.usize(..1 + SKEWS.len())),
        97..99 => Step::RollKey { keeps_old: true },
        _ => Step::RollKey { keeps_old: rng.u8(..4) != 0 },
    }
}

impl History {
    pub(super) async fn take(&mut self, step: Step) {
        let asked = self.world.provider.count("refresh_token");
        let involved = match &step {
            Step::Requests { seats, .. } => seats.clone(),
            Step::Vanish(seat) | Step::End { seat, .. } => vec![*seat],
            _ => Vec::new(),
        };
        match step {
            Step::Requests { seats, each } => {
                let seats: Vec<(usize, usize)> = seats.into_iter().map(|seat| (seat, each)).collect();
                self.requests(&seats).await;
            }
            Step::Vanish(seat) => {
                let process = self.any();
                let mut browser = self.seats[seat].browser(&self.world, process);
                let _ = tokio::time::timeout(Duration::from_millis(5), browser.get("/boards/orders")).await;
                self.stirred(seat);
            }
            Step::Time(secs) => {
                self.world.advance(secs);
                self.now += secs;
            }
            Step::SignIn { seat, person, beside } => self.sign_in(seat, person, beside).await,
            Step::End { seat, by, beside } => self.end_sessions(seat, by, beside).await,
            Step::SignOut { seat, beside } => self.sign_out(seat, beside).await,
            Step::Provider(fault) => self.provider_becomes(fault),
            Step::Api(fault) => self.world.api.set(fault),
            Step::Restart(process) => {
                self.world.drained().await;
                self.world.restart(process).await;
            }
            Step::RollKey { keeps_old } => {
                self.world.drained().await;
                self.world.roll_key(keeps_old).await;
                if !keeps_old {
                    self.seats.iter_mut().filter(|seat| seat.session.is_some()).for_each(Seat::over);
                    forget_unreadable(&self.world).await;
                }
            }
        }
        self.world.drained().await;
        let hold = match self.fault {
            Fault::Lost => Hold::Lost,
            Fault::Answer(400, ..) => Hold::Doubtful,
            _ => return,
        };
        if self.world.provider.count("refresh_token") > asked {
            for seat in involved {
                if let Some(session) = &mut self.seats[seat].session {
                    session.hold = hold;
                }
            }
        }
    }

    /// After a failure of the provider, its documents are only requested again after a pause.
    fn provider_becomes(&mut self, fault: Fault) {
        if matches!(fault, Fault::None) && !matches!(self.fault, Fault::None) {
            self.world.advance(60);
            self.now += 60;
        }
        self.fault = fault.clone();
        self.world.provider.set(fault);
    }

    /// A random process.
    fn any(&mut self) -> usize {
        self.rng.usize(..self.world.count())
    }

    /// A user did something that counts as activity.
    fn stirred(&mut self, seat: usize) {
        if let Some(session) = &mut self.seats[seat].session {
            session.active = self.now;
        }
    }

    /// This many requests of each of these seats, all at once.
    async fn requests(&mut self, seats: &[(usize, usize)]) {
        let all = seats.iter().flat_map(|(seat, each)| (0..*each).map(move |number| (*seat, number)));
        let all: Vec<(usize, usize)> = all.collect();
        let first = self.any();
        let pages = join_all(
            all.iter()
                .map(|(seat, number)| request(&self.world, first + number, &self.seats[*seat], *number)),
        );
        let pages = pages.await;
        for ((seat, number), page) in all.into_iter().zip(pages) {
            self.seats[seat].judge(&page);
            if number % 3 == 0 {
                self.stirred(seat);
            }
        }
    }

    async fn sign_in(&mut self, seat: usize, person: usize, beside: usize) {
        // Sign-ins at an unavailable provider are tested elsewhere.
        let fault = self.fault.clone();
        self.provider_becomes(Fault::None);
        let is_other = self.seats[seat].session.as_ref().is_none_or(|session| session.person != person);
        if is_other {
            self.seats[seat].at_provider.clear();
        }
        let first = self.any();
        let mut browser = self.seats[seat].browser(&self.world, first);
        let flow = async {
            let page = browser.open("/auth/sign-in?return_to=%2Faccount").await;
            if page.body.contains("Choose a demo user") {
                return browser.sign_in(page, PEOPLE[person].0).await;
            }
            let page = browser.answer(page, "consent", "allow").await;
            browser.follow(page).await
        };
        let others =
            (0..beside).map(|number| request(&self.world, first + number, &self.seats[seat], number));
        let others = join_all(others);
        let (page, others) = tokio::join!(flow, others);
        for other in &others {
            self.seats[seat].judge(other);
        }
        let seat = &mut self.seats[seat];
        seat.keep(&browser);
        seat.session = Some(Session { person, since: self.now, active: self.now, hold: Hold::Sure });
        assert!(seat.sees_own(&page), "signed in, and nobody is there: {}", page.body);
        self.world.drained().await;
        self.provider_becomes(fault);
    }

    async fn end_sessions(&mut self, seat: usize, by: By, beside: usize) {
        let Some(person) = self.seats[seat].session.as_ref().map(|session| session.person) else { return };
        let first = self.any();
        let (sessions, iss) =
            (&self.world.services_of(first).sessions, &self.world.services_of(first).settings.issuer);
        let sub = SUBS[person];
        let Some(one) = sessions.of(iss, sub).await.unwrap().pop() else { return };
        let end = async {
            match by {
                By::Person => drop(sessions.end_all(iss, sub, None, EndReason::Elsewhere).await.unwrap()),
                By::Operator => drop(sessions.end(&one.key, EndReason::Operator).await.unwrap()),
                By::Provider => {
                    let issued_at = self.world.now();
                    let (iss, sub) = (iss.clone(), Some(sub.to_owned()));
                    let until = issued_at + 600;
                    let logout = Logout { iss, sub, sid: None, issued_at, replay_key: None, until };
                    drop(sessions.log_out(&logout).await.unwrap());
                }
            }
        };
        let others =
            (0..beside).map(|number| request(&self.world, first + number, &self.seats[seat], number));
        let ((), others) = tokio::join!(end, join_all(others));
        for other in &others {
            self.seats[seat].judge(other);
        }
        // No sign-in happens in the same second as a logout.
        self.world.advance(2);
        self.now += 2;
        let is_theirs =
            |seat: &&mut Seat| seat.session.as_ref().is_some_and(|session| session.person == person);
        for seat in self.seats.iter_mut().filter(is_theirs) {
            match (by, &mut seat.session) {
                // If the refresh token may be lost, that stays so.
                (By::Operator, Some(session)) if session.hold == Hold::Lost => {}
                (By::Operator, Some(session)) => session.hold = Hold::Doubtful,
                _ => seat.over(),
            }
        }
    }

    async fn sign_out(&mut self, seat: usize, beside: usize) {
        let first = self.any();
        let mut browser = self.seats[seat].browser(&self.world, first);
        let others =
            (0..beside).map(|number| request(&self.world, first + number, &self.seats[seat], number));
        let others = join_all(others);
        let (page, others) = tokio::join!(browser.post("/auth/sign-out", &[]), others);
        assert!(page.status == StatusCode::OK || page.status.is_redirection(), "{}", page.status);
        for other in &others {
            self.seats[seat].judge(other);
        }
        let seat = &mut self.seats[seat];
        seat.keep(&browser);
        assert!(!seat.at_app.contains_key(COOKIE), "the cookie is still there");
        seat.session = None;
    }
}

/// One request of a seat, to the next process in turn: a page, or a request by a page.
async fn request(world: &Processes, process: usize, seat: &Seat, number: usize) -> Page {
    let mut tab = seat.browser(world, process % world.count());
    match number % 3 {
        0 => tab.get("/boards/orders").await,
        1 => tab.fetch("/api/panel?board=orders&panel=orders").await,
        _ => tab.fetch("/api/account").await,
    }
}

/// The number of running sessions in the store.
pub async fn live_rows(world: &Processes) -> usize {
    world.services.sessions.page(None, None).await.unwrap().len()
}

/// Rows whose keys are gone stay until they expire; nobody owns them.
async fn forget_unreadable(world: &Processes) {
    for session in world.services.sessions.page(None, None).await.unwrap() {
        world.services.sessions.end(&session.key, EndReason::Operator).await.unwrap();
    }
}
