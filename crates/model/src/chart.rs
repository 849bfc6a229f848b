//! A chart as its component draws it: every text formatted and every place computed by the server.
//! Places are whole numbers, so that nobody who draws needs arithmetic of floats.

use serde::{Deserialize, Serialize};

/// A place in the plot: ten-thousandths of its width from the left, or of its height from the top.
pub type Place = u16;

/// The right or the lower end of the plot.
pub const PLACE_MAX: Place = 10_000;

/// How a chart draws its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartShape {
    Line,
    /// Upright bars from zero, those of several series side by side.
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

/// What all series share: one value of x.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartPoint {
    /// As a person reads it, in full.
    pub label: String,
    /// From the left: the point itself, or the middle of its bars.
    pub at: Place,
}

/// A marked place of an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartTick {
    pub text: String,
    pub at: Place,
    pub room: TickRoom,
}

/// How wide a chart must be for a tick to be labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TickRoom {
    Any,
    /// 30 rem.
    Some,
    /// 44 rem.
    More,
}

/// Where the label of an x tick stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TickSide {
    /// It begins there.
    Start,
    Middle,
    /// It ends there.
    End,
}

impl ChartTick {
    /// Around its place, except for long labels at either end of the plot: to the left of it there is more room.
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

/// What a series says at a point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartValue {
    /// A dash at a gap.
    pub text: String,
    /// From the top; `None` at a gap.
    pub at: Option<Place>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartSeries {
    pub title: String,
    /// One for each of the chart's points.
    pub values: Vec<ChartValue>,
    /// Lowest, highest and last value, as a sentence.
    pub summary: String,
}

/// A line or bar chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    pub shape: ChartShape,
    /// What x is.
    pub x_title: String,
    pub points: Vec<ChartPoint>,
    /// From left to right.
    pub x_ticks: Vec<ChartTick>,
    /// From the top down and evenly spaced: the first is the plot's upper end, the last its lower.
    pub y_ticks: Vec<ChartTick>,
    /// Where zero lies, from the top, when it is on the scale.
    pub zero: Option<Place>,
    pub series: Vec<ChartSeries>,
    /// The index of the point to read out until a person picks another.
    pub shown: usize,
    /// What is not drawn, and why.
    pub note: Option<String>,
}

impl Chart {
    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        !self.series.iter().flat_map(|series| &series.values).any(|value| value.at.is_some())
    }
}
