//! The times and the end of a session, as sent from the server to a page and between tabs of a browser. Plain words,
//! because the browser build contains no JSON parser.

use std::fmt;

/// The times of a session. All are the server's, in Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionState {
    /// The server's time of this message.
    pub now: i64,
    /// The idle timeout; never later than `absolute_until`.
    pub idle_until: i64,
    /// The absolute lifetime.
    pub absolute_until: i64,
    /// Identifies the user: another tag means another user. Contains no space.
    pub tag: String,
}

impl fmt::Display for SessionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { now, idle_until, absolute_until, tag } = self;
        write!(f, "{now} {idle_until} {absolute_until} {tag}")
    }
}

impl SessionState {
    /// Parses the output of `Display`.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mut time = || words.next()?.parse().ok();
        let (now, idle_until, absolute_until) = (time()?, time()?, time()?);
        Some(Self { now, idle_until, absolute_until, tag: words.next()?.to_owned() })
    }
}

/// A message about a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionNews {
    /// It runs.
    State(SessionState),
    /// It has ended; the word for why is one of [`ENDS`].
    Ended(String),
}

impl fmt::Display for SessionNews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => write!(f, "state {state}"),
            Self::Ended(why) => write!(f, "ended {why}"),
        }
    }
}

impl SessionNews {
    /// Parses the output of `Display`.
    pub fn read(text: &str) -> Option<Self> {
        match text.split_once(' ')? {
            ("state", state) => SessionState::read(state).map(Self::State),
            ("ended", why) => Some(Self::Ended(why.to_owned())),
            _ => None,
        }
    }
}

/// The idle timeout was reached.
pub const IDLE: &str = "idle";
/// The absolute lifetime was reached.
pub const ABSOLUTE: &str = "absolute";
/// Another user signed in in this browser, or the same one signed in again.
pub const REPLACED: &str = "replaced";
/// It has ended for an unknown reason.
pub const OVER: &str = "over";
/// It may have ended, and the server cannot be reached. Not an end, but it hides as much.
pub const UNREACHABLE: &str = "unreachable";

/// Every reason for an end: those of the session store, the lifetimes, and the unknown one.
pub const ENDS: [&str; 11] = [
    "signed-out",
    "elsewhere",
    "provider",
    "operator",
    "refused",
    "not-allowed",
    "too-many",
    REPLACED,
    IDLE,
    ABSOLUTE,
    OVER,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_come_as_they_went() {
        let state = SessionState { now: 1, idle_until: 1800, absolute_until: 43_200, tag: "a-_Z".into() };
        assert_eq!(SessionState::read(&state.to_string()), Some(state.clone()));
        for news in [SessionNews::State(state), SessionNews::Ended("elsewhere".into())] {
            assert_eq!(SessionNews::read(&news.to_string()), Some(news));
        }
        for text in ["", "state", "state 1 2 3", "state 1 2 x tag", "state 1.5 2 3 tag", "begun 1", "ended"] {
            assert_eq!(SessionNews::read(text), None, "{text}");
        }
    }
}
