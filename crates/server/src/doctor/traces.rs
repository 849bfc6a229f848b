//! The collector of traces: whether it takes an export without spans, which changes nothing there.

use crate::{
    doctor::{CheckFinding, Subject},
    traces::probe,
};

const CHECK: &str = "traces.collector";
const PAGE: &str = "operating/traces.md";

/// One finding if a collector is set, none otherwise.
pub(super) async fn check(subject: &Subject) -> Vec<CheckFinding> {
    let finding = match probe(&subject.settings).await {
        None => return Vec::new(),
        Some(Ok(url)) => CheckFinding::ok(CHECK, format!("{url} takes traces")),
        Some(Err(error)) => {
            CheckFinding::mistake(CHECK, format!("the collector takes no traces: {error}"), error.remedy())
                .at("traces_url")
                .on(PAGE)
        }
    };
    vec![finding]
}
