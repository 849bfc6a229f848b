//! Malformed tokens (IT-16): refused like any other, with no further effect. Every token here has a valid signature of
//! the right key, so the signature is never the reason.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;

use super::{alter, each_is_accepted, each_is_refused, fails, is_accepted, is_refused, signature::spoil};
use crate::support::hostile::HostileWorld;

const CLAIMS: &str = "the claims cannot be read";
const HEADER: &str = "the header cannot be read";
const SIGNATURE: &str = "the signature is missing";
const PARTS: &str = "it is not a signed JWT";

fn text(part: &str) -> String {
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Rewrites the text of the claims, with a valid header and signature.
fn rewrite(world: &HostileWorld, by: impl Fn(&str) -> String + Send + Sync + 'static) {
    let provider = world.provider.clone();
    spoil(world, move |token| {
        let parts: Vec<_> = token.split('.').collect();
        provider.keys().sign_text(parts[0], &by(&text(parts[1])))
    });
}

/// Rewrites the text of the header, with valid claims, and signs.
fn rewrite_header(world: &HostileWorld, by: impl Fn(&str) -> String + Send + Sync + 'static) {
    let provider = world.provider.clone();
    spoil(world, move |token| {
        let parts: Vec<_> = token.split('.').collect();
        let header = BASE64_URL_SAFE_NO_PAD.encode(by(&text(parts[0])));
        provider.keys().sign_text(&header, &text(parts[1]))
    });
}

#[tokio::test]
async fn it_16_a_claim_that_is_there_twice_says_nothing() {
    let world = HostileWorld::start().await;
    let iss = world.provider.origin().to_owned();
    let twice = vec![
        ("sub", json!("p-eve")),
        ("iss", json!(iss)),
        ("aud", json!("app")),
        ("exp", json!(9_999_999_999_u64)),
        ("iat", json!(world.now())),
        ("nonce", json!("n")),
        ("sid", json!("sid-9")),
        ("auth_time", json!(world.now())),
        ("acr", json!("gold")),
        ("name", json!("Eve")),
    ];
    for (name, value) in twice {
        for comes_first in [true, false] {
            let member = format!("\"{name}\":{value}");
            rewrite(&world, move |claims| {
                let inner = &claims[1..claims.len() - 1];
                if comes_first { format!("{{{member},{inner}}}") } else { format!("{{{inner},{member}}}") }
            });
            is_refused(&world, &format!("{name}, first: {comes_first}"), CLAIMS).await;
        }
    }
    // JSON can write a name in more than one way.
    rewrite(&world, |claims| claims.replacen('{', "{\"\\u0073ub\":\"p-eve\",", 1));
    is_refused(&world, "written otherwise", CLAIMS).await;
    for (name, value) in [("alg", "\"ES256\""), ("kid", "\"x\""), ("typ", "\"JWT\"")] {
        rewrite_header(&world, move |header| header.replacen('{', &format!("{{\"{name}\":{value},"), 1));
        is_refused(&world, &format!("{name} in the header"), HEADER).await;
    }
    rewrite(&world, |claims| claims.replacen('{', "{\"other\":{\"sub\":\"p-eve\"},", 1));
    is_accepted(&world, "the same name within another").await;
    rewrite(&world, str::to_owned);
    is_accepted(&world, "as it was").await;
}

#[tokio::test]
async fn it_16_what_is_not_made_like_a_token_is_refused_and_costs_nothing() {
    let world = HostileWorld::start().await;
    type Write = fn(&str) -> String;
    let claims: [(&str, Write); 12] = [
        ("a list", |claims| format!("[{claims}]")),
        ("null", |_| "null".into()),
        ("a text", |claims| json!(claims).to_string()),
        ("nothing", |_| String::new()),
        ("half of it", |claims| claims[..claims.len() / 2].into()),
        ("something after it", |claims| format!("{claims}{claims}")),
        ("a comma too many", |claims| format!("{},}}", &claims[..claims.len() - 1])),
        ("a mark before it", |claims| format!("\u{feff}{claims}")),
        ("half a character", |claims| claims.replacen('{', "{\"x\":\"\\ud800\",", 1)),
        ("no number", |claims| claims.replacen('{', "{\"x\":NaN,", 1)),
        ("10 000 lists", |claims| claims.replacen('{', &format!("{{\"x\":{},", "[".repeat(10_000)), 1)),
        ("300 lists that end", |claims| {
            claims.replacen('{', &format!("{{\"x\":{}{},", "[".repeat(300), "]".repeat(300)), 1)
        }),
    ];
    for (what, write) in claims {
        rewrite(&world, write);
        is_refused(&world, what, CLAIMS).await;
    }
    let headers: [(&str, Write); 6] = [
        ("a list", |header| format!("[{header}]")),
        ("null", |_| "null".into()),
        ("nothing", |_| String::new()),
        ("10 000 lists", |header| header.replacen('{', &format!("{{\"x\":{},", "[".repeat(10_000)), 1)),
        ("kid as a number", |_| r#"{"alg":"ES256","kid":1}"#.into()),
        ("half of it", |header| header[..9].into()),
    ];
    for (what, write) in headers {
        rewrite_header(&world, write);
        is_refused(&world, &format!("a header that is {what}"), HEADER).await;
    }
    // RFC 7515 2: base64url, without padding and without any other character.
    let encodings: [(&str, Write, &str); 9] = [
        ("padding", |token| format!("{token}=="), SIGNATURE),
        ("a line after it", |token| format!("{token}\n"), SIGNATURE),
        ("a space before it", |token| format!(" {token}"), HEADER),
        ("another alphabet", |token| format!("{}.+/+/", token.rsplit_once('.').unwrap().0), SIGNATURE),
        ("claims with padding", |token| token.replacen('.', ".eyJ9==", 1), CLAIMS),
        ("a dot too many", |token| format!("{token}."), PARTS),
        ("dots", |_| "..".into(), HEADER),
        ("100 000 dots", |_| ".".repeat(100_000), "it is too long"),
        ("no dot", |token| token.replace('.', ""), PARTS),
    ];
    for (what, write, cause) in encodings {
        spoil(&world, write);
        is_refused(&world, what, cause).await;
    }
    world.provider.be_honest();
    is_accepted(&world, "an honest one").await;
}

#[tokio::test]
async fn it_16_a_token_of_a_mebibyte_is_refused_and_one_with_many_roles_is_not() {
    let world = HostileWorld::start().await;
    let roles = |bytes: usize| Some(json!(vec!["r".repeat(98); bytes / 101]));
    alter(&world, "groups", roles(60_000));
    is_refused(&world, "80 KiB", "it is too long").await;
    alter(&world, "groups", roles(1024 * 1024));
    let page = fails(&world, "a mebibyte", "larger than").await;
    assert!(page.status.is_server_error() && page.status != 500, "{}", page.status);
    alter(&world, "groups", roles(30_000));
    is_accepted(&world, "40 KiB").await;
}

#[tokio::test]
async fn it_16_no_token_with_a_character_changed_is_taken_and_none_makes_a_fault_of_ours() {
    let world = HostileWorld::start().await;
    let mut random = fastrand::Rng::with_seed(16);
    let characters: Vec<char> =
        ('!'..='~').filter(|c| *c != '"' && *c != '\\').chain(['é', '\u{0}', '\u{202e}']).collect();
    for round in 0..120 {
        let (at, with) = (random.usize(..), *random.choice(&characters).unwrap());
        let how = random.u8(0..4);
        spoil(&world, move |token| {
            let mut all: Vec<char> = token.chars().collect();
            let at = at % all.len();
            match how {
                0 => all.insert(at, with),
                1 => drop(all.remove(at)),
                2 => all.truncate(at),
                _ => all[at] = if all[at] == with { '-' } else { with },
            }
            all.into_iter().collect()
        });
        let mut browser = world.browser();
        let page = browser.open("/account").await;
        assert_eq!(page.status, 502, "{round}: {at} {with:?} {how}: {}", page.body);
        assert!(!browser.at_app.contains_key("claimcheck"), "{round}: {at} {with:?} {how}");
    }
    world.provider.be_honest();
    is_accepted(&world, "an honest one").await;
}

#[tokio::test]
async fn it_16_a_sid_that_no_logout_token_could_name_is_refused() {
    let world = HostileWorld::start().await;
    let cause = "sid is not valid";
    each_is_refused(
        &world,
        vec![
            ("a NUL, which PostgreSQL would not keep", "sid", Some(json!("sid\0")), cause),
            ("a line", "sid", Some(json!("sid\n")), cause),
            ("empty", "sid", Some(json!("")), cause),
            ("without end", "sid", Some(json!("a".repeat(5000))), cause),
            ("a number", "sid", Some(json!(5)), cause),
            ("a list", "sid", Some(json!(["sid"])), cause),
        ],
    )
    .await;
    each_is_accepted(
        &world,
        vec![
            ("none", "sid", None),
            ("null", "sid", Some(json!(null))),
            ("VSCHAR", "sid", Some(json!("a b~!\"\\/%"))),
            ("1024 characters", "sid", Some(json!("a".repeat(1024)))),
        ],
    )
    .await;
}
