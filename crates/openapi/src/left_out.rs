//! What was not proposed, and why: one list, by reason.

use std::collections::BTreeMap;

use crate::{tree::Broken, words};

/// The longest list below one reason.
const LINES_MAX: usize = 300;

/// Why an operation is not on a board.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    Deprecated,
    Technical,
    NeedsPathValue,
    RowLacksMember,
    NoTable,
    NeedsQuery,
    NeedsHeader,
    NotJson,
    NoSchema,
    OneObject,
    Upload,
    NotJsonBody,
    NestedBody,
    NoFields,
    TooManyFields,
    Password,
    ReadsByPost,
    OtherEdit,
    OtherServer,
    Fragment,
    PathForm,
    Remote,
    Missing,
    MoreBoards,
    MorePanels,
    MoreActions,
    MoreOperations,
}

impl Reason {
    pub(super) fn of(broken: Broken) -> Self {
        match broken {
            Broken::Remote => Self::Remote,
            Broken::Missing => Self::Missing,
        }
    }

    /// The reason as a sentence, with what helps.
    fn text(&self) -> &'static str {
        match self {
            Self::Deprecated => "Deprecated.",
            Self::Technical => "They are about signing in, tokens or health.",
            Self::NeedsPathValue => {
                "Their path needs a value that no row of a table has. Write it into the path, or take it from a claim \
                 ({claim.NAME}) or a variable (CLAIMCHECK_VAR_…)."
            }
            Self::RowLacksMember => "Their path needs a value that the rows of the table do not have.",
            Self::NoTable => "There is no table to which they belong.",
            Self::NeedsQuery => {
                "They require a query parameter. Write it into `get`, such as /things?owner=me."
            }
            Self::NeedsHeader => "They require a header. Set it in [api_headers].",
            Self::NotJson => "They do not return JSON.",
            Self::NoSchema => "The document does not say what they return.",
            Self::OneObject => "They return one object, not a list. A stat can show a number of it.",
            Self::Upload => "They upload files.",
            Self::NotJsonBody => "Their body is not JSON.",
            Self::NestedBody => {
                "Their body requires lists or objects. The key of a field can lead into them, such as `address.city`."
            }
            Self::NoFields => "Their body has no members that a form could fill in.",
            Self::TooManyFields => "They require more than 20 fields.",
            Self::Password => "They require a password.",
            Self::ReadsByPost => "They read by POST. A panel with `post` and `body` can show them.",
            Self::OtherEdit => "They replace what another action edits.",
            Self::OtherServer => "They have another server. Add an [[api]] for it.",
            Self::Fragment => "Their path has a fragment, which is not sent.",
            Self::PathForm => "Their path is not one that a panel can have.",
            Self::Remote => "They refer to another file. Put the files together first.",
            Self::Missing => "They refer to something that the document does not contain.",
            Self::MoreBoards => "More than 20 boards.",
            Self::MorePanels => "More than 6 panels on a board.",
            Self::MoreActions => "More than 12 actions for a row or a board.",
            Self::MoreOperations => {
                "The document has more than 5,000 operations; the rest was not looked at."
            }
        }
    }
}

/// Everything that was left out.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    by_reason: BTreeMap<Reason, Vec<String>>,
    count: usize,
}

impl LeftOut {
    /// Adds an operation, with what is special about it: the name of a parameter, for example.
    pub(super) fn add(&mut self, operation: &str, reason: Reason, detail: &str) {
        self.count += 1;
        let detail = words::clean(detail, 60);
        let line = if detail.is_empty() { operation.to_owned() } else { format!("{operation} ({detail})") };
        self.by_reason.entry(reason).or_default().push(words::comment_text(&line));
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The lines of a comment, without their marks.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (reason, operations) in &self.by_reason {
            lines.push(String::new());
            lines.push(reason.text().to_owned());
            lines.extend(operations.iter().take(LINES_MAX).map(|operation| format!("  {operation}")));
            if operations.len() > LINES_MAX {
                lines.push(format!("  and {} more", operations.len() - LINES_MAX));
            }
        }
        lines
    }
}
