//! The hostile provider's logout tokens (Back-Channel Logout 1.0, 2.4): valid until a test changes them, and signed by
//! any key.

use claimcheck_base::random;
use serde_json::{Map, Value, json};

use crate::support::hostile::{CLIENT, HostileProvider, Keys};

/// An unsigned logout token.
#[derive(Clone, Debug)]
pub struct LogoutToken {
    pub header: Map<String, Value>,
    pub claims: Map<String, Value>,
}

impl HostileProvider {
    /// A valid one for that subject, that session, or both.
    pub fn logout(&self, sub: Option<&str>, sid: Option<&str>) -> LogoutToken {
        let now = self.now();
        let claims = json!({
            "iss": self.origin(),
            "aud": CLIENT,
            "iat": now,
            "exp": now + 120,
            "jti": random::text::<12>().unwrap(),
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        let header = json!({ "alg": "ES256", "typ": "logout+jwt", "kid": self.keys().kid });
        let object = |value: Value| value.as_object().unwrap().clone();
        let mut token = LogoutToken { header: object(header), claims: object(claims) };
        for (name, value) in [("sub", sub), ("sid", sid)] {
            token.claims.extend(value.map(|value| (name.to_owned(), json!(value))));
        }
        token
    }
}

impl LogoutToken {
    /// With a claim added or changed.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Without a claim.
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// With a member of the header added or changed; `null` removes it.
    pub fn headed(mut self, name: &str, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => self.header.remove(name),
            value => self.header.insert(name.to_owned(), value),
        };
        self
    }

    /// Signed by this key, whatever its header says.
    pub fn signed(&self, keys: &Keys) -> String {
        keys.sign(&Value::Object(self.header.clone()), &Value::Object(self.claims.clone()))
    }
}
