//! Addresses of this machine and its network. A provider on the internet has no reason to send requests there (ASVS
//! 1.3.6, 15.3.2), neither by address nor by name.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Whether two URLs have the same host.
pub fn is_same_host(one: &Url, other: &Url) -> bool {
    one.host_str().is_some_and(|host| other.host_str() == Some(host))
}

/// Whether a URL points to this machine.
pub fn is_of_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Whether a URL names this machine or an address that is not public: as a literal, or as `localhost`.
pub fn is_of_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(ip)) => is_inward(ip.into()),
        Some(Host::Ipv6(ip)) => is_inward(ip.into()),
        None => true,
    }
}

/// RFC 6761 6.3: the name itself and everything below it, with or without the trailing dot.
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether an address is not a public one.
fn is_inward(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_inward_v4(ip),
        IpAddr::V6(ip) => is_inward_v6(ip) || embedded(ip).is_some_and(is_inward_v4),
    }
}

fn is_inward_v4(ip: Ipv4Addr) -> bool {
    let [first, second, third, _] = ip.octets();
    ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        // "This network" (RFC 1122 3.2.1.3) and the shared address space of carriers (RFC 6598).
        || first == 0
        || first == 100 && (64..128).contains(&second)
        // Protocol assignments (RFC 6890 2.2.2), benchmarks (RFC 2544), and reserved addresses (RFC 1112 4).
        || (first, second, third) == (192, 0, 0)
        || first == 198 && (18..20).contains(&second)
        || first >= 240
}

/// Whether an IPv6 address, apart from an IPv4 address in it, is not a public one.
fn is_inward_v6(ip: Ipv6Addr) -> bool {
    let [first, second, third, ..] = ip.segments();
    ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_unique_local()
        || ip.is_unicast_link_local()
        || ip.is_multicast()
        // Site-local addresses (RFC 3879), and the NAT64 prefix of a local network (RFC 8215).
        || first & 0xffc0 == 0xfec0
        || (first, second, third) == (0x64, 0xff9b, 1)
        // Teredo (RFC 4380): no provider is reached through it, and the address in it is of a NAT.
        || (first, second) == (0x2001, 0)
}

/// The IPv4 address in a mapped or compatible address (RFC 4291 2.5.5), in one with the well-known NAT64 prefix (RFC 6052
/// 2.1), or in one of 6to4 (RFC 3056 2).
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let (high, low) = match ip.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => (high, low),
        [0x2002, high, low, ..] => (high, low),
        _ => return None,
    };
    Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
}

/// A name that resolves to a private address and is not the configured one.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves to an address of this machine or of a private network")]
pub struct LeadsInward;

/// Resolves names for requests to a provider, and to hosts of images. The operator chose the issuer's name and those of
/// internal addresses, so they may resolve to any address. Other names may resolve to private addresses only if the
/// issuer's does. The addresses checked here are the ones that are connected to.
pub struct Resolver(Arc<Chosen>);

/// The addresses that the operator chose.
struct Chosen {
    issuer: Option<Url>,
    internal: Vec<Url>,
}

impl Resolver {
    pub fn new(issuer: Url, internal: Vec<Url>) -> Self {
        Self(Arc::new(Chosen { issuer: Some(issuer), internal }))
    }

    /// For requests of no provider: only the names of `internal` may resolve to private addresses.
    pub fn of_public(internal: Vec<Url>) -> Self {
        Self(Arc::new(Chosen { issuer: None, internal }))
    }
}

