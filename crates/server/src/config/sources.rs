//! The sources of settings: the built-in text, the file, the environment. Later ones override earlier ones. Knows the
//! names of all settings from the table, but not the meaning of their values.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use claimcheck_text::Language;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::config::{
    Api, ApiAuth,
    allow::{self, AllowRule},
    api_headers::{self, HeaderSetting, read_headers},
    apis::{self, Names},
    board_files::BoardFiles,
    boards::{self, Board, BoardIds},
    claim_slots::{self, ClaimSlots},
    files::SettingFiles,
    keys::{ALL_ROWS, ALLOW, API, API_HEADERS, BOARD, BOARDS, CLAIMS, keys},
    problem::{PREFIX, SettingPlace, SettingProblem, Warning, file_key, nearest, variable},
    reader::TomlTable,
    row::{RawContent, SettingRow, Shape},
    variables::{self, VARIABLES},
};

/// The setting of the API of `api_url` that decides on its headers.
const API_AUTH: &str = "api_auth";
/// Variables of other parts of the program: the command line, the demo, the headers of APIs, values of the file.
const FOREIGN: [&str; 4] = ["CLAIMCHECK_CONFIG", "CLAIMCHECK_DEMO_", api_headers::VARIABLES, VARIABLES];

/// A value as written, and its place.
pub(super) struct RawValue {
    pub content: RawContent,
    pub place: SettingPlace,
}

/// All written values before parsing.
#[derive(Default)]
pub(super) struct Sources {
    values: BTreeMap<&'static str, RawValue>,
    env: BTreeMap<String, String>,
    pub claims: ClaimSlots,
    /// The headers of the API of `api_url`.
    pub api_headers: Vec<HeaderSetting>,
    /// The APIs other than that of `api_url`.
    pub apis: Vec<Api>,
    pub boards: Vec<Board>,
    board_ids: BoardIds,
    /// What boards may name.
    names: Names,
    /// Where boards are read from.
    pub files: SettingFiles,
    /// The settings file could not be opened.
    pub is_unreadable: bool,
    /// Some text could not be understood, so that settings seem to be missing that are in it.
    pub is_partial: bool,
    /// The keys whose values could not be made, because of a variable.
    pub unusable: BTreeSet<String>,
    pub allow: Vec<AllowRule>,
    pub problems: Vec<SettingProblem>,
    pub warnings: Vec<Warning>,
}

impl Sources {
    /// Nothing but this environment.
    pub(super) fn new(env: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { env: env.into_iter().collect(), ..Self::default() }
    }
    /// The written value of a key; an empty value counts as not set.
    pub(super) fn get(&self, key: &str) -> Option<&RawValue> {
        self.values.get(key).filter(|raw| !raw.content.is_empty())
    }

    /// Reads a settings file.
    pub(super) fn read_file(&mut self, path: &Path) {
        self.files = SettingFiles::of(Some(path));
        match fs::read_to_string(path) {
            Ok(text) => self.read_toml(&text, &path.display().to_string()),
            Err(error) => {
                (self.is_unreadable, self.is_partial) = (true, true);
                let message = format!("cannot read {}: {error}", path.display());
                self.problems.push(SettingProblem::unreadable(message));
            }
        }
    }

    /// Reads the files that `boards` names, after the environment, which may name others.
    pub(super) fn read_board_files(&mut self) {
        let Some(raw) = self.get(BOARDS) else { return };
        let (files, place) = (BoardFiles::of(&raw.content, &raw.place), raw.place.clone());
        self.files.patterns = files.patterns();
        for file in files.read() {
            let (name, text) = match file {
                Ok(file) => file,
                Err(message) => {
                    self.problems.push(SettingProblem::setting(BOARDS, Some(place.clone()), message));
                    continue;
                }
            };
            let lines = Lines { text: &text, name: &name };
            // Settings that are missing are not in this file.
            let is_partial = self.is_partial;
            let table = self.parse(&text, &lines);
            self.is_partial = is_partial;
            for (key, value) in table.iter() {
                if key.get_ref() == BOARD {
                    let ids = &mut self.board_ids;
                    self.boards.extend(boards::read(value, &lines, &self.names, ids, &mut self.problems));
                    continue;
                }
                let message = "is not allowed here: files that `boards` names contain `[[board]]` only";
                let problem =
                    SettingProblem::in_file(file_key(key.get_ref()), lines.place(key.span().start), message);
                let is_setting = keys().any(|known| known == key.get_ref()) && !holds_tables(value.get_ref());
                let remedy =
                    if is_setting { "move it to the settings file" } else { "did you mean `[[board]]`?" };
                self.problems.push(problem.with_remedy(remedy));
            }
        }
    }

