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
/// The values of a row.
mod row_values;
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
use tokio_util::task::TaskTracker;
use url::form_urlencoded;

use crate::{
    actions::{
        call::Request,
        once::{Ran, Submissions},
        row_values::RowValues,
    },
    api::ApiClient,
    boards::{
        BoardRequest, Boards,
        offer::{find, missing_access},
    },
    config::Settings,
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
            None => match once::run(self, signed_in, reader, &once, &sent).await? {
                Ran::Finished(finished) => finished,
                Ran::Refused(outcome) => {
                    // Nothing was recorded: the same submission comes again.
                    let kept = sent.once.clone();
                    once::keep_refused(self, signed_in, &sent, outcome).await;
                    return Ok(Acted::Again { kept, is_unclear: false });
                }
            },
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

/// A checked submission: nothing but the request is left to do.
struct Ready {
    request: Request,
}

/// Why a submission is not carried out. Nothing was sent.
enum NotReady {
    /// The submission stays what it is: sent again, it may be carried out.
    Refused(Outcome),
    /// The row is no longer what the form was made for. If another process has carried the submission out, that may be
    /// the cause.
    OtherRow(Outcome),
}

/// Checks a submission completely before anything is recorded or sent: the action, the user's access, the row, the
/// fields, and that there is an access token.
///
/// # Errors
/// The inner error says why the submission is not carried out; the outer one that nothing can be said of it.
async fn prepare(
    actions: &Actions,
    signed_in: &SignedIn,
    reader: &LocaleFormatter,
    once: &SubmissionId,
    sent: &Submitted,
) -> Result<Result<Ready, NotReady>, AppError> {
    let found = find(&actions.settings, &sent.place)?;
    if let Some(lack) = missing_access(&actions.settings, signed_in, found) {
        return Ok(Err(NotReady::Refused(Outcome::Lacking(stored::missing_access(lack)))));
    }
    let question = BoardQuery::read(form_urlencoded::parse(sent.query.as_bytes()).into_owned());
    let look = actions.boards.request(signed_in, reader, &sent.place.board, question)?;
    let language = reader.language();
    let not_done = |why: &str| Outcome::NotDone { why: why.to_owned(), fields: BTreeMap::new() };
    let gone = || not_done(t!(language, "act-gone"));
    let values = match RowValues::of(&look, found, &sent.place, false).await {
        Ok(values) => values,
        Err(AppError::SignedOut) => return Err(AppError::SignedOut),
        Err(AppError::NotFound) => return Ok(Err(NotReady::OtherRow(gone()))),
        Err(error) => return Ok(Err(NotReady::Refused(not_done(call::not_sent(language, &error))))),
    };
    if !values.is_offered(found.action) {
        return Ok(Err(NotReady::OtherRow(not_done(t!(language, "act-not-offered")))));
    }
    if values.digest(found.action) != sent.seen {
        tracing::info!(
            event = "row changed",
            board = sent.place.board,
            "the row changed after the form was opened"
        );
        return Ok(Err(NotReady::OtherRow(not_done(t!(language, "act-row-changed")))));
    }
    let body = match fields::body(reader, found.action, &sent.values, &values) {
        Ok(body) => body,
        Err(fields) => {
            let why = t!(language, "act-fields-invalid").to_owned();
            return Ok(Err(NotReady::Refused(Outcome::NotDone { why, fields })));
        }
    };
    let Ok(path) = found.action.path.fill(|slot| values.raw(slot)) else {
        return Ok(Err(NotReady::OtherRow(gone())));
    };
    let api = actions.settings.api(&found.action.api).ok_or(AppError::Internal)?;
    match actions.api.check_token(signed_in, api).await {
        Ok(()) => {}
        Err(AppError::SignedOut) => return Err(AppError::SignedOut),
        Err(AppError::Forbidden(lack)) => {
            return Ok(Err(NotReady::Refused(Outcome::Lacking(stored::missing_access(lack)))));
        }
        Err(error) => return Ok(Err(NotReady::Refused(not_done(call::not_sent(language, &error))))),
    }
    let call = call::of(found.action, path, body.as_ref(), once);
    let said = form::done(found.action, &values, reader);
    Ok(Ok(Ready { request: Request { api: found.action.api.clone(), call, said, language } }))
}

/// Sends the request of a submission.
async fn carry_out(actions: &Actions, signed_in: &SignedIn, sent: &Submitted, ready: Ready) -> Outcome {
    let mut outcome = call::make(actions, signed_in, &sent.place, ready.request).await;
    if let Outcome::NotDone { fields, .. } = &mut outcome {
        let found = find(&actions.settings, &sent.place).ok();
        let declared = found.map_or(&[][..], |found| &found.action.fields);
        fields.retain(|key, _| declared.iter().any(|field| field.key == *key));
    }
    outcome
}
