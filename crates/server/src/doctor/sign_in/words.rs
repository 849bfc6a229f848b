//! The findings of a panel: its request, what its paths find, and its pages. They name settings, counts and types.

use claimcheck_model::{AccessDenied, AnswerProblem, AppError, PanelError, ValueShape};

use crate::{
    boards::{PagesTrial, PanelTrial, PathFound, PathTrial, RequestTrial, WhyNothing},
    config::Settings,
    doctor::CheckFinding,
};

const PAGE: &str = "operating/doctor.md";
/// Where a user sees the answer itself.
const INSPECT: &str = "; users with `inspect_role` see the answer on the panel's page `inspect`";

/// All findings of a panel: one line about the whole, then one for each problem.
pub(super) fn of_panel(trial: &PanelTrial, settings: &Settings) -> Vec<CheckFinding> {
    let place = place(trial, settings);
    let of = |finding: CheckFinding, key: &str| {
        finding.of(format!("{}/{}", trial.board, trial.panel)).at(&format!("{place}.{key}")).on(PAGE)
    };
    if let Some(failure) = &trial.failure {
        let (finding, key) = failed(trial, failure, settings);
        return vec![of(finding, key)];
    }
    let mut all = vec![of(CheckFinding::ok("panel.data", summary(trial)), "kind")];
    all.extend(trial.paths.iter().filter_map(|path| Some(of(problem(path)?, &path.setting))));
    match &trial.pages {
        Some(PagesTrial::Set { is_cut: true, .. }) => {
            let remedy = format!("correct `page`: see the log of the server for the reason{INSPECT}");
            let found = "there is a next page, but it cannot be requested";
            all.push(of(CheckFinding::mistake("panel.pages", found, remedy), "page"));
        }
        Some(PagesTrial::Unset(sign)) => {
            let found = format!("the answer has a sign of further pages: {sign}");
            let remedy = "add `page` to the panel, so that users can reach the other rows";
            all.push(of(CheckFinding::warning("panel.pages", found, remedy), "page"));
        }
        Some(PagesTrial::Set { .. }) | None => {}
    }
    all
}

/// The panel's place in the settings, such as `board[0].panel[2]`.
fn place(trial: &PanelTrial, settings: &Settings) -> String {
    let board = settings.boards.iter().position(|board| board.id == trial.board);
    let panels = board.and_then(|board| settings.boards.get(board)).map(|board| board.panels.iter());
    let panel = panels.and_then(|mut panels| panels.position(|panel| panel.id == trial.panel));
    match (board, panel) {
        (Some(board), Some(panel)) => format!("board[{board}].panel[{panel}]"),
        // The server has other boards than the command.
        _ => format!("board {} panel {}", trial.board, trial.panel),
    }
}

fn summary(trial: &PanelTrial) -> String {
    let requests = trial.requests.iter().map(request);
    let is_member = |path: &&PathTrial| matches!(path.found, PathFound::Filled { .. });
    let is_checked = |path: &&PathTrial| !matches!(path.found, PathFound::Filled { rows: 0, .. });
    let members: Vec<_> = trial.paths.iter().filter(is_member).filter(is_checked).map(in_short).collect();
    let members = match (members.is_empty(), trial.paths.iter().any(|path| is_member(&path))) {
        (false, _) => Some(members.join(", ")),
        (true, true) => Some("without rows, columns could not be checked".to_owned()),
        (true, false) => None,
    };
    let others = trial.paths.iter().filter(|path| !is_member(path));
    let others = others.map(|path| format!("{} {}", subject(path), found(&path.found)));
    let pages = trial.pages.iter().filter_map(|pages| match pages {
        PagesTrial::Set { has_next: true, .. } => Some("more pages follow".to_owned()),
        PagesTrial::Set { has_next: false, .. } => Some("no further page".to_owned()),
        PagesTrial::Unset(_) => None,
    });
    requests.chain(others).chain(members).chain(pages).collect::<Vec<_>>().join("; ")
}

/// A member of the rows with its type, and how often it is filled if not in every row.
fn in_short(path: &PathTrial) -> String {
    match &path.found {
        PathFound::Filled { filled, rows, types } if filled == rows && types.len() == 1 => {
            let kind = types.first().map(|(shape, _)| kind(*shape)).unwrap_or_default();
            format!("`{}` {kind}", path.path)
        }
        found => format!("`{}` {}", path.path, self::found(found)),
    }
}

