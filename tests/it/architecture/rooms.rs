//! The rooms of the application, and which room may use which. A room is a folder or a single file at the top of `src`
//! or of `crates/server/src` (`server/NAME`). `crates/model` is the room `model`, but for `base_path`, `paths` and `functions`. When a
//! room is added or renamed, change the table `ROOMS`.

use std::collections::BTreeMap;

use crate::architecture::graph::{Edge, Graph};

/// Which room may use which.
pub struct Rooms {
    /// The web layers, topmost first. A room may use the rooms of the lines below it, and those of its own line as long
    /// as that makes no cycle.
    pub layers: &'static [&'static [&'static str]],
    /// The services, topmost first, by the same rule.
    pub services: &'static [&'static [&'static str]],
    /// Rooms that every room may use. They use only each other.
    pub everywhere: &'static [&'static str],
    /// Layers that may use neither services nor crates.
    pub without_services: &'static [&'static str],
    /// Layers that services may use.
    pub below_services: &'static [&'static str],
    /// Crates that every room may use that may use services.
    pub crates: &'static [&'static str],
    /// Crates that only these rooms may use.
    pub crates_for: &'static [(&'static str, &'static [&'static str])],
    /// Uses that the design allows against the order: from a room or file to a room or file.
    pub allowed: &'static [(&'static str, &'static str)],
    /// Uses that the design forbids and that have not been removed yet. This list may only get shorter.
    pub exceptions: &'static [(&'static str, &'static str)],
}

/// The rooms of this application.
pub const ROOMS: Rooms = Rooms {
    layers: &[
        &["lib", "main", "refusals", "reload", "router"],
        &["app"],
        &["pages"],
        &["islands"],
        &["server_fns"],
        &["fragments"],
        &["handlers"],
        &["documents"],
        &["assets"],
        &["compression"],
        &["components"],
        &["model"],
    ],
    services: &[
        &["server"],
        &[
            "server/activity",
            "server/doctor",
            "server/operator",
            "server/sign_in",
            "server/actions",
            "server/starter",
        ],
        &["server/boards"],
        &["server/view"],
        &["server/rights", "server/api"],
        &["server/tokens"],
        &["server/claims"],
        &[
            "server/guard",
            "server/ops",
            "server/locale",
            "server/config",
            "server/metrics",
            "server/http_server",
            "server/reload",
            "server/traces",
        ],
        &["server/audit"],
        &[
            "server/budget",
            "server/cookies",
            "server/decimal",
            "server/device",
            "server/flash",
            "server/preferences",
            "server/requester",
            "server/sanitize",
            "server/session_layer",
            "server/single_flight",
        ],
        &["server/shared_service"],
    ],
    everywhere: &["base_path", "paths", "functions", "crates/text"],
    without_services: &["documents", "islands", "components", "model"],
    below_services: &["model"],
    crates: &["crates/base", "crates/oidc", "crates/session"],
    crates_for: &[
        ("crates/demo", &["main"]),
        ("crates/openapi", &["server/starter"]),
        ("crates/test_stores", &[]),
    ],
    allowed: &[],
    exceptions: EXCEPTIONS,
};

/// Uses that the design forbids and that have not been removed yet, from a room or file to a room or file. This list may
/// only get shorter.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// The place of a room in the table.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Layer(usize),
    Service(usize),
    Crate,
    Everywhere,
}

/// The room of a file.
pub fn room(file: &str) -> String {
    let parts: Vec<_> = file.trim_end_matches(".rs").split('/').collect();
    match parts.as_slice() {
        ["crates", "server", "src", "lib"] => "server".to_owned(),
        ["crates", "server", "src", name, ..] => format!("server/{name}"),
        ["crates", "model", "src", name @ ("base_path" | "functions" | "paths")] => (*name).to_owned(),
        ["crates", "model", ..] => "model".to_owned(),
        ["crates", name, ..] => format!("crates/{name}"),
        ["src", name, ..] => (*name).to_owned(),
        _ => file.to_owned(),
    }
}

/// Whether a file is in a room: the application, its services, its view models.
fn is_ours(file: &str) -> bool {
    ["src/", "crates/server/src/", "crates/model/src/"].iter().any(|folder| file.starts_with(folder))
}

/// The room of a file of the application; none for the file of a crate.
pub fn app_room(file: &str) -> Option<String> {
    is_ours(file).then(|| room(file))
}

