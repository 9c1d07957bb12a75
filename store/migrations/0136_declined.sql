-- Corrections of readings may be declined. store/acts.go writes the same condition.
DROP INDEX entry_corrections;
CREATE INDEX entry_corrections ON entry (kind, idx) WHERE kind IN ('peaks-correction-asked', 'peaks-correction-declined', 'peaks-corrected');
