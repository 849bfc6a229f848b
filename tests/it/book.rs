//! The README, the book in `docs/` and the samples match the program: the settings reader accepts their examples, the
//! variables, functions, log messages and make targets that they name exist, and their links resolve. That every
//! setting is documented is tested in `settings_reference.rs`.

mod deploy;
mod markdown;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use claimcheck_server::config::Settings;

use crate::support::load_settings as load;
use markdown::Page;

const README: &str = "README.md";
const README_MAX_BYTES: usize = 10_000;
const SUMMARY: &str = "docs/SUMMARY.md";
const SAMPLE: &str = "claimcheck.sample.toml";
const ENV_SAMPLE: &str = ".env.sample";
/// The board around an example of a panel.
const BOARD: &str = "[[board]]\nid = \"example\"\ntitle = \"Example\"\n[board.period]\nchoices = [\"30d\"]\n";
/// The variable that examples use.
const EXAMPLE_VARIABLE: Option<(&str, &str)> = Some(("CLAIMCHECK_VAR_REGION", "emea"));
/// The section on troubleshooting in the page of a provider.
const TROUBLESHOOTING: &str = "## When it does not work";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn file(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files with this extension below a folder, by their path from the root.
fn files_below(folder: &str, extension: &str) -> BTreeMap<String, String> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{folder}/{}", entry.file_name().display());
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if path.ends_with(&format!(".{extension}")) {
                let text = file(&path);
                found.insert(path, text);
            }
        }
    }
    found
}

/// The pages of the book.
fn book() -> BTreeMap<String, String> {
    let mut pages = files_below("docs", "md");
    assert!(pages.remove(SUMMARY).is_some() && pages.len() > 20, "the pages were found");
    pages
}

/// The README and the pages of the book.
fn pages() -> BTreeMap<String, String> {
    let mut pages = book();
    pages.insert(README.to_owned(), file(README));
    pages
}

/// Fails with a line for each finding.
#[track_caller]
fn none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

/// Whether the program knows a variable: it accepts or refuses its value, but does not warn that it has no effect.
fn is_known(name: &str) -> bool {
    let panel = "[[board.panel]]\ntitle = \"A\"\nkind = \"table\"\nget = \"/a\"\nrows = \"$[*]\"";
    match load(&format!("{BOARD}{panel}"), Some((name, "x"))) {
        Ok((_, warnings)) => !warnings.iter().any(|warning| warning.key == name),
        Err(_) => true,
    }
}

/// The variables named in a text.
fn named(text: &str) -> BTreeSet<String> {
    let names = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_')).map(str::to_owned);
    names.filter(|name| name.strip_prefix("CLAIMCHECK_").is_some_and(|rest| !rest.is_empty())).collect()
}

/// The settings of an example in the book: a panel is put into a board.
fn settings_of(example: String) -> String {
    if example.starts_with("[[board.panel]]") { format!("{BOARD}{example}") } else { example }
}

/// A settings file of the repository that has boards. The URLs of the demo's APIs are only known when it starts.
fn settings_with_boards(path: &str) -> String {
    let api = "[[api]]\nid = \"warehouse\"\ntitle = \"W\"\nurl = \"http://127.0.0.1:9\"\naudience = \"w\"\n";
    let text = file(path);
    if text.contains("api = \"warehouse\"") { format!("{api}{text}") } else { text }
}

const WITH_BOARDS: [&str; 2] = [SAMPLE, "crates/demo/src/boards.toml"];

/// Every example of the book, the samples and the boards of the demo, each with its place.
pub fn examples() -> Vec<(String, String)> {
    let of_page = |(path, text): (String, String)| {
        let blocks = Page::parse(&text).blocks.into_iter().filter(|block| block.language == "toml");
        blocks
            .map(|block| (format!("{path}, line {}", block.line), settings_of(block.text)))
            .collect::<Vec<_>>()
    };
    let of_files = WITH_BOARDS.map(|path| (path.to_owned(), settings_with_boards(path)));
    pages().into_iter().flat_map(of_page).chain(of_files).collect()
}

#[test]
fn every_example_of_the_book_and_the_samples_is_accepted() {
    let (examples, mut refused) = (examples(), Vec::new());
    for (place, settings) in &examples {
        if let Err(error) = load(settings, EXAMPLE_VARIABLE) {
            refused.push(format!("{place}: {error}"));
        }
    }
    assert!(examples.len() >= 16, "the examples were found");
    none(&refused, "the settings reader refuses an example");
    for path in WITH_BOARDS {
        let (settings, _) =
            load(&settings_with_boards(path), None).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(settings.boards.len() > 1, "{path}");
    }
    let error = load(&file(SAMPLE).replace("rows =", "row ="), None).unwrap_err().to_string();
    assert!(error.contains("did you mean `rows`?"), "{error}");
}

