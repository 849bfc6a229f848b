//! Makes tables fit a page: fewer columns if they are wide, and few buttons in a row.

use crate::{
    actions::{ActionDraft, Commented},
    draft::{BoardDraft, PanelDraft, TableDraft},
};

/// The width of a table on a desktop, in pixels, and that of the letters and edges of a button.
const WIDTH: usize = 1_150;
const BUTTON_EDGES: usize = 36;
const BUTTON_LETTER: usize = 8;
/// The most buttons in a row, and beside the heading of a board.
const ROW_BUTTONS: usize = 3;
const BOARD_BUTTONS: usize = 4;
/// A table keeps these columns, however wide they are.
const COLUMNS_MIN: usize = 3;

/// Fits all boards.
pub(super) fn fit(boards: &mut [BoardDraft<'_>]) {
    for board in boards {
        fit_actions(&mut board.actions, BOARD_BUTTONS);
        for panel in &mut board.panels {
            if let PanelDraft::Table(table) = panel {
                fit_actions(&mut table.actions, ROW_BUTTONS);
                fit_columns(table);
                select_members(table);
            }
        }
    }
}

/// Edits first, then what can be done, then what can be added; the rest is commented out.
fn fit_actions(actions: &mut [ActionDraft], most: usize) {
    let is = |action: &ActionDraft, start: &str| action.label.starts_with(start);
    actions.sort_by_key(|action| match () {
        () if action.commented.is_some() => 4,
        () if action.label == "Edit" => 0,
        () if is(action, "New ") => 3,
        () if is(action, "Edit ") => 2,
        () => 1,
    });
    for action in actions.iter_mut().filter(|action| action.commented.is_none()).skip(most) {
        action.commented = Some(Commented::Room);
    }
}

/// Removes the least useful columns until the others have room.
fn fit_columns(table: &mut TableDraft<'_>) {
    let buttons = table.actions.iter().filter(|action| action.commented.is_none());
    let buttons: usize =
        buttons.map(|action| action.label.chars().count() * BUTTON_LETTER + BUTTON_EDGES).sum();
    let columns = &mut table.columns.columns;
    while columns.len() > COLUMNS_MIN
        && columns.iter().map(|column| column.width).sum::<usize>() + buttons > WIDTH
    {
        // The first column names the row.
        let least =
            columns.iter().enumerate().skip(1).min_by_key(|(at, column)| (column.use_, usize::MAX - at));
        let Some((at, _)) = least else { return };
        columns.remove(at);
    }
}

/// Asks the API for the members of the columns, if it returns fewer otherwise.
fn select_members(table: &mut TableDraft<'_>) {
    let (true, Some((parameter, known))) = (table.is_selected, &table.parameters.selection) else { return };
    let keys = table.columns.columns.iter().map(|column| column.key.as_str());
    let names: Vec<_> =
        keys.chain(table.columns.key.as_deref()).filter(|name| known.contains(*name)).collect();
    if !names.is_empty() {
        let separator = if table.get.contains('?') { '&' } else { '?' };
        table.get = format!("{}{separator}{parameter}={}", table.get, names.join(","));
    }
}
