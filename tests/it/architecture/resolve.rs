//! From a path to the file that defines what it names: through imports, renames, re-exports and `*`, as far as the
//! project's own modules go.

use super::modules::{Definition, Tree};

/// What a path names.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Module(usize),
    /// An item, by the file that defines it and its name there.
    Item {
        file: usize,
        name: String,
    },
}

/// A name that is being looked up in a module, so that imports in a circle end.
type Pending = Vec<(usize, String)>;

impl Tree {
    /// All that `path` may name where it is written in `module`. Nothing if it is not the project's own.
    pub fn resolve(&self, module: usize, path: &[String]) -> Vec<Target> {
        self.resolve_pending(module, path, &mut Pending::new())
    }

    fn resolve_pending(&self, module: usize, path: &[String], pending: &mut Pending) -> Vec<Target> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let mut found = match first.as_str() {
            "crate" => vec![Target::Module(self.modules[module].root)],
            "self" => vec![Target::Module(module)],
            "super" => self.parent(module),
            "Self" => return Vec::new(),
            // A leading `::`: the next segment is a crate.
            "" => return rest.split_first().map_or(Vec::new(), |(name, rest)| self.in_crate(name, rest)),
            name => {
                let found = self.lookup(module, name, pending);
                if found.is_empty() && !self.modules[module].names.contains_key(name) {
                    return self.in_crate(name, rest);
                }
                found
            }
        };
        // A name in the middle of a path is a module if it can be one.
        for segment in rest {
            found = self.step(&found, segment, pending);
        }
        found
    }

    /// The members named `segment` of these.
    fn step(&self, targets: &[Target], segment: &str, pending: &mut Pending) -> Vec<Target> {
        let modules: Vec<_> = targets.iter().filter_map(Target::module).collect();
        if modules.is_empty() {
            // A variant, an associated function: it belongs to the item.
            return targets.to_vec();
        }
        let member = |module| match segment {
            "super" => self.parent(module),
            "self" => vec![Target::Module(module)],
            _ => match self.lookup(module, segment, pending) {
                // Made by a macro, or re-exported from elsewhere: in any case this module offers it.
                found if found.is_empty() => vec![self.item(module, segment)],
                found => found,
            },
        };
        modules.into_iter().flat_map(member).collect()
    }

    /// What `path` names in another crate of the project.
    fn in_crate(&self, name: &str, path: &[String]) -> Vec<Target> {
        let Some(root) = self.crates.get(name) else { return Vec::new() };
        let start = vec![Target::Module(*root)];
        path.iter().fold(start, |found, segment| self.step(&found, segment, &mut Pending::new()))
    }

    /// What `name` means in the scope of `module`.
    fn lookup(&self, module: usize, name: &str, pending: &mut Pending) -> Vec<Target> {
        let key = (module, name.to_owned());
        let (is_pending, here) = (pending.contains(&key), &self.modules[module]);
        let mut found = Vec::new();
        pending.push(key);
        for definition in here.names.get(name).into_iter().flatten() {
            match definition {
                Definition::Module(child) => found.push(Target::Module(*child)),
                Definition::Item(file) => found.push(Target::Item { file: *file, name: name.to_owned() }),
                Definition::Import(_) if is_pending => {}
                Definition::Import(path) => found.extend(self.resolve_pending(module, path, pending)),
            }
        }
        if !here.names.contains_key(name) && !is_pending {
            for path in &here.globs {
                for target in self.resolve_pending(module, path, pending) {
                    found.extend(target.module().map(|m| self.lookup(m, name, pending)).unwrap_or_default());
                }
            }
        }
        pending.pop();
        let mut unique = Vec::new();
        found.into_iter().for_each(|target| {
            if !unique.contains(&target) {
                unique.push(target)
            }
        });
        unique
    }

    fn parent(&self, module: usize) -> Vec<Target> {
        self.modules[module].parent.map(Target::Module).into_iter().collect()
    }

    fn item(&self, module: usize, name: &str) -> Target {
        Target::Item { file: self.modules[module].file, name: name.to_owned() }
    }
}

impl Target {
    pub fn module(&self) -> Option<usize> {
        match self {
            Self::Module(module) => Some(*module),
            Self::Item { .. } => None,
        }
    }
}
