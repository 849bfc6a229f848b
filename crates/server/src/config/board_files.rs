//! The files that `boards` names: paths and patterns such as `boards.d/*.toml`.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use glob::{MatchOptions, Pattern};

use crate::config::{problem::SettingPlace, row::RawContent};

/// The name and the text of a file.
type File = (String, String);

/// The files in the order of the list; those of one pattern in the order of their names. Each is read once. Paths are relative to
/// the settings file that names them; from the environment, to the current folder.
pub(super) fn find(content: &RawContent, place: &SettingPlace) -> Vec<Result<File, String>> {
    let texts: &[String] = match content {
        RawContent::Text(text) => std::slice::from_ref(text),
        RawContent::List(texts) => texts,
        RawContent::PerLanguage(_) => &[],
    };
    let folder = place.file().and_then(|file| Path::new(file).parent()).unwrap_or(Path::new(""));
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for text in texts.iter().filter(|text| !text.is_empty()) {
        match paths(text, folder) {
            Ok(paths) => {
                let new = paths.into_iter().filter(|path| seen.insert(path.clone()));
                found.extend(new.map(|path| read(&path)));
            }
            Err(message) => found.push(Err(message)),
        }
    }
    found
}

fn paths(text: &str, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let folder = Pattern::escape(&folder.to_string_lossy());
    let pattern = match folder.as_str() {
        "" => text.to_owned(),
        _ if Path::new(text).is_absolute() => text.to_owned(),
        folder => format!("{folder}/{text}"),
    };
    // Hidden files are often temporary ones of an editor.
    let options = MatchOptions { require_literal_leading_dot: true, ..MatchOptions::default() };
    let found = glob::glob_with(&pattern, options)
        .map_err(|error| format!("`{text}` is not a pattern of paths: {}", error.msg))?;
    let mut paths = Vec::new();
    for path in found {
        let path =
            path.map_err(|error| format!("cannot read {}: {}", error.path().display(), error.error()))?;
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort_by(|a, b| (a.file_name(), a).cmp(&(b.file_name(), b)));
    match paths.is_empty() {
        true => Err(format!("`{text}` matches no file (looked for {pattern})")),
        false => Ok(paths),
    }
}

fn read(path: &Path) -> Result<File, String> {
    let name = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => Ok((name, text)),
        Err(error) => Err(format!("cannot read {name}: {error}")),
    }
}
