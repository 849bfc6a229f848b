//! Whole pages outside the route table: responses of plain routes and of layers, which look like every other page.
//! Static HTML; no islands.

mod doctor;
mod framed;
/// The problem page.
pub mod problem;
mod replace_session;
mod sign_out;
mod unsent_form;
mod zone;

use axum::response::Html;
use claimcheck_model::{AppError, Problem, part::MAIN, paths};
use claimcheck_text::{Language, t};
use leptos::prelude::*;

use crate::{
    assets::pkg_url,
    components::{
        Footer, Look, Notice, Remedy, SkipLink, Tone, TopBar, failure_text, failure_title, look, reason,
    },
    documents::problem::ProblemContent,
};

pub use doctor::{DoctorContent, DoctorStep};
pub use framed::FramedContent;
pub use replace_session::ReplaceSessionContent;
pub use sign_out::{SignOutContent, SignOutStep};
pub use unsent_form::{Unsent, UnsentFormContent};
pub use zone::ZoneContent;

/// A problem page.
pub fn problem_page(look: Look, problem: Problem) -> Html<String> {
    document(look, problem.title.clone(), move || view! { <ProblemContent problem/> })
}

/// The problem page of a request that was refused or failed. `again` is the URL to try the same request again.
pub fn failure(look: Look, error: &AppError, reference: Option<String>, again: Option<&str>) -> Html<String> {
    let problem = problem_of(look.language, error, reference, again);
    problem_page(look, problem)
}

/// The same with a more specific text than that of the error. `link` replaces the button.
pub fn refusal(
    look: Look,
    error: &AppError,
    (what, advice): (&str, &str),
    reference: Option<String>,
    link: Option<(String, String)>,
) -> Html<String> {
    let known = problem_of(look.language, error, reference, None);
    let action = link.or(known.action);
    problem_page(look, Problem { what: what.to_owned(), advice: advice.to_owned(), action, ..known })
}

/// The page after a sign-out, which goes on by itself.
pub fn sign_out_page(look: Look, step: SignOutStep, nonce: String) -> Html<String> {
    let title = t!(look.language, "sign-out-page-title").to_owned();
    let refresh = step.refresh().map(Refresh::Always);
    document_with(look, title, refresh, move || view! { <SignOutContent step nonce/> })
}

/// The page that reads the time zone of the browser, and goes on to `target`.
pub fn zone_page(look: Look, target: String, cookie: (String, String), nonce: String) -> Html<String> {
    let title = t!(look.language, "zone-title").to_owned();
    let refresh = Some(Refresh::WithoutScripts(format!("0; url={target}")));
    document_with(look, title, refresh, move || view! { <ZoneContent target cookie nonce/> })
}

/// The page that is shown in a frame instead of any other. `target` is the page to open in a tab.
pub fn framed_page(look: Look, target: String) -> Html<String> {
    let title = t!(look.language, "framed-open").to_owned();
    html(look, title, None, move || view! { <FramedContent target/> })
}

/// The page that asks the user of that name before a link replaces their session. `stay` keeps it.
pub fn replace_session(look: Look, name: String, go_on: String, stay: String) -> Html<String> {
    let title = t!(look.language, "replace-session-title").to_owned();
    document(look, title, move || view! { <ReplaceSessionContent name go_on stay/> })
}

/// A page of `claimcheck doctor --sign-in`.
pub fn doctor_page(look: Look, step: DoctorStep) -> Html<String> {
    let title = step.title(look.language).to_owned();
    document(look, title, move || view! { <DoctorContent step/> })
}

/// The form of an action that was not submitted, with all input.
pub fn unsent_form(look: Look, why: Unsent, pairs: Vec<(String, String)>) -> Html<String> {
    let title = why.title(look.language).to_owned();
    document(look, title, move || view! { <UnsentFormContent why pairs/> })
}

fn document<V: IntoView + 'static>(look: Look, title: String, main: impl FnOnce() -> V) -> Html<String> {
    document_with(look, title, None, main)
}

/// The content of `<meta http-equiv="refresh">`.
enum Refresh {
    Always(String),
    /// A script of the page goes on.
    WithoutScripts(String),
}

impl Refresh {
    fn view(self) -> AnyView {
        match self {
            Self::Always(content) => view! { <meta http-equiv="refresh" content=content/> }.into_any(),
            Self::WithoutScripts(content) => {
                view! { <noscript><meta http-equiv="refresh" content=content/></noscript> }.into_any()
            }
        }
    }
}

