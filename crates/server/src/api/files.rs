//! A file of an API, passed on while it arrives. Its type, size and content are checked first or on the way, and a file
//! that fails a check later ends with an error: a browser never takes a part of it for the whole.

use std::time::{Duration, Instant};

use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use bytes::{Bytes, BytesMut};
use claimcheck_base::{
    http_out::{Incoming, media_type},
    secret::Secret,
    traces,
};
use claimcheck_model::AppError;
use claimcheck_session::SignedIn;
use futures::{Stream, stream};

use crate::{
    api::{
        Accepted, Answer, ApiClient, Call, ReadRequest, Wait, challenge,
        client::{self, Headers},
        limits,
        secret_scan::SecretScan,
        secrets::Secrets,
        traced,
    },
    config::{Api, ApiAuth, DownloadSetting, FileKind},
    tokens::Need,
};

/// The bytes that say which kind of file it is.
const HEAD_BYTES: usize = 8 * 1024;
/// More of a refusal is not read.
const REFUSAL_MAX_BYTES: usize = 64 * 1024;

/// Why there is no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    App(AppError),
    /// The API sends another type of file than the settings allow.
    WrongType,
    /// It is larger than the settings allow.
    TooLarge,
    /// The API has accepted the request, and needs time for the file.
    Accepted(Box<Accepted>),
    /// The API says that it is at another path below its base.
    SeeOther(String),
    /// The API needs more time; it is asked again after this.
    Preparing(Duration),
    /// The API has not finished in the time that the settings allow.
    Unfinished,
    /// The API could not prepare it, maybe with an explanation.
    NotPrepared(Option<String>),
}

impl From<AppError> for FileError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

/// A file ended before it was complete. The log has the reason.
#[derive(Debug, thiserror::Error)]
#[error("the file is not complete")]
pub struct BrokenFile;

/// A response that is still arriving, and the scan for secrets that its content has to pass.
pub(super) struct Opened {
    pub response: Response<Incoming>,
    pub scan: SecretScan,
}

/// A file whose type is checked, and that is still arriving.
pub struct OpenFile {
    pub kind: &'static FileKind,
    /// Its size, if the API says so.
    pub length: Option<u64>,
    body: Body,
}

struct Body {
    incoming: Incoming,
    /// What was read to find out its kind, and has passed the scan.
    begin: Option<Bytes>,
    scan: SecretScan,
    is_over: bool,
    /// How many bytes have arrived, and how many may.
    read: u64,
    max_bytes: u64,
    /// For the log.
    api: String,
    label: String,
}

impl OpenFile {
    /// Its content, checked on the way. It ends with an error if the API breaks off, sends more than is allowed, or sends
    /// one of our secrets.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, BrokenFile>> + Send + 'static {
        stream::try_unfold(self.body, |mut body| async move {
            if body.is_over {
                return Ok(None);
            }
            Ok(Some((body.next().await?, body)))
        })
    }
}

impl Body {
    /// The next bytes, perhaps none.
    async fn next(&mut self) -> Result<Bytes, BrokenFile> {
        if let Some(begin) = self.begin.take() {
            return Ok(begin);
        }
        let part = self.incoming.chunk().await.map_err(|error| self.broken(&error.to_string()))?;
        let Some(part) = part else {
            self.is_over = true;
            return Ok(self.scan.finish());
        };
        self.read += part.len() as u64;
        if self.read > self.max_bytes {
            return Err(self.broken("it is larger than the settings allow"));
        }
        self.scan.push(&part).map_err(|_| self.broken("it contains a token or a configured header"))
    }

    fn broken(&self, reason: &str) -> BrokenFile {
        let (api, path, bytes) = (&self.api, &self.label, self.read);
        tracing::warn!(
            event = "download broken off",
            api,
            path,
            bytes,
            reason,
            "a file was not passed on to its end"
        );
        BrokenFile
    }
}

