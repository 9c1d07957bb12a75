-- Questions that people answer by SMS: each bound to a number, once.
CREATE TABLE question (
  id       TEXT PRIMARY KEY,
  phone    BYTEA NOT NULL,        -- keyed hash
  code     BYTEA NOT NULL,        -- keyed hash, with the number in it
  sealed   BYTEA NOT NULL,        -- what is asked, and who asks
  asked    BIGINT NOT NULL,
  expires  BIGINT NOT NULL,
  tries    BIGINT NOT NULL,       -- answers with a wrong code
  answered BIGINT NOT NULL        -- 0: not yet
);
CREATE INDEX question_of_phone ON question (phone, asked);
CREATE INDEX question_age ON question (asked);
