//! Tests of the tests: without them, a resolver that finds nothing would pass every rule.

mod manifests;
mod resolver;
mod rules;

use super::{graph::Graph, modules::Tree, sources::Texts};

/// Made-up files, as path and text.
fn texts(files: &[(&str, &str)]) -> Texts {
    files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect()
}

/// The import graph of a made-up project.
fn graph(files: &[(&str, &str)]) -> Graph {
    Graph::of(&Tree::of_project(&texts(files)))
}
