//! `/tickets`: what customers ask for. Made up by fixed rules; users add notes. Pages are cursors.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    accounts::{Full, Note},
    bearer::Bearer,
    body::Fields,
    books::moment,
    dice::Dice,
    idempotency::Answer,
    parties::{self, Party},
    problem::Refusal,
    query::Query,
    scopes::{ReadOrders, Serve},
    shared::Shared,
};
use crate::reply;

const TICKETS: usize = 64;
const FIRST_NUMBER: usize = 5_001;
const SEED: u64 = 0x71c_4e75_5eed_0004;
const NOTE_MAX_CHARS: usize = 500;
const UNKNOWN: &str = "There is no such ticket.";
const STATES: [&str; 3] = ["open", "waiting", "solved"];
const PRIORITIES: [&str; 4] = ["low", "normal", "high", "urgent"];
const SUBJECTS: [&str; 12] = [
    "Invoice shows the old address",
    "CSV import stops at row 812",
    "Seats of a colleague who left",
    "Delivery was short by two boxes",
    "Sign-in with our new provider",
    "Price of the Business plan",
    "API answers slowly in the evening",
    "Wrong VAT number on invoices",
    "Export of last year’s orders",
    "Parcel arrived open",
    "Two invoices for one month",
    "Webhook is called twice",
];
/// Those who answer: user name and name.
const AGENTS: [(&str, &str); 4] =
    [("ada", "Ada Okafor"), ("jonas", "Jonas Lind"), ("mei", "Mei Tanaka"), ("priya", "Priya Raman")];

/// A ticket. `age` is in minutes.
struct Ticket {
    number: usize,
    party: Party,
    subject: &'static str,
    status: &'static str,
    priority: &'static str,
    agent: usize,
    age: i64,
    first_reply_secs: i64,
}

/// The agent at this place, counted round and round.
pub(super) fn agent(number: usize) -> Value {
    let (id, name) = AGENTS[number % AGENTS.len()];
    json!({ "id": id, "name": name, "email": format!("{id}@harbour.example") })
}

/// `GET /agents`: those who answer tickets.
pub(super) async fn agents(_: Bearer<ReadOrders>) -> Result<Response, Refusal> {
    let agents: Vec<Value> = (0..AGENTS.len()).map(agent).collect();
    Ok(reply::json(StatusCode::OK, &json!({ "agents": agents })))
}

/// `GET /tickets`: newest first. `status` and `priority` (each may be repeated), `assignee` and `customer` (ids) and `q` (in
/// the subject) filter; `limit` and `cursor` page.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
    query: Query,
) -> Result<Response, Refusal> {
    let (statuses, priorities) = (query.among("status", &STATES)?, query.among("priority", &PRIORITIES)?);
    let (assignee, customer) = (query.one("assignee")?, query.one("customer")?);
    let words = query.one("q")?.unwrap_or_default().to_lowercase();
    let (limit, cursor) = (query.page()?.limit, query.one("cursor")?);
    let mut all = all(&shared);
    all.retain(|ticket| {
        (statuses.is_empty() || statuses.contains(&ticket.status))
            && (priorities.is_empty() || priorities.contains(&ticket.priority))
            && assignee.is_none_or(|id| AGENTS[ticket.agent].0 == id)
            && customer.is_none_or(|id| ticket.party.id() == id)
            && ticket.subject.to_lowercase().contains(&words)
    });
    let total = all.len();
    let start = match cursor {
        None => 0,
        Some(cursor) => match all.iter().position(|ticket| ticket.id() == cursor) {
            Some(last) => last + 1,
            None => return Err(Refusal::bad_request("cursor must be a value of next_cursor.")),
        },
    };
    let page: Vec<&Ticket> = all.iter().skip(start).take(limit).collect();
    let next = page.last().filter(|_| start + page.len() < total).map(|ticket| ticket.id());
    let tickets: Vec<Value> = page.iter().map(|ticket| ticket.shown(&shared)).collect();
    Ok(reply::json(StatusCode::OK, &json!({ "tickets": tickets, "total": total, "next_cursor": next })))
}

/// `GET /tickets/{id}`: one ticket with its events, in an envelope.
pub(super) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    _: Bearer<ReadOrders>,
) -> Result<Response, Refusal> {
    let found = all(&shared).into_iter().find(|ticket| ticket.id() == id);
    let found = found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, UNKNOWN))?;
    Ok(reply::json(StatusCode::OK, &json!({ "data": found.full(&shared) })))
}