#[test]
fn mistakes_are_reported_as_the_book_shows() {
    let board = |id: &str, panel: &str| {
        format!(
            "[[board]]\nid = \"{id}\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"A\"\n{panel}kind = \"table\"\nrows = \"$[*]\"\n"
        )
    };
    let first = board("a", "colums = []\nget = \"/a\"\n");
    let second = board("b", "get = \"/b?from={from}\"\n");
    let text = format!("\n\n\n\n\n\n{first}{second}");
    let said = load(&text, None).unwrap_err().to_string().replace("the built-in settings", "claimcheck.toml");
    assert!(file("docs/boards/errors.md").contains(&format!("claimcheck: {said}\n")), "claimcheck: {said}");
}

#[test]
fn the_sample_of_the_variables_starts_without_changes() {
    let sample = file(ENV_SAMPLE);
    let set = sample.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    let set = set.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()));
    let (settings, _) = Settings::load(None, None, set).unwrap();
    assert_eq!(settings.origin(), "http://localhost:3000");
}

#[test]
fn variables_in_writing_are_those_of_the_program() {
    assert!(is_known("CLAIMCHECK_LISTEN") && !is_known("CLAIMCHECK_LISTENS") && !is_known("CLAIMCHECK_FROB"));
    let mut texts = pages();
    texts.extend([SAMPLE, ENV_SAMPLE].map(|path| (path.to_owned(), file(path))));
    for (path, text) in texts {
        for name in named(&text) {
            assert!(is_known(&name), "{path} names {name}, which the program does not know");
        }
    }
}

#[test]
fn functions_that_the_walkthroughs_name_exist() {
    let text = file("docs/architecture/walkthroughs.md");
    let page = Page::parse(&text);
    let steps: Vec<_> = page.code_spans().into_iter().filter_map(|span| span.split_once(".rs: ")).collect();
    assert!(steps.len() > 60, "the steps were found");
    for (path, name) in steps {
        // Paths of crates start at the root, those of the application at `src`.
        let path = if path.starts_with("crates/") { path.to_owned() } else { format!("src/{path}") };
        let source = file(&format!("{path}.rs"));
        let is_there = source.match_indices("fn ").any(|(at, _)| {
            let rest = source[at + 3..].strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with(['(', '<']))
        });
        assert!(is_there, "{path}.rs has no function {name}");
    }
}

#[test]
fn messages_in_the_troubleshooting_tables_are_those_of_the_program() {
    let mut sources = files_below("src", "rs");
    sources.extend(files_below("crates", "rs"));
    // A text over several lines of source is one line.
    let joined = |text: String| text.split("\\\n").map(str::trim_start).collect::<String>();
    let program: String = sources.into_values().map(joined).collect();
    let (mut count, mut unknown) = (0, Vec::new());
    for (path, text) in book().into_iter().filter(|(path, _)| path.starts_with("docs/providers/")) {
        let section = Page::parse(&text).section(TROUBLESHOOTING);
        assert!(!section.is_empty(), "{path} has no section {TROUBLESHOOTING:?}");
        let rows = section.lines().filter_map(|line| line.strip_prefix('|')?.split('|').next());
        for code in rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)) {
            count += 1;
            // `event="…"` is searched by its value.
            let message = code.split_once("=\"").map_or(code.to_owned(), |(_, value)| format!("\"{value}"));
            if !program.contains(&message) {
                unknown.push(format!("{path}: {code}"));
            }
        }
    }
    assert!(count > 30, "the messages were found");
    none(&unknown, "no source has a message that the book shows");
}

#[test]
fn tests_that_the_pages_of_providers_name_exist() {
    let mut sources = files_below("tests/it", "rs");
    sources.extend(files_below("crates", "rs"));
    let names: BTreeSet<_> = sources.values().flat_map(|text| text.split("fn ").skip(1)).collect();
    let exists = |name: &str| names.iter().any(|rest| rest.starts_with(&format!("{name}(")));
    let (mut count, mut unknown) = (0, Vec::new());
    for (path, text) in book().into_iter().filter(|(path, _)| path.starts_with("docs/providers/")) {
        let section = Page::parse(&text).section("## What was tested");
        if path != "docs/providers/index.md" {
            assert!(!section.is_empty(), "{path} does not say what was tested");
        }
        // The last cell of a row that has one name in it.
        let cells = section.lines().filter_map(|line| line.strip_suffix(" |")?.rsplit("| ").next());
        for name in cells.filter_map(|cell| cell.strip_prefix('`')?.strip_suffix('`')) {
            count += 1;
            if !exists(name) {
                unknown.push(format!("{path}: {name}"));
            }
        }
    }
    assert!(count > 20, "the names were found");
    none(&unknown, "a page names a test that does not exist");
}

