//! Changes of boards and `notice` while the program runs: on `SIGHUP`, and when one of the files changes. What is valid is taken up
//! as a whole; what is not is reported, and the running boards stay.

mod changes;
mod hangups;
mod hashes;
mod status;
mod watch;

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use claimcheck_base::clock::Clock;

use crate::{
    audit::{Audit, AuditOutcome, Event, Occurrence},
    config::{SettingFinding, Settings},
    reload::{changes::BoardChanges, hashes::FileHashes, status::Refused, watch::Watch},
};

pub use crate::reload::{
    hangups::Hangups,
    status::{ReloadReading, ReloadStatus},
};

/// The pause between two looks at the files.
const PAUSE: Duration = Duration::from_secs(1);
/// The same while a change is going on.
const SHORT_PAUSE: Duration = Duration::from_millis(250);
/// The same if pages follow changes.
const AUTHOR_PAUSE: Duration = Duration::from_millis(100);

/// Where the settings of this process come from.
pub struct Origin {
    /// Built-in settings, which the file overrides.
    pub base: Option<String>,
    /// The settings file.
    pub file: Option<PathBuf>,
    /// The environment, which overrides the file.
    pub env: fn() -> Vec<(String, String)>,
}

/// Why the files are read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// They may have changed since the start read them.
    Start,
    /// They have changed.
    Change,
    /// `SIGHUP`.
    Signal,
}

/// Reads the files of a running program again when they change.
pub struct Reload {
    origin: Origin,
    running: Arc<Settings>,
    status: ReloadStatus,
    clock: Clock,
    watch: Watch,
    /// The warnings about the files when they were read last.
    warnings: BTreeSet<String>,
    /// The settings that differ from the running ones.
    for_restart: Vec<String>,
    /// What was wrong with the files when they were read last.
    mistakes: Vec<SettingFinding>,
    /// The pauses between two looks at the files, at rest and during a change.
    pauses: [Duration; 2],
    audit: Audit,
    hashes: FileHashes,
}

impl Origin {
    /// Whether the settings can be read again: a pipe is empty once it has been read.
    pub fn is_lasting(&self) -> bool {
        self.file.as_ref().is_none_or(|file| fs::metadata(file).is_ok_and(|found| found.is_file()))
    }
}

impl Reload {
    /// For a program that runs with these settings from there.
    pub fn new(origin: Origin, running: Arc<Settings>, status: ReloadStatus, clock: Clock) -> Self {
        let is_quick = status.revision().is_some();
        let watch = Watch::new(running.files.clone(), is_quick);
        let pauses = if is_quick { [AUTHOR_PAUSE; 2] } else { [PAUSE, SHORT_PAUSE] };
        status.note_boards(&running, clock.now());
        status.note_valid(Vec::new(), running.files.names());
        let (warnings, for_restart, mistakes) = (BTreeSet::new(), Vec::new(), Vec::new());
        let (audit, hashes) = (Audit::default(), FileHashes::default());
        Self { origin, running, status, clock, watch, warnings, for_restart, mistakes, pauses, audit, hashes }
    }

    /// The same, whose changes are recorded there.
    #[must_use]
    pub fn with_audit(mut self, audit: Audit) -> Self {
        self.hashes.changes(&self.running.files);
        Self { audit, ..self }
    }

    /// Records which files differ, and whether they were taken up.
    fn record(&mut self, outcome: AuditOutcome, reason: Option<&str>) {
        let files = self.hashes.changes(&self.running.files);
        let event = Event::success(Occurrence::SettingsReloaded { files });
        self.audit.record(Event { outcome, reason: reason.map(str::to_owned), ..event });
    }

    /// Calls `take` with new settings whenever there are some, until the sender of `signals` is dropped. Blocks its thread: a file
    /// system may take long to answer.
    pub fn follow(mut self, signals: &mpsc::Receiver<()>, mut take: impl FnMut(Arc<Settings>)) {
        self.reread(Cause::Start, &mut take);
        loop {
            let [at_rest, during_change] = self.pauses;
            let pause = if self.watch.is_pending() { during_change } else { at_rest };
            let is_asked = match signals.recv_timeout(pause) {
                Ok(()) => true,
                Err(mpsc::RecvTimeoutError::Timeout) => false,
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            };
            self.turn(is_asked, Instant::now(), &mut take);
        }
    }

