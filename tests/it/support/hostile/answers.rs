//! Invalid responses of a token endpoint, the same for sign-in and refresh (RFC 6749 5.1, 5.2, A.12, A.17): as whole
//! responses, and as members of an otherwise valid one.

use serde_json::{Value, json};

use super::{Listener, Raw};

/// A member of a token response and its replacement; `None` removes it.
pub type Member = (&'static str, Option<Value>);

/// Invalid responses; `good` is a body that would be valid.
pub fn bad_answers(good: &str, evil: &Listener) -> Vec<(&'static str, Raw)> {
    let mut all = vec![
        ("201", Raw::json(201, good)),
        ("202", Raw::json(202, good)),
        ("204", Raw::json(204, "")),
        ("text/html", Raw::text(200, "text/html", good)),
        ("no type", Raw::text(200, "", good)),
        ("text/json", Raw::text(200, "text/json", good)),
        ("endless", Raw::endless()),
        ("truncated", Raw::json(200, &good[..40])),
        ("broken off", Raw::broken_off(&good[..40])),
        ("empty", Raw::json(200, "")),
        ("an array", Raw::json(200, "[]")),
        ("null", Raw::json(200, "null")),
        ("deep", Raw::json(200, &format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)))),
        ("429", Raw::json(429, r#"{"error":"slow_down"}"#)),
        ("500 in HTML", Raw::text(500, "text/html", "<h1>{echo}</h1>")),
        ("503 that says invalid_grant", Raw::json(503, r#"{"error":"invalid_grant"}"#)),
        ("400 in HTML", Raw::text(400, "text/html", "<h1>bad</h1>")),
        ("400 without error", Raw::json(400, "{}")),
    ];
    for status in [301, 302, 303, 307, 308] {
        all.push(("a redirect", Raw::redirect(status, &format!("{}/token", evil.origin()))));
    }
    all
}

/// Members that make a response unusable.
pub fn bad_members() -> Vec<Member> {
    vec![
        ("token_type", Some(json!("DPoP"))),
        ("token_type", Some(json!("mac"))),
        ("token_type", Some(json!(""))),
        ("token_type", Some(json!(null))),
        ("token_type", None),
        ("access_token", None),
        ("access_token", Some(json!(""))),
        ("access_token", Some(json!("a\nb"))),
        ("access_token", Some(json!("é"))),
        ("access_token", Some(json!("a".repeat(200_000)))),
        ("access_token", Some(json!(["a"]))),
        ("refresh_token", Some(json!(""))),
        ("refresh_token", Some(json!("a\nb"))),
        ("refresh_token", Some(json!("\u{7f}"))),
        ("refresh_token", Some(json!("a".repeat(200_000)))),
    ]
}

/// Members that are unusual and valid.
pub fn odd_members() -> Vec<Member> {
    vec![
        ("token_type", Some(json!("bEARER"))),
        ("token_type", Some(json!("bearer"))),
        ("access_token", Some(json!("a".repeat(4000)))),
        ("scope", None),
        ("scope", Some(json!("openid orders:read"))),
        ("unknown", Some(json!({ "a": [1] }))),
    ]
}
