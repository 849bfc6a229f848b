//! Conditions on a row: `status in open, past_due`, `due < today and paid empty`, or `> 1000` for a value of its own. The
//! same form applies to actions, rules and everything else with `when`. `boards::condition` decides whether one holds.

use crate::config::{
    boards::title,
    reader::{Entry, TomlTable},
    toml_key::{TomlKeys, text, text_list},
};

pub use operand::Operand;
use operand::{equal_to, operand, unquoted};

/// What a condition compares with.
mod operand;

/// The name of the value that the condition belongs to.
const OWN: &str = "value";
const TEXT_MAX_CHARS: usize = 500;
const TESTS_MAX: usize = 8;
const EXAMPLE: &str = "an example is \"status in open, past_due\"";

/// The short form `{ key, is }`: the member has one of these values.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "when",
    &[&[
        text("key", "the member of the row").required(),
        text_list("is", "the values of the member, such as `open`").required(),
    ]],
);

/// Tests that all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(Vec<Test>);

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// The member of the row; `None` is the value that the condition belongs to.
    pub member: Option<String>,
    /// It holds where the check does not.
    pub is_negated: bool,
    pub check: Check,
}

/// What is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// There is no value, or nothing in it.
    Empty,
    /// The value is one of these.
    In(Vec<Operand>),
    /// The value is on this side of the other.
    Order(Side, Operand),
}

/// The side of a value in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Below,
    UpTo,
    From,
    Above,
}

impl Condition {
    /// Its tests, at least one.
    pub fn tests(&self) -> &[Test] {
        &self.0
    }

    /// The members of a row that it needs.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|test| test.member.as_deref())
    }

    /// Parses a condition. `has_own` says whether it belongs to a value.
    pub(super) fn parse(text: &str, has_own: bool) -> Result<Self, String> {
        if text.chars().count() > TEXT_MAX_CHARS || text.chars().any(char::is_control) {
            return Err(format!("must be one line of at most {TEXT_MAX_CHARS} characters"));
        }
        let tests = split(text, &[" and "])?.into_iter().map(|part| test(part, has_own));
        let tests = tests.collect::<Result<Vec<_>, _>>()?;
        match tests.len() <= TESTS_MAX {
            true => Ok(Self(tests)),
            false => Err(format!("must have at most {TESTS_MAX} comparisons")),
        }
    }
}

/// Reads `when` of an action: a text, or `{ key, is }`.
pub(super) fn read_of_row(at: &mut TomlTable<'_, '_>) -> Option<Condition> {
    if !at.is_table("when") {
        return at.optional("when", of_members);
    }
    at.table("when", |mut at| {
        let key = at.required("key", |text| not_a_path(text).and_then(|()| title(text)));
        if at.is_empty("is") {
            at.problem("is", "is missing: the list of matching values, such as [\"open\"]");
        }
        let is = at.entries("is", "must be a list of strings", |entry| match entry {
            Entry::Text(text) => Some(Some(Operand::Text(text.to_owned()))),
            Entry::Table(_) => None,
        });
        at.no_more(KEYS.parts);
        let test = Test { member: Some(key?), is_negated: false, check: Check::In(is?) };
        Some(Condition(vec![test]))
    })
}

/// Parses a condition on the members of an object.
pub(super) fn of_members(text: &str) -> Result<Condition, String> {
    let condition = Condition::parse(text, false)?;
    condition.members().try_for_each(not_a_path)?;
    Ok(condition)
}

/// The values of paths are computed for columns only.
fn not_a_path(member: &str) -> Result<(), String> {
    match member.starts_with('$') {
        true => Err(format!("has the JSONPath `{member}`; this condition names a member, such as `status`")),
        false => Ok(()),
    }
}

/// An operator of a comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Is,
    IsNot,
    In,
    NotIn,
    Empty,
    NotEmpty,
    Order(Side),
}

/// By length, so that the longest one that fits is found first.
const SIGNS: [(&str, Operator); 6] = [
    ("!=", Operator::IsNot),
    (">=", Operator::Order(Side::From)),
    ("<=", Operator::Order(Side::UpTo)),
    ("=", Operator::Is),
    (">", Operator::Order(Side::Above)),
    ("<", Operator::Order(Side::Below)),
];
const WORDS: [(&str, Operator); 4] = [
    ("not empty", Operator::NotEmpty),
    ("not in", Operator::NotIn),
    ("empty", Operator::Empty),
    ("in", Operator::In),
];

