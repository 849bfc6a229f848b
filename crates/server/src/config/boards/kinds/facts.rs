//! The settings of facts: chosen members of one object.

use claimcheck_model::{CellKind, PanelSize};

use crate::config::{
    LocalText,
    boards::{
        ValueFormat,
        format::{self, NUMBER_KEYS, WHEN_KEYS},
        kinds::{
            KindSetting,
            rows::{self, RowsSetting},
        },
        link_to::{self, LinkTo, TO},
        look::{LOOK_KEYS, RULE_KEYS},
        title, title_from_key,
    },
    reader::{Entry, REMOVE_ONE, TomlTable},
    toml_key::{TomlKey, TomlKeys, local, text, texts_or_tables},
};

/// A fact as a table.
pub(super) static FACT: TomlKeys = TomlKeys::new(
    "fact",
    &[
        &[
            text("key", "the member of the object; `customer.name` reads a nested one").required(),
            local("title", "the name of the fact; by default made from the key"),
            format::KIND,
            TO,
        ],
        &NUMBER_KEYS,
        &WHEN_KEYS,
        &LOOK_KEYS,
        &RULE_KEYS,
    ],
);

/// Chosen members of one object.
#[derive(Clone, Debug, PartialEq)]
pub struct FactsSetting {
    /// Where the object is.
    pub item: RowsSetting,
    /// At least one.
    pub fields: Vec<FactSetting>,
}

/// One fact.
#[derive(Clone, Debug, PartialEq)]
pub struct FactSetting {
    pub key: String,
    pub title: LocalText,
    pub kind: Option<CellKind>,
    pub format: ValueFormat,
    /// Where it leads.
    pub to: Option<LinkTo>,
}

impl KindSetting for FactsSetting {
    const NAME: &'static str = "facts";
    const KEYS: &'static [&'static [TomlKey]] = &[&[
        text("item", "JSONPath of the object in the response; by default the response itself, `$`"),
        texts_or_tables("fields", &FACT, "the members to show, in order").required(),
    ]];
    const SIZE: PanelSize = PanelSize::Third;
    const CAN_SHOW_SUBJECT: bool = true;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        if at.is_empty("fields") {
            at.problem("fields", "is missing: the list of members to show, such as [\"name\", \"email\"]");
        }
        let fields = read_fields(at);
        let members = fields.iter().flatten().flat_map(FactSetting::members).map(|name| ("fields", name));
        let item = rows::read_item(at, members);
        Some(Self { item: item?, fields: fields? })
    }

    fn needs_extra_style(&self) -> bool {
        self.fields.iter().any(|fact| fact.format.needs_extra_style(fact.kind))
    }

    fn images(&self) -> Vec<&str> {
        let images = self.fields.iter().filter(|fact| fact.kind == Some(CellKind::Image));
        images.map(|fact| fact.key.as_str()).collect()
    }

    fn rows(&self) -> Option<&RowsSetting> {
        Some(&self.item)
    }
}

impl FactSetting {
    /// The members of the object that it shows.
    pub(super) fn members(&self) -> impl Iterator<Item = &str> {
        let of_link = self.to.iter().flat_map(LinkTo::paths);
        [self.key.as_str()].into_iter().chain(self.format.members()).chain(of_link)
    }
}

/// Reads `fields`.
pub(super) fn read_fields(at: &mut TomlTable<'_, '_>) -> Option<Vec<FactSetting>> {
    at.entries("fields", "must be a list of strings or of { key, title }", fact)
}

fn fact(entry: Entry<'_, '_>) -> Option<Option<FactSetting>> {
    Some(match entry {
        Entry::Text(key) => {
            let title = LocalText::plain(title_from_key(key));
            Some(FactSetting {
                key: key.to_owned(),
                title,
                kind: None,
                format: ValueFormat::default(),
                to: None,
            })
        }
        Entry::Table(mut at) => {
            let (key, name) = (at.required("key", title), at.optional_local("title", title));
            let (kind, format) = format::read(&mut at);
            let to = link_to::read(&mut at);
            if to.is_some() && kind == Some(CellKind::Link) {
                at.problem_with(
                    TO.name,
                    "cannot be combined with this `kind`, which is a link itself",
                    REMOVE_ONE,
                );
            }
            at.no_more(FACT.parts);
            key.map(|key| {
                let title = name.unwrap_or_else(|| LocalText::plain(title_from_key(&key)));
                FactSetting { key, title, kind, format, to }
            })
        }
    })
}
