//! Who the person is, what they may do, and the state of the session; no token.
//! Claims may be given as children, where an island shows them.

use leptos::prelude::*;

use crate::components::{Chips, ClaimsList, FactList, Notice, PanelFrame, Tone};
use crate::model::{Account, User};

/// The account page.
#[component]
pub fn AccountContent(
    user: User,
    account: Account,
    /// Instead of the plain list of claims and its time.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Account { groups, roles, scopes, session, as_of, warning } = account;
    let claims = match children {
        Some(children) => children(),
        None => view! {
            <ClaimsList groups/>
            <p class="muted num">{format!("As of {as_of}")}</p>
        }
        .into_any(),
    };
    view! {
        <div class="page">
            <h1>"Account"</h1>
            {warning.map(|warning| view! { <Notice tone=Tone::Warn>{warning}</Notice> })}
            <div class="columns">
                <div>
                    <Identity user/>
                    <PanelFrame title="Roles">
                        <Chips items=roles/>
                    </PanelFrame>
                    <PanelFrame title="This session">
                        <FactList facts=session/>
                    </PanelFrame>
                    <PanelFrame title="Scopes granted">
                        <Chips items=scopes codes=true/>
                    </PanelFrame>
                </div>
                <div>{claims}</div>
            </div>
        </div>
    }
}

/// The person's own ticket.
#[component]
fn Identity(user: User) -> impl IntoView {
    let User { name, detail, initials } = user;
    view! {
        <section class="ticket wide identity" aria-label="You">
            <div class="stub">
                <span class="avatar" aria-hidden="true">
                    {initials}
                </span>
            </div>
            <div class="check">
                <p class="print">"Checked in as"</p>
                <p class="who">{name}</p>
                {detail.map(|detail| view! { <p>{detail}</p> })}
            </div>
        </section>
    }
}
