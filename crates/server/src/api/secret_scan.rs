//! Finds secrets in a stream of bytes, also across the borders of its parts. Bytes that may be the begin of a secret are
//! held back until the next part shows whether they are.

use bytes::{Bytes, BytesMut};
use memchr::memmem::Finder;

/// Shorter secrets may be anywhere by chance, as in `secrets`.
const SECRET_MIN_BYTES: usize = 16;

/// A stream contains a secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found;

/// The secrets to find, and the bytes held back.
pub(super) struct SecretScan {
    finders: Vec<Finder<'static>>,
    held: BytesMut,
    /// The number of bytes in which a secret can begin without being complete.
    overlap: usize,
}

impl SecretScan {
    /// A scan for these secrets; short ones are left out.
    pub(super) fn new<'s>(secrets: impl Iterator<Item = &'s str>) -> Self {
        let mut all: Vec<&str> = secrets.filter(|secret| secret.len() >= SECRET_MIN_BYTES).collect();
        all.sort_unstable();
        all.dedup();
        let longest = all.iter().map(|secret| secret.len()).max().unwrap_or_default();
        let finders = all.into_iter().map(|secret| Finder::new(secret.as_bytes()).into_owned()).collect();
        Self { finders, held: BytesMut::new(), overlap: longest.saturating_sub(1) }
    }

    /// The next part: the bytes that can be passed on, perhaps none.
    pub(super) fn push(&mut self, part: &[u8]) -> Result<Bytes, Found> {
        self.held.extend_from_slice(part);
        if self.finders.iter().any(|finder| finder.find(&self.held).is_some()) {
            return Err(Found);
        }
        let safe = self.held.len().saturating_sub(self.overlap);
        Ok(self.held.split_to(safe).freeze())
    }

    /// The rest, at the end of the stream.
    pub(super) fn finish(&mut self) -> Bytes {
        self.held.split().freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJub25lIn0.e30.";

    #[test]
    fn r35_a_secret_is_found_wherever_the_stream_is_divided() {
        let text = format!("before {TOKEN} after");
        for at in 0..text.len() {
            for size in [1, 2, 7, 100] {
                let mut scan = SecretScan::new([TOKEN, "short"].into_iter());
                let (first, rest) = text.as_bytes().split_at(at);
                let parts = std::iter::once(first).chain(rest.chunks(size));
                let mut passed = Vec::new();
                let is_found = parts.map(|part| scan.push(part)).any(|part| match part {
                    Ok(bytes) => {
                        passed.extend_from_slice(&bytes);
                        false
                    }
                    Err(Found) => true,
                });
                assert!(is_found, "{at} {size}");
                assert!(
                    b"before ".starts_with(&passed) || passed == b"before ",
                    "nothing of it is passed on"
                );
            }
        }
    }

    #[test]
    fn r35_a_stream_without_secrets_passes_unchanged() {
        let text = format!("{}short {}", &TOKEN[..20], &TOKEN[1..]).repeat(9);
        for secrets in [vec![TOKEN, "short"], Vec::new()] {
            for size in [1, 3, 16, 1000] {
                let mut scan = SecretScan::new(secrets.iter().copied());
                let mut passed: Vec<u8> =
                    text.as_bytes().chunks(size).flat_map(|part| scan.push(part).unwrap()).collect();
                passed.extend_from_slice(&scan.finish());
                assert_eq!(passed, text.as_bytes());
            }
        }
    }
}
