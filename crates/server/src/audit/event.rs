//! What is recorded: one type for every event, with the members that only this event has. A new event is one variant
//! here and one row in `schema.rs`.

use claimcheck_base::clock::UnixSecs;
use claimcheck_session::{ActionPlace, EndReason, Owner, RowKey, SessionRecord, SignedIn};
use serde::Serialize;

/// Something that happened, before the time and the request are added.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub what: Occurrence,
    pub outcome: AuditOutcome,
    /// A short code, or the text of the log line.
    pub reason: Option<String>,
    pub who: Option<Who>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditOutcome {
    /// It was done.
    Success,
    /// It was refused: by a rule, the provider or the API.
    Refused,
    /// It could not be done.
    Failed,
    /// The API has accepted it and works on it.
    Accepted,
    /// It may have been done or not.
    Unclear,
}

/// Whose event it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Who {
    pub iss: String,
    pub sub: String,
    /// The reference of the session: [`RowKey::reference`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// In Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<UnixSecs>,
}

impl Who {
    /// The owner of a session with this record.
    pub fn of(owner: &Owner, key: &RowKey, record: &SessionRecord) -> Self {
        Self {
            session: Some(key.reference()),
            acr: record.acr.clone(),
            amr: record.amr.clone(),
            auth_time: record.auth_time,
            ..Self::subject(&owner.iss, &owner.sub)
        }
    }

    /// A subject without a known session.
    pub fn subject(iss: &str, sub: &str) -> Self {
        Self { iss: iss.to_owned(), sub: sub.to_owned(), ..Self::default() }
    }
}

