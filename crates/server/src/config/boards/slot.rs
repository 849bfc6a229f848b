//! What a slot of a request is filled with: a text of a row, a period or a claim, or the value of a filter, which may be
//! unset, of several values, or of another type than text.

use serde_json::{Number, Value};

use super::template::{Unfit, checked};

/// The value of a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotValue {
    /// One text.
    Plain(String),
    /// The values of a filter.
    Filter(FilterSlot),
}

/// The values of a filter for its slots, in the form that the API receives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterSlot {
    /// None if the filter is unset. Several repeat a parameter of a query.
    pub values: Vec<String>,
    pub form: SlotForm,
}

/// The type of the values in a JSON body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SlotForm {
    #[default]
    Text,
    Number,
    Flag,
    /// A list of texts.
    List,
}

impl From<String> for SlotValue {
    fn from(text: String) -> Self {
        Self::Plain(text)
    }
}

impl SlotValue {
    /// Its texts: one for each parameter that it fills. None if it is an unset filter.
    pub(super) fn texts(&self) -> &[String] {
        match self {
            Self::Plain(text) => std::slice::from_ref(text),
            Self::Filter(slot) => &slot.values,
        }
    }

    /// One of its texts. The length of a filter's values has been checked; joined, they may be longer than other texts.
    ///
    /// # Errors
    /// `Missing` if there is none, `Hostile` if no valid value has this form.
    pub(super) fn checked(&self, index: usize) -> Result<String, Unfit> {
        let text = self.texts().get(index).cloned();
        match self {
            Self::Plain(_) => checked(text),
            Self::Filter(_) => {
                let text = text.filter(|text| !text.is_empty()).ok_or(Unfit::Missing)?;
                if text.chars().any(char::is_control) { Err(Unfit::Hostile) } else { Ok(text) }
            }
        }
    }

    /// Whether it is a filter without a value.
    pub(super) fn is_unset(&self) -> bool {
        matches!(self, Self::Filter(slot) if slot.values.is_empty())
    }

    /// Whether it is from the address, where nothing else checks that it is one segment.
    pub(super) fn is_of_filter(&self) -> bool {
        matches!(self, Self::Filter(_))
    }
}

impl FilterSlot {
    /// The value of a member that consists of the slot only.
    pub(super) fn json(&self) -> Value {
        let text = || Value::String(self.values.join(","));
        match self.form {
            SlotForm::List => Value::from(self.values.clone()),
            SlotForm::Flag => Value::Bool(self.values.iter().any(|value| value == "true")),
            SlotForm::Number => {
                let number = self.values.first().and_then(|value| value.parse::<Number>().ok());
                number.map_or_else(text, Value::Number)
            }
            SlotForm::Text => text(),
        }
    }
}
