//! Every text of the provider's pages, in English and German side by side. Those of scopes and people are beside them.

use super::language::{Text, text};

// The frame.
pub(super) const HARBOUR_ID: Text = text("Harbour ID", "Harbour ID");
pub(super) const DEMO_PROVIDER: Text = text("Demo provider", "Demo-Anmeldedienst");
pub(super) const FICTIONAL: Text = text("All users are fictional", "Alle Benutzer sind erfunden");
pub(super) const FOOTER: Text = text(
    "Runs on this machine only. There are no real accounts here.",
    "Läuft nur auf diesem Rechner. Hier gibt es keine echten Konten.",
);

// Shared.
pub(super) const SIGN_IN: Text = text("Sign in", "Anmelden");
pub(super) const SIGN_OUT: Text = text("Sign out", "Abmelden");
pub(super) const CANCEL: Text = text("Cancel", "Abbrechen");
pub(super) const NOT_THIS_PERSON: Text = text("Not {name}?", "Nicht {name}?");
pub(super) const OTHER_ACCOUNT: Text = text("Use another account", "Anderes Konto verwenden");
pub(super) const CONFIRM_IT_IS_YOU: Text = text("Confirm it’s you", "Bestätigen Sie Ihre Identität");

// Sign-in.
pub(super) const SIGN_IN_LEAD: Text =
    text("Sign in to continue to {client}.", "Melden Sie sich an, um mit {client} fortzufahren.");
pub(super) const CHOOSE_ACCOUNT: Text = text("Choose an account", "Konto auswählen");
pub(super) const CHOOSE_ACCOUNT_LEAD: Text = text(
    "Choose the account you want to use with {client}.",
    "Wählen Sie das Konto aus, das Sie mit {client} verwenden möchten.",
);
pub(super) const SIGN_IN_AGAIN_LEAD: Text = text(
    "Sign in again to continue to {client}.",
    "Melden Sie sich erneut an, um mit {client} fortzufahren.",
);
pub(super) const CHOOSE_PERSON: Text = text("Choose a demo user", "Demo-Benutzer auswählen");
pub(super) const OR: Text = text("or", "oder");
pub(super) const BY_PASSWORD: Text =
    text("Use a username and password", "Benutzername und Passwort verwenden");
/// The name follows, in a separate element.
pub(super) const CONTINUE_AS: Text = text("Continue as ", "Weiter als ");
pub(super) const SIGNED_IN: Text = text("Signed in", "Angemeldet");
pub(super) const REACH_NONE: Text =
    text("No access to orders or reports", "Kein Zugriff auf Bestellungen und Berichte");
pub(super) const REACH_PAYOUTS: Text =
    text("Orders, reports and payouts", "Bestellungen, Berichte und Auszahlungen");
pub(super) const REACH_ORDERS: Text = text("Orders and deliveries", "Bestellungen und Lieferungen");
pub(super) const WRONG_PASSWORD: Text = text(
    "The username or password is incorrect. Try again, or choose a demo user above.",
    "Benutzername oder Passwort ist falsch. Versuchen Sie es erneut oder wählen Sie oben einen Demo-Benutzer aus.",
);
pub(super) const USERNAME: Text = text("Username", "Benutzername");
pub(super) const PASSWORD: Text = text("Password", "Passwort");
pub(super) const PASSWORD_HINT: Text = text(
    "The password of every demo user is {password}.",
    "Das Passwort aller Demo-Benutzer lautet {password}.",
);

// The second factor.
pub(super) const CODE_LEAD: Text = text(
    "Enter your one-time code to continue to {client}.",
    "Geben Sie Ihren Einmalcode ein, um mit {client} fortzufahren.",
);
pub(super) const CODE: Text = text("One-time code", "Einmalcode");
pub(super) const CODE_HINT: Text = text(
    "The code has six digits. For every demo user it’s {code}.",
    "Der Code hat sechs Ziffern. Für alle Demo-Benutzer lautet er {code}.",
);
pub(super) const WRONG_CODE: Text =
    text("The code is incorrect. Try again.", "Der Code ist falsch. Versuchen Sie es erneut.");
pub(super) const CONFIRM: Text = text("Confirm", "Bestätigen");

// Consent.
pub(super) const CONSENT: Text = text("Allow access?", "Zugriff erlauben?");
pub(super) const CONSENT_LEAD: Text =
    text("{client} wants to use your Harbour ID.", "{client} möchte Ihre Harbour ID verwenden.");
pub(super) const CONSENT_GRANTED: Text =
    text("{client} will be able to:", "{client} erhält diese Berechtigungen:");
pub(super) const CONSENT_WITHHELD: Text =
    text("Requested, but not available to your account:", "Angefordert, für Ihr Konto aber nicht verfügbar:");
pub(super) const ALLOW: Text = text("Allow", "Erlauben");
pub(super) const DENY: Text = text("Deny", "Ablehnen");

// Sign-out.
pub(super) const SIGN_OUT_QUESTION: Text = text("Sign out?", "Abmelden?");
pub(super) const SIGN_OUT_BY_CLIENT: Text =
    text("{client} wants to sign you out of Harbour ID.", "{client} möchte Sie von Harbour ID abmelden.");
