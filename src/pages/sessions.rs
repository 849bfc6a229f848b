//! Where the person is signed in, and the ways out: of one session, of the others, of all. Plain forms, which work with
//! scripts off; what they did is said above the list.

use claimcheck_model::{functions, paths};
use claimcheck_server::{
    flash::Flash,
    view::{
        device::Kind,
        sessions::{EndedSessionEntry, HistoryEntry, SessionEntry, SessionList, Time},
    },
};
use leptos::prelude::*;

use crate::{
    components::{Icon, PanelFailure, PanelFrame, icon},
    handlers::{forms, sessions},
    pages::{
        answer::{contained, fail},
        frame::Frame,
        said::Said,
    },
};

/// The page of sessions.
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
                view! { <PanelFailure error retry_href=paths::SESSIONS reference/> }.into_any()
            }
        }
    }));
    view! { <Frame title="Sessions"><Suspense>{fetched}</Suspense></Frame> }
}

/// What the page of sessions shows.
#[component]
pub fn SessionsContent(
    sessions: SessionList,
    /// What a form that was posted from here has to say.
    message: Option<Flash>,
) -> impl IntoView {
    let SessionList { this, others, more, ended, history } = sessions;
    view! {
        <div class="page">
            <h1>"Sessions"</h1>
            <Said message/>
            <div class="columns places">
                <div>
                    <This place=this/>
                    <PanelFrame title="Signed in elsewhere">
                        <Others places=others more/>
                    </PanelFrame>
                    <PanelFrame title="Sign out">
                        <WaysOut/>
                    </PanelFrame>
                </div>
                <div>
                    <PanelFrame title="In this session">
                        <History moments=history/>
                    </PanelFrame>
                    {(!ended.is_empty())
                        .then(|| {
                            view! {
                                <PanelFrame title="Ended lately">
                                    <Ended places=ended/>
                                </PanelFrame>
                            }
                        })}
                </div>
            </div>
        </div>
    }
}

/// The ticket of the session that asks.
#[component]
fn This(place: SessionEntry) -> impl IntoView {
    let SessionEntry { device, kind, how, since, .. } = place;
    view! {
        <section class="ticket wide identity" aria-label="This session">
            <div class="stub">
                <DeviceIcon kind/>
            </div>
            <div class="check">
                <p class="print">"This session"</p>
                <p class="who">{device}</p>
                <p>"Signed in " <Clock time=since/> {how.map(|how| format!(", with {how}"))}</p>
            </div>
        </section>
    }
}

/// The other sessions, each with its end.
#[component]
fn Others(places: Vec<SessionEntry>, more: usize) -> impl IntoView {
    if places.is_empty() {
        return view! { <p class="perf none muted">"Nowhere else: this is your only session."</p> }
            .into_any();
    }
    let rows = places
        .into_iter()
        .map(|SessionEntry { key, device, kind, how, since, active }| {
            let label = format!("End {device}, signed in {}", since.words);
            view! {
                <li>
                    <DeviceIcon kind/>
                    <p>
                        <span class="label">{device}</span>
                        <span class="note">"Last active " <Clock time=active/></span>
                        <span class="note">
                            "Signed in " <Clock time=since/> {how.map(|how| format!(", with {how}"))}
                        </span>
                    </p>
                    <form method="post" action=functions::END_SESSION.path>
                        <input type="hidden" name="session" value=key/>
                        <button class="button" type="submit" aria-label=label>
                            "End"
                        </button>
                    </form>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let count = rows.len() + more;
    let count = if count == 1 { "1 other session".to_owned() } else { format!("{count} other sessions") };
    view! {
        <div class="perf">
            <div class="toolbar">
                <p>{count}</p>
                <form method="post" action=functions::END_OTHER_SESSIONS.path>
                    <button class="button" type="submit">
                        "End all others"
                    </button>
                </form>
            </div>
            <ul class="entries">{rows}</ul>
            {(more > 0)
                .then(|| view! { <p class="more muted">{format!("And {more} more, which end with all others.")}</p> })}
        </div>
    }
        .into_any()
}

/// The ways out of this session, a sentence each.
#[component]
fn WaysOut() -> impl IntoView {
    let everywhere = "Ends all your sessions on this dashboard, and your provider's in this browser.";
    let ways = [
        (
            None,
            "Sign out",
            "Ends this session and your provider's, so that the next person here is asked who they are.",
        ),
        (
            Some(paths::ONLY_HERE),
            "Only this dashboard",
            "Ends this session only. Your provider still knows you in this browser.",
        ),
        (Some(paths::EVERYWHERE), "Sign out everywhere", everywhere),
    ];
    let ways = ways
        .into_iter()
        .map(|(reach, label, words)| {
            view! {
                <li>
                    <p>{words}</p>
                    <form method="post" action=paths::SIGN_OUT>
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

/// What happened here.
#[component]
fn History(moments: Vec<HistoryEntry>) -> impl IntoView {
    if moments.is_empty() {
        return view! { <p class="perf none muted">"Nothing yet."</p> }.into_any();
    }
    let lines = moments
        .into_iter()
        .map(|HistoryEntry { what, at }| {
            view! {
                <li>
                    <p>
                        <span class="label">{what}</span>
                        <span class="note">
                            <Clock time=at/>
                        </span>
                    </p>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! { <ol class="entries perf">{lines}</ol> }.into_any()
}

/// Sessions that are over.
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
                        <span class="note">{why} ", " <Clock time=at/></span>
                    </p>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! { <ul class="entries perf">{lines}</ul> }
}

#[component]
fn Clock(time: Time) -> impl IntoView {
    view! { <time datetime=time.at>{time.words}</time> }
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
