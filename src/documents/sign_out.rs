//! The page that signs the user out at the provider: a form that submits itself, or is submitted by hand with scripts
//! off. The fields are those of OpenID Connect RP-Initiated Logout 1.0, section 2.

use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::language;

/// Submits the form.
const SUBMIT: &str = "document.forms.leave.submit()";

/// The sign-out page. The session here has already ended.
#[component]
pub fn SignOutContent(
    /// The provider's end session endpoint.
    #[prop(into)]
    action: String,
    /// Names and values of the fields.
    fields: Vec<(String, String)>,
    /// The nonce of this response's content security policy.
    #[prop(into)]
    nonce: String,
) -> impl IntoView {
    let language = language();
    let fields = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>();
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <h1>{t!(language, "sign-out-page-heading")}</h1>
                    <p>{t!(language, "sign-out-page-what")}</p>
                </div>
                <div class="check">
                    <p>{t!(language, "sign-out-page-advice")}</p>
                    <form method="post" name="leave" action=action>
                        {fields}
                        <button class="button primary" type="submit">
                            {t!(language, "sign-out-page-continue")}
                        </button>
                    </form>
                </div>
            </article>
            <script nonce=nonce>{SUBMIT}</script>
        </div>
    }
}
