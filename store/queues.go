package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"
)

// QueuePlace is where a case stands in its queue: it waits for groups, or a seat
// of one is its own or offered to it. One that does neither has no row.
type QueuePlace struct {
	Case    int64
	Service string
	Object  []byte
	Waiting bool
	Tier    int64
	Points  int64
	First   time.Time
	Groups  []string
	Quotas  []string
	// Reserves are those whose seats are kept for them, and Siblings the institutions
	// where a brother or sister is.
	Reserves, Siblings []string

	Seat    string
	Claimed int64  // entry of a former system's word, which First is from; 0: it was given here
	Wish    string // when they can come, of a queue whose places have a time
	Absent  string // why it would wait and gets no place now; "": it is not such
}

// Gone reports whether the case has no place any more.
func (p *QueuePlace) Gone() bool { return !p.Waiting && p.Seat == "" && p.Absent == "" }

// QueueMove is that a case came into a line (Step 1) or went from it (−1).
type QueueMove struct {
	Line    string
	Entry   int64
	Step    int64
	Case    int64
	Tier    int64
	Sibling bool // a brother or sister is there
	Points  int64
	First   time.Time
	Kind    string // of the entry
}

// QueueInversion is that an entry has put somebody before others of a group's line
// outside the order of rounds: why, and how many.
type QueueInversion struct {
	Service string
	Entry   int64
	Group   string
	Cause   string
	Passed  int64
	At      time.Time
}

// QueueDay is a day at whose hour of rounds a service had a place free that somebody
// waited for. Begun says that its round was begun since: the row goes.
type QueueDay struct {
	Service string
	Day     string // 2006-01-02
	Begun   bool
}

const (
	placeColumns     = `case_no, service, object, waiting, tier, first, wants, seat, points, quotas, wish, claimed, absent, reserves, siblings`
	inversionColumns = `service, entry, grp, cause, passed, at`
	moveColumns      = `line, entry, step, case_no, tier, first, kind, points, sibling`
)

func writeQueues(w writer, b *Batch) error {
	var there []QueuePlace
	last := make(map[int64]int, len(b.Places)) // of several changes of one case in a batch
	for i := range b.Places {
		last[b.Places[i].Case] = i
	}
	for i, p := range b.Places {
		if last[p.Case] != i {
			continue
		}
		if !p.Gone() {
			there = append(there, p)
		} else if err := w.exec(`DELETE FROM queue_place WHERE case_no = $1`, p.Case); err != nil {
			return err
		}
	}
	err := w.insert(intoPlace, len(there), func(a []any, i int) []any {
		p := &there[i]
		return append(a, p.Case, p.Service, p.Object, flag(p.Waiting), p.Tier, micros(p.First), strings.Join(p.Groups, " "), p.Seat, p.Points, strings.Join(p.Quotas, " "), p.Wish, p.Claimed, p.Absent,
			strings.Join(p.Reserves, " "), strings.Join(p.Siblings, " "))
	})
	if err != nil {
		return err
	}
	if err := w.insert(intoInversion, len(b.Inversions), func(a []any, i int) []any {
		v := &b.Inversions[i]
		return append(a, v.Service, v.Entry, v.Group, v.Cause, v.Passed, micros(v.At))
	}); err != nil {
		return err
	}
	if err := writeQueueDays(w, b.QueueDays); err != nil {
		return err
	}
	return w.insert(intoMove, len(b.Moves), func(a []any, i int) []any {
		m := &b.Moves[i]
		return append(a, m.Line, m.Entry, m.Step, m.Case, m.Tier, micros(m.First), m.Kind, m.Points, flag(m.Sibling))
	})
}

func writeQueueDays(w writer, days []QueueDay) error {
	for _, d := range days { // few, and in their order: of one day both may be in a batch
		if d.Begun {
			if err := w.exec(`DELETE FROM queue_day WHERE service = $1 AND day = $2`, d.Service, d.Day); err != nil {
				return err
			}
			continue
		}
		if err := w.insert(intoQueueDay, 1, func(a []any, _ int) []any { return append(a, d.Service, d.Day) }); err != nil {
			return err
		}
	}
	return nil
}

