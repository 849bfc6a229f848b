//! `PATCH /customers/{id}`: another address. Only of the version that the caller knows, which it names in `If-Match`
//! (RFC 9110 13.1.1): two people who change the same customer do not overwrite each other.

use std::sync::Arc;

use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};

use super::{
    bearer::Bearer, body::Fields, customers, idempotency::Answer, parties::Party, problem::Refusal,
    scopes::Serve, shared::Shared,
};

const LINE_MAX_CHARS: usize = 80;
const POSTCODE_MAX_CHARS: usize = 12;

/// Where a customer is.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) street: String,
    pub(super) postcode: String,
    pub(super) city: String,
}

/// The address of a customer, as users changed it last.
pub(super) fn of(shared: &Shared, party: Party) -> Address {
    let who = party.who;
    let at_first =
        || Address { street: who.street.into(), postcode: who.postcode.into(), city: who.city.into() };
    shared.accounts.address(party.index).unwrap_or_else(at_first)
}

/// `PATCH /customers/{id}`: `address` with any of `street`, `postcode` and `city`; what is absent stays.
pub(super) async fn change(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Bearer { access, .. }: Bearer<Serve>,
    request: Request,
) -> Result<Response, Refusal> {
    let (request, body) = request.into_parts();
    let party = customers::find(&id)?;
    let mut fields = Fields::read(&request.headers, body).await?;
    let street = fields.text("address/street", LINE_MAX_CHARS);
    let postcode = fields.text("address/postcode", POSTCODE_MAX_CHARS);
    let city = fields.text("address/city", LINE_MAX_CHARS);
    fields.check()?;
    shared.answers.once(&access.who, &request, &fields, || {
        let (_, tag) = customers::full(&shared, party);
        match matches(&request.headers, &tag) {
            None => Answer::problem(
                StatusCode::PRECONDITION_REQUIRED,
                "If-Match must name the version to change.",
            ),
            Some(false) => {
                Answer::problem(StatusCode::PRECONDITION_FAILED, "The customer is no longer that version.")
            }
            Some(true) => {
                let now = of(&shared, party);
                let address = Address {
                    street: street.unwrap_or(now.street),
                    postcode: postcode.unwrap_or(now.postcode),
                    city: city.unwrap_or(now.city),
                };
                shared.accounts.move_to(party.index, address);
                Answer::of(StatusCode::OK, customers::full(&shared, party).0)
            }
        }
    })
}

/// Whether `If-Match` names this tag, by the strong comparison; `None` without the header.
fn matches(headers: &HeaderMap, tag: &str) -> Option<bool> {
    let mut lines = headers.get_all(header::IF_MATCH).iter().peekable();
    lines.peek()?;
    let names = |line: &str| line.split(',').any(|one| matches!(one.trim(), "*") || one.trim() == tag);
    Some(lines.any(|line| line.to_str().is_ok_and(names)))
}
