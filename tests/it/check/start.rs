//! A start with `claimcheck.toml` of the current folder, and with the session keys beside the store.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    process::{Child, Command, Stdio},
};

use super::{BOARD, Folder};

/// The provider is not reachable, which does not prevent a start.
const SETTINGS: &str = r#"public_url = "http://localhost:3000"
listen = "127.0.0.1:0"
admin_listen = "off"
issuer = "http://127.0.0.1:9"
client_id = "dashboard"
client_secret = "canary-secret"
api_url = "http://127.0.0.1:9"
"#;

/// A running server, which is stopped at the end of the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The log of a server until it serves.
fn log_of_start(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_claimcheck"));
    command.args(arguments).current_dir(folder.path()).env_clear().envs(variables.iter().copied());
    let mut running = Running(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    let output = BufReader::new(running.0.stderr.take().unwrap());
    let mut log = String::new();
    for line in output.lines() {
        let line = line.unwrap();
        log.push_str(&line);
        log.push('\n');
        if line.contains("serving http://localhost:3000") {
            return log;
        }
    }
    panic!("it has not started: {log}");
}

#[test]
fn check_the_file_of_the_current_folder_is_used_and_a_named_one_wins() {
    let folder = Folder::with(&[
        ("claimcheck.toml", &format!("{SETTINGS}store = \"memory:\"\n{BOARD}")),
        ("other.toml", &format!("{SETTINGS}store = \"memory:\"\nidle_secs = 30\n{BOARD}")),
        ("bad.toml", "public_url = 1"),
    ]);
    let said = "settings are read from claimcheck.toml in the current folder";
    let log = log_of_start(&folder, &[], &[]);
    assert!(log.contains(said) && !log.contains("idle_secs is 30"), "{log}");
    for (arguments, variables) in
        [(&["--config", "other.toml"][..], &[][..]), (&["serve"], &[("CLAIMCHECK_CONFIG", "other.toml")])]
    {
        let log = log_of_start(&folder, arguments, variables);
        assert!(!log.contains(said) && log.contains("idle_secs is 30"), "{log}");
    }
    assert_eq!(folder.run(&["serve", "--config", "bad.toml"], &[]).status.code(), Some(1));
}

#[test]
fn check_keys_beside_the_store_survive_a_restart_and_are_for_the_owner_only() {
    let folder = Folder::with(&[("claimcheck.toml", &format!("{SETTINGS}{BOARD}"))]);
    let keys = folder.path().join("claimcheck.db.keys");
    let (first, first_keys) = (log_of_start(&folder, &[], &[]), fs::read_to_string(&keys).unwrap());
    assert!(first.contains("session keys are kept in claimcheck.db.keys"), "{first}");
    assert!(
        !first.contains("a restart will sign everyone out") && !first.contains(first_keys.trim()),
        "{first}"
    );
    assert_eq!(fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o600);
    log_of_start(&folder, &[], &[]);
    assert_eq!(fs::read_to_string(&keys).unwrap(), first_keys);
    // With a store that a restart empties, keys are of no use.
    let folder = Folder::with(&[("claimcheck.toml", &format!("{SETTINGS}store = \"memory:\"\n{BOARD}"))]);
    let log = log_of_start(&folder, &[], &[]);
    assert!(log.contains("a restart will sign everyone out"), "{log}");
    assert!(
        fs::read_dir(folder.path())
            .unwrap()
            .all(|entry| { !entry.unwrap().file_name().to_string_lossy().ends_with(".keys") })
    );
}

#[test]
fn wb_04_a_port_that_is_taken_is_the_only_thing_that_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let settings = SETTINGS.replace("127.0.0.1:0", &address);
    let folder = Folder::with(&[("claimcheck.toml", &format!("{settings}{BOARD}"))]);
    let output = folder.run(&[], &[]);
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(log.contains(&format!("cannot listen on {address}")), "{log}");
    assert!(!log.contains("provider not usable") && !log.contains("sign in"), "{log}");
    drop(taken);
    assert!(log_of_start(&folder, &[], &[]).contains("serving"));
}

#[test]
fn wb_03_the_flag_of_the_author_is_said_in_the_log() {
    let folder = Folder::with(&[("claimcheck.toml", &format!("{SETTINGS}{BOARD}"))]);
    assert!(log_of_start(&folder, &["serve", "--author"], &[]).contains("author mode"));
    assert!(!log_of_start(&folder, &["serve"], &[]).contains("author mode"));
    let demo = folder.run(&["demo", "--boards", "missing.toml"], &[]);
    let told = String::from_utf8(demo.stderr).unwrap();
    assert!(!demo.status.success() && told.contains("there is no file missing.toml"), "{told}");
    let both = folder.run(&["demo", "--boards", "claimcheck.toml", "--only", "api"], &[]);
    assert_eq!(both.status.code(), Some(2));
    // Also where the variable is set for another installation.
    let boards = ["demo", "--boards", "claimcheck.toml"];
    let demo = folder.run(&boards, &[("CLAIMCHECK_CONFIG", "other.toml")]);
    let told = String::from_utf8(demo.stderr).unwrap();
    assert!(!demo.status.success() && told.contains("unset CLAIMCHECK_CONFIG"), "{told}");
}

#[test]
fn wb_04_without_a_file_the_program_says_so_next_to_what_is_missing() {
    let said = "No settings file was read: there is no claimcheck.toml in this folder";
    let empty = Folder::with(&[]);
    let half = Folder::with(&[("claimcheck.toml", "client_id = \"dashboard\"\n")]);
    for arguments in [&["serve"][..], &["check"]] {
        let output = |folder: &Folder| {
            let output = folder.run(arguments, &[]);
            assert_eq!(output.status.code(), Some(1), "{arguments:?}");
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        };
        let (without, with) = (output(&empty), output(&half));
        assert!(without.contains(said) && without.contains("claimcheck new"), "{without}");
        assert!(with.contains("public_url") && !with.contains(said), "{with}");
    }
}
