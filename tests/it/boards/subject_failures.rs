//! Boards about one thing, if their address names nothing, or the thing cannot be read: a page with words, a way on, and
//! the right status.

use axum::http::StatusCode;
use serde_json::json;

use super::{answer, asked, calls_since, function, panel, subjects::world, text};
use crate::support::hostile::{HostileWorld, Raw};

#[tokio::test]
async fn su_06_an_address_that_names_nothing_is_a_page_with_words_and_sends_nothing() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (query, words) in [
        ("", "This address is incomplete"),
        ("id=", "This address is incomplete"),
        ("status=open&name=42", "This address is incomplete"),
        ("id=%20", "There is nothing at this address"),
        ("id=..", "There is nothing at this address"),
        ("id=a%2Fb", "There is nothing at this address"),
        ("id=a%252fb", "There is nothing at this address"),
        ("id=a%5Cb", "There is nothing at this address"),
        ("id=a%0Ab", "There is nothing at this address"),
        (&format!("id={}", "x".repeat(201)), "There is nothing at this address"),
        (&format!("id={}", "x".repeat(5000)), "There is nothing at this address"),
    ] {
        let before = world.api.calls().len();
        let page = browser.get(&format!("/boards/customer?{query}")).await;
        let shown = text(&page.body);
        assert!(page.status == StatusCode::NOT_FOUND && shown.contains(words), "{query}: {shown}");
        assert!(page.body.contains("href=\"/boards/start\" class=\"button\""), "{query}: {}", page.body);
        assert!(!page.body.contains("panel-p0"), "{query}");
        for way in [
            function(&mut browser, "panel", "customer", 1, query).await,
            panel(&mut browser, "customer", 1, query).await,
            function(&mut browser, "row", "customer", 1, &format!("key=I-1&{query}")).await,
            browser.get(&format!("/boards/customer/rows/p1?key=I-1&{query}")).await,
            browser.get(&format!("/boards/customer/csv/p1?{query}")).await,
            browser.get(&format!("/boards/customer/csv/p1?rows=all&{query}")).await,
            browser.get(&format!("/boards/customer/inspect/p1?{query}")).await,
            browser.get(&format!("/boards/customer/actions/suspend?{query}")).await,
            browser.get(&format!("/boards/customer/rows/p1/actions/remind?key=I-1&{query}")).await,
        ] {
            assert_eq!(way.status, StatusCode::NOT_FOUND, "{query}: {}", way.body);
        }
        assert!(calls_since(&world, before).is_empty(), "{query}");
    }
    // The same made right. Of several values, the first counts.
    let page = browser.get("/boards/customer?id=42&id=43").await;
    assert!(page.status == StatusCode::OK && page.body.contains("panel-p0"));
}

