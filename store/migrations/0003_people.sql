-- The demonstration's registers, accounts, sessions, drafts.
CREATE TABLE register_row (
  register TEXT NOT NULL,
  key      TEXT NOT NULL,
  value    TEXT NOT NULL,
  version  TEXT NOT NULL,
  at       BIGINT NOT NULL,
  PRIMARY KEY (register, key)
);

CREATE TABLE account (
  phone   BYTEA PRIMARY KEY,      -- keyed hash
  sealed  BYTEA NOT NULL
);

CREATE TABLE code (
  phone   BYTEA PRIMARY KEY,
  hash    BYTEA NOT NULL,
  expires BIGINT NOT NULL,
  tries   BIGINT NOT NULL,
  sent    BIGINT NOT NULL
);
CREATE INDEX code_expiry ON code (expires);

CREATE TABLE session (
  token   BYTEA PRIMARY KEY,      -- hash of the token
  phone   BYTEA NOT NULL,
  expires BIGINT NOT NULL
);
CREATE INDEX session_expiry ON session (expires);

CREATE TABLE draft (
  person  BYTEA NOT NULL,
  service TEXT NOT NULL,
  sealed  BYTEA NOT NULL,
  updated BIGINT NOT NULL,
  PRIMARY KEY (person, service)
);

CREATE TABLE officer (
  id     TEXT PRIMARY KEY,
  role   TEXT NOT NULL,
  body   TEXT NOT NULL,
  name   TEXT NOT NULL
);
