//! Random values, all from the operating system's generator.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// The system has no random bytes, so no secret can be generated.
#[derive(Debug, thiserror::Error)]
#[error("the operating system's random generator failed: {0}")]
pub struct NoRandomness(#[from] getrandom::Error);

/// `N` random bytes.
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// `N` random bytes as unpadded base64url.
pub fn text<const N: usize>() -> Result<String, NoRandomness> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes::<N>()?))
}
