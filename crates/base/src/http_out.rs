//! Outgoing HTTP: to the provider, to the API, and from operator commands to their server. No redirects, no proxy but
//! that of the settings, and limits on time and size. Nothing else in the program creates an HTTP client.

use std::{
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{
    Request, Response, Uri,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};
use url::Url;

use crate::{http_proxy::Proxy, outgoing_span::OutgoingSpan, private_network::Resolver};

pub use crate::{http_error::HttpOutError, media_type::media_type};

/// The longest response that is read, after decompression.
const PROVIDER_BODY_MAX_BYTES: usize = 1024 * 1024;
const API_BODY_MAX_BYTES: usize = 8 * 1024 * 1024;
const COLLECTOR_BODY_MAX_BYTES: usize = 64 * 1024;
/// The share of a response's time limit after which a connection, with TLS, must be there: a slow handshake is no
/// failure, and an address that leads nowhere is noticed before the time is over.
const CONNECT_SHARE: f64 = 0.8;
/// The longest time for that, unless half of the time limit is longer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// How long a connection without a request is kept: many servers close theirs after 5 seconds, and a request that is sent
/// just then is lost.
const IDLE_MAX: Duration = Duration::from_secs(4);
/// Time limit for a complete response of the provider, unless the settings say otherwise. A refresh may take longer
/// (`token_endpoint::REFRESH_TIMEOUT`).
pub const PROVIDER_TIMEOUT: Duration = Duration::from_secs(5);
/// Time limit for a complete response of the API to a read request, unless the settings say otherwise.
pub const API_TIMEOUT: Duration = Duration::from_secs(10);
/// Time limit for listing or ending sessions: the longest that the server takes for any request.
const OPERATOR_TIMEOUT: Duration = Duration::from_secs(30);

impl HttpOutError {
    /// Whether the certificate of the other side is not trusted here.
    pub fn is_untrusted(&self) -> bool {
        // As rustls says it; see `innermost`.
        matches!(self, Self::Connect(cause) if cause.contains("certificate"))
    }
}

/// Where the memory for the body of a response comes from, if it is limited for several responses together.
pub trait BodyMemory: Send + Sync {
    /// Completes when there is memory for this many bytes of the body in all; `false` if there is none in time. The body
    /// has at most `most` bytes.
    fn grow(&self, bytes: usize, most: usize) -> Pin<Box<dyn Future<Output = bool> + Send + '_>>;
}

/// No client can be created with these settings.
#[derive(Debug, thiserror::Error)]
#[error("outgoing HTTP cannot be set up: {0}")]
pub struct SetUpError(String);

/// The settings of every outgoing client.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// A PEM file with certificate authorities to trust in addition to the usual ones.
    pub ca_file: Option<PathBuf>,
    /// The proxy for requests to the provider and the API.
    pub proxy: Option<Proxy>,
    /// The hosts that are reached without the proxy.
    pub no_proxy: Vec<String>,
    /// Time limit for a complete response of the provider.
    pub provider_timeout: Duration,
    /// Time limit for a complete response of the API to a read request.
    pub api_timeout: Duration,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            ca_file: None,
            proxy: None,
            no_proxy: Vec::new(),
            provider_timeout: PROVIDER_TIMEOUT,
            api_timeout: API_TIMEOUT,
        }
    }
}

/// How long the head of a response took; an extension of the response.
#[derive(Clone, Copy, Debug)]
pub struct TimeToHead(pub Duration);

/// One outgoing client with its limits.
#[derive(Clone)]
pub struct HttpOut {
    /// For requests that may be repeated: it keeps connections.
    client: reqwest::Client,
    /// The proxy that it uses, and the hosts that it reaches without.
    proxy: Option<Arc<(Proxy, Vec<String>)>>,
    /// For all others: each has a new connection, because the server may be closing one that was idle.
    fresh: reqwest::Client,
    /// For files: it asks for no compression, so that the bytes are those of the server.
    plain: reqwest::Client,
    timeout: Duration,
    body_max_bytes: usize,
    /// Whether the other side learns the trace.
    carries_trace: bool,
}

