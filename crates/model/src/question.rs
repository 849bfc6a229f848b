//! The query parameters of a board: a period, filters, and a filter, an order and a page for each panel. The whole state is in
//! the URL, so that it works with scripts off, in a bookmark and in a mail to a colleague.

use std::collections::{BTreeMap, BTreeSet};

use crate::{FilterQuery, paths};

/// Longer texts are ignored.
const TEXT_MAX_CHARS: usize = 200;
/// Longer cursors are not put into a URL.
pub const CURSOR_MAX_CHARS: usize = 2048;
/// Longer values of filters are cut here, and are not valid then.
const FILTER_MAX_CHARS: usize = 300;
/// Further values of a filter are ignored.
const FILTER_VALUES_MAX: usize = 50;

/// Ascending by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortOrder {
    #[default]
    Ascending,
    Descending,
}

/// The query of one panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PanelQuery {
    /// Hide rows that do not contain this text.
    pub filter: String,
    /// Key of the column to sort by.
    pub sort: Option<String>,
    pub order: SortOrder,
    /// The page, as named by the pager; `None` for the first one.
    pub page: Option<String>,
}

/// The requested period. The server decides which days it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodQuery {
    /// One of the board's periods, by its code.
    pub choice: Option<String>,
    /// Days, `2026-09-30`, both inclusive.
    pub from: Option<String>,
    pub to: Option<String>,
}

/// The complete query of a board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardQuery {
    pub period: PeriodQuery,
    /// The parameters that name what the board is about.
    pub subject: BTreeMap<String, String>,
    /// The values of the board's filters.
    pub filters: FilterQuery,
    /// By the ids of the panels.
    panels: BTreeMap<String, PanelQuery>,
}

/// The name of a panel's parameter: `orders.q` for the search of the panel `orders`. Names without a point belong to the
/// board.
pub fn parameter(name: &str, panel: &str) -> String {
    panel.to_owned() + "." + name
}

/// Whether a text can be the id of a panel.
fn is_id(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(is_allowed)
}

impl BoardQuery {
    /// Reads the decoded pairs of a query of a board without filters. Whether the board has these panels is checked by
    /// [`BoardQuery::of_panels`].
    pub fn read(pairs: impl Iterator<Item = (String, String)>) -> Self {
        Self::read_with(pairs, |_| false)
    }

    /// Reads the decoded pairs of a query of a board with these filters. Ignores unknown parameters; the first of each
    /// kind counts, but filters keep all their values.
    pub fn read_with(
        pairs: impl Iterator<Item = (String, String)>,
        is_filter: impl Fn(&str) -> bool,
    ) -> Self {
        let (mut question, mut seen) = (Self::default(), BTreeSet::new());
        let mut filters = FilterQuery::new();
        let pairs = pairs.filter(|(name, value)| {
            let is_of_filter = is_filter(name);
            if is_of_filter {
                let values = filters.entry(name.clone()).or_default();
                let value: String = value.chars().take(FILTER_MAX_CHARS).collect();
                if !value.is_empty() && values.len() <= FILTER_VALUES_MAX && !values.contains(&value) {
                    values.push(value);
                }
            }
            !is_of_filter
        });
        for (name, value) in pairs.filter(|(_, value)| !value.is_empty()) {
            if !seen.insert(name.clone()) {
                continue;
            }
            let text: String = value.chars().filter(|c| !c.is_control()).take(TEXT_MAX_CHARS).collect();
            match name.as_str() {
                "period" => question.period.choice = Some(text),
                "from" => question.period.from = Some(text),
                "to" => question.period.to = Some(text),
                name => {
                    let Some((panel, name)) = name.split_once('.') else { continue };
                    if !is_id(panel) || !matches!(name, "q" | "sort" | "order" | "page") {
                        continue;
                    }
                    let asked = question.panels.entry(panel.to_owned()).or_default();
                    match name {
                        "q" => asked.filter = text,
                        "sort" => asked.sort = Some(text),
                        "order" if text == "desc" => asked.order = SortOrder::Descending,
                        "page" if value.chars().count() <= CURSOR_MAX_CHARS => asked.page = Some(value),
                        _ => {}
                    }
                }
            }
        }
        Self { filters, ..question }
    }

