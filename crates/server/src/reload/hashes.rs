//! Which files differ from those that were last recorded, by the hash of their content: for the audit log.

use std::{collections::BTreeMap, fs, path::PathBuf};

use sha2::{Digest, Sha256};

use crate::{audit::ChangedFile, config::SettingFiles};

/// The hashes of the files with settings, as last recorded.
#[derive(Default)]
pub(super) struct FileHashes(BTreeMap<PathBuf, String>);

impl FileHashes {
    /// The files that have changed, are new or are gone since the last call.
    pub(super) fn changes(&mut self, files: &SettingFiles) -> Vec<ChangedFile> {
        let read = |path: PathBuf| {
            let content = fs::read(&path).ok()?;
            Some((path, Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()))
        };
        let now: BTreeMap<PathBuf, String> = files.paths().into_iter().filter_map(read).collect();
        let before = std::mem::replace(&mut self.0, now);
        let changed = self.0.iter().filter(|(path, hash)| before.get(*path) != Some(hash));
        let changed = changed.map(|(path, hash)| (path, Some(hash.clone())));
        let gone = before.keys().filter(|path| !self.0.contains_key(*path)).map(|path| (path, None));
        changed
            .chain(gone)
            .map(|(path, sha256)| ChangedFile { path: path.display().to_string(), sha256 })
            .collect()
    }
}
