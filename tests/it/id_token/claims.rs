//! The claims about user, audience, time and sign-in (IT-01 … IT-07, IT-14).

use serde_json::{Value, json};

use crate::{
    id_token::{alter, each_is_accepted, each_is_refused, is_accepted, is_refused},
    support::hostile::{At, HostileWorld},
};

const ISS: &str = "iss is not the issuer";
const AUD: &str = "aud is not exactly this client";
const SUB: &str = "sub is not 1 to 255 ASCII characters";
const TIMES: &str = "iat and exp must be present as numbers";
const NONCE: &str = "nonce does not match this sign-in";
const AT_HASH: &str = "at_hash does not match the access token";

#[tokio::test]
async fn it_01_iss_is_the_configured_issuer_to_the_letter() {
    let world = HostileWorld::start().await;
    let iss = world.provider.origin().to_owned();
    let host = iss.replace("127.0.0.1", "localhost");
    each_is_refused(
        &world,
        vec![
            ("another", "iss", Some(json!("https://evil.example")), ISS),
            ("one more figure", "iss", Some(json!(format!("{iss}1"))), ISS),
            ("a slash", "iss", Some(json!(format!("{iss}/"))), ISS),
            ("a path", "iss", Some(json!(format!("{iss}/tenant"))), ISS),
            ("capitals", "iss", Some(json!(iss.replace("http", "HTTP"))), ISS),
            ("another name of the host", "iss", Some(json!(host)), ISS),
            ("https", "iss", Some(json!(iss.replace("http:", "https:"))), ISS),
            ("a space", "iss", Some(json!(format!("{iss} "))), ISS),
            ("a list", "iss", Some(json!([iss])), ISS),
            ("null", "iss", Some(Value::Null), ISS),
            ("empty", "iss", Some(json!("")), ISS),
            ("none", "iss", None, ISS),
        ],
    )
    .await;
}

#[tokio::test]
async fn it_02_aud_is_this_client_and_nobody_else() {
    let world = HostileWorld::start().await;
    each_is_refused(
        &world,
        vec![
            ("another", "aud", Some(json!("app1")), AUD),
            ("in capitals", "aud", Some(json!("APP")), AUD),
            ("two in one", "aud", Some(json!("app evil")), AUD),
            ("another in a list", "aud", Some(json!(["evil"])), AUD),
            ("a second one", "aud", Some(json!(["app", "evil"])), AUD),
            ("a second one before", "aud", Some(json!(["evil", "app"])), AUD),
            ("a second one that is no text", "aud", Some(json!(["app", 1])), AUD),
            ("a list in a list", "aud", Some(json!([["app"]])), AUD),
            ("an empty list", "aud", Some(json!([])), AUD),
            ("an object", "aud", Some(json!({ "app": 1 })), AUD),
            ("null", "aud", Some(Value::Null), AUD),
            ("none", "aud", None, AUD),
        ],
    )
    .await;
    // An `azp` does not make another audience trusted.
    world.provider.script(|script| script.at_sign_in.claims.set("azp", "app"));
    alter(&world, "aud", Some(json!(["app", "evil"])));
    is_refused(&world, "a second one, and azp", AUD).await;
    world.provider.be_honest();
    each_is_accepted(&world, vec![("in a list", "aud", Some(json!(["app"])))]).await;
}

#[tokio::test]
async fn it_03_azp_is_this_client_where_it_is_said() {
    let world = HostileWorld::start().await;
    let cause = "azp is not this client";
    each_is_refused(
        &world,
        vec![
            ("another", "azp", Some(json!("other")), cause),
            ("in capitals", "azp", Some(json!("APP")), cause),
            ("a list", "azp", Some(json!(["app"])), cause),
            ("empty", "azp", Some(json!("")), cause),
        ],
    )
    .await;
    each_is_accepted(&world, vec![("this client", "azp", Some(json!("app"))), ("none", "azp", None)]).await;
}

