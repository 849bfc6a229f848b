//! The statements of the PostgreSQL store. Each is complete by itself. Columns are named, never `*`, because a newer version
//! of this program may add some while this one runs. The tables `barred` and `consumed` hold the logout watermarks and the
//! replay cache.

/// The database's clock in milliseconds, which all processes share. It advances within a transaction.
macro_rules! now_ms {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    };
}

macro_rules! columns {
    () => {
        "key, cookie_hash, iss, sub, sid, created_at, last_active_at, idle_until, absolute_until, label, \
         record, record_version, tokens, tokens_version"
    };
}

macro_rules! ended_columns {
    () => {
        "key, cookie_hash, iss, sub, sid, label, why, ended_at, until"
    };
}

/// Adds the deleted rows, `gone`, to the ended sessions. The two arguments are the parameters for why and when they ended.
macro_rules! add_ended {
    ($why:literal, $at:literal) => {
        concat!(
            "INSERT INTO claimcheck.ended (key, cookie_hash, iss, sub, sid, label, why, ended_at, until, noted_at_ms) \
             SELECT key, cookie_hash, iss, sub, sid, label, ",
            $why,
            ", ",
            $at,
            ", absolute_until, ",
            now_ms!(),
            " FROM gone"
        )
    };
}

/// For sign-ins, which may run concurrently, but not with a logout that covers them.
pub(super) const LOCK_SIGN_IN: &str =
    "SELECT pg_advisory_xact_lock_shared($1), pg_advisory_xact_lock_shared($2)";
pub(super) const LOCK_LOGOUT: &str = "SELECT pg_advisory_xact_lock($1)";
pub(super) const ADD: &str = concat!(
    "INSERT INTO claimcheck.session (",
    columns!(),
    ") SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 \
     WHERE NOT EXISTS (SELECT 1 FROM claimcheck.barred WHERE bar IN ($15, $16) AND issued_at >= $17)"
);
pub(super) const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM claimcheck.session WHERE cookie_hash = $1 AND idle_until > $2 AND absolute_until > $2"
);
pub(super) const GET: &str = concat!("SELECT ", columns!(), " FROM claimcheck.session WHERE key = $1");
pub(super) const IS_THERE: &str = "SELECT 1 FROM claimcheck.session WHERE key = $1";
pub(super) const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM claimcheck.session WHERE key > $1 AND idle_until > $2 AND absolute_until > $2 ORDER BY key LIMIT $3"
);
pub(super) const LIST_OF: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM claimcheck.session WHERE iss = $4 AND sub = $5 AND key > $1 AND idle_until > $2 \
     AND absolute_until > $2 ORDER BY key LIMIT $3"
);
pub(super) const TOUCH: &str = "UPDATE claimcheck.session SET last_active_at = greatest(last_active_at, $2), \
     idle_until = least(greatest(idle_until, $3), absolute_until) \
     WHERE key = $1 AND idle_until > $2 AND absolute_until > $2";
pub(super) const SAVE_RECORD: &str = "UPDATE claimcheck.session SET record = $3, record_version = record_version + 1 \
     WHERE key = $1 AND record_version = $2 RETURNING record_version";
pub(super) const SAVE_TOKENS: &str = "UPDATE claimcheck.session SET tokens = $3, tokens_version = tokens_version + 1, \
     lease_holder = NULL WHERE key = $1 AND tokens_version = $2 RETURNING tokens_version";
pub(super) const RENEW: &str = "UPDATE claimcheck.session SET cookie_hash = $3, sid = $4, created_at = $5, \
     last_active_at = $5, idle_until = least($6, $7), absolute_until = $7, label = $8, record = $9, \
     record_version = record_version + 1, tokens = $10, tokens_version = tokens_version + 1 \
     WHERE key = $1 AND cookie_hash = $2 RETURNING tokens_version";
pub(super) const IS_LOGGED_OUT: &str =
    "SELECT 1 FROM claimcheck.barred WHERE bar IN ($1, $2) AND issued_at >= $3";
