//! Differences between providers, all in one place. They are decided here from the settings and the discovery document;
//! all other code asks. Workarounds for the openidconnect crate are in `openidconnect_adapter.rs` instead.

use serde_json::{Map, Value};
use url::Url;

use crate::{
    metadata::Metadata,
    settings::{ClientAuth, ClientSettings, LogoutTokenTyp},
    token_endpoint::TokenTarget,
};

/// Claims that change with every ID token, or that some providers change along with any other claim, and that have no
/// meaning for users: `uti`, `aio` and `rh` of Entra, `session_state` of Keycloak.
pub const VOLATILE_CLAIMS: [&str; 8] =
    ["updated_at", "c_hash", "s_hash", "session_state", "uti", "aio", "rh", "_claim_sources"];

/// Claims that are Unix seconds according to the specification (OpenID Connect Core 2, 5.1).
const TIME_CLAIMS: [&str; 2] = ["updated_at", "auth_time"];

/// The advice if no refresh token was requested.
pub(crate) const ASK_FOR_REFRESH_TOKENS: &str = "\
     none was asked for: add offline_access to CLAIMCHECK_SCOPES (at Google set \
     CLAIMCHECK_AUTHORIZE_PARAMS=access_type=offline&prompt=consent)";
/// The advice if the provider has no scope `offline_access`.
pub(crate) const FIND_OFFLINE_ACCESS: &str = "\
     the provider's discovery document does not list the scope offline_access: look up what it wants instead (at \
     Google CLAIMCHECK_AUTHORIZE_PARAMS=access_type=offline&prompt=consent)";
/// The advice if the provider issued no refresh token although one was requested.
pub(crate) const ALLOW_REFRESH_TOKENS: &str = "\
     it was asked for: allow refresh tokens for this client at the provider (Auth0: Allow Offline Access at the API \
     and the Refresh Token grant at the application; Okta and Entra: the grant type and the scope offline_access; \
     Keycloak: the role offline_access)";

/// How this client talks to this provider.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Quirks<'a> {
    /// Some providers accept `client_secret_post` only. The setting decides; without it, what the provider offers.
    /// `client_secret_basic` if it offers that or does not say (Discovery 3, `token_endpoint_auth_methods_supported`).
    pub client_auth: ClientAuth,
    /// Providers that follow OpenID Connect Core 11 to the letter, such as node-oidc-provider, ignore `offline_access`
    /// without consent. The settings can override this.
    pub prompt: Option<&'static str>,
    /// Auth0: a sign-in names its API as `audience`, not as `resource`.
    pub audience: Option<&'a str>,
    /// Google: offline access is requested with a parameter, not with a scope.
    pub asks_for_refresh_token: bool,
    /// Whether the provider supports refresh tokens. Assumed if it does not say.
    pub has_refresh_tokens: bool,
    /// Google has no scope `offline_access`. Assumed to exist if the provider lists no scopes.
    pub has_offline_access: bool,
    /// Providers from before Back-Channel Logout 1.0 was final, and the conformance suite, use `JWT` or no type.
    pub allows_untyped_logout_tokens: bool,
}

impl<'a> Quirks<'a> {
    /// Determined from the settings and, if available, the discovery document.
    pub(crate) fn of(settings: &'a ClientSettings, metadata: Option<&Metadata>) -> Self {
        let has_scope = settings.scopes.iter().any(|scope| scope == "offline_access");
        let params = &settings.authorize_params;
        let has_prompt = params.iter().any(|(name, _)| name == "prompt");
        let has_access_type = params.iter().any(|(name, value)| name == "access_type" && value == "offline");
        let grants = metadata.and_then(|metadata| metadata.grant_types.as_ref());
        let scopes = metadata.and_then(|metadata| metadata.scopes.as_ref());
        Self {
            client_auth: settings.client_auth.unwrap_or_else(|| offered_auth(metadata)),
            prompt: (has_scope && !has_prompt).then_some("consent"),
            audience: settings.audience.as_deref(),
            asks_for_refresh_token: has_scope || has_access_type,
            has_refresh_tokens: grants.is_none_or(|grants| lists(grants, "refresh_token")),
            has_offline_access: scopes.is_none_or(|scopes| lists(scopes, "offline_access")),
            allows_untyped_logout_tokens: settings.logout_token_typ == LogoutTokenTyp::Lenient,
        }
    }

    /// Auth0: a refresh for another API names it as `audience`. The sign-in's own API needs no parameter, because the
    /// grant is for it.
    pub(crate) fn audience_at_refresh<'t>(&self, target: &TokenTarget<'t>) -> Option<&'t str> {
        target.audience.filter(|_| !target.is_of_sign_in)
    }

    /// Whether this `typ` is acceptable for a logout token (Back-Channel Logout 1.0, 2.4).
    pub(crate) fn is_logout_typ(&self, typ: Option<&str>) -> bool {
        match typ {
            Some("logout+jwt") => true,
            Some("jwt") | None => self.allows_untyped_logout_tokens,
            Some(_) => false,
        }
    }
}

