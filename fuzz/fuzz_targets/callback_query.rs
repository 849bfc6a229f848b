//! Any query to the redirect URI, from the right browser and others, also with a genuine `state` that was damaged. The
//! provider's code is never valid here, so nobody is ever signed in.
//!
//! Three bytes select the faults of the browser and the `state`; the rest is the query, in which `STATE` and `ISS` are
//! replaced by the valid values.
#![no_main]

use std::cell::RefCell;

use axum::{body::Body, http::Uri};
use claimcheck_fuzz::{
    MARK, browser,
    world::{BROWSER, COAT, SESSION, World},
};
use libfuzzer_sys::fuzz_target;
use url::form_urlencoded;

thread_local!(static WORLD: RefCell<World> = RefCell::new(World::with("")));

fuzz_target!(|data: &[u8]| {
    let Some((&[how, place, with], text)) = data.split_first_chunk::<3>() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    WORLD.with_borrow_mut(|world| ask(world, how, place, with, text));
});

fn ask(world: &mut World, how: u8, place: u8, with: u8, text: &str) {
    world.wears();
    let genuine = world.state();
    let mut state = genuine.clone().into_bytes();
    if how & 4 != 0 {
        let place = usize::from(place) % state.len();
        state[place] = if with.is_ascii_alphanumeric() { with } else { b'A' };
    }
    if how & 8 != 0 {
        state.truncate(usize::from(place));
    }
    let state = String::from_utf8(state).unwrap();
    let iss: String = form_urlencoded::byte_serialize(world.upstream.origin().as_bytes()).collect();
    let mut query = text.to_owned();
    for (from, to) in [("%3C", "%3c"), ("%3c", &format!("%3C{MARK}")), ("%22", &format!("%22{MARK}"))] {
        query = query.replace(from, to);
    }
    let query = browser::marked(&query).replace("STATE", &state).replace("ISS", &iss);
    let path = format!("/auth/callback?{query}");
    let Ok(uri) = path.parse::<Uri>() else { return };
    let query = uri.query().unwrap_or_default().to_owned();
    let cookie = match how & 3 {
        0 | 1 => format!("{BROWSER}={COAT}"),
        2 => format!("{BROWSER}=BAAAAAAAAAAAAAAAAAAAAA"),
        _ => String::new(),
    };
    let is_our_browser = how & 3 < 2;
    let mut request = if how & 16 == 0 { browser::navigation(&path) } else { browser::fetch(&path) };
    if !cookie.is_empty() {
        request = request.header("cookie", cookie);
    }
    let Ok(request) = request.body(Body::empty()) else { return };

    let before = world.upstream.token_requests();
    let page = world.ask(request);
    page.check(&format!("{}/authorize?", world.upstream.origin()));
    assert!(page.sets(SESSION).is_empty(), "signed in: {page:?}");
    assert!(page.cookies().iter().all(|name| name == BROWSER), "{page:?}");
    assert_eq!(page.header("referrer-policy"), "no-referrer");

    // Only an exact response to this request leads to a token request, and to one only.
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let all = |name: &str| {
        pairs.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    let is_well_formed =
        ["code", "state", "iss", "error", "error_description"].iter().all(|name| all(name).len() <= 1);
    let is_right = is_well_formed
        && is_our_browser
        && all("state") == [genuine.as_str()]
        && all("iss") == [world.upstream.origin()]
        && all("error").is_empty()
        && all("code").first().is_some_and(|code| !code.is_empty());
    let asked = world.upstream.token_requests() - before;
    assert_eq!(asked, usize::from(is_right), "{query}");
}
