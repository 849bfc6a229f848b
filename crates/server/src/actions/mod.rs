//! Actions: what users do through a board, from the form to the one request that carries it out. The settings define
//! the actions, `server::api` sends the request, and `components` has the markup.

/// The request and its outcome.
mod call;
/// Validation of submitted values, and the request body.
mod fields;
/// The form as shown.
mod form;
/// Each submission runs once.
mod once;
/// Conversion of refusals to and from the session record.
mod stored;
/// Parsing of submitted forms.
mod submitted;

pub use form::{back, page};
pub use once::SubmissionId;
pub use submitted::{BOARD, Submitted};

use std::{collections::BTreeMap, sync::Arc};

use claimcheck_base::clock::Clock;
use claimcheck_model::{ActionForm, AppError, BoardQuery};
use claimcheck_session::{ActionPlace, Outcome, Sessions, SignedIn};
use claimcheck_text::t;
use serde_json::{Map, Value};
use tokio_util::task::TaskTracker;
use url::form_urlencoded;

use crate::{
    actions::{call::Request, once::Submissions},
    api::ApiClient,
    boards::{
        BoardRequest, Boards, cells, name_of,
        offer::{ResolvedAction, find, missing_access},
    },
    config::{Action, FieldKind, Local, PanelKind, Sentence, Settings},
    locale::LocaleFormatter,
    single_flight::SingleFlight,
};

/// The result of a submission.
pub enum Acted {
    Done {
        said: String,
    },
    /// Not done, or undecided: the session keeps the form under this name, to be shown again.
    Again {
        kept: String,
        is_unclear: bool,
    },
    /// The form was made for another user: nothing was done or kept.
    OfAnother,
}

/// Actions: forms, submissions and their outcomes. Cheap to clone.
#[derive(Clone)]
pub struct Actions {
    settings: Arc<Settings>,
    clock: Clock,
    sessions: Sessions,
    api: ApiClient,
    boards: Boards,
    submissions: Submissions,
}

impl Actions {
    /// The actions of these boards. Submissions run as tasks of `tasks`.
    pub fn new(
        settings: Arc<Settings>,
        clock: Clock,
        sessions: Sessions,
        api: ApiClient,
        boards: Boards,
        tasks: &TaskTracker,
    ) -> Self {
        Self { settings, clock, sessions, api, boards, submissions: SingleFlight::new(tasks) }
    }

    /// The form of that action, or the kept form of that name. `step_up_link` returns the link that requests the access
    /// missing at an API from the provider and then returns to a path, if requesting it may help.
    ///
    /// # Errors
    /// `NotFound` if there is no such action or row, else as [`BoardRequest::row`].
    pub async fn open(
        &self,
        signed_in: &SignedIn,
        request: &BoardRequest<'_>,
        place: &ActionPlace,
        kept: Option<&str>,
        step_up_link: impl Fn(&str, &AppError, &str) -> Option<String>,
    ) -> Result<ActionForm, AppError> {
        form::open(self, signed_in, request, place, kept, step_up_link).await
    }

    /// Carries out a submission, once however often it is sent.
    ///
    /// # Errors
    /// `NotFound` if there is no such action, `StoreUnavailable` if it cannot be ensured that it runs only once,
    /// `SignedOut` if the session has ended and nothing was sent.
    pub async fn act(
        &self,
        signed_in: &SignedIn,
        reader: &LocaleFormatter,
        mut sent: Submitted,
    ) -> Result<Acted, AppError> {
        let found = find(&self.settings, &sent.place)?;
        if sent.person != signed_in.owner.person() {
            tracing::warn!(
                event = "action of another user",
                "a form was submitted by a user it was not created for"
            );
            return Ok(Acted::OfAnother);
        }
        sent.values.retain(|key, _| found.action.fields.iter().any(|field| field.key == *key));
        let once = SubmissionId::of(&signed_in.owner, &sent);
        let known = once.known(&signed_in.record).cloned();
        let finished = match known {
            Some(finished) => finished,
            None => once::run(self, signed_in, reader, &once, &sent).await?,
        };
        let is_other = finished.digest != once::digest(&sent.values);
        let outcome = match finished.outcome {
            Outcome::Done { said } if !is_other => return Ok(Acted::Done { said }),
            Outcome::Done { .. } => {
                let why = t!(reader.language(), "act-done-before-change").to_owned();
                Outcome::NotDone { why, fields: BTreeMap::new() }
            }
            outcome => outcome,
        };
        let kept = once.next(&outcome);
        let is_unclear = matches!(outcome, Outcome::Unclear { .. });
        if signed_in.record.kept_form(&kept, self.clock.now()).is_none() {
            once::keep(self, signed_in, once.kept(&sent, outcome, self.clock.now())).await;
        }
        Ok(Acted::Again { kept, is_unclear })
    }
}

