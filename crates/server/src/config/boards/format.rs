//! How the values of one member are read and shown: numbers, amounts of money, percentages, dates and times. The same
//! keys apply to a stat, a column of a table, a series of a chart, and the parts of a list.

use claimcheck_model::CellKind;
use iso_currency::Currency;
use serde_json_path::JsonPath;

use super::{
    image::{self, ImageSetting},
    kinds::json_path,
    look::{self, LOOK_KEYS, LookSetting, RULE_KEYS},
    not_one_of, template, title,
};
use crate::{
    config::{
        LocalText,
        key_rule::{
            Condition::{Has, Holds},
            KeyRule::{self, AnyOf, If, NoneOf},
        },
        reader::{REMOVE_IT, REMOVE_ONE, TomlTable},
        toml_key::{TomlKey, TomlKeys, decimal, flag, local, one_of as named, text, whole},
    },
    decimal::Decimal,
    locale::{self, WhenForm, WhenFormat, check_pattern},
};

/// The most decimals that numbers can be rounded to.
const DECIMALS_MAX: u32 = 6;

/// The keys of numbers.
pub(super) static NUMBER_KEYS: [TomlKey; 8] = [
    whole("decimals", (0, DECIMALS_MAX), "how many decimals numbers are rounded to"),
    decimal("scale", "what numbers are multiplied by, such as `0.01`"),
    local("unit", "text after a number, such as `pcs`"),
    local("prefix", "text before a number"),
    local("zero", "text in place of zero, such as `\u{2013}`"),
    text(
        "currency",
        "currency of amounts: a code of ISO 4217 such as `EUR`, a member of the row such as `{currency}`, \
                      or for a stat a JSONPath",
    ),
    flag("minor", "whether amounts are in the smallest unit of their currency, such as cents"),
    named(
        "percent",
        || vec!["one", "hundred"],
        "what a percentage is a part of: `one` (0.124 is 12.4%) or `hundred` \
                                                (12.4 is 12.4%)",
    ),
];
/// How the keys of numbers belong together.
pub(super) static NUMBER_RULES: [KeyRule; 4] = [
    If(Has("percent"), &[NoneOf(&["currency", "unit"])]),
    If(Has("minor"), &[NoneOf(&["scale"])]),
    If(Has("currency"), &[NoneOf(&["unit"])]),
    If(Holds("minor"), &[AnyOf(&["currency"])]),
];
/// The keys of dates and times.
pub(super) static WHEN_KEYS: [TomlKey; 2] = [
    text(
        "format",
        "how dates and times are written: `unix`, `unix-ms`, `unix-us`, `unix-ns` or a pattern such as \
                    `%d.%m.%Y`",
    ),
    text("zone", "time zone of times without one, such as `Europe/Berlin`"),
];
/// The key of a member, and its kind.
pub(super) static MEMBER_KEYS: [TomlKey; 2] = [text("key", "the member of the row").required(), KIND];
/// How a value is shown.
pub(super) const KIND: TomlKey =
    named("kind", kind_names, "how values are shown; by default it is inferred from the values");
/// A member of a row as a table.
pub(super) static MEMBER: TomlKeys =
    TomlKeys::new("member", &[&MEMBER_KEYS, &NUMBER_KEYS, &WHEN_KEYS, &LOOK_KEYS, &RULE_KEYS])
        .rules(&[&NUMBER_RULES]);
/// A member with a text in which a tone has no place, such as the name of an entry.
pub(super) static NAME: TomlKeys =
    TomlKeys::new("name", &[&MEMBER_KEYS, &NUMBER_KEYS, &WHEN_KEYS, &LOOK_KEYS]).rules(&[&NUMBER_RULES]);
/// A member with the address of an image as a table.
pub(super) static IMAGE: TomlKeys = TomlKeys::new(
    "image",
    &[&[text("key", "the member of the row").required(), image::ALT, image::SIZE, image::ROUND]],
);
/// A member that is a position or the size of a part: it is not a cell.
pub(super) static PLACE: TomlKeys =
    TomlKeys::new("place", &[&MEMBER_KEYS, &NUMBER_KEYS, &WHEN_KEYS]).rules(&[&NUMBER_RULES]);

