//! The names of `data-part`: all of them are in `model::part`, and each is used.

use std::{collections::BTreeMap, fs, path::Path};

/// All files below a folder, with their text.
fn texts(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((path.strip_prefix(root).unwrap().display().to_string(), text));
            }
        }
    }
    found
}

/// The names of constants, by the names of parts.
fn constants() -> BTreeMap<String, String> {
    let (_, text) =
        texts("crates/model/src").into_iter().find(|(name, _)| name.ends_with("/part.rs")).unwrap();
    let lines: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("pub const ")).collect();
    let found: BTreeMap<_, _> = lines
        .iter()
        .filter_map(|line| line.strip_suffix("\");")?.split_once(": Part = Part(\""))
        .map(|(constant, part)| (part.to_owned(), constant.to_owned()))
        .collect();
    // All except the name of the attribute and the id of the main landmark: each part has one constant.
    assert_eq!((found.len(), found.len() > 40), (lines.len() - 2, true));
    found
}

/// The names of parts in a text: after `data-part=` and an optional quote, up to the end of the name.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.split("data-part=").skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('"').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-')?;
        // `data-part=part::NAME` in markup, and the selector built by `model::part`.
        rest.get(..end).filter(|name| !name.is_empty() && !rest[end..].starts_with("::"))
    })
}

#[test]
fn every_part_that_is_named_anywhere_has_a_constant() {
    let constants = constants();
    for (file, text) in texts("src").into_iter().chain(texts("style")) {
        for name in literals(&text) {
            assert!(constants.contains_key(name), "{file} names the part {name}, which model::part has not");
        }
    }
}

#[test]
fn every_constant_is_a_part_of_some_markup() {
    let is_markup = |name: &str| !name.starts_with("src/islands/");
    let markup: Vec<_> = texts("src").into_iter().filter(|(name, _)| is_markup(name)).collect();
    for (part, constant) in constants() {
        let is_used = |text: &str| {
            let path = format!("part::{constant}");
            let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
            text.split(&path).skip(1).any(ends) || literals(text).any(|name| name == part)
        };
        assert!(markup.iter().any(|(_, text)| is_used(text)), "no markup has the part {part}");
    }
}

#[test]
fn scripts_look_parts_up_by_constants() {
    for (file, text) in texts("src/islands") {
        assert_eq!(literals(&text).next(), None, "{file} writes out the name of a part");
    }
}
