//! The audience of a token (OpenID Connect Core 3.1.3.7, 3 to 5): this client, and beside it only audiences that the
//! operator trusts.

use serde_json::Value;

use crate::settings::ClientSettings;

/// The longest part of a foreign audience that is logged.
const SHOWN_CHARS: usize = 100;

/// Who a token is for, beside this client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// Nobody.
    Ours,
    /// Others, all of them trusted.
    Shared,
}

/// Checks that `aud` contains this client, and nothing else that the settings do not trust. The error is for the log.
pub(crate) fn check_audience(aud: Option<&Value>, settings: &ClientSettings) -> Result<Audience, String> {
    let all = match aud {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let is_us = |one: &Value| one.as_str() == Some(&settings.client_id);
    if !all.iter().any(is_us) {
        return Err("aud is not exactly this client".to_owned());
    }
    let is_trusted =
        |one: &Value| one.as_str().is_some_and(|one| settings.trusted_audiences.iter().any(|it| it == one));
    let others = || all.iter().filter(|one| !is_us(one));
    match others().find(|one| !is_trusted(one)) {
        Some(foreign) => Err(format!(
            "aud is not exactly this client: it also contains {}, which is not in trusted_audiences \
             (CLAIMCHECK_TRUSTED_AUDIENCES)",
            shown(foreign)
        )),
        None if others().next().is_some() => Ok(Audience::Shared),
        None => Ok(Audience::Ours),
    }
}

/// A foreign audience as harmless text: the token is not verified yet.
fn shown(audience: &Value) -> String {
    let Some(text) = audience.as_str() else { return "a value that is not a string".to_owned() };
    let is_plain = |c: &char| c.is_ascii_graphic() && !"\"\\`".contains(*c);
    let text: String = text.chars().filter(is_plain).take(SHOWN_CHARS).collect();
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::client_settings;

    #[test]
    fn r08_every_further_audience_must_be_trusted_and_this_client_is_always_among_them() {
        let mut settings = client_settings();
        settings.trusted_audiences = vec!["project-1".to_owned(), "https://api.example".to_owned()];
        let check = |aud: Value| check_audience(Some(&aud), &settings);
        for aud in [json!("app"), json!(["app"]), json!(["app", "app"])] {
            assert_eq!(check(aud), Ok(Audience::Ours));
        }
        for aud in [
            json!(["app", "project-1"]),
            json!(["project-1", "app"]),
            json!(["https://api.example", "app", "project-1"]),
        ] {
            assert_eq!(check(aud), Ok(Audience::Shared));
        }
        for aud in [
            json!("project-1"),
            json!(["project-1"]),
            json!(["app", "Project-1"]),
            json!(["app", "project-1", "evil"]),
            json!(["app", "project-1 "]),
            json!(["app", ["project-1"]]),
            json!(["app", null]),
            json!([]),
            json!({ "app": "project-1" }),
            Value::Null,
        ] {
            assert!(check(aud.clone()).is_err(), "{aud}");
        }
        assert!(check_audience(None, &settings).is_err());
    }

    #[test]
    fn r08_the_error_names_audience_and_setting_and_quotes_nothing_harmful() {
        let foreign = format!("evil\u{1b}[31m\n\"`{}", "x".repeat(500));
        let error = check_audience(Some(&json!(["app", foreign])), &client_settings()).unwrap_err();
        assert!(error.contains("`evil[31mxxx") && error.contains("CLAIMCHECK_TRUSTED_AUDIENCES"), "{error}");
        assert!(error.len() < 250 && !error.contains('\n') && !error.contains('\u{1b}'), "{error}");
    }
}
