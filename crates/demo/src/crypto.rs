//! Randomness, digests and authentication codes of the demo; signatures are in `provider/keys.rs`.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Unpadded base64url (RFC 7515 2).
pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The inverse of [`b64`].
pub(crate) fn unb64(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// `N` random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// `N` random bytes as text.
pub(crate) fn random_text<const N: usize>() -> Result<String, getrandom::Error> {
    Ok(b64(random::<N>()?))
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 as text: used to store secrets, and for PKCE (RFC 7636 4.2).
pub(crate) fn sha256_text(text: &str) -> String {
    b64(sha256(text.as_bytes()))
}

/// HMAC-SHA256 (RFC 2104) over parts, each with its length, so that different lists of parts never collide.
pub(crate) fn mac(key: &[u8; 32], parts: &[&str]) -> [u8; 32] {
    let pad = |byte: u8| -> Vec<u8> {
        let mut block = [byte; 64];
        for (to, from) in block.iter_mut().zip(key) {
            *to ^= from;
        }
        block.to_vec()
    };
    let mut inner = pad(0x36);
    for part in parts {
        inner.extend_from_slice(&(part.len() as u64).to_be_bytes());
        inner.extend_from_slice(part.as_bytes());
    }
    let mut outer = pad(0x5c);
    outer.extend_from_slice(&sha256(&inner));
    sha256(&outer)
}

/// Constant-time comparison.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let (a, b) = (sha256(a.as_bytes()), sha256(b.as_bytes()));
    a.iter().zip(b).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::{b64, mac, same, sha256_text};

    #[test]
    fn digests_agree_with_published_values() {
        // RFC 7636 appendix B.
        assert_eq!(
            sha256_text("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn codes_differ_where_only_the_seam_between_parts_moves() {
        let key = [7; 32];
        assert_ne!(b64(mac(&key, &["ab", "c"])), b64(mac(&key, &["a", "bc"])));
        assert!(same("one", "one"));
        assert!(!same("one", "two"));
    }
}
