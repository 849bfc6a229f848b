//! Who sent the request that is being handled: known to everything that runs for it, without a parameter in every
//! function. `ops::request` sets it, and [`carry`] passes it on to a task that continues the work.

use std::{
    future::Future,
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use axum::http::HeaderValue;
use claimcheck_session::RowKey;

/// The sender of one request. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Requester(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: IpAddr,
    request: Arc<str>,
    user_agent: Option<HeaderValue>,
    session: OnceLock<RowKey>,
    /// How the request ends sessions, if not as their user: "back-channel logout".
    via: OnceLock<&'static str>,
    /// Who runs the operator command, as the command states it.
    operator: OnceLock<String>,
    /// The id of the trace, if there is one.
    trace: OnceLock<String>,
}

tokio::task_local! {
    static CURRENT: Requester;
}

impl Requester {
    /// The sender at this address of the request with this id.
    pub fn new(client: IpAddr, request: Arc<str>, user_agent: Option<HeaderValue>) -> Self {
        let (session, via) = (OnceLock::new(), OnceLock::new());
        let (operator, trace) = (OnceLock::new(), OnceLock::new());
        Self(Arc::new(Inner { client, request, user_agent, session, via, operator, trace }))
    }

    /// The client's address, as `guard` found it.
    pub fn client(&self) -> IpAddr {
        self.0.client
    }

    /// The id of the request.
    pub fn request(&self) -> &str {
        &self.0.request
    }

    /// The client's name for itself, if it is text.
    pub fn user_agent(&self) -> Option<&str> {
        self.0.user_agent.as_ref()?.to_str().ok()
    }

    /// The session that the request was sent in, once it is loaded.
    pub fn session(&self) -> Option<&RowKey> {
        self.0.session.get()
    }

    /// Who runs the operator command.
    pub fn operator(&self) -> Option<&str> {
        self.0.operator.get().map(String::as_str)
    }

    /// The id of the trace of the request, if traces are on.
    pub fn trace(&self) -> Option<&str> {
        self.0.trace.get().map(String::as_str)
    }

    /// Notes the id of the trace.
    pub fn note_trace(&self, trace: String) {
        let _ = self.0.trace.set(trace);
    }

    /// How the request ends sessions.
    pub fn via(&self) -> Option<&'static str> {
        self.0.via.get().copied()
    }
}

/// The sender of the request that this code runs for; `None` in work that no request has started.
pub fn current() -> Option<Requester> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Notes the session of the request that this code runs for.
pub fn note_session(key: &RowKey) {
    let _ = CURRENT.try_with(|requester| requester.0.session.set(key.clone()));
}

/// Notes how the request that this code runs for ends sessions.
pub fn note_via(via: &'static str) {
    let _ = CURRENT.try_with(|requester| requester.0.via.set(via));
}

/// Notes who runs the operator command that this code runs for.
pub fn note_operator(user: String) {
    let _ = CURRENT.try_with(|requester| requester.0.operator.set(user));
}

/// Runs this for that request, if there is one.
pub fn within<F: Future>(requester: Option<Requester>, work: F) -> impl Future<Output = F::Output> {
    // The work of a page is large, and each function that only passes it on would have a copy of it on its stack.
    let work = Box::pin(work);
    async {
        match requester {
            Some(requester) => CURRENT.scope(requester, work).await,
            None => work.await,
        }
    }
}

/// The same work for its own task, still for the request that this code runs for.
pub fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
    within(current(), work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn au_10_a_task_knows_the_request_that_started_it_and_others_know_none() {
        let requester = Requester::new([203, 0, 113, 7].into(), "abc".into(), None);
        let seen = within(Some(requester), async {
            let with = tokio::spawn(carry(async { current().map(|by| by.request().to_owned()) }));
            let without = tokio::spawn(async { current().is_some() });
            (with.await.unwrap(), without.await.unwrap())
        });
        assert_eq!(seen.await, (Some("abc".to_owned()), false));
        assert!(current().is_none());
    }
}
