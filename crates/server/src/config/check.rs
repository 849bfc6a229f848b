//! Turns texts into `Settings`: reads every row of the table, and checks the rules that involve several settings.
//! Collects every problem before it fails.

use std::collections::HashSet;

use claimcheck_session::{DEFAULT_API, StoreServer, StoreSetting};

use crate::config::{
    AdminListen, AllowRule, Api, Board, ListenAddress, LocalText, Settings, TokenSource,
    assemble::assemble_settings,
    boards::check_pages,
    browsers,
    files::SettingFiles,
    is_loopback,
    keys::find_row,
    limits, outgoing, own_secrets,
    problem::{SettingPlace, SettingProblem, Warning, file_key, variable},
    public_issuer,
    row::{RawContent, Shape},
    sources::Sources,
    table::Draft,
    trace_values,
    written::WrittenValues,
};

/// The notice is shown at half of the idle timeout at the earliest, and people need 20 seconds to react (WCAG 2.2.1).
const LEAST_IDLE_SECS: i64 = 40;

/// Reads the settings one after the other and collects problems.
pub(super) struct Checker {
    sources: Sources,
    problems: Vec<SettingProblem>,
    pub(super) warnings: Vec<Warning>,
}

/// Everything that was read and found.
pub(super) struct ReadSettings {
    /// `None` if there are problems.
    pub settings: Option<Box<Settings>>,
    pub problems: Vec<SettingProblem>,
    pub warnings: Vec<Warning>,
    pub is_readable: bool,
    /// How many boards were read.
    pub boards: usize,
    pub files: SettingFiles,
}

/// All settings, and all problems with them.
pub(super) fn check_settings(mut sources: Sources) -> ReadSettings {
    let problems = std::mem::take(&mut sources.problems);
    let warnings = std::mem::take(&mut sources.warnings);
    let allow = std::mem::take(&mut sources.allow);
    let (apis, boards) = (std::mem::take(&mut sources.apis), std::mem::take(&mut sources.boards));
    let (claim_slots, headers) =
        (std::mem::take(&mut sources.claims), std::mem::take(&mut sources.api_headers));
    let (written, files) = (WrittenValues::of(&sources), std::mem::take(&mut sources.files));
    let mut checker = Checker { sources, problems, warnings };

    let mut draft = Draft::read(&mut checker);
    let outgoing = outgoing::Draft::read(&mut checker);
    let limits = limits::Draft::read(&mut checker);
    let browsers = browsers::Draft::read(&mut checker);
    checker.mark_default_admin_listen(&mut draft);
    checker.check_resource(&draft, &apis);
    checker.check_authorize_params(&draft, &apis);
    checker.check_pass_params(&draft);
    checker.check_tenants(&draft);
    checker.check_lifetimes(&draft);
    checker.check_plain_http(&draft, &outgoing, &apis);
    trace_values::check(&mut checker, &outgoing);
    checker.check_listeners(&draft);
    checker.check_audit(&outgoing);
    checker.check_hsts(&draft, &browsers);
    if draft.public_url.as_ref().is_some_and(|url| !is_loopback(url)) {
        checker.check_production(&draft);
    }
    checker.check_shared_origin(&draft);
    checker.problems.extend(own_secrets::find(&checker.sources, &apis, &headers));
    checker.problems.extend(checker.sources.lost_boards());
    checker.check_boards(&draft, &apis, &boards);
    checker.check_who_may_sign_in(&draft, &allow, &boards);
    checker.check_brand(&draft);

    let Checker { mut problems, warnings, sources } = checker;
    // What else is wrong with a value without its variable is a consequence.
    let mut seen = HashSet::new();
    problems.retain(|problem| !sources.unusable.contains(&problem.key) || seen.insert(problem.key.clone()));
    let (count, is_readable) = (boards.len(), !sources.is_unreadable);
    let settings = match problems.is_empty() {
        true => {
            let (tables, read) = ((apis, headers, claim_slots), (written, files.clone()));
            assemble_settings((draft, outgoing, limits, browsers), tables, boards, allow, read)
        }
        false => None,
    };
    ReadSettings { settings: settings.map(Box::new), problems, warnings, is_readable, boards: count, files }
}

