//! Providers at which anyone, or users of any organization, can get an account. Without rules about who may sign in, all of them
//! may.

use url::Url;

/// Hosts of providers at which anyone can get an account, and who has one.
const HOSTS: [(&str, &str); 9] = [
    ("accounts.google.com", "everyone with a Google account"),
    ("appleid.apple.com", "everyone with an Apple account"),
    ("gitlab.com", "everyone with a GitLab account"),
    ("id.twitch.tv", "everyone with a Twitch account"),
    ("www.facebook.com", "everyone with a Facebook account"),
    ("www.linkedin.com", "everyone with a LinkedIn account"),
    ("access.line.me", "everyone with a LINE account"),
    ("api.login.yahoo.com", "everyone with a Yahoo account"),
    ("slack.com", "everyone with a Slack account"),
];
/// Hosts of Entra ID, and its tenants that are not those of one organization.
const ENTRA: [&str; 2] = ["login.microsoftonline.com", "sts.windows.net"];
const ENTRA_OPEN: [&str; 4] =
    ["common", "organizations", "consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"];

/// Who has an account at a public issuer; `None` for one of an organization. An issuer of Entra for several tenants needs
/// `tenants`, which names the organizations.
pub(super) fn who_has_accounts(issuer: &str) -> Option<&'static str> {
    let url = Url::parse(issuer).ok()?;
    let host = url.host_str()?;
    if ENTRA.contains(&host) {
        let tenant = url.path_segments()?.next()?;
        return ENTRA_OPEN.contains(&tenant).then_some("everyone with a Microsoft account");
    }
    HOSTS.iter().find(|(known, _)| *known == host).map(|(_, who)| *who)
}

#[cfg(test)]
mod tests {
    use super::who_has_accounts;
    use crate::config::testing::load;

    const BOARD: &str = "[[board]]\nid = \"a\"\ntitle = \"A\"\n[[board.panel]]\ntitle = \"B\"\nkind = \"stat\"\nget = \"/\"\nvalue = \"$\"\n";

    #[test]
    fn check_a_public_issuer_is_recognized_and_that_of_an_organization_is_not() {
        for public in [
            "https://accounts.google.com",
            "https://login.microsoftonline.com/common/v2.0",
            "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
            "https://www.linkedin.com/oauth",
        ] {
            assert!(who_has_accounts(public).is_some(), "{public}");
        }
        for own in [
            "https://login.example.com/",
            "https://accounts.google.com.example.com",
            "https://login.microsoftonline.com/2f8b1c3e-0000-4000-8000-000000000000/v2.0",
            "https://gitlab.example.com",
        ] {
            assert_eq!(who_has_accounts(own), None, "{own}");
        }
    }

    #[test]
    fn check_warns_of_a_public_issuer_without_rules_and_roles() {
        let google = [("CLAIMCHECK_ISSUER", "https://accounts.google.com")];
        let warned = |text: &str, changes: &[(&str, &str)]| {
            load(Some(text), changes).unwrap().1.iter().any(|warning| warning.key == "issuer")
        };
        assert!(warned(BOARD, &google));
        assert!(!warned(BOARD, &[]), "an issuer of an organization");
        assert!(!warned(&format!("[[allow]]\nemail_domain = \"example.com\"\n{BOARD}"), &google));
        let with_role = BOARD.replace("title = \"A\"", "title = \"A\"\nrole = \"staff\"");
        assert!(!warned(&with_role, &google));
        let second = BOARD.replace("id = \"a\"", "id = \"b\"");
        assert!(warned(&format!("{with_role}{second}"), &google), "one board is open");
    }
}
