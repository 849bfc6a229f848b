//! Where settings come from: the built-in text, the file, the environment; later ones override earlier ones.
//! Knows the names of all settings, and nothing about what their values mean.

use std::{collections::BTreeMap, fs, path::Path};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    apis::{self, Api, Names},
    boards::{self, Board},
    problem::{PREFIX, SettingProblem, Warning, nearest, variable},
};

/// Every key of the file; `CLAIMCHECK_` and upper case make the variable of one that holds one value.
const KEYS: [&str; 25] = [
    "public_url",
    "listen",
    "admin_listen",
    "issuer",
    "client_id",
    "client_secret",
    "scopes",
    "audience",
    "resource",
    "authorize_params",
    "client_auth",
    "id_token_algs",
    "logout_token_typ",
    "role_claims",
    "api_url",
    "store",
    "session_keys",
    "idle_secs",
    "absolute_secs",
    "sign_in_rate",
    "trusted_proxies",
    "ca_file",
    "log",
    "api",
    "board",
];
/// Those that may also be given as the path of a file, by a variable that ends in `_FILE`.
const SECRETS: [&str; 3] = ["client_secret", "session_keys", "store"];
/// Variables of other rooms: the command line, the demo.
const FOREIGN: [&str; 2] = ["CLAIMCHECK_CONFIG", "CLAIMCHECK_DEMO_"];
/// The keys that hold tables, and have no variable.
const TABLES: [&str; 2] = [API, BOARD];
const API: &str = "api";
const BOARD: &str = "board";

/// A value as it was written, and where.
pub(super) struct RawValue {
    pub text: String,
    pub place: String,
}

/// All that was written, before anyone looks at what it means.
#[derive(Default)]
pub(super) struct Sources {
    values: BTreeMap<&'static str, RawValue>,
    /// Those beside the API of `api_url`.
    pub apis: Vec<Api>,
    pub boards: Vec<Board>,
    pub problems: Vec<SettingProblem>,
    pub warnings: Vec<Warning>,
}

impl Sources {
    /// What was written for a key; surrounding white space never means anything, an empty text is none.
    pub fn get(&self, key: &str) -> Option<&RawValue> {
        self.values.get(key).filter(|found| !found.text.trim().is_empty())
    }

    /// Reads a settings file.
    pub fn read_file(&mut self, path: &Path) {
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

    /// Reads settings in TOML; `name` is how messages call the text.
    pub fn read_toml(&mut self, text: &str, name: &str) {
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
        // Boards name APIs, wherever in the file those stand.
        entries.sort_by_key(|(key, _)| (key.get_ref() != API, key.span().start));
        let mut names = Names::default();
        if entries.iter().any(|(key, _)| key.get_ref() == BOARD) {
            self.apis.clear();
        }
        for (key, value) in entries {
            let (key, place) = (key.get_ref().as_ref(), lines.place(key.span().start));
            let Some(known) = KEYS.into_iter().find(|known| *known == key) else {
                self.problems.push(SettingProblem::in_file(key, place, unknown_key(key)));
                continue;
            };
            if known == API {
                (self.apis, names) = apis::read(value, &lines, &mut self.problems);
                continue;
            }
            if known == BOARD {
                self.boards = boards::read(value, &lines, &names, &mut self.problems);
                continue;
            }
            match scalar(known, value) {
                Ok(text) => {
                    self.values.insert(known, RawValue { text, place });
                }
                Err(message) => self.problems.push(SettingProblem::setting(known, Some(place), message)),
            }
        }
    }

    /// Reads the environment: what starts with `CLAIMCHECK_` and is not empty.
    pub fn read_env(&mut self, env: impl IntoIterator<Item = (String, String)>) {
        let mut vars: BTreeMap<String, String> = env
            .into_iter()
            .filter(|(name, value)| name.starts_with(PREFIX) && !value.trim().is_empty())
            .filter(|(name, _)| !FOREIGN.iter().any(|foreign| name.starts_with(foreign)))
            .collect();
        for key in KEYS.into_iter().filter(|key| !TABLES.contains(key)) {
            let name = variable(key);
            let direct = vars.remove(&name);
            let by_file = SECRETS.contains(&key).then(|| vars.remove(&format!("{name}_FILE"))).flatten();
            match (direct, by_file) {
                (None, None) => {}
                (Some(_), Some(_)) => self.problems.push(SettingProblem::setting(
                    key,
                    None,
                    format!("{name} and {name}_FILE are both set: unset one of them"),
                )),
                (Some(text), None) => {
                    self.values.insert(key, RawValue { text, place: "from the environment".to_owned() });
                }
                (None, Some(path)) => self.read_secret(key, &path),
            }
        }
        self.warnings.extend(vars.keys().map(|name| unknown_variable(name)));
    }

    /// A secret that stands in a file of its own.
    fn read_secret(&mut self, key: &'static str, path: &str) {
        let place = format!("from {}_FILE", variable(key));
        match fs::read_to_string(path) {
            Ok(text) if text.trim().is_empty() => {
                self.problems.push(SettingProblem::setting(
                    key,
                    Some(place),
                    format!("the file {path} is empty"),
                ));
            }
            Ok(text) => {
                self.values.insert(key, RawValue { text, place });
            }
            Err(error) => {
                self.problems.push(SettingProblem::setting(
                    key,
                    Some(place),
                    format!("cannot read {path}: {error}"),
                ));
            }
        }
    }
}

/// Byte positions as places a person can find.
pub(super) struct Lines<'a> {
    pub text: &'a str,
    pub name: &'a str,
}

impl Lines<'_> {
    /// "line 3 of claimcheck.toml"
    pub fn place(&self, position: usize) -> String {
        let before = self.text.as_bytes().iter().take(position);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} of {}", self.name)
    }
}

/// One value as text: lists join with what separates them in a variable.
fn scalar(key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, String> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => Ok(number.to_string()),
        DeValue::Array(items)
            if matches!(
                key,
                "scopes" | "id_token_algs" | "role_claims" | "session_keys" | "trusted_proxies"
            ) =>
        {
            let items: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            if key == "role_claims" && items.iter().flatten().any(|item| item.trim().contains(' ')) {
                return Err("must be a list of paths without spaces in them".to_owned());
            }
            let separator = if matches!(key, "session_keys" | "trusted_proxies") { "," } else { " " };
            items.map(|items| items.join(separator)).ok_or_else(|| "must be a list of texts".to_owned())
        }
        other => Err(format!("must be a text in quotes, not a {}", other.type_str())),
    }
}

fn unknown_key(key: &str) -> String {
    match nearest(key, KEYS) {
        Some(near) => format!("no such setting; did you mean `{near}`?"),
        None => format!("no such setting; there are {}", KEYS.join(", ")),
    }
}

fn unknown_variable(name: &str) -> Warning {
    let key = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_lowercase();
    if let Some(plain) = key.strip_suffix("_file").filter(|plain| KEYS.contains(plain)) {
        return Warning(format!(
            "{name} has no effect: only secrets are read from files; set {}",
            variable(plain)
        ));
    }
    match nearest(&key, KEYS.into_iter().filter(|key| !TABLES.contains(key))) {
        Some(near) => {
            Warning(format!("{name} is no setting and has no effect; did you mean {}?", variable(near)))
        }
        None => Warning(format!("{name} is no setting and has no effect")),
    }
}
