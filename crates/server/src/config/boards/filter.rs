//! `[[board.filter]]`: a value that users choose for a whole board. It is in the address, fills slots such as `{status}`
//! in requests and titles, and can select rows that are already here. `boards::filters` checks the values of an address.

use claimcheck_model::{FILTER_TEXT_MAX_CHARS, FILTER_VALUES_MAX};
use jiff::civil::Date;
use serde_json::Number;
use toml::de::DeValue;

use crate::config::{
    LocalText,
    apis::Names,
    boards::{
        Choice,
        field::CHOICE,
        filter_choices::{FROM, FilterChoices, choices},
        not_one_of,
        subject::BoardSlots,
        title,
    },
    reader::{REMOVE_IT, TomlTable},
    toml_key::{
        ByValue, Case, TomlKey, TomlKeys, local, one_of, table, text, texts_or_table, texts_or_tables,
    },
};

/// A filter of a board.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterSetting {
    /// Its name in the address and in slots: `[a-z][a-z0-9_]*`, unique on its board.
    pub key: String,
    pub title: LocalText,
    pub kind: FilterKind,
    /// The values without a choice of the user.
    pub default: FilterDefault,
    /// The text for no value, such as "All regions".
    pub all: Option<LocalText>,
    /// The member of the rows that the server compares with the value.
    pub member: Option<String>,
    /// What separates several values in one parameter; without it, the parameter is repeated.
    pub join: Option<String>,
    /// The positions of the filters that the request for its choices depends on.
    pub parents: Vec<usize>,
    /// A path contains it, so its values are one segment.
    pub is_in_path: bool,
}

/// What the value of a filter is.
#[derive(Clone, Debug, PartialEq)]
pub enum FilterKind {
    /// One of the choices.
    Choice(FilterChoices),
    /// Any number of the choices.
    Choices(FilterChoices),
    Text,
    Number,
    /// A day: `2026-09-30`.
    Date,
    /// A month: `2026-09`.
    Month,
    /// `true`, or no value.
    Toggle,
}

/// The value of a filter without a choice of the user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FilterDefault {
    #[default]
    Nothing,
    Values(Vec<String>),
    /// The slot of a claim: `claim.region`.
    Claim(String),
}

const FILTERS_MAX: usize = 20;
const KEY_MAX_CHARS: usize = 32;
const NUMBER_MAX_CHARS: usize = 32;
/// Parameters of a board that mean something else.
const RESERVED: [&str; 17] = [
    "period",
    "from",
    "to",
    "until",
    "q",
    "sort",
    "order",
    "page",
    "key",
    "kept",
    "rows",
    "separator",
    "claim",
    "column",
    "image",
    "action",
    "panel",
];
const KINDS: [&str; 7] = ["choice", "choices", "text", "number", "date", "month", "toggle"];

/// The keys of `[[board.filter]]`.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "filter",
    &[&[
        text("key", "the name in the address and in placeholders such as `{status}`: a-z, 0-9 and _")
            .required(),
        local("title", "the label of the filter").required(),
        one_of("kind", || KINDS.to_vec(), "what users choose or enter").required(),
        texts_or_table(
            "default",
            &DEFAULT,
            "the value without a choice of the user, or `{ claim = \"region\" }`",
        ),
        local("all", "the text for no value, such as `All regions`"),
        text("member", "a member of the rows: the server selects rows of tables by it"),
    ]],
)
.by_value(ByValue { key: "kind", cases });
static CHOICE_KEYS: [TomlKey; 2] = [
    texts_or_tables("choices", &CHOICE, "the choices: texts, or `{ value, title }`"),
    table("from", &FROM, "the request for the choices; in place of `choices`"),
];
static JOIN: [TomlKey; 1] =
    [text("join", "what separates several values in one parameter, such as `,`; by default it is repeated")];
static DEFAULT: TomlKeys =
    TomlKeys::new("filter-default", &[&[text("claim", "the name of the claim in `[claims]`").required()]]);
fn cases() -> Vec<Case> {
    let case = |kind: &&'static str| {
        let parts: Vec<&'static [TomlKey]> = match *kind {
            "choice" => vec![&CHOICE_KEYS],
            "choices" => vec![&CHOICE_KEYS, &JOIN],
            _ => Vec::new(),
        };
        let exactly_one: Vec<&'static [&'static str]> = match parts.is_empty() {
            true => Vec::new(),
            false => vec![&["choices", "from"]],
        };
        Case { value: kind, parts, exactly_one }
    };
    KINDS.iter().map(case).collect()
}

