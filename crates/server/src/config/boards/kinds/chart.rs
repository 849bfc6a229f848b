//! The settings of a chart: lines or bars over rows.

use std::collections::HashSet;

use claimcheck_model::{ChartShape, PanelSize};

use crate::config::{
    LocalText,
    boards::{
        MemberSetting, ValueFormat,
        format::{MEMBER, NUMBER_KEYS, read_member, read_numbers},
        kinds::{
            KindSetting,
            rows::{self, RowsSetting},
        },
        title, title_from_key,
    },
    reader::{Entry, TomlTable},
    toml_key::{TomlKey, TomlKeys, local, text, text_or_table, texts_or_tables},
};

const SERIES_MAX: usize = 5;
/// A series as a table.
static SERIES: TomlKeys = TomlKeys::new(
    "series",
    &[
        &[
            text("key", "the member with the number").required(),
            local("title", "the name of the series").required(),
        ],
        &NUMBER_KEYS,
    ],
);

/// Lines or bars over rows.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartSetting {
    pub shape: ChartShape,
    pub rows: RowsSetting,
    /// The member with a row's position on the x axis: a day, a month, a point in time, or a text.
    pub x: MemberSetting,
    /// One to five.
    pub y: Vec<SeriesSetting>,
}

/// One line, or one bar of each group.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesSetting {
    pub key: String,
    pub title: LocalText,
    pub format: ValueFormat,
}

impl KindSetting for ChartSetting {
    const NAME: &'static str = "chart";
    const TOML_NAMES: &'static [&'static str] = &[ChartShape::Line.name(), ChartShape::Bar.name()];
    const KEYS: &'static [&'static [TomlKey]] = &[&[
        rows::ROWS,
        rows::LAYOUT,
        rows::NAMES,
        text_or_table(
            "x",
            &MEMBER,
            "the member with the position of a row: a day, a time, a number or a word",
        )
        .required(),
        texts_or_tables("y", &SERIES, "the members with the numbers, one to five").required(),
        local("unit", "text after the values"),
    ]];
    const SIZE: PanelSize = PanelSize::Half;

    fn read(at: &mut TomlTable<'_, '_>, toml_name: &str) -> Option<Self> {
        let shape = ChartShape::ALL.into_iter().find(|shape| shape.name() == toml_name);
        if !at.has("x") {
            at.problem("x", "is missing");
        }
        let x = read_member(at, "x");
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
        // The panel's own unit is that of series without a format.
        let format = ValueFormat { unit: at.optional_local("unit", title), ..ValueFormat::default() };
        let y: Vec<_> = y.into_iter().map(|series| series.or_format(&format)).collect();
        let members = x.iter().flat_map(MemberSetting::keys).map(|name| ("x", name));
        let series = y.iter().flat_map(|series| {
            [series.key.as_str()].into_iter().chain(series.format.currency_member()).map(|name| ("y", name))
        });
        let rows = rows::read(at, members.chain(series));
        Some(Self { shape: shape?, rows: rows?, x: x?, y })
    }

    fn needs_extra_style(&self) -> bool {
        false
    }
}

impl SeriesSetting {
    fn or_format(self, format: &ValueFormat) -> Self {
        if self.format.is_of_numbers() { self } else { Self { format: format.clone(), ..self } }
    }
}

fn series(entry: Entry<'_, '_>) -> Option<Option<SeriesSetting>> {
    match entry {
        Entry::Text(key) => {
            let title = LocalText::plain(title_from_key(key));
            Some(Some(SeriesSetting { key: key.to_owned(), title, format: ValueFormat::default() }))
        }
        Entry::Table(mut at) => {
            let (key, name) = (at.required("key", title), at.required_local("title", title));
            let format = read_numbers(&mut at, true);
            at.no_more(SERIES.parts);
            Some(key.zip(name).map(|(key, title)| SeriesSetting { key, title, format }))
        }
    }
}
