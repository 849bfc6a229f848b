//! A page for what went wrong: on one half of a ticket what happened, on the other what to take along.
//! The provider's words are quoted as text, never as markup and never as our own.

use claimcheck_model::Problem;
use leptos::prelude::*;

/// A problem page.
#[component]
pub fn ProblemContent(problem: Problem) -> impl IntoView {
    let Problem { title, what, said_by_provider, advice, action, back, reference } = problem;
    let quote = said_by_provider.map(|words| {
        view! {
            <figure>
                <figcaption>"Your provider said"</figcaption>
                <blockquote>{words}</blockquote>
            </figure>
        }
    });
    let link = |class: &'static str, (label, href): (String, String)| {
        view! {
            <a class=class href=href>
                {label}
            </a>
        }
    };
    let action = action.map(|action| link("button primary", action));
    let back = back.map(|back| link("button", back));
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <p class="print">"Problem"</p>
                    <h1>{title}</h1>
                    <p>{what}</p>
                    {quote}
                </div>
                <div class="check">
                    <div>
                        <h2>"What to do"</h2>
                        <p>{advice}</p>
                    </div>
                    <p class="ways">{action} {back}</p>
                    <ReferenceView reference/>
                </div>
            </article>
        </div>
    }
}

/// Under which the log has what happened, to be told to whoever runs this.
#[component]
pub fn ReferenceView(reference: Option<String>) -> impl IntoView {
    reference.map(|reference| {
        view! {
            <p class="reference">
                <span class="print">"Reference"</span>
                " "
                <span class="num">{reference}</span>
            </p>
        }
    })
}
