//! The panel kinds, and the settings that each allows. A kind is one file here with its settings and their reader, and
//! one line in `panel_kinds`. `server::boards::kinds` converts the responses: that needs the API, which is in a
//! higher layer.

pub mod chart;
pub mod detail;
pub mod facts;
pub mod links;
pub mod list;
pub mod meter;
pub mod pages;
pub mod place;
pub mod rows;
pub mod share;
pub mod stat;
pub mod table;
pub mod text;
pub mod timeline;

use claimcheck_model::PanelSize;
use serde_json_path::JsonPath;

use self::{
    chart::ChartSetting, facts::FactsSetting, links::LinksSetting, list::ListSetting, meter::MeterSetting,
    rows::RowsSetting, share::ShareSetting, stat::StatSetting, table::TableSetting, text::TextSetting,
    timeline::TimelineSetting,
};
use super::{COMMON, OF_REQUEST, ReadSetting, needs, not_one_of, read as request, reader::TomlTable};
use crate::config::toml_key::{Case, TomlKey};

/// The settings of one panel kind, and how to read them.
trait KindSetting: Sized {
    /// The kind's name, as `data-kind` in the markup and in `style/`.
    const NAME: &'static str;
    /// The values of `kind` in the settings file.
    const TOML_NAMES: &'static [&'static str] = &[Self::NAME];
    /// Its keys in addition to those of every panel.
    const KEYS: &'static [&'static [TomlKey]];
    /// Keys of which exactly one is set.
    const EXACTLY_ONE: &'static [&'static str] = &[];
    /// The size of a panel that declares none.
    const SIZE: PanelSize;
    /// Whether it has rows that actions can apply to.
    const TAKES_ACTIONS: bool = false;
    /// Whether it shows an answer of an API. All others have no request.
    const HAS_REQUEST: bool = true;

    /// Whether it can show the subject of its board, without a request.
    const CAN_SHOW_SUBJECT: bool = false;

    /// Reads its keys; `toml_name` is the value of `kind`, one of `TOML_NAMES`.
    fn read(at: &mut TomlTable<'_, '_>, toml_name: &str) -> Option<Self>;

    /// Reports settings that do not fit the panel's request.
    fn check(&self, _read: &ReadSetting, _at: &mut TomlTable<'_, '_>) {}

    /// Whether its look is in the second stylesheet (`style/extra/`).
    fn needs_extra_style(&self) -> bool {
        true
    }

    /// The members with addresses of images.
    fn images(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Where its rows are in the answer.
    fn rows(&self) -> Option<&RowsSetting> {
        None
    }
}

/// What the reader knows about a kind before it reads one.
struct Entry {
    toml_names: &'static [&'static str],
    keys: &'static [&'static [TomlKey]],
    exactly_one: &'static [&'static str],
    has_request: bool,
    can_show_subject: bool,
    read: fn(&mut TomlTable<'_, '_>, &str) -> Option<PanelKind>,
}

/// Generates the enum of all kinds, and what is derived from their list.
macro_rules! panel_kinds {
    ($($kind:ident($setting:ty)),+ $(,)?) => {
        /// How a panel shows its answer: its kind, with the settings of that kind.
        #[allow(clippy::large_enum_variant, reason = "one a panel, made once at start")]
        #[derive(Clone, Debug, PartialEq)]
        pub enum PanelKind {
            $($kind($setting)),+
        }

        const ALL: &[Entry] = &[$(Entry {
            toml_names: <$setting>::TOML_NAMES,
            keys: <$setting>::KEYS,
            exactly_one: <$setting>::EXACTLY_ONE,
            has_request: <$setting>::HAS_REQUEST,
            can_show_subject: <$setting>::CAN_SHOW_SUBJECT,
            read: |at, toml_name| <$setting>::read(at, toml_name).map(PanelKind::$kind),
        }),+];

        impl PanelKind {
            /// The kind's name in the markup and in `style/`.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => <$setting>::NAME),+
                }
            }

            /// The size of a panel of this kind that declares none.
            pub(super) fn size(&self) -> PanelSize {
                match self {
                    $(Self::$kind(_) => <$setting>::SIZE),+
                }
            }

            pub(super) fn takes_actions(&self) -> bool {
                match self {
                    $(Self::$kind(_) => <$setting>::TAKES_ACTIONS),+
                }
            }

            /// Whether its look is in the second stylesheet.
            pub(super) fn needs_extra_style(&self) -> bool {
                match self {
                    $(Self::$kind(setting) => setting.needs_extra_style()),+
                }
            }

            /// The members whose values are addresses of images.
            pub fn images(&self) -> Vec<&str> {
                match self {
                    $(Self::$kind(setting) => setting.images()),+
                }
            }

            /// Where the rows are in the answer, if the kind has rows; for one object, where that is.
            pub fn rows(&self) -> Option<&RowsSetting> {
                match self {
                    $(Self::$kind(setting) => setting.rows()),+
                }
            }

            /// Reports settings that do not fit the panel's request.
            pub(super) fn check(&self, read: &ReadSetting, at: &mut TomlTable<'_, '_>) {
                match self {
                    $(Self::$kind(setting) => setting.check(read, at)),+
                }
            }
        }
    };
}

