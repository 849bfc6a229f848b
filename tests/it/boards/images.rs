//! Images of panels: their markup, their sealed addresses, and who may load them.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{answer, panel, part};
use crate::support::{
    Browser, Page,
    hostile::{HostileWorld, Raw},
};

pub(super) const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand pixels";
pub(super) const BOARDS: &str = r#"
[[board]]
id = "people"
title = "People"

[[board.panel]]
id = "p0"
title = "People"
kind = "table"
get = "/people"
rows = "$.people[*]"
detail = "/people/{id}"
columns = [
    { key = "name", title = "Name" },
    { key = "photo", title = "Photo", kind = "image", round = true },
    { key = "card", title = "Card", kind = "image", size = "medium", alt = "Card of {name}, {city}" },
    { key = "id", title = "Id" },
]
key = "id"

[[board.panel]]
id = "p1"
title = "List"
kind = "list"
get = "/people"
rows = "$.people[*]"
label = "name"
image = { key = "photo", round = true }

[[board.panel]]
id = "p2"
title = "One"
kind = "facts"
get = "/people/7"
fields = ["name", { key = "photo", title = "Portrait", kind = "image", size = "medium" }, { key = "none", kind = "image" }]

[[board]]
id = "locked"
title = "Locked"
scope = "gold:read"

[[board.panel]]
id = "p0"
title = "People"
kind = "table"
get = "/people"
rows = "$.people[*]"
columns = [
    { key = "name", title = "Name" },
    { key = "photo", title = "Photo", kind = "image" },
]

[[board]]
id = "others"
title = "Others"

[[board.panel]]
id = "p0"
title = "People"
kind = "table"
get = "/people"
rows = "$.people[*]"
columns = [
    { key = "name", title = "Name" },
    { key = "photo", title = "Photo", kind = "image" },
    { key = "card", title = "Card", kind = "image" },
]
"#;

fn people(photo: &str) -> Value {
    json!({ "people": [
        { "id": 7, "name": "Ada <b>", "city": "Bergen", "photo": photo, "card": "cards/7?v=2" },
        { "id": 8, "name": "Jonas", "city": null, "photo": null, "card": "" },
    ] })
}

pub(super) async fn world_with(more: &str) -> HostileWorld {
    let world = HostileWorld::with(&format!("{more}{BOARDS}")).await;
    has_photo(&world, "/photos/7");
    world.api.script(|script| {
        script.answers.insert("/photos/7".into(), png("image/png"));
        script.answers.insert("/cards/7".into(), png("application/octet-stream"));
    });
    world
}

pub(super) async fn world() -> HostileWorld {
    world_with("").await
}

/// The photo of the first person is there from now on.
pub(super) fn has_photo(world: &HostileWorld, address: &str) {
    let people = people(address);
    answer(world, "/people", &people);
    answer(world, "/people/7", &people["people"][0]);
}

pub(super) fn png(kind: &str) -> Raw {
    Raw::bytes(PNG).typed(kind)
}

/// The photo is this from now on.
pub(super) fn sends(world: &HostileWorld, raw: Raw) {
    world.api.script(|script| script.answers.insert("/photos/7".into(), raw));
}

/// The attributes of each image of a page, as written.
fn images(body: &str) -> Vec<&str> {
    body.split("<img ").skip(1).filter_map(|rest| rest.split('>').next()).collect()
}

/// The addresses of the images of a page.
pub(super) fn sources(body: &str) -> Vec<String> {
    let source =
        |image: &str| image.split("src=\"").nth(1)?.split('"').next().map(|src| src.replace("&amp;", "&"));
    images(body).into_iter().filter_map(source).collect()
}

/// A request of the browser for an image of the page.
pub(super) async fn load(browser: &mut Browser<'_>, address: &str) -> Page {
    let headers = [
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-dest", "image"),
        ("sec-fetch-site", "same-origin"),
        ("accept", "image/avif,image/webp,image/*,*/*;q=0.8"),
    ];
    browser.send(Method::GET, address, &headers, None).await
}