/// The `logout_hint` of a sign-out without an ID token (RP-Initiated Logout 1.0, 2): the provider's session, or what
/// Entra calls `login_hint`. Never an e-mail address: the hint is part of a URL.
pub(crate) fn logout_hint<'c>(settings: &ClientSettings, claims: &'c Map<String, Value>) -> Option<&'c str> {
    let sid = claims.get("sid").and_then(Value::as_str).filter(|sid| is_opaque(sid));
    let login_hint = login_hint(claims);
    if is_entra(&settings.issuer) { login_hint.or(sid) } else { sid.or(login_hint) }
}

/// Entra's claim `login_hint`, an opaque text that its end session endpoint expects as `logout_hint`.
pub(crate) fn login_hint(claims: &Map<String, Value>) -> Option<&str> {
    claims.get("login_hint").and_then(Value::as_str).filter(|hint| is_opaque(hint))
}

fn is_opaque(hint: &str) -> bool {
    !hint.is_empty() && !hint.contains(['@', ' '])
}

/// Whether the issuer is Microsoft's: Entra ID in any of its clouds, or Entra External ID.
pub fn is_entra(issuer: &str) -> bool {
    const HOSTS: [&str; 5] = [
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
        "sts.windows.net",
        ".ciamlogin.com",
    ];
    let issuer = Url::parse(issuer).ok();
    let host = issuer.as_ref().and_then(Url::host_str).unwrap_or_default();
    HOSTS.iter().any(|known| host == *known || known.starts_with('.') && host.ends_with(known))
}

fn lists(list: &[String], value: &str) -> bool {
    list.iter().any(|found| found == value)
}

/// The `prompt` with which a user can choose another account than that of the provider's session, in addition to the
/// consent that `before` asks for. Google and Entra have a page for that; others show their login page.
pub(crate) fn other_account_prompt(issuer: &str, before: &str) -> String {
    let has_page = ["https://accounts.google.com", "https://login.microsoftonline.com/"];
    let prompt =
        if has_page.iter().any(|begin| issuer.starts_with(begin)) { "select_account" } else { "login" };
    let asks_consent = before.split(' ').any(|word| word == "consent");
    if asks_consent { format!("{prompt} consent") } else { prompt.to_owned() }
}

fn offered_auth(metadata: Option<&Metadata>) -> ClientAuth {
    let methods = metadata.and_then(|metadata| metadata.token_endpoint_auth_methods.as_ref());
    let offers = |method| methods.is_some_and(|methods| lists(methods, method));
    let is_post_only = offers("client_secret_post") && !offers("client_secret_basic");
    if is_post_only { ClientAuth::Post } else { ClientAuth::Basic }
}

/// The `amr` of an ID token: a list (OpenID Connect Core 2). Some providers write a list of one value as a string.
pub(crate) fn amr(claims: &Map<String, Value>) -> Vec<String> {
    match claims.get("amr") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(one)) => vec![one.clone()],
        _ => Vec::new(),
    }
}

/// A duration that is not written as a whole number: some providers write it as a text of digits, others as a fraction,
/// which is truncated. `None` leaves everything else to the rules for numbers.
pub(crate) fn whole_secs(value: &Value) -> Option<u64> {
    match value {
        Value::String(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().unwrap_or(u64::MAX))
        }
        Value::Number(number) if !number.is_u64() => {
            number.as_f64().filter(|secs| (0.0..1e15).contains(secs)).map(|secs| secs as u64)
        }
        _ => None,
    }
}

/// A claim value that may be a time.
pub enum ClaimTime<'a> {
    /// A NumericDate (RFC 7519 2).
    UnixSecs(f64),
    /// Perhaps a date or a date-time.
    Text(&'a str),
}

/// A claim that may be a time: Unix seconds where the specification says so (OpenID Connect Core 2, 5.1). Auth0 writes
/// `updated_at` as a date-time, and other providers do so in their own claims.
pub fn claim_time<'a>(name: &str, value: &'a Value) -> Option<ClaimTime<'a>> {
    match value {
        Value::Number(secs) if TIME_CLAIMS.contains(&name) => secs.as_f64().map(ClaimTime::UnixSecs),
        Value::String(text) => Some(ClaimTime::Text(text)),
        _ => None,
    }
}

