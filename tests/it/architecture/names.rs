//! One meaning per name: which names of public types are used in more than one room.

use std::collections::{BTreeMap, BTreeSet};

use syn::Visibility;

use super::{
    modules::{Tree, is_test_only, type_of},
    rooms::room,
};

/// Names that still have two meanings. This list may only get shorter: rename one of the types and delete the line.
pub const AMBIGUOUS: &[&str] = &["Api", "Client", "Clock", "Kind"];

/// Every name of a type or trait that at least two rooms define and show to others, with these rooms. A crate is one room.
pub fn ambiguous(tree: &Tree) -> BTreeMap<String, BTreeSet<String>> {
    let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for module in tree.modules.iter().filter(|module| !module.is_test) {
        for (name, visibility, attributes) in module.items.iter().filter_map(type_of) {
            if is_shared(visibility) && !is_test_only(attributes) {
                rooms.entry(name).or_default().insert(room(&tree.files[module.file]));
            }
        }
    }
    rooms.retain(|_, rooms| rooms.len() > 1);
    rooms
}

/// Whether `pub` or `pub(crate)`: other rooms can see the type.
fn is_shared(visibility: &Visibility) -> bool {
    match visibility {
        Visibility::Public(_) => true,
        Visibility::Restricted(restricted) => restricted.path.is_ident("crate"),
        Visibility::Inherited => false,
    }
}

/// The names that the list lacks, and the names on it that have one meaning.
pub fn differences(found: &BTreeMap<String, BTreeSet<String>>, list: &[&str]) -> Vec<String> {
    let rooms = |rooms: &BTreeSet<String>| rooms.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let new = found.iter().filter(|(name, _)| !list.contains(&name.as_str()));
    let new =
        new.map(|(name, places)| format!("{name} has a meaning in each of {}: rename one", rooms(places)));
    let gone = list.iter().filter(|name| !found.contains_key(**name));
    new.chain(gone.map(|name| format!("{name} has one meaning now: delete it from AMBIGUOUS"))).collect()
}
