//! The HTTP client of the demo servers: it fetches issuers' keys, and notifies clients of logouts.

use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, redirect::Policy};

use crate::Error;

/// A client that trusts these certificate authorities as well. It follows no redirects, because each of its requests is
/// meant for one address.
///
/// # Errors
/// [`Error::Client`] if TLS cannot be set up.
pub(crate) fn http_client(authorities: &[Certificate]) -> Result<Client, Error> {
    let builder = authorities.iter().cloned().fold(Client::builder(), ClientBuilder::add_root_certificate);
    let builder = builder
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(2))
        .timeout(Duration::from_secs(5));
    Ok(builder.build()?)
}
