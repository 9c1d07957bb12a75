package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"
)

// Mandate is one row: whom it concerns, and when it ends by itself. Sealed is
// opened by the engine alone, with the key that Wrapped holds.
type Mandate struct {
	Entry         int64 // that gave it
	Giver, Holder []byte
	Ends          time.Time // zero: it is over
	Sealed        []byte
	Wrapped       []byte // read with it, kept with the entry
}

// MandateCase says under which mandate a case was filed.
type MandateCase struct{ Mandate, Case int64 }

const (
	mandateColumns = `mandate.entry, giver, holder, ends, sealed, wrapped`
	mandateFrom    = ` FROM mandate JOIN account_act ON account_act.subject = giver AND account_act.entry = mandate.entry `
)

func scanMandate(row scanner, m *Mandate) error {
	var ends int64
	err := row.Scan(&m.Entry, &m.Giver, &m.Holder, &ends, &m.Sealed, &m.Wrapped)
	m.Ends = instant(ends)
	return err
}

func (db *DB) mandates(ctx context.Context, query string, args ...any) ([]Mandate, error) {
	var list []Mandate
	for m, err := range each(ctx, db, scanMandate, query, args...) {
		if err != nil {
			return nil, err
		}
		list = append(list, *m)
	}
	return list, nil
}

// Mandates returns those that these entries gave, in any order; absent ones are
// left out.
func (db *DB) Mandates(ctx context.Context, entries []int64) ([]Mandate, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	var b strings.Builder
	args := make([]any, len(entries))
	for i, entry := range entries {
		args[i] = entry
		fmt.Fprintf(&b, ",$%d", i+1)
	}
	return db.mandates(ctx, `SELECT `+mandateColumns+mandateFrom+`WHERE mandate.entry IN (`+b.String()[1:]+`)`, args...)
}

// AllMandates yields every one with the key that it is opened by, nil where that is
// gone: an audit holds them against the log.
func (db *DB) AllMandates(ctx context.Context) iter.Seq2[*Mandate, error] {
	return each(ctx, db, scanMandate, `SELECT `+mandateColumns+` FROM mandate LEFT JOIN account_act ON account_act.subject = giver AND account_act.entry = mandate.entry`)
}

// CasesMandated lists which of the cases from…to−1 were filed under mandates.
func (db *DB) CasesMandated(ctx context.Context, from, to int64) ([]MandateCase, error) {
	var list []MandateCase
	for m, err := range each(ctx, db, func(row scanner, m *MandateCase) error { return row.Scan(&m.Mandate, &m.Case) },
		`SELECT mandate, case_no FROM mandate_case WHERE case_no >= $1 AND case_no < $2`, from, to) {
		if err != nil {
			return nil, err
		}
		list = append(list, *m)
	}
	return list, nil
}

// MandatesGiven lists what a subject has given before an entry, the newest first.
func (db *DB) MandatesGiven(ctx context.Context, giver []byte, before int64, limit int) ([]Mandate, error) {
	return db.mandates(ctx, `SELECT `+mandateColumns+mandateFrom+`WHERE giver = $1 AND mandate.entry < $2 ORDER BY mandate.entry DESC LIMIT $3`, giver, before, limit)
}

// MandatesHeld lists what a subject was given before an entry, the newest first.
func (db *DB) MandatesHeld(ctx context.Context, holder []byte, before int64, limit int) ([]Mandate, error) {
	return db.mandates(ctx, `SELECT `+mandateColumns+mandateFrom+`WHERE holder = $1 AND mandate.entry < $2 ORDER BY mandate.entry DESC LIMIT $3`, holder, before, limit)
}

// MandatesStanding returns the entries of what a subject has given and is not
// over, up to a limit.
func (db *DB) MandatesStanding(ctx context.Context, giver []byte, limit int) ([]int64, error) {
	return db.numbers(ctx, `SELECT entry FROM mandate WHERE giver = $1 AND ends <> 0 LIMIT $2`, giver, limit)
}

// MandatesToEnd returns the entries of those whose time has come, the earliest
// first.
func (db *DB) MandatesToEnd(ctx context.Context, now time.Time, limit int) ([]int64, error) {
	return db.numbers(ctx, `SELECT entry FROM mandate WHERE ends <> 0 AND ends <= $1 ORDER BY ends LIMIT $2`, micros(now), limit)
}

func (db *DB) numbers(ctx context.Context, query string, args ...any) ([]int64, error) {
	var list []int64
	for n, err := range each(ctx, db, func(row scanner, n *int64) error { return row.Scan(n) }, query, args...) {
		if err != nil {
			return nil, err
		}
		list = append(list, *n)
	}
	return list, nil
}

// CasesUnderMandate lists the cases filed under a mandate from the newest, before
// number before (0: all).
func (db *DB) CasesUnderMandate(ctx context.Context, mandate int64, f CaseFilter, before int64, limit int) ([]Case, error) {
	if before == 0 {
		before = 1 << 62
	}
	return db.cases(ctx, `SELECT `+caseColumns+` FROM mandate_case JOIN cases ON no = case_no WHERE mandate = $1 AND case_no < $2
		AND ($3 = '' OR service = $3) AND ($4 = '' OR status = $4) ORDER BY case_no DESC LIMIT $5`, mandate, before, f.Service, f.Status, limit)
}
