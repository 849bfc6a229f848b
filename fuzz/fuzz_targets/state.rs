//! `state`: only text that was sealed here in the same context can be opened, byte for byte.
#![no_main]

use std::sync::LazyLock;

use claimcheck_base::secret::Secret;
use claimcheck_server::sign_in::{
    authorization_options::AuthorizationOptions,
    transaction::{LIFETIME_SECS, Opened, Transaction, browser_hash},
};
use claimcheck_session::Keyring;
use libfuzzer_sys::{arbitrary::Arbitrary, fuzz_target};

static OURS: LazyLock<Keyring> = LazyLock::new(|| Keyring::new(&[[1; 32], [2; 32]]).unwrap());
static BEFORE: LazyLock<Keyring> = LazyLock::new(|| Keyring::new(&[[2; 32]]).unwrap());
static THEIRS: LazyLock<Keyring> = LazyLock::new(|| Keyring::new(&[[3; 32]]).unwrap());
const NOW: i64 = 1_800_000_000;

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    /// Any text.
    Raw(&'a str),
    /// A transaction, and the damage to its text.
    Sealed { what: What<'a>, age: i32, browser: Option<&'a str>, damage: Vec<Damage<'a>> },
    /// Something else sealed here, or the same sealed with another key.
    Elsewhere { context: &'a str, plain: &'a [u8], by_them: bool },
}

#[derive(Arbitrary, Debug)]
struct What<'a> {
    issuer: &'a str,
    nonce: &'a str,
    verifier: &'a str,
    target: &'a str,
    attempt: u8,
    scopes: Vec<&'a str>,
    acr_values: Vec<&'a str>,
    max_age_secs: Option<u32>,
    coat: &'a str,
    by_older_key: bool,
}

#[derive(Arbitrary, Debug)]
enum Damage<'a> {
    Put(u16, u8),
    Cut(u16),
    Drop(u16),
    Insert(u16, &'a str),
    Flip(u16, u8),
}

fn damaged(text: &str, damage: &[Damage<'_>]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = text.as_bytes().to_vec();
    for one in damage {
        let at = |place: u16, len: usize| usize::from(place) % len.max(1);
        let len = bytes.len();
        match one {
            Damage::Put(place, with) if len > 0 => bytes[at(*place, len)] = ALPHABET[usize::from(with % 64)],
            // From the end, where base64 has unused bits.
            Damage::Flip(place, with) if len > 0 => {
                let place = len - 1 - at(*place, len);
                let now = ALPHABET.iter().position(|known| *known == bytes[place]).unwrap_or(0);
                bytes[place] = ALPHABET[now ^ usize::from(with % 64)];
            }
            Damage::Cut(place) => bytes.truncate(at(*place, len + 1)),
            Damage::Drop(place) if len > 0 => drop(bytes.remove(at(*place, len))),
            Damage::Insert(place, text) => {
                let place = at(*place, len + 1);
                bytes.splice(place..place, text.bytes());
            }
            _ => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn sealed(what: &What<'_>, age: i64) -> (Transaction, String) {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let mut asked = AuthorizationOptions::default();
    (asked.scopes, asked.acr_values) = (owned(&what.scopes), owned(&what.acr_values));
    asked.max_age_secs = what.max_age_secs;
    let transaction = Transaction {
        issuer: what.issuer.to_owned(),
        nonce: what.nonce.to_owned(),
        code_verifier: Secret::new(what.verifier),
        target: what.target.to_owned(),
        started_at: NOW - age,
        attempt: what.attempt,
        asked,
        session: None,
        browser: browser_hash(what.coat),
    };
    let keyring = if what.by_older_key { &BEFORE } else { &OURS };
    let text = transaction.seal(keyring).unwrap();
    (transaction, text)
}

fn is_same(one: &Transaction, other: &Transaction) -> bool {
    let verifiers = (one.code_verifier.expose(), other.code_verifier.expose());
    (&one.issuer, &one.nonce, &one.target, one.started_at, one.attempt, &one.asked, one.browser)
        == (
            &other.issuer,
            &other.nonce,
            &other.target,
            other.started_at,
            other.attempt,
            &other.asked,
            other.browser,
        )
        && verifiers.0 == verifiers.1
}

fuzz_target!(|input: Input<'_>| {
    match input {
        Input::Raw(text) => {
            assert!(matches!(Transaction::open(text, Some("coat"), &OURS, NOW), Opened::Unknown));
        }
        Input::Elsewhere { context, plain, by_them } => {
            let keyring = if by_them { &THEIRS } else { &OURS };
            let is_there = !by_them && context == "authorization request";
            let text = keyring.seal_text(context, plain).unwrap();
            let opened = Transaction::open(&text, Some("coat"), &OURS, NOW);
            assert!(is_there || matches!(opened, Opened::Unknown), "sealed for {context:?}");
        }
        Input::Sealed { what, age, browser, damage } => {
            let age = i64::from(age) % 100_000;
            let (transaction, text) = sealed(&what, age);
            let came = damaged(&text, &damage);
            let browser = browser.map(|other| if other.len() % 2 == 0 { what.coat } else { other });
            let opened = Transaction::open(&came, browser, &OURS, NOW);
            let is_ours = browser == Some(what.coat);
            match opened {
                Opened::Usable(found) => {
                    assert_eq!(came, text);
                    assert!(is_ours && age < LIFETIME_SECS && is_same(&found, &transaction));
                }
                Opened::Lost(found) | Opened::Expired(found) => {
                    assert_eq!(came, text);
                    assert!(is_same(&found, &transaction) && !(is_ours && (0..LIFETIME_SECS).contains(&age)));
                }
                Opened::Unknown => {
                    assert!(
                        came != text || !(-60..86_400).contains(&age),
                        "what was sealed here is not known"
                    );
                }
            }
        }
    }
});
