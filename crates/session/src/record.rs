//! Who is signed in and how: the content of the first encrypted column of a row. Everything but the tokens.

use std::{collections::BTreeMap, fmt};

use claimcheck_base::clock::UnixSecs;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    column::{SealedColumn, VERSION},
    doctor::DoctorSession,
    history::Happening,
    running_reports::RunningReport,
    submissions::{Finished, KeptForm},
    token_set::TokenSet,
};

/// The clocks of the provider, the API and this server may differ by this many seconds.
const LEEWAY_SECS: i64 = 60;

/// Who is signed in and how.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// The version of the contents.
    pub v: u32,
    /// The claims of the ID token and of UserInfo, the newer ones over the older (OpenID Connect Core 5.3.2).
    pub claims: Map<String, Value>,
    /// Which of them came from where.
    #[serde(default)]
    pub sources: Sources,
    /// The roles in the access token, if the settings read them there; `None` before the first access token was read.
    #[serde(default)]
    pub token_roles: Option<TokenRoles>,
    /// When the claims were last read from the provider, in Unix seconds.
    pub claims_read_at: UnixSecs,
    /// Why UserInfo could not be merged, as a text for the user.
    #[serde(default)]
    pub profile_warning: Option<String>,
    /// The scopes that the provider granted, which may be fewer than were requested (RFC 6749 5.1).
    #[serde(default)]
    pub granted_scopes: Vec<String>,
    /// All scopes that the sign-ins of this session requested.
    #[serde(default)]
    pub asked_scopes: Vec<String>,
    /// Those of them that an API required and that the settings do not name, by the id of that API.
    #[serde(default)]
    pub asked_for: BTreeMap<String, Vec<String>>,
    /// When the user signed in here, in Unix seconds.
    pub signed_in_at: UnixSecs,
    /// When the provider last authenticated the user, in Unix seconds (`auth_time`, OpenID Connect Core 2).
    #[serde(default)]
    pub auth_time: Option<i64>,
    /// The authentication methods (RFC 8176).
    #[serde(default)]
    pub amr: Vec<String>,
    /// The authentication context class (OpenID Connect Core 2).
    #[serde(default)]
    pub acr: Option<String>,
    /// The nonce of the sign-in, which the ID tokens of later refreshes may repeat (OpenID Connect Core 12.2).
    pub nonce: String,
    /// A message for the next page, for users without scripts.
    #[serde(default)]
    pub flash: Option<String>,
    /// Whether `flash` reports success rather than failure.
    #[serde(default)]
    pub flash_is_good: bool,
    /// What happened in this session, newest last; see [`SessionRecord::note`].
    #[serde(default)]
    pub history: Vec<Happening>,
    /// Submitted forms that the user will see again; see [`SessionRecord::keep_form`].
    #[serde(default)]
    pub kept_forms: Vec<KeptForm>,
    /// The outcomes of the last actions; see [`SessionRecord::finish`].
    #[serde(default)]
    pub outcomes: Vec<Finished>,
    /// Reports that APIs are preparing; see [`SessionRecord::begin_report`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<RunningReport>,
    /// Set for the session of a run of `claimcheck doctor --sign-in`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doctor: Option<DoctorSession>,
}

/// The claims of the ID token and those of UserInfo, apart, so that a claim that its source no longer contains is removed.
/// Both are empty in records from before they were stored.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sources {
    /// Those of the latest ID token, with the profile claims that it left out.
    pub id_token: Map<String, Value>,
    /// Those of the latest UserInfo response, without the protocol's claims; `None` if there has been none.
    pub userinfo: Option<Map<String, Value>>,
    /// Whether UserInfo was read after that ID token.
    pub userinfo_is_newer: bool,
}

/// The roles in a verified access token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRoles {
    /// The roles.
    pub roles: Vec<String>,
    /// Whether the token has any of the claims with roles.
    #[serde(default)]
    pub is_there: bool,
    /// Set while a newer access token could not be verified because its key is unknown: when the roles end, in Unix
    /// seconds.
    #[serde(default)]
    pub until: Option<UnixSecs>,
}

impl TokenRoles {
    /// Removes roles that do not hold any more at a time, in Unix seconds.
    pub(crate) fn expire(&mut self, now: UnixSecs) {
        if self.until.is_some_and(|until| until <= now) {
            self.roles.clear();
        }
    }
}

impl Default for SessionRecord {
    /// An empty record of today's version.
    fn default() -> Self {
        Self {
            v: VERSION,
            claims: Map::new(),
            sources: Sources::default(),
            token_roles: None,
            claims_read_at: 0,
            profile_warning: None,
            granted_scopes: Vec::new(),
            asked_scopes: Vec::new(),
            asked_for: BTreeMap::new(),
            signed_in_at: 0,
            auth_time: None,
            amr: Vec::new(),
            acr: None,
            nonce: String::new(),
            flash: None,
            flash_is_good: false,
            history: Vec::new(),
            kept_forms: Vec::new(),
            outcomes: Vec::new(),
            reports: Vec::new(),
            doctor: None,
        }
    }
}

