//! Parsers for the text of one setting, or for its list of texts: one function for each kind of value. Each error says
//! what would be right. The parsers know no keys, files or other settings, and no error quotes a possible secret.

use std::{net::IpAddr, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use claimcheck_oidc::{Alg, ClientAuth, LogoutTokenTyp};
use claimcheck_text::Language;
use ipnet::IpNet;
use url::{Host, Url, form_urlencoded};

use crate::config::{Secret, SessionKeys, TokenSource, row::RawContent};

pub(super) use super::public_url::public_url;

pub(super) type Parsed<T> = Result<T, String>;

/// A reader of the content of a setting that is one text.
pub(super) fn read_text<T>(parse: impl FnOnce(&str) -> Parsed<T>) -> impl FnOnce(&RawContent) -> Parsed<T> {
    |content| match content {
        RawContent::Text(text) => parse(text),
        RawContent::List(_) | RawContent::PerLanguage(_) => Err("must be a single value".to_owned()),
    }
}

/// A reader of the content of a setting that is a list.
pub(super) fn read_list<T>(
    parse: impl FnOnce(&[String]) -> Parsed<T>,
) -> impl FnOnce(&RawContent) -> Parsed<T> {
    |content| match content {
        RawContent::List(items) => parse(items),
        RawContent::Text(text) => parse(std::slice::from_ref(text)),
        RawContent::PerLanguage(_) => Err("must be a list".to_owned()),
    }
}

/// The parameters of the authorization request that the protocol defines (OpenID Connect Core 3.1.2.1, RFC 7636, RFC
/// 9101), or that would put the client secret into a URL.
pub(super) const PROTOCOL_PARAMS: [&str; 13] = [
    "response_type",
    "client_id",
    "client_secret",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "response_mode",
    "request",
    "request_uri",
];
/// 400 days: the longest lifetime of a cookie in browsers (RFC 6265bis 5.5).
const LONGEST_SECS: i64 = 400 * 24 * 3600;

/// Whether a URL's host is this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// An `https` URL, or `http` on loopback, without user information or fragment.
pub(super) fn safe_url(text: &str, example: &str) -> Parsed<Url> {
    let url = operator_url(text, example)?;
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(format!("must use https; http is allowed on loopback only. Example: {example}"));
    }
    Ok(url)
}

/// An `https` or `http` URL without user information or fragment. Whether `http` is allowed depends on `insecure_hosts`:
/// the caller checks that.
pub(super) fn operator_url(text: &str, example: &str) -> Parsed<Url> {
    let url =
        Url::parse(text).map_err(|error| format!("is not a valid URL ({error}). Example: {example}"))?;
    if !["https", "http"].contains(&url.scheme()) {
        return Err(format!("must use https, not {}. Example: {example}", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("must not contain a user name or password. Example: {example}"));
    }
    if text.contains('#') {
        return Err(format!("must not have a fragment. Example: {example}"));
    }
    Ok(url)
}

/// The text is kept unchanged: issuers are compared as text (Discovery 4.3).
pub(super) fn issuer(text: &str) -> Parsed<String> {
    let example = "https://login.example.com";
    operator_url(text, example)?;
    if text.contains('?') {
        return Err(format!("must not have a query (OpenID Connect Core 2). Example: {example}"));
    }
    Ok(text.to_owned())
}

pub(super) fn api_url(text: &str) -> Parsed<Url> {
    let example = "https://api.example.com/v1";
    let url = operator_url(text, example)?;
    if text.contains('?') {
        return Err(format!("must not have a query. Example: {example}"));
    }
    Ok(url)
}

/// Names of roles, each once.
pub(super) fn roles(items: &[String]) -> Parsed<Vec<String>> {
    let mut roles: Vec<String> = Vec::new();
    for item in items {
        if item.trim().is_empty() {
            return Err("contains an empty role".to_owned());
        }
        if !roles.contains(item) {
            roles.push(item.clone());
        }
    }
    Ok(roles)
}

pub(super) fn any(text: &str) -> Parsed<String> {
    Ok(text.to_owned())
}

pub(super) fn secret(text: &str) -> Parsed<Secret> {
    Ok(Secret::new(text))
}

/// One scope token (RFC 6749 3.3).
pub(super) fn scope(text: &str) -> Parsed<String> {
    let allowed = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    if !text.is_empty() && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("must be a single scope without spaces, quotes and backslashes, such as read:orders".to_owned())
    }
}

