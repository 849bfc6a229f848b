//! The choices of a filter or of a field of an action that an API has: requested with the user's token, and kept as long as the API allows.

use std::collections::HashSet;

use claimcheck_model::{AppError, FilterChoice, PanelError, PanelQuery};

use super::{ChoicesGap, FilterSetting};
use crate::{
    api::{Freshness, ReadRequest},
    boards::{
        BoardRequest,
        cells::{as_text, member, name_of, shortened},
        kinds::{
            paged::PagedRead,
            pages::{self, PageContext, PagesOf},
            rows::rows,
        },
        request,
    },
    claims::slot_values,
    config::{ChoicesSetting, find_filter, kinds::pages::PageSetting},
    sanitize::visible,
};

/// Further choices are left out, and the page says so.
const CHOICES_MAX: usize = 1000;
/// Longer values of a field are left out.
const VALUE_MAX_CHARS: usize = 200;
/// For how long the pages of choices are used again, unless the API forbids that.
const CHOICES_SECS: i64 = 60;

/// The choices of an API.
#[derive(Debug, Default)]
pub struct KnownChoices {
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
        let is_fit = |value: &str| filter.check(value).is_ok();
        self.read_choices(&filter.key, from, is_fit).await.map_err(ChoicesGap::Failed)
    }

    /// The choices of a field of an action.
    ///
    /// # Errors
    /// The failure of the request.
    pub async fn choices_of_field(&self, key: &str, from: &ChoicesSetting) -> Result<KnownChoices, AppError> {
        let is_fit =
            |value: &str| value.chars().count() <= VALUE_MAX_CHARS && !value.contains(char::is_control);
        Ok(self.read_choices(key, from, is_fit).await?)
    }

    async fn read_choices(
        &self,
        key: &str,
        from: &ChoicesSetting,
        is_fit: impl Fn(&str) -> bool,
    ) -> Result<KnownChoices, PanelError> {
        let (settings, record) = (self.settings(), &self.signed_in().record);
        let claims = slot_values(&settings.claim_slots, &record.claims, from.path.slots())?;
        let request =
            request::of_slots(self.source(None), &from.path, &claims, &|slot| self.filter_slot(slot))?;
        let explained = |error: PanelError| match error.error {
            // The path is configured, so that is a fault.
            AppError::NotFound => AppError::ApiUnavailable.into(),
            _ => error,
        };
        let (fetched, pages);
        let (found, is_cut) = match &from.page {
            None => {
                let answer = self.fetch_from(&from.api, request, Freshness::AsApiSays).await;
                fetched = answer.map_err(explained)?;
                (rows(&from.rows, &fetched.value)?, false)
            }
            Some(page) => {
                let paged = self.paged_choices((key, from), page, request)?;
                pages = paged.all(CHOICES_MAX, None).await.map_err(explained)?;
                (pages.rows(&from.rows)?, pages.is_cut)
            }
        };
        let choices = found.iter().filter_map(|row| {
            let value = name_of(member(row, &from.value)).filter(|value| is_fit(value))?;
            Some((value, as_text(member(row, &from.title))))
        });
        let known = distinct(choices);
        Ok(KnownChoices { is_cut: known.is_cut || is_cut, ..known })
    }

    /// The pages of choices, from the request for the first one.
    fn paged_choices<'r>(
        &'r self,
        (key, from): (&'r str, &'r ChoicesSetting),
        page: &'r PageSetting,
        first: ReadRequest,
    ) -> Result<PagedRead<'r>, AppError> {
        let context = PageContext {
            keyring: self.keyring(),
            api: self.settings().api(&from.api).ok_or(AppError::Internal)?,
            board: &self.board.id,
            of: PagesOf::Choices(key, from),
            rows_follow: false,
        };
        let build = move |query: &PanelQuery| {
            let parameters = pages::parameters(page, query, &context);
            let path = ChoicesSetting::with_parameters(&first.path, &parameters);
            Ok(ReadRequest { path, ..first.clone() })
        };
        Ok(PagedRead {
            request: self,
            api: &from.api,
            context,
            page,
            rows: &from.rows,
            query: PanelQuery::default(),
            build: Box::new(build),
            total: Box::new(|_| None),
            freshness: Freshness::Within(CHOICES_SECS),
        })
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
