//! Rows that each have the number of one series, such as `{ day, region, revenue }`, as rows with the numbers of all
//! series.

use std::collections::{HashMap, HashSet};

use claimcheck_model::LinkTarget;
use claimcheck_text::t;
use serde_json::Value;

use crate::{
    boards::{
        cells::{Object, as_decimal, member},
        condition::RowFacts,
        link::RowLink,
        look,
    },
    config::{
        LocalText, MemberSetting,
        kinds::chart::{ChartSetting, SeriesSetting},
    },
    decimal::Decimal,
    locale::LocaleFormatter,
    view::chart::SERIES_MAX,
};

/// The rows with all series, the series, and how many further series there are.
pub(super) struct Pivoted {
    pub rows: Vec<Object>,
    pub series: Vec<SeriesSetting>,
    pub left_out: usize,
    /// Where the values lead, by the text of their x and the key of their series; `None` if their rows lead to different
    /// pages.
    links: HashMap<(String, String), Option<LinkTarget>>,
    x: String,
}

impl Pivoted {
    /// Where the value of a series in one of the rows leads.
    pub(super) fn link(&self, series: &str, row: &Object) -> Option<LinkTarget> {
        if self.links.is_empty() {
            return None;
        }
        self.links.get(&(member(row, &self.x).to_string(), series.to_owned()))?.clone()
    }
}

/// Collects the rows of each x. Several numbers of one series at one x are added up. Of more series than can be told
/// apart, those with the largest sums are kept. In a stack the others are added up, too, so that it is as high as their
/// whole.
pub(super) fn pivoted(
    setting: &ChartSetting,
    by: &MemberSetting,
    y: &SeriesSetting,
    (found, link): (&[&Object], RowLink<'_>),
    reader: &LocaleFormatter,
) -> Pivoted {
    let mut names: Vec<String> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut numbers: HashMap<(String, usize), Decimal> = HashMap::new();
    let mut sums: Vec<Decimal> = Vec::new();
    let mut links = HashMap::new();
    // No member of an API has this name.
    let key = |series: usize| format!("\u{0}{series}");
    let (mut order, mut seen) = (Vec::new(), HashSet::new());
    for row in found {
        let facts = RowFacts { row, columns: &[], reader };
        let name = look::name(by, &facts).unwrap_or_else(|| "\u{2013}".to_owned());
        let series = known.get(&name).copied().unwrap_or_else(|| {
            known.insert(name.clone(), names.len());
            names.push(name);
            sums.push(Decimal::whole(0));
            names.len() - 1
        });
        let x = member(row, &setting.x.key).to_string();
        if let Some(to) = link(row) {
            let known = links.entry((x.clone(), key(series))).or_insert_with(|| Some(to.clone()));
            known.take_if(|known| *known != to);
        }
        if seen.insert(x.clone()) {
            order.push((x.clone(), *row));
        }
        let Some(number) = as_decimal(member(row, &y.key)) else { continue };
        if let Some(sum) = sums.get_mut(series) {
            let size = if number.is_negative() { Decimal::whole(0).minus(&number) } else { number.clone() };
            *sum = sum.plus(&size);
        }
        let at = numbers.entry((x, series)).or_insert_with(|| Decimal::whole(0));
        *at = at.plus(&number);
    }
    let mut kept: Vec<usize> = (0..names.len()).collect();
    kept.sort_by(|a, b| sums.get(*b).cmp(&sums.get(*a)));
    let is_rest_added = setting.bars.is_stacked && kept.len() > SERIES_MAX;
    let left_out = kept.split_off(kept.len().min(if is_rest_added { SERIES_MAX - 1 } else { SERIES_MAX }));
    kept.sort_unstable();
    let rest = is_rest_added.then_some(names.len());
    let rows = order.into_iter().map(|(x, row)| {
        let mut pivoted = Object::new();
        // The numbers need no other members: the settings allow one currency, and rules of the value only.
        for member_key in setting.x.keys() {
            pivoted.insert(member_key.to_owned(), member(row, member_key).clone());
        }
        for series in &kept {
            if let Some(number) = numbers.get(&(x.clone(), *series)) {
                pivoted.insert(key(*series), Value::String(number.to_string()));
            }
        }
        if let Some(rest) = rest {
            let others = left_out.iter().filter_map(|series| numbers.get(&(x.clone(), *series)));
            if let Some(sum) = others.cloned().reduce(|sum, number| sum.plus(&number)) {
                pivoted.insert(key(rest), Value::String(sum.to_string()));
            }
        }
        pivoted
    });
    let rows = rows.collect();
    let a_series = |(index, title): (usize, String)| SeriesSetting {
        key: key(index),
        title: LocalText::plain(title),
        ..y.clone()
    };
    let named = kept.iter().filter_map(|series| Some((*series, names.get(*series)?.clone())));
    let others = rest.map(|rest| (rest, t!(reader.language(), "share-rest", count = left_out.len())));
    Pivoted {
        rows,
        series: named.chain(others).map(a_series).collect(),
        left_out: if rest.is_some() { 0 } else { left_out.len() },
        links,
        x: setting.x.key.clone(),
    }
}
