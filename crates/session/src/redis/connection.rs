//! The one connection of a process to its Redis: opened when it is needed, and replaced when it has failed.

use std::time::{Duration, Instant};

use redis::{
    AsyncConnectionConfig, Client, ErrorKind, RedisError, RedisResult, ServerErrorKind, TlsCertificates,
    aio::MultiplexedConnection,
};
use tokio::sync::Mutex;

use crate::{
    servers::{CONNECT, StoreServer},
    store::StoreError,
};

/// Time limit for a response.
const RESPONSE: Duration = Duration::from_secs(5);

/// The connection, which many requests share at a time.
pub(super) struct Connection {
    client: Client,
    config: AsyncConnectionConfig,
    current: Mutex<LiveConnection>,
}

#[derive(Default)]
struct LiveConnection {
    connection: Option<MultiplexedConnection>,
    /// Counts connections, so that a failure of an old one does not discard its successor.
    number: u64,
    /// The last failed attempt: when it ended, and why.
    failed: Option<(Instant, RedisError)>,
}

impl Connection {
    /// Does not connect yet.
    pub(super) fn new(server: &StoreServer) -> Result<Self, StoreError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(RESPONSE));
        Ok(Self { client: client(server)?, config, current: Mutex::default() })
    }

    /// Runs a command over the connection, which is discarded if it has failed.
    pub(super) async fn with<T>(
        &self,
        command: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>,
    ) -> RedisResult<T> {
        let (mut connection, number) = self.get().await?;
        let result = command(&mut connection).await;
        if result.as_ref().is_err_and(has_failed) {
            let mut current = self.current.lock().await;
            if current.number == number {
                current.connection = None;
            }
        }
        result
    }

    /// Callers that waited for an attempt that failed get its error, instead of trying again one by one.
    async fn get(&self) -> RedisResult<(MultiplexedConnection, u64)> {
        let asked = Instant::now();
        let mut current = self.current.lock().await;
        if let Some(connection) = &current.connection {
            return Ok((connection.clone(), current.number));
        }
        if let Some((at, error)) = &current.failed
            && asked <= *at
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

/// Whether a connection is no longer usable: it is broken or silent, or its server is no longer the primary.
fn has_failed(error: &RedisError) -> bool {
    let is_replica = matches!(
        error.kind(),
        ErrorKind::Server(ServerErrorKind::ReadOnly) | ErrorKind::Server(ServerErrorKind::MasterDown)
    );
    error.is_io_error() || error.is_unrecoverable_error() || is_replica
}