/// Readers for one setting. Each returns `None` if the value was refused, which is then reported.
impl Checker {
    /// A required setting; `what` describes it.
    pub(super) fn required<T>(
        &mut self,
        key: &str,
        what: &str,
        parse: impl FnOnce(&RawContent) -> Result<T, String>,
    ) -> Option<T> {
        // An unreadable value is not also reported as missing, nor is what an unreadable file may contain.
        if self.sources.get(key).is_none() && !self.has_problem(key) && !self.sources.is_partial {
            let problem = SettingProblem::setting(key, None, format!("is missing: {what}"));
            self.problems.push(of_secret(key, problem));
        }
        self.optional(key, parse).flatten()
    }

    /// An optional setting with a default text.
    pub(super) fn or_default<T>(
        &mut self,
        key: &str,
        shape: Shape,
        default: &str,
        parse: impl FnOnce(&RawContent) -> Result<T, String>,
    ) -> Option<T> {
        let default = shape.content_of_text(default);
        let (content, place) = match self.sources.get(key) {
            Some(raw) => (&raw.content, Some(raw.place.clone())),
            None => (&default, None),
        };
        match parse(content) {
            Ok(value) => Some(value),
            Err(message) => {
                self.problems.push(SettingProblem::setting(key, place, message));
                None
            }
        }
    }

    /// An optional setting.
    pub(super) fn optional<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&RawContent) -> Result<T, String>,
    ) -> Option<Option<T>> {
        let Some(raw) = self.sources.get(key) else {
            return (!self.has_problem(key)).then_some(None);
        };
        match parse(&raw.content) {
            Ok(value) => Some(Some(value)),
            Err(message) => {
                self.problems.push(SettingProblem::setting(key, Some(raw.place.clone()), message));
                None
            }
        }
    }

    fn has_problem(&self, key: &str) -> bool {
        self.problems.iter().any(|problem| problem.key == file_key(key))
    }
}

/// Rules that involve several settings.
impl Checker {
    /// The default address may be in use. Then the program runs without an admin listener.
    fn mark_default_admin_listen(&self, draft: &mut Draft) {
        if self.sources.get("admin_listen").is_none()
            && let Some(AdminListen::At(address)) = draft.admin_listen.take()
        {
            draft.admin_listen = Some(AdminListen::Default(address));
        }
    }

    /// If another API has a `resource`, that of `api_url` needs one, too.
    fn check_resource(&mut self, draft: &Draft, apis: &[Api]) {
        if let (Some(api), Some(None)) = (first_with_resource(apis), &draft.resource) {
            // With the `resource` of another API in the request, the first token may be meant for that one (RFC 8707
            // 2.2), and it would be sent to this API.
            let message = format!(
                "is missing: the API `{}` has a resource, so the API at api_url needs one, too",
                api.id
            );
            self.report_contradiction("resource", message);
        }
    }

    /// No parameter of the authorization request is set twice.
    fn check_authorize_params(&mut self, draft: &Draft, apis: &[Api]) {
        let has_audience = matches!(draft.audience, Some(Some(_)));
        let has_resource = matches!(draft.resource, Some(Some(_))) || first_with_resource(apis).is_some();
        for (key, is_set) in [("audience", has_audience), ("resource", has_resource)] {
            if is_set && draft.authorize_params.iter().flatten().any(|(name, _)| name == key) {
                let message = format!("sets `{key}`, and so does {}: remove one of them", variable(key));
                self.report_contradiction("authorize_params", message);
            }
        }
    }

    fn check_lifetimes(&mut self, draft: &Draft) {
        let (Some(idle_secs), Some(absolute_secs)) = (draft.idle_secs, draft.absolute_secs) else { return };
        if idle_secs > absolute_secs {
            let message = format!("is {idle_secs}, but must not exceed absolute_secs ({absolute_secs})");
            self.report_contradiction("idle_secs", message);
        }
        if idle_secs < LEAST_IDLE_SECS {
            let message = format!(
                "idle_secs is {idle_secs}: below {LEAST_IDLE_SECS}, users have less than 20 seconds between the notice \
                 and the end of the session (WCAG 2.2.1)"
            );
            let remedy = format!("set idle_secs to {LEAST_IDLE_SECS} or more");
            self.warnings.push(Warning::new("idle_secs", message, remedy));
        }
    }