/// A response whose body arrives in parts.
pub struct Incoming {
    answer: reqwest::Response,
    silence: Duration,
}

impl Incoming {
    /// The next part of the body; `None` at its end.
    ///
    /// # Errors
    /// If the connection ends before the body does, or nothing arrives for the time of the request.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, HttpOutError> {
        let next = tokio::time::timeout(self.silence, self.answer.chunk()).await;
        Ok(next.map_err(|_| HttpOutError::Timeout)??)
    }

    /// Whether the end of the body can be told from a broken connection: by its length or its chunks (RFC 9112 6.3).
    pub fn has_known_end(&self) -> bool {
        let headers = self.answer.headers();
        self.answer.version() >= http::Version::HTTP_2
            || headers.contains_key(CONTENT_LENGTH)
            || headers.contains_key(TRANSFER_ENCODING)
    }
}

impl HttpOut {
    /// The client for requests to the provider. Host names that appear only in the provider's metadata do not resolve to
    /// private addresses, unless the issuer's own does. `internal` are further addresses that the operator wrote.
    pub fn to_provider(settings: &HttpSettings, issuer: &str, internal: &[Url]) -> Result<Self, SetUpError> {
        let issuer = Url::parse(issuer).map_err(|error| SetUpError(error.to_string()))?;
        // The proxy's own name is resolved here; names of the provider are resolved by the proxy.
        let of_proxy = settings.proxy.iter().map(|proxy| &proxy.url);
        let internal = internal.iter().chain(of_proxy).cloned().collect();
        Self::resolving(settings, settings.provider_timeout, Resolver::new(issuer, internal))
    }

    /// The client for images of hosts that the operator named. Names do not resolve to private addresses.
    pub fn to_image_hosts(settings: &HttpSettings) -> Result<Self, SetUpError> {
        let of_proxy = settings.proxy.iter().map(|proxy| proxy.url.clone()).collect();
        let client = Self::resolving(settings, settings.api_timeout, Resolver::of_public(of_proxy))?;
        Ok(Self { carries_trace: false, ..client })
    }

    /// A client whose names are checked when they are resolved.
    fn resolving(settings: &HttpSettings, timeout: Duration, resolver: Resolver) -> Result<Self, SetUpError> {
        let resolver = Arc::new(resolver);
        let builder = || {
            let builder = through_proxy(Self::builder(settings, timeout)?, settings)?;
            Ok(builder.dns_resolver(resolver.clone()))
        };
        Ok(Self::build(builder, timeout, PROVIDER_BODY_MAX_BYTES)?.with_proxy_of(settings))
    }

    /// The client for requests to the API.
    pub fn to_api(settings: &HttpSettings) -> Result<Self, SetUpError> {
        let timeout = settings.api_timeout;
        let builder = || through_proxy(Self::builder(settings, timeout)?, settings);
        Ok(Self::build(builder, timeout, API_BODY_MAX_BYTES)?.with_proxy_of(settings))
    }

    /// The client for exporting traces. A collector is usually on the same machine or network.
    pub fn to_collector(settings: &HttpSettings) -> Result<Self, SetUpError> {
        let client = Self::to_api(settings)?;
        Ok(Self { body_max_bytes: COLLECTOR_BODY_MAX_BYTES, carries_trace: false, ..client })
    }

    /// The client of operator commands, for requests to a server with the same settings. It uses no proxy: that server
    /// is on the same machine or network.
    /// With `socket`, every request is sent to that Unix socket.
    pub fn to_operator(settings: &HttpSettings, socket: Option<&Path>) -> Result<Self, SetUpError> {
        let builder = || {
            let builder = Self::builder(settings, OPERATOR_TIMEOUT)?;
            Ok(match socket {
                Some(socket) => builder.unix_socket(socket),
                None => builder,
            })
        };
        Self::build(builder, OPERATOR_TIMEOUT, API_BODY_MAX_BYTES)
    }

