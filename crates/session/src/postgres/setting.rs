//! The URL of a PostgreSQL store. Everything that it may contain is checked here, so that sqlx, which parses it again, has
//! nothing to report: its errors might quote the password.

use claimcheck_base::secret::Secret;

use crate::servers::{StoreServer, Transport, parse_url};

/// The parameters that are allowed; each means the same as in libpq.
const PARAMETERS: [&str; 8] =
    ["host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "options", "statement-cache-capacity"];
const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

pub(super) fn parse_setting(text: &str) -> Result<StoreServer, String> {
    let example = "postgres://USER:PASSWORD@db.example.com/DATABASE?sslmode=verify-full";
    let url = parse_url(text, example)?;
    // Without the parameter, sqlx takes what the server offers.
    let mut transport = transport("prefer");
    let (mut host, mut port) = (url.host_str().unwrap_or_default().to_owned(), url.port().unwrap_or(5432));
    for (name, value) in url.query_pairs() {
        match &*name {
            "host" => host = value.into_owned(),
            "port" => {
                port = value.parse().map_err(|_| format!("has an invalid `port`. Example: {example}"))?;
            }
            "sslmode" if !SSL_MODES.contains(&&*value) => {
                return Err(format!("has an invalid `sslmode`; supported: {}", SSL_MODES.join(", ")));
            }
            "sslmode" => transport = self::transport(&value),
            "statement-cache-capacity" if value.parse::<usize>().is_err() => {
                return Err("has an invalid `statement-cache-capacity`: it must be a number".to_owned());
            }
            name if !PARAMETERS.contains(&name) => {
                return Err(format!("has an unknown parameter; supported: {}", PARAMETERS.join(", ")));
            }
            _ => {}
        }
    }
    if host.is_empty() {
        return Err(format!("has no host. Example: {example}"));
    }
    Ok(StoreServer { url: Secret::new(text), ca_file: None, host, port, transport })
}

/// What a mode means in sqlx: `require` accepts any certificate.
fn transport(ssl_mode: &str) -> Transport {
    let remedy = "sslmode=verify-full";
    match ssl_mode {
        "disable" => Transport::Plain { remedy },
        "require" => Transport::Unverified { remedy },
        "verify-ca" | "verify-full" => Transport::Verified,
        _ => Transport::Optional { remedy },
    }
}
