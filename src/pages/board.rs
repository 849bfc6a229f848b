//! A board: its title, the choice of its period, and its panels in a grid.

use axum::http::header;
use claimcheck_model::{AnswerProblem, AppError, BoardQuery, FilterBar, PanelState, part::MAIN, paths};
use claimcheck_server::{
    boards::{Period, SubjectState, offer},
    config::{Board as BoardSetting, BoardWidth, DEFAULT_API, Panel, PeriodSetting},
    guard,
    locale::LocaleFormatter,
    preferences, rights,
};
use claimcheck_session::Finished;
use claimcheck_text::t;
use futures::future::join_all;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::Link;
use leptos_router::hooks::use_params_map;

use crate::{
    components::{
        ActionOffer, ActionResultView, Choices, FilterBarView, Notice, PanelFailure, PanelUrl, PeriodChooser,
        TabBar, Tone, action_links, inert, language,
    },
    fragments::{access_request, outage::notices},
    handlers::{filters::head_of, forms, panels::question, request, state::AppState},
    pages::{
        NotFound,
        answer::{contained, fail, lead},
        board_rows::short_panels,
        frame::{BoardMark, Frame, PageTitle},
        newest::{ReloadAll, has_one_time, newest},
        panel::framed,
        said::Said,
        subject,
    },
    server_fns::panel,
};

/// The page of one board. All panels are fetched concurrently, each within its render budget.
#[component]
pub fn Board() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("board")).unwrap_or_default();
    let state = request::state().ok().filter(|state| state.settings.board(&id).is_some());
    let Some(state) = state else { return view! { <NotFound/> }.into_any() };
    let title =
        state.settings.board(&id).map(|board| board.title.text(language()).to_owned()).unwrap_or_default();
    let needs_extra_style = state.settings.board(&id).is_some_and(|board| board.needs_extra_style());
    let query = asked();
    if let Some(error) = locked(&state, &id) {
        let here = question(&id, &query).at(&paths::board(&id));
        return view! {
            <Frame title=title.clone()>
                <LockedBoard title error here/>
            </Frame>
        }
        .into_any();
    }
    let gap = state.boards.address_gap(&id, &question(&id, &query));
    if let (Some(gap), Some(board)) = (gap, state.settings.board(&id)) {
        let content = subject::unnamed(&state.settings, board, gap);
        return view! { <Frame title>{content}</Frame> }.into_any();
    }
    keep_as_last(&state, &id);
    let fetched = Suspend::new(contained(async move {
        let board = state.settings.board(&id)?;
        let mut question = question(&board.id, &query);
        let states =
            join_all(board.panels.iter().map(|each| panel(board.id.clone(), each.id.clone(), query.clone())));
        let (states, head) = futures::join!(states, head_of(board, question.clone()));
        let (name, is_late) = match head.subject {
            Some(SubjectState::Failed(failure)) => {
                let here = question.at(&paths::board(&board.id));
                let has_filters = board.subject.as_ref().is_some_and(|subject| !subject.filters.is_empty());
                let is_needed = matches!(failure.problem, Some(AnswerProblem::Choose(_)));
                let filters = head.bar.filter(|_| has_filters).map(|bar| {
                    question.filters = bar.query.clone();
                    filter_views(board, &question, bar, is_needed)
                });
                return Some(subject::failed(&state.settings, board, failure, here, filters));
            }
            Some(SubjectState::Known(name)) => (Some(name), false),
            Some(SubjectState::Late) => (None, true),
            None => (None, false),
        };
        let is_needed = states.iter().any(waits_for_filters);
        if let Some(bar) = &head.bar {
            // Links do not repeat values that are not valid.
            question.filters = bar.query.clone();
        }
        let question_asked = question.clone();
        let is_single = board.panels.len() == 1 && !board.panels.iter().any(|panel| panel.is_in_section);
        let about = head.titles.first().filter(|_| is_single).cloned();
        let mut states: Vec<_> = states.into_iter().map(settled).collect();
        let as_of = newest(board, &mut states);
        let notices = notices(board, &states, &question.at(&paths::board(&board.id)));
        let panels: Vec<_> = board
            .panels
            .iter()
            .zip(states)
            .zip(head.titles)
            .zip(short_panels(&board.panels))
            .map(|(((panel, state), title), is_short)| {
                let here =
                    PanelUrl { board: board.id.clone(), panel: panel.id.clone(), question: question.clone() };
                framed(board, panel, title, state, here, is_short)
            })
            .collect();
        let bar = head.bar.map(|bar| filter_views(board, &question, bar, is_needed));
        let period = board.period.as_ref().and_then(|setting| chooser(&board.id, setting, question));
        let actions = offered(&board.id, &question_asked);
        let here = has_one_time(board).then(|| question_asked.at(&paths::board(&board.id)));
        let reload = here.map(|here| view! { <ReloadAll here as_of/> }.into_any());
        let message = forms::message().await;
        let refresh = refresh(&board.id, &question_asked);
        let panels = in_sections(board, panels);
        let title = board.title.text(language()).to_owned();
        let page_title =
            name.as_ref().map(|name| view! { <PageTitle text=format!("{name} \u{b7} {title}")/> });
        let way_back = subject::way_back(&state.settings, board);
        Some(view! {
            {page_title}
            <BoardContent title=name.unwrap_or(title) is_late way_back about reload width=board.width period filters=bar actions message=view! { <Said message/> {refresh} }.into_any()>
                {notices}
                {panels}
            </BoardContent>
        }
        .into_any())
    }));
    view! { <Frame title needs_extra_style><Suspense>{fetched}</Suspense></Frame> }.into_any()
}

