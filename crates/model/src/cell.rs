//! The columns and cells of tables, which also lists and details show: kinds, tones and looks.

use serde::{Deserialize, Serialize};

use crate::LinkTarget;

/// How a value is displayed and sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellKind {
    Text,
    Number,
    /// A number in hundredths.
    Percent,
    /// A number of bytes.
    Bytes,
    /// A number of seconds.
    Duration,
    /// A part of a whole, as a bar.
    Progress,
    /// A day, a month, or a point in time.
    Date,
    /// One of two words.
    YesNo,
    /// A short value with a fixed meaning, such as a status.
    Tag,
    /// Several of these.
    Chips,
    /// A web address.
    Link,
    /// The address of an image.
    Image,
}

impl CellKind {
    pub const ALL: [Self; 12] = [
        Self::Text,
        Self::Number,
        Self::Percent,
        Self::Bytes,
        Self::Duration,
        Self::Progress,
        Self::Date,
        Self::YesNo,
        Self::Tag,
        Self::Chips,
        Self::Link,
        Self::Image,
    ];

    /// Whether its values are numbers.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Number | Self::Percent | Self::Bytes | Self::Duration | Self::Progress)
    }

    /// Its name in the settings file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Percent => "percent",
            Self::Bytes => "bytes",
            Self::Duration => "duration",
            Self::Progress => "progress",
            Self::Date => "date",
            Self::YesNo => "yes-no",
            Self::Tag => "tag",
            Self::Chips => "chips",
            Self::Link => "link",
            Self::Image => "image",
        }
    }
}

/// What a value means for people: shown as a shape and a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValueTone {
    Good,
    Info,
    Warn,
    Bad,
    Quiet,
}

impl ValueTone {
    pub const ALL: [Self; 5] = [Self::Good, Self::Info, Self::Warn, Self::Bad, Self::Quiet];

    /// Its name in the settings file, the markup and `style/`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Quiet => "quiet",
        }
    }
}

/// The size of the box of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImageSize {
    #[default]
    Small,
    Medium,
}

impl ImageSize {
    pub const ALL: [Self; 2] = [Self::Small, Self::Medium];

    /// Its name in the settings file, the markup and `style/`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
        }
    }

    /// Width and height of the box, in CSS pixels.
    pub const fn pixels(self) -> u16 {
        match self {
            Self::Small => 32,
            Self::Medium => 96,
        }
    }
}

/// An image in a box of fixed size.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellImage {
    /// Our own URL of it; `None` if its address cannot be used, or there is none.
    pub src: Option<String>,
    /// What it shows, for people who do not see it.
    pub alt: String,
    pub size: ImageSize,
    pub is_round: bool,
}

/// The width of a column, whatever its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ColumnWidth {
    Narrow,
    Medium,
    Wide,
}

impl ColumnWidth {
    pub const ALL: [Self; 3] = [Self::Narrow, Self::Medium, Self::Wide];

    /// Its name in the settings file, the markup and `style/`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Narrow => "narrow",
            Self::Medium => "medium",
            Self::Wide => "wide",
        }
    }
}

/// How the cells of a column are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnLook {
    pub width: Option<ColumnWidth>,
    /// Whether long texts continue on the next line; by default those of the kind do.
    pub wraps: Option<bool>,
    pub is_hidden_on_phones: bool,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The key of its value in a row.
    pub key: String,
    pub title: String,
    pub kind: CellKind,
    /// Its cells lead to a file of the API.
    pub is_file: bool,
    /// Its heading sorts.
    pub is_sortable: bool,
    pub look: ColumnLook,
}

impl Column {
    /// A column that sorts and has no look of its own.
    pub fn new(key: impl Into<String>, title: impl Into<String>, kind: CellKind) -> Self {
        let (key, title) = (key.into(), title.into());
        Self { key, title, kind, is_file: false, is_sortable: true, look: ColumnLook::default() }
    }
}

/// One cell: its text, and its sort key if that differs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    pub text: String,
    /// The sort key of number and date cells (dates as Unix seconds).
    pub sort: Option<f64>,
    /// The machine-readable value, if it differs: a plain number, an RFC 3339 date, an address, the full text.
    pub plain: Option<String>,
    pub tone: Option<ValueTone>,
    pub more: Option<Box<CellMore>>,
}

/// What few cells have besides their text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CellMore {
    /// The parts of the text.
    Chips(Vec<(String, Option<ValueTone>)>),
    /// The part of the whole, in thousandths of it; at most 1000.
    Progress(u16),
    /// A longer form of the text.
    Hint(String),
    Image(CellImage),
    /// A link around the cell, whatever else it has.
    Link(LinkTarget, Option<Box<CellMore>>),
}

impl Cell {
    /// The image, if it shows one.
    pub fn image_mut(&mut self) -> Option<&mut CellImage> {
        match self.more.as_deref_mut()? {
            CellMore::Image(image) => Some(image),
            CellMore::Link(_, Some(inner)) => match inner.as_mut() {
                CellMore::Image(image) => Some(image),
                _ => None,
            },
            _ => None,
        }
    }

    /// The longer form of the text, which it has no more then.
    pub fn take_hint(&mut self) -> Option<String> {
        let more = match self.more.as_deref_mut()? {
            CellMore::Link(_, inner) => inner,
            _ => &mut self.more,
        };
        match more.take().map(|more| *more)? {
            CellMore::Hint(hint) => Some(hint),
            other => {
                *more = Some(Box::new(other));
                None
            }
        }
    }

    /// The same in a link; a cell that shows nothing has none.
    #[must_use]
    pub fn linked(self, to: Option<LinkTarget>) -> Self {
        match to.filter(|_| !self.is_blank()) {
            Some(to) => Self { more: Some(Box::new(CellMore::Link(to, self.more))), ..self },
            None => self,
        }
    }

    /// Whether it shows nothing.
    pub fn is_blank(&self) -> bool {
        let has_image = match self.more.as_deref() {
            Some(CellMore::Link(_, inner)) => matches!(inner.as_deref(), Some(CellMore::Image(_))),
            more => matches!(more, Some(CellMore::Image(_))),
        };
        self.text.is_empty() && !has_image
    }
}
