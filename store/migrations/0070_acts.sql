-- Acts of those who keep the rules, the rosters and the keys, and of those who
-- watch: few among many entries, listed the newest first. store/acts.go writes
-- the same condition.
CREATE INDEX entry_acts ON entry (kind, idx) WHERE kind IN ('attested', 'erased', 'glass-asked', 'glass-opened', 'held', 'letters-resent', 'pack-signed', 'published', 'refusal-rejected', 'report-erased', 'report-erasure-asked', 'rostered', 'unheld');
