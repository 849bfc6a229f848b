//! The columns of a table: which members of a row tell people most, in the order in which they read them.

use crate::{
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

/// What a column shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Text,
    Tag,
    Number,
    Percent,
    Date,
    Day,
    Link,
    /// An amount; the member with its currency, and whether it is in the smallest unit.
    Money {
        currency: String,
        is_minor: bool,
    },
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) key: String,
    pub(super) title: String,
    pub(super) look: Look,
}

/// The columns of a row, and the member that identifies it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) columns: Vec<Column>,
    pub(super) key: Option<String>,
    /// The member that names a row for people; without dots.
    pub(super) name: Option<String>,
}

/// The reading order of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Name,
    Text,
    Tag,
    Number,
    Money,
    Date,
    Rest,
}

struct Candidate {
    column: Column,
    group: Group,
    use_: u32,
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
        let column = Column { key: "$".to_owned(), title, look: Look::Text };
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
                Column { key: (*member).to_owned(), title: title(member), look: Look::Text },
                Group::Name,
                0,
            )),
            Is::Object => nested(tree, member, shape),
            _ => scalar(member, shape, &members),
        };
        let Some((column, group, mut use_)) = found else { continue };
        let mut group = group;
        if Some(*member) == name.as_deref() {
            (group, use_) = (Group::Name, 1_000);
        } else if Some(*member) == key.as_deref() {
            use_ = if name.is_none() { 1_000 } else { 12 };
            group = if name.is_none() { Group::Name } else { Group::Rest };
        }
        candidates.push(Candidate { column, group, use_: use_ + if is_required { 4 } else { 0 }, place });
    }
    let columns = select(candidates);
    // Without a member that names it, the first column does.
    let key = key.filter(|key| columns.first().is_none_or(|first| first.key != *key));
    Columns { columns, key, name }
}

/// Takes the most useful columns, and puts them into reading order.
fn select(mut candidates: Vec<Candidate>) -> Vec<Column> {
    candidates.sort_by_key(|candidate| (std::cmp::Reverse(candidate.use_), candidate.place));
    let mut chosen: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let in_group = chosen.iter().filter(|other| other.group == candidate.group).count();
        let most = if matches!(candidate.group, Group::Date | Group::Tag) { PAIR_MAX } else { GROUP_MAX };
        let is_same = chosen.iter().any(|other| other.column.title == candidate.column.title);
        let has_enough = chosen.len() >= 4 && candidate.use_ < USEFUL;
        if chosen.len() < COLUMNS_MAX && in_group < most && !is_same && !has_enough {
            chosen.push(candidate);
        }
    }
    chosen.sort_by_key(|candidate| (candidate.group, candidate.place));
    chosen.into_iter().map(|candidate| candidate.column).collect()
}

