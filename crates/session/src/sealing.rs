//! Encryption at rest: data that leaves memory is encrypted, authenticated, and bound to the context it was made for.
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), with a list of keys, so that rotating them signs nobody out.

use std::{fmt, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use claimcheck_base::random::{self, NoRandomness};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// The first byte of all sealed bytes. Format 1: `1 | key id (4) | nonce (24) | ciphertext and tag`.
const FORMAT: u8 = 1;
const KEY_ID_LEN: usize = 4;
const NONCE_LEN: usize = 24;
const HEAD_LEN: usize = 1 + KEY_ID_LEN + NONCE_LEN;
/// What the key for nonces is derived for.
const NONCES: &[u8] = b"claimcheck nonces of repeatable seals";
/// A block of SHA-256.
const BLOCK_LEN: usize = 64;
/// A key in bytes.
const KEY_LEN: usize = 32;

/// Encryption failed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The operating system has no random bytes for a nonce.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The cipher refused, or there is no key.
    #[error("encryption failed")]
    Cipher,
}

/// Why sealed bytes do not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// They name a key that is not on the ring, or a format of a later version: nothing is known about them.
    #[error("its key or its format is unknown")]
    Unknown,
    /// They were sealed with a key of the ring, and have been changed since, or were sealed for another context.
    #[error("it was changed, or made for another place")]
    Changed,
}

struct Key {
    /// The first bytes of the key's SHA-256. They show which key to try, and reveal nothing else.
    id: [u8; KEY_ID_LEN],
    cipher: XChaCha20Poly1305,
    /// Makes the nonces of what is sealed repeatably; its own key is derived from this one.
    nonces: Hmac<Sha256>,
}

impl Key {
    fn new(bytes: &[u8; KEY_LEN]) -> Self {
        let hash = Sha256::digest(bytes);
        let mut id = [0; KEY_ID_LEN];
        id.copy_from_slice(&hash[..KEY_ID_LEN]);
        let nonces = keyed(bytes).chain_update(NONCES).finalize().into_bytes();
        Self { id, cipher: XChaCha20Poly1305::new(bytes.into()), nonces: keyed(&nonces.into()) }
    }

    fn seal(&self, nonce: [u8; NONCE_LEN], context: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut sealed = Vec::with_capacity(HEAD_LEN + plain.len() + 16);
        sealed.push(FORMAT);
        sealed.extend_from_slice(&self.id);
        sealed.extend_from_slice(&nonce);
        let payload = Payload { msg: plain, aad: context.as_bytes() };
        let text = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Cipher)?;
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    /// The nonce for these bytes in this context: the same each time, and another for anything else.
    fn nonce_of(&self, context: &str, plain: &[u8]) -> [u8; NONCE_LEN] {
        let length = (context.len() as u64).to_be_bytes();
        let mac = self.nonces.clone().chain_update(length).chain_update(context).chain_update(plain);
        let mac: [u8; KEY_LEN] = mac.finalize().into_bytes().into();
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&mac[..NONCE_LEN]);
        nonce
    }
}

/// HMAC with this key, which is padded to a block (RFC 2104 2).
fn keyed(key: &[u8; KEY_LEN]) -> Hmac<Sha256> {
    let mut block = [0; BLOCK_LEN];
    block[..KEY_LEN].copy_from_slice(key);
    Hmac::new(&block.into())
}

/// The session keys of this installation: the first one encrypts, all of them decrypt. To rotate a key, put the new one
/// first, and remove the old one after the longest lifetime of a session. With several replicas, first append the new
/// key on all of them: a replica that does not have it yet would treat sessions that use it as unreadable.
#[derive(Clone)]
pub struct Keyring(Arc<[Key]>);

impl Keyring {
    /// A ring of these keys; `None` if there are none.
    pub fn new(keys: &[[u8; KEY_LEN]]) -> Option<Self> {
        (!keys.is_empty()).then(|| Self(keys.iter().map(Key::new).collect()))
    }

