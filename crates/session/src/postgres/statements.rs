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

/// Adds the deleted rows, `gone`, to the ended sessions. The arguments are the parameters for why, the cause, and when they
/// ended.
macro_rules! add_ended {
    ($why:literal, $cause:literal, $at:literal) => {
        concat!(
            "INSERT INTO claimcheck.ended (key, cookie_hash, iss, sub, sid, label, why, cause, ended_at, until, noted_at_ms) \
             SELECT key, cookie_hash, iss, sub, sid, label, ",
            $why,
            ", ",
            $cause,
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
    ", issued_at) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $17 \
     WHERE NOT EXISTS (SELECT 1 FROM claimcheck.barred WHERE bar IN ($15, $16) AND barred.issued_at >= $17)"
);
/// For sign-ins of the same user, which wait for each other. A lock of another kind than those above, because it has two
/// numbers.
pub(super) const LOCK_PERSON: &str = "SELECT pg_advisory_xact_lock($1, $2)";
/// The other sessions of a user that are live at `$4`, the one that is unused for longest first: those beyond the first
/// `$5` that were used last, at most `$6`.
pub(super) const TOO_MANY: &str = "SELECT key FROM (SELECT key, last_active_at, created_at FROM claimcheck.session \
     WHERE iss = $1 AND sub = $2 AND key <> $3 AND idle_until > $4 AND absolute_until > $4 \
     ORDER BY last_active_at DESC, created_at DESC, key DESC OFFSET $5) AS surplus \
     ORDER BY last_active_at, created_at, key LIMIT $6";
/// In the order of their keys, like [`LOCK_COVERED`].
pub(super) const LOCK_ALL: &str =
    "SELECT key FROM claimcheck.session WHERE key = ANY($1) ORDER BY key FOR UPDATE";
/// Skips locked rows, so it cannot deadlock.
pub(super) const TRIM_ENDED: &str = "DELETE FROM claimcheck.ended WHERE key = ANY(ARRAY(SELECT key FROM claimcheck.ended \
     WHERE iss = $1 AND sub = $2 ORDER BY ended_at DESC OFFSET $3 LIMIT $4 FOR UPDATE SKIP LOCKED))";
/// The live sessions of a user except one, at most `$5`; locked in the order of their keys, like [`LOCK_COVERED`].
pub(super) const LOCK_OF: &str = "SELECT key FROM claimcheck.session WHERE iss = $1 AND sub = $2 AND key <> $3 \
     AND idle_until > $4 AND absolute_until > $4 ORDER BY key LIMIT $5 FOR UPDATE";
pub(super) const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM claimcheck.session WHERE cookie_hash = $1 AND idle_until > $2 AND absolute_until > $2"
);
pub(super) const GET: &str = concat!("SELECT ", columns!(), " FROM claimcheck.session WHERE key = $1");
pub(super) const IS_THERE: &str = "SELECT 1 FROM claimcheck.session WHERE key = $1";
pub(super) const LIST: &str = concat!(
    "SELECT ",
    head_columns!(),
    " FROM claimcheck.session WHERE key > $1 AND idle_until > $2 AND absolute_until > $2 ORDER BY key LIMIT $3"
);
pub(super) const LIST_OF: &str = concat!(
    "SELECT ",
    head_columns!(),
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
pub(super) const RESEAL: &str = "UPDATE claimcheck.session SET label = $4, record = $5, tokens = $6 \
     WHERE key = $1 AND record_version = $2 AND tokens_version = $3";
pub(super) const RENEW: &str = "UPDATE claimcheck.session SET cookie_hash = $3, sid = $4, created_at = $5, \
     last_active_at = $5, idle_until = least($6, $7), absolute_until = $7, label = $8, record = $9, \
     record_version = record_version + 1, tokens = $10, tokens_version = tokens_version + 1, issued_at = $11 \
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
    add_ended!("$3", "$4", "$5"),
    ") SELECT ",
    columns!(),
    " FROM gone"
);
/// Rows of earlier versions have no `issued_at`. In the order of their keys, so that two logouts that cover the same rows cannot deadlock.
pub(super) const LOCK_COVERED: &str = "SELECT key FROM claimcheck.session WHERE iss = $1 AND ($2::text IS NULL OR sub = $2) \
     AND ($3::text IS NULL OR sid = $3) AND coalesce(issued_at, created_at - 60) <= $4 ORDER BY key FOR UPDATE";
/// A separate statement after the lock, so that it sees the rows as they are now.
pub(super) const END_ALL: &str = concat!(
    "WITH gone AS (DELETE FROM claimcheck.session WHERE key = ANY($1) RETURNING ",
    columns!(),
    "), noted AS (",
    add_ended!("$2", "$3", "$4"),
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
    " FROM claimcheck.ended WHERE iss = $1 AND sub = $2 AND until > $3 ORDER BY ended_at DESC LIMIT $4"
);
pub(super) const ENDED_LATELY: &str = concat!(
    "SELECT ",
    ended_columns!(),
    " FROM claimcheck.ended WHERE noted_at_ms >= ",
    now_ms!(),
    " - $1 ORDER BY noted_at_ms DESC LIMIT $2"
);
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
pub(super) const PURGE_LINES: &str = purge!("activity", "id", "until");
pub(super) const PURGE_WATERMARKS: &str = purge!("barred", "bar", "until");
/// Additions to the tables that the version before can live with, and so have no version of a migration: it would refuse
/// to start. It never reads the columns and the table, and the indexes change nothing for it. Each with a query that says whether it is
/// there, because a user who may use the tables need not be allowed to change them.
pub(super) const EXTEND: [(&str, &str); 7] = [
    (
        "SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'claimcheck.session'::regclass \
         AND attname = 'issued_at' AND NOT attisdropped)",
        "ALTER TABLE claimcheck.session ADD COLUMN IF NOT EXISTS issued_at BIGINT",
    ),
    (
        "SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'claimcheck.consumed'::regclass \
         AND attname = 'attempt' AND NOT attisdropped)",
        "ALTER TABLE claimcheck.consumed ADD COLUMN IF NOT EXISTS attempt BYTEA",
    ),
    (
        "SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'claimcheck.ended'::regclass AND attname = 'cause' \
         AND NOT attisdropped)",
        "ALTER TABLE claimcheck.ended ADD COLUMN IF NOT EXISTS cause TEXT",
    ),
    (
        "SELECT to_regclass('claimcheck.ended_by_person') IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS ended_by_person ON claimcheck.ended (iss, sub, ended_at)",
    ),
    (
        "SELECT to_regclass('claimcheck.activity') IS NOT NULL",
        "CREATE TABLE IF NOT EXISTS claimcheck.activity (id BYTEA NOT NULL PRIMARY KEY, \
         person BYTEA NOT NULL CHECK (length(person) = 32), at_us BIGINT NOT NULL, until BIGINT NOT NULL, \
         line BYTEA NOT NULL)",
    ),
    (
        "SELECT to_regclass('claimcheck.activity_by_person') IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS activity_by_person ON claimcheck.activity (person, at_us)",
    ),
    (
        "SELECT to_regclass('claimcheck.activity_by_end') IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS activity_by_end ON claimcheck.activity (until)",
    ),
];
