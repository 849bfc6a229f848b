//! The authorization response (OpenID Connect Core 3.1.2.5, RFC 6749 4.1.2, RFC 9207): parsed strictly, matched with
//! its transaction, exchanged at most once. The result is a session, one restart, or a problem page.

use std::sync::Arc;

use axum::http::{HeaderMap, request::Parts};
use claimcheck_base::secret::Secret;
use claimcheck_model::paths;
use claimcheck_session::{Mark, MarkKind, RowKey, SignedIn};
use sha2::{Digest, Sha256};
use tower_sessions::Session;
use url::form_urlencoded;

use crate::{
    guard::{ClientAddress, is_navigation},
    session_layer::share_session,
    sign_in::{
        SignIn,
        audited::{self, Known},
        authorization_request, browser_cookie, doctor_run, establish,
        overtaken::means_again,
        problem::{SignInProblem, Ways},
        run_note::RunNote,
        transaction::{LIFETIME_SECS, Opened, Transaction, consumed_mark},
    },
    single_flight::SingleFlight,
};

/// The redirect after a callback.
#[derive(Debug)]
pub struct Onward {
    pub location: String,
    /// `Set-Cookie` of a restart's browser-binding cookie.
    pub cookie: Option<String>,
}

impl Onward {
    fn to(location: String) -> Self {
        Self { location, cookie: None }
    }
}

/// The parameters of an authorization response, each at most once; unknown ones are ignored.
#[derive(Clone, Debug, Default)]
struct Response {
    code: Option<Secret>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl Response {
    fn parse(query: &str) -> Result<Self, SignInProblem> {
        let mut response = Self::default();
        let (mut code, mut error_uri) = (None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let slot = match &*name {
                "code" => &mut code,
                "state" => &mut response.state,
                "iss" => &mut response.iss,
                "error" => &mut response.error,
                "error_description" => &mut response.error_description,
                // Not shown to users.
                "error_uri" => &mut error_uri,
                _ => continue,
            };
            // RFC 6749 3.1: parameters must not be included more than once.
            if slot.replace(value.into_owned()).is_some() {
                return Err(SignInProblem::Malformed("a parameter is repeated"));
            }
        }
        response.code = code.filter(|code| !code.is_empty()).map(Secret::new);
        Ok(response)
    }
}

/// A failed sign-in, and where the user can go from there.
pub struct Failed {
    pub problem: Arc<SignInProblem>,
    pub ways: Ways,
    /// The sign-in was for a run of `claimcheck doctor --sign-in`: only the command can start another.
    pub is_of_run: bool,
}

/// Completes a sign-in with the query of a request to the redirect URI; `asked` is that request.
///
/// `signed_in` is the running session. An unusable callback never changes it, and redirects its user.
pub async fn complete(
    sign_in: &SignIn,
    session: &Session,
    asked: &Parts,
    query: &str,
    signed_in: Option<&SignedIn>,
) -> Result<Onward, Failed> {
    let counted = match signed_in {
        Some(_) => Ok(()),
        None => sign_in.callbacks.count(ClientAddress::of(&asked.extensions)),
    };
    let nowhere = |problem| match signed_in {
        Some(_) => Ok(Onward::to(paths::HOME.href())),
        None => {
            let problem = counted.err().map_or(problem, SignInProblem::from);
            sign_in.record_unstarted(&problem, None);
            Err(Failed { problem: Arc::new(problem), ways: Ways::from_nowhere(), is_of_run: false })
        }
    };
    let response = match Response::parse(query) {
        Ok(response) => response,
        Err(problem) => return nowhere(problem),
    };
    let Some(state) = response.state.clone() else {
        return nowhere(SignInProblem::Malformed("state is missing"));
    };
    let browser = browser_cookie::read(&asked.headers, &sign_in.settings);
    let opened = Transaction::open(&state, browser, sign_in.sessions.keyring(), sign_in.clock.now());
    let (transaction, found) = match opened {
        Opened::Usable(transaction) => (transaction, Found::Usable),
        Opened::Expired(transaction) => (transaction, Found::Expired),
        Opened::Lost(transaction) => (transaction, Found::Lost),
        // Without a transaction, an error is not attributed to the provider.
        Opened::Unknown => return nowhere(SignInProblem::Lost),
    };
    let again = transaction.asked.link(sign_in, &transaction.target);
    let (target, is_of_run) = (transaction.target.clone(), transaction.asked.run.is_some());
    let (kind, known) = (audited::kind(&transaction.asked, signed_in.is_some()), Arc::new(Known::new()));
    let outcome = match counted {
        // A rate-limited user still gets a link back to the same page, and the transaction stays usable.
        Err(too_many) => Err(Arc::new(too_many.into())),
        Ok(()) if found == Found::Usable => {
            exchange(sign_in, session, asked, query, response, transaction, (signed_in, &known)).await
        }
        Ok(()) => {
            let said = decided(sign_in, &transaction, response, found == Found::Expired);
            give_up_or_restart(sign_in, asked, transaction, signed_in, said).await
        }
    };
    // A failure here leaves a running session unchanged.
    let back = signed_in.map(|_| target);
    outcome.map_err(|problem| {
        sign_in.record_problem(kind, &problem, known.get());
        Failed { problem, ways: Ways { again, back }, is_of_run }
    })
}

/// The running code exchanges of this process.
pub type Exchanges = SingleFlight<Exchange, Result<Arrival, Arc<SignInProblem>>>;

/// One authorization response, together with the session of the request. The same request joins the running exchange,
/// so that a user who reloads a slow page still gets the result of the code.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Exchange {
    /// SHA-256 of the whole query.
    response: [u8; 32],
    session: Option<RowKey>,
}

