//! The module tree of every crate: which file holds which module, and which names each module defines or imports.
//! `mod` declarations are followed as the compiler follows them, `#[path]` and inline modules included.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Attribute, Item, UseTree, Visibility, visit::Visit};

use super::{references::tokens_name, sources::Texts};

/// All modules of all crates.
pub struct Tree {
    pub files: Vec<String>,
    pub modules: Vec<Module>,
    /// The root module of each crate, by the name under which other crates know it.
    pub crates: BTreeMap<String, usize>,
}

/// A module: a file, or a block `mod name { … }` in one. Modules and files are named by their index in the tree.
pub struct Module {
    pub file: usize,
    pub root: usize,
    pub parent: Option<usize>,
    /// Compiled for tests only.
    pub is_test: bool,
    pub items: Vec<Item>,
    pub names: BTreeMap<String, Vec<Definition>>,
    /// What is imported with `*`.
    pub globs: Vec<Vec<String>>,
}

/// The meaning of a name in a module. A name can have several, such as a module and a function.
#[derive(Clone, Debug, PartialEq)]
pub enum Definition {
    Module(usize),
    /// Anything else that is defined in this file.
    Item(usize),
    /// A `use` of this path.
    Import(Vec<String>),
}

/// One name, or one `*`, that a `use` imports.
#[derive(Clone, Debug)]
pub struct Import {
    /// A leading `::` is an empty first segment.
    pub path: Vec<String>,
    /// The name that it gets here: `None` for `*`.
    pub name: Option<String>,
    pub line: usize,
}

impl Tree {
    /// Reads the crates of the project: the library, the program, and every folder of `crates`.
    pub fn of_project(texts: &Texts) -> Self {
        let mut roots = vec![("claimcheck".to_owned(), "src/lib.rs".to_owned())];
        if texts.contains_key("src/main.rs") {
            roots.push(("(main)".to_owned(), "src/main.rs".to_owned()));
        }
        for file in texts.keys() {
            if let Some(folder) =
                file.strip_suffix("/src/lib.rs").and_then(|file| file.strip_prefix("crates/"))
            {
                roots.push((format!("claimcheck_{}", folder.replace('-', "_")), file.clone()));
            }
        }
        Self::of(texts, &roots)
    }

    /// Reads these crates, given as name and root file.
    pub fn of(texts: &Texts, roots: &[(String, String)]) -> Self {
        let mut tree = Self { files: Vec::new(), modules: Vec::new(), crates: BTreeMap::new() };
        for (name, file) in roots {
            let root = tree.modules.len();
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            tree.load(texts, file, folder, root, None, false);
            tree.crates.insert(name.clone(), root);
        }
        tree
    }

    /// Files that no `mod` leads to.
    pub fn unreached(&self, texts: &Texts) -> Vec<String> {
        let reached: BTreeSet<_> = self.files.iter().collect();
        texts.keys().filter(|file| !reached.contains(file)).cloned().collect()
    }

    /// Adds the module of a file; `folder` is where the files of its submodules are.
    fn load(
        &mut self,
        texts: &Texts,
        file: &str,
        folder: &str,
        root: usize,
        parent: Option<usize>,
        is_test: bool,
    ) -> usize {
        let text = texts.get(file).unwrap_or_else(|| panic!("{file} is declared and is not there"));
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        self.files.push(file.to_owned());
        let number = self.files.len() - 1;
        self.add(texts, number, folder, root, parent, is_test, parsed.items)
    }

    /// Adds a module with these items, and its submodules.
    #[expect(clippy::too_many_arguments, reason = "what a module is, once")]
    fn add(
        &mut self,
        texts: &Texts,
        file: usize,
        folder: &str,
        root: usize,
        parent: Option<usize>,
        is_test: bool,
        items: Vec<Item>,
    ) -> usize {
        let index = self.modules.len();
        let names = BTreeMap::new();
        self.modules.push(Module {
            file,
            root,
            parent,
            is_test,
            items: Vec::new(),
            names,
            globs: Vec::new(),
        });
        for item in &items {
            for name in defined(item) {
                self.define(index, name, Definition::Item(file));
            }
            if let Item::Macro(definition) = item
                && let Some(name) = &definition.ident
                && definition.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"))
                && index != root
            {
                // An exported macro is a name of the crate's root, wherever it is defined.
                self.define(root, plain(name), Definition::Item(file));
            }
            let Item::Mod(declared) = item else { continue };
            let name = plain(&declared.ident);
            let is_test = is_test || is_test_only(&declared.attrs);
            let child = match &declared.content {
                Some((_, items)) => {
                    let folder = format!("{folder}/{name}");
                    self.add(texts, file, &folder, root, Some(index), is_test, items.clone())
                }
                None => {
                    let (path, below) = self.place(texts, file, folder, &name, &declared.attrs);
                    self.load(texts, &path, &below, root, Some(index), is_test)
                }
            };
            self.define(index, name, Definition::Module(child));
        }
        let mut uses = Uses(Vec::new());
        items.iter().for_each(|item| uses.visit_item(item));
        for import in uses.0 {
            match import.name {
                Some(name) => self.define(index, name, Definition::Import(import.path)),
                None => self.modules[index].globs.push(import.path),
            }
        }
        self.modules[index].items = items;
        index
    }

