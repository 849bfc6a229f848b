//! What every request meets before a page or function sees it, and every answer before it leaves.
//! One file a rule set; each rule is a middleware of its own. Nothing here knows sessions, tokens or pages.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tokio::sync::Semaphore;

use crate::config::Settings;

mod callback;
mod client_address;
pub mod headers;
mod host;
pub mod limits;
mod navigation;
mod rate;
mod refusal;
mod refusal_rate;
mod same_origin;
#[cfg(test)]
mod testing;

pub use client_address::ClientAddress;
pub use headers::{front_channel_csp, page_csp, sign_out_csp};
pub use navigation::{is_navigation, is_speculative};
pub use rate::{RateLimit, TooMany};
pub use refusal::{Refusal, ResponseFormat, is_server_fn};
pub use refusal_rate::FailureRateLimit;

/// What the rules need to know of the settings.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The public origin, as browsers write it in `Origin`.
    origin: Arc<str>,
    /// Host, and port where it is not the scheme's own, as browsers write it in `Host`.
    authority: Arc<str>,
    https: bool,
    production: bool,
    /// Networks whose forwarded headers count.
    trusted_proxies: client_address::TrustedProxies,
    /// Requests that may be under way at once.
    slots: Arc<Semaphore>,
}

impl Policy {
    pub fn new(settings: &Settings) -> Self {
        let origin = settings.origin();
        let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
        Self {
            authority: authority.into(),
            https: settings.is_https(),
            production: settings.is_production(),
            trusted_proxies: settings.trusted_proxies.as_slice().into(),
            slots: Arc::new(Semaphore::new(limits::MAX_CONCURRENT)),
            origin: origin.into(),
        }
    }
}

/// What a rule says of a request's head: the answer, where there is no more to be done.
type Verdict = Option<Response>;

/// Every rule that looks at nothing but the head, in the order in which they are asked.
const RULES: [fn(&Policy, &Request) -> Verdict; 5] =
    [limits::head_size, host::host, callback::methods, same_origin::same_origin, same_origin::content_type];

/// One layer for all of them: each layer costs every request a box and a copy of those within.
async fn judge(State(policy): State<Policy>, request: Request, next: Next) -> Response {
    match RULES.iter().find_map(|rule| rule(&policy, &request)) {
        Some(answer) => answer,
        None => next.run(request).await,
    }
}

/// Puts the rules for requests around all routes and the fallback of a router.
///
/// A refused request is answered with a [`Refusal`], which also stands in the answer's extensions: a layer
/// outside of this one can replace its body by a designed page. From the outside in: panics, concurrency,
/// time, sizes, host, the callback's methods, same origin, content type, body.
pub fn protect<S: Clone + Send + Sync + 'static>(router: Router<S>, policy: &Policy) -> Router<S> {
    // The last layer is the outermost.
    router
        .layer(axum::middleware::from_fn(limits::body))
        .layer(from_fn_with_state(policy.clone(), judge))
        .layer(axum::middleware::from_fn(limits::time))
        .layer(from_fn_with_state(policy.clone(), limits::concurrency))
        .layer(axum::middleware::from_fn(limits::contain_panics))
}

/// Puts the headers of every answer around a router: outside of [`protect`] and of what renders problem
/// pages.
pub fn finish<S: Clone + Send + Sync + 'static>(router: Router<S>, policy: &Policy) -> Router<S> {
    router.layer(from_fn_with_state(policy.clone(), headers::add))
}

/// Lets a router know the [`ClientAddress`] of each request: outside of what logs it or counts by it.
pub fn locate<S: Clone + Send + Sync + 'static>(router: Router<S>, policy: &Policy) -> Router<S> {
    router.layer(from_fn_with_state(policy.trusted_proxies.clone(), client_address::note))
}
