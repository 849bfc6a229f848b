//! The settings of a meter: a number and its target.

use claimcheck_model::PanelSize;

use serde_json_path::JsonPath;

use crate::config::{
    boards::{
        ValueFormat,
        format::{NUMBER_KEYS, read_numbers},
        kinds::{
            KindSetting, json_path,
            place::{NumberPlace, number_place},
            stat::{BETTER, Better, read_better},
        },
        link_to::TO,
        look::{RULE_KEYS, read_rules},
    },
    reader::TomlTable,
    toml_key::{TomlKey, decimal, text},
};

/// A number and its target.
#[derive(Clone, Debug, PartialEq)]
pub struct MeterSetting {
    pub value: JsonPath,
    pub target: NumberPlace,
    /// Whether it is good to be above the target or below.
    pub better: Better,
    pub format: ValueFormat,
}

impl KindSetting for MeterSetting {
    const NAME: &'static str = "meter";
    const KEYS: &'static [&'static [TomlKey]] = &[
        &[
            text("value", "JSONPath of the number in the response").required(),
            decimal("target", "the number to reach or not to exceed: a number, or its JSONPath").required(),
            BETTER,
            TO,
        ],
        &NUMBER_KEYS,
        &RULE_KEYS,
    ];
    const SIZE: PanelSize = PanelSize::Third;
    const CAN_SHOW_SUBJECT: bool = true;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        let value = at.required("value", json_path);
        if !at.has("target") {
            at.problem(
                "target",
                "is missing: a number such as 500, or the JSONPath of one such as \"$.limit\"",
            );
        }
        let target = number_place(at, "target");
        let better = read_better(at);
        let mut format = read_numbers(at, false);
        format.look.rules = read_rules(at);
        Some(Self { value: value?, target: target?, better, format })
    }
}
