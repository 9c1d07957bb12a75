package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
	"time"
)

const caseColumns = `no, ref, service, applicant, object, filing, filed, key, status, outcome, body, step, officer, due, wake, closed, seq, state`

func scanCase(row scanner) (c Case, err error) {
	into, done := bindCase(&c)
	if err := row.Scan(into...); err != nil {
		return c, err
	}
	return c, done()
}

func bindCase(c *Case) ([]any, func() error) {
	var filed, due, wake, closed int64
	into := []any{&c.No, &c.Ref, &c.Service, &c.Applicant, &c.Object, &c.Filing, &filed, &c.Key, &c.Status, &c.Outcome,
		&c.Body, &c.Step, &c.Officer, &due, &wake, &closed, &c.Seq, &c.State}
	return into, func() error {
		c.Filed, c.Due, c.Wake, c.Closed = instant(filed), instant(due), instant(wake), instant(closed)
		return nil
	}
}

// CaseByRef finds a case by what its applicant knows of it.
func (db *DB) CaseByRef(ctx context.Context, ref string) (Case, bool, error) {
	c, err := scanCase(db.row(ctx, `SELECT `+caseColumns+` FROM cases WHERE ref = $1`, ref))
	if absent(err) {
		return Case{}, false, nil
	}
	return c, err == nil, readable(err)
}

// CasesByNo returns the cases of these numbers, in any order; absent ones are left out.
func (db *DB) CasesByNo(ctx context.Context, nos []int64) ([]Case, error) {
	if len(nos) == 0 {
		return nil, nil
	}
	var b strings.Builder
	args := make([]any, len(nos))
	for i, no := range nos {
		args[i] = no
		fmt.Fprintf(&b, ",$%d", i+1)
	}
	return db.cases(ctx, `SELECT `+caseColumns+` FROM cases WHERE no IN (`+b.String()[1:]+`)`, args...)
}

// CasesOfApplicant lists cases from the newest, before number before (0: all).
func (db *DB) CasesOfApplicant(ctx context.Context, applicant []byte, f CaseFilter, before int64, limit int) ([]Case, error) {
	if before == 0 {
		before = 1 << 62
	}
	return db.cases(ctx, `SELECT `+caseColumns+` FROM cases WHERE applicant = $1 AND no < $2
		AND ($3 = '' OR service = $3) AND ($4 = '' OR status = $4) ORDER BY no DESC LIMIT $5`, applicant, before, f.Service, f.Status, limit)
}

// CaseFilter narrows a list of cases; what is empty lets everything pass.
type CaseFilter struct{ Service, Status string }

// Filing is what a new application must know of one before it.
type Filing struct {
	No        int64
	Applicant []byte
	Status    string
	Filed     time.Time
}

// Refiling is what a new application must know of the case that has its reference.
type Refiling struct {
	No                int64
	Applicant, Filing []byte
}

// FilingsBefore finds, in one query, what a new application must know: the case that
// has its reference, nil if none has, and the newest applications about its object.
func (db *DB) FilingsBefore(ctx context.Context, ref string, object []byte, limit int) (same *Refiling, about []Filing, err error) {
	type found struct {
		is, filed int64
		Filing
		filing []byte
	}
	var list []found
	err = db.ask(ctx, func(row scanner) error {
		var f found
		err := row.Scan(&f.is, &f.No, &f.Applicant, &f.Status, &f.filed, &f.filing)
		list = append(list, f)
		return err
	}, `SELECT 1, no, applicant, status, filed, filing FROM cases WHERE ref = $1 UNION ALL
		SELECT 0, no, applicant, status, filed, filing FROM (SELECT no, applicant, status, filed, filing FROM cases WHERE object = $2 ORDER BY no DESC LIMIT $3) AS about`,
		ref, object, limit)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range list {
		if f.is == 1 {
			same = &Refiling{f.No, f.Applicant, f.filing}
			continue
		}
		f.Filed = instant(f.filed)
		about = append(about, f.Filing)
	}
	return same, about, nil
}

// CasesOfObject lists the newest cases about one object.
func (db *DB) CasesOfObject(ctx context.Context, object []byte, limit int) ([]Case, error) {
	return db.cases(ctx, `SELECT `+caseColumns+` FROM cases WHERE object = $1 ORDER BY no DESC LIMIT $2`, object, limit)
}

// CasesOfOfficer lists what an officer holds, by clock, after (due, no).
func (db *DB) CasesOfOfficer(ctx context.Context, officer string, f CaseFilter, due time.Time, no int64, limit int) ([]Case, error) {
	return db.cases(ctx, `SELECT `+caseColumns+` FROM cases WHERE officer = $1 AND officer <> '' AND (due, no) > ($2, $3)
		AND ($4 = '' OR service = $4) AND ($5 = '' OR status = $5) ORDER BY due, no LIMIT $6`, officer, micros(due), no, f.Service, f.Status, limit)
}

// CasesToWake lists the cases whose time has come, earliest first.
func (db *DB) CasesToWake(ctx context.Context, now time.Time, limit int) ([]Case, error) {
	return db.cases(ctx, `SELECT `+caseColumns+` FROM cases WHERE wake <> 0 AND wake <= $1 ORDER BY wake LIMIT $2`, micros(now), limit)
}

// NextWake tells when the earliest sleeping case must be looked at; zero if none.
func (db *DB) NextWake(ctx context.Context) (time.Time, error) {
	var wake sql.NullInt64
	err := db.row(ctx, `SELECT min(wake) FROM cases WHERE wake <> 0`).Scan(&wake)
	return instant(wake.Int64), readable(err)
}

