//! A step-up with requirements that are as long as they may be (R39): the request fits, and the page stays.

use claimcheck_model::StepUpChallenge;
use claimcheck_server::sign_in::authorization_options::demand_href;

use super::*;

/// The longest URL of an authorization request, in characters.
const URL_MAX_LEN: usize = 4000;

/// A page with a URL of this length.
fn page_of_length(length: usize) -> String {
    format!("{BOARD}?q={}", "a".repeat(length - BOARD.len() - 3))
}

#[tokio::test]
async fn r39_the_longest_challenge_fits_into_a_url_and_the_preferred_class_stays() {
    let class = |number: usize| format!("{number}{}", "/".repeat(127));
    for (classes, scope, page, lands) in [
        // Few and short ones leave room for the longest page.
        (vec!["gold".to_owned(), "silver".to_owned()], "refunds", page_of_length(2048), page_of_length(2048)),
        ((0..8).map(class).collect(), "refunds", BOARD.to_owned(), BOARD.to_owned()),
        ((0..8).map(class).collect(), &*"r:".repeat(256), page_of_length(2048), BOARD.to_owned()),
    ] {
        let world = world(&format!("step_up_scopes = \"{scope}\""), "").await;
        let (mut browser, _) = world.signed_in("/account").await;
        let demand = StepUpChallenge {
            acr_values: classes.clone(),
            max_age_secs: Some(300),
            scope: Some(scope.to_owned()),
        };
        let link = demand_href(&world.services.sign_in, &session(&world).await, DEFAULT_API, &demand, &page)
            .unwrap();
        assert!(link.len() < 8000, "this server and its proxy read it: {}", link.len());
        let start = browser.get(&link).await;
        let length = start.header("location").len();
        assert!(length <= URL_MAX_LEN, "{length}");
        let [scopes, acr_values, max_age] = request(&start);
        assert_eq!((scopes, max_age), (some(&format!("{SCOPES} {scope}")), some("300")));
        let acr_values = acr_values.unwrap();
        assert!(!acr_values.is_empty() && classes.join(" ").starts_with(&acr_values), "{acr_values}");
        let now = world.now();
        world.provider.script(|script| {
            script.at_sign_in.claims.set("acr", classes[0].as_str());
            script.at_sign_in.claims.set("auth_time", now);
        });
        let done = browser.follow(start).await;
        assert_eq!((done.status, done.path()), (StatusCode::OK, lands));
    }
}

#[tokio::test]
async fn r39_scopes_that_pile_up_in_a_session_do_not_fill_the_url() {
    let scope = |number: usize| format!("scope-{number:03}-{}", "x".repeat(90));
    let all = (0..40).map(scope).collect::<Vec<_>>().join(" ");
    let world = world(&format!("step_up_scopes = \"{all}\""), "").await;
    let (mut browser, _) = world.signed_in("/account").await;
    for number in 0..40 {
        let demand = StepUpChallenge { scope: Some(scope(number)), ..StepUpChallenge::default() };
        let link = demand_href(&world.services.sign_in, &session(&world).await, DEFAULT_API, &demand, BOARD)
            .unwrap();
        let start = browser.get(&link).await;
        let length = start.header("location").len();
        assert!(length <= URL_MAX_LEN, "{number}: {length}");
        let scopes = start.sent("scope").unwrap();
        assert!(scopes.starts_with(SCOPES) && scopes.contains(&scope(number)), "{number}");
        // The latest ones are requested again.
        assert_eq!(scopes.matches("scope-").count(), (number + 1).min(6), "{number}: {scopes}");
        assert!(number == 0 || scopes.contains(&scope(number - 1)), "{number}");
        assert_eq!(browser.follow(start).await.path(), BOARD);
    }
}
