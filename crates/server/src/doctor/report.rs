//! What `claimcheck doctor` found: one finding for each check, as lines for people or as JSON. Texts of others are bounded,
//! and nothing in them is hidden.

use std::fmt;

use serde::Serialize;

use crate::{
    config::{SettingFinding, Severity},
    sanitize::visible,
};

/// The longest text of a finding, in characters. Providers and APIs are quoted in it.
const TEXT_MAX_CHARS: usize = 600;

/// The groups of checks, in the order of the output: what an id of a check begins with, and the heading.
const GROUPS: [(&str, &str); 10] = [
    ("settings", "Settings"),
    ("provider", "Provider"),
    ("client", "Client at the provider"),
    ("logout", "Sign-out and logout"),
    ("store", "Store"),
    ("public_url", "Public URL"),
    ("api", "APIs"),
    ("traces", "Traces"),
    ("sign_in", "Sign-in"),
    ("panel", "Panels"),
];

/// What a check came to. The order is that of the totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckOutcome {
    /// Nothing needs to be done.
    Ok,
    /// It works, but something is missing or weak; or nobody but a person can tell.
    Warning,
    /// It does not work. Something must be changed.
    Mistake,
    /// It was not checked; the finding says why.
    Skipped,
}

impl CheckOutcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Mistake => "mistake",
            Self::Skipped => "skipped",
        }
    }

    /// The noun for this number of them, for the totals.
    fn counted(self, count: usize) -> String {
        match (self, count) {
            (Self::Ok | Self::Skipped, _) | (_, 1) => format!("{count} {}", self.name()),
            (Self::Warning | Self::Mistake, _) => format!("{count} {}s", self.name()),
        }
    }
}

/// The result of one check. As JSON it is one object; its members are part of the public contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckFinding {
    pub outcome: CheckOutcome,
    /// Group and name, such as `provider.issuer`: part of the public contract.
    pub check: &'static str,
    /// What was checked, if there are several: an API, or a panel.
    pub subject: Option<String>,
    /// What was found.
    pub found: String,
    /// What to change, and where. Empty if nothing needs to be changed.
    pub remedy: String,
    /// The key in the settings file that it is about.
    pub key: Option<String>,
    /// The variable for the same setting.
    pub variable: Option<String>,
    /// The file that has the key, as it was named.
    pub file: Option<String>,
    /// The line of the file, counted from 1.
    pub line: Option<usize>,
    /// The page of the book about it, below `docs/`.
    pub page: Option<&'static str>,
}

impl CheckFinding {
    fn new(outcome: CheckOutcome, check: &'static str, found: &str, remedy: &str) -> Self {
        Self {
            outcome,
            check,
            subject: None,
            found: bounded(found),
            remedy: bounded(remedy),
            key: None,
            variable: None,
            file: None,
            line: None,
            page: None,
        }
    }

    /// It is as it should be.
    pub fn ok(check: &'static str, found: impl AsRef<str>) -> Self {
        Self::new(CheckOutcome::Ok, check, found.as_ref(), "")
    }

    /// It works, and could be better.
    pub fn warning(check: &'static str, found: impl AsRef<str>, remedy: impl AsRef<str>) -> Self {
        Self::new(CheckOutcome::Warning, check, found.as_ref(), remedy.as_ref())
    }

    /// It does not work.
    pub fn mistake(check: &'static str, found: impl AsRef<str>, remedy: impl AsRef<str>) -> Self {
        Self::new(CheckOutcome::Mistake, check, found.as_ref(), remedy.as_ref())
    }

    /// It was not checked, and why.
    pub fn skipped(check: &'static str, why: impl AsRef<str>) -> Self {
        Self::new(CheckOutcome::Skipped, check, why.as_ref(), "")
    }

    /// The same about one of several.
    #[must_use]
    pub fn of(self, subject: impl AsRef<str>) -> Self {
        Self { subject: Some(bounded(subject.as_ref())), ..self }
    }

    /// The same, naming the key of the settings file; a top-level key also has a variable.
    #[must_use]
    pub fn at(self, key: &str) -> Self {
        let variable =
            (!key.contains(['.', '['])).then(|| format!("CLAIMCHECK_{}", key.to_ascii_uppercase()));
        Self { key: Some(key.to_owned()), variable, ..self }
    }