    /// One look at the files; `take` gets new settings, if there are some.
    pub fn turn(&mut self, is_asked: bool, now: Instant, take: impl FnMut(Arc<Settings>)) {
        let is_due = self.watch.look(now);
        match (is_asked, is_due) {
            (true, _) => self.reread(Cause::Signal, take),
            (false, true) => self.reread(Cause::Change, take),
            (false, false) => {}
        }
    }

    fn reread(&mut self, cause: Cause, take: impl FnMut(Arc<Settings>)) {
        let seen = self.watch.begin();
        let Origin { base, file, env } = &self.origin;
        let read = self.running.reread(base.as_deref(), file.as_deref(), env());
        // Files that change while they are read are read again when they are at rest.
        if !self.watch.finish(seen, &read.files, &self.running.files, Instant::now()) {
            return;
        }
        let warnings = read.warnings.iter().map(ToString::to_string).collect();
        let earlier = std::mem::replace(&mut self.warnings, warnings);
        if cause != Cause::Start {
            for warning in read.warnings.iter().filter(|warning| !earlier.contains(&warning.to_string())) {
                tracing::warn!(key = warning.key, remedy = warning.remedy, "{warning}");
            }
        }
        match read.outcome {
            Ok((settings, for_restart)) => self.accept(cause, *settings, for_restart, take),
            Err(mistakes) => self.refuse(cause, mistakes),
        }
    }

    fn accept(
        &mut self,
        cause: Cause,
        settings: Settings,
        for_restart: Vec<String>,
        mut take: impl FnMut(Arc<Settings>),
    ) {
        let was_refused = !std::mem::take(&mut self.mistakes).is_empty();
        if self.for_restart != for_restart && !for_restart.is_empty() {
            let keys = for_restart.join(", ");
            tracing::warn!(
                event = "restart needed",
                keys,
                "these settings differ from the running ones; a restart takes them up"
            );
        }
        self.for_restart = for_restart;
        let changes = BoardChanges::between(&self.running, &settings);
        self.status.note_valid(self.for_restart.clone(), settings.files.names());
        self.running = Arc::new(settings);
        if changes.is_empty() {
            if was_refused {
                self.status.advance();
            }
            if cause == Cause::Signal || was_refused {
                tracing::info!(
                    event = "boards unchanged",
                    "the files are valid, and the boards are the running ones"
                );
            }
            return;
        }
        take(self.running.clone());
        self.record(AuditOutcome::Success, None);
        self.status.note_boards(&self.running, self.clock.now());
        self.status.count_taken_up();
        self.status.advance();
        changes.log(cause, &self.running);
    }

    /// Each mistake is logged once, until there are others.
    fn refuse(&mut self, cause: Cause, mistakes: Vec<SettingFinding>) {
        let count = mistakes.len();
        if mistakes == self.mistakes {
            if cause == Cause::Signal {
                tracing::error!(
                    event = "boards refused",
                    mistakes = count,
                    "the files have the same mistakes as before; the running boards stay"
                );
            }
            return;
        }
        tracing::error!(
            event = "boards refused",
            mistakes = count,
            "the files have mistakes; the running boards stay until these are corrected"
        );
        for mistake in &mistakes {
            let SettingFinding { key, file, line, remedy, .. } = mistake;
            tracing::error!(event = "mistake in the files", key, file, line, remedy, "{mistake}");
        }
        self.record(AuditOutcome::Refused, Some("mistakes"));
        self.status.note_refused(Refused { since: self.clock.now(), mistakes: mistakes.clone() });
        self.status.advance();
        self.mistakes = mistakes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reload_reads_only_files_again() {
        let is_lasting = |file: Option<&str>| {
            let origin = Origin { base: None, file: file.map(PathBuf::from), env: Vec::new };
            origin.is_lasting()
        };
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        assert!(is_lasting(None) && is_lasting(Some(file)));
        assert!(!is_lasting(Some("/dev/null")) && !is_lasting(Some("/")));
    }
}