    /// Whether a request to that address is sent without the proxy.
    pub fn is_direct(&self, uri: &Uri) -> bool {
        self.proxy.as_ref().is_none_or(|used| !used.0.is_for(uri, &used.1))
    }

    /// The time limit for a complete response.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    fn builder(settings: &HttpSettings, timeout: Duration) -> Result<reqwest::ClientBuilder, SetUpError> {
        let mut builder = reqwest::Client::builder()
            // A redirect would send the token, code or verifier to any host that it names.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .min_tls_version(reqwest::tls::Version::TLS_1_2)
            .connect_timeout(connect_timeout(timeout))
            .user_agent(concat!("claimcheck/", env!("CARGO_PKG_VERSION")));
        if let Some(file) = &settings.ca_file {
            let pem = std::fs::read(file).map_err(|error| SetUpError(error.to_string()))?;
            let certificates =
                reqwest::Certificate::from_pem_bundle(&pem).map_err(|e| SetUpError(e.to_string()))?;
            for certificate in certificates {
                builder = builder.add_root_certificate(certificate);
            }
        }
        Ok(builder)
    }

    fn build(
        builder: impl Fn() -> Result<reqwest::ClientBuilder, SetUpError>,
        timeout: Duration,
        body_max_bytes: usize,
    ) -> Result<Self, SetUpError> {
        let build =
            |builder: reqwest::ClientBuilder| builder.build().map_err(|error| SetUpError(error.to_string()));
        let client = build(builder()?.pool_idle_timeout(IDLE_MAX))?;
        let fresh = build(builder()?.pool_max_idle_per_host(0))?;
        let plain = build(builder()?.pool_max_idle_per_host(0).no_gzip())?;
        Ok(Self { client, fresh, plain, proxy: None, timeout, body_max_bytes, carries_trace: true })
    }

    /// Remembers the proxy that the clients were built with.
    fn with_proxy_of(self, settings: &HttpSettings) -> Self {
        let proxy = settings.proxy.clone().map(|proxy| Arc::new((proxy, settings.no_proxy.clone())));
        Self { proxy, ..self }
    }

    /// Sends a request without effects, and returns its response while the body is still arriving. There is no limit on
    /// the size and the total time: `silence` limits the wait for the head, and for each part of the body.
    pub async fn open(
        &self,
        mut request: Request<Vec<u8>>,
        silence: Duration,
    ) -> Result<Response<Incoming>, HttpOutError> {
        let span = OutgoingSpan::begin(&mut request, self.carries_trace);
        let opened = async {
            let request: reqwest::Request = request.try_into()?;
            let sent = tokio::time::timeout(silence, self.plain.execute(request)).await;
            let answer = sent.map_err(|_| HttpOutError::Timeout)??;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let mut response = Response::new(Incoming { answer, silence });
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        };
        span.around(opened).await
    }

    /// Sends one request and reads the complete response, up to the limits.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, HttpOutError> {
        self.send_within(request, self.timeout).await
    }

    /// The same with another time limit for the complete response. Safe methods are sent as by
    /// [`HttpOut::send_repeatable`], all others exactly once, on a new connection.
    pub async fn send_within(
        &self,
        mut request: Request<Vec<u8>>,
        limit: Duration,
    ) -> Result<Response<Vec<u8>>, HttpOutError> {
        if request.method().is_safe() {
            return self.send_repeatable(request, limit, None).await;
        }
        let span = OutgoingSpan::begin(&mut request, self.carries_trace);
        let answered = async {
            let begun = Instant::now();
            let answer = execute(&self.fresh, request, limit).await?;
            self.read(answer, begun.elapsed(), None).await
        };
        span.around(answered).await
    }

    /// A request without effects, whatever its method. If the connection breaks before the first byte of the response,
    /// as a kept one does that the server closes, the request is sent once more. The body takes its memory from `memory`,
    /// if that is limited.
    pub async fn send_repeatable(
        &self,
        mut request: Request<Vec<u8>>,
        limit: Duration,
        memory: Option<&dyn BodyMemory>,
    ) -> Result<Response<Vec<u8>>, HttpOutError> {
        let span = OutgoingSpan::begin(&mut request, self.carries_trace);
        let answered = async {
            let begun = Instant::now();
            let answer = match execute(&self.client, request.clone(), limit).await {
                Err(error) if is_broken_connection(&error) => {
                    let left = limit.saturating_sub(begun.elapsed());
                    if left.is_zero() {
                        return Err(HttpOutError::Timeout);
                    }
                    span.resends();
                    execute(&self.fresh, request, left).await?
                }
                answer => answer?,
            };
            self.read(answer, begun.elapsed(), memory).await
        };
        span.around(answered).await
    }

    async fn read(
        &self,
        mut answer: reqwest::Response,
        waited: Duration,
        memory: Option<&dyn BodyMemory>,
    ) -> Result<Response<Vec<u8>>, HttpOutError> {
        let mut response = Response::new(Vec::new());
        response.extensions_mut().insert(TimeToHead(waited));
        *response.status_mut() = answer.status();
        let stated = answer.content_length().and_then(|bytes| usize::try_from(bytes).ok());
        let most = stated.unwrap_or(self.body_max_bytes).min(self.body_max_bytes);
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        if let (Some(memory), Some(_)) = (memory, stated)
            && !memory.grow(most, most).await
        {
            return Err(HttpOutError::NoMemory(most));
        }
        while let Some(chunk) = answer.chunk().await? {
            let bytes = response.body().len() + chunk.len();
            if bytes > self.body_max_bytes {
                return Err(HttpOutError::TooLarge(self.body_max_bytes));
            }
            if let Some(memory) = memory
                && !memory.grow(bytes, most).await
            {
                return Err(HttpOutError::NoMemory(bytes));
            }
            response.body_mut().extend_from_slice(&chunk);
        }
        Ok(response)
    }
}