/// Scopes that are required together, separated by spaces.
pub(super) fn needed_scopes(text: &str) -> Parsed<Vec<String>> {
    let scopes: Parsed<Vec<String>> = text.split_ascii_whitespace().map(scope).collect();
    scopes.ok().filter(|scopes| !scopes.is_empty()).ok_or_else(|| {
        "must be one or more scopes separated by spaces, without quotes and backslashes, such as read:orders"
            .to_owned()
    })
}

pub(super) fn scopes(words: &[String]) -> Parsed<Vec<String>> {
    let mut scopes = Vec::new();
    for word in words {
        let word = scope(word).map_err(|_| {
            "must be scopes separated by spaces, without commas, quotes and backslashes".to_owned()
        })?;
        if !scopes.contains(&word) {
            scopes.push(word);
        }
    }
    if scopes.iter().any(|scope| scope == "openid") {
        Ok(scopes)
    } else {
        Err("must include openid, for example \"openid profile email offline_access\"".to_owned())
    }
}

/// Where the token of an API comes from.
pub(super) fn token_source(text: &str) -> Parsed<TokenSource> {
    match text {
        "refresh" => Ok(TokenSource::Refresh),
        "exchange" => Ok(TokenSource::Exchange),
        _ => Err("must be refresh or exchange".to_owned()),
    }
}

/// An absolute URI without fragment (RFC 8707 2), as given.
pub(super) fn resource(text: &str) -> Parsed<String> {
    if text.contains('#') {
        return Err("must not have a fragment (RFC 8707 2)".to_owned());
    }
    match Url::parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("must be an absolute URI ({error}), such as https://api.example.com/")),
    }
}

pub(super) fn authorize_params(text: &str) -> Parsed<Vec<(String, String)>> {
    let mut params: Vec<(String, String)> = Vec::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()).into_owned() {
        if name.is_empty() {
            return Err("must look like access_type=offline&prompt=consent".to_owned());
        }
        if PROTOCOL_PARAMS.contains(&name.as_str()) {
            return Err(format!("must not set `{name}`: it is set by the protocol"));
        }
        if name == "max_age" && value.parse::<u32>().is_err() {
            return Err(
                "sets `max_age` to a value that is not a number of seconds (OpenID Connect Core 3.1.2.1)"
                    .to_owned(),
            );
        }
        if params.iter().any(|(other, _)| *other == name) {
            return Err(format!("sets `{name}` twice (RFC 6749 3.1)"));
        }
        params.push((name, value));
    }
    Ok(params)
}

pub(super) fn client_auth(text: &str) -> Parsed<ClientAuth> {
    match text {
        "client_secret_basic" => Ok(ClientAuth::Basic),
        "client_secret_post" => Ok(ClientAuth::Post),
        _ => Err("must be client_secret_basic or client_secret_post".to_owned()),
    }
}

pub(super) fn logout_token_typ(text: &str) -> Parsed<LogoutTokenTyp> {
    match text {
        "lenient" => Ok(LogoutTokenTyp::Lenient),
        "strict" => Ok(LogoutTokenTyp::Strict),
        _ => Err("must be lenient or strict".to_owned()),
    }
}

pub(super) fn id_token_algs(names: &[String]) -> Parsed<Vec<Alg>> {
    let mut algs = Vec::new();
    for name in names {
        let known = || Alg::ALL.map(Alg::name).join(", ");
        let alg = Alg::from_name(name).ok_or_else(|| match name.to_ascii_lowercase().as_str() {
            "none" => {
                format!("`{name}` would accept unsigned ID tokens and is not allowed; supported: {}", known())
            }
            hs if hs.starts_with("hs") => {
                format!("`{name}` is a symmetric algorithm and is not allowed; supported: {}", known())
            }
            _ => format!("`{name}` is not supported; supported, separated by spaces: {}", known()),
        })?;
        if !algs.contains(&alg) {
            algs.push(alg);
        }
    }
    Ok(algs)
}

