//! From texts to `Settings`: which settings are needed, what they default to, and what contradicts what.
//! Collects every problem before it gives up.

use super::{
    AdminListen, Alg, Api, Apis, Board, ClaimPath, DEFAULT_API, Settings, StoreSetting, claim_path,
    is_loopback,
    problem::{SettingProblem, SettingsErrors, Warning, variable},
    sources::Sources,
    values,
};
use claimcheck_base::secret::Secret;

/// The notice comes at half of the idle time at the earliest, and people need 20 seconds to act on it (WCAG 2.2.1).
const LEAST_IDLE_SECS: i64 = 40;

/// Reads one setting after the other and remembers what is wrong.
struct Checker {
    sources: Sources,
    problems: Vec<SettingProblem>,
    warnings: Vec<Warning>,
}

impl Checker {
    /// A setting that may be absent.
    fn optional<T>(&mut self, key: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let found = self.sources.get(key)?;
        match parse(found.text.trim()) {
            Ok(value) => Some(value),
            Err(message) => {
                self.problems.push(SettingProblem::setting(key, Some(found.place.clone()), message));
                None
            }
        }
    }

    /// A setting without which nothing works; `what` says what it is.
    fn required<T>(
        &mut self,
        key: &str,
        what: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        // Nothing is missing where something unreadable was written.
        if self.sources.get(key).is_none() && !self.has_problem(key) {
            self.problems.push(SettingProblem::setting(key, None, format!("is missing: {what}")));
        }
        self.optional(key, parse)
    }

    fn has_problem(&self, key: &str) -> bool {
        self.problems.iter().any(|problem| problem.key == key)
    }

    /// Reports a contradiction, at the place of the first of the settings in it.
    fn contradiction(&mut self, key: &str, message: String) {
        let place = self.sources.get(key).map(|found| found.place.clone());
        self.problems.push(SettingProblem::setting(key, place, message));
    }
}

