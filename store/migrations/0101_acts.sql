-- Withdrawals of what was published as free are acts of two people, listed like
-- the others. store/acts.go writes the same condition.
DROP INDEX entry_acts;
CREATE INDEX entry_acts ON entry (kind, idx) WHERE kind IN ('attested', 'erased', 'glass-asked', 'glass-opened', 'held', 'letters-resent', 'margin-reduced', 'pack-signed', 'published', 'reduction-asked', 'refusal-rejected', 'report-erased', 'report-erasure-asked', 'rostered', 'unheld');