/// Returns whether it was taken over from another holder.
pub(super) const LEASE: &str = concat!(
    "WITH old AS (SELECT key, lease_holder FROM claimcheck.session WHERE key = $1 FOR UPDATE) \
     UPDATE claimcheck.session AS new SET lease_holder = $2, lease_until_ms = ",
    now_ms!(),
    " + $3 FROM old WHERE new.key = old.key \
     AND (new.lease_holder IS NULL OR new.lease_holder = $2 OR new.lease_until_ms <= ",
    now_ms!(),
    ") RETURNING old.lease_holder IS NOT NULL AND old.lease_holder <> $2"
);
pub(super) const RELEASE: &str =
    "UPDATE claimcheck.session SET lease_holder = NULL WHERE key = $1 AND lease_holder = $2";
pub(super) const END: &str = concat!(
    "WITH gone AS (DELETE FROM claimcheck.session \
     WHERE key = $1 AND ($2::bigint IS NULL OR tokens_version = $2) RETURNING ",
    columns!(),
    "), noted AS (",
    add_ended!("$3", "$4"),
    ") SELECT ",
    columns!(),
    " FROM gone"
);
/// In the order of their keys, so that two logouts that cover the same rows cannot deadlock.
pub(super) const LOCK_COVERED: &str = "SELECT key FROM claimcheck.session WHERE iss = $1 AND ($2::text IS NULL OR sub = $2) \
     AND ($3::text IS NULL OR sid = $3) AND created_at <= $4 ORDER BY key FOR UPDATE";
/// A separate statement after the lock, so that it sees the rows as they are now.
pub(super) const END_ALL: &str = concat!(
    "WITH gone AS (DELETE FROM claimcheck.session WHERE key = ANY($1) RETURNING ",
    columns!(),
    "), noted AS (",
    add_ended!("$2", "$3"),
    ") SELECT ",
    columns!(),
    " FROM gone"
);
pub(super) const RAISE_WATERMARK: &str = "INSERT INTO claimcheck.barred AS known (bar, issued_at, until) VALUES ($1, $2, $3) \
     ON CONFLICT (bar) DO UPDATE SET issued_at = greatest(known.issued_at, excluded.issued_at), \
     until = greatest(known.until, excluded.until)";
pub(super) const ENDED: &str =
    concat!("SELECT ", ended_columns!(), " FROM claimcheck.ended WHERE cookie_hash = $1");
pub(super) const ENDED_OF: &str = concat!(
    "SELECT ",
    ended_columns!(),
    " FROM claimcheck.ended WHERE iss = $1 AND sub = $2 AND until > $3 ORDER BY ended_at DESC, key LIMIT $4"
);
pub(super) const ENDED_LATELY: &str =
    concat!("SELECT ", ended_columns!(), " FROM claimcheck.ended WHERE noted_at_ms >= ", now_ms!(), " - $1");
pub(super) const MARK_USED: &str =
    "INSERT INTO claimcheck.consumed (mark, until) VALUES ($1, $2) ON CONFLICT (mark) DO NOTHING";
/// No real entry is all zeros: they are hashes. It changes nothing, and reaches the disk all the same.
pub(super) const PROBE: &str = "INSERT INTO claimcheck.consumed AS known (mark, until) \
     VALUES (decode(repeat('00', 32), 'hex'), extract(epoch FROM clock_timestamp())::bigint + 60) \
     ON CONFLICT (mark) DO UPDATE SET until = known.until";
/// Deletes at most `$2` rows that have expired at `$1`. It skips locked rows, so it cannot deadlock.
macro_rules! purge {
    ($table:literal, $key:literal, $until:literal) => {
        concat!(
            "DELETE FROM claimcheck.",
            $table,
            " WHERE ",
            $key,
            " = ANY(ARRAY(SELECT ",
            $key,
            " FROM claimcheck.",
            $table,
            " WHERE ",
            $until,
            " <= $1 ORDER BY ",
            $until,
            " LIMIT $2 FOR UPDATE SKIP LOCKED))"
        )
    };
}
pub(super) const PURGE_ROWS: &str = purge!("session", "key", "idle_until");
pub(super) const PURGE_REPLAY_CACHE: &str = purge!("consumed", "mark", "until");
pub(super) const PURGE_ENDED: &str = purge!("ended", "key", "until");
pub(super) const PURGE_WATERMARKS: &str = purge!("barred", "bar", "until");
