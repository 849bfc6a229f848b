//! The keys of `[[api]]`, and how they belong together. The reader is in `apis`.

use crate::config::{
    key_rule::{
        Condition::{Has, Is, IsNot},
        KeyRule::{AnyOf, If, NoneOf},
    },
    toml_key::{TomlKeys, headers, local, one_of, text, text_list},
};

/// The keys of `[[api]]`.
pub(super) static KEYS: TomlKeys = TomlKeys::new(
    "api",
    &[&[
        text("id", "the name that panels and actions use: a-z, 0-9 and -").required(),
        local("title", "the name of the API for users").required(),
        text("url", "the base URL of the API, such as `https://stock.example.com/v2`").required(),
        one_of(
            "token",
            || vec!["refresh", "exchange"],
            "where its access token comes from: `refresh`, or `exchange` (RFC 8693)",
        ),
        text("resource", "the API's identifier, sent as `resource` (RFC 8707)"),
        text("audience", "the API's identifier, sent as `audience`"),
        text_list("scopes", "the scopes that are requested for it"),
        text_list("step_up_scopes", "further scopes that it may demand with `insufficient_scope`"),
        text(
            "token_audience",
            "what `aud` of its access tokens contains; by default `resource` or `audience`",
        ),
        one_of(
            "auth",
            || vec!["bearer", "none"],
            "what requests prove: `bearer`, or `none` for headers only",
        ),
        headers("headers", "headers of every request to it"),
        text("timeout", "the time limit for one response, from `1s` to `120s`"),
    ]],
)
.rules(&[&[
    If(Is("auth", "none"), &[NoneOf(&ABOUT_TOKENS)]),
    If(
        IsNot("auth", "none"),
        &[
            AnyOf(&["resource", "audience", "scopes"]),
            If(IsNot("token", "exchange"), &[If(Has("resource"), &[NoneOf(&["audience"])])]),
        ],
    ),
]]);
/// The keys that have no effect without access tokens.
pub(super) const ABOUT_TOKENS: [&str; 6] =
    ["token", "resource", "audience", "scopes", "step_up_scopes", "token_audience"];