#[tokio::test]
async fn it_04_sub_is_there_and_is_a_name() {
    let world = HostileWorld::start().await;
    each_is_refused(
        &world,
        vec![
            ("none", "sub", None, SUB),
            ("null", "sub", Some(Value::Null), SUB),
            ("empty", "sub", Some(json!("")), SUB),
            ("256 characters", "sub", Some(json!("a".repeat(256))), SUB),
            ("beyond ASCII", "sub", Some(json!("p-ädä")), SUB),
            ("a number", "sub", Some(json!(7)), SUB),
            ("a list", "sub", Some(json!(["p-ada"])), SUB),
            ("a NUL, which PostgreSQL would not keep", "sub", Some(json!("p-ada\0")), SUB),
            ("a line", "sub", Some(json!("p-ada\n")), SUB),
        ],
    )
    .await;
    for (what, sub) in [("255 characters", "a".repeat(255)), ("one", "a".into()), ("odd", "a|b:c d~!".into())]
    {
        world.provider.script(|script| script.person.sub = sub);
        is_accepted(&world, what).await;
    }
}

#[tokio::test]
async fn it_05_exp_is_to_come_but_for_a_minute() {
    let world = HostileWorld::start().await;
    let now = world.now();
    each_is_refused(
        &world,
        vec![
            ("six minutes ago", "exp", Some(json!(now - 360)), "exp was 36"),
            ("beyond the leeway", "exp", Some(json!(now - 70)), "exp was 7"),
            ("of 1970", "exp", Some(json!(0)), "exp was"),
            ("before 1970", "exp", Some(json!(-1e14)), "exp was"),
            ("none", "exp", None, TIMES),
            ("null", "exp", Some(Value::Null), TIMES),
            ("a text", "exp", Some(json!((now + 300).to_string())), TIMES),
            ("a date", "exp", Some(json!("2999-01-01T00:00:00Z")), TIMES),
            ("of no time", "exp", Some(json!(1e30)), TIMES),
            ("more than numbers hold", "exp", Some(json!(u64::MAX)), TIMES),
        ],
    )
    .await;
    each_is_accepted(
        &world,
        vec![
            ("a clock that is a little behind", "exp", Some(json!(now - 20))),
            ("a fraction", "exp", Some(json!(now as f64 + 60.5))),
            ("far away", "exp", Some(json!(now + 86_400 * 365))),
        ],
    )
    .await;
}

#[tokio::test]
async fn it_06_iat_is_of_now_and_nbf_has_come() {
    let world = HostileWorld::start().await;
    let now = world.now();
    let nbf = "nbf is in the future";
    each_is_refused(
        &world,
        vec![
            ("none", "iat", None, TIMES),
            ("null", "iat", Some(Value::Null), TIMES),
            ("a text", "iat", Some(json!(now.to_string())), TIMES),
            ("of no time", "iat", Some(json!(-1e300)), TIMES),
            ("in a year", "iat", Some(json!(now + 31_536_000)), "in the future: check the clocks"),
            ("beyond the leeway", "iat", Some(json!(now + 75)), "in the future: check the clocks"),
            ("ten years ago", "iat", Some(json!(now - 315_360_000)), "iat is 3153600"),
            ("eleven minutes ago", "iat", Some(json!(now - 660)), "iat is 66"),
            ("nbf in an hour", "nbf", Some(json!(now + 3600)), nbf),
            ("nbf as a text", "nbf", Some(json!(now.to_string())), nbf),
            ("nbf of no time", "nbf", Some(json!(1e30)), nbf),
            ("nbf null", "nbf", Some(Value::Null), nbf),
        ],
    )
    .await;
    each_is_accepted(
        &world,
        vec![
            ("a clock that is a little ahead", "iat", Some(json!(now + 50))),
            ("a slow provider", "iat", Some(json!(now - 540))),
            ("a fraction", "iat", Some(json!(now as f64 - 0.5))),
            ("nbf of now", "nbf", Some(json!(now))),
            ("nbf by a clock that is a little ahead", "nbf", Some(json!(now + 50))),
            ("nbf of before", "nbf", Some(json!(now - 86_400))),
        ],
    )
    .await;
}

