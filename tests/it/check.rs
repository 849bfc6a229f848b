//! `claimcheck check`: settings and boards are checked without a start, by the program itself.

mod mistakes;
mod start;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{self, Command, Output},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::Value;

/// A folder with settings, in which the program runs.
pub struct Folder(PathBuf);

/// The required settings except for the secret.
pub const SETTINGS: &str = r#"public_url = "http://localhost:3000"
issuer = "https://login.example.com/"
client_id = "dashboard"
api_url = "https://api.example.com/v1"
"#;
/// A board with one panel.
pub const BOARD: &str = r#"
[[board]]
id = "orders"
title = "Orders"

[[board.panel]]
title = "Orders"
kind = "table"
get = "/orders"
rows = "$.orders[*]"
"#;

impl Folder {
    /// With these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("claimcheck-check-{}-{number}", process::id()));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(folder.join("boards.d")).unwrap();
        for (name, text) in files {
            fs::write(folder.join(name), text).unwrap();
        }
        Self(folder)
    }

    /// The output of a command with these variables.
    pub fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_claimcheck"));
        command.args(arguments).current_dir(&self.0).env_clear().envs(variables.iter().copied());
        command.output().unwrap()
    }

    /// The exit code and the findings of `check --json`.
    pub fn check(&self, variables: &[(&str, &str)]) -> (i32, Vec<Value>) {
        let output = self.run(&["check", "--json"], variables);
        let text = String::from_utf8(output.stdout).unwrap();
        let findings = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (output.status.code().unwrap(), findings)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

impl Folder {
    pub fn path(&self) -> &Path {
        &self.0
    }
}

const SECRET: (&str, &str) = ("CLAIMCHECK_CLIENT_SECRET", "canary-secret");

fn messages(findings: &[Value]) -> String {
    let text = |finding: &Value| format!("{}\n", finding["message"].as_str().unwrap());
    findings.iter().map(text).collect()
}

#[test]
fn check_accepts_good_settings_and_starts_nothing() {
    let folder = Folder::with(&[("claimcheck.toml", &format!("{SETTINGS}{BOARD}"))]);
    assert_eq!(folder.check(&[SECRET]), (0, Vec::new()));
    let output = folder.run(&["check"], &[SECRET]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "The settings are valid, with 1 board.\n");
    let files: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(files.len() == 2, "no store and no keys: {files:?}");
}

#[test]
fn check_only_warns_of_secrets_that_are_not_known_where_files_are_checked() {
    let header = "[api_headers]\nX-Key = { variable = \"CLAIMCHECK_HEADER_KEY\" }\n";
    let settings = SETTINGS.replace("http://localhost:3000", "https://dashboard.example.com");
    let folder = Folder::with(&[("claimcheck.toml", &format!("{settings}{header}{BOARD}"))]);
    let (code, findings) = folder.check(&[("CLAIMCHECK_TRUSTED_PROXIES", "10.0.0.0/8")]);
    assert_eq!(code, 0, "{findings:?}");
    let keys: Vec<_> = findings.iter().map(|finding| finding["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["api_headers.X-Key", "client_secret", "session_keys"]);
    assert!(findings.iter().all(|finding| finding["severity"] == "warning"));
    let started = folder.run(&["serve"], &[("CLAIMCHECK_TRUSTED_PROXIES", "10.0.0.0/8")]);
    assert_eq!(started.status.code(), Some(1));
    assert!(String::from_utf8(started.stderr).unwrap().contains("3 problems with the settings"));
}

#[test]
fn check_lists_the_mistakes_that_a_start_lists() {
    let text = format!("isuer = \"x\"\n{SETTINGS}{}", BOARD.replace("rows", "row"));
    let folder = Folder::with(&[("claimcheck.toml", &text)]);
    let (started, checked) = (folder.run(&["serve"], &[SECRET]), folder.run(&["check"], &[SECRET]));
    let started = String::from_utf8(started.stderr).unwrap();
    let started = started.strip_prefix("claimcheck: ").unwrap();
    let checked_text = String::from_utf8(checked.stdout).unwrap();
    assert_eq!(checked_text, format!("{started}The server does not start with these settings.\n"));
    assert_eq!(checked.status.code(), Some(1));
    assert!(
        checked_text.starts_with(
            "2 problems with the settings:\n  isuer, line 1 of claimcheck.toml: unknown setting\n"
        ),
        "{checked_text}"
    );
}

#[test]
fn check_says_when_the_file_cannot_be_read_and_nothing_else() {
    let folder = Folder::with(&[]);
    let output = folder.run(&["check", "--json", "--config", "absent.toml"], &[]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().count() == 1 && text.contains("cannot read absent.toml"), "{text}");
    assert_eq!(folder.run(&["check", "--jsn"], &[]).status.code(), Some(2));
    // Without a file, the settings are those of the environment.
    let (code, findings) = folder.check(&[SECRET]);
    assert_eq!(code, 1, "{findings:?}");
    assert!(findings.iter().all(|finding| finding["file"].is_null() && finding["remedy"] != ""));
}

#[test]
fn check_names_every_line_that_is_not_toml_and_no_setting_that_only_seems_to_be_missing() {
    let text = format!("{SETTINGS}audience = \nresource = urn:x\n{BOARD}");
    let folder = Folder::with(&[("claimcheck.toml", &text)]);
    let (code, findings) = folder.check(&[SECRET]);
    let lines: Vec<_> = findings.iter().map(|finding| finding["line"].as_u64().unwrap()).collect();
    assert_eq!((code, lines), (1, vec![5, 6]), "{findings:?}");
    assert!(findings.iter().all(|finding| finding["key"] == "TOML"));
}

#[test]
fn check_reads_boards_of_several_files_in_the_order_of_their_names() {
    let board = |id: &str| BOARD.replace("\"orders\"", &format!("\"{id}\""));
    let settings = format!("boards = \"boards.d/*.toml\"\n{SETTINGS}");
    let folder = Folder::with(&[
        ("claimcheck.toml", &format!("{settings}{}", board("first"))),
        ("boards.d/20-b.toml", &board("third")),
        ("boards.d/10-a.toml", &board("second")),
        ("boards.d/.30-draft.toml", "not = [toml"),
        ("boards.d/notes.txt", "not toml"),
    ]);
    let output = folder.run(&["check"], &[SECRET]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "The settings are valid, with 3 boards.\n");

    fs::write(folder.path().join("boards.d/30-c.toml"), board("second").replace("rows", "row")).unwrap();
    fs::write(folder.path().join("boards.d/40-d.toml"), "issuer = \"https://other.example.com\"\n").unwrap();
    let (code, findings) = folder.check(&[SECRET]);
    let found: Vec<_> = findings
        .iter()
        .map(|finding| {
            (
                finding["file"].as_str().unwrap(),
                finding["line"].as_u64().unwrap(),
                finding["key"].as_str().unwrap(),
            )
        })
        .collect();
    let c = "boards.d/30-c.toml";
    let expected =
        [(c, 3, "board[0].id"), (c, 10, "board[0].panel[0].row"), ("boards.d/40-d.toml", 1, "issuer")];
    assert_eq!((code, &found[..]), (1, &expected[..]));
    assert!(messages(&findings).contains("there is another board `second` (line 3 of boards.d/10-a.toml)"));
}

#[test]
fn check_looks_for_files_with_boards_beside_the_settings_and_refuses_those_that_are_absent() {
    let folder = Folder::with(&[
        (
            "boards.d/settings.toml",
            &format!("boards = [\"a.toml\", \"*.toml.d/*\", \"./a.toml\"]\n{SETTINGS}"),
        ),
        ("boards.d/a.toml", BOARD),
    ]);
    let output = folder.run(&["check", "--json", "--config", "boards.d/settings.toml"], &[SECRET]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().count() == 1 && text.contains("`*.toml.d/*` matches no file"), "{text}");
    // A variable names them from the current folder, in place of those of the file.
    let variable = ("CLAIMCHECK_BOARDS", "boards.d/a.toml");
    let output = folder.run(&["check", "--config", "boards.d/settings.toml"], &[SECRET, variable]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "The settings are valid, with 1 board.\n");
}

#[test]
fn check_replaces_variables_in_values_and_nowhere_else() {
    let settings = format!(
        "{}[api_headers]\nX-Key = \"${{CLAIMCHECK_VAR_KEY}}\"\nX-Sum = \"${{1}}\"\n",
        SETTINGS.replace("/v1", "/${CLAIMCHECK_VAR_VERSION}")
    );
    let board = BOARD.replace("\"/orders\"", "\"/${CLAIMCHECK_VAR_REGION}/orders\"");
    let folder = Folder::with(&[("claimcheck.toml", &format!("{settings}{board}"))]);
    let (code, findings) =
        folder.check(&[SECRET, ("CLAIMCHECK_VAR_VERSION", "v2"), ("CLAIMCHECK_VAR_KEY", "x")]);
    let found: Vec<_> = findings
        .iter()
        .map(|finding| (finding["key"].as_str().unwrap(), finding["line"].as_u64().unwrap()))
        .collect();
    // An unknown placeholder `{1}` is that of a header itself.
    assert_eq!(
        (code, &found[..]),
        (1, &[("api_headers.X-Key", 6), ("board[0].panel[0].get", 16), ("api_headers.X-Sum", 7)][..]),
        "{findings:?}"
    );
}

#[test]
fn check_never_replaces_variables_in_secrets() {
    let text = format!("client_secret = \"${{CLAIMCHECK_VAR_SECRET}}\"\n{SETTINGS}{BOARD}");
    let folder = Folder::with(&[("claimcheck.toml", &text)]);
    let (code, findings) = folder.check(&[("CLAIMCHECK_VAR_SECRET", "canary-secret")]);
    assert_eq!((code, findings.len()), (1, 1), "{findings:?}");
    assert_eq!(findings[0]["remedy"], "set CLAIMCHECK_CLIENT_SECRET in place of this key");
    // A secret that only looks like one is itself.
    let folder = Folder::with(&[("claimcheck.toml", &text.replace("CLAIMCHECK_VAR_SECRET", "a"))]);
    assert_eq!(folder.check(&[]), (0, Vec::new()));
}

#[test]
fn check_completions_and_manual_page_are_those_of_the_command_line() {
    let folder = Folder::with(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = String::from_utf8(folder.run(&["completions", shell], &[]).stdout).unwrap();
        assert!(
            script.contains("claimcheck") && script.contains("sessions") && script.contains("json"),
            "{shell}"
        );
    }
    assert_eq!(folder.run(&["completions", "tcsh"], &[]).status.code(), Some(2));
    let page = String::from_utf8(folder.run(&["man"], &[]).stdout).unwrap();
    assert!(page.starts_with(".ie") || page.contains(".TH claimcheck 1"), "{page}");
    assert!(page.contains("CLAIMCHECK_PUBLIC_URL") && page.contains("check"), "settings and commands");
}

#[test]
fn wb_04_a_mistake_repeats_what_was_written_and_causes_no_further_finding() {
    for (line, told) in [
        ("size = \"huge\"", "is \"huge\", but must be"),
        ("every = 5", "must be a string in quotes, but `5` is an integer"),
        ("hint = true", "must be a text in quotes, or one per language, but `true` is a boolean"),
        ("section = 1.5", "but `1.5` is a float"),
        ("link = \"x\"", "did you mean `to`?"),
        ("frobnicate = \"x\"", "known keys here"),
        ("knid = \"x\"", "did you mean `kind`?"),
        ("colums = []", "did you mean `columns`?"),
    ] {
        let text = format!("{SETTINGS}{}", BOARD.replace("get =", &format!("{line}\nget =")));
        let output =
            Folder::with(&[("claimcheck.toml", &text)]).run(&["check"], &[("CLAIMCHECK_CLIENT_SECRET", "x")]);
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.contains(told) && shown.contains("1 problem with"), "{line}: {shown}");
    }
    let kind = format!("{SETTINGS}{}", BOARD.replace("kind = \"table\"", "kind = \"pie\""));
    let output =
        Folder::with(&[("claimcheck.toml", &kind)]).run(&["check"], &[("CLAIMCHECK_CLIENT_SECRET", "x")]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("is \"pie\", but must be") && shown.contains("1 problem with"), "{shown}");
    // A file that is not TOML has its own lines only.
    let broken = "public_url = \"x\"\nissuer = \n";
    let output = Folder::with(&[("claimcheck.toml", broken)]).run(&["check"], &[]);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("TOML, line 2") && !shown.contains("is missing"), "{shown}");
    // What may be a secret is not repeated.
    let secret = format!("{SETTINGS}client_secret = 271828\n{BOARD}");
    let output = Folder::with(&[("claimcheck.toml", &secret)]).run(&["check"], &[]);
    assert!(!String::from_utf8(output.stdout).unwrap().contains("271828"));
}

#[test]
fn wb_04_the_program_prints_its_settings_and_help_says_so() {
    let folder = Folder::with(&[]);
    let text = |arguments: &[&str]| String::from_utf8(folder.run(arguments, &[]).stdout).unwrap();
    let settings = text(&["settings"]);
    for name in ["CLAIMCHECK_PUBLIC_URL", "CLAIMCHECK_LISTEN", "127.0.0.1:3000", "[required]"] {
        assert!(settings.contains(name), "{name}: {settings}");
    }
    assert!(text(&["-h"]).contains("claimcheck settings"), "{}", text(&["-h"]));
    assert!(text(&["--help"]).contains("CLAIMCHECK_PUBLIC_URL"));
}
