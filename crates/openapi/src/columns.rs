//! The columns of a table: which members of a row tell people most, in the order in which they read them.

use crate::{
    looks::{self, Group, Look},
    schema::{Is, Shape},
    tree::Tree,
    words,
};

/// The most columns.
const COLUMNS_MAX: usize = 7;
/// The most columns of one group.
const GROUP_MAX: usize = 3;
/// The most dates, and the most words such as a status.
const PAIR_MAX: usize = 2;
/// What is less useful is only shown if there is little else.
const USEFUL: u32 = 25;

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) key: String,
    pub(super) title: String,
    pub(super) look: Look,
    /// How useful it is among the columns of its table, and how wide it is in pixels.
    pub(super) use_: u32,
    pub(super) width: usize,
}

/// The columns of a row, and the member that identifies it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) columns: Vec<Column>,
    pub(super) key: Option<String>,
    /// The member that names a row for people; without dots.
    pub(super) name: Option<String>,
}

struct Candidate {
    column: Column,
    group: Group,
    place: usize,
}

/// Members that name things for people, the best first.
const NAMES: &[&str] = &[
    "name",
    "title",
    "displayname",
    "fullname",
    "subject",
    "label",
    "number",
    "reference",
    "summary",
    "username",
    "login",
    "filename",
    "email",
    "slug",
    "code",
    "sku",
    "domain",
    "url",
    "description",
];
/// Members that identify a row, the best first.
const IDS: &[&str] =
    &["id", "gid", "uuid", "guid", "uid", "key", "slug", "code", "number", "sku", "reference"];
/// Members that tell people nothing.
const HIDDEN: &[&str] = &[
    "etag",
    "object",
    "href",
    "self",
    "hash",
    "sha1",
    "sha256",
    "token",
    "secret",
    "password",
    "metadata",
    "links",
    "resourcetype",
    "sequenceid",
    "checksum",
    "fingerprint",
    "cursor",
    "version",
    "nonce",
    "salt",
    "signature",
];

/// Chooses the columns of a row. `resource` is the name of the collection.
pub(super) fn choose(tree: &Tree<'_>, row: &Shape<'_>, resource: &str) -> Columns {
    if row.is_scalar() {
        let title = words::title_of(&[words::words(resource)
            .last()
            .map(|word| words::singular(word))
            .unwrap_or_else(|| "value".to_owned())]);
        let column = Column { key: "$".to_owned(), title, look: Look::Text, use_: 0, width: 0 };
        return Columns { columns: vec![column], key: None, name: None };
    }
    let members: Vec<_> = row
        .members
        .iter()
        .take(200)
        .filter(|(name, _)| words::is_member(name))
        .map(|(name, nodes)| (*name, Shape::of(tree, nodes)))
        .collect();
    let key = row_key(&members, resource);
    let name = name_of(&members, resource);
    let mut candidates = Vec::new();
    for (place, (member, shape)) in members.iter().enumerate() {
        if shape.is_write_only
            || shape.is_deprecated
            || HIDDEN.contains(&crate::rows::joined(member).as_str())
        {
            continue;
        }
        let is_required = row.required.contains(member);
        let found = match shape.is {
            _ if Some(*member) == name.as_deref() => Some((
                looks::column((*member).to_owned(), looks::title(member), Look::Text, shape),
                Group::Name,
                0,
            )),
            Is::Object => looks::nested(tree, member, shape),
            _ => looks::scalar(member, shape, &members),
        };
        let Some((mut column, group, mut use_)) = found else { continue };
        let mut group = group;
        if Some(*member) == name.as_deref() {
            (group, use_) = (Group::Name, 1_000);
        } else if Some(*member) == key.as_deref() {
            use_ = if name.is_none() { 1_000 } else { 12 };
            group = if name.is_none() { Group::Name } else { Group::Rest };
        }
        column.use_ = use_ + if is_required { 4 } else { 0 };
        candidates.push(Candidate { column, group, place });
    }
    let columns = select(candidates);
    // Without a member that names it, the first column does.
    let key = key.filter(|key| columns.first().is_none_or(|first| first.key != *key));
    Columns { columns, key, name }
}

/// Takes the most useful columns, and puts them into reading order.
fn select(mut candidates: Vec<Candidate>) -> Vec<Column> {
    candidates.sort_by_key(|candidate| (std::cmp::Reverse(candidate.column.use_), candidate.place));
    let mut chosen: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let in_group = chosen.iter().filter(|other| other.group == candidate.group).count();
        let most = if matches!(candidate.group, Group::Date | Group::Tag) { PAIR_MAX } else { GROUP_MAX };
        let is_same = chosen.iter().any(|other| is_same(other, &candidate));
        let has_enough = chosen.len() >= 4 && candidate.column.use_ < USEFUL;
        if chosen.len() < COLUMNS_MAX && in_group < most && !is_same && !has_enough {
            chosen.push(candidate);
        }
    }
    chosen.sort_by_key(|candidate| (candidate.group, candidate.place));
    chosen.into_iter().map(|candidate| candidate.column).collect()
}

