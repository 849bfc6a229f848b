//! Problems with settings, with messages for the operator. None of them contains a secret value.

use std::fmt;

/// The start of every variable's name.
pub(super) const PREFIX: &str = "CLAIMCHECK_";

/// The variable of a key.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase())
}

/// A key as written in the file: `brand.home.text` for `brand_home_text`.
pub(super) fn file_key(key: &str) -> String {
    match key.strip_prefix("brand_") {
        Some(rest) => format!("brand.{}", rest.replace('_', ".")),
        None => key.to_owned(),
    }
}

/// One thing that prevents the program from starting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingProblem {
    /// The key in the file, such as `public_url` or `board[0].panel[1].get`.
    pub key: String,
    /// The variable for the same setting, if there is one.
    pub variable: Option<String>,
    /// Where the value was read, if there is one.
    pub place: Option<String>,
    /// The problem, and what would be right.
    pub message: String,
}

impl SettingProblem {
    /// A problem with a setting that has a variable.
    pub(super) fn setting(key: &str, place: Option<String>, message: impl Into<String>) -> Self {
        Self { key: file_key(key), variable: Some(variable(key)), place, message: message.into() }
    }

    /// A problem with something that only a file can contain.
    pub(super) fn in_file(key: impl Into<String>, place: String, message: impl Into<String>) -> Self {
        Self { key: key.into(), variable: None, place: Some(place), message: message.into() }
    }
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        if let Some(variable) = &self.variable {
            write!(f, " ({variable})")?;
        }
        if let Some(place) = &self.place {
            write!(f, ", {place}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Everything that prevents the program from starting, in the order of the settings; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsErrors(pub Vec<SettingProblem>);

impl fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => write!(f, "1 problem with the settings:")?,
            count => write!(f, "{count} problems with the settings:")?,
        }
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for SettingsErrors {}

/// Something that is logged at start and does not prevent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning(pub String);

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The known name that was probably meant: the nearest by edit distance, if one is close enough.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 2).clamp(1, 3);
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let next = (diagonal + usize::from(from != *to)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, next);
            left = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}
