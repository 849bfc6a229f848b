//! The settings of a column whose cells lead to a file of the API.

use std::sync::Arc;

use super::{
    Template,
    file_kind::{FILE_KINDS, FileKind},
    job::{self, JobSetting},
};
use crate::config::{
    apis::Names,
    claim_slots::claim_name,
    key_rule::{
        Condition::HasNot,
        KeyRule::{self, If, NoneOf},
    },
    reader::{REMOVE_IT, TomlTable},
    toml_key::{TomlKey, text, texts},
};

/// The keys of these settings.
pub(super) static KEYS: [TomlKey; 4] = [
    text("download", "path of a file of the API, with members of the row, such as `/invoices/{id}/pdf`"),
    texts("types", "the allowed types of the file, such as `pdf` or `image`"),
    text("max_size", "the largest file, from `1kB` to `2GB`"),
    job::key_of_read(),
];
/// How they belong together.
pub(super) static RULES: [KeyRule; 1] = [If(HasNot("download"), &[NoneOf(&["types", "max_size", "job"])])];
/// The largest file without a setting, and with one.
const USUAL_MAX_BYTES: u64 = 25_000_000;
const SIZES: std::ops::RangeInclusive<u64> = 1_000..=2_000_000_000;
/// The names of several kinds at once.
const GROUPS: [(&str, &[&str]); 2] = [
    ("image", &["png", "jpg", "gif", "webp", "avif", "tif"]),
    ("office", &["docx", "xlsx", "pptx", "odt", "ods", "odp"]),
];

/// A file of the API for each row.
#[derive(Clone, Debug, PartialEq)]
pub struct DownloadSetting {
    /// The request for the file; its slots are members of the row, and claims.
    pub path: Template,
    /// The allowed kinds; never empty.
    pub kinds: Vec<&'static FileKind>,
    /// The largest file, in bytes.
    pub max_bytes: u64,
    /// How the API says that it has finished, if it needs time for the file.
    pub job: Option<Arc<JobSetting>>,
}

/// Reads `download`, `types`, `max_size` and `job`.
pub(super) fn read(at: &mut TomlTable<'_, '_>) -> Option<DownloadSetting> {
    let path = at.optional("download", |text| {
        let template = Template::parse(text)?;
        let has_place = template.slots().any(|slot| claim_name(slot).is_none());
        has_place.then_some(template).ok_or("needs a placeholder for the row, such as {id}".to_owned())
    });
    let kinds = at.texts("types").map(|names| kinds(&names));
    let kinds = match kinds {
        None => FILE_KINDS.iter().collect(),
        Some(Ok(kinds)) => kinds,
        Some(Err(message)) => {
            at.problem("types", message);
            return None;
        }
    };
    let has_size = at.has("max_size");
    let max_bytes = at.optional("max_size", size);
    if has_size && max_bytes.is_none() {
        return None;
    }
    let job = job::read_of_read(at).map(Arc::new);
    if !at.has("download")
        && let Some(key) = ["types", "max_size", "job"].into_iter().find(|key| at.has(key))
    {
        at.problem_with(key, "belongs to `download`, but this column has none", REMOVE_IT);
    }
    Some(DownloadSetting { path: path?, kinds, max_bytes: max_bytes.unwrap_or(USUAL_MAX_BYTES), job })
}

impl DownloadSetting {
    /// The first claim of its path that is not among those of the settings: what is wrong with it.
    pub(super) fn slot_problem(&self, names: &Names) -> Option<String> {
        let mut claims = self.path.slots().filter(|slot| claim_name(slot).is_some());
        claims.find_map(|slot| names.claims().check(slot).err())
    }
}

fn kinds(names: &[String]) -> Result<Vec<&'static FileKind>, String> {
    let mut kinds: Vec<&'static FileKind> = Vec::new();
    for name in names {
        let group = GROUPS.iter().find(|(group, _)| group == name).map(|(_, kinds)| *kinds);
        let own = [name.as_str()];
        for name in group.unwrap_or(&own) {
            let Some(kind) = FileKind::named(name) else {
                let known = GROUPS.iter().map(|(group, _)| *group);
                let known: Vec<_> = known.chain(FILE_KINDS.iter().map(|kind| kind.name)).collect();
                return Err(format!("does not know `{name}`; available: {}", known.join(", ")));
            };
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
    }
    if kinds.is_empty() { Err("must not be empty".to_owned()) } else { Ok(kinds) }
}

/// `500 kB`, `25MB` or `1 GB`, in decimal units.
fn size(text: &str) -> Result<u64, String> {
    let error = || "must be a size from 1kB to 2GB, such as \"25MB\"".to_owned();
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err(error()),
    };
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    bytes.filter(|bytes| SIZES.contains(bytes)).ok_or_else(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r35_sizes_and_types_are_read_and_what_a_browser_runs_is_refused() {
        for (text, bytes) in [("25MB", 25_000_000), (" 1 kB ", 1_000), ("2gb", 2_000_000_000)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "25", "MB", "0MB", "999", "3GB", "1.5MB", "-1MB", "99999999999999999999GB", "1MiB"] {
            assert!(size(text).is_err(), "{text}");
        }
        let names = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            kinds(&names).map(|kinds| kinds.iter().map(|kind| kind.name).collect::<Vec<_>>())
        };
        assert_eq!(names(&["pdf", "pdf"]), Ok(vec!["pdf"]));
        assert_eq!(names(&["image", "png"]).unwrap().len(), 6);
        for bad in [&["svg"][..], &["html"], &["xml"], &["PDF"], &["text/html"], &[]] {
            assert!(names(bad).is_err(), "{bad:?}");
        }
    }
}