/// In how many rows a member is filled, with how many values of which type.
fn members(filled: usize, rows: usize, types: &[(ValueShape, usize)]) -> String {
    let types: Vec<_> = types.iter().map(|(shape, count)| format!("{count} {}", kind(*shape))).collect();
    match types.is_empty() {
        true => format!("filled in {filled} of {rows} rows"),
        false => format!("filled in {filled} of {rows} rows ({})", types.join(", ")),
    }
}

/// The name of a type without an article.
fn kind(shape: ValueShape) -> &'static str {
    let name = shape.name();
    name.strip_prefix("an ").or_else(|| name.strip_prefix("a ")).unwrap_or(name)
}

fn request(trial: &RequestTrial) -> String {
    let status = trial.status.map_or_else(|| "no response".to_owned(), |status| status.to_string());
    format!("{}: {status} in {} ms, {} bytes", trial.request, trial.millis, trial.bytes)
}

fn subject(path: &PathTrial) -> String {
    match path.setting.as_str() {
        "columns" => format!("column `{}`", path.path),
        setting => format!("{setting} `{}`", path.path),
    }
}

fn found(found: &PathFound) -> String {
    match found {
        PathFound::Rows(0, Some(why)) => format!("found no rows: {}", nothing(why)),
        PathFound::Rows(1, _) => "found 1 row".to_owned(),
        PathFound::Rows(count, _) => format!("found {count} rows"),
        PathFound::Filled { filled, rows, types } => members(*filled, *rows, types),
        PathFound::Value(shape) | PathFound::NotNumber(shape) => format!("found {}", shape.name()),
        PathFound::Several(count) => format!("found {count} values"),
        PathFound::Count(count) => format!("counted {count}"),
        PathFound::Nothing(why) => format!("found nothing: {}", nothing(why)),
        PathFound::Unfit { expected, came } => format!("found {}, not {}", came.name(), expected.name()),
    }
}

fn nothing(why: &WhyNothing) -> String {
    match why {
        WhyNothing::NoContent => "the answer has no content".to_owned(),
        WhyNothing::Empty(ValueShape::Object) => "an empty object is there".to_owned(),
        WhyNothing::Empty(_) => "an empty list is there".to_owned(),
        WhyNothing::Null => "`null` is there".to_owned(),
        WhyNothing::Unmatched { until, there } => {
            format!("the path matched nothing; `{until}` leads to {}", there.name())
        }
    }
}

/// What is wrong with what a path finds.
fn problem(path: &PathTrial) -> Option<CheckFinding> {
    let (setting, words) = (&path.setting, format!("{} {}", subject(path), found(&path.found)));
    let check = "panel.path";
    match &path.found {
        PathFound::Rows(_, Some(why)) | PathFound::Nothing(why) if why.is_unmatched() => {
            let remedy = format!("correct `{setting}`: the answer has nothing at this path{INSPECT}");
            Some(CheckFinding::mistake(check, words, remedy))
        }
        PathFound::Nothing(_) => Some(CheckFinding::warning(
            check,
            words,
            format!("correct `{setting}` if the answer should have a value for this user"),
        )),
        PathFound::Filled { filled: 0, rows: 1.., .. } => Some(CheckFinding::warning(
            "panel.columns",
            format!("{} is filled in none of the rows", subject(path)),
            format!(
                "correct `{}` in `{setting}`, or remove it if the API never sends it{INSPECT}",
                path.path
            ),
        )),
        PathFound::NotNumber(_) | PathFound::Several(_) => Some(CheckFinding::mistake(
            check,
            format!("{words}; one number is needed"),
            format!("correct `{setting}` so that it leads to one number{INSPECT}"),
        )),
        PathFound::Unfit { .. } => {
            let remedy = format!("correct `rows`, `layout` or the members of the rows{INSPECT}");
            Some(CheckFinding::mistake(check, words, remedy))
        }
        PathFound::Rows(..) | PathFound::Filled { .. } | PathFound::Value(_) | PathFound::Count(_) => None,
    }
}

