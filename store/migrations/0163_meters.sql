-- Which meter stands at which transformer, by the entry that registered it; at −1 it was
-- taken down. Of a meter and a day the newest entry counts that is of that day or before.
CREATE TABLE meter (
	meter TEXT NOT NULL,
	trafo BIGINT NOT NULL,
	since TEXT NOT NULL,
	entry BIGINT NOT NULL,
	PRIMARY KEY (meter, entry)
);
CREATE INDEX meter_trafo ON meter (trafo, meter, entry);
CREATE INDEX meter_entry ON meter (entry);
