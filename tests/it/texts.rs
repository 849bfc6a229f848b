//! The texts of the pages: every id in code is in the catalogue with the same arguments, every text of the catalogue is
//! used, and markup contains no literal text.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The folders in which texts are used.
const FOLDERS: [&str; 3] = ["src", "crates/server/src", "crates/text/src"];
/// Texts of the library itself and of its tests.
const OWN: [&str; 2] = ["language-name", "row-count"];

/// The last words in the names of attributes and properties that users read: `aria-label`, `title`.
const SPOKEN: [&str; 5] = ["alt", "caption", "label", "placeholder", "title"];

/// The uses of a text: the names of its arguments, and the place.
type Uses = BTreeMap<String, Vec<(BTreeSet<String>, String)>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every `t!(…)` and `parts!(…)` in a token stream, including macros and markup.
fn collect(tokens: TokenStream, file: &str, uses: &mut Uses) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        collect(group.stream(), file, uses);
        let [.., TokenTree::Ident(name), TokenTree::Punct(bang)] = &tokens[..index] else { continue };
        if bang.as_char() == '!' && (name == "t" || name == "parts") {
            let (id, arguments) = call(group.stream());
            uses.entry(id).or_default().push((arguments, file.to_owned()));
        }
    }
}

/// The id and the names of the arguments of a call: `language, "id", name = value, …`.
fn call(tokens: TokenStream) -> (String, BTreeSet<String>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let parts = tokens.split(|token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ','));
    let (mut id, mut names) = (None, BTreeSet::new());
    for part in parts.skip(1) {
        match part {
            [TokenTree::Literal(literal)] if id.is_none() => {
                id = Some(literal.to_string().trim_matches('"').to_owned());
            }
            [TokenTree::Ident(name), TokenTree::Punct(is), ..] if is.as_char() == '=' => {
                names.insert(name.to_string().replace('_', "-"));
            }
            _ => {}
        }
    }
    (id.unwrap_or_else(|| "(no literal)".to_owned()), names)
}

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            found.push((name, fs::read_to_string(path).unwrap()));
        }
    }
}

fn uses() -> Uses {
    let mut files = Vec::new();
    FOLDERS.iter().for_each(|folder| sources(&root().join(folder), &mut files));
    let mut uses = Uses::new();
    for (name, text) in files {
        collect(text.parse().unwrap_or_else(|error| panic!("{name}: {error}")), &name, &mut uses);
    }
    uses
}

/// The texts of the reference language, each with its variables.
fn catalogue() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(root().join("crates/text/locales/en.ftl")).unwrap();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut id = String::new();
    for line in text.lines() {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            id = line.split(' ').next().unwrap_or_default().to_owned();
            assert!(found.insert(id.clone(), BTreeSet::new()).is_none(), "{id} is there twice");
        } else if line.starts_with('#') {
            id.clear();
        }
        let variables = line.split('$').skip(1).map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default().to_owned()
        });
        if let Some(names) = found.get_mut(&id) {
            names.extend(variables);
        }
    }
    found
}

#[test]
fn every_text_in_code_is_in_the_catalogue_and_every_text_of_the_catalogue_is_used() {
    let (uses, catalogue) = (uses(), catalogue());
    let mut wrong = Vec::new();
    for (id, calls) in &uses {
        for (arguments, file) in calls {
            match catalogue.get(id) {
                None => wrong.push(format!("{file}: {id} is not in the catalogue")),
                Some(names) if names != arguments => {
                    wrong.push(format!("{file}: {id} has {names:?}, the code gives {arguments:?}"));
                }
                Some(_) => {}
            }
        }
    }
    let unused = catalogue.keys().filter(|id| !uses.contains_key(*id) && !OWN.contains(&id.as_str()));
    wrong.extend(unused.map(|id| format!("en.ftl: {id} is not used")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The texts between tags in the markup of a token stream: literals with a sentence or a word for users.
fn literals(tokens: TokenStream, is_markup: bool, found: &mut Vec<String>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let is_view = matches!(
                    &tokens[..index],
                    [.., TokenTree::Ident(name), TokenTree::Punct(bang)] if name == "view" && bang.as_char() == '!'
                );
                let is_code = group.delimiter() != Delimiter::None;
                literals(group.stream(), is_view || (is_markup && !is_code), found);
            }
            TokenTree::Literal(literal) if is_markup => {
                let text = literal.to_string();
                let is_code = match &tokens[..index] {
                    [.., TokenTree::Ident(name), TokenTree::Punct(is)] if is.as_char() == '=' => {
                        !SPOKEN.iter().any(|attribute| name == attribute)
                    }
                    [.., TokenTree::Punct(is)] => is.as_char() == '=',
                    _ => false,
                };
                if text.starts_with('"') && !is_code && text.chars().any(char::is_alphabetic) {
                    found.push(text);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn markup_has_no_text_of_its_own() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut wrong = Vec::new();
    for (name, text) in files.into_iter().filter(|(name, _)| !name.ends_with("/tests.rs")) {
        let mut found = Vec::new();
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        literals(program.parse().unwrap_or_else(|error| panic!("{name}: {error}")), false, &mut found);
        wrong.extend(found.into_iter().map(|text| format!("{name}: {text}")));
    }
    assert!(wrong.is_empty(), "these belong in crates/text/locales:\n{}", wrong.join("\n"));
}

#[test]
fn calls_are_found_wherever_they_are() {
    let mut uses = Uses::new();
    let code = "fn f() { view! { <p title=t!(l, \"a\")>{t!(l(), \"b\", the_count = n, x = f(1, 2))}</p> } parts!(l, \"c\", y = z); }";
    collect(code.parse().unwrap(), "f.rs", &mut uses);
    let names = |id: &str| uses[id][0].0.iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!((names("a"), names("b"), names("c")), (vec![], vec!["the-count", "x"], vec!["y"]));
    let mut found = Vec::new();
    literals(
        "fn f() { view! { <p class=\"a\">\"Text\" {g(\"code\")} \" \" <b>\"more\"</b></p> } }"
            .parse()
            .unwrap(),
        false,
        &mut found,
    );
    assert_eq!(found, ["\"Text\"", "\"more\""]);
}
