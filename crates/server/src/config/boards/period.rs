//! The periods that a board offers: `7d`, `4w`, `12m`, this month, this year, closed ones such as `last-month`, and those
//! that look ahead, such as `+7d`. They are only read and named here; which days they are depends on the current day.

use claimcheck_text::{Language, t};

use crate::config::{
    reader::{Entry, TomlTable},
    toml_key::{TomlKeys, flag, one_of, text, text_list},
};

/// The keys of `[board.period]`.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "period",
    &[&[
        text_list("choices", "the periods to choose from, such as `7d`, `12m`, `month` or `last-month`")
            .required(),
        text("default", "the period without a choice; by default the first one"),
        one_of(
            "format",
            || vec!["date", "time", "unix", "unix-ms"],
            "how the API expects days: `date` (2026-09-30), `time` (RFC 3339), `unix` (seconds) or `unix-ms`",
        ),
        flag("future", "whether users may choose days after today"),
    ]],
);

/// A board's choice of periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodSetting {
    /// At least one.
    pub choices: Vec<Span>,
    /// One of the choices.
    pub default: Span,
    pub format: DayFormat,
    /// Users may choose days after today.
    pub future: bool,
}

/// A range of days, by its position relative to today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Days(u32),
    Weeks(u32),
    Months(u32),
    /// From the first of this month.
    Month,
    /// From the first of January.
    Year,
    /// From today on.
    NextDays(u32),
    NextWeeks(u32),
    NextMonths(u32),
    /// A whole day, ISO week, month, quarter or year that many steps from the current one, such as -1 for the last one.
    Whole(Unit, i8),
}

/// A unit of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// The names of whole units.
const WHOLE: [(&str, Span); 10] = [
    ("yesterday", Span::Whole(Unit::Day, -1)),
    ("tomorrow", Span::Whole(Unit::Day, 1)),
    ("last-week", Span::Whole(Unit::Week, -1)),
    ("next-week", Span::Whole(Unit::Week, 1)),
    ("last-month", Span::Whole(Unit::Month, -1)),
    ("next-month", Span::Whole(Unit::Month, 1)),
    ("last-quarter", Span::Whole(Unit::Quarter, -1)),
    ("next-quarter", Span::Whole(Unit::Quarter, 1)),
    ("last-year", Span::Whole(Unit::Year, -1)),
    ("next-year", Span::Whole(Unit::Year, 1)),
];

/// The date format that the API expects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayFormat {
    /// `2026-09-30`
    #[default]
    Date,
    /// The start of the day in the user's time zone, as RFC 3339 in UTC.
    Time,
    /// The same as Unix seconds, and as Unix milliseconds.
    Unix,
    UnixMillis,
}

const EXAMPLES: &str = "\"7d\", \"4w\", \"12m\", \"+7d\" (from today on), \"month\" (this month), \"year\" (this year), \
                        \"yesterday\" or \"last-month\"";

