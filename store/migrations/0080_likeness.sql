-- What a photograph is found again by: keyed hashes of the quarters of its
-- likeness. They tell nothing to whoever has no key, and go with the case.
CREATE TABLE likeness (
  band    BYTEA NOT NULL,
  case_no BIGINT NOT NULL,
  PRIMARY KEY (band, case_no)
);
CREATE INDEX likeness_of_case ON likeness (case_no);
