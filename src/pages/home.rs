//! The home page for visitors who are not signed in: a description of the program as two halves of a ticket, and one
//! button. Signed-in users never see it.

use claimcheck_model::paths;
use claimcheck_server::{
    config::{Board, BrandHome},
    preferences, rights,
    sign_in::{
        end_session::{self, Reach},
        pause,
    },
};
use claimcheck_text::t;
use leptos::prelude::*;
use url::form_urlencoded;

use crate::{
    components::{Look, Mark, Notice, language, look},
    handlers::{request, state::AppState},
    pages::{answer::see_other, frame::Frame},
};

/// The home page; for signed-in users, a redirect to the board that they opened last, or to the first one that they have
/// access to.
#[component]
pub fn Home() -> impl IntoView {
    let state = request::state().ok();
    if let Ok(signed_in) = request::signed_in() {
        let first = state.and_then(|state| {
            let settings = &state.settings;
            let is_open = |board: &&Board| {
                !board.needs_parameter()
                    && rights::missing_access(settings, &signed_in, &board.needs).is_none()
            };
            let last = request::request().ok().and_then(|request| {
                let id = preferences::last_board(&request.headers, settings.is_https())?;
                settings.board(id)
            });
            let board = last.filter(|board| is_open(board)).or_else(|| settings.boards.iter().find(is_open));
            Some(paths::board(&board?.id))
        });
        see_other(&first.unwrap_or_else(|| paths::ACCOUNT.href()));
        return ().into_any();
    }
    let (visit, home) = state.map_or((HomeVisit::Plain, BrandHome::Standard), |state| {
        (visit(&state), state.settings.brand.home.clone())
    });
    if home == BrandHome::SignIn && visit == HomeVisit::Plain && !has_declined() {
        see_other(&paths::SIGN_IN.href());
        return ().into_any();
    }
    let title = t!(language(), "home-title");
    view! { <Frame title><HomeContent visit home/></Frame> }.into_any()
}

/// How the user of this request arrived here.
fn visit(state: &AppState) -> HomeVisit {
    match back_from_sign_out(state) {
        Some(reach) => HomeVisit::SignedOut(reach),
        None if request::has_dead_session() => HomeVisit::Ended,
        None => HomeVisit::Plain,
    }
}

/// Whether a sign-in has just been refused or cancelled, or the user has signed out: then no new one starts by itself.
fn has_declined() -> bool {
    request::of_request(|request| pause::is_set(&request.headers)).unwrap_or_default()
}

/// The extent of the sign-out whose `state` is in the query; other values are ignored.
fn back_from_sign_out(services: &AppState) -> Option<Reach> {
    let query = request::request().ok()?.uri.query()?.to_owned();
    let (_, state) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "state")?;
    end_session::just_signed_out(&state, services.sessions.keyring(), services.clock.now())
}

/// How a user without a session arrived here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HomeVisit {
    /// They signed out, to this extent.
    SignedOut(Reach),
    /// Their session ended.
    Ended,
    /// Anything else.
    Plain,
}

/// The home page.
#[component]
pub fn HomeContent(visit: HomeVisit, home: BrandHome) -> impl IntoView {
    let Look { language, brand, .. } = look();
    let notice = match visit {
        HomeVisit::SignedOut(Reach::Provider) => Some(t!(language, "home-signed-out")),
        HomeVisit::SignedOut(Reach::Here) => Some(t!(language, "home-signed-out-here")),
        HomeVisit::Ended => Some(t!(language, "home-ended")),
        HomeVisit::Plain => None,
    };
    let notice = notice.map(|words| view! { <Notice>{words}</Notice> });
    let is_about_us = home == BrandHome::Standard && !brand.is_own;
    let (heading, lead) = match home {
        BrandHome::Own { heading, text } => (
            heading.map_or_else(|| brand.name.clone(), |heading| heading.text(language).to_owned()),
            text.map_or_else(
                || t!(language, "home-own-text").to_owned(),
                |text| text.text(language).to_owned(),
            ),
        ),
        _ if is_about_us => (t!(language, "home-heading").to_owned(), t!(language, "home-lead").to_owned()),
        _ => (brand.name.clone(), t!(language, "home-own-text").to_owned()),
    };
    view! {
        <section class="counter">
            {notice}
            <div class="hero">
                <div>
                    <h1>{heading}</h1>
                    <p class="lead">{lead}</p>
                    <a class="button primary" href=paths::SIGN_IN.href()>
                        {t!(language, "sign-in")}
                    </a>
                </div>
                {is_about_us.then(|| view! { <Ticket/> })}
            </div>
        </section>
        {is_about_us.then(|| view! { <Steps/> })}
    }
}

