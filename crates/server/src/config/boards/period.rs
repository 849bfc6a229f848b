//! The periods that a board offers: `7d`, `4w`, `12m`, this month, this year. They are only read and named here; which
//! days they are depends on the current day.

use claimcheck_text::{Language, t};

use crate::config::reader::{Entry, TomlTable};

/// A board's choice of periods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodSetting {
    /// At least one.
    pub choices: Vec<Span>,
    /// One of the choices.
    pub default: Span,
    pub format: DayFormat,
}

/// A range of days that ends today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Days(u32),
    Weeks(u32),
    Months(u32),
    /// From the first of this month.
    Month,
    /// From the first of January.
    Year,
}

/// The date format that the API expects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayFormat {
    /// `2026-09-30`
    #[default]
    Date,
    /// The start of the day in the user's time zone, as RFC 3339 in UTC.
    Time,
    /// The same as Unix seconds.
    Unix,
}

const EXAMPLES: &str = "\"7d\", \"4w\", \"12m\", \"month\" (this month) or \"year\" (this year)";

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
        let unit = text.chars().next_back().ok_or_else(wrong)?;
        let number =
            text.strip_suffix(unit).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.and_then(|digits| digits.parse::<u32>().ok()).filter(|number| *number > 0);
        match (number, unit) {
            (Some(days @ ..=3660), 'd') => Ok(Self::Days(days)),
            (Some(weeks @ ..=520), 'w') => Ok(Self::Weeks(weeks)),
            (Some(months @ ..=120), 'm') => Ok(Self::Months(months)),
            _ => Err(wrong()),
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
        _ => Err("must be \"date\" (2026-09-30), \"time\" (RFC 3339) or \"unix\" (seconds)".to_owned()),
    });
    at.no_more(&["choices", "default", "format"]);
    let first = *choices.first()?;
    Some(PeriodSetting { choices, default: default.unwrap_or(first), format: format.unwrap_or_default() })
}
