//! The APIs of panels: that of `api_url`, and further ones (`[[api]]`) that the same sign-in gives access to, each with
//! its own access token. Reads `[[api]]`, and lists the names that panels may use.

use std::collections::{BTreeMap, HashSet};

use crate::config::{
    Api, ApiAuth, TokenSource,
    api_headers::{self, read_headers},
    api_keys::{ABOUT_TOKENS, KEYS},
    boards,
    claim_slots::ClaimSlots,
    outgoing_values,
    problem::{SettingProblem, nearest},
    reader::{self, Entry, REMOVE_IT, REMOVE_ONE, TomlTable},
    sources::Lines,
    values,
};
use toml::{Spanned, de::DeValue};

pub use claimcheck_session::DEFAULT_API;

/// All APIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apis {
    /// That of `api_url`.
    pub default: Api,
    /// Each with a resource, an audience or scopes, or without access tokens.
    pub further: Vec<Api>,
}

impl Apis {
    /// The default API first.
    pub fn all(&self) -> impl Iterator<Item = &Api> {
        std::iter::once(&self.default).chain(&self.further)
    }

    /// The `resource` identifiers that token requests name, each once; not those of a token exchange.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        let refreshed = self.all().filter(|api| api.token == TokenSource::Refresh);
        refreshed.filter_map(|api| api.resource.as_deref()).filter(move |resource| seen.insert(*resource))
    }

    /// Whether the provider knows one of them by its scopes only. Then every refresh names its scopes.
    pub fn has_one_by_scopes(&self) -> bool {
        self.further.iter().any(Api::is_by_scopes)
    }
}

/// What other tables of the file may name: APIs, claims, and the variables for headers.
#[derive(Default)]
pub(super) struct Names {
    further: Vec<String>,
    /// Some could not be read, so an unknown name may be one of those.
    is_partial: bool,
    claims: ClaimSlots,
    env: BTreeMap<String, String>,
}

impl Names {
    /// No APIs yet.
    pub(super) fn new(claims: ClaimSlots, env: &BTreeMap<String, String>) -> Self {
        let for_headers = env.iter().filter(|(name, _)| name.starts_with(api_headers::VARIABLES));
        let env = for_headers.map(|(name, value)| (name.clone(), value.clone())).collect();
        Self { claims, env, ..Self::default() }
    }

    /// The same with the APIs of others.
    pub(super) fn with_apis_of(self, others: &Self) -> Self {
        Self { further: others.further.clone(), is_partial: others.is_partial, ..self }
    }

    pub(super) fn claims(&self) -> &ClaimSlots {
        &self.claims
    }

    pub(super) fn env(&self) -> &BTreeMap<String, String> {
        &self.env
    }
    /// The id, if there is such an API.
    pub(super) fn find(&self, id: &str) -> Result<String, String> {
        let known = || std::iter::once(DEFAULT_API).chain(self.further.iter().map(String::as_str));
        if self.is_partial || known().any(|known| known == id) {
            return Ok(id.to_owned());
        }
        Err(match nearest(id, known()) {
            Some(near) => format!("there is no API `{id}`; did you mean `{near}`?"),
            None => format!("there is no API `{id}`; available: {}", known().collect::<Vec<_>>().join(", ")),
        })
    }
}

/// Reads `[[api]]`, adds their names to `names`, and errors to `problems`.
pub(super) fn read_apis(
    value: &Spanned<DeValue<'_>>,
    lines: &Lines<'_>,
    names: &mut Names,
    problems: &mut Vec<SettingProblem>,
) -> Vec<Api> {
    let (mut ids, before) = (Vec::new(), problems.len());
    let apis = reader::tables(value, "api", lines, problems, |at| Some(read_api(at, &mut ids, names)));
    names.further = ids;
    names.is_partial = problems.len() > before;
    apis.into_iter().flatten().collect()
}

