//! What a page shows above the panels: the filters with their choices, and the tabs with their numbers. What is not
//! available within the render budget is left out.

use std::collections::BTreeSet;

use claimcheck_model::{
    AppError, DroppedFilter, FilterBar, FilterChoice, FilterField, FilterInput, FilterQuery, TabLink,
};
use claimcheck_text::t;
use futures::future::join_all;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::{ChoicesGap, ChoicesUse, FilterState};
use crate::{
    api::Freshness,
    boards::{BoardRequest, RENDER_BUDGET, cells::as_decimal, request},
    claims::slot_values,
    config::{
        CountSetting, FilterChoices, FilterDefault, FilterKind, FilterSetting, FilterSlot, SlotForm,
        SlotValue, TabSetting, find_filter, kinds::stat::CountPath,
    },
    decimal::Decimal,
    rights,
};

impl BoardRequest<'_> {
    /// The filters and tabs of the board, within the render budget.
    pub async fn filter_bar(&self) -> FilterBar {
        let until = Instant::now() + RENDER_BUDGET;
        let all: Vec<usize> = (0..self.board.filters.len()).collect();
        // What was not resolved in time is shown without its choices.
        let _ = timeout_at(until, self.resolve(&all, ChoicesUse::Show)).await;
        let query = self.valid_query();
        let counts = join_all(self.board.tabs.iter().map(|tab| async {
            let count = self.count(tab, tab.count.as_ref()?);
            timeout_at(until, count).await.ok().and_then(Result::ok).flatten()
        }));
        let counts = counts.await;
        let is_current = |tab: &TabSetting| self.is_current(tab);
        let current = self.board.tabs.iter().position(is_current);
        let tab = |(position, (tab, count)): (usize, (&TabSetting, Option<String>))| TabLink {
            title: tab.title.text(self.reader().language()).to_owned(),
            query: self.query_of(tab, &query),
            count,
            is_current: current == Some(position),
        };
        let dropped = self
            .board
            .filters
            .iter()
            .enumerate()
            .filter(|(position, _)| self.filters.state(*position).is_some_and(|state| state.is_dropped));
        FilterBar {
            fields: self
                .board
                .filters
                .iter()
                .enumerate()
                .map(|(at, filter)| self.field(at, filter))
                .collect(),
            tabs: self.board.tabs.iter().zip(counts).enumerate().map(tab).collect(),
            dropped: dropped
                .map(|(at, filter)| DroppedFilter { title: self.title_of(filter), cut_at: self.cut_at(at) })
                .collect(),
            query,
        }
    }

    /// The text for no value of a filter.
    pub(super) fn all_of(&self, filter: &FilterSetting) -> String {
        let language = self.reader().language();
        filter
            .all
            .as_ref()
            .map_or_else(|| t!(language, "filter-all").to_owned(), |all| all.text(language).to_owned())
    }

    fn field(&self, position: usize, filter: &FilterSetting) -> FilterField {
        let language = self.reader().language();
        let late = FilterState::default();
        let state = self.filters.state(position);
        // The values of an address that could not be checked yet are shown, but they are sent nowhere.
        let is_late = state.is_none();
        let state = state.unwrap_or(&late);
        let input = match (&filter.kind, &state.gap) {
            (_, Some(ChoicesGap::Failed(_))) => FilterInput::Unavailable,
            (_, Some(ChoicesGap::Waits(parents))) => {
                let titles = parents.iter().filter_map(|parent| self.board.filters.get(*parent));
                FilterInput::Waits(titles.map(|parent| self.title_of(parent)).collect())
            }
            (
                FilterKind::Choice(FilterChoices::Api(_)) | FilterKind::Choices(FilterChoices::Api(_)),
                None,
            ) if is_late => FilterInput::Unavailable,
            (FilterKind::Choice(choices), None) => FilterInput::One(choices_of(choices, state, language)),
            (FilterKind::Choices(choices), None) => {
                FilterInput::Several(choices_of(choices, state, language))
            }
            (FilterKind::Text, None) => FilterInput::Text,
            (FilterKind::Number, None) => FilterInput::Number,
            (FilterKind::Date, None) => FilterInput::Date,
            (FilterKind::Month, None) => FilterInput::Month,
            (FilterKind::Toggle, None) => FilterInput::Toggle,
        };
        let raw = || self.question.filters.get(&filter.key).cloned().unwrap_or_default();
        let is_unchecked = is_late || matches!(state.gap, Some(ChoicesGap::Failed(_)));
        let chosen = match is_unchecked {
            true => raw().into_iter().map(|value| FilterChoice { title: value.clone(), value }).collect(),
            false => state.chosen.clone(),
        };
        FilterField {
            key: filter.key.clone(),
            title: self.title_of(filter),
            input,
            chosen,
            all: self.all_of(filter),
            cut_at: self.cut_at(position),
            has_default: has_default(filter),
        }
    }

    /// The number of choices of an API in the user's locale, if it has more.
    fn cut_at(&self, position: usize) -> Option<String> {
        let state = self.filters.state(position).filter(|state| state.is_cut)?;
        Some(self.reader().decimal(&Decimal::whole(state.choices.len() as u64), 0))
    }

    /// The values of the address that are valid.
    fn valid_query(&self) -> FilterQuery {
        let mut query = FilterQuery::new();
        for (position, filter) in self.board.filters.iter().enumerate() {
            let Some(raw) = self.question.filters.get(&filter.key) else { continue };
            let values = match self.filters.state(position) {
                None => raw.clone(),
                Some(state) if state.gap.is_some() && !state.is_dropped => raw.clone(),
                Some(state) => {
                    let is_chosen =
                        |value: &&String| state.chosen.iter().any(|choice| choice.value == **value);
                    raw.iter().filter(is_chosen).cloned().collect()
                }
            };
            let is_unset = values.is_empty() && raw.is_empty() && has_default(filter);
            if !values.is_empty() || is_unset {
                query.insert(filter.key.clone(), values);
            }
        }
        query
    }

    /// The keys of the filters that any tab has.
    fn keys_of_tabs(&self) -> BTreeSet<&str> {
        self.board.tabs.iter().flat_map(|tab| tab.filters.keys().map(String::as_str)).collect()
    }

    /// The values of the filters with a tab: its own; none for those that only other tabs have; and the current ones for
    /// the rest.
    fn query_of(&self, tab: &TabSetting, current: &FilterQuery) -> FilterQuery {
        let mut query = current.clone();
        for key in self.keys_of_tabs() {
            query.remove(key);
            let values = tab.filters.get(key).cloned().unwrap_or_default();
            let filter = find_filter(&self.board.filters, key).map(|(_, filter)| filter);
            if !values.is_empty() || filter.is_some_and(has_default) {
                query.insert(key.to_owned(), values);
            }
        }
        query
    }

    fn is_current(&self, tab: &TabSetting) -> bool {
        self.keys_of_tabs().into_iter().all(|key| {
            let position = find_filter(&self.board.filters, key).map(|(position, _)| position);
            let state = position.and_then(|position| self.filters.checked(position));
            let Some(state) = state else { return false };
            let chosen: BTreeSet<&str> = state.chosen.iter().map(|choice| choice.value.as_str()).collect();
            let wanted: BTreeSet<&str> =
                tab.filters.get(key).into_iter().flatten().map(String::as_str).collect();
            chosen == wanted
        })
    }

    /// The number of a tab.
    ///
    /// # Errors
    /// The failure of the request.
    async fn count(&self, tab: &TabSetting, count: &CountSetting) -> Result<Option<String>, AppError> {
        if let Some(denied) = rights::missing_access(self.settings(), self.signed_in(), &self.board.needs) {
            return Err(AppError::Forbidden(denied));
        }
        let keys = self.keys_of_tabs();
        // Without the value of a filter, the number would be that of other rows.
        let is_unknown = |slot: &str| {
            let position = find_filter(&self.board.filters, slot).map(|(position, _)| position);
            !keys.contains(slot) && position.is_some_and(|position| self.filters.checked(position).is_none())
        };
        if count.path.slots().any(is_unknown) {
            return Ok(None);
        }
        let (settings, record) = (self.settings(), &self.signed_in().record);
        let claims = slot_values(&settings.claim_slots, &record.claims, count.path.slots())?;
        let value = |slot: &str| match keys.contains(slot) {
            true => {
                let values = tab.filters.get(slot).cloned().unwrap_or_default();
                let join = find_filter(&self.board.filters, slot).and_then(|(_, filter)| filter.join.clone());
                let values = match join {
                    Some(separator) if !values.is_empty() => vec![values.join(&separator)],
                    _ => values,
                };
                Some(SlotValue::Filter(FilterSlot { values, form: SlotForm::Text }))
            }
            false => self.filter_slot(slot).or_else(|| self.period_slot(slot)),
        };
        let request = request::of_slots(self.source(None), &count.path, &claims, &value)?;
        let fetched = self.fetch_from(&count.api, request, Freshness::AsApiSays).await?;
        let number = counted(&count.value, &fetched.value);
        Ok(number.map(|number| self.reader().decimal(&number, 0)))
    }
}

