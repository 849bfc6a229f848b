//! The table of the settings with one value: one row each, from which everything else about them is derived: the fields of
//! `Settings`, the known keys and variables, reading, defaults, `claimcheck --help`, and the tables of the documentation.
//! The modules `outgoing`, `limits` and `browsers` have further tables.
//!
//! To add a setting, add a row, then run `UPDATE_DOCS=1 cargo it settings_reference`, which writes it into `docs/settings.md` and
//! `.env.sample`. A new kind of value also needs a parser in `values`; a rule about several settings belongs in `check`.

use std::time::Duration;

use claimcheck_oidc::{Alg, ClientAuth, LogoutTokenTyp};
use claimcheck_session::StoreSetting;
use claimcheck_text::Language;
use ipnet::IpNet;
use url::Url;

use crate::config::{
    AdminListen, AllowRule, Apis, Board, BrandImage, ClaimPath, ClaimSlots, ListenAddress, LocalText, Secret,
    SessionKeys,
    brand::{
        Brand,
        values::{self as brand, Accent},
    },
    browsers::Browsers,
    check::Checker,
    claim_path,
    declare::settings,
    files::SettingFiles,
    limits::Limits,
    listen,
    outgoing::Outgoing,
    people::{self, RoleSeparators},
    row::{Requirement, Separator, SettingRow, Shape},
    values::{self, read_list, read_text},
    written::WrittenValues,
};

