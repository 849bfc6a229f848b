//! Panels that show what the settings say: texts and links. They have no request.

use claimcheck_model::{AppError, PanelLink};
use claimcheck_text::t;

use crate::{
    boards::kinds::{PanelRequest, stat::EMPTY},
    config::{
        BoardPage,
        kinds::{
            links::{LinkSetting, LinksSetting},
            text::TextSetting,
        },
    },
};

/// The HTML of a text, with the values of its slots.
///
/// # Errors
/// `Forbidden` if a claim is missing.
pub(super) fn text(setting: &TextSetting, panel: &PanelRequest<'_>) -> Result<String, AppError> {
    let language = panel.reader().language();
    let (markdown, outside) = (setting.text.of(language), t!(language, "link-outside"));
    let may_see = |page: &BoardPage| panel.request.may_see(page);
    let html = match markdown.slots().next() {
        None => markdown.html(&|_| None, &may_see, outside),
        Some(_) => {
            let values = panel.slot_values(panel.period())?;
            markdown.html(&|slot| values.words(slot), &may_see, outside)
        }
    };
    // The title of a panel in a section is one level lower, too.
    Ok(if panel.panel.is_in_section { with_lower_headings(&html) } else { html })
}

/// The HTML of a text with each heading one level lower. All other text in it is escaped.
fn with_lower_headings(html: &str) -> String {
    (3..6).rev().fold(html.to_owned(), |html, level| {
        let lower = level + 1;
        html.replace(&format!("<h{level}>"), &format!("<h{lower}>"))
            .replace(&format!("</h{level}>"), &format!("</h{lower}>"))
    })
}

/// The links, with the values of their slots.
pub(super) fn links(setting: &LinksSetting, panel: &PanelRequest<'_>) -> Vec<PanelLink> {
    let language = panel.reader().language();
    let target = |link: &LinkSetting| panel.request.ready_link(&panel.panel.kind, &link.to)?.of_row(&EMPTY);
    let link = |link: &LinkSetting| PanelLink {
        title: link.title.text(language).to_owned(),
        to: target(link),
        hint: link.hint.as_ref().map(|hint| hint.text(language).to_owned()),
    };
    setting.links.iter().map(link).collect()
}
