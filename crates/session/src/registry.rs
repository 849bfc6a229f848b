//! The list of stores, and the setting that chooses one of them. The settings parser, the test suite of the stores and the
//! benchmarks iterate this list: a new store is a module with a `KIND`, and its name in [`for_each_store`].
//!
//! No error of the parser quotes the setting, because the URL of a server may contain its password.

use std::{fmt, path::PathBuf, pin::Pin, sync::Arc};

use super::{
    facts::{Examining, StoreFacts},
    servers::StoreServer,
    sqlite,
    store::{SessionStore, StoreError},
};

/// Calls a macro with the modules of all stores, after the tokens in braces that it was given.
macro_rules! for_each_store {
    ($then:ident! { $($with:tt)* }) => { $then! { { $($with)* } memory sqlite postgres redis } };
}
#[cfg(test)]
pub(crate) use for_each_store;

macro_rules! kinds {
    ({} $($store:ident)*) => {
        /// Every kind of store.
        pub static STORES: &[&StoreKind] = &[$(&crate::$store::KIND),*];
    };
}
for_each_store!(kinds! {});

/// One kind of store: a row of [`STORES`].
pub struct StoreKind {
    /// Its name, such as `postgres`.
    pub name: &'static str,
    /// The schemes of its settings, the preferred one first.
    pub schemes: &'static [&'static str],
    /// How its setting is written, for messages.
    pub form: &'static str,
    /// How it is reached.
    pub backend: Backend,
}

impl fmt::Debug for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// How a store is reached.
pub enum Backend {
    /// In the memory of the process: lost with it, and never shared.
    Memory(&'static Connector<()>),
    /// In a file of this machine.
    File(&'static Connector<PathBuf>),
    /// On a server.
    Server(&'static Connector<StoreServer>),
}

/// A store that is being opened.
pub type Opening<'a> = Pin<Box<dyn Future<Output = Result<Arc<dyn SessionStore>, StoreError>> + Send + 'a>>;

/// The functions of one kind of store whose location is an `L`.
pub struct Connector<L: 'static> {
    /// The location in a setting of one of its schemes; the error describes the problem without quoting the text.
    pub(super) parse: fn(&str) -> Result<L, String>,
    /// Opens the store, and brings its tables up to date.
    pub(super) open: for<'a> fn(&'a L) -> Opening<'a>,
    /// Connects, and asks the store about itself. Creates and changes nothing.
    pub(super) examine: for<'a> fn(&'a L) -> Examining<'a>,
}

/// Where sessions are kept.
#[derive(Clone)]
pub struct StoreSetting {
    kind: &'static StoreKind,
    location: Location,
}

/// A location, together with the functions of its kind of store.
#[derive(Clone)]
enum Location {
    Memory(&'static Connector<()>),
    File(&'static Connector<PathBuf>, PathBuf),
    Server(&'static Connector<StoreServer>, StoreServer),
}

impl StoreSetting {
    /// Reads the setting.
    ///
    /// # Errors
    /// Describes what would be right, and never quotes the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme);
        let kind = STORES.iter().find(|kind| scheme.is_some_and(|scheme| kind.schemes.contains(&scheme)));
        let Some(kind) = kind else { return Err(expected()) };
        let location = match kind.backend {
            Backend::Memory(connector) => {
                (connector.parse)(text)?;
                Location::Memory(connector)
            }
            Backend::File(connector) => Location::File(connector, (connector.parse)(text)?),
            Backend::Server(connector) => Location::Server(connector, (connector.parse)(text)?),
        };
        Ok(Self { kind, location })
    }

    /// Its kind.
    pub fn kind(&self) -> &'static StoreKind {
        self.kind
    }

    /// Whether sessions are lost when the process ends.
    pub fn is_volatile(&self) -> bool {
        matches!(self.location, Location::Memory(_))
    }

    /// The file, if it is kept in one.
    pub fn file(&self) -> Option<&PathBuf> {
        match &self.location {
            Location::File(_, path) => Some(path),
            Location::Memory(_) | Location::Server(..) => None,
        }
    }

    /// The server, if there is one.
    pub fn server(&self) -> Option<&StoreServer> {
        match &self.location {
            Location::Server(_, server) => Some(server),
            Location::Memory(_) | Location::File(..) => None,
        }
    }

    /// The same, trusting a further certificate authority (PEM) for TLS.
    #[must_use]
    pub fn trusting(mut self, ca_file: Option<&PathBuf>) -> Self {
        if let Location::Server(_, server) = &mut self.location {
            server.ca_file = ca_file.cloned();
        }
        self
    }
}

/// `sqlite:claimcheck.db`
impl Default for StoreSetting {
    fn default() -> Self {
        Self { kind: &sqlite::KIND, location: Location::File(&sqlite::CONNECTOR, "claimcheck.db".into()) }
    }
}

impl PartialEq for StoreSetting {
    fn eq(&self, other: &Self) -> bool {
        self.kind.name == other.kind.name && self.file() == other.file() && self.server() == other.server()
    }
}

impl Eq for StoreSetting {}

impl fmt::Debug for StoreSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple(self.kind.name);
        match &self.location {
            Location::Memory(_) => &mut tuple,
            Location::File(_, path) => tuple.field(path),
            Location::Server(_, server) => tuple.field(server),
        }
        .finish()
    }
}

/// What a setting must look like.
pub(super) fn expected() -> String {
    let forms: Vec<&str> = STORES.iter().map(|kind| kind.form).collect();
    let (last, others) = forms.split_last().map_or(("", &[][..]), |(last, others)| (*last, others));
    format!("must be {} or {last}, such as sqlite:claimcheck.db", others.join(", "))
}

