//! The settings of a panel of links: titles, addresses and hints, without a request to an API.

use claimcheck_model::PanelSize;

use crate::config::{
    LocalText,
    boards::{
        kinds::KindSetting,
        link_to::{self, LinkTo, TO},
        title,
    },
    reader::TomlTable,
    toml_key::{TomlKey, TomlKeys, local, tables, text},
};

static LINK: TomlKeys = TomlKeys::new(
    "link",
    &[&[
        local("title", "the text of the link").required(),
        text("to", "the address: `https://…`, or a page of this dashboard such as `/boards/orders`")
            .required(),
        local("hint", "a second, smaller line"),
    ]],
);

/// Links of the settings.
#[derive(Clone, Debug, PartialEq)]
pub struct LinksSetting {
    /// At least one.
    pub links: Vec<LinkSetting>,
}

/// One link.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkSetting {
    pub title: LocalText,
    pub to: LinkTo,
    pub hint: Option<LocalText>,
}

impl KindSetting for LinksSetting {
    const NAME: &'static str = "links";
    const KEYS: &'static [&'static [TomlKey]] =
        &[&[tables("links", &LINK, "the links, at least one, in order").required()]];
    const SIZE: PanelSize = PanelSize::Third;
    const HAS_REQUEST: bool = false;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        let links = at.list("links", |mut at| {
            let title_of = at.required_local("title", title);
            if !at.has(TO.name) {
                at.problem(TO.name, "is missing");
            }
            let to = link_to::read(&mut at);
            let hint = at.optional_local("hint", title);
            at.no_more(LINK.parts);
            Some(LinkSetting { title: title_of?, to: to?, hint })
        });
        if at.is_empty("links") {
            at.problem("links", "is missing: a list of links such as { title = \"Help\", to = \"https://help.example.com/\" }");
        }
        Some(Self { links: links? })
    }
}
