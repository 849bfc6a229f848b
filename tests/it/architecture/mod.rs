//! The architecture as tests: which crate and which room may use which, read from the manifests and from the import
//! graph. `cargo test --features demo --test it architecture:: -- --nocapture` also prints the cycles.
//!
//! Code that is compiled only for tests, such as a module with `#[cfg(test)]`, may use any room. A `mod` declaration does
//! not count as a use. Methods and fields of a type that the file does not name are not seen.

mod crates;
mod graph;
mod modules;
mod names;
mod references;
mod resolve;
mod rooms;
mod self_test;
mod sources;

use std::{path::Path, sync::LazyLock};

use graph::Graph;
use modules::Tree;
use rooms::{ROOMS, app_room, room};

/// The current program, read once for all tests.
static PROGRAM: LazyLock<Program> = LazyLock::new(|| {
    let texts = sources::program(root());
    let tree = Tree::of_project(&texts);
    Program {
        unreached: tree.unreached(&texts),
        names: names::ambiguous(&tree),
        graph: Graph::of(&tree),
        files: tree.files,
    }
});

struct Program {
    files: Vec<String>,
    unreached: Vec<String>,
    names: std::collections::BTreeMap<String, std::collections::BTreeSet<String>>,
    graph: Graph,
}

/// The folder of the project.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Fails with a line for each finding.
#[track_caller]
fn none(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn every_file_starts_with_a_header() {
    none(
        &sources::without_header(&sources::all(root())),
        "a file starts with `//!` and says what lives in it",
    );
}

#[test]
fn no_file_is_too_long() {
    none(&sources::too_long(&sources::all(root())), "a file has at most 400 lines");
}

#[test]
fn features_are_gated_in_the_root_of_a_crate_only() {
    none(&sources::gated(&sources::all(root())), "`cfg(feature)` is for `lib.rs`");
    let root_file = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    assert!(!sources::gates(root_file.parse().unwrap()).is_empty(), "the gates were found");
}

#[test]
fn every_file_is_part_of_a_crate() {
    none(&PROGRAM.unreached, "no `mod` leads to this file");
}

#[test]
fn every_file_is_in_a_room_of_the_table() {
    none(&ROOMS.unlisted(&PROGRAM.files), "files and table differ");
}

#[test]
fn rooms_use_only_what_is_below_them() {
    none(&ROOMS.violations(&PROGRAM.graph), "a room uses what it may not use");
}

#[test]
fn rooms_form_no_cycle() {
    none(&ROOMS.cycles(&PROGRAM.graph), "rooms use each other");
}

#[test]
fn crates_use_only_what_they_may() {
    none(&crates::violations(&crates::metadata(root()), crates::RULES), "a crate uses what it may not use");
}

#[test]
fn a_name_of_a_public_type_has_one_meaning() {
    none(&names::differences(&PROGRAM.names, names::AMBIGUOUS), "names and list differ");
}

/// Prints the size of the graph and its cycles of rooms and of files; it cannot fail.
#[test]
fn the_cycles_are_reported() {
    let Program { files, graph, .. } = &*PROGRAM;
    let rooms: std::collections::BTreeSet<_> = files.iter().filter_map(|file| app_room(file)).collect();
    println!("{} files, {} rooms, {} uses outside tests", files.len(), rooms.len(), graph.program().count());
    for cycle in graph.cycles(app_room) {
        println!("cycle of {} rooms: {}", cycle.len(), cycle.join(", "));
    }
    for cycle in graph.cycles(|file| Some(file.to_owned())) {
        let rooms: std::collections::BTreeSet<_> = cycle.iter().map(|file| room(file)).collect();
        let rooms: Vec<_> = rooms.into_iter().collect();
        println!("cycle of {} files in {} rooms: {}", cycle.len(), rooms.len(), rooms.join(", "));
    }
}
