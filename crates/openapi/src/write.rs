//! Writes boards as TOML. Every text goes through `toml_text` or `comment_text`; there is no other way into the file.

use crate::{
    actions::{ActionDraft, Commented},
    columns::Column,
    draft::{BoardDraft, PanelDraft, TableDraft},
    fields::{FieldLook, FormPart},
    left_out::LeftOut,
    looks::Look,
    operations::{VERBS, Verb},
    paging::{NextAt, Pages, Sorting, Turn},
    words::{self, toml_text},
};

/// Writes all boards, and what was left out.
pub(super) fn boards(boards: &[BoardDraft<'_>], apis: &[String], left_out: &LeftOut) -> String {
    let mut lines = apis.to_vec();
    for board in boards {
        lines.push(format!("# --- {} ---", words::comment_text(&board.title)));
        lines.push(String::new());
        lines.push("[[board]]".to_owned());
        lines.push(format!("id = {}", toml_text(&board.id)));
        lines.push(format!("title = {}", toml_text(&board.title)));
        lines.push(String::new());
        for action in &board.actions {
            write_action(&mut lines, "[[board.action]]", action);
        }
        for panel in &board.panels {
            write_panel(&mut lines, panel);
        }
    }
    if left_out.count() > 0 {
        lines.push("# --- Left out ---".to_owned());
        lines.extend(left_out.lines().iter().map(|line| comment(line)));
        lines.push(String::new());
    }
    lines.join("\n")
}

/// A further API, commented out.
pub(super) fn further_api(host: &str, url: &str, scopes: &[String]) -> Vec<String> {
    let scopes: Vec<_> = scopes.iter().map(|scope| toml_text(scope)).collect();
    let own = [
        "[[api]]".to_owned(),
        format!("id = {}", toml_text(&words::slug(host))),
        format!("title = {}", toml_text(&words::clean(host, 60))),
        format!("url = {}", toml_text(url)),
        format!("scopes = [{}]", scopes.join(", ")),
    ];
    let note =
        "# Another server, for operations that were left out. How a provider knows it: docs/boards/apis.md";
    let lines = own.into_iter().map(|line| format!("# {line}"));
    [note.to_owned()].into_iter().chain(lines).chain([String::new()]).collect()
}

/// A line of a comment.
fn comment(line: &str) -> String {
    let text = words::comment_text(line);
    let indent = if line.starts_with("  ") { "#   " } else { "# " };
    format!("{indent}{text}").trim_end().to_owned()
}

fn write_panel(lines: &mut Vec<String>, panel: &PanelDraft<'_>) {
    match panel {
        PanelDraft::Table(table) => write_table(lines, table),
        PanelDraft::Stats { get, scopes, stats } => {
            for stat in stats {
                lines.push("[[board.panel]]".to_owned());
                lines.push(format!("title = {}", toml_text(&stat.title)));
                lines.push("kind = \"stat\"".to_owned());
                lines.push(format!("get = {}", toml_text(get)));
                lines.push(format!("value = {}", toml_text(&stat.value)));
                write_scopes(lines, scopes);
                lines.push(String::new());
            }
        }
    }
}

fn write_scopes(lines: &mut Vec<String>, scopes: &[String]) {
    if !scopes.is_empty() {
        lines.push(format!("scope = {}", toml_text(&scopes.join(" "))));
    }
}

fn write_table(lines: &mut Vec<String>, table: &TableDraft<'_>) {
    lines.push("[[board.panel]]".to_owned());
    lines.push(format!("title = {}", toml_text(&table.title)));
    lines.push("kind = \"table\"".to_owned());
    lines.push(format!("get = {}", toml_text(&table.get)));
    lines.push(format!("rows = {}", toml_text(&table.rows.path)));
    for (key, value) in [
        ("total", &table.rows.total),
        ("total_header", &table.total_header),
        ("key", &table.columns.key),
        ("detail", &table.detail),
        ("search", &table.parameters.search),
    ] {
        lines.extend(value.as_ref().map(|value| format!("{key} = {}", toml_text(value))));
    }
    let keys: Vec<_> = table.columns.columns.iter().map(|column| column.key.as_str()).collect();
    if let Some(sorting) = table.parameters.sorting.as_ref().filter(|_| !keys.is_empty()) {
        lines.push(order(sorting, &keys));
    }
    lines.extend(table.parameters.pages.as_ref().map(page));
    write_scopes(lines, &table.scopes);
    if !keys.is_empty() {
        lines.push("columns = [".to_owned());
        lines.extend(table.columns.columns.iter().map(column));
        lines.push("]".to_owned());
    }
    lines.push(String::new());
    for action in &table.actions {
        write_action(lines, "[[board.panel.action]]", action);
    }
}

/// The order of all rows. It is commented out unless the API is known to sort by every column.
fn order(sorting: &Sorting, columns: &[&str]) -> String {
    let known = |key: &str| sorting.keys.iter().any(|known| known == key);
    let has_all =
        columns.iter().all(|key| known(key) && (sorting.direction.is_some() || known(&format!("-{key}"))));
    let direction =
        sorting.direction.as_ref().map(|name| format!(", order = {}", toml_text(name))).unwrap_or_default();
    let line = format!("order = {{ by = {}{direction} }}", toml_text(&sorting.by));
    match has_all {
        true => line,
        false if sorting.keys.is_empty() => format!("# {line}   # if the API sorts by every column"),
        false => format!(
            "# {line}   # {}",
            words::comment_text(&format!("the API sorts by {}", sorting.keys.join(", ")))
        ),
    }
}

fn page(pages: &Pages) -> String {
    let mut parts = vec![format!("size = {}", pages.size)];
    parts.extend(pages.limit.as_ref().map(|name| format!("limit = {}", toml_text(name))));
    let next = |at: &NextAt| match at {
        NextAt::Body(path) => format!("next = {}", toml_text(path)),
        NextAt::LinkHeader => "next_header = \"Link\"".to_owned(),
    };
    match &pages.turn {
        Turn::Offset(name) => parts.push(format!("offset = {}", toml_text(name))),
        Turn::Page(name, first) => {
            parts.push(format!("page = {}", toml_text(name)));
            parts.extend((*first == 0).then(|| "first = 0".to_owned()));
        }
        Turn::Cursor(name, at) => parts.extend([format!("cursor = {}", toml_text(name)), next(at)]),
        Turn::Link(at) => parts.push(next(at)),
    }
    format!("page = {{ {} }}", parts.join(", "))
}

fn column(column: &Column) -> String {
    let kind = match &column.look {
        Look::Text => String::new(),
        Look::Tag => ", kind = \"tag\"".to_owned(),
        Look::Number => ", kind = \"number\"".to_owned(),
        Look::Percent => ", kind = \"percent\"".to_owned(),
        Look::Date => ", kind = \"date\"".to_owned(),
        Look::Day => ", kind = \"day\"".to_owned(),
        Look::Link => ", kind = \"link\"".to_owned(),
        Look::Money { currency, is_minor } => {
            let minor = if *is_minor { ", minor = true" } else { "" };
            format!(", currency = {}{minor}", toml_text(&format!("{{{currency}}}")))
        }
    };
    let title = if column.title.is_empty() { &column.key } else { &column.title };
    format!("    {{ key = {}, title = {}{kind} }},", toml_text(&column.key), toml_text(title))
}

fn write_action(lines: &mut Vec<String>, header: &str, action: &ActionDraft) {
    let mut own = vec![header.to_owned(), format!("label = {}", toml_text(&action.label))];
    let verb = VERBS
        .iter()
        .find(|(verb, _)| *verb == action.verb && *verb != Verb::Get)
        .map_or("post", |(_, name)| name);
    own.push(format!("{verb} = {}", toml_text(&action.path)));
    own.extend(action.confirm.as_ref().map(|text| format!("confirm = {}", toml_text(text))));
    own.push(format!("done = {}", toml_text(&action.done)));
    write_scopes(&mut own, &action.scopes);
    if !action.form.fields.is_empty() {
        own.push("fields = [".to_owned());
        own.extend(action.form.fields.iter().map(field));
        own.push("]".to_owned());
    }
    if !action.form.without.is_empty() {
        let names: Vec<_> = action.form.without.iter().take(20).map(String::as_str).collect();
        own.push(comment(&format!("Not in this form: {}", names.join(", "))));
    }
    if let Some(commented) = action.commented {
        lines.push(
            match commented {
                Commented::Deletes => "# This deletes something. Remove the marks to offer it.",
                Commented::Replaces => {
                    "# PUT often replaces the whole entry: members that this form does not send may then be removed. Try it with \
                     an\n# entry that may be lost before you remove the marks."
                }
                Commented::Room => {
                    "# There are enough buttons without this one. Remove the marks to offer it."
                }
            }
            .to_owned(),
        );
        own = own.into_iter().map(|line| format!("# {line}")).collect();
    }
    lines.extend(own);
    lines.push(String::new());
}

/// A choice: names such as `co_owner` get a title.
fn choice(value: &str) -> String {
    let is_name = value
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-');
    let title = words::title(value);
    match is_name && !title.is_empty() && title != value {
        true => format!("{{ value = {}, title = {} }}", toml_text(value), toml_text(&title)),
        false => toml_text(value),
    }
}

fn field(field: &FormPart) -> String {
    let limits = |least: &Option<u64>, most: &Option<u64>| {
        let least = least.map(|least| format!(", min = {least}")).unwrap_or_default();
        least + &most.map(|most| format!(", max = {most}")).unwrap_or_default()
    };
    let look = match &field.look {
        FieldLook::Text(most) => limits(&None, most),
        FieldLook::Lines(most) => format!(", kind = \"lines\"{}", limits(&None, most)),
        FieldLook::Number(least, most) => format!(", kind = \"number\"{}", limits(least, most)),
        FieldLook::Whole(least, most) => format!(", kind = \"whole\"{}", limits(least, most)),
        FieldLook::Date => ", kind = \"date\"".to_owned(),
        FieldLook::Tick => ", kind = \"tick\"".to_owned(),
        FieldLook::Choice(choices) => format!(
            ", choices = [{}]",
            choices.iter().map(|text| choice(text)).collect::<Vec<_>>().join(", ")
        ),
    };
    let required = if field.is_required { ", required = true" } else { "" };
    let value =
        field.value.as_ref().map(|value| format!(", value = {}", toml_text(value))).unwrap_or_default();
    let hint = field.hint.as_ref().map(|hint| format!(", hint = {}", toml_text(hint))).unwrap_or_default();
    format!(
        "    {{ key = {}, title = {}{look}{required}{value}{hint} }},",
        toml_text(&field.key),
        toml_text(&field.title)
    )
}
