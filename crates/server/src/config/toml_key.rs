//! The keys of the tables of the settings file, as data: next to each reader is the list of the keys that it accepts.
//! The reader refuses all other keys, the JSON Schema describes these, and a mistake is explained with the same text.

use crate::config::{key_rule::KeyRule, keys};

/// One key of a table.
#[derive(Debug)]
pub(super) struct TomlKey {
    pub name: &'static str,
    pub shape: KeyShape,
    /// The table is refused without it.
    pub is_required: bool,
    /// Its meaning, in one line for users. Code is in backticks.
    pub about: &'static str,
}

/// What the value of a key looks like.
#[derive(Debug)]
pub(super) enum KeyShape {
    Text,
    /// One of these texts.
    OneOf(fn() -> Vec<&'static str>),
    /// A text, or one for each language.
    Local,
    /// A text, or a list of texts; not empty.
    Texts,
    /// A list of texts.
    TextList,
    Flag,
    /// `true` or `false`, or a text.
    FlagOrText,
    /// A text, a number, or `true` or `false`.
    Plain,
    /// A whole number within bounds.
    Whole(u32, u32),
    /// A number, or a text that is one.
    Decimal,
    /// A table with any content, which is sent as JSON.
    Json,
    /// A table with any names and texts.
    Names,
    /// A table with the names of headers.
    Headers,
    Table(&'static TomlKeys),
    /// A list of tables.
    Tables(&'static TomlKeys),
    /// The text of the first required key alone, or a table.
    TextOrTable(&'static TomlKeys),
    /// A list of texts and tables; not empty.
    TextsOrTables(&'static TomlKeys),
    /// A table with any names, each with a text or a table.
    NamedTextsOrTables(&'static TomlKeys),
    /// A text, a number or `true`, a list of them, or a table.
    TextsOrTable(&'static TomlKeys),
}

/// The keys of one table.
#[derive(Debug)]
pub(super) struct TomlKeys {
    /// Its name in the JSON Schema.
    pub name: &'static str,
    /// In parts, some of which belong to several tables.
    pub parts: &'static [&'static [TomlKey]],
    /// Of each of these groups, exactly one key is set.
    pub exactly_one: &'static [&'static [&'static str]],
    /// A key whose value decides which further keys are allowed.
    pub by_value: Option<ByValue>,
    /// What the reader requires or refuses because of other keys, in parts.
    pub rules: &'static [&'static [KeyRule]],
}

/// A key whose value decides which further keys are allowed.
#[derive(Debug)]
pub(super) struct ByValue {
    pub key: &'static str,
    pub cases: fn() -> Vec<Case>,
}

/// One value of that key, and the further keys with it.
pub(super) struct Case {
    pub value: &'static str,
    pub parts: Vec<&'static [TomlKey]>,
    /// Of each of these groups, exactly one key is set.
    pub exactly_one: Vec<&'static [&'static str]>,
}

impl TomlKeys {
    pub(super) const fn new(name: &'static str, parts: &'static [&'static [TomlKey]]) -> Self {
        Self { name, parts, exactly_one: &[], by_value: None, rules: &[] }
    }

    pub(super) const fn exactly_one(self, groups: &'static [&'static [&'static str]]) -> Self {
        Self { exactly_one: groups, ..self }
    }

    pub(super) const fn rules(self, rules: &'static [&'static [KeyRule]]) -> Self {
        Self { rules, ..self }
    }

    pub(super) const fn by_value(self, by_value: ByValue) -> Self {
        Self { by_value: Some(by_value), ..self }
    }

    /// Its keys, without those that depend on a value.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static TomlKey> + use<> {
        self.parts.iter().copied().flatten()
    }

    /// The key of that name; one that depends on a value is found under any value that allows it.
    fn find(&self, name: &str) -> Option<&'static TomlKey> {
        let cases = self.by_value.iter().flat_map(|by_value| (by_value.cases)());
        let of_values = cases.flat_map(|case| case.parts.into_iter().flatten());
        self.keys().chain(of_values).find(|key| key.name == name)
    }
}

impl TomlKey {
    const fn new(name: &'static str, shape: KeyShape, about: &'static str) -> Self {
        Self { name, shape, is_required: false, about }
    }

    /// The same, but the table is refused without it.
    pub(super) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// The keys of the tables that its value has.
    fn inner(&self) -> Option<&'static TomlKeys> {
        match self.shape {
            KeyShape::Table(keys)
            | KeyShape::Tables(keys)
            | KeyShape::TextOrTable(keys)
            | KeyShape::TextsOrTables(keys)
            | KeyShape::NamedTextsOrTables(keys)
            | KeyShape::TextsOrTable(keys) => Some(keys),
            _ => None,
        }
    }
}

/// The key at a path such as `board[0].panel[1].get`; for a name that the user chose, the key of the table with the names.
pub(super) fn find_key(path: &str) -> Option<&'static TomlKey> {
    let mut names = path.split('.').map(|part| part.split('[').next().unwrap_or_default());
    let first = names.next()?;
    let mut key = keys::TABLES.iter().find(|key| key.name == first)?;
    while let Some(name) = names.next() {
        match key.shape {
            // The name is the user's.
            KeyShape::NamedTextsOrTables(keys) => match names.next() {
                Some(inner) => key = keys.find(inner)?,
                None => return Some(key),
            },
            KeyShape::Names | KeyShape::Headers | KeyShape::Json | KeyShape::Local => return Some(key),
            _ => key = key.inner()?.find(name)?,
        }
    }
    Some(key)
}

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident: $shape:ident;)*) => {
        $($(#[$doc])* pub(super) const fn $name(name: &'static str, about: &'static str) -> TomlKey {
            TomlKey::new(name, KeyShape::$shape, about)
        })*
    };
}

