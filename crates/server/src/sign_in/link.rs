//! What the query of the sign-in route asks for. Our own links name a page to return to, and perhaps sealed options. Links
//! from elsewhere start a sign-in, too: of the provider's portal (OpenID Connect Core 4), or of an invitation with the
//! parameters that the settings let through. They choose nothing about how the user signs in.

use axum::http::request::Parts;
use claimcheck_base::clock::UnixSecs;
use claimcheck_model::paths;
use claimcheck_oidc::{id_token::LEEWAY_SECS, issuer::issuers};
use claimcheck_session::SignedIn;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::{
    Url,
    form_urlencoded::{self, byte_serialize},
};

use crate::{
    config::Settings,
    guard::ClientAddress,
    sign_in::{
        SignIn, authorization_options::AuthorizationOptions, problem::SignInProblem, return_to::return_target,
    },
};

const ISS: &str = "iss";
const TARGET: &str = "target_link_uri";
const LOGIN_HINT: &str = "login_hint";
/// Parameters that name another account or organization than the signed-in one.
const NAMES_ANOTHER: [&str; 3] = [LOGIN_HINT, "organization", "invitation"];
/// The longest value that is passed on, and the longest of all of them together, as they are written into a URL: they are
/// also sealed into `state`.
const VALUE_MAX_LEN: usize = 512;
const VALUES_MAX_LEN: usize = 1024;
/// The longest query that a form is turned into.
const QUERY_MAX_LEN: usize = 4096;
const CONTEXT: &str = "replace session";
/// How long the page that asks may stay open.
const CONFIRMED_SECS: i64 = 600;

/// A link to the sign-in.
#[derive(Debug, Default)]
pub struct SignInLink {
    return_to: String,
    /// See `paths::ASK`.
    ask: Option<String>,
    /// See `paths::OTHER_ACCOUNT`.
    is_other_account: bool,
    /// Whether it names the issuer, as the provider's portal does.
    has_issuer: bool,
    target_link_uri: Option<String>,
    /// Parameters for the provider, each once.
    passed: Vec<(String, String)>,
    confirmed: Option<String>,
}

/// The user who agreed to replace a session, and by what.
#[derive(Serialize, Deserialize)]
struct Confirmed {
    at: UnixSecs,
    person: String,
    link: [u8; 32],
}

