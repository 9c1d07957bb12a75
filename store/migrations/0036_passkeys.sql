-- Keys in people's devices. What the device said is sealed, with its counter.
CREATE TABLE passkey (
  id      BYTEA PRIMARY KEY,      -- keyed hash of the device's name for it
  account BYTEA NOT NULL,
  sealed  BYTEA NOT NULL,
  made    BIGINT NOT NULL,
  used    BIGINT NOT NULL         -- 0: not yet
);
CREATE INDEX passkey_of_account ON passkey (account, made);

-- Challenges that were answered, as long as they would still be good: each once.
CREATE TABLE spent (
  id      BYTEA PRIMARY KEY,      -- hash of the challenge
  expires BIGINT NOT NULL
);
CREATE INDEX spent_expiry ON spent (expires);

-- Entries about an account, by whom they concern. Each is sealed under a key of
-- its own, wrapped here, for as long as the account lasts.
CREATE TABLE account_act (
  subject BYTEA NOT NULL,         -- keyed hash, as of the account
  entry   BIGINT NOT NULL,
  wrapped BYTEA NOT NULL,
  PRIMARY KEY (subject, entry)
);
CREATE INDEX account_act_entry ON account_act (entry);
