//! Tests of the resolver: small made-up trees, each with a use that has to be found at its line.

use crate::architecture::{
    modules::Tree,
    self_test::{graph, texts},
};

/// Every use of a made-up project in which `src/a.rs` or `src/a/` uses and `src/b.rs` or `src/b/` is used.
fn uses(files: &[(&str, &str)]) -> Vec<String> {
    let root = ("src/lib.rs", "pub mod a; pub mod b;");
    let graph = graph(&[&[root], files].concat());
    graph.program().map(ToString::to_string).collect()
}

/// The names of `src/b.rs` that `src/a.rs` uses; `src/b.rs` defines `Thing` and `thing`.
fn used_by(text: &str) -> Vec<String> {
    uses(&[("src/a.rs", text), ("src/b.rs", "pub struct Thing; pub fn thing() {} pub enum Kind { One }")])
}

#[test]
fn imports_are_found_in_every_form() {
    let grouped = used_by("use std::fmt;\n\nuse crate::{\n    b::Thing,\n};");
    assert_eq!(grouped, ["src/a.rs:4 → src/b.rs: Thing"], "the form that a search for `crate::b` misses");
    assert_eq!(used_by("use crate::b::Thing;"), ["src/a.rs:1 → src/b.rs: Thing"]);
    assert_eq!(used_by("use super::b::{Kind, Thing};"), ["src/a.rs:1 → src/b.rs: Kind, Thing"]);
    assert_eq!(used_by("use crate::b::Thing as Other;"), ["src/a.rs:1 → src/b.rs: Thing"]);
    assert_eq!(used_by("use crate::b::Thing as _;"), ["src/a.rs:1 → src/b.rs: Thing"]);
    assert_eq!(used_by("use crate::b::*;"), ["src/a.rs:1 → src/b.rs: *"]);
    assert_eq!(used_by("use crate::b::Kind::*;"), ["src/a.rs:1 → src/b.rs: Kind"]);
    assert_eq!(
        used_by("pub use crate::b::{self as c};"),
        ["src/a.rs:1 → src/b.rs: c"],
        "a module, and no use of it"
    );
    assert_eq!(used_by("use crate::b;\nfn f() { b::thing() }"), ["src/a.rs:2 → src/b.rs: thing"]);
    assert_eq!(used_by("fn f() { use crate::b as c; c::thing() }"), ["src/a.rs:1 → src/b.rs: thing"]);
    assert_eq!(used_by("use std::b::Thing; use ::b::Thing as C;"), [""; 0]);
}

#[test]
fn paths_are_found_wherever_they_are_written() {
    for text in [
        "fn f() { crate::b::thing() }",
        "fn f(_: crate::b::thing) {}",
        "impl crate::b::thing for u8 {}",
        "fn f() { match x { crate::b::thing => {} } }",
        "fn f() -> Vec<Option<crate::b::thing>> { Vec::new() }",
        "fn f() { <u8 as crate::b::thing>::call() }",
        "#[derive(crate::b::thing)] struct S;",
        "struct S { #[serde(with = \"crate::b::thing\")] s: u8 }",
    ] {
        assert_eq!(used_by(text), ["src/a.rs:1 → src/b.rs: thing"], "{text}");
    }
}

#[test]
fn paths_are_found_among_the_tokens_of_macros() {
    for text in [
        "use crate::b;\n\n\nfn f() { view! { <div><b::Thing title=1/></div> } }",
        "\n\n\nfn f() { format!(\"{}\", crate::b::Thing) }",
        "\n\n\nfn f() { matches!(x, Some(super::b::Thing { .. })) }",
        "\n\n\nmacro_rules! m { ($x:ident) => { $crate::b::Thing::$x() } }",
        "\n\n\nitems! { use crate::b::{Thing}; }",
    ] {
        assert_eq!(used_by(text), ["src/a.rs:4 → src/b.rs: Thing"], "{text}");
    }
    let quiet = "fn f() { view! { <p b=1 on:click=b.c::<b>()>{b}</p> }; m!($b::Thing, \"crate::b::Thing\") }";
    assert_eq!(used_by(quiet), [""; 0]);
    let through_glob = used_by("use crate::b::*;\nfn f() { view! { <Thing/> }; m!(thing()) }");
    assert_eq!(through_glob, ["src/a.rs:1 → src/b.rs: *, Thing, thing"]);
}

