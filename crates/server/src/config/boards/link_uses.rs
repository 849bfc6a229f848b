//! The links of a panel: which there are, what fills them, and whether the pages of boards that they name exist.

use claimcheck_model::paths;

use super::{
    Board, FilterSetting, Markdown, PERIOD_SLOTS, Panel, PanelKind,
    filter::find_filter,
    kinds::table::TableSetting,
    link_to::{BoardPage, BoardPart, LinkTo, Written},
    read::slot_message,
    subject::{BoardSlots, PREFIX as SUBJECT},
};
use crate::config::{
    apis::Names,
    claim_slots::claim_name,
    problem::{SettingProblem, nearest},
    reader::TomlTable,
};

/// The parameters of the panels of a board.
const OF_PANELS: [&str; 4] = ["q", "sort", "order", "page"];
/// The parameters of a board with a period.
const OF_PERIOD: [&str; 3] = ["period", "from", "to"];

impl Panel {
    /// The links of its settings, without those in texts.
    pub fn links(&self) -> impl Iterator<Item = &LinkTo> {
        self.to.iter().chain(self.kind.links())
    }
}

impl Panel {
    /// The links of its rows, without those of the page of a row.
    pub fn row_links(&self) -> impl Iterator<Item = &LinkTo> {
        let of_columns = self.kind.as_table().into_iter().flat_map(TableSetting::column_links);
        let of_facts = match &self.kind {
            PanelKind::Facts(facts) => facts.fields.as_slice(),
            _ => &[],
        };
        self.to.iter().chain(of_columns).chain(of_facts.iter().filter_map(|fact| fact.to.as_ref()))
    }
}

