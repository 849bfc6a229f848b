//! Images of other hosts, answers that are no images, and images that are too large, too slow or too many.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use futures::future::join_all;

use super::{
    images::{
        BOARDS, PNG, has_photo, is_image, is_placeholder, load, png, sends, sources, world, world_with,
    },
    part,
};
use crate::support::{
    Browser, Heard,
    hostile::{Authority, ForwardProxy, HostileApi, HostileWorld, Raw},
};

#[tokio::test]
async fn im_03_other_hosts_get_no_token_and_only_those_of_the_settings_are_asked() {
    let authority = Authority::generate();
    let proxy = ForwardProxy::bind(None).await;
    let settings = format!(
        "ca_file = \"FOLDER/ca.pem\"\nproxy = \"http://{}\"\nno_proxy = \"localhost\"\n\
         image_hosts = \"images.example.com\"\n[api_headers]\nX-Api-Key = \"canary-of-the-settings\"\n{BOARDS}",
        proxy.address()
    );
    let [provider, api] = [(); 2].map(|()| authority.identity("localhost"));
    let world = HostileWorld::over_tls(&authority, provider, api, &settings).await;
    let host =
        HostileApi::bind_as(world.provider.clone(), Some(authority.identity("images.example.com"))).await;
    proxy.lead(
        "images.example.com:443",
        host.origin().trim_start_matches("https://").replace("localhost", "127.0.0.1").as_str(),
    );
    host.script(|script| script.instead = Some(png("text/plain").with("set-cookie", "a=b")));
    has_photo(&world, "https://images.example.com/a.png?s=48#x");
    let (mut browser, page) = world.signed_in("/boards/others").await;
    let source = sources(&page.body)[0].clone();
    assert!(!page.body.contains("images.example.com"), "the page names the host");
    let image = load(&mut browser, &source).await;
    assert!(is_image(&image, "image/png"), "{image:?} {:?}", proxy.seen());
    let calls = host.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].path.as_str(), calls[0].query.as_str()), ("/a.png", "s=48"));
    for name in ["authorization", "cookie", "referer", "origin", "x-api-key"] {
        assert!(calls[0].headers.get(name).is_none(), "{name}");
    }
    host.script(|script| script.instead = Some(Raw::redirect(302, "https://images.example.com/b.png")));
    assert!(is_placeholder(&load(&mut browser, &source).await, StatusCode::BAD_GATEWAY));
    assert_eq!(host.calls().len(), 2, "a redirect is not followed");
    host.script(|script| script.instead = Some(Raw::text(404, "text/html", "nothing")));
    assert!(is_placeholder(&load(&mut browser, &source).await, StatusCode::NOT_FOUND));
    host.script(|script| script.instead = Some(Raw::text(401, "text/html", "sign in")));
    assert!(is_placeholder(&load(&mut browser, &source).await, StatusCode::BAD_GATEWAY));

    let (seen, asked) = (proxy.seen().len(), host.calls().len());
    for (address, host) in [
        ("https://evil.example/a.png", "evil.example"),
        ("http://images.example.com/a.png", "images.example.com"),
        ("https://images.example.com:8443/a.png", "images.example.com"),
        ("https://ada@images.example.com/a.png", "images.example.com"),
        ("//169.254.169.254/latest/meta-data", "169.254.169.254"),
    ] {
        has_photo(&world, address);
        let heard = Heard::begin();
        let (mut fresh, _) = world.signed_in("/account").await;
        let page = fresh.open("/boards/others").await;
        let table = part(&page.body, 0);
        // The box and its text are there, but no image.
        assert!(table.contains("role=\"img\"") && table.contains("aria-label=\"Ada &lt;b&gt;\""), "{table}");
        assert!(sources(table).iter().all(|source| source.contains("column=card")), "{address}: {table}");
        let lines = heard.lines(&["image not requested"]);
        assert_eq!(lines.len(), 1, "{address}: {lines:?}");
        for part in ["board=\"others\"", "panel=\"p0\"", "column=\"photo\"", &format!("host=\"{host}\"")] {
            assert!(lines[0].contains(part), "{part}: {lines:?}");
        }
        assert!(!lines[0].contains("a.png") && !lines[0].contains("ada@"), "{lines:?}");
    }
    assert_eq!((proxy.seen().len(), host.calls().len()), (seen, asked), "nothing was requested");
}

