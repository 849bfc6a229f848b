//! `/boards`: all boards, or those and the actions that contain the words that the user seeks.

use claimcheck_model::{ActionLink, BoardQuery, paths};
use claimcheck_server::boards::offer;
use claimcheck_text::t;
use leptos::prelude::*;
use url::form_urlencoded;

use crate::{
    components::{
        BoardLink, FIND_MAX_CHARS, FindField, Icon, PanelFrame, TagIcon, board_drawing, icon, in_groups,
        language,
    },
    handlers::request,
    pages::{answer::fail, board::asked, frame::{Frame, board_links}},
};

/// The page of all boards.
#[component]
pub fn Boards() -> impl IntoView {
    let title = t!(language(), "boards-title");
    let (state, signed_in) = match (request::state(), request::signed_in()) {
        (Ok(state), Ok(signed_in)) => (state, signed_in),
        (Err(error), _) | (_, Err(error)) => {
            fail(&error);
            return view! { <Frame title>""</Frame> }.into_any();
        }
    };
    let reader = request::reader();
    let boards = board_links(&state.settings, &signed_in);
    let actions_of = |board: &BoardLink| {
        let asked = state.boards.request(&signed_in, &reader, &board.id, BoardQuery::default()).ok();
        asked.filter(|_| !board.is_locked).map(|look| offer::of_board(&look)).unwrap_or_default()
    };
    let boards = boards.into_iter().map(|board| (actions_of(&board), board));
    let boards = boards.map(|(actions, board)| Found { board, actions }).collect();
    let sought = sought(&asked());
    view! { <Frame title><BoardsContent boards sought/></Frame> }.into_any()
}

/// The text to find in a query.
fn sought(query: &str) -> String {
    let text = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == paths::FIND);
    let text = text.map(|(_, text)| text.into_owned()).unwrap_or_default();
    text.chars().filter(|c| !c.is_control()).take(FIND_MAX_CHARS).collect::<String>().trim().to_owned()
}

/// A board and its own actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub board: BoardLink,
    pub actions: Vec<ActionLink>,
}

/// Boards in their groups, then actions.
#[component]
pub fn BoardsContent(boards: Vec<Found>, sought: String) -> impl IntoView {
    let language = language();
    let words: Vec<String> = sought.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let is_match = |texts: &[&str]| {
        let text = texts.join(" ").to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let mut actions = Vec::new();
    let mut found = Vec::new();
    for Found { board, actions: own } in boards {
        let group = board.group.clone().unwrap_or_default();
        for action in own {
            if is_match(&[&action.label, &board.title]) {
                actions.push((board.clone(), action));
            }
        }
        if is_match(&[&board.title, &group, &board.id]) {
            found.push(board);
        }
    }
    let is_empty = found.is_empty() && actions.is_empty();
    let groups = in_groups(found).into_iter().map(|(group, boards)| {
        let title = group.unwrap_or_else(|| t!(language, "boards-title").to_owned());
        let boards = boards.into_iter().map(board_entry).collect::<Vec<_>>();
        view! { <PanelFrame title><ul class="entries perf">{boards}</ul></PanelFrame> }
    });
    let groups = groups.collect::<Vec<_>>();
    let actions = (!actions.is_empty()).then(|| {
        let entries = actions.into_iter().map(|(board, action)| action_entry(&board, action));
        let entries = entries.collect::<Vec<_>>();
        view! { <PanelFrame title=t!(language, "boards-actions")><ul class="entries perf">{entries}</ul></PanelFrame> }
    });
    let none = is_empty.then(|| {
        view! {
            <div class="panel state" role="status">
                <TagIcon d=icon::TAG_HANGER/>
                <h2>{t!(language, "find-none", text = sought.as_str())}</h2>
                <a class="button" href=paths::BOARDS>{t!(language, "find-all")}</a>
            </div>
        }
    });
    view! {
        <div class="page found">
            <h1>{t!(language, "boards-title")}</h1>
            <FindField id="find-here" value=sought.clone()/>
            {groups}
            {actions}
            {none}
        </div>
    }
}

fn board_entry(board: BoardLink) -> impl IntoView {
    let label = board.is_locked.then(|| t!(language(), "board-locked", title = board.title.as_str()));
    view! {
        <li>
            {board.icon.map(|of_board| view! { <Icon d=board_drawing(of_board)/> })}
            <p><a href=paths::board(&board.id) aria-label=label>{board.title.clone()}</a></p>
            {board.is_locked.then(|| view! { <Icon d=icon::LOCK/> })}
        </li>
    }
}

fn action_entry(board: &BoardLink, action: ActionLink) -> impl IntoView + use<> {
    let href = paths::action(&board.id, None, &action.action, None);
    view! {
        <li>
            <p>
                <a class="label" href=href>{action.label}</a>
                <span class="note">{board.title.clone()}</span>
            </p>
            {action.is_locked.then(|| view! { <span class="muted">{t!(language(), "act-link-locked")}</span> })}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(sought: &str) -> String {
        let board = |id: &str, title: &str, group: Option<&str>| BoardLink {
            id: id.to_owned(),
            title: title.to_owned(),
            group: group.map(str::to_owned),
            icon: None,
            is_locked: false,
        };
        let action = ActionLink { label: "New order".to_owned(), action: "new".to_owned(), is_locked: false };
        let boards = vec![
            Found { board: board("orders", "Aufträge", None), actions: vec![action] },
            Found { board: board("stock", "Stock", Some("Warehouse")), actions: Vec::new() },
        ];
        let props = BoardsContentProps { boards, sought: sought.to_owned() };
        Owner::new().with(|| BoardsContent(props).to_html())
    }

    #[test]
    fn nv_04_words_find_boards_and_actions_by_title_group_and_id() {
        let has = |text: &str| {
            let page = page(text);
            let link = |href: &str| page.contains(&format!("href=\"{href}\""));
            (link("/boards/orders"), link("/boards/stock"), link("/boards/orders/actions/new"))
        };
        assert_eq!(has(""), (true, true, true));
        assert_eq!(has("AUFTRÄGE"), (true, false, true));
        assert_eq!(has("orders"), (true, false, false));
        assert_eq!(has("ware sto"), (false, true, false));
        assert_eq!(has("new"), (false, false, true));
        assert_eq!(has("<b>&\""), (false, false, false));
        assert!(page("<b>").contains("&lt;b&gt;") && page("<b>").contains("href=\"/boards\""));
    }

    #[test]
    fn nv_04_a_sought_text_is_short_and_plain() {
        assert_eq!(sought("x=1&q=%20new%0Aorder+"), "neworder");
        assert_eq!(sought(&format!("q={}", "a".repeat(500))).len(), FIND_MAX_CHARS);
        assert_eq!(sought("q=%FF&q=b"), "\u{fffd}");
        assert_eq!(sought(""), "");
    }
}
