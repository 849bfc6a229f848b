//! Masks secrets in text that a person sees: complete and in parts, also in other letter case, percent-encoded, in base64
//! or in hex, and divided by punctuation. It compares only ASCII letters and digits, which no encoding divides.

use std::{borrow::Cow, collections::HashSet, ops::Range};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD},
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Map, Value};

/// What is shown in place of a secret.
pub(super) const MASKED: &str = "[masked]";
/// As many letters and digits in a row count as a part of a secret.
const PART: usize = 8;
/// A shorter secret is masked only where a text consists of it.
const SHORT: usize = 4;
/// Texts are decoded so often to look for a secret in them.
const DECODINGS: usize = 3;
/// Deeper values are left out.
const DEPTH_MAX: usize = 64;

/// Finds parts of some secrets.
#[derive(Default)]
pub struct Masker {
    parts: HashSet<[u8; PART]>,
    /// Secrets with fewer letters and digits.
    few: HashSet<String>,
}

impl Masker {
    /// Masks these secrets.
    pub fn new<'s>(secrets: impl Iterator<Item = &'s str>) -> Self {
        let mut masker = Self::default();
        for secret in secrets.map(str::trim).filter(|secret| !secret.is_empty()) {
            masker.add(secret);
            // The key of `Authorization: ApiKey …`, and name and password of `Basic …`.
            if let Some((_, last)) = secret.rsplit_once(' ') {
                masker.add(last);
                let decoded =
                    BASE64_STANDARD.decode(last).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                for part in decoded.iter().flat_map(|pair| {
                    [pair.as_str()].into_iter().chain(pair.split_once(':').map(|(_, password)| password))
                }) {
                    masker.add(part);
                }
            }
        }
        masker
    }

    fn add(&mut self, secret: &str) {
        if letters(secret).len() < PART {
            self.few.insert(secret.to_owned());
        }
        let percent = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [secret, &percent, &hex] {
            self.add_parts(form);
        }
        for text in [secret, &percent] {
            for offset in 0..3 {
                self.add_parts(&aligned(text, offset));
            }
        }
    }

    fn add_parts(&mut self, text: &str) {
        let letters = letters(text);
        let bytes: Vec<u8> = letters.iter().map(|(byte, _)| *byte).collect();
        self.parts.extend(bytes.windows(PART).filter_map(|part| <[u8; PART]>::try_from(part).ok()));
    }

    /// The text with every part of a secret masked. A text with an encoded secret whose place is unclear is masked as a
    /// whole.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.few.contains(text.trim()) {
            return Cow::Borrowed(MASKED);
        }
        let masked = self.replaced(text);
        let mut decoded = Cow::Borrowed(masked.as_ref());
        for _ in 0..DECODINGS {
            let Cow::Owned(next) = decode(&decoded) else { break };
            if !self.found(&next).is_empty() {
                return Cow::Borrowed(MASKED);
            }
            decoded = Cow::Owned(next);
        }
        masked
    }

    /// The value with every text and name masked. `room` is the number of bytes that are still taken; what does not fit
    /// is left out, and then it is 0.
    pub fn value(&self, value: &Value, room: &mut usize) -> Value {
        self.value_within(value, room, DEPTH_MAX)
    }

    fn value_within(&self, value: &Value, room: &mut usize, depth: usize) -> Value {
        const LEFT_OUT: &str = "\u{2026}";
        let left_out = || Value::String(LEFT_OUT.to_owned());
        if depth == 0 || *room == 0 {
            return left_out();
        }
        match value {
            Value::String(text) => Value::String(self.cut(text, room)),
            Value::Number(number) => {
                let text = number.as_str();
                let masked = self.cut(text, room);
                if masked == text { value.clone() } else { Value::String(masked) }
            }
            Value::Array(items) => {
                let mut all = Vec::new();
                for item in items {
                    if *room == 0 {
                        all.push(left_out());
                        break;
                    }
                    *room = room.saturating_sub(2);
                    all.push(self.value_within(item, room, depth - 1));
                }
                Value::Array(all)
            }
            Value::Object(members) => {
                let mut all = Map::new();
                for (name, member) in members {
                    if *room == 0 {
                        all.insert(LEFT_OUT.to_owned(), left_out());
                        break;
                    }
                    let name = self.cut(name, room);
                    all.insert(name, self.value_within(member, room, depth - 1));
                }
                Value::Object(all)
            }
            other => {
                *room = room.saturating_sub(5);
                other.clone()
            }
        }
    }

    fn cut(&self, text: &str, room: &mut usize) -> String {
        let masked = self.text(text);
        let shown = start(&masked, *room);
        *room = room.saturating_sub(shown.len() + 2);
        match shown.len() < masked.len() {
            true => format!("{shown}\u{2026}"),
            false => shown.to_owned(),
        }
    }

    fn replaced<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let found = self.found(text);
        let mut masked = Cow::Borrowed(text);
        for range in found.into_iter().rev() {
            masked.to_mut().replace_range(range, MASKED);
        }
        for few in self.few.iter().filter(|few| few.len() >= SHORT) {
            if !masked.contains(few.as_str()) {
                continue;
            }
            masked = Cow::Owned(masked.replace(few.as_str(), MASKED));
        }
        masked
    }

    /// The ranges of bytes with parts of secrets, in order.
    fn found(&self, text: &str) -> Vec<Range<usize>> {
        let letters = letters(text);
        let mut found: Vec<Range<usize>> = Vec::new();
        let mut last_letter = 0;
        for (index, window) in letters.windows(PART).enumerate() {
            let part: Option<[u8; PART]> =
                window.iter().map(|(byte, _)| *byte).collect::<Vec<_>>().try_into().ok();
            let Some((first, last)) = window.first().zip(window.last()) else { continue };
            if !part.is_some_and(|part| self.parts.contains(&part)) {
                continue;
            }
            match found.last_mut() {
                Some(range) if index <= last_letter + 1 => range.end = last.1 + 1,
                _ => found.push(first.1..last.1 + 1),
            }
            last_letter = index + PART - 1;
        }
        found
    }
}

