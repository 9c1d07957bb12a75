-- Acts by which tables of the network come into force: few among many entries, listed by
-- kind and in the order of the log. store/acts.go writes the same condition.
CREATE INDEX entry_tables ON entry (idx) WHERE kind IN ('tables-asked', 'tables-declined', 'tables-in-force');
