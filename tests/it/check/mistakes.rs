//! Seeded mistakes: ten in settings, and ten in APIs and boards. For each, `claimcheck check` names key, line and remedy.
//!
//! `cargo test --features demo --test it mistakes -- --nocapture` prints them as a table.

use super::{BOARD, Folder, SETTINGS};

/// A mistake: what is changed in which text, and what is reported.
struct Mistake {
    /// The mistake, in words.
    what: &'static str,
    /// The part of the file, and what is written in its place; an empty part: it is added at the end.
    change: (&'static str, &'static str),
    key: &'static str,
    line: Option<u64>,
    /// Parts of the message and of the remedy.
    says: (&'static str, &'static str),
}

const fn mistake(
    what: &'static str,
    change: (&'static str, &'static str),
    key: &'static str,
    line: Option<u64>,
    says: (&'static str, &'static str),
) -> Mistake {
    Mistake { what, change, key, line, says }
}

const OF_SETTINGS: [Mistake; 10] = [
    mistake(
        "a setting with a typing error",
        ("client_id =", "client_ids ="),
        "client_ids",
        Some(3),
        ("unknown setting", "did you mean `client_id`?"),
    ),
    mistake(
        "no issuer",
        ("issuer = \"https://login.example.com/\"\n", ""),
        "issuer",
        None,
        ("is missing", "add `issuer`, or set CLAIMCHECK_ISSUER: the provider's issuer"),
    ),
    mistake(
        "a public URL with a path that a proxy could not take off",
        ("http://localhost:3000", "https://example.com/boards"),
        "public_url",
        Some(1),
        ("a path of the dashboard itself", "a path below one"),
    ),
    mistake(
        "plain http to a provider elsewhere",
        ("https://login.example.com/", "http://login.example.com/"),
        "issuer",
        Some(2),
        ("https", "the provider's issuer"),
    ),
    mistake(
        "scopes without openid",
        ("client_id =", "scopes = \"profile email\"\nclient_id ="),
        "scopes",
        Some(3),
        ("must include openid", "including `openid`"),
    ),
    mistake(
        "an unknown way to authenticate the client",
        ("client_id =", "client_auth = \"private_key_jwt\"\nclient_id ="),
        "client_auth",
        Some(3),
        ("client_secret_basic or client_secret_post", "client authentication"),
    ),
    mistake(
        "an idle timeout longer than the session",
        ("client_id =", "idle_secs = 7200\nabsolute_secs = 3600\nclient_id ="),
        "idle_secs",
        Some(3),
        ("must not exceed absolute_secs", "idle timeout"),
    ),
    mistake(
        "a number as an address",
        ("client_id =", "listen = 3000\nclient_id ="),
        "listen",
        Some(3),
        ("IP address and a port", "127.0.0.1:3000"),
    ),
    mistake(
        "a parameter that the protocol sets",
        ("client_id =", "authorize_params = \"response_type=token\"\nclient_id ="),
        "authorize_params",
        Some(3),
        ("must not set `response_type`", "except those that the protocol sets"),
    ),
    mistake(
        "every address as a trusted proxy",
        ("client_id =", "trusted_proxies = \"0.0.0.0/0\"\nclient_id ="),
        "trusted_proxies",
        Some(3),
        ("would trust every client", "addresses and networks"),
    ),
];