fn kind_names() -> Vec<&'static str> {
    CellKind::ALL.into_iter().map(CellKind::name).chain(["day", "relative"]).collect()
}

/// How the values of a member are read and shown. The default shows a number as the API wrote it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValueFormat {
    /// The number of decimals; numbers are rounded to it.
    pub decimals: Option<usize>,
    /// Numbers are multiplied by this.
    pub scale: Option<Decimal>,
    /// Shown after a number, and before it.
    pub unit: Option<LocalText>,
    pub prefix: Option<LocalText>,
    /// Shown in place of zero.
    pub zero: Option<LocalText>,
    /// Numbers are amounts of money.
    pub currency: Option<CurrencyOf>,
    /// Amounts are in the smallest unit of their currency, such as cents.
    pub is_minor: bool,
    pub percent: Option<PercentOf>,
    /// How dates and times are read.
    pub when: WhenFormat,
    pub look: LookSetting,
}

/// Where the currency of an amount is.
#[derive(Clone, Debug, PartialEq)]
pub enum CurrencyOf {
    /// All amounts have this one: a code of ISO 4217.
    Code(String),
    /// A member of the row has the code.
    Member(String),
    /// It is at this place of the response, for a stat.
    Path(JsonPath),
}

/// What a percentage is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PercentOf {
    /// `0.124` is 12.4%.
    One,
    /// `12.4` is 12.4%.
    Hundred,
}

impl ValueFormat {
    /// The members of the row that it needs besides that with the value.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        let currency = match &self.currency {
            Some(CurrencyOf::Member(key)) => Some(key.as_str()),
            _ => None,
        };
        currency.into_iter().chain(self.look.members())
    }

    /// Whether cells of this kind need the second stylesheet.
    pub(super) fn needs_extra_style(&self, kind: Option<CellKind>) -> bool {
        matches!(kind, Some(CellKind::Chips | CellKind::Progress | CellKind::Image))
            || self.look.needs_extra_style()
    }

    /// Whether a number is shown in a way of its own, and so is no name.
    pub fn is_of_numbers(&self) -> bool {
        self.decimals.is_some()
            || self.scale.is_some()
            || self.unit.is_some()
            || self.prefix.is_some()
            || self.zero.is_some()
            || self.currency.is_some()
            || self.percent.is_some()
    }
}

/// A member of a row, and how its values are read and shown.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberSetting {
    pub key: String,
    /// By default it is inferred from the values.
    pub kind: Option<CellKind>,
    pub format: ValueFormat,
}

impl MemberSetting {
    /// The members of a row that it needs.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        [self.key.as_str()].into_iter().chain(self.format.members())
    }

    /// The same with this format, if it has none.
    pub(super) fn or_format(self, format: ValueFormat) -> Self {
        let is_number = matches!(self.kind, None | Some(CellKind::Number | CellKind::Percent));
        if self.format.is_of_numbers() || !format.is_of_numbers() || !is_number {
            return self;
        }
        let kind = if format.percent.is_some() { CellKind::Percent } else { CellKind::Number };
        // Rules and templates remain.
        let (look, when) = (self.format.look, self.format.when);
        Self { kind: Some(kind), format: ValueFormat { look, when, ..format }, key: self.key }
    }
}

/// Reads a member: its key, or `{ key, kind, … }`.
pub(super) fn read_member(at: &mut TomlTable<'_, '_>, key: &str) -> Option<MemberSetting> {
    read_member_with(&MEMBER, at, key)
}

/// Reads a member with a text in which a tone has no place: its key, or `{ key, kind, … }`.
pub(super) fn read_name(at: &mut TomlTable<'_, '_>, key: &str) -> Option<MemberSetting> {
    read_member_with(&NAME, at, key)
}

/// Reads a member that is a position or the size of a part: its key, or `{ key, kind, … }`.
pub(super) fn read_place(at: &mut TomlTable<'_, '_>, key: &str) -> Option<MemberSetting> {
    read_member_with(&PLACE, at, key)
}