/// How the program works, in three steps.
#[component]
fn Steps() -> impl IntoView {
    let language = language();
    let steps = [
        (t!(language, "home-step-1"), t!(language, "home-step-1-title"), t!(language, "home-step-1-text")),
        (t!(language, "home-step-2"), t!(language, "home-step-2-title"), t!(language, "home-step-2-text")),
        (t!(language, "home-step-3"), t!(language, "home-step-3-title"), t!(language, "home-step-3-text")),
    ];
    let steps = (1_u8..).zip(steps).map(|(number, (print, title, text))| {
        view! {
            <li>
                <p class="print">{format!("{number}\u{2002}{print}")}</p>
                <h3>{title}</h3>
                <p>{text}</p>
            </li>
        }
    });
    view! {
        <div class="page">
            <h2 class="visually-hidden">{t!(language, "home-how-it-works")}</h2>
            <ol class="steps">{steps.collect::<Vec<_>>()}</ol>
        </div>
    }
}

/// The ticket, torn in two: one half is kept by the server, the other is in the browser.
#[component]
fn Ticket() -> impl IntoView {
    let language = language();
    let held = [t!(language, "token-access"), t!(language, "token-refresh"), t!(language, "token-id")]
        .map(|token| {
            view! {
                <li>
                    <span>{token}</span>
                    <span class="print">{t!(language, "home-held")}</span>
                </li>
            }
        })
        .into_iter()
        .collect::<Vec<_>>();
    view! {
        <div class="ticket torn">
            <div class="stub">
                <p class="print">{t!(language, "home-kept")}</p>
                <ul class="ledger">{held}</ul>
            </div>
            <div class="check">
                <p class="print">{t!(language, "home-carried")}</p>
                <p class="serial" aria-hidden="true">
                    "0417"
                    <Mark/>
                </p>
                <p>{t!(language, "home-cookie")}</p>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use claimcheck_server::config::LocalText;

    use std::sync::Arc;

    use super::*;
    use crate::components::BrandView;

    fn home(visit: HomeVisit, home: BrandHome, is_own: bool) -> String {
        let brand = BrandView { name: "Example".to_owned(), is_own, ..BrandView::default() };
        Owner::new().with(|| {
            provide_context(Look { brand: Arc::new(brand), ..Look::default() });
            HomeContent(HomeContentProps { visit, home }).to_html()
        })
    }

    #[test]
    fn home_has_one_way_to_sign_in_and_no_notice() {
        let html = home(HomeVisit::Plain, BrandHome::Standard, false);
        assert_eq!(html.matches("href=\"/auth/sign-in\"").count(), 1, "{html}");
        assert_eq!(html.matches("<h1").count(), 1, "{html}");
        assert!(!html.contains("role=\"status\""), "{html}");
    }

    #[test]
    fn home_says_how_far_a_sign_out_went() {
        let provider = home(HomeVisit::SignedOut(Reach::Provider), BrandHome::Standard, false);
        let here = home(HomeVisit::SignedOut(Reach::Here), BrandHome::Standard, false);
        assert!(provider.contains("signed out.") && !provider.contains("may still"), "{provider}");
        assert!(here.contains("signed out here."), "{here}");
    }

    #[test]
    fn r12_the_home_of_an_installation_is_about_the_installation() {
        let text = |text: &str| Some(LocalText::plain(text));
        let named = home(HomeVisit::Plain, BrandHome::Standard, true);
        let own =
            home(HomeVisit::Plain, BrandHome::Own { heading: text("Orders"), text: text("Ask Ada.") }, false);
        assert!(named.contains(">Example</h1>") && own.contains(">Orders</h1>") && own.contains("Ask Ada."));
        for html in [named, own] {
            assert!(!html.contains("token") && !html.contains("Claimcheck"), "{html}");
        }
    }
}
