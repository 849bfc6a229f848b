//! The schema and the page of the book say the same as the program.
//!
//! `UPDATE_DOCS=1 cargo test --features demo --test it au_11` writes the schema and the table of events.

use std::{collections::BTreeSet, fs, path::PathBuf, process::Command};

use claimcheck_server::audit::{COMMON, EVENTS, Kind, LineMember, audit_schema};
use serde_json::Value;

use super::strict;

const PAGE: &str = "docs/operating/audit.md";
const SCHEMA: &str = "docs/operating/audit.schema.json";
const BEGIN: &str = "<!-- events: written by a test -->\n";
const END: &str = "<!-- end of the events -->\n";

fn read(name: &str) -> String {
    fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn is_or_becomes(name: &str, text: &str) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name), text).unwrap();
    }
    assert!(read(name) == text, "{name} differs: UPDATE_DOCS=1 cargo test --features demo --test it au_11");
}

fn row(member: &LineMember) -> String {
    let values = match member.kind {
        Kind::OneOf(words) => format!(": `{}`", words.join("`, `")),
        _ => String::new(),
    };
    let always = if member.is_required { "always" } else { "" };
    format!("| `{}` | {always} | {}{values} |\n", member.name, member.about)
}

/// The tables of the page.
fn tables() -> String {
    let head = "| member | | meaning |\n| --- | --- | --- |\n";
    let mut text = format!("### Members of every line\n\n{head}");
    text.extend(COMMON.iter().map(row));
    for event in EVENTS {
        let outcomes = event.outcomes.join("`, `");
        text.push_str(&format!(
            "\n### `{}`\n\nOutcomes: `{outcomes}`. Said when {}.\n",
            event.name, event.about
        ));
        if !event.members.is_empty() {
            text.push_str(&format!("\n{head}"));
            text.extend(event.members.iter().map(row));
        }
    }
    text
}

#[test]
fn au_11_the_schema_in_the_book_is_the_one_that_the_command_prints() {
    let schema = audit_schema();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    let printed =
        Command::new(env!("CARGO_BIN_EXE_claimcheck")).args(["schema", "--audit"]).output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), schema);
    is_or_becomes(SCHEMA, &printed);
}

#[test]
fn au_11_the_page_describes_every_event_and_has_a_valid_line_of_each() {
    let page = read(PAGE);
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    is_or_becomes(PAGE, &format!("{before}{BEGIN}\n{}\n{END}{after}", tables()));
    let schema = strict();
    let mut shown = BTreeSet::new();
    for line in page.lines().filter(|line| line.starts_with("{\"v\":")) {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let errors: Vec<_> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{line}: {errors:?}");
        // In the order in which the program writes members.
        let event = EVENTS.iter().find(|event| value["event"] == event.name).unwrap();
        let [v, time, name, rest @ ..] = COMMON else { panic!("{COMMON:?}") };
        let order = [v, time, name].into_iter().chain(event.members).chain(rest);
        let order: Vec<_> = order.map(|member| member.name).filter(|name| !value[*name].is_null()).collect();
        let found: Vec<_> = value.as_object().unwrap().keys().collect();
        assert_eq!(found, order, "{line}");
        shown.insert(event.name);
    }
    let all: BTreeSet<_> = EVENTS.iter().map(|event| event.name).collect();
    assert_eq!(shown, all, "lines that the page shows");
}
