//! The user's activity on the sessions page: the latest lines, and the older ones behind a button that needs no script.

use claimcheck_server::view::activity::{ActivityEntry, PlaceLink};
use claimcheck_text::t;
use leptos::prelude::*;

use crate::{
    components::{Icon, icon, language},
    pages::sessions::{DeviceIcon, clock},
};

/// The lines that are shown at once.
const LATEST: usize = 10;

/// The content of the panel; without entries if they could not be read.
#[component]
pub fn Activity(entries: Option<Vec<ActivityEntry>>) -> impl IntoView {
    let language = language();
    let Some(entries) = entries else {
        return view! { <p class="perf activity none muted">{t!(language, "activity-unavailable")}</p> }
            .into_any();
    };
    if entries.is_empty() {
        return view! { <p class="perf activity none muted">{t!(language, "activity-none")}</p> }.into_any();
    }
    let mut latest: Vec<_> = entries.into_iter().map(line).collect();
    let older = latest.split_off(latest.len().min(LATEST));
    let count = older.len();
    let older = (count > 0).then(|| {
        view! {
            <details>
                <summary>{t!(language, "activity-more", count = count)}</summary>
                <ol class="entries" start=(LATEST + 1).to_string()>
                    {older}
                </ol>
            </details>
        }
    });
    view! {
        <div class="perf activity">
            <p class="about muted">{t!(language, "activity-about")}</p>
            <ol class="entries">{latest}</ol>
            {older}
        </div>
    }
    .into_any()
}

fn line(entry: ActivityEntry) -> AnyView {
    let language = language();
    let ActivityEntry { what, row, notes, board, device, kind, address, is_this_session, is_unusual, at } =
        entry;
    let picture = match (is_unusual, &device) {
        (true, _) => view! { <Icon d=icon::WARNING class="icon device"/> }.into_any(),
        (false, Some(_)) => view! { <DeviceIcon kind/> }.into_any(),
        (false, None) => view! { <Icon d=icon::PROGRAM class="icon device"/> }.into_any(),
    };
    let unusual = is_unusual
        .then(|| view! { <strong class="check-this">{t!(language, "activity-unusual")}</strong> " " });
    let row = row.map(|row| view! { ": " {place(row)} });
    let facts = board.map(place).into_iter().chain(notes.into_iter().map(IntoAny::into_any));
    let this = is_this_session.then(|| t!(language, "session-this").into_any());
    let from = device.into_iter().chain(address).map(IntoAny::into_any);
    let from = std::iter::once(clock(at)).chain(from).chain(this);
    view! {
        <li data-unusual=is_unusual.then_some("")>
            {picture}
            <p>
                <span class="label">{unusual} {what} {row}</span>
                <span class="note">{separated(facts)}</span>
                <span class="note">{separated(from)}</span>
            </p>
        </li>
    }
    .into_any()
}

/// A name, as a link if the user may go there.
fn place(PlaceLink { name, href }: PlaceLink) -> AnyView {
    match href {
        Some(href) => view! { <a href=href>{name}</a> }.into_any(),
        None => name.into_any(),
    }
}

fn separated(parts: impl Iterator<Item = AnyView>) -> Vec<AnyView> {
    let mut all = Vec::new();
    for part in parts {
        if !all.is_empty() {
            all.push(" · ".into_any());
        }
        all.push(part);
    }
    all
}
