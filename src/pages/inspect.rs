//! Why a panel is empty: its request, the answer, and what each path of its settings finds there. For people with
//! `inspect_role`. No scripts are needed.

use std::time::Duration;

use claimcheck_model::{Fact, PanelError, paths};
use claimcheck_server::boards::{Finding, Found, Inspection, Seen, TokenUse};
use claimcheck_text::{Language, t};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    components::{FactList, Notice, PanelFrame, Tone, failure_text, failure_title, language, problem_text},
    handlers::{inspect::inspection, panels::question, request},
    pages::{
        NotFound,
        answer::contained,
        board::asked,
        frame::PageTitle,
        of_panel::{PageOfPanel, failed},
    },
};

/// `/boards/{board}/inspect/{panel}`
#[component]
pub fn InspectPage() -> impl IntoView {
    let params = use_params_map();
    let (board, panel) = params.with_untracked(|params| (params.get("board"), params.get("panel")));
    let state = request::state().ok();
    let state = state.filter(|state| !state.settings.inspect_role.is_empty());
    let board = state.and_then(|state| state.settings.board(&board?).cloned());
    let (Some(board), Some(panel)) = (board, panel) else { return view! { <NotFound/> }.into_any() };
    let Some(api) = board.panel(&panel).map(|panel| panel.api.clone()) else {
        return view! { <NotFound/> }.into_any();
    };
    let query = asked();
    let question = question(&board.id, &query);
    let back = question.href(&board.id, &panel);
    let send = question.at(&paths::inspect_send(&board.id, &panel));
    let here = question.at(&paths::inspect(&board.id, &panel));
    let (title, language) = (board.title.text(language()).to_owned(), language());
    let fetched = Suspend::new(contained(async move {
        match inspection(&board.id, &panel, &query).await {
            Ok(inspection) => {
                let title = t!(language, "inspect-title", title = inspection.title.as_str());
                view! {
                    <PageTitle text=title.clone()/>
                    <h1>{title}</h1>
                    <InspectContent inspection send/>
                }
                .into_any()
            }
            Err(error) => failed(t!(language, "inspect"), &api, error, here),
        }
    }));
    view! {
        <PageOfPanel title back class="page inspect">
            <Suspense>{fetched}</Suspense>
        </PageOfPanel>
    }
    .into_any()
}

/// What is known about the requests of a panel.
#[component]
fn InspectContent(
    inspection: Inspection,
    /// Where the button sends the request again.
    send: String,
) -> impl IntoView {
    let language = language();
    let Inspection { api, failure, exchanges, is_unsent, .. } = inspection;
    let (tone, verdict) = verdict(language, failure.as_ref(), exchanges.first(), is_unsent);
    let exchanges = exchanges.into_iter().enumerate();
    let exchanges: Vec<_> = exchanges.map(|(number, seen)| exchange(language, number, &api, seen)).collect();
    view! {
        <Notice tone>{verdict}</Notice>
        <form method="post" action=send>
            <button class="button" type="submit">
                {if is_unsent { t!(language, "inspect-send") } else { t!(language, "inspect-send-again") }}
            </button>
        </form>
        {exchanges}
    }
}

/// What the panel shows, in one or two sentences.
fn verdict(
    language: Language,
    failure: Option<&PanelError>,
    own: Option<&Seen>,
    is_unsent: bool,
) -> (Tone, String) {
    if let Some(PanelError { error, problem }) = failure {
        let (title, what) = match problem.as_ref().map(|problem| problem_text(language, problem)) {
            Some(problem) => (problem.title, problem.what),
            None => (failure_title(language, error), failure_text(language, error).advice.to_owned()),
        };
        let sent = if own.is_none() { t!(language, "inspect-not-sent") } else { "" };
        return (Tone::Bad, format!("{title}. {what} {sent}").trim().to_owned());
    }
    let found = own.and_then(|seen| seen.findings.as_ref());
    let has_nothing = |finding: &Finding| match finding.setting {
        "rows" => finding.found == Found::Rows(0),
        "value" | "count" => !matches!(finding.found, Found::Value(_) | Found::Count(_)),
        _ => false,
    };
    match found.and_then(|found| found.iter().find(|finding| has_nothing(finding))) {
        _ if is_unsent => (Tone::Warn, t!(language, "inspect-unsent").to_owned()),
        Some(finding) => (Tone::Warn, t!(language, "inspect-empty", path = finding.path.as_str())),
        None => (Tone::Good, t!(language, "inspect-filled").to_owned()),
    }
}

