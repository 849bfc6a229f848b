//! The users of the demo. They are made up, and so are their passwords.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use serde_json::{Map, Value, json};

use super::language::{Text, text};

/// The password of all users.
pub const PASSWORD: &str = "demo";

/// Someone who can sign in.
#[derive(Debug)]
pub(super) struct Person {
    /// `sub` (Core 2): never reassigned, and without meaning.
    pub(super) sub: &'static str,
    /// The user name for the sign-in, and `preferred_username`.
    pub(super) username: &'static str,
    pub(super) given_name: &'static str,
    pub(super) family_name: &'static str,
    /// Their job.
    pub(super) title: Text,
    pub(super) email: &'static str,
    /// Their time zone; not every provider knows it.
    pub(super) zoneinfo: Option<&'static str>,
    pub(super) locale: Option<&'static str>,
    pub(super) department: &'static str,
    pub(super) roles: &'static [&'static str],
    /// The API scopes that this user may grant to a client. Scopes about the user can always be granted.
    pub(super) api_scopes: &'static [&'static str],
}

static PEOPLE: [Person; 4] = [
    Person {
        sub: "hid-5f1c7a20",
        username: "ada",
        given_name: "Ada",
        family_name: "Okafor",
        title: text("Finance manager", "Leiterin Finanzen"),
        email: "ada.okafor@harbour.example",
        zoneinfo: Some("Europe/London"),
        locale: Some("en-GB"),
        department: "Finance",
        roles: &["orders:manager", "finance"],
        api_scopes: &[
            "orders:read",
            "orders:ship",
            "service:write",
            "reports:read",
            "payouts:write",
            "deliveries:read",
            "deliveries:receive",
        ],
    },
    Person {
        sub: "hid-9b03e4d8",
        username: "jonas",
        given_name: "Jonas",
        family_name: "Lind",
        title: text("Order desk", "Auftragsabwicklung"),
        email: "jonas.lind@harbour.example",
        zoneinfo: Some("Europe/Stockholm"),
        locale: Some("sv-SE"),
        department: "Sales",
        roles: &["orders:clerk"],
        api_scopes: &["orders:read", "orders:ship", "service:write", "deliveries:read"],
    },
    Person {
        sub: "hid-27d6c1fe",
        username: "mei",
        given_name: "Mei",
        family_name: "Tanaka",
        title: text("Warehouse", "Lager"),
        email: "mei.tanaka@harbour.example",
        zoneinfo: Some("Asia/Tokyo"),
        locale: Some("ja-JP"),
        department: "Logistics",
        roles: &["warehouse"],
        api_scopes: &["orders:read", "orders:ship", "deliveries:read", "deliveries:receive"],
    },
    Person {
        sub: "hid-c84ab915",
        username: "sam",
        given_name: "Sam",
        family_name: "Ortiz",
        title: text("Guest", "Gast"),
        email: "sam.ortiz@harbour.example",
        zoneinfo: None,
        locale: None,
        department: "Guests",
        roles: &["visitor"],
        api_scopes: &[],
    },
];

/// All users, in the order they are shown.
pub(super) fn everyone() -> &'static [Person] {
    &PEOPLE
}

pub(super) fn by_sub(sub: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.sub == sub)
}

/// By user name or e-mail address.
pub(super) fn by_login(login: &str) -> Option<&'static Person> {
    let login = login.trim().to_lowercase();
    PEOPLE.iter().find(|person| person.username == login || person.email == login)
}

/// Roles that were assigned or removed since the start, by `sub`, as by an administrator of a real provider. Tokens and
/// UserInfo contain them from then on. Tests use this.
#[derive(Clone, Debug, Default)]
pub struct Roles(Arc<RwLock<BTreeMap<String, Vec<String>>>>);

impl Roles {
    /// From now on, this user, by user name, has exactly these roles.
    pub fn set(&self, username: &str, roles: &[&str]) {
        if let Some(person) = by_login(username) {
            let roles = roles.iter().map(|role| (*role).to_owned()).collect();
            self.0.write().unwrap_or_else(PoisonError::into_inner).insert(person.sub.to_owned(), roles);
        }
    }

    /// The current roles of a user.
    pub(super) fn of(&self, person: &Person) -> Vec<String> {
        let changed = self.0.read().unwrap_or_else(PoisonError::into_inner).get(person.sub).cloned();
        changed.unwrap_or_else(|| person.roles.iter().map(|role| (*role).to_owned()).collect())
    }
}

impl Person {
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// Two letters in place of a picture.
    pub(super) fn initials(&self) -> String {
        [self.given_name, self.family_name].iter().filter_map(|name| name.chars().next()).collect()
    }

    /// The claims for the granted scopes (Core 5.4); `roles` and `department` come with `profile`.
    pub(super) fn claims(&self, scopes: &[String], roles: &Roles) -> Map<String, Value> {
        let mut claims = Map::new();
        let has = |name: &str| scopes.iter().any(|scope| scope == name);
        let mut add = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        if has("profile") {
            add("name", json!(self.name()));
            add("given_name", json!(self.given_name));
            add("family_name", json!(self.family_name));
            add("preferred_username", json!(self.username));
            add("roles", json!(roles.of(self)));
            add("department", json!(self.department));
            let known = [("zoneinfo", self.zoneinfo), ("locale", self.locale)];
            known.iter().filter_map(|(name, value)| value.map(|value| (name, value))).for_each(
                |(name, value)| {
                    add(name, json!(value));
                },
            );
        }
        if has("email") {
            add("email", json!(self.email));
            add("email_verified", json!(true));
        }
        claims
    }
}
