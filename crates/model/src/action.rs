//! A form that asks for an action: what it says, what can be filled in, and why it is there again. Rendered on the server.

use crate::AppError;

/// How an action's form stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionForm {
    /// What is done: "Ship".
    pub title: String,
    /// What is asked before it is done.
    pub question: Option<String>,
    pub fields: Vec<FormField>,
    /// Names and values that the form carries.
    pub hidden: Vec<(String, String)>,
    pub state: FormState,
    /// The link that asks the provider for what is lacking, and comes back to this form.
    pub ask: Option<String>,
    /// The provider was asked for it and did not grant it.
    pub was_refused: bool,
    /// The board that it was opened from.
    pub back: String,
    /// By what a draft of it is kept in the page's storage.
    pub draft: String,
}

/// Why a form is there, or there again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormState {
    /// To be filled in.
    Open,
    /// It was not done; the fields say what is wrong, or this does.
    NotDone(String),
    /// It may have been done.
    Unclear(String),
    /// It cannot be done: this is lacking, or demanded.
    Locked(AppError),
    /// What was demanded is there now: it is to be confirmed, once.
    Confirmed,
}

/// Something to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// Its name in the form.
    pub name: String,
    pub title: String,
    pub input: FormInput,
    pub value: String,
    pub is_required: bool,
    pub hint: Option<String>,
    /// What is wrong with what was filled in.
    pub problem: Option<String>,
}

/// How it is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormInput {
    Text {
        max: u32,
    },
    Lines {
        max: u32,
    },
    Number {
        is_whole: bool,
        min: Option<u32>,
        max: Option<u32>,
    },
    Date,
    /// Values and how they read.
    Choice(Vec<(String, String)>),
    Tick,
}
