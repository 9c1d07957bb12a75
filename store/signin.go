package store

import (
	"context"
	"database/sql"
	"time"
)

// Account is who can sign in. Sealed is opened by the engine alone.
type Account struct {
	ID      []byte
	Subject []byte // keyed hash of whom it belongs to
	Sealed  []byte
	Made    time.Time
}

// PutAccount keeps an account; one of the same subject keeps its id and takes
// the new content. It returns the id that holds now.
func (db *DB) PutAccount(ctx context.Context, a Account) (id []byte, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `INSERT INTO account (id, subject, sealed, made) VALUES ($1, $2, $3, $4)
			ON CONFLICT (subject) DO UPDATE SET subject = excluded.subject RETURNING id`, a.ID, a.Subject, a.Sealed, micros(a.Made)).Scan(&id)
	})
	return id, err
}

// SealAccount replaces the content of an account.
func (db *DB) SealAccount(ctx context.Context, id, sealed []byte) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE account SET sealed = $1 WHERE id = $2`, sealed, id)
		return err
	})
}

// Account returns the sealed account of an id, nil if there is none.
func (db *DB) Account(ctx context.Context, id []byte) ([]byte, error) {
	return db.blob(ctx, `SELECT sealed FROM account WHERE id = $1`, id)
}

// AccountOf returns the id of a subject's account, nil if there is none.
func (db *DB) AccountOf(ctx context.Context, subject []byte) ([]byte, error) {
	return db.blob(ctx, `SELECT id FROM account WHERE subject = $1`, subject)
}

// AccountByPhone returns an account sealed under its number, as they were made
// before they had ids; nil if there is none.
func (db *DB) AccountByPhone(ctx context.Context, phone []byte) ([]byte, error) {
	return db.blob(ctx, `SELECT sealed FROM account_by_phone WHERE phone = $1`, phone)
}

// PutNumber lets a number ask for codes to an account: to this one and no
// other, and from then on no earlier number of the account.
func (db *DB) PutNumber(ctx context.Context, phone, account []byte, at time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM number WHERE account = $1`, account); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM account_by_phone WHERE phone = $1`, phone); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO number (phone, account, confirmed) VALUES ($1, $2, $3)
			ON CONFLICT (phone) DO UPDATE SET account = excluded.account, confirmed = excluded.confirmed`, phone, account, micros(at))
		return err
	})
}

// Number returns the account that a number may ask codes for, nil if none, and
// when its owner last proved to hold it.
func (db *DB) Number(ctx context.Context, phone []byte) (account []byte, confirmed time.Time, err error) {
	var at int64
	err = db.row(ctx, `SELECT account, confirmed FROM number WHERE phone = $1`, phone).Scan(&account, &at)
	if absent(err) {
		return nil, time.Time{}, nil
	}
	return account, instant(at), readable(err)
}

// Code is a one-time code that was sent.
type Code struct {
	Attempt []byte // hash of what the browser that asked holds
	Target  []byte // keyed hash of whom it proves, and for what
	Hash    []byte
	Expires time.Time
	Tries   int64
	Sent    time.Time
}

// CodeLimits say how many codes a target gets: one each so often, and so many
// within an hour and a day.
type CodeLimits struct {
	Every   time.Duration
	PerHour int
	PerDay  int
}

// PutCode keeps a code and queues the message that tells it, if there is one and
// somebody is told: nobody takes the same statements. If the target has had its
// share it does nothing and tells how long to wait: asked a hundred times at once,
// one is sent.
func (db *DB) PutCode(ctx context.Context, c Code, limits CodeLimits, m *Message, told bool) (wait time.Duration, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		sent, err := sentTo(ctx, tx, c.Target, c.Sent.Add(-24*time.Hour), limits.PerDay)
		if err != nil {
			return err
		}
		if wait = limits.wait(sent, c.Sent); wait > 0 {
			return nil
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO code (attempt, target, hash, expires, tries, sent) VALUES ($1, $2, $3, $4, 0, $5)`,
			c.Attempt, c.Target, c.Hash, micros(c.Expires), micros(c.Sent))
		if err != nil || m == nil {
			return err
		}
		_, err = tx.ExecContext(ctx, intoOutbox.head+`($1, $2, $3, $4, $5, $6, 0, $7, $8)`, m.ID, m.Case, m.Phone, m.Person, m.Sealed, micros(m.Created), m.Lane, micros(m.Due))
		if err != nil {
			return err
		}
		back := m.ID
		if told {
			back = -1 // no message
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM outbox WHERE id = $1`, back)
		return err
	})
	return wait, err
}

