package store

import (
	"context"
	"database/sql"
)

// maxWebhooks is how many addresses there can be in all.
const maxWebhooks = 100_000

// PutWebhook keeps where a subject's program is told, or forgets it if sealed is
// nil.
func (db *DB) PutWebhook(ctx context.Context, subject, sealed []byte) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if sealed == nil {
			_, err := tx.ExecContext(ctx, `DELETE FROM webhook WHERE subject = $1`, subject)
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO webhook (subject, sealed) VALUES ($1, $2) ON CONFLICT (subject) DO UPDATE SET sealed = excluded.sealed`, subject, sealed)
		return err
	})
}

// Webhook returns where a subject's program is told, nil if nowhere.
func (db *DB) Webhook(ctx context.Context, subject []byte) ([]byte, error) {
	var sealed []byte
	err := db.row(ctx, `SELECT sealed FROM webhook WHERE subject = $1`, subject).Scan(&sealed)
	if absent(err) {
		return nil, nil
	}
	return sealed, readable(err)
}

// WebhookSubjects lists whose programs are told anything.
func (db *DB) WebhookSubjects(ctx context.Context) (map[string]bool, error) {
	rows, err := db.query(ctx, `SELECT subject FROM webhook ORDER BY subject LIMIT $1`, maxWebhooks)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	all := make(map[string]bool)
	for rows.Next() {
		var subject []byte
		if err := rows.Scan(&subject); err != nil {
			return nil, readable(err)
		}
		all[string(subject)] = true
	}
	return all, readable(rows.Err())
}

// Untold lists what one program has still to be told, in order, up to one letter.
func (db *DB) Untold(ctx context.Context, subject []byte, upTo int64, limit int) ([]int64, error) {
	rows, err := db.query(ctx, `SELECT id FROM outbox WHERE lane = 2 AND due <> 0 AND person = $1 AND id <= $2 ORDER BY id LIMIT $3`, subject, upTo, limit)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, readable(err)
		}
		list = append(list, id)
	}
	return list, readable(rows.Err())
}
