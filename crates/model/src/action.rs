//! The form of an action: its text, its fields, and why it is shown again. Rendered on the server.

use crate::AppError;

/// The form of an action and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionForm {
    /// The name of the action: "Ship".
    pub title: String,
    /// The name of its row: "INV-2026-00003".
    pub row: Option<String>,
    /// The text of the submit button.
    pub submit: String,
    /// The question to confirm before it runs.
    pub question: Option<String>,
    pub fields: Vec<FormField>,
    /// Hidden fields: names and values.
    pub hidden: Vec<(String, String)>,
    pub state: FormState,
    /// The link that requests the missing access from the provider, and returns to this form.
    pub ask: Option<String>,
    /// The provider did not grant it when it was asked before.
    pub was_refused: bool,
    /// The URL of the board that it was opened from.
    pub back: String,
    /// The key of its draft in the page's storage.
    pub draft: String,
    /// The action destroys something.
    pub is_dangerous: bool,
}

/// A form whose action no longer exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoneForm {
    /// The values that were typed, by the names of the fields.
    pub values: Vec<(String, String)>,
    /// An earlier submission of it may have been done.
    pub may_be_done: bool,
    /// The URL of the board; `None` if that no longer exists either.
    pub back: Option<String>,
}

/// The state of a form: why it is shown, or shown again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormState {
    /// To be filled in.
    Open,
    /// It was not done; the fields or this text show what is wrong.
    NotDone(String),
    /// It may have been done.
    Unclear(String),
    /// It cannot be done: access is missing, or another sign-in is required.
    Locked(AppError),
    /// The requirement is met now; the user confirms once.
    Confirmed,
}

/// An input field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// The field's name in the form.
    pub name: String,
    pub title: String,
    pub input: FormInput,
    pub value: String,
    pub is_required: bool,
    pub hint: Option<String>,
    /// The problem with the submitted value.
    pub problem: Option<String>,
}

/// The value of a box that is ticked.
pub const TICKED: &str = "yes";

/// The kind of input.
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
    /// Values and their labels.
    Choice(Vec<(String, String)>),
    Tick,
}
