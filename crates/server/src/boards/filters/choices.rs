//! The choices of a filter that an API has: requested with the user's token, and kept as long as the API allows.

use claimcheck_model::{AppError, FilterChoice};

use super::{ChoicesGap, FilterSetting};
use crate::{
    api::Freshness,
    boards::{
        BoardRequest,
        cells::{as_text, member, name_of},
        kinds::rows::rows,
        request,
    },
    claims::slot_values,
    config::{ChoicesSetting, find_filter},
};

/// Further choices are left out.
const CHOICES_MAX: usize = 1000;

impl BoardRequest<'_> {
    /// The choices of a filter. The filters that it depends on have been resolved.
    ///
    /// # Errors
    /// [`ChoicesGap`] if they are not known.
    pub(super) async fn choices_of(
        &self,
        filter: &FilterSetting,
        from: &ChoicesSetting,
    ) -> Result<Vec<FilterChoice>, ChoicesGap> {
        let failed = |error: AppError| ChoicesGap::Failed(error.into());
        let parents = filter.parents.iter().filter_map(|parent| self.filters.state(*parent));
        for state in parents {
            if let Some(gap @ ChoicesGap::Failed(_)) = &state.gap {
                return Err(gap.clone());
            }
        }
        let unset = from.path.path_slots().into_iter().filter_map(|slot| {
            let (position, _) = find_filter(&self.board.filters, &slot)?;
            let is_set = self.filters.state(position).is_some_and(|state| !state.chosen.is_empty());
            (!is_set).then_some(position)
        });
        let unset: Vec<usize> = unset.collect();
        if !unset.is_empty() {
            return Err(ChoicesGap::Waits(unset));
        }
        let (settings, record) = (self.settings(), &self.signed_in().record);
        let claims = slot_values(&settings.claim_slots, &record.claims, from.path.slots()).map_err(failed)?;
        let request =
            request::of_slots(&from.path, &claims, &|slot| self.filter_slot(slot)).map_err(failed)?;
        let fetched = self.fetch_from(&from.api, request, Freshness::AsApiSays).await;
        let fetched = fetched.map_err(|error| match error.error {
            // The path is configured, so that is a fault.
            AppError::NotFound => failed(AppError::ApiUnavailable),
            _ => ChoicesGap::Failed(error),
        })?;
        let found = rows(&from.rows, &fetched.value).map_err(ChoicesGap::Failed)?;
        let mut choices: Vec<FilterChoice> = Vec::new();
        for row in found.iter().take(CHOICES_MAX) {
            let Some(value) = name_of(member(row, &from.value)) else { continue };
            if filter.check(&value).is_err() || choices.iter().any(|choice| choice.value == value) {
                continue;
            }
            let title = as_text(member(row, &from.title));
            let title = if title.trim().is_empty() { value.clone() } else { title };
            choices.push(FilterChoice { value, title });
        }
        Ok(choices)
    }
}
