package store

import (
	"context"
	"database/sql"
	"iter"
	"time"
)

// Passkey is a key in somebody's device. Sealed is opened by the engine alone.
type Passkey struct {
	ID      []byte // keyed hash of the device's name for it
	Account []byte
	Sealed  []byte
	Made    time.Time
	Used    time.Time // zero: not yet
}

const passkeyColumns = `id, account, sealed, made, used`

func scanPasskey(row scanner, k *Passkey) error {
	var made, used int64
	err := row.Scan(&k.ID, &k.Account, &k.Sealed, &made, &used)
	k.Made, k.Used = instant(made), instant(used)
	return err
}

// Passkey returns a passkey; ok is false when there is none.
func (db *DB) Passkey(ctx context.Context, id []byte) (k Passkey, ok bool, err error) {
	err = scanPasskey(db.row(ctx, `SELECT `+passkeyColumns+` FROM passkey WHERE id = $1`, id), &k)
	if absent(err) {
		return k, false, nil
	}
	return k, err == nil, readable(err)
}

// Passkeys lists those of an account, the oldest first.
func (db *DB) Passkeys(ctx context.Context, account []byte, limit int) ([]Passkey, error) {
	var list []Passkey
	for k, err := range each(ctx, db, scanPasskey, `SELECT `+passkeyColumns+` FROM passkey WHERE account = $1 ORDER BY made, id LIMIT $2`, account, limit) {
		if err != nil {
			return nil, err
		}
		list = append(list, *k)
	}
	return list, nil
}

// UsePasskey spends a challenge and keeps what a passkey has become by answering
// it. It is false when the challenge was spent before, or the passkey is not what
// was read any more.
func (db *DB) UsePasskey(ctx context.Context, challenge []byte, expires time.Time, k Passkey, was []byte) (used bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if used, err = spend(ctx, tx, challenge, expires); err != nil || !used {
			return err
		}
		used, err = one(tx.ExecContext(ctx, `UPDATE passkey SET sealed = $1, used = $2 WHERE id = $3 AND sealed = $4`, k.Sealed, micros(k.Used), k.ID, was))
		return err
	})
	return used && err == nil, err
}

// Spend uses a challenge up; it is false when it was used before.
func (db *DB) Spend(ctx context.Context, challenge []byte, expires time.Time) (fresh bool, err error) {
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		fresh, err = spend(ctx, tx, challenge, expires)
		return err
	})
	return fresh && err == nil, err
}

// SpendOne uses up the first of these that was not used before; it is false when
// all were, and then writes nothing. They must only ever be used in this order.
func (db *DB) SpendOne(ctx context.Context, ids [][]byte, expires time.Time) (fresh bool, err error) {
	used, err := db.spentOf(ctx, ids)
	if err != nil || used >= len(ids) {
		return false, err
	}
	err = db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		fresh, err = false, nil
		for i := used; i < len(ids) && !fresh && err == nil; i++ { // others may have used some meanwhile
			fresh, err = spend(ctx, tx, ids[i], expires)
		}
		return err
	})
	return fresh && err == nil, err
}

// spentOf counts how many of these were used, by one question.
func (db *DB) spentOf(ctx context.Context, ids [][]byte) (n int, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	err = db.row(ctx, `SELECT count(*) FROM spent WHERE id IN ($1`+places(2, len(ids)-1)+`)`, args...).Scan(&n)
	return n, err
}

func spend(ctx context.Context, tx *sql.Tx, challenge []byte, expires time.Time) (bool, error) {
	return one(tx.ExecContext(ctx, `INSERT INTO spent (id, expires) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, challenge, micros(expires)))
}

// AccountAct says whom an entry concerns, and holds the key to it.
type AccountAct struct {
	Subject []byte
	Entry   int64
	Wrapped []byte
}

// AccountEntry is an entry about an account with its key.
type AccountEntry struct {
	Entry
	Wrapped []byte
}

// AccountActs returns the entries about a subject's account before an index, the
// newest first.
func (db *DB) AccountActs(ctx context.Context, subject []byte, before int64, limit int) ([]AccountEntry, error) {
	return db.accountActs(ctx, `SELECT `+entryColumns+`, wrapped FROM account_act JOIN entry ON entry = idx
		WHERE subject = $1 AND entry < $2 AND kind <> 'looked' ORDER BY entry DESC LIMIT $3`, subject, before, limit)
}

func (db *DB) accountActs(ctx context.Context, text string, binds ...any) ([]AccountEntry, error) {
	var list []AccountEntry
	scan := func(row scanner, e *AccountEntry) error { return scanEntryAnd(row, &e.Entry, &e.Wrapped) }
	for e, err := range each(ctx, db, scan, text, binds...) {
		if err != nil {
			return nil, err
		}
		list = append(list, *e)
	}
	return list, nil
}

// AccountAct returns the wrapped key of an entry, nil if it does not concern the
// subject.
func (db *DB) AccountAct(ctx context.Context, subject []byte, entry int64) ([]byte, error) {
	return db.blob(ctx, `SELECT wrapped FROM account_act WHERE subject = $1 AND entry = $2`, subject, entry)
}

// AllPasskeys yields every passkey: an audit holds them against the log.
func (db *DB) AllPasskeys(ctx context.Context) iter.Seq2[*Passkey, error] {
	return each(ctx, db, scanPasskey, `SELECT `+passkeyColumns+` FROM passkey`)
}

// AccountKeys returns the keys of entries about accounts after an index, in order;
// that of an entry which concerns two comes twice, or once at the limit.
func (db *DB) AccountKeys(ctx context.Context, after int64, limit int) ([]AccountAct, error) {
	var list []AccountAct
	scan := func(row scanner, k *AccountAct) error { return row.Scan(&k.Entry, &k.Wrapped, &k.Subject) }
	for k, err := range each(ctx, db, scan, `SELECT entry, wrapped, subject FROM account_act WHERE entry > $1 ORDER BY entry LIMIT $2`, after, limit) {
		if err != nil {
			return nil, err
		}
		list = append(list, *k)
	}
	return list, nil
}
