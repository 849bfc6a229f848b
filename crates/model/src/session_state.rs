//! How long a session lasts, and that it has ended: what the server tells a page, and tabs of a browser each other. Plain
//! words, because the browser build reads no JSON.

use std::fmt;

/// How long a session lasts. All times are the server's, in Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionState {
    /// When this was said.
    pub now: i64,
    /// When it ends unless the person does something; never later than `absolute_until`.
    pub idle_until: i64,
    /// When it ends in any case.
    pub absolute_until: i64,
    /// Stands for the person: another tag, another person. Holds no space.
    pub tag: String,
}

impl fmt::Display for SessionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { now, idle_until, absolute_until, tag } = self;
        write!(f, "{now} {idle_until} {absolute_until} {tag}")
    }
}

impl SessionState {
    /// What `Display` wrote.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let mut time = || words.next()?.parse().ok();
        let (now, idle_until, absolute_until) = (time()?, time()?, time()?);
        Some(Self { now, idle_until, absolute_until, tag: words.next()?.to_owned() })
    }
}

/// One thing that is told of a session.
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
    /// What `Display` wrote.
    pub fn read(text: &str) -> Option<Self> {
        match text.split_once(' ')? {
            ("state", state) => SessionState::read(state).map(Self::State),
            ("ended", why) => Some(Self::Ended(why.to_owned())),
            _ => None,
        }
    }
}

/// It ended because the person did nothing.
pub const IDLE: &str = "idle";
/// It ended because it had lasted as long as any may.
pub const ABSOLUTE: &str = "absolute";
/// Another person is signed in in this browser, or the same one anew.
pub const REPLACED: &str = "replaced";
/// It has ended, and nobody knows why any more.
pub const OVER: &str = "over";
/// Said where it may have ended and nobody can be asked; no end, but it hides as much.
pub const UNREACHABLE: &str = "unreachable";

/// Every word for an end: who ended it, as the session store has it, the clock, and nobody knows.
pub const ENDS: [&str; 9] =
    ["signed-out", "elsewhere", "provider", "operator", "refused", REPLACED, IDLE, ABSOLUTE, OVER];

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
