-- What is said of a session in lists, sealed; and who alone may refresh its tokens, until when by this machine's clock.
-- Sessions of before have no label: their lists say that they know neither browser nor system.
ALTER TABLE session ADD COLUMN label BLOB NOT NULL DEFAULT x'';
ALTER TABLE session ADD COLUMN lease_holder BLOB;
ALTER TABLE session ADD COLUMN lease_until_ms INTEGER NOT NULL DEFAULT 0;

-- Sessions that were ended, kept until they would have ended in any case: that they are over, and why.
CREATE TABLE ended (
    key          TEXT    NOT NULL PRIMARY KEY,
    cookie_hash  BLOB    NOT NULL UNIQUE CHECK (length(cookie_hash) = 32),
    iss          TEXT    NOT NULL,
    sub          TEXT    NOT NULL,
    sid          TEXT,
    label        BLOB    NOT NULL,
    why          TEXT    NOT NULL,
    ended_at     INTEGER NOT NULL,
    noted_at_ms  INTEGER NOT NULL,
    until        INTEGER NOT NULL
) STRICT;

CREATE INDEX ended_by_sub ON ended (iss, sub);
CREATE INDEX ended_by_time ON ended (noted_at_ms);
CREATE INDEX ended_by_end ON ended (until);

-- What a provider's logout keeps from beginning: sign-ins whose ID token is not newer than it.
CREATE TABLE barred (
    bar        BLOB    NOT NULL PRIMARY KEY CHECK (length(bar) = 32),
    issued_at  INTEGER NOT NULL,
    until      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX barred_by_end ON barred (until);
