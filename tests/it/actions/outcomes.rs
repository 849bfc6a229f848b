//! The meaning of the API's response, and the message to the user: done, certainly not done, or unknown (AC-05).

use std::time::Duration;

use crate::{actions::*, support::hostile::At};

const UNKNOWN: &str = "We couldn’t confirm whether this went through.";

/// Ships with this response of the API; returns the next page.
async fn ship(world: &HostileWorld, browser: &mut Browser<'_>, raw: Raw) -> Page {
    answer(world, "/orders/ORD-1/ship", raw);
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    send_and_follow(browser, &fields).await
}

#[tokio::test]
async fn h8_every_yes_is_done_and_every_no_is_said_in_the_apis_own_words() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let problem = |status: u16, body: &str| Raw::text(status, "application/problem+json", body);
    for raw in [
        Raw::json(200, "{}"),
        Raw::json(201, "{}").with("location", "/orders/2"),
        Raw::text(204, "", ""),
        Raw::redirect(303, "/orders/ORD-1"),
        Raw::text(200, "text/html", ""),
        Raw::text(200, "text/html", "{\"ok\":true}"),
        Raw::text(200, "text/plain", "fine"),
        Raw::text(200, "text/plain", "a < b"),
        Raw::text(200, "application/xml", "<?xml version=\"1.0\"?><ok/>"),
        Raw::json(200, "OK"),
    ] {
        let page = ship(&world, &mut browser, raw.clone()).await;
        assert!(page.body.contains(SHIPPED) && page.path() == ORDERS, "{raw:?}: {}", page.body);
    }
    let page = ship(&world, &mut browser, Raw::json(202, "{}")).await;
    assert!(page.body.contains("Ship: accepted. The API is still working on this."), "{}", page.body);
    for (raw, words) in [
        (problem(409, "{\"detail\":\"It is already <shipped>.\"}"), "It is already &lt;shipped&gt;."),
        (
            problem(422, "{\"title\":\"No\",\"errors\":[{\"pointer\":\"/note\",\"detail\":\"Too rude\"}]}"),
            "Too rude",
        ),
        (Raw::json(400, "{\"errors\":{\"parcels\":[\"Too many\"]}}"), "Too many"),
        (Raw::json(422, "{\"errors\":[{\"field\":\"parcels\",\"message\":\"Too many\"}]}"), "Too many"),
        (Raw::json(422, "{\"detail\":[{\"loc\":[\"body\",\"parcels\"],\"msg\":\"Too many\"}]}"), "Too many"),
        (Raw::json(409, "{\"error\":{\"message\":\"It is closed.\"}}"), "It is closed."),
        (Raw::text(400, "text/html", "<h1>no</h1>"), "The API rejected the request."),
        (problem(404, "{}"), "This item no longer exists."),
        (problem(429, "{}"), "The API is limiting requests. Nothing was changed. Try again at "),
        (problem(403, "{\"detail\":\"Only managers ship.\"}"), "Only managers ship."),
        (
            Raw::json(401, "{}").with("www-authenticate", "Bearer error=\"invalid_request\""),
            "The API denied access",
        ),
    ] {
        let before = changes(&world).len();
        let page = ship(&world, &mut browser, raw.clone()).await;
        assert!(page.body.contains(words), "{raw:?}: {}", page.body);
        assert!(!page.body.contains(UNKNOWN) && !page.body.contains("<h1>no</h1>"), "{raw:?}");
        assert!(
            page.path().contains("kept=") && page.body.contains("the dog"),
            "what was typed is there: {raw:?}"
        );
        assert_eq!(changes(&world).len(), before + 1, "{raw:?}");
        world.advance(11);
    }
}

