//! The import graph: which file uses which names of which other file, and the cycles in it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    modules::Tree,
    references::{Kind, Reference, references},
    resolve::Target,
};

/// Uses between files.
pub struct Graph {
    pub edges: Vec<Edge>,
}

/// One file uses names of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    pub from: String,
    /// Of the first use.
    pub line: usize,
    pub to: String,
    pub names: BTreeSet<String>,
    /// Used only in code that is compiled for tests only.
    pub is_test: bool,
}

impl Graph {
    pub fn of(tree: &Tree) -> Self {
        let mut uses: BTreeMap<(usize, usize, bool), (usize, BTreeSet<String>)> = BTreeMap::new();
        for (index, module) in tree.modules.iter().enumerate() {
            let found = references(&module.items);
            for reference in &found {
                for (file, name) in used(tree, index, reference, &found) {
                    if file != module.file {
                        let is_test = module.is_test || reference.is_test;
                        let entry =
                            uses.entry((module.file, file, is_test)).or_insert((usize::MAX, BTreeSet::new()));
                        entry.0 = entry.0.min(reference.line);
                        entry.1.insert(name);
                    }
                }
            }
        }
        let edge = |((from, to, is_test), (line, names)): ((usize, usize, bool), _)| Edge {
            from: tree.files[from].clone(),
            line,
            to: tree.files[to].clone(),
            names,
            is_test,
        };
        Self { edges: uses.into_iter().map(edge).collect() }
    }

    /// The uses outside tests.
    pub fn program(&self) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(|edge| !edge.is_test)
    }

    /// The cycles of rooms formed by uses outside tests, largest first. `room` returns the room of a file, if any.
    pub fn cycles(&self, room: impl Fn(&str) -> Option<String>) -> Vec<Vec<String>> {
        let pairs = self.program().filter_map(|edge| Some((room(&edge.from)?, room(&edge.to)?)));
        cycles(pairs.filter(|(from, to)| from != to))
    }
}

impl std::fmt::Display for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = self.names.iter().map(String::as_str).collect();
        write!(f, "{}:{} → {}: {}", self.from, self.line, self.to, names.join(", "))
    }
}

/// The files that a reference uses, each with the name it uses there.
///
/// An import of a module is not a use of the file that declares it: the names used through it are. The import itself
/// counts only if no name is used through it.
fn used(tree: &Tree, module: usize, reference: &Reference, all: &[Reference]) -> Vec<(usize, String)> {
    let targets = tree.resolve(module, &reference.path);
    let has_item = targets.iter().any(|target| target.module().is_none());
    let mut found = Vec::new();
    for target in targets {
        match (target, &reference.kind) {
            (Target::Item { file, name }, _) => found.push((file, name)),
            (Target::Module(target), Kind::Import(None)) => {
                found.push((tree.modules[target].file, "*".to_owned()))
            }
            (Target::Module(target), Kind::Import(Some(name))) => {
                let is_named = |other: &Reference| other.path.len() > 1 && other.path[0] == *name;
                if !has_item && !all.iter().any(is_named) {
                    found.push((tree.modules[target].file, name.clone()));
                }
            }
            (Target::Module(_), Kind::Path) => {}
        }
    }
    found
}

/// The groups of nodes that reach each other (Tarjan's strongly connected components of two or more), largest first.
pub fn cycles<N: Ord + Clone>(edges: impl IntoIterator<Item = (N, N)>) -> Vec<Vec<N>> {
    let mut next: BTreeMap<N, BTreeSet<N>> = BTreeMap::new();
    for (from, to) in edges {
        next.entry(to.clone()).or_default();
        next.entry(from).or_default().insert(to);
    }
    let mut search = Tarjan {
        next: &next,
        order: BTreeMap::new(),
        low: BTreeMap::new(),
        path: Vec::new(),
        found: Vec::new(),
    };
    for node in next.keys() {
        if !search.order.contains_key(node) {
            search.visit(node);
        }
    }
    let mut found = search.found;
    found.sort_by_key(|group| (usize::MAX - group.len(), group.clone()));
    found
}

struct Tarjan<'a, N> {
    next: &'a BTreeMap<N, BTreeSet<N>>,
    /// When a node was first seen.
    order: BTreeMap<&'a N, usize>,
    /// The earliest node that is reached from it.
    low: BTreeMap<&'a N, usize>,
    path: Vec<&'a N>,
    found: Vec<Vec<N>>,
}

impl<'a, N: Ord + Clone> Tarjan<'a, N> {
    fn visit(&mut self, node: &'a N) {
        let number = self.order.len();
        self.order.insert(node, number);
        self.low.insert(node, number);
        self.path.push(node);
        for next in &self.next[node] {
            let reached = if !self.order.contains_key(next) {
                self.visit(next);
                self.low[next]
            } else if self.path.contains(&next) {
                self.order[next]
            } else {
                continue;
            };
            let low = self.low[node].min(reached);
            self.low.insert(node, low);
        }
        if self.low[node] == number {
            let start = self.path.iter().position(|other| *other == node).unwrap_or_default();
            let group: Vec<_> = self.path.drain(start..).cloned().collect();
            if group.len() > 1 {
                self.found.push({
                    let mut group = group;
                    group.sort();
                    group
                });
            }
        }
    }
}
