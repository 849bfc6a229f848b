//! The boards as navigation: few in the bar, many beside the page. Neither needs a script. The navigation beside the page
//! is a popover, which a button opens where the window is too narrow for it.

use claimcheck_model::{BoardIcon, paths};
use claimcheck_text::{Language, t};
use leptos::prelude::*;

use crate::components::{FindField, Icon, board_icon::drawing, icon, language, look};

/// From this number of boards, the navigation is beside the page.
pub const MANY_BOARDS: usize = 7;

/// The id of the navigation, for the button that opens it.
const BOARDS_ID: &str = "boards";

/// A board in the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardLink {
    pub id: String,
    pub title: String,
    /// The heading under which it is.
    pub group: Option<String>,
    pub icon: Option<BoardIcon>,
    /// The user lacks access to it; its page says what is missing.
    pub is_locked: bool,
}

/// The navigation of a page with this path.
pub fn board_nav(boards: Vec<BoardLink>, current: &str) -> Option<AnyView> {
    let is_beside = boards.len() >= MANY_BOARDS;
    match boards.is_empty() {
        true => None,
        false if is_beside => Some(beside(boards, current)),
        false => Some(in_bar(boards, current)),
    }
}

fn in_bar(boards: Vec<BoardLink>, current: &str) -> AnyView {
    let language = language();
    let links = grouped(boards, |board| {
        let icon = board.icon.map(|of_board| view! { <Icon d=drawing(of_board) class="icon nav-icon"/> });
        let title = board.title.clone().into_any();
        board_link(language, board, current, (icon, title).into_any()).into_any()
    });
    view! {
        <nav class="nav" aria-label=t!(language, "boards-nav")>
            <ul>{links}</ul>
        </nav>
    }
    .into_any()
}

fn beside(boards: Vec<BoardLink>, current: &str) -> AnyView {
    let language = language();
    let links = grouped(boards, |board| {
        // Without titles, a board without an icon is its first letters.
        let icon = match board.icon {
            Some(of_board) => view! { <Icon d=drawing(of_board) class="icon nav-icon"/> }.into_any(),
            None => {
                let letters: String = board.title.chars().filter(|c| !c.is_whitespace()).take(2).collect();
                view! { <span class="nav-icon" aria-hidden="true">{letters}</span> }.into_any()
            }
        };
        let title = view! { <span class="name" title=board.title.clone()>{board.title.clone()}</span> };
        board_link(language, board, current, (icon, title).into_any()).into_any()
    });
    let is_narrow = look().navigation.is_some();
    let (value, width) = match is_narrow {
        true => ("full", t!(language, "nav-widen")),
        false => ("icons", t!(language, "nav-narrow")),
    };
    view! {
        <button class="boards-open" type="button" popovertarget=BOARDS_ID>
            {t!(language, "boards-nav")}
            <Icon d=icon::CHEVRON/>
        </button>
        <nav class="boards" id=BOARDS_ID popover="auto" aria-label=t!(language, "boards-nav")>
            <FindField id="find" value=String::new()/>
            <a class="boards-find" href=paths::BOARDS.href() title=t!(language, "find-label") aria-label=t!(language, "find-label")>
                <Icon d=icon::SEARCH/>
            </a>
            <ul>{links}</ul>
            <form class="boards-width" method="post" action=paths::PREFERENCES.href()>
                <button name="navigation" value=value title=width>
                    <Icon d=icon::FOLD/>
                    <span>{width}</span>
                </button>
            </form>
        </nav>
    }
    .into_any()
}

/// The items of a list with groups.
fn grouped(boards: Vec<BoardLink>, item: impl Fn(BoardLink) -> AnyView) -> Vec<AnyView> {
    let groups = in_groups(boards).into_iter().enumerate();
    groups
        .map(|(index, (group, boards))| {
            let links = boards.into_iter().map(&item).collect::<Vec<_>>();
            let Some(group) = group else { return links.into_any() };
            let id = format!("boards-{index}");
            let heading_id = id.clone();
            view! {
                <li class="nav-group">
                    <span id=heading_id>{group}</span>
                    <ul aria-labelledby=id>{links}</ul>
                </li>
            }
            .into_any()
        })
        .collect()
}

