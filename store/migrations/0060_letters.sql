-- Letters on their way: by which channel, how often tried, when again, and what
-- became of them.
DROP INDEX outbox_unsent;
ALTER TABLE outbox ADD COLUMN person BYTEA;                          -- keyed hash of whose it is; NULL: known by number only
ALTER TABLE outbox ADD COLUMN lane BIGINT NOT NULL DEFAULT 1;        -- 0: somebody sits and waits for it, such as a code
ALTER TABLE outbox ADD COLUMN channel TEXT NOT NULL DEFAULT '';      -- '' until it was first tried
ALTER TABLE outbox ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting'; -- waiting, sent, delivered, dead
ALTER TABLE outbox ADD COLUMN due BIGINT NOT NULL DEFAULT 0;         -- when it is tried, or tried again; 0: not any more
ALTER TABLE outbox ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN failure TEXT NOT NULL DEFAULT '';      -- code of the last failure
ALTER TABLE outbox ADD COLUMN ended BIGINT NOT NULL DEFAULT 0;       -- when it was delivered, or given up
UPDATE outbox SET due = created WHERE sent = 0;
UPDATE outbox SET state = 'sent' WHERE sent <> 0;
CREATE INDEX outbox_due ON outbox (lane, due, id) WHERE due <> 0;
CREATE INDEX outbox_dead ON outbox (ended, id) WHERE state = 'dead' AND lane = 1;
CREATE INDEX outbox_of_person ON outbox (person, created, id);

-- What gateways call the parts of a letter, and how each of them ended.
CREATE TABLE letter_part (
  part   TEXT PRIMARY KEY,
  letter BIGINT NOT NULL,         -- 0: told of before we knew whose it is
  state  TEXT NOT NULL,           -- '' until it is told: delivered, failed
  at     BIGINT NOT NULL
);
CREATE INDEX part_of_letter ON letter_part (letter);
CREATE INDEX part_age ON letter_part (at) WHERE letter = 0;

-- How a person wants to be told: channel, language, address of e-mail.
CREATE TABLE contact (
  person BYTEA PRIMARY KEY,       -- keyed hash
  sealed BYTEA NOT NULL
);
