//! The keys of the file: those of the rows in `table`, `outgoing`, `limits` and `browsers`, and those of tables, which are read by
//! modules of their own.

use crate::config::{
    allow, api_keys, boards, browsers, limits, outgoing,
    row::SettingRow,
    table::ROWS,
    toml_key::{TomlKey, headers, names, tables},
};

/// The key of the further APIs.
pub(super) const API: &str = "api";
/// The key of the headers of the API of `api_url`.
pub(super) const API_HEADERS: &str = "api_headers";
/// The key of the claims that requests may contain.
pub(super) const CLAIMS: &str = "claims";
/// The key of the rules about who may sign in.
pub(super) const ALLOW: &str = "allow";
/// The key of the files with boards.
pub(super) const BOARDS: &str = "boards";
/// The key of the boards.
pub(super) const BOARD: &str = "board";

/// The keys of tables.
pub(super) static TABLES: [TomlKey; 5] = [
    tables(
        ALLOW,
        &allow::KEYS,
        "who may sign in: users who meet one of these rules; everybody without rules",
    ),
    tables(API, &api_keys::KEYS, "further APIs, each with its own access token"),
    headers(API_HEADERS, "headers of every request to the API of `api_url`"),
    tables(BOARD, &boards::KEYS, "a board: a page of panels"),
    names(CLAIMS, "claims that requests may contain: a name, and the claim or its JSONPath"),
];

const SETTINGS: [&[SettingRow]; 4] = [ROWS, outgoing::ROWS, limits::ROWS, browsers::ROWS];
const COUNT: usize = SETTINGS[0].len() + SETTINGS[1].len() + SETTINGS[2].len() + SETTINGS[3].len();

/// The rows of `table`, `outgoing`, `limits` and `browsers`, in this order.
pub(super) static ALL_ROWS: [SettingRow; COUNT] = {
    let (mut all, mut at) = ([ROWS[0]; COUNT], 0);
    let (mut table, mut row) = (0, 0);
    while at < COUNT {
        while row == SETTINGS[table].len() {
            (table, row) = (table + 1, 0);
        }
        all[at] = SETTINGS[table][row];
        (at, row) = (at + 1, row + 1);
    }
    all
};

/// The row of a key.
pub(super) fn find_row(key: &str) -> Option<&'static SettingRow> {
    ALL_ROWS.iter().find(|row| row.key == key)
}

/// Every key of the file, those of tables last.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    ALL_ROWS.iter().map(|row| row.key).chain(TABLES.iter().map(|key| key.name))
}