/// `POST /tickets/{id}/notes`: adds a note (`text`), and sets the `status` if there is one.
pub(super) async fn add_note(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Bearer { access, .. }: Bearer<Serve>,
    request: Request,
) -> Result<Response, Refusal> {
    let (request, body) = request.into_parts();
    let mut fields = Fields::read(&request.headers, body).await?;
    let text = fields.needed("text", |fields, name| fields.lines(name, NOTE_MAX_CHARS));
    let status = fields.word("status", &STATES);
    fields.check()?;
    let note = Note { at: moment(shared.clock.now()), text, status };
    shared.answers.once(&access.who, &request, &fields, || {
        let Some(ticket) = all(&shared).into_iter().find(|ticket| ticket.id() == id) else {
            return Answer::problem(StatusCode::NOT_FOUND, UNKNOWN);
        };
        match shared.accounts.add_note(ticket.number, note) {
            Ok(()) => {
                let changed = all(&shared).into_iter().find(|ticket| ticket.id() == id);
                let body = changed.map(|ticket| ticket.full(&shared)).unwrap_or_default();
                Answer::of(StatusCode::CREATED, json!({ "data": body }))
            }
            Err(Full) => Answer::problem(StatusCode::CONFLICT, "This ticket has no room for more notes."),
        }
    })
}

/// The tickets of a customer, as events.
pub(super) fn events_of(shared: &Shared, party: Party) -> impl Iterator<Item = Value> {
    all(shared).into_iter().filter(move |ticket| ticket.party.index == party.index).map(|ticket| {
        json!({
            "at": time_of(ticket.opened(shared)), "what": format!("Ticket {}: {}", ticket.id(), ticket.subject),
            "state": ticket.status, "kind": "ticket", "by": ticket.party.who.name,
            "ticket": ticket.id(),
        })
    })
}

/// All tickets, newest first.
fn all(shared: &Shared) -> Vec<Ticket> {
    let mut dice = Dice::new(SEED);
    let mut age = 400;
    let mut all: Vec<Ticket> = (0..TICKETS)
        .map(|index| {
            age += 40 + i64::try_from(dice.roll(1_500)).unwrap_or_default();
            let (status, priority) = match (index, dice.roll(10)) {
                (0..6, roll) | (6..20, roll @ 0..4) => ("open", roll),
                (6..30, roll @ 0..7) => ("waiting", roll),
                (_, roll) => ("solved", roll),
            };
            let subject = *dice.pick(&SUBJECTS);
            let priority =
                ["urgent", "high", "high", "low", "low"].get(usize::try_from(priority).unwrap_or(9));
            Ticket {
                number: FIRST_NUMBER + TICKETS - 1 - index,
                party: parties::at(usize::try_from(dice.roll(1_000)).unwrap_or_default()),
                subject,
                status,
                priority: priority.copied().unwrap_or("normal"),
                // Each of them has some in every state.
                agent: index * 7 / 3 % AGENTS.len(),
                age,
                first_reply_secs: 300 + i64::try_from(dice.roll(20_000)).unwrap_or_default(),
            }
        })
        .collect();
    for ticket in &mut all {
        let notes = shared.accounts.notes(ticket.number);
        if let Some(status) = notes.iter().rev().find_map(|note| note.status) {
            ticket.status = status;
        }
    }
    all
}

fn time_of(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}

impl Ticket {
    fn id(&self) -> String {
        format!("TIC-{}", self.number)
    }

    /// Counted from the start of the day, so that it stays the same until the next one.
    fn opened(&self, shared: &Shared) -> OffsetDateTime {
        shared.today().midnight().assume_utc() - Duration::minutes(self.age)
    }

    fn shown(&self, shared: &Shared) -> Value {
        let notes = shared.accounts.notes(self.number);
        let made_up = self.opened(shared) + Duration::seconds(self.first_reply_secs);
        let updated = notes.last().map_or(made_up, |note| note.at);
        json!({
            "id": self.id(),
            "subject": self.subject,
            "customer": self.party.short(),
            "status": self.status,
            "priority": self.priority,
            "assignee": agent(self.agent),
            "opened_at": time_of(self.opened(shared)),
            "updated_at": time_of(updated),
            "first_reply_secs": self.first_reply_secs,
            "replies": 1 + notes.len(),
        })
    }

    fn full(&self, shared: &Shared) -> Value {
        let opened = self.opened(shared);
        let agent = AGENTS[self.agent].1;
        let reply = opened + Duration::seconds(self.first_reply_secs);
        let mut events = vec![
            json!({ "at": time_of(opened), "what": "Opened by email", "by": self.party.who.name, "state": "open" }),
            json!({ "at": time_of(reply), "what": "First reply", "by": agent, "state": "waiting" }),
        ];
        let notes = shared.accounts.notes(self.number);
        if self.status == "solved" && notes.iter().all(|note| note.status.is_none()) {
            let solved = reply + Duration::hours(5);
            events.push(json!({ "at": time_of(solved), "what": "Solved", "by": agent, "state": "solved" }));
        }
        events.extend(notes.iter().map(|note| {
            json!({ "at": time_of(note.at), "what": note.text, "by": "Note", "state": note.status.unwrap_or("note") })
        }));
        let mut body = self.shown(shared);
        body["events"] = events.into();
        body
    }
}
