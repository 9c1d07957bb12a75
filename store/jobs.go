package store

import (
	"context"
	"database/sql"
	"time"
)

// Job is how one of the things stands that are done by themselves.
type Job struct {
	Name     string
	Next     time.Time // the occurrence to be run next
	Leased   time.Time // until then somebody runs it, or it rests after a failure
	Fence    int64
	Last     time.Time // when an occurrence last ended well
	Runs     int64
	Tries    int64 // failures in a row
	Failures int64
	Failed   time.Time
	Error    string // kind of the last failure
}

const jobColumns = `name, next, leased, fence, last_run, runs, tries, failures, failed, error`

func scanJob(row scanner) (Job, error) {
	var j Job
	var next, leased, last, failed int64
	err := row.Scan(&j.Name, &next, &leased, &j.Fence, &last, &j.Runs, &j.Tries, &j.Failures, &failed, &j.Error)
	j.Next, j.Leased, j.Last, j.Failed = instant(next), instant(leased), instant(last), instant(failed)
	return j, err
}

// Jobs lists all jobs by name; there are a handful.
func (db *DB) Jobs(ctx context.Context) ([]Job, error) {
	rows, err := db.query(ctx, `SELECT `+jobColumns+` FROM job ORDER BY name`)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []Job
	for rows.Next() {
		j, err := scanJob(rows)
		if err != nil {
			return nil, readable(err)
		}
		list = append(list, j)
	}
	return list, readable(rows.Err())
}

// PutJob enters a job with its first occurrence; one that is there stays as it is.
func (db *DB) PutJob(ctx context.Context, name string, first time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO job (name, next, leased, fence, last_run, runs, tries, failures, failed, error)
			VALUES ($1, $2, 0, 0, 0, 0, 0, 0, 0, '') ON CONFLICT (name) DO NOTHING`, name, micros(first))
		return err
	})
}

// ClaimJob takes a job that is due and nobody's, until an instant; ok is false
// if there is nothing to take.
func (db *DB) ClaimJob(ctx context.Context, name string, now, until time.Time) (j Job, ok bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		j, err = scanJob(tx.QueryRowContext(ctx, `UPDATE job SET leased = $1, fence = fence + 1 WHERE name = $2 AND next <= $3 AND leased <= $3 RETURNING `+jobColumns,
			micros(until), name, micros(now)))
		if ok = err == nil; absent(err) {
			return nil
		}
		return err
	})
	return j, ok && err == nil, err
}

// HoldJob makes a claim last longer; false if it is another's by now.
func (db *DB) HoldJob(ctx context.Context, j Job, until time.Time) (bool, error) {
	return db.ofJob(ctx, `UPDATE job SET leased = $1 WHERE name = $2 AND fence = $3`, micros(until), j.Name, j.Fence)
}

// MarkJob notes that an occurrence was run, and which is the next; false if the
// job is another's by now.
func (db *DB) MarkJob(ctx context.Context, j Job, next, now time.Time) (bool, error) {
	return db.ofJob(ctx, `UPDATE job SET next = $1, leased = 0, last_run = $2, runs = runs + 1, tries = 0, error = '' WHERE name = $3 AND fence = $4`,
		micros(next), micros(now), j.Name, j.Fence)
}

// FailJob notes that an occurrence failed, and until when the job rests.
func (db *DB) FailJob(ctx context.Context, j Job, kind string, rest, now time.Time) (bool, error) {
	return db.ofJob(ctx, `UPDATE job SET leased = $1, tries = tries + 1, failures = failures + 1, failed = $2, error = $3 WHERE name = $4 AND fence = $5`,
		micros(rest), micros(now), kind, j.Name, j.Fence)
}

func (db *DB) ofJob(ctx context.Context, query string, args ...any) (held bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		held = n == 1
		return err
	})
	return held && err == nil, err
}