const OF_BOARDS: [Mistake; 10] = [
    mistake(
        "an API without a name at the provider",
        (
            "[[board]]",
            "[[api]]\nid = \"stock\"\ntitle = \"Stock\"\nurl = \"https://stock.example.com\"\n\n[[board]]",
        ),
        "api[0].resource",
        Some(6),
        ("is missing", "RFC 8707"),
    ),
    mistake(
        "a panel of an API that is not there",
        ("kind =", "api = \"warehose\"\nkind ="),
        "board[0].panel[0].api",
        Some(12),
        ("there is no API `warehose`", "the id of an `[[api]]`"),
    ),
    mistake(
        "a header that the program sets",
        ("[[board]]", "[api_headers]\nHost = \"internal\"\n\n[[board]]"),
        "api_headers.Host",
        Some(7),
        ("must not be set", "headers of every request"),
    ),
    mistake(
        "a path with the host in it",
        ("\"/orders\"", "\"https://api.example.com/orders\""),
        "board[0].panel[0].get",
        Some(13),
        ("must start with a slash", "below the API's base URL"),
    ),
    mistake(
        "a JSONPath without its dollar sign",
        ("\"$.orders[*]\"", "\"orders\""),
        "board[0].panel[0].rows",
        Some(14),
        ("not a valid JSONPath", "such as `$.orders[*]`"),
    ),
    mistake(
        "an unknown kind of panel",
        ("kind = \"table\"", "kind = \"pie\""),
        "board[0].panel[0].kind",
        Some(12),
        ("must be \"stat\", \"table\", \"line\", \"bar\", \"list\"", "how the panel shows the response"),
    ),
    mistake(
        "a date range without a period",
        ("\"/orders\"", "\"/orders?from={from}\""),
        "board[0].panel[0].get",
        Some(13),
        ("the board has no [board.period]", "add [board.period]"),
    ),
    mistake(
        "a column without its title",
        ("", "columns = [{ key = \"id\" }]\n"),
        "board[0].panel[0].columns[0].title",
        Some(15),
        ("is missing", "add `title`: the heading of the column"),
    ),
    mistake(
        "an action with two methods",
        ("", "\n[[board.panel.action]]\nlabel = \"Ship\"\npost = \"/a/{id}\"\nput = \"/a/{id}\"\n"),
        "board[0].panel[0].action[0].post",
        Some(18),
        ("exactly one of `post`, `put`, `patch` and `delete`", "the path of a `POST`"),
    ),
    mistake(
        "a field with choices and no choice",
        (
            "",
            "\n[[board.panel.action]]\nlabel = \"Ship\"\npost = \"/a/{id}\"\nfields = [{ key = \"by\", choices = [] }]\n",
        ),
        "board[0].panel[0].action[0].fields[0].choices",
        Some(19),
        ("is missing", "add `choices`: the choices"),
    ),
];

#[test]
fn check_names_key_line_and_remedy_of_twenty_seeded_mistakes() {
    let good = format!("{SETTINGS}{BOARD}");
    let mut table =
        String::from("| mistake | key | line | message | remedy |\n| --- | --- | --- | --- | --- |\n");
    for mistake in OF_SETTINGS.iter().chain(&OF_BOARDS) {
        let (part, instead) = mistake.change;
        assert!(good.contains(part), "{}", mistake.what);
        let text = match part {
            "" => format!("{good}{instead}"),
            part => good.replacen(part, instead, 1),
        };
        let folder = Folder::with(&[("claimcheck.toml", &text)]);
        let (code, findings) = folder.check(&[("CLAIMCHECK_CLIENT_SECRET", "canary-secret")]);
        let of =
            |name: &str| findings.iter().find(|finding| finding["key"] == mistake.key).unwrap()[name].clone();
        assert_eq!(code, 1, "{}: {findings:?}", mistake.what);
        assert!(
            findings.iter().any(|finding| finding["key"] == mistake.key),
            "{}: {findings:?}",
            mistake.what
        );
        assert_eq!(of("line").as_u64(), mistake.line, "{}: {findings:?}", mistake.what);
        assert_eq!(of("severity"), "mistake");
        let (message, remedy) = (of("message"), of("remedy"));
        let (message, remedy) = (message.as_str().unwrap(), remedy.as_str().unwrap());
        assert!(message.contains(mistake.says.0), "{}: {message}", mistake.what);
        assert!(remedy.contains(mistake.says.1), "{}: {remedy}", mistake.what);
        // A setting with a typing error is missing, too.
        let allowed = if mistake.what.starts_with("a setting with a typing error") { 2 } else { 1 };
        assert!(findings.len() <= allowed, "{}: {findings:?}", mistake.what);
        let line = mistake.line.map(|line| line.to_string()).unwrap_or_default();
        table
            .push_str(&format!("| {} | `{}` | {line} | {message} | {remedy} |\n", mistake.what, mistake.key));
    }
    println!("{table}");
}

#[test]
fn check_finds_all_of_them_in_one_run() {
    let mut text = format!("{SETTINGS}{BOARD}");
    for mistake in OF_SETTINGS.iter().chain(&OF_BOARDS) {
        let (part, instead) = mistake.change;
        // Some are about the same line, so that only one of them can be made.
        if !part.is_empty() && text.contains(part) && !part.contains("client_id") {
            text = text.replacen(part, instead, 1);
        }
    }
    let folder = Folder::with(&[("claimcheck.toml", &text)]);
    let (code, findings) = folder.check(&[("CLAIMCHECK_CLIENT_SECRET", "canary-secret")]);
    assert!(code == 1 && findings.len() >= 7, "{findings:?}");
}
