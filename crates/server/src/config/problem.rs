//! Problems with settings, with messages for the operator. None of them contains a secret value.

use std::fmt;

pub(super) use crate::config::meant::nearest;
use crate::config::remedy;

/// The start of every variable's name.
pub(super) const PREFIX: &str = "CLAIMCHECK_";

/// The beginning of a message about a key that is not there.
pub(super) const MISSING: &str = "is missing";

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

/// Where a value was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingPlace {
    /// A line of a file, counted from 1.
    Line { file: String, line: usize },
    /// A file or a built-in text as a whole.
    File(String),
    /// The variable of the setting.
    Environment,
    /// The file that this variable names.
    SecretFile { variable: String },
}

impl SettingPlace {
    /// The file, if there is one.
    pub fn file(&self) -> Option<&str> {
        match self {
            Self::Line { file, .. } | Self::File(file) => Some(file),
            Self::Environment | Self::SecretFile { .. } => None,
        }
    }

    /// The line of that file, counted from 1.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Line { line, .. } => Some(*line),
            _ => None,
        }
    }
}

impl fmt::Display for SettingPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { file, line } => write!(f, "line {line} of {file}"),
            Self::File(file) => f.write_str(file),
            Self::Environment => f.write_str("from the environment"),
            Self::SecretFile { variable } => write!(f, "from {variable}"),
        }
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
    pub place: Option<SettingPlace>,
    /// The problem.
    pub message: String,
    /// What to do, if the message does not say it.
    pub(super) remedy: Option<String>,
    /// A secret is missing. Settings can be checked where it is not known.
    pub(super) lacks_secret: bool,
}

impl SettingProblem {
    fn new(key: String, variable: Option<String>, place: Option<SettingPlace>, message: String) -> Self {
        Self { key, variable, place, message, remedy: None, lacks_secret: false }
    }

    /// A problem with a setting that has a variable.
    pub(super) fn setting(key: &str, place: Option<SettingPlace>, message: impl Into<String>) -> Self {
        Self::new(file_key(key), Some(variable(key)), place, message.into())
    }

    /// A problem with something that only a file can contain.
    pub(super) fn in_file(key: impl Into<String>, place: SettingPlace, message: impl Into<String>) -> Self {
        Self::new(key.into(), None, Some(place), message.into())
    }

    /// A header of an API has a value that no API may get, wherever it was read.
    pub(super) fn of_header(key: String, message: String) -> Self {
        Self::new(key, None, None, message).with_remedy("name another variable or file")
    }

    /// The settings file cannot be read.
    pub(super) fn unreadable(message: String) -> Self {
        let variable = Some(format!("{PREFIX}CONFIG"));
        Self::new("--config".to_owned(), variable, None, message).with_remedy("name a readable file")
    }

    pub(super) fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    pub(super) fn of_missing_secret(self) -> Self {
        Self { lacks_secret: true, ..self }
    }

    /// What to do: the problem's own remedy, else what the key must contain.
    pub fn remedy(&self) -> String {
        self.remedy.clone().unwrap_or_else(|| remedy::of_key(&self.key, &self.message))
    }
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(
            f,
            &self.key,
            self.variable.as_deref(),
            self.place.as_ref(),
            &self.message,
            &self.remedy(),
        )
    }
}

/// A mistake or a warning for people: at start, and by `claimcheck check`.
pub(super) fn write_lines(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    variable: Option<&str>,
    place: Option<&SettingPlace>,
    message: &str,
    remedy: &str,
) -> fmt::Result {
    f.write_str(key)?;
    if let Some(variable) = variable.filter(|variable| *variable != key) {
        write!(f, " ({variable})")?;
    }
    if let Some(place) = place {
        write!(f, ", {place}")?;
    }
    write!(f, ": {message}")?;
    match remedy {
        "" => Ok(()),
        remedy => write!(f, "\n      {remedy}"),
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
pub struct Warning {
    /// The key or the variable.
    pub key: String,
    /// Where the value was read, if there is one.
    pub place: Option<SettingPlace>,
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl Warning {
    pub(super) fn new(key: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { key: key.to_owned(), place: None, message: message.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
