//! Where sessions are kept, as a setting. No error quotes the text, because the URL of a server may hold its password;
//! what a URL may say is checked here, so that the libraries that read it again find nothing to complain about.

use std::path::PathBuf;

use url::Url;

use super::{Secret, values::Parsed};

/// Where sessions are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreSetting {
    /// `memory:`, gone with the process.
    Memory,
    /// `sqlite:PATH`
    Sqlite(PathBuf),
    /// `postgres://…` or `postgresql://…`
    Postgres(StoreServer),
    /// `redis://…`, or `rediss://…` over TLS.
    Redis(StoreServer),
}

impl StoreSetting {
    /// Reads the setting; an error says what would be right, and never quotes the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected =
            "must be memory:, sqlite:PATH, postgres://… or redis://…, such as sqlite:claimcheck.db";
        match text.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("sqlite", path)) if path.starts_with("//") => Err(
                "must be sqlite:PATH without slashes before the path, such as sqlite:/var/lib/claimcheck.db"
                    .to_owned(),
            ),
            Some(("sqlite", "" | ":memory:")) => Err(format!("{expected}; a store in memory is memory:")),
            Some(("sqlite", path)) => Ok(Self::Sqlite(PathBuf::from(path))),
            Some(("postgres" | "postgresql", _)) => postgres(text).map(Self::Postgres),
            Some(("redis" | "rediss", _)) => redis(text).map(Self::Redis),
            _ => Err(expected.to_owned()),
        }
    }

    /// The same, trusting a further certificate authority where it speaks TLS.
    pub(super) fn trusting(mut self, ca_file: Option<&PathBuf>) -> Self {
        if let Self::Postgres(server) | Self::Redis(server) = &mut self {
            server.ca_file = ca_file.cloned();
        }
        self
    }
}

/// A server that keeps sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreServer {
    /// Its URL, with name and password where it wants them.
    pub url: Secret,
    /// A further certificate authority (PEM).
    pub ca_file: Option<PathBuf>,
    host: String,
    port: u16,
}

impl StoreServer {
    /// Host and port, which are all of the URL that may be said.
    pub fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// What may stand behind the `?` of a PostgreSQL URL; each as libpq has it.
const POSTGRES_PARAMETERS: [&str; 8] =
    ["host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "options", "statement-cache-capacity"];
const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

fn postgres(text: &str) -> Parsed<StoreServer> {
    let example = "postgres://USER:PASSWORD@db.example.com/DATABASE?sslmode=verify-full";
    let url = url(text, example)?;
    let (mut host, mut port) = (url.host_str().unwrap_or_default().to_owned(), url.port().unwrap_or(5432));
    for (name, value) in url.query_pairs() {
        match &*name {
            "host" => host = value.into_owned(),
            "port" => {
                port = value.parse().map_err(|_| format!("has a bad `port`. It looks like {example}"))?
            }
            "sslmode" if !SSL_MODES.contains(&&*value) => {
                return Err(format!("has an `sslmode` that is none of {}", SSL_MODES.join(", ")));
            }
            "statement-cache-capacity" if value.parse::<usize>().is_err() => {
                return Err("has a bad `statement-cache-capacity`: it is a number".to_owned());
            }
            name if !POSTGRES_PARAMETERS.contains(&name) => {
                return Err(format!(
                    "has an unknown parameter; there are {}",
                    POSTGRES_PARAMETERS.join(", ")
                ));
            }
            _ => {}
        }
    }
    if host.is_empty() {
        return Err(format!("names no host. It looks like {example}"));
    }
    Ok(StoreServer { url: Secret::new(text), ca_file: None, host, port })
}

fn redis(text: &str) -> Parsed<StoreServer> {
    let example = "rediss://:PASSWORD@redis.example.com:6379/0";
    let url = url(text, example)?;
    let host = url.host_str().filter(|host| !host.is_empty());
    let host = host.ok_or_else(|| format!("names no host. It looks like {example}"))?.to_owned();
    let database = url.path().trim_matches('/');
    if !database.is_empty() && database.parse::<u32>().is_err() {
        return Err(format!("must end in the number of a database, or in nothing. It looks like {example}"));
    }
    if url.query().is_some() {
        return Err(format!("must not have a query. It looks like {example}"));
    }
    Ok(StoreServer { url: Secret::new(text), ca_file: None, host, port: url.port().unwrap_or(6379) })
}

fn url(text: &str, example: &str) -> Parsed<Url> {
    let url = Url::parse(text).map_err(|error| {
        format!("is not a URL ({error}; special characters of a password are percent-encoded). It looks like {example}")
    })?;
    if text.contains('#') {
        return Err(format!(
            "must not have a fragment; a # in a password is percent-encoded, as %23. It looks like {example}"
        ));
    }
    Ok(url)
}
