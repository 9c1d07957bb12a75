-- Days at whose hour of rounds a queue had a place free that somebody waited for, and of
-- which no round was begun.
CREATE TABLE queue_day (
  service TEXT NOT NULL,
  day     TEXT NOT NULL,          -- 2006-01-02
  PRIMARY KEY (service, day)
);
-- A log that has begun has them from its last entry on, until it is rebuilt.
INSERT INTO setting (name, value) SELECT 'queue-days-since', '' || MAX(recorded) FROM head HAVING MAX(size) > 0;
