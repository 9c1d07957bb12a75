package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Lanes of letters: those that somebody waits for do not stand behind the rest,
// and people do not stand behind programs.
const (
	LaneNow   int64 = 0
	LaneRest  int64 = 1
	LaneHooks int64 = 2
)

// States of a letter.
const (
	LetterWaiting   = "waiting"
	LetterSent      = "sent"      // handed on; nothing has been heard since
	LetterDelivered = "delivered" // its receipt says so
	LetterDead      = "dead"      // given up until somebody looks
)

// Message is one line of the outbox, sealed.
type Message struct {
	ID      int64
	Case    int64
	Phone   []byte
	Person  []byte
	Sealed  []byte
	Created time.Time
	Sent    time.Time

	Lane    int64
	Channel string
	State   string
	Due     time.Time // when it is tried; zero: not any more
	Tries   int64
	Failure string
	Ended   time.Time
}

const letterColumns = `id, case_no, phone, person, sealed, created, sent, lane, channel, state, due, tries, failure, ended`

func scanLetter(row scanner) (Message, error) {
	var m Message
	var created, sent, due, ended int64
	err := row.Scan(&m.ID, &m.Case, &m.Phone, &m.Person, &m.Sealed, &created, &sent, &m.Lane, &m.Channel, &m.State, &due, &m.Tries, &m.Failure, &ended)
	m.Created, m.Sent, m.Due, m.Ended = instant(created), instant(sent), instant(due), instant(ended)
	return m, err
}

