//! The public URL as a browser sees it: name, certificate, the redirect from plain http, and whether the server with these
//! settings answers; and what the server's admin listener knows about its proxy.

use std::time::Duration;

use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use claimcheck_base::http_out::{HttpOut, HttpOutError};
use claimcheck_model::paths;
use serde_json::Value;
use url::Url;

use crate::{
    config::is_loopback,
    doctor::{
        CheckFinding, Subject, below_path,
        connection::{explain, is_about_certificate, is_refused},
        hsts,
    },
    operator::admin_address,
};

/// The time for one request.
const LIMIT: Duration = Duration::from_secs(10);
const PROXY: &str = "operating/proxy.md";
/// The page about a dashboard below a path.
pub(super) const PROXY_PATH: &str = "operating/path.md";
/// What a browser sends when a user opens a page.
const NAVIGATION: [(&str, &str); 4] = [
    ("accept", "text/html"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-site", "none"),
];

/// All findings about the public URL.
pub(super) async fn check(subject: &Subject) -> Vec<CheckFinding> {
    // The same network as that of operator commands: browsers use no proxy of the settings.
    let http = match HttpOut::to_operator(&subject.settings.http(), None) {
        Ok(http) => http,
        Err(error) => {
            return vec![
                CheckFinding::mistake("public_url.answer", error.to_string(), "correct the file")
                    .at("ca_file"),
            ];
        }
    };
    let origin = subject.settings.home();
    let admin = ask_admin(subject).await;
    let answer = get(&http, &subject.settings.address(paths::HEALTH_LIVE), &[]).await;
    let mut findings = Vec::new();
    match answer {
        Err(error) if is_refused(&error) && admin.is_none() => {
            let why = format!("nothing answers at {origin}; start the server, and run this command again");
            findings.push(CheckFinding::skipped("public_url.answer", why));
            return findings;
        }
        Err(error) => {
            findings.push(unreachable(&origin, &error, admin.is_some()));
            return findings;
        }
        Ok(answer) => findings.extend(reached(subject, &origin, &answer)),
    }
    if subject.settings.is_https() {
        findings.extend(plain_http(&http, &subject.settings.public_url).await);
    }
    let (signs_in, status) = sign_in(&http, subject, &origin).await;
    findings.extend(below_path::check(&http, &subject.settings, status).await);
    findings.extend(signs_in);
    // Asked again: only now has the server seen requests through the proxy.
    findings.push(forwarded(ask_admin(subject).await));
    findings
}

pub(super) async fn get(
    http: &HttpOut,
    url: &str,
    headers: &[(&'static str, &'static str)],
) -> Result<Response<Vec<u8>>, HttpOutError> {
    let request =
        headers.iter().fold(Request::get(url), |request, (name, value)| request.header(*name, *value));
    let request = request.body(Vec::new()).map_err(|error| HttpOutError::Other(error.to_string()))?;
    http.send_within(request, LIMIT).await
}

fn unreachable(origin: &str, error: &HttpOutError, is_running: bool) -> CheckFinding {
    let check = if is_about_certificate(error) { "public_url.certificate" } else { "public_url.answer" };
    let (cause, remedy) = explain(error);
    let running = if is_running { "the server runs, but " } else { "" };
    let remedy = match is_about_certificate(error) {
        true => format!("{remedy}; browsers refuse it as well"),
        false => remedy.to_owned(),
    };
    CheckFinding::mistake(check, format!("{running}{origin} cannot be reached: {cause}"), remedy)
        .at("public_url")
        .on(PROXY)
}

/// Something answers. It is this program if its health check says so.
fn reached(subject: &Subject, origin: &str, answer: &Response<Vec<u8>>) -> Vec<CheckFinding> {
    const CHECK: &str = "public_url.answer";
    let status = answer.status();
    let body: Option<Value> = serde_json::from_slice(answer.body()).ok();
    let is_ours =
        status == StatusCode::OK && body.is_some_and(|body| body.get("status") == Some(&"alive".into()));
    let mut findings = Vec::new();
    if subject.settings.is_https() {
        findings.push(CheckFinding::ok("public_url.certificate", format!("valid for {origin}")));
    }
    findings.push(match (is_ours, status.as_u16()) {
        (true, _) => CheckFinding::ok(CHECK, format!("{origin} leads to this program")),
        (false, 300..=399) => {
            let to = location(answer.headers()).unwrap_or("nowhere");
            let found = format!("{origin} redirects to {to} (status {status})");
            CheckFinding::mistake(CHECK, found, "set `public_url` to the address that users see in the end")
                .at("public_url")
                .on(PROXY)
        }
        (false, 502..=504) => {
            let found =
                format!("a proxy answers at {origin} with status {status}: it does not reach the server");
            CheckFinding::mistake(CHECK, found, "check the proxy's upstream address against `listen`")
                .at("listen")
                .on(PROXY)
        }
        _ => {
            let found = format!("another program answers at {origin} (status {status})");
            CheckFinding::mistake(CHECK, found, "check DNS, and where the proxy sends this host")
                .at("public_url")
                .on(PROXY)
        }
    });
    findings
}

fn location(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::LOCATION).and_then(|to| to.to_str().ok())
}

