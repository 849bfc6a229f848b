//! Requests of browsers and of the provider, by the pattern of their route: never by their path.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use prometheus_client::{
    collector::Collector,
    encoding::DescriptorEncoder,
    metrics::{MetricType, counter::Counter, gauge::Gauge, histogram::Histogram},
};

use super::{Metrics, histogram, series};

/// The route of a request that matches none: its page is "not found".
const NO_ROUTE: &str = "none";
/// The classes of statuses, in the order of the counters.
const CLASSES: [&str; 4] = ["2xx", "3xx", "4xx", "5xx"];

/// The requests of one route.
#[derive(Debug)]
struct Route {
    by_class: [Counter; 4],
    took: Histogram,
}

/// The requests of all routes that had one. Patterns are texts of this program, so there are not many.
#[derive(Debug, Default)]
pub(super) struct HttpRequests(RwLock<HashMap<Box<str>, Arc<Route>>>);

impl HttpRequests {
    fn answered(&self, route: &str, status: StatusCode, took: Duration) {
        let route = self.route(route);
        let class = usize::from(status.as_u16() / 100).saturating_sub(2);
        if let Some(count) = route.by_class.get(class) {
            count.inc();
        }
        route.took.observe(took.as_secs_f64());
    }

    fn route(&self, route: &str) -> Arc<Route> {
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(route) {
            return known.clone();
        }
        let new = || Arc::new(Route { by_class: Default::default(), took: histogram() });
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        routes.entry(route.into()).or_insert_with(new).clone()
    }
}

impl Collector for HttpRequests {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut routes: Vec<_> = routes.iter().collect();
        routes.sort_unstable_by_key(|(name, _)| *name);
        let name = "claimcheck_http_requests";
        let help = "Requests of the public listener that were answered, by the pattern of their route and class of status.";
        let mut to = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (name, route) in &routes {
            for (class, count) in CLASSES.iter().zip(&route.by_class) {
                series(&mut to, &[("route", name), ("status", class)], count)?;
            }
        }
        let name = "claimcheck_http_request_duration_seconds";
        let help = "How long requests of the public listener took, until the head of the response.";
        let mut to = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        routes.iter().try_for_each(|(name, route)| series(&mut to, &[("route", name)], &route.took))
    }
}

/// A request that is being answered.
struct InFlight<'a>(&'a Gauge);

impl<'a> InFlight<'a> {
    fn begin(gauge: &'a Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

/// Also if the client disconnects, and nobody polls the answer to its end.
impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts the requests of a listener, with their routes. A layer of the router, so that the route is known.
pub async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let begun = Instant::now();
    let in_flight = InFlight::begin(&metrics.0.in_flight);
    let response = next.run(request).await;
    drop(in_flight);
    let name = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    metrics.0.http.answered(name, response.status(), begun.elapsed());
    response
}