/// The start of a text, at most so many bytes.
pub fn start(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

/// ASCII letters and digits in lower case, and their positions.
fn letters(text: &str) -> Vec<(u8, usize)> {
    let all = text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric());
    all.map(|(at, byte)| (byte.to_ascii_lowercase(), at)).collect()
}

/// The base64 characters that do not depend on what precedes and follows `text`, which starts `offset` bytes after a
/// boundary of three.
fn aligned(text: &str, offset: usize) -> String {
    let mut padded = vec![0; offset];
    padded.extend_from_slice(text.as_bytes());
    let from = if offset == 0 { 0 } else { offset + 1 };
    let encoded = BASE64_STANDARD_NO_PAD.encode(&padded);
    encoded.get(from..padded.len() / 3 * 4).unwrap_or_default().to_owned()
}

/// The text without percent-encoding, and without the escapes of JSON, JavaScript and HTML.
fn decode(text: &str) -> Cow<'_, str> {
    let text = match text.contains('%') {
        true => Cow::Owned(percent_decode_str(text).decode_utf8_lossy().into_owned()),
        false => Cow::Borrowed(text),
    };
    if !text.contains('\\') && !text.contains("&#") {
        return text;
    }
    let mut decoded = String::new();
    let mut rest = text.as_ref();
    while let Some(at) = rest.find(['\\', '&']) {
        let (before, escape) = rest.split_at(at);
        decoded.push_str(before);
        let (c, length) = escaped(escape).unwrap_or((' ', 1));
        decoded.push(c);
        rest = escape.get(length..).unwrap_or_default();
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The character of the escape at the start of a text, and the length of the escape.
fn escaped(text: &str) -> Option<(char, usize)> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    if let Some(entity) = text.strip_prefix("&#") {
        let digits = entity.split(';').next().filter(|digits| digits.len() <= 8)?;
        let length = 2 + digits.len() + 1;
        return match digits.strip_prefix(['x', 'X']) {
            Some(hex) => Some((number(hex, 16)?, length)),
            None => Some((number(digits, 10)?, length)),
        };
    }
    match text.as_bytes().get(1)? {
        b'u' => Some((number(text.get(2..6)?, 16)?, 6)),
        b'x' => Some((number(text.get(2..4)?, 16)?, 4)),
        b'n' | b'r' | b't' | b'b' | b'f' => Some((' ', 2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "canary-access-0815/+=~zzTOP.tail4711";

    fn masker() -> Masker {
        Masker::new([TOKEN, "ApiKey k9", "Basic dXNlcjpwYXNzd29yZDEyMw=="].into_iter())
    }

    #[test]
    fn in_02_a_secret_is_masked_in_every_form_and_the_rest_stays() {
        let hex: String = TOKEN.bytes().map(|byte| format!("{byte:02X}")).collect();
        let percent = utf8_percent_encode(TOKEN, NON_ALPHANUMERIC).to_string();
        let escapes: String = TOKEN.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        let entities: String = TOKEN.chars().map(|c| format!("&#{};", u32::from(c))).collect();
        let all_percent: String = TOKEN.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let lines: String = TOKEN.chars().map(|c| format!("{c}\\n")).collect();
        let apart: String = TOKEN.chars().map(|c| format!("{c}\", \"")).collect();
        let mut forms = vec![
            TOKEN.to_owned(),
            TOKEN.to_uppercase(),
            hex,
            percent.to_lowercase(),
            percent,
            escapes,
            entities,
            all_percent,
            lines,
            apart,
            TOKEN[..20].to_owned(),
            TOKEN[10..].to_owned(),
        ];
        for before in ["", "a", "ab", "abc"] {
            forms.push(BASE64_STANDARD.encode(format!("{before}{TOKEN}")));
        }
        for form in forms {
            let text = format!("Before: {form} :after");
            let masked = masker().text(&text).into_owned();
            assert!(masked.contains(MASKED), "{form}: {masked}");
            let words = masked.to_lowercase();
            for part in ["canary-acc", "zztop.tail", "63616e61", "y2fuyxj5", "tail4711"] {
                assert!(!words.contains(part), "{form}: {masked}");
            }
        }
        let plain = "An order of Acme, 1 250.00 €, placed on 2026-11-30";
        assert_eq!(masker().text(plain), plain);
    }

    #[test]
    fn in_02_keys_and_passwords_of_headers_are_masked_without_their_scheme() {
        let masker = masker();
        for secret in ["ApiKey k9", "k9", "password123", "user:password123", "dXNlcjpwYXNzd29yZDEyMw"] {
            assert!(!masker.text(secret).contains(secret), "{secret}");
        }
        assert_eq!(masker.text("k9x"), "k9x", "a short secret is masked where it is the whole text");
    }

    #[test]
    fn in_02_values_are_masked_by_text_and_cut_to_the_room() {
        let value = serde_json::json!({ TOKEN: [TOKEN, 1.50, null, { "a": "b" }], "n": "x".repeat(500) });
        let (mut much, mut little) = (10_000, 100);
        let text = masker().value(&value, &mut much).to_string();
        assert!(text.contains("[\"[masked]\",1.5") && !text.contains("canary"), "{text}");
        assert!(much > 0);
        let text = masker().value(&value, &mut little).to_string();
        assert!(text.len() < 200 && little == 0, "{text}");
    }
}
