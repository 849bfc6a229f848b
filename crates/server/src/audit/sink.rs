//! Where lines go. A sink may wait: only the writer's thread uses it.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::PathBuf,
};

use crate::audit::{
    AuditSetting,
    syslog::{Local, Remote},
};

/// For the owner, and for a group that ships or reads logs; a umask may take more away.
const MODE: u32 = 0o640;

/// A place for lines.
pub(super) trait Sink: Send {
    /// Writes one line, with its line feed, completely or not at all.
    ///
    /// # Errors
    /// It was not written; it is tried again.
    fn write(&mut self, line: &str) -> io::Result<()>;

    /// Uses a new file or connection for the next line.
    fn reopen(&mut self) {}

    /// Called after the last line.
    fn finish(&mut self) {}
}

/// The sink of this setting; `None` if there is none.
pub(super) fn of(setting: &AuditSetting) -> Option<Box<dyn Sink>> {
    Some(match setting {
        AuditSetting::Off => return None,
        AuditSetting::Stdout => Box::new(Stdout),
        AuditSetting::File(path) => Box::new(LineFile::new(path.clone())),
        AuditSetting::LocalSyslog(socket) => Box::new(Local::new(socket.clone())),
        AuditSetting::RemoteSyslog(server) => Box::new(Remote::new(server.clone())),
    })
}

struct Stdout;

impl Sink for Stdout {
    fn write(&mut self, line: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(line.as_bytes())?;
        out.flush()
    }
}

/// A file that grows. It is never truncated, and it may be renamed or deleted at any time: the next line then goes to a new
/// file at the same path. Several processes may append to one file, because each line is one write.
pub(super) struct LineFile {
    path: PathBuf,
    open: Option<File>,
    /// The file ends within a line.
    is_torn: bool,
}

impl LineFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, open: None, is_torn: false }
    }

    /// The file at the path, opened or created.
    fn file(&mut self) -> io::Result<&mut File> {
        let is_there = |open: &File| match (open.metadata(), fs::metadata(&self.path)) {
            (Ok(open), Ok(there)) => id(&open) == id(&there),
            _ => false,
        };
        let open = match self.open.take().filter(is_there) {
            Some(open) => open,
            None => {
                // A pipe would let the open wait for a reader.
                if fs::metadata(&self.path).is_ok_and(|there| !there.is_file()) {
                    return Err(io::Error::other("it is not a regular file"));
                }
                let mut open =
                    OpenOptions::new().read(true).append(true).create(true).mode(MODE).open(&self.path)?;
                self.is_torn = ends_within_a_line(&mut open)?;
                open
            }
        };
        Ok(self.open.insert(open))
    }
}

fn id(of: &Metadata) -> (u64, u64) {
    (of.dev(), of.ino())
}

/// Whether another line must not follow at once: the system stopped, or the disk was full, while the last was written.
fn ends_within_a_line(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

impl Sink for LineFile {
    fn write(&mut self, line: &str) -> io::Result<()> {
        self.file()?;
        let text = if self.is_torn { format!("\n{line}") } else { line.to_owned() };
        let Some(file) = &mut self.open else { return Err(io::Error::other("it is not open")) };
        let written = loop {
            match file.write(text.as_bytes()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                written => break written?,
            }
        };
        self.is_torn = written > 0 && written < text.len();
        if written < text.len() {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "only a part of a line was written"));
        }
        Ok(())
    }

    fn reopen(&mut self) {
        self.open = None;
    }

    fn finish(&mut self) {
        if let Some(file) = &self.open {
            // The lines are written; this keeps them if the machine stops now.
            let _ = file.sync_data();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::PermissionsExt, path::Path};

    use claimcheck_base::random;

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let folder = std::env::temp_dir().join(format!("claimcheck-{}", random::text::<12>().unwrap()));
            fs::create_dir(&folder).unwrap();
            Self(folder)
        }

        fn read(&self, name: &str) -> String {
            fs::read_to_string(self.0.join(name)).unwrap()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn au_04_lines_are_appended_also_after_the_file_was_renamed_or_deleted() {
        let folder = Folder::new();
        let path = folder.0.join("audit.jsonl");
        fs::write(&path, "before\n").unwrap();
        let mut sink = LineFile::new(path.clone());
        sink.write("a\n").unwrap();
        assert_eq!(folder.read("audit.jsonl"), "before\na\n");
        // logrotate with `nocreate`: the file is renamed.
        fs::rename(&path, folder.0.join("audit.1")).unwrap();
        sink.write("b\n").unwrap();
        assert_eq!(
            (folder.read("audit.1"), folder.read("audit.jsonl")),
            ("before\na\n".into(), "b\n".into())
        );
        assert_eq!(mode(&path) & !0o640, 0, "nobody else may read it");
        // And with `create`: another file has its name.
        fs::rename(&path, folder.0.join("audit.2")).unwrap();
        fs::write(&path, "").unwrap();
        sink.write("c\n").unwrap();
        assert_eq!((folder.read("audit.2"), folder.read("audit.jsonl")), ("b\n".into(), "c\n".into()));
        fs::remove_file(&path).unwrap();
        sink.write("d\n").unwrap();
        sink.reopen();
        sink.write("e\n").unwrap();
        assert_eq!(folder.read("audit.jsonl"), "d\ne\n");
    }

    #[test]
    fn au_04_a_line_that_was_broken_off_does_not_spoil_the_next() {
        let folder = Folder::new();
        let path = folder.0.join("audit.jsonl");
        fs::write(&path, "{\"v\":1,\"ti").unwrap();
        let mut sink = LineFile::new(path);
        sink.write("a\n").unwrap();
        sink.write("b\n").unwrap();
        assert_eq!(folder.read("audit.jsonl"), "{\"v\":1,\"ti\na\nb\n");
    }

    #[test]
    fn au_04_a_missing_folder_and_a_folder_in_its_place_are_errors_until_they_are_right() {
        let folder = Folder::new();
        let path = folder.0.join("later/audit.jsonl");
        let mut sink = LineFile::new(path.clone());
        assert!(sink.write("a\n").is_err());
        fs::create_dir_all(&path).unwrap();
        assert!(sink.write("a\n").is_err());
        fs::remove_dir(&path).unwrap();
        sink.write("a\n").unwrap();
        assert_eq!(folder.read("later/audit.jsonl"), "a\n");
    }
}
