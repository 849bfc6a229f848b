//! `claimcheck health`: asks the server of this machine whether it is ready, for containers and probes without an HTTP
//! client.

use std::time::Duration;

use axum::http::Request;
use claimcheck_base::http_out::{HttpOut, HttpOutError, HttpSettings, SetUpError};
use claimcheck_model::paths;
use serde_json::Value;

use crate::config::{AdminListen, ListenAddress, Listeners};

/// Time limit for the answer. The server itself takes at most 2 seconds for a store that does not respond.
const PATIENCE: Duration = Duration::from_secs(4);

/// Why a server is not healthy, in one line.
#[derive(Debug, thiserror::Error)]
pub enum Unhealthy {
    #[error(
        "listen (CLAIMCHECK_LISTEN) has port 0, so this command does not know the port: set a port, or admin_listen"
    )]
    NoPort,
    #[error("no server answers on {0}: {1}")]
    NotThere(ListenAddress, HttpOutError),
    #[error("the server on {0} is not {1}: {2} (status {3})")]
    Not(ListenAddress, &'static str, String, u16),
    #[error("another program is listening on {0} (status {1})")]
    Stranger(ListenAddress, u16),
    #[error(transparent)]
    SetUp(#[from] SetUpError),
    #[error("the request cannot be created: {0}")]
    Request(#[from] axum::http::Error),
}

/// Asks the server with these listeners: whether it runs if `is_live`, otherwise whether it is ready. Returns its status,
/// such as "ready" or "degraded". A chosen admin listener is asked first, because browsers cannot take its connections. Its
/// default address may belong to another process, so then the public one is asked.
///
/// # Errors
/// There is no server, or it is not ready.
pub async fn ask_health(listeners: &Listeners, is_live: bool) -> Result<String, Unhealthy> {
    let address = match &listeners.admin {
        AdminListen::At(address) if address.reachable().is_some() => address,
        _ => &listeners.listen,
    };
    let address = address.reachable().ok_or(Unhealthy::NoPort)?;
    let http = HttpOut::to_operator(&HttpSettings::default(), address.socket())?;
    let (path, wanted) = match is_live {
        true => (paths::HEALTH_LIVE, "alive"),
        false => (paths::HEALTH_READY, "ready"),
    };
    let request = Request::get(format!("{}{}", address.http_origin(), path.path())).body(Vec::new())?;
    let answer = match http.send_within(request, PATIENCE).await {
        Ok(answer) => answer,
        Err(error) => return Err(Unhealthy::NotThere(address, error)),
    };
    let (status, body) = (answer.status(), serde_json::from_slice::<Value>(answer.body()).ok());
    let text = |name| body.as_ref().and_then(|body| body.get(name)).and_then(Value::as_str);
    match (status.is_success(), text("status")) {
        (true, Some(found)) => Ok(found.to_owned()),
        (false, Some(found)) => {
            let why = text("reason").unwrap_or(found).to_owned();
            Err(Unhealthy::Not(address, wanted, why, status.as_u16()))
        }
        (_, None) => Err(Unhealthy::Stranger(address, status.as_u16())),
    }
}
