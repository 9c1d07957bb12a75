-- Lots that are sold by sealed bids, as they stand: projections of the log that
-- rebuild can make again.
CREATE TABLE lot (
  entry    BIGINT PRIMARY KEY,    -- that published it
  id       TEXT NOT NULL UNIQUE,
  service  TEXT NOT NULL,
  parcel   TEXT NOT NULL,         -- cadastral number
  seller   TEXT NOT NULL,         -- institution
  state    TEXT NOT NULL,
  district TEXT NOT NULL,         -- code
  over     BIGINT NOT NULL,       -- 1: every bid has its end
  doc      TEXT NOT NULL          -- the lot as its entries give it, JSON
);
CREATE INDEX lot_state ON lot (state, entry);
CREATE INDEX lot_district ON lot (district, entry);
CREATE INDEX lot_seller ON lot (seller, entry);
CREATE INDEX lot_parcel ON lot (parcel, entry);
CREATE INDEX lot_open ON lot (entry) WHERE over = 0;

-- Bids for a lot, and objections to it. What a sealed bid offers is in no row.
CREATE TABLE lot_case (
  case_no BIGINT PRIMARY KEY,
  lot     TEXT NOT NULL,
  state   TEXT NOT NULL,
  name    TEXT NOT NULL,          -- in the round; '' of an objection
  seal    TEXT NOT NULL,
  amount  BIGINT NOT NULL,        -- tiyn, of a bid that was opened
  salt    TEXT NOT NULL,
  entry   BIGINT NOT NULL         -- that its state is from
);
CREATE INDEX lot_case_of_lot ON lot_case (lot, case_no);