#[tokio::test]
async fn su_06_a_subject_that_cannot_be_read_is_a_page_with_words_and_the_right_status() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("/account").await;
    for (raw, status, words, way) in [
        (Raw::json(404, "{}"), 404, "There is nothing at this address", "href=\"/boards/start\""),
        (Raw::json(204, ""), 404, "There is nothing at this address", "href=\"/boards/start\""),
        (Raw::json(200, "null"), 404, "There is nothing at this address", "href=\"/boards/start\""),
        (
            Raw::json(200, r#"{"data":null}"#),
            404,
            "There is nothing at this address",
            "href=\"/boards/start\"",
        ),
        (
            Raw::json(200, r#"{"other":{}}"#),
            404,
            "There is nothing at this address",
            "href=\"/boards/start\"",
        ),
        (Raw::json(403, "{}"), 403, "You don’t have access to this", "href=\"/account\""),
        (Raw::json(500, "{}"), 502, "The API reports an error", "href=\"/boards/customer?id=42\""),
        (Raw::json(200, "[1"), 502, "answer can’t be shown", "href=\"/boards/customer?id=42\""),
        (
            Raw::json(200, r#"{"data":[{"id":42}]}"#),
            502,
            "answer can’t be shown",
            "href=\"/boards/customer?id=42\"",
        ),
        (
            Raw::json(200, r#"{"data":"Ash"}"#),
            502,
            "answer can’t be shown",
            "href=\"/boards/customer?id=42\"",
        ),
        (Raw::hang_up(), 502, "The API isn’t responding", "href=\"/boards/customer?id=42\""),
    ] {
        world.api.script(|script| script.answers.insert("/customers/42".to_owned(), raw.clone()));
        let page = browser.get("/boards/customer?id=42").await;
        let shown = text(&page.body);
        assert_eq!(page.status.as_u16(), status, "{raw:?}: {shown}");
        assert!(shown.contains(words) && page.body.contains(way), "{raw:?}: {shown}");
        assert!(page.body.contains("<h1>Customer</h1>") && !page.body.contains("panel-p0"), "{raw:?}");
        assert!(page.body.contains("class=\"crumb\""), "{raw:?}");
    }
    answer(&world, "/customers/42", &super::subjects::customer("Ash"));
    assert_eq!(browser.get("/boards/customer?id=42").await.status, StatusCode::OK);
    // An expired session leads through the sign-in and back to the same address.
    let mut nobody = world.browser();
    assert!(nobody.get("/boards/customer?id=42").await.status.is_redirection());
    assert!(nobody.open("/boards/customer?id=42").await.body.contains("<h1>Ash (NO)</h1>"));
    // If the request for the subject needs a filter, the page has the filters.
    let world = HostileWorld::with(
        "[[board]]\nid = \"shop\"\ntitle = \"Shop\"\n[board.subject]\nget = \"/regions/{region}/shops/{id}\"\n\
         [[board.filter]]\nkey = \"region\"\ntitle = \"Region\"\nkind = \"choice\"\nchoices = [\"north\", \"south\"]\n\
         [[board.panel]]\nid = \"p0\"\ntitle = \"About\"\nkind = \"facts\"\nfields = [\"name\"]\n",
    )
    .await;
    answer(&world, "/regions/north/shops/7", &json!({ "name": "Ash" }));
    let (mut browser, _) = world.signed_in("/account").await;
    let page = browser.get("/boards/shop?id=7").await;
    let has_filters = |body: &str| body.contains("id=\"filters\"") && body.contains("value=\"north\"");
    assert!(has_filters(&page.body) && page.body.contains("name=\"id\" value=\"7\""), "{}", page.body);
    assert!(browser.get("/boards/shop?id=7&region=north").await.body.contains("<h1>Ash</h1>"));
    let page = browser.get("/boards/shop?id=7&region=south").await;
    assert!(has_filters(&page.body) && text(&page.body).contains("nothing at this address"), "{}", page.body);
}

#[tokio::test]
async fn su_07_a_subject_needs_the_access_of_its_board_and_of_its_request() {
    let boards = |key: &str| {
        format!(
            "[[board]]\nid = \"home\"\ntitle = \"Home\"\n[[board.panel]]\nid = \"p0\"\ntitle = \"A\"\nkind = \"stat\"\n\
             get = \"/a\"\nvalue = \"$.a\"\n[[board]]\nid = \"customer\"\ntitle = \"Customer\"\n{key}\n\
             [board.subject]\nget = \"/customers/{{id}}\"\nSCOPE\n[[board.panel]]\nid = \"p0\"\ntitle = \"About\"\n\
             kind = \"facts\"\nfields = [\"name\"]\n"
        )
    };
    for (boards, words) in [
        (boards("role = \"finance\"").replace("SCOPE", ""), "role finance"),
        (boards("").replace("SCOPE", "scope = \"gold:read\""), "gold:read"),
    ] {
        let world = HostileWorld::with(&boards).await;
        world.provider.script(|script| {
            script.grants = Some("openid".to_owned());
            script.person.claims.insert("roles".to_owned(), json!(["clerk"]));
        });
        answer(&world, "/customers/42", &json!({ "name": "Ash" }));
        let (mut browser, _) = world.signed_in("/account").await;
        let before = world.api.calls().len();
        let page = browser.get("/boards/customer?id=42").await;
        assert!(
            page.status == StatusCode::FORBIDDEN && text(&page.body).contains(words),
            "{}",
            text(&page.body)
        );
        let script = panel(&mut browser, "customer", 0, "id=42").await;
        assert!(!script.body.contains("Ash"), "{}", script.body);
        assert!(calls_since(&world, before).is_empty(), "{words}");
    }
    let world = HostileWorld::with(&boards("").replace("SCOPE", "")).await;
    answer(&world, "/customers/42", &json!({ "name": "Ash" }));
    let (mut browser, _) = world.signed_in("/account").await;
    let before = world.api.calls().len();
    assert!(browser.get("/boards/customer?id=42").await.body.contains("<h1>Ash</h1>"));
    assert_eq!(asked(&calls_since(&world, before)), ["/customers/42"]);
    // The way back leads to the first board with a link to this one that the user may see.
    let list = |id: &str, role: &str| {
        format!(
            "[[board]]\nid = \"{id}\"\ntitle = \"List {id}\"\nrole = \"{role}\"\n[[board.panel]]\ntitle = \"L\"\n\
             kind = \"links\"\nlinks = [{{ title = \"A\", to = \"/boards/customer?id=42\" }}]\n"
        )
    };
    for (back, role, crumb) in [
        ("", "clerk", "/boards/two"),
        ("back = \"one\"", "clerk", "/boards/two"),
        ("back = \"one\"", "finance", "/boards/one"),
        ("back = \"two\"", "other", "/"),
    ] {
        let lists = list("one", "finance") + &list("two", "clerk");
        let world = HostileWorld::with(&(lists + &boards("").replace("SCOPE", back))).await;
        world.provider.script(|script| {
            script.person.claims.insert("roles".to_owned(), json!([role]));
        });
        answer(&world, "/customers/42", &json!({ "name": "Ash" }));
        let (mut browser, _) = world.signed_in("/account").await;
        for query in ["?id=42", ""] {
            let page = browser.get(&format!("/boards/customer{query}")).await;
            let (_, way) = page.body.split_once("class=\"crumb\"").unwrap();
            let way = way.split_once("</p>").unwrap().0;
            assert!(way.contains(&format!("href=\"{crumb}\"")), "{back} {role}: {way}");
        }
    }
}
