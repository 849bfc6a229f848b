//! What is wrong with an API's answer, in words for users and for the author of the boards file.

use claimcheck_model::{AnswerProblem, Shape};
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
        AnswerProblem::Later(_) => (t!(language, "answer-later-title"), t!(language, "answer-later-advice")),
        AnswerProblem::Said(_) => (t!(language, "answer-said-title"), t!(language, "answer-advice")),
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
        AnswerProblem::Shape { expected, came } => {
            t!(language, "answer-shape", expected = name(language, *expected), came = name(language, *came))
        }
        AnswerProblem::Said(Some(words)) => t!(language, "answer-said", words = words),
        AnswerProblem::Said(None) => t!(language, "answer-said-nothing").to_owned(),
        AnswerProblem::Later(time) => t!(language, "answer-later", time = time),
    };
    ProblemText { title, what, advice }
}

fn name(language: Language, shape: Shape) -> &'static str {
    match shape {
        Shape::Objects => t!(language, "shape-objects"),
        Shape::Lists => t!(language, "shape-lists"),
        Shape::Texts => t!(language, "shape-texts"),
        Shape::Numbers => t!(language, "shape-numbers"),
        Shape::Booleans => t!(language, "shape-booleans"),
        Shape::Mixed => t!(language, "shape-mixed"),
        Shape::Columns => t!(language, "shape-columns"),
        Shape::Entries => t!(language, "shape-entries"),
        Shape::Object => t!(language, "shape-object"),
        Shape::List => t!(language, "shape-list"),
        Shape::Text => t!(language, "shape-text"),
        Shape::Number => t!(language, "shape-number"),
        Shape::Boolean => t!(language, "shape-boolean"),
        Shape::Nothing => t!(language, "shape-nothing"),
    }
}
