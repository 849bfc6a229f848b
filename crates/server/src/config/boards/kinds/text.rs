//! The settings of a text: Markdown, without a request to an API.

use claimcheck_model::PanelSize;

use crate::config::{
    boards::{Markdown, kinds::KindSetting, link_to::Written},
    local_text::Local,
    reader::TomlTable,
    toml_key::{TomlKey, local},
};

/// A text of the settings.
#[derive(Clone, Debug, PartialEq)]
pub struct TextSetting {
    pub text: Local<Markdown>,
    /// Where it is written.
    pub(in crate::config::boards) written: Written,
}

impl KindSetting for TextSetting {
    const NAME: &'static str = "text";
    const KEYS: &'static [&'static [TomlKey]] =
        &[&[local("text", "the text in Markdown, without HTML and images").required()]];
    const SIZE: PanelSize = PanelSize::Full;
    const HAS_REQUEST: bool = false;

    fn read(at: &mut TomlTable<'_, '_>, _: &str) -> Option<Self> {
        let written = Written::at(at, "text");
        Some(Self { text: at.required_local("text", Markdown::parse)?, written })
    }
}
