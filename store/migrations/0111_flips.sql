-- Grants that contradict an earlier refusal, listed the newest first.
CREATE INDEX entry_flip ON entry (idx) WHERE kind = 'flip';
