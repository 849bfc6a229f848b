//! An OpenAPI document: from a file or from a URL, within a size and a time.

use std::{io::Read, time::Duration};

use claimcheck_base::http_out::{HttpOut, HttpSettings};
use claimcheck_openapi::DOCUMENT_MAX_BYTES;
use reqwest::header::LOCATION;
use url::Url;

/// How long the server of a document may be silent, and how long everything may take.
const SILENCE: Duration = Duration::from_secs(10);
const TIME_MAX: Duration = Duration::from_secs(60);
/// Nothing of the operator's is sent, so redirects lead to nothing but another document.
const REDIRECTS_MAX: usize = 5;

/// A document, and its URL if it has one.
pub(super) struct Loaded {
    pub bytes: Vec<u8>,
    pub address: Option<String>,
}

/// Reads a document from a file or a URL.
///
/// # Errors
/// In words for the operator.
pub(super) async fn load(source: &str, http: &HttpSettings) -> Result<Loaded, String> {
    match Url::parse(source) {
        Ok(url) if matches!(url.scheme(), "https" | "http") => {
            let fetched = tokio::time::timeout(TIME_MAX, fetch(url, http)).await;
            fetched
                .unwrap_or_else(|_| Err(format!("no complete answer within {} seconds", TIME_MAX.as_secs())))
        }
        _ => read(source).map(|bytes| Loaded { bytes, address: None }),
    }
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let most = u64::try_from(DOCUMENT_MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

async fn fetch(mut url: Url, http: &HttpSettings) -> Result<Loaded, String> {
    let client = HttpOut::to_api(http).map_err(|error| error.to_string())?;
    for _ in 0..=REDIRECTS_MAX {
        let request =
            axum::http::Request::get(url.as_str()).body(Vec::new()).map_err(|error| error.to_string())?;
        let response = client.open(request, SILENCE).await.map_err(|error| error.to_string())?;
        let status = response.status();
        if status.is_redirection() {
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            url = to
                .and_then(|to| url.join(to).ok())
                .ok_or_else(|| format!("status {status} without a location"))?;
            continue;
        }
        if !status.is_success() {
            return Err(format!("status {status}"));
        }
        let (mut body, mut bytes) = (response.into_body(), Vec::new());
        while let Some(chunk) = body.chunk().await.map_err(|error| error.to_string())? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > DOCUMENT_MAX_BYTES {
                break;
            }
        }
        return Ok(Loaded { bytes, address: Some(url.to_string()) });
    }
    Err("too many redirects".to_owned())
}
