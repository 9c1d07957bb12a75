-- Grants that name a dearer place than the best: listed the newest first.
CREATE INDEX entry_dearer ON entry (idx) WHERE kind = 'dearer';
