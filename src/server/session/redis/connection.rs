//! The one connection of a process to its Redis: made when it is needed, and made anew when it has failed.

use std::time::{Duration, Instant};

use redis::{
    AsyncConnectionConfig, Client, ErrorKind, RedisError, RedisResult, ServerErrorKind, TlsCertificates,
    aio::MultiplexedConnection,
};
use tokio::sync::Mutex;

use crate::server::{
    config::StoreServer,
    session::{servers::CONNECT, store::StoreError},
};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(5);
/// After a failure, whoever waited in line for a connection does not wait for one more.
const REST: Duration = Duration::from_millis(100);

/// Many requests go over it at once.
pub(super) struct Connection {
    client: Client,
    config: AsyncConnectionConfig,
    current: Mutex<LiveConnection>,
}

#[derive(Default)]
struct LiveConnection {
    connection: Option<MultiplexedConnection>,
    /// Which it is, so that nobody takes away a newer one than the one that failed.
    number: u64,
    failed: Option<(Instant, RedisError)>,
}

impl Connection {
    /// Connects to nothing yet.
    pub fn new(server: &StoreServer) -> Result<Self, StoreError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(ANSWER));
        Ok(Self { client: client(server)?, config, current: Mutex::default() })
    }

    /// Does something over the connection, which is not used again if it failed.
    pub async fn with<T>(
        &self,
        ask: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>,
    ) -> RedisResult<T> {
        let (mut connection, number) = self.get().await?;
        let answer = ask(&mut connection).await;
        if answer.as_ref().is_err_and(has_failed) {
            let mut current = self.current.lock().await;
            if current.number == number {
                current.connection = None;
            }
        }
        answer
    }

    async fn get(&self) -> RedisResult<(MultiplexedConnection, u64)> {
        let mut current = self.current.lock().await;
        if let Some(connection) = &current.connection {
            return Ok((connection.clone(), current.number));
        }
        if let Some((at, error)) = &current.failed
            && at.elapsed() < REST
        {
            return Err(error.clone());
        }
        match self.client.get_multiplexed_async_connection_with_config(&self.config).await {
            Ok(connection) => {
                let number = current.number + 1;
                *current = LiveConnection { connection: Some(connection.clone()), number, failed: None };
                Ok((connection, number))
            }
            Err(error) => {
                current.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }
}

fn client(server: &StoreServer) -> RedisResult<Client> {
    match &server.ca_file {
        Some(file) if server.url.expose().starts_with("rediss:") => {
            let certificates = TlsCertificates { client_tls: None, root_cert: Some(std::fs::read(file)?) };
            Client::build_with_tls(server.url.expose(), certificates)
        }
        _ => Client::open(server.url.expose()),
    }
}

/// Whether a connection is of no use any more: broken, silent, or to a server that is not the first any more.
fn has_failed(error: &RedisError) -> bool {
    let is_second = matches!(
        error.kind(),
        ErrorKind::Server(ServerErrorKind::ReadOnly) | ErrorKind::Server(ServerErrorKind::MasterDown)
    );
    error.is_io_error() || error.is_unrecoverable_error() || is_second
}