pub(super) fn is_image(page: &Page, kind: &str) -> bool {
    page.status == StatusCode::OK
        && page.header("content-type") == kind
        && page.header("cache-control") == "private, max-age=600"
        && is_safe(page)
}

/// Whatever it is, a browser does nothing with it but show it.
fn is_safe(page: &Page) -> bool {
    page.header("x-content-type-options") == "nosniff"
        && page.header("content-security-policy").contains("sandbox")
        && page.header("cross-origin-resource-policy") == "same-origin"
        && page.headers.get("set-cookie").is_none()
}

/// The box stays: a transparent image with the status of the failure, which is not kept.
pub(super) fn is_placeholder(page: &Page, status: StatusCode) -> bool {
    page.status == status
        && page.header("content-type") == "image/gif"
        && page.header("cache-control") == "no-store"
        && page.body.starts_with("GIF89a")
        && page.body.len() < 100
        && is_safe(page)
}

#[tokio::test]
async fn im_01_images_of_the_api_are_requested_with_the_token_and_shown_in_boxes() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/people").await;
    let table = images(part(&page.body, 0));
    assert_eq!(table.len(), 2, "{table:?}");
    for (image, parts) in [
        (table[0], ["class=\"cell-image round\"", "width=\"32\"", "height=\"32\"", "alt=\"Ada &lt;b&gt;\""]),
        (
            table[1],
            [
                "data-size=\"medium\"",
                "width=\"96\"",
                "height=\"96\"",
                "alt=\"Card of Ada &lt;b&gt;, Bergen\"",
            ],
        ),
    ] {
        for part in parts.into_iter().chain([
            "loading=\"lazy\"",
            "decoding=\"async\"",
            "src=\"/boards/people/images/p0?",
        ]) {
            assert!(image.contains(part), "{part}: {image}");
        }
    }
    let list = part(&page.body, 1);
    assert!(list.contains("alt=\"Ada &lt;b&gt;\"") && list.matches("cell-image").count() == 2, "{list}");
    let facts = part(&page.body, 2);
    assert!(facts.contains("alt=\"Portrait\"") && facts.contains("<dd class=\"word\">\u{2013}"), "{facts}");
    for address in ["/photos/7", "photos%2F7", "cards/7", "cards%2F7"] {
        assert!(!page.body.contains(address), "the page names {address}");
    }
    assert!(page.header("content-security-policy").contains("img-src 'self'"));

    let before = world.api.calls().len();
    let all = sources(&page.body);
    assert_eq!(all.len(), 4, "{all:?}");
    for source in &all {
        let image = load(&mut browser, source).await;
        assert!(is_image(&image, "image/png"), "{image:?}");
        assert_eq!(image.body, String::from_utf8_lossy(PNG));
    }
    let calls = world.api.calls().split_off(before);
    let paths: Vec<_> = calls.iter().map(|call| (call.path.as_str(), call.query.as_str())).collect();
    assert_eq!(paths, [("/photos/7", ""), ("/cards/7", "v=2"), ("/photos/7", ""), ("/photos/7", "")]);
    for call in &calls {
        assert!(world.provider.owner(call.token()).is_some(), "{call:?}");
        assert!(call.headers.get("cookie").is_none() && call.headers.get("referer").is_none());
    }

    // A panel that is fetched again has the same addresses, so that the browser's copies are used.
    let again = panel(&mut browser, "people", 0, "").await;
    assert_eq!(sources(&again.body), all[..2]);
    let row = browser.open("/boards/people/rows/p0?key=7").await;
    assert_eq!(sources(&row.body), all[..2]);
    assert!(row.body.contains("alt=\"Ada &lt;b&gt;\""), "{}", row.body);
    let csv = browser.get("/boards/people/csv/p0").await;
    assert!(csv.body.contains("\"Ada <b>\",\"/photos/7\",\"cards/7?v=2\""), "{}", csv.body);
}

