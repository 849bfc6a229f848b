//! The provider's data, in memory and in one JSON file: its keys, sessions, consents, codes and grants. A response to a
//! change is sent only when it is in the file, so that a restart loses nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::{keys::Keys, resource::Named, strength::Strength};
use crate::{
    Clock, Error,
    crypto::{b64, random},
};

/// A user's session at the provider; stored under the hash of the cookie's value.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) sub: String,
    /// The id of this session for clients (Back-Channel Logout 2.1).
    pub(super) sid: String,
    pub(super) auth_time: i64,
    #[serde(default)]
    pub(super) strength: Strength,
    pub(super) expires: i64,
}

/// An authorization code; stored under its hash, and kept for a while after its use to detect a second use.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) nonce: Option<String>,
    pub(super) session: Session,
    pub(super) scopes: Vec<String>,
    #[serde(default)]
    pub(super) named: Named,
    pub(super) issued: i64,
    pub(super) used_for: Option<String>,
}

/// The result of a code exchange: all access and refresh tokens that originate from one sign-in at one client.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Grant {
    pub(super) client_id: String,
    pub(super) session: Session,
    pub(super) scopes: Vec<String>,
    #[serde(default)]
    pub(super) named: Named,
    pub(super) expires: i64,
    /// Hash of the only valid refresh token. The use of an earlier one indicates theft.
    pub(super) refresh: Option<String>,
    pub(super) revoked: bool,
}

/// The content of the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Data {
    pub(super) signing_key: String,
    pub(super) mac_key: String,
    pub(super) sessions: BTreeMap<String, Session>,
    /// By user and client: the scopes once allowed.
    pub(super) consents: BTreeMap<String, BTreeSet<String>>,
    pub(super) codes: BTreeMap<String, Code>,
    pub(super) grants: BTreeMap<String, Grant>,
    /// By `sid`: the clients that got tokens in that session.
    #[serde(default)]
    pub(super) visits: BTreeMap<String, BTreeSet<String>>,
}

/// How long a code is valid, and how long it is remembered, in seconds.
pub(super) const CODE_SECS: i64 = 60;
const CODE_MEMORY_SECS: i64 = 3600;

impl Data {
    fn forget_expired(&mut self, now: i64) {
        self.sessions.retain(|_, session| session.expires > now);
        let sids: BTreeSet<_> = self.sessions.values().map(|session| session.sid.as_str()).collect();
        self.visits.retain(|sid, _| sids.contains(sid.as_str()));
        self.codes.retain(|_, code| code.issued + CODE_MEMORY_SECS > now);
        self.grants.retain(|_, grant| grant.expires > now);
    }
}

/// The data and the file behind it.
pub(super) struct Store {
    path: PathBuf,
    clock: Clock,
    /// With the number of changes made so far.
    data: Mutex<(Data, u64)>,
    /// The number of changes in the file. Its lock is held while writing.
    written: tokio::sync::Mutex<u64>,
}

impl Store {
    /// Opens the file in this folder, or creates a new one with new keys.
    pub(super) async fn open(dir: &Path, clock: Clock) -> Result<Self, Error> {
        let path = dir.join("harbour.json");
        let failed = |cause| Error::Data(path.clone(), cause);
        let data = match tokio::fs::read(&path).await {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|cause| failed(cause.into()))?,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                Data { signing_key: Keys::generate()?, mac_key: b64(random::<32>()?), ..Data::default() }
            }
            Err(cause) => return Err(failed(cause)),
        };
        tokio::fs::create_dir_all(dir).await.map_err(failed)?;
        let store = Self { path, clock, data: Mutex::new((data, 0)), written: tokio::sync::Mutex::new(0) };
        store.change(|_| ()).await?;
        Ok(store)
    }

    fn lock(&self) -> MutexGuard<'_, (Data, u64)> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads data.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Data) -> T) -> T {
        look(&self.lock().0)
    }

    /// Changes data in one step; returns when the change is in the file. Waiting changes are written together.
    pub(super) async fn change<T>(&self, change: impl FnOnce(&mut Data) -> T) -> Result<T, Error> {
        let (outcome, version) = {
            let mut data = self.lock();
            data.1 += 1;
            (change(&mut data.0), data.1)
        };
        let mut written = self.written.lock().await;
        if *written < version {
            let (snapshot, up_to) = {
                let mut data = self.lock();
                data.0.forget_expired(self.clock.now());
                (serde_json::to_vec(&data.0), data.1)
            };
            let path = self.path.clone();
            let saved = tokio::task::spawn_blocking(move || write_whole(&path, &snapshot?)).await;
            saved
                .map_err(io::Error::other)
                .flatten()
                .map_err(|cause| Error::Data(self.path.clone(), cause))?;
            *written = up_to;
        }
        Ok(outcome)
    }
}

/// Replaces a file in one step: readers see the old content or the new.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    let next = path.with_extension("json.next");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&next)?.write_all(bytes)?;
    std::fs::rename(next, path)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Store;
    use crate::{Clock, Error, crypto::random_text};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_answered_change_is_in_the_file() {
        let dir = std::env::temp_dir().join(format!("harbour-{}", random_text::<12>().unwrap()));
        let store = Arc::new(Store::open(&dir, Clock::default()).await.unwrap());
        let changes: Vec<_> = (0..40)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move {
                    store
                        .change(|data| data.consents.insert(number.to_string(), Default::default()))
                        .await
                        .unwrap()
                })
            })
            .collect();
        for change in changes {
            change.await.unwrap();
        }
        let again = Store::open(&dir, Clock::default()).await.unwrap();
        assert_eq!(again.read(|data| data.consents.len()), 40);
        assert_eq!(again.read(|data| data.signing_key.clone()), store.read(|data| data.signing_key.clone()));

        // A corrupt file is reported, not replaced.
        std::fs::write(dir.join("harbour.json"), "{").unwrap();
        assert!(matches!(Store::open(&dir, Clock::default()).await, Err(Error::Data(..))));
        std::fs::remove_dir_all(dir).unwrap();
    }
}
