package casework

import (
	"cmp"
	"context"
	"slices"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// CapacityMove is a change of what is reserved below a transformer, as it is
// published: which entry brought it about and how, and not whose it is.
type CapacityMove struct {
	Cause      string `json:"cause"`
	ConnectedW int64  `json:"connected_w,omitempty"` // by which what is connected of it grew
	Entry      int64  `json:"entry,omitempty"`       // 0: directly before that of the publication
	Trafo      int    `json:"trafo"`                 // nearest above
	W          int64  `json:"w"`                     // by which what is reserved grew
}

// Causes of moves.
const (
	CauseGranted   = "granted"
	CauseExpired   = "expired"
	CauseWithdrawn = "withdrawn"
	CauseAnnulled  = "annulled"
	CauseChanged   = "changed" // ruled again, for other power or at another place
	CauseEnded     = "ended"   // otherwise
	CauseConnected = "connected"
	CauseSettled   = "settled" // part of the measured load
)

// possession is what a case holds of the share as it stands.
type possession struct {
	place, watt int64
	connected   bool
}

// possession is nothing unless power was granted and still is.
func (s *State) possession() possession {
	if s.Grant == nil || s.Grant.Share == "" || s.Outcome != aiqyn.Granted {
		return possession{}
	}
	return possession{s.Grant.Place, s.Grant.Amount, !s.Connected.IsZero()}
}

// move is what an event has changed of what a case holds, at one bus.
type move struct {
	cause           string
	entry           int64
	no              int64 // of the case
	place           int64
	watt, connected int64
}

// movesOf are the moves that a case's event has brought about: none, one, or two
// when it holds something elsewhere now.
func movesOf(was, is possession, ev *event) []move {
	drawn := func(h possession) int64 {
		if h.connected {
			return h.watt
		}
		return 0
	}
	switch {
	case was == is:
		return nil
	case was.watt == 0:
		return []move{{CauseGranted, ev.index, ev.no, is.place, is.watt, drawn(is)}}
	case is.watt == 0:
		return []move{{givenBack(ev.kind), ev.index, ev.no, was.place, -was.watt, -drawn(was)}}
	case was.place != is.place:
		return []move{{CauseChanged, ev.index, ev.no, was.place, -was.watt, -drawn(was)}, {CauseChanged, ev.index, ev.no, is.place, is.watt, drawn(is)}}
	case was.watt != is.watt:
		return []move{{CauseChanged, ev.index, ev.no, is.place, is.watt - was.watt, drawn(is) - drawn(was)}}
	}
	return []move{{CauseConnected, ev.index, ev.no, is.place, 0, drawn(is) - drawn(was)}}
}

// givenBack is the cause for which a case holds nothing any more.
func givenBack(k EventKind) string {
	switch k {
	case EventLapsed:
		return CauseExpired
	case EventWithdrawn:
		return CauseWithdrawn
	case EventAnnulled:
		return CauseAnnulled
	}
	return CauseEnded
}

// maxMoving is how many cases are read at once for what they have moved.
const maxMoving = 200

// moves reads from the log what entries from one on and below another have changed
// of what is reserved, in their order. Of a case that was erased nothing is known.
func (e *Engine) moves(ctx context.Context, from, to int64) ([]move, error) {
	cases, err := e.Store.ReservingCases(ctx, from, to)
	if err != nil {
		return nil, err
	}
	var list []move
	for part := range slices.Chunk(cases, maxMoving) {
		of, err := e.movesOfCases(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, m := range of {
			if m.entry >= from && m.entry < to {
				list = append(list, m)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b move) int { return int(a.entry - b.entry) })
	return list, nil
}

// movesOfCases are all moves of some cases.
func (e *Engine) movesOfCases(ctx context.Context, cases []int64) ([]move, error) {
	rows, err := e.Store.CasesByNo(ctx, cases)
	if err != nil {
		return nil, err
	}
	keys := make(map[int64]*caseKey, len(rows))
	for _, row := range rows {
		rec, err := e.keys.openRecord(row)
		if err != nil {
			return nil, err
		}
		keys[row.No] = rec.key
	}
	var list []move
	var s *State
	for row, err := range e.Store.EntriesOfCases(ctx, cases) {
		if err != nil {
			return nil, err
		}
		if keys[row.Case] == nil {
			continue
		}
		if s == nil || s.No != row.Case {
			s = &State{No: row.Case}
		}
		ev, err := e.decodeEntry(*row, keys[row.Case])
		if err != nil {
			return nil, err
		}
		was := s.possession()
		s.apply(ev)
		list = append(list, movesOf(was, s.possession(), ev)...)
	}
	return list, nil
}

// publishedMoves are moves as the public may see them: by transformer, that of the
// first of some networks on which the place is fed.
func publishedMoves(list []move, leave []connectedLoad, bases []*grid.Model) []CapacityMove {
	out := []CapacityMove{}
	for _, x := range list {
		for _, m := range bases {
			if trafo, ok := m.Above(int(x.place)); ok {
				out = append(out, CapacityMove{Cause: x.cause, ConnectedW: x.connected, Entry: x.entry, Trafo: trafo, W: x.watt})
				break
			}
		}
	}
	return append(out, settledMoves(joinedOf(leave))...)
}

// settledMoves are what has become part of the measured load, as moves.
func settledMoves(settled []joined) (out []CapacityMove) {
	for _, j := range settled {
		out = append(out, CapacityMove{Cause: CauseSettled, ConnectedW: -j.Watt, Trafo: j.Trafo, W: -j.Watt})
	}
	return out
}

// lookAtBooks asks the sequencer what is reserved, and as of how many entries: only
// it knows both at once.
type lookAtBooks struct {
	apart
	held     []store.Reservation // by case
	position int64
}

func (c *lookAtBooks) prepare(context.Context, *Engine) error { return nil }

func (c *lookAtBooks) decide(t *turn) error {
	books := t.e.Capacity
	books.mu.RLock()
	defer books.mu.RUnlock()
	c.position, c.held = t.s.next, c.held[:0]
	for _, r := range books.held {
		c.held = append(c.held, r)
	}
	slices.SortFunc(c.held, func(a, b store.Reservation) int { return int(a.Case - b.Case) })
	return nil
}

// ReservedAt makes again, from the log alone, what every case had reserved after so
// many entries, by case: for whoever has the keys. What was erased since is not known
// any more; the published differences have it by transformer.
func ReservedAt(ctx context.Context, cfg AuditConfig, position int64) ([]store.Reservation, error) {
	a, err := newAuditor(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if position < 0 || position > a.head.Size {
		return nil, aiqyn.E(aiqyn.Invalid, "error.position", "size", a.head.Size)
	}
	moves, err := a.e.moves(ctx, 0, position)
	if err != nil {
		return nil, err
	}
	sums := make(map[store.Reservation]int64)
	for _, m := range moves {
		sums[store.Reservation{Case: m.no, Share: shareCapacity, Place: m.place}] += m.watt
	}
	rows, err := a.Store.Settlings(ctx, position, 1<<30)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		ev, err := a.e.decodeEntry(row, a.e.keys.system)
		if err != nil {
			return nil, err
		}
		for _, l := range ev.data.(*loadsSettled).Settled {
			sums[store.Reservation{Case: l.Case, Share: shareCapacity, Place: l.Place}] -= l.Watt
		}
	}
	var list []store.Reservation
	for r, watt := range sums {
		if r.Amount = watt; watt != 0 {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(x, y store.Reservation) int {
		return cmp.Or(cmp.Compare(x.Case, y.Case), cmp.Compare(x.Place, y.Place))
	})
	return list, nil
}