/// Plain http leads to https, or nowhere.
async fn plain_http(http: &HttpOut, public_url: &Url) -> Option<CheckFinding> {
    const CHECK: &str = "public_url.plain_http";
    // A user types no port, so another port than the usual one has no plain twin.
    if public_url.port().is_some() {
        return None;
    }
    let url = format!("http://{}{}/", public_url.host_str()?, public_url.path().trim_end_matches('/'));
    Some(match get(http, &url, &[]).await {
        Err(_) => CheckFinding::ok(CHECK, format!("nothing answers at {url}")),
        Ok(answer) if answer.status().is_redirection() => match location(answer.headers()) {
            Some(to) if to.starts_with("https://") => {
                CheckFinding::ok(CHECK, format!("{url} redirects to {to}"))
            }
            to => {
                let found = format!("{url} redirects to {}", to.unwrap_or("nowhere"));
                CheckFinding::warning(CHECK, found, "let the proxy redirect plain http to https").on(PROXY)
            }
        },
        Ok(answer) => {
            let found = format!("{url} answers with status {} and no redirect", answer.status());
            CheckFinding::warning(CHECK, found, "let the proxy redirect plain http to https").on(PROXY)
        }
    })
}

/// The start of a sign-in leads to the provider of these settings, for this client and this redirect URI. Its headers have
/// passed the proxy. Returns its status as well.
async fn sign_in(http: &HttpOut, subject: &Subject, origin: &str) -> (Vec<CheckFinding>, Option<StatusCode>) {
    const CHECK: &str = "public_url.settings";
    let settings = &subject.settings;
    let answer = match get(http, &settings.address(paths::SIGN_IN), &NAVIGATION).await {
        Ok(answer) => answer,
        Err(error) => {
            let (cause, remedy) = explain(&error);
            return (vec![CheckFinding::mistake(CHECK, cause, remedy)], None);
        }
    };
    let status = answer.status();
    let to =
        location(answer.headers()).and_then(|to| Url::parse(to).ok()).filter(|_| status.is_redirection());
    let mut findings = vec![match (&to, status.as_u16()) {
        (Some(to), _) => {
            let sent = |name: &str| {
                to.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
            };
            let expected =
                [("client_id", settings.client_id.clone()), ("redirect_uri", settings.redirect_uri())];
            let other = expected.iter().find(|(name, value)| sent(name).as_ref() != Some(value));
            match other {
                None => CheckFinding::ok(CHECK, "the running server has the same client_id and redirect URI"),
                Some((name, value)) => {
                    let found = format!(
                        "the server at {origin} does not use the {name} {value}: it has other settings"
                    );
                    CheckFinding::mistake(
                        CHECK,
                        found,
                        "restart the server, or run this command with its settings",
                    )
                }
            }
        }
        (None, 421 | 400) => {
            let found = format!("the server refuses the host name that it receives (status {status})");
            CheckFinding::mistake(CHECK, found, "let the proxy pass the browser's `Host` header on")
                .at("public_url")
                .on(PROXY)
        }
        (None, 429) => {
            CheckFinding::skipped(CHECK, "the server allows no more sign-ins from here now (status 429)")
        }
        (None, 503) => CheckFinding::mistake(
            CHECK,
            "the running server cannot start a sign-in (status 503)",
            "see the findings about the provider, and the log of the server",
        ),
        _ => {
            let found = format!("a sign-in cannot be started at {origin} (status {status})");
            CheckFinding::mistake(CHECK, found, "check that the proxy passes all paths on").on(PROXY)
        }
    }];
    if settings.is_https() && !is_loopback(&settings.public_url) {
        findings.push(hsts::check(settings.hsts(), answer.headers()));
    }
    (findings, Some(status))
}

/// The health of the server with these settings, from its admin listener; `None` if none of ours answers there.
async fn ask_admin(subject: &Subject) -> Option<Value> {
    let address = admin_address(&subject.settings)?;
    let http = HttpOut::to_operator(&subject.settings.http(), address.socket()).ok()?;
    let url = format!("{}{}", address.http_origin(), paths::HEALTH_READY.path());
    let answer = get(&http, &url, &[]).await.ok()?;
    let health: Value = serde_json::from_slice(answer.body()).ok()?;
    health.get("warnings").is_some().then_some(health)
}

/// What the server found out about the proxy before it.
fn forwarded(health: Option<Value>) -> CheckFinding {
    const CHECK: &str = "public_url.forwarded";
    let Some(health) = health else {
        let why = "the admin listener does not answer this machine; run this command where the server runs";
        return CheckFinding::skipped(CHECK, why);
    };
    let warnings = health.get("warnings").and_then(Value::as_array);
    let texts: Vec<_> = warnings.into_iter().flatten().filter_map(Value::as_str).collect();
    match texts.split_first() {
        None => CheckFinding::ok(CHECK, "the server has no warnings about proxies and limits"),
        Some((first, _)) => {
            CheckFinding::warning(CHECK, *first, "see the health of the admin listener for all warnings")
                .at("trusted_proxies")
                .on(PROXY)
        }
    }
}
