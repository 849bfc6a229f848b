//! Panels of boards, for the page that is being rendered and for the island that asks again.

use crate::{
    error::AppError,
    model::PanelState,
    server::{api, context, signed_in},
};

/// As far as it comes within the render budget.
pub async fn panel_for_page(board: &str, panel: usize) -> Result<PanelState, AppError> {
    let (context, signed_in) = (context()?, signed_in()?);
    settle(api::panel_in_budget(&context, &signed_in, board, panel).await)
}

/// However long the API takes, within its timeout.
pub async fn panel_when_ready(board: &str, panel: usize) -> Result<PanelState, AppError> {
    let (context, signed_in) = (context()?, signed_in()?);
    settle(match api::panel(&context, &signed_in, board, panel).await {
        Ok(data) => PanelState::Ready(data),
        Err(error) => PanelState::Failed(error),
    })
}

/// What concerns the session or the question is a failure of the call; what concerns the API is a state of the panel.
fn settle(state: PanelState) -> Result<PanelState, AppError> {
    match state {
        PanelState::Failed(
            error @ (AppError::SignedOut | AppError::NotFound | AppError::StoreUnavailable),
        ) => Err(error),
        state => Ok(state),
    }
}