// OpenCases yields numbers of open cases after no, for jobs that visit all.
func (db *DB) OpenCases(ctx context.Context, after int64, limit int) ([]Case, error) {
	return db.cases(ctx, `SELECT `+caseColumns+` FROM cases WHERE no > $1 AND wake <> 0 ORDER BY no LIMIT $2`, after, limit)
}

// Cases lists cases from number from…to−1, for audit.
func (db *DB) Cases(ctx context.Context, from, to int64) ([]Case, error) {
	return gather(stream(ctx, db, bindCase, `SELECT `+caseColumns+` FROM cases WHERE no >= $1 AND no < $2 ORDER BY no`, from, to))
}

func (db *DB) cases(ctx context.Context, query string, args ...any) ([]Case, error) {
	rows, err := db.query(ctx, query, args...)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []Case
	for rows.Next() {
		c, err := scanCase(rows)
		if err != nil {
			return nil, readable(err)
		}
		list = append(list, c)
	}
	return list, readable(rows.Err())
}

// ApartMessages is where the ids begin of messages that belong to no batch:
// they are not numbered, they are drawn at random above it.
const ApartMessages = 1 << 62

// LastNumbers returns the highest case number and outbox id given so far.
func (db *DB) LastNumbers(ctx context.Context) (lastCase, lastMessage int64, err error) {
	err = db.row(ctx, `SELECT (SELECT coalesce(max(no), 0) FROM cases), (SELECT coalesce(max(id), 0) FROM outbox WHERE id < $1)`, int64(ApartMessages)).
		Scan(&lastCase, &lastMessage)
	return lastCase, lastMessage, readable(err)
}

// Load is how many open steps an officer holds.
type Load struct {
	Officer string
	N       int
}

// Loads counts the open steps of every officer who holds any.
func (db *DB) Loads(ctx context.Context) ([]Load, error) {
	rows, err := db.query(ctx, `SELECT officer, count(*) FROM cases WHERE officer <> '' GROUP BY officer`)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []Load
	for rows.Next() {
		var l Load
		if err := rows.Scan(&l.Officer, &l.N); err != nil {
			return nil, readable(err)
		}
		list = append(list, l)
	}
	return list, readable(rows.Err())
}

// OpenStep counts the cases of a body that stand at one step: all of them, those
// whose clock runs and has run out, and those filed before each of two moments.
type OpenStep struct {
	Service, Step                   string
	N, Late, BeforeOld, BeforeOlder int64
}

// OpenSteps counts what lies open in a body, by service and step. A case that waits
// for its price is nobody's there.
func (db *DB) OpenSteps(ctx context.Context, body string, now, old, older time.Time) ([]OpenStep, error) {
	rows, err := db.query(ctx, `SELECT service, step, count(*),
		sum(CASE WHEN status <> 'suspended' AND due <> 0 AND due < $2 THEN 1 ELSE 0 END),
		sum(CASE WHEN filed < $3 THEN 1 ELSE 0 END), sum(CASE WHEN filed < $4 THEN 1 ELSE 0 END)
		FROM cases WHERE body = $1 AND step <> '' AND status <> 'payment' GROUP BY service, step ORDER BY service, step`, body, micros(now), micros(old), micros(older))
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []OpenStep
	for rows.Next() {
		var s OpenStep
		if err := rows.Scan(&s.Service, &s.Step, &s.N, &s.Late, &s.BeforeOld, &s.BeforeOlder); err != nil {
			return nil, readable(err)
		}
		list = append(list, s)
	}
	return list, readable(rows.Err())
}

// Reservations returns all that is held of a share, by case.
func (db *DB) Reservations(ctx context.Context, share string) ([]Reservation, error) {
	var list []Reservation
	for r, err := range db.reservations(ctx, `SELECT case_no, share, place, amount, granted, expires, connected FROM reservation
		WHERE share = $1 AND amount > 0 ORDER BY case_no`, share) {
		if err != nil {
			return nil, err
		}
		list = append(list, *r)
	}
	return list, nil
}

// AllReservations yields every reservation of every share, those given back too.
func (db *DB) AllReservations(ctx context.Context) iter.Seq2[*Reservation, error] {
	return db.reservations(ctx, `SELECT case_no, share, place, amount, granted, expires, connected FROM reservation ORDER BY case_no`)
}

func (db *DB) reservations(ctx context.Context, query string, args ...any) iter.Seq2[*Reservation, error] {
	return each(ctx, db, func(row scanner, r *Reservation) error {
		var granted, expires, connected int64
		err := row.Scan(&r.Case, &r.Share, &r.Place, &r.Amount, &granted, &expires, &connected)
		r.Granted, r.Expires, r.Connected = instant(granted), instant(expires), instant(connected)
		return err
	}, query, args...)
}

// Demand counts reports that a body demanded a paper.
type Demand struct {
	Certificate, Body string
	N                 int64
}

// Demands lists who still demands papers, most first.
func (db *DB) Demands(ctx context.Context, limit int) ([]Demand, error) {
	rows, err := db.query(ctx, `SELECT certificate, body, n FROM demand ORDER BY n DESC, certificate, body LIMIT $1`, limit)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []Demand
	for rows.Next() {
		var d Demand
		if err := rows.Scan(&d.Certificate, &d.Body, &d.N); err != nil {
			return nil, readable(err)
		}
		list = append(list, d)
	}
	return list, readable(rows.Err())
}
