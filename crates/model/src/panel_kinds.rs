//! The content of the panel kinds that show one thing: an object, a number and its target, the parts of a whole, events,
//! and what the settings say.

use serde::{Deserialize, Serialize};

use super::{Cell, Column, ValueTone};
use crate::{LinkTarget, Place};

/// A link of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PanelLink {
    pub title: String,
    /// Where it leads; `None` if the user may not see that page, or a placeholder has no value.
    pub to: Option<LinkTarget>,
    pub hint: Option<String>,
}

/// Chosen members of one object; empty if there is no object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub facts: Vec<(Column, Cell)>,
}

/// A number and its target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// `None` if the response has no number there.
    pub value: Option<String>,
    pub unit: Option<String>,
    /// "of 500 · 62%"; `None` if there is no target.
    pub of_target: Option<String>,
    /// The end of the bar, and the target on the same scale.
    pub bar: Place,
    pub target: Option<Place>,
    /// By the rules of the settings, else by the side of the target.
    pub tone: Option<ValueTone>,
    /// The text about the side of the target.
    pub verdict: Option<String>,
    /// Where it leads.
    pub to: Option<LinkTarget>,
}

/// How a share is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShareShape {
    #[default]
    Donut,
    Bar,
}

impl ShareShape {
    pub const ALL: [Self; 2] = [Self::Donut, Self::Bar];

    /// Its name in the settings file, and `data-shape` in the markup.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Donut => "donut",
            Self::Bar => "bar",
        }
    }
}

/// The parts of a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareData {
    pub shape: ShareShape,
    /// The titles of the columns of the table: part and number.
    pub titles: (String, String),
    pub parts: Vec<SharePart>,
    /// The sum of all parts, as text.
    pub total: String,
    /// A note about parts that are not drawn.
    pub note: Option<String>,
}

/// One part of a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharePart {
    pub label: String,
    pub value: String,
    /// "12.4%"; a dash for a part that is not drawn.
    pub percent: String,
    /// Where it begins and how long it is, in ten-thousandths of the whole; `None` for a part that is not drawn.
    pub drawn: Option<(Place, Place)>,
    /// All further parts together.
    pub is_rest: bool,
    /// Where it leads.
    pub to: Option<LinkTarget>,
}

/// The events of one day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimelineDay {
    /// The day, as text; `None` for events without a readable time.
    pub day: Option<String>,
    /// The same for machines: `2026-09-12`.
    pub date: Option<String>,
    pub events: Vec<TimelineEvent>,
}

/// Events by day, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    pub days: Vec<TimelineDay>,
    /// How many events were cut off, in the user's locale.
    pub more: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimelineEvent {
    /// The time of day; `None` if the API gives a day only.
    pub time: Option<String>,
    pub label: String,
    pub note: Option<String>,
    pub tag: Option<Cell>,
    /// Where it leads.
    pub to: Option<LinkTarget>,
}
