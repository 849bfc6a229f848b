//! Why the answer of an API cannot be shown, in terms that help the author of the boards file.

use serde::{Deserialize, Serialize};

use crate::AppError;

/// The problem with an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AnswerProblem {
    /// It is not JSON: another media type, if there is one, or the byte at which it stops being JSON.
    NotJson { media_type: Option<String>, at: Option<usize> },
    /// It has another shape than the settings of the panel expect.
    ValueShape { expected: ValueShape, came: ValueShape },
    /// The API reports an error with a status of success, in its own words, if they can be shown.
    Said(Option<String>),
    /// The API answered with a status of failure, and maybe explained it.
    Refused { status: u16, said: Option<String> },
    /// The API redirects to another address.
    Redirects,
    /// There was no answer.
    Down(Silence),
    /// The API asked for fewer requests, or is unavailable unless `is_limit`, maybe with an explanation; it is asked again at
    /// this time, in the user's locale.
    Later { at: String, is_limit: bool, said: Option<String> },
    /// Too many requests to the API wait.
    Busy,
    /// The answers of APIs take all memory that they may take.
    NoMemory,
    /// The API has accepted the request, and needs more time for the answer.
    Preparing,
    /// The API has not finished in the time that the settings allow; the time at which it began, in the user's locale.
    Unfinished { since: String },
    /// The API could not prepare the answer, and maybe explained it; the time of the next attempt, in the user's locale.
    NotPrepared { at: String, said: Option<String> },
    /// The request needs values of these filters, by title, which are unset.
    Choose(Vec<String>),
    /// The request needs this member of what the board is about, by title, which has no value.
    Lacks(String),
}

/// How an API did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Silence {
    /// There was no connection.
    Unreachable,
    /// Nothing arrived in time.
    Timeout,
    /// The connection ended before the answer was complete.
    BrokenOff,
}

/// The shape of a value, or of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValueShape {
    Objects,
    Lists,
    Texts,
    Numbers,
    Booleans,
    /// Of several kinds.
    Mixed,
    /// An object whose members are lists of one length.
    Columns,
    /// An object whose members are the rows.
    Entries,
    Object,
    List,
    Text,
    Number,
    Boolean,
    Nothing,
}

impl ValueShape {
    /// Its name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Objects => "objects",
            Self::Lists => "lists",
            Self::Texts => "texts",
            Self::Numbers => "numbers",
            Self::Booleans => "booleans",
            Self::Mixed => "values of several kinds",
            Self::Columns => "lists of one length, by column",
            Self::Entries => "an object of rows",
            Self::Object => "an object",
            Self::List => "a list",
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Nothing => "nothing",
        }
    }
}

/// Why a panel cannot show its data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelError {
    /// The failure, as for every page.
    pub error: AppError,
    /// What is wrong with the answer, if that is the cause.
    pub problem: Option<AnswerProblem>,
}

impl PanelError {
    /// An answer that cannot be shown.
    pub fn of_answer(problem: AnswerProblem) -> Self {
        Self { error: AppError::ApiUnavailable, problem: Some(problem) }
    }
}

impl From<AppError> for PanelError {
    fn from(error: AppError) -> Self {
        Self { error, problem: None }
    }
}

impl From<PanelError> for AppError {
    fn from(failed: PanelError) -> Self {
        failed.error
    }
}
