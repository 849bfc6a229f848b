//! What the page of an exchange must not show: tokens, headers of the settings, cookies, also where the API repeats them.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

use super::{PAGE, text, world};
use crate::support::hostile::Raw;

const TOKEN: &str = "masked-access-token-0815-4711-of-ada";

#[tokio::test]
async fn in_02_what_the_api_repeats_is_masked_in_every_form() {
    let world = world(json!(["author"])).await;
    world.provider.script(|script| script.texts.access_token = TOKEN.to_owned());
    let (mut browser, _) = world.signed_in("/account").await;
    let token = world.provider.issued().last().unwrap().access_token.clone();
    let hex: String = token.bytes().map(|byte| format!("{byte:02x}")).collect();
    let escapes: String = token.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let apart: Vec<String> = token.chars().map(String::from).collect();
    let halves = token.split_at(token.len() / 2);
    let cookie = "api-session-cookie-99";
    for body in [
        json!({ "orders": [{ "id": token }] }).to_string(),
        json!({ token.clone(): token.to_uppercase(), "hex": hex }).to_string(),
        json!({ "a": halves.0, "b": halves.1, "base64": BASE64_STANDARD.encode(format!("x {token}")) })
            .to_string(),
        json!({ "apart": apart }).to_string(),
        json!({ "key": "canary-key-4711-of-the-api", "cookie": cookie }).to_string(),
        format!("{{\"escaped\": \"{escapes}\", "),
        format!("<p>{token}</p>"),
    ] {
        for status in [200, 500] {
            let raw = Raw::json(status, &body)
                .with("link", &format!("<https://x.example/?t={token}>; rel=\"next\""))
                .with("x-request-id", "canary-key-4711-of-the-api")
                .with("set-cookie", &format!("sid={cookie}; Path=/"));
            world.api.script(|script| script.instead = Some(raw));
            world.advance(70);
            let page = browser.open(PAGE).await;
            let all = format!("{} {}", text(&page), page.body).to_lowercase();
            assert!(all.contains("[masked]") && all.contains("access token"), "{body}: {all}");
            for part in [TOKEN, &token[..14], halves.1, cookie, "canary-key-47", "set-cookie", &hex[..24]] {
                assert!(!all.contains(&part.to_lowercase()), "{body} {part}: {all}");
            }
        }
    }
}

#[tokio::test]
async fn in_03_a_large_answer_is_shown_in_part() {
    let world = world(json!(["author"])).await;
    let (mut browser, _) = world.signed_in("/account").await;
    for rows in [2_000, 120_000] {
        let orders: Vec<_> = (0..rows).map(|n| json!({ "id": format!("ORD-{n}"), "note": "n" })).collect();
        let answer = json!({ "orders": orders, "total": rows }).to_string();
        world.api.script(|script| script.instead = Some(Raw::json(200, &answer)));
        world.advance(70);
        let page = browser.open(PAGE).await;
        let shown = text(&page);
        assert!(shown.contains("shortened") && shown.contains("ORD-1\""), "{rows}: {shown:.2000}");
        assert!(page.body.len() < 150_000, "{rows}: {}", page.body.len());
    }
}
