//! Attaches the operations with a row, and those that change something, to tables and boards.

use std::collections::BTreeSet;

use crate::{
    actions::{self, ActionDraft, OfRow},
    boards::group,
    columns::{self, Columns},
    draft::{BoardDraft, PanelDraft, TableDraft},
    left_out::{LeftOut, Reason},
    operations::{Content, Operation, Segment, Verb},
    paging::{self, Unfilled},
    resources,
    schema::Shape,
    tree::Tree,
};

/// The most actions of a row or a board, with those that are commented out.
const ACTIONS_MAX: usize = 12;

/// Attaches the other operations to tables and boards. Returns those that have a place.
pub(super) fn attach<'o, 'a>(
    tree: &Tree<'a>,
    boards: &mut [BoardDraft<'a>],
    all: &[Operation<'a>],
    operations: Vec<&'o Operation<'a>>,
    left_out: &mut LeftOut,
) -> Vec<(String, &'o Operation<'a>)> {
    let mut placed = Vec::new();
    let listed: BTreeSet<&str> =
        all.iter().filter(|operation| operation.verb == Verb::Get).map(|operation| operation.path).collect();
    // Details first: they decide which columns a table can have.
    let (details, others): (Vec<_>, Vec<_>) =
        operations.into_iter().partition(|operation| operation.verb == Verb::Get);
    let operations: Vec<_> = details.into_iter().chain(others).collect();
    let has_patch = |operation: &Operation<'_>| {
        operations.iter().any(|other| other.verb == Verb::Patch && other.path == operation.path)
    };
    for operation in &operations {
        let result = match operation.slots().len() {
            _ if operation.verb == Verb::Put && has_patch(operation) => {
                Err((Reason::OtherEdit, String::new()))
            }
            0 => attach_to_board(tree, boards, operation, listed.contains(operation.path)),
            1 => attach_to_row(tree, boards, operation, listed.contains(operation.path)),
            _ => Err((Reason::NeedsPathValue, operation.slots().join(", "))),
        };
        match result {
            Ok(group) => placed.push((group, *operation)),
            Err((reason, detail)) => left_out.add(&operation.label(), reason, &detail),
        }
    }
    placed
}

/// An action without a row: on the board of its collection, or of its tag.
fn attach_to_board<'a>(
    tree: &Tree<'a>,
    boards: &mut [BoardDraft<'a>],
    operation: &Operation<'a>,
    is_listed: bool,
) -> Result<String, (Reason, String)> {
    let of_table = |board: &BoardDraft<'_>| {
        let tables = board.panels.iter().filter_map(PanelDraft::table);
        let fitting = tables.filter_map(|table| {
            Some((
                table.segments.len(),
                table.resource.clone(),
                resources::after(operation, &table.segments)?,
            ))
        });
        fitting.max_by_key(|(length, _, _)| *length)
    };
    let found = boards
        .iter()
        .enumerate()
        .filter_map(|(at, board)| Some((at, of_table(board)?)))
        .max_by_key(|(_, (length, _, _))| *length);
    let (at, resource, after) = match found {
        Some((at, (_, resource, after))) => (at, resource, after),
        None => {
            let group = group(operation);
            let at = boards
                .iter()
                .position(|board| board.group == group)
                .ok_or((Reason::NoTable, String::new()))?;
            let names = operation.segments.as_slice();
            let is_verb = names.len() > 1;
            let resource = if is_verb { group } else { resources::resource(operation) };
            (at, resource, if is_verb { names.get(names.len() - 1..).unwrap_or_default() } else { &[] })
        }
    };
    let action = actions::of(tree, operation, &resource, (after, is_listed), None)?;
    let board = boards.get_mut(at).ok_or((Reason::NoTable, String::new()))?;
    add_action(&mut board.actions, action)?;
    Ok(board.group.clone())
}

