//! Puts the boards together: a board per tag, a table per collection, and the actions of its rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    Proposal, about, attach, columns,
    draft::{BoardDraft, PanelDraft, TableDraft},
    fit,
    left_out::{LeftOut, Reason},
    operations::{self, Content, Operation, Segment, Verb},
    paging::{self, Unfilled},
    resources,
    rows::{self, Answer},
    stats,
    tree::Tree,
    words,
};

const BOARDS_MAX: usize = 20;
const PANELS_MAX: usize = 6;

/// Proposes boards.
pub(super) fn propose(tree: &Tree<'_>, address: Option<&str>) -> Proposal {
    let mut left_out = LeftOut::default();
    for (path, broken) in operations::broken_paths(tree) {
        left_out.add(&words::comment_text(path), Reason::of(broken), "");
    }
    let all = operations::list(tree);
    if all.len() >= operations::OPERATIONS_MAX {
        left_out.add("paths", Reason::MoreOperations, "");
    }
    let own = about::servers(tree, address);
    let usable: Vec<_> = all
        .iter()
        .filter(|operation| {
            let server = operation.server.map(|server| about::server_url(server, address));
            let is_own = server.is_none_or(|server| server.is_some() && server.as_ref() == own.first());
            is_usable(operation, is_own, &mut left_out)
        })
        .collect();
    let mut boards = Vec::new();
    let mut rest = Vec::new();
    for operation in usable {
        match operation.verb == Verb::Get && operation.slots().is_empty() {
            true => add_panel(tree, &mut boards, operation, &mut left_out),
            false => rest.push(operation),
        }
    }
    let mut rest = attach::attach(tree, &mut boards, &all, rest, &mut left_out);
    bound(&mut boards, &mut left_out, &mut rest);
    fit::fit(&mut boards);
    name(&mut boards);
    about::proposal(tree, address, &all, &boards, &left_out)
}

/// Whether an operation can be part of a board at all.
fn is_usable(operation: &Operation<'_>, is_own: bool, left_out: &mut LeftOut) -> bool {
    let reason = if operation.is_deprecated {
        Reason::Deprecated
    } else if resources::is_technical(operation) {
        Reason::Technical
    } else if operation.path.contains('#') {
        Reason::Fragment
    } else if !is_own {
        Reason::OtherServer
    } else if operation.segments.contains(&Segment::Mixed) {
        Reason::PathForm
    } else {
        return true;
    };
    left_out.add(&operation.label(), reason, "");
    false
}

/// Adds the panel of a request without a row to its board.
fn add_panel<'a>(
    tree: &Tree<'a>,
    boards: &mut Vec<BoardDraft<'a>>,
    operation: &Operation<'a>,
    left_out: &mut LeftOut,
) {
    match panel(tree, operation) {
        Ok(panel) => {
            let group = group(operation);
            let board = match boards.iter_mut().position(|board| board.group == group) {
                Some(at) => boards.get_mut(at),
                None => {
                    boards.push(BoardDraft {
                        id: String::new(),
                        title: group.clone(),
                        panels: Vec::new(),
                        actions: Vec::new(),
                        group,
                    });
                    boards.last_mut()
                }
            };
            let Some(board) = board else { return };
            match board.panels.len() < PANELS_MAX {
                true => board.panels.push(panel),
                false => left_out.add(&operation.label(), Reason::MorePanels, ""),
            }
        }
        Err((reason, detail)) => left_out.add(&operation.label(), reason, &detail),
    }
}

/// What the operations of a board have in common: their tag, or the first part of their paths.
pub(super) fn group(operation: &Operation<'_>) -> String {
    let tag = words::clean(operation.tag, 40);
    let first = || resources::names(operation).first().map(|name| words::title(name)).unwrap_or_default();
    match tag.chars().any(char::is_alphanumeric) {
        // Tags such as `audit_logs` are names.
        true if !tag.contains(' ') => words::title(&tag),
        true => tag,
        false => first(),
    }
}

