//! Variables in values of the settings file: `${CLAIMCHECK_VAR_REGION}` is replaced by the value of that variable of the environment,
//! before anything else is read from the text. `$${` is a literal `${`. Secrets and headers have their own ways to be read from
//! the environment, so nothing is replaced in them.

use std::{borrow::Cow, collections::BTreeMap};

use toml::de::{DeTable, DeValue};

use crate::config::{
    keys::{ALL_ROWS, API, API_HEADERS},
    problem::SettingProblem,
    sources::Lines,
};

/// The beginning of the names of these variables.
pub(super) const VARIABLES: &str = "CLAIMCHECK_VAR_";
const OPEN: &str = "${";
const LITERAL: &str = "$${";
/// The longest name that a message quotes.
const NAME_SHOWN: usize = 64;
/// The key of the headers of an API.
const HEADERS: &str = "headers";

/// Replaces the variables in all values of a file, and reports what is wrong with them.
pub(super) fn fill(
    table: &mut DeTable<'_>,
    env: &BTreeMap<String, String>,
    lines: &Lines<'_>,
    problems: &mut Vec<SettingProblem>,
) {
    Filler { env, lines, problems }.fill_table(table, "");
}

struct Filler<'a> {
    env: &'a BTreeMap<String, String>,
    lines: &'a Lines<'a>,
    problems: &'a mut Vec<SettingProblem>,
}

impl Filler<'_> {
    fn fill_table(&mut self, table: &mut DeTable<'_>, path: &str) {
        for (key, value) in table.iter_mut() {
            let path = match path {
                "" => key.get_ref().to_string(),
                path => format!("{path}.{}", key.get_ref()),
            };
            let start = key.span().start;
            self.fill_value(value.get_mut(), &path, start);
        }
    }

    fn fill_value(&mut self, value: &mut DeValue<'_>, path: &str, start: usize) {
        match value {
            DeValue::String(text) if text.contains(OPEN) => self.fill_text(text, path, start),
            DeValue::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    let start = item.span().start;
                    self.fill_value(item.get_mut(), &format!("{path}[{index}]"), start);
                }
            }
            DeValue::Table(table) => self.fill_table(table, path),
            _ => {}
        }
    }

    fn fill_text(&mut self, text: &mut Cow<'_, str>, path: &str, start: usize) {
        if let Some(instead) = own_way(path) {
            // Others may contain these characters by chance.
            if text.contains(&format!("{OPEN}{VARIABLES}")) {
                let message = "must not contain a variable of the kind ${CLAIMCHECK_VAR_…}";
                self.problems.push(
                    SettingProblem::in_file(path, self.lines.place(start), message).with_remedy(instead),
                );
            }
            return;
        }
        match replace(text, self.env) {
            Ok(replaced) => *text = Cow::Owned(replaced),
            Err(problem) => {
                let (message, remedy) = problem;
                self.problems.push(
                    SettingProblem::in_file(path, self.lines.place(start), message).with_remedy(remedy),
                );
                // Whatever else is wrong with the text is a consequence.
                *text = Cow::Owned(String::new());
            }
        }
    }
}

/// How a secret or a header is read from the environment; `None` for other values.
fn own_way(path: &str) -> Option<String> {
    let row =
        ALL_ROWS.iter().find(|row| row.is_secret && path.split('[').next() == Some(row.file_key().as_str()));
    if let Some(row) = row {
        return Some(format!("set {} in place of this key", row.variable()));
    }
    let mut parts = path.split('.');
    let first = parts.next().unwrap_or_default();
    let is_of_api = first.split('[').next() == Some(API) && parts.next() == Some(HEADERS);
    (first == API_HEADERS || is_of_api)
        .then(|| "write { variable = \"NAME\" } or { file = \"PATH\" } in place of the text".to_owned())
}

/// The text with values in place of variables; or what is wrong, and what to do.
fn replace(text: &str, env: &BTreeMap<String, String>) -> Result<String, (String, String)> {
    let (mut replaced, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(OPEN) {
        let (before, after) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('$') {
            replaced.push_str(before);
            replaced.push_str(OPEN);
            rest = after.get(OPEN.len()..).unwrap_or_default();
            continue;
        }
        replaced.push_str(before);
        let inner = after.get(OPEN.len()..).unwrap_or_default();
        let Some((name, after)) = inner.split_once('}') else {
            return Err((
                format!("has `{OPEN}` without a closing brace"),
                format!("write {LITERAL} for these characters"),
            ));
        };
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        if !name.strip_prefix(VARIABLES).is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_name)) {
            // What is between the braces may be much else.
            let is_short = name.chars().count() <= NAME_SHOWN && !name.chars().any(char::is_control);
            let name = if is_short { name } else { "…" };
            return Err((
                format!(
                    "has `{OPEN}{name}}}`, but only variables named {VARIABLES}… are replaced, in upper case"
                ),
                format!("rename the variable; or write {LITERAL}{name}}} for these characters"),
            ));
        }
        let Some(value) = env.get(name).filter(|value| !value.trim().is_empty()) else {
            return Err((format!("needs the variable {name}, which is not set"), format!("set {name}")));
        };
        replaced.push_str(value);
        rest = after;
    }
    replaced.push_str(rest);
    Ok(replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_variables_are_replaced_once_and_only_those_of_that_name() {
        let env =
            [("CLAIMCHECK_VAR_A", "x"), ("CLAIMCHECK_VAR_B_2", "${CLAIMCHECK_VAR_A}"), ("HOME", "/root")];
        let env: BTreeMap<_, _> = env.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        for (text, expected) in [
            ("/a/${CLAIMCHECK_VAR_A}/b", "/a/x/b"),
            ("${CLAIMCHECK_VAR_A}${CLAIMCHECK_VAR_A}", "xx"),
            ("${CLAIMCHECK_VAR_B_2}", "${CLAIMCHECK_VAR_A}"),
            ("$${CLAIMCHECK_VAR_A}", "${CLAIMCHECK_VAR_A}"),
            ("Pay $${amount}?", "Pay ${amount}?"),
            ("$$${CLAIMCHECK_VAR_A}", "$${CLAIMCHECK_VAR_A}"),
            ("é${CLAIMCHECK_VAR_A}é$", "éxé$"),
            ("$.orders[?@.a == '$']", "$.orders[?@.a == '$']"),
        ] {
            assert_eq!(replace(text, &env).unwrap(), expected, "{text}");
        }
        for text in [
            "${HOME}",
            "${CLAIMCHECK_VAR_}",
            "${CLAIMCHECK_VAR_a}",
            "${CLAIMCHECK_VAR_MISSING}",
            "${CLAIMCHECK_VAR_A",
            "${}",
            "${ CLAIMCHECK_VAR_A}",
        ] {
            let (message, remedy) = replace(text, &env).unwrap_err();
            assert!(!message.contains("/root") && !remedy.is_empty(), "{text}: {message}");
        }
    }
}
