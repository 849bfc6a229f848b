-- One row a session. Everything that could be used or read is sealed or hashed; iss, sub and sid are what
-- logout tokens name. Times are Unix seconds.
CREATE TABLE session (
    key             TEXT    NOT NULL PRIMARY KEY,
    cookie_hash     BLOB    NOT NULL UNIQUE CHECK (length(cookie_hash) = 32),
    iss             TEXT    NOT NULL,
    sub             TEXT    NOT NULL,
    sid             TEXT,
    created_at      INTEGER NOT NULL,
    last_active_at  INTEGER NOT NULL,
    idle_until      INTEGER NOT NULL CHECK (idle_until <= absolute_until),
    absolute_until  INTEGER NOT NULL,
    record          BLOB    NOT NULL,
    record_version  INTEGER NOT NULL,
    tokens          BLOB    NOT NULL,
    tokens_version  INTEGER NOT NULL
) STRICT;

CREATE INDEX session_by_sub ON session (iss, sub);
CREATE INDEX session_by_sid ON session (iss, sid) WHERE sid IS NOT NULL;
-- idle_until is never later than absolute_until, so it alone says what is over.
CREATE INDEX session_by_end ON session (idle_until);

-- Login transactions that were used, remembered until they would have expired anyway.
CREATE TABLE consumed (
    mark   BLOB    NOT NULL PRIMARY KEY CHECK (length(mark) = 32),
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX consumed_by_end ON consumed (until);