impl FilterSetting {
    /// Its choices, if it has some.
    pub fn choices(&self) -> Option<&FilterChoices> {
        match &self.kind {
            FilterKind::Choice(choices) | FilterKind::Choices(choices) => Some(choices),
            _ => None,
        }
    }

    /// Whether it can have several values.
    pub fn is_multiple(&self) -> bool {
        matches!(self.kind, FilterKind::Choices(_))
    }

    /// Whether a value can be one of this filter; choices of an API are not known here.
    ///
    /// # Errors
    /// Describes what a value looks like.
    pub fn check(&self, value: &str) -> Result<(), String> {
        let is_one = |choices: &[Choice]| choices.iter().any(|choice| choice.value == value);
        if value.chars().count() > FILTER_TEXT_MAX_CHARS || value.chars().any(char::is_control) {
            return Err(format!("must have at most {FILTER_TEXT_MAX_CHARS} characters, without line breaks"));
        }
        if let Some(separator) = self.join.as_ref().filter(|separator| value.contains(separator.as_str())) {
            return Err(format!("must not contain the separator `{separator}`"));
        }
        if self.is_in_path && !super::is_path_value(value) {
            return Err("must be one segment of a path".to_owned());
        }
        let is_right = match &self.kind {
            FilterKind::Choice(FilterChoices::Fixed(choices))
            | FilterKind::Choices(FilterChoices::Fixed(choices)) => {
                if is_one(choices) {
                    return Ok(());
                }
                let known: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
                return Err(not_one_of(value, &known));
            }
            FilterKind::Choice(_) | FilterKind::Choices(_) => !value.is_empty(),
            FilterKind::Text => !value.trim().is_empty(),
            FilterKind::Number => {
                value.len() <= NUMBER_MAX_CHARS
                    && !value.contains(['e', 'E'])
                    && value.parse::<Number>().is_ok()
            }
            FilterKind::Date => day(value).is_some(),
            FilterKind::Month => value.len() == 7 && day(&format!("{value}-01")).is_some(),
            FilterKind::Toggle => value == "true",
        };
        let expected = match &self.kind {
            FilterKind::Number => "must be a number such as 12 or 0.5",
            FilterKind::Date => "must be a day such as 2026-09-30",
            FilterKind::Month => "must be a month such as 2026-09",
            FilterKind::Toggle => "must be `true`",
            _ => "must not be empty",
        };
        if is_right { Ok(()) } else { Err(expected.to_owned()) }
    }
}

/// A day in exactly this form: `2026-09-30`.
fn day(text: &str) -> Option<Date> {
    let day = text.parse::<Date>().ok()?;
    (day.to_string() == text).then_some(day)
}

/// The filter of that name, and its position.
pub fn find_filter<'f>(filters: &'f [FilterSetting], key: &str) -> Option<(usize, &'f FilterSetting)> {
    filters.iter().enumerate().find(|(_, filter)| filter.key == key)
}

/// Reads the filters of a board.
pub(super) fn read(at: &mut TomlTable<'_, '_>, names: &Names, of_board: &BoardSlots) -> Vec<FilterSetting> {
    let mut filters: Vec<FilterSetting> = Vec::new();
    at.list("filter", |at| {
        let filter = filter(at, (names, of_board), &filters)?;
        filters.push(filter);
        Some(())
    });
    if filters.len() > FILTERS_MAX {
        at.problem("filter", format!("must have at most {FILTERS_MAX} entries"));
    }
    filters
}

