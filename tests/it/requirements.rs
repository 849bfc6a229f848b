//! The requirements in `docs/requirements.md` and the tests that prove them. The page's last column is generated from
//! the names of the tests. Every row has a test or is listed here, and every id in the name of a test has a row.
//!
//! `UPDATE_DOCS=1 cargo test --features demo --test it requirements` writes the column.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::Path,
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Item};

const PAGE: &str = "docs/requirements.md";
/// The number of tests that a row names; the others are counted.
const SHOWN: usize = 3;
/// Families whose ids have no separator: `r07_…` is R07.
const SHORT_FAMILIES: [&str; 5] = ["r", "p", "h", "f", "fs"];
/// Rows without a test. Delete a row from this list together with adding its first test.
const PLANNED: &[&str] = &[];
/// Rows that record a decision or an observation, and need no test.
const NOT_APPLICABLE: &[&str] = &["FS2"];

/// The id of a row: its family in lower case, and its number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Id(String, u32);

impl Id {
    /// An id in the form of a test's name: `cb_05`, `suite_35`, `r07`.
    fn parse(word: &str) -> Option<Self> {
        let (family, digits) = word.split_at(word.find(|c: char| c.is_ascii_digit())?);
        let (family, is_id) = match family.strip_suffix('_') {
            Some(letters) => (letters, digits.len() == 2 && (letters.len() == 2 || letters == "suite")),
            None => (family, digits.len() <= 2 && SHORT_FAMILIES.contains(&family)),
        };
        if !is_id || !family.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        Some(Self(family.to_owned(), digits.parse().ok()?))
    }

    /// An id as written in the page and in the titles of browser tests: `CB-05`, `SUITE-35`, `R07`.
    fn written(word: &str) -> Option<Self> {
        if word.contains(|c: char| c == '_' || c.is_ascii_lowercase()) {
            return None;
        }
        Self::parse(&word.to_ascii_lowercase().replace('-', "_"))
    }

    /// The ids at the start of a test's name.
    fn of_name(name: &str) -> Vec<Self> {
        let words: Vec<_> = name.split('_').collect();
        let mut rest = words.as_slice();
        let mut ids = Vec::new();
        loop {
            let found =
                (1..=2).find_map(|length| Some((Self::parse(&rest.get(..length)?.join("_"))?, length)));
            let Some((id, length)) = found else { return ids };
            ids.push(id);
            rest = &rest[length..];
        }
    }

    /// The ids at the start of a browser test's title.
    fn of_title(title: &str) -> Vec<Self> {
        title.split(' ').map_while(Self::written).collect()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(family, number) = self;
        let separator = if SHORT_FAMILIES.contains(&family.as_str()) { "" } else { "-" };
        write!(f, "{}{separator}{number:02}", family.to_ascii_uppercase())
    }
}

/// A row of the page: its id, and all of its cells except the last.
struct Row<'a> {
    id: Id,
    name: &'a str,
    cells: &'a str,
}

impl<'a> Row<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (name, _) = line.strip_prefix("| ")?.split_once(" | ")?;
        let (at, _) = line.match_indices(" | ").nth(3)?;
        Some(Self { id: Id::written(name)?, name, cells: &line[..at] })
    }
}

/// The names of tests by id, in the order of the page.
type Tests = BTreeMap<Id, Vec<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below `folder` whose names end with `end`, by their path from `folder`.
fn files(folder: &str, end: &str) -> BTreeMap<String, String> {
    let top = root().join(folder);
    let mut found = BTreeMap::new();
    let mut folders = vec![top.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().unwrap().ends_with(end) {
                let parts = path.strip_prefix(&top).unwrap().iter();
                let name = parts.map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join("/");
                found.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    found
}

/// The modules of a file in its crate or its integration test, as named by the test runner.
fn modules(file: &str) -> Vec<String> {
    let parts: Vec<_> = file.trim_end_matches(".rs").split('/').collect();
    // A build script is in neither, and has no tests.
    let Some(top) = parts.iter().position(|part| ["src", "tests"].contains(part)) else { return Vec::new() };
    let depth = if parts[top] == "tests" { 2 } else { 1 };
    let mut modules: Vec<_> = parts[top + depth..].iter().map(|part| (*part).to_owned()).collect();
    modules.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
    modules
}

/// The names of the tests among these items, each with its modules.
fn tests_of(items: &[Item], modules: &[String]) -> Vec<(String, String)> {
    // A macro that is called with names of functions makes tests of them, such as one for each store.
    let macros = items.iter().filter_map(|item| match item {
        Item::Macro(item) => Some(item.mac.tokens.clone()),
        _ => None,
    });
    let named: BTreeSet<String> = macros.flat_map(names).collect();
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Fn(function) => {
                let name = function.sig.ident.to_string();
                if is_test(&function.attrs) || named.contains(&name) {
                    found.push(([modules, std::slice::from_ref(&name)].concat().join("::"), name));
                }
            }
            Item::Mod(module) => {
                let inner = module
                    .content
                    .iter()
                    .flat_map(|(_, items)| tests_of(items, &[modules, &[module.ident.to_string()]].concat()));
                found.extend(inner);
            }
            _ => {}
        }
    }
    found
}

