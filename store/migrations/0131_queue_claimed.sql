-- Whose first date in a queue is a former system's word: the entry that has it.
ALTER TABLE queue_place ADD COLUMN claimed BIGINT NOT NULL DEFAULT 0;