    /// A ring of one random key, which is lost with the process.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn ephemeral() -> Result<Self, NoRandomness> {
        Ok(Self(Arc::new([Key::new(&random::bytes()?)])))
    }

    /// Encrypts `plain`, bound to `context` (such as `record:` and the row key): only the same context opens it.
    ///
    /// # Errors
    /// There are no random bytes for a nonce, or the cipher refuses.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = self.0.first().ok_or(SealError::Cipher)?;
        key.seal(random::bytes()?, context, plain)
    }

    /// Decrypts bytes that were sealed for `context`. `None` for another context or key, or for changed, truncated or
    /// foreign bytes.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.try_open(context, sealed).ok()
    }

    /// The same, with the reason if they do not open.
    ///
    /// # Errors
    /// [`OpenError::Unknown`] if the bytes are of another key or format, [`OpenError::Changed`] otherwise.
    pub fn try_open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let (&format, rest) = sealed.split_first().ok_or(OpenError::Changed)?;
        if format != FORMAT {
            return Err(OpenError::Unknown);
        }
        let (id, rest) = rest.split_first_chunk::<KEY_ID_LEN>().ok_or(OpenError::Changed)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>().ok_or(OpenError::Changed)?;
        let mut keys = self.0.iter().filter(|key| key.id == *id).peekable();
        if keys.peek().is_none() {
            return Err(OpenError::Unknown);
        }
        let opened = keys.find_map(|key| {
            let payload = Payload { msg: text, aad: context.as_bytes() };
            key.cipher.decrypt(&XNonce::from(*nonce), payload).ok()
        });
        opened.ok_or(OpenError::Changed)
    }

    /// [`Self::seal`] as unpadded base64url, for URLs and cookies.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_text(&self, context: &str, plain: &[u8]) -> Result<String, SealError> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(self.seal(context, plain)?))
    }

    /// The same with a nonce that depends on context and content: the result is the same each time, so that a browser can
    /// cache what is at such a URL. It shows whether two contents of one context are equal, and nothing else.
    ///
    /// # Errors
    /// The cipher refuses, or there is no key.
    pub fn seal_repeatably(&self, context: &str, plain: &[u8]) -> Result<String, SealError> {
        let key = self.0.first().ok_or(SealError::Cipher)?;
        let sealed = key.seal(key.nonce_of(context, plain), context, plain)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Decrypts what [`Self::seal_text`] or [`Self::seal_repeatably`] sealed for `context`; else `None`.
    pub fn open_text(&self, context: &str, sealed: &str) -> Option<Vec<u8>> {
        self.open(context, &BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keyring({} keys, [redacted])", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sc_15_what_is_sealed_opens_only_in_its_place_and_unchanged() {
        let ring = Keyring::ephemeral().unwrap();
        let sealed = ring.seal("record:a", b"canary").unwrap();
        assert_eq!(ring.open("record:a", &sealed).as_deref(), Some(&b"canary"[..]));
        assert_eq!(ring.open("record:b", &sealed), None);
        assert_eq!(ring.open("tokens:a", &sealed), None);
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(ring.open("record:a", &changed), None, "byte {place} changed");
            assert_eq!(ring.open("record:a", &sealed[..place]), None, "cut at {place}");
        }
        assert_eq!(Keyring::ephemeral().unwrap().open("record:a", &sealed), None);
        assert_ne!(sealed, ring.seal("record:a", b"canary").unwrap(), "a nonce was used twice");
    }

    #[test]
    fn f16_changed_bytes_are_told_from_those_of_another_key() {
        let (ring, other) = (Keyring::ephemeral().unwrap(), Keyring::ephemeral().unwrap());
        let sealed = ring.seal("record:a", b"canary").unwrap();
        assert_eq!(ring.try_open("record:a", &sealed).as_deref(), Ok(&b"canary"[..]));
        assert_eq!(other.try_open("record:a", &sealed), Err(OpenError::Unknown));
        assert_eq!(ring.try_open("record:b", &sealed), Err(OpenError::Changed));
        let with = |place: usize| {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            ring.try_open("record:a", &changed).err()
        };
        assert_eq!([with(0), with(1)], [Some(OpenError::Unknown); 2], "another format, another key");
        assert_eq!([with(5), with(sealed.len() - 1)], [Some(OpenError::Changed); 2]);
        for length in [0, 1, 20, HEAD_LEN] {
            assert_eq!(
                ring.try_open("record:a", &sealed[..length]),
                Err(OpenError::Changed),
                "{length} bytes"
            );
        }
    }

    #[test]
    fn sc_15_text_survives_a_url() {
        let ring = Keyring::ephemeral().unwrap();
        let text = ring.seal_text("state", b"canary").unwrap();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        assert_eq!(ring.open_text("state", &text).as_deref(), Some(&b"canary"[..]));
        assert_eq!(ring.open_text("state", &format!("{text}=")), None);
        assert_eq!(ring.open_text("state", "no state of ours"), None);
    }

    #[test]
    fn im_02_a_repeatable_seal_is_the_same_each_time_and_another_elsewhere() {
        let ring = Keyring::new(&[[1; 32]]).unwrap();
        let sealed = ring.seal_repeatably("image a", b"canary").unwrap();
        assert_eq!(ring.seal_repeatably("image a", b"canary").unwrap(), sealed);
        assert_eq!(ring.open_text("image a", &sealed).as_deref(), Some(&b"canary"[..]));
        assert_eq!(ring.open_text("image b", &sealed), None);
        let nonce = |ring: &Keyring, context: &str, plain: &[u8]| {
            let sealed = ring.seal_repeatably(context, plain).unwrap();
            BASE64_URL_SAFE_NO_PAD.decode(sealed).unwrap()[HEAD_LEN - NONCE_LEN..HEAD_LEN].to_vec()
        };
        let other = Keyring::new(&[[2; 32], [1; 32]]).unwrap();
        let nonces = [
            nonce(&ring, "image a", b"canary"),
            nonce(&ring, "image b", b"canary"),
            nonce(&ring, "image a", b"canarz"),
            // Not even where the two texts together are equal.
            nonce(&ring, "image ac", b"anary"),
            nonce(&other, "image a", b"canary"),
        ];
        for (index, one) in nonces.iter().enumerate() {
            assert!(!nonces[index + 1..].contains(one), "nonce {index} was used twice");
        }
        assert_eq!(other.open_text("image a", &sealed).as_deref(), Some(&b"canary"[..]), "an older key");
        let dropped = Keyring::new(&[[2; 32]]).unwrap();
        assert_eq!(dropped.open_text("image a", &sealed), None);
    }

    #[test]
    fn sc_15_keys_are_exchanged_without_losing_anything() {
        let old = Keyring::new(&[[1; 32]]).unwrap();
        let both = Keyring::new(&[[2; 32], [1; 32]]).unwrap();
        let new = Keyring::new(&[[2; 32]]).unwrap();
        let before = old.seal("x", b"before").unwrap();
        let after = both.seal("x", b"after").unwrap();
        assert_eq!(both.open("x", &before).as_deref(), Some(&b"before"[..]));
        assert_eq!(new.open("x", &after).as_deref(), Some(&b"after"[..]), "not sealed by the first key");
        assert_eq!(old.open("x", &after), None);
        assert_eq!(new.open("x", &before), None);
    }
}
