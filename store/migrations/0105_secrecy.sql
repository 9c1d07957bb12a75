-- Acts about what of the network the public may see: few among many entries, asked
-- for with every look at it, and listed by kind. store/acts.go writes the same
-- condition.
CREATE INDEX entry_secrecy ON entry (idx) WHERE kind IN ('classification-asked', 'classified', 'classification-warned', 'declassified');
