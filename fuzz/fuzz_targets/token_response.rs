//! Any response of the token endpoint to a code and to a refresh token: accepted tokens fit into a header and expire
//! soon enough; a refusal quotes nothing of the response.
#![no_main]

use std::cell::RefCell;

use claimcheck_base::secret::Secret;
use claimcheck_fuzz::{CANARY, json, upstream::Canned, world::World};
use claimcheck_oidc::token_endpoint::TokenResponse;
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};
use serde_json::{Value, json};

thread_local!(static WORLD: RefCell<World> = RefCell::new(World::with("")));

const STATUS: [u16; 16] = [200, 200, 200, 200, 200, 201, 204, 302, 400, 400, 401, 403, 404, 429, 500, 503];
const KINDS: [&str; 8] = [
    "application/json",
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=\"UTF-8\"",
    "text/html",
    "application/jwt",
    "application/x-www-form-urlencoded",
    "",
];

fuzz_target!(|data: &[u8]| {
    WORLD.with_borrow_mut(|world| {
        world.wears();
        let _ = answer(world, &mut Unstructured::new(data));
    });
});

fn answer(world: &World, u: &mut Unstructured<'_>) -> Result<()> {
    let is_raw = json::seldom(u, 4)?;
    let (mut status, mut kind) = (200, KINDS[0]);
    if json::seldom(u, 3)? {
        (status, kind) = (*u.choose(&STATUS)?, *u.choose(&KINDS)?);
    }
    let is_refresh: bool = u.arbitrary()?;
    let (body, is_right) = match is_raw {
        true => (String::from_utf8_lossy(u.bytes(u.len())?).replace("QQ", CANARY), false),
        false => made(world, u, status)?,
    };
    let headers =
        vec![("content-type", kind.as_bytes().to_vec()), ("location", b"https://evil.example/".to_vec())];
    world.upstream.set_token(Canned { status, headers, body: body.clone().into() });

    let now = world.services.clock.now();
    let token = Secret::new("a-secret-of-the-grant");
    let asked = world.upstream.token_requests();
    let (relying_party, api) = (&world.services.relying_party, &world.services.settings.apis.default);
    let answer = world.run(async {
        match is_refresh {
            true => relying_party.refresh(&token, api.token_target(&[])).await,
            false => relying_party.exchange_code(&token, &token).await,
        }
    });
    assert_eq!(world.upstream.token_requests(), asked + 1, "asked once, whatever the answer");
    match answer {
        Ok(tokens) => {
            assert_eq!(status, 200, "{body}");
            assert!(kind.starts_with("application/json"), "{kind}");
            check(&tokens, now, &body);
        }
        Err(error) => {
            let told = format!("{error} {error:?}");
            assert!(!told.contains(CANARY), "{told}");
            assert!(!told.contains("a-secret-of-the-grant"), "{told}");
            assert!(told.len() < 1000 && !told.contains('\n'), "{told}");
            assert!(
                !(is_right && status == 200 && kind == "application/json"),
                "what is right is refused: {told} {body}"
            );
        }
    }
    Ok(())
}

fn made(world: &World, u: &mut Unstructured<'_>, status: u16) -> Result<(String, bool)> {
    let right = match status {
        200 => vec![
            ("token_type", json!("Bearer")),
            ("access_token", json!("an-access-token")),
            ("expires_in", json!(3600)),
            ("refresh_token", json!("a-refresh-token")),
            ("scope", json!("openid orders:read")),
            ("id_token", json!(world.id_token())),
        ],
        _ => vec![("error", json!("invalid_grant")), ("error_description", json!(CANARY))],
    };
    let others = [
        ("token_type", json!("bearer")),
        ("token_type", json!("DPoP")),
        ("token_type", json!(CANARY)),
        ("token_type", json!({ CANARY: 1 })),
        ("access_token", json!("a\r\nb")),
        ("access_token", json!("a\u{0}b")),
        ("access_token", json!("é")),
        ("access_token", json!("x".repeat(17_000))),
        ("access_token", json!([CANARY])),
        ("refresh_token", json!("a\nb")),
        ("refresh_token", json!("x".repeat(17_000))),
        ("refresh_token", json!({ CANARY: CANARY })),
        ("expires_in", json!(CANARY)),
        ("expires_in", json!(u64::MAX)),
        ("expires_in", json!(i64::MAX)),
        ("expires_in", json!(-1)),
        ("expires_in", json!(0)),
        ("expires_in", json!(1e300)),
        ("expires_in", json!("3600")),
        ("scope", json!([CANARY])),
        ("scope", json!("")),
        ("id_token", json!(CANARY)),
        ("id_token", json!(format!("{CANARY}.{CANARY}.{CANARY}"))),
        ("id_token", json!("e30.e30.")),
        ("error", json!(CANARY)),
        ("error", json!("temporarily_unavailable")),
        ("error", json!("interaction_required")),
        ("error", json!("invalid_client")),
        ("error", json!({ CANARY: 1 })),
        ("error_uri", json!(CANARY)),
        (CANARY, json!(CANARY)),
    ];
    json::near(u, &right, &others)
}

fn check(tokens: &TokenResponse, now: i64, body: &str) {
    let is_legal = |token: &str| {
        (1..=16_384).contains(&token.len()) && token.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
    };
    let said: Value = serde_json::from_str(body).unwrap();
    assert!(is_legal(tokens.access_token.expose()));
    assert_eq!(said["access_token"], tokens.access_token.expose());
    assert!(tokens.refresh_token.as_ref().is_none_or(|token| is_legal(token.expose())));
    assert!(said["token_type"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")), "{body}");
    if let Some(until) = tokens.expires_at {
        assert!((now..=now + 30 * 86_400 + 5).contains(&until), "{until}: {body}");
    }
}
