//! What is wrong with an API's answer, in words for users and for the author of the boards file.

use claimcheck_model::{AnswerProblem, Silence, ValueShape};
use claimcheck_text::{Language, t};

/// The title, what happened, and what to do.
pub struct ProblemText {
    pub title: &'static str,
    pub what: String,
    pub advice: &'static str,
}

/// The text of a problem.
pub fn problem_text(language: Language, problem: &AnswerProblem) -> ProblemText {
    let (title, advice) = match problem {
        AnswerProblem::Later { is_limit: true, .. } => {
            (t!(language, "answer-later-title"), t!(language, "answer-later-advice"))
        }
        AnswerProblem::Later { is_limit: false, .. } => {
            (t!(language, "answer-unavailable-title"), t!(language, "answer-later-advice"))
        }
        AnswerProblem::Down(_) => {
            (t!(language, "failure-api-unavailable-title"), t!(language, "answer-wait-advice"))
        }
        AnswerProblem::Refused { status, .. } => refused(language, *status),
        AnswerProblem::Busy => (t!(language, "answer-busy-title"), t!(language, "answer-busy-advice")),
        AnswerProblem::NoMemory => {
            (t!(language, "answer-memory-title"), t!(language, "answer-memory-advice"))
        }
        AnswerProblem::Preparing => {
            (t!(language, "answer-preparing-title"), t!(language, "answer-preparing-advice"))
        }
        AnswerProblem::Unfinished { .. } => {
            (t!(language, "answer-unfinished-title"), t!(language, "answer-unfinished-advice"))
        }
        AnswerProblem::NotPrepared { .. } => {
            (t!(language, "answer-not-prepared-title"), t!(language, "answer-not-prepared-advice"))
        }
        AnswerProblem::Said(_) => (t!(language, "answer-said-title"), t!(language, "answer-advice")),
        AnswerProblem::Choose(_) => (t!(language, "answer-choose-title"), t!(language, "panel-waits")),
        AnswerProblem::Lacks(_) => (t!(language, "answer-lacks-title"), t!(language, "subject-lacks")),
        _ => (t!(language, "answer-title"), t!(language, "answer-advice")),
    };
    let what = match problem {
        AnswerProblem::NotJson { media_type: Some(kind), .. } => {
            t!(language, "answer-not-json-type", kind = kind)
        }
        AnswerProblem::NotJson { at: Some(at), .. } => {
            t!(language, "answer-not-json-at", at = at.to_string())
        }
        AnswerProblem::NotJson { .. } => t!(language, "answer-not-json").to_owned(),
        AnswerProblem::ValueShape { expected, came } => {
            t!(
                language,
                "answer-shape",
                expected = shape_name(language, *expected),
                came = shape_name(language, *came)
            )
        }
        AnswerProblem::Said(Some(words)) => t!(language, "answer-said", words = words),
        AnswerProblem::Said(None) => t!(language, "answer-said-nothing").to_owned(),
        AnswerProblem::Refused { said: Some(words), .. } => t!(language, "answer-said", words = words),
        AnswerProblem::Refused { status, said: None } => {
            t!(language, "answer-status", status = status.to_string())
        }
        AnswerProblem::Redirects => t!(language, "answer-redirects").to_owned(),
        AnswerProblem::Down(Silence::Unreachable) => t!(language, "answer-unreachable").to_owned(),
        AnswerProblem::Down(Silence::Timeout) => t!(language, "answer-timeout").to_owned(),
        AnswerProblem::Down(Silence::BrokenOff) => t!(language, "answer-broken-off").to_owned(),
        AnswerProblem::Later { at, said: None, .. } => t!(language, "answer-later", time = at),
        AnswerProblem::Later { at, said: Some(words), .. } => {
            let said = t!(language, "answer-said", words = words);
            format!("{said} {}", t!(language, "answer-later", time = at))
        }
        AnswerProblem::Preparing => t!(language, "answer-preparing").to_owned(),
        AnswerProblem::Unfinished { since } => t!(language, "answer-unfinished", time = since),
        AnswerProblem::NotPrepared { at, said } => {
            let next = t!(language, "answer-not-prepared", time = at);
            match said {
                Some(words) => format!("{} {next}", t!(language, "answer-said", words = words)),
                None => next,
            }
        }
        AnswerProblem::Busy => t!(language, "answer-busy").to_owned(),
        AnswerProblem::NoMemory => t!(language, "answer-memory").to_owned(),
        AnswerProblem::Lacks(member) => t!(language, "subject-lacks-title", member = member.as_str()),
        AnswerProblem::Choose(filters) => t!(language, "panel-waits-title", filters = filters.join(", ")),
    };
    ProblemText { title, what, advice }
}

/// Title and advice of a status of failure.
fn refused(language: Language, status: u16) -> (&'static str, &'static str) {
    match status {
        401 => (t!(language, "answer-unauthorized-title"), t!(language, "answer-unauthorized-advice")),
        404 | 410 => (t!(language, "answer-missing-title"), t!(language, "answer-advice")),
        ..500 => (t!(language, "answer-refused-title"), t!(language, "answer-advice")),
        _ => (t!(language, "answer-said-title"), t!(language, "answer-wait-advice")),
    }
}

/// The name of a shape.
pub fn shape_name(language: Language, shape: ValueShape) -> &'static str {
    match shape {
        ValueShape::Objects => t!(language, "shape-objects"),
        ValueShape::Lists => t!(language, "shape-lists"),
        ValueShape::Texts => t!(language, "shape-texts"),
        ValueShape::Numbers => t!(language, "shape-numbers"),
        ValueShape::Booleans => t!(language, "shape-booleans"),
        ValueShape::Mixed => t!(language, "shape-mixed"),
        ValueShape::Columns => t!(language, "shape-columns"),
        ValueShape::Entries => t!(language, "shape-entries"),
        ValueShape::Object => t!(language, "shape-object"),
        ValueShape::List => t!(language, "shape-list"),
        ValueShape::Text => t!(language, "shape-text"),
        ValueShape::Number => t!(language, "shape-number"),
        ValueShape::Boolean => t!(language, "shape-boolean"),
        ValueShape::Nothing => t!(language, "shape-nothing"),
    }
}
