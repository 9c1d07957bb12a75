-- Which readings of transformers the utility owes, and what has met them.
-- store/owed.go writes the same conditions.
CREATE INDEX entry_owed ON entry (idx) WHERE kind = 'measurement-owed';
CREATE INDEX measurement_metered ON measurement (trafo, entry) WHERE meter <> '';
