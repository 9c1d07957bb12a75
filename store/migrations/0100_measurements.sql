-- Daily peaks of transformers as the log has taken them in, the first of each
-- meter and day; without a meter it is a figure that the utility stands by.
CREATE TABLE measurement (
  trafo BIGINT NOT NULL,
  day   TEXT NOT NULL,
  meter TEXT NOT NULL,
  watt  BIGINT NOT NULL,
  entry BIGINT NOT NULL,
  PRIMARY KEY (trafo, day, meter)
);
CREATE INDEX measurement_of_entry ON measurement (entry, trafo, day);
CREATE INDEX measurement_of_day ON measurement (day, trafo);

-- The network as it was surveyed, before loads were brought to what meters say.
ALTER TABLE publication ADD COLUMN base TEXT NOT NULL DEFAULT '';
