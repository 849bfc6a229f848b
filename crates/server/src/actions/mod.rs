//! Actions: what users do through a board, from the form to the one request that carries it out. The settings define
//! the actions, `server::api` sends the request, and `components` has the markup.

/// What the audit log says about actions.
mod audited;
/// The body of a request.
mod body;
/// The request and its outcome.
mod call;
/// Choices from an API.
mod choices;
/// Counting submissions.
mod counted;
/// Validation of submitted values, and the request body.
mod fields;
/// What decides whether a form is still the one that was opened.
mod fingerprint;
/// The form as shown.
mod form;
/// What APIs have accepted and do later.
mod job;
/// What a submission leaves in the store.
mod left;
/// Each submission runs once.
mod once;
/// The values of a row.
mod row_values;
/// Conversion of refusals to and from the session record.
mod stored;
/// Parsing of submitted forms.
mod submitted;
/// What follows success.
mod success;
/// The version that a request changes.
mod validator;

pub use form::{back, page};
pub use once::SubmissionId;
pub use submitted::{BOARD, Submitted};

use std::{collections::BTreeMap, sync::Arc};

use claimcheck_base::{clock::Clock, traces};
use claimcheck_model::{ActionForm, AppError};
use claimcheck_session::{ActionPlace, Finished, Outcome, Sessions, SignedIn};
use claimcheck_text::{Language, t};
use tokio_util::task::TaskTracker;

use crate::{
    actions::{
        call::Request,
        choices::FieldChoices,
        once::{Ran, Submissions},
        row_values::{RowValues, Version},
        success::Success,
    },
    api::ApiClient,
    audit::Audit,
    boards::{
        BoardRequest, Boards, LoggedPaths,
        offer::{find, missing_access},
    },
    config::Settings,
    guard::{RateLimit, TooMany},
    locale::LocaleFormatter,
    metrics::ActionOutcome,
    single_flight::SingleFlight,
};

