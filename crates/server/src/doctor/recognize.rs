//! Which provider an issuer belongs to, and what its discovery document says, for `claimcheck new`.

use claimcheck_base::{clock::Clock, http_out::HttpOut};
use claimcheck_oidc::{RelyingParty, survey::ProviderFacts};

use crate::{
    config::Settings,
    doctor::vendors::{Offline, Vendor, vendor_of},
};

/// A provider, as the book describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownProvider {
    /// Empty if the provider has no page.
    pub name: &'static str,
    /// Its page, below `docs/`.
    pub page: &'static str,
    /// Where the redirect URI is registered there.
    pub callback: String,
    /// Where the post-logout redirect URI is registered there.
    pub sign_out: String,
    /// Parameters of the authorization request that it needs for refresh tokens; it knows no scope for them.
    pub offline: Option<&'static str>,
    /// The issuer in its discovery document, or why that cannot be read.
    pub issuer: Result<String, String>,
}

/// Asks for the discovery document, and recognizes the provider by it or by its issuer.
pub async fn recognize(settings: &Settings, clock: Clock) -> KnownProvider {
    let internal = settings.outgoing.internal_urls();
    let http = match HttpOut::to_provider(&settings.http(), &settings.issuer, &internal) {
        Ok(http) => http,
        Err(error) => return known(vendor_of(&settings.issuer, None), Err(error.to_string())),
    };
    let relying_party = RelyingParty::new(settings.client(), http, clock);
    let document = relying_party.survey_discovery().await;
    match document.members {
        Ok(members) => {
            let facts = ProviderFacts::new(members, &settings.client());
            let issuer = facts.issuer().map(str::to_owned).ok_or_else(|| "it names no issuer".to_owned());
            known(vendor_of(&settings.issuer, Some(&facts)), issuer)
        }
        Err(fault) => known(vendor_of(&settings.issuer, None), Err(format!("{}: {fault}", document.url))),
    }
}

fn known(vendor: &'static Vendor, issuer: Result<String, String>) -> KnownProvider {
    let is_other = vendor.page == "providers/other.md";
    let words = |words: &str| super::vendors::plain(words);
    KnownProvider {
        name: if is_other { "" } else { vendor.name },
        page: vendor.page,
        callback: words(vendor.callback),
        sign_out: words(vendor.sign_out),
        offline: match vendor.offline {
            Offline::Parameters(parameters) => Some(parameters),
            Offline::Scope | Offline::Always => None,
        },
        issuer,
    }
}