panel_kinds! {
    Stat(StatSetting),
    Table(TableSetting),
    Chart(ChartSetting),
    List(ListSetting),
    Facts(FactsSetting),
    Meter(MeterSetting),
    Share(ShareSetting),
    Timeline(TimelineSetting),
    Text(TextSetting),
    Links(LinksSetting),
}

impl Entry {
    /// Its keys in addition to those of every panel.
    fn all_keys(&self) -> Vec<&'static [TomlKey]> {
        let of_request: &[&[TomlKey]] = if self.has_request { &[&OF_REQUEST, &request::KEYS] } else { &[] };
        of_request.iter().chain(self.keys).copied().collect()
    }

    fn case(&self, value: &'static str) -> Case {
        let needs_request = self.has_request && !self.can_show_subject;
        let of_request: &[&[&str]] = if needs_request { &[&["get", "post"]] } else { &[] };
        let exactly_one = of_request.iter().copied().chain([self.exactly_one]).collect();
        Case { value, parts: self.all_keys(), exactly_one }
    }
}

/// The keys of each kind, by the value of `kind`.
pub(super) fn cases() -> Vec<Case> {
    ALL.iter().flat_map(|entry| entry.toml_names.iter().map(|name| entry.case(name))).collect()
}

/// The values of `kind`.
pub(super) fn names() -> Vec<&'static str> {
    ALL.iter().flat_map(|entry| entry.toml_names).copied().collect()
}

/// Whether a panel with this `kind` has a request; also if there is no such kind.
pub(super) fn has_request(toml_name: Option<&str>) -> bool {
    let is_it = |entry: &&Entry| toml_name.is_some_and(|name| entry.toml_names.contains(&name));
    ALL.iter().find(is_it).is_none_or(|entry| entry.has_request)
}

/// Whether a panel with this `kind` can show the subject of its board.
pub(super) fn can_show_subject(toml_name: Option<&str>) -> bool {
    let is_it = |entry: &&Entry| toml_name.is_some_and(|name| entry.toml_names.contains(&name));
    ALL.iter().find(is_it).is_some_and(|entry| entry.can_show_subject)
}

impl PanelKind {
    /// The slots of a text.
    pub fn text_slots(&self) -> impl Iterator<Item = &str> {
        let text = match self {
            Self::Text(text) => Some(&text.text),
            _ => None,
        };
        text.into_iter().flat_map(|text| text.all()).flat_map(|text| text.slots())
    }

    /// The settings of a table; only a table has pages, single rows and actions.
    pub fn as_table(&self) -> Option<&TableSetting> {
        match self {
            Self::Table(table) => Some(table),
            _ => None,
        }
    }
}

/// Reads the kind and its keys; refuses all other keys of the panel.
pub(super) fn read(at: &mut TomlTable<'_, '_>) -> Option<PanelKind> {
    let found = at.required("kind", |text| {
        let is_it = |entry: &&Entry| entry.toml_names.contains(&text);
        ALL.iter().find(is_it).map(|entry| (entry, text.to_owned())).ok_or_else(|| not_one_of(text, &names()))
    });
    let mut keys: Vec<&[TomlKey]> = vec![&COMMON, &needs::KEYS];
    let Some((entry, toml_name)) = found else {
        // Which other keys are required depends on the kind.
        at.optional("rows", json_path);
        keys.extend(ALL.iter().flat_map(Entry::all_keys));
        at.no_more(&keys);
        return None;
    };
    let kind = (entry.read)(at, &toml_name);
    keys.extend(entry.all_keys());
    at.no_more(&keys);
    kind
}

pub(super) fn json_path(text: &str) -> Result<JsonPath, String> {
    JsonPath::parse(text).map_err(|error| {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.[*]".contains(&byte);
        if text.bytes().next().is_some_and(|first| first.is_ascii_alphabetic()) && text.bytes().all(is_name) {
            return format!(
                "is not a valid JSONPath: it must begin with `$`, such as \"$.{text}\" (RFC 9535)"
            );
        }
        format!("is not a valid JSONPath ({}). Example: \"$.orders[*]\" (RFC 9535)", error.message())
    })
}
