//! The path below which this page is, for every URL that scripts build.

use claimcheck_model::base_path::{self, ATTRIBUTE, base_path};
use leptos::{prelude::document, server_fn::client::set_server_url};

/// Reads it from the document; a page at the root of its origin has none. Called once, before anything else.
pub fn read_base_path() {
    let path = document().document_element().and_then(|root| root.get_attribute(ATTRIBUTE));
    if let Some(path) = path {
        let _ = base_path::set(&path);
        set_server_url(base_path());
    }
}
