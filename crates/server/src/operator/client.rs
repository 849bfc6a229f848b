//! Sends commands to the admin listener of the server with the same settings, authenticated with the session keys.

use axum::http::{Method, Request, StatusCode, header};
use claimcheck_base::{
    clock::Clock,
    http_out::{HttpOut, HttpOutError, SetUpError},
};
use claimcheck_model::paths;
use claimcheck_session::{Keyring, SealError};
use serde::{Serialize, de::DeserializeOwned};
use url::form_urlencoded;

use crate::{
    config::{AdminListen, ListenAddress, Settings, environment},
    operator::{
        Done, Forget, Forgotten, Order, Page, Refused, USER,
        bearer::{self, BoundRequest},
    },
};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    #[error("admin_listen (CLAIMCHECK_ADMIN_LISTEN) is off: the server accepts no operator commands")]
    Off,
    #[error("admin_listen (CLAIMCHECK_ADMIN_LISTEN) must be the port that the server listens on, not 0")]
    NoPort,
    #[error(
        "session_keys (CLAIMCHECK_SESSION_KEYS) is not set: the server accepts only commands that are sealed with its session keys"
    )]
    NoKeys,
    #[error(
        "no server answers on {0}: check that it is running with the same admin_listen (CLAIMCHECK_ADMIN_LISTEN)"
    )]
    NotThere(ListenAddress),
    #[error("the server on {0} did not respond: {1}")]
    NoAnswer(ListenAddress, HttpOutError),
    #[error("the server on {0} rejected the command: {1}")]
    Refused(ListenAddress, String),
    #[error("another program, or another version of this one, is listening on {0} (status {1})")]
    Stranger(ListenAddress, u16),
    #[error(transparent)]
    SetUp(#[from] SetUpError),
    #[error("the request cannot be sealed: {0}")]
    Seal(#[from] SealError),
    #[error("the request cannot be created: {0}")]
    Request(#[from] axum::http::Error),
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
    #[error("cannot write the output: {0}")]
    Json(#[from] serde_json::Error),
}

/// The server that commands are sent to.
pub struct Client {
    http: HttpOut,
    address: ListenAddress,
    keyring: Keyring,
    clock: Clock,
    /// The user who runs the command, as the environment names them.
    user: Option<String>,
}

impl Client {
    /// The server with these settings, on this machine or at the configured address.
    pub fn new(settings: &Settings, clock: Clock) -> Result<Self, OperatorError> {
        let address = match &settings.admin_listen {
            AdminListen::Off => return Err(OperatorError::Off),
            AdminListen::At(address) | AdminListen::Default(address) => {
                address.reachable().ok_or(OperatorError::NoPort)?
            }
        };
        let keys = settings.session_keys.as_ref().and_then(|keys| Keyring::new(keys.expose()));
        let keyring = keys.ok_or(OperatorError::NoKeys)?;
        let user = user_in(environment());
        let http = HttpOut::to_operator(&settings.http(), address.socket())?;
        Ok(Self { http, address, keyring, clock, user })
    }

    /// Running sessions of that subject or of all, starting after `after`.
    pub async fn list(&self, sub: Option<&str>, after: Option<&str>) -> Result<Page, OperatorError> {
        let query = [("sub", sub.unwrap_or_default()), ("after", after.unwrap_or_default())];
        self.send(Method::GET, paths::with_query(paths::ADMIN_SESSIONS, &query), Vec::new()).await
    }

    /// Ends a page of the sessions that the order names.
    pub async fn end(&self, order: &Order) -> Result<Done, OperatorError> {
        self.send(Method::POST, paths::ADMIN_SESSIONS_END.to_owned(), json(order)?).await
    }

    /// Forgets the activity of a user.
    pub async fn forget(&self, order: &Forget) -> Result<Forgotten, OperatorError> {
        self.send(Method::POST, paths::ADMIN_SESSIONS_FORGET.to_owned(), json(order)?).await
    }

    /// Sends a command, and reads the answer as JSON.
    pub(crate) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        target: String,
        body: Vec<u8>,
    ) -> Result<T, OperatorError> {
        let separator = if target.contains('?') { '&' } else { '?' };
        let target = match &self.user {
            Some(user) => {
                let user = form_urlencoded::Serializer::new(String::new()).append_pair(USER, user).finish();
                format!("{target}{separator}{user}")
            }
            None => target,
        };
        let asked = BoundRequest { method: method.as_str(), target: &target, body: &body };
        let bearer = bearer::seal(&self.keyring, asked, self.clock.now())?;
        let request = Request::builder()
            .uri(format!("{}{target}", self.address.http_origin()))
            .method(method)
            .header(header::AUTHORIZATION, format!("Bearer {}", bearer.expose()))
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)?;
        let answer = self.http.send(request).await.map_err(|error| match error {
            HttpOutError::Connect(_) => OperatorError::NotThere(self.address.clone()),
            error => OperatorError::NoAnswer(self.address.clone(), error),
        })?;
        let (status, body) = (answer.status(), answer.into_body());
        let stranger = || OperatorError::Stranger(self.address.clone(), status.as_u16());
        if status == StatusCode::OK {
            return serde_json::from_slice(&body).map_err(|_| stranger());
        }
        let refused: Refused = serde_json::from_slice(&body).map_err(|_| stranger())?;
        Err(OperatorError::Refused(self.address.clone(), refused.error))
    }
}

/// The user of the operating system; behind sudo, the one who called it.
fn user_in(environment: impl Iterator<Item = (String, String)>) -> Option<String> {
    const NAMES: [&str; 3] = ["SUDO_USER", "USER", "LOGNAME"];
    let known = environment.filter(|(name, user)| NAMES.contains(&name.as_str()) && !user.is_empty());
    let rank = |name: &str| NAMES.iter().position(|known| *known == name);
    known.min_by_key(|(name, _)| rank(name)).map(|(_, user)| user)
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, OperatorError> {
    Ok(serde_json::to_vec(value)?)
}

/// Where the admin listener of a server with these settings is reached; `None` if it has none, or at an unknown port.
pub(crate) fn admin_address(settings: &Settings) -> Option<ListenAddress> {
    match &settings.admin_listen {
        AdminListen::At(address) | AdminListen::Default(address) => address.reachable(),
        AdminListen::Off => None,
    }
}

#[cfg(test)]
mod tests {
    use super::user_in;

    #[test]
    fn au_12_behind_sudo_the_operator_is_who_called_it() {
        let user = |pairs: &[(&str, &str)]| {
            user_in(pairs.iter().map(|(name, user)| ((*name).to_owned(), (*user).to_owned())))
        };
        assert_eq!(user(&[("USER", "claimcheck"), ("SUDO_USER", "ada")]).as_deref(), Some("ada"));
        assert_eq!(user(&[("SUDO_USER", ""), ("LOGNAME", "ben")]).as_deref(), Some("ben"));
        assert_eq!(user(&[("HOME", "/root")]), None);
    }
}
