//! Why an outgoing request brought no response.

use std::error::Error;

/// Why there is no response. Contains no URL, because a URL may contain secrets.
#[derive(Debug, thiserror::Error)]
pub enum HttpOutError {
    #[error("the request timed out")]
    Timeout,
    /// Nothing was sent: the name did not resolve, there was no connection, or the certificate is not trusted.
    #[error("cannot connect: {0}")]
    Connect(String),
    #[error("the response is larger than {0} bytes")]
    TooLarge(usize),
    /// There was no memory for it in time.
    #[error("there is no memory for a response of {0} bytes or more")]
    NoMemory(usize),
    #[error("the request failed: {0}")]
    Other(String),
}

impl HttpOutError {
    /// Its kind, in one word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Connect(_) => "unreachable",
            Self::TooLarge(_) => "too_large",
            Self::NoMemory(_) => "no_memory",
            Self::Other(_) => "broken_off",
        }
    }
}

impl From<reqwest::Error> for HttpOutError {
    fn from(error: reqwest::Error) -> Self {
        match error {
            // Includes timeouts while connecting: nothing was sent.
            error if error.is_connect() => Self::Connect(innermost(&error.without_url())),
            error if error.is_timeout() => Self::Timeout,
            error => Self::Other(error.without_url().to_string()),
        }
    }
}

/// The innermost cause, such as "invalid peer certificate: UnknownIssuer".
fn innermost(mut error: &dyn Error) -> String {
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
