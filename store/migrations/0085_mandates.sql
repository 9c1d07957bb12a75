-- Mandates: that one lets another act for them. The entry that gave one names it;
-- who and what for is sealed under the key of that entry (account_act).
CREATE TABLE mandate (
  entry  BIGINT PRIMARY KEY,
  giver  BYTEA NOT NULL,          -- keyed hashes, as of the accounts
  holder BYTEA NOT NULL,
  ends   BIGINT NOT NULL,         -- by itself; 0: it is over
  sealed BYTEA NOT NULL
);
CREATE INDEX mandate_giver ON mandate (giver, entry);
CREATE INDEX mandate_holder ON mandate (holder, entry);
CREATE INDEX mandate_ends ON mandate (ends) WHERE ends <> 0;

-- The cases that were filed under each. Gone with the case.
CREATE TABLE mandate_case (
  mandate BIGINT NOT NULL,
  case_no BIGINT NOT NULL,
  PRIMARY KEY (mandate, case_no)
);
CREATE INDEX mandate_case_case ON mandate_case (case_no);
