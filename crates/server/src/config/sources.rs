//! Where settings come from: the built-in text, the file, the environment; later ones override earlier ones.
//! Knows the names of all settings from the table, and nothing about what their values mean.

use std::{collections::BTreeMap, fs, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::config::{
    apis::{self, Api, Names},
    boards::{self, Board},
    problem::{PREFIX, SettingProblem, Warning, nearest, variable},
    row::{RawContent, SettingRow, Shape},
    table::{API, BOARD, ROWS, find_row, keys},
};

/// Variables of other rooms: the command line, the demo.
const FOREIGN: [&str; 2] = ["CLAIMCHECK_CONFIG", "CLAIMCHECK_DEMO_"];

/// A value as it was written, and where.
pub(super) struct RawValue {
    pub content: RawContent,
    pub place: String,
}

/// Everything that was written, before it is parsed.
#[derive(Default)]
pub(super) struct Sources {
    values: BTreeMap<&'static str, RawValue>,
    /// The APIs other than that of `api_url`.
    pub apis: Vec<Api>,
    pub boards: Vec<Board>,
    pub problems: Vec<SettingProblem>,
    pub warnings: Vec<Warning>,
}

impl Sources {
    /// What was written for a key; an empty value counts as not set.
    pub(super) fn get(&self, key: &str) -> Option<&RawValue> {
        self.values.get(key).filter(|raw| !raw.content.is_empty())
    }

    /// Reads a settings file.
    pub(super) fn read_file(&mut self, path: &Path) {
        match fs::read_to_string(path) {
            Ok(text) => self.read_toml(&text, &path.display().to_string()),
            Err(error) => self.problems.push(SettingProblem {
                key: "--config".to_owned(),
                variable: Some(format!("{PREFIX}CONFIG")),
                place: None,
                message: format!("cannot read {}: {error}", path.display()),
            }),
        }
    }

    /// Reads settings in TOML; `name` is what messages call the text.
    pub(super) fn read_toml(&mut self, text: &str, name: &str) {
        let lines = Lines { text, name };
        let table = match DeTable::parse(text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                // Not the error's own `Display`: it quotes the line, which may hold a secret.
                let place = lines.place(error.span().map_or(0, |span| span.start));
                self.problems.push(SettingProblem::in_file("TOML", place, error.message()));
                return;
            }
        };
        let mut entries: Vec<_> = table.iter().collect();
        // Boards name APIs, wherever in the file those are.
        entries.sort_by_key(|(key, _)| (key.get_ref() != API, key.span().start));
        let mut names = Names::default();
        if entries.iter().any(|(key, _)| key.get_ref() == BOARD) {
            self.apis.clear();
        }
        for (key, value) in entries {
            let (key, place) = (key.get_ref().as_ref(), lines.place(key.span().start));
            match key {
                API => (self.apis, names) = apis::read_apis(value, &lines, &mut self.problems),
                BOARD => self.boards = boards::read(value, &lines, &names, &mut self.problems),
                key => self.read_value(key, value, place),
            }
        }
    }

    /// Reads one value of the file.
    fn read_value(&mut self, key: &str, value: &Spanned<DeValue<'_>>, place: String) {
        let Some(row) = find_row(key) else {
            self.problems.push(SettingProblem::in_file(key, place, unknown_key(key)));
            return;
        };
        match raw_content(row, value) {
            Ok(content) => {
                self.values.insert(row.key, RawValue { content, place });
            }
            Err(message) => self.problems.push(SettingProblem::setting(row.key, Some(place), message)),
        }
    }

    /// Reads the environment: what starts with `CLAIMCHECK_` and is not empty.
    pub(super) fn read_env(&mut self, env: impl IntoIterator<Item = (String, String)>) {
        let mut vars: BTreeMap<String, String> = env
            .into_iter()
            .filter(|(name, value)| name.starts_with(PREFIX) && !value.trim().is_empty())
            .filter(|(name, _)| !FOREIGN.iter().any(|foreign| name.starts_with(foreign)))
            .collect();
        for row in ROWS {
            let direct = vars.remove(&row.variable());
            let by_file = row.file_variable().and_then(|name| vars.remove(&name));
            match (direct, by_file) {
                (None, None) => {}
                (Some(_), Some(_)) => {
                    let name = row.variable();
                    let message = format!("{name} and {name}_FILE are both set: unset one of them");
                    self.problems.push(SettingProblem::setting(row.key, None, message));
                }
                (Some(text), None) => self.insert_text(row, &text, "from the environment".to_owned()),
                (None, Some(path)) => self.read_secret(row, &path),
            }
        }
        self.warnings.extend(vars.keys().map(|name| unknown_variable(name)));
    }

    /// Reads a secret from its own file.
    fn read_secret(&mut self, row: &SettingRow, path: &str) {
        let place = format!("from {}_FILE", row.variable());
        let message = match fs::read_to_string(path) {
            Ok(text) if text.trim().is_empty() => format!("the file {path} is empty"),
            Ok(text) => return self.insert_text(row, &text, place),
            Err(error) => format!("cannot read {path}: {error}"),
        };
        self.problems.push(SettingProblem::setting(row.key, Some(place), message));
    }

    fn insert_text(&mut self, row: &SettingRow, text: &str, place: String) {
        self.values.insert(row.key, RawValue { content: row.shape.content_of_text(text), place });
    }
}

/// Turns byte positions into places that a person can find.
pub(super) struct Lines<'a> {
    pub text: &'a str,
    pub name: &'a str,
}

impl Lines<'_> {
    /// "line 3 of claimcheck.toml"
    pub(super) fn place(&self, position: usize) -> String {
        let before = self.text.as_bytes().iter().take(position);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} of {}", self.name)
    }
}

/// The content of a value of the file: a text, a whole number, or an array of texts for a list.
fn raw_content(row: &SettingRow, value: &Spanned<DeValue<'_>>) -> Result<RawContent, String> {
    let other = || format!("must be a text in quotes, not a {}", value.get_ref().type_str());
    match value.get_ref() {
        DeValue::String(text) => Ok(row.shape.content_of_text(text)),
        DeValue::Integer(number) => Ok(row.shape.content_of_text(&number.to_string())),
        DeValue::Array(items) => {
            let Shape::List(separator) = row.shape else { return Err(other()) };
            let items: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            let items = items.ok_or_else(|| "must be a list of texts".to_owned())?;
            Ok(RawContent::List(separator.split_items(&items)))
        }
        _ => Err(other()),
    }
}

fn unknown_key(key: &str) -> String {
    match nearest(key, keys()) {
        Some(near) => format!("no such setting; did you mean `{near}`?"),
        None => format!("no such setting; there are {}", keys().collect::<Vec<_>>().join(", ")),
    }
}

fn unknown_variable(name: &str) -> Warning {
    let key = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_lowercase();
    if let Some(plain) = key.strip_suffix("_file").filter(|plain| keys().any(|key| key == *plain)) {
        return Warning(format!(
            "{name} has no effect: only secrets are read from files; set {}",
            variable(plain)
        ));
    }
    match nearest(&key, ROWS.iter().map(|row| row.key)) {
        Some(near) => {
            Warning(format!("{name} is no setting and has no effect; did you mean {}?", variable(near)))
        }
        None => Warning(format!("{name} is no setting and has no effect")),
    }
}
