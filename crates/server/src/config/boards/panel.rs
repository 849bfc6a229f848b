//! Reads `[[board.panel]]`: the keys that all kinds share, and what belongs to several of them.

use claimcheck_model::PanelSize;

use super::{
    BoardIds, FilterSetting, Panel, PanelKind, action, by_name, filter_uses, kinds,
    kinds::table::TableSetting,
    link_to, link_uses, needs, read as request,
    subject::{self, BoardSlots},
    title,
};
use crate::config::{
    apis::{DEFAULT_API, Names},
    reader::{REMOVE_IT, TomlTable},
    values,
};

/// Reads `[[board.panel]]`.
pub(super) fn read(
    mut at: TomlTable<'_, '_>,
    of_board: &BoardSlots,
    filters: &[FilterSetting],
    apis: &Names,
    ids: &mut BoardIds,
) -> Option<Panel> {
    let id = ids.read(&mut at, "panel");
    let name = at.required_local("title", title);
    let toml_kind = at.value("kind").and_then(|kind| kind.as_str());
    let (can_show_subject, has_request) = (kinds::can_show_subject(toml_kind), kinds::has_request(toml_kind));
    let lacks_request = can_show_subject && !at.has("get") && !at.has("post");
    let shows_subject = lacks_request && of_board.has_subject;
    let api = at.optional("api", |id| apis.find(id)).unwrap_or_else(|| match shows_subject {
        true => of_board.api.clone(),
        false => DEFAULT_API.to_owned(),
    });
    let read = match lacks_request {
        true => {
            check_without_request(&mut at, shows_subject);
            None
        }
        false => has_request.then(|| request::read(&mut at, of_board, filters, apis)),
    };
    let every = at.optional("every", values::duration);
    let needs = needs::read(&mut at);
    let size = at.optional("size", |text| by_name(text, &PanelSize::ALL, PanelSize::name));
    let (section, hint) = (at.optional_local("section", title), at.optional_local("hint", title));
    let actions = action::read(&mut at, true, of_board, apis, &api);
    let to = link_to::read(&mut at);
    let kind = kinds::read(&mut at);
    if at.has("action") && kind.as_ref().is_some_and(|kind| !kind.takes_actions()) {
        at.problem_with("action", "is not allowed here: only tables and boards have actions", REMOVE_IT);
    }
    if let (Some(kind), Some(Some(read))) = (&kind, &read) {
        kind.check(read, &mut at);
    }
    let detail = kind.as_ref().and_then(PanelKind::as_table).and_then(TableSetting::detail_path);
    if let Some(message) =
        detail.and_then(|detail| detail.slots().find_map(|slot| apis.claims().check(slot).err()))
    {
        at.problem("detail", message);
    }
    let problem = kind.as_ref().and_then(PanelKind::as_table).and_then(|table| table.slot_problem(apis));
    if let Some(message) = problem {
        at.problem("columns", message);
    }
    filter_uses::check(&mut at, of_board, filters, name.as_ref(), detail);
    if let Some(kind) = &kind {
        link_uses::check_slots(&mut at, (to.as_ref(), kind), (of_board, filters, apis));
    }
    let problem = kind.as_ref().and_then(|kind| {
        kind.text_slots().find_map(|slot| request::slot_message(slot, of_board, filters, apis))
    });
    if let Some(message) = problem {
        at.problem("text", message);
    }
    let (name, kind) = (name?, kind?);
    let read = match read {
        Some(read) => Some(read?),
        None => None,
    };
    let filters = filter_uses::of_panel(filters, &name, read.as_ref(), &kind, to.as_ref());
    let uses_subject = shows_subject || subject::uses(of_board, read.as_ref(), &kind, to.as_ref());
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
        to,
        actions,
        filters,
        shows_subject,
        uses_subject,
    })
}

/// Reports what is wrong with a panel without a request, which can only show the subject of the board.
fn check_without_request(at: &mut TomlTable<'_, '_>, shows_subject: bool) {
    request::refuse_body(at);
    if at.has("job") {
        at.problem_with("job", "belongs to a request, but this panel has none", REMOVE_IT);
    }
    if !shows_subject {
        let message =
            "has no value: the panel needs a request, because the board has no [board.subject] to show";
        at.problem_with("get", message, "set `get` to the path of the request, or add [board.subject]");
        return;
    }
    if at.has("api") {
        at.problem_with("api", "has no effect: the panel shows the answer of [board.subject]", REMOVE_IT);
    }
    if at.value("before").and_then(|before| before.as_str()) == Some("period") {
        at.problem_with("before", "needs the request of the panel itself", "set `get`, or use a JSONPath");
    }
}
