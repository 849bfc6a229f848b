//! A world like the demo's, with the hostile provider and its API instead. One clock for all three, which only a test moves.

use std::ops::{Deref, DerefMut};

use claimcheck_base::clock::Clock;

use super::{Authority, HostileApi, HostileProvider, Identity, Person};
use crate::support::{BOARDS, Browser, Installation, Page, new_folder};

/// Everything for one test; its folder is removed with it.
pub struct HostileWorld {
    installation: Installation,
    pub provider: HostileProvider,
    pub api: HostileApi,
    /// Another API, for settings that name it.
    pub warehouse: HostileApi,
}

impl Deref for HostileWorld {
    type Target = Installation;

    fn deref(&self) -> &Installation {
        &self.installation
    }
}

impl DerefMut for HostileWorld {
    fn deref_mut(&mut self) -> &mut Installation {
        &mut self.installation
    }
}

impl HostileWorld {
    pub async fn start() -> Self {
        Self::with("").await
    }

    /// With further settings (TOML lines), as in `Installation::start`; `WAREHOUSE` is replaced by the other API's URL.
    pub async fn with(more: &str) -> Self {
        Self::with_secret("s:e%c&r+et", more).await
    }

    /// With this client secret on both sides, and the demo's boards if `more` has none.
    pub async fn with_secret(client_secret: &str, more: &str) -> Self {
        Self::begin(client_secret, more, [None, None], String::new()).await
    }

    /// With provider and API over TLS, each with its certificate; the authority's own is in `FOLDER/ca.pem`.
    pub async fn over_tls(authority: &Authority, provider: Identity, api: Identity, more: &str) -> Self {
        Self::begin("s:e%c&r+et", more, [Some(provider), Some(api)], authority.pem()).await
    }

    async fn begin(
        client_secret: &str,
        more: &str,
        [of_provider, of_api]: [Option<Identity>; 2],
        ca_pem: String,
    ) -> Self {
        let clock = Clock::fixed();
        let provider = HostileProvider::bind_as(clock.clone(), client_secret, of_provider).await;
        let api = HostileApi::bind_as(provider.clone(), of_api).await;
        let warehouse = HostileApi::bind(provider.clone()).await;
        let more = more.replace("WAREHOUSE", warehouse.origin());
        let boards = if more.contains("[[board]]") { "" } else { BOARDS };
        // `issuer = "PROVIDER…"` in `more` applies instead of the provider's own address.
        let more = more.replace("PROVIDER", provider.origin());
        let issuer = match more.contains("issuer = ") {
            true => String::new(),
            false => format!("issuer = \"{}\"\n", provider.origin()),
        };
        let settings = format!(
            "{issuer}client_secret = \"{client_secret}\"\napi_url = \"{}\"\n{more}\n{boards}",
            api.origin(),
        );
        let folder = new_folder();
        if !ca_pem.is_empty() {
            std::fs::write(folder.join("ca.pem"), ca_pem).unwrap();
        }
        let installation = Installation::start(&settings, clock, folder).await;
        Self { installation, provider, api, warehouse }
    }

    /// Moves the time for everyone.
    pub fn advance(&self, secs: i64) {
        self.clock.advance(secs);
    }

    /// A browser in which the script's user has signed in and opened `path`.
    pub async fn signed_in(&self, path: &str) -> (Browser<'_>, Page) {
        let mut browser = self.browser();
        let page = browser.open(path).await;
        (browser, page)
    }

    /// The same for another user, who becomes the script's.
    pub async fn signed_in_as(&self, sub: &str, name: &str, path: &str) -> (Browser<'_>, Page) {
        self.provider.script(|script| script.person = Person::new(sub, name));
        self.signed_in(path).await
    }
}