impl SessionRecord {
    /// Takes over what outlasts another sign-in of the same user in the same session.
    pub fn carry_on(&mut self, before: &Self) {
        self.history.clone_from(&before.history);
        self.flash.clone_from(&before.flash);
        self.flash_is_good = before.flash_is_good;
        self.kept_forms.clone_from(&before.kept_forms);
        self.outcomes.clone_from(&before.outcomes);
        self.reports.clone_from(&before.reports);
        for (api, scopes) in &before.asked_for {
            let own = self.asked_for.entry(api.clone()).or_default();
            let new: Vec<_> = scopes.iter().filter(|scope| !own.contains(scope)).cloned().collect();
            own.extend(new);
        }
        let asked = std::mem::replace(&mut self.asked_scopes, before.asked_scopes.clone());
        for scope in asked {
            if !self.asked_scopes.contains(&scope) {
                self.asked_scopes.push(scope);
            }
        }
    }

    /// Whether this sign-in has one of these authentication context classes (any, if there are none) and happened at most
    /// `max_age_secs` before `now`, in Unix seconds (RFC 9470 3). For the scope of a challenge see
    /// [`Self::lacks_scope`].
    pub fn meets(&self, acr_values: &[String], max_age_secs: Option<u32>, now: UnixSecs) -> bool {
        let is_strong = acr_values.is_empty()
            || self.acr.as_ref().is_some_and(|acr| acr_values.iter().any(|wanted| wanted == acr));
        // Exact to the second, so that an API which counts the same way is not contradicted. A shorter age is raised to
        // the leeway: the redirect back from a sign-in takes a moment.
        let is_within = |max_age: u32, time| {
            (now - i64::from(max_age).max(LEEWAY_SECS)..=now + LEEWAY_SECS).contains(&time)
        };
        let is_fresh = |max_age| self.auth_time.is_some_and(|time| is_within(max_age, time));
        is_strong && max_age_secs.is_none_or(is_fresh)
    }

    /// Whether any of these scopes, separated by spaces, was not granted: neither with the sign-in nor with an access
    /// token. Only the token responses for further APIs name the scopes granted there.
    pub fn lacks_scope(&self, tokens: &TokenSet, scope: &str) -> bool {
        let is_granted = |scope: &str| {
            let of_tokens = tokens.access.values().flat_map(|access| &access.scopes);
            self.granted_scopes.iter().chain(of_tokens).any(|granted| granted == scope)
        };
        each_scope(scope).any(|scope| !is_granted(scope))
    }

    /// Whether any of these scopes, separated by spaces, was requested in this session and not granted.
    pub fn was_refused(&self, tokens: &TokenSet, scope: &str) -> bool {
        let was_requested = |scope: &str| self.asked_scopes.iter().any(|asked| asked == scope);
        each_scope(scope).any(|scope| was_requested(scope) && self.lacks_scope(tokens, scope))
    }
}

impl SealedColumn for SessionRecord {
    const NAME: &str = "record";
}

/// The scopes of a space-separated list.
fn each_scope(list: &str) -> impl Iterator<Item = &str> {
    list.split(' ').filter(|scope| !scope.is_empty())
}

/// Claims are personal data and the nonce is confidential: neither is printed.
impl fmt::Debug for SessionRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRecord")
            .field("v", &self.v)
            .field("claims", &format_args!("[{} redacted]", self.claims.len()))
            .field("signed_in_at", &self.signed_in_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use claimcheck_base::secret::Secret;

    use super::*;

    fn record(acr: Option<&str>, auth_time: Option<i64>) -> SessionRecord {
        SessionRecord { acr: acr.map(str::to_owned), auth_time, ..Default::default() }
    }

    #[test]
    fn ac_08_a_demand_is_met_by_its_class_and_its_age_and_nothing_less() {
        let values = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        for (acr_values, max_age_secs, record, expected) in [
            (values(&[]), None, record(None, None), true),
            (values(&["gold", "silver"]), None, record(Some("silver"), None), true),
            (values(&["gold"]), None, record(Some("Gold"), Some(1000)), false),
            (values(&["gold"]), None, record(None, Some(1000)), false),
            (values(&[]), Some(300), record(None, Some(1000 - 300)), true),
            (values(&[]), Some(300), record(None, Some(1000 - 301)), false),
            (values(&[]), Some(5), record(None, Some(1000 - LEEWAY_SECS)), true),
            (values(&[]), Some(5), record(None, Some(1000 - 1 - LEEWAY_SECS)), false),
            (values(&[]), Some(0), record(None, Some(1000)), true),
            (values(&[]), Some(0), record(None, None), false),
            (values(&[]), Some(300), record(None, Some(1001 + LEEWAY_SECS)), false),
            (values(&["gold"]), Some(300), record(Some("gold"), Some(100)), false),
            (values(&["gold"]), Some(300), record(Some("gold"), Some(900)), true),
        ] {
            let met = record.meets(&acr_values, max_age_secs, 1000);
            assert_eq!(met, expected, "{acr_values:?} {max_age_secs:?} by {record:?}");
        }
    }

    #[test]
    fn ac_06_a_scope_that_was_refused_is_told_from_one_that_was_never_asked_for() {
        let scopes = |text: &str| each_scope(text).map(str::to_owned).collect();
        let record = SessionRecord {
            asked_scopes: scopes("openid a b"),
            granted_scopes: scopes("openid a c"),
            ..Default::default()
        };
        let none = TokenSet::new(Secret::new("t"));
        for (scope, lacks, refused) in [
            ("a", false, false),
            ("b", true, true),
            ("x", true, false),
            ("c", false, false),
            ("a b", true, true),
        ] {
            assert_eq!(
                (record.lacks_scope(&none, scope), record.was_refused(&none, scope)),
                (lacks, refused),
                "{scope}"
            );
        }
    }
}
