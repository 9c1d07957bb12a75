-- Accounts have an id of their own, which outlives a phone number. Those made
-- before are sealed under their number; they get an id when they next sign in.
ALTER TABLE account RENAME TO account_by_phone;

CREATE TABLE account (
  id      BYTEA PRIMARY KEY,      -- random
  subject BYTEA NOT NULL UNIQUE,  -- keyed hash of the IIN, BIN or officer
  sealed  BYTEA NOT NULL,
  made    BIGINT NOT NULL
);

-- Which number may ask for a code to which account, and since when.
CREATE TABLE number (
  phone     BYTEA PRIMARY KEY,    -- keyed hash
  account   BYTEA NOT NULL,
  confirmed BIGINT NOT NULL       -- when its owner last proved to hold it
);
CREATE INDEX number_of_account ON number (account);

-- A code belongs to the browser that asked for it. Used and expired ones stay
-- for a day: how many were sent to whom limits how many more are.
DROP TABLE code;
CREATE TABLE code (
  attempt BYTEA PRIMARY KEY,      -- hash of what the browser holds
  target  BYTEA NOT NULL,         -- keyed hash of whom it proves, and for what
  hash    BYTEA NOT NULL,
  expires BIGINT NOT NULL,        -- 0: used
  tries   BIGINT NOT NULL,
  sent    BIGINT NOT NULL
);
CREATE INDEX code_of_target ON code (target, sent);
CREATE INDEX code_age ON code (sent);

DROP TABLE session;
CREATE TABLE session (
  token   BYTEA PRIMARY KEY,      -- hash of the token
  id      TEXT NOT NULL UNIQUE,   -- names it to its owner, opens nothing
  account BYTEA NOT NULL,
  sealed  BYTEA NOT NULL,         -- device, address, how and when the person was known
  begun   BIGINT NOT NULL,
  used    BIGINT NOT NULL,        -- to the minute
  expires BIGINT NOT NULL
);
CREATE INDEX session_of_account ON session (account, begun);
CREATE INDEX session_expiry ON session (expires);
CREATE INDEX session_idle ON session (used);