impl Chosen {
    fn names(&self, name: &str) -> bool {
        self.issuer.iter().chain(&self.internal).any(|url| url.host_str() == Some(name))
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let chosen = self.0.clone();
        Box::pin(async move {
            let found = look_up(name.as_str()).await?;
            let leads_inward = found.iter().any(|address| is_inward(address.ip()));
            let is_issuer_within = async || match &chosen.issuer {
                Some(issuer) => is_within(issuer).await,
                None => false,
            };
            if leads_inward && !chosen.names(name.as_str()) && !is_issuer_within().await {
                return Err(LeadsInward.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

async fn look_up(name: &str) -> std::io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}

/// Whether the issuer itself is on this machine or network.
async fn is_within(issuer: &Url) -> bool {
    match issuer.host() {
        Some(Host::Domain(name)) => {
            look_up(name).await.is_ok_and(|found| found.iter().any(|address| is_inward(address.ip())))
        }
        _ => is_of_here(issuer),
    }
}

#[cfg(test)]
mod tests {
    use std::{str::FromStr, time::Duration};

    use super::*;
    use crate::http_out::{HttpOut, HttpOutError, HttpSettings};

    #[test]
    fn jd_04_addresses_of_this_machine_and_network_are_known() {
        for url in [
            "https://127.0.0.1/k",
            "https://2130706433/k",
            "https://0x7f.1/k",
            "https://0.0.0.0/",
            "https://localhost/k",
            "https://LOCALHOST./k",
            "https://keys.localhost/k",
            "https://10.1.2.3/",
            "https://172.31.0.1/",
            "https://192.168.0.1/",
            "https://100.64.0.1/",
            "https://169.254.169.254/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::1]/",
            "https://[::]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[ff02::1]/",
            "https://[::ffff:192.168.0.1]/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "file:///etc/passwd",
        ] {
            assert!(is_of_here(&Url::parse(url).unwrap()), "{url}");
        }
        for url in [
            "https://login.example/k",
            "https://localhost.example/",
            "https://8.8.8.8/",
            "https://100.128.0.1/",
            "https://172.32.0.1/",
            "https://[2001:4860::8888]/",
            "https://[64:ff9b::808:808]/",
        ] {
            assert!(!is_of_here(&Url::parse(url).unwrap()), "{url}");
        }
    }

    #[tokio::test]
    async fn jd_04_a_name_that_leads_inward_is_followed_only_where_the_issuer_is_there_too() {
        for (issuer, is_followed) in [
            ("https://localhost:9", true),
            ("https://127.0.0.1:9", true),
            ("https://10.1.2.3", true),
            ("https://8.8.8.8", false),
            // A name that does not resolve.
            ("https://login.invalid", false),
        ] {
            let resolver = Resolver::new(Url::parse(issuer).unwrap(), Vec::new());
            let found = resolver.resolve(Name::from_str("localhost").unwrap()).await;
            assert_eq!(found.is_ok(), is_followed, "{issuer}");
            let refusal = found.err().map(|error| error.is::<LeadsInward>());
            assert_eq!(refusal, (!is_followed).then_some(true), "{issuer}");
        }
    }

    #[test]
    fn f30_reserved_ranges_and_embedded_addresses_are_not_public() {
        for (inward, public) in [
            ("192.0.0.170", "192.0.1.1"),
            ("198.18.0.1", "198.17.255.255"),
            ("198.19.255.255", "198.20.0.1"),
            ("240.0.0.1", "223.255.255.255"),
            ("254.1.2.3", "8.8.4.4"),
            ("[2002:a00:1::1]", "[2002:808:808::1]"),
            ("[2002:7f00:1::]", "[2003::1]"),
            ("[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[2001:4860::1]"),
            ("[64:ff9b:1::808:808]", "[64:ff9b::808:808]"),
            ("[fec0::1]", "[2a00::1]"),
            ("[::10.0.0.1]", "[::8.8.8.8]"),
            ("[::ffff:198.18.0.1]", "[::ffff:8.8.8.8]"),
        ] {
            let of = |host: &str| is_of_here(&Url::parse(&format!("https://{host}/token")).unwrap());
            assert_eq!((of(inward), of(public)), (true, false), "{inward} {public}");
        }
    }

    #[tokio::test]
    async fn im_03_a_name_of_images_that_leads_inward_is_not_followed() {
        let resolver = Resolver::of_public(Vec::new());
        let found = resolver.resolve(Name::from_str("localhost").unwrap()).await;
        assert!(found.is_err_and(|error| error.is::<LeadsInward>()));
        // The proxy's own name is resolved by the same client.
        let proxy = Url::parse("http://localhost:3128").unwrap();
        let resolver = Resolver::of_public(vec![proxy]);
        assert!(resolver.resolve(Name::from_str("localhost").unwrap()).await.is_ok());
    }

    #[tokio::test]
    async fn im_03_the_client_for_images_connects_to_no_private_address() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = HttpOut::to_image_hosts(&HttpSettings::default()).unwrap();
        let request = http::Request::builder().uri(format!("https://localhost:{port}/a.png"));
        let opened = client.open(request.body(Vec::new()).unwrap(), Duration::from_secs(5)).await;
        let error = opened.err().unwrap();
        assert!(matches!(&error, HttpOutError::Connect(why) if *why == LeadsInward.to_string()), "{error}");
        let heard = tokio::time::timeout(Duration::from_millis(200), listener.accept()).await;
        assert!(heard.is_err(), "a connection was made");
    }

    #[tokio::test]
    async fn r04_a_name_that_the_operator_chose_may_lead_inward() {
        let issuer = Url::parse("https://8.8.8.8").unwrap();
        let internal = Url::parse("https://localhost:8443").unwrap();
        let resolver = Resolver::new(issuer, vec![internal]);
        assert!(resolver.resolve(Name::from_str("localhost").unwrap()).await.is_ok());
        let other = resolver.resolve(Name::from_str("keys.localhost").unwrap()).await;
        assert!(other.is_err(), "no other name may");
    }
}
