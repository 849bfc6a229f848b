//! The page that reads the browser's time zone before the first board is shown. It goes on by itself, also with scripts off,
//! and has a link for browsers that do not.

use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::language;

/// The id of the link that leads on.
const ONWARD: &str = "onward";

/// The content of the page.
#[component]
pub fn ZoneContent(
    /// The page to go on to.
    target: String,
    /// Name and attributes of the cookie, between which the script puts the zone.
    cookie: (String, String),
    /// The nonce of this response's content security policy.
    #[prop(into)]
    nonce: String,
) -> impl IntoView {
    let language = language();
    let (before, after) = cookie;
    let script = format!(
        "document.cookie = \"{before}\" + Intl.DateTimeFormat().resolvedOptions().timeZone + \"{after}\"; \
         location.replace(document.getElementById(\"{ONWARD}\").href);"
    );
    view! {
        <div class="page">
            <article class="ticket slip">
                <div class="stub">
                    <h1>{t!(language, "zone-title")}</h1>
                    <p role="status">{t!(language, "zone-what")}</p>
                </div>
                <div class="check">
                    <p class="ways">
                        <a class="button primary" id=ONWARD href=target>
                            {t!(language, "zone-continue")}
                        </a>
                    </p>
                </div>
            </article>
        </div>
        <script nonce=nonce>{script}</script>
    }
}