/// The detail of a row, or an action for it.
fn attach_to_row<'a>(
    tree: &Tree<'a>,
    boards: &mut [BoardDraft<'a>],
    operation: &Operation<'a>,
    is_listed: bool,
) -> Result<String, (Reason, String)> {
    let slot = operation.slots().first().map(|slot| (*slot).to_owned()).unwrap_or_default();
    for board in boards.iter_mut() {
        let group = board.group.clone();
        for table in board.panels.iter_mut().filter_map(PanelDraft::table_mut) {
            let Some([Segment::Slot(_), after @ ..]) = resources::after(operation, &table.segments) else {
                continue;
            };
            let row = &table.rows.row;
            let key = resources::row_member(tree, row, row_key(&table.columns), &slot, &table.resource);
            let key = key.ok_or((Reason::RowLacksMember, slot.clone()))?;
            if operation.verb == Verb::Get {
                if !after.is_empty() {
                    return Err((Reason::NeedsPathValue, slot));
                }
                table.detail = Some(detail(tree, operation, &key)?);
                select_members(tree, table, operation);
                return Ok(group);
            }
            let known = (!table.is_selected).then_some(row);
            let of_row = OfRow { known, columns: &table.columns, key: &key };
            let action = actions::of(tree, operation, &table.resource, (after, is_listed), Some(&of_row))?;
            if table.columns.columns.is_empty() {
                // Rows whose members are not known have no key either.
                return Err((Reason::RowLacksMember, slot));
            }
            add_action(&mut table.actions, action)?;
            return Ok(group);
        }
    }
    let reason = if operation.verb == Verb::Get { Reason::NeedsPathValue } else { Reason::NoTable };
    Err((reason, slot))
}

/// The member that identifies a row: that of the key, or of the first column.
fn row_key(columns: &Columns) -> Option<&str> {
    columns.key.as_deref().or_else(|| columns.columns.first().map(|column| column.key.as_str()))
}

/// The path of the request for one row.
fn detail(tree: &Tree<'_>, operation: &Operation<'_>, key: &str) -> Result<String, (Reason, String)> {
    let fixed = paging::fixed(tree, operation, &|_| false).map_err(|unfilled| match unfilled {
        Unfilled::Query(name) => (Reason::NeedsQuery, name),
        Unfilled::Header(name) => (Reason::NeedsHeader, name),
    })?;
    match operation.answer {
        Content::Json(_) => {
            resources::path(operation, Some(key), &fixed).ok_or((Reason::PathForm, String::new()))
        }
        Content::Broken(broken) => Err((Reason::of(broken), String::new())),
        Content::Other(media) => Err((Reason::NotJson, media.to_owned())),
        Content::None => Err((Reason::NotJson, String::new())),
    }
}

/// Lets a list return the members that its rows have in detail, if the API can be asked for them.
fn select_members<'a>(tree: &Tree<'a>, table: &mut TableDraft<'a>, operation: &Operation<'a>) {
    let (Some((_, known)), Content::Json(Some(schema))) = (&table.parameters.selection, operation.answer)
    else {
        return;
    };
    let mut full = Shape::of(tree, &[schema]);
    if let [(_, nodes)] = full.members.as_slice() {
        full = Shape::of(tree, &nodes.clone());
    }
    let mut columns = columns::choose(tree, &full, &table.resource);
    let has = |name: &str| table.rows.row.members.iter().any(|(known, _)| *known == name);
    columns.columns.retain(|column| known.contains(&column.key) || has(&column.key));
    let is_same_key = row_key(&columns) == row_key(&table.columns);
    if !is_same_key || columns.columns.iter().all(|column| has(&column.key)) {
        return;
    }
    table.columns = columns;
    table.is_selected = true;
}

/// Adds an action, if there is room in the file.
fn add_action(actions: &mut Vec<ActionDraft>, mut action: ActionDraft) -> Result<(), (Reason, String)> {
    if actions.len() >= ACTIONS_MAX {
        return Err((Reason::MoreActions, String::new()));
    }
    // Two buttons with one text would differ in their effect only.
    let base = action.label.clone();
    let mut count = 2;
    while actions.iter().any(|other| other.label == action.label) {
        action.label = format!("{base} ({count})");
        count += 1;
    }
    actions.push(action);
    Ok(())
}
