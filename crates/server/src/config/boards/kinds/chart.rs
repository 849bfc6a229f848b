//! The settings of a chart: lines or bars over rows.

use std::collections::HashSet;

use claimcheck_model::{ChartAxis, ChartShape, PanelSize};

use crate::config::{
    LocalText,
    boards::{
        MemberSetting, ReadSetting, ValueFormat,
        format::{
            MEMBER_KEYS, NAME, NUMBER_KEYS, NUMBER_RULES, WHEN_KEYS, read_member_with, read_name,
            read_numbers,
        },
        kinds::{
            KindSetting,
            place::{NumberPlace, number_place},
            rows::{self, RowsSetting},
            stat::has_both_ends,
        },
        link_to::TO,
        look::{RULE_KEYS, read_rules},
        not_one_of, title, title_from_key,
    },
    reader::{Entry, REMOVE_IT, REMOVE_ONE, TomlTable},
    toml_key::{TomlKey, TomlKeys, decimal, flag, local, one_of, text, text_or_table, texts_or_tables},
};

const SERIES_MAX: usize = 12;
/// More series than the first stylesheet has colours and marks for.
const PLAIN_MAX: usize = 5;
/// The position of a row as a table.
static PLACE: TomlKeys =
    TomlKeys::new("axis-place", &[&MEMBER_KEYS, &HEADING, &NUMBER_KEYS, &WHEN_KEYS]).rules(&[&NUMBER_RULES]);
static HEADING: [TomlKey; 1] = [local("title", "the heading of the positions in the chart's table")];
/// A series as a table.
static SERIES: TomlKeys = TomlKeys::new(
    "series",
    &[
        &[
            text("key", "the member with the number").required(),
            local("title", "the name of the series").required(),
            one_of(
                "axis",
                || ChartAxis::ALL.map(ChartAxis::name).to_vec(),
                "the axis of its numbers: `left` or `right`",
            ),
            one_of(
                "kind",
                || ChartShape::ALL.map(ChartShape::name).to_vec(),
                "the series is a `line` over the bars, or a `bar`; in a bar chart only",
            ),
        ],
        &NUMBER_KEYS,
        &RULE_KEYS,
    ],
)
.rules(&[&NUMBER_RULES]);

/// Lines or bars over rows.
#[derive(Clone, Debug, PartialEq)]
pub struct ChartSetting {
    pub shape: ChartShape,
    pub rows: RowsSetting,
    /// The member with a row's position on the x axis: a day, a month, a point in time, or a text.
    pub x: MemberSetting,
    /// The heading of the x values; by default it is made from their key.
    pub x_title: Option<LocalText>,
    /// One to twelve.
    pub y: Vec<SeriesSetting>,
    /// The member whose values name the series, if each row has the number of one series.
    pub series: Option<MemberSetting>,
    /// How bars of several series are placed.
    pub bars: BarLayout,
    /// The number at which a line of comparison is.
    pub target: Option<NumberPlace>,
    /// The preceding period is drawn, too.
    pub has_before: bool,
}

/// How bars are placed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BarLayout {
    pub is_stacked: bool,
    pub is_horizontal: bool,
}

/// One line, or one bar of each group.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesSetting {
    pub key: String,
    pub title: LocalText,
    pub format: ValueFormat,
    pub axis: ChartAxis,
    /// It is a line in a bar chart.
    pub is_line: bool,
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
            &PLACE,
            "the member with the position of a row: a day, a time, a number or a word",
        )
        .required(),
        texts_or_tables("y", &SERIES, "the members with the numbers, one to twelve").required(),
        local("unit", "text after the values"),
        text_or_table(
            "series",
            &NAME,
            "the member whose values name the series, if each row has the number of one series",
        ),
        decimal("target", "a number at which a line is drawn: a number, or its JSONPath"),
        one_of("before", || vec!["period"], "`period` draws the preceding period, too; lines only"),
        flag("stacked", "whether bars of several series are on top of each other; bars only"),
        flag("horizontal", "whether bars are horizontal, with their names at the left; bars only"),
        TO,
    ]];
    const SIZE: PanelSize = PanelSize::Half;

    fn read(at: &mut TomlTable<'_, '_>, toml_name: &str) -> Option<Self> {
        let shape = ChartShape::ALL.into_iter().find(|shape| shape.name() == toml_name);
        if !at.has("x") {
            at.problem("x", "is missing");
        }
        let x = read_member_with(&PLACE, at, "x");
        let x_title =
            if at.is_table("x") { at.table("x", |mut at| at.optional_local("title", title)) } else { None };
        if !at.has("y") {
            at.problem("y", "is missing: the list of members with the numbers, such as [\"revenue\"]");
        }
        let read = |entry: Entry<'_, '_>| series(entry, shape);
        let y = at.entries("y", "must be a list of strings or of { key, title }", read)?;
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
        let of_y = y.iter().flat_map(|series| {
            [series.key.as_str()].into_iter().chain(series.format.members()).map(|name| ("y", name))
        });
        let series = read_name(at, "series");
        if series.is_some() && y.len() > 1 {
            at.problem("series", "needs a single member in `y`: its numbers are those of all series");
        }
        if series.is_some() && y.iter().any(|y| y.format.members().next().is_some()) {
            at.problem(
                "series",
                "needs numbers of one currency, and rules about the value only: several rows become one",
            );
        }
        let of_series = series.iter().flat_map(MemberSetting::keys).map(|name| ("series", name));
        let rows = rows::read(at, members.chain(of_y).chain(of_series));
        let target = number_place(at, "target");
        let has_before = at.optional("before", |text| match text {
            "period" => Ok(()),
            _ => Err("must be \"period\"".to_owned()),
        });
        let has_before = has_before.is_some() && shape == Some(ChartShape::Line);
        let bars = BarLayout {
            is_stacked: at.flag("stacked").unwrap_or_default(),
            is_horizontal: at.flag("horizontal").unwrap_or_default(),
        };
        let is_bar = shape == Some(ChartShape::Bar);
        let of_kind =
            [("stacked", "bar", is_bar), ("horizontal", "bar", is_bar), ("before", "line", !is_bar)];
        for (key, kind, fits) in of_kind {
            if at.has(key) && !fits {
                at.problem_with(key, format!("applies to kind = \"{kind}\" only"), REMOVE_IT);
            }
        }
        if has_before && (series.is_some() || y.len() > 1) {
            at.problem("before", "needs a single series, so that both lines can be compared");
        }
        if at.has("target") && bars.is_horizontal {
            at.problem_with("target", "cannot be combined with `horizontal`", REMOVE_ONE);
        }
        check_axes(at, &y, bars);
        Some(Self { shape: shape?, rows: rows?, x: x?, x_title, y, series, bars, target, has_before })
    }

    fn check(&self, read: &ReadSetting, at: &mut TomlTable<'_, '_>) {
        if self.has_before && !has_both_ends(read) {
            at.problem(
                "before",
                "needs {from} and {to} (or {until}) in `get` to request the preceding period",
            );
        }
    }

    fn needs_extra_style(&self) -> bool {
        let has_more = |series: &SeriesSetting| {
            !series.format.look.rules.is_empty() || series.is_line || is_right(series)
        };
        let may_be_many = self.series.is_some() || self.y.len() > PLAIN_MAX;
        self.y.iter().any(has_more)
            || may_be_many
            || self.bars != BarLayout::default()
            || self.target.is_some()
            || self.has_before
    }

    fn rows(&self) -> Option<&RowsSetting> {
        Some(&self.rows)
    }
}

