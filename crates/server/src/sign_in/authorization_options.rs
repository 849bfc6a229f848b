//! What a sign-in requests in addition to the settings: a missing scope, or a sign-in as strong and as fresh as an API
//! requires (RFC 9470 4). The options are sealed, so that only our own links can set them.

use std::collections::BTreeMap;

use claimcheck_base::clock::UnixSecs;
use claimcheck_model::{AccessDenied, AppError, StepUpChallenge, paths};
use claimcheck_oidc::id_token::{LEEWAY_SECS, ValidIdToken};
use claimcheck_session::{DEFAULT_API, Owner, SignedIn, person};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    config::Settings,
    sign_in::{SignIn, doctor_run::DoctorRun, problem::SignInProblem},
};

const CONTEXT: &str = "ask";
/// The lifetime of such a link: its page may stay open for a long time.
const LIFETIME_SECS: i64 = 86_400;
/// The longest text of scopes that this session was granted beside those of the settings, and that are requested again.
const SCOPES_AGAIN_MAX_LEN: usize = 512;

/// What one authorization request asks for in addition to the settings. Sealed into URLs, so what is not set is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthorizationOptions {
    /// Scopes that are not in the settings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// The ID token's `acr` must be one of these; any, if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acr_values: Vec<String>,
    /// The user must have authenticated at most this many seconds before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_secs: Option<u32>,
    /// Whether the provider must let the user choose the account.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_other_account: bool,
    /// Parameters of a link from elsewhere that the settings let through.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<(String, String)>,
    /// Those of the scopes that an API demanded and that the settings do not name, by the id of that API.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub asked_for: BTreeMap<String, Vec<String>>,
    /// The run of `claimcheck doctor --sign-in` that the sign-in is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<DoctorRun>,
    /// The user who must come back; any, if not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Ask {
    at: UnixSecs,
    asked: AuthorizationOptions,
}

impl AuthorizationOptions {
    /// The options of a sign-in while a user is signed in: the further scopes that this session was granted before, and
    /// the content of `ask`. Sealed options that cannot be opened, are old, or were made for another user are ignored.
    pub fn of(sign_in: &SignIn, signed_in: Option<&SignedIn>, ask: Option<&str>) -> Self {
        let Some(signed_in) = signed_in else { return Self::default() };
        let mut asked = ask.and_then(|ask| open(sign_in, &signed_in.owner, ask)).unwrap_or_default();
        // The settings may have changed since the link was made.
        let settings = &sign_in.settings;
        asked.scopes.retain(|scope| settings.apis.all().any(|api| settings.may_demand(&api.id, scope)));
        let record = &signed_in.record;
        let of_settings = &sign_in.settings.scopes;
        let before = record
            .asked_scopes
            .iter()
            .filter(|scope| !of_settings.contains(scope) && !record.lacks_scope(&signed_in.tokens, scope));
        asked.add_scopes(&sign_in.settings, within(SCOPES_AGAIN_MAX_LEN, before).iter().copied());
        asked
    }

    /// The options of a sign-in for a user who is not known yet.
    pub(super) fn from_elsewhere(is_other_account: bool, passed: Vec<(String, String)>) -> Self {
        Self { is_other_account, passed, ..Self::default() }
    }

    /// The options of the sign-in of a run: the user chooses the account.
    pub(super) fn for_run(run: DoctorRun) -> Self {
        Self { is_other_account: true, run: Some(run), ..Self::default() }
    }

    /// Whether a user asked for more access, or for the stronger sign-in that an API requires.
    pub fn is_step_up(&self) -> bool {
        self.person.is_some()
    }

    fn to_meet(sign_in: &SignIn, signed_in: &SignedIn, api: &str, demand: &StepUpChallenge) -> Self {
        let mut asked = Self {
            scopes: Vec::new(),
            acr_values: demand.acr_values.clone(),
            max_age_secs: demand.max_age_secs,
            person: Some(signed_in.owner.person()),
            ..Self::default()
        };
        // Offline access is up to the settings, not to an API.
        let wanted = words(demand.scope.as_deref()).filter(|scope| *scope != "offline_access");
        asked.add_scopes(&sign_in.settings, wanted.map(str::to_owned).collect::<Vec<_>>().iter());
        let unnamed = asked.scopes.iter().filter(|scope| !sign_in.settings.names_scope(scope));
        let unnamed: Vec<_> = unnamed.filter(|_| api != DEFAULT_API).cloned().collect();
        if !unnamed.is_empty() {
            asked.asked_for.insert(api.to_owned(), unnamed);
        }
        asked
    }

