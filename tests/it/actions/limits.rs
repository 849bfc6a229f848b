//! How many forms a user may submit, and how long an API that asks for fewer requests is left alone (F5, R42).

use std::time::Duration;

use claimcheck_server::actions::SubmissionId;

use crate::actions::*;

const PAYOUT_FIELDS: [(&str, &str); 2] = [("field-to", "Mei & Co"), ("field-amount", "5")];

async fn limited(rate: u32) -> HostileWorld {
    world_with(&format!("action_rate = {rate}\n")).await
}

fn renewed(fields: &[(String, String)]) -> Vec<(String, String)> {
    let mut fields = fields.to_vec();
    let once = SubmissionId::fresh().unwrap();
    fields.iter_mut().filter(|(name, _)| name == "once").for_each(|(_, value)| value.clone_from(&once));
    fields
}

#[tokio::test]
async fn f05_a_user_who_submits_too_many_forms_waits_and_loses_nothing() {
    // The next form may be submitted after ten seconds, which is longer than the test takes up to there.
    let world = limited(6).await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let form = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    // Refusals count as well: each keeps a form.
    for number in 0..6 {
        let mut fields = renewed(&form);
        if number % 2 == 0 {
            fields.retain(|(name, _)| name != "field-amount");
        }
        let page = send_by_script(&mut browser, &fields).await;
        assert!(!page.body.contains("many forms"), "{number}: {}", page.body);
    }
    assert_eq!(changes(&world).len(), 3);
    let kept = world.services.sessions.page(None, None).await.unwrap().len();

    let one_more = renewed(&form);
    let page = send_by_script(&mut browser, &one_more).await;
    assert_eq!(page.status.as_u16(), 200, "the form again, for the script");
    let secs: u64 = page.header("retry-after").parse().unwrap();
    assert!((1..=10).contains(&secs), "{secs}");
    assert!(
        page.body.contains("many forms in a short time") && page.body.contains("Mei &amp; Co"),
        "{}",
        page.body
    );
    let once = one_more.iter().find(|(name, _)| name == "once").unwrap();
    assert!(page.body.contains(&once.1), "it stays the same submission");

    let page = send(&mut browser, &one_more).await;
    assert_eq!(page.status.as_u16(), 429);
    assert!((1..=10).contains(&page.header("retry-after").parse::<u64>().unwrap()));
    assert!(page.body.contains("Too many forms in a short time") && page.body.contains("Mei &amp; Co"));
    let again = page.fields();
    let sorted = |fields: &[(String, String)]| {
        let mut fields = fields.to_vec();
        fields.sort();
        fields
    };
    assert_eq!(sorted(&again), sorted(&one_more), "all input");
    assert_eq!(changes(&world).len(), 3, "nothing was sent");

    // Another user is not affected, nor is a form that was done before.
    let (mut other, _) = world.signed_in_as("other", "Other", BOARD).await;
    let theirs = filled(&other.get(PAYOUT).await, &PAYOUT_FIELDS);
    assert!(send_by_script(&mut other, &theirs).await.body.contains("New payout: done."));
    assert_eq!(world.services.sessions.page(None, None).await.unwrap().len(), kept + 1);

    tokio::time::sleep(Duration::from_secs(secs)).await;
    let landed = send_and_follow(&mut browser, &again).await;
    assert!(landed.body.contains("New payout: done."), "{}", landed.body);
    assert_eq!(changes(&world).len(), 5);
    for _ in 0..5 {
        let page = send_by_script(&mut browser, &again).await;
        assert!(page.body.contains("New payout: done."), "a repetition does not count: {}", page.body);
    }
    assert_eq!(changes(&world).len(), 5);
}

