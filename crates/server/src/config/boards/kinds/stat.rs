//! The settings of a stat: one number and its change.

use claimcheck_model::PanelSize;
use serde_json_path::JsonPath;

use crate::config::{
    boards::{
        ReadSetting, ValueFormat,
        format::{NUMBER_KEYS, read_numbers},
        kinds::{KindSetting, json_path},
        link_to::TO,
        look::{RULE_KEYS, read_rules},
    },
    reader::{REMOVE_ONE, TomlTable},
    toml_key::{TomlKey, one_of, text},
};

/// One number, and its change.
#[derive(Clone, Debug, PartialEq)]
pub struct StatSetting {
    pub value: StatValue,
    pub before: Before,
    pub better: Better,
    /// The numbers of the line beside it.
    pub trend: Option<JsonPath>,
    pub format: ValueFormat,
}

/// `better`.
pub(super) const BETTER: TomlKey =
    one_of("better", || vec!["more", "less"], "which direction of change is shown as good: `more` or `less`");

/// The number of a stat.
#[derive(Clone, Debug, PartialEq)]
pub enum StatValue {
    /// At this place of the answer (RFC 9535).
    Number(JsonPath),
    /// How many values the path selects; for a path to one list or object, its length.
    Count(CountPath),
}

/// A path whose values are counted.
#[derive(Clone, Debug, PartialEq)]
pub struct CountPath {
    pub path: JsonPath,
    /// The path names one value (RFC 9535 2.3.5.1), so that the entries of this value are counted.
    pub is_singular: bool,
}

/// The number that a stat is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Before {
    Nothing,
    /// The same request for the preceding period.
    Period,
    /// Another number of the same answer.
    Path(JsonPath),
}

/// The direction of change that is good news.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Better {
    More,
    Less,
    #[default]
    Neither,
}

impl KindSetting for StatSetting {
    const NAME: &'static str = "stat";
    const KEYS: &'static [&'static [TomlKey]] = &[
        &[
            text("value", "JSONPath of the number in the response; or use `count`"),
            text("count", "JSONPath of the values to count; in place of `value`"),
            text("before", "the number to compare with: a JSONPath, or `period` for the preceding period"),
            BETTER,
            text("trend", "JSONPath of numbers in the response, drawn as a small line: `$.days[*].revenue`"),
            TO,
        ],
        &NUMBER_KEYS,
        &RULE_KEYS,
    ];
    const EXACTLY_ONE: &'static [&'static str] = &["value", "count"];
    const SIZE: PanelSize = PanelSize::Quarter;
    const CAN_SHOW_SUBJECT: bool = true;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        let count = at.optional("count", count_path);
        let value = match count {
            Some(count) => Some(StatValue::Count(count)),
            None if at.has("count") => None,
            None => at.required("value", json_path).map(StatValue::Number),
        };
        if at.has("count") && at.has("value") {
            at.problem_with("count", "cannot be combined with `value`: a stat has one number", REMOVE_ONE);
        }
        let before = at.optional("before", |text| match text {
            "period" => Ok(Before::Period),
            text => json_path(text)
                .map(Before::Path)
                .map_err(|message| format!("{message}, or \"period\" to compare with the preceding period")),
        });
        let better = read_better(at);
        let trend = at.optional("trend", json_path);
        let mut format = read_numbers(at, false);
        format.look.rules = read_rules(at);
        let before = before.unwrap_or(Before::Nothing);
        Some(Self { value: value?, before, better, trend, format })
    }

    fn check(&self, read: &ReadSetting, at: &mut TomlTable<'_, '_>) {
        if self.before == Before::Period && !has_both_ends(read) {
            at.problem(
                "before",
                "needs {from} and {to} (or {until}) in `get` to request the preceding period",
            );
        }
    }

    fn needs_extra_style(&self) -> bool {
        self.trend.is_some()
    }
}

/// Whether a request has both ends of a period, so that there is one for the preceding period.
pub(super) fn has_both_ends(read: &ReadSetting) -> bool {
    read.slots().any(|slot| slot == "from") && read.slots().any(|slot| matches!(slot, "to" | "until"))
}

/// Reads `better`.
pub(super) fn read_better(at: &mut TomlTable<'_, '_>) -> Better {
    let better = at.optional("better", |text| match text {
        "more" => Ok(Better::More),
        "less" => Ok(Better::Less),
        _ => Err("must be \"more\" or \"less\"".to_owned()),
    });
    better.unwrap_or_default()
}

/// Parses a path whose values are counted.
pub(in crate::config::boards) fn count_path(text: &str) -> Result<CountPath, String> {
    let path = json_path(text)?;
    // Names in quotes may contain these characters; such a path is rare, and its values are counted one by one.
    let is_singular = !text.contains(['*', '?', ':', ',']) && !text.contains("..");
    Ok(CountPath { path, is_singular })
}
