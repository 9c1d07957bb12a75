-- Who was put before others in a line outside the order of rounds, by which entry and why.
CREATE TABLE queue_inversion (
  service TEXT NOT NULL,
  entry   BIGINT NOT NULL,
  grp     TEXT NOT NULL,          -- group in whose line
  cause   TEXT NOT NULL,
  passed  BIGINT NOT NULL,        -- how many were passed over
  at      BIGINT NOT NULL,
  PRIMARY KEY (entry, grp, cause)
);
CREATE INDEX queue_inversion_of_service ON queue_inversion (service, entry);
CREATE INDEX queue_move_entry ON queue_move (entry);
-- Who would wait and gets no place now: stopped, or held.
ALTER TABLE queue_place ADD COLUMN absent TEXT NOT NULL DEFAULT '';
-- A log that has begun lists them from here on, until it is rebuilt.
INSERT INTO setting (name, value) SELECT 'queue-inversions-since', '' || MAX(size) FROM head HAVING MAX(size) > 0;
