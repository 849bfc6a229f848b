//! Keeps the URL of an authorization request within the length that servers and proxies accept. The page to return to,
//! the requirements of an API and the parameters of a link are part of it, twice as far as they are also sealed into
//! `state`. Each has a limit, and all together have this one.

use claimcheck_model::paths;

use crate::sign_in::{return_to::without_query, transaction::Transaction};

/// Characters of the URL. Servers refuse request lines from 4,096 bytes (Vert.x, and so Keycloak) or 8,192 bytes (nginx,
/// Apache, Tomcat with all headers).
pub(super) const MAX_LEN: usize = 4000;
/// Room for a sign-in whose settings alone fill the URL, which only the operator can change.
pub(super) const LEAST_ROOM: usize = 1000;

/// Takes the next part out of a transaction whose URL would be too long, and names it; `None` if nothing is left to take
/// out. What the user would miss most comes last.
pub(super) fn shorten(transaction: &mut Transaction) -> Option<&'static str> {
    let (asked, target) = (&mut transaction.asked, &mut transaction.target);
    if asked.acr_values.len() > 1 {
        // The preferred one is first.
        asked.acr_values.pop();
        return Some("acr_values");
    }
    let page = without_query(target);
    if page.len() < target.len() {
        *target = page.to_owned();
        return Some("query of the page");
    }
    if asked.passed.pop().is_some() {
        return Some("parameter of the link");
    }
    if *target != paths::HOME.href() && asked.run.is_none() {
        *target = paths::HOME.href();
        return Some("page");
    }
    None
}

#[cfg(test)]
mod tests {
    use claimcheck_base::secret::Secret;

    use super::*;
    use crate::sign_in::authorization_options::AuthorizationOptions;

    #[test]
    fn r39_the_preferred_class_stays_and_the_page_goes_last() {
        let pair = |name: &str| (name.to_owned(), "x".to_owned());
        let mut asked = AuthorizationOptions::default();
        asked.scopes.push("a".to_owned());
        asked.acr_values = ["gold", "silver", "bronze"].map(str::to_owned).to_vec();
        asked.passed = vec![pair("organization"), pair("invitation")];
        let mut transaction = Transaction {
            issuer: String::new(),
            nonce: String::new(),
            code_verifier: Secret::new(""),
            target: "/boards/orders?q=a?b".to_owned(),
            started_at: 0,
            attempt: 0,
            asked,
            session: None,
            browser: [0; 32],
        };
        let mut taken = Vec::new();
        while let Some(part) = shorten(&mut transaction) {
            taken.push(part);
            match taken.len() {
                2 => assert_eq!(transaction.asked.acr_values, ["gold"]),
                3 => assert_eq!(transaction.target, "/boards/orders"),
                4 => assert_eq!(transaction.asked.passed, [pair("organization")]),
                _ => {}
            }
        }
        let twice = |part| [part, part];
        let expected =
            [&twice("acr_values")[..], &["query of the page"], &twice("parameter of the link"), &["page"]];
        assert_eq!(taken, expected.concat());
        assert_eq!((&*transaction.target, &transaction.asked.scopes[..]), ("/", &["a".to_owned()][..]));
    }
}
