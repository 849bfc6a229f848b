//! Scopes: their list, their descriptions, and which of the requested ones a user can grant.

use super::{
    language::{Text, text},
    people::Person,
};

/// A scope as the consent page shows it.
#[derive(Debug)]
pub(super) struct Scope {
    pub(super) name: &'static str,
    pub(super) title: Text,
    pub(super) detail: Text,
    /// A scope of the API, which not every user has.
    pub(super) api: bool,
}

/// All of them, in the order they are shown.
pub(super) const ALL: [Scope; 11] = [
    of_person(
        "openid",
        text("Identify you", "Sie identifizieren"),
        text("By an identifier that never changes.", "Anhand einer Kennung, die sich nie ändert."),
    ),
    of_person(
        "profile",
        text("See your profile", "Ihr Profil ansehen"),
        text(
            "Your name, language, time zone, department and roles.",
            "Name, Sprache, Zeitzone, Abteilung und Rollen.",
        ),
    ),
    of_person(
        "email",
        text("See your email address", "Ihre E-Mail-Adresse ansehen"),
        text("The address of your account.", "Die Adresse Ihres Kontos."),
    ),
    of_person(
        "offline_access",
        text("Stay connected", "Verbunden bleiben"),
        text(
            "Keeps this access while you’re away.",
            "Der Zugriff bleibt während Ihrer Abwesenheit bestehen.",
        ),
    ),
    of_api(
        "orders:read",
        text("View orders", "Bestellungen ansehen"),
        text("Orders, customers and daily figures.", "Bestellungen, Kunden und Tageszahlen."),
    ),
    of_api(
        "orders:ship",
        text("Ship orders", "Bestellungen versenden"),
        text("Marks packed orders as shipped.", "Markiert gepackte Bestellungen als versendet."),
    ),
    of_api(
        "service:write",
        text("Serve customers", "Kunden betreuen"),
        text(
            "Create invoices, send reminders, change plans and answer tickets.",
            "Rechnungen anlegen, Mahnungen senden, Tarife ändern und Anfragen beantworten.",
        ),
    ),
    of_api(
        "reports:read",
        text("View reports", "Berichte ansehen"),
        text("Margins and other company figures.", "Margen und andere Kennzahlen des Unternehmens."),
    ),
    of_api(
        "payouts:write",
        text("Make payouts", "Auszahlungen veranlassen"),
        text(
            "View, create and cancel your payouts from the company account.",
            "Ihre Auszahlungen vom Firmenkonto ansehen, veranlassen und stornieren.",
        ),
    ),
    of_api(
        "deliveries:read",
        text("View deliveries", "Lieferungen ansehen"),
        text(
            "Deliveries that suppliers have announced to the warehouse.",
            "Lieferungen, die Lieferanten dem Lager angekündigt haben.",
        ),
    ),
    of_api(
        "deliveries:receive",
        text("Receive deliveries", "Lieferungen annehmen"),
        text("Books deliveries into the warehouse.", "Bucht Lieferungen im Lager ein."),
    ),
];

const fn of_person(name: &'static str, title: Text, detail: Text) -> Scope {
    Scope { name, title, detail, api: false }
}

const fn of_api(name: &'static str, title: Text, detail: Text) -> Scope {
    Scope { name, title, detail, api: true }
}

/// The known scopes among the requested words; unknown ones are ignored (Core 3.1.2.1).
pub(super) fn known(requested: &str) -> Vec<&'static Scope> {
    ALL.iter().filter(|scope| requested.split(' ').any(|word| word == scope.name)).collect()
}

/// Splits the requested scopes into those that this user can grant, and the others.
pub(super) fn grantable(requested: &str, person: &Person) -> (Vec<&'static Scope>, Vec<&'static Scope>) {
    known(requested).into_iter().partition(|scope| !scope.api || person.api_scopes.contains(&scope.name))
}

/// The names in their stored form.
pub(super) fn names(scopes: &[&'static Scope]) -> Vec<String> {
    scopes.iter().map(|scope| scope.name.to_owned()).collect()
}