/// The result of an exchange.
#[derive(Clone)]
pub enum Arrival {
    /// A user is signed in, with the session id of the first request.
    SignedIn(Session),
    /// The transaction was used before, or no request was waiting for the result.
    Used,
    /// The provider returned an error because the attempt was overtaken or waited too long.
    Overtaken(Arc<SignInProblem>),
}

/// What became of a genuine transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Usable,
    Expired,
    /// It belongs to another browser, as far as is known.
    Lost,
}

/// Exchanges a usable transaction, with or without a session: marks it as used, then exchanges the code. Continues if
/// the browser disconnects, because the code is already used then.
async fn exchange(
    sign_in: &SignIn,
    session: &Session,
    asked: &Parts,
    query: &str,
    response: Response,
    transaction: Transaction,
    (signed_in, known): (Option<&SignedIn>, &Arc<Known>),
) -> Result<Onward, Arc<SignInProblem>> {
    let again = response.clone();
    let key = Exchange {
        response: Sha256::digest(query.as_bytes()).into(),
        session: signed_in.map(|current| current.key.clone()),
    };
    let work = {
        let (sign_in, session, headers) = (sign_in.clone(), session.clone(), asked.headers.clone());
        let (key, transaction, signed_in) = (key.clone(), transaction.clone(), signed_in.cloned());
        let known = known.clone();
        async move {
            let is_awaited = || sign_in.exchanges.is_awaited(&key);
            let by = (signed_in.as_ref(), known.as_ref());
            let arrival = arrive(&sign_in, &session, &headers, response, &transaction, by, is_awaited);
            let arrival = arrival.await;
            // An ID token says more. Without one, such as after a refused step-up, it is the user who began it here.
            if let (Err(_), Some(current)) = (&arrival, &signed_in)
                && transaction.session.as_deref() == Some(current.key.as_str())
            {
                let _ = known.set(current.into());
            }
            if let (Err(problem), Some(run)) = (&arrival, &transaction.asked.run) {
                doctor_run::report(&sign_in, run, problem).await;
            }
            if let (Err(problem), false) = (&arrival, is_awaited()) {
                tracing::warn!(event = "sign-in failed", reason = problem.reason(), cause = %problem);
                let kind = audited::kind(&transaction.asked, signed_in.is_some());
                sign_in.record_problem(kind, problem, known.get());
            }
            Ok(arrival.map_err(Arc::new))
        }
    };
    let arrival = sign_in.exchanges.join(key, work).await;
    match arrival.unwrap_or_else(|error| Err(SignInProblem::Internal(error.to_string()).into()))? {
        Arrival::SignedIn(first) => {
            share_session(session, &first).await.map_err(SignInProblem::from)?;
            Ok(Onward::to(transaction.target))
        }
        Arrival::Used => {
            let said = decided(sign_in, &transaction, again, true);
            give_up_or_restart(sign_in, asked, transaction, signed_in, said).await
        }
        // The second time, the user sees what the provider said.
        Arrival::Overtaken(problem) if signed_in.is_none() && !may_restart(&transaction, asked) => {
            Err(problem)
        }
        Arrival::Overtaken(_) => Ok(restart(sign_in, asked, transaction, signed_in).await?),
    }
}

/// The error in a response whose transaction cannot be used any more, if it is a decision of the user or the provider:
/// such a sign-in is not started again. The provider's words are shown only if the transaction belongs to this browser.
fn decided(
    sign_in: &SignIn,
    transaction: &Transaction,
    response: Response,
    is_of_browser: bool,
) -> Option<SignInProblem> {
    check_issuer(sign_in, false, transaction, &response).ok()?;
    let error = response.error.filter(|_| response.code.is_none())?;
    let description = response.error_description.filter(|_| is_of_browser);
    let is_overtaken = means_again(&error, description.as_deref()) && !transaction.asked.is_step_up();
    (!is_overtaken)
        .then(|| SignInProblem::provider_answered(&error, description, transaction.asked.is_step_up()))
}

/// A signed-in user goes on to the page, except if they asked for more access, which was declined. Otherwise a decision
/// is shown, and everything else starts again.
async fn give_up_or_restart(
    sign_in: &SignIn,
    asked: &Parts,
    transaction: Transaction,
    signed_in: Option<&SignedIn>,
    said: Option<SignInProblem>,
) -> Result<Onward, Arc<SignInProblem>> {
    match said {
        Some(problem) if signed_in.is_none() || transaction.asked.is_step_up() => Err(problem.into()),
        _ => Ok(restart(sign_in, asked, transaction, signed_in).await?),
    }
}

