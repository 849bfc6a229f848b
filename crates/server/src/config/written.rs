//! What was written for each setting, as digests: so that a running program finds the settings that a changed file changes.

use std::{collections::BTreeMap, fmt};

use sha2::{Digest, Sha256};

use crate::config::{
    Settings,
    keys::{ALL_ROWS, ALLOW, API, API_HEADERS, BOARDS, CLAIMS},
    problem::file_key,
    row::{RawContent, Requirement, SettingRow},
    sources::Sources,
};

/// The setting that a running program takes up beside the boards.
const NOTICE: &str = "notice";

/// The digest of each setting's value, or of its default. `Debug` prints none: some are of secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct WrittenValues(BTreeMap<&'static str, [u8; 32]>);

impl fmt::Debug for WrittenValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[digests of {} settings]", self.0.len())
    }
}

impl WrittenValues {
    /// Of all settings except those that a running program takes up.
    pub(super) fn of(sources: &Sources) -> Self {
        let rows = ALL_ROWS.iter().filter(|row| ![BOARDS, NOTICE].contains(&row.key));
        Self(rows.filter_map(|row| Some((row.key, digest_of(row, sources)?))).collect())
    }
}

fn digest_of(row: &SettingRow, sources: &Sources) -> Option<[u8; 32]> {
    match (sources.get(row.key), row.need) {
        (Some(raw), _) => Some(digest(&raw.content)),
        (None, Requirement::Default(text)) => Some(digest(&row.shape.content_of_text(text))),
        (None, _) => None,
    }
}

fn digest(content: &RawContent) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update(text.len().to_le_bytes());
        hash.update(text);
    };
    match content {
        RawContent::Text(text) => add(text),
        RawContent::List(texts) => texts.iter().for_each(|text| add(text)),
        RawContent::PerLanguage(texts) => texts.iter().for_each(|(tag, text)| {
            add(tag);
            add(text);
        }),
    }
    hash.finalize().into()
}

impl Settings {
    /// The keys of the settings that differ in `other` and that only a restart takes up, as written in the file. Boards and
    /// `notice` are none of them.
    pub fn keys_for_restart(&self, other: &Self) -> Vec<String> {
        let differs = |row: &&SettingRow| self.written.0.get(row.key) != other.written.0.get(row.key);
        let rows = ALL_ROWS.iter().filter(differs).map(|row| file_key(row.key));
        let tables = [
            (ALLOW, self.allow != other.allow),
            (API, self.apis.further != other.apis.further),
            (API_HEADERS, self.apis.default.headers != other.apis.default.headers),
            (CLAIMS, self.claim_slots != other.claim_slots),
        ];
        let tables = tables.into_iter().filter(|(_, is_other)| *is_other).map(|(key, _)| key.to_owned());
        rows.chain(tables).collect()
    }
}