/// The boards in their groups: a group is where its first board is.
pub fn in_groups(boards: Vec<BoardLink>) -> Vec<(Option<String>, Vec<BoardLink>)> {
    let mut groups: Vec<(Option<String>, Vec<BoardLink>)> = Vec::new();
    for board in boards {
        let known = groups.iter_mut().find(|(group, _)| group.is_some() && *group == board.group);
        match known {
            Some((_, boards)) => boards.push(board),
            None => groups.push((board.group.clone(), vec![board])),
        }
    }
    groups
}

fn board_link(
    language: Language,
    board: BoardLink,
    current: &str,
    content: AnyView,
) -> impl IntoView + use<> {
    let BoardLink { id, title, is_locked, .. } = board;
    let href = paths::board(&id);
    let is_here = current.strip_prefix(&href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    // On the pages below a board, the link leads up to it.
    let here = is_here.then_some(if href == current { "page" } else { "true" });
    let label = is_locked.then(|| t!(language, "board-locked", title = title.as_str()));
    view! {
        <li>
            <a href=href aria-current=here aria-label=label>
                {content}
                {is_locked.then(|| view! { <Icon d=icon::LOCK/> })}
            </a>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(id: &str, group: Option<&str>) -> BoardLink {
        BoardLink {
            id: id.to_owned(),
            title: format!("Title of {id}"),
            group: group.map(str::to_owned),
            icon: None,
            is_locked: false,
        }
    }

    fn nav(count: usize, current: &str) -> String {
        let boards = (0..count).map(|index| board(&format!("b{index}"), None)).collect();
        Owner::new().with(|| board_nav(boards, current).map(|nav| nav.to_html()).unwrap_or_default())
    }

    #[test]
    fn a_group_of_boards_is_where_its_first_board_is() {
        let boards = vec![
            board("a", None),
            board("b", Some("Money")),
            board("c", None),
            board("d", Some("Money")),
            board("e", Some("Stock")),
        ];
        let groups: Vec<(Option<String>, Vec<String>)> = in_groups(boards)
            .into_iter()
            .map(|(group, boards)| (group, boards.into_iter().map(|board| board.id).collect()))
            .collect();
        let of = |group: Option<&str>, ids: &[&str]| {
            (group.map(str::to_owned), ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>())
        };
        let expected = vec![
            of(None, &["a"]),
            of(Some("Money"), &["b", "d"]),
            of(None, &["c"]),
            of(Some("Stock"), &["e"]),
        ];
        assert_eq!(groups, expected);
    }

    #[test]
    fn nv_01_many_boards_are_beside_the_page_and_few_in_the_bar() {
        let (few, many) = (nav(MANY_BOARDS - 1, "/"), nav(MANY_BOARDS, "/"));
        assert!(!few.contains("popover") && few.contains("Title of b5"), "{few}");
        assert!(many.contains("popovertarget=\"boards\"") && many.contains("id=\"boards\""), "{many}");
        assert_eq!(many.matches("/boards/b").count(), MANY_BOARDS, "every board once: {many}");
        assert_eq!(nav(0, "/"), "");
    }

    #[test]
    fn nv_02_the_current_board_is_marked_also_on_the_pages_below_it() {
        for count in [3, MANY_BOARDS] {
            assert_eq!(nav(count, "/boards/b1").matches("aria-current=\"page\"").count(), 1);
            assert_eq!(nav(count, "/boards/b1/rows/orders").matches("aria-current=\"true\"").count(), 1);
            for other in ["/", "/account", "/boards", "/boards/b11"] {
                assert!(!nav(count, other).contains("aria-current"), "{other}");
            }
        }
    }
}
