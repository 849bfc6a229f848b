//! The bar on every page: the home link, the boards, and the user. Its children replace the plain user menu, so that an
//! island can wrap it.

use claimcheck_model::{BoardIcon, User, paths};
use claimcheck_text::{Language, t};
use leptos::prelude::*;

use crate::components::{Icon, Logo, Look, UserMenuView, board_icon::drawing, icon, look};

/// A board in the bar.
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

/// The bar. Without a session it has only the logo: a page offers its own sign-in.
#[component]
pub fn TopBar(
    /// The signed-in user.
    user: Option<User>,
    /// Every board; empty without a session.
    boards: Vec<BoardLink>,
    /// The path of this page, such as `/boards/orders`.
    #[prop(into)]
    current: String,
    /// Replaces the plain user menu.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Look { language, brand, .. } = look();
    let links = in_groups(boards)
        .into_iter()
        .enumerate()
        .map(|(index, (group, boards))| {
            let links =
                boards.into_iter().map(|board| board_link(language, board, &current)).collect::<Vec<_>>();
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
        .collect::<Vec<_>>();
    let nav = (!links.is_empty()).then(|| {
        view! {
            <nav aria-label=t!(language, "boards-nav")>
                <ul>{links}</ul>
            </nav>
        }
    });
    let menu = match (children, user) {
        (Some(children), _) => Some(children()),
        (None, Some(user)) => Some(view! { <UserMenuView user/> }.into_any()),
        (None, None) => None,
    };
    let logo = match brand.logo.clone() {
        // Its name is beside it.
        Some(src) => view! { <img src=src alt=""/> }.into_any(),
        None if brand.is_own => ().into_any(),
        None => view! { <Logo/> }.into_any(),
    };
    view! {
        <header class="bar">
            <a class="brand" href=paths::HOME>
                {logo}
                <span>{brand.name.clone()}</span>
            </a>
            {nav}
            {menu}
        </header>
    }
}

/// The boards in their groups: a group is where its first board is.
fn in_groups(boards: Vec<BoardLink>) -> Vec<(Option<String>, Vec<BoardLink>)> {
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

fn board_link(language: Language, board: BoardLink, current: &str) -> impl IntoView + use<> {
    let BoardLink { id, title, icon: of_board, is_locked, .. } = board;
    let href = paths::board(&id);
    let here = (href == current).then_some("page");
    let label = is_locked.then(|| t!(language, "board-locked", title = title.as_str()));
    view! {
        <li>
            <a href=href aria-current=here aria-label=label>
                {of_board.map(|of_board| view! { <Icon d=drawing(of_board) class="icon nav-icon"/> })}
                {title}
                {is_locked.then(|| view! { <Icon d=icon::LOCK/> })}
            </a>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_of_boards_is_where_its_first_board_is() {
        let board = |id: &str, group: Option<&str>| BoardLink {
            id: id.to_owned(),
            title: id.to_owned(),
            group: group.map(str::to_owned),
            icon: None,
            is_locked: false,
        };
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
}
