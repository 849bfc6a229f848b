//! The table of the settings that limit what one user or one client may do. The columns are explained at the macro, in
//! `declare`.

use crate::config::{
    check::Checker,
    declare::settings,
    row::{Requirement, SettingRow, Shape},
    values::{Parsed, read_text},
};

settings! {
    /// The limits of one user and of one client.
    #[derive(Clone, Debug)]
    pub struct Limits {}

    /// Live sessions of one user; a further sign-in ends the one that is unused for longest.
    field sessions_per_person: u32 {
        need: default("50"),
        read: text(sessions_per_person),
        about: "live sessions that one user may have, from `1` to `1000`; a further sign-in ends the one that is unused \
                for longest",
        example: "10",
    }

    /// Sign-ins that one client address may start per minute; 0 means no limit.
    field sign_in_rate: u32 {
        need: default("600"),
        read: text(sign_in_rate),
        about: "sign-ins per minute from one client address (IPv6: one /64); also the limit of callbacks, updates of \
                account details, front-channel logouts and rejected logout tokens; `0` for no limit",
        example: "60",
    }

    /// Forms of actions that one user may submit per minute; 0 means no limit.
    field action_rate: u32 {
        need: default("30"),
        read: text(action_rate),
        about: "forms of actions that one user may submit per minute, all of them at once or one after the other; `0` for \
                no limit",
        example: "120",
    }
}

fn sign_in_rate(text: &str) -> Parsed<u32> {
    text.parse().map_err(|_| {
        "must be a whole number of sign-ins per minute, such as 600, or 0 for no limit".to_owned()
    })
}

fn action_rate(text: &str) -> Parsed<u32> {
    text.parse().map_err(|_| {
        "must be a whole number of submitted forms per minute, such as 30, or 0 for no limit".to_owned()
    })
}

/// The bounds keep the work of a sign-in small, which counts and may end as many sessions.
fn sessions_per_person(text: &str) -> Parsed<u32> {
    let number = text.parse().ok().filter(|number| (1..=1_000).contains(number));
    number.ok_or_else(|| "must be a whole number from 1 to 1000, such as 50".to_owned())
}