// QueueDays lists the days that were noted of all services, the oldest first.
func (db *DB) QueueDays(ctx context.Context) ([]QueueDay, error) {
	return collect(each(ctx, db, func(row scanner, d *QueueDay) error { return row.Scan(&d.Service, &d.Day) }, `SELECT service, day FROM queue_day ORDER BY day, service`))
}

// AllQueuePlaces yields every place, by case.
func (db *DB) AllQueuePlaces(ctx context.Context) iter.Seq2[*QueuePlace, error] {
	return each(ctx, db, func(row scanner, p *QueuePlace) error {
		var waiting, first int64
		var groups, quotas, reserves, siblings string
		err := row.Scan(&p.Case, &p.Service, &p.Object, &waiting, &p.Tier, &first, &groups, &p.Seat, &p.Points, &quotas, &p.Wish, &p.Claimed, &p.Absent, &reserves, &siblings)
		p.Waiting, p.First, p.Groups, p.Quotas = waiting == 1, instant(first), strings.Fields(groups), strings.Fields(quotas)
		p.Reserves, p.Siblings = strings.Fields(reserves), strings.Fields(siblings)
		return err
	}, `SELECT `+placeColumns+` FROM queue_place ORDER BY case_no`)
}

// flag is a truth as columns have it.
func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

func scanMove(row scanner, m *QueueMove) error {
	var first, sibling int64
	err := row.Scan(&m.Line, &m.Entry, &m.Step, &m.Case, &m.Tier, &first, &m.Kind, &m.Points, &sibling)
	m.First, m.Sibling = instant(first), sibling == 1
	return err
}

// QueueMovesOf yields the moves of the cases from…to−1, by case and entry.
func (db *DB) QueueMovesOf(ctx context.Context, from, to int64) iter.Seq2[*QueueMove, error] {
	return each(ctx, db, scanMove, `SELECT `+moveColumns+` FROM queue_move WHERE case_no >= $1 AND case_no < $2 ORDER BY case_no, entry, line, step`, from, to)
}

// standsBefore is who stands in a line before the one that the binds $2 to $6 tell.
const standsBefore = `(tier < $2 OR tier = $2 AND (sibling > $3 OR sibling = $3 AND (points > $4 OR points = $4 AND (first < $5 OR first = $5 AND case_no < $6))))`

func (m *QueueMove) before() []any {
	return []any{m.Line, m.Tier, flag(m.Sibling), m.Points, micros(m.First), m.Case}
}

// QueueMovesBefore lists, the newest first, the moves of a line that changed the
// position of a case: of those who stand before it, between two entries. Who went from
// one place before it to another has changed nothing.
func (db *DB) QueueMovesBefore(ctx context.Context, of QueueMove, since, before int64, limit int) ([]QueueMove, error) {
	return collect(each(ctx, db, scanMove, `SELECT MIN(line), entry, CAST(SUM(step) AS BIGINT), MIN(case_no), MIN(tier), MIN(first), MIN(kind), MIN(points), MIN(sibling) FROM queue_move
		WHERE line = $1 AND `+standsBefore+` AND entry > $7 AND entry < $8 GROUP BY entry HAVING SUM(step) <> 0 ORDER BY entry DESC LIMIT $9`, append(of.before(), since, before, limit)...))
}

// QueueStoodBefore counts who stood in a line before a case when an entry was written,
// by all that came to it and went from it until then.
func (db *DB) QueueStoodBefore(ctx context.Context, of QueueMove, entry int64) (n int, err error) {
	err = db.row(ctx, `SELECT CAST(COALESCE(SUM(step), 0) AS BIGINT) FROM queue_move WHERE line = $1 AND `+standsBefore+` AND entry < $7`, append(of.before(), entry)...).Scan(&n)
	return n, readable(err)
}