/// Whether the test runner runs a function with these attributes.
fn is_test(attributes: &[Attribute]) -> bool {
    let has = |name: &str| {
        attributes
            .iter()
            .any(|attribute| attribute.path().segments.last().is_some_and(|last| last.ident == name))
    };
    has("test") && !has("ignore")
}

/// Every name in these tokens.
fn names(tokens: TokenStream) -> Vec<String> {
    let of_tree = |tree: TokenTree| match tree {
        TokenTree::Ident(ident) => vec![ident.to_string()],
        TokenTree::Group(group) => names(group.stream()),
        _ => Vec::new(),
    };
    tokens.into_iter().flat_map(of_tree).collect()
}

/// The titles of the browser tests in a file.
fn titles(text: &str) -> Vec<&str> {
    let calls = text.split("test(").skip(1);
    let titles = calls.filter_map(|call| {
        let quote = call.chars().next().filter(|first| ['\'', '"', '`'].contains(first))?;
        call[1..].split(quote).next()
    });
    titles.collect()
}

/// Every test with an id: Rust tests first, then browser tests.
fn tests() -> Tests {
    let mut tests = Tests::new();
    let mut found = Vec::new();
    for folder in ["crates", "src", "tests"] {
        for (file, text) in files(folder, ".rs") {
            let items =
                syn::parse_file(&text).unwrap_or_else(|error| panic!("{folder}/{file}: {error}")).items;
            found.extend(tests_of(&items, &modules(&format!("{folder}/{file}"))));
        }
    }
    assert!(found.len() > 500, "the tests were found");
    found.sort();
    for (path, name) in found {
        Id::of_name(&name).into_iter().for_each(|id| tests.entry(id).or_default().push(path.clone()));
    }
    for (file, text) in files("end2end/specs", ".spec.ts") {
        for title in titles(&text) {
            let ids = Id::of_title(title).into_iter();
            ids.for_each(|id| tests.entry(id).or_default().push(format!("{file}: {title}")));
        }
    }
    tests
}

/// The last cell of a row.
fn cell(row: &Row<'_>, tests: &Tests) -> String {
    let Some(tests) = tests.get(&row.id) else {
        let state = if NOT_APPLICABLE.contains(&row.name) { "not applicable" } else { "planned" };
        return state.to_owned();
    };
    let mut shown: Vec<_> =
        tests.iter().take(SHOWN).map(|test| format!("`{}`", test.replace('|', "\\|"))).collect();
    if tests.len() > SHOWN {
        shown.push(format!("and {} more", tests.len() - SHOWN));
    }
    shown.join("<br>")
}

/// The page with its last column generated from the tests.
fn with_tests(page: &str, tests: &Tests) -> String {
    let line = |line: &str| match Row::of(line) {
        Some(row) => format!("{} | {} |\n", row.cells, cell(&row, tests)),
        None => format!("{line}\n"),
    };
    page.lines().map(line).collect()
}

/// The errors in the rows, the tests and the lists, regardless of the last column.
fn problems(rows: &[Row<'_>], tests: &Tests, planned: &[&str], not_applicable: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut known = BTreeSet::new();
    for row in rows {
        if !known.insert(&row.id) {
            problems.push(format!("{} has two rows", row.name));
        }
        let is_listed = planned.contains(&row.name) || not_applicable.contains(&row.name);
        match (tests.contains_key(&row.id), is_listed) {
            (true, true) => problems.push(format!("{} has a test now: delete it from the list", row.name)),
            (false, false) => {
                problems.push(format!("{} has no test: add one, or list it as planned", row.name))
            }
            _ => {}
        }
    }
    for name in planned.iter().chain(not_applicable) {
        if !rows.iter().any(|row| row.name == *name) {
            problems.push(format!("{name} is listed and has no row"));
        }
    }
    for (id, tests) in tests.iter().filter(|(id, _)| !known.contains(id)) {
        problems.push(format!("{} bears {id}, which has no row", tests.join(", ")));
    }
    problems
}

#[test]
fn every_row_has_a_test_and_every_id_a_row() {
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let rows: Vec<_> = page.lines().filter_map(Row::of).collect();
    let tests = tests();
    let problems = problems(&rows, &tests, PLANNED, NOT_APPLICABLE);
    assert!(problems.is_empty(), "{PAGE}, tests and lists differ:\n{}", problems.join("\n"));
    let updated = with_tests(&page, &tests);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(root().join(PAGE), updated).unwrap();
        return;
    }
    let command = "UPDATE_DOCS=1 cargo test --features demo --test it requirements";
    assert!(page == updated, "{PAGE} differs from the tests; update it with: {command}");
}

