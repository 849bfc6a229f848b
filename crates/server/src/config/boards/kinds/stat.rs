//! The settings of a stat: one number and its change.

use claimcheck_model::PanelSize;
use serde_json_path::JsonPath;

use crate::config::{
    LocalText,
    boards::{
        Template,
        kinds::{KindSetting, decimals, json_path},
        title,
    },
    reader::TomlTable,
};

/// One number, and its change.
#[derive(Clone, Debug, PartialEq)]
pub struct StatSetting {
    /// Finds the number in the answer (RFC 9535).
    pub value: JsonPath,
    pub before: Before,
    pub better: Better,
    /// Shown after the number.
    pub unit: Option<LocalText>,
    /// By default those of the number itself, at most two.
    pub decimals: Option<usize>,
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
    const KEYS: &'static [&'static str] = &["value", "before", "better", "unit", "decimals"];
    const SIZE: PanelSize = PanelSize::Quarter;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        let value = at.required("value", json_path);
        let before = at.optional("before", |text| match text {
            "period" => Ok(Before::Period),
            text => json_path(text)
                .map(Before::Path)
                .map_err(|message| format!("{message}, or \"period\" to compare with the preceding period")),
        });
        let better = at.optional("better", |text| match text {
            "more" => Ok(Better::More),
            "less" => Ok(Better::Less),
            _ => Err("must be \"more\" or \"less\"".to_owned()),
        });
        let (unit, decimals) = (at.optional_local("unit", title), decimals(at));
        let before = before.unwrap_or(Before::Nothing);
        Some(Self { value: value?, before, better: better.unwrap_or_default(), unit, decimals })
    }

    fn check(&self, get: &Template, at: &mut TomlTable<'_, '_>) {
        let has_both_ends = get.slots().any(|slot| slot == "from") && get.slots().any(|slot| slot != "from");
        if self.before == Before::Period && !has_both_ends {
            at.problem(
                "before",
                "needs {from} and {to} (or {until}) in `get` to request the preceding period",
            );
        }
    }
}
