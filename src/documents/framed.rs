//! The page that is shown in a frame instead of any other.

use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::look;

/// The content of the page.
#[component]
pub fn FramedContent(
    /// The page to open in a tab.
    target: String,
) -> impl IntoView {
    let look = look();
    let (language, brand) = (look.language, look.brand.name.as_str());
    view! {
        <main class="page">
            <article class="ticket slip">
                <div class="stub">
                    <h1>{t!(language, "framed-title", brand = brand)}</h1>
                    <p>{t!(language, "framed-what")}</p>
                </div>
                <div class="check">
                    <p class="ways">
                        <a class="button primary" href=target target="_blank" rel="noopener">
                            {t!(language, "framed-open")}
                        </a>
                    </p>
                </div>
            </article>
        </main>
    }
}
