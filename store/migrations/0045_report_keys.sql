-- The key of what a person wrote when they reported a paper demanded. Without it
-- the entry is whole and its text is gone.
CREATE TABLE report_key (
  entry   BIGINT PRIMARY KEY,
  wrapped BYTEA NOT NULL
);
