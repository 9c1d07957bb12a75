package store

import (
	"context"
	"database/sql"
	"time"
)

// Question is asked by SMS and answered by SMS.
type Question struct {
	ID      string
	Phone   []byte // keyed hash
	Code    []byte // keyed hash
	Sealed  []byte
	Asked   time.Time
	Expires time.Time
	Tries   int64
}

// PutQuestion keeps a question and queues the messages that ask it, none where nobody
// can be asked, unless the number was asked so many times since an instant.
func (db *DB) PutQuestion(ctx context.Context, q Question, letters []Message, since time.Time, most int64) (asked bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var n int64
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM question WHERE phone = $1 AND asked > $2`, q.Phone, micros(since)).Scan(&n); err != nil {
			return err
		}
		if asked = n < most; !asked {
			return nil
		}
		_, err := tx.ExecContext(ctx, intoQuestion.head+`($1, $2, $3, $4, $5, $6, 0, 0)`, q.ID, q.Phone, q.Code, q.Sealed, micros(q.Asked), micros(q.Expires))
		for _, m := range letters {
			if err == nil {
				_, err = tx.ExecContext(ctx, intoOutbox.head+`($1, $2, $3, $4, $5, $6, 0, $7, $8)`, m.ID, m.Case, m.Phone, m.Person, m.Sealed, micros(m.Created), m.Lane, micros(m.Due))
			}
		}
		return err
	})
	return asked && err == nil, err
}

// OpenQuestions lists what a number was asked, has not answered and still may.
func (db *DB) OpenQuestions(ctx context.Context, phone []byte, now time.Time) ([]Question, error) {
	rows, err := db.query(ctx, `SELECT id, phone, code, sealed, asked, expires, tries FROM question
		WHERE phone = $1 AND expires > $2 AND answered = 0 ORDER BY asked LIMIT 20`, phone, micros(now))
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []Question
	for rows.Next() {
		var q Question
		var asked, expires int64
		if err := rows.Scan(&q.ID, &q.Phone, &q.Code, &q.Sealed, &asked, &expires, &q.Tries); err != nil {
			return nil, readable(err)
		}
		q.Asked, q.Expires = instant(asked), instant(expires)
		list = append(list, q)
	}
	return list, readable(rows.Err())
}

// MissQuestions counts an answer of a number that fitted none of its questions.
func (db *DB) MissQuestions(ctx context.Context, phone []byte, now time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE question SET tries = tries + 1 WHERE phone = $1 AND expires > $2 AND answered = 0`, phone, micros(now))
		return err
	})
}

// MissQuestion counts a try that did not fit one question.
func (db *DB) MissQuestion(ctx context.Context, id string) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE question SET tries = tries + 1 WHERE id = $1 AND answered = 0`, id)
		return err
	})
}

// AnswerQuestion closes a question: it is not answered again.
func (db *DB) AnswerQuestion(ctx context.Context, id string, now time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE question SET answered = $1 WHERE id = $2 AND answered = 0`, micros(now), id)
		return err
	})
}

// DropQuestions forgets questions that could be answered until an instant.
func (db *DB) DropQuestions(ctx context.Context, before time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM question WHERE expires < $1`, micros(before))
		return err
	})
}
