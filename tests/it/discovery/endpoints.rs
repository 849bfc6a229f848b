//! The allowed endpoints in metadata: `https`, not on this machine or network, and no redirects (JD-03, JD-04).

use crate::{
    discovery::{A_MOMENT, accepted, honest_again, refused},
    support::{
        Heard,
        hostile::{At, Authority, HostileWorld, Listener, Raw},
    },
};

const ENDPOINTS: [&str; 6] = [
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "end_session_endpoint",
    "revocation_endpoint",
];

/// Checks that each of these URLs is refused for each endpoint, with the endpoint's name.
async fn all_are_refused(world: &HostileWorld, heard: &Heard, urls: &[(&str, &str)]) {
    for (url, why) in urls {
        for field in ENDPOINTS {
            world.provider.script(|script| script.metadata.set(field, *url));
            refused(world, heard, &["misconfigured", field, why], &format!("{field} {url}")).await;
            world.provider.be_honest();
            world.advance(A_MOMENT);
        }
    }
    assert_eq!(world.provider.count(At::Authorization), 0);
}

#[tokio::test]
async fn jd_03_jd_04_what_metadata_of_an_https_issuer_may_name() {
    let authority = Authority::generate();
    let [provider, api] = [(); 2].map(|()| authority.identity("localhost"));
    let world = HostileWorld::over_tls(&authority, provider, api, "ca_file = \"FOLDER/ca.pem\"\n").await;
    let (heard, listener) = (Heard::begin(), Listener::bind().await);
    let (not_https, inward) = ("is not https", "is an address of this machine or of a private network");
    all_are_refused(
        &world,
        &heard,
        &[
            (&listener.origin().replace("127.0.0.1", "localhost"), not_https),
            (&format!("{}/x", world.provider.origin().replace("https:", "http:")), not_https),
            ("http://login.example/x", not_https),
            ("file:///etc/passwd", not_https),
            ("ftp://login.example/x", not_https),
            ("https://169.254.169.254/latest/meta-data", inward),
            ("https://10.0.0.1/x", inward),
            ("https://192.168.1.1/x", inward),
            ("https://100.64.0.1/x", inward),
            ("https://[fd00::1]/x", inward),
            ("https://[::ffff:169.254.169.254]/x", inward),
        ],
    )
    .await;
    assert_eq!(listener.hits(), 0);
    accepted(&world, "its own endpoints").await;
    // The issuer is on this machine, so other endpoints may be as well.
    let keys = world.provider.origin().replace("localhost", "127.0.0.1");
    world.provider.script(|script| script.metadata.set("end_session_endpoint", keys));
    world.advance(600);
    accepted(&world, "another name of this machine").await;
}

#[tokio::test]
async fn jd_03_plain_http_is_for_an_issuer_on_loopback_and_stays_there() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    all_are_refused(
        &world,
        &heard,
        &[
            ("http://login.example/x", "is not https"),
            ("http://10.0.0.1/x", "is not https"),
            ("http://localhost.example/x", "is not https"),
            ("https://10.0.0.1/x", "is an address of this machine or of a private network"),
        ],
    )
    .await;
    honest_again(&world, "loopback").await;
}

#[tokio::test]
async fn jd_04_documents_are_not_looked_for_where_a_redirect_leads() {
    let (world, heard) = (HostileWorld::start().await, Heard::begin());
    let listener = Listener::bind().await;
    // The second document is complete, and would be accepted if the redirect were followed.
    let good = format!("{}/tenant/.well-known/openid-configuration", world.provider.origin());
    let good_keys = format!("{}/keys/elsewhere", world.provider.origin());
    for status in [301, 302, 303, 307, 308] {
        for (at, to) in [
            (At::Discovery, listener.origin()),
            (At::Discovery, &good),
            (At::Keys, listener.origin()),
            (At::Keys, &good_keys),
        ] {
            let case = format!("{status} at {at:?} to {to}");
            // The cache has expired.
            world.advance(2 * 86_400);
            world.provider.script(|script| script.instead.insert(at, Raw::redirect(status, to)));
            refused(&world, &heard, &["misconfigured", &format!("status {status}")], &case).await;
            world.provider.be_honest();
            world.advance(A_MOMENT);
        }
    }
    assert_eq!(listener.hits(), 0);
    let went = |path: &str| world.provider.everything().iter().any(|seen| seen.path.starts_with(path));
    assert!(!went("/tenant") && !went("/keys/"), "nor where all is well");
    accepted(&world, "at its own address").await;
}