impl SignInLink {
    /// Parses the query of the sign-in route. Parameters that are not known or not allowed are ignored.
    ///
    /// # Errors
    /// `Malformed` if a parameter is repeated, `ForeignIssuer` if the link is for another provider.
    pub fn parse(query: &str, settings: &Settings) -> Result<Self, SignInProblem> {
        let mut link = Self::default();
        let mut seen: Vec<String> = Vec::new();
        let mut login_hint = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
            let passes = settings.pass_params.contains(&name);
            if !passes && !is_own(&name) {
                continue;
            }
            if seen.contains(&name) {
                return Err(SignInProblem::Malformed("a parameter of the link is repeated"));
            }
            match name.as_str() {
                "return_to" => link.return_to.clone_from(&value),
                paths::ASK => link.ask = Some(value),
                paths::ACCOUNT_CHOICE => link.is_other_account = value == paths::OTHER_ACCOUNT,
                paths::CONFIRMED => link.confirmed = Some(value),
                TARGET => link.target_link_uri = Some(value),
                ISS if !settings.is_issuer(&value) => return Err(SignInProblem::ForeignIssuer),
                ISS => link.has_issuer = true,
                LOGIN_HINT if !passes => login_hint = Some(value),
                _ => link.pass(name.clone(), value),
            }
            seen.push(name);
        }
        // Core 4: it comes with the issuer.
        if let Some(hint) = login_hint.filter(|_| link.has_issuer) {
            link.pass(LOGIN_HINT.to_owned(), hint);
        }
        Ok(link)
    }

    fn pass(&mut self, name: String, value: String) {
        let length = |value: &str| byte_serialize(value.as_bytes()).map(str::len).sum::<usize>();
        let before: usize = self.passed.iter().map(|(_, value)| length(value)).sum();
        let more = length(&value);
        if more > VALUE_MAX_LEN || before + more > VALUES_MAX_LEN {
            tracing::info!(event = "parameter not passed on", name, length = more, "its value is too long");
        } else if !value.is_empty() && !value.contains(char::is_control) {
            self.passed.push((name, value));
        }
    }

    /// The page to return to: a path of this site. A target on another site becomes the home page (Core 4).
    pub fn target(&self, settings: &Settings) -> String {
        match &self.target_link_uri {
            Some(target) => return_target(&local_part(target, settings).unwrap_or_default()),
            None => return_target(&self.return_to),
        }
    }

    /// Whether it can come from elsewhere. A signed-in user then has no need to sign in again.
    pub fn begins_elsewhere(&self) -> bool {
        self.has_issuer || self.target_link_uri.is_some() || !self.passed.is_empty()
    }

    /// Whether it may be about another account than the signed-in one.
    pub fn names_another(&self) -> bool {
        self.passed.iter().any(|(name, _)| NAMES_ANOTHER.contains(&name.as_str()))
    }

    /// The options of the authorization request.
    pub fn options(&self, sign_in: &SignIn, signed_in: Option<&SignedIn>) -> AuthorizationOptions {
        if self.begins_elsewhere() || self.is_other_account {
            // For an account that is not known yet, so without the options of the current session.
            return AuthorizationOptions::from_elsewhere(self.is_other_account, self.passed.clone());
        }
        AuthorizationOptions::of(sign_in, signed_in, self.ask.as_deref())
    }

    /// The same link, with the agreement of this user that it replaces their session. Sealed, so that no other site can
    /// make it.
    pub fn to_confirm(&self, sign_in: &SignIn, signed_in: &SignedIn) -> Option<String> {
        let target = self.target(&sign_in.settings);
        let confirmed = Confirmed {
            at: sign_in.clock.now(),
            person: signed_in.owner.person(),
            link: self.digest(&target),
        };
        let plain = serde_json::to_vec(&confirmed).ok()?;
        let sealed = sign_in.sessions.keyring().seal_text(CONTEXT, &plain).ok()?;
        let issuer = issuers(&sign_in.settings.issuer, &sign_in.settings.tenants).into_iter().next();
        let mut pairs = vec![("return_to", target.as_str())];
        // `login_hint` needs the issuer.
        pairs.extend(issuer.as_deref().filter(|_| self.has_issuer).map(|iss| (ISS, iss)));
        pairs.extend(self.passed.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        pairs.push((paths::CONFIRMED, &sealed));
        Some(paths::with_query(&paths::SIGN_IN.href(), &pairs))
    }

    /// Whether this user has agreed to it a short while ago.
    pub fn is_confirmed(&self, sign_in: &SignIn, signed_in: &SignedIn) -> bool {
        let sealed =
            self.confirmed.as_deref().and_then(|text| sign_in.sessions.keyring().open_text(CONTEXT, text));
        let confirmed = sealed.and_then(|plain| serde_json::from_slice::<Confirmed>(&plain).ok());
        confirmed.is_some_and(|confirmed| {
            (-LEEWAY_SECS..CONFIRMED_SECS).contains(&(sign_in.clock.now() - confirmed.at))
                && confirmed.person == signed_in.owner.person()
                && confirmed.link == self.digest(&self.target(&sign_in.settings))
        })
    }

    fn digest(&self, target: &str) -> [u8; 32] {
        Sha256::digest(format!("{target:?} {:?}", self.passed)).into()
    }
}

/// Whether a parameter is one of the route itself.
fn is_own(name: &str) -> bool {
    let own = ["return_to", paths::ASK, paths::ACCOUNT_CHOICE, paths::CONFIRMED, ISS, TARGET, LOGIN_HINT];
    own.contains(&name)
}