func scanLetters(rows *sql.Rows, err error) ([]Message, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Message
	for rows.Next() {
		m, err := scanLetter(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

func (db *DB) letters(ctx context.Context, query string, args ...any) ([]Message, error) {
	list, err := scanLetters(db.query(ctx, query, args...))
	return list, readable(err)
}

// Messages lists the newest messages to a phone that were written by now.
func (db *DB) Messages(ctx context.Context, phone []byte, now time.Time, limit int) ([]Message, error) {
	return db.letters(ctx, `SELECT `+letterColumns+` FROM outbox WHERE phone = $1 AND created <= $2 ORDER BY created DESC, id DESC LIMIT $3`, phone, micros(now), limit)
}

// LettersOf lists a person's letters from the newest back, those before one of
// them; id 0 begins with the newest that was written by then.
func (db *DB) LettersOf(ctx context.Context, person []byte, before time.Time, id int64, limit int) ([]Message, error) {
	if id == 0 {
		return db.letters(ctx, `SELECT `+letterColumns+` FROM outbox WHERE person = $1 AND created <= $2 ORDER BY created DESC, id DESC LIMIT $3`, person, micros(before), limit)
	}
	return db.letters(ctx, `SELECT `+letterColumns+` FROM outbox WHERE person = $1 AND (created, id) < ($2, $3) ORDER BY created DESC, id DESC LIMIT $4`,
		person, micros(before), id, limit)
}

// PutLetter writes one letter that belongs to no batch.
func (db *DB) PutLetter(ctx context.Context, m Message) error {
	b := Batch{Messages: []Message{m}}
	return db.bulkUpdate(ctx, b.write)
}

// DeadLetters lists what was given up, the newest first, those before one of them.
func (db *DB) DeadLetters(ctx context.Context, before time.Time, id int64, limit int) ([]Message, error) {
	if before.IsZero() {
		return db.letters(ctx, `SELECT `+letterColumns+` FROM outbox WHERE state = 'dead' AND lane <> 0 ORDER BY ended DESC, id DESC LIMIT $1`, limit)
	}
	return db.letters(ctx, `SELECT `+letterColumns+` FROM outbox WHERE state = 'dead' AND lane <> 0 AND (ended, id) < ($1, $2) ORDER BY ended DESC, id DESC LIMIT $3`,
		micros(before), id, limit)
}

// Outbox is how the outbox stands.
type Outbox struct {
	Dead   int64               // given up
	Oldest map[int64]time.Time // by lane: when the letter was due that has waited longest
}

// Outbox tells how the outbox stands: what was given up is counted, up to most.
func (db *DB) Outbox(ctx context.Context, most int64) (Outbox, error) {
	out := Outbox{Oldest: make(map[int64]time.Time)}
	err := db.row(ctx, `SELECT count(*) FROM (SELECT id FROM outbox WHERE state = 'dead' AND lane <> 0 ORDER BY ended, id LIMIT $1) AS given_up`, most).Scan(&out.Dead)
	if err != nil {
		return out, readable(err)
	}
	for _, lane := range []int64{LaneNow, LaneRest} {
		var due int64
		err := db.row(ctx, `SELECT due FROM outbox WHERE lane = $1 AND due <> 0 ORDER BY due, id LIMIT 1`, lane).Scan(&due)
		if err != nil && !absent(err) {
			return out, readable(err)
		}
		out.Oldest[lane] = instant(due)
	}
	return out, nil
}

// ClaimLetters takes letters of a lane that are due, oldest first, for whoever
// calls, until an instant: if nothing is heard of them by then they are due
// again. Each claim counts as a try.
func (db *DB) ClaimLetters(ctx context.Context, lane int64, now, until time.Time, limit int) ([]Message, error) {
	due, err := db.letters(ctx, `SELECT `+letterColumns+` FROM outbox WHERE lane = $1 AND due <> 0 AND due <= $2 ORDER BY due, id LIMIT $3`, lane, micros(now), limit)
	if err != nil || len(due) == 0 {
		return nil, err
	}
	var mine []Message
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		mine = nil
		for _, m := range due {
			res, err := tx.ExecContext(ctx, `UPDATE outbox SET due = $1, tries = tries + 1 WHERE id = $2 AND due = $3`, micros(until), m.ID, micros(m.Due))
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			if err != nil {
				return err
			}
			if n == 1 { // nobody else was faster
				m.Due, m.Tries = until, m.Tries+1
				mine = append(mine, m)
			}
		}
		return nil
	})
	return mine, err
}

// Settled is what became of a letter that was claimed.
type Settled struct {
	ID      int64
	Claimed time.Time // until when it was
	Channel string
	State   string
	Due     time.Time // when it is tried again
	Tries   int64
	Failure string
	Sent    time.Time
	Ended   time.Time
	Parts   []string // as its gateway calls them; their receipts will tell
	Void    bool     // there was no reason to send it any more: it is forgotten
}

// SettleLetters writes down what became of letters. One whose claim has run out
// meanwhile is another's by now and stays as it is.
func (db *DB) SettleLetters(ctx context.Context, list []Settled, now time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, s := range list {
			if s.Void {
				if _, err := tx.ExecContext(ctx, `DELETE FROM outbox WHERE id = $1 AND due = $2`, s.ID, micros(s.Claimed)); err != nil {
					return fmt.Errorf("forget a letter: %w", err)
				}
				continue
			}
			for _, part := range s.Parts {
				// a centre that has begun to count anew names another letter's part so, whose
				// receipt says nothing of this one
				_, err := tx.ExecContext(ctx, `INSERT INTO letter_part (part, letter, state, at) VALUES ($1, $2, '', $3)
					ON CONFLICT (part) DO UPDATE SET letter = excluded.letter,
						state = CASE WHEN letter_part.letter IN (0, excluded.letter) THEN letter_part.state ELSE '' END`, part, s.ID, micros(now))
				if err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(ctx, `UPDATE outbox SET channel = $1, state = $2, due = $3, tries = $4, failure = $5, sent = $6, ended = $7
				WHERE id = $8 AND due = $9`, s.Channel, s.State, micros(s.Due), s.Tries, s.Failure, micros(s.Sent), micros(s.Ended), s.ID, micros(s.Claimed))
			if err == nil && len(s.Parts) > 0 {
				err = told(ctx, tx, s.ID, now)
			}
			if err != nil {
				return fmt.Errorf("settle a letter: %w", err)
			}
		}
		return nil
	})
}