    /// The two listeners have different addresses.
    fn check_listeners(&mut self, draft: &Draft) {
        let (Some(listen), Some(AdminListen::At(admin))) = (&draft.listen, &draft.admin_listen) else {
            return;
        };
        if admin.conflicts_with(listen) {
            let message =
                format!("must not be the same as listen ({listen}): use another address or port, or off");
            self.report_contradiction("admin_listen", message);
        }
    }

    /// Requirements for production: keys and a store that survive a restart, and the addresses of clients.
    fn check_production(&mut self, draft: &Draft) {
        if matches!(draft.session_keys, Some(None)) {
            let message = "is missing: required unless public_url is loopback; \
                           create one with: openssl rand -base64 32";
            let problem = SettingProblem::setting("session_keys", None, message);
            self.problems.push(problem.of_missing_secret());
        }
        if draft.store.as_ref().is_some_and(StoreSetting::is_volatile) {
            let message = "store is memory: every restart signs everyone out";
            self.warnings.push(Warning::new(
                "store",
                message,
                "set store to sqlite:PATH, postgres://… or redis://…",
            ));
        }
        let server = draft.store.as_ref().and_then(StoreSetting::server);
        if let Some(weakness) = server.and_then(StoreServer::weakness) {
            let message = format!(
                "store: {weakness}. Tokens and records are encrypted in any case; the store's password, user ids and \
                 times are not"
            );
            self.warnings.push(Warning::new("store", message, "use a connection with verified TLS"));
        }
        // What connects to a socket is trusted without being named.
        let is_behind_socket = matches!(draft.listen, Some(ListenAddress::Unix(_)));
        if draft.trusted_proxies.as_ref().is_some_and(Vec::is_empty) && !is_behind_socket {
            let effect = "all clients have its address in the log and share one sign_in_rate";
            let (message, remedy) = match draft.listen {
                Some(ListenAddress::Ip(listen)) if listen.ip().to_canonical().is_loopback() => (
                    format!(
                        "trusted_proxies is not set, and only a reverse proxy on this machine can reach listen \
                         ({listen}): {effect}"
                    ),
                    format!("set trusted_proxies to the proxy's address, such as {}", listen.ip()),
                ),
                _ => (
                    format!("trusted_proxies is not set: behind a reverse proxy, {effect}"),
                    "set trusted_proxies to the addresses of the reverse proxies".to_owned(),
                ),
            };
            self.warnings.push(Warning::new("trusted_proxies", message, remedy));
        }
    }

    /// Browsers separate applications by origin, not by path.
    fn check_shared_origin(&mut self, draft: &Draft) {
        let Some(url) = draft.public_url.as_ref().filter(|url| url.path() != "/") else { return };
        let message = format!(
            "public_url has the path {}: every application of {} is trusted. Its scripts can read what users of the dashboard \
             see, and act in their name",
            url.path().trim_end_matches('/'),
            url.origin().ascii_serialization()
        );
        let remedy = "share the origin only with applications that you trust, or use another host name";
        self.warn("public_url", message, remedy);
    }

    /// There are boards, and every API that they name exists.
    fn check_boards(&mut self, draft: &Draft, apis: &[Api], boards: &[Board]) {
        if boards.is_empty() && self.problems.is_empty() {
            let message = match draft.boards.as_deref() {
                None | Some([]) => "no boards are configured: add [[board]] to the settings file",
                Some(_) => "no boards are configured: the files that `boards` names contain no [[board]]",
            };
            self.warnings.push(Warning::new(
                "board",
                message,
                "add [[board]], or set `boards` to files that contain some",
            ));
        }
        for board in boards {
            for id in &board.numbered_ids {
                let message = format!(
                    "the id `{id}` of a panel of board `{}` depends on the order, because other panels have the same title",
                    board.id
                );
                self.warnings.push(Warning::new(
                    "board",
                    message,
                    "write `id`, so that addresses stay the same",
                ));
            }
        }
        if self.problems.is_empty() {
            self.problems.extend(find_lost_apis(apis, boards));
            self.problems.extend(check_pages(boards));
        }
    }

