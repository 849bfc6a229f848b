//! What the page of a board shows above its panels: the filters, the titles, and the name of what it is about.

use claimcheck_model::{BoardQuery, FilterBar};
use claimcheck_server::{boards::SubjectState, config::Board};

use crate::handlers::request::{language, reader, signed_in, state};

/// What the page of a board shows above its panels, and their titles.
pub struct BoardHead {
    /// The filters and tabs; `None` for a board without filters.
    pub bar: Option<FilterBar>,
    /// The titles of the panels.
    pub titles: Vec<String>,
    /// What the board is about, if it is about one thing.
    pub subject: Option<SubjectState>,
}

/// The filters of a board, what it is about, and the titles of its panels with these values, within the render budget.
pub async fn head_of(board: &Board, question: BoardQuery) -> BoardHead {
    let plain = || BoardHead {
        bar: None,
        subject: None,
        titles: board.panels.iter().map(|panel| panel.title.text(language()).to_owned()).collect(),
    };
    if board.filters.is_empty() && board.subject.is_none() {
        return plain();
    }
    let (Ok(state), Ok(signed_in), reader) = (state(), signed_in(), reader()) else { return plain() };
    let Ok(look) = state.boards.request(&signed_in, &reader, &board.id, question) else { return plain() };
    let bar = async {
        match board.filters.is_empty() {
            true => None,
            false => Some(look.filter_bar().await),
        }
    };
    let (bar, subject) = futures::join!(bar, look.subject_in_budget());
    BoardHead { bar, subject, titles: board.panels.iter().map(|panel| look.title(&panel.title)).collect() }
}
