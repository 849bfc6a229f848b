//! The statements of the SQLite store. Each is complete by itself. Columns are named, never `*`, because a newer version of
//! this program may add some while this one runs. The tables `barred` and `consumed` hold the logout
//! watermarks and the replay cache.

/// This machine's clock in milliseconds, which all processes that share the file have in common.
macro_rules! now_ms {
    () => {
        "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
    };
}

macro_rules! columns {
    () => {
        "key, cookie_hash, iss, sub, sid, created_at, last_active_at, idle_until, absolute_until, label, \
         record, record_version, tokens, tokens_version"
    };
}

/// What lists show.
macro_rules! head_columns {
    () => {
        "key, cookie_hash, iss, sub, sid, created_at, last_active_at, idle_until, absolute_until, label"
    };
}

macro_rules! ended_columns {
    () => {
        "key, cookie_hash, iss, sub, sid, label, why, cause, ended_at, until"
    };
}

pub(super) const ADD: &str = "INSERT INTO session (key, cookie_hash, iss, sub, sid, created_at, last_active_at, idle_until, \
     absolute_until, label, record, record_version, tokens, tokens_version, issued_at) \
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?17 \
     WHERE NOT EXISTS (SELECT 1 FROM barred WHERE bar IN (?15, ?16) AND barred.issued_at >= ?17)";
/// The other sessions of a user that are live at `?4`, the one that is unused for longest first: those beyond the first
/// `?5` that were used last, at most `?6`.
pub(super) const TOO_MANY: &str = "SELECT key FROM (SELECT key, last_active_at, created_at FROM session \
     WHERE iss = ?1 AND sub = ?2 AND key <> ?3 AND idle_until > ?4 AND absolute_until > ?4 \
     ORDER BY last_active_at DESC, created_at DESC, key DESC LIMIT -1 OFFSET ?5) \
     ORDER BY last_active_at, created_at, key LIMIT ?6";
pub(super) const TRIM_ENDED: &str = "DELETE FROM ended WHERE key IN (SELECT key FROM ended WHERE iss = ?1 AND sub = ?2 \
     ORDER BY ended_at DESC LIMIT ?4 OFFSET ?3)";
pub(super) const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM session WHERE cookie_hash = ?1 AND idle_until > ?2 AND absolute_until > ?2"
);
pub(super) const GET: &str = concat!("SELECT ", columns!(), " FROM session WHERE key = ?");
pub(super) const IS_THERE: &str = "SELECT 1 FROM session WHERE key = ?";
pub(super) const LIST: &str = concat!(
    "SELECT ",
    head_columns!(),
    " FROM session WHERE key > ?1 AND idle_until > ?2 AND absolute_until > ?2 ORDER BY key LIMIT ?3"
);
pub(super) const LIST_OF: &str = concat!(
    "SELECT ",
    head_columns!(),
    " FROM session WHERE iss = ?4 AND sub = ?5 AND key > ?1 AND idle_until > ?2 \
     AND absolute_until > ?2 ORDER BY key LIMIT ?3"
);
pub(super) const TOUCH: &str = "UPDATE session SET last_active_at = max(last_active_at, ?2), \
     idle_until = min(max(idle_until, ?3), absolute_until) \
     WHERE key = ?1 AND idle_until > ?2 AND absolute_until > ?2";
pub(super) const SAVE_RECORD: &str = "UPDATE session SET record = ?3, record_version = record_version + 1 \
     WHERE key = ?1 AND record_version = ?2 RETURNING record_version";
pub(super) const SAVE_TOKENS: &str = "UPDATE session SET tokens = ?3, tokens_version = tokens_version + 1, lease_holder = NULL \
     WHERE key = ?1 AND tokens_version = ?2 RETURNING tokens_version";
pub(super) const RESEAL: &str = "UPDATE session SET label = ?4, record = ?5, tokens = ?6 \
     WHERE key = ?1 AND record_version = ?2 AND tokens_version = ?3";
pub(super) const RENEW: &str = "UPDATE session SET cookie_hash = ?3, sid = ?4, created_at = ?5, last_active_at = ?5, \
     idle_until = min(?6, ?7), absolute_until = ?7, label = ?8, record = ?9, record_version = record_version + 1, \
     tokens = ?10, tokens_version = tokens_version + 1, issued_at = ?11 \
     WHERE key = ?1 AND cookie_hash = ?2 RETURNING tokens_version";
pub(super) const IS_LOGGED_OUT: &str = "SELECT 1 FROM barred WHERE bar IN (?, ?) AND issued_at >= ?";
pub(super) const LEASE: &str = concat!(
    "UPDATE session SET lease_holder = ?2, lease_until_ms = ",
    now_ms!(),
    " + ?3 WHERE key = ?1 AND (lease_holder IS NULL OR lease_holder = ?2 OR lease_until_ms <= ",
    now_ms!(),
    ")"
);
pub(super) const LEASE_HOLDER: &str = "SELECT lease_holder FROM session WHERE key = ?";
pub(super) const RELEASE: &str =
    "UPDATE session SET lease_holder = NULL WHERE key = ?1 AND lease_holder = ?2";