fn read_api(mut at: TomlTable<'_, '_>, ids: &mut Vec<String>, names: &Names) -> Option<Api> {
    let id = at.required("id", parse_id);
    if let Some(id) = &id {
        if ids.contains(id) {
            at.problem("id", format!("there is another API `{id}`: ids must be unique"));
        }
        ids.push(id.clone());
    }
    let title = at.required_local("title", boards::title);
    let url = at.required("url", values::api_url);
    let insecure = url.as_ref().filter(|url| outgoing_values::is_insecure(url));
    let insecure = insecure.map(|url| at.problem_of("url", outgoing_values::insecure(url)));
    let timeout = at.optional("timeout", outgoing_values::api_timeout);
    let has_good_timeout = timeout.is_some() || !at.has("timeout");
    let token = at.optional("token", values::token_source);
    let has_good_token = token.is_some() || !at.has("token");
    let token = token.unwrap_or_default();
    let (resource, audience) =
        (at.optional("resource", values::resource), at.optional("audience", boards::title));
    let token_audience = at.optional("token_audience", boards::title);
    let has_good_audience = token_audience.is_some() || !at.has("token_audience");
    let auth = at.optional("auth", ApiAuth::parse).unwrap_or_default();
    let mut scope_list = |key: &'static str| {
        at.entries(key, "must be a list of strings", |entry| match entry {
            Entry::Text(text) => Some(Some(values::scope(text))),
            Entry::Table(_) => None,
        })
    };
    let (scopes, step_up_scopes) = (scope_list("scopes"), scope_list("step_up_scopes"));
    let has_scopes = at.has("scopes") && scopes.as_ref().is_none_or(|scopes| !scopes.is_empty());
    let is_identified = match (at.has("resource"), at.has("audience")) {
        _ if auth == ApiAuth::None => has_no_tokens(&mut at),
        (true, true) if token == TokenSource::Refresh && has_good_token => {
            at.problem_with(
                "audience",
                "cannot be combined with `resource`: a provider uses one of them",
                REMOVE_ONE,
            );
            false
        }
        (false, false) if !has_scopes => {
            let message =
                "is missing: name this API for the provider by `resource` (RFC 8707), `audience` or `scopes`";
            at.problem("resource", message);
            false
        }
        (has_resource, has_audience) => {
            (resource.is_some() || !has_resource) && (audience.is_some() || !has_audience)
        }
    };
    let scopes: Result<Vec<_>, _> = scopes.unwrap_or_default().into_iter().collect();
    let scopes = scopes.map_err(|message| at.problem("scopes", message)).ok();
    let step_up_scopes: Result<Vec<_>, _> = step_up_scopes.unwrap_or_default().into_iter().collect();
    let step_up_scopes = step_up_scopes.map_err(|message| at.problem("step_up_scopes", message)).ok();
    let headers = at.table("headers", |at| Some(read_headers(at, auth == ApiAuth::None, names)));
    let headers = headers.unwrap_or_default();
    at.no_more(KEYS.parts);
    let is_good = is_identified && has_good_timeout && has_good_token && has_good_audience;
    let (id, title, url, scopes, step_up_scopes) = (id?, title?, url?, scopes?, step_up_scopes?);
    is_good.then_some(Api {
        id,
        title,
        url,
        token,
        audience,
        resource,
        scopes,
        step_up_scopes,
        token_audience,
        auth,
        headers,
        timeout,
        insecure,
    })
}

/// Whether an API without access tokens has no setting about them.
fn has_no_tokens(at: &mut TomlTable<'_, '_>) -> bool {
    let set = ABOUT_TOKENS.into_iter().find(|key| at.has(key));
    if let Some(key) = set {
        at.problem_with(
            key,
            "has no effect with `auth = \"none\"`: requests have no access token",
            REMOVE_IT,
        );
    }
    set.is_none()
}

fn parse_id(text: &str) -> Result<String, String> {
    if text == DEFAULT_API {
        return Err("is the id of the API at `api_url`: choose another one".to_owned());
    }
    boards::slug(text).map_err(|_| "must consist of a-z, 0-9 and -, such as \"warehouse\"".to_owned())
}

#[cfg(test)]
mod tests {
    use crate::config::{
        Settings, TokenSource,
        testing::{MINIMAL, load, variables_with},
    };
    use claimcheck_session::DEFAULT_API;