fn test(text: &str, has_own: bool) -> Result<Test, String> {
    let text = text.trim();
    let Some((at, sign, operator)) = find_operator(text) else {
        return Err(format!("needs an operator: =, !=, >, >=, <, <=, `in`, `not in` or `empty`; {EXAMPLE}"));
    };
    let (member, after) = (text.get(..at).unwrap_or_default(), text.get(at + sign..).unwrap_or_default());
    let member = member_of(member.trim(), has_own)?;
    let rest = after.trim();
    let check = match operator {
        Operator::Empty | Operator::NotEmpty if rest.is_empty() => Check::Empty,
        Operator::Empty | Operator::NotEmpty => {
            return Err("has a value after `empty`, which compares with nothing".to_owned());
        }
        Operator::In | Operator::NotIn => {
            let operands = split(rest, &[","])?.into_iter().map(equal_to);
            Check::In(operands.collect::<Result<Vec<_>, _>>()?.concat())
        }
        Operator::Is | Operator::IsNot => Check::In(equal_to(rest)?),
        Operator::Order(side) => match operand(rest, true)? {
            Operand::Text(text) => {
                return Err(format!(
                    "compares the order with `{text}`, which is neither a number nor a date"
                ));
            }
            operand => Check::Order(side, operand),
        },
    };
    let is_negated = matches!(operator, Operator::IsNot | Operator::NotIn | Operator::NotEmpty);
    Ok(Test { member, is_negated, check })
}

/// The place of the first operator outside quotes and brackets, its length, and what it is.
fn find_operator(text: &str) -> Option<(usize, usize, Operator)> {
    let is_end = |c: Option<char>| c.is_none_or(char::is_whitespace);
    outside(text).find_map(|(at, rest)| {
        if let Some((sign, operator)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            return Some((at, sign.len(), *operator));
        }
        let is_begin = is_end(text.get(..at).and_then(|before| before.chars().next_back()));
        let word = WORDS
            .iter()
            .filter(|_| is_begin)
            .find(|(word, _)| rest.strip_prefix(word).is_some_and(|after| is_end(after.chars().next())));
        word.map(|(word, operator)| (at, word.len(), *operator))
    })
}

fn member_of(text: &str, has_own: bool) -> Result<Option<String>, String> {
    if has_own && (text.is_empty() || text == OWN) {
        return Ok(None);
    }
    match unquoted(text) {
        Some("") => Err("has an empty name of a member".to_owned()),
        Some(name) => Ok(Some(name.to_owned())),
        None if text.is_empty() => Err(format!("needs the member of the row before the operator; {EXAMPLE}")),
        None if text.ends_with(" not") || text.ends_with(" is") => Err(format!(
            "has `{text}` before the operator; the operators are =, !=, >, >=, <, <=, `in`, `not in`, `empty` and \
             `not empty`, with one space"
        )),
        None if text.contains(" or ") => {
            Err(format!("has `{text}` before the operator. There is no `or`: use `in`"))
        }
        None => Ok(Some(text.to_owned())),
    }
}

/// The parts between separators outside quotes and brackets.
fn split<'t>(text: &'t str, separators: &[&str]) -> Result<Vec<&'t str>, String> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for (at, rest) in outside(text) {
        if let Some(separator) = separators.iter().find(|separator| rest.starts_with(**separator))
            && at >= start
        {
            parts.push(text.get(start..at).unwrap_or_default());
            start = at + separator.len();
        }
    }
    let is_closed = text.chars().filter(|c| *c == '"').count() % 2 == 0;
    if !is_closed {
        return Err("has a quote without its second one".to_owned());
    }
    parts.push(text.get(start..).unwrap_or_default());
    Ok(parts)
}