impl From<&SignedIn> for Who {
    fn from(signed_in: &SignedIn) -> Self {
        Self::of(&signed_in.owner, &signed_in.key, &signed_in.record)
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event")]
pub enum Occurrence {
    /// A sign-in ended: with a session, or on a problem page.
    #[serde(rename = "sign_in")]
    SignIn {
        kind: SignInKind,
        /// The claims in the rule of `[[allow]]` that was met, without their values.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        allowed_by: Vec<String>,
        /// The error code of the provider, if it is a registered one.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'static str>,
    },
    /// The provider stated which of the requested scopes were granted.
    #[serde(rename = "consent")]
    Consent { granted: Vec<String>, declined: Vec<String> },
    /// A refresh ended the session.
    #[serde(rename = "token_refresh")]
    TokenRefresh { api: String },
    /// The roles in a session have changed.
    #[serde(rename = "roles.changed")]
    RolesChanged { gained: Vec<String>, lost: Vec<String> },
    /// A session ended.
    #[serde(rename = "session.ended")]
    SessionEnded {
        by: EndedBy,
        /// The session of the same user that this one was ended from.
        #[serde(skip_serializing_if = "Option::is_none")]
        ended_from: Option<String>,
        /// The kind of the provider's logout.
        #[serde(skip_serializing_if = "Option::is_none")]
        via: Option<&'static str>,
    },
    /// A logout of the provider was not accepted.
    #[serde(rename = "provider_logout")]
    ProviderLogout { via: &'static str },
    /// A user submitted an action.
    #[serde(rename = "action")]
    Action {
        board: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        panel: Option<String>,
        action: String,
        /// The row's name, as in the address of its page.
        #[serde(skip_serializing_if = "Option::is_none")]
        row: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        idempotency_key: Option<String>,
        /// The status of the API's response.
        #[serde(skip_serializing_if = "Option::is_none")]
        api_status: Option<u16>,
        /// The key of the row and what the board is about: for the link on the user's own page, not for the log.
        #[serde(skip)]
        place: Option<ActionPlace>,
    },
    /// A user took data out: a CSV file of a panel, or a file of a row.
    #[serde(rename = "download")]
    Download {
        kind: DownloadKind,
        board: String,
        panel: String,
        /// The number of rows in a CSV file.
        #[serde(skip_serializing_if = "Option::is_none")]
        rows: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        row: Option<String>,
    },
    /// A user sent the request of a panel again on the page with its exchange.
    #[serde(rename = "inspect.send")]
    InspectSend { board: String, panel: String },
    /// An operator listed sessions.
    #[serde(rename = "operator.list")]
    OperatorList {
        #[serde(skip_serializing_if = "Option::is_none")]
        of_sub: Option<String>,
        listed: u64,
    },
    /// An operator ended sessions. Each of them has a line, too.
    #[serde(rename = "operator.end")]
    OperatorEnd {
        which: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        of_sub: Option<String>,
        ended: u64,
    },
    /// An operator let the program forget a user's activity.
    #[serde(rename = "operator.forget")]
    OperatorForget { of_sub: String, lines: u64 },
    /// A request to the operator's routes was not accepted.
    #[serde(rename = "operator.refused")]
    OperatorRefused { path: String },
    /// A run of `claimcheck doctor --sign-in` began.
    #[serde(rename = "doctor.sign_in")]
    DoctorSignIn {},
    /// The settings changed while the program was running.
    #[serde(rename = "settings.reloaded")]
    SettingsReloaded { files: Vec<ChangedFile> },
    /// The program serves.
    #[serde(rename = "server.started")]
    ServerStarted { version: &'static str, pid: u32 },
    /// The program has stopped serving.
    #[serde(rename = "server.stopped")]
    ServerStopped { version: &'static str, pid: u32 },
    /// Lines could not be written and are missing before this one.
    #[serde(rename = "audit.lost")]
    LinesLost { lost: u64 },
}

/// The kind of sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInKind {
    /// Without a session before.
    New,
    /// The same user continues the session.
    Again,
    /// For more access or a stronger sign-in.
    StepUp,
    /// For a run of `claimcheck doctor --sign-in`.
    Doctor,
}

/// Who ended a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// Its user, in this session.
    Person,
    /// Its user, from another session.
    PersonElsewhere,
    /// An operator.
    Operator,
    /// The provider.
    Provider,
    /// This program: a limit, a timeout or the settings.
    Server,
}

impl From<EndReason> for EndedBy {
    fn from(why: EndReason) -> Self {
        match why {
            EndReason::SignedOut | EndReason::Replaced => Self::Person,
            EndReason::Elsewhere => Self::PersonElsewhere,
            EndReason::Operator => Self::Operator,
            EndReason::Provider | EndReason::Refused => Self::Provider,
            EndReason::NotAllowed | EndReason::TooMany => Self::Server,
        }
    }
}

/// What a user took out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DownloadKind {
    /// The rows of a panel.
    Csv,
    /// A file of a row.
    File,
}

/// A file that has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedFile {
    pub path: String,
    /// Of its content, in hexadecimal digits; `None` if it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl Event {
    /// Something that was done.
    pub fn success(what: Occurrence) -> Self {
        Self { what, outcome: AuditOutcome::Success, reason: None, who: None }
    }

    /// Something with another outcome, for that reason.
    pub fn not_done(what: Occurrence, outcome: AuditOutcome, reason: impl Into<String>) -> Self {
        Self { what, outcome, reason: Some(reason.into()), who: None }
    }

    /// The same event of that user.
    #[must_use]
    pub fn of(self, who: impl Into<Who>) -> Self {
        Self { who: Some(who.into()), ..self }
    }

    /// The name of the event, as in the member `event`.
    pub fn name(&self) -> &'static str {
        match &self.what {
            Occurrence::SignIn { .. } => "sign_in",
            Occurrence::Consent { .. } => "consent",
            Occurrence::TokenRefresh { .. } => "token_refresh",
            Occurrence::RolesChanged { .. } => "roles.changed",
            Occurrence::SessionEnded { .. } => "session.ended",
            Occurrence::ProviderLogout { .. } => "provider_logout",
            Occurrence::Action { .. } => "action",
            Occurrence::Download { .. } => "download",
            Occurrence::InspectSend { .. } => "inspect.send",
            Occurrence::OperatorList { .. } => "operator.list",
            Occurrence::OperatorEnd { .. } => "operator.end",
            Occurrence::OperatorForget { .. } => "operator.forget",
            Occurrence::OperatorRefused { .. } => "operator.refused",
            Occurrence::DoctorSignIn { .. } => "doctor.sign_in",
            Occurrence::SettingsReloaded { .. } => "settings.reloaded",
            Occurrence::ServerStarted { .. } => "server.started",
            Occurrence::ServerStopped { .. } => "server.stopped",
            Occurrence::LinesLost { .. } => "audit.lost",
        }
    }

    /// Whether anyone can cause it without signing in at the provider, as often as they like.
    pub fn is_for_anyone(&self) -> bool {
        self.outcome != AuditOutcome::Success
            && self.who.is_none()
            && matches!(
                self.what,
                Occurrence::SignIn { .. }
                    | Occurrence::ProviderLogout { .. }
                    | Occurrence::OperatorRefused { .. }
            )
    }
}
