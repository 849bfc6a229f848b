//! Boards and actions to choose from: on the page of all boards, and in the finder over a page.

use claimcheck_model::{ActionLink, AppError, BoardQuery, Markup, paths};
use claimcheck_server::{
    boards::offer,
    config::{Board, Settings},
    rights,
};
use claimcheck_session::SignedIn;
use claimcheck_text::t;
use leptos::prelude::*;

use crate::{
    components::{BoardLink, FindField, Icon, PanelFrame, board_drawing, icon, in_groups, language},
    handlers::request,
};

/// What users choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundBoards {
    pub boards: Vec<BoardLink>,
    /// The actions of boards as a whole, with their boards.
    pub actions: Vec<(BoardLink, ActionLink)>,
}

/// The finder, as markup for the dialog over a page. The browser selects from everything.
pub async fn finder() -> Result<Markup, AppError> {
    let found = everything()?;
    let label = t!(language(), "find-label");
    let view = view! {
        <h2 class="visually-hidden">{label}</h2>
        <FindField id="finder" value=String::new()/>
        <FoundView found/>
    };
    Ok(Markup { html: view.to_html(), failure: None })
}

/// Every board that needs no parameter, and whether the user has access to it.
pub fn board_links(settings: &Settings, signed_in: &SignedIn) -> Vec<BoardLink> {
    let link = |board: &Board| BoardLink {
        id: board.id.clone(),
        title: board.title.text(language()).to_owned(),
        group: board.group.as_ref().map(|group| group.text(language()).to_owned()),
        icon: board.icon,
        is_locked: rights::missing_access(settings, signed_in, &board.needs).is_some(),
    };
    settings.boards.iter().filter(|board| !board.needs_parameter()).map(link).collect()
}

/// Every board, and the actions of those to which the user has access.
///
/// # Errors
/// `SignedOut` without a session.
pub fn everything() -> Result<FoundBoards, AppError> {
    let (state, signed_in, reader) = (request::state()?, request::signed_in()?, request::reader());
    let boards = board_links(&state.settings, &signed_in);
    let mut actions = Vec::new();
    for board in boards.iter().filter(|board| !board.is_locked) {
        let asked = state.boards.request(&signed_in, &reader, &board.id, BoardQuery::default())?;
        actions.extend(offer::of_board(&asked).into_iter().map(|action| (board.clone(), action)));
    }
    Ok(FoundBoards { boards, actions })
}

impl FoundBoards {
    /// What contains all words of a text: boards by title, group and id, actions by label and the title of their board.
    #[must_use]
    pub fn matching(mut self, text: &str) -> Self {
        let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let is_match = |texts: &[&str]| {
            let text = texts.join(" ").to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let group = |board: &BoardLink| board.group.clone().unwrap_or_default();
        self.boards.retain(|board| is_match(&[&board.title, &group(board), &board.id]));
        self.actions.retain(|(board, action)| is_match(&[&action.label, &board.title]));
        self
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.boards.is_empty() && self.actions.is_empty()
    }
}

/// Boards in their groups, then actions.
#[component]
pub fn FoundView(found: FoundBoards) -> impl IntoView {
    let language = language();
    let FoundBoards { boards, actions } = found;
    let (grouped, others): (Vec<_>, Vec<_>) = boards.into_iter().partition(|board| board.group.is_some());
    let others = (!others.is_empty()).then_some((None, others));
    let groups = others.into_iter().chain(in_groups(grouped)).map(|(group, boards)| {
        let title = group.unwrap_or_else(|| t!(language, "boards-title").to_owned());
        let boards = boards.into_iter().map(board_entry).collect::<Vec<_>>();
        view! { <PanelFrame title><ul class="entries perf">{boards}</ul></PanelFrame> }
    });
    let groups = groups.collect::<Vec<_>>();
    let actions = (!actions.is_empty()).then(|| {
        let entries = actions.into_iter().map(|(board, action)| action_entry(board, action));
        let entries = entries.collect::<Vec<_>>();
        view! { <PanelFrame title=t!(language, "boards-actions")><ul class="entries perf">{entries}</ul></PanelFrame> }
    });
    view! {
        {groups}
        {actions}
    }
}

fn board_entry(board: BoardLink) -> impl IntoView {
    let BoardLink { id, title, icon: of_board, is_locked, .. } = board;
    let label = is_locked.then(|| t!(language(), "board-locked", title = title.as_str()));
    view! {
        <li>
            {of_board.map(|of_board| view! { <Icon d=board_drawing(of_board)/> })}
            <p>
                <a href=paths::board(&id) aria-label=label>
                    {title}
                </a>
            </p>
            {is_locked.then(|| view! { <Icon d=icon::LOCK/> })}
        </li>
    }
}

fn action_entry(board: BoardLink, action: ActionLink) -> impl IntoView {
    let href = paths::action(&board.id, None, &action.action, None);
    let is_locked = action.is_locked;
    view! {
        <li>
            <p>
                <a class="label" href=href>
                    {action.label}
                </a>
                <span class="note">{board.title}</span>
            </p>
            {is_locked.then(|| view! { <span class="muted">{t!(language(), "act-link-locked")}</span> })}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let board = |id: &str, title: &str, group: Option<&str>| BoardLink {
            id: id.to_owned(),
            title: title.to_owned(),
            group: group.map(str::to_owned),
            icon: None,
            is_locked: false,
        };
        let orders = board("orders", "Aufträge", None);
        let action = ActionLink { label: "New order".to_owned(), action: "new".to_owned(), is_locked: false };
        let all = FoundBoards {
            boards: vec![orders.clone(), board("stock", "Lager", Some("Warehouse"))],
            actions: vec![(orders, action)],
        };
        let found = all.matching(text);
        let boards = found.boards.into_iter().map(|board| board.id);
        boards.chain(found.actions.into_iter().map(|(_, action)| action.action)).collect()
    }

    #[test]
    fn nv_04_words_find_boards_and_actions_by_title_group_and_id() {
        assert_eq!(found(""), ["orders", "stock", "new"]);
        assert_eq!(found("AUFTRÄGE"), ["orders", "new"]);
        assert_eq!(found("orders"), ["orders"]);
        assert_eq!(found(" ware  lag "), ["stock"]);
        assert_eq!(found("new"), ["new"]);
        assert_eq!(found("new stock"), [""; 0]);
    }
}
