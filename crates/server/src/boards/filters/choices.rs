//! The choices of a filter that an API has: requested with the user's token, and kept as long as the API allows.

use std::collections::HashSet;

use claimcheck_model::{AppError, FilterChoice};

use super::{ChoicesGap, FilterSetting};
use crate::{
    api::Freshness,
    boards::{
        BoardRequest,
        cells::{as_text, member, name_of, shortened},
        kinds::rows::rows,
        request,
    },
    claims::slot_values,
    config::{ChoicesSetting, find_filter},
    sanitize::visible,
};

/// Further choices are left out, and the page says so.
const CHOICES_MAX: usize = 1000;

/// The choices of an API.
#[derive(Debug, Default)]
pub(super) struct KnownChoices {
    pub choices: Vec<FilterChoice>,
    /// The API has more.
    pub is_cut: bool,
}

impl BoardRequest<'_> {
    /// The choices of a filter. The filters that it depends on have been resolved.
    ///
    /// # Errors
    /// [`ChoicesGap`] if they are not known.
    pub(super) async fn choices_of(
        &self,
        filter: &FilterSetting,
        from: &ChoicesSetting,
    ) -> Result<KnownChoices, ChoicesGap> {
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
        let choices = found.iter().filter_map(|row| {
            let value = name_of(member(row, &from.value))?;
            filter.check(&value).ok()?;
            Some((value, as_text(member(row, &from.title))))
        });
        Ok(distinct(choices))
    }
}

/// The first choices with different values, from pairs of a value and its text.
fn distinct(found: impl Iterator<Item = (String, String)>) -> KnownChoices {
    let (mut known, mut seen) = (KnownChoices::default(), HashSet::new());
    for (value, title) in found {
        if seen.contains(&value) {
            continue;
        }
        if known.choices.len() == CHOICES_MAX {
            known.is_cut = true;
            break;
        }
        let title = if title.trim().is_empty() { &value } else { &title };
        let title = visible(&shortened(title)).into_owned();
        seen.insert(value.clone());
        known.choices.push(FilterChoice { value, title });
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(values: impl Iterator<Item = usize>) -> Vec<(String, String)> {
        values.map(|value| (format!("v{value}"), String::new())).collect()
    }

    #[test]
    fn choices_are_counted_without_repeated_values() {
        let repeated = pairs((0..3000).map(|row| row % CHOICES_MAX)).into_iter();
        let known = distinct(repeated);
        assert_eq!((known.choices.len(), known.is_cut), (CHOICES_MAX, false));
        let known = distinct(pairs(0..=CHOICES_MAX).into_iter());
        assert_eq!((known.choices.len(), known.is_cut), (CHOICES_MAX, true));
    }

    #[test]
    fn texts_of_choices_are_bounded_and_visible() {
        let titles = ["\u{202e}drawkcab".to_owned(), "x".repeat(100_000), " ".to_owned()];
        let pairs = titles.into_iter().enumerate().map(|(at, title)| (format!("v{at}"), title));
        let titles: Vec<String> = distinct(pairs).choices.into_iter().map(|choice| choice.title).collect();
        assert!(!titles[0].contains('\u{202e}') && titles[1].len() < 10_000, "{}", titles[0]);
        assert_eq!(titles[2], "v2");
    }
}
