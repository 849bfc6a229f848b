//! Which filters of its board a panel uses: in its request, in its title, in the request for one row, or to select rows.

use std::collections::BTreeSet;

use super::{
    Board, FilterDefault, FilterSetting, PanelKind, ReadSetting, TabSetting, Template,
    filter::find_filter,
    filter_choices::FilterChoices,
    kinds::table::TableSetting,
    link_to::LinkTo,
    subject::{BoardSlots, SubjectSetting},
    template::{pieces, slots},
};
use crate::config::{LocalText, boards::Panel, reader::TomlTable};

impl Board {
    /// The ids of the APIs that have choices of filters or numbers of tabs.
    pub(in crate::config) fn filter_apis(&self) -> impl Iterator<Item = &str> {
        let of_choices = self.filters.iter().filter_map(|filter| match filter.choices() {
            Some(FilterChoices::Api(from)) => Some(from.api.as_str()),
            _ => None,
        });
        let of_counts = self.tabs.iter().filter_map(|tab| tab.count.as_ref()).map(|count| count.api.as_str());
        of_choices.chain(of_counts)
    }
}

/// Whether the slot of a `detail` is the filter of that name; a member of the row that the table declares comes first.
pub fn is_filter_of_detail(table: &TableSetting, filters: &[FilterSetting], slot: &str) -> bool {
    let is_member =
        table.name_key() == Some(slot) || table.columns.iter().flatten().any(|column| column.key == slot);
    !is_member && find_filter(filters, slot).is_some()
}

/// Reports filters where they cannot be: in a title, or in `detail`.
pub(super) fn check(
    at: &mut TomlTable<'_, '_>,
    of_board: &BoardSlots,
    filters: &[FilterSetting],
    title: Option<&LocalText>,
    detail: Option<&Template>,
) {
    if filters.is_empty() && !of_board.has_subject {
        return;
    }
    let is_known = |slot: &str| find_filter(filters, slot).is_some() || of_board.is_of_subject(slot);
    let unknown = title.into_iter().flat_map(LocalText::all).find_map(|text| match pieces(text) {
        Ok(pieces) => slots(&pieces).find(|slot| !is_known(slot)).map(str::to_owned),
        Err(_) => None,
    });
    if let Some(slot) = unknown {
        at.problem(
            "title",
            format!("has the placeholder {{{slot}}}, but the board has no such filter or parameter"),
        );
    }
    let is_multiple = |slot: &str| find_filter(filters, slot).map(|(_, filter)| filter.is_multiple());
    if let Some(Err(message)) = detail.map(|detail| detail.check_filters(&is_multiple)) {
        at.problem("detail", message);
    }
}

/// The positions of the filters that a panel depends on, with those that they depend on, in order.
pub(super) fn of_panel(
    filters: &[FilterSetting],
    title: &LocalText,
    read: Option<&ReadSetting>,
    kind: &PanelKind,
    to: Option<&LinkTo>,
) -> Vec<usize> {
    if filters.is_empty() {
        return Vec::new();
    }
    let mut used = BTreeSet::new();
    let mut note = |slot: &str| used.extend(find_filter(filters, slot).map(|(position, _)| position));
    read.into_iter().flat_map(ReadSetting::slots).chain(kind.text_slots()).for_each(&mut note);
    for text in title.all() {
        slots(&pieces(text).unwrap_or_default()).for_each(&mut note);
    }
    for link in to.into_iter().chain(kind.links()) {
        link.slots().filter(|slot| kind.is_filter_of_link(filters, slot)).for_each(&mut note);
    }
    if let Some(table) = kind.as_table() {
        let detail = table.detail_path().into_iter().flat_map(Template::slots);
        detail.filter(|slot| is_filter_of_detail(table, filters, slot)).for_each(&mut note);
        let selects =
            |filter: &&FilterSetting| filter.member.as_ref().is_some_and(|member| table.has_member(member));
        let selecting = filters.iter().filter(selects);
        selecting.for_each(|filter| note(&filter.key));
    }
    with_parents(filters, used)
}

/// These filters and those that they depend on, in order.
pub fn with_parents(filters: &[FilterSetting], used: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let mut all: BTreeSet<usize> = used.into_iter().collect();
    // Parents come before, so that each position is visited once.
    for position in (0..filters.len()).rev() {
        if all.contains(&position) {
            all.extend(filters.get(position).iter().flat_map(|filter| filter.parents.iter().copied()));
        }
    }
    all.into_iter().collect()
}

