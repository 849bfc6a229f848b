//! The state of work that an API has accepted, as an answer tells it.

use std::sync::LazyLock;

use axum::http::StatusCode;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::{
    boards::{
        cells::Object,
        condition::{RowFacts, holds},
    },
    config::JobSetting,
    locale::LocaleFormatter,
};

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    Running,
    Done,
    Failed,
}

/// The object at that path of an answer, by default the answer itself.
pub fn object_at<'v>(item: Option<&JsonPath>, answer: &'v Value) -> Option<&'v Object> {
    let found = match item {
        Some(path) => path.query(answer).at_most_one().ok().flatten()?,
        None => answer,
    };
    found.as_object()
}

/// The state of a job by a successful answer with that status and body. Failure is checked first.
pub fn state_of(
    setting: &JobSetting,
    status: StatusCode,
    body: Option<&Value>,
    reader: &LocaleFormatter,
) -> JobState {
    static EMPTY: LazyLock<Object> = LazyLock::new(Object::new);
    let object = body.and_then(|body| object_at(setting.item.as_ref(), body));
    let facts = RowFacts { row: object.unwrap_or(&EMPTY), columns: &[], reader };
    let is_so = |condition| object.is_some() && holds(condition, &facts, None);
    if setting.failed.as_ref().is_some_and(is_so) {
        return JobState::Failed;
    }
    let is_done = match &setting.done {
        Some(done) => is_so(done),
        None => status != StatusCode::ACCEPTED,
    };
    if is_done { JobState::Done } else { JobState::Running }
}
