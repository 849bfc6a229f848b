//! TC-04: what `claimcheck doctor` says about the collector.

use claimcheck_base::clock::Clock;
use claimcheck_server::{
    config::Settings,
    doctor::{CheckFinding, CheckOutcome, examine},
};
use url::Url;

use super::collector::{Collector, Manner};
use crate::support::hostile::HostileWorld;

async fn findings(world: &HostileWorld, change: impl FnOnce(&mut Settings)) -> Vec<CheckFinding> {
    let mut settings = (*world.services.settings).clone();
    change(&mut settings);
    let mut all = examine(settings.into(), Clock::default()).await;
    all.retain(|finding| finding.check == "traces.collector");
    all
}

#[tokio::test]
async fn tc_04_doctor_sends_the_collector_an_export_without_spans() {
    let collector = Collector::start().await;
    let world = HostileWorld::start().await;
    assert!(findings(&world, |_| {}).await.is_empty(), "no collector is set");
    let set =
        |settings: &mut Settings| settings.outgoing.traces_url = Some(Url::parse(&collector.url()).unwrap());
    let [found] = findings(&world, set).await.try_into().unwrap();
    assert_eq!(found.outcome, CheckOutcome::Ok, "{found:?}");
    collector.exports(|exports| {
        assert!(exports.len() == 1 && exports[0].body.is_empty() && exports[0].path == "/v1/traces");
    });
    for (manner, said, remedy) in [
        (Manner::Answers(403), "status 403", "traces_headers"),
        (Manner::Answers(405), "status 405", "traces_url"),
        (Manner::WebPage, "web page", "traces_url"),
    ] {
        collector.be(manner);
        let [found] = findings(&world, set).await.try_into().unwrap();
        assert_eq!(found.outcome, CheckOutcome::Mistake, "{found:?}");
        assert!(found.found.contains(said) && found.remedy.contains(remedy), "{found:?}");
        assert_eq!(found.key.as_deref(), Some("traces_url"));
    }
    let absent = Collector::absent();
    let set =
        |settings: &mut Settings| settings.outgoing.traces_url = Some(Url::parse(&absent.url()).unwrap());
    let [found] = findings(&world, set).await.try_into().unwrap();
    assert!(found.outcome == CheckOutcome::Mistake && found.remedy.contains("collector runs"), "{found:?}");
}
