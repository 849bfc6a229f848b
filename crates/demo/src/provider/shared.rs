//! The state that the provider's endpoints share.

use std::{io, sync::Arc};

use url::Url;

use super::{clients::Client, keys::Keys, options::Options, people::Roles, store::Store};
use crate::{
    Clock, Error,
    crypto::{sha256, unb64},
    http_client::http_client,
};

/// The shared state.
pub(super) struct Shared {
    pub(super) options: Options,
    /// Without a trailing slash, so that endpoints can be appended.
    issuer: String,
    /// Whether the provider is reached over TLS: its cookies are then marked `Secure`.
    pub(super) secure: bool,
    pub(super) clock: Clock,
    pub(super) keys: Keys,
    pub(super) mac_key: [u8; 32],
    pub(super) store: Store,
    pub(super) roles: Roles,
    /// For logout notifications to clients.
    pub(super) http: reqwest::Client,
}

impl Shared {
    /// Checks the options and opens the data file. The issuer must be set.
    ///
    /// # Errors
    /// The issuer is not a usable URL, or the data file cannot be read or written.
    pub(super) async fn open(options: Options, clock: Clock) -> Result<Arc<Self>, Error> {
        let wrong = || Error::Issuer(options.issuer.clone());
        let url = Url::parse(&options.issuer).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong());
        }
        let store = Store::open(&options.data_dir, clock.clone()).await?;
        let spoiled = || {
            let cause = io::Error::new(io::ErrorKind::InvalidData, "the stored key is unusable");
            Error::Data(options.data_dir.clone(), cause)
        };
        let keys = store.read(|data| Keys::load(&data.signing_key)).ok_or_else(spoiled)?;
        let mac_key = store.read(|data| unb64(&data.mac_key)).ok_or_else(spoiled)?;
        Ok(Arc::new(Self {
            issuer: options.issuer.trim_end_matches('/').to_owned(),
            secure: url.scheme() == "https",
            clock,
            keys,
            mac_key: sha256(&mac_key),
            store,
            roles: Roles::default(),
            http: http_client(&options.authorities)?,
            options,
        }))
    }

    /// The registered client with this id.
    pub(super) fn client(&self, id: &str) -> Option<&Client> {
        self.options.clients.iter().find(|client| client.id == id)
    }

    /// The URL of an endpoint.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
}
