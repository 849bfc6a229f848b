//! What an answer says about a report that an API prepares.

use std::sync::Arc;

use axum::http::StatusCode;
use claimcheck_base::clock::UnixSecs;
use claimcheck_model::AppError;
use serde_json::Value;

use crate::{
    api::{Fetched, ReadError, ReadProblem},
    boards::{
        cells::{member, slot_text},
        job::{JobState, object_at, state_of},
    },
    config::{Api, JobSetting, LOCATION_LAST, Template},
    locale::LocaleFormatter,
};

/// What an answer says.
pub(super) enum Step {
    /// This is it.
    Answer(Arc<Fetched>),
    /// It is at this address.
    Elsewhere(String),
    /// It is not there yet.
    Running {
        /// Where the API says how far it is, if the answer says that.
        address: Option<String>,
        again_at: Option<UnixSecs>,
    },
    /// There is none, in the API's own words.
    Failed(Option<String>),
    /// The API knows nothing about it any more.
    Gone(ReadError),
    /// The user has to do something, or the API has no answer to the first request.
    Error(ReadError),
}

/// What the outcome of a request says, with that path at that API. `is_asked` says whether the report was started before.
pub(super) fn step(
    setting: &JobSetting,
    outcome: Result<Arc<Fetched>, ReadError>,
    (api, path): (&Api, &str),
    is_asked: bool,
    reader: &LocaleFormatter,
) -> Step {
    let fetched = match outcome {
        Ok(fetched) => fetched,
        Err(error) => return of_error(setting, error, api, is_asked, reader),
    };
    if !is_about_state(setting, &fetched.value) {
        return Step::Answer(fetched);
    }
    match state_of(setting, StatusCode::OK, Some(&fetched.value), reader) {
        JobState::Failed => Step::Failed(fetched.words()),
        JobState::Done => match &setting.result {
            None => Step::Answer(fetched),
            Some(result) => elsewhere(result, &fetched.value, None, api),
        },
        JobState::Running => {
            let last = fetched.location_last(api);
            let address = of_answer(setting.path.as_ref(), &fetched.value, last.as_deref());
            let address = address.or_else(|| fetched.location(api, path));
            running(setting, address, fetched.again_at(), api, is_asked)
        }
    }
}

fn of_error(
    setting: &JobSetting,
    error: ReadError,
    api: &Api,
    is_asked: bool,
    reader: &LocaleFormatter,
) -> Step {
    match error.problem {
        Some(ReadProblem::Accepted(accepted)) => {
            let last = accepted.location_last.as_deref();
            match (state_of(setting, StatusCode::ACCEPTED, Some(&accepted.body), reader), &setting.result) {
                (JobState::Failed, _) => Step::Failed(accepted.said),
                (JobState::Done, Some(result)) => elsewhere(result, &accepted.body, last, api),
                _ => {
                    let address = of_answer(setting.path.as_ref(), &accepted.body, last);
                    let address = address.or_else(|| accepted.location.clone());
                    running(setting, address, accepted.again_at, api, is_asked)
                }
            }
        }
        Some(ReadProblem::Redirects(Some(to))) if is_asked => Step::Elsewhere(to),
        Some(ReadProblem::Later(wait)) if is_asked => {
            Step::Running { address: None, again_at: Some(wait.until) }
        }
        Some(
            ReadProblem::Down(_)
            | ReadProblem::Busy
            | ReadProblem::NoMemory
            | ReadProblem::Refused { status: 408 | 425 | 500.., .. },
        ) if is_asked => Step::Running { address: None, again_at: None },
        _ if is_asked && !is_of_user(&error.error) => Step::Gone(error),
        _ => Step::Error(error),
    }
}

/// It is running. An answer without the member that its address needs leads nowhere, and the request is not sent again.
fn running(
    setting: &JobSetting,
    address: Option<String>,
    again_at: Option<UnixSecs>,
    api: &Api,
    is_asked: bool,
) -> Step {
    match (&setting.path, &address) {
        (Some(template), None) if !is_asked => {
            let label = template.label();
            tracing::warn!(
                event = "job without an address",
                api = api.id,
                get = label,
                "the API's answer has no member for `get` of `job`"
            );
            Step::Failed(None)
        }
        _ => Step::Running { address, again_at },
    }
}

fn elsewhere(template: &Template, answer: &Value, last: Option<&str>, api: &Api) -> Step {
    match of_answer(Some(template), answer, last) {
        Some(result) => Step::Elsewhere(result),
        None => {
            let result = template.label();
            tracing::warn!(
                event = "job without a result",
                api = api.id,
                result,
                "the API's answer has no member for `result` of `job`"
            );
            Step::Failed(None)
        }
    }
}

/// Whether an answer has any of the members that say how far the API is. Without them, it is the report.
fn is_about_state(setting: &JobSetting, answer: &Value) -> bool {
    let mut members = setting.done.iter().chain(&setting.failed).flat_map(|condition| condition.members());
    let Some(object) = object_at(setting.item.as_ref(), answer) else { return false };
    members.any(|key| !member(object, key).is_null())
}

/// A path with members of an answer in its slots.
fn of_answer(template: Option<&Template>, answer: &Value, last: Option<&str>) -> Option<String> {
    let object = answer.as_object();
    let value = |slot: &str| match slot {
        LOCATION_LAST => last.map(str::to_owned),
        slot => slot_text(member(object?, slot)),
    };
    template?.fill(value).ok()
}

/// Whether the user has to do something about a failure, such as to sign in, or a store is away.
fn is_of_user(error: &AppError) -> bool {
    !matches!(error, AppError::ApiUnavailable | AppError::NotFound)
}
