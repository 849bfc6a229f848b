//! Actions of a row or a board, from the operations that change something.

use crate::{
    columns::Columns,
    form::{self, Form},
    left_out::Reason,
    operations::{Operation, Segment, Verb},
    paging::{self, Unfilled},
    resources,
    schema::Shape,
    tree::Tree,
    words,
};

/// An action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ActionDraft {
    pub(super) label: String,
    pub(super) verb: Verb,
    pub(super) path: String,
    pub(super) confirm: Option<String>,
    pub(super) done: String,
    pub(super) scopes: Vec<String>,
    pub(super) form: Form,
    /// Why it is commented out.
    pub(super) commented: Option<Commented>,
}

/// Why an action is commented out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Commented {
    Deletes,
    /// It replaces an entry by less than the entry may have.
    Replaces,
    /// There are enough buttons without it.
    Room,
}

/// A row that an action is for.
pub(super) struct OfRow<'r, 'a> {
    /// What the rows of the table have, if they have all that the document says.
    pub(super) known: Option<&'r Shape<'a>>,
    pub(super) columns: &'r Columns,
    /// The member for the slot of the path.
    pub(super) key: &'r str,
}

/// The action of an operation, or why there is none. `resource` is the name of its collection, `after` what follows the
/// collection and the row in its path; `is_collection`: its path can be listed, too.
pub(super) fn of<'a>(
    tree: &Tree<'a>,
    operation: &Operation<'a>,
    resource: &str,
    (after, is_collection): (&[Segment], bool),
    row: Option<&OfRow<'_, 'a>>,
) -> Result<ActionDraft, (Reason, String)> {
    let fixed = paging::fixed(tree, operation, &|_| false).map_err(|unfilled| match unfilled {
        Unfilled::Query(name) => (Reason::NeedsQuery, name),
        Unfilled::Header(name) => (Reason::NeedsHeader, name),
    })?;
    if reads(operation, after) {
        return Err((Reason::ReadsByPost, String::new()));
    }
    let is_edit = matches!(operation.verb, Verb::Put | Verb::Patch)
        || (operation.verb == Verb::Post && after.is_empty());
    let form = match operation.verb {
        // A body of a DELETE is unusual, and none of these forms is used as it is.
        Verb::Delete => Form::default(),
        _ => form::form(
            tree,
            operation,
            is_edit && row.is_some(),
            row.filter(|_| is_edit).and_then(|row| row.known),
        )?,
    };
    let is_new = operation.verb == Verb::Post && is_collection;
    if form.fields.is_empty()
        && (is_new || (matches!(operation.verb, Verb::Put | Verb::Patch) && after.is_empty()))
    {
        return Err((Reason::NoFields, String::new()));
    }
    let path = resources::path(operation, row.map(|row| row.key), &fixed)
        .ok_or((Reason::PathForm, String::new()))?;
    let one = one_of(resource);
    let name = row.map(|row| format!("{{{}}}", row.columns.name.as_deref().unwrap_or(row.key)));
    let what = name.clone().unwrap_or_else(|| one.clone());
    let verb_words = verb_words(after);
    let (label, done) = match (operation.verb, row.is_some(), after.is_empty()) {
        (Verb::Delete, _, true) => ("Delete".to_owned(), format!("{what} has been deleted.")),
        (Verb::Post, false, true) => (format!("New {one}"), "Created.".to_owned()),
        (_, _, true) => ("Edit".to_owned(), format!("{what} has been saved.")),
        (Verb::Delete, _, false) => {
            (format!("Remove {}", words::title_of(&verb_words).to_lowercase()), "Removed.".to_owned())
        }
        (Verb::Post, _, false) if is_collection => {
            (format!("New {}", one_of(&verb_words.join(" "))), "Created.".to_owned())
        }
        (Verb::Put | Verb::Patch, _, false) => (changed(&verb_words), "Saved.".to_owned()),
        (_, _, false) => (words::title_of(&verb_words), "Done.".to_owned()),
    };
    let label = Some(label.trim().to_owned())
        .filter(|label| !label.is_empty())
        .unwrap_or_else(|| "Change".to_owned());
    // A form asks by itself; a button alone should not act at once.
    let confirm = form.fields.is_empty().then(|| match &name {
        Some(name) if operation.verb == Verb::Delete && after.is_empty() => format!("Delete {name}?"),
        Some(name) if !label.contains(' ') => format!("{label} {name}?"),
        Some(name) => format!("{label}: {name}?"),
        None => format!("{label}?"),
    });
    let scopes = operation.scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let commented = if operation.verb == Verb::Delete || deletes(&verb_words) {
        Some(Commented::Deletes)
    } else if operation.verb == Verb::Put && form.is_partial && !form.fields.is_empty() {
        Some(Commented::Replaces)
    } else {
        None
    };
    Ok(ActionDraft {
        label,
        verb: operation.verb,
        path,
        confirm,
        done: capital(&done),
        scopes,
        form,
        commented,
    })
}