impl Rooms {
    /// Every room of these files that is not in the table, and every name in the table that is no room.
    pub fn unlisted<'a>(&self, files: impl IntoIterator<Item = &'a String>) -> Vec<String> {
        let mut rooms = BTreeMap::new();
        for file in files {
            rooms.entry(room(file)).or_insert(file);
        }
        let unknown = rooms.iter().filter(|(room, _)| self.place(room).is_none());
        let unknown = unknown.map(|(room, file)| {
            format!("{file}: add \"{room}\" to a line of ROOMS in tests/it/architecture/rooms.rs")
        });
        let stale = self.names().filter(|name| !rooms.contains_key(*name));
        unknown.chain(stale.map(|name| format!("\"{name}\" in ROOMS is no room: delete it"))).collect()
    }

    /// Every use outside tests that the table forbids, as `file:line → file: names`, and every exception that is no
    /// longer needed.
    pub fn violations(&self, graph: &Graph) -> Vec<String> {
        let mut found = Vec::new();
        let mut needed = vec![false; self.exceptions.len()];
        for edge in graph.program().filter(|edge| is_ours(&edge.from)) {
            let Err(reason) = self.judge(edge) else { continue };
            match self.exceptions.iter().position(|pair| covers(*pair, edge)) {
                Some(index) => needed[index] = true,
                None => found.push(format!("{edge} ({reason})")),
            }
        }
        let spare = self.exceptions.iter().zip(needed).filter(|(_, is_needed)| !is_needed);
        found.extend(
            spare.map(|((from, to), _)| format!("{from} → {to}: delete this exception, it is not needed")),
        );
        found
    }

    /// Every cycle of rooms of the application that is left without the exceptions, with the uses that make it up.
    pub fn cycles(&self, graph: &Graph) -> Vec<String> {
        let is_exception = |edge: &Edge| self.exceptions.iter().any(|pair| covers(*pair, edge));
        let edges = graph.edges.iter().filter(|edge| !is_exception(edge)).cloned().collect();
        let graph = Graph { edges };
        let mut found = Vec::new();
        for cycle in graph.cycles(app_room) {
            let is_inside = |file: &str| app_room(file).is_some_and(|room| cycle.contains(&room));
            found.push(format!("a cycle of {}:", cycle.join(", ")));
            let edges = graph.program().filter(|edge| room(&edge.from) != room(&edge.to));
            let edges = edges.filter(|edge| is_inside(&edge.from) && is_inside(&edge.to));
            found.extend(edges.map(|edge| format!("  {edge}")));
        }
        found
    }

    /// Why a use is forbidden.
    fn judge(&self, edge: &Edge) -> Result<(), String> {
        let (from, to) = (room(&edge.from), room(&edge.to));
        if from == to || self.allowed.iter().any(|pair| covers(*pair, edge)) {
            return Ok(());
        }
        // `unlisted` reports rooms that are not in the table.
        let (Some(here), Some(there)) = (self.place(&from), self.place(&to)) else { return Ok(()) };
        let uses_services = !self.without_services.contains(&from.as_str()) && here != Place::Everywhere;
        let is_allowed = match (here, there) {
            (_, Place::Everywhere) => true,
            (Place::Everywhere, _) => false,
            (Place::Layer(above), Place::Layer(below)) | (Place::Service(above), Place::Service(below)) => {
                above <= below
            }
            (Place::Layer(_), Place::Service(_)) => uses_services,
            (Place::Service(_), Place::Layer(_)) => self.below_services.contains(&to.as_str()),
            (_, Place::Crate) => match self.crates_for.iter().find(|(name, _)| *name == to) {
                Some((_, users)) => users.contains(&from.as_str()),
                None => uses_services,
            },
            (Place::Crate, _) => false,
        };
        if is_allowed { Ok(()) } else { Err(format!("{from} may not use {to}")) }
    }

    fn place(&self, room: &str) -> Option<Place> {
        let line = |lines: &[&[&str]]| lines.iter().position(|line| line.contains(&room));
        let is_crate = self.crates.contains(&room) || self.crates_for.iter().any(|(name, _)| *name == room);
        let layer = line(self.layers).map(Place::Layer);
        layer
            .or_else(|| line(self.services).map(Place::Service))
            .or_else(|| is_crate.then_some(Place::Crate))
            .or_else(|| self.everywhere.contains(&room).then_some(Place::Everywhere))
    }

    /// Every room of the table.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let lines = self.layers.iter().chain(self.services).copied().flatten();
        let names = lines.chain(self.everywhere).chain(self.crates).copied();
        names.chain(self.crates_for.iter().map(|(name, _)| *name))
    }
}

/// Whether a use is one from the first of a pair to the second, each a room or a file.
fn covers((from, to): (&str, &str), edge: &Edge) -> bool {
    let is = |name: &str, file: &str| name == file || name == room(file);
    is(from, &edge.from) && is(to, &edge.to)
}
