//! What a test may change of the hostile provider: one switch a fault, every one of them honest by default.
//! Nothing here does anything; the endpoints read it.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use serde_json::{Map, Value, json};

use super::{keys::Keys, raw::Raw};

/// What the provider does.
#[derive(Clone, Debug)]
pub struct Script {
    /// Who sits at the provider: signed in without a question.
    pub person: Person,
    /// How the texts of tokens begin; a serial number ends them.
    pub texts: Texts,
    /// Changes to the parameters of the authorization response: `code`, `state`, `iss`, or more.
    pub callback: Changes,
    /// Scopes that are granted; `None` as asked for.
    pub grants: Option<String>,
    /// What the code exchange answers.
    pub at_sign_in: Tokens,
    /// What a refresh answers.
    pub at_refresh: Tokens,
    pub rotation: Rotation,
    /// The APIs it knows by `resource` or `audience`, with the scopes that an answer names for each; where there are none,
    /// it takes no notice of either.
    pub targets: BTreeMap<String, String>,
    /// Changes to the UserInfo answer.
    pub userinfo: Changes,
    /// Changes to the discovery document.
    pub metadata: Changes,
    /// Another key set than the provider's own.
    pub keys: Option<Value>,
    /// The provider's clock is this far ahead of everyone's.
    pub clock_ahead_secs: i64,
    /// What is answered in the place of an endpoint, which then does nothing: no code or token is spent.
    pub instead: BTreeMap<At, Raw>,
    /// How long an endpoint takes before it does anything.
    pub delays: BTreeMap<At, Duration>,
    /// How long an endpoint takes after it has done its work: what it spent is spent.
    pub late: BTreeMap<At, Duration>,
    /// An endpoint's own answer under another status and content type.
    pub dress: BTreeMap<At, (u16, &'static str)>,
    /// Signs ID tokens in the place of the provider's own key, under a header that says so; `keys` is another matter.
    pub signer: Option<Arc<Keys>>,
    /// Spaces behind the honest answers of an endpoint, which are compressed then.
    pub padding: BTreeMap<At, usize>,
}

/// An endpoint; the token endpoint counts as one for each grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    Discovery,
    Keys,
    Authorization,
    CodeExchange,
    Refresh,
    UserInfo,
    Revocation,
    EndSession,
    Elsewhere,
}

/// A person, as the provider knows them.
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

/// How the texts of tokens begin.
#[derive(Clone, Debug)]
pub struct Texts {
    pub code: String,
    pub access_token: String,
    pub refresh_token: String,
}

/// What a token answer says.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    /// Changes to the claims of the ID token.
    pub claims: Changes,
    /// Changes to the header of the ID token.
    pub header: Changes,
    /// Changes to the members of the answer: `id_token`, `access_token`, `expires_in`, `token_type`, `scope`, …
    pub answer: Changes,
    /// What becomes of the ID token after it was signed.
    pub spoil: Option<Spoil>,
}

/// What becomes of a signed token.
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

/// When a refresh brings another refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    Always,
    Never,
    EverySecondTime,
}

/// Members of a JSON object to set or to leave out.
#[derive(Clone, Debug, Default)]
pub struct Changes(BTreeMap<String, Option<Value>>);

impl Changes {
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), Some(value.into()));
    }

    pub fn remove(&mut self, name: &str) {
        self.0.insert(name.to_owned(), None);
    }

    /// What a member is set to.
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
            userinfo: Changes::default(),
            metadata: Changes::default(),
            keys: None,
            clock_ahead_secs: 0,
            instead: BTreeMap::new(),
            delays: BTreeMap::new(),
            late: BTreeMap::new(),
            dress: BTreeMap::new(),
            signer: None,
            padding: BTreeMap::new(),
        }
    }
}
