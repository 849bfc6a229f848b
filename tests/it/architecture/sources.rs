//! The Rust files of the project, and the rules for each file: a header, a limit on its length, and no `cfg(feature)`
//! outside the roots of crates.

use std::{collections::BTreeMap, fs, path::Path};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Texts of files by their path from the project's root, with `/` between folders.
pub type Texts = BTreeMap<String, String>;

/// The longest file, in lines.
pub const MAX_LINES: usize = 400;

/// Every Rust file of the application and of the crates.
pub fn program(root: &Path) -> Texts {
    let mut texts = below(root, "src");
    for folder in crates(root) {
        texts.extend(below(root, &format!("{folder}/src")));
    }
    assert!(texts.len() > 80, "the sources were found");
    texts
}

/// Every Rust file to which the rules for files apply: the program and the integration tests.
pub fn all(root: &Path) -> Texts {
    let mut texts = program(root);
    texts.extend(below(root, "tests"));
    for folder in crates(root) {
        texts.extend(below(root, &format!("{folder}/tests")));
    }
    texts
}

/// The folders of the crates, as `crates/NAME`.
fn crates(root: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root.join("crates")) else { return Vec::new() };
    let name = |entry: fs::DirEntry| format!("crates/{}", entry.file_name().display());
    entries.map(|entry| name(entry.unwrap())).filter(|folder| root.join(folder).is_dir()).collect()
}

/// Every Rust file below `folder`; none if there is no such folder.
fn below(root: &Path, folder: &str) -> Texts {
    let mut found = Texts::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let parts = path.strip_prefix(root).unwrap().iter();
                let name = parts.map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join("/");
                found.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

/// Every file without a header that describes its content.
pub fn without_header(texts: &Texts) -> Vec<String> {
    texts.iter().filter(|(_, text)| !text.starts_with("//!")).map(|(file, _)| file.clone()).collect()
}

/// Every file that is too long, with its number of lines.
pub fn too_long(texts: &Texts) -> Vec<String> {
    let lines = texts.iter().map(|(file, text)| (file, text.lines().count()));
    lines
        .filter(|(_, count)| *count > MAX_LINES)
        .map(|(file, count)| format!("{file}: {count} lines"))
        .collect()
}

/// Every `cfg(feature …)`, `cfg_attr(feature …)` and `cfg!(feature …)` outside the root of a crate, as `file:line`.
pub fn gated(texts: &Texts) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in texts {
        if file == "src/lib.rs" || (file.starts_with("crates/") && file.ends_with("/src/lib.rs")) {
            continue;
        }
        let tokens = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
        found.extend(gates(tokens).iter().map(|line| format!("{file}:{line}")));
    }
    found
}

/// The lines of `cfg`, `cfg_attr` and `cfg!` that name a feature.
pub fn gates(tokens: TokenStream) -> Vec<usize> {
    let trees: Vec<_> = tokens.into_iter().collect();
    let mut lines = Vec::new();
    for (index, tree) in trees.iter().enumerate() {
        if let TokenTree::Group(group) = tree {
            lines.extend(gates(group.stream()));
        }
        let TokenTree::Ident(ident) = tree else { continue };
        if ident != "cfg" && ident != "cfg_attr" {
            continue;
        }
        let is_bang = |tree: &&TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '!');
        let arguments = trees[index + 1..].iter().find(|tree| !is_bang(tree));
        if let Some(TokenTree::Group(group)) = arguments
            && group.delimiter() == Delimiter::Parenthesis
            && names_feature(group.stream())
        {
            lines.push(ident.span().start().line);
        }
    }
    lines
}

fn names_feature(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == "feature",
        TokenTree::Group(group) => names_feature(group.stream()),
        _ => false,
    })
}
