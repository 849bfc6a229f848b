//! Payouts: who may order them after which sign-in (RS-09), who owns them (RS-10), and the errors of fields.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Fixture, Reply};

const STRONG: &str = "urn:harbour:acr:second-factor";
const WEAK: &str = "urn:harbour:acr:password";

impl Fixture {
    /// A token for a finance user who has just entered a second factor, with these claims changed; `null` removes one.
    fn payer(&self, changes: &[(&str, Value)]) -> String {
        let mut claims = self.claims();
        claims["scope"] = json!("openid payouts:write");
        claims["acr"] = json!(STRONG);
        claims["auth_time"] = json!(self.clock.now());
        for (name, value) in changes {
            claims[*name] = value.clone();
        }
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.keys.sign("at+jwt", &claims)
    }

    async fn pay(&self, token: &str) -> Reply {
        self.post("/payouts", token, payout()).await
    }

    async fn look(&self, path: &str, token: &str) -> Reply {
        self.send(path, &[&format!("Bearer {token}")]).await
    }
}

fn payout() -> Value {
    json!({ "to": "Dalgety Paper Mills", "amount": 1250.5, "reference": "Invoice 4711" })
}

#[tokio::test]
async fn rs_09_payouts_want_a_strong_and_recent_sign_in_and_say_so() {
    let fixture = Fixture::start().await;
    let now = fixture.clock.now();
    for (name, value) in [
        ("acr", json!(WEAK)),
        ("acr", json!("")),
        ("acr", json!([STRONG])),
        ("acr", Value::Null),
        ("auth_time", json!(now - 310)),
        ("auth_time", json!("now")),
        ("auth_time", Value::Null),
    ] {
        let refused = fixture.pay(&fixture.payer(&[(name, value.clone())])).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{name}={value}");
        assert_eq!(
            refused.challenge,
            format!(
                "Bearer realm=\"orders\", error=\"insufficient_user_authentication\", error_description=\"A stronger, \
                 more recent sign-in is required\", acr_values=\"{STRONG}\", max_age=\"300\""
            ),
            "{name}={value}"
        );
        assert_eq!(refused.content_type, "application/problem+json; charset=utf-8");
    }
    let token = fixture.payer(&[("auth_time", json!(now - 280))]);
    let accepted = fixture.pay(&token).await;
    assert_eq!((accepted.status, &*accepted.challenge), (StatusCode::CREATED, ""), "{}", accepted.body);
    assert_eq!(fixture.look("/payouts", &token).await.body["total"], 1, "refused ones are not ordered");
    // Reading and cancelling require no stronger sign-in.
    let weak = fixture.payer(&[("acr", json!(WEAK)), ("auth_time", json!(now - 9000))]);
    assert_eq!(fixture.look("/payouts", &weak).await.status, StatusCode::OK);
    let cancelled = fixture.post("/payouts/PAY-1001/cancel", &weak, json!({})).await;
    assert_eq!((cancelled.status, &cancelled.body["state"]), (StatusCode::OK, &json!("cancelled")));
}

