package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// Lot is what is sold by sealed bids, as its entries give it.
type Lot struct {
	Entry                   int64 // that published it
	ID, Service, Parcel     string
	Seller, State, District string
	Over                    bool   // every bid has its end
	Doc                     string // JSON
}

// LotCase is a bid for a lot, or an objection to it. One that is gone has no row.
type LotCase struct {
	Case             int64
	Lot, State, Name string
	Seal             string
	Amount           int64
	Salt             string
	Entry            int64
	Gone             bool
}

const (
	lotColumns     = `entry, id, service, parcel, seller, state, district, over, doc`
	lotCaseColumns = `case_no, lot, state, name, seal, amount, salt, entry`
)

func writeLots(w writer, b *Batch) error {
	err := w.insert(intoLot, len(b.Lots), func(a []any, i int) []any {
		l, over := &b.Lots[i], 0
		if l.Over {
			over = 1
		}
		return append(a, l.Entry, l.ID, l.Service, l.Parcel, l.Seller, l.State, l.District, over, l.Doc)
	})
	if err != nil {
		return err
	}
	there := make([]LotCase, 0, len(b.LotCases))
	for _, c := range b.LotCases {
		if !c.Gone {
			there = append(there, c)
		} else if err := w.exec(`DELETE FROM lot_case WHERE case_no = $1`, c.Case); err != nil {
			return err
		}
	}
	return w.insert(intoLotCase, len(there), func(a []any, i int) []any {
		c := &there[i]
		return append(a, c.Case, c.Lot, c.State, c.Name, c.Seal, c.Amount, c.Salt, c.Entry)
	})
}

func scanLot(row scanner, l *Lot) error {
	var over int64
	err := row.Scan(&l.Entry, &l.ID, &l.Service, &l.Parcel, &l.Seller, &l.State, &l.District, &over, &l.Doc)
	l.Over = over == 1
	return err
}

func scanLotCase(row scanner, c *LotCase) error {
	return row.Scan(&c.Case, &c.Lot, &c.State, &c.Name, &c.Seal, &c.Amount, &c.Salt, &c.Entry)
}

// LotFilter narrows a list of lots; an empty text does not.
type LotFilter struct{ State, District, Seller string }

// Lots lists lots published before an entry, the newest first.
func (db *DB) Lots(ctx context.Context, f LotFilter, before int64, limit int) ([]Lot, error) {
	args := []any{before, limit}
	var where strings.Builder
	for column, v := range map[string]string{"state": f.State, "district": f.District, "seller": f.Seller} {
		if v != "" {
			args = append(args, v)
			fmt.Fprintf(&where, " AND %s = $%d", column, len(args))
		}
	}
	return collect(each(ctx, db, scanLot, `SELECT `+lotColumns+` FROM lot WHERE entry < $1`+where.String()+` ORDER BY entry DESC LIMIT $2`, args...))
}

// LotByID finds a lot; ok is false if there is none.
func (db *DB) LotByID(ctx context.Context, id string) (l Lot, ok bool, err error) {
	err = scanLot(db.row(ctx, `SELECT `+lotColumns+` FROM lot WHERE id = $1`, id), &l)
	if absent(err) {
		return l, false, nil
	}
	return l, err == nil, readable(err)
}

// LotOfParcel finds the newest lot of a parcel; ok is false if there was none.
func (db *DB) LotOfParcel(ctx context.Context, parcel string) (l Lot, ok bool, err error) {
	err = scanLot(db.row(ctx, `SELECT `+lotColumns+` FROM lot WHERE parcel = $1 ORDER BY entry DESC LIMIT 1`, parcel), &l)
	if absent(err) {
		return l, false, nil
	}
	return l, err == nil, readable(err)
}

// LotsOfParcel lists the lots of a parcel that stand somewhere.
func (db *DB) LotsOfParcel(ctx context.Context, parcel, state string) ([]Lot, error) {
	return collect(each(ctx, db, scanLot, `SELECT `+lotColumns+` FROM lot WHERE parcel = $1 AND state = $2 ORDER BY entry`, parcel, state))
}

// LotCasesIn lists the bids or objections of a lot that stand somewhere.
func (db *DB) LotCasesIn(ctx context.Context, lot, state string) ([]LotCase, error) {
	return collect(each(ctx, db, scanLotCase, `SELECT `+lotCaseColumns+` FROM lot_case WHERE lot = $1 AND state = $2 ORDER BY case_no`, lot, state))
}

// AllLots yields every lot, by the entry that published it.
func (db *DB) AllLots(ctx context.Context) iter.Seq2[*Lot, error] {
	return each(ctx, db, scanLot, `SELECT `+lotColumns+` FROM lot ORDER BY entry`)
}

// AllLotCases yields every bid and objection, by case.
func (db *DB) AllLotCases(ctx context.Context) iter.Seq2[*LotCase, error] {
	return each(ctx, db, scanLotCase, `SELECT `+lotCaseColumns+` FROM lot_case ORDER BY case_no`)
}

// CasesOfOpenLots yields the bids and objections of lots that are not over.
func (db *DB) CasesOfOpenLots(ctx context.Context) iter.Seq2[*LotCase, error] {
	return each(ctx, db, scanLotCase, `SELECT `+lotCaseColumns+` FROM lot_case WHERE lot IN (SELECT id FROM lot WHERE over = 0) ORDER BY case_no`)
}

// LotSeals lists the bids of a lot that were sealed, behind a case.
func (db *DB) LotSeals(ctx context.Context, lot string, after int64, limit int) ([]LotCase, error) {
	return collect(each(ctx, db, scanLotCase, `SELECT `+lotCaseColumns+` FROM lot_case WHERE lot = $1 AND case_no > $2 AND seal <> '' ORDER BY case_no LIMIT $3`, lot, after, limit))
}

// LotCounts counts the bids and objections of a lot by their state. A bid that was
// never sealed counts as entered, whatever has become of it.
func (db *DB) LotCounts(ctx context.Context, lot string) (map[string]int, error) {
	out := make(map[string]int)
	type count struct {
		state string
		n     int
	}
	for c, err := range each(ctx, db, func(row scanner, c *count) error { return row.Scan(&c.state, &c.n) },
		`SELECT CASE WHEN seal = '' AND name <> '' THEN 'entered' ELSE state END, COUNT(*) FROM lot_case WHERE lot = $1
			GROUP BY CASE WHEN seal = '' AND name <> '' THEN 'entered' ELSE state END`, lot) {
		if err != nil {
			return nil, err
		}
		out[c.state] = c.n
	}
	return out, nil
}

// LotsObjected are those of some lots to which an objection has no answer yet.
func (db *DB) LotsObjected(ctx context.Context, ids []string) (map[string]bool, error) {
	out := make(map[string]bool)
	if len(ids) == 0 {
		return out, nil
	}
	args := make([]any, len(ids))
	var list strings.Builder
	for i, id := range ids {
		args[i] = id
		fmt.Fprintf(&list, ", $%d", i+1)
	}
	for id, err := range each(ctx, db, func(row scanner, id *string) error { return row.Scan(id) },
		`SELECT DISTINCT lot FROM lot_case WHERE state = 'objected' AND lot IN (`+list.String()[2:]+`)`, args...) {
		if err != nil {
			return nil, err
		}
		out[*id] = true
	}
	return out, nil
}
