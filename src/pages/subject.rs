//! What the page of a board about one thing has beside its panels: the way back, and words in place of the panels if the
//! address names nothing or the thing cannot be read.

use claimcheck_model::{AppError, PanelError, paths};
use claimcheck_server::{
    boards::AddressGap,
    config::{Board, BoardWidth, DEFAULT_API, Settings},
    rights,
};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::{
    components::{PanelFailure, TagIcon, icon, language},
    documents::problem::ReferenceView,
    fragments::access_request,
    handlers::request,
    pages::{answer::fail, frame::BoardMark, of_panel::crumb},
};

/// Where the way back of a board leads: the title and the address.
struct Back {
    title: String,
    href: String,
}

impl Back {
    /// The board that the settings name, else the first one with a link to this board, else the home page. Never a board
    /// that the user may not see.
    fn of(settings: &Settings, board: &Board) -> Self {
        let signed_in = request::signed_in().ok();
        let may_see = |other: &&Board| {
            let needs = [(DEFAULT_API, &other.needs)];
            signed_in.as_ref().is_some_and(|signed_in| rights::may_follow(settings, signed_in, &needs))
        };
        let named = board.subject.as_ref().and_then(|subject| subject.back.as_deref());
        let is_origin = |other: &&Board| other.id != board.id && other.links_to(&board.id) && may_see(other);
        let named = named.and_then(|id| settings.board(id)).filter(may_see);
        let origin = named.or_else(|| {
            let others = || settings.boards.iter().filter(is_origin);
            // A board that needs a parameter itself would lead to nothing.
            others().find(|other| !other.needs_parameter())
        });
        match origin {
            Some(origin) => {
                Self { title: origin.title.text(language()).to_owned(), href: paths::board(&origin.id) }
            }
            None => Self { title: t!(language(), "home").to_owned(), href: paths::HOME.href() },
        }
    }
}

/// The link back, if the board is about one thing.
pub fn way_back(settings: &Settings, board: &Board) -> Option<AnyView> {
    board.subject.as_ref()?;
    let Back { title, href } = Back::of(settings, board);
    Some(crumb(href, title).into_any())
}

/// In place of a board whose address does not name what it is about. Nothing is requested.
pub fn unnamed(settings: &Settings, board: &Board, gap: AddressGap) -> AnyView {
    let reason = gap.reason();
    tracing::info!(
        event = "subject not named",
        board = board.id,
        reason,
        "the address of a board is not complete"
    );
    let reference = fail(&AppError::NotFound);
    let (language, back) = (language(), Back::of(settings, board));
    let (title, text) = match gap {
        AddressGap::Missing => (
            t!(language, "subject-unnamed-title"),
            t!(language, "subject-unnamed", board = back.title.as_str()),
        ),
        AddressGap::Invalid => {
            (t!(language, "subject-gone-title"), t!(language, "subject-invalid").to_owned())
        }
    };
    page(settings, board, None, nothing(title, text, back, reference))
}

/// In place of a board whose subject cannot be read; `here` is the address of the page. `filters` are above it, if the
/// request for the subject depends on them.
pub fn failed(
    settings: &Settings,
    board: &Board,
    failure: PanelError,
    here: String,
    filters: Option<AnyView>,
) -> AnyView {
    let PanelError { error, problem } = failure;
    let reference = fail(&error);
    if error == AppError::NotFound {
        let (language, back) = (language(), Back::of(settings, board));
        let (title, text) = (t!(language, "subject-gone-title"), t!(language, "subject-gone").to_owned());
        return page(settings, board, filters, nothing(title, text, back, reference));
    }
    let api = board.subject.as_ref().map_or(DEFAULT_API, |subject| &subject.api);
    let (ask, was_refused) = access_request(api, &error, &here);
    let content =
        view! { <PanelFailure error retry_href=here ask was_refused reference problem/> }.into_any();
    page(settings, board, filters, content)
}

fn nothing(title: &'static str, text: String, back: Back, reference: Option<String>) -> AnyView {
    view! {
        <div class="state perf" data-tone="warn">
            <TagIcon d=icon::TAG_GONE/>
            <h3>{title}</h3>
            <p>{text}</p>
            <a class="button" href=back.href>
                {back.title}
            </a>
            <ReferenceView reference/>
        </div>
    }
    .into_any()
}

fn page(settings: &Settings, board: &Board, filters: Option<AnyView>, content: AnyView) -> AnyView {
    let title = board.title.text(language()).to_owned();
    view! {
        <BoardMark width=BoardWidth::Normal/>
        <div class="page board">
            {way_back(settings, board)}
            <header class="board-head">
                <h1>{title.clone()}</h1>
            </header>
            {filters}
            <section class="panel locked" aria-label=title>
                {content}
            </section>
        </div>
    }
    .into_any()
}