/// The positions outside quotes and brackets, each with the text from there.
fn outside(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let (mut quote, mut depth, mut previous) = (None, 0_u32, ' ');
    text.char_indices().filter_map(move |(at, c)| {
        let is_outside = quote.is_none() && depth == 0;
        match quote {
            Some(end) if c == end => quote = None,
            Some(_) => {}
            // An apostrophe within a word is no quote.
            None if c == '"' || (c == '\'' && !previous.is_alphanumeric()) => quote = Some(c),
            None if c == '[' => depth += 1,
            None if c == ']' => depth = depth.saturating_sub(1),
            None => {}
        }
        previous = c;
        is_outside.then(|| (at, text.get(at..).unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decimal::Decimal, locale::When};

    fn own(text: &str) -> Result<Condition, String> {
        Condition::parse(text, true)
    }

    fn one(text: &str) -> Test {
        let condition = own(text).unwrap();
        assert_eq!(condition.tests().len(), 1, "{text}");
        condition.tests()[0].clone()
    }

    fn number(text: &str) -> Operand {
        Operand::Number(Decimal::parse(text).unwrap())
    }

    #[test]
    fn conditions_are_read_with_the_type_of_what_they_compare_with() {
        for (text, member, is_negated, check) in [
            ("> 1000", None, false, Check::Order(Side::Above, number("1000"))),
            ("value>=-12.50", None, false, Check::Order(Side::From, number("-12.5"))),
            ("amount <= 5%", Some("amount"), false, Check::Order(Side::UpTo, number("5"))),
            ("took > 36h", Some("took"), false, Check::Order(Side::Above, number("129600"))),
            ("< 500 MB", None, false, Check::Order(Side::Below, number("500000000"))),
            ("= open", None, false, Check::In(vec![Operand::Text("open".into())])),
            ("!= Bergen, Norway", None, true, Check::In(vec![Operand::Text("Bergen, Norway".into())])),
            ("= 7", None, false, Check::In(vec![number("7")])),
            ("= \"007\"", None, false, Check::In(vec![Operand::Text("007".into())])),
            (
                "status in open, \"a, b\",7",
                Some("status"),
                false,
                Check::In(vec![Operand::Text("open".into()), Operand::Text("a, b".into()), number("7")]),
            ),
            ("'value' not in x", Some("value"), true, Check::In(vec![Operand::Text("x".into())])),
            ("empty", None, false, Check::Empty),
            ("customer.name not empty", Some("customer.name"), true, Check::Empty),
            ("due < today", Some("due"), false, Check::Order(Side::Below, Operand::Today(0))),
            ("< today - 30d", None, false, Check::Order(Side::Below, Operand::Today(-30))),
            ("> now + 2h", None, false, Check::Order(Side::Above, Operand::Now(7200))),
            ("= todays", None, false, Check::In(vec![Operand::Text("todays".into())])),
            (
                "$.lines[?@.n > 5].n > 7",
                Some("$.lines[?@.n > 5].n"),
                false,
                Check::Order(Side::Above, number("7")),
            ),
            ("city = L'Aquila", Some("city"), false, Check::In(vec![Operand::Text("L'Aquila".into())])),
            ("= 36h", None, false, Check::In(vec![Operand::Text("36h".into()), number("129600")])),
            ("= \"36h\"", None, false, Check::In(vec![Operand::Text("36h".into())])),
            ("order total > 5", Some("order total"), false, Check::Order(Side::Above, number("5"))),
        ] {
            let expected = Test { member: member.map(str::to_owned), is_negated, check };
            assert_eq!(one(text), expected, "{text}");
        }
        let day = When::parse("2026-03-02").unwrap();
        assert_eq!(one(">= 2026-03-02").check, Check::Order(Side::From, Operand::Time(day)));
        let both = own("due < today and status not in paid, void").unwrap();
        assert_eq!(both.members().collect::<Vec<_>>(), ["due", "status"]);
        assert_eq!(
            one("= \"salt and pepper\"").check,
            Check::In(vec![Operand::Text("salt and pepper".into())])
        );
    }

    #[test]
    fn a_condition_that_means_nothing_is_refused_with_the_remedy() {
        for (text, has_own, says) in [
            ("", true, "needs an operator"),
            ("open", true, "needs an operator"),
            ("> ", true, "needs a value"),
            ("= ", true, "`empty` tests"),
            ("== 5", true, "where a value is expected"),
            ("=> 5", true, "where a value is expected"),
            ("> open", true, "neither a number nor a date"),
            ("> 1,000", true, "write numbers as 1000"),
            ("> 02.03.2026", true, "write numbers as 1000"),
            ("> today - 3 weeks", true, "today - 30d"),
            ("> today + 2h", true, "today - 30d"),
            ("empty 5", true, "compares with nothing"),
            ("in ", true, "needs a value"),
            ("in a,,b", true, "needs a value"),
            ("a > 1 and ", true, "needs an operator"),
            ("= \"open", true, "quote"),
            ("= open or status = paid", true, "There is no `or`"),
            ("open or status = paid", true, "There is no `or`"),
            ("= a > b", true, "in quotes"),
            ("= 'open", true, "begins with a quote"),
            ("status not  in open", true, "with one space"),
            ("status is empty", true, "the operators are"),
            ("> 1000", false, "needs the member of the row"),
            ("empty", false, "needs the member of the row"),
        ] {
            let refused = Condition::parse(text, has_own).unwrap_err();
            assert!(refused.contains(says), "{text:?}: {refused}");
        }
        assert!(Condition::parse("value > 1000", false).is_ok(), "a member of that name");
        assert!(not_a_path("$.lines[0].n").is_err() && not_a_path("lines").is_ok());
        assert!(own(&"x = 1 and ".repeat(9)).is_err());
        assert!(own(&format!("= {}", "x".repeat(600))).is_err());
    }
}
