//! The URL of a panel: its board, its id, and the page's query. Every link of a panel is built here.

use claimcheck_model::{BoardQuery, PanelQuery, paths};

/// A panel's board, id and query, for the links within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelUrl {
    /// The board's id.
    pub board: String,
    /// The id of the panel.
    pub panel: String,
    pub question: BoardQuery,
}

impl PanelUrl {
    /// This page, to load it again. It has no fragment: with one, a browser would only scroll.
    pub fn href(&self) -> String {
        self.question.at(&paths::board(&self.board))
    }

    /// The query of this panel.
    pub fn query(&self) -> PanelQuery {
        self.question.panel(&self.panel)
    }

    /// This page with another query of this panel.
    pub fn with_query(&self, query: PanelQuery) -> String {
        self.question.with_panel(&self.panel, query).href(&self.board, &self.panel)
    }

    /// The pages of rows, by row key. They carry only this panel's query: a table has hundreds of them.
    pub fn rows(&self) -> impl Fn(&str) -> String + use<> {
        let path = paths::row(&self.board, &self.panel);
        let query = self.question.only(&self.panel).at("").replacen('?', "&", 1);
        move |key| paths::with_query(&path, &[(paths::ROW_KEY, key)]) + &query
    }

    /// The pages of actions, by row key; see [`PanelUrl::rows`].
    pub fn actions(&self) -> impl Fn(&str, &str) -> String + use<> {
        let (board, panel) = (self.board.clone(), self.panel.clone());
        let query = self.question.only(&panel).at("").replacen('?', "&", 1);
        move |action, key| paths::action(&board, Some(&panel), action, Some(key)) + &query
    }

    /// The files of rows, by the key of the column and the row key; see [`PanelUrl::rows`].
    pub fn files(&self) -> impl Fn(&str, &str) -> String + use<> {
        let (board, panel) = (self.board.clone(), self.panel.clone());
        let query = self.question.only(&panel).at("").replacen('?', "&", 1);
        move |column, key| {
            paths::with_query(&paths::row_file(&board, &panel, column), &[(paths::ROW_KEY, key)]) + &query
        }
    }

    /// The exchange between the panel and its API.
    pub fn inspect(&self) -> String {
        self.question.at(&paths::inspect(&self.board, &self.panel))
    }

    /// The rows as a file.
    pub fn csv(&self) -> String {
        self.question.at(&paths::csv(&self.board, &self.panel))
    }

    /// The rows of all pages as a file.
    pub fn csv_of_all(&self) -> String {
        let first = PanelQuery { page: None, ..self.query() };
        let path = self.question.with_panel(&self.panel, first).at(&paths::csv(&self.board, &self.panel));
        paths::with_query(&path, &[(paths::CSV_ROWS, paths::ALL_ROWS)])
    }

    /// A page-wide unique id for an element that each panel has once.
    pub fn id(&self, name: &str) -> String {
        format!("{name}-{}", self.panel)
    }
}