// sentTo lists when codes were sent to a target, the newest first.
func sentTo(ctx context.Context, tx *sql.Tx, target []byte, since time.Time, limit int) ([]time.Time, error) {
	rows, err := tx.QueryContext(ctx, `SELECT sent FROM code WHERE target = $1 AND sent > $2 ORDER BY sent DESC LIMIT $3`, target, micros(since), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []time.Time
	for rows.Next() {
		var at int64
		if err := rows.Scan(&at); err != nil {
			return nil, err
		}
		list = append(list, instant(at))
	}
	return list, rows.Err()
}

// wait is how long until another code may follow those sent before.
func (l CodeLimits) wait(sent []time.Time, now time.Time) time.Duration {
	var wait time.Duration
	for _, rule := range []struct {
		n      int
		window time.Duration
	}{{1, l.Every}, {l.PerHour, time.Hour}, {l.PerDay, 24 * time.Hour}} {
		if len(sent) >= rule.n {
			wait = max(wait, rule.window-now.Sub(sent[rule.n-1]))
		}
	}
	return wait
}

// TryCode counts one try at a code, and returns it; ok is false when there is
// none. Counting first makes guessing cost a try even when the answer is never
// read.
func (db *DB) TryCode(ctx context.Context, attempt []byte) (c Code, ok bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var expires, sent int64
		err := tx.QueryRowContext(ctx, `UPDATE code SET tries = tries + 1 WHERE attempt = $1 RETURNING target, hash, expires, tries, sent`, attempt).
			Scan(&c.Target, &c.Hash, &expires, &c.Tries, &sent)
		if absent(err) {
			return nil
		}
		c.Attempt, c.Expires, c.Sent, ok = attempt, instant(expires), instant(sent), err == nil
		return err
	})
	return c, ok, err
}

// SpendCode uses a code up; it is false when somebody was quicker.
func (db *DB) SpendCode(ctx context.Context, attempt []byte) (spent bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		spent, err = one(tx.ExecContext(ctx, `UPDATE code SET expires = 0 WHERE attempt = $1 AND expires <> 0`, attempt))
		return err
	})
	return spent && err == nil, err
}

// one reports whether a statement changed one row.
func one(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Session is one browser signed in.
type Session struct {
	Token                []byte // hash of the token
	ID                   string // names it to its owner, opens nothing
	Account              []byte
	Sealed               []byte
	Begun, Used, Expires time.Time
}

const sessionColumns = `token, id, account, sealed, begun, used, expires`

func scanSession(row scanner) (s Session, err error) {
	var begun, used, expires int64
	err = row.Scan(&s.Token, &s.ID, &s.Account, &s.Sealed, &begun, &used, &expires)
	s.Begun, s.Used, s.Expires = instant(begun), instant(used), instant(expires)
	return s, err
}

// StartSession opens a session, keeps the newest of the account up to a number
// and ends the one that the browser had before: a token that somebody planted
// in it opens nothing afterwards.
func (db *DB) StartSession(ctx context.Context, s Session, before []byte, keep int) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if before != nil {
			if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE token = $1`, before); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO session (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			s.Token, s.ID, s.Account, s.Sealed, micros(s.Begun), micros(s.Used), micros(s.Expires))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM session WHERE account = $1 AND begun < (
			SELECT min(begun) FROM (SELECT begun FROM session WHERE account = $1 ORDER BY begun DESC LIMIT $2) AS newest)`, s.Account, keep)
		return err
	})
}

// Session returns the session of a token, unless it ended or was idle too long.
func (db *DB) Session(ctx context.Context, token []byte, now, idle time.Time) (Session, bool, error) {
	s, err := scanSession(db.row(ctx, `SELECT `+sessionColumns+` FROM session WHERE token = $1 AND expires > $2 AND used > $3`, token, micros(now), micros(idle)))
	if absent(err) {
		return Session{}, false, nil
	}
	return s, err == nil, readable(err)
}

// Sessions lists the sessions of an account, the newest first.
func (db *DB) Sessions(ctx context.Context, account []byte, now, idle time.Time, limit int) ([]Session, error) {
	var list []Session
	for s, err := range each(ctx, db, func(row scanner, s *Session) (err error) { *s, err = scanSession(row); return err },
		`SELECT `+sessionColumns+` FROM session WHERE account = $1 AND expires > $2 AND used > $3 ORDER BY begun DESC LIMIT $4`,
		account, micros(now), micros(idle), limit) {
		if err != nil {
			return nil, err
		}
		list = append(list, *s)
	}
	return list, nil
}

// TouchSession notes that a session is in use.
func (db *DB) TouchSession(ctx context.Context, token []byte, at time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE session SET used = $1 WHERE token = $2 AND used < $1`, micros(at), token)
		return err
	})
}

// ChangeSession gives a session a new token and content; false if it has ended
// or was changed meanwhile.
func (db *DB) ChangeSession(ctx context.Context, was, token, sealed []byte, at time.Time) (changed bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		changed, err = one(tx.ExecContext(ctx, `UPDATE session SET token = $1, sealed = $2, used = $3 WHERE token = $4`, token, sealed, micros(at), was))
		return err
	})
	return changed && err == nil, err
}

// EndSession ends one session; ended or not, it is gone afterwards.
func (db *DB) EndSession(ctx context.Context, token []byte) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE token = $1`, token)
		return err
	})
}

// EndSessions ends one session of an account, or all but the one of a token.
func (db *DB) EndSessions(ctx context.Context, account []byte, id string, but []byte) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE account = $1 AND (id = $2 OR ($2 = '' AND token <> $3))`, account, id, but)
		return err
	})
}

// DropExpired forgets sessions, codes and spent challenges that have run out.
func (db *DB) DropExpired(ctx context.Context, now, idle time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE expires <= $1`, micros(now)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE used <= $1`, micros(idle)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM spent WHERE expires <= $1`, micros(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM code WHERE sent <= $1`, micros(now.Add(-24*time.Hour)))
		return err
	})
}
