//! The form of an action, and the result of submitting it.

use claimcheck_model::{ActionForm, AppError, FormState, Markup};
use leptos::prelude::*;

use crate::{
    components::{ActionFormView, ActionResultView, DrawerHead, GoneFormView, language},
    handlers::actions::{self, FormPage, Shown, opened_by_another},
};

/// The form of an action, as markup for the drawer, by the address of its page.
pub async fn action_form(page: &str) -> Result<Markup, AppError> {
    match actions::open(page).await? {
        FormPage::Form(form) => Ok(in_drawer(*form)),
        // The page of the link says so.
        FormPage::Gone(_) => Err(AppError::NotFound),
    }
}

/// The result of a submitted form as markup: a message if it was done, else the form again with the reason.
pub async fn action_result(form: &str) -> Result<Markup, AppError> {
    Ok(match actions::act(form).await? {
        Shown::Done(result) => Markup { html: view! { <ActionResultView result/> }.to_html(), failure: None },
        Shown::Again(mut form) => {
            if form.state == FormState::Open {
                form.state = FormState::NotDone(opened_by_another(language()).to_owned());
            }
            in_drawer(*form)
        }
        Shown::Gone(gone) => {
            let html = view! { <GoneFormView gone/> }.to_html();
            Markup { html, failure: Some("gone".to_owned()) }
        }
        Shown::Led => Markup { html: String::new(), failure: None },
    })
}

fn in_drawer(form: ActionForm) -> Markup {
    let failure = (form.state != FormState::Open).then(|| "not done".to_owned());
    let title = form.title.clone();
    let html = view! {
        <DrawerHead title/>
        <ActionFormView form/>
    }
    .to_html();
    Markup { html, failure }
}