#[tokio::test]
async fn f05_the_page_of_too_many_forms_is_in_the_users_language() {
    let world = limited(1).await;
    world.provider.script(|script| script.person.claims.insert("locale".into(), "de-DE".into()));
    let (mut browser, _) = world.signed_in(BOARD).await;
    let form = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    send_by_script(&mut browser, &renewed(&form)).await;
    let page = send(&mut browser, &renewed(&form)).await;
    assert!(page.body.contains("Zu viele Formulare in kurzer Zeit"), "{}", page.body);
    let page = send_by_script(&mut browser, &renewed(&form)).await;
    assert!(page.body.contains("in kurzer Zeit viele Formulare"), "{}", page.body);
}

/// Whether a page says that about this many seconds are left.
fn left(page: &Page, secs: u64) -> bool {
    (secs.saturating_sub(5)..=secs).any(|secs| page.body.contains(&format!(", in {secs} seconds.")))
}

#[tokio::test]
async fn r42_an_action_waits_as_long_as_the_api_asks_and_loses_nothing() {
    for raw in [
        Raw::json(429, "{}").with("retry-after", "30"),
        Raw::json(503, "{}").with("retry-after", "30"),
        Raw::json(403, "{}").with("x-ratelimit-remaining", "0").with("retry-after", "30"),
    ] {
        let world = world().await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        let form = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
        let payout = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
        answer(&world, "/orders", raw.clone());
        browser.get(BOARD).await;
        let before = world.api.calls().len();
        for (fields, typed) in [(&form, "the dog"), (&payout, "Mei &amp; Co")] {
            let page = send_and_follow(&mut browser, fields).await;
            assert!(
                page.body.contains("The API isn’t taking requests right now. Nothing was sent."),
                "{raw:?}: {}",
                page.body
            );
            assert!(left(&page, 30) && page.body.contains(typed), "{raw:?}: {}", page.body);
        }
        assert_eq!(world.api.calls().len(), before, "{raw:?}: the API is left alone");
        world.api.script(|script| script.answers.remove("/orders"));
        world.advance(20);
        let page = send_and_follow(&mut browser, &form).await;
        assert!(left(&page, 10), "{}", page.body);
        world.advance(11);
        for (fields, words) in [(&form, SHIPPED), (&payout, "New payout: done.")] {
            let page = send_and_follow(&mut browser, fields).await;
            assert!(page.body.contains(words), "{raw:?}: {}", page.body);
        }
        assert_eq!(changes(&world).len(), 2, "{raw:?}");
    }
}

#[tokio::test]
async fn r42_an_action_that_is_one_too_many_says_when_the_next_may_be_sent() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let payout = filled(&browser.get(PAYOUT).await, &PAYOUT_FIELDS);
    answer(&world, "/payouts", Raw::json(429, "{}").with("retry-after", "30"));
    let page = send_and_follow(&mut browser, &payout).await;
    assert!(page.body.contains("Nothing was changed.") && left(&page, 30), "{}", page.body);
    answer(&world, "/payouts", Raw::json(200, "{}"));
    // The API has seen one request, and sees no other before its time, neither from this action nor from panels.
    let before = world.api.calls().len();
    let again = filled(&page, &PAYOUT_FIELDS);
    let page = send_and_follow(&mut browser, &again).await;
    assert!(page.body.contains("Nothing was sent.") && page.body.contains("Mei &amp; Co"), "{}", page.body);
    browser.get(BOARD).await;
    assert_eq!((world.api.calls().len(), changes(&world).len()), (before, 1));
    world.advance(31);
    let landed = send_and_follow(&mut browser, &again).await;
    assert!(landed.body.contains("New payout: done."), "{}", landed.body);
    // The API of another session is not held up.
    answer(&world, "/payouts", Raw::json(429, "{}"));
    send_by_script(&mut browser, &renewed(&payout)).await;
    answer(&world, "/payouts", Raw::json(200, "{}"));
    let (mut other, _) = world.signed_in_as("other", "Other", BOARD).await;
    let theirs = filled(&other.get(PAYOUT).await, &PAYOUT_FIELDS);
    assert!(send_by_script(&mut other, &theirs).await.body.contains("New payout: done."));
}
