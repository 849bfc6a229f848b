//! Boards and panels: the content of a dashboard, and the allow-list of the requests that a browser can cause at an
//! API. The settings of each panel kind are in `kinds`, paths with slots in `template`, periods in `period`.

mod action;
mod after;
mod body;
mod condition;
mod download;
mod field;
mod file_kind;
mod filter;
mod filter_choices;
#[cfg(test)]
mod filter_tests;
mod filter_uses;
mod format;
mod ids;
mod if_match;
mod image;
mod job;
#[cfg(test)]
mod kind_tests;
pub mod kinds;
#[cfg(test)]
mod link_tests;
mod link_to;
mod link_uses;
mod look;
mod markdown;
mod member_path;
mod needs;
mod panel;
mod period;
mod read;
mod segment;
mod sentence;
mod slot;
mod subject;
#[cfg(test)]
mod subject_tests;
mod tab;
mod template;
#[cfg(test)]
mod tests;
mod uses;
mod width;

use std::time::Duration;

use claimcheck_model::{BoardIcon, PanelSize};
use toml::{Spanned, de::DeValue};

use super::{
    LocalText,
    apis::{DEFAULT_API, Names},
    problem::{SettingPlace, SettingProblem, nearest},
    reader,
    sources::Lines,
    toml_key::{ByValue, TomlKey, TomlKeys, local, one_of as named, table, tables, text},
};

pub use action::Action;
pub use after::AfterSetting;
pub use body::Parameter;
pub use condition::{Check, Condition, Operand, Side, Test};
pub use download::DownloadSetting;
pub use field::{Choice, FieldKind, FieldSetting};
pub use file_kind::FileKind;
pub use filter::{FilterDefault, FilterKind, FilterSetting, find_filter};
pub use filter_choices::{ChoicesSetting, FilterChoices};
pub use filter_uses::{is_filter_of_detail, with_parents};
pub use format::{CurrencyOf, MemberSetting, PercentOf, ValueFormat, exponent};
pub(super) use ids::WrittenIds as BoardIds;
pub use if_match::IfMatch;
pub use image::ImageSetting;
pub use job::{JobSetting, LOCATION_LAST};
pub use kinds::PanelKind;
pub use link_to::{BoardPage, BoardPart, LinkTo};
pub(super) use link_uses::check_pages;
pub use link_uses::row_slots;
pub use look::{LookSetting, RuleSetting, TagSetting, Whole};
pub(super) use markdown::Markdown;
pub use member_path::{MemberPath, Step};
pub use needs::{ClaimNeed, Needs};
pub use period::{DayFormat, PeriodSetting, Span, Unit};
pub use read::ReadSetting;
pub use segment::has_dot_segment;
pub use sentence::Sentence;
pub use slot::{FilterSlot, SlotForm, SlotValue};
use subject::BoardSlots;
pub use subject::SubjectSetting;
pub use tab::{CountSetting, TabSetting};
pub use template::{Template, Unfit, is_path_value, is_slot_value};
pub(super) use template::{TemplatePart, pieces, slots};
pub use width::BoardWidth;

/// A page of panels.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// Its name in the URL: `[a-z0-9-]+`, unique.
    pub id: String,
    pub title: LocalText,
    /// The heading under which the navigation has it.
    pub group: Option<LocalText>,
    /// The drawing beside its title in the navigation.
    pub icon: Option<BoardIcon>,
    pub width: BoardWidth,
    /// The periods for `{from}`, `{to}` and `{until}` in the paths of its panels.
    pub period: Option<PeriodSetting>,
    /// What it is about, if that is one thing.
    pub subject: Option<SubjectSetting>,
    /// The values that users choose for all panels.
    pub filters: Vec<FilterSetting>,
    /// Saved values of the filters.
    pub tabs: Vec<TabSetting>,
    /// The access that it requires; without it, the board and everything on it are locked.
    pub needs: Needs,
    /// At least one.
    pub panels: Vec<Panel>,
    /// The actions without a row.
    pub actions: Vec<Action>,
    /// The ids of panels whose titles are taken by others before them.
    pub numbered_ids: Vec<String>,
}

