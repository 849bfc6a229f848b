//! Actions: what a person does through a board, from the form that asks for it to the one call that does it.
//! Which actions there are is the settings' to say; the call itself is `server::api`'s, how things look is `components`'.

/// The one call, and what its answer means.
mod call;
/// From what was filled in to the body of the request.
mod fields;
/// The form as it is shown.
mod form;
/// However often a form is sent, it is done once.
mod once;
/// What a session stores of a refusal.
mod stored;
/// A form as it was sent.
mod submitted;

pub use form::{back, page};
pub use once::SubmissionId;
pub use submitted::{BOARD, Submitted};

use std::{collections::BTreeMap, sync::Arc};

use claimcheck_base::clock::Clock;
use claimcheck_model::{ActionForm, AppError, BoardQuery};
use claimcheck_session::{ActionPlace, Outcome, Sessions, SignedIn};
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
    config::{Action, FieldKind, PanelKind, Sentence, Settings},
    locale::LocaleFormatter,
    single_flight::SingleFlight,
};

/// What has become of a form that was sent.
pub enum Acted {
    Done {
        said: String,
    },
    /// Not done, or not known to be: the session keeps the form under this name, to be looked at again.
    Again {
        kept: String,
        is_unclear: bool,
    },
    /// It was made for somebody else than who is signed in now: nothing was done, nothing is kept.
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
    /// The actions of these boards; submissions count among `tasks`.
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

    /// The form of that place; with the name of a kept one, that. `step_up_link` makes the link that asks the provider for the
    /// access that an error is about and then comes back to a path, where asking may help.
    ///
    /// # Errors
    /// `NotFound` where there is no such action or row, else as [`BoardRequest::row`].
    pub async fn open(
        &self,
        signed_in: &SignedIn,
        request: &BoardRequest<'_>,
        place: &ActionPlace,
        kept: Option<&str>,
        step_up_link: impl Fn(&AppError, &str) -> Option<String>,
    ) -> Result<ActionForm, AppError> {
        form::open(self, signed_in, request, place, kept, step_up_link).await
    }

    /// Carries out what a form asks for, once however often it is sent.
    ///
    /// # Errors
    /// `NotFound` where there is no such action; `StoreUnavailable` where it could not be made sure that it is done only once;
    /// `SignedOut` where the session is over and nothing was sent.
    pub async fn act(
        &self,
        signed_in: &SignedIn,
        reader: &LocaleFormatter,
        mut sent: Submitted,
    ) -> Result<Acted, AppError> {
        let found = find(&self.settings, &sent.place)?;
        if sent.person != signed_in.owner.person() {
            tracing::warn!(
                event = "action of another",
                "a form was sent by somebody else than it was made for"
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
                let why = "This form was sent before you changed it, and that was done. What stands here now was not sent.";
                Outcome::NotDone { why: why.to_owned(), fields: BTreeMap::new() }
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

/// Looks at what was sent; if nothing is in the way, it is done.
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
    let not_done = |why: String| Ok(Outcome::NotDone { why, fields: BTreeMap::new() });
    let values = match RowValues::of(&look, found, &sent.place, false).await {
        Ok(values) => values,
        Err(AppError::SignedOut) => return Err(AppError::SignedOut),
        Err(AppError::NotFound) => return not_done("That is not there any more.".to_owned()),
        Err(error) => return not_done(format!("{error}. Nothing was sent.")),
    };
    let body = match fields::body(found.action, &sent.values, &values) {
        Ok(body) => body,
        Err(fields) => {
            let why = "Some of what you filled in cannot be sent as it is.".to_owned();
            return Ok(Outcome::NotDone { why, fields });
        }
    };
    let Ok(path) = found.action.path.fill(|slot| values.raw(slot)) else {
        return not_done("That is not there any more.".to_owned());
    };
    let call = call::of(found.action, path, body.as_ref(), once);
    let said = form::done(found.action, &values, reader);
    let request = Request { api: found.action.api.clone(), call, said };
    let mut outcome = call::make(actions, signed_in, &sent.place, request).await;
    if let Outcome::NotDone { fields, .. } = &mut outcome {
        fields.retain(|key, _| found.action.fields.iter().any(|field| field.key == *key));
    }
    Ok(outcome)
}

/// Whether an action takes such a place from its row when it is carried out.
fn takes(action: &Action, is_such: impl Fn(&str) -> bool) -> bool {
    let of_fields = action.fields.iter().filter(|field| field.kind == FieldKind::Row);
    let of_fields = of_fields.flat_map(|field| field.value.iter().flat_map(Sentence::slots));
    let of_done = action.done.iter().flat_map(Sentence::slots);
    action.path.slots().chain(of_fields).chain(of_done).any(is_such)
}

/// Where the places of an action's texts get their values: from a row, or nowhere.
pub struct RowValues<'a> {
    /// The member that names the row, and the name.
    name: Option<(&'a str, &'a str)>,
    row: Option<Map<String, Value>>,
}

impl<'a> RowValues<'a> {
    /// The values of the row of that place; the API is asked for it only where its name alone does not do.
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

    /// The name of the row alone.
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

    /// A value as a program reads it, in a path or a field.
    fn raw(&self, slot: &str) -> Option<String> {
        match self.value(slot)? {
            Value::Bool(is) => Some(is.to_string()),
            value => name_of(&value),
        }
    }

    /// A value as a person reads it.
    fn reads(&self, slot: &str, reader: &LocaleFormatter) -> Option<String> {
        cells::reads(&self.value(slot)?, reader)
    }
}
