//! Actions on boards about one thing: what they send, where they lead back to, and that nothing of one subject is shown or
//! sent for another.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    answer, calls_since,
    subjects::{customer, paths, world},
    text,
};
use crate::support::{Browser, Page, hostile::Raw};

async fn post(browser: &mut Browser<'_>, form: &Page, more: &[(&str, &str)]) -> Page {
    let mut fields = form.fields();
    assert!(fields.iter().any(|(name, _)| name == "once"), "there is a form: {}", form.body);
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post("/api/act", &pairs).await
}

#[tokio::test]
async fn su_05_an_action_belongs_to_the_subject_of_its_address() {
    let world = world().await;
    answer(&world, "/customers/42/suspend", &json!({}));
    answer(&world, "/customers/42/invoices/I-1/remind", &json!({}));
    let mut other = customer("Birch");
    other["data"]["id"] = json!(43);
    answer(&world, "/customers/43", &other);
    let (mut browser, _) = world.signed_in("/account").await;
    let form = browser.get("/boards/customer/actions/suspend?id=42").await;
    assert!(text(&form.body).contains("Suspend Ash & Co &lt;b&gt;?"), "{}", form.body);
    let before = world.api.calls().len();
    let sent = post(&mut browser, &form, &[("field-why", "unpaid")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let location = sent.location();
    assert!(location.as_str().ends_with("/boards/customer?id=42"), "{location:?}");
    let calls = calls_since(&world, before);
    let suspended = calls.iter().find(|call| call.path == "/customers/42/suspend").unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&suspended.body).unwrap(),
        json!({ "plan": 7, "why": "unpaid" })
    );
    let said = "Ash &amp; Co &lt;b&gt; is suspended.";
    assert!(browser.get("/boards/customer?id=42").await.body.contains(said));
    assert!(
        !browser.get("/boards/customer?id=43").await.body.contains(said),
        "the result of another subject"
    );

    // A form that was not sent is kept for its subject only.
    world
        .api
        .script(|script| script.answers.insert("/customers/42/suspend".to_owned(), Raw::json(503, "{}")));
    let form = browser.get("/boards/customer/actions/suspend?id=42").await;
    post(&mut browser, &form, &[("field-why", "for 42 only")]).await;
    let again = browser.get("/boards/customer/actions/suspend?id=42").await;
    assert!(again.body.contains("for 42 only"), "{}", again.body);
    let of_other = browser.get("/boards/customer/actions/suspend?id=43").await;
    assert!(
        !of_other.body.contains("for 42 only") && of_other.body.contains("Suspend Birch?"),
        "{}",
        of_other.body
    );

    // What was confirmed for one subject is not sent for another one.
    let fields = form.fields().into_iter().map(|(name, value)| match name.as_str() {
        "query" => (name, "id=43".to_owned()),
        "once" => (name, "AAAAAAAAAAAAAAAAAAAAAA.0".to_owned()),
        _ => (name, value),
    });
    let fields: Vec<_> = fields.collect();
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let before = world.api.calls().len();
    browser.post("/api/act", &pairs).await;
    assert!(!paths(&world, before).contains(&"/customers/43/suspend".to_owned()));

    let form = browser.get("/boards/customer/rows/p1/actions/remind?key=I-1&id=42").await;
    assert!(text(&form.body).contains("Remind Ash & Co &lt;b&gt; of I-1?"), "{}", form.body);
    let before = world.api.calls().len();
    let sent = post(&mut browser, &form, &[]).await;
    assert!(sent.location().as_str().ends_with("/boards/customer?id=42#panel-p1"), "{:?}", sent.location());
    assert!(paths(&world, before).contains(&"/customers/42/invoices/I-1/remind".to_owned()));
}