/// The state of a panel; a failure of the whole page is applied to it.
fn settled(state: Result<PanelState, AppError>) -> PanelState {
    state.unwrap_or_else(|error| {
        lead(&error);
        PanelState::Failed(error.into())
    })
}

/// The home address leads to this board from now on. Loads that the user may never see do not count.
fn keep_as_last(state: &AppState, board: &str) {
    let Some(response) = use_context::<ResponseOptions>() else { return };
    let is_home = state.settings.board(board).is_some_and(|board| !board.needs_parameter());
    if !is_home {
        return;
    }
    let cookie = request::of_request(|request| {
        guard::is_navigation(&request.headers)
            .then(|| preferences::keep_board(board, &request.headers, state.settings.is_https()))
            .flatten()
    });
    if let Ok(Some(cookie)) = cookie {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// The access that the user lacks for the whole board. A session that has just ended is found by the panels.
fn locked(state: &AppState, board: &str) -> Option<AppError> {
    let (signed_in, board) = (request::signed_in().ok()?, state.settings.board(board)?);
    rights::missing_access(&state.settings, &signed_in, &board.needs).map(AppError::Forbidden)
}

/// Replaces a board to which the user has no access. The API is not called.
#[component]
fn LockedBoard(
    title: String,
    error: AppError,
    /// This page, to return to.
    here: String,
) -> impl IntoView {
    let reference = fail(&error);
    let (ask, was_refused) = access_request(DEFAULT_API, &error, &here);
    view! {
        <BoardMark width=BoardWidth::Normal/>
        <div class="page board">
            <header class="board-head">
                <h1>{title}</h1>
            </header>
            <section class="panel locked" aria-label=t!(language(), "board-no-access")>
                <PanelFailure error retry_href=here ask was_refused reference/>
            </section>
        </div>
    }
}

/// The raw query of this page.
pub(super) fn asked() -> String {
    request::of_request(|request| request.uri.query().unwrap_or_default().to_owned()).unwrap_or_default()
}

/// The choice of a period, and a message if the requested one is invalid.
fn chooser(board: &str, setting: &PeriodSetting, question: BoardQuery) -> Option<AnyView> {
    let (state, signed_in, reader) = (request::state().ok()?, request::signed_in().ok()?, request::reader());
    let look = state.boards.request(&signed_in, &reader, board, question.clone()).ok()?;
    let mut choices = choices(setting, look.period?, &reader, state.clock.now());
    choices.paged = paged(look.board);
    let board = board.to_owned();
    let refused = look.is_period_refused.then(|| {
        view! {
            <Notice tone=Tone::Warn>{t!(language(), "board-period-invalid")}</Notice>
        }
    });
    Some(
        view! {
            <PeriodChooser board question choices/>
            {refused}
        }
        .into_any(),
    )
}

/// The panels that have pages.
fn paged(board: &BoardSetting) -> Vec<String> {
    let is_paged = |panel: &&Panel| panel.kind.as_table().is_some_and(|table| table.page.is_some());
    board.panels.iter().filter(is_paged).map(|panel| panel.id.clone()).collect()
}

/// Whether a panel cannot be requested before the user chooses a filter.
fn waits_for_filters(state: &Result<PanelState, AppError>) -> bool {
    let Ok(PanelState::Failed(failed)) = state else { return false };
    matches!(failed.problem, Some(AnswerProblem::Choose(_)))
}

/// The tabs and filters of a board.
fn filter_views(board: &BoardSetting, question: &BoardQuery, bar: FilterBar, is_needed: bool) -> AnyView {
    let (id, question, paged) = (board.id.clone(), question.clone(), paged(board));
    let tabs = (!bar.tabs.is_empty()).then(|| {
        let (board, question, tabs) = (id.clone(), question.clone(), bar.tabs.clone());
        view! { <TabBar board question tabs/> }
    });
    view! {
        {tabs}
        <FilterBarView board=id question bar paged is_needed/>
    }
    .into_any()
}

/// The actions of the board as a whole, and the result of the last one.
fn offered(board: &str, question: &BoardQuery) -> Option<AnyView> {
    let (state, signed_in) = (request::state().ok()?, request::signed_in().ok()?);
    if state.settings.board(board)?.actions.is_empty() {
        return None;
    }
    let reader = request::reader();
    let look = state.boards.request(&signed_in, &reader, board, question.clone()).ok()?;
    let links = offer::of_board(&look).into_iter().map(|link| {
        let href = question.at(&paths::action(board, None, &link.action, None));
        let id = format!("act-{}", link.action);
        ActionOffer { link, href, id }
    });
    let actions: Vec<_> = links.collect();
    let results: Vec<_> = offer::results(&look, None)
        .into_iter()
        .map(|(_, result)| view! { <ActionResultView result/> })
        .collect();
    (!actions.is_empty()).then(|| {
        let links = inert(action_links(actions, "", Some("acts-board")));
        view! { <div class="acts">{links} <div id="board-said" class="board-said">{results}</div></div> }
            .into_any()
    })
}

/// Without scripts, the page loads again while an API works on what it has accepted.
fn refresh(board: &str, question: &BoardQuery) -> Option<AnyView> {
    let (state, signed_in) = (request::state().ok()?, request::signed_in().ok()?);
    if !signed_in.record.outcomes.iter().any(Finished::has_job) {
        return None;
    }
    let reader = request::reader();
    let look = state.boards.request(&signed_in, &reader, board, question.clone()).ok()?;
    let (secs, page) = offer::refresh(&look)?;
    let content = match page {
        Some(page) => format!("{secs};url={page}"),
        None => secs.to_string(),
    };
    Some(view! { <noscript><meta http-equiv="refresh" content=content/></noscript> }.into_any())
}

fn choices(setting: &PeriodSetting, period: Period, reader: &LocaleFormatter, now: i64) -> Choices {
    Choices {
        spans: setting.choices.iter().map(|span| (span.code(), span.label(reader.language()))).collect(),
        chosen: period.choice.map(|span| span.code()),
        from: period.from.to_string(),
        to: period.to.to_string(),
        reads: match period.from == period.to {
            true => reader.date(period.from),
            false => format!("{} \u{2013} {}", reader.date(period.from), reader.date(period.to)),
        },
        last: (!setting.future).then(|| reader.today(now).to_string()),
        paged: Vec::new(),
    }
}

/// A board; its children are the panels.
#[component]
pub fn BoardContent(
    #[prop(into)] title: String,
    /// The name of the subject follows, in place of the title.
    is_late: bool,
    /// The link back from a board about one thing.
    way_back: Option<AnyView>,
    /// The title of the only panel, which then has no head.
    about: Option<String>,
    /// The time of the data, and the link that reloads all panels.
    reload: Option<AnyView>,
    width: BoardWidth,
    period: Option<AnyView>,
    /// The tabs and filters.
    filters: Option<AnyView>,
    /// The actions of the board and their results.
    actions: Option<AnyView>,
    /// The message of a form posted before.
    message: AnyView,
    children: Children,
) -> impl IntoView {
    let mut class = "page board".to_owned();
    if about.is_some() {
        class.push_str(" single");
    }
    // Panels share rows, so an incomplete row would be painted too wide. A table alone is painted as it arrives.
    let whole =
        about.is_none().then(|| view! { <Link rel="expect" href=format!("#{MAIN}") blocking="render"/> });
    let about = about.filter(|about| *about != title).map(|about| view! { <p class="muted">{about}</p> });
    view! {
        <BoardMark width/>
        {whole}
        <div class=class>
            {way_back}
            <header class="board-head">
                <h1 data-late=is_late.then_some("")>{title}</h1>
                {about} {reload} {period} {actions}
            </header>
            {message}
            {filters}
            {children()}
        </div>
    }
}

/// The panels in a grid; those of each section in a grid below its heading.
fn in_sections(board: &BoardSetting, panels: Vec<AnyView>) -> Vec<AnyView> {
    let mut sections: Vec<(Option<String>, Vec<AnyView>)> = Vec::new();
    for (panel, view) in board.panels.iter().zip(panels) {
        let heading = panel.section.as_ref().map(|section| section.text(language()).to_owned());
        match sections.last_mut().filter(|_| heading.is_none()) {
            Some((_, views)) => views.push(view),
            None => sections.push((heading, vec![view])),
        }
    }
    let section = |(index, (heading, views)): (usize, (Option<String>, Vec<AnyView>))| match heading {
        None => view! { <div class="panels">{views}</div> }.into_any(),
        Some(heading) => {
            let id = format!("section-{index}");
            let heading_id = id.clone();
            view! {
                <section class="section" aria-labelledby=id>
                    <h2 id=heading_id>{heading}</h2>
                    <div class="panels">{views}</div>
                </section>
            }
            .into_any()
        }
    };
    sections.into_iter().enumerate().map(section).collect()
}
