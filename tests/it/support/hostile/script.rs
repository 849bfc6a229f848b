//! The changes that a test can make to the hostile provider: one switch for each fault, all of them honest by default.
//! Only data; the endpoints read it.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use claimcheck_oidc::ClientAuth;
use serde_json::{Map, Value, json};

use super::{keys::Keys, raw::Raw};

/// The behaviour of the provider.
#[derive(Clone, Debug)]
pub struct Script {
    /// The user at the provider: signed in, without a question.
    pub person: Person,
    /// The prefixes of tokens; a serial number follows.
    pub texts: Texts,
    /// Changes to the parameters of the authorization response: `code`, `state`, `iss`, or more.
    pub callback: Changes,
    /// Granted scopes; `None` as requested.
    pub grants: Option<String>,
    /// The response to a code exchange.
    pub at_sign_in: Tokens,
    /// The response to a refresh.
    pub at_refresh: Tokens,
    pub rotation: Rotation,
    /// The APIs it knows by `resource` or `audience`, with the scopes that a response names for each. If there are
    /// none, it ignores both parameters.
    pub targets: BTreeMap<String, String>,
    /// Whether it knows these APIs by their scopes only, and refuses both parameters.
    pub by_scope: bool,
    /// Changes to the response to a token exchange.
    pub at_exchange: Changes,
    /// The error for an API that it does not know.
    pub target_refusal: &'static str,
    /// Changes to the UserInfo response.
    pub userinfo: Changes,
    /// Changes to the discovery document.
    pub metadata: Changes,
    /// Another key set than the provider's own.
    pub keys: Option<Value>,
    /// How far the provider's clock is ahead of all others.
    pub clock_ahead_secs: i64,
    /// The response in place of an endpoint, which then does nothing: no code or token is used up.
    pub instead: BTreeMap<At, Raw>,
    /// The delay before an endpoint does anything.
    pub delays: BTreeMap<At, Duration>,
    /// The delay after an endpoint has done its work: codes and tokens are used up by then.
    pub late: BTreeMap<At, Duration>,
    /// Status and content type for an endpoint's own response.
    pub dress: BTreeMap<At, (u16, &'static str)>,
    /// Signs ID tokens in place of the provider's own key, with a matching header; does not change `keys`.
    pub signer: Option<Arc<Keys>>,
    /// Members before those of the honest JSON of an endpoint, such as `"x":1,"x":2`: they may be repeated.
    pub before: BTreeMap<At, &'static str>,
    /// Spaces after the honest responses of an endpoint, which are then compressed.
    pub padding: BTreeMap<At, usize>,
    /// The only redirect URI that it knows; any if not set.
    pub redirect_uri: Option<&'static str>,
    /// The only way in which its client may authenticate; any if not set.
    pub client_auth: Option<ClientAuth>,
    /// Whether nobody is signed in there, so that a request with `prompt=none` is refused.
    pub is_nobody_there: bool,
    /// The refusal of every refresh token, as if the client may not use any.
    pub refresh_refusal: Option<&'static str>,
}

/// An endpoint. The token endpoint counts as one for each grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    Discovery,
    Keys,
    Authorization,
    CodeExchange,
    Refresh,
    Exchange,
    UserInfo,
    Revocation,
    EndSession,
    Elsewhere,
}

/// A user at the provider.
#[derive(Clone, Debug)]
pub struct Person {
    pub sub: String,
    /// Claims of the ID token and of UserInfo.
    pub claims: Map<String, Value>,
}

impl Person {
    pub fn new(sub: &str, name: &str) -> Self {
        let claims = json!({ "name": name, "email": format!("{sub}@people.example") });
        Self { sub: sub.to_owned(), claims: claims.as_object().unwrap().clone() }
    }
}

/// The prefixes of tokens.
#[derive(Clone, Debug)]
pub struct Texts {
    pub code: String,
    pub access_token: String,
    pub refresh_token: String,
}

/// The content of a token response.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    /// Changes to the claims of the ID token.
    pub claims: Changes,
    /// Changes to the header of the ID token.
    pub header: Changes,
    /// Changes to the members of the response: `id_token`, `access_token`, `expires_in`, `token_type`, `scope`, …
    pub answer: Changes,
    /// A change to the ID token after it is signed.
    pub spoil: Option<Spoil>,
}

/// A change to a signed token.
#[derive(Clone)]
pub struct Spoil(Arc<dyn Fn(&str) -> String + Send + Sync>);

impl Spoil {
    pub fn by(spoil: impl Fn(&str) -> String + Send + Sync + 'static) -> Option<Self> {
        Some(Self(Arc::new(spoil)))
    }

    pub fn apply(&self, token: &str) -> String {
        (self.0)(token)
    }
}

impl fmt::Debug for Spoil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fault")
    }
}

/// When a refresh returns a new refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    Always,
    Never,
    EverySecondTime,
}

/// Members of a JSON object to set or remove.
#[derive(Clone, Debug, Default)]
pub struct Changes(BTreeMap<String, Option<Value>>);

impl Changes {
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), Some(value.into()));
    }

    pub fn remove(&mut self, name: &str) {
        self.0.insert(name.to_owned(), None);
    }

    /// The value that a member is set to.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)?.as_ref()
    }

    pub fn apply(&self, to: &mut Map<String, Value>) {
        for (name, value) in &self.0 {
            match value {
                Some(value) => to.insert(name.clone(), value.clone()),
                None => to.remove(name),
            };
        }
    }
}

impl Default for Script {
    fn default() -> Self {
        Self {
            person: Person::new("p-ada", "Ada Okafor"),
            texts: Texts {
                code: "code-".into(),
                access_token: "access-".into(),
                refresh_token: "refresh-".into(),
            },
            callback: Changes::default(),
            grants: None,
            at_sign_in: Tokens::default(),
            at_refresh: Tokens::default(),
            rotation: Rotation::Always,
            targets: BTreeMap::new(),
            by_scope: false,
            at_exchange: Changes::default(),
            target_refusal: "invalid_target",
            userinfo: Changes::default(),
            metadata: Changes::default(),
            keys: None,
            clock_ahead_secs: 0,
            instead: BTreeMap::new(),
            delays: BTreeMap::new(),
            late: BTreeMap::new(),
            dress: BTreeMap::new(),
            signer: None,
            before: BTreeMap::new(),
            padding: BTreeMap::new(),
            redirect_uri: None,
            client_auth: None,
            is_nobody_there: false,
            refresh_refusal: None,
        }
    }
}
