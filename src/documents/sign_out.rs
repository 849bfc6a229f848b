//! The way to the provider's sign-out: a form that sends itself, or is sent by hand where scripts are off.
//! The fields are those of OpenID Connect RP-Initiated Logout 1.0, section 2.

use leptos::prelude::*;

/// The sign-out page. The session here has already ended.
#[component]
pub fn SignOutContent(
    /// The provider's end session endpoint.
    #[prop(into)]
    action: String,
    /// Names and values of the form.
    fields: Vec<(String, String)>,
    /// Of this answer's content security policy.
    #[prop(into)]
    nonce: String,
) -> impl IntoView {
    let fields = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect::<Vec<_>>();
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <h1>"Signing you out…"</h1>
                    <p>"You are signed out here. Your provider is asked to sign you out as well."</p>
                </div>
                <div class="check">
                    <p>"This page moves on by itself. If it does not, continue here."</p>
                    <form method="post" name="leave" action=action>
                        {fields}
                        <button class="button primary" type="submit">
                            "Continue"
                        </button>
                    </form>
                </div>
            </article>
            <script nonce=nonce>"document.forms.leave.submit()"</script>
        </div>
    }
}
