//! Images of an API, or of a host in `image_hosts`: read as a whole within a limit of size and time, and recognized by their
//! first bytes, whatever their media type says. They are never decoded.

use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use bytes::{Bytes, BytesMut};
use claimcheck_base::{clock::UnixSecs, http_out::Incoming};
use claimcheck_model::AppError;
use claimcheck_session::SignedIn;
use url::Url;

use crate::{
    api::{
        ApiClient, FileError, ReadRequest,
        files::{Opened, file_headers},
        limits,
        secret_scan::SecretScan,
    },
    config::{Api, FileKind},
};

/// Larger images are refused.
const MAX_BYTES: usize = 1024 * 1024;
/// The kinds that are shown, the smallest first.
const ACCEPTED: HeaderValue =
    HeaderValue::from_static("image/avif, image/webp, image/png, image/jpeg, image/gif, */*;q=0.1");

/// An image.
pub struct Image {
    /// Its media type, by its first bytes.
    pub media_type: &'static str,
    pub bytes: Bytes,
    /// Its sender lets browsers keep it.
    pub may_be_kept: bool,
}

impl ApiClient {
    /// An image of an API, with the token that is meant for it. A rejected token is replaced once.
    ///
    /// # Errors
    /// As [`ApiClient::open_file`].
    pub async fn image(
        &self,
        signed_in: &SignedIn,
        api: &Api,
        request: &ReadRequest,
    ) -> Result<Image, FileError> {
        let work = async {
            let Opened { response, scan } = self.open(signed_in, api, request, ACCEPTED).await?;
            collected(response, scan, self.clock.now()).await
        };
        let limit = api.timeout.unwrap_or(self.http.timeout());
        let image = tokio::time::timeout(limit, work).await.unwrap_or(Err(Refused::Late));
        image.map_err(|refused| refused.noted(&api.id, &request.label))
    }

    /// An image of a host in `image_hosts`, without a token and without headers of the settings. A name that resolves to a
    /// private address is not followed.
    ///
    /// # Errors
    /// `ApiUnavailable` if the host does not answer, `NotFound` if there is nothing, or if it is no image.
    pub async fn image_elsewhere(&self, url: &Url, label: &str) -> Result<Image, FileError> {
        let host = url.host_str().unwrap_or_default();
        let Some(http) = &self.image_http else { return Err(AppError::NotFound.into()) };
        let limit = http.timeout();
        let work = async {
            let mut request = Request::new(Vec::new());
            *request.method_mut() = Method::GET;
            *request.uri_mut() = url.as_str().parse().map_err(|_| Refused::App(AppError::NotFound))?;
            request.headers_mut().extend(file_headers(ACCEPTED));
            let opened = http.open(request, limit).await;
            let response = opened.map_err(|error| Refused::Unusable(error.to_string()))?;
            match response.status() {
                StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {}
                StatusCode::NOT_FOUND | StatusCode::GONE => return Err(Refused::App(AppError::NotFound)),
                status => return Err(Refused::Unusable(format!("unexpected status {}", status.as_u16()))),
            }
            collected(response, SecretScan::new(std::iter::empty()), self.clock.now()).await
        };
        let image = tokio::time::timeout(limit, work).await.unwrap_or(Err(Refused::Late));
        image.map_err(|refused| refused.noted(host, label))
    }
}

/// Why there is no image.
enum Refused {
    /// The log has the reason already, or there is simply none.
    App(AppError),
    Late,
    TooLarge,
    WrongType,
    Unusable(String),
}

impl From<FileError> for Refused {
    fn from(error: FileError) -> Self {
        match error {
            FileError::App(error) => Self::App(error),
            FileError::TooLarge => Self::TooLarge,
            FileError::WrongType => Self::WrongType,
            _ => Self::Unusable("the API has no image yet, or redirects".to_owned()),
        }
    }
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl Refused {
    /// Logs the reason.
    fn noted(self, from: &str, label: &str) -> FileError {
        let (reason, error) = match self {
            Self::App(error) => return error.into(),
            Self::Late => ("it took too long".to_owned(), AppError::ApiUnavailable.into()),
            Self::TooLarge => (format!("it is larger than {MAX_BYTES} bytes"), FileError::TooLarge),
            Self::WrongType => (
                "its first bytes are not those of PNG, JPEG, GIF, WebP or AVIF".to_owned(),
                FileError::WrongType,
            ),
            Self::Unusable(reason) => (reason, AppError::ApiUnavailable.into()),
        };
        tracing::warn!(event = "image refused", from, image = label, reason, "an image is not shown");
        error
    }
}

/// The whole image of a response.
async fn collected(
    response: Response<Incoming>,
    mut scan: SecretScan,
    now: UnixSecs,
) -> Result<Image, Refused> {
    let headers: &HeaderMap = response.headers();
    if headers.get(header::CONTENT_ENCODING).is_some_and(|value| value != "identity") {
        return Err(Refused::Unusable("it is compressed".to_owned()));
    }
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > MAX_BYTES as u64) {
        return Err(Refused::TooLarge);
    }
    let may_be_kept = limits::fresh_until(headers, now).is_some() && !limits::is_confirmed(headers);
    let (mut incoming, mut bytes) = (response.into_body(), BytesMut::new());
    loop {
        let part = incoming.chunk().await.map_err(|error| Refused::Unusable(error.to_string()))?;
        let Some(part) = part else { break };
        if bytes.len() + part.len() > MAX_BYTES {
            return Err(Refused::TooLarge);
        }
        bytes.extend_from_slice(&part);
    }
    let kind = FileKind::of_image(&bytes).ok_or(Refused::WrongType)?;
    if scan.push(&bytes).is_err() {
        return Err(Refused::Unusable("it contains a token or a configured header".to_owned()));
    }
    Ok(Image { media_type: kind.media_type(), bytes: bytes.freeze(), may_be_kept })
}
