package casework

import (
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
	c.moves = hashMoves(moves)
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
			s.moves, s.known = moves, true
		}
	}
	return nil
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
	var standing []map[string]store.QueueMove
	free := 0
	for i := range t.queueFolds.erased[d.Service] {
		s := &t.queueFolds.erased[d.Service][i]
		if at := s.stood(entry); s.known && len(at) > 0 {
			standing = append(standing, at)
		} else if s.hash == "" && s.ran(entry, d.Day) {
			free++
		}
	}
	for _, ghost := range strangers {
		i := slices.IndexFunc(standing, func(at map[string]store.QueueMove) bool { return t.isLineOf(d, at, ghost, said, firsts) })
		if i >= 0 {
			standing = slices.Delete(standing, i, i+1)
		} else if free--; free < 0 {
			return false
		}
	}
	return true
}

// isLineOf reports whether a line of a round can be that of a case that stood somewhere.
func (t *queueTelling) isLineOf(d *roundCommitted, at map[string]store.QueueMove, ghost *allocation.Applicant, said *allocation.Round, firsts map[string]time.Time) bool {
	wishes := 0
	for _, h := range said.Institutions {
		m, waits := at[lineOf(d.Service, seatGroup(h.ID))]
		asked := slices.ContainsFunc(ghost.List, func(i int32) bool { return said.Institutions[i].ID == h.ID })
		_, isTimed := timed(h.ID)
		if asked != waits && !(isTimed && waits) { // of slots each has those they can come to
			return false
		}
		if !asked {
			continue
		}
		kin := slices.ContainsFunc(ghost.Siblings, func(i int32) bool { return said.Institutions[i].ID == h.ID })
		if wishes++; int64(ghost.Tier) != m.Tier || ghost.Points != m.Points || kin != m.Sibling || !t.amongDays(m.First, ghost, said, firsts) {
			return false
		}
	}
	return wishes == len(ghost.List)
}

// amongDays reports whether a line with an ordinal can be of somebody who has waited since
// a day, by those beside it whose dates are known.
func (t *queueTelling) amongDays(day time.Time, ghost *allocation.Applicant, said *allocation.Round, firsts map[string]time.Time) bool {
	for i := range said.Applicants {
		a := &said.Applicants[i]
		first, known := firsts[a.ID]
		if !known {
			continue
		}
		if a.Date < ghost.Date && !first.Before(day.Add(24*time.Hour)) || a.Date > ghost.Date && first.Before(day) {
			return false
		}
	}
	return true
}
