//! Events under the day on which they are.

use claimcheck_model::{Timeline, TimelineDay, TimelineEvent};
use claimcheck_text::t;
use leptos::{either::Either, prelude::*};

use crate::components::{
    TagIcon,
    cell::{inert, tag as tag_markup},
    icon, language, linked,
};

/// The body of a timeline.
#[component]
pub fn TimelineView(
    timeline: Timeline,
    /// The title of the panel is below the heading of a section, so the days are one level lower.
    is_in_section: bool,
) -> impl IntoView {
    let language = language();
    let Timeline { days, more } = timeline;
    if days.is_empty() {
        return view! {
            <div class="state perf" role="status">
                <TagIcon d=icon::TAG_HANGER/>
                <h3>{t!(language, "timeline-empty-title")}</h3>
                <p>{t!(language, "timeline-empty")}</p>
            </div>
        }
        .into_any();
    }
    let days = days.into_iter().map(|day| view! { <Day day is_in_section/> }).collect::<Vec<_>>();
    let more =
        more.map(|more| view! { <p class="more muted">{t!(language, "timeline-more", count = more)}</p> });
    view! {
        <ol class="timeline perf">{days}</ol>
        {more}
    }
    .into_any()
}

#[component]
fn Day(day: TimelineDay, is_in_section: bool) -> impl IntoView {
    let TimelineDay { day, date, events } = day;
    let day = day.unwrap_or_else(|| t!(language(), "timeline-no-day").to_owned());
    let events = events.into_iter().map(|event| view! { <Event event/> }).collect::<Vec<_>>();
    let time = view! { <time datetime=date>{day}</time> };
    let heading = match is_in_section {
        true => Either::Left(view! { <h4>{time}</h4> }),
        false => Either::Right(view! { <h3>{time}</h3> }),
    };
    view! {
        <li>
            {heading}
            <ul class="entries">{events}</ul>
        </li>
    }
}

#[component]
fn Event(event: TimelineEvent) -> impl IntoView {
    let TimelineEvent { time, label, note, tag, to } = event;
    view! {
        <li>
            <span class="time num">{time}</span>
            <p>
                <span class="label">{linked(to, label)}</span>
                {note.map(|note| view! { <span class="note">{note}</span> })}
            </p>
            {tag.map(|tag| inert(tag_markup(&tag.text, tag.tone)))}
        </li>
    }
}
