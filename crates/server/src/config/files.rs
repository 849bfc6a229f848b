//! The files of an installation's boards: the settings file, and those that `boards` names. A running program watches them.

use std::path::{Path, PathBuf};

use crate::config::board_files;

/// The settings file that is used if it is in the current folder and none is named.
pub const USUAL_FILE: &str = "claimcheck.toml";

/// Where boards are read from. Files that match a pattern may come and go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingFiles {
    /// The settings file.
    pub(super) settings: Option<PathBuf>,
    /// Paths and patterns of further files.
    pub(super) patterns: Vec<String>,
}

impl SettingFiles {
    /// The settings file alone.
    pub(super) fn of(settings: Option<&Path>) -> Self {
        Self { settings: settings.map(Path::to_path_buf), patterns: Vec::new() }
    }

    /// The names of the files and patterns, for people.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let settings = self.settings.iter().map(|path| path.display().to_string());
        settings.chain(self.patterns.iter().cloned())
    }

    /// The files that there are now, each once. Those that cannot be found are left out, except for the settings file.
    pub fn paths(&self) -> Vec<PathBuf> {
        let of_patterns = self.patterns.iter().flat_map(|pattern| board_files::matches(pattern));
        let mut paths: Vec<_> = self.settings.iter().cloned().chain(of_patterns.flatten()).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// Adds what `other` has beside these.
    pub fn extend(&mut self, other: &Self) {
        let new = other.patterns.iter().filter(|pattern| !self.patterns.contains(pattern));
        let new: Vec<_> = new.cloned().collect();
        self.patterns.extend(new);
        if self.settings.is_none() {
            self.settings.clone_from(&other.settings);
        }
    }
}
