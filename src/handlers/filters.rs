//! The filters of a board, for its page.

use claimcheck_model::{BoardQuery, FilterBar};
use claimcheck_server::config::Board;

use crate::handlers::request::{language, reader, signed_in, state};

/// What the page of a board shows of its filters.
pub struct BoardFilters {
    /// The filters and tabs; `None` for a board without filters.
    pub bar: Option<FilterBar>,
    /// The titles of the panels.
    pub titles: Vec<String>,
}

/// The filters of a board, and the titles of its panels with their values, within the render budget.
pub async fn filters_of(board: &Board, question: BoardQuery) -> BoardFilters {
    let plain = || BoardFilters {
        bar: None,
        titles: board.panels.iter().map(|panel| panel.title.text(language()).to_owned()).collect(),
    };
    if board.filters.is_empty() {
        return plain();
    }
    let (Ok(state), Ok(signed_in), reader) = (state(), signed_in(), reader()) else { return plain() };
    let Ok(look) = state.boards.request(&signed_in, &reader, &board.id, question) else { return plain() };
    let bar = look.filter_bar().await;
    BoardFilters {
        bar: Some(bar),
        titles: board.panels.iter().map(|panel| look.title(&panel.title)).collect(),
    }
}
