package store

import (
	"context"
	"database/sql"
	"time"
)

// Lease says which process decides what comes next in the log. It only chooses
// who tries: that nobody else writes is held by the head's fence, which grows
// with each holder.
type Lease struct {
	Holder  string // of the process
	Address string // where it takes commands from the others
	Expires time.Time
	Fence   int64
}

// TakeLease gives the log to a process if it is nobody's at this moment, with a
// fence that is higher than any before; it writes the first head if the log is
// empty. Taken is false when somebody holds it.
func (db *DB) TakeLease(ctx context.Context, origin string, l Lease, now time.Time) (head Head, taken bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := makeHead(ctx, tx, origin); err != nil {
			return err
		}
		taken, err = one(tx.ExecContext(ctx, `INSERT INTO lease (shard, holder, address, expires, fence) VALUES ('main', $1, $2, $3, 0)
			ON CONFLICT (shard) DO UPDATE SET holder = excluded.holder, address = excluded.address, expires = excluded.expires
			WHERE lease.expires <= $4`, l.Holder, l.Address, micros(l.Expires), micros(now)))
		if err != nil || !taken {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE head SET fence = fence + 1 WHERE shard = 'main'`); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE lease SET fence = (SELECT fence FROM head WHERE shard = 'main') WHERE shard = 'main'`)
		return err
	})
	if err != nil || !taken {
		return Head{}, false, err
	}
	head, err = db.Head(ctx)
	return head, err == nil, err
}

// RenewLease lets a lease run on; it is false when somebody else has the log.
func (db *DB) RenewLease(ctx context.Context, l Lease) (renewed bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		renewed, err = one(tx.ExecContext(ctx, `UPDATE lease SET expires = $1 WHERE shard = 'main' AND holder = $2 AND fence = $3
			AND fence = (SELECT fence FROM head WHERE shard = 'main')`, micros(l.Expires), l.Holder, l.Fence))
		return err
	})
	return renewed && err == nil, err
}

// EndLease gives a lease back, if it is still held.
func (db *DB) EndLease(ctx context.Context, l Lease) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE lease SET expires = 0 WHERE shard = 'main' AND holder = $1 AND fence = $2`, l.Holder, l.Fence)
		return err
	})
}

// Lease returns the lease as it stands, a zero one if nobody ever held it.
func (db *DB) Lease(ctx context.Context) (Lease, error) {
	var l Lease
	var expires int64
	err := db.row(ctx, `SELECT holder, address, expires, fence FROM lease WHERE shard = 'main'`).Scan(&l.Holder, &l.Address, &expires, &l.Fence)
	if absent(err) {
		return Lease{}, nil
	}
	l.Expires = instant(expires)
	return l, readable(err)
}
