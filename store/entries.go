package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
	"time"
)

const entryColumns = `idx, case_no, seq, kind, recorded, leaf, fields, sealed`

func scanEntry(row scanner, e *Entry) error { return scanEntryAnd(row, e) }

// scanEntryAnd reads an entry and the columns behind it.
func scanEntryAnd(row scanner, e *Entry, more ...any) error {
	into, done := bindEntry(e)
	if err := row.Scan(append(into, more...)...); err != nil {
		return err
	}
	return done()
}

func bindEntry(e *Entry) ([]any, func() error) {
	var leaf []byte
	var at int64
	return []any{&e.Index, &e.Case, &e.Seq, &e.Kind, &at, &leaf, &e.Fields, &e.Sealed}, func() error {
		e.Recorded = instant(at)
		return putLeaf(&e.Leaf, leaf, e.Index)
	}
}

// lendEntry is bindEntry, but its sealed part is good until the next entry only.
func lendEntry(e *Entry) ([]any, func() error) {
	var kind, leaf, sealed lent
	var at int64
	kinds := make(map[string]string) // which are few, and each entry has one
	return []any{&e.Index, &e.Case, &e.Seq, &kind, &at, &leaf, &e.Fields, &sealed}, func() error {
		known, ok := kinds[string(kind)]
		if !ok {
			known = string(kind)
			kinds[known] = known
		}
		e.Kind, e.Recorded, e.Sealed = known, instant(at), sealed.bytes()
		return putLeaf(&e.Leaf, leaf, e.Index)
	}
}

// putLeaf takes the leaf of an entry as it is stored.
func putLeaf(to *[32]byte, stored []byte, index int64) error {
	if copy(to[:], stored) != len(to) || len(stored) != len(to) {
		return fmt.Errorf("entry %d: leaf has %d bytes", index, len(stored))
	}
	return nil
}

// Entries yields entries from…to−1 in log order, as they are read.
func (db *DB) Entries(ctx context.Context, from, to int64) iter.Seq2[*Entry, error] {
	return db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE idx >= $1 AND idx < $2 ORDER BY idx`, from, to)
}

// Header is of an entry what the tree is made of and what orders it.
type Header struct {
	Index    int64
	Recorded time.Time
	Leaf     [32]byte
	Wiped    bool // by an erasure
	Left     bool // wiped, and its kind was not
}

// Headers yields those of entries from…to−1 in log order, as they are read:
// the private parts stay where they are. What is yielded is good until the next.
func (db *DB) Headers(ctx context.Context, from, to int64) iter.Seq2[*Header, error] {
	return stream(ctx, db, bindHeader, `SELECT idx, recorded, leaf, CASE WHEN fields <> '' THEN 0 WHEN kind = '' THEN 1 ELSE 2 END
		FROM entry WHERE idx >= $1 AND idx < $2 ORDER BY idx`, from, to)
}

func bindHeader(h *Header) ([]any, func() error) {
	var leaf lent
	var at, wiped int64
	return []any{&h.Index, &at, &leaf, &wiped}, func() error {
		h.Recorded, h.Wiped, h.Left = instant(at), wiped != 0, wiped == 2
		return putLeaf(&h.Leaf, leaf, h.Index)
	}
}

// EntriesByCase yields the entries of cases from…to−1, case by case in order.
// What is yielded is good until the next, and so is its sealed part.
func (db *DB) EntriesByCase(ctx context.Context, from, to int64) iter.Seq2[*Entry, error] {
	return stream(ctx, db, lendEntry, `SELECT `+entryColumns+` FROM entry WHERE case_no >= $1 AND case_no < $2 ORDER BY case_no, seq`, from, to)
}

// EntriesOfCases yields the entries of some cases, by case, each in its order.
func (db *DB) EntriesOfCases(ctx context.Context, nos []int64) iter.Seq2[*Entry, error] {
	var places strings.Builder
	for i := range nos {
		fmt.Fprintf(&places, ",$%d", i+1)
	}
	return stream(ctx, db, bindEntry, `SELECT `+entryColumns+` FROM entry WHERE case_no IN (0`+places.String()+`) AND case_no <> 0 ORDER BY case_no, seq`, nos...)
}

// ReservingCases lists the cases that have entries from one on and below another and
// hold something of a share, or have held it, ascending.
func (db *DB) ReservingCases(ctx context.Context, from, to int64) ([]int64, error) {
	return collect(each(ctx, db, func(row scanner, no *int64) error { return row.Scan(no) },
		`SELECT DISTINCT e.case_no FROM entry e JOIN reservation r ON r.case_no = e.case_no WHERE e.idx >= $1 AND e.idx < $2 ORDER BY e.case_no`, from, to))
}

// EntriesOf returns the entries of one case, at most limit.
func (db *DB) EntriesOf(ctx context.Context, no int64, limit int) ([]Entry, error) {
	return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE case_no = $1 ORDER BY seq LIMIT $2`, no, limit))
}

