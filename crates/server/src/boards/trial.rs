//! A panel tried for `claimcheck doctor --sign-in`: what its requests got, and what its settings find in the answer.
//! Counts, paths, types and times; no value of the API.

use std::borrow::Cow;

use claimcheck_model::{AccessDenied, AnswerProblem, AppError, PanelError, ValueShape};
use claimcheck_session::DEFAULT_API;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task,
};

use crate::{
    api::{ApiExchange, Fetched},
    boards::{
        BoardRequest,
        cells::{Object, member},
        kinds::{Finding, Found, PanelRequest, rows::of_one, table::first_page},
        unmatched::{WhyNothing, at_path, why_nothing},
    },
    config::Panel,
    rights,
};

/// More paths of one panel are not reported.
const PATHS_MAX: usize = 60;
/// Members of an answer that APIs use for a next page, see [`PagesTrial::Unset`].
const NEXT_MEMBERS: [&str; 10] = [
    "next",
    "next_page",
    "nextPage",
    "next_cursor",
    "nextCursor",
    "next_page_token",
    "nextPageToken",
    "@odata.nextLink",
    "has_more",
    "hasMore",
];

/// The result of a panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelTrial {
    /// The ids of board and panel.
    pub board: String,
    pub panel: String,
    /// The id of its API.
    pub api: String,
    /// None if the user has no access to the panel.
    pub requests: Vec<RequestTrial>,
    /// Why the panel shows no data. Contains no words of the API.
    pub failure: Option<PanelError>,
    pub paths: Vec<PathTrial>,
    pub pages: Option<PagesTrial>,
}

/// One request of a panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestTrial {
    /// Method and path, as in the settings.
    pub request: String,
    pub status: Option<u16>,
    /// The time until the end of the response.
    pub millis: u64,
    /// The size of the response.
    pub bytes: usize,
    /// Why there was no response.
    pub fault: Option<String>,
}

/// What one setting of a panel finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathTrial {
    /// The key of the setting, such as `rows`.
    pub setting: String,
    /// The JSONPath, or the name of the member of a row.
    pub path: String,
    pub found: PathFound,
}

/// The counterpart of [`Found`] without values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PathFound {
    /// So many rows, and why there are none.
    Rows(usize, Option<WhyNothing>),
    /// A value in so many rows of all, and how many values have which type.
    Filled {
        filled: usize,
        rows: usize,
        types: Vec<(ValueShape, usize)>,
    },
    /// A value of this type that can be shown.
    Value(ValueShape),
    /// A value of this type that should be a number.
    NotNumber(ValueShape),
    /// So many values where one is needed.
    Several(usize),
    /// So many values or entries.
    Count(usize),
    Nothing(WhyNothing),
    /// The path cannot apply to this answer.
    Unfit {
        expected: ValueShape,
        came: ValueShape,
    },
}

/// The pages of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PagesTrial {
    /// The settings ask for pages.
    Set {
        /// There is a next page, which can be requested.
        has_next: bool,
        /// There is a next page, and it cannot be requested.
        is_cut: bool,
        has_total: bool,
    },
    /// The settings ask for none, although the answer has this sign of further pages.
    Unset(String),
}

impl BoardRequest<'_> {
    /// Sends the requests of a panel of this board, and reads the answer as the panel would.
    pub async fn try_panel(&self, panel: &Panel) -> PanelTrial {
        let mut trial = PanelTrial {
            board: self.board.id.clone(),
            panel: panel.id.clone(),
            api: panel.api.clone(),
            requests: Vec::new(),
            failure: None,
            paths: Vec::new(),
            pages: None,
        };
        if let Err(error) = self.try_requests(panel, &mut trial).await {
            trial.failure = Some(without_words(error));
        }
        trial
    }

    async fn try_requests(&self, panel: &Panel, trial: &mut PanelTrial) -> Result<(), PanelError> {
        let needs = [(DEFAULT_API, &self.board.needs), (panel.api.as_str(), &panel.needs)];
        if let Some(lack) = rights::missing_access_of_all(self.settings(), self.signed_in(), &needs) {
            return Err(AppError::Forbidden(lack).into());
        }
        let api = self.settings().api(&panel.api).ok_or(AppError::Internal)?;
        self.resolve_slots(panel).await?;
        let asked = PanelRequest::of(self, panel);
        for (number, request) in asked.requests()?.into_iter().enumerate() {
            let method = if request.body.is_some() { "POST" } else { "GET" };
            let label = format!("{method} {}", request.label);
            let exchange = self.boards.api.try_read(self.signed_in(), api, request).await?;
            trial.requests.push(of_exchange(label, &exchange));
            let answer = match exchange.outcome {
                Ok(answer) => answer.ok_or(AppError::Internal)?,
                Err(error) => return Err(self.explained(error)),
            };
            if number == 0 {
                // An answer may be large.
                (trial.paths, trial.pages) = aside(|| (paths(&asked, &answer.value), pages(&asked, &answer)));
            }
        }
        Ok(())
    }
}

