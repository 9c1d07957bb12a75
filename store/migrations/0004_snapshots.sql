-- Content-addressed public data that rulings name: packs, calendars, networks, cost tables.
CREATE TABLE snapshot (
  hash  TEXT PRIMARY KEY,
  kind  TEXT NOT NULL,
  data  BYTEA NOT NULL,
  added BIGINT NOT NULL
);

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- Free power of every transformer as last published; one publication is current.
CREATE TABLE publication (
  id      INTEGER PRIMARY KEY,
  at      BIGINT NOT NULL,
  day     TEXT NOT NULL,
  network TEXT NOT NULL,
  hash    TEXT NOT NULL,
  entry   BIGINT NOT NULL,
  n       BIGINT NOT NULL
);

CREATE TABLE capacity (
  publication BIGINT NOT NULL,
  trafo       BIGINT NOT NULL,
  name        TEXT NOT NULL,
  search      TEXT NOT NULL,      -- name, folded, for finding
  district    TEXT NOT NULL,      -- code
  line        TEXT NOT NULL,      -- the published record, JSON
  PRIMARY KEY (publication, trafo)
);
CREATE INDEX capacity_of_district ON capacity (publication, district, trafo);
