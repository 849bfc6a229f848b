//! The parts of a page that scripts, styles and tests look up, by the value of `data-part`. Markup and islands share these
//! constants, so that a mistyped name does not compile.
//!
//! One exception: leptos renders an element as one fixed text only if all of its attributes are literals. Such an element
//! keeps the literal name; `tests/it/parts.rs` checks that it is one of these.

use leptos::prelude::IntoAttributeValue;

/// The id of the main landmark.
pub const MAIN: &str = "main";

/// The attribute that names a part.
pub const ATTRIBUTE: &str = "data-part";

/// The name of a part. The constants are below; [`Part::named`] makes one from a name that was read from a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a>(&'a str);

impl<'a> Part<'a> {
    /// The part of that name, for comparison.
    pub const fn named(name: &'a str) -> Self {
        Self(name)
    }

    /// The value of the attribute.
    pub const fn name(self) -> &'a str {
        self.0
    }

    /// The CSS selector of the part.
    pub fn selector(self) -> String {
        "[data-part=".to_owned() + self.0 + "]"
    }
}

impl IntoAttributeValue for Part<'static> {
    type Output = &'static str;

    fn into_attribute_value(self) -> &'static str {
        self.0
    }
}

// A panel of any kind.

/// The content below the panel's head.
pub const BODY: Part = Part("body");
/// When the API responded.
pub const AS_OF: Part = Part("as-of");
/// The same of the panel with the newest data, in the head of the board.
pub const NEWEST: Part = Part("newest");
/// The name of what the board is about, for a page that was sent without it.
pub const NAME: Part = Part("name");
/// Why the data is old.
pub const STALE: Part = Part("stale");
/// The text of a panel that is still loading.
pub const WAIT: Part = Part("wait");
/// What is wrong with the API of several panels, in the notice above them.
pub const OUTAGE: Part = Part("outage");
/// The link that loads the panel again.
pub const RELOAD: Part = Part("reload");
/// The link that loads all panels of a board again.
pub const RELOAD_ALL: Part = Part("reload-all");
/// The link that tries again after a failure.
pub const RETRY: Part = Part("retry");

// A table.

/// Around the rows.
pub const ROWS: Part = Part("rows");
/// The number of rows.
pub const COUNT: Part = Part("count");
/// The link to the rows as a file.
pub const EXPORT: Part = Part("export");
/// Shown if the filter hides all rows.
pub const NONE: Part = Part("none");
/// The filter's text in that message.
pub const SOUGHT: Part = Part("sought");
/// The link that clears the filter.
pub const CLEAR: Part = Part("clear");
/// A link to another page of rows.
pub const PAGE: Part = Part("page");
/// The link to a row's own page.
pub const ROW: Part = Part("row");
/// The cell with a row's actions.
pub const ACTS: Part = Part("acts");

// A chart.

/// The description for screen readers.
pub const SUMMARY: Part = Part("summary");
/// The label and the values of one point.
pub const READOUT: Part = Part("readout");
/// The label of that point.
pub const AT: Part = Part("at");
/// The value of one series at that point.
pub const VALUE: Part = Part("value");
/// The plot with its axes.
pub const DRAWING: Part = Part("drawing");
/// The area of lines or bars.
pub const PLOT: Part = Part("plot");
/// The line or stripe at the point.
pub const CURSOR: Part = Part("cursor");
/// The mark of one series at the point.
pub const DOT: Part = Part("dot");
/// The label at the pointer.
pub const TIP: Part = Part("tip");
/// The days that are being chosen.
pub const RANGE: Part = Part("range");
/// The box that shows or hides a series.
pub const SERIES: Part = Part("series");
/// The range input that selects a point.
pub const SCRUB: Part = Part("scrub");
/// The text about values left out.
pub const NOTE: Part = Part("note");
/// The table of all values.
pub const VALUES: Part = Part("values");

// The drawer of a row.

/// The button to the row before.
pub const BEFORE: Part = Part("before");
/// The button to the row after.
pub const AFTER: Part = Part("after");

// The account page.

/// The claims.
pub const CLAIMS: Part = Part("claims");
/// The progress of refreshing them.
pub const CLAIMS_STATUS: Part = Part("claims-status");

// Actions.

/// The link to the form of an action.
pub const ACT: Part = Part("act");
/// The form of an action.
pub const ACT_FORM: Part = Part("act-form");
/// Its submit button.
pub const ACT_SEND: Part = Part("act-send");
/// The progress, for screen readers.
pub const ACT_DOING: Part = Part("act-doing");
/// The progress, for all.
pub const ACT_STATUS: Part = Part("act-status");
/// The note that a draft was restored.
pub const DRAFT: Part = Part("draft");
/// The button that discards the draft.
pub const ANEW: Part = Part("anew");
/// The link back to the board.
pub const CLOSE: Part = Part("close");

// Toasts.

/// The message shown for a short time.
pub const TOLD: Part = Part("told");
/// The reminder of an unfinished form.
pub const BEGUN: Part = Part("begun");
/// The button that dismisses the reminder.
pub const BEGUN_LATER: Part = Part("begun-later");

// The session notice.

/// The notice before the idle timeout.
pub const IDLE: Part = Part("idle");
/// The time left.
pub const COUNTDOWN: Part = Part("countdown");
/// Why the session could not be prolonged.
pub const TROUBLE: Part = Part("trouble");
/// The button that prolongs the session.
pub const STAY: Part = Part("stay");
/// The notice before the end of the absolute lifetime.
pub const ABSOLUTE: Part = Part("absolute");
/// The time of that end.
pub const TIME: Part = Part("time");
/// The link to sign in again.
pub const AGAIN: Part = Part("again");
/// The button that puts the notice away.
pub const NOT_NOW: Part = Part("not-now");
/// Why the session ended.
pub const WHY: Part = Part("why");
/// What screen readers announce.
pub const SAID: Part = Part("said");
