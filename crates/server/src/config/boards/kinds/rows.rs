//! Where the rows are in an answer, and how their values are named: by the rows' members, by position, by columns, or by
//! the keys of an object.

use serde_json_path::JsonPath;

use crate::config::{
    boards::{
        kinds::json_path,
        link_to::{LinkTo, TO},
    },
    reader::{REMOVE_IT, TomlTable},
    toml_key::{TomlKey, one_of, text},
};

/// The name of the key of a row whose name is its key in an object.
pub const ROW_NAME: &str = "$key";
/// The name of a row that is a single value.
pub const ROW_VALUE: &str = "$";

/// `rows`.
pub(in crate::config::boards) const ROWS: TomlKey =
    text("rows", "where the rows are in the response: a JSONPath (RFC 9535) such as `$.orders[*]`")
        .required();
/// `layout`.
pub(super) const LAYOUT: TomlKey = one_of(
    "layout",
    || vec!["rows", "columns", "keys"],
    "how rows are laid out: `rows`, `columns` (an object of lists) or `keys` (an object whose keys name the rows)",
);
/// `names`.
pub(super) const NAMES: TomlKey = text("names", "JSONPath of the names of the values, if rows are lists");

/// Where the rows are, and how they are laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct RowsSetting {
    /// Finds the rows in the answer (RFC 9535), or what contains them.
    pub path: JsonPath,
    /// The path leads to one place only. If that is a list, its items are the rows.
    pub is_singular: bool,
    pub layout: Layout,
    /// Finds the names of the values of rows that are lists.
    pub names: Option<JsonPath>,
    /// The members that are JSONPaths into a row, by their text.
    pub paths: Vec<(String, JsonPath)>,
    /// The other members that the panel shows, if it declares any.
    pub members: Vec<String>,
}

impl RowsSetting {
    /// The object that is the whole answer.
    pub(super) fn whole() -> Self {
        let (layout, paths) = (Layout::Rows, Vec::new());
        Self { path: JsonPath::default(), is_singular: true, layout, names: None, paths, members: Vec::new() }
    }
}

/// How rows are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// One after the other.
    #[default]
    Rows,
    /// An object or a list of columns, each a list of values.
    Columns,
    /// An object whose keys name the rows.
    Keys,
}

/// Reads `rows`, `layout` and `names`. `members` are the members of a row that the panel shows, each with its key in the
/// settings.
pub(in crate::config::boards) fn read<'m>(
    at: &mut TomlTable<'_, '_>,
    members: impl Iterator<Item = (&'static str, &'m str)>,
) -> Option<RowsSetting> {
    let mut is_singular = false;
    let path = at.required("rows", |text| {
        is_singular = is_singular_path(text);
        json_path(text)
    });
    let layout = at.optional("layout", |text| match text {
        "rows" => Ok(Layout::Rows),
        "columns" => Ok(Layout::Columns),
        "keys" => Ok(Layout::Keys),
        _ => Err("must be \"rows\", \"columns\" or \"keys\"".to_owned()),
    });
    let names = at.optional("names", json_path);
    if names.is_some() && layout == Some(Layout::Keys) {
        at.problem_with(
            "names",
            "has no effect with `layout = \"keys\"`: the object's keys are the names",
            REMOVE_IT,
        );
    }
    let (mut paths, members) = sorted(at, members);
    let of_link = paths_of_link(at);
    let of_link = of_link.iter().filter(|slot| paths.iter().all(|(known, _)| known != *slot));
    paths.extend(sorted(at, of_link.map(|slot| (TO.name, slot.as_str()))).0);
    let layout = layout.unwrap_or_default();
    Some(RowsSetting { path: path?, is_singular, layout, names, paths, members })
}

/// Reads `item`, the JSONPath of one object, by default the whole answer. `members` are those that the panel shows.
pub(in crate::config::boards) fn read_item<'m>(
    at: &mut TomlTable<'_, '_>,
    members: impl Iterator<Item = (&'static str, &'m str)>,
) -> Option<RowsSetting> {
    let path = match at.has("item") {
        true => at.optional("item", json_path),
        false => Some(JsonPath::default()),
    };
    let (paths, members) = sorted(at, members);
    let (layout, names) = (Layout::Rows, None);
    Some(RowsSetting { path: path?, is_singular: true, layout, names, paths, members })
}

/// The JSONPaths into a row in the panel's own `to`, which is read elsewhere.
fn paths_of_link(at: &TomlTable<'_, '_>) -> Vec<String> {
    let link = at.value(TO.name).and_then(|to| LinkTo::parse(to.as_str()?).ok());
    link.iter().flat_map(LinkTo::paths).map(str::to_owned).collect()
}

/// The members that are JSONPaths into a row, and the others.
fn sorted<'m>(
    at: &mut TomlTable<'_, '_>,
    members: impl Iterator<Item = (&'static str, &'m str)>,
) -> (Vec<(String, JsonPath)>, Vec<String>) {
    let (mut paths, mut plain) = (Vec::new(), Vec::new());
    for (key, member) in members {
        match is_path(member) {
            false => plain.push(member.to_owned()),
            true if paths.iter().any(|(known, _)| known == member) => {}
            true => match json_path(member) {
                Ok(path) => paths.push((member.to_owned(), path)),
                Err(message) => at.problem(key, format!("`{member}` {message}")),
            },
        }
    }
    (paths, plain)
}

/// Whether a member is a JSONPath into the row.
fn is_path(member: &str) -> bool {
    member.starts_with('$') && member != ROW_NAME
}

/// Whether a JSONPath leads to at most one place (RFC 9535 2.3.5.1): it has names and indexes only.
fn is_singular_path(text: &str) -> bool {
    let (mut quote, mut previous) = (None, ' ');
    for c in text.chars() {
        match quote {
            Some(end) if c == end && previous != '\\' => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None if matches!(c, '*' | '?' | ':' | ',') || (c == '.' && previous == '.') => return false,
            None => {}
        }
        previous = if c == '\\' && previous == '\\' { ' ' } else { c };
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_singular_path;

    #[test]
    fn r10_a_path_to_one_place_is_recognized() {
        for one in ["$", "$.orders", "$['a,b*'].c", "$.a[0].b", "$[\"it's:\"]", "$['a\\'*']"] {
            assert!(is_singular_path(one), "{one}");
        }
        for several in ["$[*]", "$.orders[*]", "$..a", "$.a[0:2]", "$.a[?@.b]", "$['a','b']", "$.*"] {
            assert!(!is_singular_path(several), "{several}");
        }
    }
}
