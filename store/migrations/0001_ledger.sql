-- The log: one head per shard, its entries, the tiles of its tree.
-- Times are microseconds since 1970 UTC. INTEGER PRIMARY KEY is the row's own
-- number; PostgreSQL's file widens it to BIGINT.
CREATE TABLE head (
  shard      TEXT PRIMARY KEY,
  origin     TEXT NOT NULL,
  size       BIGINT NOT NULL,
  root       BYTEA NOT NULL,
  fence      BIGINT NOT NULL,
  recorded   BIGINT NOT NULL,
  checkpoint TEXT NOT NULL
);

CREATE TABLE entry (
  idx      INTEGER PRIMARY KEY,
  case_no  BIGINT NOT NULL,       -- 0: the system's own
  seq      BIGINT NOT NULL,       -- within the case, from 1
  kind     TEXT NOT NULL,
  recorded BIGINT NOT NULL,
  leaf     BYTEA NOT NULL,        -- the commitment, 32 bytes: all that tiles carry
  fields   TEXT NOT NULL,         -- the opened fields, one per line; '' once erased
  sealed   BYTEA                  -- the private part under the case's key; NULL if none or erased
);
CREATE UNIQUE INDEX entry_of_case ON entry (case_no, seq);

CREATE TABLE tile (
  level BIGINT NOT NULL,
  idx   BIGINT NOT NULL,
  data  BYTEA NOT NULL,
  PRIMARY KEY (level, idx)
);

-- Checkpoints that the quorum of witnesses has cosigned.
CREATE TABLE cosigned (
  size       BIGINT PRIMARY KEY,
  at         BIGINT NOT NULL,
  checkpoint TEXT NOT NULL
);
