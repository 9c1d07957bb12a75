-- What is done by itself, at its time: one row a job. Case timers stay with their
-- cases (cases.wake).
CREATE TABLE job (
  name     TEXT PRIMARY KEY,
  next     BIGINT NOT NULL,       -- the occurrence to be run next
  leased   BIGINT NOT NULL,       -- until then somebody runs it, or it rests after a failure
  fence    BIGINT NOT NULL,       -- grows with each claim: who has lost it cannot mark it
  last_run BIGINT NOT NULL,       -- when an occurrence last ended well; 0: never
  runs     BIGINT NOT NULL,
  tries    BIGINT NOT NULL,       -- failures in a row
  failures BIGINT NOT NULL,       -- in all
  failed   BIGINT NOT NULL,       -- when it last failed
  error    TEXT NOT NULL          -- kind of the last failure; '' after a success
);
