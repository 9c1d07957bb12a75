-- A reading that was sent wrongly is corrected by a row of its own: the newest of a
-- transformer, day and meter counts, and the ones before stay. Less than nothing says
-- that there is no such reading.
ALTER TABLE measurement RENAME TO measurement_before;
CREATE TABLE measurement (
  trafo    BIGINT NOT NULL,
  day      TEXT NOT NULL,
  meter    TEXT NOT NULL,
  watt     BIGINT NOT NULL,
  entry    BIGINT NOT NULL,
  corrects BIGINT NOT NULL, -- entry of the reading that it stands for; -1: none
  PRIMARY KEY (trafo, day, meter, entry)
);
INSERT INTO measurement (trafo, day, meter, watt, entry, corrects) SELECT trafo, day, meter, watt, entry, -1 FROM measurement_before;
DROP TABLE measurement_before;
CREATE INDEX measurement_of_entry ON measurement (entry, trafo, day);
CREATE INDEX measurement_of_day ON measurement (day, trafo);
CREATE INDEX measurement_corrected ON measurement (entry) WHERE corrects >= 0;

-- Entries about corrections, the newest first.
CREATE INDEX entry_corrections ON entry (kind, idx) WHERE kind IN ('peaks-correction-asked', 'peaks-corrected');
