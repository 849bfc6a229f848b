//! The settings of a running program: their types, and the only way to load them (`Settings::load`). Only this module
//! reads the environment. Every setting is a row of `table`; `sources` collects their texts, `values` parses them,
//! `check` has the rules that involve several, and `boards` and `apis` read what only a file can contain.

use std::{fmt, net::SocketAddr, path::Path};

use claimcheck_base::{http_out::HttpSettings, secret::Secret};
use claimcheck_model::paths;

mod allow;
mod api;
mod api_headers;
mod api_keys;
mod apis;
mod assemble;
mod board_files;
mod boards;
mod brand;
mod browsers;
mod check;
mod claim_path;
mod claim_slots;
mod client;
mod declare;
mod files;
mod image_hosts;
mod key_rule;
mod keys;
mod limits;
mod listen;
mod local_keys;
mod local_text;
mod meant;
#[cfg(test)]
mod mistake_tests;
mod outgoing;
mod outgoing_values;
mod own_secrets;
mod people;
mod problem;
mod public_issuer;
mod public_url;
mod reader;
mod remedy;
mod report;
mod row;
mod schema;
mod sources;
mod table;
mod take_up;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod toml_key;
mod trace_values;
mod values;
mod variables;
#[cfg(test)]
mod warnings_tests;
mod written;

pub use crate::audit::AuditSetting;
pub use allow::AllowRule;
pub(crate) use allow::{is_allowed, met_rule};
pub use api::{Api, ApiAuth, TokenSource, is_of_no_api};
pub use api_headers::{HeaderSetting, is_header_text};
pub use apis::{Apis, DEFAULT_API};
pub use boards::{
    Action, AfterSetting, Board, BoardPage, BoardPart, BoardWidth, Check, Choice, ChoicesSetting, ClaimNeed,
    Condition, CountSetting, CurrencyOf, DayFormat, DownloadSetting, FieldKind, FieldSetting, FileKind,
    FilterChoices, FilterDefault, FilterKind, FilterSetting, FilterSlot, IfMatch, ImageSetting, JobSetting,
    LOCATION_LAST, LinkTo, LookSetting, MemberPath, MemberSetting, Needs, Operand, PERIOD_SLOTS, Panel,
    PanelKind, Parameter, PercentOf, PeriodSetting, ReadSetting, RuleSetting, Sentence, Side, SlotForm,
    SlotValue, Span, Step, SubjectSetting, TabSetting, TagSetting, Template, Test, Unfit, Unit, ValueFormat,
    Whole, exponent, find_filter, has_dot_segment, is_filter_of_detail, is_path_value, is_slot_value, kinds,
    row_slots, title_from_key, with_parents,
};
pub use brand::{Brand, BrandHome, BrandImage};
pub use browsers::{Browsers, Hsts};
pub use claim_path::ClaimPath;
pub use claim_slots::{ClaimGap, ClaimSlots, claim_name};
pub use claimcheck_oidc::{Alg, ClientAuth, EndSession, LogoutTokenTyp};
pub use claimcheck_session::{StoreServer, StoreSetting};
pub use files::{SettingFiles, USUAL_FILE};
pub use image_hosts::ImageHosts;
pub use limits::Limits;
pub use listen::{ListenAddress, Listeners, UnixAddress};
pub use local_keys::{LocalKeys, LocalKeysError};
pub use local_text::{Local, LocalText};
pub use outgoing::Outgoing;
pub use people::RoleSeparators;
pub use problem::{SettingPlace, SettingProblem, SettingsErrors, Warning};
pub use report::{Report, SettingFinding, Severity};
pub use row::{Requirement, Separator, SettingRow, Shape, reference, settings_help};
pub use schema::json_schema;
pub use table::Settings;
pub use take_up::Reread;
pub use trace_values::TraceHeaders;
pub use values::is_loopback;
pub use written::WrittenValues;

impl Settings {
    /// Reads the settings. A variable overrides `file`, and `file` overrides `base`. Boards and further APIs come from
    /// `file` if it has any boards, else from `base`; `file` may replace the APIs of the boards in `base`. If `base` has APIs and
    /// no boards, the APIs are for the boards of `file`.
    ///
    /// # Errors
    /// All problems at once; each names the key, the variable and what would be right.
    pub fn load(
        base: Option<&str>,
        file: Option<&Path>,
        env: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(Self, Vec<Warning>), SettingsErrors> {
        let read = Self::read(base, file, env);
        match read.settings.filter(|_| read.problems.is_empty()) {
            Some(settings) => Ok((*settings, read.warnings)),
            None => Err(SettingsErrors(read.problems)),
        }
    }

    /// The same with everything that was found.
    fn read(
        base: Option<&str>,
        file: Option<&Path>,
        env: impl IntoIterator<Item = (String, String)>,
    ) -> check::ReadSettings {
        let mut sources = sources::Sources::new(env);
        if let Some(text) = base {
            sources.read_toml(text, "the built-in settings");
        }
        if let Some(path) = file {
            sources.read_file(path);
        }
        sources.read_env();
        sources.read_board_files();
        check::check_settings(sources)
    }

    /// Whether this installation is for real users: the public URL is not loopback.
    pub fn is_production(&self) -> bool {
        !is_loopback(&self.public_url)
    }

    /// The public origin in the form of the `Origin` header: no trailing slash, no default port (RFC 6454 6.2).
    pub fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }

