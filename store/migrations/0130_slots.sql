-- Who waits for a place that has a time says when they can come.
ALTER TABLE queue_place ADD COLUMN wish TEXT NOT NULL DEFAULT '';
