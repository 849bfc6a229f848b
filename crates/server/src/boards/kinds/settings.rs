//! Panels that show what the settings say: texts and links. They have no request.

use claimcheck_model::{AppError, PanelLink};
use claimcheck_text::{Language, t};

use crate::{
    boards::kinds::PanelRequest,
    config::{
        kinds::links::{LinksSetting, is_outside},
        kinds::text::TextSetting,
    },
};

/// The HTML of a text, with the values of its slots.
///
/// # Errors
/// `Forbidden` if a claim is missing.
pub(super) fn text(setting: &TextSetting, panel: &PanelRequest<'_>) -> Result<String, AppError> {
    let language = panel.reader().language();
    let (markdown, outside) = (setting.text.of(language), t!(language, "link-outside"));
    if markdown.slots().next().is_none() {
        return Ok(markdown.html(&|_| None, outside));
    }
    let values = panel.slot_values(panel.period())?;
    Ok(markdown.html(&|slot| values.words(slot), outside))
}

/// The links in a language.
pub(super) fn links(setting: &LinksSetting, language: Language) -> Vec<PanelLink> {
    let link = |link: &crate::config::kinds::links::LinkSetting| PanelLink {
        title: link.title.text(language).to_owned(),
        href: link.to.clone(),
        hint: link.hint.as_ref().map(|hint| hint.text(language).to_owned()),
        is_outside: is_outside(&link.to),
    };
    setting.links.iter().map(link).collect()
}
