//! Links of panels: which of them a user may follow, and their addresses for each row.

use claimcheck_model::{Cell, LinkTarget, PeriodQuery, RowLead};
use claimcheck_session::{DEFAULT_API, SignedIn};

use crate::{
    boards::{
        BoardRequest, Period,
        cells::{Object, member, slot_text},
    },
    config::{
        Board, BoardPage, BoardPart, DayFormat, LinkTo, PERIOD_SLOTS, Panel, PanelKind, Settings, SlotValue,
        claim_name, kinds::table::TableSetting,
    },
    rights,
};

/// Where a row of a panel leads.
pub(in crate::boards) type RowLink<'a> = &'a dyn Fn(&Object) -> Option<LinkTarget>;

/// A link that the user may follow, for the rows of its panel.
pub(in crate::boards) struct ReadyLink<'a> {
    to: &'a LinkTo,
    kind: &'a PanelKind,
    request: &'a BoardRequest<'a>,
    /// The parameters that keep the period.
    period: Vec<(String, String)>,
}

/// The links of the rows of a table.
pub(in crate::boards) struct TableLinks<'a> {
    row: Option<ReadyLink<'a>>,
    /// The positions of columns, each with its link.
    columns: Vec<(usize, Option<ReadyLink<'a>>)>,
    /// The table, or its first column, has a link.
    has_lead: bool,
}

/// Whether a user may see a page; see [`rights::may_follow`].
pub fn may_see(settings: &Settings, signed_in: &SignedIn, page: &BoardPage) -> bool {
    let Some(board) = settings.board(&page.board) else { return false };
    let mut needs = vec![(DEFAULT_API, &board.needs)];
    let (panel, action) = match &page.part {
        BoardPart::Board => (None, None),
        BoardPart::Row(panel) | BoardPart::Csv(panel) => (board.panel(panel), None),
        BoardPart::Action(None, action) => (None, board.action(action)),
        BoardPart::Action(Some(panel), action) => {
            let panel = board.panel(panel);
            (panel, panel.and_then(|panel| panel.action(action)))
        }
    };
    needs.extend(panel.map(|panel| (panel.api.as_str(), &panel.needs)));
    needs.extend(action.map(|action| (action.api.as_str(), &action.needs)));
    rights::may_follow(settings, signed_in, &needs)
}

impl ReadyLink<'_> {
    /// Where it leads for a row; `None` if the row has no value for its address.
    pub(in crate::boards) fn of_row(&self, row: &Object) -> Option<LinkTarget> {
        let href = self.to.href(&|slot| self.value(slot, row), &self.period)?;
        Some(LinkTarget { href, is_outside: self.to.is_outside() })
    }

    fn value(&self, slot: &str, row: &Object) -> Option<SlotValue> {
        let request = self.request;
        if claim_name(slot).is_some() {
            let claims = &request.signed_in().record.claims;
            let value = request.settings().claim_slots.find(slot)?.single(claims).ok()?;
            return Some(SlotValue::Plain(value));
        }
        let own = || slot_text(member(row, slot)).map(SlotValue::Plain);
        if self.kind.declares(slot) {
            return own();
        }
        let of_board = || self.of_period(slot).or_else(|| request.filter_slot(slot));
        // A row of a board about one thing has an id, too.
        match request.board.is_parameter(slot) {
            true => own().or_else(of_board),
            false => of_board().or_else(own),
        }
    }

    /// A day of the period, always as `2026-09-30`: our own pages read it, and other sites, too.
    fn of_period(&self, slot: &str) -> Option<SlotValue> {
        let period = self.request.period.filter(|_| PERIOD_SLOTS.contains(&slot))?;
        period.slot(slot, DayFormat::Date, self.request.reader()).map(SlotValue::Plain)
    }
}

impl TableLinks<'_> {
    /// Adds the links to the cells of a row, and returns what its first cell leads to.
    pub(in crate::boards) fn apply(&self, row: &Object, cells: &mut [Cell]) -> RowLead {
        let of_row = self.row.as_ref().and_then(|link| link.of_row(row));
        let lead = match (&of_row, self.has_lead) {
            (Some(_), _) => RowLead::Row,
            (None, true) => RowLead::Cell,
            (None, false) => RowLead::OwnPage,
        };
        let of_columns = self.columns.iter();
        let of_columns = of_columns.filter_map(|(index, link)| Some((*index, link.as_ref()?.of_row(row)?)));
        for (index, target) in of_row.map(|target| (0, target)).into_iter().chain(of_columns) {
            if let Some(cell) = cells.get_mut(index) {
                *cell = std::mem::take(cell).linked(Some(target));
            }
        }
        lead
    }
}

impl BoardRequest<'_> {
    /// A link of a panel, unless the user may not see the page that it leads to.
    pub(in crate::boards) fn ready_link<'r>(
        &'r self,
        kind: &'r PanelKind,
        to: &'r LinkTo,
    ) -> Option<ReadyLink<'r>> {
        let page = to.page.as_ref();
        if page.is_some_and(|page| !self.may_see(page)) {
            return None;
        }
        let period = page.map(|page| self.kept_period(page)).unwrap_or_default();
        Some(ReadyLink { to, kind, request: self, period })
    }

    /// The link of the rows of a panel.
    pub(in crate::boards) fn row_link<'r>(&'r self, panel: &'r Panel) -> Option<ReadyLink<'r>> {
        self.ready_link(&panel.kind, panel.to.as_ref()?)
    }

    /// The links of a table; `None` if its settings have none.
    pub(in crate::boards) fn table_links<'r>(
        &'r self,
        panel: &'r Panel,
        table: &'r TableSetting,
    ) -> Option<TableLinks<'r>> {
        let columns = table.columns.iter().flatten().enumerate();
        let columns: Vec<_> = columns
            .filter_map(|(index, column)| Some((index, self.ready_link(&panel.kind, column.to.as_ref()?))))
            .collect();
        let has_lead = panel.to.is_some() || columns.iter().any(|(index, _)| *index == 0);
        (has_lead || !columns.is_empty()).then(|| TableLinks { row: self.row_link(panel), columns, has_lead })
    }

    /// Whether the user may see a page; see [`may_see`].
    pub(in crate::boards) fn may_see(&self, page: &BoardPage) -> bool {
        may_see(self.settings(), self.signed_in(), page)
    }

    /// The parameters with the period of this page, if the other board has it, too, and the link does not set its own.
    fn kept_period(&self, page: &BoardPage) -> Vec<(String, String)> {
        let is_of_period =
            |(name, _): &(String, Option<String>)| matches!(name.as_str(), "period" | "from" | "to");
        let other = self.settings().board(&page.board).and_then(|board: &Board| board.period.as_ref());
        let (Some(period), Some(other)) = (self.period, other) else { return Vec::new() };
        if page.parameters.iter().any(is_of_period) {
            return Vec::new();
        }
        match period.choice {
            Some(choice) if choice == other.default => Vec::new(),
            Some(choice) if other.choices.contains(&choice) => vec![("period".to_owned(), choice.code())],
            Some(_) => Vec::new(),
            None => {
                let (from, to) = (period.from.to_string(), period.to.to_string());
                let query = PeriodQuery { choice: None, from: Some(from.clone()), to: Some(to.clone()) };
                let is_valid = Period::requested(other, &query, self.reader().today(self.now()));
                let pairs = vec![("from".to_owned(), from), ("to".to_owned(), to)];
                if is_valid.is_some() { pairs } else { Vec::new() }
            }
        }
    }
}