/// Path and query of a URL on this site.
fn local_part(target: &str, settings: &Settings) -> Option<String> {
    let url = Url::parse(target).ok()?;
    let is_ours =
        url.origin() == settings.public_url.origin() && url.username().is_empty() && url.password().is_none();
    if !is_ours {
        tracing::info!(event = "target ignored", "the target_link_uri of a sign-in is not on this site");
        return None;
    }
    Some(url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
}

/// The same link as a `GET`, from the form of another site (Core 4): with the known parameters only.
///
/// # Errors
/// `TooMany` if there were too many from this client, `Malformed` if the form is too long.
pub fn of_form(sign_in: &SignIn, by: &Parts, body: &[u8]) -> Result<String, SignInProblem> {
    sign_in.forms.count(ClientAddress::of(&by.extensions))?;
    let is_known = |name: &str| {
        [ISS, TARGET, LOGIN_HINT].contains(&name) || sign_in.settings.pass_params.iter().any(|it| it == name)
    };
    let pairs: Vec<_> =
        form_urlencoded::parse(body).into_owned().filter(|(name, _)| is_known(name)).collect();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let link = paths::with_query(&paths::SIGN_IN.href(), &pairs);
    if link.len() > QUERY_MAX_LEN {
        return Err(SignInProblem::Malformed("the form is too long"));
    }
    Ok(link)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::accepts;

    fn settings() -> Settings {
        accepts(&[("CLAIMCHECK_PASS_PARAMS", "organization invitation")])
    }

    fn parse(query: &str) -> Result<SignInLink, SignInProblem> {
        SignInLink::parse(query, &settings())
    }

    #[test]
    fn r36_a_target_is_of_this_site_or_becomes_home() {
        let target = |target: &str| {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair(TARGET, target).finish();
            parse(&query).unwrap().target(&settings())
        };
        assert_eq!(target("http://localhost:3000/boards/orders?q=a"), "/boards/orders?q=a");
        assert_eq!(target("HTTP://LOCALHOST:3000/account"), "/account");
        for foreign in [
            "https://localhost:3000/account",
            "http://localhost:3001/account",
            "http://localhost:3000@evil.example/account",
            "http://user@localhost:3000/account",
            "http://localhost.evil.example:3000/account",
            "http://localhost:3000/auth/sign-out",
            "http://localhost:3000//evil.example",
            "//localhost:3000/account",
            "/account",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(target(foreign), "/", "{foreign}");
        }
    }

    #[test]
    fn r36_only_what_is_allowed_passes_and_login_hint_needs_the_issuer() {
        let issuer = "iss=https%3A%2F%2Flogin.example.com%2F";
        let passed = |query: &str| parse(query).unwrap().passed;
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            passed("organization=o&x=y&prompt=none&invitation=i"),
            [pair("organization", "o"), pair("invitation", "i")]
        );
        assert_eq!(passed(&format!("login_hint=ada&{issuer}")), [pair(LOGIN_HINT, "ada")]);
        assert!(passed("login_hint=ada&ui_hint=b&scope=admin&client_id=x").is_empty());
        assert!(passed("organization=").is_empty() && passed("organization=a%0ab").is_empty());
        assert!(matches!(parse("iss=https%3A%2F%2Flogin.example.com"), Err(SignInProblem::ForeignIssuer)));
        assert!(matches!(parse("iss="), Err(SignInProblem::ForeignIssuer)));
        assert!(matches!(parse(&format!("{issuer}&{issuer}")), Err(SignInProblem::Malformed(_))));
        assert!(matches!(parse("organization=a&organization=b"), Err(SignInProblem::Malformed(_))));
        assert!(parse("x=1&x=2").is_ok(), "not known");
    }

    #[test]
    fn r39_a_value_that_is_too_long_as_it_is_written_into_a_url_is_not_passed_on() {
        let passed = |organization: &str, invitation: &str| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("organization", organization).append_pair("invitation", invitation);
            let link = parse(&query.finish()).unwrap();
            link.passed.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
        };
        let longest = "x".repeat(VALUE_MAX_LEN);
        assert_eq!(passed(&longest, &longest), ["organization", "invitation"]);
        assert_eq!(passed(&format!("{longest}x"), "i"), ["invitation"]);
        // One letter of two bytes becomes six characters.
        assert_eq!(passed(&"é".repeat(VALUE_MAX_LEN / 6), "i"), ["organization", "invitation"]);
        assert_eq!(passed(&"é".repeat(VALUE_MAX_LEN / 6 + 1), "i"), ["invitation"]);
    }
}