impl ApiClient {
    /// A file of an API, with the token that is meant for it. A rejected token is replaced once.
    ///
    /// # Errors
    /// As [`ApiClient::fetch`], and if the file is not what the settings allow.
    pub async fn open_file(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        request: &ReadRequest,
        setting: &DownloadSetting,
    ) -> Result<OpenFile, FileError> {
        let Opened { response, scan } =
            self.open(signed_in, api, request, HeaderValue::from_static("*/*")).await?;
        checked(response, setting, scan, api, request).await
    }

    /// The response to a request for a file or an image, once its head says that there is one.
    ///
    /// # Errors
    /// As [`ApiClient::fetch`].
    pub(super) async fn open(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        request: &ReadRequest,
        accepted: HeaderValue,
    ) -> Result<Opened, FileError> {
        let unusable = |reason: &str| {
            tracing::warn!(event = "download refused", api = api.id, path = request.label, reason, "no file");
            AppError::ApiUnavailable
        };
        let headers = self.headers(signed_in, api)?;
        if self.kept.wait_of(signed_in, api, self.clock.now()).is_some() {
            return Err(unusable("the API asked for fewer requests").into());
        }
        let call = call(request, accepted);
        let send = async |token: Option<&Secret>| -> Result<Response<Incoming>, AppError> {
            let request = client::request(api, &call, &headers, token)?;
            let silence = api.timeout.unwrap_or(self.http.timeout());
            let begun = Instant::now();
            let span = traced::span(api, &call);
            let response = traces::within(span, self.http.open(request, silence)).await;
            self.note_answer(&call.source, api, response.as_ref().map(Response::status), begun);
            response.map_err(|error| unusable(&error.to_string()))
        };
        let mut used = Vec::new();
        let mut response = match api.auth {
            ApiAuth::None => send(None).await?,
            ApiAuth::Bearer => {
                let token = self.tokens.access_token(signed_in, api, Need::Usable).await?;
                used.push(token.clone());
                send(Some(&token)).await?
            }
        };
        if let Some(rejected) = used.first().cloned()
            && response.status() == StatusCode::UNAUTHORIZED
            && challenge::may_be_invalid_token(response.headers())
            && let Some(token) = self.other_token(signed_in, api, rejected).await?
        {
            response = send(Some(&token)).await?;
            used.push(token);
        }
        if let Some(until) = limits::wait(response.status(), response.headers(), self.clock.now()) {
            let is_limit = response.status() != StatusCode::SERVICE_UNAVAILABLE;
            self.kept.wait(signed_in, api, Wait { until, is_limit, said: None });
            return Err(unusable("the API asks for fewer requests").into());
        }
        let telltales = || api.headers.iter().filter_map(|header| header.telltale().cloned());
        match response.status() {
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {}
            StatusCode::ACCEPTED | StatusCode::SEE_OTHER | StatusCode::FOUND => {
                let secrets = Secrets { token: used.pop(), headers: telltales().collect() };
                let status = response.status();
                let answer = Answer { response: collected(response).await, secrets };
                if status == StatusCode::ACCEPTED {
                    tracing::info!(
                        event = "API needs time",
                        api = api.id,
                        path = request.label,
                        "no file yet"
                    );
                    let accepted = Accepted::of(&answer, api, &request.path, self.clock.now());
                    return Err(FileError::Accepted(Box::new(accepted)));
                }
                let to = answer.location(api, &request.path);
                return Err(match to {
                    Some(to) => FileError::SeeOther(to),
                    None => unusable(&format!("unexpected status {}", status.as_u16())).into(),
                });
            }
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::NO_CONTENT => {
                return Err(AppError::NotFound.into());
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let secrets = Secrets { token: used.pop(), headers: telltales().collect() };
                let answer = Answer { response: collected(response).await, secrets };
                let refusal = self.refusal(signed_in, api, &answer);
                return Err(refusal.unwrap_or_else(|| unusable("a fresh token was rejected")).into());
            }
            status => return Err(unusable(&format!("unexpected status {}", status.as_u16())).into()),
        }
        let tokens = &signed_in.tokens;
        let of_session = tokens.refresh_token.iter().chain([&tokens.id_token]);
        let of_apis = tokens.access.values().map(|access| &access.token);
        let secrets: Vec<Secret> =
            of_session.chain(of_apis).chain(&used).cloned().chain(telltales()).collect();
        let scan = SecretScan::new(secrets.iter().map(Secret::expose));
        Ok(Opened { response, scan })
    }
}

