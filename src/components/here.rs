//! Where a panel stands: its board, its place there, and what the address asks. Every link of a panel is made here.

use crate::{
    model::{BoardQuery, PanelQuery},
    paths,
};

/// A panel's place, for the links within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelUrl {
    /// The board's id.
    pub board: String,
    pub panel: usize,
    pub question: BoardQuery,
}

impl PanelUrl {
    /// This very page, to be loaded again: with a fragment a browser would only scroll.
    pub fn href(&self) -> String {
        self.question.at(&paths::board(&self.board))
    }

    /// What is asked of this panel.
    pub fn asked(&self) -> PanelQuery {
        self.question.panel(self.panel)
    }

    /// This page with something else asked of this panel.
    pub fn asking(&self, asked: PanelQuery) -> String {
        self.question.with_panel(self.panel, asked).href(&self.board, self.panel)
    }

    /// The pages of rows, by the rows' names. They carry what is asked of this panel alone: a table has hundreds of them.
    pub fn rows(&self) -> impl Fn(&str) -> String + use<> {
        let path = paths::row(&self.board, self.panel);
        let asked = self.question.only(self.panel).at("").replacen('?', "&", 1);
        move |key| paths::with_query(&path, &[(paths::ROW_KEY, key)]) + &asked
    }

    /// The pages of actions, by the rows' names; see [`PanelUrl::rows`].
    pub fn actions(&self) -> impl Fn(usize, &str) -> String + use<> {
        let (board, panel) = (self.board.clone(), self.panel);
        let asked = self.question.only(panel).at("").replacen('?', "&", 1);
        move |action, key| paths::action(&board, Some(panel), action, Some(key)) + &asked
    }

    /// The rows as a file.
    pub fn csv(&self) -> String {
        self.question.at(&paths::csv(&self.board, self.panel))
    }

    /// An id within the page, of an element that is there once a panel.
    pub fn id(&self, name: &str) -> String {
        format!("{name}-{}", self.panel)
    }
}