impl PanelKind {
    /// The links of its columns, fields and entries.
    pub(super) fn links(&self) -> Box<dyn Iterator<Item = &LinkTo> + '_> {
        match self {
            Self::Table(table) => {
                let of_detail = table.detail_fields().filter_map(|fact| fact.to.as_ref());
                Box::new(table.column_links().chain(of_detail))
            }
            Self::Facts(facts) => Box::new(facts.fields.iter().filter_map(|fact| fact.to.as_ref())),
            Self::Links(links) => Box::new(links.links.iter().map(|link| &link.to)),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// Whether its settings name this member of its rows. Such a member fills a slot of a link; any other slot is that of
    /// a filter or a period, if the board has one of that name.
    pub fn declares(&self, slot: &str) -> bool {
        match self {
            Self::Table(table) => {
                let is_column = || table.columns.iter().flatten().any(|column| column.key == slot);
                let is_field = || table.detail_fields().any(|fact| fact.key == slot);
                table.name_key() == Some(slot) || is_column() || is_field()
            }
            Self::Facts(facts) => facts.fields.iter().any(|fact| fact.key == slot),
            Self::List(list) => {
                let parts = [list.note.as_ref(), list.value.as_ref(), list.tag.as_ref()];
                list.label.key == slot || parts.into_iter().flatten().any(|part| part.key == slot)
            }
            Self::Timeline(timeline) => {
                let parts = [Some(&timeline.at), timeline.note.as_ref(), timeline.tag.as_ref()];
                timeline.label.key == slot || parts.into_iter().flatten().any(|part| part.key == slot)
            }
            Self::Chart(chart) => {
                let of_series = chart.series.as_ref().is_some_and(|series| series.key == slot);
                chart.x.key == slot || of_series || chart.y.iter().any(|series| series.key == slot)
            }
            Self::Share(share) => share.label.key == slot || share.value.key == slot,
            Self::Stat(_) | Self::Meter(_) | Self::Text(_) | Self::Links(_) => false,
        }
    }

    /// Whether a slot of its links is the filter of that name.
    pub fn is_filter_of_link(&self, filters: &[FilterSetting], slot: &str) -> bool {
        find_filter(filters, slot).is_some() && !self.declares(slot)
    }
}

/// Reports slots of links that nothing fills, and filters where they cannot be.
pub(super) fn check_slots(
    at: &mut TomlTable<'_, '_>,
    (to, kind): (Option<&LinkTo>, &PanelKind),
    (of_board, filters, names): (&BoardSlots, &[FilterSetting], &Names),
) {
    let has_rows = !matches!(kind, PanelKind::Links(_));
    let has_one_number = matches!(kind, PanelKind::Stat(_) | PanelKind::Meter(_));
    let is_multiple = |slot: &str| {
        let is_it = kind.is_filter_of_link(filters, slot);
        find_filter(filters, slot).filter(|_| is_it).map(|(_, filter)| filter.is_multiple())
    };
    for link in to.into_iter().chain(kind.links()) {
        let of_slot = |slot: &str| match claim_name(slot) {
            Some(_) => names.claims().check(slot).err(),
            None if has_one_number && slot.starts_with('$') => Some(format!(
                "has the JSONPath {{{slot}}}, but a number has no row: name a member of the response, such as {{plan.id}}"
            )),
            None if has_rows && !slot.starts_with(SUBJECT) => None,
            None => slot_message(slot, of_board, filters, names),
        };
        let message = link.slots().find_map(of_slot).or_else(|| link.check_filters(&is_multiple).err());
        if let Some(message) = message {
            at.report(
                link.problem(message).with_remedy("name a placeholder that is filled here, or remove it"),
            );
        }
    }
}

/// Mistakes in links: boards, panels, actions, parameters and values that there are not.
pub(in crate::config) fn check_pages(boards: &[Board]) -> Vec<SettingProblem> {
    let mut problems: Vec<SettingProblem> =
        boards.iter().filter_map(|board| board.back_mistake(boards)).collect();
    let of_actions = boards.iter().flat_map(Board::all_actions).filter_map(|action| action.after.to.as_ref());
    let of_panels = boards.iter().flat_map(|board| &board.panels).flat_map(Panel::links);
    for link in of_panels.chain(of_actions) {
        let Some(page) = &link.page else { continue };
        problems
            .extend(page.mistake(boards).map(|(message, remedy)| link.problem(message).with_remedy(remedy)));
    }
    for panel in boards.iter().flat_map(|board| &board.panels) {
        if let PanelKind::Text(text) = &panel.kind {
            let pages = text.text.all().flat_map(Markdown::pages);
            problems.extend(pages.filter_map(|page| in_text(&text.written, page, boards)));
        }
    }
    problems
}

fn in_text(written: &Written, page: &BoardPage, boards: &[Board]) -> Option<SettingProblem> {
    let (message, remedy) = page.mistake(boards)?;
    Some(written.problem(format!("has a link that {message}")).with_remedy(remedy))
}

impl Board {
    /// A way back that leads nowhere: to a board that needs parameters, or to the board itself.
    fn back_mistake(&self, boards: &[Board]) -> Option<SettingProblem> {
        let subject = self.subject.as_ref()?;
        let to = boards.iter().find(|board| Some(&board.id) == subject.back.as_ref())?;
        let parameter = to.subject.iter().flat_map(|subject| &subject.parameters).next();
        let message = match parameter {
            Some(name) => format!("leads to the board `{}`, which needs the parameter `{name}`", to.id),
            None if to.id == self.id => "leads to this board itself".to_owned(),
            None => return None,
        };
        let problem = subject.back_written.problem(message);
        Some(problem.with_remedy("name a board without parameters, such as the one with the list"))
    }
}

/// A message and its remedy.
type Mistake = (String, String);

impl BoardPage {
    /// What is wrong with it, if these are all boards.
    fn mistake(&self, boards: &[Board]) -> Option<Mistake> {
        let Some(board) = boards.iter().find(|board| board.id == self.board) else {
            let known = boards.iter().map(|board| board.id.as_str());
            return Some(unknown("leads to the board", &self.board, known));
        };
        self.part_mistake(board)
            .or_else(|| {
                self.parameters
                    .iter()
                    .find_map(|(name, value)| self.parameter_mistake(board, name, value.as_deref()))
            })
            .or_else(|| self.missing_mistake(board))
    }

