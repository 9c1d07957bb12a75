package casework

import (
	"context"
	"fmt"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/store"
)

// InversionView is that somebody came before others: was given a place before who has an
// earlier date, or came to stand before who stood there. Of a round people are called by
// their names in it; otherwise nobody is, and the entry is that of who came before.
type InversionView struct {
	Entry  int64 // of the result of a round, or that put somebody before others
	Day    string
	Group  GroupView
	Served string // "" outside rounds
	Cause  string
	Count  int    // of those who were passed over
	First  string // of them the one with the earliest date; "" outside rounds
}

// Unexplained reports whether the published rules have no cause of it.
func (v InversionView) Unexplained() bool { return v.Cause == allocation.CauseUnexplained }

// Inversions lists the inversions of a service, the newest first, each with its cause: of
// rounds as the published files and results have it, of what happens outside rounds as it
// follows from the log.
func (e *Engine) Inversions(ctx context.Context, svc aiqyn.ServiceID, p Page) (List[InversionView], error) {
	var out List[InversionView]
	entry, skip, err := inversionAfter(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.QueueInversions(ctx, string(svc), entry, p.limit()+skip)
	if err != nil {
		return out, err
	}
	rounds := e.drawnRounds(svc, entry)
	for len(rounds)+len(rows) > 0 {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		at, of := int64(-1), []InversionView(nil)
		if len(rows) > 0 {
			at = rows[0].Entry
		}
		if len(rounds) > 0 && rounds[0].DrawnAt > at {
			at = rounds[0].DrawnAt
		}
		if at != entry {
			skip = 0
		}
		left := p.limit() - len(out.Items)
		if len(rounds) > 0 && rounds[0].DrawnAt == at {
			if of, err = e.inversionsOf(ctx, rounds[0], skip, left); err != nil {
				return out, err
			}
			rounds = rounds[1:]
		} else {
			of, rows = e.passedBy(svc, rows, skip, left)
		}
		out.Items = append(out.Items, of...)
		if len(out.Items) == p.limit() {
			out.Next = fmt.Sprintf("%d.%d", at, skip+len(of))
			break
		}
	}
	return out, nil
}

// passedBy are some of the rows of the newest entry, behind so many, and the rows of the
// entries before it.
func (e *Engine) passedBy(svc aiqyn.ServiceID, rows []store.QueueInversion, skip, limit int) (list []InversionView, rest []store.QueueInversion) {
	n := 0
	for n < len(rows) && rows[n].Entry == rows[0].Entry {
		n++
	}
	of := rows[:n]
	of = of[min(skip, n):]
	for _, r := range of[:min(limit, len(of))] {
		g, _ := e.queues.groupView(svc, r.Group, e.Clock())
		list = append(list, InversionView{Entry: r.Entry, Day: day(r.At, e.Zone), Group: g, Cause: r.Cause, Count: int(r.Passed)})
	}
	return list, rows[n:]
}

// inversionAfter reads where a page begins: behind so many of the round of an entry.
func inversionAfter(text string) (entry int64, skip int, err error) {
	if text == "" {
		return noEntry, 0, nil
	}
	if n, err := fmt.Sscanf(text, "%d.%d", &entry, &skip); err != nil || n != 2 || entry < 0 || skip < 0 {
		return 0, 0, aiqyn.E(aiqyn.Invalid, "error.page")
	}
	return entry, skip, nil
}

// drawnRounds are the rounds of a service whose results are at an entry or before, the
// newest first, that have an inversion.
func (e *Engine) drawnRounds(svc aiqyn.ServiceID, upTo int64) (list []RoundView) {
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	q := e.queues.of[svc]
	if q == nil {
		return nil
	}
	for i := len(q.rounds) - 1; i >= 0; i-- {
		r := q.rounds[i]
		if r.drawn != nil && r.drawnAt <= upTo && (r.drawn.Inverted == nil || *r.drawn.Inverted != (allocation.Inverted{})) {
			list = append(list, e.roundView(r))
		}
	}
	return list
}

// inversionsOf lists some of the inversions of a round, behind so many.
func (e *Engine) inversionsOf(ctx context.Context, r RoundView, skip, limit int) (list []InversionView, err error) {
	ran, err := e.ran(ctx, r)
	if err != nil {
		return nil, err
	}
	result, err := snapshotOf(ctx, e.Store, roundResultKind, r.Result)
	if err != nil {
		return nil, err
	}
	match, err := ran.matchOf(result)
	if err != nil {
		return nil, err
	}
	for i := range ran.round.Inversions(match) {
		if skip > 0 {
			skip--
			continue
		}
		if len(list) == limit {
			break
		}
		g, _ := e.queues.groupView(r.Service, i.Institution, e.Clock())
		list = append(list, InversionView{Entry: r.DrawnAt, Day: r.Day, Group: g, Served: i.Served, Cause: i.Cause, Count: i.Count, First: i.First})
	}
	return list, nil
}

// Inverted counts the inversions of a service by cause: of all rounds as their results in
// the log have it, and outside rounds. Rounds is of how many, Uncounted how many have no
// count, being from before there was one. What is unexplained is counted together.
type Inverted struct {
	allocation.Inverted
	Rounds, Uncounted int
	Outside           []CauseCount // that have a cause, in the order of [OutsideCauses]
	Since             int64        // entry from which on these are kept; 0: all
}

// CauseCount is how many were passed over for a cause.
type CauseCount struct {
	Cause string
	Count int64
}

// Inverted counts the inversions of a service.
func (e *Engine) Inverted(svc aiqyn.ServiceID) (v Inverted) {
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	q := e.queues.of[svc]
	if q == nil {
		return v
	}
	for _, r := range q.rounds {
		switch {
		case r.drawn == nil:
		case r.drawn.Inverted == nil:
			v.Uncounted++
		default:
			v.Rounds++
			v.Inverted = v.Inverted.Plus(*r.drawn.Inverted)
		}
	}
	for _, cause := range OutsideCauses {
		if n := q.passed[cause]; n != 0 && cause != allocation.CauseUnexplained {
			v.Outside = append(v.Outside, CauseCount{cause, n})
		}
	}
	v.Unexplained += q.passed[allocation.CauseUnexplained]
	v.Since = e.queues.since
	return v
}
