//! Reads one table of the settings file key by key. Every problem is reported with its line, not only the first. Knows
//! TOML, but not the meaning of the tables.

use std::{borrow::Cow, collections::HashSet};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    config::{
        local_text::Local,
        problem::{MISSING, SettingPlace, SettingProblem, nearest},
        remedy::no_list,
        sources::Lines,
        toml_key::TomlKey,
    },
    decimal::Decimal,
};

/// The remedy if two keys exclude each other, and if a key has no place here.
pub(super) const REMOVE_ONE: &str = "remove one of the two keys";
pub(super) const REMOVE_IT: &str = "remove this key";

/// One table of the file and its position: `board[0].panel[1]`.
pub(super) struct TomlTable<'a, 'p> {
    table: &'a DeTable<'a>,
    path: String,
    /// Byte position of the table itself, for problems with missing keys.
    start: usize,
    lines: &'a Lines<'a>,
    problems: &'p mut Vec<SettingProblem>,
}

/// An entry of a list that may contain texts and tables.
pub(super) enum Entry<'a, 'p> {
    Text(&'a str),
    Table(TomlTable<'a, 'p>),
}

/// A longer value is not repeated in a message.
const WRITTEN_MAX_CHARS: usize = 40;

impl<'a, 'p> TomlTable<'a, 'p> {
    /// A table of the file itself, such as `[claims]`; reports it if the value is none.
    pub(super) fn of(
        value: &'a Spanned<DeValue<'a>>,
        path: &str,
        lines: &'a Lines<'a>,
        problems: &'p mut Vec<SettingProblem>,
    ) -> Option<Self> {
        let start = value.span().start;
        let Some(table) = value.get_ref().as_table() else {
            let message =
                format!("must be a table, such as [{path}], but its type is {}", value.get_ref().type_str());
            problems.push(SettingProblem::in_file(path, lines.place(start), message));
            return None;
        };
        Some(TomlTable { table, path: path.to_owned(), start, lines, problems })
    }

    /// Its keys, in alphabetical order.
    pub(super) fn keys(&self) -> Vec<String> {
        self.table.keys().map(|key| key.get_ref().to_string()).collect()
    }

    /// A value of any type.
    pub(super) fn value(&self, key: &str) -> Option<&'a DeValue<'a>> {
        self.table.get(key).map(Spanned::get_ref)
    }
}

impl<'a> TomlTable<'a, '_> {
    /// Reports a problem at a key, or at the table where the key is missing.
    pub(super) fn problem(&mut self, key: &str, message: impl Into<String>) {
        let problem = self.problem_of(key, message);
        self.problems.push(problem);
    }

    /// The same with what to do about it.
    pub(super) fn problem_with(&mut self, key: &str, message: impl Into<String>, remedy: impl Into<String>) {
        let problem = self.problem_of(key, message).with_remedy(remedy);
        self.problems.push(problem);
    }

    /// Reports that a secret is not known here.
    pub(super) fn missing_secret(&mut self, key: &str, message: impl Into<String>) {
        let problem = self.problem_of(key, message).of_missing_secret();
        self.problems.push(problem);
    }

    /// The same without reporting it.
    pub(super) fn problem_of(&self, key: &str, message: impl Into<String>) -> SettingProblem {
        SettingProblem::in_file(self.path_of(key), self.place(key), message)
    }

    /// Reports a problem of a table within this one.
    pub(super) fn report(&mut self, problem: SettingProblem) {
        self.problems.push(problem);
    }

    /// The full name of a key: `board[0].panel[1].to`.
    pub(super) fn path_of(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }

    /// The place of a key, or that of the table if it has no such key.
    pub(super) fn place(&self, key: &str) -> SettingPlace {
        let position = self.table.get_key_value(key).map_or(self.start, |(key, _)| key.span().start);
        self.lines.place(position)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A required text.
    pub(super) fn required<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if !self.has(key) {
            self.problem(key, "is missing");
        }
        self.optional(key, parse)
    }

