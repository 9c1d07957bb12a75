-- Releases count how cases ended: they read the entries that say so, and no others.
CREATE INDEX entry_decided ON entry (idx) WHERE kind IN ('granted', 'refused', 'withdrawn');
