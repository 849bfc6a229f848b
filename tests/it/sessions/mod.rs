//! `/sessions`, and ending sessions there.

mod actions;
mod activity;
mod history;
mod limit;
mod page;
mod revocation;

use axum::http::Method;

use crate::support::{Browser, Page};

const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/26.0 Mobile/15E148 Safari/604.1";

/// The keys of the sessions that the page can end, in order.
fn keys(page: &Page) -> Vec<String> {
    let fields = page.body.split("name=\"session\" value=\"").skip(1);
    fields.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// Whether the browser's session still exists.
async fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    browser.fetch("/api/account").await.status.is_success()
}

/// Ends a session like a script does, which gets the outcome.
async fn end(browser: &mut Browser<'_>, site: &str, key: &str) -> Page {
    let headers = [("sec-fetch-site", site), ("sec-fetch-dest", "empty"), ("accept", "application/json")];
    browser.send(Method::POST, "/api/end_session", &headers, Some(format!("session={key}"))).await
}
