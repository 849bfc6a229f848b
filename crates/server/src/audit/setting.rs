//! Where lines are written, as the setting `audit` names it.

use std::{
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
};

use crate::audit::syslog::{LOCAL_SOCKET, SyslogServer};

/// What would be right.
const EXPECTED: &str = "must be off, stdout, file:PATH, syslog, syslog:SOCKET, syslog+udp://HOST:PORT or \
                        syslog+tcp://HOST:PORT, such as file:/var/log/claimcheck/audit.jsonl";

/// The place of the audit log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AuditSetting {
    /// None.
    #[default]
    Off,
    /// Standard output; the program's log goes to standard error.
    Stdout,
    /// A file, to which lines are appended.
    File(PathBuf),
    /// The socket of the syslog service of this machine.
    LocalSyslog(PathBuf),
    /// A syslog server.
    RemoteSyslog(SyslogServer),
}

impl AuditSetting {
    /// Reads the setting.
    ///
    /// # Errors
    /// Describes what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || EXPECTED.to_owned();
        match text.split_once(':') {
            None if text == "off" => Ok(Self::Off),
            None if text == "stdout" => Ok(Self::Stdout),
            None if text == "syslog" => Ok(Self::LocalSyslog(LOCAL_SOCKET.into())),
            Some(("file", path)) => file(path).map(Self::File),
            Some(("syslog", socket)) if socket.starts_with('/') && !socket.starts_with("//") => {
                Ok(Self::LocalSyslog(socket.into()))
            }
            Some(("syslog+udp" | "syslog+tcp", _)) => {
                SyslogServer::parse(text).map(Self::RemoteSyslog).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }

    /// What keeps lines from being written there as this process is run now, and what to do about it; `None` if nothing
    /// is known. Nothing is created.
    pub fn concern(&self) -> Option<(String, &'static str)> {
        match self {
            Self::Off | Self::Stdout | Self::RemoteSyslog(_) => None,
            Self::File(path) => file_concern(path),
            Self::LocalSyslog(socket) if fs::metadata(socket).is_err() => Some((
                format!("there is no socket {}", socket.display()),
                "start the syslog service, mount its socket into the container, or use file:PATH or stdout",
            )),
            Self::LocalSyslog(_) => None,
        }
    }
}

fn file(path: &str) -> Result<PathBuf, String> {
    let name = path.rsplit('/').next().unwrap_or_default();
    if path.is_empty() || ["", ".", ".."].contains(&name) {
        return Err(format!("names no file: {EXPECTED}"));
    }
    if path.starts_with("//") {
        return Err("is file:PATH, with one slash before an absolute path, such as \
                    file:/var/log/claimcheck/audit.jsonl"
            .to_owned());
    }
    Ok(path.into())
}

fn file_concern(path: &Path) -> Option<(String, &'static str)> {
    const OWNER: &str = "let the user that runs the server write there";
    let shown = path.display();
    match fs::metadata(path) {
        Ok(there) if !there.is_file() => {
            Some((format!("{shown} is not a regular file"), "name a regular file"))
        }
        Ok(_) => {
            let error = OpenOptions::new().append(true).open(path).err()?;
            Some((format!("{shown} cannot be written: {error}"), OWNER))
        }
        Err(_) => {
            let folder =
                path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let shown = folder.display();
            match fs::metadata(folder) {
                Ok(there) if !there.is_dir() => {
                    Some((format!("{shown} is not a folder"), "name another folder"))
                }
                Ok(there) if there.permissions().readonly() => {
                    Some((format!("nobody may write to the folder {shown}"), OWNER))
                }
                Ok(_) => None,
                Err(error) => Some((
                    format!("the folder {shown} cannot be used: {error}"),
                    "create the folder, and let the user that runs the server write there",
                )),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn au_02_the_setting_names_a_place_or_is_refused() {
        let parse = AuditSetting::parse;
        assert_eq!(parse("off"), Ok(AuditSetting::Off));
        assert_eq!(parse("stdout"), Ok(AuditSetting::Stdout));
        assert_eq!(parse("file:/var/log/a.jsonl"), Ok(AuditSetting::File("/var/log/a.jsonl".into())));
        assert_eq!(parse("file:a.jsonl"), Ok(AuditSetting::File("a.jsonl".into())));
        assert_eq!(parse("syslog"), Ok(AuditSetting::LocalSyslog("/dev/log".into())));
        assert_eq!(parse("syslog:/run/log"), Ok(AuditSetting::LocalSyslog("/run/log".into())));
        for server in ["syslog+udp://logs.example:514", "syslog+tcp://[2001:db8::1]:601"] {
            assert!(matches!(parse(server), Ok(AuditSetting::RemoteSyslog(_))), "{server}");
        }
        for wrong in [
            "on",
            "stderr",
            "file:",
            "file:/var/log/",
            "file:///var/log/a",
            "syslog:",
            "syslog://logs.example:514",
            "syslog+udp://logs.example",
            "syslog+tcp://logs.example:514/x",
            "syslog+tls://logs.example:514",
            "stdout:",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn au_02_a_place_that_cannot_be_written_is_told_and_nothing_is_created() {
        let file = std::env::temp_dir().join(format!("claimcheck-audit-{}.jsonl", std::process::id()));
        assert_eq!(AuditSetting::File(file.clone()).concern(), None);
        assert!(!file.exists());
        let missing = AuditSetting::File("/no/such/folder/a.jsonl".into()).concern().unwrap();
        assert!(missing.0.contains("/no/such/folder") && missing.1.contains("create"), "{missing:?}");
        assert!(AuditSetting::File("/".into()).concern().unwrap().0.contains("not a regular file"));
        assert!(AuditSetting::LocalSyslog("/no/socket".into()).concern().is_some());
    }
}
