//! The relying parties of this provider: configured at start, without registration.

/// A confidential client (RFC 6749 2.1).
#[derive(Clone)]
pub struct Client {
    pub id: String,
    pub secret: String,
    /// Compared as exact strings (RFC 9700 2.1).
    pub redirect_uris: Vec<String>,
    /// Compared as exact strings (RP-Initiated Logout 3).
    pub post_logout_redirect_uris: Vec<String>,
    /// The URL for notifications about ended sessions (Back-Channel Logout 2.2), if the client wants them.
    pub back_channel_logout_uri: Option<String>,
    /// The name shown to users.
    pub name: String,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("secret", &"[redacted]").finish_non_exhaustive()
    }
}
