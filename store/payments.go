package store

import (
	"context"
	"database/sql"
	"iter"
	"time"
)

// Payment is an order that the provider owes an answer for. Due is when it is
// asked next; in a batch, zero says that nothing is waited for any more.
type Payment struct {
	Key   string
	Case  int64
	Due   time.Time
	Tries int64
}

const paymentColumns = `order_key, case_no, due, tries`

func scanPayment(row scanner) (Payment, error) {
	var p Payment
	var due int64
	err := row.Scan(&p.Key, &p.Case, &due, &p.Tries)
	p.Due = instant(due)
	return p, err
}

// PaymentsDue lists the orders that the provider is to be asked about, the
// longest due first.
func (db *DB) PaymentsDue(ctx context.Context, now time.Time, limit int) ([]Payment, error) {
	return db.payments(ctx, `SELECT `+paymentColumns+` FROM payment WHERE due <= $1 ORDER BY due, order_key LIMIT $2`, micros(now), limit)
}

// PaymentsOf lists the orders of one case that something is waited for.
func (db *DB) PaymentsOf(ctx context.Context, no int64) ([]Payment, error) {
	return db.payments(ctx, `SELECT `+paymentColumns+` FROM payment WHERE case_no = $1 ORDER BY order_key LIMIT 100`, no)
}

func (db *DB) payments(ctx context.Context, query string, args ...any) ([]Payment, error) {
	rows, err := db.query(ctx, query, args...)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []Payment
	for rows.Next() {
		p, err := scanPayment(rows)
		if err != nil {
			return nil, readable(err)
		}
		list = append(list, p)
	}
	return list, readable(rows.Err())
}

// paymentPage is how many rows AllPayments holds at once.
const paymentPage = 1000

// AllPayments yields every row, by key.
func (db *DB) AllPayments(ctx context.Context) iter.Seq2[Payment, error] {
	return func(yield func(Payment, error) bool) {
		for after := ""; ; {
			list, err := db.payments(ctx, `SELECT `+paymentColumns+` FROM payment WHERE order_key > $1 ORDER BY order_key LIMIT $2`, after, paymentPage)
			if err != nil {
				yield(Payment{}, err)
				return
			}
			for _, p := range list {
				if after = p.Key; !yield(p, nil) {
					return
				}
			}
			if len(list) < paymentPage {
				return
			}
		}
	}
}

// PutOffPayment has the provider asked again later, having been asked in vain so
// often in a row. A row that is gone stays so.
func (db *DB) PutOffPayment(ctx context.Context, key string, due time.Time, tries int64) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE payment SET due = $1, tries = $2 WHERE order_key = $3`, micros(due), tries, key)
		return err
	})
}

// writePayments writes what is waited for, and takes the rows away of which a
// batch says that nothing is waited for any more.
func writePayments(w writer, list []Payment) error {
	err := w.insert(intoPayment, len(list), func(a []any, i int) []any {
		return append(a, list[i].Key, list[i].Case, micros(list[i].Due), list[i].Tries)
	})
	for _, p := range list {
		if err == nil && p.Due.IsZero() {
			err = w.exec(`DELETE FROM payment WHERE order_key = $1`, p.Key)
		}
	}
	return err
}