    /// The query of one panel.
    pub fn panel(&self, panel: &str) -> PanelQuery {
        self.panels.get(panel).cloned().unwrap_or_default()
    }

    /// The query with only the parameters of one panel.
    pub fn only(&self, panel: &str) -> Self {
        let panels = self.panels.get_key_value(panel).into_iter();
        Self {
            period: self.period.clone(),
            subject: self.subject.clone(),
            filters: self.filters.clone(),
            panels: panels.map(|(panel, asked)| (panel.clone(), asked.clone())).collect(),
        }
    }

    /// The query with those of its filters as parameters of the subject that are; the first value of each counts.
    pub fn with_subject(mut self, is_parameter: impl Fn(&str) -> bool) -> Self {
        let (of_subject, filters) =
            self.filters.into_iter().partition::<FilterQuery, _>(|(key, _)| is_parameter(key));
        let first = |(key, values): (String, Vec<String>)| Some((key, values.into_iter().next()?));
        self.subject = of_subject.into_iter().filter_map(first).collect();
        Self { filters, ..self }
    }

    /// The parameters that name what the board is about, as a query; `None` if there are none.
    pub fn subject_text(&self) -> Option<String> {
        let pairs: Vec<_> = self.subject.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        (!pairs.is_empty()).then(|| paths::form(&pairs))
    }

    /// The query with only the parameters of the panels that the board has.
    pub fn of_panels(mut self, has: impl Fn(&str) -> bool) -> Self {
        self.panels.retain(|panel, _| has(panel));
        self
    }

    /// The same query, with this one for one panel.
    pub fn with_panel(&self, panel: &str, asked: PanelQuery) -> Self {
        let mut question = self.clone();
        question.panels.insert(panel.to_owned(), asked);
        question
    }

    /// The same query for another period. It starts at the first pages again, because the others belong to other rows.
    pub fn with_period(&self, period: PeriodQuery) -> Self {
        Self { period, ..self.clone() }.at_first_pages()
    }

    /// The same query with these values of filters, at the first pages.
    pub fn with_filters(&self, filters: FilterQuery) -> Self {
        Self { filters, ..self.clone() }.at_first_pages()
    }

    fn at_first_pages(mut self) -> Self {
        self.panels.values_mut().for_each(|asked| asked.page = None);
        self
    }

