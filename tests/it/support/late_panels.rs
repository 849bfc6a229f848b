//! Panels that a page does not have yet. A page waits less than a second for its panels, which is not always enough on a
//! busy machine. The script of the page fetches the others, and so does the browser of the tests.

use axum::http::StatusCode;
use claimcheck_model::{OUTAGE_FOLLOWS, paths};

use super::Page;

/// A panel whose API had not responded when its page was sent.
pub(super) struct LatePanel {
    board: String,
    panel: String,
    query: String,
}

/// What its own address said.
pub(super) enum Came {
    /// The page has it now.
    Shown,
    /// It is about more than the panel, such as a session that has ended: the page says it, once it is loaded again.
    OfThePage,
}

const WAITING: &str = " data-waiting";
const HEAD: &str = "<header class=\"panel-head\">";
const SKELETON: &str = "class=\"skeleton\"";

impl LatePanel {
    /// The first one of a page.
    pub fn of(page: &Page) -> Option<Self> {
        let tag = waiting_tag(&page.body)?;
        let value = |name: &str| {
            let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
            rest.split_once('"').map(|(value, _)| value.to_owned())
        };
        let query = page.url.query().unwrap_or_default().to_owned();
        Some(Self { board: value("data-board")?, panel: value("data-panel")?, query })
    }

    /// The address from which a script fetches it.
    pub fn address(&self) -> String {
        let pairs = [("board", self.board.as_str()), ("panel", &self.panel), ("query", &self.query)];
        paths::with_query("/api/panel_when_ready", &pairs)
    }

    /// Puts it into its page.
    pub fn put(self, came: &Page, page: &mut Page) -> Came {
        let Some((failure, html)) = came.body.split_once('\n').filter(|_| came.status == StatusCode::OK)
        else {
            return Came::OfThePage;
        };
        if failure.contains(OUTAGE_FOLLOWS) {
            return Came::OfThePage;
        }
        let body = &page.body;
        let tag = waiting_tag(body).unwrap();
        let failed = if failure.is_empty() { String::new() } else { format!(" data-failure=\"{failure}\"") };
        let new_tag = tag.replace(" data-waiting=\"\"", &failed).replace(WAITING, &failed);
        let (before, rest) = body.split_once(tag).unwrap();
        let (between, rest) = rest.split_once(HEAD).unwrap();
        let (_, rest) = rest.split_once(SKELETON).unwrap();
        // The ends of the skeleton and of the panel's body.
        let (_, rest) = rest.split_once("</div>").unwrap();
        let (_, after) = rest.split_once("</div>").unwrap();
        page.body = format!("{before}{new_tag}{between}{html}{after}");
        Came::Shown
    }
}

/// The start tag of the first panel that the page waits for.
fn waiting_tag(body: &str) -> Option<&str> {
    let (before, _) = body.split_once(WAITING)?;
    let tag = &body[before.rfind('<')?..];
    Some(&tag[..=tag.find('>')?])
}
