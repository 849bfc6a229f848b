//! The members of a line, event by event: for the JSON Schema, and for the documentation. A new event has one row here.

use serde_json::{Map, Value, json};

use crate::audit::VERSION;

/// The kind of value of a member.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Text,
    Texts,
    Number,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Objects with `path` and `sha256`.
    Files,
}

/// A member of a line.
#[derive(Clone, Copy, Debug)]
pub struct LineMember {
    pub name: &'static str,
    pub kind: Kind,
    pub is_required: bool,
    /// Its meaning, in one line. Code is in backticks.
    pub about: &'static str,
}

/// An event, and the members that only it has.
#[derive(Clone, Copy, Debug)]
pub struct EventRow {
    pub name: &'static str,
    pub about: &'static str,
    pub outcomes: &'static [&'static str],
    pub members: &'static [LineMember],
}

const fn always(name: &'static str, kind: Kind, about: &'static str) -> LineMember {
    LineMember { name, kind, is_required: true, about }
}

const fn maybe(name: &'static str, kind: Kind, about: &'static str) -> LineMember {
    LineMember { name, kind, is_required: false, about }
}

use Kind::{Files, Number, OneOf, Text, Texts};

const BOARD: LineMember = always("board", Text, "the board's id");
const ROW: LineMember = maybe("row", Text, "the row's name, as in the address of its page");

/// The members of every event, in their order.
pub const COMMON: &[LineMember] = &[
    always("v", Number, "the version of this schema"),
    always("time", Text, "when it happened: RFC 3339 with milliseconds, in UTC"),
    always("event", Text, "the name of the event"),
    always("outcome", Text, "`success`, `refused`, `failed`, `accepted` or `unclear`"),
    maybe("reason", Text, "why, as a short code"),
    maybe("iss", Text, "the issuer of the user"),
    maybe("sub", Text, "the subject of the user"),
    maybe("session", Text, "the reference of the user's session, also in `claimcheck sessions list --json`"),
    maybe("acr", Text, "the authentication context of the sign-in"),
    maybe("amr", Texts, "the authentication methods of the sign-in"),
    maybe("auth_time", Number, "when the user authenticated at the provider, in Unix seconds"),
    maybe("client", Text, "the client's address"),
    maybe("device", Text, "the client's device, by its user agent"),
    maybe(
        "operator",
        Text,
        "the user of the operating system that ran the command, as the command states it",
    ),
    maybe("request", Text, "the id of the request, also in the log and in `X-Request-Id`"),
    maybe("trace", Text, "the id of the request's trace, if traces are on"),
    maybe("count", Number, "how many events of this kind the line stands for, if more than one"),
];