    /// An optional text.
    pub(super) fn optional<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.table.get(key)?.get_ref();
        let parsed = match value {
            DeValue::String(text) => parse(text),
            other => Err(format!("must be a string in quotes, but {}", self.written(other))),
        };
        parsed.map_err(|message| self.problem(key, message)).ok()
    }

    /// A required text that may differ by language: `"…"`, or `{ en = "…", de = "…" }`.
    pub(super) fn required_local<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Local<T>> {
        if !self.has(key) {
            self.problem(key, "is missing");
        }
        self.optional_local(key, parse)
    }

    /// An optional text that may differ by language.
    pub(super) fn optional_local<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Local<T>> {
        let parsed = match self.table.get(key)?.get_ref() {
            DeValue::String(text) => parse(text).map(Local::plain),
            DeValue::Table(texts) => {
                let text = |(tag, text): (&'a Spanned<Cow<'a, str>>, &'a Spanned<DeValue<'a>>)| {
                    let text =
                        text.get_ref().as_str().ok_or("must have a string in quotes for each language")?;
                    Ok((tag.get_ref().as_ref(), parse(text)?))
                };
                texts.iter().map(text).collect::<Result<Vec<_>, String>>().and_then(Local::per_language)
            }
            other => {
                Err(format!("must be a text in quotes, or one per language, but {}", self.written(other)))
            }
        };
        parsed.map_err(|message| self.problem(key, message)).ok()
    }

    /// A whole number within bounds.
    pub(super) fn whole(&mut self, key: &str, bounds: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let value = self.table.get(key)?.get_ref();
        let number =
            value.as_integer().and_then(|found| u32::from_str_radix(found.as_str(), found.radix()).ok());
        let number = number.filter(|number| bounds.contains(number));
        if number.is_none() {
            let message = format!("must be a whole number from {} to {}", bounds.start(), bounds.end());
            self.problem(key, message);
        }
        number
    }

    /// Whether the value of a key is a table.
    pub(super) fn is_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|value| value.get_ref().is_table())
    }

    /// A decimal number, exactly as it is written.
    pub(super) fn decimal(&mut self, key: &str) -> Option<Decimal> {
        let number = match self.table.get(key)?.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => {
                Decimal::parse(&number.as_str().replace('_', ""))
            }
            DeValue::Float(number) => Decimal::parse(&number.as_str().replace('_', "")),
            DeValue::String(text) => Decimal::parse(text),
            _ => None,
        };
        if number.is_none() {
            self.problem(key, "must be a decimal number, such as 0.01");
        }
        number
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.table.get(key)?.get_ref();
        let flag = value.as_bool();
        if flag.is_none() {
            self.problem(key, format!("must be true or false, but {}", self.written(value)));
        }
        flag
    }

    /// A table within this one.
    pub(super) fn table<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(TomlTable<'a, '_>) -> Option<T>,
    ) -> Option<T> {
        let value = self.table.get(key)?;
        let path = format!("{}.{key}", self.path);
        let (start, lines) = (value.span().start, self.lines);
        let Some(table) = value.get_ref().as_table() else {
            self.problem(
                key,
                format!("must be a table, such as [{key}], but its type is {}", value.get_ref().type_str()),
            );
            return None;
        };
        read(TomlTable { table, path, start, lines, problems: &mut *self.problems })
    }

    /// The tables of a list, as far as they are readable; `None` if there is no such key.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        mut read: impl FnMut(TomlTable<'a, '_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        self.entries(key, "must be a list of tables", |entry| match entry {
            Entry::Table(table) => Some(read(table)),
            Entry::Text(_) => None,
        })
    }

    /// The entries of a list of texts and tables; `read` returns `None` for a kind of entry that is not allowed there.
    pub(super) fn entries<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl FnMut(Entry<'a, '_>) -> Option<Option<T>>,
    ) -> Option<Vec<T>> {
        let value = self.table.get(key)?;
        let path = format!("{}.{key}", self.path);
        Some(each(value, &path, self.lines, self.problems, expected, read))
    }

    /// The entries of a table with any names, each with a text or a table; `None` if there is no such key.
    pub(super) fn named<T>(
        &mut self,
        key: &str,
        of_text: impl Fn(&str, &str) -> Result<T, String>,
        of_table: impl Fn(&str, TomlTable<'a, '_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        self.table(key, |mut at| {
            let mut read = Vec::new();
            for name in at.keys() {
                read.extend(match at.is_table(&name) {
                    true => at.table(&name, |inner| of_table(&name, inner)),
                    false => at.optional(&name, |text| of_text(&name, text)),
                });
            }
            Some(read)
        })
    }

    /// A text, or a list of texts; `None` if the key is missing or has another type.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let value = self.table.get(key)?.get_ref();
        let texts = match value {
            DeValue::String(text) => Some(vec![text.to_string()]),
            DeValue::Array(items) => {
                items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
            }
            _ => None,
        };
        if texts.is_none() {
            self.problem(key, "must be a string in quotes or a list of strings");
        }
        texts
    }

    /// What was written in place of something else. Only values of boards are repeated: others may be secret.
    fn written(&self, value: &DeValue<'_>) -> String {
        let kind = match value.type_str() {
            kind @ ("integer" | "array") => format!("an {kind}"),
            kind => format!("a {kind}"),
        };
        let text = match value {
            DeValue::String(text) => Some(format!("{text:?}")),
            DeValue::Integer(number) => Some(number.as_str().to_owned()),
            DeValue::Float(number) => Some(number.as_str().to_owned()),
            DeValue::Boolean(is) => Some(is.to_string()),
            DeValue::Datetime(at) => Some(at.to_string()),
            DeValue::Array(_) | DeValue::Table(_) => None,
        };
        let is_of_board = self.path.starts_with("board");
        match text.filter(|text| is_of_board && text.chars().count() <= WRITTEN_MAX_CHARS) {
            Some(text) => format!("`{text}` is {kind}"),
            None => format!("it is {kind}"),
        }
    }

    /// Whether a list is missing or empty, whatever its entries should be.
    pub(super) fn is_empty(&self, key: &str) -> bool {
        self.table
            .get(key)
            .is_none_or(|value| value.get_ref().as_array().is_some_and(|items| items.is_empty()))
    }

    /// Refuses all other keys.
    pub(super) fn no_more(&mut self, parts: &[&[TomlKey]]) {
        let (mut seen, names) = (HashSet::new(), parts.iter().copied().flatten().map(|key| key.name));
        let known: Vec<_> = names.filter(|name| seen.insert(*name)).collect();
        let keys = self.table.keys().map(|key| key.get_ref().as_ref());
        for key in keys.filter(|key: &&str| !known.contains(key)) {
            let remedy = match nearest(key, known.iter().copied()) {
                Some(near) => {
                    // One mistake: the key that was meant is not missing as well.
                    let meant = self.path_of(near);
                    self.problems
                        .retain(|problem| problem.key != meant || !problem.message.starts_with(MISSING));
                    format!("did you mean `{near}`?")
                }
                None => format!("known keys here: {}", known.join(", ")),
            };
            self.problem_with(key, "unknown key", remedy);
        }
    }
}