/// Checks the submission, and carries it out if it is valid.
async fn attempt(
    actions: &Actions,
    signed_in: &SignedIn,
    reader: &LocaleFormatter,
    once: &SubmissionId,
    sent: &Submitted,
) -> Result<Outcome, AppError> {
    let found = find(&actions.settings, &sent.place)?;
    if let Some(lack) = missing_access(&actions.settings, signed_in, found) {
        return Ok(Outcome::Lacking(stored::missing_access(lack)));
    }
    let question = BoardQuery::read(form_urlencoded::parse(sent.query.as_bytes()).into_owned());
    let look = actions.boards.request(signed_in, reader, &sent.place.board, question)?;
    let language = reader.language();
    let not_done = |why: &str| Ok(Outcome::NotDone { why: why.to_owned(), fields: BTreeMap::new() });
    let values = match RowValues::of(&look, found, &sent.place, false).await {
        Ok(values) => values,
        Err(AppError::SignedOut) => return Err(AppError::SignedOut),
        Err(AppError::NotFound) => return not_done(t!(language, "act-gone")),
        Err(error) => return not_done(call::not_sent(language, &error)),
    };
    let body = match fields::body(language, found.action, &sent.values, &values) {
        Ok(body) => body,
        Err(fields) => {
            let why = t!(language, "act-fields-invalid").to_owned();
            return Ok(Outcome::NotDone { why, fields });
        }
    };
    let Ok(path) = found.action.path.fill(|slot| values.raw(slot)) else {
        return not_done(t!(language, "act-gone"));
    };
    let call = call::of(found.action, path, body.as_ref(), once);
    let said = form::done(found.action, &values, reader);
    let request = Request { api: found.action.api.clone(), call, said, language };
    let mut outcome = call::make(actions, signed_in, &sent.place, request).await;
    if let Outcome::NotDone { fields, .. } = &mut outcome {
        fields.retain(|key, _| found.action.fields.iter().any(|field| field.key == *key));
    }
    Ok(outcome)
}

/// Whether an action uses such a slot of its row when it is carried out.
fn takes(action: &Action, is_such: impl Fn(&str) -> bool) -> bool {
    let of_fields = action.fields.iter().filter(|field| field.kind == FieldKind::Row);
    let of_fields = of_fields.flat_map(|field| field.value.iter().flat_map(Sentence::slots));
    let of_done = action.done.iter().flat_map(Local::all).flat_map(Sentence::slots);
    action.path.slots().chain(of_fields).chain(of_done).any(is_such)
}

/// The values for the slots of an action's texts: from a row, or none.
pub struct RowValues<'a> {
    /// The member with the row key, and the key.
    name: Option<(&'a str, &'a str)>,
    row: Option<Map<String, Value>>,
}

impl<'a> RowValues<'a> {
    /// The values of the row. The API is only asked if the row key is not enough.
    async fn of(
        look: &BoardRequest<'a>,
        found: ResolvedAction<'a>,
        place: &'a ActionPlace,
        is_whole: bool,
    ) -> Result<Self, AppError> {
        let (Some(index), Some(name)) = (place.panel, place.row.as_deref()) else {
            return Ok(Self { name: None, row: None });
        };
        let mut values = Self::name_only(found, place);
        let key = values.name.map(|(key, _)| key);
        if is_whole || takes(found.action, |slot| Some(slot) != key) {
            values.row = Some(look.row_object(index, name).await?);
        }
        Ok(values)
    }

    /// Only the row key.
    fn name_only(found: ResolvedAction<'a>, place: &'a ActionPlace) -> Self {
        let key = match found.panel.map(|panel| &panel.kind) {
            Some(PanelKind::Table(table)) => table.name_key(),
            _ => None,
        };
        Self { name: key.zip(place.row.as_deref()), row: None }
    }

    /// A value as it is sent.
    fn value(&self, slot: &str) -> Option<Value> {
        match (self.name, &self.row) {
            (Some((key, name)), None) => (key == slot).then(|| Value::String(name.to_owned())),
            (_, Some(row)) => Some(cells::member(row, slot).clone()).filter(|value| !value.is_null()),
            (None, None) => None,
        }
    }

    /// A value as plain text, for a path or a field.
    fn raw(&self, slot: &str) -> Option<String> {
        match self.value(slot)? {
            Value::Bool(is) => Some(is.to_string()),
            value => name_of(&value),
        }
    }

    /// A value as the user reads it.
    fn reads(&self, slot: &str, reader: &LocaleFormatter) -> Option<String> {
        cells::reads(&self.value(slot)?, reader)
    }
}