    const BOARD: &str = "[[board]]\nid = \"a\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"B\"\nkind = \"stat\"\napi = \"warehouse\"\n\
                         get = \"/\"\nvalue = \"$\"\n";
    const API: &str = "[[api]]\nid = \"warehouse\"\ntitle = \"Warehouse\"\nurl = \"https://stock.example.com/v2\"\n\
                       audience = \"stock\"\nscopes = [\"stock:read\", \"email\"]\n";

    /// The single problem in a file.
    fn refuses(text: &str) -> String {
        let errors = load(Some(text), &[]).expect_err(text);
        assert_eq!(errors.0.len(), 1, "{text}\n{errors}");
        errors.to_string()
    }

    #[test]
    fn op_10_an_api_is_read_whole_wherever_it_stands() {
        for text in [format!("{API}{BOARD}"), format!("{BOARD}{API}")] {
            let (settings, warnings) = load(Some(&text), &[]).unwrap();
            assert!(warnings.is_empty(), "{warnings:?}");
            assert_eq!(settings.boards[0].panels[0].api, "warehouse");
            let api = settings.api("warehouse").unwrap();
            assert_eq!(
                (api.title.text(claimcheck_text::Language::default()), api.url.as_str()),
                ("Warehouse", "https://stock.example.com/v2")
            );
            assert_eq!((api.audience.as_deref(), api.resource.as_deref()), (Some("stock"), None));
            assert!(!api.is_default() && settings.api("stock").is_none());
            assert_eq!(settings.scopes.join(" "), "openid profile email offline_access stock:read");
        }
        let (settings, _) = load(Some(&BOARD.replace("warehouse", DEFAULT_API)), &[]).unwrap();
        let api = settings.api(&settings.boards[0].panels[0].api).unwrap();
        assert!(api.is_default() && api.url.as_str() == "https://api.example.com/v1");
    }

    #[test]
    fn op_10_a_bad_api_is_refused_by_line_and_key_beside_a_good_one() {
        for (key, good, bad) in [
            ("id", "\"warehouse\"", "\"Ware house\""),
            ("title", "\"Warehouse\"", "\"\""),
            ("url", "\"https://stock.example.com/v2\"", "\"http://stock.example.com\""),
            ("url", "\"https://stock.example.com/v2\"", "\"https://stock.example.com/?a\""),
            ("audience", "\"stock\"", "\" \""),
            ("audience", "\"stock\"", "\"stock\"\nresource = \"urn:stock\""),
            ("scopes", "\"stock:read\"", "\"stock read\""),
            ("scopes[0]", "\"stock:read\"", "5"),
            ("scops", "scopes", "scops"),
            ("token", "audience", "token = \"ask\"\naudience"),
            ("token_audience", "audience", "token_audience = \" \"\naudience"),
        ] {
            let text = API.replacen(good, bad, 1);
            let said = refuses(&format!("{text}{BOARD}"));
            let first = key.split('[').next().unwrap();
            let line = text.lines().position(|line| line.starts_with(&format!("{first} ="))).unwrap() + 1;
            assert!(said.contains(&format!("api[0].{key}, line {line} of")), "{said}");
        }
        let nameless = API.replace("audience = \"stock\"\nscopes = [\"stock:read\", \"email\"]\n", "");
        for nameless in [
            nameless.clone(),
            format!("{nameless}scopes = []\n"),
            format!("{nameless}token = \"exchange\"\n"),
        ] {
            let said = refuses(&format!("{nameless}{BOARD}"));
            assert!(said.contains("api[0].resource") && said.contains("`audience` or `scopes`"), "{said}");
        }
        assert!(refuses(&format!("{API}{API}{BOARD}")).contains("there is another API `warehouse`"));
        assert!(
            refuses(&format!("{}{BOARD}", API.replace("\"warehouse\"", "\"default\""))).contains("api_url")
        );
    }

