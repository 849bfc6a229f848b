//! A problem page: what happened on one half of a ticket, the reference on the other. The provider's words are quoted
//! as text, never as markup and never as our own.

use claimcheck_model::Problem;
use claimcheck_text::{Segment, parts, t};
use leptos::prelude::*;

use crate::components::{Look, language, look};

/// A problem page.
#[component]
pub fn ProblemContent(problem: Problem) -> impl IntoView {
    let Problem { title, what, said_by_provider, advice, action, back, reference } = problem;
    let language = language();
    let quote = said_by_provider.map(|words| {
        view! {
            <figure>
                <figcaption>{t!(language, "problem-provider-said")}</figcaption>
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
                    <p class="print">{t!(language, "problem-label")}</p>
                    <h1>{title}</h1>
                    <p>{what}</p>
                    {quote}
                </div>
                <div class="check">
                    <div>
                        <h2>{t!(language, "what-to-do")}</h2>
                        <p>{advice}</p>
                    </div>
                    <p class="ways">{action} {back}</p>
                    <ReferenceView reference/>
                </div>
            </article>
        </div>
    }
}

/// The reference under which the log has the cause, for the operator; and the configured link for help.
#[component]
pub fn ReferenceView(reference: Option<String>) -> impl IntoView {
    let Look { language, brand, .. } = look();
    let reference = reference.map(|reference| {
        let parts = parts!(language, "reference", id = reference);
        let parts = parts.into_iter().map(|part| match part {
            Segment::Text(text) => view! { <span class="print">{text}</span> }.into_any(),
            Segment::Argument(id) => view! { <span class="num">{id}</span> }.into_any(),
        });
        view! { <p class="reference">{parts.collect::<Vec<_>>()}</p> }
    });
    let support = brand.support.clone().map(|href| {
        view! {
            <p>
                <a href=href>{t!(language, "get-help")}</a>
            </p>
        }
    });
    view! {
        {reference}
        {support}
    }
}