impl SeriesSetting {
    fn or_format(self, format: &ValueFormat) -> Self {
        if self.format.is_of_numbers() {
            return self;
        }
        Self { format: ValueFormat { look: self.format.look, ..format.clone() }, ..self }
    }
}

fn is_right(series: &SeriesSetting) -> bool {
    series.axis == ChartAxis::Right
}

/// Refuses axes and lines that the chart cannot have.
fn check_axes(at: &mut TomlTable<'_, '_>, y: &[SeriesSetting], bars: BarLayout) {
    if y.is_empty() {
        return;
    }
    if y.iter().all(is_right) {
        at.problem_with("y", "has series of the right axis only", "remove `axis` from one of them");
    }
    if y.iter().all(|series| series.is_line) {
        at.problem_with("y", "has lines only", "use `kind = \"line\"` for the panel instead");
    }
    if bars.is_horizontal && y.iter().any(|series| series.is_line || is_right(series)) {
        let message = "has a line or a right axis, which horizontal bars cannot have";
        at.problem_with("y", message, "remove `kind` and `axis` of its series, or remove `horizontal`");
    }
    let mut bars_of_stack = y.iter().filter(|series| !series.is_line);
    let first = bars_of_stack.next().map(|series| series.axis);
    if bars.is_stacked && bars_of_stack.any(|series| Some(series.axis) != first) {
        let message = "has stacked bars of different axes";
        at.problem_with(
            "y",
            message,
            "give all bars the same `axis`, draw one with `kind = \"line\"`, or remove `stacked`",
        );
    }
}

fn series(entry: Entry<'_, '_>, shape: Option<ChartShape>) -> Option<Option<SeriesSetting>> {
    match entry {
        Entry::Text(key) => Some(Some(SeriesSetting {
            key: key.to_owned(),
            title: LocalText::plain(title_from_key(key)),
            format: ValueFormat::default(),
            axis: ChartAxis::Left,
            is_line: false,
        })),
        Entry::Table(mut at) => {
            let (key, name) = (at.required("key", title), at.required_local("title", title));
            let mut format = read_numbers(&mut at, true);
            format.look.rules = read_rules(&mut at);
            let axis = at.optional("axis", |text| {
                let axis = ChartAxis::ALL.into_iter().find(|axis| axis.name() == text);
                axis.ok_or_else(|| not_one_of(text, &ChartAxis::ALL.map(ChartAxis::name)))
            });
            let own = at.optional("kind", |text| {
                let own = ChartShape::ALL.into_iter().find(|own| own.name() == text);
                own.ok_or_else(|| not_one_of(text, &ChartShape::ALL.map(ChartShape::name)))
            });
            if at.has("kind") && shape == Some(ChartShape::Line) {
                let remedy = "use `kind = \"bar\"` for the panel, and `kind = \"line\"` for its lines";
                at.problem_with("kind", "applies to series of kind = \"bar\" only", remedy);
            }
            at.no_more(SERIES.parts);
            let is_line = own == Some(ChartShape::Line) && shape == Some(ChartShape::Bar);
            let axis = axis.unwrap_or_default();
            Some(key.zip(name).map(|(key, title)| SeriesSetting { key, title, format, axis, is_line }))
        }
    }
}
