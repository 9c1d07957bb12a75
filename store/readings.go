package store

import "context"

// ReadingsOf returns entries that say who looked at an applicant's data, before
// an index, the newest first. They are found by the applicant's own cases.
func (db *DB) ReadingsOf(ctx context.Context, applicant []byte, before int64, limit int) ([]Entry, error) {
	return gather(db.entries(ctx, `SELECT idx, case_no, entry.seq, kind, recorded, leaf, fields, sealed FROM cases JOIN entry ON case_no = no
		WHERE applicant = $1 AND kind IN ('seen', 'looked-up', 'read', 'read-refused', 'glass-asked', 'glass-opened', 'file-read') AND idx < $2
		ORDER BY idx DESC LIMIT $3`, applicant, before, limit))
}