    /// The path below which browsers see this program: empty, or such as `/dash`.
    pub fn base_path(&self) -> &str {
        self.public_url.path().trim_end_matches('/')
    }

    /// The absolute address of a route, for users and the provider.
    pub fn address(&self, route: paths::Route) -> String {
        [self.origin().as_str(), self.base_path(), route.path()].concat()
    }

    /// Where users find the dashboard: the public URL without a slash at its end.
    pub fn home(&self) -> String {
        self.origin() + self.base_path()
    }

    /// Whether sessions and logouts of this issuer belong to this installation.
    pub fn is_issuer(&self, iss: &str) -> bool {
        claimcheck_oidc::issuer::is_issuer(&self.issuer, &self.tenants, iss)
    }

    /// The settings of outgoing HTTP clients.
    pub fn http(&self) -> HttpSettings {
        self.outgoing.http()
    }

    /// The redirect URI to register at the provider (OpenID Connect Core 3.1.2.1).
    pub fn redirect_uri(&self) -> String {
        self.address(paths::CALLBACK)
    }

    /// Whether browsers reach this program over TLS: `Secure` and `__Host-` cookies, HSTS.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// The configured API of that id.
    pub fn api(&self, id: &str) -> Option<&Api> {
        self.apis.all().find(|api| api.id == id)
    }

    /// The scopes that boards, panels and actions of the API with that id require.
    pub fn needs_of<'a>(&'a self, api: &'a str) -> impl Iterator<Item = &'a str> {
        let needs = self.boards.iter().flat_map(move |board| {
            let own = (api == DEFAULT_API).then_some(&board.needs);
            let subject = board.subject.as_ref().filter(move |subject| subject.api == api);
            let subject = subject.into_iter().map(|subject| &subject.needs);
            let panels = board.panels.iter().filter(move |panel| panel.api == api).map(|panel| &panel.needs);
            let actions = board.panels.iter().flat_map(|panel| &panel.actions).chain(&board.actions);
            let actions = actions.filter(move |action| action.api == api).map(|action| &action.needs);
            own.into_iter().chain(subject).chain(panels).chain(actions)
        });
        needs.flat_map(|needs| needs.scopes.iter().map(String::as_str))
    }

    /// Whether the API of that id may have the user asked for a scope: one that every sign-in requests, one that boards,
    /// panels or actions name for it, or one in its `step_up_scopes`. So an API cannot obtain rights that it has no
    /// business with.
    pub fn may_demand(&self, api: &str, scope: &str) -> bool {
        let is_it = |named: &String| named == scope;
        let of_api = self.api(api).into_iter().flat_map(|api| api.scopes.iter().chain(&api.step_up_scopes));
        let of_boards = self.boards.iter().flat_map(|board| &board.needs.scopes);
        self.scopes.iter().chain(of_api).chain(of_boards).any(is_it)
            || self.needs_of(api).any(|named| named == scope)
    }

    /// Whether a scope is named anywhere, so that its API is known.
    pub fn names_scope(&self, scope: &str) -> bool {
        let is_it = |named: &str| named == scope;
        self.apis
            .all()
            .any(|api| api.scopes.iter().map(String::as_str).any(is_it) || self.needs_of(&api.id).any(is_it))
    }

    /// The configured board of that id.
    pub fn board(&self, id: &str) -> Option<&Board> {
        self.boards.iter().find(|board| board.id == id)
    }
}

/// The process's environment, without variables that are not valid text.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// The address of the admin listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminListen {
    /// No admin listener.
    Off,
    /// A chosen address: the program does not start if it is in use.
    At(ListenAddress),
    /// The default address: if it is in use, the program runs without an admin listener.
    Default(ListenAddress),
}

impl AdminListen {
    /// A chosen IP address and port.
    pub fn at(address: impl Into<SocketAddr>) -> Self {
        Self::At(ListenAddress::from(address.into()))
    }
}

/// The session keys, at least one: the first encrypts, all decrypt.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionKeys(Vec<[u8; 32]>);

impl SessionKeys {
    /// The keys themselves. Call it only where they are needed.
    pub fn expose(&self) -> &[[u8; 32]] {
        &self.0
    }
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted; {}]", self.0.len())
    }
}
