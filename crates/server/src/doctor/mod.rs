//! `claimcheck doctor`: checks whether everything works that the settings name: the provider, this client there, the store,
//! the public URL and the APIs. It sends requests as the server would, and changes nothing. Each check has a time limit, and
//! runs even if others fail.

mod api;
mod below_path;
mod client;
mod command;
mod connection;
mod credentials;
mod hsts;
mod logout;
mod provider;
mod public_url;
mod recognize;
mod redirect;
mod report;
pub mod sign_in;
mod store;
mod traces;
mod vendors;

use std::sync::Arc;

use claimcheck_base::{clock::Clock, http_out::HttpOut};
use claimcheck_oidc::RelyingParty;

use crate::config::Settings;

pub use command::{DoctorOptions, SettingSources, run};
pub use recognize::{KnownProvider, recognize};
pub use report::{CheckFinding, CheckOutcome, Diagnosis};

/// What is checked, and with what.
struct Subject {
    settings: Arc<Settings>,
    relying_party: RelyingParty,
    clock: Clock,
}

/// Runs all checks that need no person. The order of the findings is that of the report's groups.
pub async fn examine(settings: Arc<Settings>, clock: Clock) -> Vec<CheckFinding> {
    let internal = settings.outgoing.internal_urls();
    let http = match HttpOut::to_provider(&settings.http(), &settings.issuer, &internal) {
        Ok(http) => http,
        Err(error) => {
            let remedy = "correct the file of certificate authorities, or the proxy";
            return vec![CheckFinding::mistake("settings.outgoing", error.to_string(), remedy).at("ca_file")];
        }
    };
    let relying_party = RelyingParty::new(settings.client(), http, clock.clone());
    let subject = Subject { settings, relying_party, clock };
    let (provider, store, public_url, apis, traces) = tokio::join!(
        check_provider(&subject),
        store::check(&subject),
        public_url::check(&subject),
        api::check(&subject),
        traces::check(&subject)
    );
    [provider, store, public_url, apis, traces].concat()
}

/// The provider, and this client there.
async fn check_provider(subject: &Subject) -> Vec<CheckFinding> {
    let (discovery, document, facts) = provider::discover(subject).await;
    let mut findings = vec![discovery];
    let Some(facts) = facts else {
        let why = "the discovery document cannot be read, see above";
        findings.extend(
            ["provider.keys", "client.redirect_uri", "client.credentials"]
                .map(|check| CheckFinding::skipped(check, why)),
        );
        return findings;
    };
    let vendor = vendors::vendor_of(&subject.settings.issuer, Some(&facts));
    findings.extend(provider::check_facts(subject, &facts, vendor));
    findings.push(provider::clock(subject, &document));
    let (keys, redirect, credentials) = tokio::join!(
        provider::keys(subject, &facts),
        redirect::redirect_uri(subject, &facts, vendor),
        credentials::credentials(subject, &facts, vendor)
    );
    findings.push(keys);
    findings.extend(client::check_facts(subject, &facts, vendor));
    findings.push(redirect);
    findings.extend(credentials);
    findings.extend(logout::check_facts(subject, &facts, vendor));
    findings
}
