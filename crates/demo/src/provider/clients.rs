//! The relying parties this provider knows: given at start, there is no registration.

/// A confidential client (RFC 6749 2.1).
#[derive(Clone)]
pub struct Client {
    pub id: String,
    pub secret: String,
    /// Compared as exact strings (RFC 9700 2.1).
    pub redirect_uris: Vec<String>,
    /// Compared as exact strings (RP-Initiated Logout 3).
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it hears that a session has ended (Back-Channel Logout 2.2), if it wants to.
    pub back_channel_logout_uri: Option<String>,
    /// What people are shown.
    pub name: String,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("secret", &"[redacted]").finish_non_exhaustive()
    }
}
