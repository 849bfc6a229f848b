//! The program's own secrets in the headers of an API. A mistake in the name of a variable or a file would send the session
//! keys or the client secret to an API, so such a header is refused at start.

use url::Url;

use crate::config::{
    Api, HeaderSetting, keys::ALL_ROWS, problem::SettingProblem, row::RawContent, sources::Sources,
};

/// A shorter secret may be in a header by chance.
const SECRET_MIN_BYTES: usize = 8;

/// The headers that contain a secret of the settings: those of each `[[api]]`, and those of the API of `api_url`.
pub(super) fn find(sources: &Sources, apis: &[Api], of_default: &[HeaderSetting]) -> Vec<SettingProblem> {
    let of_apis = apis.iter().enumerate().flat_map(|(index, api)| {
        api.headers.iter().map(move |header| (format!("api[{index}].headers.{}", header.name), header))
    });
    let of_default = of_default.iter().map(|header| (format!("api_headers.{}", header.name), header));
    let problem = |(key, header): (String, &HeaderSetting)| {
        let secret = secret_in(sources, header)?;
        let message = format!("contains the value of `{secret}`, which no API may get");
        Some(SettingProblem::of_header(key, message))
    };
    of_apis.chain(of_default).filter_map(problem).collect()
}

/// The key of the first secret setting whose value a header contains.
fn secret_in(sources: &Sources, header: &HeaderSetting) -> Option<&'static str> {
    let is_in = |secret: &str| secret.len() >= SECRET_MIN_BYTES && header.contains(secret);
    let is_any_in = |content: &RawContent| match content {
        RawContent::Text(text) => is_in(text) || password(text).is_some_and(|password| is_in(&password)),
        RawContent::List(items) => items.iter().any(|item| is_in(item)),
        RawContent::PerLanguage(_) => false,
    };
    let secrets = ALL_ROWS.iter().filter(|row| row.is_secret).map(|row| row.key);
    secrets.into_iter().find(|key| sources.get(key).is_some_and(|raw| is_any_in(&raw.content)))
}

/// The password in the URL of a store.
fn password(text: &str) -> Option<String> {
    Url::parse(text).ok()?.password().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::config::testing::{KEY, OTHER_KEY, load};

    const API: &str = "[claims]\ntenant = \"tenant\"\n[[api]]\nid = \"stock\"\ntitle = \"Stock\"\n\
                       url = \"https://stock.example.com\"\naudience = \"stock\"\n";

    fn refused(text: &str, env: &[(&str, &str)]) -> String {
        let errors = load(Some(text), env).expect_err(text);
        assert_eq!(errors.0.len(), 1, "{text}: {errors}");
        errors.to_string()
    }

    /// By whatever way it came: a variable, a file, or the text itself.
    #[test]
    fn r09_a_secret_of_this_program_is_not_sent_to_an_api() {
        let file = std::env::temp_dir().join(format!("claimcheck-own-secret-{}", std::process::id()));
        std::fs::write(&file, "Bearer canary-client-secret\n").unwrap();
        let own = [
            ("CLAIMCHECK_CLIENT_SECRET", "canary-client-secret"),
            ("CLAIMCHECK_HEADER_KEY", "canary-client-secret"),
        ];
        for value in [
            "{ variable = \"CLAIMCHECK_HEADER_KEY\" }".to_owned(),
            format!("{{ file = \"{}\" }}", file.to_str().unwrap()),
            "\"canary-client-secret\"".to_owned(),
            "\"x canary-client-secret {claim.tenant}\"".to_owned(),
        ] {
            for text in [
                format!("{API}headers = {{ X-Key = {value} }}\n"),
                format!("{API}[api_headers]\nX-Key = {value}\n"),
            ] {
                let said = refused(&text, &own);
                assert!(
                    said.contains("headers.x-key: contains the value of `client_secret`")
                        && !said.contains("canary"),
                    "{said}"
                );
                assert!(
                    load(Some(&text), &[("CLAIMCHECK_CLIENT_SECRET", "another"), own[1]]).is_ok(),
                    "{text}"
                );
            }
        }
        std::fs::remove_file(&file).unwrap();
        let said = refused(
            &format!("{API}headers = {{ X-Key = \"{OTHER_KEY}\" }}\n"),
            &[("CLAIMCHECK_SESSION_KEYS", &format!("{KEY},{OTHER_KEY}"))],
        );
        assert!(said.contains("contains the value of `session_keys`"), "{said}");
        let said = refused(
            &format!("{API}headers = {{ X-Key = \"canary-of-the-store\" }}\n"),
            &[("CLAIMCHECK_STORE", "postgres://claimcheck:canary-of-the-store@db.internal/sessions")],
        );
        assert!(said.contains("contains the value of `store`"), "{said}");
    }

    /// The variable could be any one of the process, and the header of an API would carry it away.
    #[test]
    fn r09_only_variables_that_are_meant_for_headers_are_sent() {
        let header = |name: &str| format!("{API}headers = {{ X-Key = {{ variable = \"{name}\" }} }}\n");
        for name in [
            "PATH",
            "STOCK_KEY",
            "CLAIMCHECK_SESSION_KEYS",
            "CLAIMCHECK_CLIENT_SECRET",
            "CLAIMCHECK_STORE",
            "CLAIMCHECK_DEMO_HEADER_KEY",
            "CLAIMCHECK_HEADER",
            "CLAIMCHECK_HEADER_",
            "claimcheck_header_key",
            " CLAIMCHECK_HEADER_KEY",
            "",
        ] {
            let said =
                load(Some(&header(name)), &[(name, "canary-of-the-variable")]).unwrap_err().to_string();
            let is_named =
                said.contains("api[0].headers.X-Key, line 8") && said.contains("CLAIMCHECK_HEADER_");
            assert!(is_named && !said.contains("canary"), "{name}: {said}");
        }
        let (_, warnings) =
            load(Some(&header("CLAIMCHECK_HEADER_KEY")), &[("CLAIMCHECK_HEADER_KEY", "k")]).unwrap();
        assert!(warnings.iter().all(|warning| !warning.message.contains("HEADER")), "{warnings:?}");
    }
}
