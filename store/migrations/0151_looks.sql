-- Who looked at a person's data, counted by day: what an officer was shown stands here
-- until it is in the log, what the machinery read stays.
CREATE TABLE look (
  subject BYTEA NOT NULL,        -- keyed hash
  day     BIGINT NOT NULL,       -- its beginning where the state is
  line    TEXT NOT NULL,         -- who, as what, of which case: canonical JSON
  machine BOOLEAN NOT NULL,
  n       BIGINT NOT NULL,
  PRIMARY KEY (subject, day, line)
);
CREATE INDEX look_waiting ON look (day, subject) WHERE NOT machine;
CREATE INDEX look_machine ON look (day) WHERE machine;