pub(super) const END: &str = concat!(
    "DELETE FROM session WHERE key = ?1 AND (?2 IS NULL OR tokens_version = ?2) RETURNING ",
    columns!()
);
/// Rows of earlier versions have no `issued_at`.
pub(super) const END_ALL: &str = concat!(
    "DELETE FROM session WHERE iss = ?1 AND (?2 IS NULL OR sub = ?2) AND (?3 IS NULL OR sid = ?3) \
     AND coalesce(issued_at, created_at - 60) <= ?4 RETURNING ",
    columns!()
);
/// The live sessions of a user except one, at most `?5`.
pub(super) const END_OF: &str = concat!(
    "DELETE FROM session WHERE key IN (SELECT key FROM session WHERE iss = ?1 AND sub = ?2 AND key <> ?3 \
     AND idle_until > ?4 AND absolute_until > ?4 LIMIT ?5) RETURNING ",
    columns!()
);
pub(super) const ADD_ENDED: &str = concat!(
    "INSERT INTO ended (key, cookie_hash, iss, sub, sid, label, why, cause, ended_at, until, noted_at_ms) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ",
    now_ms!(),
    ")"
);
pub(super) const RAISE_WATERMARK: &str = "INSERT INTO barred (bar, issued_at, until) VALUES (?, ?, ?) ON CONFLICT (bar) DO UPDATE \
     SET issued_at = max(issued_at, excluded.issued_at), until = max(until, excluded.until)";
pub(super) const ENDED: &str = concat!("SELECT ", ended_columns!(), " FROM ended WHERE cookie_hash = ?");
pub(super) const ENDED_OF: &str = concat!(
    "SELECT ",
    ended_columns!(),
    " FROM ended WHERE iss = ? AND sub = ? AND until > ? ORDER BY ended_at DESC LIMIT ?"
);
pub(super) const ENDED_LATELY: &str = concat!(
    "SELECT ",
    ended_columns!(),
    " FROM ended WHERE noted_at_ms >= ",
    now_ms!(),
    " - ? ORDER BY noted_at_ms DESC LIMIT ?"
);
pub(super) const MARK_USED: &str =
    "INSERT INTO consumed (mark, until) VALUES (?, ?) ON CONFLICT (mark) DO NOTHING";
/// No real entry is all zeros: they are hashes.
pub(super) const PROBE: &str = "INSERT INTO consumed (mark, until) VALUES (zeroblob(32), unixepoch() + 60) \
     ON CONFLICT (mark) DO UPDATE SET until = until";
pub(super) const PURGE_ROWS: &str =
    "DELETE FROM session WHERE key IN (SELECT key FROM session WHERE idle_until <= ?1 LIMIT ?2)";
pub(super) const PURGE_REPLAY_CACHE: &str =
    "DELETE FROM consumed WHERE mark IN (SELECT mark FROM consumed WHERE until <= ?1 LIMIT ?2)";
pub(super) const PURGE_ENDED: &str =
    "DELETE FROM ended WHERE key IN (SELECT key FROM ended WHERE until <= ?1 LIMIT ?2)";
pub(super) const PURGE_WATERMARKS: &str =
    "DELETE FROM barred WHERE bar IN (SELECT bar FROM barred WHERE until <= ?1 LIMIT ?2)";
pub(super) const PURGE_LINES: &str =
    "DELETE FROM activity WHERE id IN (SELECT id FROM activity WHERE until <= ?1 LIMIT ?2)";
/// Additions to the tables that the version before can live with, and so have no version of a migration: it would refuse
/// to start. It never reads the columns and the table, and the indexes change nothing for it. Each with a query that counts it.
pub(super) const EXTEND: [(&str, &str); 7] = [
    (
        "SELECT count(*) FROM pragma_table_info('session') WHERE name = 'issued_at'",
        "ALTER TABLE session ADD COLUMN issued_at INTEGER",
    ),
    (
        "SELECT count(*) FROM pragma_table_info('ended') WHERE name = 'cause'",
        "ALTER TABLE ended ADD COLUMN cause TEXT",
    ),
    (
        "SELECT count(*) FROM sqlite_schema WHERE name = 'ended_by_person'",
        "CREATE INDEX ended_by_person ON ended (iss, sub, ended_at)",
    ),
    (
        "SELECT count(*) FROM pragma_table_info('consumed') WHERE name = 'attempt'",
        "ALTER TABLE consumed ADD COLUMN attempt BLOB",
    ),
    (
        "SELECT count(*) FROM sqlite_schema WHERE name = 'activity'",
        "CREATE TABLE activity (id BLOB NOT NULL PRIMARY KEY, person BLOB NOT NULL CHECK (length(person) = 32), \
         at_us INTEGER NOT NULL, until INTEGER NOT NULL, line BLOB NOT NULL) STRICT, WITHOUT ROWID",
    ),
    (
        "SELECT count(*) FROM sqlite_schema WHERE name = 'activity_by_person'",
        "CREATE INDEX activity_by_person ON activity (person, at_us)",
    ),
    (
        "SELECT count(*) FROM sqlite_schema WHERE name = 'activity_by_end'",
        "CREATE INDEX activity_by_end ON activity (until)",
    ),
];