#[test]
fn make_targets_in_writing_exist() {
    let makefile = file("Makefile");
    let targets = makefile.lines().filter_map(|line| Some(line.split_once(": ## ")?.0));
    let targets: BTreeSet<_> = targets.collect();
    assert!(targets.contains("demo") && !targets.contains("damo"));
    let mut unknown = Vec::new();
    for (path, text) in pages() {
        let page = Page::parse(&text);
        let blocks = page.blocks.iter().filter(|block| block.language == "sh");
        let lines = blocks.flat_map(|block| block.text.lines()).chain(page.code_spans());
        for line in lines.filter_map(|line| line.split('#').next()) {
            let words: Vec<_> = line.split_whitespace().collect();
            let named = words.windows(2).filter(|pair| pair[0] == "make").map(|pair| pair[1]);
            let missing = named.filter(|word| !targets.contains(*word));
            unknown.extend(missing.map(|word| format!("{path}: make {word}")));
        }
    }
    none(&unknown, "there is no such target");
    // CI runs the command from the README.
    assert!(file(README).contains("make test") && file(".ci/run").contains("\nmake test "));
}

/// The target of a link of a page, as a path from the root.
fn join(page: &str, target: &str) -> String {
    let mut parts: Vec<_> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The fault of a link of a page, if any.
fn fault(page: &str, link: &str) -> Option<&'static str> {
    let (target, anchor) = link.split_once('#').map_or((link, None), |(target, part)| (target, Some(part)));
    let found = if target.is_empty() { page.to_owned() } else { join(page, target) };
    if page.starts_with("docs/") && !found.starts_with("docs/") {
        return Some("leaves the book, whose files are those in docs/");
    }
    if !root().join(&found).exists() {
        return Some("leads nowhere");
    }
    let has_anchor = |anchor: &str| Page::parse(&file(&found)).anchors().contains(anchor);
    let is_lost = found.ends_with(".md") && anchor.is_some_and(|anchor| !has_anchor(anchor));
    is_lost.then_some("has no such heading")
}

#[test]
fn links_between_pages_resolve() {
    let (mut count, mut faults) = (0, Vec::new());
    for (path, text) in pages() {
        let links = Page::parse(&text).links().into_iter();
        for link in links.filter(|link| !link.contains("://")) {
            count += 1;
            faults.extend(fault(&path, &link).map(|fault| format!("{path}: {link} {fault}")));
        }
    }
    assert!(count > 50, "the links were found");
    none(&faults, "a link does not resolve");
}

#[test]
fn the_summary_lists_every_page_once() {
    let mut listed: Vec<_> =
        Page::parse(&file(SUMMARY)).links().into_iter().map(|link| join(SUMMARY, &link)).collect();
    listed.sort();
    let pages: Vec<_> = book().into_keys().collect();
    assert_eq!(listed, pages, "left: the entries of {SUMMARY}, right: the pages");
}

#[test]
fn the_readme_is_short() {
    let bytes = file(README).len();
    assert!(bytes <= README_MAX_BYTES, "{bytes} bytes; what is longer belongs in the book");
}

#[test]
fn op_12_the_audit_names_its_exceptions_and_each_is_still_one() {
    let (page, lock) = (file("docs/operating/upgrades.md"), file("Cargo.lock"));
    let (_, audit) = page.split_once("\n## Audit\n").unwrap();
    let (_, command) = audit.split_once("\ncargo audit ").unwrap();
    let ignored: Vec<_> = command.lines().next().unwrap().split("--ignore ").skip(1).collect();
    let rows: Vec<_> = audit.lines().filter(|line| line.starts_with("| `RUSTSEC-")).collect();
    assert_eq!((ignored.len(), rows.len()), (1, 1));
    for (ignored, row) in ignored.iter().zip(rows) {
        let advisory = ignored.split(' ').next().unwrap();
        let krate = row.split('`').nth(3).unwrap();
        assert!(row.contains(&format!("`{advisory}`")), "{row}");
        assert!(lock.contains(&format!("\nname = \"{krate}\"\n")), "{krate} is no dependency any more");
    }
}

#[test]
fn op_12_the_book_says_what_processes_share() {
    let page = file("docs/operating/processes.md");
    for subject in [
        "sessions, their ends",
        "one refresh at a time",
        "a logout token",
        "metadata and keys",
        "sign_in_rate",
    ] {
        let is_of = |line: &&str| line.trim_start_matches(['|', ' ', '`']).starts_with(subject);
        let row = page.lines().filter(|line| line.starts_with('|')).find(is_of);
        let place = row.and_then(|row| row.split('|').nth(2)).unwrap_or_default();
        assert!(place.contains("store") || place.contains("each process"), "{subject}: {place}");
    }
}
