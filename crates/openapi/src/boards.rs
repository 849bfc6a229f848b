//! Puts the boards together: a board per tag, a table per collection, and the actions of its rows.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use crate::{
    Proposal,
    actions::{self, ActionDraft, OfRow},
    columns::{self, Columns},
    left_out::{LeftOut, Reason},
    operations::{self, Content, Operation, Segment, Verb},
    paging::{self, Parameters, Unfilled},
    resources,
    rows::{self, Answer, Rows},
    stats::{self, StatDraft},
    tree::{Tree, text, unique},
    words, write,
};

const BOARDS_MAX: usize = 20;
const PANELS_MAX: usize = 6;
const ACTIONS_MAX: usize = 6;

/// A table.
pub(super) struct TableDraft<'a> {
    pub(super) title: String,
    pub(super) get: String,
    pub(super) rows: Rows<'a>,
    pub(super) total_header: Option<String>,
    pub(super) columns: Columns,
    pub(super) parameters: Parameters,
    pub(super) detail: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) actions: Vec<ActionDraft>,
    resource: String,
    segments: Vec<Segment>,
}

/// The panels of one request.
pub(super) enum PanelDraft<'a> {
    Table(Box<TableDraft<'a>>),
    Stats { get: String, scopes: Vec<String>, stats: Vec<StatDraft> },
}

/// A board.
pub(super) struct BoardDraft<'a> {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) panels: Vec<PanelDraft<'a>>,
    pub(super) actions: Vec<ActionDraft>,
    /// What its operations have in common.
    group: String,
}

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
    let usable: Vec<_> = all.iter().filter(|operation| is_usable(operation, &mut left_out)).collect();
    let mut boards = Vec::new();
    let mut rest = Vec::new();
    for operation in usable {
        match operation.verb == Verb::Get && operation.slots().is_empty() {
            true => add_panel(tree, &mut boards, operation, &mut left_out),
            false => rest.push(operation),
        }
    }
    let mut rest = attach(tree, &mut boards, rest, &mut left_out);
    bound(&mut boards, &mut left_out, &mut rest);
    name(&mut boards);
    proposal(tree, address, &all, &boards, &left_out)
}

/// Whether an operation can be part of a board at all.
fn is_usable(operation: &Operation<'_>, left_out: &mut LeftOut) -> bool {
    let reason = if operation.is_deprecated {
        Reason::Deprecated
    } else if operation.path.contains('#') {
        Reason::Fragment
    } else if operation.server.is_some() {
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
fn add_panel<'a>(tree: &Tree<'a>, boards: &mut Vec<BoardDraft<'a>>, operation: &Operation<'a>, left_out: &mut LeftOut) {
    match panel(tree, operation) {
        Ok(panel) => {
            let group = group(operation);
            let board = match boards.iter_mut().position(|board| board.group == group) {
                Some(at) => boards.get_mut(at),
                None => {
                    boards.push(BoardDraft { id: String::new(), title: group.clone(), panels: Vec::new(), actions: Vec::new(), group });
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
fn group(operation: &Operation<'_>) -> String {
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
            let get = resources::path(operation, None, &parameters.fixed).ok_or((Reason::PathForm, String::new()))?;
            let columns = columns::choose(tree, &rows.row, &resource);
            let title = Some(words::title(&resource)).filter(|title| !title.is_empty()).unwrap_or_else(|| "Entries".to_owned());
            let total_header = paging::total_header(operation).filter(|_| rows.total.is_none()).map(str::to_owned);
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
            })))
        }
    }
}