#[tokio::test]
async fn it_07_nonce_is_that_of_this_sign_in_and_of_no_other() {
    let world = HostileWorld::start().await;
    // Another tab of the same user with a sign-in in progress.
    let mut tab = world.browser();
    let other = tab.get("/auth/sign-in?return_to=/account").await.sent("nonce").unwrap();
    each_is_refused(
        &world,
        vec![
            ("none", "nonce", None, "nonce is missing"),
            ("null", "nonce", Some(Value::Null), NONCE),
            ("empty", "nonce", Some(json!("")), NONCE),
            ("another's", "nonce", Some(json!(other)), NONCE),
            ("a list of it", "nonce", Some(json!([other])), NONCE),
            ("a number", "nonce", Some(json!(1)), NONCE),
        ],
    )
    .await;
    // With a suffix: the value is known once the browser is on its way.
    let mut browser = world.browser();
    let start = browser.get("/auth/sign-in?return_to=/account").await;
    let nonce = start.sent("nonce").unwrap();
    alter(&world, "nonce", Some(json!(format!("{nonce}1"))));
    assert!(browser.follow(start).await.body.contains("couldn’t be verified"));
    assert!(!browser.at_app.contains_key("claimcheck"));
    let start = browser.get("/auth/sign-in?return_to=/account").await;
    let nonce = start.sent("nonce").unwrap();
    alter(&world, "nonce", Some(json!(nonce)));
    assert_eq!(browser.follow(start).await.path(), "/account", "the same without it");

    // Valid once: the ID token of a completed sign-in is not valid for another.
    world.provider.be_honest();
    let used = world.provider.issued().last().unwrap().id_token.clone().unwrap();
    world.provider.script(|script| {
        script.at_sign_in.answer.set("id_token", used.clone());
        // So that at_hash is right.
        let access_token = world.provider.issued().last().unwrap().access_token.clone();
        script.at_sign_in.answer.set("access_token", access_token);
    });
    let before = world.provider.count(At::UserInfo);
    let page = world.browser().open("/account").await;
    assert!(page.body.contains("couldn’t be verified"), "{}", page.body);
    assert_eq!(world.provider.count(At::UserInfo), before);
}

#[tokio::test]
async fn it_14_at_hash_is_of_the_access_token_where_it_is_said() {
    let world = HostileWorld::start().await;
    let of = |token: &str| world.provider.keys().half_hash(token);
    each_is_refused(
        &world,
        vec![
            ("garbage", "at_hash", Some(json!("AAAAAAAAAAAAAAAAAAAAAA")), AT_HASH),
            ("no base64", "at_hash", Some(json!("%%")), AT_HASH),
            ("of another token", "at_hash", Some(json!(of("access-token-of-another"))), AT_HASH),
            ("of nothing", "at_hash", Some(json!(of(""))), AT_HASH),
            ("empty", "at_hash", Some(json!("")), AT_HASH),
            ("a number", "at_hash", Some(json!(1)), AT_HASH),
        ],
    )
    .await;
    each_is_accepted(&world, vec![("none", "at_hash", None)]).await;
    // Another access token than the one that the ID token is about.
    let other = world.provider.issued()[0].access_token.clone();
    alter(&world, "at_hash", Some(json!(of("the right one"))));
    world.provider.script(|script| script.at_sign_in.answer.set("access_token", other.clone()));
    let page = world.browser().open("/account").await;
    assert!(page.body.contains("couldn’t be verified"), "{}", page.body);
    alter(&world, "at_hash", Some(json!(of(&other))));
    assert_eq!(world.browser().open("/account").await.path(), "/account");
}