/// One request to the API and how its response is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Its name in addresses and forms: `[a-z0-9-]+`, unique on its board.
    pub id: String,
    pub title: LocalText,
    /// The id of its API.
    pub api: String,
    /// The heading of the section that begins with it.
    pub section: Option<LocalText>,
    /// It is in a section, its own or that of a panel before it.
    pub is_in_section: bool,
    /// An explanation beside its title.
    pub hint: Option<LocalText>,
    /// The request to the API; its slots are those of the board's period, and claims. None for a kind that shows what
    /// the settings say.
    pub read: Option<ReadSetting>,
    /// How often a visible panel refreshes itself: at least a second.
    pub every: Option<Duration>,
    /// The access that it requires; without it, the panel is shown as locked.
    pub needs: Needs,
    pub size: PanelSize,
    pub kind: PanelKind,
    /// Where its rows, or its number, lead.
    pub to: Option<LinkTo>,
    /// The actions for each row of a table.
    pub actions: Vec<Action>,
    /// The positions of the filters of the board that its content depends on.
    pub filters: Vec<usize>,
    /// It has no request, because it shows the subject of the board.
    pub shows_subject: bool,
    /// Its content or its request needs the subject of the board.
    pub uses_subject: bool,
}

impl Board {
    /// Whether its pages need the second stylesheet (`style/extra/`), which a first visit does not load otherwise.
    pub fn needs_extra_style(&self) -> bool {
        let needs = |panel: &Panel| {
            let has_links = panel.links().next().is_some();
            panel.section.is_some() || panel.hint.is_some() || has_links || panel.kind.needs_extra_style()
        };
        let has_link = self.all_actions().any(|action| action.after.to.is_some());
        !self.filters.is_empty() || self.subject.is_some() || has_link || self.panels.iter().any(needs)
    }
}

impl Board {
    /// The panel with that id.
    pub fn panel(&self, id: &str) -> Option<&Panel> {
        self.panels.iter().find(|panel| panel.id == id)
    }

    /// The panels that request something of an API: texts and links do not.
    pub fn panels_with_request(&self) -> impl Iterator<Item = &Panel> {
        self.panels.iter().filter(|panel| panel.read.is_some())
    }

    /// The action of the board as a whole with that id.
    pub fn action(&self, id: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.id == id)
    }
}

impl Panel {
    /// Whether it shows only what the settings say.
    pub fn is_static(&self) -> bool {
        self.read.is_none() && !self.shows_subject
    }

    /// The action of its rows with that id.
    pub fn action(&self, id: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.id == id)
    }
}

/// The keys of a board.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "board",
    &[
        &[
            text("id", "the board's name in the URL: a-z, 0-9 and -, such as `open-orders`").required(),
            local("title", "the name of the board").required(),
            local("group", "the heading under which the navigation has the board"),
            named(
                "icon",
                || BoardIcon::ALL.iter().map(|icon| icon.name()).collect(),
                "the drawing beside the title in the navigation",
            ),
            named(
                "width",
                || BoardWidth::ALL.into_iter().map(BoardWidth::name).collect(),
                "how much of a wide window the board takes: `normal`, up to 1440 pixels, or `wide`, all of it",
            ),
            table("period", &period::KEYS, "the date ranges that users choose from"),
            table("subject", &subject::KEYS, "the one thing that the board is about, such as a customer"),
            tables("filter", &filter::KEYS, "the values that users choose for all panels, at most 20"),
            tables("tab", &tab::KEYS, "saved values of the filters, at most 12"),
            tables("panel", &PANEL, "the panels, at least one").required(),
            tables("action", &action::KEYS, "the actions of the board as a whole"),
        ],
        &needs::KEYS,
    ],
);
/// The keys of every panel.
static COMMON: [TomlKey; 6] = [
    local("title", "the heading of the panel").required(),
    text("id", "the panel's name in addresses: a-z, 0-9 and -; by default it is made from `title`"),
    named("kind", kinds::names, "how the panel shows the response").required(),
    named("size", || PanelSize::ALL.into_iter().map(PanelSize::name).collect(), "the width of the panel"),
    local("section", "a heading above this panel; it and the panels after it are a section of the board"),
    local("hint", "an explanation of the panel, which users open beside its title"),
];
/// The keys of every panel with a request, beside those of the request.
static OF_REQUEST: [TomlKey; 3] = [
    text("api", "the id of an `[[api]]`; by default the API of `api_url`"),
    text("every", "how often the panel refreshes while it is visible: `30s`, `2m` or `1h`"),
    tables("action", &action::KEYS, "the actions for each row of a table"),
];
static PANEL: TomlKeys = TomlKeys::new("panel", &[&COMMON, &needs::KEYS])
    .by_value(ByValue { key: "kind", cases: kinds::cases })
    .rules(&[&read::RULES, &format::NUMBER_RULES]);