/// Attaches the other operations to tables and boards. Returns those that have a place.
fn attach<'o, 'a>(tree: &Tree<'a>, boards: &mut [BoardDraft<'a>], operations: Vec<&'o Operation<'a>>, left_out: &mut LeftOut) -> Vec<(String, &'o Operation<'a>)> {
    let mut placed = Vec::new();
    let has_patch = |operation: &Operation<'_>| operations.iter().any(|other| other.verb == Verb::Patch && other.path == operation.path);
    for operation in &operations {
        let result = match operation.slots().len() {
            _ if operation.verb == Verb::Put && has_patch(operation) => Err((Reason::OtherEdit, String::new())),
            0 => attach_to_board(tree, boards, operation),
            1 => attach_to_row(tree, boards, operation),
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
fn attach_to_board<'a>(tree: &Tree<'a>, boards: &mut [BoardDraft<'a>], operation: &Operation<'a>) -> Result<String, (Reason, String)> {
    let of_table = |board: &BoardDraft<'_>| {
        let tables = board.panels.iter().filter_map(PanelDraft::table);
        let fitting = tables.filter_map(|table| Some((table.segments.len(), table.resource.clone(), resources::after(operation, &table.segments)?)));
        fitting.max_by_key(|(length, _, _)| *length)
    };
    let found = boards.iter().enumerate().filter_map(|(at, board)| Some((at, of_table(board)?))).max_by_key(|(_, (length, _, _))| *length);
    let (at, resource, after) = match found {
        Some((at, (_, resource, after))) => (at, resource, after),
        None => {
            let group = group(operation);
            let at = boards.iter().position(|board| board.group == group).ok_or((Reason::NoTable, String::new()))?;
            let names = operation.segments.as_slice();
            let is_verb = names.len() > 1;
            let resource = if is_verb { group } else { resources::resource(operation) };
            (at, resource, if is_verb { names.get(names.len() - 1..).unwrap_or_default() } else { &[] })
        }
    };
    let action = actions::of(tree, operation, &resource, after, None)?;
    let board = boards.get_mut(at).ok_or((Reason::NoTable, String::new()))?;
    add_action(&mut board.actions, action)?;
    Ok(board.group.clone())
}

/// The detail of a row, or an action for it.
fn attach_to_row<'a>(tree: &Tree<'a>, boards: &mut [BoardDraft<'a>], operation: &Operation<'a>) -> Result<String, (Reason, String)> {
    let slot = operation.slots().first().map(|slot| (*slot).to_owned()).unwrap_or_default();
    for board in boards.iter_mut() {
        let group = board.group.clone();
        for table in board.panels.iter_mut().filter_map(PanelDraft::table_mut) {
            let Some([Segment::Slot(_), after @ ..]) = resources::after(operation, &table.segments) else { continue };
            let row = &table.rows.row;
            let key = resources::row_member(tree, row, row_key(&table.columns), &slot, &table.resource);
            let key = key.ok_or((Reason::RowLacksMember, slot.clone()))?;
            if operation.verb == Verb::Get {
                if !after.is_empty() {
                    return Err((Reason::NeedsPathValue, slot));
                }
                table.detail = Some(detail(tree, operation, &key)?);
                return Ok(group);
            }
            let of_row = OfRow { row, columns: &table.columns, key: &key };
            let action = actions::of(tree, operation, &table.resource, after, Some(&of_row))?;
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
        Content::Json(_) => resources::path(operation, Some(key), &fixed).ok_or((Reason::PathForm, String::new())),
        Content::Broken(broken) => Err((Reason::of(broken), String::new())),
        Content::Other(media) => Err((Reason::NotJson, media.to_owned())),
        Content::None => Err((Reason::NotJson, String::new())),
    }
}

/// Adds an action, if there is room; those that delete are at the end.
fn add_action(actions: &mut Vec<ActionDraft>, mut action: ActionDraft) -> Result<(), (Reason, String)> {
    if actions.iter().filter(|other| !other.is_commented).count() >= ACTIONS_MAX && !action.is_commented {
        return Err((Reason::MoreActions, String::new()));
    }
    if actions.iter().filter(|other| other.is_commented).count() >= ACTIONS_MAX && action.is_commented {
        return Err((Reason::MoreActions, String::new()));
    }
    // Two buttons with one text would differ in their effect only.
    let base = action.label.clone();
    let mut count = 2;
    while actions.iter().any(|other| other.label == action.label) {
        action.label = format!("{base} ({count})");
        count += 1;
    }
    let at = match action.is_commented {
        true => actions.len(),
        false if action.label.starts_with("Edit") || action.label.starts_with("New ") => {
            actions.iter().position(|other| !other.label.starts_with("Edit") && !other.label.starts_with("New ")).unwrap_or(actions.len())
        }
        false => actions.iter().position(|other| other.is_commented).unwrap_or(actions.len()),
    };
    actions.insert(at, action);
    Ok(())
}

/// Keeps the boards with the most operations, in their order.
fn bound<'a>(boards: &mut Vec<BoardDraft<'a>>, left_out: &mut LeftOut, placed: &mut Vec<(String, &Operation<'a>)>) {
    if boards.len() <= BOARDS_MAX {
        return;
    }
    let mut weights: Vec<_> = boards
        .iter()
        .enumerate()
        .map(|(at, board)| (board.panels.len() + placed.iter().filter(|(group, _)| *group == board.group).count(), at))
        .collect();
    weights.sort_by_key(|(weight, at)| (std::cmp::Reverse(*weight), *at));
    let kept: std::collections::BTreeSet<_> = weights.iter().take(BOARDS_MAX).map(|(_, at)| *at).collect();
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

/// Gives each board an id and a title of its own, and each table of a board a title of its own.
fn name(boards: &mut [BoardDraft<'_>]) {
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for board in boards.iter_mut() {
        if board.title.is_empty() {
            board.title = "Entries".to_owned();
        }
        let base = Some(words::slug(&board.title)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "board".to_owned());
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
            let names: Vec<_> = table.segments.iter().filter_map(|segment| match segment {
                Segment::Fixed(text) => Some(words::words(text)),
                _ => None,
            }).collect();
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

impl<'a> PanelDraft<'a> {
    fn table(&self) -> Option<&TableDraft<'a>> {
        match self {
            Self::Table(table) => Some(table),
            Self::Stats { .. } => None,
        }
    }

    fn table_mut(&mut self) -> Option<&mut TableDraft<'a>> {
        match self {
            Self::Table(table) => Some(table),
            Self::Stats { .. } => None,
        }
    }

    fn get(&self) -> &str {
        match self {
            Self::Table(table) => &table.get,
            Self::Stats { get, .. } => get,
        }
    }

    fn scopes(&self) -> &[String] {
        match self {
            Self::Table(table) => &table.scopes,
            Self::Stats { scopes, .. } => scopes,
        }
    }
}

/// The result, with what else the document says.
fn proposal(tree: &Tree<'_>, address: Option<&str>, all: &[Operation<'_>], boards: &[BoardDraft<'_>], left_out: &LeftOut) -> Proposal {
    let empty = Value::Null;
    let info = tree.root().get("info").unwrap_or(&empty);
    let panels = boards.iter().flat_map(|board| &board.panels);
    let scopes = unique(panels.clone().flat_map(|panel| panel.scopes().iter().cloned()));
    let count = |is_commented: bool| {
        let of_rows = boards.iter().flat_map(|board| &board.panels).filter_map(PanelDraft::table).flat_map(|table| &table.actions);
        of_rows.chain(boards.iter().flat_map(|board| &board.actions)).filter(|action| action.is_commented == is_commented).count()
    };
    Proposal {
        title: words::clean(text(info, "title"), 80),
        version: words::clean(text(info, "version"), 40),
        servers: servers(tree, address),
        scopes,
        notes: notes(tree),
        text: write::boards(boards, left_out),
        operations: all.len(),
        boards: boards.len(),
        panels: panels.map(|panel| match panel {
            PanelDraft::Table(_) => 1,
            PanelDraft::Stats { stats, .. } => stats.len(),
        }).sum(),
        actions: count(false),
        commented: count(true),
        left_out: left_out.count(),
    }
}

/// The base URLs of the document, with the defaults of their variables.
fn servers(tree: &Tree<'_>, address: Option<&str>) -> Vec<String> {
    let base = address.and_then(|address| Url::parse(address).ok());
    let servers = tree.root().get("servers").and_then(Value::as_array).into_iter().flatten().take(20);
    let url = |server: &Value| {
        let mut url = text(server, "url").to_owned();
        for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
            url = url.replace(&format!("{{{name}}}"), text(variable, "default"));
        }
        let parsed = Url::parse(&url).ok().or_else(|| base.as_ref()?.join(&url).ok())?;
        let is_base = matches!(parsed.scheme(), "https" | "http") && parsed.username().is_empty() && parsed.password().is_none() && parsed.query().is_none() && parsed.fragment().is_none();
        let text = parsed.as_str().trim_end_matches('/').to_owned();
        (is_base && !url.contains(['{', '}']) && text.len() <= 300).then_some(text)
    };
    unique(servers.filter_map(url))
}

/// Ways to be authenticated that are no bearer token.
fn notes(tree: &Tree<'_>) -> Vec<String> {
    let schemes = tree.root().get("components").and_then(|components| components.get("securitySchemes")).and_then(Value::as_object);
    let note = |(name, scheme): (&String, &Value)| match text(scheme, "type") {
        "apiKey" if text(scheme, "in") == "header" => {
            Some(format!("The document names a key in the header `{}` ({name}). If the API needs it beside the user's token, set it in [api_headers].", text(scheme, "name")))
        }
        "http" if text(scheme, "scheme").eq_ignore_ascii_case("basic") => Some(format!("The document names HTTP Basic authentication ({name}); Claimcheck sends the user's access token.")),
        "mutualTLS" => Some(format!("The document names mutual TLS ({name}), which Claimcheck does not support.")),
        _ => None,
    };
    schemes.into_iter().flatten().take(50).filter_map(note).map(|note| words::comment_text(&note)).take(5).collect()
}