#[tokio::test]
async fn rs_09_who_lacks_the_scope_as_well_is_told_of_both_at_once() {
    let fixture = Fixture::start().await;
    let neither = fixture.payer(&[("acr", json!(WEAK)), ("scope", json!("openid orders:read"))]);
    let refused = fixture.pay(&neither).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(
        refused.challenge.ends_with(", max_age=\"300\", scope=\"payouts:write\""),
        "{}",
        refused.challenge
    );
    // With a strong sign-in, only the scope is missing; with the scope, the role.
    let refused = fixture.pay(&fixture.payer(&[("scope", json!("openid orders:read"))])).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.challenge.contains("error=\"insufficient_scope\""), "{}", refused.challenge);
    assert!(refused.challenge.contains("scope=\"payouts:write\""), "{}", refused.challenge);
    let refused = fixture.pay(&fixture.payer(&[("roles", json!(["warehouse"]))])).await;
    assert_eq!((refused.status, &*refused.challenge), (StatusCode::FORBIDDEN, ""));
    assert_eq!(fixture.pay(&fixture.payer(&[])).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn rs_10_payouts_are_seen_and_cancelled_by_whoever_ordered_them_only() {
    let fixture = Fixture::start().await;
    let (ada, ben) = (fixture.payer(&[]), fixture.payer(&[("sub", json!("somebody-else"))]));
    let made = fixture.pay(&ada).await;
    assert_eq!((made.status, &*made.location), (StatusCode::CREATED, "/payouts/PAY-1001"));
    assert_eq!(made.body["id"], "PAY-1001");
    for (token, status, total) in [(&ben, StatusCode::NOT_FOUND, 0), (&ada, StatusCode::OK, 1)] {
        assert_eq!(fixture.look("/payouts/PAY-1001", token).await.status, status);
        assert_eq!(fixture.look("/payouts", token).await.body["total"], total);
        assert_eq!(fixture.post("/payouts/PAY-1001/cancel", token, json!({})).await.status, status);
    }
    // For other users, existing and unknown ids look the same.
    let (theirs, nobodys) =
        (fixture.look("/payouts/PAY-1001", &ben).await, fixture.look("/payouts/PAY-9999", &ben).await);
    assert_eq!((theirs.status, theirs.body), (nobodys.status, nobodys.body));
    let again = fixture.post("/payouts/PAY-1001/cancel", &ada, json!({})).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(again.body["detail"], "PAY-1001 is already cancelled.");
}

#[tokio::test]
async fn rs_10_a_key_of_one_person_is_no_key_of_another() {
    let fixture = Fixture::start().await;
    let (ada, ben) = (fixture.payer(&[]), fixture.payer(&[("sub", json!("somebody-else"))]));
    let key = [("idempotency-key", "\"k-1\"")];
    let pay = async |token: &str| fixture.post_as("/payouts", token, &key, payout().to_string()).await;
    let first = pay(&ada).await;
    assert_eq!((first.status, &first.body["id"]), (StatusCode::CREATED, &json!("PAY-1001")));
    let again = pay(&ada).await;
    assert_eq!((again.status, &again.body, &again.location), (first.status, &first.body, &first.location));
    assert_eq!(pay(&ben).await.body["id"], "PAY-1002");
    assert_eq!(fixture.look("/payouts", &ada).await.body["total"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_orders_one_payout_however_many_come_at_once() {
    let fixture = std::sync::Arc::new(Fixture::start().await);
    let token = fixture.payer(&[]);
    let send = |key: String| {
        let (fixture, token) = (fixture.clone(), token.clone());
        tokio::spawn(async move {
            let key = [("idempotency-key", key.as_str())];
            fixture.post_as("/payouts", &token, &key, payout().to_string()).await.body["id"].clone()
        })
    };
    let same: Vec<_> = (0..30).map(|_| send("one".into())).collect();
    for answer in same {
        assert_eq!(answer.await.unwrap(), "PAY-1001");
    }
    let others: Vec<_> = (0..30).map(|number| send(format!("k-{number}"))).collect();
    for answer in others {
        assert_ne!(answer.await.unwrap(), "PAY-1001");
    }
    assert_eq!(fixture.look("/payouts", &token).await.body["total"], 31);
}

#[tokio::test]
async fn a_payout_points_at_every_field_that_is_wrong_and_says_what_it_was_given() {
    let fixture = Fixture::start().await;
    let token = fixture.payer(&[]);
    let today = fixture.clock.now() / 86_400;
    let day = |days: i64| {
        time::Date::from_julian_day(2_440_588 + i32::try_from(today + days).unwrap()).unwrap().to_string()
    };
    let refusals: [(Value, &[&str]); 12] = [
        (json!({}), &["/to", "/amount", "/reference"]),
        (json!({ "to": "", "amount": null, "reference": " " }), &["/to", "/amount", "/reference"]),
        (json!({ "to": 1, "amount": "12", "reference": ["x"] }), &["/to", "/amount", "/reference"]),
        (json!({ "amount": 0 }), &["/amount"]),
        (json!({ "amount": -5 }), &["/amount"]),
        (json!({ "amount": 0.001 }), &["/amount"]),
        (json!({ "amount": 50_000.01 }), &["/amount"]),
        (json!({ "to": "x".repeat(81) }), &["/to"]),
        (json!({ "reference": "two\nlines" }), &["/reference"]),
        (json!({ "on": "tomorrow" }), &["/on"]),
        (json!({ "on": day(-1) }), &["/on"]),
        (json!({ "on": day(400) }), &["/on"]),
    ];
    for (changes, pointers) in refusals {
        let mut body = if pointers.len() == 3 { json!({}) } else { payout() };
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let refused = fixture.post("/payouts", &token, body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{changes}");
        assert_eq!(refused.content_type, "application/problem+json; charset=utf-8");
        let errors = refused.body["errors"].as_array().unwrap();
        let pointed: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(pointed, pointers, "{changes}");
        assert!(errors.iter().all(|error| error["detail"].as_str().unwrap().ends_with('.')));
    }
    for (on, state) in [(None, "scheduled"), (Some(day(1)), "scheduled"), (Some(day(365)), "scheduled")] {
        let mut body = payout();
        body["on"] = json!(on);
        let made = fixture.post("/payouts", &token, body).await;
        assert_eq!((made.status, &made.body["state"]), (StatusCode::CREATED, &json!(state)), "{}", made.body);
        assert_eq!((&made.body["amount"], &made.body["currency"]), (&json!(1250.5), &json!("EUR")));
        assert_eq!(made.body["on"], json!(on.unwrap_or(day(0))));
    }
    fixture.clock.advance(86_400);
    let paid = fixture.post("/payouts/PAY-1001/cancel", &fixture.payer(&[]), json!({})).await;
    assert_eq!(
        (paid.status, &paid.body["detail"]),
        (StatusCode::CONFLICT, &json!("PAY-1001 is already paid."))
    );
}
