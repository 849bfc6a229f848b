//! Scopes: which exist, what they mean in words, and which of those asked for a person can grant.

use super::people::Person;

/// A scope as the consent page shows it.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) detail: &'static str,
    /// A scope of the API, which a person may or may not hold.
    pub(super) api: bool,
}

/// All of them, in the order they are shown.
pub(super) const ALL: [Scope; 10] = [
    Scope {
        name: "openid",
        title: "Know that it is you",
        detail: "An identifier that stays the same.",
        api: false,
    },
    Scope {
        name: "profile",
        title: "See your profile",
        detail: "Your name, language, time zone, department and roles.",
        api: false,
    },
    Scope {
        name: "email",
        title: "See your e-mail address",
        detail: "The address you are reached at.",
        api: false,
    },
    Scope {
        name: "offline_access",
        title: "Stay connected",
        detail: "Keep this access while you are away.",
        api: false,
    },
    Scope {
        name: "orders:read",
        title: "Read orders",
        detail: "Orders, customers and daily figures.",
        api: true,
    },
    Scope { name: "orders:ship", title: "Ship orders", detail: "Mark packed orders as shipped.", api: true },
    Scope {
        name: "reports:read",
        title: "Read reports",
        detail: "Margins and other figures of the firm.",
        api: true,
    },
    Scope {
        name: "payouts:write",
        title: "Make payouts",
        detail: "See, order and cancel your payouts from the firm’s account.",
        api: true,
    },
    Scope {
        name: "deliveries:read",
        title: "See deliveries",
        detail: "What suppliers have announced to the warehouse.",
        api: true,
    },
    Scope {
        name: "deliveries:receive",
        title: "Receive deliveries",
        detail: "Book what has arrived at the warehouse.",
        api: true,
    },
];

/// The known scopes among the requested words; unknown ones are ignored (Core 3.1.2.1).
pub(super) fn known(requested: &str) -> Vec<&'static Scope> {
    ALL.iter().filter(|scope| requested.split(' ').any(|word| word == scope.name)).collect()
}

/// Splits what was asked for into what this person can grant and what is not theirs to give.
pub(super) fn grantable(requested: &str, person: &Person) -> (Vec<&'static Scope>, Vec<&'static Scope>) {
    known(requested).into_iter().partition(|scope| !scope.api || person.api_scopes.contains(&scope.name))
}

/// The names, as they are kept.
pub(super) fn names(scopes: &[&'static Scope]) -> Vec<String> {
    scopes.iter().map(|scope| scope.name.to_owned()).collect()
}