/// The slots that a board's period fills: its first day, its last day, and the day after that.
pub const PERIOD_SLOTS: [&str; 3] = ["from", "to", "until"];

/// Reads `[[board]]`, and adds errors to `problems`.
pub(super) fn read(
    value: &Spanned<DeValue<'_>>,
    lines: &Lines<'_>,
    apis: &Names,
    ids: &mut BoardIds,
    problems: &mut Vec<SettingProblem>,
) -> Vec<Board> {
    let earlier = problems.len();
    let boards = reader::tables(value, "board", lines, problems, |mut at| {
        let id = at.required("id", slug);
        let group = at.optional_local("group", title);
        let icon = at.optional("icon", |text| by_name(text, BoardIcon::ALL, BoardIcon::name));
        let width = at.optional("width", |text| by_name(text, &BoardWidth::ALL, BoardWidth::name));
        let title = at.required_local("title", title);
        let needs = needs::read(&mut at);
        let of_board = BoardSlots::of(&at);
        let period = at.table("period", period::read);
        let mut subject = subject::read(&mut at, &of_board, apis, ids);
        let mut filters = filter::read(&mut at, apis, &of_board);
        let tabs = tab::read(&mut at, apis, &filters, &of_board);
        let mut panel_ids = BoardIds::default();
        let mut panels = at.list("panel", |at| panel::read(at, &of_board, &filters, apis, &mut panel_ids));
        let numbered_ids = panel_ids.complete("panel", panels.as_deref_mut().unwrap_or_default(), |panel| {
            (&mut panel.id, &panel.title)
        });
        let mut is_in_section = false;
        for panel in panels.iter_mut().flatten() {
            is_in_section |= panel.section.is_some();
            panel.is_in_section = is_in_section;
        }
        if let Some(subject) = &mut subject {
            subject::note_filters(&mut at, subject, &filters);
        }
        let read = panels.as_deref().unwrap_or_default();
        filter_uses::check_all_pages(&mut at, &filters, read);
        let in_paths = filter_uses::note_paths(&mut at, &mut filters, &tabs, read, subject.as_ref());
        let actions = action::read(&mut at, false, &of_board, apis, DEFAULT_API);
        if let Some(subject) = &mut subject {
            subject::note_paths(subject, &in_paths, &actions);
        }
        if let Some(id) = &id {
            ids.take(&mut at, "board", id);
        }
        if at.is_empty("panel") {
            at.problem("panel", "is missing: a board needs at least one [[board.panel]]");
        }
        at.no_more(KEYS.parts);
        Some(Board {
            id: id?,
            title: title?,
            group,
            icon,
            width: width.unwrap_or_default(),
            period,
            subject,
            filters,
            tabs,
            needs,
            panels: panels?,
            actions,
            numbered_ids,
        })
    });
    // In the order of the file.
    if let Some(found) = problems.get_mut(earlier..) {
        found.sort_by_key(|problem| problem.place.as_ref().and_then(SettingPlace::line));
    }
    boards
}

/// A text that is not empty.
pub(super) fn title(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("must not be empty".to_owned()) } else { Ok(text.trim().to_owned()) }
}

pub(super) fn slug(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.is_empty() && text.chars().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("is part of a URL: use only a-z, 0-9 and -, such as \"open-orders\"".to_owned())
    }
}

/// The value with that name, among all values.
fn by_name<T: Copy>(text: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, String> {
    let found = all.iter().copied().find(|value| name(*value) == text);
    found.ok_or_else(|| not_one_of(text, &all.iter().map(|value| name(*value)).collect::<Vec<_>>()))
}

/// Quotes a text that is none of the accepted names, and lists them.
fn not_one_of(text: &str, names: &[&str]) -> String {
    match text.chars().count() <= 40 && !text.chars().any(char::is_control) {
        true => {
            let near = nearest(text, names.iter().copied()).map(|near| format!("; did you mean \"{near}\"?"));
            format!("is \"{text}\", but {}{}", one_of(names), near.unwrap_or_default())
        }
        false => one_of(names),
    }
}

/// Lists the only accepted names.
fn one_of(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
    match names.split_last() {
        Some((last, [])) => format!("must be {last}"),
        Some((last, others)) => format!("must be {} or {last}", others.join(", ")),
        None => "is not allowed".to_owned(),
    }
}

/// `placed_at` as "Placed at".
pub fn title_from_key(key: &str) -> String {
    let words = key.replace(['_', '-', '.'], " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