/// The result of a submission.
pub enum Acted {
    /// It was done, or the API has accepted it.
    Done(Box<Finished>),
    /// Not done, or undecided: the session keeps the form under this name, to be shown again.
    Again { kept: String, is_unclear: bool },
    /// The form was made for another user: nothing was done or kept.
    OfAnother,
    /// The action, its panel or its board no longer exists: nothing was sent now or kept.
    Gone {
        /// An earlier submission of the form may have been done.
        may_be_done: bool,
    },
    /// The user has submitted too many forms: nothing was done or stored. `again` has the form under the name `kept`, for
    /// this response only.
    TooMany { again: Box<SignedIn>, kept: String, retry_after_secs: u64 },
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
    /// Submissions per minute of each user, by their pseudonym.
    rate: RateLimit<String>,
    /// The links without a value that were logged.
    logged: LoggedPaths,
    /// Records of submissions are withdrawn without callers.
    tasks: TaskTracker,
    audit: Audit,
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
        let (submissions, rate) = (SingleFlight::new(tasks), RateLimit::new(settings.limits.action_rate));
        let logged = LoggedPaths::default();
        let (tasks, audit) = (tasks.clone(), Audit::default());
        Self { settings, clock, sessions, api, boards, submissions, rate, logged, tasks, audit }
    }

    /// The actions of these settings. Submissions that are under way and limits stay what they are.
    #[must_use]
    pub fn with_settings(&self, settings: &Arc<Settings>) -> Self {
        let (api, boards) = (self.api.with_settings(settings), self.boards.with_settings(settings));
        Self { settings: settings.clone(), api, boards, logged: LoggedPaths::default(), ..self.clone() }
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

    /// As [`Actions::act`], without counting.
    async fn submit(
        &self,
        signed_in: &SignedIn,
        reader: &LocaleFormatter,
        mut sent: Submitted,
    ) -> Result<Acted, AppError> {
        if sent.person != signed_in.owner.person() {
            tracing::warn!(
                event = "action of another user",
                "a form was submitted by a user it was not created for"
            );
            return Ok(Acted::OfAnother);
        }
        let once = SubmissionId::of(&signed_in.owner, &sent);
        let known = once.known(&signed_in.record).cloned();
        let Ok(found) = find(&self.settings, &sent.place) else {
            return self.gone(signed_in, reader, &once, known, &sent).await;
        };
        sent.values.retain(|key, _| found.action.fields.iter().any(|field| field.key == *key));
        if known.is_none()
            && let Err(too_many) = once::count(self, signed_in, &once)
        {
            return Ok(self.too_many(signed_in, reader.language(), &sent, too_many));
        }
        let finished = match known {
            Some(finished) => finished,
            None => match once::run(self, signed_in, reader, &once, &sent).await? {
                Ran::Finished(finished) => finished,
                Ran::Refused(outcome) => {
                    // Nothing was recorded: the same submission comes again.
                    self.api.metrics().acted(ActionOutcome::Refused);
                    let kept = sent.once.clone();
                    left::keep_refused(self, signed_in, &sent, outcome).await;
                    return Ok(Acted::Again { kept, is_unclear: false });
                }
            },
        };
        let is_other = finished.digest != sent.digest;
        let outcome = match &finished.outcome {
            Outcome::Done { .. } if !is_other => return Ok(Acted::Done(Box::new(finished))),
            Outcome::Done { job, .. } => {
                let why = match job {
                    Some(_) => t!(reader.language(), "act-accepted-before-change"),
                    None => t!(reader.language(), "act-done-before-change"),
                };
                Outcome::NotDone { why: why.to_owned(), fields: BTreeMap::new() }
            }
            outcome => outcome.clone(),
        };
        let kept = once.next(&outcome);
        let is_unclear = matches!(outcome, Outcome::Unclear { .. });
        if signed_in.record.kept_form(&kept, self.clock.now()).is_none() {
            left::keep(self, signed_in, once.kept(&sent, outcome, self.clock.now())).await;
        }
        Ok(Acted::Again { kept, is_unclear })
    }

    /// A submission of an action that no longer exists: what became of it if it was sent before.
    async fn gone(
        &self,
        signed_in: &SignedIn,
        reader: &LocaleFormatter,
        once: &SubmissionId,
        known: Option<Finished>,
        sent: &Submitted,
    ) -> Result<Acted, AppError> {
        let finished = match known {
            Some(finished) => Some(finished),
            None => once::recorded(self, signed_in, reader.language(), once, sent).await?,
        };
        let ActionPlace { board, panel, action, .. } = &sent.place;
        tracing::info!(
            event = "action gone",
            board,
            panel,
            action,
            "a form of an action that no longer exists"
        );
        Ok(match finished {
            Some(finished)
                if finished.digest == sent.digest && matches!(finished.outcome, Outcome::Done { .. }) =>
            {
                Acted::Done(Box::new(finished))
            }
            Some(Finished { outcome: Outcome::Done { .. } | Outcome::Unclear { .. }, .. }) => {
                Acted::Gone { may_be_done: true }
            }
            _ => Acted::Gone { may_be_done: once::is_doubtful(&sent.once) },
        })
    }

    /// The kept form of that name, or the undecided one of that action, if the action no longer exists.
    pub fn left_of_gone(
        &self,
        signed_in: &SignedIn,
        place: &ActionPlace,
        kept: Option<&str>,
    ) -> (BTreeMap<String, String>, bool) {
        let (record, now) = (&signed_in.record, self.clock.now());
        let doubtful = record.doubtful_form(place, now, once::is_doubtful);
        let kept = kept.and_then(|once| record.kept_form(once, now)).filter(|kept| kept.place == *place);
        (kept.or(doubtful).map(|kept| kept.values.clone()).unwrap_or_default(), doubtful.is_some())
    }

    /// The form with all input, and when it may be submitted. It is not stored: the limit bounds what is.
    fn too_many(&self, signed_in: &SignedIn, language: Language, sent: &Submitted, limit: TooMany) -> Acted {
        let secs = limit.retry_after_secs;
        tracing::warn!(event = "too many actions", secs, "a user has submitted too many forms");
        let why = t!(language, "act-too-many", wait = t!(language, "duration-seconds", count = secs));
        let outcome = Outcome::NotDone { why, fields: BTreeMap::new() };
        let mut again = signed_in.clone();
        Arc::make_mut(&mut again.record).keep_form(left::form(sent, outcome, self.clock.now()));
        Acted::TooMany { again: Box::new(again), kept: sent.once.clone(), retry_after_secs: secs }
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
    /// The same, but the row or the action is no longer what the form was made for. If the submission was carried out
    /// before or by another process, its outcome counts.
    Changed(Outcome),
}

/// Checks a submission completely before anything is recorded or sent: the action, the user's access, that the APIs may be
/// asked now, the row, the fields, and that there is an access token.
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
    if fingerprint::of(&actions.settings, found)? != sent.definition {
        let ActionPlace { board, panel, action, .. } = &sent.place;
        tracing::info!(
            event = "action changed",
            board,
            panel,
            action,
            "the settings of an action changed after its form was opened"
        );
        let why = t!(reader.language(), "act-changed").to_owned();
        return Ok(Err(NotReady::Changed(Outcome::NotDone { why, fields: BTreeMap::new() })));
    }
    if let Some(lack) = missing_access(&actions.settings, signed_in, found) {
        return Ok(Err(NotReady::Refused(Outcome::Lacking(stored::missing_access(lack)))));
    }
    let question = actions.boards.question(&sent.place.board, &sent.query);
    let look = actions.boards.request(signed_in, reader, &sent.place.board, question)?;
    let language = reader.language();
    let not_done = |why: &str| Outcome::NotDone { why: why.to_owned(), fields: BTreeMap::new() };
    let gone = || not_done(t!(language, "act-gone"));
    let api = actions.settings.api(&found.action.api).ok_or(AppError::Internal)?;
    let of_row = found.panel.and_then(|panel| actions.settings.api(&panel.api));
    let wait = || {
        let waits = [Some(api), of_row].into_iter().flatten();
        let until = waits.filter_map(|api| actions.api.waits_until(signed_in, api)).max()?;
        Some(NotReady::Refused(not_done(&call::wait(reader, actions.clock.now(), until))))
    };
    if let Some(refused) = wait() {
        return Ok(Err(refused));
    }
    let values = match RowValues::of(&look, found, &sent.place, false).await {
        Ok(values) => values,
        Err(AppError::SignedOut) => return Err(AppError::SignedOut),
        Err(AppError::NotFound) => return Ok(Err(NotReady::Changed(gone()))),
        Err(error) => {
            // The request for the row may have been one too many.
            let refused = || NotReady::Refused(not_done(call::not_sent(language, &error)));
            return Ok(Err(wait().unwrap_or_else(refused)));
        }
    };
    if !values.is_offered(found.action, look.reader()) {
        return Ok(Err(NotReady::Changed(not_done(t!(language, "act-not-offered")))));
    }
    let version = match values.version(found.action) {
        Version::Any => None,
        Version::Of(version) => Some(version),
        Version::Unknown => {
            form::note_no_version(&sent.place);
            return Ok(Err(NotReady::Changed(not_done(t!(language, "act-no-version")))));
        }
    };
    if values.digest(found.action) != sent.seen {
        tracing::info!(
            event = "row changed",
            board = sent.place.board,
            "the row changed after the form was opened"
        );
        return Ok(Err(NotReady::Changed(not_done(t!(language, "act-row-changed")))));
    }
    let choices = FieldChoices::of(&look, found.action).await?;
    let body = match fields::body(reader, found.action, &sent.values, (&values, &choices)) {
        Ok(body) => body,
        Err(fields) => {
            let why = t!(language, "act-fields-invalid").to_owned();
            return Ok(Err(NotReady::Refused(Outcome::NotDone { why, fields })));
        }
    };
    let Ok(path) = found.action.path.fill(|slot| values.raw(slot)) else {
        return Ok(Err(NotReady::Changed(gone())));
    };
    let credentials = match actions.api.credentials(signed_in, api).await {
        Ok(credentials) => credentials,
        Err(AppError::SignedOut) => return Err(AppError::SignedOut),
        Err(AppError::Forbidden(lack)) => {
            return Ok(Err(NotReady::Refused(Outcome::Lacking(stored::missing_access(lack)))));
        }
        Err(error) => return Ok(Err(NotReady::Refused(not_done(call::not_sent(language, &error))))),
    };
    let (body, fields) = body.map(|body| (body.json, body.sent)).unzip();
    let source = actions.boards.source(&sent.place.board, sent.place.panel.as_deref());
    let call = call::of(api, found.action, path, (body.as_ref(), version), (once, source));
    let said = form::done(found.action, &values, reader);
    let of_subject = found.action.after.slots_of_subject();
    let of_subject = of_subject.filter_map(|slot| Some((slot.to_owned(), values.raw(slot)?)));
    let success = Success { said, values: of_subject.collect() };
    let api = found.action.api.clone();
    Ok(Ok(Ready {
        request: Request {
            api,
            call,
            credentials,
            sent: fields.unwrap_or_default(),
            success,
            reader: reader.clone(),
        },
    }))
}

/// Sends the request of a submission.
async fn carry_out(actions: &Actions, signed_in: &SignedIn, sent: &Submitted, ready: Ready) -> Outcome {
    let work = call::make(actions, signed_in, &sent.place, ready.request);
    let mut outcome = traces::within(call::span(&sent.place), work).await;
    if let Outcome::NotDone { fields, .. } = &mut outcome {
        let found = find(&actions.settings, &sent.place).ok();
        let declared = found.map_or(&[][..], |found| &found.action.fields);
        fields.retain(|key, _| declared.iter().any(|field| field.key == *key));
    }
    outcome
}