    #[test]
    fn r22_p3_an_api_is_named_by_its_scopes_or_takes_an_exchange() {
        let load_api = |change: &dyn Fn(&str) -> String| {
            let (settings, _) = load(Some(&format!("{}{BOARD}", change(API))), &[]).unwrap();
            (settings.api("warehouse").unwrap().clone(), settings)
        };
        let (api, settings) = load_api(&|api| api.replace("audience = \"stock\"\n", ""));
        assert!(api.is_by_scopes() && api.token == TokenSource::Refresh && settings.apis.has_one_by_scopes());
        assert!(settings.scopes.contains(&"stock:read".to_owned()));

        let exchanged = |more: &str| {
            load_api(&|api| api.replace("audience = \"stock\"", &format!("token = \"exchange\"\n{more}")))
        };
        for more in [
            "audience = \"stock\"",
            "resource = \"urn:stock\"",
            "audience = \"stock\"\nresource = \"urn:stock\"",
            "",
        ] {
            let (api, settings) = exchanged(more);
            assert!(api.token == TokenSource::Exchange && !api.is_by_scopes(), "{more}");
            assert!(
                !settings.apis.has_one_by_scopes() && settings.apis.resources().next().is_none(),
                "{more}"
            );
            assert!(
                !settings.scopes.contains(&"stock:read".to_owned()),
                "they are named in the exchange only"
            );
        }
        let (api, _) = exchanged("audience = \"stock\"\ntoken_audience = \"stock-id\"");
        assert_eq!(api.token_audience.as_deref(), Some("stock-id"));
    }

    #[test]
    fn op_10_a_panel_names_an_api_that_is_there() {
        let board = BOARD.replace("warehouse", "warehose");
        for text in [format!("{board}{API}"), format!("{API}{board}")] {
            let line = text.lines().position(|line| line.contains("warehose")).unwrap() + 1;
            let said = refuses(&text);
            assert!(said.contains(&format!("board[0].panel[0].api, line {line} of")), "{said}");
            assert!(said.contains("did you mean `warehouse`?"), "{said}");
        }
        assert!(refuses(BOARD).contains("available: default"));
    }

    #[test]
    fn op_10_apis_by_resource_need_one_for_the_first_too_and_only_one_place_sets_it() {
        let text = format!("{}{BOARD}", API.replace("audience = \"stock\"", "resource = \"urn:stock\""));
        let said = refuses(&text);
        assert!(
            said.contains("resource (CLAIMCHECK_RESOURCE): is missing") && said.contains("`warehouse`"),
            "{said}"
        );
        let resource = ("CLAIMCHECK_RESOURCE", "urn:orders");
        let (settings, _) = load(Some(&text), &[resource]).unwrap();
        assert_eq!(settings.apis.resources().collect::<Vec<_>>(), ["urn:orders", "urn:stock"]);
        let (settings, _) = load(Some(&text), &[("CLAIMCHECK_RESOURCE", "urn:stock")]).unwrap();
        assert_eq!(settings.apis.resources().collect::<Vec<_>>(), ["urn:stock"], "each once");
        let params = ("CLAIMCHECK_AUTHORIZE_PARAMS", "resource=urn:stock");
        let errors = load(Some(&text), &[resource, params]).unwrap_err();
        assert_eq!(
            errors.0.iter().map(|problem| problem.key.as_str()).collect::<Vec<_>>(),
            ["authorize_params"]
        );
    }

    #[test]
    fn op_10_boards_and_apis_of_a_file_take_the_place_of_those_that_are_built_in() {
        let path = std::env::temp_dir().join(format!("claimcheck-apis-{}.toml", std::process::id()));
        let base = format!("{API}{BOARD}");
        let load = |file: &str| {
            std::fs::write(&path, file).unwrap();
            Settings::load(Some(&base), Some(&path), variables_with(&MINIMAL, &[]))
        };
        let ids = |file: &str| -> Vec<String> {
            load(file).unwrap().0.apis.all().map(|api| api.id.clone()).collect()
        };
        assert_eq!(ids(""), ["default", "warehouse"]);
        assert_eq!(
            ids(&BOARD.replace("warehouse", "default")),
            ["default"],
            "another provider may not know it"
        );
        assert_eq!(ids(&API.replace("stock.example.com", "other.example.com")), ["default", "warehouse"]);
        let said = load(&API.replace("\"warehouse\"", "\"other\"")).unwrap_err().to_string();
        assert!(said.contains("there is no API `warehouse`"), "{said}");
        std::fs::remove_file(&path).unwrap();
    }
}
