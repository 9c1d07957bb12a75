-- What has changed of a transformer since the publication before, JSON; '' nothing.
ALTER TABLE capacity ADD COLUMN why TEXT NOT NULL DEFAULT '';
CREATE INDEX capacity_changed ON capacity (trafo, publication) WHERE why <> '';
CREATE INDEX publication_of_day ON publication (day, id);
