package casework

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"aiqyn/allocation"
	"aiqyn/deadline"
	"aiqyn/store"
)

// Of a case of a queue that is erased its moves stay: in which lines it stood, from which
// entry to which, by which class and points, since which day. They name nobody. Its residue
// has their hash, so that they stay what they were; a line of a round that nobody has who
// can be asked must be that of an erased case which stood there so.

// movesKept is since when a residue has the hash of the case's moves.
var movesKept = time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC)

// early holds an erasure to the shortest time for which any pack keeps a case of the
// service: until then everybody can be asked.
func (a *auditor) early(ev *event, d *residue) {
	a.erased[d.Case] = ev.at
	closed, err := deadline.ParseDate(d.Closed)
	keep := -1
	for _, hash := range a.e.packs.all() {
		if svc, err := a.e.packs.service(hash, d.Service); err == nil && (keep < 0 || svc.Retention < keep) {
			keep = svc.Retention
		}
	}
	if err != nil || keep > 0 && deadline.DateOf(ev.at.In(a.Zone)).Before(closed.AddDays(keep)) {
		a.wrong(ev.index, "erases case %d before its time", d.Case)
	}
}

// prepare reads the moves of the case, of whose rows the residue keeps the hash.
func (c *erase) prepare(ctx ctx, e *Engine) error {
	rec, err := c.find(ctx, e)
	if err != nil {
		return err
	}
	c.seq, c.moves = rec.state.Seq, ""
	if rec.state.Queue == nil {
		return nil
	}
	moves, err := movesLeft(ctx, e.Store, rec.state.No)
	if err != nil {
		return err
	}
	came, err := e.entry(ctx, rec.state.Queue.Entered)
	c.moves, c.dated = hashMoves(moves), err == nil && came.Recorded.Equal(rec.state.Queue.First)
	return err
}

// movesLeft are the moves of a case as an erasure leaves them: of their times the day.
func movesLeft(ctx context.Context, db *store.DB, no int64) (list []store.QueueMove, err error) {
	for m, err := range db.QueueMovesOf(ctx, no, no+1) {
		if err != nil {
			return nil, err
		}
		left := *m
		left.First = left.First.UTC().Truncate(24 * time.Hour)
		list = append(list, left)
	}
	slices.SortFunc(list, compareMoves)
	return list, nil
}