/// The number at a path, the number of entries of the list there, or the number of values that a path to several selects.
fn counted(CountPath { path, is_singular }: &CountPath, answer: &Value) -> Option<Decimal> {
    let found = path.query(answer).all();
    match (found.as_slice(), is_singular) {
        ([Value::Array(items)], true) => Some(Decimal::whole(items.len() as u64)),
        ([one], true) => as_decimal(one),
        (_, true) => None,
        (several, false) => Some(Decimal::whole(several.len() as u64)),
    }
}

fn has_default(filter: &FilterSetting) -> bool {
    filter.default != FilterDefault::Nothing
}

fn choices_of(
    choices: &FilterChoices,
    state: &FilterState,
    language: claimcheck_text::Language,
) -> Vec<FilterChoice> {
    match choices {
        FilterChoices::Api(_) => state.choices.clone(),
        FilterChoices::Fixed(choices) => {
            let choice = |choice: &crate::config::Choice| FilterChoice {
                value: choice.value.clone(),
                title: choice.title.text(language).to_owned(),
            };
            choices.iter().map(choice).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use serde_json_path::JsonPath;

    use super::*;

    #[test]
    fn a_path_to_several_values_counts_them_also_if_there_is_one() {
        for (path, is_singular, answer, expected) in [
            ("$.items[*]", false, json!({ "items": [] }), Some(0)),
            ("$.items[*]", false, json!({ "items": [{ "id": 7 }] }), Some(1)),
            ("$.items[*]", false, json!({ "items": [7] }), Some(1)),
            ("$.items[*]", false, json!({ "items": [7, 8] }), Some(2)),
            ("$.items", true, json!({ "items": [7, 8] }), Some(2)),
            ("$.total", true, json!({ "total": 12 }), Some(12)),
            ("$.total", true, json!({ "total": null }), None),
            ("$.total", true, json!({}), None),
        ] {
            let count = CountPath { path: JsonPath::parse(path).unwrap(), is_singular };
            assert_eq!(counted(&count, &answer), expected.map(Decimal::whole), "{path} {answer}");
        }
    }
}
