package store

import (
	"context"
	"database/sql"
	"iter"
	"time"
)

// Look is how often somebody was shown, or the machinery has read, something of a
// person on a day.
type Look struct {
	Subject []byte // keyed hash of the person
	Day     time.Time
	Line    string // who, as what, of which case
	Machine bool
	N       int64
}

const lookColumns = `subject, day, line, machine, n`

// CountLooks adds to what is counted. Each is in the list once.
func (db *DB) CountLooks(ctx context.Context, looks []Look) error {
	return db.bulkUpdate(ctx, func(w writer) error {
		return w.insert(intoLook, len(looks), func(a []any, i int) []any {
			l := &looks[i]
			return append(a, l.Subject, micros(l.Day), l.Line, l.Machine, l.N)
		})
	})
}

func scanLook(row scanner, l *Look) error {
	var day int64
	err := row.Scan(&l.Subject, &day, &l.Line, &l.Machine, &l.N)
	l.Day = instant(day)
	return err
}

// LooksAt lists what is counted of a person and not in the log, the newest day first.
func (db *DB) LooksAt(ctx context.Context, subject []byte, machine bool, limit int) ([]Look, error) {
	return gatherLooks(each(ctx, db, scanLook, `SELECT `+lookColumns+` FROM look WHERE subject = $1 AND machine = $2 ORDER BY day DESC, line LIMIT $3`, subject, machine, limit))
}

// LooksBefore lists what officers were shown on days that began before an instant, by day
// and person.
func (db *DB) LooksBefore(ctx context.Context, day time.Time, limit int) ([]Look, error) {
	return gatherLooks(each(ctx, db, scanLook, `SELECT `+lookColumns+` FROM look WHERE NOT machine AND day < $1 ORDER BY day, subject, line LIMIT $2`, micros(day), limit))
}

func gatherLooks(rows iter.Seq2[*Look, error]) (list []Look, err error) {
	for l, err := range rows {
		if err != nil {
			return nil, err
		}
		list = append(list, *l)
	}
	return list, nil
}

// DropLooks forgets what was counted and is in the log now.
func (db *DB) DropLooks(ctx context.Context, looks []Look) error {
	return db.bulkUpdate(ctx, func(w writer) error {
		for _, l := range looks {
			if err := w.exec(`DELETE FROM look WHERE subject = $1 AND day = $2 AND line = $3 AND NOT machine`, l.Subject, micros(l.Day), l.Line); err != nil {
				return err
			}
		}
		return nil
	})
}

// DropMachineLooks forgets what the machinery read on days before an instant.
func (db *DB) DropMachineLooks(ctx context.Context, before time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM look WHERE machine AND day < $1`, micros(before))
		return err
	})
}

// LooksInLog returns the entries that say who looked at a person's data by day, before an
// index, the newest first.
func (db *DB) LooksInLog(ctx context.Context, subject []byte, before int64, limit int) ([]AccountEntry, error) {
	return db.accountActs(ctx, `SELECT `+entryColumns+`, wrapped FROM account_act JOIN entry ON entry = idx
		WHERE subject = $1 AND entry < $2 AND kind = 'looked' ORDER BY entry DESC LIMIT $3`, subject, before, limit)
}
