-- What ranks who waits beside the tier and the date, and the quotas that they belong to.
ALTER TABLE queue_place ADD COLUMN points BIGINT NOT NULL DEFAULT 0;
ALTER TABLE queue_place ADD COLUMN quotas TEXT NOT NULL DEFAULT '';
ALTER TABLE queue_move ADD COLUMN points BIGINT NOT NULL DEFAULT 0;