    fn define(&mut self, module: usize, name: String, definition: Definition) {
        self.modules[module].names.entry(name).or_default().push(definition);
    }

    /// The file of a module that is declared as `mod name;`, and where the files of its submodules are.
    fn place(
        &self,
        texts: &Texts,
        parent: usize,
        folder: &str,
        name: &str,
        attributes: &[Attribute],
    ) -> (String, String) {
        if let Some(path) = path_of(attributes) {
            let home = self.files[parent].rsplit_once('/').map_or("", |(home, _)| home);
            let file = joined(home, &path);
            let below = file.rsplit_once('/').map_or("", |(below, _)| below).to_owned();
            return (file, below);
        }
        let (file, below) = (format!("{folder}/{name}.rs"), format!("{folder}/{name}"));
        if texts.contains_key(&file) { (file, below) } else { (format!("{below}/mod.rs"), below) }
    }
}

/// Collects every `use`, in function bodies too, but not in submodules.
struct Uses(Vec<Import>);

impl<'ast> Visit<'ast> for Uses {
    fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.0.extend(imports(item));
    }
}

/// Each single import of a `use`.
pub fn imports(item: &syn::ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    let start = if item.leading_colon.is_some() { vec![String::new()] } else { Vec::new() };
    flatten(&item.tree, start, &mut found);
    found
}

fn flatten(tree: &UseTree, mut path: Vec<String>, found: &mut Vec<Import>) {
    let (last, name) = match tree {
        UseTree::Path(step) => {
            path.push(plain(&step.ident));
            return flatten(&step.tree, path, found);
        }
        UseTree::Group(group) => {
            return group.items.iter().for_each(|tree| flatten(tree, path.clone(), found));
        }
        UseTree::Glob(star) => {
            let line = star.star_token.spans[0].start().line;
            return found.push(Import { path, name: None, line });
        }
        UseTree::Name(name) => (&name.ident, None),
        UseTree::Rename(rename) => (&rename.ident, Some(plain(&rename.rename))),
    };
    // `a::{self}` imports `a` itself; a `self` at the start is the module in which it is written.
    if last != "self" || path.is_empty() {
        path.push(plain(last));
    }
    let name = name.or_else(|| path.last().cloned());
    found.push(Import { path, name, line: last.span().start().line });
}

/// The names that an item defines in its module.
fn defined(item: &Item) -> Vec<String> {
    match item {
        Item::Fn(function) => {
            let name = plain(&function.sig.ident);
            let is_server_fn = function
                .attrs
                .iter()
                .any(|attribute| attribute.path().segments.last().unwrap().ident == "server");
            // A server function has a type for its arguments, named after it.
            let arguments = is_server_fn.then(|| pascal(&name));
            [name].into_iter().chain(arguments).collect()
        }
        Item::Const(item) => vec![plain(&item.ident)],
        Item::Static(item) => vec![plain(&item.ident)],
        Item::Union(item) => vec![plain(&item.ident)],
        Item::Macro(item) => item.ident.iter().map(plain).collect(),
        _ => type_of(item).map(|(name, _, _)| name).into_iter().collect(),
    }
}

/// Name, visibility and attributes of an item that defines a type or a trait.
pub fn type_of(item: &Item) -> Option<(String, &Visibility, &[Attribute])> {
    let (ident, visibility, attributes) = match item {
        Item::Struct(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Enum(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Trait(item) => (&item.ident, &item.vis, &item.attrs),
        Item::Type(item) => (&item.ident, &item.vis, &item.attrs),
        _ => return None,
    };
    Some((plain(ident), visibility, attributes))
}

/// Whether something with these attributes is compiled for tests only.
pub fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_test = attribute.path().segments.last().is_some_and(|segment| segment.ident == "test");
        let is_gate = attribute.path().is_ident("cfg");
        is_test
            || is_gate && attribute.meta.require_list().is_ok_and(|list| tokens_name(&list.tokens, "test"))
    })
}

/// The value of `#[path = "…"]`.
fn path_of(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.path().is_ident("path"))?;
    let value = &attribute.meta.require_name_value().ok()?.value;
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = value else { return None };
    Some(text.value())
}

/// `path` from `folder`, without `..`.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<_> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// An identifier without `r#`.
pub fn plain(ident: &syn::Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

fn pascal(name: &str) -> String {
    let word =
        |word: &str| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    name.split('_').map(word).collect::<Vec<String>>().concat()
}
