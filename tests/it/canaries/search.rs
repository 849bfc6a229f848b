//! Searches for secrets in the server's output: literal, percent-encoded, in base64 at any alignment, in hex.

use std::collections::{BTreeSet, HashMap};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};

/// A secret in every form in which it could appear.
pub struct Needle {
    pub name: String,
    pub kind: Kind,
    forms: Vec<Vec<u8>>,
}

/// Where a needle is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nowhere.
    Secret,
    /// In the URL of an authorization request.
    Nonce,
    /// In the cookie for it.
    SessionId,
    /// Wherever it is searched for: proves that the search works.
    Shown,
}

impl Needle {
    pub fn new(kind: Kind, name: impl Into<String>, secret: impl AsRef<[u8]>) -> Self {
        let secret = secret.as_ref();
        assert!(secret.len() >= 8, "too short to be told from chance");
        let percent: String = url::form_urlencoded::byte_serialize(secret).collect();
        let mut forms = vec![secret.to_vec(), percent.clone().into_bytes(), hex(secret)];
        // Some encoders write a space and hex digits differently (RFC 3986).
        forms.push(percent.replace('+', "%20").into_bytes());
        forms.push(percent.to_lowercase().into_bytes());
        for text in [secret, percent.as_bytes()] {
            forms.extend((0..3).flat_map(|offset| aligned(text, offset)));
        }
        forms.retain(|form| form.len() >= HEAD);
        Self { name: name.into(), kind, forms }
    }
}

/// The length of the part that is looked up; the rest is compared.
const HEAD: usize = 8;
const FILTER: usize = 1 << 16;

/// Searches for many needles in one pass over a text.
pub struct Search {
    needles: Vec<Needle>,
    /// The existing heads, approximately: most positions of a text need no second check.
    filter: Vec<bool>,
    by_head: HashMap<[u8; HEAD], Vec<(usize, usize)>>,
}

impl Search {
    pub fn new(needles: Vec<Needle>) -> Self {
        let mut search = Self { needles: Vec::new(), filter: vec![false; FILTER], by_head: HashMap::new() };
        for (number, needle) in needles.iter().enumerate() {
            for (form, text) in needle.forms.iter().enumerate() {
                let head = text.first_chunk::<HEAD>().unwrap();
                search.filter[slot(head)] = true;
                search.by_head.entry(*head).or_default().push((number, form));
            }
        }
        search.needles = needles;
        search
    }

    /// The needles found in a text, each once.
    pub fn found_in(&self, text: &[u8]) -> Vec<&Needle> {
        let mut found = BTreeSet::new();
        for (at, head) in text.windows(HEAD).enumerate() {
            if self.filter[slot(head)]
                && let Some(candidates) = self.by_head.get(head)
            {
                let here = candidates
                    .iter()
                    .filter(|(needle, form)| text[at..].starts_with(&self.needles[*needle].forms[*form]));
                found.extend(here.map(|(needle, _)| *needle));
            }
        }
        found.into_iter().map(|number| &self.needles[number]).collect()
    }

    /// The number of needles of this kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.needles.iter().filter(|needle| needle.kind == kind).count()
    }
}

/// The slot of a head in the filter: its first and last bytes, mixed.
fn slot(head: &[u8]) -> usize {
    let word = u32::from_le_bytes([head[0], head[1], head[2], head[7]]);
    (word.wrapping_mul(0x9e37_79b1) >> 16) as usize
}

/// The base64 characters that do not depend on what precedes and follows `text`, which starts `offset` bytes after a
/// boundary of three.
fn aligned(text: &[u8], offset: usize) -> [Vec<u8>; 2] {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(text);
    let from = if offset == 0 { 0 } else { offset + 1 };
    [BASE64_STANDARD_NO_PAD.encode(&padded), BASE64_URL_SAFE_NO_PAD.encode(&padded)]
        .map(|encoded| encoded.as_bytes()[from..padded.len() / 3 * 4].to_vec())
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

#[test]
fn a_secret_is_found_in_every_form_and_another_is_not() {
    let secret = "canary+/ä=secret";
    let needle = Needle::new(Kind::Secret, "it", secret);
    let other = Needle::new(Kind::Secret, "other", "canary+/ä=sXcret");
    let search = Search::new(vec![other, needle]);
    let percent = "a=canary%2B%2F%C3%A4%3Dsecret&b";
    let mut texts = vec![
        format!("x{secret}y"),
        percent.into(),
        percent.to_lowercase(),
        "63616e6172792b2fc3a43d736563726574".into(),
    ];
    for before in ["", "a", "ab", "app:", "abcde"] {
        for after in ["", "z", "zz"] {
            let around = format!("{before}{secret}{after}");
            texts.push(format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(&around)));
            texts.push(BASE64_URL_SAFE_NO_PAD.encode(&around));
        }
    }
    for text in texts {
        let found: Vec<_> = search.found_in(text.as_bytes()).iter().map(|needle| &needle.name).collect();
        assert_eq!(found, ["it"], "{text}");
    }
}
