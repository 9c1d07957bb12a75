-- Since when what is reserved is connected: readings from after that day hold it
-- already. 0: it is not.
ALTER TABLE reservation ADD COLUMN connected BIGINT NOT NULL DEFAULT 0;
UPDATE reservation SET connected = COALESCE((SELECT MAX(recorded) FROM entry WHERE entry.case_no = reservation.case_no AND entry.kind = 'connected'), 0);

-- What has become part of the measured load and is reserved no more.
-- store/acts.go writes the same condition.
CREATE INDEX entry_settled ON entry (idx) WHERE kind = 'connections-settled';
