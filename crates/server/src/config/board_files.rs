//! The files that `boards` names: paths and patterns such as `boards.d/*.toml`.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use glob::{GlobError, MatchOptions, Pattern};

use crate::config::{problem::SettingPlace, row::RawContent};

/// The name and the text of a file.
type File = (String, String);

/// What `boards` names, as written and as a pattern.
pub(super) struct BoardFiles(Vec<(String, String)>);

impl BoardFiles {
    /// Paths are relative to the settings file that names them; from the environment, to the current folder.
    pub(super) fn of(content: &RawContent, place: &SettingPlace) -> Self {
        let texts: &[String] = match content {
            RawContent::Text(text) => std::slice::from_ref(text),
            RawContent::List(texts) => texts,
            RawContent::PerLanguage(_) => &[],
        };
        let folder = place.file().and_then(|file| Path::new(file).parent()).unwrap_or(Path::new(""));
        let folder = Pattern::escape(&folder.to_string_lossy());
        let pattern = |text: &String| match folder.as_str() {
            "" => text.clone(),
            _ if Path::new(text).is_absolute() => text.clone(),
            folder => format!("{folder}/{text}"),
        };
        let texts = texts.iter().filter(|text| !text.is_empty());
        Self(texts.map(|text| (text.clone(), pattern(text))).collect())
    }

    /// The patterns, in the order of the list.
    pub(super) fn patterns(&self) -> Vec<String> {
        self.0.iter().map(|(_, pattern)| pattern.clone()).collect()
    }

    /// The files in the order of the list; those of one pattern in the order of their names. Each is read once.
    pub(super) fn read(&self) -> Vec<Result<File, String>> {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        for (text, pattern) in &self.0 {
            match paths(text, pattern) {
                Ok(paths) => {
                    let new = paths.into_iter().filter(|path| seen.insert(path.clone()));
                    found.extend(new.map(|path| read(&path)));
                }
                Err(message) => found.push(Err(message)),
            }
        }
        found
    }
}

/// The files that a pattern matches; none if it is not a pattern.
pub(super) fn matches(pattern: &str) -> impl Iterator<Item = Result<PathBuf, GlobError>> {
    files(pattern).into_iter().flatten()
}

fn files(pattern: &str) -> Result<impl Iterator<Item = Result<PathBuf, GlobError>>, glob::PatternError> {
    // Hidden files are often temporary ones of an editor.
    let options = MatchOptions { require_literal_leading_dot: true, ..MatchOptions::default() };
    let found = glob::glob_with(pattern, options)?;
    Ok(found.filter(|path| path.as_ref().map_or(true, |path| path.is_file())))
}

fn paths(text: &str, pattern: &str) -> Result<Vec<PathBuf>, String> {
    let found =
        files(pattern).map_err(|error| format!("`{text}` is not a pattern of paths: {}", error.msg))?;
    let unreadable = |error: GlobError| format!("cannot read {}: {}", error.path().display(), error.error());
    let mut paths = found.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
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
