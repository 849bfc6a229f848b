//! The access that boards, panels and actions require.

use crate::config::{
    claim_path::{ClaimPath, is_value},
    reader::TomlTable,
    toml_key::{TomlKey, TomlKeys, table, text, texts},
    values,
};

/// The requirements, all of which must be met; none if the settings have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Scopes that the provider must have granted, all of them.
    pub scopes: Vec<String>,
    /// One of these roles; if empty, none is required.
    pub roles: Vec<String>,
    pub claim: Option<ClaimNeed>,
}

/// A claim that must have one of these values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimNeed {
    pub path: ClaimPath,
    /// Never empty.
    pub is: Vec<String>,
}

/// The keys of these settings.
pub(super) static KEYS: [TomlKey; 3] = [
    text(
        "scope",
        "the scopes that the user must have, separated by spaces; missing ones are requested when needed",
    ),
    texts("role", "the role that the user must have, or a list of which one is enough"),
    table("claim", &CLAIM, "a claim that must have one of several values"),
];
static CLAIM: TomlKeys = TomlKeys::new(
    "claim",
    &[&[
        text("path", "the claim: its name, a path such as `address.country`, or a JSONPath").required(),
        texts("is", "the value that the claim must have, or a list of which one is enough").required(),
    ]],
);

/// Reads the requirements in a table.
pub(super) fn read(at: &mut TomlTable<'_, '_>) -> Needs {
    let scopes = at.optional("scope", values::needed_scopes).unwrap_or_default();
    let roles = one_of(at, "role", "finance").unwrap_or_default();
    let claim = at.table("claim", |mut at| {
        let path = at.required("path", ClaimPath::parse);
        if !at.has("is") {
            at.problem("is", "is missing");
        }
        let is = one_of(&mut at, "is", "Finance");
        at.no_more(CLAIM.parts);
        Some(ClaimNeed { path: path?, is: is? })
    });
    Needs { scopes, roles, claim }
}

/// A text, or a list of texts of which one is enough.
fn one_of(at: &mut TomlTable<'_, '_>, key: &str, example: &str) -> Option<Vec<String>> {
    let texts = at.texts(key)?;
    let texts: Vec<_> = texts.iter().map(|text| text.trim().to_owned()).collect();
    if texts.is_empty() || !texts.iter().all(|text| is_value(text)) {
        at.problem(key, format!("must be a string or a list of alternatives, such as \"{example}\""));
        return None;
    }
    Some(texts)
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{PANEL, TABLE, board, pairs},
        Needs,
    };
    use crate::config::tests::load;

    #[test]
    fn op_10_what_is_needed_is_said_in_words_that_can_be_met() {
        let of = |more: &str| format!("{TABLE}{more}\n");
        let long = "x".repeat(257);
        for (key, bad, good) in [
            ("scope", "scope = \"a\\\"b\"", "scope = \"a b\""),
            ("scope", "scope = [\"a\"]", "scope = \"a\""),
            ("role", "role = \"\"", "role = \"finance\""),
            ("role", "role = []", "role = [\"finance\", \"Team lead\"]"),
            ("role", "role = [\"finance\", \" \"]", "role = [\"finance\"]"),
            ("role", "role = [\"finance\", 7]", "role = \"7\""),
            ("role", "role = \"a\\u0000b\"", "role = \"a.b\""),
            ("role", &format!("role = \"{long}\""), &format!("role = \"{}\"", &long[1..])),
            ("roles", "roles = \"finance\"", "role = \"finance\""),
            ("claim", "claim = \"department\"", "claim = { path = \"department\", is = \"Finance\" }"),
            (
                "claim.is",
                "claim = { path = \"department\" }",
                "claim = { path = \"a.b\", is = [\"x\", \"y\"] }",
            ),
            ("claim.is", "claim = { path = \"d\", is = [] }", "claim = { path = \"$.d[*]\", is = \"x\" }"),
            (
                "claim.path",
                "claim = { is = \"x\" }",
                "claim = { path = \"https://x.example/d\", is = \"x\" }",
            ),
            (
                "claim.path",
                "claim = { path = \"$.d[\", is = \"x\" }",
                "claim = { path = \"$.d[0]\", is = \"x\" }",
            ),
            (
                "claim.path",
                "claim = { path = \"a..b\", is = \"x\" }",
                "claim = { path = \"a.b\", is = \"x\" }",
            ),
            (
                "claim.equals",
                "claim = { path = \"d\", is = \"x\", equals = \"y\" }",
                "claim = { path = \"d\", is = \"x\" }",
            ),
        ] {
            pairs(&[(key, &of(bad), &of(good))]);
        }
    }

    #[test]
    fn op_10_a_board_says_what_it_needs_as_its_panels_do() {
        let of =
            |more: &str| board(PANEL).replacen("[[board.panel]]", &format!("{more}\n[[board.panel]]"), 1);
        let all =
            "scope = \"a b\"\nrole = [\"x\", \"y\"]\nclaim = { path = \"department\", is = \"Finance\" }";
        let settings = load(Some(&of(all)), &[]).unwrap().0;
        let board = settings.board("orders").unwrap();
        assert_eq!((board.needs.scopes.join("|"), board.needs.roles.join("|")), ("a|b".into(), "x|y".into()));
        assert_eq!(board.needs.claim.as_ref().unwrap().is, ["Finance"]);
        assert_eq!(board.panels[0].needs, Needs::default());
        for (key, bad) in [("role", "role = []"), ("scope", "scope = 1"), ("rule", "rule = \"x\"")] {
            let errors = load(Some(&of(bad)), &[]).expect_err(bad);
            assert_eq!(
                (errors.0.len(), errors.0[0].key.as_str()),
                (1, &*format!("board[0].{key}")),
                "{errors}"
            );
            assert!(errors.to_string().contains("line 4 of"), "{errors}");
        }
    }
}