/// Never quotes the text.
pub(super) fn session_keys(parts: &[String]) -> Parsed<SessionKeys> {
    let mut keys: Vec<[u8; 32]> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let position = index + 1;
        let hint = "create one with: openssl rand -base64 32";
        let bytes = BASE64_STANDARD.decode(part).map_err(|_| {
            format!("key {position} is not valid base64 (keys are separated by commas); {hint}")
        })?;
        let key = <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_| format!("key {position} must have 32 bytes, not {}; {hint}", bytes.len()))?;
        if key.iter().all(|byte| Some(byte) == key.first()) {
            return Err(format!("key {position} repeats the same byte; {hint}"));
        }
        if keys.contains(&key) {
            return Err(format!("key {position} is listed twice"));
        }
        keys.push(key);
    }
    Ok(SessionKeys(keys))
}

pub(super) fn lifetime(text: &str) -> Parsed<i64> {
    let error = || format!("must be a whole number of seconds from 1 to {LONGEST_SECS}, such as 1800");
    text.parse().ok().filter(|secs| (1..=LONGEST_SECS).contains(secs)).ok_or_else(error)
}

pub(super) fn language(text: &str) -> Parsed<Language> {
    Language::all().find(|language| language.tag() == text).ok_or_else(|| {
        let tags: Vec<_> = Language::all().map(Language::tag).collect();
        format!("must be one of {}", tags.join(", "))
    })
}

/// Networks in CIDR notation and single addresses.
pub(super) fn networks(items: &[String]) -> Parsed<Vec<IpNet>> {
    items.iter().map(|item| network(item)).collect()
}

fn network(text: &str) -> Parsed<IpNet> {
    let single = || text.parse::<IpAddr>().map(IpNet::from);
    let network: IpNet = text.parse().or_else(|_| single()).map_err(|_| {
        format!("`{text}` is not an address or a network. Example: \"10.0.0.0/8, 2001:db8::/32, 192.0.2.1\"")
    })?;
    if network.prefix_len() == 0 {
        return Err(format!(
            "`{text}` would trust every client, and any client could then claim any address: list your proxies"
        ));
    }
    Ok(network)
}

/// Paths and patterns of paths, which are looked up elsewhere.
pub(super) fn board_files(items: &[String]) -> Parsed<Vec<String>> {
    match items.iter().any(|item| item.is_empty()) {
        true => Err("contains an empty path".to_owned()),
        false => Ok(items.to_vec()),
    }
}

pub(super) fn log(text: &str) -> Parsed<String> {
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("must be a log filter, such as info or claimcheck=debug,warn".to_owned()),
    }
}

/// "30s", "2m" or "1h": at least a second, at most a day.
pub(super) fn duration(text: &str) -> Parsed<Duration> {
    let error = || "must be a duration from 1s to 24h, such as \"30s\", \"2m\" or \"1h\"".to_owned();
    let unit = match text.chars().next_back() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3600,
        _ => return Err(error()),
    };
    let number = text.get(..text.len() - 1).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let secs =
        number.and_then(|digits| digits.parse::<u64>().ok()).and_then(|number| number.checked_mul(unit));
    secs.filter(|secs| (1..=86_400).contains(secs)).map(Duration::from_secs).ok_or_else(error)
}

/// From nothing to five minutes: longer than load balancers take to notice that a process is not ready.
pub(super) fn shutdown_delay(text: &str) -> Parsed<Duration> {
    let given = if text == "0s" { Ok(Duration::ZERO) } else { duration(text) };
    let most = Duration::from_secs(300);
    let given = given.ok().filter(|delay| *delay <= most);
    given.ok_or_else(|| "must be a duration from 0s to 5m, such as \"10s\"".to_owned())
}

/// Path and query of a request to the API. It cannot leave the host or the base path: one leading slash, no empty or
/// dot segments (plain or percent-encoded), no backslash, no fragment, visible ASCII only.
pub(super) fn api_path(text: &str) -> Parsed<String> {
    let error = |why: &str| {
        Err(format!("{why}. It is a path relative to the API's base URL, such as \"/orders?open=1\""))
    };
    if !text.starts_with('/') {
        return error("must start with a slash");
    }
    if text.contains('#') {
        return error("must not have a fragment");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return error("must not contain spaces, backslashes or non-ASCII characters: percent-encode them");
    }
    let path = text.split('?').next().unwrap_or_default();
    if path.contains("//") {
        return error("must not contain two slashes in a row");
    }
    let dots = path.to_ascii_lowercase().replace("%2e", ".");
    if dots.split('/').any(|segment| matches!(segment, "." | "..")) || dots.contains("..") {
        return error("must not contain dot segments");
    }
    Ok(text.to_owned())
}
