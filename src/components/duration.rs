//! Durations as text.

use claimcheck_text::{Language, t};

/// In the largest unit that expresses it exactly: "90 seconds", "5 minutes".
pub fn exact(language: Language, secs: u32) -> String {
    match secs {
        secs if secs.is_multiple_of(3600) => t!(language, "duration-hours", count = secs / 3600),
        secs if secs.is_multiple_of(60) => t!(language, "duration-minutes", count = secs / 60),
        secs => t!(language, "duration-seconds", count = secs),
    }
}

/// Rounded, in the largest unit of which there are at least two.
pub fn rounded(language: Language, secs: i64) -> String {
    match secs {
        ..120 => t!(language, "duration-seconds", count = secs),
        120..7200 => t!(language, "duration-minutes", count = (secs + 30) / 60),
        _ => t!(language, "duration-hours", count = (secs + 1800) / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        for (secs, said) in [
            (1, "1 second"),
            (45, "45 seconds"),
            (120, "2 minutes"),
            (1800, "30 minutes"),
            (5400, "90 minutes"),
            (7200, "2 hours"),
            (43_200, "12 hours"),
        ] {
            assert_eq!(rounded(Language::default(), secs), said);
        }
    }
}
