-- Queues as they stand: projections of the log that rebuild can make again.
-- Who waits for what, and who has a place or an offer of one.
CREATE TABLE queue_place (
  case_no BIGINT PRIMARY KEY,
  service TEXT NOT NULL,
  object  BYTEA NOT NULL,         -- keyed hash of who waits: names in rounds are made from it
  waiting BIGINT NOT NULL,        -- 1: for an offer, 0: not
  tier    BIGINT NOT NULL,
  first   BIGINT NOT NULL,        -- first date
  wants   TEXT NOT NULL,          -- that are waited for, parted by blanks, the best first
  seat    TEXT NOT NULL           -- group in which a seat is theirs or offered to them; '' if none
);
CREATE INDEX queue_place_seat ON queue_place (service, seat, case_no) WHERE seat <> '';

-- Who came into a line or left it, by which entry: how everybody's position came about.
CREATE TABLE queue_move (
  line    TEXT NOT NULL,
  entry   BIGINT NOT NULL,
  step    BIGINT NOT NULL,        -- 1: came in, -1: went
  case_no BIGINT NOT NULL,
  tier    BIGINT NOT NULL,
  first   BIGINT NOT NULL,
  kind    TEXT NOT NULL,          -- of the entry
  PRIMARY KEY (line, entry, step)
);
CREATE INDEX queue_move_of_case ON queue_move (case_no, entry);