#[tokio::test]
async fn im_04_only_bytes_of_images_are_passed_on_whatever_their_type_says() {
    let world = world().await;
    let (mut browser, page) = world.signed_in("/boards/people").await;
    let source = sources(&page.body)[0].clone();
    let avif = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf".to_vec();
    for (bytes, kind, shown) in [
        (PNG.to_vec(), "text/html", "image/png"),
        (PNG.to_vec(), "image/svg+xml", "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), "image/png", "image/jpeg"),
        (b"GIF89a<script>".to_vec(), "image/gif", "image/gif"),
        (b"RIFF\x04\0\0\0WEBPVP8 ".to_vec(), "application/json", "image/webp"),
        (avif, "image/avif", "image/avif"),
    ] {
        sends(&world, Raw::bytes(bytes).typed(kind));
        let image = load(&mut browser, &source).await;
        assert!(is_image(&image, shown), "{kind}: {image:?}");
    }
    for control in ["no-store", "private, no-cache"] {
        sends(&world, png("image/png").with("cache-control", control));
        let image = load(&mut browser, &source).await;
        assert_eq!((image.status, image.header("cache-control")), (StatusCode::OK, "no-store"), "{control}");
    }
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    for (kind, body) in [
        ("image/png", svg),
        ("image/svg+xml", svg),
        ("image/png", "<?xml version=\"1.0\"?><svg/>"),
        ("image/png", "<!doctype html><script>alert(1)</script>"),
        ("image/png", " \u{89}PNG"),
        ("image/png", "%PDF-1.7"),
        ("image/bmp", "BM\0\0\0\0\0\0"),
        ("image/x-icon", "\0\0\x01\0\x01\0"),
        ("image/png", ""),
        ("application/json", "{}"),
    ] {
        sends(&world, Raw::bytes(body.as_bytes().to_vec()).typed(kind));
        let page = load(&mut browser, &source).await;
        assert!(is_placeholder(&page, StatusCode::BAD_GATEWAY), "{kind} {body}: {page:?}");
        assert!(!page.body.contains("alert"));
    }
}

#[tokio::test]
async fn im_04_images_that_are_large_slow_or_carry_a_token_are_not_passed_on() {
    let world = world_with("api_timeout = \"1s\"\n").await;
    world.provider.script(|script| script.texts.access_token = "a-text-nobody-else-has-".into());
    let (mut browser, page) = world.signed_in("/boards/people").await;
    let source = sources(&page.body)[0].clone();
    let begin = "GIF89a";
    let of_size = |bytes: usize| {
        let mut image = PNG.to_vec();
        image.resize(bytes, 0);
        Raw::bytes(image).typed("image/png")
    };
    sends(&world, of_size(1 << 20));
    assert!(is_image(&load(&mut browser, &source).await, "image/png"), "exactly as large as allowed");
    for (raw, status) in [
        (of_size((1 << 20) + 1), StatusCode::BAD_GATEWAY),
        (Raw::endless_of(begin), StatusCode::BAD_GATEWAY),
        (Raw::endless(), StatusCode::BAD_GATEWAY),
        (Raw::silent_after(begin), StatusCode::BAD_GATEWAY),
        (Raw::drip(), StatusCode::BAD_GATEWAY),
        (Raw::broken_off(begin), StatusCode::BAD_GATEWAY),
        (Raw::hang_up(), StatusCode::BAD_GATEWAY),
        (Raw::gzip(PNG).typed("image/png"), StatusCode::BAD_GATEWAY),
        (Raw::text(200, "image/gif", "GIF89a {echo}"), StatusCode::BAD_GATEWAY),
        (Raw::redirect(302, "http://169.254.169.254/latest"), StatusCode::BAD_GATEWAY),
        (Raw::redirect(301, "/cards/7"), StatusCode::BAD_GATEWAY),
        (Raw::text(404, "image/png", "\u{89}PNG"), StatusCode::NOT_FOUND),
        (Raw::text(204, "image/png", ""), StatusCode::NOT_FOUND),
        (Raw::text(403, "text/html", "no"), StatusCode::FORBIDDEN),
        (Raw::text(500, "text/html", "broken"), StatusCode::BAD_GATEWAY),
    ] {
        let text = format!("{raw:.100?}");
        sends(&world, raw);
        let begun = Instant::now();
        let page = load(&mut browser, &source).await;
        assert!(is_placeholder(&page, status), "{text:.100}: {page:?}");
        assert!(begun.elapsed() < Duration::from_secs(9), "{text:.100}: {:?}", begun.elapsed());
        assert!(!world.api.calls().iter().any(|call| call.path.contains("latest")));
    }
    sends(&world, png("image/png"));
    assert!(is_image(&load(&mut browser, &source).await, "image/png"), "it recovers");
}

#[tokio::test]
async fn im_05_a_session_reads_eight_images_at_a_time_and_the_others_wait_for_their_turn() {
    let world = world().await;
    let (browser, page) = world.signed_in("/boards/people").await;
    let source = sources(&page.body)[0].clone();
    world.api.script(|script| script.delays.insert("/photos/7".into(), Duration::from_millis(300)));
    let begun = Instant::now();
    let loads = (0..24).map(|_| {
        let mut tab = Browser::new(&world.app);
        tab.at_app = browser.at_app.clone();
        let source = source.clone();
        async move { load(&mut tab, &source).await }
    });
    let all = join_all(loads).await;
    for image in &all {
        assert!(is_image(image, "image/png"), "{image:?}");
    }
    assert!(begun.elapsed() >= Duration::from_millis(850), "{:?}: three times eight", begun.elapsed());
    assert_eq!(world.services.budget.images.count(), 0, "all places are free again");
}
