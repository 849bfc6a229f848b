//! What a fetch of a panel is: never shared between sessions. A page that gives up waiting leaves its fetch under way, and
//! who asks next joins it.

use crate::{
    model::PanelData,
    server::{flights::Flights, session::RowKey},
};

/// One panel of one session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FetchId {
    pub session: RowKey,
    pub board: String,
    pub panel: usize,
}

/// The fetches of this process.
pub type Fetches = Flights<FetchId, PanelData>;