#[tokio::test]
async fn ac_05_f26_fs3_what_may_have_been_done_is_said_to_be_unknown_and_never_sent_again_by_itself() {
    let world = world_with("action_rate = 0\n").await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    for raw in [
        Raw::hang_up(),
        Raw::broken_off("{\"ok\":"),
        Raw::json(500, "{}"),
        Raw::json(502, "{}"),
        Raw::text(504, "application/problem+json", "{\"detail\":\"The warehouse sleeps\"}"),
        Raw::json(408, "{}"),
        Raw::json(503, "{}"),
        Raw::json(503, "{}").with("retry-after", "60"),
        Raw::json(503, "{}").with("retry-after", "Mon, 02 Mar 2026 14:06:00 GMT"),
        Raw::text(503, "application/problem+json", "{\"detail\":\"Closed for the night\"}"),
        Raw::text(200, "text/html", "<h1>Sign in to this network</h1>"),
        Raw::text(201, "application/xhtml+xml", "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>"),
        Raw::json(200, "<!DOCTYPE html><html><body>Sign in to this network</body></html>"),
        Raw::json(202, "\u{feff}\n <h1>Sign in to this network</h1>"),
        Raw::text(200, "application/problem+json", "<p>blocked</p>"),
        Raw::text(200, "text/plain", "\n<HTML><head></head></HTML>"),
        Raw::text(200, "", "<script>location='/sign-in'</script>"),
        Raw::json(511, "{}"),
        Raw::redirect(303, "https://sign-in.example/"),
        Raw::redirect(302, "/elsewhere"),
        Raw::redirect(307, "/orders/ORD-1/ship"),
        Raw::endless(),
    ] {
        let before = changes(&world).len();
        let page = ship(&world, &mut browser, raw.clone()).await;
        assert!(page.body.contains(UNKNOWN) && page.body.contains("the dog"), "{raw:?}: {}", page.body);
        assert_eq!(changes(&world).len(), before + 1, "{raw:?}");
        assert!(
            browser.get(BOARD).await.body.contains("Ship ORD-1: may not have been completed."),
            "{raw:?}"
        );
        // The user decides; an API that supports the key does nothing twice.
        answer(&world, "/orders/ORD-1/ship", Raw::json(200, "{}"));
        let landed = send_and_follow(&mut browser, &filled(&page, &SHIP_FIELDS)).await;
        assert!(landed.body.contains(SHIPPED));
        let calls = changes(&world).split_off(before);
        assert_eq!(calls.len(), 2);
        assert_eq!(calls[0].headers["idempotency-key"], calls[1].headers["idempotency-key"], "{raw:?}");
    }
}

#[tokio::test]
async fn ac_05_an_api_that_takes_too_long_is_asked_once() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    world.api.script(|script| script.delays.insert("/orders/ORD-1/ship".into(), Duration::from_secs(40)));
    let page = ship(&world, &mut browser, Raw::json(200, "{}")).await;
    assert!(page.body.contains(UNKNOWN) && page.body.contains("didn’t respond in time"), "{}", page.body);
    assert_eq!(changes(&world).len(), 1);
}

#[tokio::test]
async fn r02_an_action_whose_tokens_are_refused_says_that_nothing_was_sent() {
    for (error, words) in [
        ("invalid_request", "Your sign-in has expired. Nothing was sent."),
        ("invalid_client", "a problem with your sign-in provider. Nothing was sent."),
        ("temporarily_unavailable", "isn’t responding. Nothing was sent."),
    ] {
        let world = world().await;
        let (mut browser, _) = world.signed_in(BOARD).await;
        let payout = [("field-to", "Mei"), ("field-amount", "5")];
        let form = browser.get(PAYOUT).await;
        let refusal = Raw::json(400, &format!("{{\"error\":\"{error}\"}}"));
        world.provider.script(|script| script.instead.insert(At::Refresh, refusal));
        world.advance(180);
        let page = send_and_follow(&mut browser, &filled(&form, &payout)).await;
        assert!(page.body.contains(words) && page.body.contains("Mei"), "{error}: {}", page.body);
        assert_eq!(changes(&world).len(), 0, "{error}");
        world.provider.be_honest();
        world.advance(20);
        let landed = send_and_follow(&mut browser, &filled(&page, &payout)).await;
        assert!(landed.body.contains("New payout: done."), "{error}: {}", landed.body);
    }
}

#[tokio::test]
async fn an_api_that_cannot_be_reached_got_nothing_and_the_same_form_works_when_it_is_back() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let payout = [("field-to", "Mei"), ("field-amount", "5")];
    let form = browser.get(PAYOUT).await;
    world.api.go_down().await;
    let page = send_and_follow(&mut browser, &filled(&form, &payout)).await;
    assert!(page.body.contains("Nothing was sent.") && page.body.contains("Mei"), "{}", page.body);
    world.api.come_back().await;
    let landed = send_and_follow(&mut browser, &filled(&page, &payout)).await;
    assert!(landed.body.contains("New payout: done."));
    assert_eq!(changes(&world).len(), 1);
}

