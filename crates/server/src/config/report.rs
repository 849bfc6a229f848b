//! What `claimcheck check` reports: every mistake and every warning, as lines for people or as JSON.

use std::{fmt, path::Path};

use serde::Serialize;

use crate::config::{
    Settings,
    problem::{SettingPlace, SettingProblem, Warning, write_lines},
};

/// Whether the server starts in spite of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The server does not start.
    Mistake,
    /// The server starts and logs it.
    Warning,
}

/// One finding. As JSON it is one object; its members are part of the public contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingFinding {
    pub severity: Severity,
    /// The file, as it was named.
    pub file: Option<String>,
    /// The line of the file, counted from 1.
    pub line: Option<usize>,
    /// The key in the file, or the variable if there is no key.
    pub key: String,
    /// The variable of the setting.
    pub variable: Option<String>,
    pub message: String,
    /// What to do; may be empty if the message says it.
    pub remedy: String,
    #[serde(skip)]
    place: Option<SettingPlace>,
}

/// All findings of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Mistakes first, each kind in the order of the settings.
    pub findings: Vec<SettingFinding>,
    /// The settings file could be read.
    pub is_readable: bool,
    /// How many boards were read.
    pub boards: usize,
}

impl Report {
    /// How many findings prevent a start.
    pub fn mistakes(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Mistake).count()
    }

    /// One JSON object per finding, each on its line.
    pub fn json_lines(&self) -> String {
        let line = |finding: &SettingFinding| serde_json::to_string(finding).unwrap_or_default() + "\n";
        self.findings.iter().map(line).collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |severity| self.findings.iter().filter(move |finding| finding.severity == severity);
        for (severity, one, several) in [
            (Severity::Mistake, "problem with the settings", "problems with the settings"),
            (Severity::Warning, "warning", "warnings"),
        ] {
            match of(severity).count() {
                0 => continue,
                1 => writeln!(f, "1 {one}:")?,
                count => writeln!(f, "{count} {several}:")?,
            }
            of(severity).try_for_each(|finding| writeln!(f, "  {finding}"))?;
        }
        match (self.mistakes(), self.boards) {
            (0, 1) => write!(f, "The settings are valid, with 1 board."),
            (0, boards) => write!(f, "The settings are valid, with {boards} boards."),
            _ => write!(f, "The server does not start with these settings."),
        }
    }
}

impl fmt::Display for SettingFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, &self.key, self.variable.as_deref(), self.place.as_ref(), &self.message, &self.remedy)
    }
}

impl SettingFinding {
    pub(super) fn new(
        severity: Severity,
        place: Option<&SettingPlace>,
        key: String,
        message: String,
        remedy: String,
    ) -> Self {
        let file = place.and_then(SettingPlace::file).map(str::to_owned);
        let line = place.and_then(SettingPlace::line);
        Self { severity, file, line, key, variable: None, message, remedy, place: place.cloned() }
    }

    /// A missing secret is a warning here.
    fn of_problem(problem: &SettingProblem) -> Self {
        let mistake = Self::of_mistake(problem);
        match problem.lacks_secret {
            true => {
                let message = format!("{}; the server does not start without it", problem.message);
                Self { severity: Severity::Warning, message, ..mistake }
            }
            false => mistake,
        }
    }

    /// A problem that prevents a start.
    pub(super) fn of_mistake(problem: &SettingProblem) -> Self {
        let (key, message) = (problem.key.clone(), problem.message.clone());
        let finding = Self::new(Severity::Mistake, problem.place.as_ref(), key, message, problem.remedy());
        Self { variable: problem.variable.clone(), ..finding }
    }

    pub(super) fn of_warning(warning: &Warning) -> Self {
        let (key, message) = (warning.key.clone(), warning.message.clone());
        Self::new(Severity::Warning, warning.place.as_ref(), key, message, warning.remedy.clone())
    }
}

impl Settings {
    /// Reads the settings as [`Settings::load`] does, and reports mistakes and warnings. Starts nothing. A secret that is not set
    /// is a warning, so that files can be checked where secrets are not known.
    pub fn check(
        base: Option<&str>,
        file: Option<&Path>,
        env: impl IntoIterator<Item = (String, String)>,
    ) -> Report {
        let read = Self::read(base, file, env);
        let problems = read.problems.iter().map(SettingFinding::of_problem);
        let mut findings: Vec<_> =
            problems.chain(read.warnings.iter().map(SettingFinding::of_warning)).collect();
        findings.sort_by_key(|finding| finding.severity == Severity::Warning);
        Report { findings, is_readable: read.is_readable, boards: read.boards }
    }
}
