//! The filters of a board request: the values of the address, checked against the settings and the choices of the API, and
//! the slots that they fill. A value that is not valid never reaches an API.

/// What a page shows of the filters.
mod bar;
/// The choices of an API.
mod choices;
/// Rows that are already here.
mod rows;

use claimcheck_model::{AnswerProblem, AppError, FILTER_VALUES_MAX, FilterChoice, PanelError};
use futures::future::join_all;
use tokio::sync::OnceCell;

pub(crate) use self::choices::KnownChoices;
use crate::{
    boards::BoardRequest,
    config::{
        FilterChoices, FilterDefault, FilterKind, FilterSetting, FilterSlot, LocalText, Panel, SlotForm,
        SlotValue, find_filter,
    },
};

/// In a text, in place of a member of the subject that has no value or is not known yet.
const NO_VALUE: &str = "\u{2013}";

/// The filters of one request, each resolved when something needs it.
#[derive(Clone, Debug, Default)]
pub(super) struct Filters(Vec<OnceCell<FilterState>>);

/// A filter whose value is known.
#[derive(Clone, Debug, Default)]
struct FilterState {
    /// The current values; none if it is unset.
    chosen: Vec<FilterChoice>,
    /// The choices of the API, if they were needed.
    choices: Vec<FilterChoice>,
    /// The API has more choices than these.
    is_cut: bool,
    /// A value of the address was not valid.
    is_dropped: bool,
    /// Its choices are not known.
    gap: Option<ChoicesGap>,
}

/// Why the choices of a filter are not known.
#[derive(Clone, Debug)]
enum ChoicesGap {
    /// They depend on these filters, by position, which are unset.
    Waits(Vec<usize>),
    Failed(PanelError),
}

/// When choices of an API are requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChoicesUse {
    /// To show them.
    Show,
    /// To check a value.
    Check,
}

impl Filters {
    pub(super) fn of(filters: &[FilterSetting]) -> Self {
        Self(filters.iter().map(|_| OnceCell::new()).collect())
    }

    fn state(&self, position: usize) -> Option<&FilterState> {
        self.0.get(position).and_then(OnceCell::get)
    }

    /// The state of a filter whose values were checked; `None` if its choices are late or failed.
    fn checked(&self, position: usize) -> Option<&FilterState> {
        self.state(position).filter(|state| !matches!(state.gap, Some(ChoicesGap::Failed(_))))
    }
}

/// A text of the settings with these values in its slots. Values are text: a slot in a value has no effect.
fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((fixed, after)) = rest.split_once('{') {
        let Some((slot, after)) = after.split_once('}') else { break };
        filled.push_str(fixed);
        match value(slot.trim()) {
            Some(value) => filled.push_str(&value),
            None => filled.extend(["{", slot, "}"]),
        }
        rest = after;
    }
    filled + rest
}