#[test]
fn names_are_followed_to_the_file_that_defines_them() {
    let b = [
        ("src/b/mod.rs", "mod inner; pub use inner::{Deep as Renamed, layer}; pub use self::inner::deep::*;"),
        (
            "src/b/inner/mod.rs",
            "pub mod deep; mod layer; pub use deep::Deep; pub use layer::layer; made! { Made }",
        ),
        ("src/b/inner/deep.rs", "pub struct Deep; pub struct Other;"),
        ("src/b/inner/layer.rs", "pub fn layer() {}"),
    ];
    let used_by = |text| {
        let found = uses(&[&[("src/a.rs", text)], b.as_slice()].concat());
        found.into_iter().filter(|edge| edge.starts_with("src/a.rs")).collect::<Vec<_>>()
    };
    assert_eq!(used_by("use crate::b::Renamed;"), ["src/a.rs:1 → src/b/inner/deep.rs: Deep"]);
    assert_eq!(used_by("use crate::b::Other;"), ["src/a.rs:1 → src/b/inner/deep.rs: Other"]);
    assert_eq!(
        used_by("use crate::b::layer;"),
        ["src/a.rs:1 → src/b/inner/layer.rs: layer"],
        "not the module"
    );
    assert_eq!(
        used_by("use crate::b::inner::Made;"),
        ["src/a.rs:1 → src/b/inner/mod.rs: Made"],
        "made by a macro"
    );
    assert_eq!(used_by("use crate::b as c; use c::Renamed;"), ["src/a.rs:1 → src/b/inner/deep.rs: Deep"]);
}

#[test]
fn modules_are_found_where_the_compiler_finds_them() {
    let files = [
        (
            "src/a/mod.rs",
            "mod c; #[path = \"../else/where.rs\"] mod d; mod e { mod f; fn g() { super::super::b::thing() } }",
        ),
        ("src/a/c.rs", "mod deep; use super::super::b::Thing;"),
        ("src/a/c/deep.rs", "use super::super::super::b::Thing;"),
        ("src/else/where.rs", "use super::c::C; use crate::b::Thing;"),
        ("src/a/e/f.rs", "use super::super::super::b::Thing;"),
        ("src/b.rs", "pub struct Thing;"),
        ("src/lost.rs", ""),
    ];
    let found = [
        "src/a/mod.rs:1 → src/b.rs: thing",
        "src/a/c.rs:1 → src/b.rs: Thing",
        "src/a/c/deep.rs:1 → src/b.rs: Thing",
        "src/else/where.rs:1 → src/a/c.rs: C",
        "src/else/where.rs:1 → src/b.rs: Thing",
        "src/a/e/f.rs:1 → src/b.rs: Thing",
    ];
    let mut expected = found.map(str::to_owned).to_vec();
    let mut uses = uses(&files);
    uses.sort();
    expected.sort();
    assert_eq!(uses, expected);
    let texts = texts(&[&[("src/lib.rs", "mod a; mod b;")], files.as_slice()].concat());
    assert_eq!(Tree::of_project(&texts).unreached(&texts), ["src/lost.rs"]);
}

#[test]
fn server_functions_exported_macros_and_other_crates_are_known() {
    let b = ("src/b.rs", "#[server] pub async fn end_session() {} mod c;");
    let c = ("src/b/c.rs", "#[macro_export] macro_rules! arguments { () => {} }");
    assert_eq!(
        uses(&[("src/a.rs", "use crate::b::EndSession;"), b, c]),
        ["src/a.rs:1 → src/b.rs: EndSession"]
    );
    assert_eq!(uses(&[("src/a.rs", "crate::arguments!();"), b, c]), ["src/a.rs:1 → src/b/c.rs: arguments"]);
    let found = graph(&[
        ("src/lib.rs", "pub mod a;"),
        ("src/a.rs", "use claimcheck_base::Clock; pub struct A;"),
        ("src/main.rs", "use claimcheck::a::A;"),
        ("crates/base/src/lib.rs", "mod clock; pub use clock::Clock;"),
        ("crates/base/src/clock.rs", "pub struct Clock;"),
    ]);
    let found: Vec<_> = found.program().map(ToString::to_string).collect();
    assert!(found.contains(&"src/main.rs:1 → src/a.rs: A".to_owned()), "{found:?}");
    assert!(found.contains(&"src/a.rs:1 → crates/base/src/clock.rs: Clock".to_owned()), "{found:?}");
}

#[test]
fn tests_may_use_what_they_like() {
    for text in [
        "#[cfg(test)] mod tests { use crate::b::Thing; }",
        "#[cfg(all(test, feature = \"demo\"))] mod tests { use crate::b::Thing; }",
        "#[cfg(test)] use crate::b::Thing;",
        "#[tokio::test] async fn f() { crate::b::thing() }",
        "impl S { #[cfg(test)] fn f() { crate::b::thing() } }",
    ] {
        assert_eq!(used_by(text), [""; 0], "{text}");
    }
    assert_eq!(used_by("#[cfg(not(test))] use crate::b::Thing;").len(), 1);
}
