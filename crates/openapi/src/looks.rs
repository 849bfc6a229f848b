//! What a single member of a row shows: a date, an amount, a status; how useful it is, and where people look for it.

use crate::{
    columns::Column,
    schema::{Is, Shape},
    tree::Tree,
    words,
};

/// The width of a letter, in pixels.
const LETTER: usize = 8;
/// Flags that say how things are going.
const STATES: [&str; 12] = [
    "completed",
    "active",
    "enabled",
    "archived",
    "paid",
    "verified",
    "closed",
    "done",
    "resolved",
    "published",
    "locked",
    "current",
];

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

/// The reading order of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Name,
    Text,
    Tag,
    Number,
    Money,
    Date,
    Rest,
}

/// The column of a member that is no object.
pub(super) fn scalar(
    member: &str,
    shape: &Shape<'_>,
    members: &[(&str, Shape<'_>)],
) -> Option<(Column, Group, u32)> {
    let (look, group, use_) = look(member, shape, members)?;
    // Long names are of details.
    let use_ = use_
        .saturating_sub(u32::try_from(words::words(member).len().saturating_sub(2)).unwrap_or_default() * 4);
    Some((column(member.to_owned(), title(member), look, shape), group, use_))
}

/// A column, with the width that its values usually have.
pub(super) fn column(key: String, title: String, look: Look, shape: &Shape<'_>) -> Column {
    let longest = shape.choices().into_iter().flatten().map(|text| text.chars().take(100).count()).max();
    let values = match &look {
        Look::Tag => longest.unwrap_or(10).min(26) * LETTER + 45,
        Look::Number | Look::Percent => 90,
        Look::Money { .. } => 130,
        Look::Date => 190,
        Look::Day => 125,
        Look::Link => 260,
        Look::Text if shape.is == Is::Bool => 60,
        Look::Text if key.ends_with("email") || key.ends_with("login") => 245,
        Look::Text
            if shape.format == "uuid"
                || words::words(&key).last().is_some_and(|word| word == "description") =>
        {
            300
        }
        Look::Text => 145,
    };
    let width = values.max(title.chars().count() * LETTER + 30);
    Column { key, title, look, use_: 0, width }
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
        // A day is filled in more often than the time.
        Is::Text if shape.format == "date" => (Look::Day, Group::Date, of_date + 1),
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
        Is::Text if matches!(last, "color" | "colour" | "icon" | "emoji" | "avatar") => {
            (Look::Text, Group::Rest, 9)
        }
        Is::Text if matches!(last, "status" | "state") => {
            (Look::Tag, Group::Tag, if words.len() == 1 { 90 } else { 70 })
        }
        Is::Text if choices.is_some() => (Look::Tag, Group::Tag, 55),
        Is::Text if matches!(last, "type" | "kind" | "role" | "priority" | "category" | "level" | "plan") => {
            (Look::Tag, Group::Tag, 50)
        }
        Is::Text
            if matches!(shape.format, "uri" | "url") || matches!(last, "url" | "uri" | "link" | "href") =>
        {
            (Look::Link, Group::Rest, 15)
        }
        Is::Whole | Is::Number if shape.description.contains("bytes") => (Look::Number, Group::Number, 30),
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
            if has(&[
                "email", "login", "city", "country", "phone", "company", "customer", "owner", "assignee",
            ]) =>
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
        Is::Bool if has(&STATES) => (Look::Text, Group::Rest, 52),
        Is::Bool => (Look::Text, Group::Rest, 24),
        Is::List if shape.items.is_empty() => return None,
        Is::Anything => (Look::Text, Group::Rest, 10),
        _ => return None,
    })
}

/// The column of an object: its name, or its amount.
pub(super) fn nested(tree: &Tree<'_>, member: &str, shape: &Shape<'_>) -> Option<(Column, Group, u32)> {
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
        names.iter().find_map(named)
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
        return Some((column(format!("{member}.{amount}"), title(member), look, shape), Group::Money, 80));
    }
    let name =
        of(&["name", "displayname", "fullname", "title", "label", "username", "login", "email"], &|shape| {
            shape.is == Is::Text
        })?;
    let is_person = words::words(member).iter().any(|word| word == "by");
    Some((
        column(format!("{member}.{name}"), title(member), Look::Text, shape),
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
pub(super) fn title(member: &str) -> String {
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