// EntriesAfter returns the entries of one case after one of them, at most limit.
func (db *DB) EntriesAfter(ctx context.Context, no, seq int64, limit int) ([]Entry, error) {
	var list []Entry
	for e, err := range db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE case_no = $1 AND seq > $2 ORDER BY seq LIMIT $3`, no, seq, limit) {
		if err != nil {
			return nil, err
		}
		list = append(list, *e)
	}
	return list, nil
}

// Entry returns one entry.
func (db *DB) Entry(ctx context.Context, index int64) (Entry, error) {
	for e, err := range db.Entries(ctx, index, index+1) {
		if err != nil {
			return Entry{}, err
		}
		return *e, nil
	}
	return Entry{}, sql.ErrNoRows
}

func (db *DB) entries(ctx context.Context, query string, args ...any) iter.Seq2[*Entry, error] {
	return each(ctx, db, scanEntry, query, args...)
}

// Leaves returns the commitments of entries from…to−1.
func (db *DB) Leaves(ctx context.Context, from, to int64) ([][32]byte, error) {
	rows, err := db.query(ctx, `SELECT leaf FROM entry WHERE idx >= $1 AND idx < $2 ORDER BY idx`, from, to)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var leaves [][32]byte
	for rows.Next() {
		var leaf []byte
		if err := rows.Scan(&leaf); err != nil {
			return nil, readable(err)
		}
		if len(leaf) != 32 {
			return nil, fmt.Errorf("entry %d: leaf has %d bytes", from+int64(len(leaves)), len(leaf))
		}
		leaves = append(leaves, [32]byte(leaf))
	}
	return leaves, readable(rows.Err())
}

// ReadTile returns the first width hashes of a tile (ledger.TileReader).
func (db *DB) ReadTile(level int, index int64, width int) ([]byte, error) {
	var data []byte
	err := db.row(context.Background(), `SELECT data FROM tile WHERE level = $1 AND idx = $2`, level, index).Scan(&data)
	if err != nil {
		return nil, readable(fmt.Errorf("tile %d/%d: %w", level, index, err))
	}
	if len(data) < width*32 {
		return nil, fmt.Errorf("tile %d/%d: %d bytes, want %d hashes", level, index, len(data), width)
	}
	return data[:width*32], nil
}

// Cosigned is a checkpoint with the quorum's cosignatures.
type Cosigned struct {
	Size       int64
	At         time.Time
	Checkpoint string
}

// PutCosigned keeps a cosigned checkpoint. Older ones stay: each is evidence.
func (db *DB) PutCosigned(ctx context.Context, c Cosigned) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO cosigned (size, at, checkpoint) VALUES ($1, $2, $3)
			ON CONFLICT (size) DO UPDATE SET at = excluded.at, checkpoint = excluded.checkpoint`, c.Size, micros(c.At), c.Checkpoint)
		return err
	})
}

// LastCosigned returns the largest cosigned checkpoint, or a zero one.
func (db *DB) LastCosigned(ctx context.Context) (Cosigned, error) {
	var c Cosigned
	err := scanCosigned(db.row(ctx, `SELECT size, at, checkpoint FROM cosigned ORDER BY size DESC LIMIT 1`), &c)
	if absent(err) {
		return Cosigned{}, nil
	}
	return c, readable(err)
}

// AllCosigned yields every cosigned checkpoint, smallest first.
func (db *DB) AllCosigned(ctx context.Context) iter.Seq2[*Cosigned, error] {
	return each(ctx, db, scanCosigned, `SELECT size, at, checkpoint FROM cosigned ORDER BY size`)
}

func scanCosigned(row scanner, c *Cosigned) error {
	var at int64
	err := row.Scan(&c.Size, &at, &c.Checkpoint)
	c.At = instant(at)
	return err
}

// CommandDone finds a command outside a case that was carried out before.
func (db *DB) CommandDone(ctx context.Context, id string) (Command, bool, error) {
	c := Command{ID: id}
	err := db.row(ctx, `SELECT first, last FROM command WHERE id = $1`, id).Scan(&c.First, &c.Last)
	if absent(err) {
		return c, false, nil
	}
	return c, err == nil, readable(err)
}

// EntryTimes says when some entries were recorded, by their number.
func (db *DB) EntryTimes(ctx context.Context, entries []int64) (map[int64]time.Time, error) {
	at := make(map[int64]time.Time, len(entries))
	if len(entries) == 0 {
		return at, nil
	}
	args := make([]any, len(entries))
	var binds strings.Builder
	for i, n := range entries {
		args[i] = n
		fmt.Fprintf(&binds, ", $%d", i+1)
	}
	type stamp struct{ entry, recorded int64 }
	for s, err := range each(ctx, db, func(row scanner, s *stamp) error { return row.Scan(&s.entry, &s.recorded) },
		`SELECT idx, recorded FROM entry WHERE idx IN (`+binds.String()[2:]+`)`, args...) {
		if err != nil {
			return nil, err
		}
		at[s.entry] = instant(s.recorded)
	}
	return at, nil
}