impl Span {
    /// Parses the output of [`Span::code`]; at most ten years.
    ///
    /// # Errors
    /// Describes what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("must be a period such as {EXAMPLES}, at most ten years");
        match text {
            "month" => return Ok(Self::Month),
            "year" => return Ok(Self::Year),
            _ => {}
        }
        if let Some((_, span)) = WHOLE.iter().find(|(name, _)| *name == text) {
            return Ok(*span);
        }
        let (is_ahead, text) = match text.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let unit = text.chars().next_back().ok_or_else(wrong)?;
        let number =
            text.strip_suffix(unit).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.and_then(|digits| digits.parse::<u32>().ok()).filter(|number| *number > 0);
        match (number, unit) {
            (Some(days @ ..=3660), 'd') if is_ahead => Ok(Self::NextDays(days)),
            (Some(days @ ..=3660), 'd') => Ok(Self::Days(days)),
            (Some(weeks @ ..=520), 'w') if is_ahead => Ok(Self::NextWeeks(weeks)),
            (Some(weeks @ ..=520), 'w') => Ok(Self::Weeks(weeks)),
            (Some(months @ ..=120), 'm') if is_ahead => Ok(Self::NextMonths(months)),
            (Some(months @ ..=120), 'm') => Ok(Self::Months(months)),
            _ => Err(wrong()),
        }
    }

    /// Whether it has days after today.
    pub fn is_ahead(self) -> bool {
        match self {
            Self::NextDays(_) | Self::NextWeeks(_) | Self::NextMonths(_) => true,
            Self::Whole(_, steps) => steps > 0,
            _ => false,
        }
    }

    /// Its name in the URL: `7d`.
    pub fn code(self) -> String {
        match self {
            Self::Days(days) => format!("{days}d"),
            Self::Weeks(weeks) => format!("{weeks}w"),
            Self::Months(months) => format!("{months}m"),
            Self::Month => "month".to_owned(),
            Self::Year => "year".to_owned(),
            Self::NextDays(days) => format!("+{days}d"),
            Self::NextWeeks(weeks) => format!("+{weeks}w"),
            Self::NextMonths(months) => format!("+{months}m"),
            Self::Whole(..) => {
                WHOLE.iter().find(|(_, span)| *span == self).map_or("", |(name, _)| name).to_owned()
            }
        }
    }

    /// Its name for users: `7 days`.
    pub fn label(self, language: Language) -> String {
        match self {
            Self::Days(days) => t!(language, "period-days", count = days),
            Self::Weeks(weeks) => t!(language, "period-weeks", count = weeks),
            Self::Months(months) => t!(language, "period-months", count = months),
            Self::Month => t!(language, "period-this-month").to_owned(),
            Self::Year => t!(language, "period-this-year").to_owned(),
            Self::NextDays(days) => t!(language, "period-next-days", count = days),
            Self::NextWeeks(weeks) => t!(language, "period-next-weeks", count = weeks),
            Self::NextMonths(months) => t!(language, "period-next-months", count = months),
            Self::Whole(unit, steps) => {
                let text = match (unit, steps > 0) {
                    (Unit::Day, false) => t!(language, "period-yesterday"),
                    (Unit::Day, true) => t!(language, "period-tomorrow"),
                    (Unit::Week, false) => t!(language, "period-last-week"),
                    (Unit::Week, true) => t!(language, "period-next-week"),
                    (Unit::Month, false) => t!(language, "period-last-month"),
                    (Unit::Month, true) => t!(language, "period-next-month"),
                    (Unit::Quarter, false) => t!(language, "period-last-quarter"),
                    (Unit::Quarter, true) => t!(language, "period-next-quarter"),
                    (Unit::Year, false) => t!(language, "period-last-year"),
                    (Unit::Year, true) => t!(language, "period-next-year"),
                };
                text.to_owned()
            }
        }
    }
}

/// Reads `[board.period]`.
pub(super) fn read(mut at: TomlTable<'_, '_>) -> Option<PeriodSetting> {
    if !at.has("choices") {
        at.problem("choices", format!("is missing: a list of periods such as {EXAMPLES}"));
    }
    let mut wrong = None;
    let choices = at.entries("choices", "must be a list of periods in quotes", |entry| match entry {
        Entry::Text(text) => {
            Some(Span::parse(text).map_err(|message| wrong = Some(format!("`{text}` {message}"))).ok())
        }
        Entry::Table(_) => None,
    });
    if let Some(wrong) = wrong {
        at.problem("choices", wrong);
    }
    let choices = choices.unwrap_or_default();
    if at.has("choices") && at.is_empty("choices") {
        at.problem("choices", "must contain at least one period");
    }
    if choices
        .iter()
        .enumerate()
        .any(|(index, choice)| choices.iter().take(index).any(|other| other == choice))
    {
        at.problem("choices", "contains the same period twice");
    }
    let default = at.optional("default", |text| match Span::parse(text)? {
        span if choices.contains(&span) => Ok(span),
        _ => Err("must be one of the choices".to_owned()),
    });
    let format = at.optional("format", |text| match text {
        "date" => Ok(DayFormat::Date),
        "time" => Ok(DayFormat::Time),
        "unix" => Ok(DayFormat::Unix),
        "unix-ms" => Ok(DayFormat::UnixMillis),
        _ => Err("must be \"date\" (2026-09-30), \"time\" (RFC 3339), \"unix\" (seconds) or \"unix-ms\" \
                  (milliseconds)"
            .to_owned()),
    });
    let future = at.flag("future").unwrap_or_else(|| choices.iter().any(|choice| choice.is_ahead()));
    at.no_more(KEYS.parts);
    let first = *choices.first()?;
    let (default, format) = (default.unwrap_or(first), format.unwrap_or_default());
    Some(PeriodSetting { choices, default, format, future })
}