    /// The same, naming the page of the book, such as `providers/auth0.md`.
    #[must_use]
    pub fn on(self, page: &'static str) -> Self {
        Self { page: Some(page), ..self }
    }

    fn group(&self) -> &str {
        self.check.split_once('.').map_or(self.check, |(group, _)| group)
    }

    fn label(&self) -> String {
        let name = self.check.split_once('.').map_or(self.check, |(_, name)| name).replace('_', " ");
        match &self.subject {
            Some(subject) => format!("{subject}: {name}"),
            None => name,
        }
    }
}

impl From<&SettingFinding> for CheckFinding {
    fn from(finding: &SettingFinding) -> Self {
        let outcome = match finding.severity {
            Severity::Mistake => CheckOutcome::Mistake,
            Severity::Warning => CheckOutcome::Warning,
        };
        Self {
            key: Some(finding.key.clone()),
            variable: finding.variable.clone(),
            file: finding.file.clone(),
            line: finding.line,
            ..Self::new(outcome, "settings.check", &finding.message, &finding.remedy).of(&finding.key)
        }
    }
}

/// All findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    pub findings: Vec<CheckFinding>,
}

impl Diagnosis {
    /// How many findings have this outcome.
    pub fn count(&self, outcome: CheckOutcome) -> usize {
        self.findings.iter().filter(|finding| finding.outcome == outcome).count()
    }

    /// One JSON object per finding, each on its line.
    pub fn json_lines(&self) -> String {
        let line = |finding: &CheckFinding| serde_json::to_string(finding).unwrap_or_default() + "\n";
        self.findings.iter().map(line).collect()
    }

    /// Findings of groups that the table does not have are last.
    fn of_group<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a CheckFinding> {
        self.findings.iter().filter(move |finding| finding.group() == group)
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width =
            self.findings.iter().map(|finding| finding.label().chars().count()).max().unwrap_or_default();
        for (group, heading) in GROUPS {
            if self.of_group(group).next().is_some() {
                writeln!(f, "{heading}")?;
                self.of_group(group).try_for_each(|finding| write_finding(f, finding, width))?;
                writeln!(f)?;
            }
        }
        use CheckOutcome::{Mistake, Ok, Skipped, Warning};
        let totals: Vec<_> = [Ok, Warning, Mistake, Skipped]
            .into_iter()
            .map(|outcome| (outcome, self.count(outcome)))
            .filter(|(_, count)| *count > 0)
            .map(|(outcome, count)| outcome.counted(count))
            .collect();
        write!(f, "{} checks: {}.", self.findings.len(), totals.join(", "))
    }
}

/// One line, and the remedy below it.
fn write_finding(f: &mut fmt::Formatter<'_>, finding: &CheckFinding, width: usize) -> fmt::Result {
    let (outcome, label) = (finding.outcome.name(), finding.label());
    writeln!(f, "  {outcome:<8} {label:<width$}  {}", finding.found)?;
    if !finding.remedy.is_empty() {
        writeln!(f, "{:11}{}", "", finding.remedy)?;
    }
    let place = match (&finding.file, finding.line, &finding.key, &finding.variable) {
        (Some(file), Some(line), ..) => Some(format!("line {line} of {file}")),
        (.., Some(key), Some(variable)) if !finding.remedy.contains(variable.as_str()) => {
            Some(format!("{key} or {variable}"))
        }
        (.., Some(key), None) => Some(key.clone()),
        _ => None,
    };
    let place = place.filter(|_| finding.outcome != CheckOutcome::Ok && !finding.remedy.is_empty());
    let page = finding.page.map(|page| format!("docs/{page}"));
    let more: Vec<_> = place.into_iter().chain(page.filter(|_| !finding.remedy.is_empty())).collect();
    match more.is_empty() {
        true => Ok(()),
        false => writeln!(f, "{:11}({})", "", more.join("; ")),
    }
}

/// A text of bounded length in which nothing is hidden.
fn bounded(text: &str) -> String {
    let text = visible(text);
    let mut short: String = text.chars().take(TEXT_MAX_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