/// RFC 7517 4.3: some providers list what a key is for. A key that is not for verification must not be tried.
pub(crate) fn may_verify(key: &Value) -> bool {
    let ops = key.get("key_ops");
    ops.is_none_or(|ops| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify")))
}

/// The issuer that a key belongs to, as Entra's key sets name it. Texts that are no URL mean something else.
pub(crate) fn issuer_of_key(key: &Value) -> Option<String> {
    let issuer = key.get("issuer")?.as_str()?;
    ["https://", "http://"].iter().any(|scheme| issuer.starts_with(scheme)).then(|| issuer.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{client_settings, metadata};

    #[test]
    fn a_client_authenticates_as_configured_else_as_the_provider_offers() {
        let offering =
            |methods: &[&str]| metadata(json!({ "token_endpoint_auth_methods_supported": methods }));
        let mut settings = client_settings();
        for (methods, expected) in [
            (&["client_secret_post"][..], ClientAuth::Post),
            (&["client_secret_post", "client_secret_basic"], ClientAuth::Basic),
            (&["private_key_jwt"], ClientAuth::Basic),
        ] {
            assert_eq!(Quirks::of(&settings, Some(&offering(methods))).client_auth, expected, "{methods:?}");
        }
        assert_eq!(Quirks::of(&settings, Some(&metadata(json!({})))).client_auth, ClientAuth::Basic);
        settings.client_auth = Some(ClientAuth::Basic);
        assert_eq!(
            Quirks::of(&settings, Some(&offering(&["client_secret_post"]))).client_auth,
            ClientAuth::Basic
        );
    }

    #[test]
    fn lr_02_offline_access_comes_with_consent_unless_the_settings_say_otherwise() {
        let mut settings = client_settings();
        assert_eq!(Quirks::of(&settings, None).prompt, None);
        settings.scopes.push("offline_access".to_owned());
        assert_eq!(Quirks::of(&settings, None).prompt, Some("consent"));
        settings.authorize_params.push(("prompt".to_owned(), "login".to_owned()));
        assert_eq!(Quirks::of(&settings, None).prompt, None);
    }

    #[test]
    fn another_account_is_chosen_on_the_page_that_the_provider_has_for_it() {
        assert_eq!(other_account_prompt("https://accounts.google.com", "consent"), "select_account consent");
        assert_eq!(
            other_account_prompt("https://login.microsoftonline.com/t/v2.0", "none"),
            "select_account"
        );
        assert_eq!(other_account_prompt("https://id.example/realms/a", ""), "login");
    }

    #[test]
    fn an_audience_is_named_at_a_refresh_for_another_api_only() {
        let settings = client_settings();
        let quirks = Quirks::of(&settings, None);
        let target =
            |is_of_sign_in| TokenTarget { resource: None, audience: Some("a"), scopes: &[], is_of_sign_in };
        assert_eq!(quirks.audience_at_refresh(&target(true)), None);
        assert_eq!(quirks.audience_at_refresh(&target(false)), Some("a"));
    }

    #[test]
    fn r34_digits_and_fractions_are_numbers_and_nothing_else_is() {
        for (value, expected) in [
            (json!("3600"), Some(3600)),
            (json!("0"), Some(0)),
            (json!("007"), Some(7)),
            (json!("99999999999999999999999"), Some(u64::MAX)),
            (json!(3600.9), Some(3600)),
            (json!(0.5), Some(0)),
        ] {
            assert_eq!(whole_secs(&value), expected, "{value}");
        }
        for value in
            [json!(""), json!("-1"), json!("+1"), json!(" 1"), json!("1e3"), json!("1.5"), json!("soon")]
        {
            assert_eq!(whole_secs(&value), None, "{value}");
        }
        for value in [json!(3600), json!(-1), json!(-0.5), json!(1e30), json!(null), json!(true), json!([1])]
        {
            assert_eq!(whole_secs(&value), None, "{value}");
        }
    }

    #[test]
    fn it_18_amr_is_a_list_or_one_text() {
        let of = |value: Value| amr(&[("amr".to_owned(), value)].into_iter().collect());
        assert_eq!(of(json!(["pwd", 1, "otp"])), ["pwd", "otp"]);
        assert_eq!(of(json!("pwd")), ["pwd"]);
        assert!(of(json!({ "pwd": 1 })).is_empty() && of(json!(1)).is_empty() && amr(&Map::new()).is_empty());
    }

    #[test]
    fn jd_10_a_key_verifies_unless_its_operations_leave_that_out() {
        for (key, expected) in [
            (json!({}), true),
            (json!({ "key_ops": ["verify"] }), true),
            (json!({ "key_ops": ["sign", "verify"] }), true),
            (json!({ "key_ops": ["sign"] }), false),
            (json!({ "key_ops": [] }), false),
            (json!({ "key_ops": "verify" }), false),
        ] {
            assert_eq!(may_verify(&key), expected, "{key}");
        }
    }

    #[test]
    fn lo_12_a_logout_token_has_its_type_or_in_lenient_mode_none() {
        let mut settings = client_settings();
        for (typ, lenient, strict) in [
            (Some("logout+jwt"), true, true),
            (Some("jwt"), true, false),
            (None, true, false),
            (Some("at+jwt"), false, false),
        ] {
            settings.logout_token_typ = LogoutTokenTyp::Lenient;
            assert_eq!(Quirks::of(&settings, None).is_logout_typ(typ), lenient, "{typ:?}");
            settings.logout_token_typ = LogoutTokenTyp::Strict;
            assert_eq!(Quirks::of(&settings, None).is_logout_typ(typ), strict, "{typ:?}");
        }
    }
}
