//! `[board.subject]`: a board about one thing, such as a customer. Parameters of the address name it, one request reads it,
//! and its members fill slots such as `{subject.name}`. `boards::subject` sends the request.

use std::collections::BTreeSet;

use toml::de::DeValue;

use crate::config::{
    Local,
    apis::{DEFAULT_API, Names},
    boards::{
        Action, Board, BoardIds, BoardPage, BoardPart, FilterSetting, LinkTo, Needs, PERIOD_SLOTS, Panel,
        PanelKind, ReadSetting, Sentence, Template, filter, find_filter,
        kinds::{rows, rows::RowsSetting},
        link_to::Written,
        slug,
        template::{pieces, slots},
        with_parents,
    },
    claim_slots::claim_name,
    reader::TomlTable,
    toml_key::{TomlKeys, local, text},
    values,
};

/// The beginning of a slot for a member of the subject.
pub(super) const PREFIX: &str = "subject.";

/// What a board is about.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectSetting {
    /// The id of the API.
    pub api: String,
    /// Its slots are the parameters, claims, filters and the period.
    pub path: Template,
    /// The parameters of the address that name the subject, in order. All are required.
    pub parameters: Vec<String>,
    /// The parameters that are in a path, where each is one segment.
    pub in_paths: BTreeSet<String>,
    /// Where the object is in the response.
    pub item: RowsSetting,
    /// Its name, with members of the object in the slots.
    pub title: Option<Local<Sentence>>,
    /// The scopes that its request needs.
    pub needs: Needs,
    /// The board that the way back leads to; by default the first one with a link to this board.
    pub back: Option<String>,
    /// Where `back` is written.
    pub(super) back_written: Written,
    /// The positions of the filters in its path, with those that they depend on.
    pub filters: Vec<usize>,
}

/// The keys of `[board.subject]`.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "subject",
    &[&[
        text(
            "get",
            "path of the request, such as `/customers/{id}`; `id` is then a parameter of the address",
        )
        .required(),
        text("api", "the id of an `[[api]]`; by default the API of `api_url`"),
        text("item", "JSONPath of the object in the response; by default the response itself, `$`"),
        local("title", "the heading, with members of the object such as `{name}`"),
        text("scope", "the scopes that the request needs, separated by spaces"),
        text("back", "the id of the board that the way back leads to"),
    ]],
);

/// What can be in the slots of a board beside claims and filters.
#[derive(Clone, Debug, Default)]
pub(super) struct BoardSlots {
    pub has_period: bool,
    /// The board has a subject; its slots are known also if its settings have mistakes.
    pub has_subject: bool,
    /// The API of the subject.
    pub api: String,
    pub parameters: Vec<String>,
}

impl BoardSlots {
    /// What the keys of a board say.
    pub(super) fn of(at: &TomlTable<'_, '_>) -> Self {
        let has_period = at.has("period");
        let Some(DeValue::Table(subject)) = at.value("subject") else {
            return Self { has_period, has_subject: at.has("subject"), ..Self::default() };
        };
        let text = |key: &str| subject.get(key).and_then(|value| value.get_ref().as_str());
        let filters = filter_keys(at.value("filter"));
        let mut parameters: Vec<String> = Vec::new();
        let path = pieces(text("get").unwrap_or_default()).unwrap_or_default();
        for slot in slots(&path) {
            let is_other = claim_name(slot).is_some()
                || slot.starts_with(PREFIX)
                || filters.contains(&slot)
                || (has_period && PERIOD_SLOTS.contains(&slot));
            if !is_other && !parameters.iter().any(|known| known == slot) {
                parameters.push(slot.to_owned());
            }
        }
        let api = text("api").unwrap_or(DEFAULT_API).to_owned();
        Self { has_period, has_subject: true, api, parameters }
    }

    /// Whether the subject fills a slot: one for a parameter or for a member.
    pub(super) fn is_of_subject(&self, slot: &str) -> bool {
        self.is_parameter(slot) || (self.has_subject && member_name(slot).is_some())
    }

    pub(super) fn is_parameter(&self, slot: &str) -> bool {
        self.parameters.iter().any(|name| name == slot)
    }

    /// Whether the period of the board fills a slot.
    pub(super) fn is_of_period(&self, slot: &str) -> bool {
        self.has_period && PERIOD_SLOTS.contains(&slot)
    }
}

/// The keys of the filters, as far as they are readable.
fn filter_keys<'a>(filters: Option<&'a DeValue<'a>>) -> Vec<&'a str> {
    let items = filters.and_then(|filters| filters.as_array()).into_iter().flat_map(|items| items.iter());
    items.filter_map(|item| item.get_ref().as_table()?.get("key")?.get_ref().as_str()).collect()
}

/// The member of the subject that a slot names.
fn member_name(slot: &str) -> Option<&str> {
    slot.strip_prefix(PREFIX).filter(|name| !name.is_empty())
}

