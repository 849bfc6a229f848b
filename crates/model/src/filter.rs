//! The filters and tabs of a board as its page shows them.

use std::collections::BTreeMap;

/// The values of filters in an address, by key. An empty list is a filter that the user unset; a filter that is not here
/// has its default.
pub type FilterQuery = BTreeMap<String, Vec<String>>;

/// The most characters of a value.
pub const FILTER_TEXT_MAX_CHARS: usize = 200;
/// The most values of one filter in an address.
pub const FILTER_VALUES_MAX: usize = 50;

/// The filters and tabs of a board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterBar {
    pub fields: Vec<FilterField>,
    pub tabs: Vec<TabLink>,
    /// The values of the address that are valid.
    pub query: FilterQuery,
    /// The filters whose value in the address is not valid.
    pub dropped: Vec<DroppedFilter>,
}

/// A filter whose value in the address is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedFilter {
    pub title: String,
    /// As of [`FilterField`].
    pub cut_at: Option<String>,
}

/// One filter, with its current value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterField {
    pub key: String,
    pub title: String,
    pub input: FilterInput,
    /// The current values.
    pub chosen: Vec<FilterChoice>,
    /// The text for no value.
    pub all: String,
    /// The number of choices in the user's locale, if the API has more.
    pub cut_at: Option<String>,
    /// There is a value if the address has none.
    pub has_default: bool,
}

/// A value, and its text for users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterChoice {
    pub value: String,
    pub title: String,
}

/// How users choose the value of a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilterInput {
    /// One of these.
    One(Vec<FilterChoice>),
    /// Any of these.
    Several(Vec<FilterChoice>),
    Text,
    Number,
    Date,
    Month,
    Toggle,
    /// The choices depend on these filters, by title, which are unset.
    Waits(Vec<String>),
    /// The choices cannot be loaded now.
    Unavailable,
}

/// A tab of a board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TabLink {
    pub title: String,
    /// The values of all filters with this tab.
    pub query: FilterQuery,
    /// The number beside the title, in the user's locale, if it is known by now.
    pub count: Option<String>,
    pub is_current: bool,
}
