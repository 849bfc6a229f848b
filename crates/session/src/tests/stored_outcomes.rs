//! The stored format of outcomes, forms and submissions: what running installations have written stays readable.

use std::collections::BTreeMap;

use crate::{
    AcceptedJob, ActionPlace, Finished, KeptForm, MissingAccess, Outcome, RequiredSignIn, ResultLink,
};

/// Every variant as running installations have stored it: byte for byte the same, in both directions.
#[test]
fn ac_05_the_stored_format_of_every_outcome_is_fixed() {
    let fields = BTreeMap::from([("to".to_owned(), "who?".to_owned())]);
    let required = |acr: &[&str], max_age_secs, scope: Option<&str>| RequiredSignIn {
        acr_values: acr.iter().map(|value| (*value).to_owned()).collect(),
        max_age_secs,
        scope: scope.map(str::to_owned),
    };
    for (outcome, stored) in [
        (Outcome::done("d".into()), r#"{"Done":{"said":"d"}}"#),
        (
            Outcome::Done {
                said: "d".into(),
                link: Some(ResultLink { title: "Open".into(), href: "/a".into(), is_outside: false }),
                job: Some(Box::new(AcceptedJob {
                    path: Some("/jobs/1".into()),
                    since: 7,
                    next_at: 9,
                    checks: 1,
                    values: BTreeMap::new(),
                })),
            },
            r#"{"Done":{"said":"d","link":{"title":"Open","href":"/a","is_outside":false},"job":{"path":"/jobs/1","since":7,"next_at":9,"checks":1}}}"#,
        ),
        (Outcome::NotDone { why: "w".into(), fields }, r#"{"NotDone":{"why":"w","fields":{"to":"who?"}}}"#),
        (Outcome::Unclear { why: "u".into() }, r#"{"Unclear":{"why":"u"}}"#),
        (Outcome::Lacking(MissingAccess::Scope("a b".into())), r#"{"Lacking":{"Scope":"a b"}}"#),
        (
            Outcome::Lacking(MissingAccess::Role(vec!["clerk".into(), "boss".into()])),
            r#"{"Lacking":{"Role":["clerk","boss"]}}"#,
        ),
        (
            Outcome::Lacking(MissingAccess::Claim { name: "tier".into(), is: vec!["gold".into()] }),
            r#"{"Lacking":{"Claim":{"name":"tier","is":["gold"]}}}"#,
        ),
        (Outcome::Lacking(MissingAccess::Token("Stock".into())), r#"{"Lacking":{"Token":"Stock"}}"#),
        (
            Outcome::Lacking(MissingAccess::RefreshToken("Stock".into())),
            r#"{"Lacking":{"RefreshToken":"Stock"}}"#,
        ),
        (Outcome::Lacking(MissingAccess::Said("no".into())), r#"{"Lacking":{"Said":"no"}}"#),
        (Outcome::Lacking(MissingAccess::StillRefused), r#"{"Lacking":"StillRefused"}"#),
        (Outcome::Lacking(MissingAccess::Unsaid), r#"{"Lacking":"Unsaid"}"#),
        (
            Outcome::StepUp(required(&["gold"], Some(300), Some("pay"))),
            r#"{"StepUp":{"acr_values":["gold"],"max_age_secs":300,"scope":"pay"}}"#,
        ),
        (
            Outcome::StepUp(required(&[], None, None)),
            r#"{"StepUp":{"acr_values":[],"max_age_secs":null,"scope":null}}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&outcome).unwrap(), stored);
        assert_eq!(serde_json::from_str::<Outcome>(stored).unwrap(), outcome);
    }
}

#[test]
fn ac_05_the_stored_format_of_forms_and_submissions_is_fixed() {
    let place = ActionPlace {
        board: "b".into(),
        panel: Some("open-orders".into()),
        action: "ship".into(),
        row: Some("r".into()),
        subject: None,
    };
    let outcome = Outcome::Unclear { why: "u".into() };
    let values = BTreeMap::from([("to".to_owned(), "x".to_owned())]);
    let form = KeptForm {
        once: "o.1u".into(),
        place: place.clone(),
        values,
        outcome,
        seen: "s".into(),
        definition: "d".into(),
        at: 7,
    };
    let stored = r#"{"once":"o.1u","place":{"board":"b","panel":4294967295,"action":4294967295,"row":"r","panel_id":"open-orders","action_id":"ship"},"values":{"to":"x"},"outcome":{"Unclear":{"why":"u"}},"seen":"s","definition":"d","at":7}"#;
    assert_eq!(serde_json::to_string(&form).unwrap(), stored);
    assert_eq!(serde_json::from_str::<KeptForm>(stored).unwrap(), form);
    let older = stored.replace(r#""seen":"s","definition":"d","#, "");
    let older = serde_json::from_str::<KeptForm>(&older).unwrap();
    assert_eq!((older.seen.as_str(), older.definition.as_str()), ("", ""));
    let place = ActionPlace { panel: None, row: None, ..place };
    let outcome = Outcome::done("d".into());
    let finished = Finished { mark: "m".into(), place, digest: "h".into(), at: 7, outcome, told: None };
    let stored = r#"{"mark":"m","place":{"board":"b","panel":null,"action":4294967295,"row":null,"action_id":"ship"},"digest":"h","at":7,"outcome":{"Done":{"said":"d"}}}"#;
    assert_eq!(serde_json::to_string(&finished).unwrap(), stored);
    assert_eq!(serde_json::from_str::<Finished>(stored).unwrap(), finished);
    let older = stored.replace(r#""digest":"h","#, "");
    assert_eq!(serde_json::from_str::<Finished>(&older).unwrap().digest, "");
}
