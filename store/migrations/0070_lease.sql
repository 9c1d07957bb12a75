-- Which of several processes decides what comes next in a shard. It only says
-- who tries: whether a batch is written, the head's own row decides.
CREATE TABLE lease (
  shard   TEXT PRIMARY KEY,
  holder  TEXT NOT NULL,          -- of the process
  address TEXT NOT NULL,          -- where it takes commands from the others
  expires BIGINT NOT NULL,        -- 0: given back
  fence   BIGINT NOT NULL         -- of the head since this holder took it
);