// Told takes the receipt of a part of a letter. Told twice it is told once.
func (db *DB) Told(ctx context.Context, part string, delivered bool, now time.Time) error {
	state := "failed"
	if delivered {
		state = "delivered"
	}
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var letter int64
		err := tx.QueryRowContext(ctx, `INSERT INTO letter_part (part, letter, state, at) VALUES ($1, 0, $2, $3)
			ON CONFLICT (part) DO UPDATE SET state = CASE WHEN letter_part.state = '' THEN excluded.state ELSE letter_part.state END RETURNING letter`,
			part, state, micros(now)).Scan(&letter)
		if err != nil || letter == 0 {
			return err
		}
		return told(ctx, tx, letter, now)
	})
}

// told concludes from the receipts of all parts what became of a letter.
func told(ctx context.Context, tx *sql.Tx, letter int64, now time.Time) error {
	var open, failed int64
	err := tx.QueryRowContext(ctx, `SELECT coalesce(sum(CASE WHEN state = '' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END), 0)
		FROM letter_part WHERE letter = $1`, letter).Scan(&open, &failed)
	switch {
	case err != nil:
		return err
	case failed > 0:
		_, err = tx.ExecContext(ctx, `UPDATE outbox SET state = 'dead', failure = 'not-received', ended = $1 WHERE id = $2 AND state = 'sent'`, micros(now), letter)
	case open == 0:
		_, err = tx.ExecContext(ctx, `UPDATE outbox SET state = 'delivered', ended = $1 WHERE id = $2 AND state = 'sent'`, micros(now), letter)
	}
	return err
}

// sendAgain puts letters that were given up into the queue once more, in the
// batch that records who wished it.
func sendAgain(w writer, ids []int64, now time.Time) error {
	for _, id := range ids {
		err := w.exec(`DELETE FROM letter_part WHERE letter = $1 AND EXISTS (SELECT 1 FROM outbox WHERE id = $1 AND state = 'dead' AND lane <> 0)`, id)
		if err == nil {
			err = w.exec(`UPDATE outbox SET state = 'waiting', channel = CASE WHEN lane = 2 THEN channel ELSE '' END, failure = '', due = $1, tries = 0, sent = 0, ended = 0
				WHERE id = $2 AND state = 'dead' AND lane <> 0`, micros(now), id)
		}
		if err != nil {
			return fmt.Errorf("send again: %w", err)
		}
	}
	return nil
}

// EveryLetterArrived marks all that was written before an instant as delivered:
// in a simulated past everybody had a telephone.
func (db *DB) EveryLetterArrived(ctx context.Context, before time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE outbox SET state = 'delivered', channel = 'sms', due = 0, tries = 1, sent = created, ended = created
			WHERE lane IN (0, 1) AND due <> 0 AND due <= $1`, micros(before))
		return err
	})
}

// DropReceipts forgets receipts that were about no letter of ours.
func (db *DB) DropReceipts(ctx context.Context, before time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM letter_part WHERE letter = 0 AND at < $1`, micros(before))
		return err
	})
}

// PutContact keeps how a person wants to be told.
func (db *DB) PutContact(ctx context.Context, person, sealed []byte) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO contact (person, sealed) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET sealed = excluded.sealed`, person, sealed)
		return err
	})
}

// Contacts returns what is kept of these persons, by their hash.
func (db *DB) Contacts(ctx context.Context, persons [][]byte) (map[string][]byte, error) {
	found := make(map[string][]byte, len(persons))
	if len(persons) == 0 {
		return found, nil
	}
	var b strings.Builder
	args := make([]any, len(persons))
	for i, p := range persons {
		args[i] = p
		fmt.Fprintf(&b, ",$%d", i+1)
	}
	rows, err := db.query(ctx, `SELECT person, sealed FROM contact WHERE person IN (`+b.String()[1:]+`)`, args...)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	for rows.Next() {
		var person, sealed []byte
		if err := rows.Scan(&person, &sealed); err != nil {
			return nil, readable(err)
		}
		found[string(person)] = sealed
	}
	return found, readable(rows.Err())
}
