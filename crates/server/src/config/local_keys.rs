//! Session keys of a loopback installation that has none: they are kept in a file beside an SQLite store, so that a restart signs
//! nobody out. Installations for other users, and those behind `https`, have keys in their settings.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use claimcheck_base::random::{self, NoRandomness};

use crate::config::{SessionKeys, Settings, values};

/// What the name of the store's file is followed by.
const SUFFIX: &str = ".keys";
/// Readable for the owner only.
const MODE: u32 = 0o600;

/// The file with keys of a loopback installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalKeys(PathBuf);

/// The keys beside the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LocalKeysError {
    #[error("cannot read the session keys in {}: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("cannot keep session keys in {}: {cause}", path.display())]
    Unwritable { path: PathBuf, cause: io::Error },
    #[error("the session keys in {} are damaged: {message}; delete the file to create new ones", path.display())]
    Damaged { path: PathBuf, message: String },
    #[error("others may read the session keys in {}: run `chmod 600` on it, or delete it to create new ones", path.display())]
    Open { path: PathBuf },
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl LocalKeys {
    /// The place for the keys; `None` if the settings have keys, or must have some.
    pub fn of(settings: &Settings) -> Option<Self> {
        let is_local = !settings.is_production() && !settings.is_https();
        let store = settings.store.file().filter(|_| is_local && settings.session_keys.is_none())?;
        let mut name = store.clone().into_os_string();
        name.push(SUFFIX);
        Some(Self(PathBuf::from(name)))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The kept keys; `None` if there is no file.
    ///
    /// # Errors
    /// The file cannot be read, is readable for others, or contains something else.
    pub fn read(&self) -> Result<Option<SessionKeys>, LocalKeysError> {
        let path = || self.0.clone();
        let text = match fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(LocalKeysError::Unreadable { path: path(), cause }),
        };
        let metadata = fs::metadata(&self.0);
        let metadata = metadata.map_err(|cause| LocalKeysError::Unreadable { path: path(), cause })?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(LocalKeysError::Open { path: path() });
        }
        let keys = values::session_keys(&[text.trim().to_owned()]);
        keys.map(Some).map_err(|message| LocalKeysError::Damaged { path: path(), message })
    }

    /// The kept keys, or a new one that is kept from now on. Of several processes that start at once, all get the same.
    ///
    /// # Errors
    /// As [`LocalKeys::read`]; or the file cannot be written.
    pub fn read_or_create(&self) -> Result<SessionKeys, LocalKeysError> {
        if let Some(keys) = self.read()? {
            return Ok(keys);
        }
        let key = BASE64_STANDARD.encode(random::bytes::<32>()?);
        self.create(&key).map_err(|cause| LocalKeysError::Unwritable { path: self.0.clone(), cause })?;
        let gone =
            || LocalKeysError::Unreadable { path: self.0.clone(), cause: io::ErrorKind::NotFound.into() };
        self.read()?.ok_or_else(gone)
    }

    /// Writes the file unless there is one by now. It is never seen half-written.
    fn create(&self, key: &str) -> io::Result<()> {
        let mut draft = self.0.clone().into_os_string();
        draft.push(format!(".{}", process::id()));
        let draft = PathBuf::from(draft);
        let written = (|| {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(&draft)?;
            writeln!(file, "{key}")?;
            file.sync_all()?;
            match fs::hard_link(&draft, &self.0) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                linked => linked,
            }
        })();
        // A draft of another process of this id is not this one's, but nobody needs it any more.
        let removed = fs::remove_file(&draft);
        written.and(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::{KEY, accepts};

    fn settings(name: &str, changes: &[(&str, &str)]) -> (Settings, PathBuf) {
        let folder = std::env::temp_dir().join(format!("claimcheck-keys-{}-{name}", process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        let store = format!("sqlite:{}/a.db", folder.display());
        let changes: Vec<_> = [("CLAIMCHECK_STORE", store.as_str())].iter().chain(changes).copied().collect();
        (accepts(&changes), folder)
    }

    #[test]
    fn check_keys_of_a_loopback_installation_are_kept_for_the_owner_only() {
        let (settings, folder) = settings("kept", &[]);
        let keys = LocalKeys::of(&settings).unwrap();
        assert_eq!((keys.path(), keys.read().unwrap()), (&*folder.join("a.db.keys"), None));
        let first = keys.read_or_create().unwrap();
        assert!(keys.read_or_create().unwrap() == first && first.expose().len() == 1);
        assert_eq!(fs::metadata(keys.path()).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no draft is left");

        fs::set_permissions(keys.path(), fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(keys.read_or_create(), Err(LocalKeysError::Open { .. })));
        fs::set_permissions(keys.path(), fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(keys.path(), "dG9vIHNob3J0").unwrap();
        let damaged = keys.read_or_create().unwrap_err();
        assert!(
            matches!(damaged, LocalKeysError::Damaged { .. }) && !damaged.to_string().contains("dG9v"),
            "{damaged}"
        );
        fs::remove_dir_all(&folder).unwrap();
        assert!(matches!(keys.read_or_create(), Err(LocalKeysError::Unwritable { .. })));
    }

    #[test]
    fn check_only_a_loopback_installation_without_keys_and_with_a_file_as_its_store_keeps_keys() {
        for (name, changes) in [
            ("keys", &[("CLAIMCHECK_SESSION_KEYS", KEY)][..]),
            ("memory", &[("CLAIMCHECK_STORE", "memory:")]),
            ("server", &[("CLAIMCHECK_STORE", "redis://127.0.0.1:1")]),
            ("https", &[("CLAIMCHECK_PUBLIC_URL", "https://localhost")]),
            (
                "production",
                &[("CLAIMCHECK_PUBLIC_URL", "https://a.example"), ("CLAIMCHECK_SESSION_KEYS", KEY)],
            ),
        ] {
            let (settings, folder) = settings(name, changes);
            assert_eq!(LocalKeys::of(&settings), None, "{name}");
            fs::remove_dir_all(folder).unwrap();
        }
    }

    #[test]
    fn check_processes_that_start_at_once_get_the_same_keys() {
        let (settings, folder) = settings("race", &[]);
        let keys = LocalKeys::of(&settings).unwrap();
        // Another process has written its keys in between.
        keys.create(KEY).unwrap();
        keys.create(crate::config::testing::OTHER_KEY).unwrap();
        assert_eq!(fs::read_to_string(keys.path()).unwrap().trim(), KEY);
        fs::remove_dir_all(folder).unwrap();
    }
}
