//! The order of a table's rows: the position of each cell in its column, and the rows sorted by it.

use claimcheck_model::{Cell, TableData};

use crate::boards::value::SortKey;

/// The position of each cell in the order of its column, equal for equal values. Browsers sort by it: as a binary float,
/// a long number would lose its last digits.
pub(super) fn ranks(keys: &[Option<SortKey>]) -> Vec<Option<f64>> {
    let mut ordered: Vec<&SortKey> = keys.iter().flatten().collect();
    ordered.sort();
    ordered.dedup();
    let rank = |key: &SortKey| ordered.partition_point(|other| *other < key) as f64;
    keys.iter().map(|key| key.as_ref().map(rank)).collect()
}

/// Sorts as the data say. The view applies the filter, which only hides rows.
pub(super) fn sort(mut data: TableData) -> TableData {
    let Some(sorted) = &data.sorted else { return data };
    let is_descending = sorted.is_descending;
    if let Some(index) = data.columns.iter().position(|column| column.key == sorted.key) {
        data.rows.sort_by(|a, b| {
            let ordering = match (a.cells.get(index), b.cells.get(index)) {
                (Some(a), Some(b)) => compare(a, b),
                _ => std::cmp::Ordering::Equal,
            };
            if is_descending { ordering.reverse() } else { ordering }
        });
    }
    data
}

/// The order of two cells of a column.
pub(super) fn compare(a: &Cell, b: &Cell) -> std::cmp::Ordering {
    match (a.sort, b.sort) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        // Numbers before texts, as in the browser: a total order for mixed columns, too.
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => a.text.to_lowercase().cmp(&b.text.to_lowercase()),
    }
}
