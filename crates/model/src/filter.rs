//! The filters and tabs of a board as its page shows them.

use std::collections::BTreeMap;

/// The values of filters in an address, by key. An empty list is a filter that the user unset; a filter that is not here
/// has its default.
pub type FilterQuery = BTreeMap<String, Vec<String>>;

/// The filters and tabs of a board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterBar {
    pub fields: Vec<FilterField>,
    pub tabs: Vec<TabLink>,
    /// The values of the address that are valid.
    pub query: FilterQuery,
    /// The titles of filters whose value in the address is not valid.
    pub dropped: Vec<String>,
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