fn exchange(language: Language, number: usize, api: &str, seen: Seen) -> AnyView {
    let fact = |label: &str, value: String| Fact { label: label.to_owned(), value, at: None };
    let reader = request::reader();
    let mut sent = vec![
        fact(t!(language, "inspect-api"), api.to_owned()),
        fact(t!(language, "inspect-request"), format!("{} {}", seen.method, seen.address)),
    ];
    sent.extend(seen.query.into_iter().map(|(name, value)| fact(&format!("?{name}"), value)));
    sent.extend(seen.headers.into_iter().map(|(name, value)| fact(&name, value)));
    sent.push(fact(t!(language, "inspect-token"), token(language, seen.token, seen.expires_in)));
    let mut came = Vec::new();
    if let Some(status) = seen.status {
        came.push(fact(t!(language, "inspect-status"), status.to_string()));
    }
    if let Some(fault) = seen.fault {
        came.push(fact(t!(language, "inspect-fault"), fault));
    }
    came.push(fact(t!(language, "inspect-at"), reader.time_of_day(seen.at)));
    let ms = |time: Duration| t!(language, "inspect-ms", ms = time.as_millis().to_string());
    if let Some(waited) = seen.waited {
        came.push(fact(t!(language, "inspect-waited"), ms(waited)));
    }
    came.push(fact(t!(language, "inspect-total"), ms(seen.total)));
    came.push(fact(
        t!(language, "inspect-source"),
        source(language, seen.status, (seen.shared, seen.reused, seen.tries)),
    ));
    came.push(fact(
        t!(language, "inspect-bytes"),
        t!(language, "inspect-bytes-value", bytes = seen.bytes.to_string()),
    ));
    came.extend(seen.response_headers.into_iter().map(|(name, value)| fact(&name, value)));
    let findings = seen.findings.map(|findings| {
        let line = |finding: Finding| {
            fact(&format!("{} = {}", finding.setting, finding.path), found(language, finding.found))
        };
        let facts: Vec<_> = findings.into_iter().map(line).collect();
        view! { <PanelFrame title=t!(language, "inspect-findings")><FactList facts/></PanelFrame> }
    });
    let body = seen.body.map(|body| excerpt(t!(language, "inspect-body").to_owned(), body));
    let title = match number {
        0 => t!(language, "inspect-sent"),
        _ => t!(language, "inspect-sent-before"),
    };
    let answer = (!seen.excerpt.is_empty()).then(|| {
        let title =
            if seen.is_cut { t!(language, "inspect-answer-cut") } else { t!(language, "inspect-answer") };
        excerpt(title.to_owned(), seen.excerpt)
    });
    view! {
        <PanelFrame title><FactList facts=sent/></PanelFrame>
        {body}
        <PanelFrame title=t!(language, "inspect-came")><FactList facts=came/></PanelFrame>
        {findings}
        {answer}
    }
    .into_any()
}

/// JSON, or whatever came in its place, as text.
fn excerpt(title: String, text: String) -> impl IntoView {
    view! {
        <PanelFrame title>
            <div class="pairs perf">
                <pre>{text}</pre>
            </div>
        </PanelFrame>
    }
}

fn token(language: Language, token: TokenUse, expires_in: Option<i64>) -> String {
    let used = match token {
        TokenUse::NotNeeded => t!(language, "inspect-token-none"),
        TokenUse::Missing => t!(language, "inspect-token-missing"),
        TokenUse::Sent { is_renewed: true } => t!(language, "inspect-token-renewed"),
        TokenUse::Sent { is_renewed: false } => t!(language, "inspect-token-sent"),
    };
    let until = match (token, expires_in) {
        (TokenUse::Sent { .. }, Some(secs)) if secs > 0 => {
            t!(language, "inspect-token-until", secs = secs.to_string())
        }
        (TokenUse::Sent { .. }, _) => t!(language, "inspect-token-unknown").to_owned(),
        _ => String::new(),
    };
    format!("{used} {until}").trim().to_owned()
}

fn source(language: Language, status: Option<u16>, (shared, reused, tries): (u32, u32, u32)) -> String {
    let mut parts = vec![match status {
        Some(304) => t!(language, "inspect-confirmed").to_owned(),
        Some(_) => t!(language, "inspect-fetched").to_owned(),
        None => t!(language, "inspect-no-answer").to_owned(),
    }];
    if tries > 1 {
        parts.push(t!(language, "inspect-tries", count = tries));
    }
    if shared > 0 {
        parts.push(t!(language, "inspect-shared", count = shared));
    }
    if reused > 0 {
        parts.push(t!(language, "inspect-reused", count = reused));
    }
    parts.join(" ")
}

fn found(language: Language, found: Found) -> String {
    match found {
        Found::Rows(0) => t!(language, "inspect-rows-none").to_owned(),
        Found::Rows(count) => t!(language, "inspect-rows", count = count),
        Found::Filled(filled, of) => {
            t!(language, "inspect-filled-in", filled = filled.to_string(), rows = of.to_string())
        }
        Found::Value(text) => text,
        Found::NotNumber(text) => t!(language, "inspect-not-number", text = text),
        Found::Several(count) => t!(language, "inspect-several", count = count.to_string()),
        Found::List(count) => t!(language, "inspect-list", count = count),
        Found::Object(count) => t!(language, "inspect-object", count = count),
        Found::Count(count) => count.to_string(),
        Found::Nothing => t!(language, "inspect-nothing").to_owned(),
        Found::Unfit(problem) => problem_text(language, &problem).what,
    }
}
