//! The network that counts as one client.

use std::net::{IpAddr, Ipv6Addr};

/// The network of an address: a subscriber has a whole /64 of IPv6, or more (RFC 6177). A dual-stack listener reports
/// IPv4 clients with mapped addresses.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address => address,
    }
}