// QueueMovesOwn lists the moves of a case itself in a line below an entry, the newest
// first; of one entry by which it went from one place in it to another, where it came
// to is first.
func (db *DB) QueueMovesOwn(ctx context.Context, no int64, line string, before int64, limit int) ([]QueueMove, error) {
	return collect(each(ctx, db, scanMove, `SELECT `+moveColumns+` FROM queue_move WHERE case_no = $1 AND line = $2 AND entry < $3 ORDER BY entry DESC, step DESC LIMIT $4`, no, line, before, limit))
}

// QueueMoves lists the moves of a line behind one, the newest first: below its entry, or
// of the same entry with a later step.
func (db *DB) QueueMoves(ctx context.Context, line string, entry, step int64, limit int) ([]QueueMove, error) {
	return collect(each(ctx, db, scanMove, `SELECT `+moveColumns+` FROM queue_move WHERE line = $1 AND (entry < $2 OR entry = $2 AND step > $3) ORDER BY entry DESC, step LIMIT $4`, line, entry, step, limit))
}

// QueueSeats lists the cases of a service behind one that have a seat, or an offer
// of one, in some groups.
func (db *DB) QueueSeats(ctx context.Context, service string, groups []string, after int64, limit int) ([]int64, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	args := []any{service, after, limit}
	var places strings.Builder
	for _, g := range groups {
		args = append(args, g)
		fmt.Fprintf(&places, ", $%d", len(args))
	}
	return collect(each(ctx, db, func(row scanner, no *int64) error { return row.Scan(no) },
		`SELECT case_no FROM queue_place WHERE service = $1 AND seat <> '' AND seat IN (''`+places.String()+`) AND case_no > $2 ORDER BY case_no LIMIT $3`, args...))
}

func scanInversion(row scanner, v *QueueInversion) error {
	var at int64
	err := row.Scan(&v.Service, &v.Entry, &v.Group, &v.Cause, &v.Passed, &at)
	v.At = instant(at)
	return err
}

// QueueInversions lists those of a service up to an entry, the newest first.
func (db *DB) QueueInversions(ctx context.Context, service string, upTo int64, limit int) ([]QueueInversion, error) {
	return collect(each(ctx, db, scanInversion, `SELECT `+inversionColumns+` FROM queue_inversion
		WHERE service = $1 AND entry <= $2 ORDER BY entry DESC, grp, cause LIMIT $3`, service, upTo, limit))
}

// QueueInversionsAfter lists those of all services after an entry, in the order of the
// log; of one entry all or none, unless it has more than the limit.
func (db *DB) QueueInversionsAfter(ctx context.Context, entry int64, limit int) ([]QueueInversion, error) {
	list, err := collect(each(ctx, db, scanInversion, `SELECT `+inversionColumns+` FROM queue_inversion WHERE entry > $1 ORDER BY entry LIMIT $2`, entry, limit))
	if len(list) < limit || err != nil {
		return list, err
	}
	whole := list
	for len(whole) > 0 && whole[len(whole)-1].Entry == list[len(list)-1].Entry {
		whole = whole[:len(whole)-1]
	}
	if len(whole) == 0 {
		return list, nil
	}
	return whole, nil
}

// QueueInversionSums yields how many were passed over, by service and cause.
func (db *DB) QueueInversionSums(ctx context.Context) iter.Seq2[*QueueInversion, error] {
	return each(ctx, db, func(row scanner, v *QueueInversion) error {
		return row.Scan(&v.Service, &v.Cause, &v.Passed)
	}, `SELECT service, cause, CAST(SUM(passed) AS BIGINT) FROM queue_inversion GROUP BY service, cause`)
}

// QueueCame lists the cases that came into a line after an entry.
func (db *DB) QueueCame(ctx context.Context, after int64) ([]int64, error) {
	return collect(each(ctx, db, func(row scanner, no *int64) error { return row.Scan(no) },
		`SELECT DISTINCT case_no FROM queue_move WHERE entry > $1 AND step = 1`, after))
}