    /// The problems of keys that name boards which do not exist; an unreadable file may contain them.
    pub(super) fn lost_boards(&self) -> Vec<SettingProblem> {
        if self.is_partial { Vec::new() } else { self.board_ids.lost() }
    }

    /// Parses a text and replaces variables in it; reports syntax errors.
    fn parse<'t>(&mut self, text: &'t str, lines: &Lines<'_>) -> DeTable<'t> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut table = table.into_inner();
        if errors.is_empty() {
            let before = self.problems.len();
            variables::fill(&mut table, &self.env, lines, &mut self.problems);
            let found = self.problems.iter().skip(before);
            self.unusable.extend(found.map(|problem| problem.key.clone()));
            return table;
        }
        self.is_partial = true;
        let mut known = BTreeSet::new();
        for error in errors {
            // Not the error's own `Display`, which quotes the line: it may contain a secret.
            let place = lines.place(error.span().map_or(0, |span| span.start));
            // What follows an error on its line is often its consequence.
            if known.insert(place.line()) {
                let problem = SettingProblem::in_file("TOML", place, syntax(text, &error));
                self.problems.push(
                    problem.with_remedy("correct the line, then check again: what follows it may be misread"),
                );
            }
        }
        // What was recovered may be half of a value.
        DeTable::new()
    }

    /// Reads settings in TOML; `name` is the name of the text in messages.
    pub(super) fn read_toml(&mut self, text: &str, name: &str) {
        let lines = Lines { text, name };
        let table = self.parse(text, &lines);
        let mut entries: Vec<_> = table.iter().collect();
        // What others name first, wherever it is in the file: APIs name claims, and boards name both.
        let rank = |key: &str| match key {
            CLAIMS => 0,
            API | API_HEADERS => 1,
            _ => 2,
        };
        entries.sort_by_key(|(key, _)| (rank(key.get_ref()), key.span().start));
        let has_boards = [BOARD, BOARDS].iter().any(|key| table.contains_key(*key));
        // The APIs of an earlier text are those of its boards; without boards, they are for the boards of this one.
        let has_other_apis = has_boards && !self.boards.is_empty();
        if has_other_apis {
            self.apis.clear();
        }
        if has_boards {
            self.boards.clear();
            self.board_ids = BoardIds::default();
        }
        let mut names = self.new_names(has_other_apis);
        for (key, value) in entries {
            let (key, place) = (key.get_ref().as_ref(), lines.place(key.span().start));
            match key {
                CLAIMS => {
                    self.claims = claim_slots::read_claims(value, &lines, &mut self.problems);
                    names = self.new_names(has_other_apis);
                }
                API => self.apis = apis::read_apis(value, &lines, &mut names, &mut self.problems),
                API_HEADERS => {
                    // The rest of this API's settings is read later; a variable may change `api_auth`.
                    let is_anonymous = self.is_anonymous(&table);
                    let at = TomlTable::of(value, API_HEADERS, &lines, &mut self.problems);
                    self.api_headers =
                        at.map(|at| read_headers(at, is_anonymous, &names)).unwrap_or_default();
                }
                ALLOW => self.allow = allow::read_allow(value, &lines, &mut self.problems),
                BOARD => {
                    let ids = &mut self.board_ids;
                    self.boards = boards::read(value, &lines, &names, ids, &mut self.problems);
                }
                key => self.read_entry(key, value, place, &lines),
            }
        }
        self.names = names;
    }

    /// The known names, with the APIs of an earlier text unless its boards are replaced.
    fn new_names(&self, has_other_apis: bool) -> Names {
        let names = Names::new(self.claims.clone(), &self.env);
        if has_other_apis { names } else { names.with_apis_of(&self.names) }
    }

    /// Whether requests to the API of `api_url` have no access token.
    fn is_anonymous(&self, table: &DeTable<'_>) -> bool {
        let of_file = table.get(API_AUTH).and_then(|value| value.get_ref().as_str());
        let text = self.env.get(&variable(API_AUTH)).map(String::as_str).or(of_file);
        text.and_then(|text| ApiAuth::parse(text.trim()).ok()) == Some(ApiAuth::None)
    }

    /// Reads a value, or the values of a table such as `[brand]`. `key` is as written in the file: `brand.name`.
    fn read_entry(
        &mut self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        place: SettingPlace,
        lines: &Lines<'_>,
    ) {
        let table = match value.get_ref() {
            DeValue::Table(table) if !is_per_language(key, table) => table,
            _ => return self.read_value(key, value, place),
        };
        let start = format!("{key}.");
        if !ALL_ROWS.iter().any(|row| row.file_key().starts_with(&start)) {
            return self.read_value(key, value, place);
        }
        for (inner, value) in table {
            let place = lines.place(inner.span().start);
            self.read_entry(&format!("{key}.{}", inner.get_ref()), value, place, lines);
        }
    }

    /// Reads one value of the file.
    fn read_value(&mut self, key: &str, value: &Spanned<DeValue<'_>>, place: SettingPlace) {
        let Some(row) = find_written(key) else {
            let problem = SettingProblem::in_file(key, place, "unknown setting");
            self.problems.push(problem.with_remedy(near_settings(key)));
            return;
        };
        match raw_content(row, value) {
            Ok(content) => {
                self.values.insert(row.key, RawValue { content, place });
            }
            Err(message) => self.problems.push(SettingProblem::setting(row.key, Some(place), message)),
        }
    }

    /// Reads the environment: variables that start with `CLAIMCHECK_` and are not empty.
    pub(super) fn read_env(&mut self) {
        let mut vars: BTreeMap<String, String> = std::mem::take(&mut self.env)
            .into_iter()
            .filter(|(name, value)| name.starts_with(PREFIX) && !value.trim().is_empty())
            .filter(|(name, _)| !FOREIGN.iter().any(|foreign| name.starts_with(foreign)))
            .collect();
        for row in &ALL_ROWS {
            let direct = vars.remove(&row.variable());
            let by_file = row.file_variable().and_then(|name| vars.remove(&name));
            match (direct, by_file) {
                (None, None) => {}
                (Some(_), Some(_)) => {
                    let name = row.variable();
                    let message = format!("{name} and {name}_FILE are both set: unset one of them");
                    self.problems.push(SettingProblem::setting(row.key, None, message));
                }
                (Some(text), None) => self.insert_text(row, &text, SettingPlace::Environment),
                (None, Some(path)) => self.read_secret(row, &path),
            }
        }
        self.warnings.extend(vars.keys().map(|name| unknown_variable(name)));
    }

    /// Reads a secret from a file.
    fn read_secret(&mut self, row: &SettingRow, path: &str) {
        let place = SettingPlace::SecretFile { variable: format!("{}_FILE", row.variable()) };
        let message = match fs::read_to_string(path) {
            Ok(text) if text.trim().is_empty() => format!("the file {path} is empty"),
            Ok(text) => return self.insert_text(row, &text, place),
            Err(error) => format!("cannot read {path}: {error}"),
        };
        self.problems.push(SettingProblem::setting(row.key, Some(place), message));
    }

    fn insert_text(&mut self, row: &SettingRow, text: &str, place: SettingPlace) {
        self.values.insert(row.key, RawValue { content: row.shape.content_of_text(text), place });
    }
}

