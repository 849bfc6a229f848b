//! The user's sessions, and how to end them: one, the others, or all. Plain forms, which work with scripts off; their
//! result is shown above the list. Below them, the user's activity.

mod activity;

use claimcheck_model::{functions, paths};
use claimcheck_server::{
    device::Kind,
    flash::Flash,
    view::sessions::{EndedSessionEntry, HistoryEntry, SessionEntry, SessionList, Time},
};
use claimcheck_text::{parts, t};
use leptos::prelude::*;

use crate::{
    components::{Icon, PanelFailure, PanelFrame, icon, language, segments},
    handlers::{forms, sessions},
    pages::{
        answer::{contained, fail},
        frame::Frame,
        said::Said,
        sessions::activity::Activity,
    },
};

/// The sessions page.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let fetched = Suspend::new(contained(async move {
        match sessions::overview().await {
            Ok(sessions) => {
                let message = forms::message().await;
                view! { <SessionsContent sessions message/> }.into_any()
            }
            Err(error) => {
                let reference = fail(&error);
                view! { <PanelFailure error retry_href=paths::SESSIONS.href() reference/> }.into_any()
            }
        }
    }));
    let title = t!(language(), "sessions-title");
    view! { <Frame title needs_extra_style=true><Suspense>{fetched}</Suspense></Frame> }
}

/// The content of the sessions page.
#[component]
pub fn SessionsContent(
    sessions: SessionList,
    /// The message of a form posted from here.
    message: Option<Flash>,
) -> impl IntoView {
    let language = language();
    let SessionList { this, others, more, ended, history, activity } = sessions;
    view! {
        <div class="page">
            <h1>{t!(language, "sessions-title")}</h1>
            <Said message/>
            <div class="columns places">
                <div>
                    <This place=this/>
                    <PanelFrame title=t!(language, "sessions-others")>
                        <Others places=others more/>
                    </PanelFrame>
                    <PanelFrame title=t!(language, "sign-out")>
                        <WaysOut/>
                    </PanelFrame>
                </div>
                <div>
                    <PanelFrame title=t!(language, "sessions-history")>
                        <History moments=history/>
                    </PanelFrame>
                    {(!ended.is_empty())
                        .then(|| {
                            view! {
                                <PanelFrame title=t!(language, "sessions-ended")>
                                    <Ended places=ended/>
                                </PanelFrame>
                            }
                        })}
                </div>
            </div>
            <PanelFrame title=t!(language, "activity-title")>
                <Activity entries=activity/>
            </PanelFrame>
        </div>
    }
}

/// The ticket of the current session.
#[component]
fn This(place: SessionEntry) -> impl IntoView {
    let SessionEntry { device, kind, how, since, .. } = place;
    let title = t!(language(), "session-this");
    view! {
        <section class="ticket wide identity" aria-label=title>
            <div class="stub">
                <DeviceIcon kind/>
            </div>
            <div class="check">
                <p class="print">{title}</p>
                <p class="who">{device}</p>
                <p>{signed_in(since, how)}</p>
            </div>
        </section>
    }
}

/// The other sessions, each with a button to end it.
#[component]
fn Others(places: Vec<SessionEntry>, more: usize) -> impl IntoView {
    let language = language();
    if places.is_empty() {
        return view! { <p class="perf none muted">{t!(language, "sessions-others-none")}</p> }.into_any();
    }
    let rows = places
        .into_iter()
        .map(|SessionEntry { key, device, kind, how, since, active }| {
            let label =
                t!(language, "sessions-end-label", device = device.as_str(), time = since.words.as_str());
            let active = parts!(language, "session-last-active", time = clock(active));
            view! {
                <li>
                    <DeviceIcon kind/>
                    <p>
                        <span class="label">{device}</span>
                        <span class="note">{segments(active)}</span>
                        <span class="note">{signed_in(since, how)}</span>
                    </p>
                    <form method="post" action=functions::END_SESSION.path.href()>
                        <input type="hidden" name="session" value=key/>
                        <button class="button" type="submit" aria-label=label>
                            {t!(language, "sessions-end")}
                        </button>
                    </form>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <div class="perf">
            <div class="toolbar">
                <p>{t!(language, "sessions-others-count", count = rows.len() + more)}</p>
                <form method="post" action=functions::END_OTHER_SESSIONS.path.href()>
                    <button class="button" type="submit">
                        {t!(language, "sessions-end-others")}
                    </button>
                </form>
            </div>
            <ul class="entries">{rows}</ul>
            {(more > 0)
                .then(|| view! { <p class="more muted">{t!(language, "sessions-others-more", count = more)}</p> })}
        </div>
    }
        .into_any()
}

/// The ways to sign out, one sentence each.
#[component]
fn WaysOut() -> impl IntoView {
    let language = language();
    let ways = [
        (None, t!(language, "sign-out"), t!(language, "sign-out-what")),
        (Some(paths::ONLY_HERE), t!(language, "sign-out-here"), t!(language, "sign-out-here-what")),
        (
            Some(paths::EVERYWHERE),
            t!(language, "sign-out-everywhere"),
            t!(language, "sign-out-everywhere-what"),
        ),
    ];
    let ways = ways
        .into_iter()
        .map(|(reach, label, words)| {
            view! {
                <li>
                    <p>{words}</p>
                    <form method="post" action=paths::SIGN_OUT.href()>
                        {reach.map(|reach| view! { <input type="hidden" name=paths::REACH value=reach/> })}
                        <button class="button" type="submit">
                            {label}
                        </button>
                    </form>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! { <ul class="entries ways perf">{ways}</ul> }
}

/// The history of this session.
#[component]
fn History(moments: Vec<HistoryEntry>) -> impl IntoView {
    if moments.is_empty() {
        return view! { <p class="perf none muted">{t!(language(), "sessions-history-none")}</p> }.into_any();
    }
    let lines = moments
        .into_iter()
        .map(|HistoryEntry { what, at }| {
            view! {
                <li>
                    <p>
                        <span class="label">{what}</span>
                        <span class="note">{clock(at)}</span>
                    </p>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! { <ol class="entries perf">{lines}</ol> }.into_any()
}

/// Ended sessions.
#[component]
fn Ended(places: Vec<EndedSessionEntry>) -> impl IntoView {
    let lines = places
        .into_iter()
        .map(|EndedSessionEntry { device, kind, why, at }| {
            view! {
                <li>
                    <DeviceIcon kind/>
                    <p>
                        <span class="label">{device}</span>
                        <span class="note">{why}</span>
                        <span class="note">{clock(at)}</span>
                    </p>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! { <ul class="entries perf">{lines}</ul> }
}

/// When a session started, and how the user signed in.
fn signed_in(since: Time, how: Option<String>) -> Vec<AnyView> {
    let (language, time) = (language(), clock(since));
    segments(match how {
        None => parts!(language, "session-signed-in", time = time),
        Some(how) => parts!(language, "session-signed-in-with", time = time, methods = how.into_any()),
    })
}

fn clock(time: Time) -> AnyView {
    view! { <time datetime=time.at>{time.words}</time> }.into_any()
}

#[component]
fn DeviceIcon(kind: Kind) -> impl IntoView {
    let d = match kind {
        Kind::Computer => icon::SCREEN,
        Kind::Phone => icon::PHONE,
        Kind::Program => icon::PROGRAM,
    };
    view! { <Icon d class="icon device"/> }
}