fn filter(
    mut at: TomlTable<'_, '_>,
    (names, of_board): (&Names, &BoardSlots),
    before: &[FilterSetting],
) -> Option<FilterSetting> {
    let key = at.required("key", |text| {
        let text = self::key(text)?;
        match before.iter().any(|other| other.key == text) {
            true => Err("is used by two filters: keys must be unique on a board".to_owned()),
            false => Ok(text),
        }
    });
    let name = at.required_local("title", title);
    let all = at.optional_local("all", title);
    let member = at.optional("member", title);
    let join = at.optional("join", |text| match text.is_empty() || text.chars().any(char::is_control) {
        true => Err("must be a separator such as \",\"".to_owned()),
        false => Ok(text.to_owned()),
    });
    let toml_kind = at.required("kind", |text| match KINDS.contains(&text) {
        true => Ok(text.to_owned()),
        false => Err(not_one_of(text, &KINDS)),
    });
    let has_choices = toml_kind.as_deref().is_none_or(|kind| matches!(kind, "choice" | "choices"));
    let mut parents = Vec::new();
    let choices = if has_choices { choices(&mut at, (names, of_board), before, &mut parents) } else { None };
    let is_multiple = toml_kind.as_deref().is_none_or(|kind| kind == "choices");
    let about = toml_kind.clone().unwrap_or_default();
    for (key, belongs) in [("choices", has_choices), ("from", has_choices), ("join", is_multiple)] {
        if at.has(key) && !belongs {
            at.problem_with(key, format!("does not apply to a filter of the kind \"{about}\""), REMOVE_IT);
        }
    }
    let kind = match (toml_kind.as_deref(), choices) {
        (Some("choice"), Some(choices)) => Some(FilterKind::Choice(choices)),
        (Some("choices"), Some(choices)) => Some(FilterKind::Choices(choices)),
        (None | Some("choice" | "choices"), _) => None,
        (Some("number"), _) => Some(FilterKind::Number),
        (Some("date"), _) => Some(FilterKind::Date),
        (Some("month"), _) => Some(FilterKind::Month),
        (Some("toggle"), _) => Some(FilterKind::Toggle),
        (Some(_), _) => Some(FilterKind::Text),
    };
    let is_whole = kind.is_some();
    let key = key?;
    let nothing = FilterDefault::Nothing;
    let mut filter = FilterSetting {
        // A filter with a mistake is known all the same, so that its placeholders are not reported as well.
        title: name.unwrap_or_else(|| LocalText::plain(&key)),
        key,
        kind: kind.unwrap_or(FilterKind::Text),
        default: nothing,
        all,
        member,
        join,
        parents,
        is_in_path: false,
    };
    if let Some(FilterChoices::Fixed(choices)) = filter.choices()
        && let Some(separator) = &filter.join
        && let Some(choice) = choices.iter().find(|choice| choice.value.contains(separator.as_str()))
    {
        let value = &choice.value;
        at.problem("join", format!("is in the choice `{value}`: the API could not tell it from two values"));
    }
    if is_whole {
        filter.default = default(&mut at, names, &filter).unwrap_or_default();
    }
    at.no_more(&[KEYS.parts, &[&CHOICE_KEYS, &JOIN]].concat());
    Some(filter)
}

fn default(at: &mut TomlTable<'_, '_>, names: &Names, filter: &FilterSetting) -> Option<FilterDefault> {
    if at.is_table("default") {
        return at.table("default", |mut at| {
            let slot = at.required("claim", |name| {
                let slot = format!("claim.{name}");
                names.claims().check(&slot).map(|()| slot)
            });
            at.no_more(DEFAULT.parts);
            Some(FilterDefault::Claim(slot?))
        });
    }
    if !at.has("default") {
        return None;
    }
    let Some(values) = at.value("default").and_then(|value| filter_values(value, filter)) else {
        at.problem(
            "default",
            "has no value that fits the filter; several are a list of the kind \"choices\"",
        );
        return None;
    };
    if values.len() > FILTER_VALUES_MAX {
        at.problem("default", format!("must have at most {FILTER_VALUES_MAX} values"));
    }
    if values.len() != 1 && !filter.is_multiple() {
        at.problem("default", "must be one value: only the kind \"choices\" has several");
    }
    if let Some(message) = values.iter().find_map(|value| filter.check(value).err()) {
        at.problem("default", message);
    }
    Some(FilterDefault::Values(values))
}

/// The values of a filter in the settings: a text, a number or `true`, or for several a list of them.
pub(super) fn filter_values(value: &DeValue<'_>, filter: &FilterSetting) -> Option<Vec<String>> {
    let text = |value: &DeValue<'_>| match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Boolean(true) => Some("true".to_owned()),
        DeValue::Integer(number) => Some(number.as_str().replace('_', "")),
        DeValue::Float(number) => Some(number.as_str().replace('_', "")),
        _ => None,
    };
    match value {
        DeValue::Array(items) if filter.is_multiple() => {
            items.iter().map(|item| text(item.get_ref())).collect()
        }
        one => text(one).map(|text| vec![text]),
    }
}

/// The name of a filter or of another parameter of a board's address.
pub(super) fn key(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if RESERVED.contains(&text) {
        return Err(format!("`{text}` already has a meaning in the address of a board: choose another name"));
    }
    let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
    match begins && text.len() <= KEY_MAX_CHARS && text.chars().all(allowed) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "must be a name of at most {KEY_MAX_CHARS} characters a-z, 0-9 and _, such as \"status\""
        )),
    }
}
