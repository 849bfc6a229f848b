//! The settings of a panel of links: titles, addresses and hints, without a request to an API.

use claimcheck_model::PanelSize;
use url::Url;

use crate::config::{
    LocalText,
    boards::{kinds::KindSetting, title},
    reader::TomlTable,
    toml_key::{TomlKey, TomlKeys, local, tables, text},
};

static LINK: TomlKeys = TomlKeys::new(
    "link",
    &[&[
        local("title", "the text of the link").required(),
        text("to", "the address: `https://…`, or a path of this dashboard such as `/boards/orders`")
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
    /// A web address, or a path of this program.
    pub to: String,
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
            let to = at.required("to", |text| check_address(text).map(|()| text.to_owned()));
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

/// Whether an address of the settings can be linked: a web address without credentials, or a path of this program.
/// Browsers read a backslash as a slash, so `/\host` is another host.
pub(in crate::config::boards) fn check_address(text: &str) -> Result<(), String> {
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || c == '\\' || c == '{' || c == '}';
    let is_path = text.starts_with('/') && !text.starts_with("//");
    let is_web = Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http") && url.username().is_empty() && url.password().is_none()
    });
    match !text.contains(is_odd) && (is_path || is_web) {
        true => Ok(()),
        false => Err(
            "must begin with https:// or http://, or be a path of this dashboard such as /boards/orders; \
                      it is literal, without placeholders"
                .to_owned(),
        ),
    }
}

/// Whether an address leads out of this program.
pub fn is_outside(address: &str) -> bool {
    !address.starts_with('/')
}
