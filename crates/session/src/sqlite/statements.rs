//! The statements of the SQLite store. Each is complete by itself. The tables `barred` and `consumed` hold the logout
//! watermarks and the replay cache.

/// This machine's clock in milliseconds, which all processes that share the file have in common.
macro_rules! now_ms {
    () => {
        "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
    };
}

pub(super) const ADD: &str = "INSERT INTO session (key, cookie_hash, iss, sub, sid, created_at, last_active_at, idle_until, \
     absolute_until, label, record, record_version, tokens, tokens_version) \
     SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? \
     WHERE NOT EXISTS (SELECT 1 FROM barred WHERE bar IN (?, ?) AND issued_at >= ?)";
pub(super) const FIND: &str =
    "SELECT * FROM session WHERE cookie_hash = ?1 AND idle_until > ?2 AND absolute_until > ?2";
pub(super) const GET: &str = "SELECT * FROM session WHERE key = ?";
pub(super) const LIST: &str = "SELECT * FROM session WHERE key > ?1 AND idle_until > ?2 AND absolute_until > ?2 \
     ORDER BY key LIMIT ?3";
pub(super) const LIST_OF: &str = "SELECT * FROM session WHERE iss = ?4 AND sub = ?5 AND key > ?1 AND idle_until > ?2 \
     AND absolute_until > ?2 ORDER BY key LIMIT ?3";
pub(super) const TOUCH: &str = "UPDATE session SET last_active_at = max(last_active_at, ?2), \
     idle_until = min(max(idle_until, ?3), absolute_until) \
     WHERE key = ?1 AND idle_until > ?2 AND absolute_until > ?2";
pub(super) const SAVE_RECORD: &str = "UPDATE session SET record = ?3, record_version = record_version + 1 \
     WHERE key = ?1 AND record_version = ?2 RETURNING record_version";
pub(super) const SAVE_TOKENS: &str = "UPDATE session SET tokens = ?3, tokens_version = tokens_version + 1, lease_holder = NULL \
     WHERE key = ?1 AND tokens_version = ?2 RETURNING tokens_version";
pub(super) const RENEW: &str = "UPDATE session SET cookie_hash = ?3, sid = ?4, created_at = ?5, last_active_at = ?5, \
     idle_until = min(?6, ?7), absolute_until = ?7, label = ?8, record = ?9, record_version = record_version + 1, \
     tokens = ?10, tokens_version = tokens_version + 1 \
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
pub(super) const END: &str =
    "DELETE FROM session WHERE key = ?1 AND (?2 IS NULL OR tokens_version = ?2) RETURNING *";
pub(super) const END_ALL: &str = "DELETE FROM session WHERE iss = ?1 AND (?2 IS NULL OR sub = ?2) AND (?3 IS NULL OR sid = ?3) \
     AND created_at <= ?4 \
     RETURNING *";
pub(super) const ADD_ENDED: &str = concat!(
    "INSERT INTO ended (key, cookie_hash, iss, sub, sid, label, why, ended_at, until, noted_at_ms) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ",
    now_ms!(),
    ")"
);
pub(super) const RAISE_WATERMARK: &str = "INSERT INTO barred (bar, issued_at, until) VALUES (?, ?, ?) ON CONFLICT (bar) DO UPDATE \
     SET issued_at = max(issued_at, excluded.issued_at), until = max(until, excluded.until)";
pub(super) const ENDED: &str = "SELECT * FROM ended WHERE cookie_hash = ?";
pub(super) const ENDED_OF: &str =
    "SELECT * FROM ended WHERE iss = ? AND sub = ? AND until > ? ORDER BY ended_at DESC, key LIMIT ?";
pub(super) const ENDED_LATELY: &str = concat!("SELECT * FROM ended WHERE noted_at_ms >= ", now_ms!(), " - ?");
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
