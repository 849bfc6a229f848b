//! `[[board.tab]]`: a saved set of filter values, with an optional number beside its title.

use std::collections::BTreeMap;

use claimcheck_model::FILTER_VALUES_MAX;
use toml::de::DeValue;

use crate::config::{
    LocalText,
    apis::{DEFAULT_API, Names},
    boards::{
        FilterSetting, Template,
        filter::{filter_values, find_filter},
        kinds::stat::{CountPath, count_path},
        subject::BoardSlots,
        title,
    },
    claim_slots::claim_name,
    problem::nearest,
    reader::TomlTable,
    toml_key::{TomlKeys, json, local, table, text},
};

/// A tab of a board.
#[derive(Clone, Debug, PartialEq)]
pub struct TabSetting {
    pub title: LocalText,
    /// The values of filters, by key. Filters that other tabs name are unset.
    pub filters: BTreeMap<String, Vec<String>>,
    pub count: Option<CountSetting>,
}

/// The request for the number of a tab.
#[derive(Clone, Debug, PartialEq)]
pub struct CountSetting {
    /// The id of the API.
    pub api: String,
    pub path: Template,
    /// The number, the list whose entries are counted, or the values to count.
    pub value: CountPath,
}

const TABS_MAX: usize = 12;

/// The keys of `[[board.tab]]`.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "tab",
    &[&[
        local("title", "the text of the tab").required(),
        json("filters", "the values of filters, by key, such as `{ status = \"open\" }`"),
        table("count", &COUNT, "a request for the number beside the title"),
    ]],
);
static COUNT: TomlKeys = TomlKeys::new(
    "tab-count",
    &[&[
        text("get", "path of the request, such as `/orders/count?status={status}`").required(),
        text("api", "the id of an `[[api]]`; by default the API of `api_url`"),
        text("value", "JSONPath of the number, or of the list whose entries are counted").required(),
    ]],
);

/// Reads the tabs of a board with these filters.
pub(super) fn read(
    at: &mut TomlTable<'_, '_>,
    names: &Names,
    filters: &[FilterSetting],
    of_board: &BoardSlots,
) -> Vec<TabSetting> {
    if at.has("tab") && filters.is_empty() && !at.has("filter") {
        at.problem("tab", "needs [[board.filter]]: a tab is a set of filter values");
    }
    let tabs = at.list("tab", |at| tab(at, names, filters, of_board)).unwrap_or_default();
    if tabs.len() > TABS_MAX {
        at.problem("tab", format!("must have at most {TABS_MAX} entries"));
    }
    tabs
}

fn tab(
    mut at: TomlTable<'_, '_>,
    names: &Names,
    filters: &[FilterSetting],
    of_board: &BoardSlots,
) -> Option<TabSetting> {
    let name = at.required_local("title", title);
    let values = match at.value("filters").map(|value| values(value, filters)) {
        None => BTreeMap::new(),
        Some(Ok(values)) => values,
        Some(Err(message)) => {
            at.problem("filters", message);
            BTreeMap::new()
        }
    };
    let count = at.table("count", |at| count(at, names, filters, of_board));
    at.no_more(KEYS.parts);
    Some(TabSetting { title: name?, filters: values, count })
}

fn values(value: &DeValue<'_>, filters: &[FilterSetting]) -> Result<BTreeMap<String, Vec<String>>, String> {
    let DeValue::Table(table) = value else {
        return Err("must be a table, such as { status = \"open\" }".to_owned());
    };
    let mut found = BTreeMap::new();
    for (key, value) in table {
        let key = key.get_ref().as_ref();
        let (_, filter) = find_filter(filters, key).ok_or_else(|| unknown(key, filters))?;
        let values = filter_values(value.get_ref(), filter);
        let values = values.ok_or_else(|| format!("has no value for `{key}` that fits the filter"))?;
        if values.len() > FILTER_VALUES_MAX {
            return Err(format!("has more than {FILTER_VALUES_MAX} values for `{key}`"));
        }
        for value in &values {
            filter.check(value).map_err(|message| format!("`{key}` {message}"))?;
        }
        found.insert(key.to_owned(), values);
    }
    Ok(found)
}

fn unknown(key: &str, filters: &[FilterSetting]) -> String {
    match nearest(key, filters.iter().map(|filter| filter.key.as_str())) {
        Some(near) => format!("names `{key}`, but the board has no such filter; did you mean `{near}`?"),
        None => format!("names `{key}`, but the board has no such filter"),
    }
}

fn count(
    mut at: TomlTable<'_, '_>,
    names: &Names,
    filters: &[FilterSetting],
    of_board: &BoardSlots,
) -> Option<CountSetting> {
    let api = at.optional("api", |id| names.find(id)).unwrap_or_else(|| DEFAULT_API.to_owned());
    let path = at.required("get", |text| {
        let path = Template::parse(text)?;
        for slot in path.slots() {
            names.claims().check(slot)?;
            let is_known = claim_name(slot).is_some()
                || find_filter(filters, slot).is_some()
                || of_board.is_of_period(slot)
                || of_board.is_parameter(slot);
            if !is_known {
                return Err(format!(
                    "has the unknown placeholder {{{slot}}}; available: filters, claims, the period of the board, and \
                     the parameters of its subject"
                ));
            }
        }
        path.check_filters(&|slot| find_filter(filters, slot).map(|(_, filter)| filter.is_multiple()))?;
        Ok(path)
    });
    let value = at.required("value", count_path);
    at.no_more(COUNT.parts);
    Some(CountSetting { api, path: path?, value: value? })
}
