//! The paths that a module names: imports, paths in types, bodies and patterns, and path-like tokens in macros and
//! attributes, which the parser leaves unparsed.

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Item,
    visit::{self, Visit},
};

use super::modules::{Import, imports, is_test_only, plain};

/// A path that is named somewhere.
#[derive(Clone, Debug)]
pub struct Reference {
    pub path: Vec<String>,
    pub line: usize,
    /// Named in code that is compiled for tests only.
    pub is_test: bool,
    pub kind: Kind,
}

/// Where a path is named.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// In a `use`, which gives it this name; `None` for `*`.
    Import(Option<String>),
    /// Anywhere else.
    Path,
}

/// Every path in these items. Submodules are separate modules and are left out.
pub fn references(items: &[Item]) -> Vec<Reference> {
    let mut collector = Collector { found: Vec::new(), is_test: false };
    items.iter().for_each(|item| collector.visit_item(item));
    collector.found
}

struct Collector {
    found: Vec<Reference>,
    is_test: bool,
}

impl Collector {
    fn add(&mut self, path: Vec<String>, line: usize, kind: Kind) {
        self.found.push(Reference { path, line, is_test: self.is_test, kind });
    }

    fn add_tokens(&mut self, tokens: TokenStream, strings: bool) {
        for (path, line) in paths(tokens, strings) {
            self.add(path, line, Kind::Path);
        }
    }

    fn within(&mut self, attributes: &[syn::Attribute], visit: impl FnOnce(&mut Self)) {
        let outside = self.is_test;
        self.is_test |= is_test_only(attributes);
        visit(self);
        self.is_test = outside;
    }
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item(&mut self, item: &'ast Item) {
        self.within(attributes(item), |collector| visit::visit_item(collector, item));
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.within(&function.attrs, |collector| visit::visit_impl_item_fn(collector, function));
    }

    fn visit_item_mod(&mut self, _: &'ast syn::ItemMod) {}

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for Import { path, name, line } in imports(item) {
            self.add(path, line, Kind::Import(name));
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let start = path.leading_colon.map(|_| String::new());
        let segments = start.into_iter().chain(path.segments.iter().map(|segment| plain(&segment.ident)));
        let line = path.segments.first().map_or(0, |segment| segment.ident.span().start().line);
        self.add(segments.collect(), line, Kind::Path);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        visit::visit_macro(self, call);
        self.add_tokens(call.tokens.clone(), false);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if attribute.path().is_ident("doc") {
            return;
        }
        self.visit_path(attribute.path());
        match &attribute.meta {
            syn::Meta::List(list) => self.add_tokens(list.tokens.clone(), true),
            syn::Meta::NameValue(pair) => self.visit_expr(&pair.value),
            _ => {}
        }
    }
}

fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Path-like tokens with their lines. A single name counts if it is that of a type, component or constant, or if it is
/// called. With `strings`, a literal such as `"crate::model::wire"` counts too.
pub fn paths(tokens: TokenStream, strings: bool) -> Vec<(Vec<String>, usize)> {
    let trees: Vec<_> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < trees.len() {
        match &trees[at] {
            TokenTree::Group(group) => found.extend(paths(group.stream(), strings)),
            TokenTree::Literal(literal) if strings => {
                let text = literal.to_string();
                let path: Vec<_> = text.trim_matches('"').split("::").map(str::to_owned).collect();
                if path.len() > 1 && path.iter().all(|part| is_name(part)) {
                    found.push((path, literal.span().start().line));
                }
            }
            TokenTree::Ident(first) => {
                let before = at;
                let mut path = vec![plain(first)];
                if is_path_separator(&trees, at.wrapping_sub(2)) {
                    path.insert(0, String::new());
                }
                at = extend(&trees, at + 1, &mut path, &mut found);
                let is_name = path.len() > 1 || is_whole(&path[0], trees.get(at));
                if is_name && !is_member(&trees, before) && !is_variable(&trees, before) {
                    found.push((path, first.span().start().line));
                }
                continue;
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
    found
}

/// Adds the segments that follow to `path`; the members of a group `a::{b, c}` are paths of their own. Returns where
/// the path ends.
fn extend(
    trees: &[TokenTree],
    mut at: usize,
    path: &mut Vec<String>,
    found: &mut Vec<(Vec<String>, usize)>,
) -> usize {
    while is_path_separator(trees, at) {
        match trees.get(at + 2) {
            Some(TokenTree::Ident(next)) => path.push(plain(next)),
            Some(TokenTree::Group(group)) => {
                let members = paths(group.stream(), false).into_iter();
                found.extend(members.map(|(member, line)| ([path.clone(), member].concat(), line)));
                return at + 3;
            }
            _ => return at,
        }
        at += 3;
    }
    at
}

/// Whether a single name before `next` is one that may have been imported.
fn is_whole(name: &str, next: Option<&TokenTree>) -> bool {
    let is_called = match next {
        Some(TokenTree::Group(group)) => group.delimiter() == proc_macro2::Delimiter::Parenthesis,
        Some(TokenTree::Punct(punct)) => punct.as_char() == '!',
        _ => false,
    };
    is_called || name.starts_with(char::is_uppercase)
}

/// Whether the name at `at` is a field or a method: after one dot, not after the two of a range.
fn is_member(trees: &[TokenTree], at: usize) -> bool {
    is_punct(trees, at.wrapping_sub(1), '.') && !is_punct(trees, at.wrapping_sub(2), '.')
}

/// Whether the name at `at` is a variable of a macro, as in `$name`; `$crate` is a path.
fn is_variable(trees: &[TokenTree], at: usize) -> bool {
    let is_crate = matches!(&trees[at], TokenTree::Ident(ident) if ident == "crate");
    is_punct(trees, at.wrapping_sub(1), '$') && !is_crate
}

fn is_path_separator(trees: &[TokenTree], at: usize) -> bool {
    is_punct(trees, at, ':') && is_punct(trees, at.wrapping_add(1), ':')
}

fn is_punct(trees: &[TokenTree], at: usize, character: char) -> bool {
    matches!(trees.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|character| character.is_alphanumeric() || character == '_')
}

/// Whether these tokens name `word`, other than in `not(…)`.
pub fn tokens_name(tokens: &TokenStream, word: &str) -> bool {
    let mut is_negated = false;
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => {
            is_negated = ident == "not";
            ident == word
        }
        TokenTree::Group(group) => !is_negated && tokens_name(&group.stream(), word),
        _ => false,
    })
}