/// Converts byte positions into line numbers.
pub(super) struct Lines<'a> {
    pub text: &'a str,
    pub name: &'a str,
}

impl Lines<'_> {
    /// Line 3 of `claimcheck.toml`.
    pub(super) fn place(&self, position: usize) -> SettingPlace {
        let before = self.text.as_bytes().iter().take(position);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        SettingPlace::Line { file: self.name.to_owned(), line }
    }
}

/// The content of a value of the file: a text, a whole number, or an array of texts for a list.
fn raw_content(row: &SettingRow, value: &Spanned<DeValue<'_>>) -> Result<RawContent, String> {
    let other = || format!("must be a string in quotes, but its type is {}", value.get_ref().type_str());
    match value.get_ref() {
        DeValue::String(text) => Ok(row.shape.content_of_text(text)),
        DeValue::Integer(number) => Ok(row.shape.content_of_text(&number.to_string())),
        DeValue::Table(texts) if row.shape == Shape::Local => {
            let text = |(tag, text): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
                Some((tag.get_ref().to_string(), text.get_ref().as_str()?.trim().to_owned()))
            };
            let texts: Option<Vec<_>> = texts.iter().map(text).collect();
            texts
                .map(RawContent::PerLanguage)
                .ok_or_else(|| "must have a string in quotes for each language".to_owned())
        }
        DeValue::Array(items) => {
            let Shape::List(separator) = row.shape else { return Err(other()) };
            let items: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            let is_board = row.file_key() == BOARDS && holds_tables(value.get_ref());
            let hint = if is_board { "; did you mean `[[board]]`?" } else { "" };
            let items = items.ok_or_else(|| format!("must be a list of strings{hint}"))?;
            Ok(RawContent::List(separator.split_items(&items)))
        }
        _ => Err(other()),
    }
}

