//! Tests of the rules: a made-up project that follows them, and the same project with one change that breaks one.

use super::{
    super::{
        graph::{Graph, cycles},
        modules::Tree,
        names,
        rooms::{Rooms, room},
        sources::{Texts, gated, gates, too_long, without_header},
    },
    texts,
};

/// Two layers, of which the lower one uses no services, and three services.
const TABLE: Rooms = Rooms {
    layers: &[&["lib"], &["pages"], &["model"]],
    services: &[&["server"], &["server/actions", "server/boards"], &["server/guard"]],
    everywhere: &["paths"],
    without_services: &["model"],
    below_services: &["model"],
    crates: &["crates/base"],
    crates_for: &[("crates/demo", &[])],
    allowed: &[("crates/model/src/extra.rs", "server/guard")],
    exceptions: &[],
};

/// A project with every room of the table. These files replace its own.
fn project(changes: &[(&str, &str)]) -> Texts {
    let mut texts = texts(&[
        ("src/lib.rs", "pub mod pages;"),
        (
            "src/pages/mod.rs",
            "use claimcheck_model::{Model, paths::HOME};\nuse claimcheck_server::actions::Act;\npub struct Page;",
        ),
        (
            "crates/model/src/lib.rs",
            "pub mod extra; pub mod paths;\nuse crate::paths::HOME;\npub struct Model;",
        ),
        ("crates/model/src/extra.rs", "use claimcheck_server::guard::Guard;"),
        ("crates/model/src/paths.rs", "pub const HOME: &str = \"/\";"),
        ("crates/server/src/lib.rs", "pub mod actions; pub mod boards; pub mod guard;"),
        ("crates/server/src/actions.rs", "use super::{boards::Board, guard::Guard}; pub struct Act;"),
        (
            "crates/server/src/boards.rs",
            "use claimcheck_model::Model; use claimcheck_base::Clock; pub struct Board;",
        ),
        ("crates/server/src/guard.rs", "pub struct Guard;"),
        ("crates/base/src/lib.rs", "pub struct Clock;"),
        ("crates/demo/src/lib.rs", "pub struct Demo;"),
    ]);
    texts.extend(self::texts(changes));
    texts
}

/// The violations of the table by the project with this file changed.
fn broken_by(file: &str, text: &str) -> Vec<String> {
    TABLE.violations(&Graph::of(&Tree::of_project(&project(&[(file, text)]))))
}

#[test]
fn a_use_against_the_order_fails_and_the_same_tree_without_it_does_not() {
    assert_eq!(TABLE.violations(&Graph::of(&Tree::of_project(&project(&[])))), [""; 0]);
    for (file, text, found) in [
        (
            "crates/model/src/lib.rs",
            "pub mod paths; pub struct Model;\nuse claimcheck::{\n pages::Page,\n};",
            "crates/model/src/lib.rs:3 → src/pages/mod.rs: Page (model may not use pages)",
        ),
        (
            "crates/model/src/lib.rs",
            "pub mod paths; pub struct Model; use claimcheck::pages;",
            "crates/model/src/lib.rs:1 → src/pages/mod.rs: pages (model may not use pages)",
        ),
        (
            "crates/model/src/lib.rs",
            "pub mod paths; pub struct Model; use claimcheck_server::boards::Board;",
            "crates/model/src/lib.rs:1 → crates/server/src/boards.rs: Board (model may not use server/boards)",
        ),
        (
            "crates/model/src/lib.rs",
            "pub mod paths; pub struct Model; use claimcheck_base::Clock;",
            "crates/model/src/lib.rs:1 → crates/base/src/lib.rs: Clock (model may not use crates/base)",
        ),
        (
            "crates/server/src/guard.rs",
            "pub struct Guard; use super::boards::Board;",
            "crates/server/src/guard.rs:1 → crates/server/src/boards.rs: Board (server/guard may not use server/boards)",
        ),
        (
            "crates/server/src/boards.rs",
            "pub struct Board; fn f() { view! { <claimcheck::pages::Page/> } }",
            "crates/server/src/boards.rs:1 → src/pages/mod.rs: Page (server/boards may not use pages)",
        ),
        (
            "crates/server/src/boards.rs",
            "pub struct Board; use claimcheck_demo::Demo;",
            "crates/server/src/boards.rs:1 → crates/demo/src/lib.rs: Demo (server/boards may not use crates/demo)",
        ),
        (
            "crates/model/src/paths.rs",
            "pub const HOME: &str = \"\"; use crate::Model;",
            "crates/model/src/paths.rs:1 → crates/model/src/lib.rs: Model (paths may not use model)",
        ),
    ] {
        assert_eq!(broken_by(file, text), [found]);
    }
}

