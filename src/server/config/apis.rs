//! The APIs that panels ask: that of `api_url`, and further ones (`[[api]]`) to which the same sign-in gives access, each with
//! an access token of its own (RFC 8707). What one is, how `[[api]]` is read, and which of them a panel may name.

use std::collections::HashSet;

use toml::{Spanned, de::DeValue};
use url::Url;

use super::{
    boards,
    problem::{Problem, nearest},
    reader::{self, Entry, Table},
    sources::Lines,
    values,
};

/// The id of the API of `api_url`; also its name among the tokens of a session.
pub const DEFAULT_API: &str = "default";

/// An API, and how the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// What panels name it by: `[a-z0-9-]+`, unique.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Its base URL; the paths of panels are appended to its path.
    pub url: Url,
    /// Its identifier as Auth0's `audience`.
    pub audience: Option<String>,
    /// Its identifier as an RFC 8707 `resource`: an absolute URI without fragment, as given.
    pub resource: Option<String>,
    /// The scopes that are asked for on its behalf.
    pub scopes: Vec<String>,
}

impl Api {
    /// Whether its token comes with the sign-in itself; those of others are had with the refresh token.
    pub fn is_default(&self) -> bool {
        self.id == DEFAULT_API
    }
}

/// All of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apis {
    /// That of `api_url`.
    pub default: Api,
    /// Each with either a resource or an audience.
    pub further: Vec<Api>,
}

impl Apis {
    /// The default first.
    pub fn all(&self) -> impl Iterator<Item = &Api> {
        std::iter::once(&self.default).chain(&self.further)
    }

    /// The identifiers of all that have one as `resource`, each once.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        self.all().filter_map(|api| api.resource.as_deref()).filter(move |resource| seen.insert(*resource))
    }
}

/// The ids that a panel may name.
#[derive(Default)]
pub(super) struct Names {
    further: Vec<String>,
    /// Some could not be read: a name that is not here may be one of those.
    is_partial: bool,
}

impl Names {
    /// The id, if there is such an API.
    pub fn find(&self, id: &str) -> Result<String, String> {
        let known = || std::iter::once(DEFAULT_API).chain(self.further.iter().map(String::as_str));
        if self.is_partial || known().any(|known| known == id) {
            return Ok(id.to_owned());
        }
        Err(match nearest(id, known()) {
            Some(near) => format!("there is no API `{id}`; did you mean `{near}`?"),
            None => format!("there is no API `{id}`; there are {}", known().collect::<Vec<_>>().join(", ")),
        })
    }
}

/// Reads `[[api]]`; what is wrong is added to `problems`.
pub(super) fn read(
    value: &Spanned<DeValue<'_>>,
    lines: &Lines<'_>,
    problems: &mut Vec<Problem>,
) -> (Vec<Api>, Names) {
    let (mut ids, before) = (Vec::new(), problems.len());
    let apis = reader::tables(value, "api", lines, problems, |at| Some(api(at, &mut ids)));
    let names = Names { further: ids, is_partial: problems.len() > before };
    (apis.into_iter().flatten().collect(), names)
}

fn api(mut at: Table<'_, '_>, ids: &mut Vec<String>) -> Option<Api> {
    let id = at.required("id", id);
    if let Some(id) = &id {
        if ids.contains(id) {
            at.problem("id", format!("there is another API `{id}`: each needs an id of its own"));
        }
        ids.push(id.clone());
    }
    let title = at.required("title", boards::title);
    let url = at.required("url", values::api_url);
    let (resource, audience) =
        (at.optional("resource", values::resource), at.optional("audience", boards::title));
    match (at.has("resource"), at.has("audience")) {
        (true, true) => {
            at.problem("audience", "stands beside `resource`: the provider knows an API by one of them")
        }
        (false, false) => at.problem(
            "resource",
            "is missing: how the provider knows this API (RFC 8707), or `audience` where it wants that",
        ),
        _ => {}
    }
    let scopes = at.entries("scopes", "must be a list of texts", |entry| match entry {
        Entry::Text(text) => Some(Some(values::scope(text))),
        Entry::Table(_) => None,
    });
    let scopes: Result<Vec<_>, _> = scopes.unwrap_or_default().into_iter().collect();
    let scopes = scopes.map_err(|message| at.problem("scopes", message)).ok();
    at.no_more(&["id", "title", "url", "resource", "audience", "scopes"]);
    Some(Api { id: id?, title: title?, url: url?, audience, resource, scopes: scopes? })
}

fn id(text: &str) -> Result<String, String> {
    if text == DEFAULT_API {
        return Err("is the id of the API of `api_url`: choose another".to_owned());
    }
    boards::slug(text).map_err(|_| "must be of a-z, 0-9 and -, such as \"warehouse\"".to_owned())
}