/// The member that identifies a row.
fn row_key(members: &[(&str, Shape<'_>)], resource: &str) -> Option<String> {
    let fits = |shape: &Shape<'_>| matches!(shape.is, Is::Text | Is::Whole | Is::Anything);
    let one = crate::rows::joined(
        &words::words(resource).last().map(|word| words::singular(word)).unwrap_or_default(),
    );
    let own = [format!("{one}id"), format!("{one}uuid"), format!("{one}key")];
    let named = |wanted: &str| {
        members
            .iter()
            .find(|(name, shape)| crate::rows::joined(name) == wanted && fits(shape))
            .map(|(name, _)| (*name).to_owned())
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
    let named = |wanted: &str| {
        members
            .iter()
            .find(|(name, shape)| crate::rows::joined(name) == wanted && fits(shape))
            .map(|(name, _)| (*name).to_owned())
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

/// The column of a member that is no object.
fn scalar(member: &str, shape: &Shape<'_>, members: &[(&str, Shape<'_>)]) -> Option<(Column, Group, u32)> {
    let (look, group, use_) = look(member, shape, members)?;
    // Long names are of details.
    let use_ = use_
        .saturating_sub(u32::try_from(words::words(member).len().saturating_sub(2)).unwrap_or_default() * 4);
    Some((Column { key: member.to_owned(), title: title(member), look }, group, use_))
}

/// What a member shows, where, and how useful it is.
fn look(member: &str, shape: &Shape<'_>, members: &[(&str, Shape<'_>)]) -> Option<(Look, Group, u32)> {
    let words = words::words(member);
    let last = words.last().map(String::as_str).unwrap_or_default();
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let is_number = matches!(shape.is, Is::Whole | Is::Number);
    let is_id = matches!(last, "id" | "ids" | "gid" | "uuid" | "guid");
    let of_date =
        if has(&["due", "start", "starts", "end", "ends", "expires", "expiry", "placed", "deadline"]) {
            64
        } else if has(&["created", "creation"]) {
            60
        } else if has(&["updated", "modified", "changed"]) {
            48
        } else {
            45
        };
    let choices = shape.choices();
    Some(match shape.is {
        _ if is_id => (Look::Text, Group::Rest, 8),
        Is::Text if shape.format == "date" => (Look::Day, Group::Date, of_date),
        Is::Text if shape.format == "date-time" => (Look::Date, Group::Date, of_date),
        Is::Text
            if shape.format.is_empty()
                && words.len() > 1
                && matches!(last, "at" | "timestamp" | "datetime") =>
        {
            (Look::Date, Group::Date, of_date)
        }
        Is::Whole
            if matches!(last, "timestamp" | "created" | "updated")
                || (words.len() > 1 && matches!(last, "at" | "time")) =>
        {
            (Look::Date, Group::Date, of_date)
        }
        Is::Text if matches!(shape.format, "password" | "binary" | "byte") => return None,
        // A word that is always the same.
        Is::Text if choices.as_ref().is_some_and(|choices| choices.len() == 1) => return None,
        Is::Text if matches!(last, "status" | "state") => (Look::Tag, Group::Tag, 90),
        Is::Text if choices.is_some() => (Look::Tag, Group::Tag, 55),
        Is::Text if matches!(last, "type" | "kind" | "role" | "priority" | "category" | "level" | "plan") => {
            (Look::Tag, Group::Tag, 50)
        }
        Is::Text
            if matches!(shape.format, "uri" | "url") || matches!(last, "url" | "uri" | "link" | "href") =>
        {
            (Look::Link, Group::Rest, 15)
        }
        Is::Number | Is::Whole | Is::Text
            if has(&["amount", "price", "balance", "revenue", "subtotal", "fee", "cost"])
                || (last == "total" && currency(members).is_some()) =>
        {
            match currency(members) {
                Some(currency) => {
                    (Look::Money { currency, is_minor: is_minor(member, shape) }, Group::Money, 80)
                }
                None if is_number => (Look::Number, Group::Money, 75),
                None => (Look::Text, Group::Money, 70),
            }
        }
        Is::Whole | Is::Number if matches!(last, "percent" | "percentage") => {
            (Look::Percent, Group::Number, 50)
        }
        Is::Whole | Is::Number => (Look::Number, Group::Number, 44),
        Is::Text
            if has(&["email", "city", "country", "phone", "company", "customer", "owner", "assignee"]) =>
        {
            (Look::Text, Group::Text, 58)
        }
        Is::Text if has(&["code", "currency"]) && words.len() == 1 => (Look::Text, Group::Text, 38),
        Is::Text
            if shape.max_length.is_some_and(|most| most > 500)
                || matches!(
                    last,
                    "description" | "notes" | "note" | "html" | "body" | "text" | "content" | "comment"
                ) =>
        {
            (Look::Text, Group::Text, 27)
        }
        Is::Text => (Look::Text, Group::Text, 40),
        Is::Bool => (Look::Text, Group::Rest, 24),
        Is::List if shape.items.is_empty() => return None,
        Is::Anything => (Look::Text, Group::Rest, 10),
        _ => return None,
    })
}

/// The column of an object: its name, or its amount.
fn nested(tree: &Tree<'_>, member: &str, shape: &Shape<'_>) -> Option<(Column, Group, u32)> {
    let inner: Vec<_> = shape
        .members
        .iter()
        .take(60)
        .filter(|(name, _)| words::is_member(name))
        .map(|(name, nodes)| (*name, Shape::of(tree, nodes)))
        .collect();
    let of = |names: &[&str], fits: &dyn Fn(&Shape<'_>) -> bool| {
        let named = |wanted: &&str| {
            inner
                .iter()
                .find(|(name, shape)| crate::rows::joined(name) == **wanted && fits(shape))
                .map(|(name, _)| *name)
        };
        names.iter().find_map(|wanted| named(&wanted))
    };
    if let Some(amount) =
        of(&["amount", "value", "total"], &|shape| matches!(shape.is, Is::Whole | Is::Number | Is::Text))
        && let Some(currency) = currency(&inner)
    {
        let of_amount = inner
            .iter()
            .find(|(name, _)| *name == amount)
            .map(|(_, shape)| is_minor(amount, shape))
            .unwrap_or_default();
        let look = Look::Money { currency: format!("{member}.{currency}"), is_minor: of_amount };
        return Some((
            Column { key: format!("{member}.{amount}"), title: title(member), look },
            Group::Money,
            80,
        ));
    }
    let name =
        of(&["name", "displayname", "fullname", "title", "label", "username", "login", "email"], &|shape| {
            shape.is == Is::Text
        })?;
    let is_person = words::words(member).iter().any(|word| word == "by");
    Some((
        Column { key: format!("{member}.{name}"), title: title(member), look: Look::Text },
        Group::Text,
        if is_person { 46 } else { 57 },
    ))
}

/// The member with the currency of the amounts of a row.
fn currency(members: &[(&str, Shape<'_>)]) -> Option<String> {
    let known = ["currency", "currencycode", "amountcurrency", "currencyiso"];
    members
        .iter()
        .find(|(name, shape)| shape.is == Is::Text && known.contains(&crate::rows::joined(name).as_str()))
        .map(|(name, _)| (*name).to_owned())
}

/// Whether an amount is in the smallest unit of its currency.
fn is_minor(member: &str, shape: &Shape<'_>) -> bool {
    let description = shape.description.chars().take(500).collect::<String>().to_lowercase();
    words::words(member).iter().any(|word| word == "cents" || word == "minor")
        || (shape.is == Is::Whole
            && ["in cents", "minor unit", "smallest currency unit", "smallest unit"]
                .iter()
                .any(|text| description.contains(text)))
}

/// The heading of a column: "Created" for `created_at`.
fn title(member: &str) -> String {
    let mut words = words::words(member);
    if words.len() > 1
        && words.last().is_some_and(|word| matches!(word.as_str(), "at" | "on" | "cents" | "timestamp"))
    {
        words.pop();
    }
    if words.len() > 1 && words.first().is_some_and(|word| word == "is") {
        words.remove(0);
    }
    words::title_of(&words)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn n3_columns_are_what_people_read_first() {
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
