//! A provider and an API over TLS (JD-03): accepted with a certificate of a trusted authority, for the right name and
//! time, with TLS 1.2 or newer. Tests cannot get certificates of public authorities, so they use a private one.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{TEN_MINUTES, accepted, refused};
use crate::support::{
    Heard,
    hostile::{At, Authority, HostileWorld, Identity},
};

const TRUSTED: &str = "ca_file = \"FOLDER/ca.pem\"\n";
const PANEL: &str = "/api/panel_when_ready?board=orders&panel=orders";

#[tokio::test]
async fn jd_03_a_private_authority_is_trusted_where_it_is_set() {
    let authority = Authority::generate();
    let name = "localhost";
    for (what, provider, api) in [
        ("newest", authority.identity(name), authority.identity(name)),
        ("TLS 1.2", authority.identity_for_tls_12(name), authority.identity_for_tls_12(name)),
    ] {
        let world = HostileWorld::over_tls(&authority, provider, api, TRUSTED).await;
        accepted(&world, what).await;
        // Requests to the provider without a user: a refresh, and a revocation.
        let (mut browser, _) = world.signed_in("/boards/orders").await;
        world.advance(121);
        assert!(browser.fetch(PANEL).await.body.contains("Customer of"));
        browser.post("/auth/sign-out", &[]).await;
        world.drained().await;
        assert_eq!(world.provider.count(At::Refresh), 1);
        assert!(world.provider.count(At::Revocation) > 0);
    }
}

#[tokio::test]
async fn jd_03_a_certificate_that_proves_nothing_is_refused() {
    let (authority, stranger) = (Authority::generate(), Authority::generate());
    let name = "localhost";
    for (what, settings, identity, why) in [
        ("nobody said that the authority is trusted", "", authority.identity(name), "UnknownIssuer"),
        ("another authority", TRUSTED, stranger.identity(name), "UnknownIssuer"),
        ("of its own", TRUSTED, Identity::self_signed(name), "UnknownIssuer"),
        ("another name", TRUSTED, authority.identity("login.example"), "not valid for name"),
        ("an address for a name", TRUSTED, authority.identity("127.0.0.1"), "not valid for name"),
        ("expired", TRUSTED, authority.expired_identity(name), "expired"),
    ] {
        let heard = Heard::begin();
        let world = HostileWorld::over_tls(&authority, identity, authority.identity(name), settings).await;
        refused(&world, &heard, &["provider_unavailable", "certificate", why], what).await;
        assert_eq!(world.provider.everything().len(), 0, "{what}: nothing was said to it");
    }
}

#[tokio::test]
async fn jd_03_an_api_that_cannot_prove_itself_gets_no_token() {
    let authority = Authority::generate();
    let name = "localhost";
    for (what, identity) in [
        ("another name", authority.identity("api.example")),
        ("of its own", Identity::self_signed(name)),
        ("expired", authority.expired_identity(name)),
    ] {
        let world = HostileWorld::over_tls(&authority, authority.identity(name), identity, TRUSTED).await;
        let (mut browser, page) = world.signed_in("/account").await;
        assert!(page.status.is_success(), "{what}: the sign-in does not need it");
        assert!(browser.fetch(PANEL).await.body.contains("isn’t responding"), "{what}");
        assert_eq!(world.api.calls().len(), 0, "{what}");
    }
}

/// A ServerHello (RFC 4346 7.4.1.3) of that version, with ECDHE-ECDSA-AES128-CBC-SHA, which all versions have.
fn server_hello(version: [u8; 2]) -> Vec<u8> {
    let mut hello = version.to_vec();
    hello.extend([7; 32]);
    hello.extend([0, 0xc0, 0x09, 0, 0, 0]);
    let mut message = vec![2, 0, 0, u8::try_from(hello.len()).unwrap()];
    message.extend(hello);
    let mut record = vec![22, version[0], version[1], 0, u8::try_from(message.len()).unwrap()];
    record.extend(message);
    record
}

#[tokio::test]
async fn jd_03_tls_older_than_1_2_is_neither_offered_nor_taken() {
    for version in [[3, 0], [3, 1], [3, 2]] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let old = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut hello = vec![0; 4096];
            let length = stream.read(&mut hello).await.unwrap();
            hello.truncate(length);
            stream.write_all(&server_hello(version)).await.unwrap();
            let mut answer = Vec::new();
            drop(stream.read_to_end(&mut answer).await);
            (hello, answer)
        });
        let (mut world, heard) = (HostileWorld::start().await, Heard::begin());
        let issuer = |origin: &str| format!("issuer = \"{origin}\"");
        let from = issuer(world.provider.origin());
        world.restart_with(&from, &issuer(&origin)).await;
        refused(&world, &heard, &["provider_unavailable"], &format!("{version:?}")).await;
        let (hello, answer) = old.await.unwrap();
        // supported_versions (RFC 8446 4.2.1): 1.3 and 1.2 only.
        let offered = [0, 43, 0, 5, 4, 3, 4, 3, 3];
        assert!(hello.windows(offered.len()).any(|part| part == offered), "{hello:?}");
        assert_eq!((answer[0], &answer[5..]), (21, [2, 70].as_slice()), "fatal alert: protocol_version");
        world.advance(TEN_MINUTES);
    }
}
