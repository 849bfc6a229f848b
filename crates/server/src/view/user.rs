//! The user in the menu: display data only (OpenID Connect Core 5.7).

use claimcheck_model::User;
use claimcheck_session::SignedIn;
use serde_json::{Map, Value};

use crate::sanitize::turns;

/// The user of a session.
pub fn user(signed_in: &SignedIn) -> User {
    let claims = &signed_in.record.claims;
    let name = ["name", "preferred_username", "email"]
        .iter()
        .find_map(|claim| text(claims, claim))
        .unwrap_or_else(|| signed_in.owner.sub.clone());
    let detail =
        text(claims, "email").or_else(|| text(claims, "preferred_username")).filter(|detail| *detail != name);
    User { initials: initials(&name), name, detail }
}

/// A claim that is a non-empty text, on one line and shortened.
pub(super) fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let text: String = claims.get(name)?.as_str()?.chars().filter(|c| !turns(*c)).take(120).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let letters: Vec<char> =
        name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric())).collect();
    let mut initials: String = letters.first().into_iter().flat_map(|c| c.to_uppercase()).collect();
    if letters.len() > 1 {
        initials.extend(letters.last().into_iter().flat_map(|c| c.to_uppercase()));
    }
    if initials.is_empty() { "?".to_owned() } else { initials }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_last_word() {
        for (name, expected) in
            [("Ada Okafor", "AO"), ("ada", "A"), ("Mei Lin Tanaka", "MT"), ("", "?"), ("«»", "?")]
        {
            assert_eq!(initials(name), expected);
        }
    }
}