/// The finding of a panel without data, and the key that it is about.
fn failed(trial: &PanelTrial, failure: &PanelError, settings: &Settings) -> (CheckFinding, &'static str) {
    let sent = trial.requests.last();
    let label = sent.map(request).unwrap_or_default();
    let mistake = |found: String, remedy: &str| {
        let found = if label.is_empty() { found } else { format!("{label}; {found}") };
        CheckFinding::mistake("panel.data", found, remedy)
    };
    let warning = |found: String, remedy: &str| CheckFinding::warning("panel.data", found, remedy);
    match (&failure.problem, &failure.error) {
        (Some(AnswerProblem::NotJson { media_type, at }), _) => {
            let found = match (media_type, at) {
                (Some(kind), _) => format!("the answer is {kind}, not JSON"),
                (None, Some(at)) => format!("the answer stops being JSON at byte {at}"),
                (None, None) => "the answer is not JSON, and its type is not stated".to_owned(),
            };
            let remedy = "check `get` and `api_url`: HTML is often a login page, or a page of a proxy";
            (mistake(found, remedy), "get")
        }
        (Some(AnswerProblem::Later { .. }), _) => {
            let remedy = "raise the API's rate limit, or refresh fewer panels with `every`";
            (warning(format!("{label}; the API asks for fewer requests"), remedy), "every")
        }
        (Some(AnswerProblem::Preparing), _) => {
            let remedy =
                "run the command again later, and set `job` if the API says elsewhere when it has finished";
            (warning(format!("{label}; the API prepares the answer (202)"), remedy), "job")
        }
        (Some(AnswerProblem::Said(_)), _) => {
            (mistake("the API reports an error in its answer".to_owned(), "correct the query"), "post")
        }
        (Some(AnswerProblem::Choose(filters)), _) => {
            let found = format!("it waits for a choice: {}", filters.join(", "));
            (warning(found, "give the filter a `default`, or look at the panel yourself"), "get")
        }
        (Some(AnswerProblem::Busy | AnswerProblem::NoMemory), _) => {
            (warning("the server is too busy to read it".to_owned(), "run the command again"), "get")
        }
        (Some(AnswerProblem::Refused { status: 404, .. }), _) => {
            (mistake("the API has nothing at this path".to_owned(), "correct `get` or `api_url`"), "get")
        }
        (_, AppError::Forbidden(lack)) if sent.is_none() => locked(lack, settings),
        (_, AppError::Forbidden(lack)) => {
            let (found, remedy, key) = refused(lack);
            (mistake(found, remedy), key)
        }
        (_, AppError::StepUp(demand)) => {
            let mut wants: Vec<String> = Vec::new();
            if !demand.acr_values.is_empty() {
                wants.push(format!("acr_values {}", demand.acr_values.join(" ")));
            }
            wants.extend(demand.max_age_secs.map(|secs| format!("max_age {secs}")));
            wants.extend(demand.scope.as_ref().map(|scope| format!("scope {scope}")));
            let found = format!("{label}; the API demands another sign-in: {}", wants.join(", "));
            (warning(found, "nothing, if that is intended: users are asked when they open the panel"), "get")
        }
        (_, AppError::NotFound) => {
            (mistake("the API has nothing at this path".to_owned(), "correct `get` or `api_url`"), "get")
        }
        (_, AppError::ApiUnavailable) => unavailable(sent, &mistake),
        (_, error) => {
            let found = format!("there is no access token for the API `{}` ({})", trial.api, error.reason());
            let remedy = "check `audience`, `resource` or the scopes of this API; the server's log has the \
                          provider's answer";
            (mistake(found, remedy), "api")
        }
    }
}

fn unavailable(
    sent: Option<&RequestTrial>,
    mistake: &dyn Fn(String, &str) -> CheckFinding,
) -> (CheckFinding, &'static str) {
    let status = sent.and_then(|sent| sent.status);
    let (found, remedy) = match (status, sent.and_then(|sent| sent.fault.as_ref())) {
        (Some(401), _) => (
            "the API rejects the access token".to_owned(),
            "check that `audience` or `resource` names this API, and that the API trusts this issuer",
        ),
        (Some(status @ 300..=399), _) => (
            format!("the API redirects ({status}), which is not followed"),
            "use the final address in `get` and `api_url`",
        ),
        (Some(500..), _) => ("the API failed".to_owned(), "look into the API's log for this request"),
        (Some(200..=299), _) => (
            "the answer cannot be used".to_owned(),
            "the server's log has the cause: look for `cannot be used`",
        ),
        (Some(_), _) => {
            ("the API does not accept the request".to_owned(), "correct the request of the panel")
        }
        (None, Some(fault)) => {
            (fault.clone(), "check that the server reaches `api_url`, and that the API is running")
        }
        (None, None) => (
            "the request was not sent".to_owned(),
            "the server's log has the cause; the API may be busy, or there is no access token for it",
        ),
    };
    (mistake(found, remedy), "get")
}