async fn arrive(
    sign_in: &SignIn,
    session: &Session,
    headers: &HeaderMap,
    response: Response,
    transaction: &Transaction,
    (signed_in, known): (Option<&SignedIn>, &Known),
    is_awaited: impl Fn() -> bool,
) -> Result<Arrival, SignInProblem> {
    // First, so that an unavailable provider uses nothing up.
    let metadata = sign_in.relying_party.metadata().await?;
    // Before the exchange, so that one response leads to at most one token request, on any number of replicas.
    let until = transaction.started_at + LIFETIME_SECS;
    let entry = consumed_mark(response.state.as_deref().unwrap_or_default());
    if !sign_in.sessions.mark_used(Mark { kind: MarkKind::SignIn, entry, until }).await? {
        return Ok(Arrival::Used);
    }
    let is_promised = metadata.has_iss_parameter;
    check_issuer(sign_in, is_promised, transaction, &response)?;
    let code = match (response.error, response.code) {
        (Some(_), Some(_)) => return Err(SignInProblem::Malformed("code and error together")),
        (None, None) => return Err(SignInProblem::Malformed("neither code nor error")),
        (Some(error), None) => {
            let is_overtaken = means_again(&error, response.error_description.as_deref());
            let is_step_up = transaction.asked.is_step_up();
            let problem = SignInProblem::provider_answered(&error, response.error_description, is_step_up);
            // More access that was asked for was not given: the user must know. A run waits for its sign-in.
            return match is_overtaken && !is_step_up && transaction.asked.run.is_none() {
                true => Ok(Arrival::Overtaken(problem.into())),
                false => Err(problem),
            };
        }
        (None, Some(code)) => code,
    };
    // RFC 6749 A.11.
    if !code.expose().bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        return Err(SignInProblem::Malformed("the code is not visible ASCII"));
    }
    if let Some(run) = &transaction.asked.run {
        doctor_run::admit(sign_in, run, signed_in).await?;
    }
    let is_kept =
        establish::session(sign_in, session, headers, transaction, &code, (signed_in, known), is_awaited)
            .await?;
    if let (false, Some(run)) = (is_kept, &transaction.asked.run) {
        sign_in.leave_note(run, RunNote::Abandoned).await;
    }
    Ok(if is_kept { Arrival::SignedIn(session.clone()) } else { Arrival::Used })
}

/// RFC 9207 2.4: checked if present; required if the provider declares that it sends it.
fn check_issuer(
    sign_in: &SignIn,
    is_promised: bool,
    transaction: &Transaction,
    response: &Response,
) -> Result<(), SignInProblem> {
    let configured = &sign_in.settings.issuer;
    let is_right = transaction.issuer == *configured
        && response.iss.as_ref().map_or(!is_promised, |iss| sign_in.settings.is_issuer(iss));
    is_right
        .then_some(())
        .ok_or(SignInProblem::Malformed("iss is not the issuer of the authorization request"))
}

/// A genuine transaction that cannot be used. A running session takes precedence; else the sign-in is restarted once.
async fn restart(
    sign_in: &SignIn,
    asked: &Parts,
    lost: Transaction,
    signed_in: Option<&SignedIn>,
) -> Result<Onward, SignInProblem> {
    // The page of a run shows its state.
    if signed_in.is_some() || lost.asked.run.is_some() {
        return Ok(Onward::to(lost.target));
    }
    if !may_restart(&lost, asked) {
        return Err(SignInProblem::Lost);
    }
    tracing::info!(event = "sign-in restarted", "the attempt was lost, overtaken, expired or already used");
    let start =
        authorization_request::start(sign_in, asked, lost.target, lost.asked, 1, lost.session).await?;
    Ok(Onward { location: start.location, cookie: Some(start.cookie) })
}

/// Whether the sign-in has not been restarted before. An image or a fetch is no navigation, so it does not start one.
fn may_restart(transaction: &Transaction, asked: &Parts) -> bool {
    transaction.attempt == 0 && is_navigation(&asked.headers)
}

#[cfg(test)]
mod tests {
    use super::Response;

    #[test]
    fn cb_05_a_repeated_parameter_is_refused_and_unknown_ones_are_ignored() {
        assert!(Response::parse("code=a&state=b&session_state=x&scope=openid&scope=y").is_ok());
        for query in [
            "code=a&code=b",
            "code=a&state=b&state=b",
            "iss=a&iss=b",
            "error=a&error=b",
            "code=a&%63ode=a",
            "error_uri=a&error_uri=b",
        ] {
            assert!(Response::parse(query).is_err(), "{query}");
        }
    }

    #[test]
    fn op_07_a_code_does_not_print() {
        let response = Response::parse("code=canary&state=b").unwrap();
        assert!(!format!("{response:?}").contains("canary"));
    }
}
