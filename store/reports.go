package store

import "context"

// ReportKey is the wrapped key of one report's text.
type ReportKey struct {
	Entry   int64
	Wrapped []byte
}

// ReportKeys lists the keys of reports that are still kept, after an entry, in
// order.
func (db *DB) ReportKeys(ctx context.Context, after int64, limit int) ([]ReportKey, error) {
	rows, err := db.query(ctx, `SELECT entry, wrapped FROM report_key WHERE entry > $1 ORDER BY entry LIMIT $2`, after, limit)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []ReportKey
	for rows.Next() {
		var k ReportKey
		if err := rows.Scan(&k.Entry, &k.Wrapped); err != nil {
			return nil, readable(err)
		}
		list = append(list, k)
	}
	return list, readable(rows.Err())
}
