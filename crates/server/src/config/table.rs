//! The table of all settings with one value: one row each, from which everything else about them is derived: the fields of
//! `Settings`, the known keys and variables, reading, defaults, `claimcheck --help`, and the tables of the documentation.
//!
//! To add a setting, add a row here, then run
//! `UPDATE_DOCS=1 cargo test --features demo --test it settings_reference`. This writes the row into `docs/settings.md`, the
//! reference in docs and `.env.sample`. A new kind of value also needs a parser in `values`; a rule that involves several
//! settings belongs in `check`. The columns are explained at the macro, in `declare`.

use std::{net::SocketAddr, path::PathBuf};

use claimcheck_oidc::{Alg, ClientAuth, LogoutTokenTyp};
use claimcheck_session::StoreSetting;
use ipnet::IpNet;
use url::Url;

use crate::config::{
    AdminListen, Apis, Board, ClaimPath, Secret, SessionKeys,
    check::Checker,
    claim_path,
    declare::settings,
    row::{Requirement, Separator, SettingRow, Shape},
    values::{self, read_list, read_text},
};

/// The key of the further APIs.
pub(super) const API: &str = "api";
/// The key of the boards.
pub(super) const BOARD: &str = "board";

settings! {
    /// All settings, checked: every value in here can be used as it is.
    ///
    /// `Debug` prints no secret.
    #[derive(Clone, Debug)]
    pub struct Settings {
        /// The APIs that panels can ask.
        apis: Apis,
        boards: Vec<Board>,
    }

    /// The one origin of the dashboard: scheme, host and port, nothing after that.
    field public_url: Url {
        need: required("the origin people use, such as https://dashboard.example.com"),
        read: text(values::public_url),
        about: "the one origin people use, without a path; `https`, or `http` on loopback only",
        example: "https://dashboard.example.com",
    }

    /// The address to listen on.
    field listen: SocketAddr {
        need: default("127.0.0.1:3000"),
        read: text(values::listen),
        about: "IP address and port of the dashboard",
        example: "[::]:8080",
    }

    /// The address of health and operator commands.
    field admin_listen: AdminListen {
        need: default("127.0.0.1:3900"),
        read: text(values::admin_listen),
        about: "IP address and port of health and operator commands, or `off`; a port that you set must be free, \
                the default one is skipped if it is taken",
        example: "127.0.0.1:3901",
    }

    /// The provider's issuer identifier exactly as given: it is compared as text (Discovery 4.3).
    field issuer: String {
        need: required("the provider's issuer identifier, such as https://login.example.com"),
        read: text(values::issuer),
        about: "the provider's issuer, exactly as in its discovery document",
        example: "https://login.example.com/",
    }

    field client_id: String {
        need: required("the client's id at the provider"),
        read: text(values::any),
        about: "the id of this client at the provider",
        example: "dashboard",
    }

    field client_secret: Secret {
        need: required(
            "the client's secret at the provider, or set CLAIMCHECK_CLIENT_SECRET_FILE to a file that holds it"
        ),
        read: text(values::secret),
        secret: true,
        about: "the secret of this client at the provider",
        example: "change-me",
    }

    /// Requested scopes in the order given, then those of further APIs, each once; `openid` is always among them.
    field scopes: Vec<String> {
        need: default("openid profile email offline_access"),
        read: words(values::scopes),
        about: "the scopes to request at sign-in, `openid` among them",
        example: "openid profile email offline_access orders:read",
    }

    part audience: Option<String> {
        need: optional(""),
        read: text(values::any),
        about: "the API's identifier, sent as Auth0's `audience`",
        example: "https://api.example.com",
    }

    part resource: Option<String> {
        need: optional(""),
        read: text(values::resource),
        about: "the API's identifier, sent as `resource` (RFC 8707)",
        example: "https://api.example.com/",
    }

    /// Further parameters of the authorization request; none of them is one the protocol sets itself.
    field authorize_params: Vec<(String, String)> {
        need: default(""),
        read: text(values::authorize_params),
        about: "further parameters of the authorization request, none of the protocol's own; the ID token must \
                confirm what `acr_values` and `max_age` request",
        example: "access_type=offline&prompt=consent",
    }

    /// `None` to choose from what the provider offers.
    field client_auth: Option<ClientAuth> {
        need: optional("as the provider offers; `client_secret_basic` where it offers both"),
        read: text(values::client_auth),
        about: "how to authenticate at the token endpoint: `client_secret_basic` or `client_secret_post`",
        example: "client_secret_post",
    }

    /// Signature algorithms an ID token may have; never empty.
    field id_token_algs: Vec<Alg> {
        need: default("RS256"),
        read: words(values::id_token_algs),
        about: "signature algorithms an ID token may have: `RS`, `PS` and `ES` of RFC 7518 but `ES512`, and `EdDSA`",
        example: "RS256 ES256",
    }

    /// Which `typ` values a logout token may have.
    field logout_token_typ: LogoutTokenTyp {
        need: default("lenient"),
        read: text(values::logout_token_typ),
        about: "`lenient` accepts logout tokens of the type `logout+jwt`, `JWT` or none, as providers send them; \
                `strict` accepts `logout+jwt` only",
        example: "strict",
    }

    /// Where a person's roles are in their claims.
    field role_claims: Vec<ClaimPath> {
        need: default("roles"),
        read: items(claim_path::parse_paths),
        about: "where a person's roles are in the claims of the ID token and of UserInfo: a claim (`roles`, \
                `https://example.com/roles`), names within each other (`realm_access.roles`), or a JSONPath \
                (`$.teams[*].name`), one with spaces in a list only",
        example: "realm_access.roles groups",
    }

    part api_url: Url {
        need: required("the base URL of the API, such as https://api.example.com/v1"),
        read: text(values::api_url),
        about: "the base URL of the API; `https`, or `http` on loopback only",
        example: "https://api.example.com/v1",
    }

    field store: StoreSetting {
        need: default("sqlite:claimcheck.db"),
        read: text(StoreSetting::parse),
        secret: true,
        about: "where sessions are stored: `memory:`, `sqlite:PATH`, `postgres://…` or `redis://…`",
        example: "sqlite:/var/lib/claimcheck/claimcheck.db",
    }

    /// The keys that encrypt sessions; always there in production.
    field session_keys: Option<SessionKeys> {
        need: optional("required unless on loopback"),
        read: commas(values::session_keys),
        secret: true,
        about: "keys that encrypt sessions, base64 of 32 bytes each (`openssl rand -base64 32`); the first encrypts, \
                all decrypt",
        example: "",
    }

    /// Idle timeout in seconds: a session ends after this time without a request of the person.
    field idle_secs: i64 {
        need: default("1800"),
        read: text(values::lifetime),
        about: "idle timeout of a session, in seconds",
        example: "900",
    }

    /// Absolute lifetime in seconds: a session ends after this time in any case; at least `idle_secs`.
    field absolute_secs: i64 {
        need: default("43200"),
        read: text(values::lifetime),
        about: "absolute lifetime of a session, in seconds",
        example: "86400",
    }

    /// Sign-ins that one client address may begin in a minute; 0 is no limit.
    field sign_in_rate: u32 {
        need: default("600"),
        read: text(values::sign_in_rate),
        about: "sign-ins that one client address (of IPv6, one /64) may begin in a minute, and as many callbacks, \
                renewals of details, front-channel logouts and refused logout tokens; `0` is no limit",
        example: "60",
    }

    /// Networks of reverse proxies, whose `X-Forwarded-For` counts.
    field trusted_proxies: Vec<IpNet> {
        need: default(""),
        read: commas(values::networks),
        about: "reverse proxies whose `X-Forwarded-For` counts: networks and single addresses",
        example: "10.0.0.0/8, 192.0.2.1",
    }

    /// A further certificate authority for outgoing connections: a PEM bundle that could be read at start.
    field ca_file: Option<PathBuf> {
        need: optional(""),
        read: text(values::ca_file),
        about: "a file with a further certificate authority for outgoing connections (PEM)",
        example: "",
    }

    /// What to log, in the notation of `tracing_subscriber::EnvFilter`.
    field log: String {
        need: default("info"),
        read: text(values::log),
        about: "what to log: `error`, `warn`, `info`, `debug`, `trace`, or a filter",
        example: "claimcheck=debug,warn",
    }
}

/// The row of a key.
pub(super) fn find_row(key: &str) -> Option<&'static SettingRow> {
    ROWS.iter().find(|row| row.key == key)
}

/// Every key of the file, those of tables last.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    ROWS.iter().map(|row| row.key).chain([API, BOARD])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::testing::{KEY, accepts};

    #[test]
    fn op_10_every_default_and_example_of_the_table_is_accepted() {
        let unset = format!("{:?}", accepts(&[]));
        for row in ROWS {
            if let Requirement::Default(text) = row.need {
                // Writing down the default gives the same settings; only the admin listener must be free then.
                let written = format!("{:?}", accepts(&[(&row.variable(), text)]));
                assert_eq!(
                    written.replace("At(127.0.0.1:3900)", "Default(127.0.0.1:3900)"),
                    unset,
                    "{}",
                    row.key
                );
            }
            assert_eq!(row.example.is_empty(), matches!(row.key, "session_keys" | "ca_file"), "{}", row.key);
            accepts(&[(&row.variable(), row.example), ("CLAIMCHECK_SESSION_KEYS", KEY)]);
            assert!(
                !row.about.contains('|') && !row.about.ends_with('.'),
                "{} is a cell of a table",
                row.key
            );
        }
    }
}
