//! What a session remembers of actions: which forms and outcomes it keeps, for how long, and which it lets go.

use std::collections::BTreeMap;

use super::super::submissions::{ActionPlace, Finished, KeptForm, Outcome};
use super::*;

/// As long as a form is kept.
const KEPT: i64 = 3600;

fn place(action: usize) -> ActionPlace {
    ActionPlace { board: "orders".into(), panel: None, action, row: None }
}

fn form(once: &str, at: UnixSecs) -> KeptForm {
    let outcome = Outcome::Unclear { why: format!("why of {once}") };
    KeptForm { once: once.into(), place: place(0), values: BTreeMap::new(), outcome, at }
}

fn finished(mark: &str, said: &str) -> Finished {
    let outcome = Outcome::Done { said: said.into() };
    Finished { mark: mark.into(), place: place(0), digest: String::new(), at: 1, outcome }
}

fn names(record: &SessionRecord) -> Vec<&str> {
    record.kept_forms.iter().map(|kept| kept.once.as_str()).collect()
}

#[test]
fn ac_05_a_form_is_kept_once_until_it_is_old_and_the_oldest_goes() {
    let mut record = SessionRecord::default();
    for (once, at) in [("a", 1), ("b", 2), ("a", 3)] {
        record.keep_form(form(once, at));
    }
    assert_eq!(names(&record), ["b", "a"], "each once, the latest last");
    assert!(record.has_form("a") && record.has_form("b") && !record.has_form("c"));
    record.keep_form(form("c", 2 + KEPT));
    assert_eq!(names(&record), ["a", "c"], "one goes when its time is over, and no other");
    for once in ["d", "e", "f"] {
        record.keep_form(form(once, 3 + KEPT - 1));
    }
    assert_eq!(names(&record), ["c", "d", "e", "f"], "four at most");
    record.drop_form("d");
    assert_eq!(names(&record), ["c", "e", "f"]);
}

#[test]
fn ac_05_a_form_is_worth_looking_at_for_an_hour() {
    let mut record = SessionRecord::default();
    record.keep_form(form("a", 1));
    assert_eq!(record.kept_form("a", KEPT).map(|kept| kept.at), Some(1));
    assert_eq!(record.kept_form("a", 1 + KEPT), None);
    assert_eq!(record.kept_form("b", 1), None);
    assert_eq!(record.doubtful_form(&place(0), KEPT).map(|kept| kept.at), Some(1));
    assert_eq!(record.doubtful_form(&place(0), 1 + KEPT), None);
}

#[test]
fn ac_05_who_opens_an_action_sees_the_latest_doubt_of_that_place() {
    let mut record = SessionRecord::default();
    record.keep_form(form("a", 1));
    record.keep_form(form("b", 2));
    record.keep_form(KeptForm { place: place(1), ..form("elsewhere", 3) });
    let done = Outcome::NotDone { why: String::new(), fields: BTreeMap::new() };
    record.keep_form(KeptForm { outcome: done, ..form("sure", 4) });
    assert_eq!(record.doubtful_form(&place(0), 5).map(|kept| kept.once.as_str()), Some("b"));
    assert_eq!(record.doubtful_form(&place(1), 5).map(|kept| kept.once.as_str()), Some("elsewhere"));
    assert_eq!(record.doubtful_form(&place(2), 5), None);
}

#[test]
fn ac_05_a_mark_has_one_outcome_the_latest_and_the_oldest_goes() {
    let mut record = SessionRecord::default();
    for (mark, said) in [("a", "first"), ("b", "other"), ("a", "second")] {
        record.finish(finished(mark, said));
    }
    let said = |record: &SessionRecord, mark: &str| record.finished(mark).map(|found| found.outcome.clone());
    assert_eq!(said(&record, "a"), Some(Outcome::Done { said: "second".into() }));
    assert_eq!(said(&record, "b"), Some(Outcome::Done { said: "other".into() }));
    assert_eq!(record.outcomes.len(), 2);
    for number in 0..11 {
        record.finish(finished(&number.to_string(), ""));
    }
    assert_eq!(record.outcomes.len(), 12);
    assert!(said(&record, "b").is_none() && said(&record, "a").is_some());
}

#[test]
fn op_07_a_record_prints_how_much_it_knows_and_nothing_of_it() {
    let claims = serde_json::json!({ "name": "canary", "sub": "canary" }).as_object().cloned().unwrap();
    let record = SessionRecord { claims, nonce: "canary".into(), ..SessionRecord::default() };
    let printed = format!("{record:?}");
    assert!(printed.contains("[2 redacted]") && !printed.contains("canary"), "{printed}");
}