/// Opens the store, and brings its tables up to date.
///
/// # Errors
/// The file or the server cannot be used; a server that is unavailable is retried for some seconds.
pub async fn open_store(setting: &StoreSetting) -> Result<Arc<dyn SessionStore>, StoreError> {
    match &setting.location {
        Location::Memory(connector) => (connector.open)(&()).await,
        Location::File(connector, path) => (connector.open)(path).await,
        Location::Server(connector, server) => (connector.open)(server).await,
    }
}

/// Asks the store about itself, over a connection that ends with it. Creates and changes nothing.
///
/// # Errors
/// The file or the server cannot be used.
pub async fn examine_store(setting: &StoreSetting) -> Result<StoreFacts, StoreError> {
    match &setting.location {
        Location::Memory(connector) => (connector.examine)(&()).await,
        Location::File(connector, path) => (connector.examine)(path).await,
        Location::Server(connector, server) => (connector.examine)(server).await,
    }
}

#[cfg(test)]
mod tests {
    use super::{STORES, StoreSetting};

    #[test]
    fn op_10_each_scheme_belongs_to_one_store_and_what_is_missing_is_named() {
        let mut schemes: Vec<_> = STORES.iter().flat_map(|kind| kind.schemes).copied().collect();
        schemes.sort();
        assert_eq!(schemes, ["memory", "postgres", "postgresql", "redis", "rediss", "sqlite"]);
        let said = "must be memory:, sqlite:PATH, postgres://… or redis://…, such as sqlite:claimcheck.db";
        for text in ["", "canary", "canary:x", "memory:canary", "Memory:", "sqlite", ":"] {
            assert_eq!(StoreSetting::parse(text).unwrap_err(), said, "{text}");
        }
        let in_memory = format!("{said}; use memory: for a store in memory");
        for text in ["sqlite:", "sqlite::memory:"] {
            assert_eq!(StoreSetting::parse(text).unwrap_err(), in_memory, "{text}");
        }
        assert!(StoreSetting::parse("sqlite://x.db").unwrap_err().contains("without slashes"));
    }

    #[test]
    fn f36_a_connection_that_others_can_read_is_weak_and_the_remedy_is_named() {
        let weakness = |text: &str| StoreSetting::parse(text).unwrap().server().unwrap().weakness();
        for (text, fault, remedy) in [
            ("redis://10.0.0.5/0", "is not encrypted", "rediss://"),
            ("redis://cache:6380", "the connection to cache:6380 is not encrypted", "rediss://"),
            ("redis://[fd00::5]", "is not encrypted", "rediss://"),
            ("redis://localhost.example.com", "is not encrypted", "rediss://"),
            ("postgres://u:canary@db/x", "only if the other side offers it", "sslmode=verify-full"),
            ("postgresql://db/x?sslmode=prefer", "only if the other side offers it", "sslmode=verify-full"),
            ("postgres://db/x?sslmode=allow", "only if the other side offers it", "sslmode=verify-full"),
            ("postgres://db/x?sslmode=disable", "is not encrypted", "sslmode=verify-full"),
            ("postgres://db/x?sslmode=require", "certificate is not verified", "sslmode=verify-full"),
            (
                "postgres://localhost/x?host=10.0.0.5",
                "only if the other side offers it",
                "sslmode=verify-full",
            ),
            (
                "postgres://db/x?sslmode=verify-full&sslmode=disable",
                "is not encrypted",
                "sslmode=verify-full",
            ),
        ] {
            let said = weakness(text).unwrap();
            assert!(said.contains(fault) && said.ends_with(&format!("; use {remedy}")), "{text}: {said}");
            assert!(!said.contains("canary"), "{said}");
        }
        for text in [
            "rediss://10.0.0.5/0",
            "redis://127.0.0.1:6379",
            "redis://localhost",
            "redis://[::1]:6379/1",
            "postgres://db/x?sslmode=verify-full",
            "postgres://db/x?sslmode=verify-ca",
            "postgres://localhost/x",
            "postgres://127.0.0.2/x?sslmode=disable",
            "postgres:///x?host=/var/run/postgresql",
            "postgres://%2Fvar%2Frun%2Fpostgresql/x",
        ] {
            assert_eq!(weakness(text), None, "{text}");
        }
    }

    #[test]
    fn op_10_a_setting_names_its_file_or_server_and_prints_no_password() {
        let setting = |text| StoreSetting::parse(text).unwrap();
        assert!(setting("memory:").is_volatile() && !setting("sqlite:a").is_volatile());
        assert_eq!(setting("sqlite:a/b.db").file().unwrap().to_str(), Some("a/b.db"));
        assert_eq!(setting("memory:"), setting("memory:"));
        assert_eq!(StoreSetting::default(), setting("sqlite:claimcheck.db"));
        assert_ne!(setting("sqlite:a"), setting("sqlite:b"));
        assert_ne!(setting("redis://a"), setting("redis://b"));
        let server = setting("postgresql://me:canary@db/x").trusting(Some(&"ca.pem".into()));
        assert_eq!(server.server().unwrap().place(), "db:5432");
        assert_eq!(server.server().unwrap().ca_file.as_deref(), Some("ca.pem".as_ref()));
        assert!(!format!("{server:?}").contains("canary"));
        assert_eq!((server.kind().name, setting("rediss://a").kind().name), ("postgres", "redis"));
    }
}
