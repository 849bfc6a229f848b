//! The choices of a filter or of a field of an action: fixed, or from a request to an API. That of a filter may depend on
//! filters before it.

use std::collections::HashSet;

use crate::config::{
    apis::{DEFAULT_API, Names},
    boards::{
        Choice, FilterSetting, PERIOD_SLOTS, Parameter, Template,
        field::choice,
        filter::find_filter,
        kinds::{
            pages::{self, PageSetting},
            rows,
            rows::RowsSetting,
        },
        subject::BoardSlots,
        template::with_parameters,
        title,
    },
    claim_slots::claim_name,
    problem::nearest,
    reader::{REMOVE_ONE, TomlTable},
    toml_key::{TomlKeys, table, text},
};

/// Where the choices of a filter come from.
#[derive(Clone, Debug, PartialEq)]
pub enum FilterChoices {
    Fixed(Vec<Choice>),
    Api(Box<ChoicesSetting>),
}

/// A request for choices.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoicesSetting {
    /// The id of the API.
    pub api: String,
    /// Its slots are claims and filters before this one.
    pub path: Template,
    pub rows: RowsSetting,
    /// The member of a row with the value, and that with the text that users see.
    pub value: String,
    pub title: String,
    /// How the API pages the choices.
    pub page: Option<PageSetting>,
}

impl ChoicesSetting {
    /// The path of a page, filled with the values of its slots.
    pub fn with_parameters(path: &str, parameters: &[(String, Parameter)]) -> String {
        with_parameters(path, parameters)
    }

    /// The names of the parameters that the request sets itself, whatever the API's link to the next page says.
    pub fn own_parameters(&self) -> Vec<String> {
        let of_page = self.page.iter().flat_map(PageSetting::parameters).map(str::to_owned);
        self.path.parameters().into_iter().chain(of_page).collect()
    }
}

/// The keys of `from`.
pub(super) static FROM: TomlKeys = TomlKeys::new(
    "filter-from",
    &[&[
        text("get", "path of the request for the choices, such as `/regions?country={country}`").required(),
        text("api", "the id of an `[[api]]`; by default the API of `api_url`"),
        rows::ROWS,
        text("value", "the member of a row with the value").required(),
        text("title", "the member of a row with the text that users see; by default `value`"),
        table("page", &pages::CHOICES_KEYS, "the API's parameters for further pages of choices"),
    ]],
);

/// Reads `choices` or `from`, and adds the filters that the choices depend on to `parents`.
pub(super) fn choices(
    at: &mut TomlTable<'_, '_>,
    known: (&Names, &BoardSlots),
    before: &[FilterSetting],
    parents: &mut Vec<usize>,
) -> Option<FilterChoices> {
    if at.has("from") {
        if at.has("choices") {
            at.problem_with(
                "from",
                "cannot be combined with `choices`: the choices have one source",
                REMOVE_ONE,
            );
        }
        let from = at.table("from", |at| from(at, known, before, parents))?;
        return Some(FilterChoices::Api(Box::new(from)));
    }
    if at.is_empty("choices") {
        at.problem(
            "choices",
            "is missing: a list such as [\"open\", \"paid\"], or `from` for choices of the API",
        );
        return None;
    }
    let found = at.entries("choices", "must be a list of strings or of { value, title }", choice)?;
    let mut values = HashSet::new();
    if let Some(twice) = found.iter().find(|choice| !values.insert(choice.value.as_str())) {
        at.problem("choices", format!("has the value `{}` twice", twice.value));
    }
    Some(FilterChoices::Fixed(found))
}

fn from(
    mut at: TomlTable<'_, '_>,
    (names, of_board): (&Names, &BoardSlots),
    before: &[FilterSetting],
    parents: &mut Vec<usize>,
) -> Option<ChoicesSetting> {
    let api = at.optional("api", |id| names.find(id)).unwrap_or_else(|| DEFAULT_API.to_owned());
    let path = at.required("get", |text| {
        let path = Template::parse(text)?;
        for slot in path.slots().filter(|slot| claim_name(slot).is_none() && !of_board.is_parameter(slot)) {
            let (position, _) = find_filter(before, slot).ok_or_else(|| unknown(slot, before))?;
            if !parents.contains(&position) {
                parents.push(position);
            }
        }
        path.slots().try_for_each(|slot| names.claims().check(slot))?;
        path.check_filters(&|slot| find_filter(before, slot).map(|(_, filter)| filter.is_multiple()))?;
        Ok(path)
    });
    let (value, title) = (at.required("value", title), at.optional("title", title));
    let members = value.iter().chain(&title).map(|member| ("value", member.as_str())).collect::<Vec<_>>();
    let rows = rows::read(&mut at, members.into_iter());
    let page = at.table("page", pages::read_of_choices);
    let sent = path.as_ref().map(Template::parameters).unwrap_or_default();
    if let Some(name) =
        page.iter().flat_map(PageSetting::parameters).find(|name| sent.iter().any(|own| own == name))
    {
        at.problem("page", format!("sets the parameter `{name}`, which the request already has"));
    }
    at.no_more(FROM.parts);
    let value = value?;
    Some(ChoicesSetting {
        api,
        path: path?,
        rows: rows?,
        title: title.unwrap_or_else(|| value.clone()),
        value,
        page,
    })
}

/// A placeholder in the request for choices that nothing fills.
fn unknown(slot: &str, before: &[FilterSetting]) -> String {
    let keys = before.iter().map(|filter| filter.key.as_str());
    let hint = match nearest(slot, keys.clone()) {
        Some(near) => format!("; did you mean {{{near}}}?"),
        None if PERIOD_SLOTS.contains(&slot) => "; choices do not depend on the period".to_owned(),
        None if before.is_empty() => "; choices can depend on claims".to_owned(),
        None => "; choices can depend on filters that come before this one, and on claims".to_owned(),
    };
    format!("has the unknown placeholder {{{slot}}}{hint}")
}