    /// The pairs of a query, in a fixed order; defaults are left out. Only the value of a filter that the user unset is
    /// empty.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let PeriodQuery { choice, from, to } = &self.period;
        let period = [("period", choice), ("from", from), ("to", to)];
        let period = period.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
        let panels = self.panels.iter().flat_map(|(panel, asked)| {
            let order = match (&asked.sort, asked.order) {
                (None, _) => "",
                (_, SortOrder::Ascending) => "asc",
                (_, SortOrder::Descending) => "desc",
            };
            let (sort, page) = (asked.sort.as_deref(), asked.page.as_deref());
            [
                ("q", asked.filter.as_str()),
                ("sort", sort.unwrap_or_default()),
                ("order", order),
                ("page", page.unwrap_or_default()),
            ]
            .map(|(name, value)| (parameter(name, panel), value.to_owned()))
        });
        let filters = self.filters.iter().flat_map(|(key, values)| {
            let unset = values.is_empty().then(String::new);
            values.iter().cloned().chain(unset).map(move |value| (key.clone(), value))
        });
        let subject = self.subject.iter().map(|(key, value)| (key.clone(), value.clone()));
        subject.chain(period).chain(filters).chain(panels.filter(|(_, value)| !value.is_empty())).collect()
    }

    /// `path` with this query.
    pub fn at(&self, path: &str) -> String {
        let pairs = self.pairs();
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut link = paths::with_query(path, &pairs);
        for key in self.filters.iter().filter(|(_, values)| values.is_empty()).map(|(key, _)| key) {
            link.push(if link.contains('?') { '&' } else { '?' });
            link.push_str(key);
            link.push('=');
        }
        link
    }

    /// The URL of a board with this query, at one of its panels.
    pub fn href(&self, board: &str, panel: &str) -> String {
        let mut link = self.at(&paths::board(board));
        link.push('#');
        link.push_str(&paths::panel_id(panel));
        link
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> BoardQuery {
        BoardQuery::read(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn an_address_says_what_it_was_made_of() {
        let asked = read(&[
            ("period", "30d"),
            ("open-orders.q", "a&b"),
            ("lines.sort", "total"),
            ("lines.order", "desc"),
            ("lines.page", "3"),
            ("2026.q", "x"),
        ]);
        assert_eq!(asked.panel("open-orders").filter, "a&b");
        assert_eq!(asked.panel("lines").order, SortOrder::Descending);
        assert_eq!(
            asked.href("orders", "lines"),
            "/boards/orders?period=30d&2026.q=x&lines.sort=total&lines.order=desc&lines.page=3&open-orders.q=a%26b\
             #panel-lines"
        );
        let pairs = asked.pairs();
        assert_eq!(BoardQuery::read(pairs.into_iter()), asked);
        let other = asked.with_period(PeriodQuery { choice: Some("7d".into()), ..Default::default() });
        assert_eq!((other.panel("lines").page, other.panel("lines").sort.as_deref()), (None, Some("total")));
        assert_eq!(asked.only("2026").at("/"), "/?period=30d&2026.q=x");
        assert_eq!(asked.of_panels(|panel| panel == "lines").only("2026").at("/"), "/?period=30d");
    }

    #[test]
    fn filters_are_read_by_name_and_kept_in_every_address() {
        let pairs = [
            ("region", "eu"),
            ("status", ""),
            ("region", "us"),
            ("region", "eu"),
            ("orders.q", "x"),
            ("orders.page", "3"),
            ("utm", "y"),
        ];
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let is_filter = |name: &str| ["region", "status"].contains(&name);
        let asked = BoardQuery::read_with(pairs, is_filter);
        assert_eq!(asked.at("/"), "/?region=eu&region=us&orders.q=x&orders.page=3&status=");
        assert_eq!(BoardQuery::read_with(asked.pairs().into_iter(), is_filter), asked);
        assert_eq!(asked.only("other").at("/"), "/?region=eu&region=us&status=");
        assert_eq!(asked.with_filters(FilterQuery::new()).at("/"), "/?orders.q=x");
        let many = (0..99).map(|value| ("region".to_owned(), value.to_string()));
        assert_eq!(BoardQuery::read_with(many, is_filter).filters["region"].len(), FILTER_VALUES_MAX + 1);
    }

    #[test]
    fn what_makes_no_sense_is_passed_over() {
        for strange in [
            "q", "q-1", ".q", "a.", "a.b.q", "A.q", "a b.q", "\u{e4}.q", "a.Q", "a.utm", "a.order", "utm",
            ".",
        ] {
            assert_eq!(read(&[(strange, "v")]).at("/"), "/", "{strange}");
        }
        let twice =
            [("a.q", "a"), ("a.q", "b"), ("period", "7d"), ("period", "x"), ("a.sort", ""), ("a.sort", "c")];
        assert_eq!(
            read(&twice).at("/"),
            "/?period=7d&a.q=a&a.sort=c&a.order=asc",
            "the first of a kind counts"
        );
        assert_eq!(read(&[("a.q", "a\0b\n")]).panel("a").filter, "ab");
        assert_eq!(read(&[("a.q", &*"x".repeat(9000))]).panel("a").filter.len(), TEXT_MAX_CHARS);
    }
}
