-- Cases as they stand: a projection of the log that rebuild can make again.
CREATE TABLE cases (
  no        INTEGER PRIMARY KEY,
  ref       TEXT NOT NULL UNIQUE,
  service   TEXT NOT NULL,
  applicant BYTEA NOT NULL,       -- keyed hash of the IIN or BIN: a list can be found, nobody can be guessed
  object    BYTEA NOT NULL,       -- keyed hash of what the case is about
  filing    BYTEA NOT NULL,       -- hash of the command that filed it
  filed     BIGINT NOT NULL,
  key       BYTEA,                -- the case's data key, wrapped; NULL once erased
  status    TEXT NOT NULL,
  outcome   TEXT NOT NULL,
  body      TEXT NOT NULL,
  step      TEXT NOT NULL,
  officer   TEXT NOT NULL,        -- who holds the open step; '' if nobody in person
  due       BIGINT NOT NULL,      -- of the open step; 0: none
  wake      BIGINT NOT NULL,      -- when the engine must look again; 0: never
  closed    BIGINT NOT NULL,
  seq       BIGINT NOT NULL,
  state     BYTEA NOT NULL        -- sealed
);
CREATE INDEX cases_of_applicant ON cases (applicant, no);
CREATE INDEX cases_of_object ON cases (object, no);
CREATE INDEX cases_of_officer ON cases (officer, due, no) WHERE officer <> '';
CREATE INDEX cases_to_wake ON cases (wake) WHERE wake <> 0;

-- What a grant has taken from a share and not given back.
CREATE TABLE reservation (
  case_no BIGINT PRIMARY KEY,
  share   TEXT NOT NULL,          -- 'grid.capacity'
  place   BIGINT NOT NULL,        -- bus
  amount  BIGINT NOT NULL,        -- watts
  granted BIGINT NOT NULL,
  expires BIGINT NOT NULL
);

-- Commands outside cases that were carried out; those of a case are kept in its state.
CREATE TABLE command (
  id    TEXT PRIMARY KEY,
  first BIGINT NOT NULL,
  last  BIGINT NOT NULL
);

CREATE TABLE outbox (
  id      INTEGER PRIMARY KEY,
  case_no BIGINT NOT NULL,
  phone   BYTEA NOT NULL,         -- keyed hash, for the history of one person
  sealed  BYTEA NOT NULL,         -- address and text
  created BIGINT NOT NULL,
  sent    BIGINT NOT NULL         -- 0: not yet
);
CREATE INDEX outbox_of_case ON outbox (case_no) WHERE case_no <> 0;
CREATE INDEX outbox_of_phone ON outbox (phone, created, id);
CREATE INDEX outbox_unsent ON outbox (created, id) WHERE sent = 0;

CREATE TABLE demand (
  certificate TEXT NOT NULL,
  body        TEXT NOT NULL,
  n           BIGINT NOT NULL,
  PRIMARY KEY (certificate, body)
);
