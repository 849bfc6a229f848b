//! While the boards are being written: what is wrong with the files, and a script that loads the page again when they change.

use claimcheck_model::paths;
use claimcheck_text::t;
use leptos::prelude::*;

use crate::components::{Icon, icon, language};

/// The id of the notice.
const NOTICE: &str = "mistakes";
/// The mistakes that are shown; the log has all.
const SHOWN_MAX: usize = 3;

/// A mistake in the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub key: String,
    /// File and line, if they are known.
    pub place: Option<(String, usize)>,
    pub message: String,
    /// What to do; may be empty.
    pub remedy: String,
}

/// The notice at the top of every page. Without mistakes, there is only the script.
#[component]
pub fn AuthorNotice(
    mistakes: Vec<Mistake>,
    /// The number of what this page shows.
    revision: i64,
    /// The nonce of this response's content security policy.
    nonce: Option<String>,
) -> impl IntoView {
    let language = language();
    let count = mistakes.len();
    let items = mistakes.into_iter().take(SHOWN_MAX).map(|Mistake { key, place, message, remedy }| {
        let place = match place {
            Some((file, line)) => {
                t!(language, "author-line", key = key, line = line.to_string(), file = file)
            }
            None => key,
        };
        view! {
            <li>
                <code>{place}</code>
                ": "
                {with_code(&message)}
                {(!remedy.is_empty()).then(|| view! { <br/> {with_code(&remedy)} })}
            </li>
        }
    });
    let items = items.collect::<Vec<_>>();
    let notice = (count > 0).then(|| {
        let more = count.saturating_sub(SHOWN_MAX);
        view! {
            <div class="notice" id=NOTICE data-tone="bad" role="alert">
                <Icon d=icon::WARNING/>
                <div>
                    <p>{t!(language, "author-mistakes", count = count)}</p>
                    <ul>{items}</ul>
                    {(more > 0).then(|| view! { <p>{t!(language, "author-more", count = more)}</p> })}
                </div>
            </div>
        }
    });
    view! {
        {notice}
        <script nonce=nonce>{follow(revision)}</script>
    }
}

/// A text whose parts between backticks are code.
fn with_code(text: &str) -> Vec<AnyView> {
    let part = |(index, part): (usize, &str)| match index % 2 {
        0 => part.to_owned().into_any(),
        _ => view! { <code>{part.to_owned()}</code> }.into_any(),
    };
    text.split('`').enumerate().map(part).collect()
}

/// Loads the page again, once, when the number is another one. A server that is away is asked again.
fn follow(revision: i64) -> String {
    // A further `location.reload()` while the page is on its way would start that load over. After one, browsers keep what was in
    // view where it was, so a new notice above it would be out of view.
    format!(
        "{{ addEventListener(\"load\", () => setTimeout(() => \
             document.getElementById(\"{NOTICE}\")?.scrollIntoView({{ block: \"center\" }}))); \
           const follow = async () => {{ \
           const now = await fetch(\"{}\").then((is) => is.ok ? is.text() : \"\", () => \"\"); \
           if (now && now !== \"{revision}\") location.reload(); else setTimeout(follow, 300); \
         }}; \
         setTimeout(follow, 300); }}",
        paths::AUTHOR_REVISION.href()
    )
}

#[cfg(test)]
mod tests {
    use super::follow;

    #[test]
    fn wb_03_a_page_is_loaded_again_once_and_asks_one_question_at_a_time() {
        let script = follow(7);
        assert!(
            script.contains("now !== \"7\") location.reload(); else setTimeout(follow, 300)"),
            "{script}"
        );
        assert!(!script.contains("setInterval"), "{script}");
    }
}