/// Sends a request, and waits for the head of the response.
async fn execute(
    client: &reqwest::Client,
    request: Request<Vec<u8>>,
    limit: Duration,
) -> Result<reqwest::Response, reqwest::Error> {
    let mut request: reqwest::Request = request.try_into()?;
    *request.timeout_mut() = Some(limit);
    client.execute(request).await
}

/// Whether a connection was there, and ended before a response arrived.
fn is_broken_connection(error: &reqwest::Error) -> bool {
    error.is_request() && !error.is_connect() && !error.is_timeout()
}

/// With the proxy of the settings, and none of the environment.
fn through_proxy(
    builder: reqwest::ClientBuilder,
    settings: &HttpSettings,
) -> Result<reqwest::ClientBuilder, SetUpError> {
    let Some(proxy) = &settings.proxy else { return Ok(builder) };
    // Without the cause, which may quote the address.
    let proxy = proxy
        .for_client(&settings.no_proxy)
        .map_err(|_| SetUpError("the proxy's address cannot be used".to_owned()))?;
    Ok(builder.proxy(proxy))
}

/// How long connecting may take if the response may take this long.
fn connect_timeout(timeout: Duration) -> Duration {
    timeout.mul_f64(CONNECT_SHARE).min(CONNECT_TIMEOUT.max(timeout / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r25_connecting_may_take_most_of_the_time_and_leaves_some() {
        for (timeout, connect) in [(1.0, 0.8), (5.0, 4.0), (8.0, 4.0), (10.0, 5.0), (60.0, 30.0)] {
            let found = connect_timeout(Duration::from_secs_f64(timeout));
            assert_eq!(found, Duration::from_secs_f64(connect), "{timeout} s");
        }
    }
}
