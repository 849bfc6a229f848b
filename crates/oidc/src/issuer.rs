//! The issuer of a token. With Entra for several tenants, the configured issuer has a place for the tenant, and each
//! tenant of the settings is an issuer of its own. A token is bound to its tenant by the claim `tid`.

use serde_json::Value;

use crate::settings::ClientSettings;

/// The place of the tenant in the issuer, as in Entra's discovery document for several tenants.
pub const TENANT: &str = "{tenantid}";
/// The tenant in the URL of that discovery document. Its content is the same for all organisations.
const ANY_TENANT: &str = "organizations";

/// Whether `iss` is the configured issuer, or that of one of the tenants if the issuer has a place for them.
pub fn is_issuer(issuer: &str, tenants: &[String], iss: &str) -> bool {
    match issuer.contains(TENANT) {
        true => tenants.iter().any(|tenant| issuer.replace(TENANT, tenant) == iss),
        false => issuer == iss,
    }
}

/// Every issuer of the settings.
pub fn issuers(issuer: &str, tenants: &[String]) -> Vec<String> {
    match issuer.contains(TENANT) {
        true => tenants.iter().map(|tenant| issuer.replace(TENANT, tenant)).collect(),
        false => vec![issuer.to_owned()],
    }
}

impl ClientSettings {
    /// Whether the issuer has a place for the tenant.
    pub(crate) fn has_tenants(&self) -> bool {
        self.issuer.contains(TENANT)
    }

    /// Whether `iss` is an issuer of this client.
    pub fn is_issuer(&self, iss: &str) -> bool {
        is_issuer(&self.issuer, &self.tenants, iss)
    }

    /// The base of the discovery document's URL.
    pub(crate) fn discovery_base(&self) -> String {
        self.issuer.replace(TENANT, ANY_TENANT)
    }

    /// Whether a token with these claims comes from an issuer of this client. With several tenants, `tid` must be the
    /// tenant in `iss`; `needs_tid` tells whether it may be missing.
    pub(crate) fn is_from_issuer(&self, iss: Option<&Value>, tid: Option<&Value>, needs_tid: bool) -> bool {
        let Some(iss) = iss.and_then(Value::as_str) else { return false };
        if !self.issuer.contains(TENANT) {
            return self.issuer == iss;
        }
        let is_of = |tenant: &str| self.issuer.replace(TENANT, tenant) == iss;
        self.is_issuer(iss)
            && match tid {
                Some(tid) => tid.as_str().is_some_and(is_of),
                None => !needs_tid,
            }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{ISSUER, client_settings};

    #[test]
    fn it_01_a_tenant_is_an_issuer_if_it_is_listed_and_named_by_tid() {
        let mut settings = client_settings();
        settings.issuer = format!("https://login.example/{TENANT}/v2.0");
        settings.tenants = vec!["t-1".to_owned(), "t-2".to_owned()];
        let is = |iss: &str, tid: Value, needs: bool| {
            let tid = Some(tid).filter(|tid| !tid.is_null());
            settings.is_from_issuer(Some(&json!(iss)), tid.as_ref(), needs)
        };
        assert!(is("https://login.example/t-1/v2.0", json!("t-1"), true));
        assert!(is("https://login.example/t-2/v2.0", json!("t-2"), true));
        assert!(is("https://login.example/t-2/v2.0", Value::Null, false));
        for (iss, tid) in [
            ("https://login.example/t-1/v2.0", json!("t-2")),
            ("https://login.example/t-1/v2.0", json!(["t-1"])),
            ("https://login.example/t-1/v2.0", Value::Null),
            ("https://login.example/t-3/v2.0", json!("t-3")),
            ("https://login.example/{tenantid}/v2.0", json!("{tenantid}")),
            ("https://login.example/t-1/v2.0/", json!("t-1")),
            ("https://login.example//v2.0", json!("")),
        ] {
            assert!(!is(iss, tid.clone(), true), "{iss} {tid}");
        }
        assert_eq!(settings.discovery_base(), "https://login.example/organizations/v2.0");
    }

    #[test]
    fn it_01_one_issuer_needs_no_tid() {
        let settings = client_settings();
        assert!(settings.is_from_issuer(Some(&json!(ISSUER)), None, true) && settings.is_issuer(ISSUER));
        assert!(settings.is_from_issuer(Some(&json!(ISSUER)), Some(&json!("any")), true));
        assert!(!settings.is_from_issuer(Some(&json!("https://other.example")), None, false));
    }
}
