//! The documentation of the settings matches the program: `docs/settings.md`, `.env.sample` and `claimcheck --help` are
//! compared with the settings table.
//!
//! `UPDATE_DOCS=1 cargo test --features demo --test it settings_reference` updates the first two: it rewrites the reference,
//! and adds the settings that the sample lacks.

use std::{collections::BTreeSet, fs, path::PathBuf, process};

use claimcheck_server::config::{Requirement, SettingRow, reference};

use crate::support::load_settings;

const REFERENCE: &str = "docs/settings.md";
const SAMPLE: &str = ".env.sample";
const TOML_SAMPLE: &str = "claimcheck.sample.toml";
/// Variables that are not settings: the command line's own, and the demo's.
const OTHERS: [&str; 3] = ["CLAIMCHECK_CONFIG", "CLAIMCHECK_DEMO_", "CLAIMCHECK_VAR_"];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Compares a file with its text, or writes it on request.
fn matches_or_updates(name: &str, text: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path(name), text).unwrap();
        return;
    }
    let is_same = fs::read_to_string(path(name)).is_ok_and(|found| found == text);
    let command = "UPDATE_DOCS=1 cargo test --features demo --test it settings_reference";
    assert!(is_same, "{name} differs from the settings table; update it with: {command}");
}

fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("`{text}`"),
    }
}

fn default(row: &SettingRow) -> String {
    match row.need {
        Requirement::Required(_) => "required".to_owned(),
        Requirement::Default(text) => code(text),
        Requirement::Optional(text) => text.to_owned(),
    }
}

/// The variables of a row: its own, and the one that names a file.
fn variables(row: &SettingRow) -> impl Iterator<Item = String> {
    [row.variable()].into_iter().chain(row.file_variable())
}

/// A table in Markdown.
fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let cell = |cell: &String| if cell.is_empty() { " |".to_owned() } else { format!(" {cell} |") };
    let line = |cells: &[String]| format!("|{}\n", cells.iter().map(cell).collect::<String>());
    let mut table = line(&head.map(str::to_owned));
    table.push_str(&line(&head.map(|_| "---".to_owned())));
    rows.for_each(|row| table.push_str(&line(&row)));
    table
}

fn reference_page() -> String {
    let rows = reference().iter().map(|row| {
        let names: Vec<_> = variables(row).map(|name| code(&name)).collect();
        [code(&row.file_key()), names.join(" or "), row.meaning(), default(row), code(row.example)]
    });
    format!(
        "<!-- Generated from crates/server/src/config/table.rs; \
         UPDATE_DOCS=1 cargo test --features demo --test it settings_reference -->\n\
         # Settings\n\n\
         Every setting is a key of the settings file or an environment variable, which overrides the file. An empty value\n\
         counts as not set. A secret can also be read from its own file, which a variable that ends in `_FILE` names. Boards\n\
         (`[[board]]`) and further APIs (`[[api]]`) are in files only; see [boards](boards/index.md),\n\
         [several files and variables](boards/files.md) and [several APIs](boards/apis.md).\n\n\
         Name the settings file with `--config FILE` or `CLAIMCHECK_CONFIG`; otherwise it is `claimcheck.toml` in the current\n\
         folder, if there is one. The server does not start if the file has an unknown key; it warns about unknown variables.\n\
         [`claimcheck check`](operating/check.md) reports all mistakes without a start. The program does not read `.env`: load it into the environment with\n\
         `set -a; . ./.env; set +a`, or let your service manager do so.\n\n{}",
        table(["setting", "variable", "meaning", "default", "example"], rows)
    )
}

/// The sample, with a commented line added for each missing setting.
fn completed_sample() -> String {
    let mut sample = read(SAMPLE);
    let named = named(&sample);
    for row in reference().iter().filter(|row| variables(row).any(|name| !named.contains(&name))) {
        sample.push_str(&format!("# {}\n", row.meaning().replace('`', "")));
        variables(row).for_each(|name| sample.push_str(&format!("#{name}={}\n", row.example)));
    }
    sample
}

/// The variables named in a text.
fn named(text: &str) -> BTreeSet<String> {
    let names = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_')).map(str::to_owned);
    names.filter(|name| name.strip_prefix("CLAIMCHECK_").is_some_and(|rest| !rest.is_empty())).collect()
}

#[test]
fn the_reference_is_that_of_the_settings_table() {
    matches_or_updates(REFERENCE, &reference_page());
    matches_or_updates(SAMPLE, &completed_sample());
    written_settings_are_exactly_the_known_ones();
}

/// Called after the files are updated, if they are.
fn written_settings_are_exactly_the_known_ones() {
    let known: BTreeSet<_> = reference().iter().flat_map(variables).collect();
    for name in [REFERENCE, SAMPLE] {
        let mut named = named(&read(name));
        named.retain(|name| !OTHERS.iter().any(|other| name.starts_with(other)));
        assert_eq!(named, known, "{name}");
    }
    // The sample file sets some settings and nothing else, and its comments name no other variable.
    let sample = read(TOML_SAMPLE);
    let (settings, _) = sample.split_once("\n[[").unwrap();
    let lines = settings.lines().filter(|line| !line.starts_with('#'));
    let keys: Vec<_> = lines.filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect();
    assert!(keys.len() >= 5, "{keys:?}");
    for key in keys {
        assert!(reference().iter().any(|row| row.key == key), "{TOML_SAMPLE} sets {key}");
    }
    assert!(named(&sample).is_subset(&known), "{TOML_SAMPLE}");
}

#[test]
fn the_refusal_of_an_unknown_setting_lists_the_settings_of_the_table() {
    let refusal = load_settings("zzzzzzzzzzzz = 1", None).unwrap_err().to_string();
    let keys: Vec<_> = reference().iter().map(SettingRow::file_key).collect();
    assert!(
        refusal.ends_with(&format!(
            "known settings: {}, allow, api, api_headers, board, claims",
            keys.join(", ")
        )),
        "{refusal}"
    );
}

#[test]
fn the_help_of_the_command_lists_every_setting() {
    let output = process::Command::new(env!("CARGO_BIN_EXE_claimcheck")).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let (options, settings) = help.split_once("\n\nSettings").unwrap();
    assert!(options.contains("--config <FILE>"), "{help}");
    for row in reference() {
        let name = format!("\n  {}\n", row.variable());
        assert!(settings.contains(&name), "{name} is not in {help}");
        assert!(variables(row).all(|name| settings.contains(&name)), "{help}");
    }
    let words = settings.split_whitespace().collect::<Vec<_>>().join(" ");
    let listen = "IP address and port of the dashboard, or a Unix socket: unix:PATH, or unix:PATH?mode=660 with its permissions \
                  [default: 127.0.0.1:3000]";
    assert!(words.contains(listen), "{help}");
    assert!(!settings.contains('`'), "{help}");
}