    fn add_scopes<'a>(&mut self, settings: &Settings, scopes: impl Iterator<Item = &'a String>) {
        for scope in scopes.filter(|scope| *scope != "openid" && !settings.scopes.contains(scope)) {
            if !self.scopes.contains(scope) {
                self.scopes.push(scope.clone());
            }
        }
    }

    /// Every scope of the authorization request except `openid`, which the settings may omit: each once.
    pub fn all_scopes(&self, settings: &Settings) -> Vec<String> {
        let mut all = settings.scopes.clone();
        all.extend(self.scopes.iter().filter(|scope| !settings.scopes.contains(scope)).cloned());
        all
    }

    /// The link that requests the same again and then redirects to `target`.
    pub fn link(&self, sign_in: &SignIn, target: &str) -> String {
        let plain = Ask { at: sign_in.clock.now(), asked: self.clone() };
        let sealed = self.person.as_ref().and_then(|_| serde_json::to_vec(&plain).ok());
        let sealed = sealed.and_then(|plain| sign_in.sessions.keyring().seal_text(CONTEXT, &plain).ok());
        let ask = sealed.unwrap_or_default();
        let account = if self.is_other_account { paths::OTHER_ACCOUNT } else { "" };
        let mut pairs =
            vec![("return_to", target), (paths::ASK, ask.as_str()), (paths::ACCOUNT_CHOICE, account)];
        let allowed = |name: &String| sign_in.settings.pass_params.contains(name);
        let passed = self.passed.iter().filter(|(name, _)| allowed(name));
        pairs.extend(passed.map(|(name, value)| (name.as_str(), value.as_str())));
        paths::with_query(&paths::SIGN_IN.href(), &pairs)
    }

    /// Whether this ID token belongs to the expected user and meets the requested conditions, from these options or the
    /// settings (OpenID Connect Core 3.1.3.7 (12) and (13), RFC 9470 5). `started_at` is when the authorization request
    /// was made.
    pub(super) fn check(
        &self,
        settings: &Settings,
        id_token: &ValidIdToken,
        started_at: UnixSecs,
        now: UnixSecs,
    ) -> Result<(), SignInProblem> {
        if self.person.as_ref().is_some_and(|expected| *expected != person(&id_token.iss, &id_token.sub)) {
            return Err(SignInProblem::SomebodyElse);
        }
        let acr = id_token.claims.get("acr").and_then(Value::as_str);
        let of_settings = |name: &str| {
            settings.authorize_params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        let acr_values: Vec<String> = match &self.acr_values[..] {
            [] => words(of_settings("acr_values")).map(str::to_owned).collect(),
            asked => asked.to_vec(),
        };
        if !is_strong(&acr_values, acr) {
            return Err(SignInProblem::NotAsDemanded("acr is not one of the requested values"));
        }
        let max_age_secs = self.max_age_secs.or_else(|| of_settings("max_age")?.parse().ok());
        match (max_age_secs, id_token.auth_time) {
            (Some(_), None) => Err(SignInProblem::NotAsDemanded("auth_time is missing")),
            (Some(max_age), Some(time)) if !is_fresh(max_age, time, started_at, now) => {
                Err(SignInProblem::NotAsDemanded("auth_time is not within max_age"))
            }
            _ => Ok(()),
        }
    }
}

/// The latest of these scopes that together are at most this long, in their order. An API can demand ever more scopes in
/// one session, and a URL has room for some.
fn within<'a>(max_len: usize, scopes: impl DoubleEndedIterator<Item = &'a String>) -> Vec<&'a String> {
    let mut length = 0;
    let mut kept: Vec<_> = scopes
        .rev()
        .take_while(|scope| {
            length += scope.len() + 1;
            length <= max_len
        })
        .collect();
    if length > max_len {
        tracing::info!(
            event = "scopes left out",
            "this session was granted more scopes than a URL has room for"
        );
    }
    kept.reverse();
    kept
}

fn is_strong(acr_values: &[String], acr: Option<&str>) -> bool {
    acr_values.is_empty() || acr.is_some_and(|acr| acr_values.iter().any(|wanted| wanted == acr))
}

/// The age is measured back from `from`. A time in the future proves nothing.
fn is_fresh(max_age_secs: u32, auth_time: i64, from: UnixSecs, now: UnixSecs) -> bool {
    (from - i64::from(max_age_secs) - LEEWAY_SECS..=now + LEEWAY_SECS).contains(&auth_time)
}

fn open(sign_in: &SignIn, owner: &Owner, ask: &str) -> Option<AuthorizationOptions> {
    let plain = sign_in.sessions.keyring().open_text(CONTEXT, ask)?;
    let Ask { at, asked } = serde_json::from_slice(&plain).ok()?;
    let is_of_now = (-LEEWAY_SECS..LIFETIME_SECS).contains(&(sign_in.clock.now() - at));
    (is_of_now && asked.person == Some(owner.person())).then_some(asked)
}

fn words(scope: Option<&str>) -> impl Iterator<Item = &str> {
    scope.unwrap_or_default().split(' ').filter(|word| !word.is_empty())
}

/// The link that requests the access missing for this failure and then returns to `return_to`, a path of this site;
/// `None` if requesting it would not help.
pub fn href(
    sign_in: &SignIn,
    signed_in: &SignedIn,
    api: &str,
    error: &AppError,
    return_to: &str,
) -> Option<String> {
    match error {
        AppError::Forbidden(AccessDenied::Scope(scope)) => {
            let demand = StepUpChallenge { scope: Some(scope.clone()), ..StepUpChallenge::default() };
            demand_href(sign_in, signed_in, api, &demand, return_to)
        }
        AppError::StepUp(demand) => demand_href(sign_in, signed_in, api, demand, return_to),
        _ => None,
    }
}

/// The same for a step-up challenge; `None` if this sign-in already meets it.
pub fn demand_href(
    sign_in: &SignIn,
    signed_in: &SignedIn,
    api: &str,
    demand: &StepUpChallenge,
    return_to: &str,
) -> Option<String> {
    // Also for what was stored before the settings changed.
    let may_demand = |scope: &str| scope == "offline_access" || sign_in.settings.may_demand(api, scope);
    if !words(demand.scope.as_deref()).all(may_demand) {
        return None;
    }
    let asked = AuthorizationOptions::to_meet(sign_in, signed_in, api, demand);
    let lacks = words(demand.scope.as_deref())
        .any(|scope| scope != "offline_access" && signed_in.record.lacks_scope(&signed_in.tokens, scope));
    let is_of_use =
        lacks || !signed_in.record.meets(&demand.acr_values, demand.max_age_secs, sign_in.clock.now());
    is_of_use.then(|| asked.link(sign_in, return_to))
}
