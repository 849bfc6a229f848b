//! Test helpers: the minimal settings with which the program starts, and how to load them with changes.

use crate::config::{Settings, SettingsErrors, Warning};

/// The required settings, on loopback.
pub(crate) const MINIMAL: [(&str, &str); 5] = [
    ("CLAIMCHECK_PUBLIC_URL", "http://localhost:3000"),
    ("CLAIMCHECK_ISSUER", "https://login.example.com/"),
    ("CLAIMCHECK_CLIENT_ID", "dashboard"),
    ("CLAIMCHECK_CLIENT_SECRET", "canary-secret a:b%+ &é"),
    ("CLAIMCHECK_API_URL", "https://api.example.com/v1"),
];
/// A session key.
pub(crate) const KEY: &str = "jmnCGb2Qy1XyI0dT8m4gOlLwNLcoVv9tCbRUl1O6zXg=";
pub(crate) const OTHER_KEY: &str = "3sVhUTn1Jv1bQfQ2i9pcZ1m1eYJ0yqgC0wF9vC6cW4A=";

pub(crate) type Loaded = Result<(Settings, Vec<Warning>), SettingsErrors>;

/// These variables, with some of them changed or added.
pub(crate) fn variables_with(variables: &[(&str, &str)], changes: &[(&str, &str)]) -> Vec<(String, String)> {
    variables
        .iter()
        .filter(|(name, _)| !changes.iter().any(|(other, _)| other == name))
        .chain(changes)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// Loads the minimal settings with some variables changed, and a file.
pub(crate) fn load(file: Option<&str>, changes: &[(&str, &str)]) -> Loaded {
    Settings::load(file, None, variables_with(&MINIMAL, changes))
}

/// The minimal settings with some variables changed.
pub(crate) fn accepts(changes: &[(&str, &str)]) -> Settings {
    load(None, changes).unwrap_or_else(|error| panic!("{changes:?}: {error}")).0
}

/// The single problem that these changes cause.
pub(crate) fn refuses(changes: &[(&str, &str)]) -> String {
    let errors = load(None, changes).expect_err(&format!("{changes:?}"));
    assert_eq!(errors.0.len(), 1, "{errors}");
    errors.to_string()
}