#[tokio::test]
async fn im_01_an_address_of_the_api_may_be_complete_and_a_fresh_token_is_used() {
    let world = world().await;
    has_photo(&world, &format!("{}/photos/7", world.api.origin()));
    let (mut browser, page) = world.signed_in("/boards/others").await;
    let source = &sources(&page.body)[0];
    assert!(is_image(&load(&mut browser, source).await, "image/png"));
    let used = world.api.calls().last().unwrap().token().to_owned();
    world.api.script(|script| script.refused.insert(used.clone()));
    world.api.script(|script| script.answers.remove("/photos/7"));
    let refused = world.api.calls().len();
    let image = load(&mut browser, source).await;
    let calls = world.api.calls().split_off(refused);
    assert_eq!(calls.len(), 2, "once with the refused token, once with another: {image:?}");
    assert!(calls[0].token() == used && calls[1].token() != used);
}

#[tokio::test]
async fn im_02_a_sealed_address_belongs_to_session_board_panel_and_column() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/people").await;
    let all = sources(&page.body);
    let source = &all[0];
    assert!(is_image(&load(&mut browser, source).await, "image/png"));
    let before = world.api.calls().len();
    let (path, sealed) = source.split_once("image=").unwrap();
    let mut others = vec![
        source.replace("/people/images/", "/others/images/"),
        source.replace("/images/p0", "/images/p1"),
        source.replace("/images/p0", "/images/p9"),
        source.replace("/people/images/", "/nothing/images/"),
        source.replace("column=photo", "column=card"),
        source.replace("column=photo", "column=name"),
        source.replace("column=photo", "column="),
        source.replace("column=photo&", ""),
        format!("{path}image="),
        format!("{path}image=/photos/7"),
        format!("{path}image={}", &sealed[..sealed.len() - 2]),
        format!("{path}image={sealed}A"),
        format!("{path}image={}", sealed.to_lowercase()),
        path.trim_end_matches('&').to_owned(),
        "/boards/people/images/p0".to_owned(),
        "/boards/people/images/%FF?column=photo&image=x".to_owned(),
    ];
    for at in [0, 10, 40, sealed.len() - 1] {
        let mut changed = sealed.as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        others.push(format!("{path}image={}", String::from_utf8(changed).unwrap()));
    }
    for other in &others {
        let page = load(&mut browser, other).await;
        assert!(is_placeholder(&page, StatusCode::NOT_FOUND), "{other}: {page:?}");
    }
    // The same user in another session, and another user.
    let (mut second, page) = world.signed_in("/boards/people").await;
    assert_ne!(sources(&page.body)[0], *source);
    assert!(is_placeholder(&load(&mut second, source).await, StatusCode::NOT_FOUND));
    let (mut mei, _) = world.signed_in_as("mei", "Mei", "/account").await;
    assert!(is_placeholder(&load(&mut mei, source).await, StatusCode::NOT_FOUND));
    let photos = world.api.calls().split_off(before);
    assert!(photos.iter().all(|call| !call.path.starts_with("/photos")), "{photos:?}");
    assert!(is_image(&load(&mut browser, source).await, "image/png"), "the right one still works");
}

#[tokio::test]
async fn im_02_images_need_the_session_and_the_access_of_their_board() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/people").await;
    let source = sources(&page.body)[0].clone();
    let before = world.api.calls().len();
    let locked = load(&mut browser, &source.replace("/people/", "/locked/")).await;
    assert!(is_placeholder(&locked, StatusCode::FORBIDDEN), "{locked:?}");
    let mut stranger = world.browser();
    let refused = load(&mut stranger, &source).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{refused:?}");
    assert!(refused.headers.get("location").is_none() && !refused.body.contains("GIF89a"), "{refused:?}");
    // Opened in a tab, it is a page with words.
    let opened = browser.get(&source.replace("column=photo", "column=card")).await;
    assert_eq!(opened.status, StatusCode::NOT_FOUND);
    assert!(opened.header("content-type").starts_with("text/html"), "{opened:?}");
    browser.post("/auth/sign-out", &[("reach", "only-here")]).await;
    let after = load(&mut browser, &source).await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED, "{after:?}");
    assert_eq!(world.api.calls().len(), before, "nothing was requested");
}
