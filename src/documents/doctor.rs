//! The pages of `claimcheck doctor --sign-in`: what will be read, with the code to compare, and the state of the run.

use claimcheck_model::paths;
use claimcheck_text::{Language, t};
use leptos::prelude::*;

use crate::components::language;

/// Where a run is, as its user sees it.
pub enum DoctorStep {
    /// The user decides.
    Confirm {
        /// The name of the user.
        name: String,
        /// The code that the command shows, too.
        code: String,
        /// The titles of the boards, each with those of its panels.
        boards: Vec<(String, Vec<String>)>,
        /// A digest of these boards, which the form carries.
        digest: String,
    },
    /// The server reads the panels.
    Running,
    /// The user has cancelled.
    Cancelled {
        /// They had confirmed before, so that some panels may have been read.
        has_begun: bool,
    },
    /// The browser has another session.
    HasSession,
    /// There is no run, or its time is over.
    Over,
}

impl DoctorStep {
    /// The heading.
    pub fn title(&self, language: Language) -> &'static str {
        match self {
            Self::Confirm { .. } => t!(language, "doctor-title"),
            Self::Running => t!(language, "doctor-running-title"),
            Self::Cancelled { .. } => t!(language, "doctor-cancelled-title"),
            Self::HasSession => t!(language, "doctor-has-session-title"),
            Self::Over => t!(language, "doctor-over-title"),
        }
    }
}

/// The page of a run.
#[component]
pub fn DoctorContent(step: DoctorStep) -> impl IntoView {
    let language = language();
    let title = step.title(language);
    let cancel = matches!(step, DoctorStep::Running)
        .then(|| decision(paths::DOCTOR_CANCEL, "button", t!(language, "doctor-cancel"), None));
    let (what, advice) = match step {
        DoctorStep::Confirm { name, code, boards, digest } => {
            return view! { <DoctorQuestion title name code boards digest/> }.into_any();
        }
        DoctorStep::Running => (t!(language, "doctor-running-what"), t!(language, "doctor-running-advice")),
        DoctorStep::Cancelled { has_begun: false } => {
            (t!(language, "doctor-cancelled-what"), t!(language, "doctor-cancelled-advice"))
        }
        DoctorStep::Cancelled { has_begun: true } => {
            (t!(language, "doctor-cancelled-begun"), t!(language, "doctor-cancelled-advice"))
        }
        DoctorStep::HasSession => {
            (t!(language, "doctor-has-session-what"), t!(language, "doctor-has-session-advice"))
        }
        DoctorStep::Over => (t!(language, "doctor-over-what"), t!(language, "doctor-over-advice")),
    };
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <h1>{title}</h1>
                    <p role="status">{what}</p>
                </div>
                <div class="check">
                    <div>
                        <h2>{t!(language, "what-to-do")}</h2>
                        <p>{advice}</p>
                    </div>
                    {cancel}
                </div>
            </article>
        </div>
    }
    .into_any()
}

/// A button that decides, with the digest of the boards that the page shows.
fn decision(
    word: &'static str,
    class: &'static str,
    label: &'static str,
    digest: Option<String>,
) -> impl IntoView + use<> {
    let digest = digest.map(|digest| view! { <input type="hidden" name=paths::DOCTOR_BOARDS value=digest/> });
    view! {
        <form method="post" action=paths::DOCTOR_DECIDE.href()>
            <input type="hidden" name=paths::DOCTOR_DO value=word/>
            {digest}
            <button class=class type="submit">
                {label}
            </button>
        </form>
    }
}

/// What will be read, the code, and both answers.
#[component]
fn DoctorQuestion(
    title: &'static str,
    name: String,
    code: String,
    boards: Vec<(String, Vec<String>)>,
    digest: String,
) -> impl IntoView {
    let language = language();
    let boards = boards.into_iter().map(|(board, panels)| {
        view! {
            <div>
                <dt>{board}</dt>
                <dd>{panels.join(", ")}</dd>
            </div>
        }
    });
    let button = |word: &'static str, class: &'static str, label: &'static str| {
        decision(word, class, label, Some(digest.clone()))
    };
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <h1>{title}</h1>
                    <p>{t!(language, "doctor-what", name = name)}</p>
                    <dl class="pairs">{boards.collect::<Vec<_>>()}</dl>
                    <p>{t!(language, "doctor-reads")}</p>
                </div>
                <div class="check">
                    <div>
                        <h2>{t!(language, "doctor-compare")}</h2>
                        <p>
                            <strong class="num">{code}</strong>
                        </p>
                        <p>{t!(language, "doctor-compare-advice")}</p>
                    </div>
                    {button(paths::DOCTOR_GO, "button primary", t!(language, "doctor-go"))}
                    {button(paths::DOCTOR_CANCEL, "button", t!(language, "doctor-cancel"))}
                </div>
            </article>
        </div>
    }
}
