//! `/invoices`: what customers are billed for. Users create invoices, send reminders and void invoices.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::StatusCode,
    response::Response,
};
use serde_json::json;
use time::Duration;

use super::{
    accounts::{Created, Full},
    bearer::Bearer,
    body::Fields,
    books::moment,
    idempotency::Answer,
    invoices::{self, CURRENCIES, DAYS_TO_PAY, Invoice, STATES},
    parties,
    problem::Refusal,
    query::Query,
    scopes::{ReadOrders, Serve},
    shared::Shared,
};
use crate::reply;

const Q_MAX_CHARS: usize = 100;
const REFERENCE_MAX_CHARS: usize = 60;
const MAX_CENTS: u32 = 5_000_000;
const MAX_DAYS: u32 = 90;
const UNKNOWN: &str = "There is no such invoice.";

/// `GET /invoices`: newest first unless `sort` (`id`, `amount`, `due`, `issued`, `status`, with a minus for descending)
/// says otherwise. `status` and `currency` (each may be repeated), `region`, `customer` (an id), `month` of the issue,
/// `due_by` (a day), `reminded`, `min` (in units of the currency) and `q` (in id or customer) filter; `limit` and `offset`
/// page.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    _: Bearer<ReadOrders>,
    query: Query,
) -> Result<Response, Refusal> {
    let (statuses, currencies) = (query.among("status", &STATES)?, query.among("currency", &CURRENCIES)?);
    let (region, customer) = (query.one("region")?, query.one("customer")?);
    let (month, due_by) = (query.month("month")?, query.day("due_by")?.map(|day| day.to_string()));
    let reminded = query.word("reminded", &[("true", true), ("false", false)])?;
    let least = query.amount("min")?;
    let words = query.one("q")?.unwrap_or_default().to_lowercase();
    if words.chars().count() > Q_MAX_CHARS {
        return Err(Refusal::bad_request("q must not be longer than 100 characters."));
    }
    let page = query.page()?;
    let mut all = invoices::all(&shared);
    all.retain(|invoice| {
        (statuses.is_empty() || statuses.contains(&invoice.status))
            && (currencies.is_empty() || currencies.contains(&invoice.currency))
            && region.is_none_or(|region| invoice.customer("region") == region)
            && customer.is_none_or(|id| invoice.customer("id") == id)
            && month.is_none_or(|month| invoice.issued.starts_with(month))
            && due_by.as_ref().is_none_or(|day| invoice.due <= *day)
            && reminded.is_none_or(|reminded| invoice.reminded == reminded)
            && least.is_none_or(|least| invoice.amount >= least)
            && (invoice.id.to_lowercase().contains(&words)
                || invoice.customer("name").to_lowercase().contains(&words))
    });
    sort(&mut all, query.one("sort")?.unwrap_or("-issued"))?;
    let total = all.len();
    let body = json!({
        "data": page.of(all.into_iter()), "total": total, "limit": page.limit, "offset": page.offset,
    });
    Ok(reply::json(StatusCode::OK, &body))
}

fn sort(all: &mut [Invoice], by: &str) -> Result<(), Refusal> {
    let (key, is_descending) = by.strip_prefix('-').map_or((by, false), |key| (key, true));
    match key {
        "id" | "issued" => all.sort_by(|a, b| a.id.cmp(&b.id)),
        "amount" => all.sort_by_key(|invoice| invoice.amount),
        "due" => all.sort_by(|a, b| a.due.cmp(&b.due)),
        "status" => all.sort_by_key(|invoice| invoice.status),
        _ => return Err(Refusal::bad_request("sort must be one of id, issued, amount, due, status.")),
    }
    if is_descending {
        all.reverse();
    }
    Ok(())
}