/// Reads each table of an array of tables.
pub(super) fn tables<'a, T>(
    value: &'a Spanned<DeValue<'a>>,
    path: &str,
    lines: &'a Lines<'a>,
    problems: &mut Vec<SettingProblem>,
    mut read: impl FnMut(TomlTable<'a, '_>) -> Option<T>,
) -> Vec<T> {
    each(value, path, lines, problems, "must be a list of tables", |entry| match entry {
        Entry::Table(table) => Some(read(table)),
        Entry::Text(_) => None,
    })
}

fn each<'a, T>(
    value: &'a Spanned<DeValue<'a>>,
    path: &str,
    lines: &'a Lines<'a>,
    problems: &mut Vec<SettingProblem>,
    expected: &str,
    mut read: impl FnMut(Entry<'a, '_>) -> Option<Option<T>>,
) -> Vec<T> {
    let wrong = |value: &Spanned<DeValue<'_>>, path: &str| {
        SettingProblem::in_file(
            path,
            lines.place(value.span().start),
            no_list(value.get_ref(), path, expected),
        )
    };
    let Some(items) = value.get_ref().as_array() else {
        problems.push(wrong(value, path));
        return Vec::new();
    };
    let mut found = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let (path, start) = (format!("{path}[{index}]"), item.span().start);
        let entry = match item.get_ref() {
            DeValue::String(text) => Some(read(Entry::Text(text))),
            DeValue::Table(table) => {
                let path = path.clone();
                Some(read(Entry::Table(TomlTable { table, path, start, lines, problems: &mut *problems })))
            }
            _ => None,
        };
        match entry.flatten() {
            Some(read) => found.extend(read),
            None => problems.push(wrong(item, &path)),
        }
    }
    found
}
