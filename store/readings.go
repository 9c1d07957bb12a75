package store

import "context"

// ReadingsOf returns entries that say who looked at an applicant's data, before
// an index, the newest first. They are found by the applicant's own cases.
func (db *DB) ReadingsOf(ctx context.Context, applicant []byte, before int64, limit int) ([]Entry, error) {
	return gather(db.entries(ctx, `SELECT idx, case_no, entry.seq, kind, recorded, leaf, fields, sealed FROM cases JOIN entry ON case_no = no
		WHERE applicant = $1 AND kind IN ('seen', 'looked-up', 'read', 'read-refused', 'consented-in-person', 'glass-asked', 'glass-opened', 'file-read') AND idx < $2
		ORDER BY idx DESC LIMIT $3`, applicant, before, limit))
}

// ReadingsAbout returns those of the cases that a mark finds again: in which a register
// named somebody. Files are not of them.
func (db *DB) ReadingsAbout(ctx context.Context, mark []byte, before int64, limit int) ([]Entry, error) {
	return gather(db.entries(ctx, `SELECT idx, entry.case_no, entry.seq, kind, recorded, leaf, fields, sealed FROM likeness JOIN entry ON entry.case_no = likeness.case_no
		WHERE band = $1 AND kind IN ('seen', 'looked-up', 'glass-opened') AND idx < $2
		ORDER BY idx DESC LIMIT $3`, mark, before, limit))
}

// unmarkedReadings is written by the migration that brought marks of whom registers name.
const unmarkedReadings = "unmarked-readings"

// UnmarkedReadings is the entry from which on look-ups have left marks of whom they
// name since they were written; 0 where all have.
func (db *DB) UnmarkedReadings(ctx context.Context) (int64, error) {
	return db.entrySetting(ctx, unmarkedReadings)
}