/// `GET /invoices/{id}`: one invoice with its lines and its history, in an envelope.
pub(super) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    _: Bearer<ReadOrders>,
) -> Result<Response, Refusal> {
    let found = invoices::find(&shared, &id);
    let found = found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, UNKNOWN))?;
    Ok(reply::json(StatusCode::OK, &json!({ "data": found.full() })))
}

/// `POST /invoices`: an invoice for `customer` (an id) of an `amount` in units of the customer's currency, due in `days`
/// (14 by default), with a `reference`; `draft` keeps it back.
pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    Bearer { access, .. }: Bearer<Serve>,
    request: Request,
) -> Result<Response, Refusal> {
    let (request, body) = request.into_parts();
    let mut fields = Fields::read(&request.headers, body).await?;
    let party = fields.found("customer", "There is no customer with this id.", parties::find);
    let cents = fields.needed("amount", |fields, name| fields.cents(name, MAX_CENTS));
    let days = fields.whole("days", 1..=MAX_DAYS).map_or(DAYS_TO_PAY, i64::from);
    let (reference, is_draft) = (fields.text("reference", REFERENCE_MAX_CHARS), fields.flag("draft"));
    fields.check()?;
    let Some(party) = party else { return Err(Refusal::bad_request("customer is required.")) };
    let issued = shared.today();
    let created = Created {
        customer: party.index,
        cents,
        currency: party.currency(),
        issued,
        due: issued + Duration::days(days),
        reference,
        is_draft,
    };
    shared.answers.once(&access.who, &request, &fields, || match shared.accounts.create(created) {
        Ok(index) => {
            let id = invoices::id_of_created(index);
            let location = Some(format!("/invoices/{id}"));
            Answer { status: StatusCode::CREATED, body: shown(&shared, &id), location }
        }
        Err(Full) => Answer::problem(
            StatusCode::CONFLICT,
            "The demo has no room for more invoices. Restart it to begin again.",
        ),
    })
}

/// `POST /invoices/{id}/remind`: sends a reminder for an invoice that is not paid.
pub(super) async fn remind(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Bearer { access, .. }: Bearer<Serve>,
    request: Request,
) -> Result<Response, Refusal> {
    let (request, body) = request.into_parts();
    let fields = Fields::read(&request.headers, body).await?;
    shared.answers.once(&access.who, &request, &fields, || match invoices::find(&shared, &id) {
        None => Answer::problem(StatusCode::NOT_FOUND, UNKNOWN),
        Some(invoice) if !invoice.is_due() => refused(&invoice),
        Some(_) => {
            shared.accounts.remind(&id, moment(shared.clock.now()));
            Answer::of(StatusCode::OK, shown(&shared, &id))
        }
    })
}

/// `POST /invoices/{id}/void`: voids an invoice that is not paid.
pub(super) async fn void(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Bearer { access, .. }: Bearer<Serve>,
    request: Request,
) -> Result<Response, Refusal> {
    let (request, body) = request.into_parts();
    let fields = Fields::read(&request.headers, body).await?;
    shared.answers.once(&access.who, &request, &fields, || match invoices::find(&shared, &id) {
        None => Answer::problem(StatusCode::NOT_FOUND, UNKNOWN),
        Some(invoice) if !invoice.is_due() && invoice.status != "draft" => refused(&invoice),
        Some(_) => {
            shared.accounts.void(&id, moment(shared.clock.now()));
            Answer::of(StatusCode::OK, shown(&shared, &id))
        }
    })
}

fn refused(invoice: &Invoice) -> Answer {
    let state = match invoice.status {
        "void" => "has already been voided",
        "paid" => "has already been paid",
        "draft" => "has not been sent yet",
        _ => "has been written off",
    };
    // The id was found, so it is safe to repeat.
    Answer::problem(StatusCode::CONFLICT, &format!("{} {state}.", invoice.id))
}

fn shown(shared: &Shared, id: &str) -> serde_json::Value {
    invoices::find(shared, id).map(|invoice| invoice.full()).unwrap_or_default()
}