#[test]
fn ids_are_read_from_names_and_nothing_else_is_taken_for_one() {
    let id = |family: &str, number| Id(family.to_owned(), number);
    for (name, ids) in [
        ("cb_05_a_parameter", vec![id("cb", 5)]),
        ("it_05_it_06_times", vec![id("it", 5), id("it", 6)]),
        ("suite_35_refresh", vec![id("suite", 35)]),
        ("r07_dates", vec![id("r", 7)]),
        ("p1_keys_h10_is_not_at_the_front", vec![id("p", 1)]),
        ("f12_fs3_rows", vec![id("f", 12), id("fs", 3)]),
        ("lo_14_r21", vec![id("lo", 14), id("r", 21)]),
        ("rf_03", vec![id("rf", 3)]),
    ] {
        assert_eq!(Id::of_name(name), ids, "{name}");
    }
    let others = "sha256_of_a_text s3_is_no_store p256_signs ed25519_signs b64 utf_16_text tls_12_is_old x_05_y r_07_y \
                  cb_5_y cb_005_y cb05_y rf_a3_y R07_y CB_05_y a_cb_05_later r007_y since_1970 es_256_y";
    for name in others.split(' ') {
        assert!(Id::of_name(name).is_empty(), "{name}");
    }
    assert_eq!(Id::of_title("HD-03 SC-05 a sign-in, not CB-05"), [id("hd", 3), id("sc", 5)]);
    assert_eq!(Id::of_title("R07 dates"), [id("r", 7)]);
    for title in ["hd-03 x", "a CB-05", "", "OP-5 x", "P256 x", "SC_05 x"] {
        assert!(Id::of_title(title).is_empty(), "{title}");
    }
    assert_eq!(
        [id("cb", 5), id("r", 7), id("suite", 35)].map(|id| id.to_string()),
        ["CB-05", "R07", "SUITE-35"]
    );
}

#[test]
fn tests_are_found_where_they_are() {
    for (file, found) in [
        ("tests/it/refresh/id_token.rs", "refresh::id_token"),
        ("tests/it/refresh/mod.rs", "refresh"),
        ("tests/it/main.rs", ""),
        ("crates/oidc/src/lib.rs", ""),
        ("crates/session/src/tests/store.rs", "tests::store"),
        ("crates/test_stores/tests/servers.rs", ""),
        ("src/pages/board.rs", "pages::board"),
    ] {
        assert_eq!(modules(file).join("::"), found, "{file}");
    }
    let text =
        "#[test] fn cb_01_a() {}  #[tokio::test(flavor = \"x\")] async fn cb_02_a() {}  fn cb_03_helper() {}
                #[test] #[ignore] fn cb_04_a() {}  on_all!(cb_05_a);  fn cb_05_a() {}
                mod tests { #[test] fn cb_06_a() {} }";
    let found = tests_of(&syn::parse_file(text).unwrap().items, &["m".to_owned()]);
    let paths: Vec<_> = found.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["m::cb_01_a", "m::cb_02_a", "m::cb_05_a", "m::tests::cb_06_a"]);
    let text = "test('SC-01 it’s one', async () => {}); other.test(name); test(`R07 by ${way}`, X, f); test.skip('no')";
    assert_eq!(titles(text), ["SC-01 it’s one", "R07 by ${way}"]);
}

#[test]
fn rows_tests_and_lists_must_agree() {
    let page = "| CB-01 | may be `a` | RFC | M | old |\n| CB-02 | b | RFC | M | |\n| R07 | c | x | P | |\n\
                | CB-03 | an example |\ntext\n";
    let rows: Vec<_> = page.lines().filter_map(Row::of).collect();
    assert_eq!(rows.iter().map(|row| row.name).collect::<Vec<_>>(), ["CB-01", "CB-02", "R07"]);
    let bears = |names: &[&str]| {
        let tests = names.iter().map(|name| (Id::of_name(name).remove(0), vec![format!("m::{name}")]));
        tests.collect::<Tests>()
    };
    let tests = bears(&["cb_01_a"]);
    let none = [""; 0];
    assert_eq!(problems(&rows, &tests, &["CB-02"], &["R07"]), none);
    assert_eq!(problems(&rows, &tests, &["CB-02"], &[]).len(), 1, "R07 lost its test");
    assert_eq!(problems(&rows, &tests, &["CB-01", "CB-02"], &["R07"]).len(), 1, "CB-01 has one");
    assert_eq!(problems(&rows, &tests, &["CB-02", "CB-09"], &["R07"]).len(), 1, "CB-09 has no row");
    let unknown = bears(&["cb_01_a", "cb_99_a"]);
    assert_eq!(problems(&rows, &unknown, &["CB-02"], &["R07"]), ["m::cb_99_a bears CB-99, which has no row"]);
    let many = Tests::from([(Id("cb".into(), 1), ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec())]);
    assert_eq!(
        with_tests(page, &many),
        "| CB-01 | may be `a` | RFC | M | `a`<br>`b`<br>`c`<br>and 2 more |\n| CB-02 | b | RFC | M | planned |\n\
         | R07 | c | x | P | planned |\n| CB-03 | an example |\ntext\n"
    );
}