/// With a page that the browser goes on to.
fn document_with<V: IntoView + 'static>(
    look: Look,
    title: String,
    refresh: Option<Refresh>,
    main: impl FnOnce() -> V,
) -> Html<String> {
    html(look, title, refresh, || {
        let main = main().into_any();
        view! { <Body bar=None>{main}</Body> }
    })
}

/// With nothing around the body.
fn html<V: IntoView + 'static>(
    look: Look,
    title: String,
    refresh: Option<Refresh>,
    body: impl FnOnce() -> V,
) -> Html<String> {
    let owner = Owner::new_root(None);
    let html = owner.with(|| {
        let (language, scheme) = (look.language, look.scheme);
        let title = page_title(&look, &title);
        provide_context(look);
        let body = body().into_any();
        view! {
            <html lang=language.tag() data-scheme=scheme data-hydrated="">
                <head>
                    <Head/>
                    <title>{title}</title>
                    {refresh.map(Refresh::view)}
                </head>
                <body>{body}</body>
            </html>
        }
        .to_html()
    });
    Html(format!("<!DOCTYPE html>{html}"))
}

/// The title of a document, with the name of the installation.
pub fn page_title(look: &Look, title: &str) -> String {
    t!(look.language, "page-title", title = title, brand = look.brand.name.as_str())
}

/// The head of every document.
#[component]
pub fn Head() -> impl IntoView {
    let Look { language, brand, .. } = look();
    let description = t!(language, "page-description", brand = brand.name.as_str());
    let (icon, kind) = brand.icon.clone();
    let accent = brand.stylesheet.clone().map(|href| view! { <link rel="stylesheet" href=href/> });
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="description" content=description/>
        <link rel="icon" type=kind href=icon/>
        <link rel="stylesheet" href=pkg_url("claimcheck.css")/>
        {accent}
    }
}

/// The body of every document, with `children` in the main landmark.
#[component]
pub fn Body(
    /// The bar at the top; `None` for the plain one.
    bar: Option<AnyView>,
    /// Whether the footer has the preferences, because there is no user menu.
    #[prop(optional)]
    has_preferences: bool,
    children: Children,
) -> impl IntoView {
    let bar = bar.unwrap_or_else(|| view! { <TopBar user=None boards=Vec::new() current=""/> }.into_any());
    view! {
        <SkipLink/>
        {bar}
        {look().brand.notice.clone().map(|text| view! { <Notice tone=Tone::Warn>{text}</Notice> })}
        <main id=MAIN tabindex="-1">
            {children()}
        </main>
        <Footer has_preferences/>
    }
}

/// A failure as its own problem page. `again` is the URL to try the same request again.
pub fn problem_of(
    language: Language,
    error: &AppError,
    reference: Option<String>,
    again: Option<&str>,
) -> Problem {
    let found = failure_text(language, error);
    let why: String = reason(language, error, false).into_iter().map(|part| part.text(language)).collect();
    let (what, advice) = match why.is_empty() {
        true => (found.advice.to_owned(), t!(language, "failure-if-again")),
        false => (why, found.advice),
    };
    let home = paths::HOME.href();
    let action = match (found.remedy, again) {
        (Remedy::TryAgain, Some(again)) => Remedy::TryAgain.link(language, again),
        (Remedy::SignIn, again) => Remedy::SignIn.link(language, again.unwrap_or(&home)),
        _ => Remedy::Home.link(language, &home),
    };
    Problem {
        title: failure_title(language, error).to_owned(),
        what,
        said_by_provider: None,
        advice: advice.to_owned(),
        action: Some((action.0.to_owned(), action.1)),
        back: None,
        reference,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_succeed_later_is_asked_again_where_it_was_asked() {
        let page = |error, again| failure(Look::default(), &error, None, again).0;
        let link =
            |page: &str, href: &str| page.contains(&format!("href=\"{href}\" class=\"button primary\""));
        let away = page(AppError::StoreUnavailable, Some("/boards/orders?x=1"));
        assert!(link(&away, "/boards/orders?x=1") && away.contains("Try again"), "{away}");
        let posted = page(AppError::StoreUnavailable, None);
        assert!(link(&posted, "/") && posted.contains("Home"), "{posted}");
        let missing = page(AppError::NotFound, Some("/nowhere"));
        assert!(link(&missing, "/") && !missing.contains("/nowhere"), "it would fail again");
    }
}
