//! The numbers of the budget, from what the machine has.

use super::Machine;

/// The most connections of the public listener.
pub const MAX_CONNECTIONS: usize = 10_000;
/// The most requests under way.
pub const MAX_REQUESTS: usize = 1024;
/// The most bodies that are being read.
pub const MAX_BODIES: usize = 1024;
/// The most logout tokens that are checked at a time: the provider's keys may be slow to arrive.
pub const MAX_LOGOUT_TOKENS: usize = 128;
/// Event streams of one session. A browser needs one for all its tabs; older browsers need one for each.
pub const STREAMS_OF_SESSION: usize = 8;
/// Event streams of one person, in all sessions.
pub const STREAMS_OF_PERSON: usize = 24;
/// Requests of one session and of one person that are always admitted while there is a place.
pub const REQUESTS_OF_SESSION: usize = 16;
pub const REQUESTS_OF_PERSON: usize = 32;
/// Downloads of one session and of one person: files of an API, and files of all pages of a table.
pub const FILES_OF_SESSION: usize = 6;
pub const FILES_OF_PERSON: usize = 12;
pub const EXPORTS_OF_SESSION: usize = 2;
pub const EXPORTS_OF_PERSON: usize = 4;
/// Images of one session and of one person that are read at a time; further ones wait.
pub const IMAGES_OF_SESSION: usize = 8;
pub const IMAGES_OF_PERSON: usize = 16;
/// With fewer connections, a warning at start names the cause.
pub const FEW_CONNECTIONS: usize = 2000;
/// Connections of the admin listener that are kept for health checks.
pub(super) const ADMIN_RESERVE: usize = 2;

/// Memory of a connection: its buffers, and an event stream on it.
const CONNECTION_MEMORY: u64 = 64 * 1024;
/// Memory of a request while it is answered.
const REQUEST_MEMORY: u64 = 512 * 1024;
/// Memory of an image.
const IMAGE_MEMORY: u64 = 1024 * 1024;

/// The number of places of each resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetLimits {
    /// Connections of the public listener.
    pub connections: usize,
    /// Further connections, for health checks and for a quick refusal of everything else.
    pub reserve: usize,
    /// Connections of the admin listener.
    pub admin: usize,
    /// Event streams; each takes a connection.
    pub streams: usize,
    /// Files of an API that are being passed on.
    pub files: usize,
    /// Files of all pages of a table that are being written.
    pub exports: usize,
    /// Images that are being read and passed on.
    pub images: usize,
    /// Requests that are being answered, until the head of the response.
    pub requests: usize,
    /// Bodies of requests that are arriving.
    pub bodies: usize,
    /// Bytes of bodies, until their requests are answered.
    pub body_bytes: usize,
}

impl BudgetLimits {
    /// A quarter of the files is left for store, provider and APIs. Half of the memory is for connections, a quarter for
    /// requests.
    pub fn of(machine: Machine) -> Self {
        let files = (machine.open_files / 4 * 3).max(12);
        let (reserve, admin) = ((files / 16).clamp(2, 64), (files / 16).clamp(2, 64));
        let of_files = files - reserve - admin - ADMIN_RESERVE;
        let connections = of_files.min(MAX_CONNECTIONS).min(places(machine.memory / 2, CONNECTION_MEMORY));
        Self {
            connections,
            reserve,
            admin,
            streams: (connections / 2).max(1),
            files: (connections / 8).clamp(1, 128),
            exports: (connections / 16).clamp(1, 32),
            images: places(machine.memory / 16, IMAGE_MEMORY).clamp(16, 128),
            requests: places(machine.memory / 4, REQUEST_MEMORY).clamp(16, MAX_REQUESTS),
            bodies: (connections / 2).clamp(4, MAX_BODIES),
            body_bytes: places(machine.memory / 32, 1).clamp(4 << 20, 64 << 20),
        }
    }
}

fn places(memory: u64, each: u64) -> usize {
    usize::try_from(memory / each).unwrap_or(usize::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::{BudgetLimits, MAX_CONNECTIONS, Machine};

    const GIB: u64 = 1 << 30;

    #[test]
    fn op_04_f02_connections_leave_files_for_store_provider_and_api() {
        for (open_files, connections) in [(65_536, MAX_CONNECTIONS), (4096, 2942), (1024, 670), (256, 166)] {
            let limits = BudgetLimits::of(Machine { open_files, memory: 4 * GIB });
            assert_eq!(limits.connections, connections, "{open_files}");
            let all = limits.connections + limits.reserve + limits.admin + super::ADMIN_RESERVE;
            assert!(all <= open_files / 4 * 3, "{all} of {open_files}");
            assert_eq!(limits.streams, connections / 2, "half is left for requests");
            assert!(limits.streams + limits.files + limits.exports < connections * 3 / 4);
        }
        let least = BudgetLimits::of(Machine { open_files: 0, memory: 0 });
        assert!(least.connections >= 1 && least.requests >= 16 && least.streams >= 1, "{least:?}");
    }

    #[test]
    fn f02_f07_limits_follow_the_memory() {
        let of = |memory| BudgetLimits::of(Machine { open_files: 65_536, memory });
        let (small, large) = (of(GIB / 4), of(4 * GIB));
        assert_eq!((small.connections, small.requests, small.body_bytes), (2048, 128, 8 << 20));
        assert_eq!((large.connections, large.requests, large.body_bytes), (MAX_CONNECTIONS, 1024, 64 << 20));
    }
}
