//! Redirects are not followed (OP-03): a 307 or 308 would send code, verifier, secret and tokens to any host that it
//! names.

use super::{drive, is_borne};
use crate::support::hostile::{At, HostileWorld, Listener, Raw};

#[tokio::test]
async fn op_03_no_endpoint_leads_on() {
    let listener = Listener::bind().await;
    for at in [At::Discovery, At::Keys, At::CodeExchange, At::UserInfo, At::Refresh, At::Revocation] {
        for status in [301, 302, 303, 307, 308] {
            let world = HostileWorld::start().await;
            let (mut browser, _) = world.signed_in("/account").await;
            // To another host, and to the same one.
            let to = if status % 2 == 0 { world.provider.origin() } else { listener.origin() };
            let to = format!("{to}/elsewhere");
            world.provider.script(|script| script.instead.insert(at, Raw::redirect(status, &to)));
            let before = world.provider.count(at);
            let page = drive(&world, at, &mut browser).await;
            assert!(is_borne(at, &page), "{status} at {at:?}: {} {}", page.status, page.body);
            world.drained().await;
            assert!(world.provider.count(at) > before, "{status} at {at:?}: it was asked");
            assert_eq!((listener.hits(), world.provider.count(At::Elsewhere)), (0, 0), "{status} at {at:?}");
        }
    }
}
