//! The URL of a Redis store. Everything that it may contain is checked here, so that the redis crate, which parses it again,
//! has nothing to report: its errors might quote the password.

use claimcheck_base::secret::Secret;

use crate::servers::{StoreServer, Transport, parse_url};

pub(super) fn parse_setting(text: &str) -> Result<StoreServer, String> {
    let example = "rediss://:PASSWORD@redis.example.com:6379/0";
    let url = parse_url(text, example)?;
    let host = url.host_str().filter(|host| !host.is_empty());
    let host = host.ok_or_else(|| format!("has no host. Example: {example}"))?.to_owned();
    let database = url.path().trim_matches('/');
    if !database.is_empty() && database.parse::<u32>().is_err() {
        return Err(format!("must have a database number or nothing as its path. Example: {example}"));
    }
    if url.query().is_some() {
        return Err(format!("must not have a query. Example: {example}"));
    }
    let transport = match url.scheme() {
        "rediss" => Transport::Verified,
        _ => Transport::Plain { remedy: "rediss://" },
    };
    let port = url.port().unwrap_or(6379);
    Ok(StoreServer { url: Secret::new(text), ca_file: None, host, port, transport })
}
