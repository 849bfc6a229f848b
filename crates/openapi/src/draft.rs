//! What is proposed, before it is written.

use crate::{
    actions::ActionDraft, columns::Columns, operations::Segment, paging::Parameters, rows::Rows,
    stats::StatDraft,
};

/// A table.
pub(super) struct TableDraft<'a> {
    pub(super) title: String,
    pub(super) get: String,
    pub(super) rows: Box<Rows<'a>>,
    pub(super) total_header: Option<String>,
    pub(super) columns: Columns,
    pub(super) parameters: Parameters,
    pub(super) detail: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) actions: Vec<ActionDraft>,
    /// The name of its collection.
    pub(super) resource: String,
    pub(super) segments: Vec<Segment>,
    /// Its request selects the members of the columns only.
    pub(super) is_selected: bool,
}

/// The panels of one request.
pub(super) enum PanelDraft<'a> {
    Table(Box<TableDraft<'a>>),
    Stats { get: String, scopes: Vec<String>, stats: Vec<StatDraft> },
}

/// A board.
pub(super) struct BoardDraft<'a> {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) panels: Vec<PanelDraft<'a>>,
    pub(super) actions: Vec<ActionDraft>,
    /// What its operations have in common.
    pub(super) group: String,
}

impl<'a> PanelDraft<'a> {
    pub(super) fn table(&self) -> Option<&TableDraft<'a>> {
        match self {
            Self::Table(table) => Some(table),
            Self::Stats { .. } => None,
        }
    }

    pub(super) fn table_mut(&mut self) -> Option<&mut TableDraft<'a>> {
        match self {
            Self::Table(table) => Some(table),
            Self::Stats { .. } => None,
        }
    }

    pub(super) fn get(&self) -> &str {
        match self {
            Self::Table(table) => &table.get,
            Self::Stats { get, .. } => get,
        }
    }

    pub(super) fn scopes(&self) -> &[String] {
        match self {
            Self::Table(table) => &table.scopes,
            Self::Stats { scopes, .. } => scopes,
        }
    }
}