/// A panel that the settings lock for this user: nothing was sent.
fn locked(lack: &AccessDenied, settings: &Settings) -> (CheckFinding, &'static str) {
    let warning = |found: String, remedy: &str| CheckFinding::warning("panel.access", found, remedy);
    let as_other = "sign in as a user who has it, to check this panel";
    match lack {
        AccessDenied::Scope(scopes) | AccessDenied::ScopeNotRequested(scopes) => {
            let is_asked = scopes.split(' ').all(|scope| settings.names_scope(scope));
            let remedy = match is_asked {
                true => "allow the scope for the client and this user at the provider",
                false => {
                    "add it to `scopes` if every user needs it; else users are asked when they open the panel"
                }
            };
            (warning(format!("locked: the scope {scopes} was not granted"), remedy), "scope")
        }
        AccessDenied::Role(roles) => {
            (warning(format!("locked: this user lacks the role {}", roles.join(" or ")), as_other), "role")
        }
        AccessDenied::NoRoles(roles) => {
            let found = format!("locked: role {} is needed, and the provider sends none", roles.join(" or "));
            let remedy = "have the provider send roles, and name their claim in `roles_claim`";
            (CheckFinding::mistake("panel.access", found, remedy), "role")
        }
        AccessDenied::TooManyGroups(roles) => {
            let found =
                format!("locked: role {} is needed, and the user has too many groups", roles.join(" or "));
            let remedy = "use app roles instead of groups, or filter the groups at the provider";
            (CheckFinding::mistake("panel.access", found, remedy), "role")
        }
        AccessDenied::Claim { name, is } if is.is_empty() => {
            let found = format!(
                "locked: the request needs the claim {name}, which this user does not have as a single value"
            );
            (warning(found, "have the provider send the claim, or correct its path in `[claims]`"), "get")
        }
        AccessDenied::Claim { name, .. } => {
            let found =
                format!("locked: the claim {name} of this user has none of the values that are needed");
            (warning(found, as_other), "claim")
        }
        AccessDenied::Token(api) => {
            let found = format!("locked: the provider issues no access token for the API {api}");
            let remedy = "check how this API gets its token: `token`, `audience`, `resource` or `scopes`";
            (CheckFinding::mistake("panel.access", found, remedy), "api")
        }
        AccessDenied::RefreshToken(api) => {
            let found = format!("locked: without a refresh token there is no access token for the API {api}");
            let remedy = "request `offline_access` in `scopes`, and allow refresh tokens at the provider";
            (CheckFinding::mistake("panel.access", found, remedy), "api")
        }
        AccessDenied::Said(_) | AccessDenied::StillRefused | AccessDenied::Unsaid => {
            (warning("locked".to_owned(), as_other), "api")
        }
    }
}

/// An API that denies access: what it demands, what to do, and the key.
fn refused(lack: &AccessDenied) -> (String, &'static str, &'static str) {
    match lack {
        AccessDenied::Scope(scopes) => (
            format!("the API demands the scope {scopes} (insufficient_scope)"),
            "set `scope` of the panel to it, and add it to `scopes`, so that it is requested at sign-in",
            "scope",
        ),
        AccessDenied::ScopeNotRequested(scopes) => (
            format!("the API demands the scope {scopes} (insufficient_scope), which is not requested for it"),
            "add it to `scopes` of this API, or to `step_up_scopes`",
            "scope",
        ),
        AccessDenied::Token(_) | AccessDenied::RefreshToken(_) => (
            "there is no access token for this API".to_owned(),
            "check how this API gets its token: `token`, `audience`, `resource` or `scopes`",
            "api",
        ),
        _ => (
            "the API denies this user access".to_owned(),
            "check the user's rights at the API, or sign in as another user",
            "get",
        ),
    }
}
