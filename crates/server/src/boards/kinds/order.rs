//! The order of a table's rows: the position of each cell in its column, and the rows sorted by it.

use claimcheck_model::{Cell, TableData};

use crate::boards::value::SortKey;

/// The position of each cell in the order of its column, equal for equal values. Browsers sort by it: as a binary float,
/// a long number would lose its last digits.
pub(super) fn ranks(keys: &[Option<SortKey>]) -> Vec<Option<f64>> {
    let mut ordered: Vec<(&SortKey, usize)> =
        keys.iter().enumerate().filter_map(|(index, key)| Some((key.as_ref()?, index))).collect();
    ordered.sort_by_key(|(key, _)| *key);
    let mut ranks = vec![None; keys.len()];
    let mut rank = 0.0;
    let mut before = None;
    for (key, index) in ordered {
        if before.is_some_and(|before| before != key) {
            rank += 1.0;
        }
        before = Some(key);
        if let Some(of_cell) = ranks.get_mut(index) {
            *of_cell = Some(rank);
        }
    }
    ranks
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