/// Whether a table is one text per language.
fn is_per_language(key: &str, table: &DeTable<'_>) -> bool {
    let is_local = find_written(key).is_some_and(|row| row.shape == Shape::Local);
    is_local && table.keys().all(|key| Language::of_tag(key.get_ref()).is_some())
}

/// The row of a key as written in the file.
fn find_written(key: &str) -> Option<&'static SettingRow> {
    ALL_ROWS.iter().find(|row| row.file_key() == key)
}

/// Whether a value is a table, or a list of tables.
fn holds_tables(value: &DeValue<'_>) -> bool {
    let items = value.as_array();
    value.is_table() || items.is_some_and(|items| items.iter().any(|item| item.get_ref().is_table()))
}

/// What is wrong with the TOML. Only the name of a key is quoted: anything else may be a secret.
fn syntax(text: &str, error: &toml::de::Error) -> String {
    let is_name = |key: &&str| key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let at = error.span().and_then(|span| text.get(span)).filter(is_name);
    match at.filter(|key| error.message() == "duplicate key" && (1..=40).contains(&key.len())) {
        Some(key) => format!("duplicate key `{key}`"),
        None => error.message().to_owned(),
    }
}

fn near_settings(key: &str) -> String {
    let known: Vec<_> = keys().map(file_key).collect();
    match nearest(key, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known settings: {}", known.join(", ")),
    }
}

fn unknown_variable(name: &str) -> Warning {
    let key = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_lowercase();
    if let Some(plain) = key.strip_suffix("_file").filter(|plain| keys().any(|key| key == *plain)) {
        let message = format!(
            "{name} has no effect: only secrets can be read from a file; set {} instead",
            variable(plain)
        );
        return Warning::new(name, message, format!("set {}", variable(plain)));
    }
    match nearest(&key, ALL_ROWS.iter().map(|row| row.key)) {
        Some(near) => {
            let remedy = format!("did you mean {}?", variable(near));
            Warning::new(name, format!("{name} is not a setting and has no effect; {remedy}"), remedy)
        }
        None => Warning::new(name, format!("{name} is not a setting and has no effect"), "unset it"),
    }
}
