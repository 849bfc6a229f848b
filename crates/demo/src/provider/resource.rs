//! The APIs that access tokens are for (RFC 8707; Auth0 calls them `audience`), and the scopes of each. Validates the
//! APIs named in a request, at the authorization endpoint and the token endpoint.

use serde::{Deserialize, Serialize};

use super::params::{Params, Refused};

/// An API that access tokens are issued for.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its identifier: the `aud` of access tokens (RFC 9068 2.2).
    pub audience: String,
    /// The scopes that belong to it only.
    pub scopes: Vec<String>,
}

impl Resource {
    pub fn new(audience: &str, scopes: &[&str]) -> Self {
        Self {
            audience: audience.to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        }
    }

    /// The scopes that an access token for this API may contain: its own, and those of no API.
    pub(super) fn narrow(&self, all: &[Resource], scopes: &[String]) -> Vec<String> {
        let is_foreign = |scope: &String| {
            !self.scopes.contains(scope) && all.iter().any(|other| other.scopes.contains(scope))
        };
        scopes.iter().filter(|scope| !is_foreign(scope)).cloned().collect()
    }
}

/// The APIs an authorization request named.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Named {
    audience: Option<String>,
    resources: Vec<String>,
}

impl Named {
    /// # Errors
    /// `invalid_target` if one of them is not an API of this provider (RFC 8707 2).
    pub(super) fn read(all: &[Resource], params: &Params) -> Result<Self, Refused> {
        let known = |name: &str| find(all, name).map(|found| found.audience.clone());
        Ok(Self {
            audience: params.get("audience").map(known).transpose()?,
            resources: params.all("resource").map(known).collect::<Result<_, _>>()?,
        })
    }

    /// The API of one access token: the one named in the token request, else the first one of the authorization
    /// request, else the provider's first.
    ///
    /// # Errors
    /// `invalid_target` for a second one, an unknown one, and one that is not among the `resource` values of the
    /// authorization request (RFC 8707 2.2). An `audience` alone excludes none, as at Auth0.
    pub(super) fn choose<'a>(&self, all: &'a [Resource], params: &Params) -> Result<&'a Resource, Refused> {
        let mut wanted = params.all("resource").chain(params.all("audience"));
        let Some(name) = wanted.next() else {
            let first = self.audience.as_ref().or(self.resources.first());
            return match first {
                Some(name) => find(all, name),
                None => all.first().ok_or(UNKNOWN),
            };
        };
        if wanted.next().is_some() {
            return Err(("invalid_target", "an access token can be issued for one API only"));
        }
        let is_named = self.audience.iter().chain(&self.resources).any(|named| named == name);
        if !self.resources.is_empty() && !is_named {
            return Err(("invalid_target", "this API was not part of the authorization request"));
        }
        find(all, name)
    }
}

const UNKNOWN: Refused = ("invalid_target", "this provider does not know this API");

/// The API with that identifier.
pub(super) fn find<'a>(all: &'a [Resource], name: &str) -> Result<&'a Resource, Refused> {
    all.iter().find(|resource| resource.audience == name).ok_or(UNKNOWN)
}
