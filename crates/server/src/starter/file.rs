//! Writes the settings file: a new one, or one in the place of another.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process,
};

/// Creates the file, or replaces it in one step, so that a running server never reads a part of it.
///
/// # Errors
/// The file exists and `is_forced` is not set, or it cannot be written. Nothing incomplete is left.
pub(super) fn write(path: &Path, is_forced: bool, text: &str) -> io::Result<()> {
    match is_forced {
        true => replace(path, text),
        false => create(path, text),
    }
}

fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        drop(fs::remove_file(path));
    }
    written
}

/// Replaces a file by a draft beside it. A link to the file stays, and so do its mode and, if this user may set it, its
/// owner.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut draft = path.clone().into_os_string();
    draft.push(format!(".{}.new", process::id()));
    let draft = PathBuf::from(draft);
    create(&draft, text)?;
    let replaced = keep_access(&path, &draft).and_then(|()| fs::rename(&draft, &path));
    if replaced.is_err() {
        drop(fs::remove_file(&draft));
    }
    replaced
}

/// Gives the draft the mode and the owner of the file, if there is one.
fn keep_access(path: &Path, draft: &Path) -> io::Result<()> {
    let Ok(old) = fs::metadata(path) else { return Ok(()) };
    // Only root can give a file to others; everyone else owns the new file.
    drop(chown(draft, Some(old.uid()), Some(old.gid())));
    fs::set_permissions(draft, old.permissions())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    /// An empty folder.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("claimcheck-new-{}-{name}", process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn nw_06_a_replaced_file_keeps_its_links_and_its_mode() {
        let folder = folder("replaced");
        let (file, link) = (folder.join("real.toml"), folder.join("claimcheck.toml"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        // A file of the user that an earlier version would have overwritten.
        fs::write(folder.join("claimcheck.toml.new"), "mine").unwrap();
        assert_eq!(write(&link, false, "new").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&file).unwrap(), "old");
        write(&link, true, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_to_string(folder.join("claimcheck.toml.new")).unwrap(), "mine");
        assert_eq!(names(&folder), ["claimcheck.toml", "claimcheck.toml.new", "real.toml"]);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn nw_06_nothing_is_left_of_a_file_that_cannot_be_written() {
        let folder = folder("unwritable");
        // A folder cannot be replaced by a file.
        let path = folder.join("taken");
        fs::create_dir(&path).unwrap();
        assert!(write(&path, true, "new").is_err() && write(&path, false, "new").is_err());
        assert_eq!(names(&folder), ["taken"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
