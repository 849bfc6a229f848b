//! The provider's documents: metadata and keys, over real HTTP. Each refused variant is next to an accepted one. The
//! OpenID Foundation's test modules are referred to by name.

mod documents;
mod endpoints;
mod faults;
mod issuers;
mod key_sets;
mod logout_tokens;
mod odd;
mod rotation;
mod tls;

use axum::http::StatusCode;

use crate::support::{
    Heard, Page,
    hostile::{At, HostileWorld},
};

/// Longer than the cooldown after failures.
const A_MOMENT: i64 = 3;
/// How long a document is fresh.
const TEN_MINUTES: i64 = 600;

/// Tries to sign in, which must fail: a problem page with a reference, which is in the log beside each of these texts;
/// nobody is signed in, and no token is used.
async fn refused(world: &HostileWorld, heard: &Heard, why: &[&str], case: &str) -> Page {
    let used = || (world.provider.count(At::UserInfo), world.api.calls().len());
    let before = used();
    let mut browser = world.browser();
    let page = browser.open("/boards/orders").await;
    assert!(page.is_of_app(), "{case}: {}", page.url);
    assert!(
        [StatusCode::SERVICE_UNAVAILABLE, StatusCode::BAD_GATEWAY].contains(&page.status),
        "{case}: {} {}",
        page.status,
        page.body
    );
    assert!(!browser.at_app.contains_key("claimcheck"), "{case}: there is a session");
    assert_eq!(used(), before, "{case}: a token was used");
    let reference = page.header("x-request-id");
    assert!(!reference.is_empty() && page.body.contains(reference), "{case}: no reference");
    let mut texts = vec!["sign-in failed", reference];
    texts.extend(why);
    assert!(heard.has(&texts), "{case}: {:?}", heard.lines(&[reference]));
    page
}

/// Signs in successfully.
async fn accepted(world: &HostileWorld, case: &str) {
    let (browser, page) = world.signed_in("/boards/orders").await;
    assert!(page.status == StatusCode::OK && page.is_of_app(), "{case}: {} {}", page.status, page.body);
    assert!(browser.at_app.contains_key("claimcheck") && page.body.contains("Customer of"), "{case}");
}

/// The provider is honest again, and the cooldown has passed.
async fn honest_again(world: &HostileWorld, case: &str) {
    world.provider.be_honest();
    world.advance(A_MOMENT);
    accepted(world, case).await;
}
