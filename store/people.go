package store

import (
	"context"
	"database/sql"
	"time"
)

// RegisterRow reads one row of the built-in registers; value is nil if there is none.
func (db *DB) RegisterRow(ctx context.Context, register, key string) (value []byte, version string, at time.Time, err error) {
	var us int64
	err = db.row(ctx, `SELECT value, version, at FROM register_row WHERE register = $1 AND key = $2`, register, key).
		Scan(&value, &version, &us)
	if absent(err) {
		return nil, "", time.Time{}, nil
	}
	return value, version, instant(us), readable(err)
}

// RegisterDoc is one row of a built-in register.
type RegisterDoc struct {
	Register, Key string
	Value         []byte
	Version       string
	At            time.Time
}

// PutRegisterRows writes rows of the built-in registers, all or none.
func (db *DB) PutRegisterRows(ctx context.Context, docs []RegisterDoc) error {
	return db.bulkUpdate(ctx, func(ctx context.Context) error {
		return db.bulk.insert(ctx, intoRegister, len(docs), func(a []any, i int) []any {
			d := &docs[i]
			return append(a, d.Register, d.Key, string(d.Value), d.Version, micros(d.At))
		})
	})
}

// PutAccount keeps the sealed account of a phone (a keyed hash).
func (db *DB) PutAccount(ctx context.Context, phone, sealed []byte) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO account (phone, sealed) VALUES ($1, $2) ON CONFLICT (phone) DO UPDATE SET sealed = excluded.sealed`, phone, sealed)
		return err
	})
}

// Account returns the sealed account of a phone, nil if there is none.
func (db *DB) Account(ctx context.Context, phone []byte) ([]byte, error) {
	return db.blob(ctx, `SELECT sealed FROM account WHERE phone = $1`, phone)
}

func (db *DB) blob(ctx context.Context, query string, args ...any) ([]byte, error) {
	var b []byte
	err := db.row(ctx, query, args...).Scan(&b)
	if absent(err) {
		return nil, nil
	}
	return b, readable(err)
}

// Code is a one-time code that was sent to a phone.
type Code struct {
	Hash    []byte
	Expires time.Time
	Tries   int64
	Sent    time.Time
}

// PutCode replaces the code of a phone and queues the message that tells it,
// if there is one. It is false, and does nothing, when a code was sent after
// the instant not: asked a hundred times at once, one is sent.
func (db *DB) PutCode(ctx context.Context, phone []byte, c Code, not time.Time, m *Message) (put bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT INTO code (phone, hash, expires, tries, sent) VALUES ($1, $2, $3, 0, $4)
			ON CONFLICT (phone) DO UPDATE SET hash = excluded.hash, expires = excluded.expires, tries = 0, sent = excluded.sent
			WHERE code.sent <= $5`, phone, c.Hash, micros(c.Expires), micros(c.Sent), micros(not))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if put = n == 1; err != nil || !put || m == nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO outbox (id, case_no, phone, sealed, created, sent) VALUES ($1, $2, $3, $4, $5, 0)`,
			m.ID, m.Case, m.Phone, m.Sealed, micros(m.Created))
		return err
	})
	return put && err == nil, err
}

// LastCode returns the code last sent to a phone without trying it.
func (db *DB) LastCode(ctx context.Context, phone []byte) (Code, bool, error) {
	var c Code
	var expires, sent int64
	err := db.row(ctx, `SELECT hash, expires, tries, sent FROM code WHERE phone = $1`, phone).Scan(&c.Hash, &expires, &c.Tries, &sent)
	if absent(err) {
		return c, false, nil
	}
	c.Expires, c.Sent = instant(expires), instant(sent)
	return c, err == nil, readable(err)
}

// TryCode counts one try at the code of a phone, and returns it; ok is false
// when there is none. Counting first makes guessing cost a try even when the
// answer is never read.
func (db *DB) TryCode(ctx context.Context, phone []byte) (c Code, ok bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var expires, sent int64
		err := tx.QueryRowContext(ctx, `UPDATE code SET tries = tries + 1 WHERE phone = $1 RETURNING hash, expires, tries, sent`, phone).
			Scan(&c.Hash, &expires, &c.Tries, &sent)
		if absent(err) {
			return nil
		}
		c.Expires, c.Sent, ok = instant(expires), instant(sent), err == nil
		return err
	})
	return c, ok, err
}

// StartSession spends the code of a phone and opens a session in one step, so
// that a code opens at most one; it is false when the code was spent meanwhile.
func (db *DB) StartSession(ctx context.Context, phone, code, token []byte, expires time.Time) (bool, error) {
	started := false
	err := db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM code WHERE phone = $1 AND hash = $2`, phone, code)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		started = true
		_, err = tx.ExecContext(ctx, `INSERT INTO session (token, phone, expires) VALUES ($1, $2, $3)`, token, phone, micros(expires))
		return err
	})
	return started && err == nil, err
}

