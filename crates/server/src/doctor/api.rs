//! Each API: whether it is there, and refuses requests without a token. Only reads that panels make are sent, without
//! token and without the headers of the settings.

use std::time::{Duration, Instant};

use axum::http::{Request, Response, header};
use claimcheck_base::http_out::{HttpOut, HttpOutError, media_type};

use crate::{
    config::{Api, ApiAuth, Settings},
    doctor::{CheckFinding, Subject, connection::explain, provider::millis},
};

/// The time for one request, unless the settings allow less.
const LIMIT: Duration = Duration::from_secs(10);
/// The paths of one API that are asked for at most.
const PATHS_MAX: usize = 5;
const CHECK: &str = "api.reachable";
const PAGE: &str = "boards/apis.md";

/// One finding or more for each API.
pub(super) async fn check(subject: &Subject) -> Vec<CheckFinding> {
    let settings = &subject.settings;
    let http = match HttpOut::to_api(&settings.http()) {
        Ok(http) => http,
        Err(error) => {
            return vec![CheckFinding::mistake(CHECK, error.to_string(), "correct the file").at("ca_file")];
        }
    };
    let all: Vec<_> = settings.apis.all().collect();
    let checks = all.iter().map(|api| check_api(&http, settings, api));
    futures::future::join_all(checks).await.into_iter().flatten().collect()
}

async fn check_api(http: &HttpOut, settings: &Settings, api: &Api) -> Vec<CheckFinding> {
    let key = if api.is_default() { "api_url" } else { "api.url" };
    let paths = paths_of(settings, api);
    if api.is_default() && !settings.apis.further.is_empty() && paths.is_empty() {
        let why = format!("no panel reads from {}", api.url);
        return vec![CheckFinding::skipped(CHECK, why).of(&api.id)];
    }
    let asked = if paths.is_empty() { vec![String::new()] } else { paths };
    let mut findings = Vec::new();
    let mut lost = Vec::new();
    for path in &asked {
        let begun = Instant::now();
        let answer = ask(http, api, path).await;
        let took = begun.elapsed();
        if answer.as_ref().is_ok_and(|answer| answer.status() == 404) {
            lost.push(path.as_str());
            continue;
        }
        let is_unreachable = answer.is_err();
        findings.push(judge(api, path, answer, took).of(&api.id).at(key));
        if is_unreachable {
            break;
        }
    }
    if let Some(first) = lost.first() {
        findings.push(missing(api, first, lost.len(), asked.len()).of(&api.id).at(key));
    }
    shorten(findings)
}

/// Paths of panels without placeholders, each once.
fn paths_of(settings: &Settings, api: &Api) -> Vec<String> {
    let panels = settings.boards.iter().flat_map(|board| &board.panels);
    let reads = panels.filter(|panel| panel.api == api.id).filter_map(|panel| panel.read.as_ref());
    let mut paths: Vec<String> = Vec::new();
    for read in reads.filter(|read| read.body.is_none()) {
        // Without the query, whose placeholders need not be filled.
        let path = read.path.label();
        if !path.contains('{') && !paths.contains(&path) && paths.len() < PATHS_MAX {
            paths.push(path);
        }
    }
    paths
}

async fn ask(http: &HttpOut, api: &Api, path: &str) -> Result<Response<Vec<u8>>, HttpOutError> {
    let base = api.url.as_str().trim_end_matches('/');
    let request = Request::get(format!("{base}{path}")).header(header::ACCEPT, "application/json");
    let request = request.body(Vec::new()).map_err(|error| HttpOutError::Other(error.to_string()))?;
    let limit = api.timeout.unwrap_or_else(|| http.timeout()).min(LIMIT);
    http.send_within(request, limit).await
}

fn judge(
    api: &Api,
    path: &str,
    answer: Result<Response<Vec<u8>>, HttpOutError>,
    took: Duration,
) -> CheckFinding {
    let base = api.url.as_str().trim_end_matches('/');
    let at = format!("{base}{path}");
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            let (cause, remedy) = explain(&error);
            return CheckFinding::mistake(CHECK, format!("{at}: {cause}"), remedy).on(PAGE);
        }
    };
    let status = answer.status().as_u16();
    let is_html = media_type(answer.headers()).is_some_and(|kind| kind == "text/html");
    let took = millis(took);
    match status {
        401 | 403 => CheckFinding::ok(
            CHECK,
            format!("{at} refuses a request without a token (status {status}), in {took}"),
        ),
        300..=399 => {
            let to =
                answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
            let found = format!("{at} redirects to {to} (status {status}); redirects are not followed");
            let remedy = "use the address that answers without a redirect; an API must refuse with 401, not lead to a \
                          login page";
            CheckFinding::mistake(CHECK, found, remedy).on(PAGE)
        }
        407 => CheckFinding::mistake(
            CHECK,
            format!("the proxy asks for a password: status {status}"),
            "correct `proxy`",
        ),
        429 => CheckFinding::skipped(CHECK, format!("{at} asks for fewer requests (status 429)")),
        500.. => {
            let found = format!("{at} fails with status {status}");
            CheckFinding::mistake(CHECK, found, "check the API, and the gateway before it").on(PAGE)
        }
        200..=299 if is_html => {
            let found = format!("{at} answers with a web page instead of JSON (status {status})");
            let remedy = "correct the address: a web site or a login page is there, not an API";
            CheckFinding::mistake(CHECK, found, remedy).on(PAGE)
        }
        200..=299 if api.auth == ApiAuth::None => CheckFinding::ok(CHECK, format!("{at} answers, in {took}")),
        200..=299 => {
            let found = format!("{at} answers without a token (status {status})");
            let remedy = "let the API require a token, or set its `auth` to \"none\" if it is public";
            CheckFinding::warning(CHECK, found, remedy).on(PAGE)
        }
        // The request has no parameters, which the API may demand first.
        _ => CheckFinding::ok(
            CHECK,
            format!("{at} answers with status {status} to a request without a token, in {took}"),
        ),
    }
}

/// Status 404. Some APIs hide what exists from requests without a token, but rarely all of it.
fn missing(api: &Api, path: &str, lost: usize, asked: usize) -> CheckFinding {
    let base = api.url.as_str().trim_end_matches('/');
    if path.is_empty() {
        let found = format!("{base} answers with status 404, as APIs do that have nothing at their base");
        return CheckFinding::ok(CHECK, found);
    }
    if lost == asked {
        let found = format!("{base}{path} does not exist (status 404), and no other path of a panel does");
        let remedy = "correct the base URL or the paths of the panels; an API may also hide them from requests without \
                      a token";
        return CheckFinding::mistake(CHECK, found, remedy).on(PAGE);
    }
    let found = format!("{base}{path} does not exist (status 404)");
    let remedy = "correct `get` of the panel; an API may also hide paths from requests without a token";
    CheckFinding::warning(CHECK, found, remedy).on(PAGE)
}

/// One finding for all paths that are as they should be.
fn shorten(findings: Vec<CheckFinding>) -> Vec<CheckFinding> {
    let mut is_first = true;
    let keeps = |finding: &CheckFinding| {
        finding.outcome != crate::doctor::CheckOutcome::Ok || std::mem::replace(&mut is_first, false)
    };
    findings.into_iter().filter(keeps).collect()
}