#[tokio::test]
async fn ac_01_an_api_that_repeats_the_token_in_its_refusal_shows_it_to_nobody() {
    let world = world().await;
    world.provider.script(|script| script.texts.access_token = "access-token-canary-".into());
    let (mut browser, _) = world.signed_in(BOARD).await;
    let echo = "{\"detail\":\"Bearer {echo} is not welcome\",\"errors\":{\"note\":\"{echo}\"}}";
    let page = ship(&world, &mut browser, Raw::text(409, "application/problem+json", echo)).await;
    let token = changes(&world)[0].token().to_owned();
    assert!(
        !page.body.contains(&token) && page.body.contains("The API rejected the request."),
        "{}",
        page.body
    );
    let page =
        ship(&world, &mut browser, Raw::text(409, "application/problem+json", "{\"detail\":\"No\"}")).await;
    assert!(page.body.contains("No"));
}

#[tokio::test]
async fn ac_05_what_may_have_been_done_keeps_its_key_through_every_refusal_until_it_is_done() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let mut page = ship(&world, &mut browser, Raw::hang_up()).await;
    for raw in [Raw::json(429, "{}"), Raw::json(409, "{}"), Raw::json(422, "{}")] {
        answer(&world, "/orders/ORD-1/ship", raw);
        page = send_and_follow(&mut browser, &filled(&page, &SHIP_FIELDS)).await;
        world.advance(11);
        assert!(page.body.contains("Your earlier submission may still have gone through"), "{}", page.body);
    }
    answer(&world, "/orders/ORD-1/ship", Raw::json(200, "{}"));
    let landed = send_and_follow(&mut browser, &filled(&page, &SHIP_FIELDS)).await;
    assert!(landed.body.contains(SHIPPED));
    let keys: std::collections::HashSet<_> =
        changes(&world).iter().map(|call| call.headers["idempotency-key"].clone()).collect();
    assert_eq!((changes(&world).len(), keys.len()), (5, 1));
    world.advance(130);
    let board = browser.get(BOARD).await;
    assert!(
        !board.body.contains("may not have been completed") && !board.body.contains(SHIPPED),
        "what is over is not said again"
    );
}

#[tokio::test]
async fn an_api_that_gives_nothing_at_all_any_more_leaves_the_outcome_and_what_was_typed() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let fields = filled(&browser.get(SHIP).await, &SHIP_FIELDS);
    answer(&world, "/orders/ORD-1/ship", Raw::hang_up());
    let page = {
        world
            .api
            .script(|script| script.delays.insert("/orders/ORD-1/ship".into(), Duration::from_millis(300)));
        let (page, ()) = tokio::join!(send(&mut browser, &fields), async {
            changes_arrive(&world, 1).await;
            answer(&world, "/orders", Raw::json(500, "{}"));
        });
        page
    };
    let page = browser.open(page.location().as_str()).await;
    assert!(page.body.contains(UNKNOWN) && page.body.contains("the dog"), "{}", page.body);
    assert!(!page.body.contains("Nothing was changed"), "{}", page.body);
    let again = browser.get(SHIP).await;
    assert!(again.body.contains(UNKNOWN), "who opens it anew sees that first: {}", again.body);
    world.api.script(|script| script.answers.remove("/orders"));
    answer(&world, "/orders/ORD-1/ship", Raw::json(200, "{}"));
    let page = browser.get(SHIP).await;
    assert!(send_and_follow(&mut browser, &filled(&page, &SHIP_FIELDS)).await.body.contains(SHIPPED));
    assert!(!browser.get(SHIP).await.body.contains(UNKNOWN));
}

#[tokio::test]
async fn ac_06_a_scope_that_the_session_holds_is_not_asked_for_in_a_circle() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(BOARD).await;
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"orders:read\"";
    let refusal = Raw::text(403, "application/problem+json", "{\"detail\":\"Not this order.\"}");
    let page = ship(&world, &mut browser, refusal.with("www-authenticate", challenge)).await;
    assert!(page.body.contains("Not this order.") && !page.body.contains("ask="), "{}", page.body);
    assert!(!page.body.contains("has been submitted yet"), "{}", page.body);
}