/// Every event.
pub const EVENTS: &[EventRow] = &[
    EventRow {
        name: "sign_in",
        about: "a sign-in ended: with a session, or on a problem page",
        outcomes: &["success", "refused", "failed"],
        members: &[
            always(
                "kind",
                OneOf(&["new", "again", "step_up", "doctor"]),
                "a new session, the same session again, with more access or a stronger sign-in, or for `claimcheck doctor`",
            ),
            maybe(
                "allowed_by",
                Texts,
                "the claims in the rule of `[[allow]]` that was met, without their values",
            ),
            maybe("error", Text, "the error code of the provider, or `other`"),
        ],
    },
    EventRow {
        name: "consent",
        about: "the provider stated which of the requested scopes it has granted",
        outcomes: &["success", "refused"],
        members: &[
            always("granted", Texts, "the granted scopes"),
            always("declined", Texts, "the requested scopes that were not granted"),
        ],
    },
    EventRow {
        name: "token_refresh",
        about: "a refresh ended the session: the provider refused it, or its answer was not acceptable",
        outcomes: &["refused"],
        members: &[always("api", Text, "the id of the API that the token is for")],
    },
    EventRow {
        name: "roles.changed",
        about: "the provider stated other roles than before",
        outcomes: &["success"],
        members: &[
            always("gained", Texts, "the roles that the user has now"),
            always("lost", Texts, "the roles that the user has no more"),
        ],
    },
    EventRow {
        name: "session.ended",
        about: "a session ended",
        outcomes: &["success"],
        members: &[
            always(
                "by",
                OneOf(&["person", "person_elsewhere", "operator", "provider", "server"]),
                "its user here or from another session, an operator, the provider, or this program",
            ),
            maybe("ended_from", Text, "the reference of the session that it was ended from"),
            maybe("via", OneOf(&["back_channel", "front_channel"]), "the kind of the provider's logout"),
        ],
    },
    EventRow {
        name: "provider_logout",
        about: "a logout of the provider was not accepted",
        outcomes: &["refused", "failed"],
        members: &[always("via", OneOf(&["back_channel", "front_channel"]), "its kind")],
    },
    EventRow {
        name: "action",
        about: "a user submitted an action; `refused` and `failed`: nothing was done",
        outcomes: &["success", "accepted", "refused", "failed", "unclear"],
        members: &[
            BOARD,
            maybe("panel", Text, "the panel's id, for an action on a row"),
            always("action", Text, "the action's id"),
            ROW,
            maybe("idempotency_key", Text, "the `Idempotency-Key` of the request to the API"),
            maybe("api_status", Number, "the status of the API's response"),
        ],
    },
    EventRow {
        name: "download",
        about: "a user took data out",
        outcomes: &["success", "failed"],
        members: &[
            always("kind", OneOf(&["csv", "file"]), "the rows of a panel, or a file of a row"),
            BOARD,
            always("panel", Text, "the panel's id"),
            maybe("rows", Number, "the number of rows that were sent"),
            ROW,
        ],
    },
    EventRow {
        name: "inspect.send",
        about: "a user sent the request of a panel again on the page with its exchange",
        outcomes: &["success", "failed"],
        members: &[BOARD, always("panel", Text, "the panel's id")],
    },
    EventRow {
        name: "operator.list",
        about: "an operator listed sessions, one page of the list",
        outcomes: &["success", "failed"],
        members: &[
            maybe("of_sub", Text, "the subject whose sessions were listed; without it, everyone's"),
            always("listed", Number, "the number of sessions"),
        ],
    },
    EventRow {
        name: "operator.end",
        about: "an operator ended sessions; each of them has a line `session.ended` before",
        outcomes: &["success", "failed"],
        members: &[
            always(
                "which",
                OneOf(&["keys", "sub", "all"]),
                "single sessions, those of a subject, or everyone's",
            ),
            maybe("of_sub", Text, "the subject"),
            always("ended", Number, "the number of sessions"),
        ],
    },
    EventRow {
        name: "operator.forget",
        about: "an operator let the program forget what a user's sessions page shows of their activity",
        outcomes: &["success", "failed"],
        members: &[always("of_sub", Text, "the subject"), always("lines", Number, "the number of lines")],
    },
    EventRow {
        name: "operator.refused",
        about: "a request to the operator's routes was refused",
        outcomes: &["refused"],
        members: &[always("path", Text, "the path of the request")],
    },
    EventRow {
        name: "doctor.sign_in",
        about: "an operator started `claimcheck doctor --sign-in`",
        outcomes: &["success"],
        members: &[],
    },
    EventRow {
        name: "settings.reloaded",
        about: "boards or the notice changed while the program was running; `refused`: the changed files have mistakes",
        outcomes: &["success", "refused"],
        members: &[always(
            "files",
            Files,
            "the files that differ, with the SHA-256 of their content; none if gone",
        )],
    },
    EventRow {
        name: "server.started",
        about: "the program serves",
        outcomes: &["success"],
        members: &[
            always("version", Text, "the version of the program"),
            always("pid", Number, "the process id"),
        ],
    },
    EventRow {
        name: "server.stopped",
        about: "the program has stopped serving",
        outcomes: &["success"],
        members: &[
            always("version", Text, "the version of the program"),
            always("pid", Number, "the process id"),
        ],
    },
    EventRow {
        name: "audit.lost",
        about: "lines are missing before this one, because they could not be written",
        outcomes: &["failed"],
        members: &[always("lost", Number, "the number of lines")],
    },
];

/// The JSON Schema of a line. Later versions of the program may add members and events within one version of the schema.
pub fn audit_schema() -> Value {
    let events: Vec<Value> = EVENTS.iter().map(event).collect();
    let mut common = properties(COMMON);
    common.insert("v".to_owned(), json!({ "const": VERSION, "description": "the version of this schema" }));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Audit log of Claimcheck",
        "description": "One line of the audit log",
        "type": "object",
        "required": required(COMMON),
        "properties": common,
        "oneOf": events,
    })
}

fn event(row: &EventRow) -> Value {
    let mut properties = properties(row.members);
    properties.insert("event".to_owned(), json!({ "const": row.name }));
    properties.insert("outcome".to_owned(), json!({ "enum": row.outcomes }));
    json!({ "description": row.about, "properties": properties, "required": required(row.members) })
}

fn required(members: &[LineMember]) -> Vec<&'static str> {
    members.iter().filter(|member| member.is_required).map(|member| member.name).collect()
}

fn properties(members: &[LineMember]) -> Map<String, Value> {
    members.iter().map(|member| (member.name.to_owned(), value(member))).collect()
}

fn value(member: &LineMember) -> Value {
    let mut value = match member.kind {
        Text if member.name == "time" => json!({
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
        }),
        Text => json!({ "type": "string" }),
        Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Number => json!({ "type": "integer" }),
        OneOf(words) => json!({ "enum": words }),
        Files => json!({
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path"],
                "properties": { "path": { "type": "string" }, "sha256": { "type": "string", "pattern": "^[0-9a-f]{64}$" } },
            },
        }),
    };
    value["description"] = member.about.into();
    value
}
