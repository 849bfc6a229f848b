//! Stats for answers that are figures: summaries, counts, balances.

use crate::{operations::Operation, resources, rows::Beside, schema::Is, words};

/// The most stats of one answer.
const STATS_MAX: usize = 4;
/// Words in the path of such an answer.
const SUMMARIES: [&str; 16] = [
    "summary",
    "stats",
    "statistics",
    "count",
    "counts",
    "totals",
    "metrics",
    "overview",
    "balance",
    "usage",
    "figures",
    "kpis",
    "report",
    "quota",
    "limits",
    "dashboard",
];

/// A number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StatDraft {
    pub(super) title: String,
    pub(super) value: String,
}

/// The numbers of an answer, if it is about numbers.
pub(super) fn of(operation: &Operation<'_>, members: &[Beside<'_>]) -> Vec<StatDraft> {
    let names = resources::names(operation);
    let is_summary = names
        .last()
        .is_some_and(|name| words::words(name).iter().any(|word| SUMMARIES.contains(&word.as_str())));
    if !is_summary {
        return Vec::new();
    }
    let is_number = |member: &&Beside<'_>| {
        let words = words::words(member.names.last().copied().unwrap_or_default());
        matches!(member.shape.is, Is::Whole | Is::Number)
            && !words
                .last()
                .is_some_and(|word| matches!(word.as_str(), "id" | "at" | "timestamp" | "version" | "year"))
    };
    let stat = |member: &Beside<'_>| {
        let words: Vec<_> = member.names.iter().flat_map(|name| words::words(name)).collect();
        StatDraft { title: words::title_of(&words), value: member.path() }
    };
    members.iter().filter(is_number).take(STATS_MAX).map(stat).filter(|stat| !stat.title.is_empty()).collect()
}