    /// Anyone can get an account at a public provider.
    fn check_who_may_sign_in(&mut self, draft: &Draft, allow: &[AllowRule], boards: &[Board]) {
        let Some(issuer) = draft.issuer.as_deref() else { return };
        let is_open = |board: &Board| board.needs.roles.is_empty() && board.needs.claim.is_none();
        if !allow.is_empty() || !boards.iter().any(is_open) {
            return;
        }
        if let Some(who) = public_issuer::who_has_accounts(issuer) {
            let message = format!(
                "{issuer} is open to {who}: everyone of them may sign in and open boards without `role`"
            );
            let remedy = "add [[allow]] with the domain of your users, or `role` to every board";
            let place = self.sources.get("issuer").map(|raw| raw.place.clone());
            self.warnings.push(Warning { place, ..Warning::new("issuer", message, remedy) });
        }
    }

    /// The signed-out page has one definition. Changes to the accent are logged.
    fn check_brand(&mut self, draft: &Draft) {
        let is_set = |text: &Option<Option<LocalText>>| matches!(text, Some(Some(_)));
        if is_set(&draft.brand_home) && (is_set(&draft.brand_home_heading) || is_set(&draft.brand_home_text))
        {
            let message = "is set beside brand.home.heading or brand.home.text: leave one of them".to_owned();
            self.report_contradiction("brand_home", message);
        }
        if let Some(Some(accent)) = &draft.brand_accent
            && !accent.changes.is_empty()
        {
            let changes = accent.changes.join(", ");
            let message = format!("brand.accent has too little contrast and was adjusted: {changes}");
            self.warnings.push(Warning::new("brand.accent", message, "choose a darker or lighter colour"));
        }
    }

    pub(super) fn report(&mut self, problem: SettingProblem) {
        self.problems.push(problem);
    }

    pub(super) fn warn(&mut self, key: &str, message: String, remedy: &str) {
        let place = self.sources.get(key).map(|raw| raw.place.clone());
        self.warnings.push(Warning { place, ..Warning::new(key, message, remedy) });
    }

    /// Whether this key is set anywhere.
    pub(super) fn is_set(&self, key: &str) -> bool {
        self.sources.get(key).is_some()
    }

    /// Reports a contradiction at the place of the first setting involved.
    pub(super) fn report_contradiction(&mut self, key: &str, message: String) {
        let place = self.sources.get(key).map(|raw| raw.place.clone());
        self.problems.push(SettingProblem::setting(key, place, message));
    }
}

/// Marks the problem if the setting is a secret, which is known where the server runs.
fn of_secret(key: &str, problem: SettingProblem) -> SettingProblem {
    match find_row(key).is_some_and(|row| row.is_secret) {
        true => problem.of_missing_secret(),
        false => problem,
    }
}

fn first_with_resource(apis: &[Api]) -> Option<&Api> {
    apis.iter().find(|api| api.resource.is_some() && api.token == TokenSource::Refresh)
}

/// APIs that built-in boards name, and that a file has replaced.
fn find_lost_apis(apis: &[Api], boards: &[Board]) -> Vec<SettingProblem> {
    let is_lost = |id: &str| id != DEFAULT_API && !apis.iter().any(|api| api.id == id);
    let panels = || boards.iter().flat_map(|board| &board.panels);
    let of_panels = panels().flat_map(|panel| &panel.actions);
    let actions = boards.iter().flat_map(|board| &board.actions).chain(of_panels);
    let named = panels().map(|panel| panel.api.as_str()).chain(actions.map(|action| action.api.as_str()));
    let of_subjects =
        boards.iter().filter_map(|board| board.subject.as_ref()).map(|subject| subject.api.as_str());
    let named = named.chain(boards.iter().flat_map(Board::filter_apis)).chain(of_subjects);
    let mut lost: Vec<_> = named.filter(|id| is_lost(id)).collect();
    lost.sort_unstable();
    lost.dedup();
    let problem = |id: &str| {
        let message = format!("there is no API `{id}`, but boards use it: add [[api]] with this id");
        SettingProblem::in_file("api", SettingPlace::File("the built-in settings".to_owned()), message)
    };
    lost.into_iter().map(problem).collect()
}