    /// A panel or an action that the board does not have.
    fn part_mistake(&self, board: &Board) -> Option<Mistake> {
        let is_table = |panel: &&Panel| panel.kind.as_table().is_some();
        let tables = || board.panels.iter().filter(is_table);
        let no_table = |panel: &str| match tables().any(|table| table.id == panel) {
            true => None,
            false => Some(unknown("leads to the table", panel, tables().map(|table| table.id.as_str()))),
        };
        let no_action = |actions: &[super::Action], action: &str| match actions
            .iter()
            .any(|known| known.id == action)
        {
            true => None,
            false => {
                Some(unknown("leads to the action", action, actions.iter().map(|known| known.id.as_str())))
            }
        };
        let of_part = match &self.part {
            BoardPart::Board => None,
            BoardPart::Row(panel) | BoardPart::Csv(panel) => no_table(panel),
            BoardPart::Action(None, action) => no_action(&board.actions, action),
            BoardPart::Action(Some(panel), action) => no_table(panel)
                .or_else(|| no_action(board.panel(panel).map_or(&[], |panel| &panel.actions), action)),
        };
        of_part.or_else(|| {
            let panel = self.at_panel.as_ref().filter(|panel| board.panel(panel).is_none())?;
            let known = board.panels.iter().map(|panel| panel.id.as_str());
            Some(unknown("leads to the panel", panel, known))
        })
    }

    /// A parameter that the page does not have, or a value that its filter refuses.
    fn parameter_mistake(&self, board: &Board, name: &str, value: Option<&str>) -> Option<Mistake> {
        let parameters = board.subject.iter().flat_map(|subject| &subject.parameters);
        let filters = board.filters.iter().map(|filter| &filter.key);
        let mut known: Vec<String> = parameters.chain(filters).cloned().collect();
        if board.period.is_some() {
            known.extend(OF_PERIOD.map(str::to_owned));
        }
        known.extend(match &self.part {
            BoardPart::Board => Vec::new(),
            BoardPart::Csv(_) => vec![paths::CSV_ROWS.to_owned(), paths::CSV_SEPARATOR.to_owned()],
            BoardPart::Row(_) | BoardPart::Action(Some(_), _) => vec![paths::ROW_KEY.to_owned()],
            BoardPart::Action(None, _) => Vec::new(),
        });
        let of_panel = |panel: &Panel| OF_PANELS.map(|name| claimcheck_model::parameter(name, &panel.id));
        known.extend(board.panels.iter().filter(|panel| panel.kind.as_table().is_some()).flat_map(of_panel));
        if !known.iter().any(|known| known == name) {
            let message = format!("has the parameter `{name}`, which the board `{}` does not have", board.id);
            let near = nearest(name, known.iter().map(String::as_str));
            let remedy = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if board.filters.is_empty() => {
                    format!("add a filter `{name}` to the board `{}`, or remove it", board.id)
                }
                None => format!("parameters of the board: {}", known.join(", ")),
            };
            return Some((message, remedy));
        }
        let (_, filter) = find_filter(&board.filters, name)?;
        let refused = filter.check(value.filter(|value| !value.is_empty())?).err()?;
        let message = format!("sets the filter `{name}`, but its value {refused}");
        Some((message, "write a value of the filter".to_owned()))
    }

    /// The row or the subject that the page needs.
    fn missing_mistake(&self, board: &Board) -> Option<Mistake> {
        let has = |name: &str| self.parameters.iter().any(|(known, _)| known == name);
        let needs_row = matches!(self.part, BoardPart::Row(_) | BoardPart::Action(Some(_), _));
        if needs_row && !has(paths::ROW_KEY) {
            let remedy = format!("add `{}={{id}}` with the key of the row", paths::ROW_KEY);
            return Some(("names no row".to_owned(), remedy));
        }
        let name = board.subject.iter().flat_map(|subject| &subject.parameters).find(|name| !has(name))?;
        let message =
            format!("lacks the parameter `{name}`, which says what the board `{}` is about", board.id);
        Some((message, format!("add `{name}={{id}}` with a member of the row")))
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Mistake {
    let message = format!("{what} `{name}`, which does not exist");
    let remedy = match nearest(name, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => match known.collect::<Vec<_>>().join(", ") {
            none if none.is_empty() => "there is none".to_owned(),
            known => format!("known here: {known}"),
        },
    };
    (message, remedy)
}

/// The slots of a link that only the row can fill.
pub fn row_slots<'a>(
    board: &'a Board,
    link: &'a LinkTo,
    kind: &'a PanelKind,
) -> impl Iterator<Item = &'a str> {
    let is_of_board = move |slot: &str| {
        let is_period = board.period.is_some() && PERIOD_SLOTS.contains(&slot);
        let is_other = is_period || find_filter(&board.filters, slot).is_some() || board.is_parameter(slot);
        claim_name(slot).is_some() || slot.starts_with(SUBJECT) || (is_other && !kind.declares(slot))
    };
    link.slots().filter(move |slot| !is_of_board(slot))
}