/// Whether a `POST` only reads: a search, a query.
fn reads(operation: &Operation<'_>, after: &[Segment]) -> bool {
    let last = after.last().map(|segment| match segment {
        Segment::Fixed(text) => words::words(text),
        _ => Vec::new(),
    });
    let known = [
        "search", "query", "filter", "list", "lookup", "count", "validate", "preview", "estimate", "read",
        "get", "fetch",
    ];
    operation.verb == Verb::Post
        && last.is_some_and(|words| words.iter().any(|word| known.contains(&word.as_str())))
}

/// Whether the words of an action say that something is gone afterwards.
fn deletes(verb_words: &[String]) -> bool {
    let known = [
        "delete",
        "remove",
        "destroy",
        "purge",
        "wipe",
        "erase",
        "terminate",
        "revoke",
        "drop",
        "trash",
        "uninstall",
        "ban",
        "clear",
        "void",
        "empty",
        "discard",
        "unlink",
        "detach",
        "uninvite",
        "forget",
        "flush",
        "expunge",
        "unregister",
        "deregister",
    ];
    verb_words.iter().any(|word| known.contains(&word.as_str()))
}

/// The words of what follows the row: of `/orders/{id}/addTag`, "add" and "tag".
fn verb_words(after: &[Segment]) -> Vec<String> {
    after
        .iter()
        .flat_map(|segment| match segment {
            Segment::Fixed(text) => words::words(text),
            _ => Vec::new(),
        })
        .collect()
}

/// The label of an action that changes a part: "Edit settings", but "Activate" and "Set parent".
fn changed(verb_words: &[String]) -> String {
    let is_verb = verb_words.first().is_some_and(|first| {
        [
            "set",
            "add",
            "edit",
            "update",
            "change",
            "assign",
            "move",
            "archive",
            "cancel",
            "close",
            "open",
            "approve",
            "reject",
            "enable",
            "disable",
            "activate",
            "deactivate",
            "pause",
            "resume",
            "restore",
            "publish",
            "lock",
            "unlock",
            "start",
            "stop",
            "mark",
            "reset",
            "send",
            "confirm",
            "complete",
        ]
        .contains(&first.as_str())
    });
    match is_verb {
        true => words::title_of(verb_words),
        false => format!("Edit {}", words::title_of(verb_words).to_lowercase()),
    }
}

/// One thing of a collection, in lower case: "price list" of `priceLists`.
pub(super) fn one_of(resource: &str) -> String {
    let mut words = words::words(resource);
    if let Some(last) = words.last_mut() {
        *last = words::singular(last);
    }
    let title = words::title_of(&words);
    match words.first() {
        None => "entry".to_owned(),
        // Not the first word of a label, unless it is in capitals anyway.
        Some(first) if !title.starts_with(&first.to_uppercase()) || first.chars().count() == 1 => {
            let rest: String = title.chars().skip(first.chars().count()).collect();
            first.clone() + &rest
        }
        Some(_) => title,
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nw_05_words_that_delete_are_recognized() {
        for (name, expected) in [
            ("revoke", true),
            ("clearHistory", true),
            ("void", true),
            ("empty-trash", true),
            ("discard_draft", true),
            ("unlink", true),
            ("detachPolicy", true),
            ("uninvite", true),
            ("activate", false),
            ("clearance", false),
            ("avoid", false),
        ] {
            assert_eq!(deletes(&words::words(name)), expected, "{name}");
        }
    }
}
