-- Where parcels lie: the cells of the plane that each touches, four at most, so that one
-- is found by a place. Written with the row of the register.
CREATE TABLE register_place (
  register TEXT NOT NULL,
  cell     BIGINT NOT NULL,
  key      TEXT NOT NULL,
  PRIMARY KEY (register, cell, key)
);
CREATE INDEX register_place_key ON register_place (register, key);
