//! The minimal settings with which the program starts, for tests that only read settings.

use claimcheck_server::config::{Settings, SettingsErrors, Warning};

/// The required settings. If a text sets one of them itself, that one applies.
const MINIMAL: [(&str, &str); 6] = [
    ("public_url", "http://localhost:3000"),
    ("issuer", "https://login.example.com"),
    ("client_id", "dashboard"),
    ("client_secret", "secret"),
    ("api_url", "https://api.example.com"),
    ("session_keys", "jmnCGb2Qy1XyI0dT8m4gOlLwNLcoVv9tCbRUl1O6zXg="),
];

/// The variable of a key.
pub fn variable(key: &str) -> String {
    format!("CLAIMCHECK_{}", key.to_uppercase())
}

/// Loads the text of a settings file with the missing minimal settings and one more variable.
pub fn load_settings(
    text: &str,
    more: Option<(&str, &str)>,
) -> Result<(Settings, Vec<Warning>), SettingsErrors> {
    let lacks = |key: &str| !text.lines().any(|line| line.starts_with(&format!("{key} = ")));
    let minimal = MINIMAL.iter().filter(|(key, _)| lacks(key));
    let env = minimal.map(|(key, value)| (variable(key), (*value).to_owned()));
    let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Settings::load(Some(text), None, env.chain(more))
}