fn of_exchange(request: String, exchange: &ApiExchange) -> RequestTrial {
    RequestTrial {
        request,
        status: exchange.status.map(|status| status.as_u16()),
        millis: u64::try_from(exchange.total.as_millis()).unwrap_or(u64::MAX),
        bytes: exchange.response_bytes,
        fault: exchange.fault.clone(),
    }
}

/// Computes on this thread, while another thread serves its other tasks, if there are several threads.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => task::block_in_place(work),
        _ => work(),
    }
}

/// The failure without what the API says about it, which may be a value.
fn without_words(failure: PanelError) -> PanelError {
    let PanelError { error, problem } = failure;
    let error = match error {
        AppError::Forbidden(AccessDenied::Said(_)) => AppError::Forbidden(AccessDenied::Unsaid),
        error => error,
    };
    let problem = problem.map(|problem| match problem {
        AnswerProblem::Said(_) => AnswerProblem::Said(None),
        AnswerProblem::Refused { status, .. } => AnswerProblem::Refused { status, said: None },
        AnswerProblem::Later { at, is_limit, .. } => AnswerProblem::Later { at, is_limit, said: None },
        AnswerProblem::NotPrepared { at, .. } => AnswerProblem::NotPrepared { at, said: None },
        problem => problem,
    });
    PanelError { error, problem }
}

fn paths(asked: &PanelRequest<'_>, answer: &Value) -> Vec<PathTrial> {
    // Once for all members.
    let rows = asked.rows(answer);
    let all = asked.findings(answer).into_iter().take(PATHS_MAX);
    all.map(|finding| path(finding, rows.as_deref(), answer)).collect()
}

fn path(
    Finding { setting, path, found }: Finding,
    of_rows: Option<&[Cow<'_, Object>]>,
    answer: &Value,
) -> PathTrial {
    let type_there = || at_path(&path, answer).first().map_or(ValueShape::Nothing, |value| of_one(value));
    let found = match found {
        Found::Rows(0) => PathFound::Rows(0, Some(why_nothing(&path, answer))),
        Found::Rows(count) => PathFound::Rows(count, None),
        Found::Filled(filled, rows) => {
            let types = of_rows.map(|rows| types(rows, &path)).unwrap_or_default();
            PathFound::Filled { filled, rows, types }
        }
        Found::Value(_) => PathFound::Value(type_there()),
        Found::NotNumber(_) => PathFound::NotNumber(type_there()),
        Found::List(_) => PathFound::NotNumber(ValueShape::List),
        Found::Object(_) => PathFound::NotNumber(ValueShape::Object),
        Found::Several(count) => PathFound::Several(count),
        Found::Count(0) if why_nothing(&path, answer).is_unmatched() => {
            PathFound::Nothing(why_nothing(&path, answer))
        }
        Found::Count(count) => PathFound::Count(count),
        Found::Unfit(AnswerProblem::ValueShape { expected, came }) => PathFound::Unfit { expected, came },
        Found::Nothing | Found::Unfit(_) => PathFound::Nothing(why_nothing(&path, answer)),
    };
    PathTrial { setting: setting.to_owned(), path, found }
}

/// How many values of a member have which type.
fn types(rows: &[Cow<'_, Object>], key: &str) -> Vec<(ValueShape, usize)> {
    let mut types: Vec<(ValueShape, usize)> = Vec::new();
    for row in rows {
        let shape = of_one(member(row, key));
        if shape == ValueShape::Nothing {
            continue;
        }
        match types.iter_mut().find(|(known, _)| *known == shape) {
            Some((_, count)) => *count += 1,
            None => types.push((shape, 1)),
        }
    }
    types
}

fn pages(asked: &PanelRequest<'_>, answer: &Fetched) -> Option<PagesTrial> {
    let table = asked.panel.kind.as_table()?;
    let data = first_page(table, asked, answer).ok()?;
    if table.page.is_some() {
        return Some(PagesTrial::Set {
            has_next: data.next.is_some(),
            is_cut: data.is_cut,
            has_total: data.total.is_some(),
        });
    }
    let links = answer.headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
    let has_link = links.into_iter().any(|link| link.contains("rel=\"next\"") || link.contains("rel=next"));
    let is_there = |name: &str| match answer.value.get(name) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
    };
    let is_more = data.total.is_some_and(|total| total > data.rows.len() as u64);
    let sign = match (has_link, NEXT_MEMBERS.iter().find(|name| is_there(name))) {
        (true, _) => "a Link header with rel=\"next\"".to_owned(),
        (false, Some(member)) => format!("the member `{member}`"),
        (false, None) if is_more => "a total that is larger than the rows that came".to_owned(),
        (false, None) => return None,
    };
    Some(PagesTrial::Unset(sign))
}