/// All settings, or everything that is wrong with them.
pub(super) fn check(mut sources: Sources) -> Result<(Settings, Vec<Warning>), SettingsErrors> {
    let problems = std::mem::take(&mut sources.problems);
    let warnings = std::mem::take(&mut sources.warnings);
    let (apis, boards) = (std::mem::take(&mut sources.apis), std::mem::take(&mut sources.boards));
    let mut checker = Checker { sources, problems, warnings };
    let c = &mut checker;

    let public_url = c.required(
        "public_url",
        "the origin people use, such as https://dashboard.example.com",
        values::public_url,
    );
    let listen = c.optional("listen", values::listen).unwrap_or_else(|| ([127, 0, 0, 1], 3000).into());
    let admin_listen = c.optional("admin_listen", values::admin_listen);
    let issuer = c.required(
        "issuer",
        "the provider's issuer identifier, such as https://login.example.com",
        values::issuer,
    );
    let client_id = c.required("client_id", "the client's id at the provider", values::any);
    let client_secret = c.required(
        "client_secret",
        "the client's secret at the provider, or set CLAIMCHECK_CLIENT_SECRET_FILE to a file that holds it",
        |text| Ok(Secret::new(text)),
    );
    let scopes = c.optional("scopes", values::scopes);
    let audience = c.optional("audience", values::any);
    let resource = c.optional("resource", values::resource);
    let authorize_params = c.optional("authorize_params", values::authorize_params).unwrap_or_default();
    let client_auth = c.optional("client_auth", values::client_auth);
    let id_token_algs = c.optional("id_token_algs", values::id_token_algs);
    let logout_token_typ = c.optional("logout_token_typ", values::logout_token_typ).unwrap_or_default();
    let role_claims = c.optional("role_claims", claim_path::list);
    let api_url =
        c.required("api_url", "the base URL of the API, such as https://api.example.com/v1", values::api_url);
    let store = c.optional("store", StoreSetting::parse);
    let session_keys = c.optional("session_keys", values::session_keys);
    let idle_secs = c.optional("idle_secs", values::lifetime).unwrap_or(1800);
    let absolute_secs = c.optional("absolute_secs", values::lifetime).unwrap_or(43_200);
    let sign_in_rate = c.optional("sign_in_rate", values::sign_in_rate);
    let trusted_proxies = c.optional("trusted_proxies", values::networks).unwrap_or_default();
    let ca_file = c.optional("ca_file", values::ca_file);
    let log = c.optional("log", values::log);

    let by_resource = apis.iter().find(|api| api.resource.is_some());
    if let (Some(api), None, false) = (by_resource, &resource, c.has_problem("resource")) {
        // With another's `resource` in the request, the first token may be for that one (RFC 8707 2.2), and this API would
        // be sent it.
        let message = format!("is missing: the API `{}` has one, so that of api_url needs one too", api.id);
        c.contradiction("resource", message);
    }
    let has_resource = resource.is_some() || by_resource.is_some();
    for (key, set) in [("audience", audience.is_some()), ("resource", has_resource)] {
        if set && authorize_params.iter().any(|(name, _)| name == key) {
            let message = format!("sets `{key}`, which {} sets too: leave one of them", variable(key));
            c.contradiction("authorize_params", message);
        }
    }
    if idle_secs > absolute_secs && !c.has_problem("idle_secs") && !c.has_problem("absolute_secs") {
        let message =
            format!("is {idle_secs}, more than absolute_secs ({absolute_secs}): it must not be longer");
        c.contradiction("idle_secs", message);
    }
    if idle_secs < LEAST_IDLE_SECS {
        let message = format!(
            "idle_secs is {idle_secs}: under {LEAST_IDLE_SECS} a person has less than 20 seconds from the notice \
             to the end of the session (WCAG 2.2.1)"
        );
        c.warnings.push(Warning(message));
    }
    if admin_listen == Some(AdminListen::At(listen)) && listen.port() != 0 {
        let message = format!("is {listen}, as listen is: it must be another address or port, or off");
        c.contradiction("admin_listen", message);
    }
    let production = public_url.as_ref().is_some_and(|url| !is_loopback(url));
    if production && session_keys.is_none() && !c.has_problem("session_keys") {
        let message = "is missing: required with a public URL that is not loopback; \
                       make one with: openssl rand -base64 32";
        c.problems.push(SettingProblem::setting("session_keys", None, message));
    }
    let store = store.unwrap_or_default();
    let store = store.trusting(ca_file.as_ref());
    if production && store.is_volatile() {
        c.warnings.push(Warning("store is memory: every restart signs everybody out".to_owned()));
    }
    if production && trusted_proxies.is_empty() && !c.has_problem("trusted_proxies") {
        let message = "trusted_proxies is not set: behind a reverse proxy everybody has its address, \
                       in the log and for sign_in_rate";
        c.warnings.push(Warning(message.to_owned()));
    }
    if boards.is_empty() {
        c.warnings.push(Warning("no board is configured: add [[board]] to the settings file".to_owned()));
    }

    if c.problems.is_empty() {
        c.problems.extend(lost_apis(&apis, &boards));
    }

    let Checker { problems, warnings, .. } = checker;
    let (Some(public_url), Some(issuer), Some(client_id), Some(client_secret), Some(api_url), true) =
        (public_url, issuer, client_id, client_secret, api_url, problems.is_empty())
    else {
        return Err(SettingsErrors(problems));
    };
    let scopes = scopes.unwrap_or_else(default_scopes);
    let mut all_scopes = scopes.clone();
    for scope in apis.iter().flat_map(|api| &api.scopes) {
        if !all_scopes.contains(scope) {
            all_scopes.push(scope.clone());
        }
    }
    let (id, title) = (DEFAULT_API.to_owned(), "API".to_owned());
    let default = Api { id, title, url: api_url, audience, resource, scopes };
    let settings = Settings {
        public_url,
        listen,
        admin_listen: admin_listen.unwrap_or_else(|| AdminListen::Default(([127, 0, 0, 1], 3900).into())),
        issuer,
        client_id,
        client_secret,
        scopes: all_scopes,
        authorize_params,
        client_auth,
        id_token_algs: id_token_algs.unwrap_or_else(|| vec![Alg::Rs256]),
        logout_token_typ,
        role_claims: role_claims.unwrap_or_else(|| vec![ClaimPath::named("roles")]),
        apis: Apis { default, further: apis },
        store,
        session_keys,
        idle_secs,
        absolute_secs,
        sign_in_rate: sign_in_rate.unwrap_or(600),
        trusted_proxies,
        ca_file,
        log: log.unwrap_or_else(|| "info".to_owned()),
        boards,
    };
    Ok((settings, warnings))
}

/// The boards are built in, and the APIs of a file have taken the place of theirs.
fn lost_apis(apis: &[Api], boards: &[Board]) -> Vec<SettingProblem> {
    let is_lost = |id: &str| id != DEFAULT_API && !apis.iter().any(|api| api.id == id);
    let panels = || boards.iter().flat_map(|board| &board.panels);
    let of_panels = panels().flat_map(|panel| &panel.actions);
    let actions = boards.iter().flat_map(|board| &board.actions).chain(of_panels);
    let named = panels().map(|panel| panel.api.as_str()).chain(actions.map(|action| action.api.as_str()));
    let mut lost: Vec<_> = named.filter(|id| is_lost(id)).collect();
    lost.sort_unstable();
    lost.dedup();
    let problem = |id: &str| {
        let message = format!("there is no API `{id}`, which boards ask: add [[api]] with this id");
        SettingProblem::in_file("api", "the built-in settings".to_owned(), message)
    };
    lost.into_iter().map(problem).collect()
}

fn default_scopes() -> Vec<String> {
    ["openid", "profile", "email", "offline_access"].map(str::to_owned).to_vec()
}