#[test]
fn rooms_of_one_line_may_not_use_each_other_in_a_circle() {
    let back = "use super::actions::Act; pub struct Board;";
    assert_eq!(broken_by("crates/server/src/boards.rs", back), [""; 0], "either direction alone is allowed");
    let cycles = |changes| TABLE.cycles(&Graph::of(&Tree::of_project(&project(changes))));
    assert_eq!(cycles(&[]), [""; 0]);
    let found = cycles(&[("crates/server/src/boards.rs", back)]);
    assert_eq!(found[0], "a cycle of server/actions, server/boards:");
    assert_eq!(found[1..].len(), 2, "{found:?}");
    let nodes = cycles_of(&[(1, 2), (2, 3), (3, 1), (3, 4), (4, 5), (5, 4), (6, 1)]);
    assert_eq!(nodes, [vec![1, 2, 3], vec![4, 5]]);
    assert_eq!(cycles_of(&[(1, 2), (2, 3), (1, 3)]), [[0; 0]; 0]);
}

fn cycles_of(edges: &[(u8, u8)]) -> Vec<Vec<u8>> {
    cycles(edges.iter().copied())
}

#[test]
fn an_exception_covers_one_use_and_has_to_be_needed() {
    let table = Rooms { exceptions: &[("model", "src/pages/mod.rs")], ..TABLE };
    let violations = |changes| table.violations(&Graph::of(&Tree::of_project(&project(changes))));
    assert_eq!(
        violations(&[(
            "crates/model/src/lib.rs",
            "pub mod paths; pub struct Model; use claimcheck::pages::Page;"
        )]),
        [""; 0]
    );
    assert_eq!(violations(&[]), ["model → src/pages/mod.rs: delete this exception, it is not needed"]);
}

#[test]
fn a_room_that_the_table_does_not_know_fails_and_so_does_a_name_that_is_no_room() {
    let unlisted = |changes: &[(&str, &str)]| TABLE.unlisted(project(changes).keys());
    assert_eq!(unlisted(&[]), [""; 0]);
    let found = unlisted(&[("crates/server/src/new/mod.rs", "")]);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("add \"server/new\"") && found[0].contains("rooms.rs"), "{found:?}");
    let table = Rooms { everywhere: &["paths", "gone"], ..TABLE };
    assert_eq!(table.unlisted(project(&[]).keys()), ["\"gone\" in ROOMS is no room: delete it"]);
    let rooms = [
        "src/main.rs",
        "crates/server/src/lib.rs",
        "crates/server/src/flights.rs",
        "crates/base/src/clock.rs",
    ]
    .map(room);
    assert_eq!(rooms, ["main", "server", "server/flights", "crates/base"]);
}

#[test]
fn a_type_name_in_two_rooms_has_to_be_on_the_list_and_no_other_may_be() {
    let ambiguous =
        |text: &str| names::ambiguous(&Tree::of_project(&project(&[("crates/server/src/guard.rs", text)])));
    let none = ambiguous("pub struct Guard; struct Page; #[cfg(test)] pub struct Page; pub fn Page() {}");
    assert_eq!(names::differences(&none, &[]), [""; 0]);
    let found = ambiguous("pub struct Guard; pub(crate) enum Page {}");
    assert_eq!(names::differences(&found, &["Page"]), [""; 0]);
    assert_eq!(
        names::differences(&found, &[]),
        ["Page has a meaning in each of pages, server/guard: rename one"]
    );
    assert_eq!(names::differences(&none, &["Page"]), ["Page has one meaning now: delete it from AMBIGUOUS"]);
}

#[test]
fn files_are_held_to_header_length_and_gates() {
    let files = texts(&[
        ("src/good.rs", "//! Good.\nfn f() {}"),
        ("src/lib.rs", "//! Root.\n#[cfg(feature = \"ssr\")] mod a;"),
    ]);
    assert_eq!((without_header(&files), too_long(&files), gated(&files)), (vec![], vec![], vec![]));
    let long = "//! Long.\n".repeat(401);
    let files = texts(&[
        ("src/bad.rs", "use a;"),
        ("src/long.rs", &long),
        ("src/gate.rs", "//! G.\nfn f() { cfg!(feature = \"x\") }"),
    ]);
    assert_eq!(without_header(&files), ["src/bad.rs"]);
    assert_eq!(too_long(&files), ["src/long.rs: 401 lines"]);
    assert_eq!(gated(&files), ["src/gate.rs:2"]);
    let forms = "#[cfg(all(test, not(feature = \"a\")))]\nstruct A;\n#[cfg_attr(feature = \"b\", derive(C))]\nstruct B;\n#[cfg(test)]\nstruct C;";
    assert_eq!(gates(forms.parse().unwrap()), [1, 3]);
}
