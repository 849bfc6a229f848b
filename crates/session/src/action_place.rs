//! The place of an action: which board, which panel, which action, which row. Stored with forms and outcomes.

use serde::{Deserialize, Serialize};

/// Which action: one of a board, or one of a row of one of its tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredPlace", into = "StoredPlace")]
pub struct ActionPlace {
    /// The board's id.
    pub board: String,
    /// The id of the row's panel; `None` for an action of the board.
    pub panel: Option<String>,
    /// The action's id, among those of the panel or of the board.
    pub action: String,
    /// The row key.
    pub row: Option<String>,
    /// The parameters that name what the board is about, as a query; `None` for a board without a subject.
    pub subject: Option<String>,
}

/// A place as it is stored. The version before knows positions and no ids, and reads and writes the same records: it gets
/// positions that no board has, and what it has written is the place of no action.
#[derive(Serialize, Deserialize)]
struct StoredPlace {
    board: String,
    panel: Option<usize>,
    action: usize,
    row: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    panel_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
}

/// The position of no panel and no action.
const NOWHERE: usize = 4_294_967_295;

impl From<ActionPlace> for StoredPlace {
    fn from(place: ActionPlace) -> Self {
        let ActionPlace { board, panel, action, row, subject } = place;
        let position = panel.as_ref().map(|_| NOWHERE);
        Self {
            board,
            panel: position,
            action: NOWHERE,
            row,
            panel_id: panel,
            action_id: Some(action),
            subject,
        }
    }
}

impl From<StoredPlace> for ActionPlace {
    fn from(stored: StoredPlace) -> Self {
        let StoredPlace { board, panel, action, row, panel_id, action_id, subject } = stored;
        // No id begins like this.
        let position = |number: usize| format!("#{number}");
        match action_id {
            Some(action) => Self { board, panel: panel_id, action, row, subject },
            None => Self { board, panel: panel.map(position), action: position(action), row, subject },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_the_version_before_is_read_and_is_that_of_no_action() {
        for (before, panel) in [
            (r#"{"board":"b","panel":2,"action":1,"row":"r"}"#, Some("#2")),
            (r#"{"board":"b","panel":null,"action":1,"row":null}"#, None),
        ] {
            let place: ActionPlace = serde_json::from_str(before).unwrap();
            assert_eq!((place.panel.as_deref(), place.action.as_str()), (panel, "#1"));
            let again = serde_json::to_string(&place).unwrap();
            assert_eq!(serde_json::from_str::<ActionPlace>(&again).unwrap(), place);
        }
    }

    #[test]
    fn the_version_before_reads_a_place_and_finds_no_action_there() {
        #[derive(Deserialize)]
        struct Before {
            panel: Option<usize>,
            action: usize,
        }
        for panel in [None, Some("orders".to_owned())] {
            let place = ActionPlace {
                board: "b".into(),
                panel: panel.clone(),
                action: "ship".into(),
                row: panel.as_ref().map(|_| "r".into()),
                subject: panel.as_ref().map(|_| "id=42".into()),
            };
            let before: Before = serde_json::from_str(&serde_json::to_string(&place).unwrap()).unwrap();
            assert_eq!((before.panel, before.action), (panel.map(|_| NOWHERE), NOWHERE));
        }
    }
}