/// The panel of a request.
fn panel<'a>(tree: &Tree<'a>, operation: &Operation<'a>) -> Result<PanelDraft<'a>, (Reason, String)> {
    let schema = match operation.answer {
        Content::Json(schema) => schema,
        Content::Broken(broken) => return Err((Reason::of(broken), String::new())),
        Content::Other(media) => return Err((Reason::NotJson, media.to_owned())),
        Content::None => return Err((Reason::NotJson, String::new())),
    };
    let resource = resources::resource(operation);
    let scopes = operation.scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let unfilled = |unfilled: Unfilled| match unfilled {
        Unfilled::Query(name) => (Reason::NeedsQuery, name),
        Unfilled::Header(name) => (Reason::NeedsHeader, name),
    };
    match rows::find(tree, schema, &resource) {
        Answer::Unknown => Err((Reason::NoSchema, String::new())),
        Answer::Object(members) => {
            let stats = stats::of(operation, &members);
            let fixed = paging::fixed(tree, operation, &|_| false).map_err(unfilled)?;
            let get = resources::path(operation, None, &fixed).ok_or((Reason::PathForm, String::new()))?;
            match stats.is_empty() {
                true => Err((Reason::OneObject, String::new())),
                false => Ok(PanelDraft::Stats { get, scopes, stats }),
            }
        }
        Answer::Rows(rows) => {
            let parameters = paging::of_list(tree, operation, &rows).map_err(unfilled)?;
            let get = resources::path(operation, None, &parameters.fixed)
                .ok_or((Reason::PathForm, String::new()))?;
            let columns = columns::choose(tree, &rows.row, &resource);
            let title = Some(words::title(&resource))
                .filter(|title| !title.is_empty())
                .unwrap_or_else(|| "Entries".to_owned());
            let total_header =
                paging::total_header(operation).filter(|_| rows.total.is_none()).map(str::to_owned);
            Ok(PanelDraft::Table(Box::new(TableDraft {
                title,
                get,
                rows,
                total_header,
                columns,
                parameters,
                detail: None,
                scopes,
                actions: Vec::new(),
                resource,
                segments: operation.segments.clone(),
                is_selected: false,
            })))
        }
    }
}

/// Keeps the boards with the most operations, in their order.
fn bound<'a>(
    boards: &mut Vec<BoardDraft<'a>>,
    left_out: &mut LeftOut,
    placed: &mut Vec<(String, &Operation<'a>)>,
) {
    if boards.len() <= BOARDS_MAX {
        return;
    }
    let mut weights: Vec<_> = boards
        .iter()
        .enumerate()
        .map(|(at, board)| {
            (board.panels.len() + placed.iter().filter(|(group, _)| *group == board.group).count(), at)
        })
        .collect();
    weights.sort_by_key(|(weight, at)| (std::cmp::Reverse(*weight), *at));
    let kept: BTreeSet<_> = weights.iter().take(BOARDS_MAX).map(|(_, at)| *at).collect();
    let mut at = 0;
    boards.retain(|board| {
        let is_kept = kept.contains(&at);
        at += 1;
        if !is_kept {
            for panel in &board.panels {
                left_out.add(&format!("GET {}", panel.get()), Reason::MoreBoards, &board.title);
            }
            for (_, operation) in placed.iter().filter(|(group, _)| *group == board.group) {
                left_out.add(&operation.label(), Reason::MoreBoards, &board.title);
            }
        }
        is_kept
    });
}

/// Gives each board a unique id and title, and each table of a board a unique title.
fn name(boards: &mut [BoardDraft<'_>]) {
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for board in boards.iter_mut() {
        // Tags such as "Account - store level" say less than the name of the only table.
        if let [PanelDraft::Table(table)] = board.panels.as_slice()
            && board.title.contains(['-', '(', '/', ':', '.', ','])
        {
            board.title.clone_from(&table.title);
        }
        if board.title.is_empty() {
            board.title = "Entries".to_owned();
        }
        let base = Some(words::slug(&board.title))
            .filter(|slug| !slug.is_empty())
            .unwrap_or_else(|| "board".to_owned());
        let mut id = base.clone();
        while ids.contains_key(&id) {
            let count = ids.entry(base.clone()).or_insert(1);
            *count += 1;
            id = format!("{base}-{count}");
        }
        ids.insert(id.clone(), 1);
        board.id = id;
        let mut titles: BTreeMap<String, usize> = BTreeMap::new();
        for table in board.panels.iter_mut().filter_map(PanelDraft::table_mut) {
            let names: Vec<_> = table
                .segments
                .iter()
                .filter_map(|segment| match segment {
                    Segment::Fixed(text) => Some(words::words(text)),
                    _ => None,
                })
                .collect();
            if titles.contains_key(&table.title) && names.len() > 1 {
                let words: Vec<_> = names.into_iter().rev().take(2).rev().flatten().collect();
                table.title = words::title_of(&words);
            }
            let count = titles.entry(table.title.clone()).or_insert(0);
            *count += 1;
            if *count > 1 {
                table.title = format!("{} ({count})", table.title);
            }
        }
    }
}