/// Reads a member: its key, or a table with these keys.
pub(super) fn read_member_with(
    keys: &TomlKeys,
    at: &mut TomlTable<'_, '_>,
    key: &str,
) -> Option<MemberSetting> {
    if !at.is_table(key) {
        return at.optional(key, title).map(|key| MemberSetting {
            key,
            kind: None,
            format: ValueFormat::default(),
        });
    }
    at.table(key, |mut at| {
        let key = at.required("key", title);
        let (kind, format) = read(&mut at);
        if kind == Some(CellKind::Image) {
            at.problem_with(
                if at.has("kind") { "kind" } else { "key" },
                "cannot be an image here",
                "use a column of a table, a field of `facts`, or `image` of a list",
            );
        }
        at.no_more(keys.parts);
        Some(MemberSetting { key: key?, kind, format })
    })
}

/// Reads a member with the address of an image: its key, or `{ key, alt, size, round }`.
pub(super) fn read_image(at: &mut TomlTable<'_, '_>, key: &str) -> Option<MemberSetting> {
    let of = |key, image| MemberSetting {
        key,
        kind: Some(CellKind::Image),
        format: ValueFormat {
            look: LookSetting { image, ..LookSetting::default() },
            ..ValueFormat::default()
        },
    };
    if !at.is_table(key) {
        return at.optional(key, title).map(|key| of(key, ImageSetting::default()));
    }
    at.table(key, |mut at| {
        let key = at.required("key", title);
        let image = image::read(&mut at);
        at.no_more(IMAGE.parts);
        Some(of(key?, image))
    })
}

/// Reads the keys of numbers. `in_row` says whether there is a row that may have the currency.
pub(super) fn read_numbers(at: &mut TomlTable<'_, '_>, in_row: bool) -> ValueFormat {
    let decimals = at.whole("decimals", 0..=DECIMALS_MAX).and_then(|decimals| usize::try_from(decimals).ok());
    let scale = at.decimal("scale");
    let (unit, prefix) = (at.optional_local("unit", title), at.optional_local("prefix", title));
    let zero = at.optional_local("zero", title);
    let currency = at.optional("currency", |text| currency(text, in_row));
    let is_minor = at.flag("minor").unwrap_or_default();
    let percent = at.optional("percent", |text| match text {
        "one" => Ok(PercentOf::One),
        "hundred" => Ok(PercentOf::Hundred),
        _ => Err("must be \"one\" (0.124 is 12.4%) or \"hundred\" (12.4 is 12.4%)".to_owned()),
    });
    if scale.as_ref().is_some_and(Decimal::is_zero) {
        at.problem("scale", "must not be zero");
    }
    for (key, other) in
        [("percent", "currency"), ("percent", "unit"), ("minor", "scale"), ("currency", "unit")]
    {
        if at.has(key) && at.has(other) {
            at.problem_with(key, format!("cannot be combined with `{other}`"), REMOVE_ONE);
        }
    }
    if is_minor && !at.has("currency") {
        at.problem("minor", "needs `currency`: how many decimals an amount has depends on it");
    }
    ValueFormat { decimals, scale, unit, prefix, zero, currency, is_minor, percent, ..ValueFormat::default() }
}