func hashMoves(list []store.QueueMove) string {
	h := sha256.New()
	for _, m := range list {
		fmt.Fprintf(h, "%q %d %d %d %t %d %s %q\n", m.Line, m.Entry, m.Step, m.Tier, m.Sibling, m.Points, m.First.Format(time.DateOnly), m.Kind)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// erasedMoves holds the moves of every erased case of a queue to its residue, and keeps
// them to hold rounds to.
func (a *auditor) erasedMoves(ctx context.Context) error {
	for svc, spans := range a.queueFolds.erased {
		for i := range spans {
			s := &a.queueFolds.erased[svc][i]
			moves, err := movesLeft(ctx, a.Store, s.no)
			if err != nil {
				return err
			}
			if s.hash == "" && a.erased[s.no].Before(movesKept) {
				continue
			}
			if hashMoves(moves) != s.hash && (s.hash != "" || len(moves) > 0) {
				a.wrong(s.last, "case %d: its moves in queues are not those that it had when it was erased", s.no)
				continue
			}
			slices.SortStableFunc(moves, func(x, y store.QueueMove) int { return cmp.Compare(x.Entry, y.Entry) })
			s.moves, s.known = moves, true
		}
	}
	return a.erasedDates(ctx)
}

// around is between which instants, both included, an entry of an erased case was written:
// its day is left, and the entries around it, for the time of the log never goes back.
type around struct{ from, to time.Time }

// erasedDates bounds when the entries were written by which erased cases of queues came,
// moved and went.
func (a *auditor) erasedDates(ctx context.Context) error {
	var entries []int64
	for _, spans := range a.queueFolds.erased {
		for i := range spans {
			s := &spans[i]
			if s.known && len(s.moves) == 0 {
				continue // it was in no queue
			}
			entries = append(entries, s.first, s.last)
			for _, m := range s.moves {
				entries = append(entries, m.Entry)
			}
		}
	}
	a.queueFolds.around = make(map[int64]around, len(entries))
	if len(entries) == 0 {
		return nil
	}
	slices.Sort(entries)
	entries = slices.Compact(entries)
	var last time.Time
	var waits []int64 // whose next entry that was not erased has not been read
	for h, err := range a.Store.Headers(ctx, max(0, entries[0]-mostErased), a.head.Size) {
		if err != nil {
			return err
		}
		if len(entries) > 0 && entries[0] == h.Index {
			w := around{h.Recorded, h.Recorded}
			if h.Wiped {
				if w.to = h.Recorded.Add(24*time.Hour - time.Microsecond); last.After(w.from) {
					w.from = last
				}
				waits = append(waits, h.Index)
			}
			a.queueFolds.around[h.Index], entries = w, entries[1:]
		}
		if h.Wiped {
			continue
		}
		for _, entry := range waits {
			if w := a.queueFolds.around[entry]; h.Recorded.Before(w.to) {
				w.to = h.Recorded
				a.queueFolds.around[entry] = w
			}
		}
		if last, waits = h.Recorded, waits[:0]; len(entries) == 0 {
			break
		}
	}
	return nil
}

// mostErased is how many entries before the first erased one are looked at for one that
// was not: a bound that is not found is none.
const mostErased = 10_000

// between is between which instants, both included, a case has waited since, of which the
// day is left: since it came in itself, or since before that.
func (s *erasedSpan) between(day time.Time, when map[int64]around) (from, to time.Time) {
	from, to = day, day.Add(24*time.Hour-time.Microsecond)
	if len(s.moves) == 0 {
		return from, to
	}
	came, ok := when[s.moves[0].Entry]
	if s.dated && came.from.After(from) {
		from = came.from
	}
	if ok && came.to.Before(to) {
		to = came.to
	}
	return from, to
}

// stood is where an erased case stood when an entry was written: its own standing in each
// line; none if it did not wait.
func (s *erasedSpan) stood(entry int64) map[string]store.QueueMove {
	at := make(map[string]store.QueueMove)
	for _, m := range s.moves {
		switch {
		case m.Entry >= entry:
		case m.Step > 0:
			at[m.Line] = m
		case at[m.Line].Entry < m.Entry:
			delete(at, m.Line)
		}
	}
	return at
}

// ghosts reports whether strangers in the inputs of a round can each be an erased case that
// stood so. Cases that were erased before moves were kept may be any of them.
func (t *queueTelling) ghosts(d *roundCommitted, entry int64, strangers []*allocation.Applicant, said *allocation.Round, firsts map[string]time.Time) bool {
	var standing []erasedStood
	free := 0
	for i := range t.queueFolds.erased[d.Service] {
		s := &t.queueFolds.erased[d.Service][i]
		if at := s.stood(entry); s.known && len(at) > 0 {
			standing = append(standing, erasedStood{s, at})
		} else if s.hash == "" && s.ran(entry, d.Day) {
			free++
		}
	}
	beside := datesBeside(said, firsts)
	return unpaired(len(strangers), len(standing), func(ghost, of int) bool {
		return t.isLineOf(d, standing[of], strangers[ghost], said, beside)
	}) <= free
}

// unpaired is how many of some cannot each be given another of n that fits.
func unpaired(some, n int, fits func(i, j int) bool) (left int) {
	has := make([]int, n)
	for j := range has {
		has[j] = -1
	}
	var seen []bool
	var give func(i int) bool
	give = func(i int) bool {
		for j := range n {
			if seen[j] || !fits(i, j) {
				continue
			}
			if seen[j] = true; has[j] < 0 || give(has[j]) {
				has[j] = i
				return true
			}
		}
		return false
	}
	for i := range some {
		if seen = make([]bool, n); !give(i) {
			left++
		}
	}
	return left
}

// erasedStood is an erased case with its own standing in each line.
type erasedStood struct {
	*erasedSpan
	at map[string]store.QueueMove
}

// isLineOf reports whether a line of a round can be that of a case that stood somewhere.
func (t *queueTelling) isLineOf(d *roundCommitted, of erasedStood, ghost *allocation.Applicant, said *allocation.Round, beside []dateBeside) bool {
	wishes := 0
	for _, h := range said.Institutions {
		m, waits := of.at[lineOf(d.Service, seatGroup(h.ID))]
		asked := slices.ContainsFunc(ghost.List, func(i int32) bool { return said.Institutions[i].ID == h.ID })
		_, isTimed := timed(h.ID)
		if asked != waits && !(isTimed && waits) { // of slots each has those they can come to
			return false
		}
		if !asked {
			continue
		}
		kin := slices.ContainsFunc(ghost.Siblings, func(i int32) bool { return said.Institutions[i].ID == h.ID })
		if wishes++; int64(ghost.Tier) != m.Tier || ghost.Points != m.Points || kin != m.Sibling {
			return false
		}
		if from, to := of.between(m.First, t.queueFolds.around); !canBeOf(ghost.Date, from, to, beside) {
			return false
		}
	}
	return wishes == len(ghost.List)
}

// dateBeside is an ordinal of a round, and the instant that it stands for.
type dateBeside struct {
	ordinal int64
	first   time.Time
}

// datesBeside are the ordinals whose instants are known, in their order.
func datesBeside(said *allocation.Round, firsts map[string]time.Time) (list []dateBeside) {
	for i := range said.Applicants {
		if first, known := firsts[said.Applicants[i].ID]; known {
			list = append(list, dateBeside{said.Applicants[i].Date, first})
		}
	}
	slices.SortFunc(list, func(x, y dateBeside) int { return cmp.Compare(x.ordinal, y.ordinal) })
	return list
}

// canBeOf reports whether an ordinal can stand for an instant of from…to, by those beside.
func canBeOf(ordinal int64, from, to time.Time, beside []dateBeside) bool {
	i, same := slices.BinarySearchFunc(beside, ordinal, func(d dateBeside, o int64) int { return cmp.Compare(d.ordinal, o) })
	if same {
		return !beside[i].first.Before(from) && !beside[i].first.After(to)
	}
	return (i == 0 || beside[i-1].first.Before(to)) && (i == len(beside) || beside[i].first.After(from))
}