shapes! {
    /// A key with a text.
    text: Text;
    /// A key with a text, or one for each language.
    local: Local;
    /// A key with a text or a list of texts.
    texts: Texts;
    /// A key with a list of texts.
    text_list: TextList;
    /// A key with `true` or `false`.
    flag: Flag;
    /// A key with `true`, `false` or a text.
    flag_or_text: FlagOrText;
    /// A key with a text, a number, `true` or `false`.
    plain: Plain;
    /// A key with a number.
    decimal: Decimal;
    /// A key with JSON.
    json: Json;
    /// A key with names and texts.
    names: Names;
    /// A key with headers.
    headers: Headers;
}

/// A key with one of these texts.
pub(super) const fn one_of(
    name: &'static str,
    texts: fn() -> Vec<&'static str>,
    about: &'static str,
) -> TomlKey {
    TomlKey::new(name, KeyShape::OneOf(texts), about)
}

/// A key with a whole number.
pub(super) const fn whole(name: &'static str, (least, most): (u32, u32), about: &'static str) -> TomlKey {
    TomlKey::new(name, KeyShape::Whole(least, most), about)
}

macro_rules! nested {
    ($($(#[$doc:meta])* $name:ident: $shape:ident;)*) => {
        $($(#[$doc])* pub(super) const fn $name(
            name: &'static str,
            keys: &'static TomlKeys,
            about: &'static str,
        ) -> TomlKey {
            TomlKey::new(name, KeyShape::$shape(keys), about)
        })*
    };
}

nested! {
    /// A key with a table.
    table: Table;
    /// A key with a list of tables.
    tables: Tables;
    /// A key with a text or a table.
    text_or_table: TextOrTable;
    /// A key with a list of texts and tables.
    texts_or_tables: TextsOrTables;
    /// A key with names, each with a text or a table.
    named_texts_or_tables: NamedTextsOrTables;
    /// A key with a text, a list of texts or a table.
    texts_or_table: TextsOrTable;
}
