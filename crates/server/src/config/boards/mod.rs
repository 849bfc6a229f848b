//! Boards and panels: the content of a dashboard, and the allow-list of the requests that a browser can cause at an
//! API. The settings of each panel kind are in `kinds`, paths with slots in `template`, periods in `period`.

mod action;
mod body;
mod condition;
mod download;
mod file_kind;
mod filter;
mod filter_choices;
#[cfg(test)]
mod filter_tests;
mod filter_uses;
mod format;
mod ids;
#[cfg(test)]
mod kind_tests;
pub mod kinds;
mod look;
mod markdown;
mod needs;
mod period;
mod read;
mod segment;
mod sentence;
mod slot;
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
    problem::SettingProblem,
    reader::{self, REMOVE_IT, TomlTable},
    sources::Lines,
    toml_key::{ByValue, TomlKey, TomlKeys, local, one_of as named, table, tables, text},
    values,
};

pub use action::{Action, Choice, FieldKind, FieldSetting};
pub use body::Parameter;
pub use condition::{Check, Condition, Operand, Side, Test};
pub use download::DownloadSetting;
pub use file_kind::FileKind;
pub use filter::{FilterDefault, FilterKind, FilterSetting, find_filter};
pub use filter_choices::{ChoicesSetting, FilterChoices};
pub use filter_uses::{is_filter_of_detail, with_parents};
pub use format::{CurrencyOf, MemberSetting, PercentOf, ValueFormat, exponent};
pub(super) use ids::WrittenIds as BoardIds;
pub use kinds::PanelKind;
pub use look::{LookSetting, RuleSetting, TagSetting, Whole};
pub(super) use markdown::Markdown;
pub use needs::{ClaimNeed, Needs};
pub use period::{DayFormat, PeriodSetting, Span, Unit};
pub use read::ReadSetting;
pub use sentence::Sentence;
pub use slot::{FilterSlot, SlotForm, SlotValue};
pub use tab::{CountSetting, TabSetting};
pub use template::{Template, Unfit, is_path_value};
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
    /// The actions for each row of a table.
    pub actions: Vec<Action>,
    /// The positions of the filters of the board that its content depends on.
    pub filters: Vec<usize>,
}

impl Board {
    /// Whether its pages need the second stylesheet (`style/extra/`), which a first visit does not load otherwise.
    pub fn needs_extra_style(&self) -> bool {
        let needs =
            |panel: &Panel| panel.section.is_some() || panel.hint.is_some() || panel.kind.needs_extra_style();
        !self.filters.is_empty() || self.panels.iter().any(needs)
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
pub(super) const PERIOD_SLOTS: [&str; 3] = ["from", "to", "until"];

/// Reads `[[board]]`, and adds errors to `problems`.
pub(super) fn read(
    value: &Spanned<DeValue<'_>>,
    lines: &Lines<'_>,
    apis: &Names,
    ids: &mut BoardIds,
    problems: &mut Vec<SettingProblem>,
) -> Vec<Board> {
    reader::tables(value, "board", lines, problems, |mut at| {
        let id = at.required("id", slug);
        let group = at.optional_local("group", title);
        let icon = at.optional("icon", |text| by_name(text, BoardIcon::ALL, BoardIcon::name));
        let width = at.optional("width", |text| by_name(text, &BoardWidth::ALL, BoardWidth::name));
        let title = at.required_local("title", title);
        let needs = needs::read(&mut at);
        let has_period = at.has("period");
        let period = at.table("period", period::read);
        let mut filters = filter::read(&mut at, apis);
        let tabs = tab::read(&mut at, apis, &filters, has_period);
        let mut panel_ids = BoardIds::default();
        let mut panels = at.list("panel", |at| panel(at, has_period, &filters, apis, &mut panel_ids));
        let numbered_ids = panel_ids.complete("panel", panels.as_deref_mut().unwrap_or_default(), |panel| {
            (&mut panel.id, &panel.title)
        });
        let mut is_in_section = false;
        for panel in panels.iter_mut().flatten() {
            is_in_section |= panel.section.is_some();
            panel.is_in_section = is_in_section;
        }
        filter_uses::note_paths(&mut at, &mut filters, &tabs, panels.as_deref().unwrap_or_default());
        let actions = action::read(&mut at, false, apis, DEFAULT_API);
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
            filters,
            tabs,
            needs,
            panels: panels?,
            actions,
            numbered_ids,
        })
    })
}

fn panel(
    mut at: TomlTable<'_, '_>,
    has_period: bool,
    filters: &[FilterSetting],
    apis: &Names,
    ids: &mut BoardIds,
) -> Option<Panel> {
    let id = ids.read(&mut at, "panel");
    let name = at.required_local("title", title);
    let api = at.optional("api", |id| apis.find(id)).unwrap_or_else(|| DEFAULT_API.to_owned());
    let has_request = kinds::has_request(at.value("kind").and_then(|kind| kind.as_str()));
    let read = has_request.then(|| read::read(&mut at, has_period, filters, apis));
    let every = at.optional("every", values::duration);
    let needs = needs::read(&mut at);
    let size = at.optional("size", |text| by_name(text, &PanelSize::ALL, PanelSize::name));
    let (section, hint) = (at.optional_local("section", title), at.optional_local("hint", title));
    let actions = action::read(&mut at, true, apis, &api);
    let kind = kinds::read(&mut at);
    if at.has("action") && kind.as_ref().is_some_and(|kind| !kind.takes_actions()) {
        at.problem_with("action", "is not allowed here: only tables and boards have actions", REMOVE_IT);
    }
    if let (Some(kind), Some(Some(read))) = (&kind, &read) {
        kind.check(read, &mut at);
    }
    let detail = kind.as_ref().and_then(PanelKind::as_table).and_then(|table| table.detail.as_ref());
    if let Some(message) =
        detail.and_then(|detail| detail.slots().find_map(|slot| apis.claims().check(slot).err()))
    {
        at.problem("detail", message);
    }
    let problem = kind.as_ref().and_then(PanelKind::as_table).and_then(|table| table.slot_problem(apis));
    if let Some(message) = problem {
        at.problem("columns", message);
    }
    filter_uses::check(&mut at, filters, name.as_ref(), detail);
    let problem = kind.as_ref().and_then(|kind| {
        kind.text_slots().find_map(|slot| read::slot_message(slot, has_period, filters, apis))
    });
    if let Some(message) = problem {
        at.problem("text", message);
    }
    let (name, kind) = (name?, kind?);
    let read = match read {
        Some(read) => Some(read?),
        None => None,
    };
    let filters = filter_uses::of_panel(filters, &name, read.as_ref(), &kind);
    let size = size.unwrap_or(kind.size());
    let is_in_section = section.is_some();
    Some(Panel {
        id,
        title: name,
        api,
        section,
        is_in_section,
        hint,
        read,
        every,
        needs,
        size,
        kind,
        actions,
        filters,
    })
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
        true => format!("is \"{text}\", but {}", one_of(names)),
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
