//! The choices of fields that an API has: requested when a form is shown, and again when it is submitted. A value that is not
//! among them is never sent.

use std::collections::BTreeMap;

use claimcheck_model::{AppError, FilterChoice};
use futures::future::join_all;

use crate::{
    boards::{BoardRequest, KnownChoices},
    config::{Action, FieldKind},
};

/// The choices of the fields of an action, by their keys; `None` for a field whose choices could not be loaded.
#[derive(Debug, Default)]
pub(super) struct FieldChoices(BTreeMap<String, Option<KnownChoices>>);

impl FieldChoices {
    /// Requests the choices of all fields that have them from an API, at the same time.
    ///
    /// # Errors
    /// `SignedOut` if the session has ended.
    pub(super) async fn of(look: &BoardRequest<'_>, action: &Action) -> Result<Self, AppError> {
        let requests = action.fields.iter().filter_map(|field| match &field.kind {
            FieldKind::ChoiceOf(from) => Some(async {
                match look.choices_of_field(&field.key, from).await {
                    Err(AppError::SignedOut) => Err(AppError::SignedOut),
                    choices => Ok((field.key.clone(), choices.ok())),
                }
            }),
            _ => None,
        });
        join_all(requests).await.into_iter().collect::<Result<_, _>>().map(Self)
    }

    /// The choices of a field; `None` if they could not be loaded.
    pub(super) fn find(&self, key: &str) -> Option<&[FilterChoice]> {
        self.0.get(key)?.as_ref().map(|known| known.choices.as_slice())
    }

    /// The number of the choices of a field, if the API has more.
    pub(super) fn cut_at(&self, key: &str) -> Option<usize> {
        let known = self.0.get(key)?.as_ref()?;
        known.is_cut.then_some(known.choices.len())
    }

    /// The choices of a field as pairs of value and title. If they could not be loaded, only its value is there.
    pub(super) fn shown(&self, key: &str, value: &str) -> Vec<(String, String)> {
        match self.find(key) {
            Some(choices) => {
                choices.iter().map(|choice| (choice.value.clone(), choice.title.clone())).collect()
            }
            None if value.is_empty() => Vec::new(),
            None => vec![(value.to_owned(), value.to_owned())],
        }
    }
}