pub(super) const SIGN_OUT_HERE: Text = text(
    "You’ll be signed out of Harbour ID in this browser.",
    "Sie werden in diesem Browser von Harbour ID abgemeldet.",
);
pub(super) const STAY: Text = text("Stay signed in", "Angemeldet bleiben");
pub(super) const STILL_SIGNED_IN: Text = text("You’re still signed in", "Sie sind weiterhin angemeldet");
pub(super) const STILL_SIGNED_IN_LEAD: Text = text("Nothing has changed.", "Es hat sich nichts geändert.");
pub(super) const SIGNED_OUT: Text = text("You’re signed out", "Sie sind abgemeldet");
pub(super) const SIGNED_OUT_LEAD: Text = text(
    "You’re no longer signed in to Harbour ID in this browser.",
    "Sie sind in diesem Browser nicht mehr bei Harbour ID angemeldet.",
);
pub(super) const SIGNED_OUT_EVERYWHERE_LEAD: Text = text(
    "You’re no longer signed in to Harbour ID in this browser. Your applications will sign you out, too.",
    "Sie sind in diesem Browser nicht mehr bei Harbour ID angemeldet. Auch Ihre Anwendungen melden Sie ab.",
);

// The account.
pub(super) const ACCOUNT: Text = text("Your Harbour ID", "Ihre Harbour ID");
pub(super) const ACCOUNT_NOT_SIGNED_IN: Text = text(
    "You’re not signed in to Harbour ID in this browser. To sign in, open the application you want to use.",
    "Sie sind in diesem Browser nicht bei Harbour ID angemeldet. Öffnen Sie die gewünschte Anwendung, um sich \
     anzumelden.",
);
pub(super) const SESSIONS: Text = text("Where you’re signed in", "Ihre Anmeldungen");
pub(super) const THIS_BROWSER: Text = text("This browser", "Dieser Browser");
pub(super) const OTHER_BROWSER: Text = text("Another browser", "Ein anderer Browser");
pub(super) const NO_APPLICATIONS: Text = text("No applications yet", "Noch keine Anwendungen");
pub(super) const SIGN_OUT_EVERYWHERE: Text = text("Sign out everywhere", "Überall abmelden");
pub(super) const SIGN_OUT_IN_BROWSER: Text = text("Sign out in this browser", "In diesem Browser abmelden");
pub(super) const SIGN_OUT_HINT: Text = text(
    "You’ll also be signed out of the applications listed for the browser.",
    "Auch in den zum Browser aufgeführten Anwendungen werden Sie abgemeldet.",
);

// The front page.
pub(super) const FRONT_SIGNED_IN: Text =
    text("You’re signed in as {name} in this browser.", "Sie sind in diesem Browser als {name} angemeldet.");
pub(super) const FRONT_NOT_SIGNED_IN: Text = text(
    "This is a demo OpenID provider. You’re not signed in in this browser.",
    "Dies ist ein OpenID-Anmeldedienst für Demos. Sie sind in diesem Browser nicht angemeldet.",
);
pub(super) const DISCOVERY: Text = text("Discovery document", "Discovery-Dokument");
pub(super) const ACCOUNT_LINK: Text =
    text("See where you’re signed in, or sign out", "Anmeldungen ansehen oder abmelden");

// Problems.
pub(super) const NOTHING_DONE: Text = text(
    "You haven’t been signed in or out. Go back to the application and try again.",
    "Sie wurden weder an- noch abgemeldet. Kehren Sie zur Anwendung zurück und versuchen Sie es erneut.",
);
pub(super) const STALE: Text = text("This page is no longer valid", "Diese Seite ist nicht mehr gültig");
pub(super) const STALE_LEAD: Text = text(
    "It belongs to a different sign-in or a different browser.",
    "Sie gehört zu einer anderen Anmeldung oder zu einem anderen Browser.",
);
pub(super) const FAULT: Text = text("Something went wrong", "Es ist ein Fehler aufgetreten");
pub(super) const FAULT_LEAD: Text = text(
    "The demo provider couldn’t process the request. See its log for details.",
    "Der Demo-Anmeldedienst konnte die Anfrage nicht verarbeiten. Details finden Sie in seinem Protokoll.",
);
pub(super) const NOT_FOUND: Text = text("Page not found", "Seite nicht gefunden");
pub(super) const NOT_FOUND_LEAD: Text =
    text("There is no page at this address.", "Unter dieser Adresse gibt es keine Seite.");
pub(super) const BAD_SIGN_IN: Text =
    text("This sign-in can’t continue", "Diese Anmeldung kann nicht fortgesetzt werden");
pub(super) const BAD_SIGN_OUT: Text =
    text("This sign-out can’t continue", "Diese Abmeldung kann nicht fortgesetzt werden");
pub(super) const REPEATED: Text =
    text("The request contains a parameter more than once.", "Die Anfrage enthält einen Parameter mehrmals.");
pub(super) const UNKNOWN_CLIENT: Text = text(
    "The application that sent you here isn’t registered with this provider.",
    "Die Anwendung, von der Sie kommen, ist bei diesem Anmeldedienst nicht registriert.",
);
pub(super) const NO_CLIENT: Text = text(
    "The request doesn’t say which application it comes from.",
    "Die Anfrage gibt nicht an, von welcher Anwendung sie stammt.",
);
pub(super) const NO_RETURN_ADDRESS: Text =
    text("The request contains no return address.", "Die Anfrage enthält keine Rücksprungadresse.");
pub(super) const UNKNOWN_RETURN_ADDRESS: Text = text(
    "The return address isn’t registered for this application.",
    "Die Rücksprungadresse ist für diese Anwendung nicht registriert.",
);
pub(super) const FOREIGN_ID_TOKEN: Text = text(
    "The request contains an ID token that this provider didn’t issue.",
    "Die Anfrage enthält ein ID-Token, das dieser Anmeldedienst nicht ausgestellt hat.",
);
pub(super) const OTHER_CLIENT: Text = text(
    "The request and its ID token name different applications.",
    "Die Anfrage und ihr ID-Token nennen verschiedene Anwendungen.",
);
