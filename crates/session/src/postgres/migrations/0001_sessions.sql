-- The same tables as in SQLite, in a schema of their own. Everything that could be used or read is sealed or hashed; iss,
-- sub and sid are what logout tokens name. Times are Unix seconds, those that end in _ms milliseconds of this server's
-- clock. Names are compared byte by byte, whatever the language of the database.
CREATE TABLE claimcheck.session (
    key             TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    cookie_hash     BYTEA   NOT NULL UNIQUE CHECK (length(cookie_hash) = 32),
    iss             TEXT    COLLATE "C" NOT NULL,
    sub             TEXT    COLLATE "C" NOT NULL,
    sid             TEXT    COLLATE "C",
    created_at      BIGINT  NOT NULL,
    last_active_at  BIGINT  NOT NULL,
    idle_until      BIGINT  NOT NULL CHECK (idle_until <= absolute_until),
    absolute_until  BIGINT  NOT NULL,
    label           BYTEA   NOT NULL,
    record          BYTEA   NOT NULL,
    record_version  BIGINT  NOT NULL,
    tokens          BYTEA   NOT NULL,
    tokens_version  BIGINT  NOT NULL,
    lease_holder    BYTEA,
    lease_until_ms  BIGINT  NOT NULL DEFAULT 0
)
-- Rows are written often, mostly in columns without an index: room for that in the same page.
WITH (fillfactor = 70);

CREATE INDEX session_by_sub ON claimcheck.session (iss, sub);
CREATE INDEX session_by_sid ON claimcheck.session (iss, sid) WHERE sid IS NOT NULL;
-- idle_until is never later than absolute_until, so it alone says what is over.
CREATE INDEX session_by_end ON claimcheck.session (idle_until);

-- Login transactions and logout tokens that were used, remembered until they would have expired anyway.
CREATE TABLE claimcheck.consumed (
    mark   BYTEA   NOT NULL PRIMARY KEY CHECK (length(mark) = 32),
    until  BIGINT  NOT NULL
);

CREATE INDEX consumed_by_end ON claimcheck.consumed (until);

-- Sessions that were ended, kept until they would have ended in any case: that they are over, and why.
CREATE TABLE claimcheck.ended (
    key          TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    cookie_hash  BYTEA   NOT NULL UNIQUE CHECK (length(cookie_hash) = 32),
    iss          TEXT    COLLATE "C" NOT NULL,
    sub          TEXT    COLLATE "C" NOT NULL,
    sid          TEXT    COLLATE "C",
    label        BYTEA   NOT NULL,
    why          TEXT    NOT NULL,
    ended_at     BIGINT  NOT NULL,
    noted_at_ms  BIGINT  NOT NULL,
    until        BIGINT  NOT NULL
);

CREATE INDEX ended_by_sub ON claimcheck.ended (iss, sub);
CREATE INDEX ended_by_time ON claimcheck.ended (noted_at_ms);
CREATE INDEX ended_by_end ON claimcheck.ended (until);

-- What a provider's logout keeps from beginning: sign-ins whose ID token is not newer than it.
CREATE TABLE claimcheck.barred (
    bar        BYTEA   NOT NULL PRIMARY KEY CHECK (length(bar) = 32),
    issued_at  BIGINT  NOT NULL,
    until      BIGINT  NOT NULL
);

CREATE INDEX barred_by_end ON claimcheck.barred (until);