/// Reports tables that would never read all pages: the API searches and sorts, and nothing is added up or selected here.
pub(super) fn check_all_pages(at: &mut TomlTable<'_, '_>, filters: &[FilterSetting], panels: &[Panel]) {
    let is_idle = |table: &TableSetting| {
        let is_read = table.page.as_ref().is_some_and(|page| page.all.is_some());
        let has_sums = table.columns.iter().flatten().any(|column| column.is_summed);
        let mut members = filters.iter().filter_map(|filter| filter.member.as_deref());
        let is_of_api = table.search.is_some() && table.order.is_some();
        is_read && is_of_api && !has_sums && !members.any(|member| table.has_member(member))
    };
    let is_idle = |panel: &&Panel| panel.kind.as_table().is_some_and(is_idle);
    if let Some(panel) = panels.iter().find(is_idle) {
        let message = format!(
            "`{}` has `page.all` without an effect: the API searches and sorts, and no column has `sum`",
            panel.id
        );
        at.problem_with("panel", message, "remove `all`, or add up a column");
    }
}

/// Notes which filters are in a path, and reports values of the settings that cannot be there.
pub(super) fn note_paths(
    at: &mut TomlTable<'_, '_>,
    filters: &mut [FilterSetting],
    tabs: &[TabSetting],
    panels: &[Panel],
    subject: Option<&SubjectSetting>,
) -> BTreeSet<String> {
    let tables = || panels.iter().filter_map(|panel| panel.kind.as_table());
    let of_panels = panels.iter().flat_map(|panel| {
        let detail = panel.kind.as_table().and_then(TableSetting::detail_path);
        [panel.read.as_ref().map(|read| &read.path), detail]
            .into_iter()
            .flatten()
            .flat_map(Template::path_slots)
    });
    let of_tabs = tabs.iter().filter_map(|tab| tab.count.as_ref()).flat_map(|count| count.path.path_slots());
    let of_choices = filters.iter().filter_map(|filter| match filter.choices() {
        Some(FilterChoices::Api(from)) => Some(from.path.path_slots()),
        _ => None,
    });
    let of_subject = subject.into_iter().flat_map(|subject| subject.path.path_slots());
    let in_paths: BTreeSet<String> =
        of_panels.chain(of_tabs).chain(of_choices.flatten()).chain(of_subject).collect();
    for filter in filters.iter_mut() {
        filter.is_in_path = in_paths.contains(&filter.key);
    }
    for filter in filters.iter() {
        let of_default = match &filter.default {
            FilterDefault::Values(values) => values.as_slice(),
            _ => &[],
        };
        let of_choices = match filter.choices() {
            Some(FilterChoices::Fixed(choices)) => choices.iter().map(|choice| &choice.value).collect(),
            _ => Vec::new(),
        };
        let of_tabs = tabs.iter().flat_map(|tab| tab.filters.get(&filter.key)).flatten();
        let mut values = of_default.iter().chain(of_choices).chain(of_tabs);
        if let Some(value) = values.find(|value| filter.check(value).is_err()) {
            let key = &filter.key;
            at.problem("filter", format!("`{key}` has the value `{value}`, which cannot be in a path"));
        }
    }
    if let Some((filter, member)) = filters
        .iter()
        .filter_map(|filter| Some((filter, filter.member.as_ref()?)))
        .find(|(_, member)| !tables().any(|table| table.has_member(member)) && !panels.is_empty())
    {
        let message = format!("`{}` selects no rows: no table has a column or key `{member}`", filter.key);
        at.problem_with("filter", message, "name a member that a table shows, or remove `member`");
        return in_paths;
    }
    let of_counts = tabs.iter().filter_map(|tab| tab.count.as_ref()).flat_map(|count| count.path.slots());
    let of_counts = of_counts.filter_map(|slot| find_filter(filters, slot).map(|(position, _)| position));
    let of_subject = subject.into_iter().flat_map(|subject| subject.filters.iter().copied());
    let used =
        panels.iter().flat_map(|panel| panel.filters.iter().copied()).chain(of_counts).chain(of_subject);
    let used = with_parents(filters, used);
    let unused = (0..filters.len()).find(|position| !used.contains(position) && !panels.is_empty());
    if let Some(filter) = unused.and_then(|position| filters.get(position)) {
        let key = &filter.key;
        let message = format!("`{key}` is not used: no panel of the board has the placeholder {{{key}}}");
        at.problem_with("filter", message, "use it in a request or a title, set `member`, or remove it");
    }
    in_paths
}
