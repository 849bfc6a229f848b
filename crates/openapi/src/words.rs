//! Texts: those of the document as one clean line, names as titles, and both as TOML.

/// The longest line of a comment.
const COMMENT_MAX: usize = 160;

/// One line without control characters, invisible characters and marks that reorder text, of at most `max` characters.
pub(super) fn clean(text: &str, max: usize) -> String {
    // Stops at the limit, because texts can be long: each shown character has at most four bytes, and spaces and invisible
    // characters have some room.
    let text =
        text.get(..text.floor_char_boundary(max.saturating_mul(4).saturating_add(2_000))).unwrap_or(text);
    let mut line = String::new();
    let mut count = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if count >= max {
            line.push('…');
            break;
        }
        if !line.is_empty() {
            line.push(' ');
            count += 1;
        }
        for c in word.chars().filter(|c| !is_invisible(*c)) {
            if count >= max {
                break;
            }
            line.push(c);
            count += 1;
        }
    }
    line.trim().to_owned()
}

/// Whether a character has no shape, or reorders those around it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || c.is_control()
}

/// A text for a comment: one line.
pub fn comment_text(text: &str) -> String {
    clean(text, COMMENT_MAX)
}

/// A text as TOML, in quotes. `${` is a literal for the reader of settings.
pub fn toml_text(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '$' if rest.starts_with("${") => quoted.push_str("$$"),
            c if is_invisible(c) => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    quoted + "\""
}

/// The first sentence of a description, without Markdown, if it is short; else nothing: a cut sentence is not useful.
pub(super) fn sentence(text: &str, max: usize) -> Option<String> {
    let first = text.trim_start().split("\n\n").next().unwrap_or_default();
    let plain = plain_text(&first.chars().take(2_000).collect::<String>());
    let end = plain.char_indices().find(|(at, c)| {
        let (before, after) =
            (plain.get(..*at).unwrap_or_default(), plain.get(at + c.len_utf8()..).unwrap_or_default());
        let is_short = ["e.g", "i.e", "etc", "vs", "Inc"].iter().any(|short| before.ends_with(short));
        matches!(c, '.' | '!' | '?') && (after.is_empty() || after.starts_with(' ')) && !is_short
    });
    let line =
        clean(plain.get(..end.map_or(plain.len(), |(at, c)| at + c.len_utf8())).unwrap_or_default(), max + 1);
    (!line.is_empty() && line.chars().count() <= max && line.chars().any(char::is_alphanumeric))
        .then_some(line)
}

/// Text without the marks of Markdown and HTML.
fn plain_text(text: &str) -> String {
    let (mut plain, mut in_tag, mut in_link) = (String::new(), false, false);
    let mut previous = ' ';
    for c in text.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            '(' if previous == ']' => in_link = true,
            ')' if in_link => in_link = false,
            _ if in_link => {}
            '*' | '`' | '[' | ']' | '#' | '{' | '}' => {}
            c => plain.push(c),
        }
        previous = c;
    }
    plain
}

/// The words of a name: of `placedAt`, `placed_at`, `placed-at` and `PlacedAt`, "placed" and "at".
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let chars: Vec<char> = name.chars().take(200).collect();
    let mut word = String::new();
    for (at, c) in chars.iter().enumerate() {
        let previous = at.checked_sub(1).and_then(|at| chars.get(at));
        let next = chars.get(at + 1);
        let begins = c.is_uppercase()
            && (previous.is_some_and(|previous| previous.is_lowercase() || previous.is_ascii_digit())
                || (previous.is_some_and(|previous| previous.is_uppercase())
                    && next.is_some_and(|next| next.is_lowercase())));
        if begins || !c.is_alphanumeric() {
            words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// Words that are written in capitals.
const CAPITALS: &[&str] = &[
    "api", "bic", "csv", "ean", "gid", "gtin", "hmac", "html", "http", "https", "iban", "id", "imei", "ip",
    "isbn", "json", "mfa", "otp", "pdf", "po", "qr", "sku", "sla", "sms", "sso", "ssl", "tls", "ui", "uri",
    "url", "utc", "uuid", "vat", "vpn", "xml", "zip",
];

/// A name as a title: "Placed at", "Customer ID".
pub(super) fn title(name: &str) -> String {
    title_of(&words(name))
}

/// Words as a title.
pub(super) fn title_of(words: &[String]) -> String {
    let words: Vec<_> = words
        .iter()
        .enumerate()
        .map(|(at, word)| match word.strip_suffix('s').filter(|_| word.len() > 2) {
            _ if word == "oauth" => "OAuth".to_owned(),
            _ if word == "zip" && words.get(at + 1).is_some_and(|next| next == "code") => {
                capital_first(word, at == 0)
            }
            _ if CAPITALS.contains(&word.as_str()) => word.to_uppercase(),
            Some(one) if CAPITALS.contains(&one) => format!("{}s", one.to_uppercase()),
            _ => capital_first(word, at == 0),
        })
        .collect();
    clean(&words.join(" "), 60)
}

fn capital_first(word: &str, is_first: bool) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) if is_first => first.to_uppercase().chain(chars).collect(),
        _ => word.to_owned(),
    }
}