impl BoardRequest<'_> {
    /// Checks what the slots of a panel depend on: the filters, and the subject of the board.
    ///
    /// # Errors
    /// `Invalid` if its path needs a filter that is unset, or a member that the subject lacks; the failure of the request
    /// for choices or for the subject.
    pub(super) async fn resolve_slots(&self, panel: &Panel) -> Result<(), PanelError> {
        if !panel.filters.is_empty() {
            self.resolve_positions(&panel.filters).await?;
            self.check_set(panel.read.iter().flat_map(|read| read.path.path_slots()))?;
        }
        self.resolve_subject(panel).await
    }

    /// Checks these filters.
    ///
    /// # Errors
    /// The failure of the request for choices.
    pub(super) async fn resolve_positions(&self, positions: &[usize]) -> Result<(), PanelError> {
        self.resolve(positions, ChoicesUse::Check).await;
        for state in positions.iter().filter_map(|position| self.filters.state(*position)) {
            if let Some(ChoicesGap::Failed(error)) = &state.gap {
                return Err(error.clone());
            }
        }
        Ok(())
    }

    /// Checks that the filters in these slots of a path have values.
    ///
    /// # Errors
    /// `Invalid` if one has none.
    pub(super) fn check_set(&self, slots: impl Iterator<Item = String>) -> Result<(), PanelError> {
        let unset = slots.filter_map(|slot| {
            let (position, filter) = find_filter(&self.board.filters, &slot)?;
            let is_unset = self.filters.state(position).is_none_or(|state| state.chosen.is_empty());
            is_unset.then(|| self.title_of(filter))
        });
        match unset.collect::<Vec<_>>() {
            unset if unset.is_empty() => Ok(()),
            unset => {
                Err(PanelError { error: AppError::Invalid, problem: Some(AnswerProblem::Choose(unset)) })
            }
        }
    }

    /// Resolves these filters, parents first, and those at the same time that do not depend on each other.
    async fn resolve(&self, positions: &[usize], use_of: ChoicesUse) {
        let mut left = positions.to_vec();
        while !left.is_empty() {
            let is_ready = |position: &usize| {
                let parents = self.board.filters.get(*position).map_or(&[][..], |filter| &filter.parents);
                !parents.iter().any(|parent| left.contains(parent))
            };
            let (now, later): (Vec<usize>, Vec<usize>) = left.iter().copied().partition(is_ready);
            join_all(now.iter().map(|position| self.resolve_one(*position, use_of))).await;
            // A filter depends only on earlier ones, so the first of those left is always ready.
            left = later;
        }
    }

    async fn resolve_one(&self, position: usize, use_of: ChoicesUse) {
        let (Some(filter), Some(cell)) = (self.board.filters.get(position), self.filters.0.get(position))
        else {
            return;
        };
        cell.get_or_init(|| self.state_of(filter, use_of)).await;
    }

    async fn state_of(&self, filter: &FilterSetting, use_of: ChoicesUse) -> FilterState {
        let (mut asked, is_of_address) = self.asked(filter);
        let most = if filter.is_multiple() { FILTER_VALUES_MAX } else { 1 };
        let mut state =
            FilterState { is_dropped: is_of_address && asked.len() > most, ..FilterState::default() };
        asked.truncate(most);
        // What is left of the values of the address; the default if that is nothing.
        let mut keep = |asked: &mut Vec<String>, is_valid: &dyn Fn(&String) -> bool| {
            let came = asked.len();
            asked.retain(is_valid);
            if is_of_address && asked.len() < came {
                state.is_dropped = true;
                if asked.is_empty() {
                    *asked = self.default_of(filter);
                    asked.retain(is_valid);
                }
            }
        };
        keep(&mut asked, &|value| filter.check(value).is_ok());
        if let Some(FilterChoices::Api(from)) = filter.choices()
            && (use_of == ChoicesUse::Show || !asked.is_empty())
        {
            match self.choices_of(filter, from).await {
                Ok(KnownChoices { choices, is_cut }) => {
                    let is_one = |value: &String| choices.iter().any(|choice| choice.value == *value);
                    keep(&mut asked, &|value| filter.check(value).is_ok() && is_one(value));
                    (state.choices, state.is_cut) = (choices, is_cut);
                }
                Err(gap @ ChoicesGap::Waits(_)) => {
                    keep(&mut asked, &|_| false);
                    state.gap = Some(gap);
                }
                // Nothing can be checked without choices, so nothing is sent. The address keeps the value.
                Err(gap @ ChoicesGap::Failed(_)) => return FilterState { gap: Some(gap), ..state },
            }
        }
        if state.is_dropped && use_of == ChoicesUse::Show {
            let (board, key) = (&self.board.id, &filter.key);
            tracing::info!(event = "filter ignored", board, filter = key, "a value of a URL is not valid");
        }
        state.chosen = asked.into_iter().map(|value| self.choice(filter, &state.choices, value)).collect();
        state
    }

    /// The values of the address, or else the default; and whether they are of the address.
    fn asked(&self, filter: &FilterSetting) -> (Vec<String>, bool) {
        match self.question.filters.get(&filter.key) {
            Some(values) => (values.clone(), true),
            None => (self.default_of(filter), false),
        }
    }

    /// The values without a choice of the user.
    fn default_of(&self, filter: &FilterSetting) -> Vec<String> {
        match &filter.default {
            FilterDefault::Nothing => Vec::new(),
            FilterDefault::Values(values) => values.clone(),
            FilterDefault::Claim(slot) => {
                let claim = self.settings().claim_slots.find(slot);
                let value = claim.and_then(|path| path.single(&self.signed_in().record.claims).ok());
                value.into_iter().collect()
            }
        }
    }

    /// A value with its text for users.
    fn choice(&self, filter: &FilterSetting, of_api: &[FilterChoice], value: String) -> FilterChoice {
        let (reader, language) = (self.reader(), self.reader().language());
        let title = match &filter.kind {
            FilterKind::Choice(FilterChoices::Fixed(choices))
            | FilterKind::Choices(FilterChoices::Fixed(choices)) => {
                let found = choices.iter().find(|choice| choice.value == value);
                found.map(|choice| choice.title.text(language).to_owned())
            }
            FilterKind::Choice(_) | FilterKind::Choices(_) => {
                of_api.iter().find(|choice| choice.value == value).map(|choice| choice.title.clone())
            }
            FilterKind::Date => value.parse().ok().map(|day| reader.date(day)),
            FilterKind::Month => {
                let day = format!("{value}-01").parse::<jiff::civil::Date>().ok();
                day.map(|day| reader.month(day.year(), day.month()))
            }
            FilterKind::Text | FilterKind::Number | FilterKind::Toggle => None,
        };
        FilterChoice { title: title.unwrap_or_else(|| value.clone()), value }
    }

    fn title_of(&self, filter: &FilterSetting) -> String {
        filter.title.text(self.reader().language()).to_owned()
    }

    /// The value of a slot, if it is one of a filter or of the subject. These have been resolved.
    pub(super) fn filter_slot(&self, slot: &str) -> Option<SlotValue> {
        let Some((position, filter)) = find_filter(&self.board.filters, slot) else {
            return self.subject_slot(slot);
        };
        let chosen = self.filters.state(position).map_or(&[][..], |state| &state.chosen);
        let mut values: Vec<String> = chosen.iter().map(|choice| choice.value.clone()).collect();
        let mut form = match filter.kind {
            FilterKind::Number => SlotForm::Number,
            FilterKind::Toggle => SlotForm::Flag,
            FilterKind::Choices(_) => SlotForm::List,
            _ => SlotForm::Text,
        };
        if let Some(separator) = filter.join.as_ref().filter(|_| !values.is_empty()) {
            (values, form) = (vec![values.join(separator)], SlotForm::Text);
        }
        Some(SlotValue::Filter(FilterSlot { values, form }))
    }

    /// A title with texts in place of its slots: the values of filters, or the text for none, and those of the subject.
    pub fn title(&self, title: &LocalText) -> String {
        filled(title.text(self.reader().language()), |slot| match self.is_own_slot(slot) {
            true => Some(self.slot_words(slot)),
            false => None,
        })
    }

    /// The same, waiting for the subject if the title needs it.
    pub async fn title_when_ready(&self, title: &LocalText) -> String {
        let text = title.text(self.reader().language());
        let has_member = text.split('{').skip(1).any(|slot| slot.trim_start().starts_with("subject."));
        if self.board.subject.is_some() && has_member {
            // Without the subject, the panel says why.
            let _ = self.subject().await;
        }
        self.title(title)
    }

    /// The value of a slot of a filter or of the subject for users.
    pub(super) fn slot_words(&self, slot: &str) -> String {
        match find_filter(&self.board.filters, slot) {
            Some((_, filter)) => self.filter_words(&filter.key),
            None => self.subject_words(slot).unwrap_or_else(|| NO_VALUE.to_owned()),
        }
    }

    /// The value of a filter for users: the titles of its values, or the text for none. Values whose choices are not known
    /// are shown as in the address.
    pub(super) fn filter_words(&self, key: &str) -> String {
        let Some((position, filter)) = find_filter(&self.board.filters, key) else { return String::new() };
        let titles: Vec<String> = match self.filters.checked(position) {
            Some(state) => state.chosen.iter().map(|choice| choice.title.clone()).collect(),
            None => {
                let asked = self.asked(filter).0.into_iter().filter(|value| filter.check(value).is_ok());
                let most = if filter.is_multiple() { FILTER_VALUES_MAX } else { 1 };
                asked.take(most).map(|value| self.choice(filter, &[], value).title).collect()
            }
        };
        if titles.is_empty() { self.all_of(filter) } else { titles.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn a_slot_in_a_value_is_text() {
        let value = |slot: &str| match slot {
            "a" => Some("{b}{b}".to_owned()),
            "b" => Some("x".to_owned()),
            _ => None,
        };
        for (text, expected) in [
            ("Orders", "Orders"),
            ("{a}", "{b}{b}"),
            ("{a} and { b }", "{b}{b} and x"),
            ("{c} {b", "{c} {b"),
            ("}{b}", "}x"),
            ("", ""),
        ] {
            assert_eq!(filled(text, value), expected, "{text}");
        }
    }
}