/// Reads `[board.subject]`.
pub(super) fn read(
    at: &mut TomlTable<'_, '_>,
    of_board: &BoardSlots,
    names: &Names,
    ids: &mut BoardIds,
) -> Option<SubjectSetting> {
    at.table("subject", |mut at| {
        let api = at.optional("api", |id| names.find(id)).unwrap_or_else(|| DEFAULT_API.to_owned());
        let path = at.required("get", |text| {
            let path = Template::parse(text)?;
            path.slots().try_for_each(|slot| names.claims().check(slot))?;
            if let Some(slot) = path.slots().find(|slot| slot.starts_with(PREFIX)) {
                return Err(format!("has the placeholder {{{slot}}}, but this request finds the subject"));
            }
            of_board.parameters.iter().try_for_each(|name| filter::key(name).map(|_| ())).map_err(
                |message| {
                    format!("has a placeholder that cannot be a parameter of the address: it {message}")
                },
            )?;
            Ok(path)
        });
        let mut members: Vec<String> = Vec::new();
        let title = at.optional_local("title", Sentence::parse);
        members.extend(title.iter().flat_map(Local::all).flat_map(Sentence::slots).map(str::to_owned));
        let item = rows::read_item(&mut at, members.iter().map(|name| ("title", name.as_str())));
        let scopes = at.optional("scope", values::needed_scopes).unwrap_or_default();
        let back = at.optional("back", slug);
        if let Some(id) = &back {
            ids.refer(&mut at, "back", id);
        }
        let back_written = Written::at(&at, "back");
        at.no_more(KEYS.parts);
        Some(SubjectSetting {
            api,
            path: path?,
            parameters: of_board.parameters.clone(),
            in_paths: BTreeSet::new(),
            item: item?,
            title,
            needs: Needs { scopes, ..Needs::default() },
            back,
            back_written,
            filters: Vec::new(),
        })
    })
}

/// Whether the content or the request of a panel needs the subject. Its title and its rows do not hold the panel up.
pub(super) fn uses(
    of_board: &BoardSlots,
    read: Option<&ReadSetting>,
    kind: &PanelKind,
    to: Option<&LinkTo>,
) -> bool {
    if !of_board.has_subject {
        return false;
    }
    let is_member = |slot: &str| member_name(slot).is_some();
    let mut of_request = read.into_iter().flat_map(ReadSetting::slots);
    let mut of_links = to.into_iter().chain(kind.links()).flat_map(LinkTo::slots);
    of_request.any(is_member) || of_links.any(is_member) || kind.text_slots().any(is_member)
}

impl Board {
    /// The name of the member of the subject that a slot is for.
    pub fn subject_member<'s>(&self, slot: &'s str) -> Option<&'s str> {
        self.subject.as_ref().and_then(|_| member_name(slot))
    }

    /// Whether a slot is for a parameter of the address that names the subject.
    pub fn is_parameter(&self, slot: &str) -> bool {
        self.subject.as_ref().is_some_and(|subject| subject.parameters.iter().any(|name| name == slot))
    }

    /// Whether its address is nothing without a parameter, so that no navigation can lead to it.
    pub fn needs_parameter(&self) -> bool {
        self.subject.as_ref().is_some_and(|subject| !subject.parameters.is_empty())
    }

    /// Whether it has a link to the board of that id.
    pub fn links_to(&self, id: &str) -> bool {
        let is_there = |page: &BoardPage| page.board == id && page.part == BoardPart::Board;
        let mut links = self.panels.iter().flat_map(Panel::links);
        links.any(|link| link.page.as_ref().is_some_and(is_there))
    }
}

/// Notes the filters in the path, and reports those that cannot be there.
pub(super) fn note_filters(
    at: &mut TomlTable<'_, '_>,
    subject: &mut SubjectSetting,
    filters: &[FilterSetting],
) {
    let is_multiple = |slot: &str| find_filter(filters, slot).map(|(_, filter)| filter.is_multiple());
    if let Err(message) = subject.path.check_filters(&is_multiple) {
        at.problem("subject", format!("`get` {message}"));
    }
    let used = subject.path.slots().filter_map(|slot| find_filter(filters, slot));
    subject.filters = with_parents(filters, used.map(|(position, _)| position));
}

/// Notes which parameters are in a path.
pub(super) fn note_paths(subject: &mut SubjectSetting, in_paths: &BTreeSet<String>, actions: &[Action]) {
    let of_actions = actions.iter().flat_map(|action| action.path.path_slots());
    let used: BTreeSet<String> =
        subject.path.path_slots().into_iter().chain(of_actions).chain(in_paths.iter().cloned()).collect();
    subject.in_paths = subject.parameters.iter().filter(|name| used.contains(*name)).cloned().collect();
}
