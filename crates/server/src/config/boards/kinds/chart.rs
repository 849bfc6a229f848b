//! The settings of a chart: lines or bars over rows.

use std::collections::HashSet;

use claimcheck_model::{ChartShape, PanelSize};
use serde_json_path::JsonPath;

use crate::config::{
    LocalText,
    boards::{
        kinds::{KindSetting, json_path},
        title, title_from_key,
    },
    reader::{Entry, TomlTable},
};

const SERIES_MAX: usize = 5;

/// Lines or bars over rows.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartSetting {
    pub shape: ChartShape,
    /// Finds the rows in the answer (RFC 9535).
    pub rows: JsonPath,
    /// The member with a row's position on the x axis: a day, a month, a point in time, or a text.
    pub x: String,
    /// One to five.
    pub y: Vec<SeriesSetting>,
    /// Shown after the values.
    pub unit: Option<LocalText>,
}

/// One line, or one bar of each group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesSetting {
    pub key: String,
    pub title: LocalText,
}

impl KindSetting for ChartSetting {
    const NAME: &'static str = "chart";
    const TOML_NAMES: &'static [&'static str] = &[ChartShape::Line.name(), ChartShape::Bar.name()];
    const KEYS: &'static [&'static str] = &["rows", "x", "y", "unit"];
    const SIZE: PanelSize = PanelSize::Half;

    fn read(at: &mut TomlTable<'_, '_>, toml_name: &str) -> Option<Self> {
        let shape = ChartShape::ALL.into_iter().find(|shape| shape.name() == toml_name);
        let rows = at.required("rows", json_path);
        let x = at.required("x", title);
        if !at.has("y") {
            at.problem("y", "is missing: the list of members with the numbers, such as [\"revenue\"]");
        }
        let y = at.entries("y", "must be a list of strings or of { key, title }", series)?;
        if at.is_empty("y") || y.len() > SERIES_MAX {
            at.problem("y", format!("must have 1 to {SERIES_MAX} entries"));
        }
        let mut keys = HashSet::new();
        if let Some(twice) = y.iter().find(|series| !keys.insert(&series.key)) {
            at.problem("y", format!("the key `{}` is used twice", twice.key));
        }
        let unit = at.optional_local("unit", title);
        Some(Self { shape: shape?, rows: rows?, x: x?, y, unit })
    }
}

fn series(entry: Entry<'_, '_>) -> Option<Option<SeriesSetting>> {
    match entry {
        Entry::Text(key) => {
            Some(Some(SeriesSetting { key: key.to_owned(), title: LocalText::plain(title_from_key(key)) }))
        }
        Entry::Table(mut at) => {
            let (key, name) = (at.required("key", title), at.required_local("title", title));
            at.no_more(&["key", "title"]);
            Some(key.zip(name).map(|(key, title)| SeriesSetting { key, title }))
        }
    }
}