/// One of several things: "orders" is "order", "policies" is "policy", "status" is itself.
pub(super) fn singular(word: &str) -> String {
    let cut = |count: usize| word.get(..word.len().saturating_sub(count)).unwrap_or(word).to_owned();
    match word {
        "people" => "person".to_owned(),
        "aliases" | "atlases" | "canvases" | "biases" => cut(2),
        "series" | "news" | "species" | "sms" | "dns" | "data" => word.to_owned(),
        _ if word.ends_with("ies") && word.len() > 4 => cut(3) + "y",
        _ if ["sses", "xes", "ches", "shes", "uses"].iter().any(|end| word.ends_with(end))
            && word != "uses" =>
        {
            match word {
                "causes" | "houses" | "warehouses" | "caches" => cut(1),
                _ => cut(2),
            }
        }
        _ if ["ss", "us", "is", "as"].iter().any(|end| word.ends_with(end))
            || !word.ends_with('s')
            || word.len() < 3 =>
        {
            word.to_owned()
        }
        _ => cut(1),
    }
}

/// Whether a name is of several things.
pub(super) fn is_plural(name: &str) -> bool {
    words(name).last().is_some_and(|word| singular(word) != *word)
}

/// A name for a URL: a–z, 0–9 and dashes, of at most 40 characters.
pub(super) fn slug(text: &str) -> String {
    let ascii: Vec<String> = words(text)
        .into_iter()
        .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect())
        .collect();
    let slug = ascii
        .iter()
        .filter(|word: &&String| !word.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("-");
    slug.chars().take(40).collect::<String>().trim_matches('-').to_owned()
}

/// Whether a name can be a member of a row here: letters, digits, `_`, `-` and `@`. Others have a meaning in settings.
pub(super) fn is_member(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-@".contains(&byte))
}

/// A step of a JSONPath to a member (RFC 9535).
pub(super) fn path_step(name: &str) -> String {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if is_plain { format!(".{name}") } else { format!("['{name}']") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nw_04_names_become_titles() {
        for (name, expected) in [
            ("placed_at", "Placed at"),
            ("customerId", "Customer ID"),
            ("HTTPStatusCode", "HTTP status code"),
            ("allowedOrigins", "Allowed origins"),
            ("webhook-urls", "Webhook URLs"),
            ("zip_code", "Zip code"),
            ("oauth2", "Oauth2"),
            ("straße", "Straße"),
        ] {
            assert_eq!(title(name), expected);
        }
        for (many, one) in [
            ("orders", "order"),
            ("policies", "policy"),
            ("statuses", "status"),
            ("boxes", "box"),
            ("address", "address"),
            ("status", "status"),
            ("webhooks", "webhook"),
            ("me", "me"),
            ("ids", "id"),
            ("aliases", "alias"),
        ] {
            assert_eq!(singular(many), one);
        }
        assert_eq!(
            (slug("Account - company level"), slug("ÄÖ"), slug("Zahlungen/é 2")),
            ("account-company-level".into(), String::new(), "zahlungen-2".into())
        );
    }

    #[test]
    fn nw_03_texts_are_one_clean_line_and_valid_toml() {
        assert_eq!(clean("a\n\u{202e}b\t c\u{0}d\u{200b}", 40), "a b c d");
        assert_eq!(clean(&"word ".repeat(50), 12), "word word wo…");
        assert_eq!(
            sentence("The **name** of [it](https://x.test/a_b). More.", 60).as_deref(),
            Some("The name of it.")
        );
        assert_eq!(
            sentence("Such as e.g. this one. And more", 60).as_deref(),
            Some("Such as e.g. this one.")
        );
        assert_eq!(sentence(&"long ".repeat(100), 60), None);
        for text in [
            "\"]\n[[board]]\nid = \"x",
            "a\\",
            "\u{0}\u{7f}\u{85}",
            "'''",
            "\"\"\"",
            "${HOME}",
            "$${X}",
            "\u{2028}",
            "ünï",
        ] {
            let parsed: toml::Table = format!("a = {}\n", toml_text(text)).parse().unwrap();
            assert_eq!(parsed.len(), 1);
            assert_eq!(parsed["a"].as_str().unwrap(), text.replace("${", "$${"), "{text:?}");
        }
    }
}
