//! The checks of every request before a handler sees it, and the headers of every response. One file for each set of
//! rules; each rule is its own middleware. The guard knows nothing about sessions, tokens or pages.

use std::{ops::Deref, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::HeaderValue,
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
};

use crate::{budget::Budget, config::Settings, shared_service::shared};

mod below_path;
mod callback;
mod client_address;
mod forwarded;
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

pub use below_path::below_path;
pub use client_address::{ClientAddress, OverSocket};
pub use forwarded::UntrustedProxies;
pub use headers::{framed_csp, front_channel_csp, page_csp, sign_out_csp, zone_csp};
pub use navigation::{is_framed, is_navigation, is_speculative};
pub use rate::{RateLimit, TooMany};
pub use refusal::{Refusal, ResponseFormat, is_server_fn, overloaded};
pub use refusal_rate::FailureRateLimit;

/// What the rules need. A single pointer, because every layer clones it for every request.
#[derive(Clone)]
pub struct Policy(Arc<Rules>);

impl Deref for Policy {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        &self.0
    }
}

/// The settings and counters that the rules need.
pub struct Rules {
    /// The public origin, in the form of the `Origin` header.
    origin: Arc<str>,
    /// Host, and port unless it is the default, in the form of the `Host` header.
    authority: Arc<str>,
    https: bool,
    /// The value of `Strict-Transport-Security`, if there is to be one.
    hsts: Option<HeaderValue>,
    production: bool,
    /// Networks whose forwarded headers are trusted, and others that sent some.
    trusted_proxies: client_address::TrustedProxies,
    untrusted_proxies: UntrustedProxies,
    /// Places for requests and bodies.
    budget: Budget,
    /// Time limit of a request.
    request_time: Duration,
}

impl Policy {
    pub fn new(settings: &Settings, budget: Budget, untrusted_proxies: UntrustedProxies) -> Self {
        let origin = settings.origin();
        let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
        Self(Arc::new(Rules {
            authority: authority.into(),
            https: settings.is_https(),
            hsts: settings.hsts().and_then(|value| HeaderValue::from_str(value).ok()),
            production: settings.is_production(),
            trusted_proxies: settings.trusted_proxies.as_slice().into(),
            untrusted_proxies,
            budget,
            request_time: limits::request_time(settings),
            origin: origin.into(),
        }))
    }
}

/// A rule's decision about the head of a request: the response if it is refused.
type Verdict = Option<Response>;

/// Every rule that needs only the head, in order.
const RULES: [fn(&Policy, &Request) -> Verdict; 5] =
    [limits::head_size, host::host, callback::methods, same_origin::same_origin, same_origin::content_type];

/// One layer for all of them, because each layer costs every request a box and a copy of those inside it.
async fn judge(State(policy): State<Policy>, request: Request, next: Next) -> Response {
    match RULES.iter().find_map(|rule| rule(&policy, &request)) {
        Some(answer) => answer,
        None => next.run(request).await,
    }
}

/// Adds the rules for requests around all routes and the fallback of a router.
///
/// A refused request is answered with a [`Refusal`], which is also in the response's extensions, so that an outer layer
/// can replace the body with a designed page. From the outside in: panics, sizes, host, the callback's methods, same
/// origin, content type, body, concurrency, time. A body is read before the request takes a place.
pub fn protect<S: Clone + Send + Sync + 'static>(router: Router<S>, policy: &Policy) -> Router<S> {
    // The last layer is the outermost.
    router
        .layer(shared(from_fn_with_state(policy.request_time, limits::time)))
        .layer(shared(from_fn_with_state(policy.clone(), limits::admit)))
        .layer(shared(from_fn_with_state(policy.clone(), judge)))
        .layer(shared(from_fn(limits::contain_panics)))
}

/// Adds the headers of every response around a router: outside of [`protect`] and of the layer that renders problem
/// pages.
pub fn finish<S: Clone + Send + Sync + 'static>(router: Router<S>, policy: &Policy) -> Router<S> {
    router.layer(shared(from_fn_with_state(policy.clone(), headers::add)))
}

/// Adds the [`ClientAddress`] to each request: outside of the layers that log it or count by it.
pub fn locate<S: Clone + Send + Sync + 'static>(router: Router<S>, policy: &Policy) -> Router<S> {
    router.layer(shared(from_fn_with_state(policy.clone(), client_address::note)))
}
