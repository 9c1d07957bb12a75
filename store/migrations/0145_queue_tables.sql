-- Entries about queues of former systems, the newest first. store/acts.go writes the same
-- condition.
CREATE INDEX entry_queue_tables ON entry (kind, idx) WHERE kind IN ('queue-table-brought', 'queue-table-confirmed', 'queue-table-declined');
