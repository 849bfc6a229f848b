//! A chart as its component draws it. The server formats every text and computes every place. Places are whole numbers,
//! so that drawing needs no floating-point arithmetic.

use serde::{Deserialize, Serialize};

use crate::{LinkTarget, ValueTone};

/// A position in the plot, in ten-thousandths of its width from the left or of its height from the top.
pub type Place = u16;

/// The right or lower end of the plot.
pub const PLACE_MAX: Place = 10_000;

/// How a chart draws its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartShape {
    Line,
    /// Vertical bars from zero; those of several series are side by side.
    Bar,
}

impl ChartShape {
    pub const ALL: [Self; 2] = [Self::Line, Self::Bar];

    /// Its name: `kind` in the settings file, `data-shape` in the markup.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Bar => "bar",
        }
    }
}

/// The axis that the values of a series are read on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartAxis {
    #[default]
    Left,
    Right,
}

impl ChartAxis {
    pub const ALL: [Self; 2] = [Self::Left, Self::Right];

    /// Its name: `axis` in the settings file, `data-axis` in the markup.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// One x value, shared by all series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartPoint {
    /// The full label.
    pub label: String,
    /// The position from the left: the point itself, or the middle of its bars.
    pub at: Place,
    /// Where it leads with all its values.
    pub to: Option<LinkTarget>,
    /// Its first and last day, `2026-09-30`, if the board has a period that can be chosen.
    pub days: Option<(String, String)>,
}

/// A tick of an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartTick {
    pub text: String,
    pub at: Place,
    pub room: TickRoom,
}

/// How wide a chart must be for the label of a tick to appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TickRoom {
    Any,
    /// 30 rem.
    Some,
    /// 44 rem.
    More,
}

/// How the names below bars without a time order are written, if all of them have room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NamesLayout {
    /// On up to two lines at any width.
    Level,
    /// Slanted at the widths at which ticks of this room are shown or narrower; on up to two lines at others.
    SlantedAt(TickRoom),
}

/// Where the label of an x tick is, relative to its tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TickSide {
    /// It begins there.
    Start,
    Middle,
    /// It ends there.
    End,
}

impl ChartTick {
    /// Centred, except for long labels at either end of the plot. To the left of the plot there is more room.
    pub fn side(&self) -> TickSide {
        const EDGE: Place = 300;
        let letters = self.text.chars().count();
        match self.at {
            at if at < EDGE && letters > 8 => TickSide::Start,
            at if at > PLACE_MAX - EDGE && letters > 5 => TickSide::End,
            _ => TickSide::Middle,
        }
    }
}

/// The value of a series at a point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartValue {
    /// The formatted value; a dash at a gap.
    pub text: String,
    /// The position from the top; `None` at a gap.
    pub at: Option<Place>,
    /// Where its bar begins, if bars are on top of each other; else at zero.
    pub from: Option<Place>,
    pub tone: Option<ValueTone>,
    /// Where it leads, if the values of its point lead to different pages.
    pub to: Option<LinkTarget>,
}

/// A line across the plot, such as that of a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartLine {
    /// "Target: 500".
    pub text: String,
    /// The position from the top.
    pub at: Place,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartSeries {
    /// Its title; that of a series of the right axis says so.
    pub title: String,
    /// Its own shape: a bar chart may have lines.
    pub shape: ChartShape,
    pub axis: ChartAxis,
    /// One for each of the chart's points.
    pub values: Vec<ChartValue>,
    /// Lowest, highest and last value, as a sentence.
    pub summary: String,
    /// The longest of the values' texts.
    pub longest: String,
    /// A label beside the end of its line, in wide charts of many lines.
    pub end: Option<ChartTick>,
}

/// A line or bar chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    pub shape: ChartShape,
    /// The title of the x axis.
    pub x_title: String,
    pub points: Vec<ChartPoint>,
    /// From left to right.
    pub x_ticks: Vec<ChartTick>,
    /// The ticks are the names of all points, laid out in this way. Else some points have a label, at their places.
    pub names: Option<NamesLayout>,
    /// The days below ticks that are times of day: each once, where it begins.
    pub x_days: Vec<ChartTick>,
    /// From the top down and evenly spaced. The first is at the upper end of the plot, the last at the lower.
    pub y_ticks: Vec<ChartTick>,
    /// Those of the right axis, at the same heights. Empty without a series of the right axis.
    pub right_ticks: Vec<ChartTick>,
    /// The position of zero from the top, if it is on the scale. Both axes have it at the same height.
    pub zero: Option<Place>,
    pub series: Vec<ChartSeries>,
    /// The index of the point whose values are shown until the user selects another.
    pub shown: usize,
    /// A note about values that are not drawn.
    pub note: Option<String>,
    /// Bars of several series are on top of each other.
    pub is_stacked: bool,
    /// Bars are horizontal: the places of values are from the right, those of points from the top.
    pub is_horizontal: bool,
    /// A line of comparison.
    pub line: Option<ChartLine>,
    /// The last series has the values of the preceding period.
    pub has_before: bool,
}

impl Chart {
    /// Where a value leads.
    pub fn link(&self, series: usize, point: usize) -> Option<&LinkTarget> {
        let of_value = self.series.get(series)?.values.get(point)?.to.as_ref();
        of_value.or_else(|| self.points.get(point)?.to.as_ref())
    }

    /// Whether some series are bars and some are lines.
    pub fn is_mixed(&self) -> bool {
        self.series.iter().any(|series| series.shape != self.shape)
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        !self.series.iter().flat_map(|series| &series.values).any(|value| value.at.is_some())
    }
}