/// Reads the keys of numbers, dates and times, and `kind`, which decides which of them are allowed.
pub(super) fn read(at: &mut TomlTable<'_, '_>) -> (Option<CellKind>, ValueFormat) {
    let (mut is_day, mut is_relative) = (false, false);
    let kind = at.optional("kind", |text| {
        (is_day, is_relative) = (text == "day", text == "relative");
        let kind = CellKind::ALL.into_iter().find(|kind| kind.name() == text);
        let kind = kind.or((is_day || is_relative).then_some(CellKind::Date));
        kind.ok_or_else(|| not_one_of(text, &kind_names()))
    });
    let mut format = read_numbers(at, true);
    format.when = read_when(at, is_day);
    format.look = LookSetting { is_relative, ..look::read(at, kind) };
    let is_number = kind.is_none_or(CellKind::is_number);
    let is_date = matches!(kind, None | Some(CellKind::Date));
    for (keys, belongs, of) in
        [(&NUMBER_KEYS[..], is_number, "numbers"), (&WHEN_KEYS[..], is_date, "dates and times")]
    {
        for key in keys.iter().map(|key| key.name) {
            if !belongs && at.has(key) {
                at.problem_with(key, format!("applies to {of} only, but this is of another kind"), REMOVE_IT);
            }
        }
    }
    let of = kind.or(format.look.kind());
    let refused: &[&str] = match of {
        Some(CellKind::Bytes) => &["unit", "prefix", "zero", "currency", "minor", "percent"],
        Some(CellKind::Duration) => &["decimals", "unit", "prefix", "zero", "currency", "minor", "percent"],
        Some(CellKind::Progress) => &["unit", "prefix", "zero", "currency", "minor"],
        Some(CellKind::Image) if kind.is_none() => {
            &["decimals", "scale", "unit", "prefix", "zero", "currency", "minor", "percent", "format", "zone"]
        }
        _ => &[],
    };
    for (key, of) in refused.iter().zip(of.iter().cycle()) {
        if at.has(key) {
            at.problem_with(key, format!("does not apply to the kind \"{}\"", of.name()), REMOVE_IT);
        }
    }
    let has = |at: &TomlTable<'_, '_>, keys: &[TomlKey]| keys.iter().any(|key| at.has(key.name));
    let (has_numbers, has_when) = (has(at, &NUMBER_KEYS), has(at, &WHEN_KEYS));
    if has_numbers && has_when {
        at.problem("format", "applies to dates and times, but other keys here apply to numbers");
    }
    if kind == Some(CellKind::Percent) {
        format.percent = format.percent.or(Some(PercentOf::Hundred));
        for key in ["currency", "unit"] {
            if at.has(key) {
                at.problem_with(key, "cannot be combined with the kind \"percent\"", REMOVE_ONE);
            }
        }
    }
    // The settings say what the values are.
    let implied = match (has_numbers, has_when) {
        _ if format.look.kind().is_some() => format.look.kind(),
        (true, _) if format.percent.is_some() => Some(CellKind::Percent),
        (true, _) => Some(CellKind::Number),
        (false, true) => Some(CellKind::Date),
        (false, false) => None,
    };
    let kind = match (kind, implied) {
        (Some(CellKind::Number), Some(CellKind::Percent)) => Some(CellKind::Percent),
        (kind, implied) => kind.or(implied),
    };
    (kind, format)
}

fn read_when(at: &mut TomlTable<'_, '_>, is_day: bool) -> WhenFormat {
    let form = at.optional("format", |text| match text {
        "unix" => Ok(WhenForm::Unix { power: 0 }),
        "unix-ms" => Ok(WhenForm::Unix { power: 3 }),
        "unix-us" => Ok(WhenForm::Unix { power: 6 }),
        "unix-ns" => Ok(WhenForm::Unix { power: 9 }),
        pattern => check_pattern(pattern).map(|()| WhenForm::Pattern(pattern.to_owned())),
    });
    let zone = at.optional("zone", zone);
    WhenFormat { form, zone, is_day }
}

/// A time zone by its name in the IANA database.
pub(super) fn zone(text: &str) -> Result<jiff::tz::TimeZone, String> {
    locale::zone(text).ok_or_else(|| "must be the name of a time zone, such as \"Europe/Berlin\"".to_owned())
}

fn currency(text: &str, in_row: bool) -> Result<CurrencyOf, String> {
    let wrong = || {
        let place = if in_row {
            "the member with the code, such as \"{currency}\""
        } else {
            "a JSONPath of the code"
        };
        format!("must be a currency code of ISO 4217, such as \"EUR\", or {place}")
    };
    if text.starts_with('$') && !in_row {
        return json_path(text).map(CurrencyOf::Path);
    }
    if text.contains('{') && in_row {
        let pieces = template::pieces(text)?;
        let mut slots = template::slots(&pieces);
        return match (slots.next(), slots.next()) {
            (Some(name), None) if text == format!("{{{name}}}") => Ok(CurrencyOf::Member(name.to_owned())),
            _ => Err(wrong()),
        };
    }
    Currency::from_code(text).map(|currency| CurrencyOf::Code(currency.code().to_owned())).ok_or_else(wrong)
}

/// The number of decimals of a currency (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD. `None` for a code that is unknown
/// or has none.
pub fn exponent(code: &str) -> Option<usize> {
    Currency::from_code(code)?.exponent().map(usize::from)
}