/// Whether two columns say the same: "Due" and "Due date", "Status" and "Status update".
fn is_same(one: &Candidate, other: &Candidate) -> bool {
    let bare = |candidate: &Candidate| candidate.column.title.trim_end_matches(" date").to_owned();
    let (one_title, other_title) = (bare(one), bare(other));
    let is_longer = one.group == Group::Text && other_title.starts_with(&format!("{one_title} "));
    one_title == other_title || (is_longer && other.group == Group::Text)
}

/// The member that identifies a row.
fn row_key(members: &[(&str, Shape<'_>)], resource: &str) -> Option<String> {
    let fits = |shape: &Shape<'_>| matches!(shape.is, Is::Text | Is::Whole | Is::Anything);
    let one = crate::rows::joined(
        &words::words(resource).last().map(|word| words::singular(word)).unwrap_or_default(),
    );
    let own = [format!("{one}id"), format!("{one}uuid"), format!("{one}key")];
    // Many names are looked for: what they are compared with is made once.
    let fitting: Vec<_> = members
        .iter()
        .filter(|(_, shape)| fits(shape))
        .map(|(name, _)| (crate::rows::joined(name), *name))
        .collect();
    let named = |wanted: &str| {
        fitting.iter().find(|(joined, _)| joined == wanted).map(|(_, name)| (*name).to_owned())
    };
    let first = IDS.iter().take(5).find_map(|id| named(id));
    first
        .or_else(|| own.iter().find_map(|id| named(id)))
        .or_else(|| IDS.iter().skip(5).find_map(|id| named(id)))
}

/// The member that names a row.
fn name_of(members: &[(&str, Shape<'_>)], resource: &str) -> Option<String> {
    let fits = |shape: &Shape<'_>| {
        shape.is == Is::Text && !matches!(shape.format, "date" | "date-time" | "uuid") && !shape.is_write_only
    };
    let one = crate::rows::joined(
        &words::words(resource).last().map(|word| words::singular(word)).unwrap_or_default(),
    );
    // Many names are looked for: what they are compared with is made once.
    let fitting: Vec<_> = members
        .iter()
        .filter(|(_, shape)| fits(shape))
        .map(|(name, _)| (crate::rows::joined(name), *name))
        .collect();
    let named = |wanted: &str| {
        fitting.iter().find(|(joined, _)| joined == wanted).map(|(_, name)| (*name).to_owned())
    };
    let own =
        || ["name", "number", "title", "reference"].iter().find_map(|end| named(&format!("{one}{end}")));
    let ending = || {
        members
            .iter()
            .find(|(name, shape)| {
                words::words(name).len() == 2
                    && words::words(name).last().is_some_and(|word| word == "name")
                    && fits(shape)
            })
            .map(|(name, _)| (*name).to_owned())
    };
    let is_open =
        |name: &String| members.iter().any(|(known, shape)| known == name && shape.choices().is_none());
    let usual = || NAMES.iter().filter_map(|name| named(name)).find(is_open);
    named("name").or_else(|| named("title")).or_else(own).or_else(usual).or_else(|| ending().filter(is_open))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nw_04_columns_are_what_people_read_first() {
        let text = json!({ "type": "string" });
        let root = json!({ "type": "object", "required": ["id"], "properties": {
            "object": { "const": "order" }, "id": text, "etag": text, "created_at": { "type": "string", "format": "date-time" },
            "customer": { "properties": { "id": text, "name": text } }, "amount_cents": { "type": "integer" }, "currency": text,
            "status": { "enum": ["open", "paid"] }, "number": text, "due_date": { "type": ["string", "null"], "format": "date" },
            "self_url": { "type": "string", "format": "uri" }, "items_count": { "type": "integer" }, "is_test": { "type": "boolean" },
            "odd \"name\"": text, "lines": { "type": "array", "items": {} }
        } });
        let tree = Tree::new(&root);
        let chosen = choose(&tree, &Shape::of(&tree, &[&root]), "orders");
        let keys: Vec<_> = chosen.columns.iter().map(|column| column.key.as_str()).collect();
        assert_eq!(
            keys,
            ["number", "customer.name", "status", "items_count", "amount_cents", "created_at", "due_date"]
        );
        let titles: Vec<_> = chosen.columns.iter().map(|column| column.title.as_str()).collect();
        assert_eq!(titles, ["Number", "Customer", "Status", "Items count", "Amount", "Created", "Due date"]);
        assert_eq!((chosen.key.as_deref(), chosen.name.as_deref()), (Some("id"), Some("number")));
        assert_eq!(chosen.columns[4].look, Look::Money { currency: "currency".into(), is_minor: true });
    }
}
