//! What the README and the samples say is true: their examples are accepted by the reader of the settings, their
//! variables are those of the program, and the functions that the walkthroughs name are there.

use std::{collections::BTreeSet, fs, path::Path};

use claimcheck::server::config::Settings;

use crate::support::{load_settings as load, variable};

/// What an example panel stands under.
const BOARD: &str = "[[board]]\nid = \"example\"\ntitle = \"Example\"\n[board.period]\nchoices = [\"30d\"]\n";
const SAMPLE: &str = "claimcheck.sample.toml";

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))
        .unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Whether the program knows a variable: it takes it, or refuses its value, but does not say that it has no effect.
fn is_known(name: &str) -> bool {
    match load(BOARD_WITH_A_PANEL, Some((name, "x"))) {
        Ok((_, warnings)) => !warnings.iter().any(|warning| warning.0.starts_with(name)),
        Err(_) => true,
    }
}

const BOARD_WITH_A_PANEL: &str = "[[board]]\nid = \"a\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"A\"\nkind = \"table\"\n\
                                  get = \"/a\"\nrows = \"$[*]\"";

/// The key of every setting, as the program lists them to whoever writes one that it does not have.
fn keys() -> Vec<String> {
    let refusal = load("zzzzzzzzzzzz = 1", None).unwrap_err().to_string();
    let (_, listed) = refusal.split_once("there are ").unwrap();
    let keys: Vec<_> =
        listed.split(", ").map(str::to_owned).filter(|key| key != "api" && key != "board").collect();
    assert!(keys.len() >= 20, "{refusal}");
    keys
}

/// The variables that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let names = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_')).map(str::to_owned);
    names.filter(|name| name.strip_prefix("CLAIMCHECK_").is_some_and(|rest| !rest.is_empty())).collect()
}

/// The code blocks of one language, with the line each begins on.
fn blocks(text: &str, language: &str) -> Vec<(usize, String)> {
    let (mut blocks, mut inside) = (Vec::new(), None);
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut inside) {
            (Some(_), Some(_)) => blocks.extend(inside.take().flatten()),
            (Some(found), None) => inside = Some((found == language).then(|| (index + 2, String::new()))),
            (None, Some(Some((_, block)))) => {
                block.push_str(line);
                block.push('\n');
            }
            (None, _) => {}
        }
    }
    blocks
}

#[test]
fn every_example_of_the_readme_and_the_samples_is_accepted() {
    let readme = file("README.md");
    let examples = blocks(&readme, "toml");
    assert!(examples.len() >= 8, "the examples were found");
    for (line, example) in examples {
        let text = if example.starts_with("[[board.panel]]") { format!("{BOARD}{example}") } else { example };
        if let Err(error) = load(&text, None) {
            panic!("README.md, line {line}: {error}");
        }
    }
    for path in [SAMPLE, "crates/demo/src/boards.toml"] {
        // The addresses of the demo's APIs are known when it starts.
        let api =
            "[[api]]\nid = \"warehouse\"\ntitle = \"W\"\nurl = \"http://127.0.0.1:9\"\naudience = \"w\"\n";
        let text = file(path);
        let text = if text.contains("api = \"warehouse\"") { format!("{api}{text}") } else { text };
        let (settings, _) = load(&text, None).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(settings.boards.len() > 1, "{path}");
    }
    let refused = load(&file(SAMPLE).replace("rows =", "row ="), None).unwrap_err().to_string();
    assert!(refused.contains("did you mean `rows`?"), "{refused}");
}

#[test]
fn mistakes_are_named_as_the_readme_shows() {
    let board = |id: &str, panel: &str| {
        format!(
            "[[board]]\nid = \"{id}\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"A\"\n{panel}kind = \"table\"\nrows = \"$[*]\"\n"
        )
    };
    let first = board("a", "colums = []\nget = \"/a\"\n");
    let second = board("b", "get = \"/b?from={from}\"\n");
    let text = format!("\n\n\n\n\n\n{first}{second}");
    let said = load(&text, None).unwrap_err().to_string().replace("the built-in settings", "claimcheck.toml");
    assert!(file("README.md").contains(&format!("claimcheck: {said}\n")), "{said}");
}

#[test]
fn the_sample_of_the_variables_starts_as_it_stands() {
    let sample = file(".env.sample");
    let set = sample.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    let set = set.map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()));
    let (settings, _) = Settings::load(None, None, set).unwrap();
    assert_eq!(settings.origin(), "http://localhost:3000");
}

#[test]
fn variables_in_writing_are_those_of_the_program() {
    assert!(is_known("CLAIMCHECK_LISTEN") && !is_known("CLAIMCHECK_LISTENS") && !is_known("CLAIMCHECK_FROB"));
    for path in ["README.md", ".env.sample", SAMPLE] {
        for name in named(&file(path)) {
            assert!(is_known(&name), "{path} names {name}, which the program does not know");
        }
    }
    for path in ["README.md", ".env.sample"] {
        let named = named(&file(path));
        for name in keys().iter().map(|key| variable(key)) {
            assert!(named.contains(&name), "{path} does not name {name}");
            let by_file = format!("{name}_FILE");
            assert_eq!(named.contains(&by_file), is_known(&by_file), "{path}, {by_file}");
        }
    }
    // The table is where a person looks first.
    let readme = file("README.md");
    let rows = readme.lines().filter(|line| line.starts_with("| `CLAIMCHECK_"));
    let heads: Vec<_> = rows.filter_map(|row| row.split('|').nth(1)).collect();
    for name in keys().iter().map(|key| format!("`{}`", variable(key))) {
        assert_eq!(heads.iter().filter(|head| head.contains(&name)).count(), 1, "a row for {name}");
    }
}

#[test]
fn functions_that_the_walkthroughs_name_are_there() {
    let readme = file("README.md");
    let steps: Vec<_> = readme.split('`').filter_map(|code| code.split_once(".rs: ")).collect();
    assert!(steps.len() > 60, "the steps were found");
    for (path, name) in steps {
        // Crates are named from the root, the application from `src`.
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
fn what_the_readme_links_to_is_there() {
    let readme = file("README.md");
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.starts_with("https://")) {
        match link.strip_prefix('#') {
            Some(part) => {
                let heading =
                    |line: &str| line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
                let mut headings = readme.lines().filter(|line| line.starts_with('#'));
                assert!(headings.any(|line| heading(line).replace(',', "") == part), "#{part}");
            }
            None => assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists(), "{link}"),
        }
    }
}

#[test]
fn op_12_the_audit_names_its_exceptions_and_each_is_still_one() {
    let (readme, lock) = (file("README.md"), file("Cargo.lock"));
    let (_, audit) = readme.split_once("\n## Audit\n").unwrap();
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
fn op_12_what_processes_share_is_written_down() {
    let readme = file("README.md");
    let (_, part) = readme.split_once("\n### Several processes\n").unwrap();
    let (part, _) = part.split_once("\n## ").unwrap();
    for said in [
        "sessions, their ends",
        "one refresh at a time",
        "a logout token",
        "metadata and keys",
        "sign_in_rate",
    ] {
        let row = part
            .lines()
            .find(|line| line.starts_with(&format!("| {said}")) || line.starts_with(&format!("| `{said}")));
        let where_it_is = row.and_then(|row| row.split('|').nth(2)).unwrap_or_default();
        assert!(where_it_is.contains("store") || where_it_is.contains("each process"), "{said}");
    }
}