// SessionPhone returns whose session a token opens, nil if none or expired.
func (db *DB) SessionPhone(ctx context.Context, token []byte, now time.Time) ([]byte, error) {
	return db.blob(ctx, `SELECT phone FROM session WHERE token = $1 AND expires > $2`, token, micros(now))
}

// EndSession ends one session; ended or not, it is gone afterwards.
func (db *DB) EndSession(ctx context.Context, token []byte) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE token = $1`, token)
		return err
	})
}

// DropExpired forgets sessions and codes that have run out.
func (db *DB) DropExpired(ctx context.Context, now time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE expires <= $1`, micros(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM code WHERE expires <= $1`, micros(now))
		return err
	})
}

// PutDraft keeps the sealed answers given so far; nil forgets them.
func (db *DB) PutDraft(ctx context.Context, person []byte, service string, sealed []byte, now time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if sealed == nil {
			_, err := tx.ExecContext(ctx, `DELETE FROM draft WHERE person = $1 AND service = $2`, person, service)
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO draft (person, service, sealed, updated) VALUES ($1, $2, $3, $4)
			ON CONFLICT (person, service) DO UPDATE SET sealed = excluded.sealed, updated = excluded.updated`, person, service, sealed, micros(now))
		return err
	})
}

// Draft returns the sealed answers given so far, nil if none.
func (db *DB) Draft(ctx context.Context, person []byte, service string) ([]byte, error) {
	return db.blob(ctx, `SELECT sealed FROM draft WHERE person = $1 AND service = $2`, person, service)
}

// Messages lists the newest messages to a phone.
func (db *DB) Messages(ctx context.Context, phone []byte, limit int) ([]Message, error) {
	return db.messages(ctx, `SELECT id, case_no, phone, sealed, created, sent FROM outbox WHERE phone = $1 ORDER BY created DESC, id DESC LIMIT $2`, phone, limit)
}

// Unsent lists the oldest messages that were not handed on yet.
func (db *DB) Unsent(ctx context.Context, limit int) ([]Message, error) {
	return db.messages(ctx, `SELECT id, case_no, phone, sealed, created, sent FROM outbox WHERE sent = 0 ORDER BY created, id LIMIT $1`, limit)
}

func (db *DB) messages(ctx context.Context, query string, args ...any) ([]Message, error) {
	rows, err := db.query(ctx, query, args...)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []Message
	for rows.Next() {
		var m Message
		var created, sent int64
		if err := rows.Scan(&m.ID, &m.Case, &m.Phone, &m.Sealed, &created, &sent); err != nil {
			return nil, readable(err)
		}
		m.Created, m.Sent = instant(created), instant(sent)
		list = append(list, m)
	}
	return list, readable(rows.Err())
}

// MarkSent records that messages were handed on.
func (db *DB) MarkSent(ctx context.Context, ids []int64, at time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `UPDATE outbox SET sent = $1 WHERE id = $2`, micros(at), id); err != nil {
				return err
			}
		}
		return nil
	})
}
