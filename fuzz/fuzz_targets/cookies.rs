//! Any `Cookie` headers, on pages, fetches and posts, over https and http: nothing that is sent signs anyone in, and no
//! value is taken over.
//!
//! One byte selects the request; the rest is one header per line, in which `SID` is replaced by the id of a running
//! session with one change.
#![no_main]

use std::cell::RefCell;

use axum::{
    body::Body,
    http::{HeaderValue, header},
};
use claimcheck_fuzz::{
    browser,
    world::{SESSION, World},
};
use libfuzzer_sys::fuzz_target;

struct Both {
    http: World,
    https: World,
    /// The session id at each.
    ids: [String; 2],
}

thread_local!(static BOTH: RefCell<Both> = RefCell::new({
    let (http, https) = (World::with(""), World::https());
    let ids = [http.sign_in(), https.sign_in()];
    Both { http, https, ids }
}));

const ADDRESSES: [&str; 8] = [
    "/",
    "/account",
    "/sessions",
    "/boards/orders",
    "/auth/sign-in?return_to=/account",
    "/auth/callback?code=a&state=b",
    "/auth/events",
    "/no-such-page",
];
const POSTS: [&str; 4] =
    ["/auth/sign-out", "/api/stay_signed_in", "/api/end_other_sessions", "/api/refresh_account"];
const FETCHES: [&str; 4] =
    ["/api/session", "/api/panel?board=orders&panel=orders", "/api/account", "/auth/events"];

fuzz_target!(|data: &[u8]| {
    let Some((&[how, place, with], text)) = data.split_first_chunk::<3>() else { return };
    BOTH.with_borrow_mut(|both| {
        let is_https = how & 1 != 0;
        let (world, id) = match is_https {
            true => (&mut both.https, &mut both.ids[1]),
            false => (&mut both.http, &mut both.ids[0]),
        };
        if world.wears() {
            *id = world.sign_in();
        }
        let mut wrong = id.clone().into_bytes();
        let place = usize::from(place) % wrong.len();
        let with = if with.is_ascii_alphanumeric() || b"-_".contains(&with) { with } else { b'A' };
        wrong[place] = if wrong[place] == with { b'-' } else { with };
        let wrong = String::from_utf8(wrong).unwrap();
        if wrong == *id {
            return;
        }
        ask(world, is_https, how >> 1, &wrong, text, id);
    });
});

fn ask(world: &World, is_https: bool, what: u8, wrong: &str, text: &[u8], id: &str) {
    let (kind, which) = (what % 4, usize::from(what / 4));
    let mut request = match kind {
        0 | 1 => browser::navigation(ADDRESSES[which % 8]),
        2 => browser::fetch(FETCHES[which % 4]),
        _ => browser::post(POSTS[which % 4]),
    }
    .body(Body::empty())
    .unwrap();
    let mut sent = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        let mut line = line.to_vec();
        while let Some(at) = line.windows(3).position(|window| window == b"SID") {
            line.splice(at..at + 3, wrong.bytes());
        }
        // The session's own id is not an attack.
        if String::from_utf8_lossy(&line).contains(id) {
            return;
        }
        if let Ok(value) = HeaderValue::from_bytes(&line) {
            request.headers_mut().append(header::COOKIE, value);
            sent.push(line);
        }
    }
    if is_https {
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("localhost"));
    }
    let page = world.ask(request);
    let session = if is_https { "__Host-claimcheck" } else { SESSION };
    page.check_at(world.public_url(), &format!("{}/authorize?", world.upstream.origin()));
    assert!(page.status < 500, "{page:?}");
    assert!(page.sets(session).is_empty(), "a session cookie is set: {page:?}");
    // Nobody is signed in, so everything that requires a session is refused.
    // Without a session, an event stream ends before it starts.
    let is_refused = matches!(page.status, 204 | 303 | 401 | 403);
    match (kind, ADDRESSES[which % 8]) {
        (0 | 1, "/account" | "/sessions" | "/boards/orders") => assert!(is_refused, "{page:?}"),
        (0 | 1, _) => assert!(!page.body.contains("p-ada"), "{page:?}"),
        (2, _) => assert!(is_refused, "{page:?}"),
        (_, _) => assert!(is_refused, "{page:?}"),
    }
    // The browser-binding cookie has one form, without further attributes.
    let name = if is_https { "__Host-claimcheck-browser" } else { "claimcheck-browser" };
    for line in page.headers.get_all(header::SET_COOKIE) {
        let line = line.to_str().unwrap();
        let (found, rest) = line.split_once('=').unwrap();
        assert!(found == name || (found == session && line.contains("Max-Age=0")), "{line}");
        if found == name && !line.contains("Max-Age=0") {
            let value = rest.split(';').next().unwrap();
            assert!(
                value.len() == 22
                    && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
                "{line}"
            );
            assert_eq!(line.matches(';').count(), if is_https { 5 } else { 4 }, "{line}");
        }
        assert_eq!(line.contains("; Secure"), is_https, "{line}");
    }
}