/// The file of a response, if it is one that the settings allow.
async fn checked(
    response: Response<Incoming>,
    setting: &DownloadSetting,
    scan: SecretScan,
    api: &Api,
    request: &ReadRequest,
) -> Result<OpenFile, FileError> {
    let refused = |reason: &str, error: FileError| {
        tracing::warn!(event = "download refused", api = api.id, path = request.label, reason, "no file");
        error
    };
    let headers = response.headers();
    let said = media_type(headers).unwrap_or_default();
    let is_encoded = headers.get(header::CONTENT_ENCODING).is_some_and(|value| value != "identity");
    if is_encoded || !response.body().has_known_end() {
        let reason = if is_encoded { "it is compressed" } else { "its end would not be known" };
        return Err(refused(reason, AppError::ApiUnavailable.into()));
    }
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > setting.max_bytes) {
        return Err(refused("it is larger than the settings allow", FileError::TooLarge));
    }
    let kinds = || setting.kinds.iter().copied().filter(|kind| kind.has_media_type(&said));
    if kinds().next().is_none() {
        return Err(refused("its media type is not allowed", FileError::WrongType));
    }
    let mut scan = scan;
    let mut incoming = response.into_body();
    let mut begin = BytesMut::new();
    while begin.len() < HEAD_BYTES {
        match incoming.chunk().await {
            Ok(Some(part)) => begin.extend_from_slice(&part),
            Ok(None) => break,
            Err(error) => return Err(refused(&error.to_string(), AppError::ApiUnavailable.into())),
        }
    }
    if begin.len() as u64 > setting.max_bytes {
        return Err(refused("it is larger than the settings allow", FileError::TooLarge));
    }
    let first = begin.get(..HEAD_BYTES).unwrap_or(&begin);
    let Some(kind) = kinds().find(|kind| kind.begins(first)) else {
        return Err(refused("its first bytes are not those of its media type", FileError::WrongType));
    };
    let Ok(passed) = scan.push(&begin) else {
        return Err(refused("it contains a token or a configured header", AppError::ApiUnavailable.into()));
    };
    let body = Body {
        incoming,
        begin: Some(passed),
        scan,
        is_over: false,
        read: begin.len() as u64,
        max_bytes: setting.max_bytes,
        api: api.id.clone(),
        label: request.label.clone(),
    };
    Ok(OpenFile { kind, length, body })
}

/// The headers of a request for a file of these types, as its server has it.
pub(super) fn file_headers(accepted: HeaderValue) -> Headers {
    vec![(header::ACCEPT, accepted), (header::ACCEPT_ENCODING, HeaderValue::from_static("identity"))]
}

fn call(request: &ReadRequest, accepted: HeaderValue) -> Call {
    Call {
        method: Method::GET,
        path: request.path.clone(),
        headers: file_headers(accepted),
        body: Vec::new(),
        patience: Duration::ZERO,
        is_read: true,
        source: request.source.clone(),
        label: request.label.clone(),
    }
}

/// A refusal with the begin of its body.
async fn collected(response: Response<Incoming>) -> Response<Vec<u8>> {
    let (parts, mut incoming) = response.into_parts();
    let mut body = Vec::new();
    while let Ok(Some(part)) = incoming.chunk().await {
        if body.len() + part.len() > REFUSAL_MAX_BYTES {
            break;
        }
        body.extend_from_slice(&part);
    }
    Response::from_parts(parts, body)
}
