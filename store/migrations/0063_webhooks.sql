-- Where programs are told of what happens to the cases of one applicant.
CREATE TABLE webhook (
  subject BYTEA PRIMARY KEY,      -- keyed hash of whose cases
  sealed  BYTEA NOT NULL          -- address, secret
);

-- What programs are told is given up, and sent again, as letters are.
DROP INDEX outbox_dead;
CREATE INDEX outbox_dead ON outbox (ended, id) WHERE state = 'dead' AND lane <> 0;
-- One program is told in the order in which things happened.
CREATE INDEX outbox_told ON outbox (person, id) WHERE lane = 2 AND due <> 0;
