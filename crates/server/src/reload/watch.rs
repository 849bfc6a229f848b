//! Whether files have changed, and are at rest again: by names, sizes and times, which every file system has, and by the content if
//! these differ. So it works for editors that replace files, links that are exchanged, and network file systems.

use std::{
    collections::BTreeMap,
    fs::{self, Metadata},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

use crate::config::SettingFiles;

/// How long files are at rest before they are read.
const REST: Duration = Duration::from_millis(700);
/// The same if pages follow changes: their author waits for them.
const AUTHOR_REST: Duration = Duration::from_millis(200);
/// The same if one of them is empty: it may be about to be written.
const EMPTY_REST: Duration = Duration::from_secs(10);

/// What tells that a file may have changed: device, inode, size, and times in seconds and nanoseconds; `None` if it cannot be read.
type Stamp = Option<[i64; 7]>;

/// The stamps of all files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamps(BTreeMap<PathBuf, Stamp>);

/// Names and content of all files.
type Content = [u8; 32];

/// A change that is going on.
struct Pending {
    content: Content,
    since: Instant,
}

/// The watched files.
pub(super) struct Watch {
    files: SettingFiles,
    /// At the last look.
    stamps: Stamps,
    /// When they were read last.
    judged: Option<(Stamps, Content)>,
    pending: Option<Pending>,
    /// How long files are at rest before they are read.
    rest: Duration,
}

impl Watch {
    /// Nothing has been read yet.
    pub(super) fn new(files: SettingFiles, is_quick: bool) -> Self {
        let rest = if is_quick { AUTHOR_REST } else { REST };
        Self { files, stamps: Stamps::default(), judged: None, pending: None, rest }
    }

    /// Whether a change has begun.
    pub(super) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Looks at the files: whether they have another content than when they were read last, and are at rest.
    pub(super) fn look(&mut self, now: Instant) -> bool {
        let stamps = Stamps::of(&self.files);
        if stamps != self.stamps {
            let content = stamps.content();
            let is_new = self.judged.as_ref().is_none_or(|(_, judged)| *judged != content);
            match &self.pending {
                // Only touched.
                Some(pending) if is_new && pending.content == content => {}
                _ => self.pending = is_new.then_some(Pending { content, since: now }),
            }
            self.stamps = stamps;
            return false;
        }
        let judged = self.judged.as_ref().map(|(stamps, _)| stamps);
        let rest = if self.stamps.has_new_empty_file(judged) { EMPTY_REST } else { self.rest };
        self.pending.as_ref().is_some_and(|pending| now.duration_since(pending.since) >= rest)
    }

    /// The files before they are read.
    pub(super) fn begin(&self) -> Stamps {
        Stamps::of(&self.files)
    }

    /// The files were read; from now on those of `read` and `running` are watched. `false` if they changed meanwhile, so that what was
    /// read may be incomplete.
    pub(super) fn finish(
        &mut self,
        before: Stamps,
        read: &SettingFiles,
        running: &SettingFiles,
        now: Instant,
    ) -> bool {
        let (content, is_same) = (before.content(), before == Stamps::of(&self.files));
        if !is_same {
            self.stamps = before;
            self.pending = Some(Pending { content, since: now });
            return false;
        }
        let mut files = read.clone();
        files.extend(running);
        if files == self.files {
            (self.stamps, self.judged) = (before.clone(), Some((before, content)));
        } else {
            // Files of other patterns were not looked at before they were read, so all are read once more.
            (self.files, self.stamps, self.judged) = (files, Stamps::default(), None);
        }
        self.pending = None;
        true
    }
}

impl Stamps {
    fn of(files: &SettingFiles) -> Self {
        Self(files.paths().into_iter().map(|path| (path.clone(), stamp(&path))).collect())
    }

    /// Whether a file is empty that was not when the files were read.
    fn has_new_empty_file(&self, judged: Option<&Self>) -> bool {
        let is_empty = |stamp: &Stamp| stamp.is_some_and(|[_, _, size, ..]| size == 0);
        let was_empty = |path: &PathBuf| judged.and_then(|judged| judged.0.get(path)).is_some_and(is_empty);
        self.0.iter().any(|(path, stamp)| is_empty(stamp) && !was_empty(path))
    }

    fn content(&self) -> Content {
        let mut hash = Sha256::new();
        for path in self.0.keys() {
            hash.update(path.as_os_str().as_encoded_bytes());
            match fs::read(path) {
                Ok(bytes) => hash.update(Sha256::digest(bytes)),
                Err(error) => hash.update(error.to_string()),
            }
        }
        hash.finalize().into()
    }
}

fn stamp(path: &Path) -> Stamp {
    // Follows links: what they lead to counts.
    let of = |found: Metadata| {
        let size = i64::try_from(found.size()).unwrap_or(i64::MAX);
        let (device, inode) = (found.dev().cast_signed(), found.ino().cast_signed());
        [device, inode, size, found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec()]
    };
    fs::metadata(path).ok().map(of)
}