settings! {
    /// All settings, validated.
    ///
    /// `Debug` prints no secret.
    #[derive(Clone, Debug)]
    pub struct Settings {
        /// The APIs of panels.
        apis: Apis,
        /// The claims that requests to APIs may contain.
        claim_slots: ClaimSlots,
        boards: Vec<Board>,
        /// Who may sign in: users who meet one of these rules, or everybody without rules.
        allow: Vec<AllowRule>,
        brand: Brand,
        outgoing: Outgoing,
        limits: Limits,
        browsers: Browsers,
        /// What was written for each setting.
        written: WrittenValues,
        /// Where boards are read from.
        files: SettingFiles,
    }

    /// The address of the dashboard: scheme, host, port, and a path without a slash at its end.
    field public_url: Url {
        need: required("the address that users open, such as https://dashboard.example.com"),
        read: text(values::public_url),
        about: "the address that users open: an origin, or a path below one that other applications share; `https`, or `http` on loopback only",
        example: "https://dashboard.example.com",
    }

    /// The address to listen on.
    field listen: ListenAddress {
        need: default("127.0.0.1:3000"),
        read: text(listen::listen),
        about: "IP address and port of the dashboard, or a Unix socket: `unix:PATH`, or `unix:PATH?mode=660` with its permissions",
        example: "[::]:8080",
    }

    /// The address for health checks and operator commands.
    field admin_listen: AdminListen {
        need: default("127.0.0.1:3900"),
        read: text(listen::admin_listen),
        about: "IP address and port of health checks and operator commands, or a Unix socket as for `listen`, or `off`; a port that you set must be free, the default port is skipped if it is in use",
        example: "127.0.0.1:3901",
    }

    /// The time between a signal to stop and the end of listening.
    field shutdown_delay: Duration {
        need: default("0s"),
        read: text(values::shutdown_delay),
        about: "how long requests are still accepted after SIGTERM or SIGINT, from 0s to 5m, while `/health/ready` answers 503; a second signal ends the delay",
        example: "10s",
    }

    /// The language of the pages if neither browser nor account asks for a supported one.
    field language: Language {
        need: default("en"),
        read: text(values::language),
        about: "language of the pages if neither the user's account nor the browser prefers an available one: `en` or `de`",
        example: "de",
    }

    /// The name of the installation.
    part brand_name: Option<LocalText> {
        need: optional("the pages are called Claimcheck"),
        read: local(brand::name),
        about: "name of this installation: in the bar, in page titles and in texts",
        example: "Example Orders",
    }

    /// The logo.
    part brand_logo: Option<BrandImage> {
        need: optional(""),
        read: text(brand::image),
        about: "logo in the bar: the path of an SVG or PNG file of at most 64 KiB; an SVG must not contain scripts, event attributes, `foreignObject` or external references",
        example: "",
    }

    /// The icon of the browser's tab.
    part brand_favicon: Option<BrandImage> {
        need: optional("the logo"),
        read: text(brand::image),
        about: "icon of the browser tab: the path of an SVG or PNG file, as for the logo",
        example: "",
    }

    /// The colour of buttons, links and the bar.
    part brand_accent: Option<Accent> {
        need: optional(""),
        read: text(brand::accent),
        about: "colour of buttons, links and the bar: an opaque CSS colour; adjusted if its contrast is too low, which the log reports",
        example: "#2255aa",
    }

    /// The page for visitors who are not signed in.
    part brand_home: Option<LocalText> {
        need: optional(""),
        read: local(brand::text),
        about: "heading of the page for users who are not signed in; or `sign-in` to skip that page and start the sign-in at once",
        example: "sign-in",
    }

    /// The heading of that page if its text is set, too.
    part brand_home_heading: Option<LocalText> {
        need: optional(""),
        read: local(brand::text),
        about: "heading of that page, for use with `brand.home.text`",
        example: "Orders and deliveries",
    }

    /// The text of that page.
    part brand_home_text: Option<LocalText> {
        need: optional(""),
        read: local(brand::text),
        about: "text below that heading",
        example: "Sign in with your company account.",
    }

    /// The last line of every page.
    part brand_footer: Option<LocalText> {
        need: optional(""),
        read: local(brand::text),
        about: "last line of every page",
        example: "Example Ltd, internal use only",
    }

    /// The link for help.
    part brand_support: Option<Url> {
        need: optional(""),
        read: text(brand::support),
        about: "link to help on problem pages: an `https` or `mailto` URL",
        example: "https://help.example.com",
    }

    /// The provider's issuer identifier exactly as given: it is compared as text (Discovery 4.3).
    field issuer: String {
        need: required("the provider's issuer identifier, such as https://login.example.com"),
        read: text(values::issuer),
        about: "the provider's issuer, exactly as in its discovery document",
        example: "https://login.example.com/",
    }

    /// The tenants of an issuer that has a place for them; else empty.
    field tenants: Vec<String> {
        need: default(""),
        read: words(people::tenants),
        about: "Entra for several tenants: the IDs of the tenants whose users may sign in; required with the issuer \
                `https://login.microsoftonline.com/{tenantid}/v2.0`",
        example: "",
    }

    field client_id: String {
        need: required("the client ID at the provider"),
        read: text(values::any),
        about: "client ID of the dashboard at the provider",
        example: "dashboard",
    }

    field client_secret: Secret {
        need: required(
            "the client secret at the provider, or set CLAIMCHECK_CLIENT_SECRET_FILE to a file that contains it"
        ),
        read: text(values::secret),
        secret: true,
        about: "client secret of the dashboard at the provider",
        example: "change-me",
    }

    /// Requested scopes in the given order, then those of further APIs, each once; always includes `openid`.
    field scopes: Vec<String> {
        need: default("openid profile email offline_access"),
        read: words(values::scopes),
        about: "scopes to request at sign-in, including `openid`",
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

    part token_audience: Option<String> {
        need: optional("`audience` or `resource`"),
        read: text(values::any),
        about: "what `aud` of the API's access tokens contains; compared if they are JWTs and there are several APIs, or \
                if this is set",
        example: "api.example.com",
    }

    /// Further parameters of the authorization request; none of them is one the protocol sets itself.
    field authorize_params: Vec<(String, String)> {
        need: default(""),
        read: text(values::authorize_params),
        about: "additional parameters of the authorization request, except those that the protocol sets; the ID \
                token must confirm `acr_values` and `max_age`",
        example: "access_type=offline&prompt=consent",
    }

    /// `None` to use what the provider offers.
    field client_auth: Option<ClientAuth> {
        need: optional("as the provider supports; `client_secret_basic` if it supports both"),
        read: text(values::client_auth),
        values: ["client_secret_basic", "client_secret_post"],
        about: "client authentication at the token endpoint: `client_secret_basic` or `client_secret_post`",
        example: "client_secret_post",
    }

    /// Accepted signature algorithms of ID tokens, never an empty list; `None` for those of the provider's metadata.
    field id_token_algs: Option<Vec<Alg>> {
        need: optional("those that the provider's metadata lists"),
        read: words(values::id_token_algs),
        about: "accepted signature algorithms of ID tokens: `RS`, `PS` and `ES` of RFC 7518 except `ES512`, and `EdDSA`",
        example: "RS256 ES256",
    }

    /// Accepted `typ` values of logout tokens.
    field logout_token_typ: LogoutTokenTyp {
        need: default("lenient"),
        read: text(values::logout_token_typ),
        values: ["lenient", "strict"],
        about: "accepted types of logout tokens: `lenient` accepts `logout+jwt`, `JWT` and none, as providers send \
                them; `strict` accepts `logout+jwt` only",
        example: "strict",
    }

    /// Audiences that tokens may have beside this client.
    field trusted_audiences: Vec<String> {
        need: default(""),
        read: words(people::names),
        about: "further audiences that ID tokens, logout tokens and signed UserInfo may have beside the client ID",
        example: "https://api.example.com 300112233445566778",
    }

    /// Parameters that a link to the sign-in may pass to the provider.
    field pass_params: Vec<String> {
        need: default(""),
        read: words(people::pass_params),
        about: "parameters that a link to `/auth/sign-in` may pass to the provider, except those that decide how users \
                sign in",
        example: "organization invitation",
    }

    /// The paths of a user's roles in their claims.
    field role_claims: Vec<ClaimPath> {
        need: default("roles"),
        read: items(claim_path::parse_paths),
        about: "where to find the user's roles in the ID token and UserInfo: a claim (`roles`, \
                `https://example.com/roles`), a nested claim (`realm_access.roles`), or a JSONPath \
                (`$.teams[*].name`); a path with spaces must be an item of a list",
        example: "realm_access.roles groups",
    }

    /// How several roles in one text are separated.
    field role_separators: RoleSeparators {
        need: default("space"),
        read: words(RoleSeparators::parse),
        about: "what separates roles if a claim packs several into one text: characters such as `,` and `;`, `space` for \
                white space, or `none`; the whole text always counts, too, and JSON arrays are always read",
        example: ", ;",
    }

    /// The claim that binds an access token to the user of the ID token; `None`: access tokens are not read.
    field access_token_roles: Option<String> {
        need: default("off"),
        read: text(people::access_token_roles),
        about: "whether `role_claims` are also read from the access token, if it is a JWT: `off`, or the claim that must \
                be equal in access token and ID token: `sub`, or `oid` at Entra",
        example: "sub",
    }

    /// Who may see what panels send and receive: users with one of these roles; nobody if it is empty.
    field inspect_role: Vec<String> {
        need: default(""),
        read: items(values::roles),
        about: "role of the users who may see what each panel sends to its API and receives; several as a list, any of \
                which is enough; nobody if it is empty",
        example: "dashboard-author",
    }

    part api_url: Url {
        need: required("the base URL of the API, such as https://api.example.com/v1"),
        read: text(values::api_url),
        about: "the base URL of the API; `https`, or `http` on loopback and for `insecure_hosts`",
        example: "https://api.example.com/v1",
    }

    field store: StoreSetting {
        need: default("sqlite:claimcheck.db"),
        read: text(StoreSetting::parse),
        secret: true,
        about: "where sessions are stored: `memory:`, `sqlite:PATH`, `postgres://…` or `redis://…`",
        example: "sqlite:/var/lib/claimcheck/claimcheck.db",
    }

    /// The keys that encrypt sessions; always present in production.
    field session_keys: Option<SessionKeys> {
        need: optional("required unless on loopback"),
        read: commas(values::session_keys),
        secret: true,
        about: "keys that encrypt sessions, each 32 bytes in base64 (`openssl rand -base64 32`); the first encrypts, \
                all decrypt",
        example: "",
    }

    /// Idle timeout in seconds: a session ends after this time without a request from the user.
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

    /// Networks of reverse proxies whose `X-Forwarded-For` is trusted.
    field trusted_proxies: Vec<IpNet> {
        need: default(""),
        read: commas(values::networks),
        about: "reverse proxies whose `X-Forwarded-For` is trusted: addresses and networks",
        example: "10.0.0.0/8, 192.0.2.1",
    }

    /// The files with further boards, as written.
    part boards: Vec<String> {
        need: default(""),
        read: commas(values::board_files),
        about: "files with further `[[board]]`: paths or patterns such as `boards.d/*.toml`, relative to the settings file, \
                or from the environment to the current folder; the boards of a pattern are in the order of the file names; \
                changes are taken up without a restart",
        example: "",
    }

    /// The message above every page, for maintenance.
    field notice: Option<LocalText> {
        need: optional("no message"),
        read: local(brand::text),
        about: "message above every page, such as an announcement of maintenance; at most 600 characters; taken up without a restart",
        example: "Maintenance today from 18:00 to 18:30 UTC",
    }

    /// The log filter, in the notation of `tracing_subscriber::EnvFilter`.
    field log: String {
        need: default("info"),
        read: text(values::log),
        about: "what to log: `error`, `warn`, `info`, `debug`, `trace`, or a filter",
        example: "claimcheck=debug,warn",
    }
}
