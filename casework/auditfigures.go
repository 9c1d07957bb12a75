package casework

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// Figures says of which publications an audit makes the figures again.
type Figures string

// All of them unless somebody chooses less, which the report tells.
const (
	FiguresAll  Figures = ""
	FiguresLast Figures = "last"
	FiguresNone Figures = "none"
)

// FiguresAgain is how much of what was published as free an audit has made again.
type FiguresAgain struct {
	Publications int64 `json:"publications"`
	Again        int64 `json:"again"` // of those, whose figures were computed again
	Trees        int64 `json:"trees"` // that were solved for it; the others were as in the one before
	// Erased is how many figures of trees were left out because a case that was erased since
	// may have held something there.
	Erased int64 `json:"erased"`
}

// figuresWalk goes from publication to publication with the books.
type figuresWalk struct {
	next   int // of the moves
	at     int64
	byCase map[int64]bookMove
	was    *survey
	fed    bool // feeders have been published
	loads  int  // newest version of how loads are brought to readings
}

// booksSlack is how much later than the books that it rests on a publication may come:
// it is computed meanwhile.
const booksSlack = time.Hour

// figuresAgain makes the figures of a publication again, from its network, what was held
// at its position and its limits, and holds it to them byte for byte.
func (a *auditor) figuresAgain(ctx context.Context, ev *event, said *publication, known map[int]loadKnown, last bool) error {
	if a.Figures == FiguresNone || a.Figures == FiguresLast && !last || a.books.broken {
		return nil
	}
	if err := a.asOf(ctx, ev, said); err != nil {
		return err
	}
	m, err := a.e.model(said.Network)
	if err != nil {
		return err
	}
	book, sure := a.heldAt(said.Position, ev.index)
	held, connected := heldBy(m, slices.Values(book))
	s, err := surveyOf(a.walk.was, m, said.Limits.Limits(), held, connected)
	if err != nil {
		return err
	}
	a.walk.was = s
	a.out.Figures.Again++
	a.out.Figures.Trees += int64(s.solved)
	unsure, err := a.unsure(said, book, sure, s)
	if err != nil {
		return err
	}
	if err := a.sameFigures(said, s, unsure); err != nil {
		return err
	}
	if err := a.dressed(ev, said, known); err != nil {
		return err
	}
	return a.encoded(ctx, ev, said)
}

// asOf holds the books that a publication rests on to those of the moment.
func (a *auditor) asOf(ctx context.Context, ev *event, said *publication) error {
	if said.Position > ev.index || said.Position < a.walk.at {
		return fmt.Errorf("it rests on the books at entry %d, which are not those of its day", said.Position)
	}
	if said.Position == ev.index {
		return nil
	}
	row, err := a.e.entry(ctx, said.Position)
	if err != nil {
		return err
	}
	wiped := row.Fields == "" && row.Sealed == nil // of which the day is left
	if !wiped && row.Recorded.Add(booksSlack).Before(ev.at) {
		return fmt.Errorf("it rests on the books at entry %d, and much has moved since", said.Position)
	}
	return nil
}

// heldAt is what was held at a position and is not part of the measured load by a
// publication, by case; sure unless a case that was erased since was running then, of
// which nobody knows what it held.
func (a *auditor) heldAt(position, publication int64) (book []store.Reservation, sure bool) {
	w, moved := &a.walk, a.books.moved
	if w.byCase == nil {
		w.byCase = make(map[int64]bookMove)
		slices.SortStableFunc(moved, func(x, y bookMove) int { return cmp.Compare(x.entry, y.entry) })
	}
	for ; w.next < len(moved) && moved[w.next].entry < position; w.next++ {
		w.byCase[moved[w.next].no] = moved[w.next]
	}
	w.at = position
	add := func(no int64, p possession) {
		if by, settled := a.figures.settled[no]; p.watt == 0 || settled && by.entry < publication {
			return
		}
		r := store.Reservation{Case: no, Share: shareCapacity, Place: p.place, Amount: p.watt}
		if p.connected {
			r.Connected = time.Unix(0, 0)
		}
		book = append(book, r)
	}
	for no, m := range w.byCase {
		add(no, m.possession)
	}
	sure = true
	for _, e := range a.books.erased {
		if e.last < position {
			add(e.no, e.possession)
		} else if e.first < position {
			sure = false
		}
	}
	return book, sure
}

// leaves books what an erased case has held at the end.
func (b *powerBooks) leaves(first, last int64, r *residue) {
	e := erasedHolding{no: r.Case, first: first, last: last}
	if r.Outcome == aiqyn.Granted && r.Amount > 0 {
		e.possession = possession{r.Place, r.Amount, r.Connected != ""}
	}
	b.erased = append(b.erased, e)
}

// unsure are the trees on which something is reserved, by the publication, that no case
// of which there is more than a residue has held; what moves below a transformer is held
// to the log from day to day.
func (a *auditor) unsure(said *publication, book []store.Reservation, sure bool, s *survey) (map[int]bool, error) {
	if said.Reserved == nil {
		return nil, nil // from before it was told
	}
	m, err := a.e.model(said.Base)
	if err != nil {
		return nil, err
	}
	left := make(map[int]reservedBelow)
	for _, r := range said.Reserved {
		left[r.Trafo] = r
	}
	for _, r := range reservedBy(slices.Values(book), m) {
		if left[r.Trafo] == r {
			delete(left, r.Trafo)
		} else {
			left[r.Trafo] = reservedBelow{Trafo: r.Trafo}
		}
	}
	if len(left) > 0 && sure {
		return nil, fmt.Errorf("what it has as reserved below transformer %d is not what the cases hold", slices.Min(slices.Collect(maps.Keys(left))))
	}
	unsure := make(map[int]bool)
	for tree, lines := range s.lines {
		if slices.ContainsFunc(lines, func(l TrafoLine) bool { _, is := left[l.ID]; return is }) {
			unsure[tree] = true
			a.out.Figures.Erased++
		}
	}
	return unsure, nil
}

// sameFigures holds what is published of each transformer and each feeder to what was
// computed, but for trees of which nobody can be sure.
func (a *auditor) sameFigures(said *publication, s *survey, unsure map[int]bool) error {
	lines, feeders := s.list()
	if len(lines) != len(said.Trafos) {
		return fmt.Errorf("it has %d transformers, its network %d", len(said.Trafos), len(lines))
	}
	passed, fed := make(map[int]bool), make(map[int]bool)
	for tree := range unsure {
		for i := range s.lines[tree] {
			passed[s.lines[tree][i].ID] = true
		}
		for i := range s.feeders[tree] {
			fed[s.feeders[tree][i].ID] = true
		}
	}
	for i, l := range lines {
		is := said.Trafos[i]
		l.Name, l.District, l.Lat, l.Lon, l.Owned, l.Basis, l.Measured, l.Missing, l.ApartW, l.IdleW = is.Name, is.District, is.Lat, is.Lon, is.Owned, is.Basis, is.Measured, is.Missing, is.ApartW, is.IdleW
		if is.ID != lines[i].ID || is != l && !passed[is.ID] {
			return fmt.Errorf("of transformer %d it has %d W free, its network, its limits and what was held give %d W of transformer %d, or another of its figures differs", is.ID, is.FreeW, l.FreeW, l.ID)
		}
	}
	if said.Feeders == nil && !a.walk.fed {
		return nil // from before feeders were published
	}
	a.walk.fed = true
	if len(feeders) != len(said.Feeders) {
		return fmt.Errorf("it has %d feeders, its network %d", len(said.Feeders), len(feeders))
	}
	for i, f := range feeders {
		if is := said.Feeders[i]; is.ID != f.ID || is != f && !fed[f.ID] {
			return fmt.Errorf("of feeder %d it has %d W free, its network, its limits and what was held give %d W of feeder %d, or another of its figures differs", is.ID, is.FreeW, f.FreeW, f.ID)
		}
	}
	return nil
}

// dressed holds the names, the places and the way in which loads are known to a table
// that was kept, to that of the last act where one is on record, and to the measurements.
// Where none was kept, only to those.
func (a *auditor) dressed(ev *event, said *publication, known map[int]loadKnown) error {
	tables := a.tables.places
	if act := a.tables.at(ev.index); act != nil {
		tables = []trafoPlaces{act.places}
	}
	for _, table := range slices.Backward(tables) {
		lines := slices.Clone(said.Trafos)
		if table.dress(lines, known); slices.Equal(lines, said.Trafos) {
			return nil
		}
	}
	if len(tables) > 0 {
		return fmt.Errorf("names, places or how the loads are known are those of no table that was published, or not what was measured")
	}
	for _, l := range said.Trafos {
		if k := known[l.ID]; l.IdleW != k.idle || k.basis != "" && (l.Basis != k.basis || l.Measured != k.day || l.Missing != k.missing || l.ApartW != k.apart) {
			return fmt.Errorf("the load of transformer %d is known otherwise", l.ID)
		}
	}
	return nil
}

// encoded holds a publication to the bytes that it is written in: what it says, and
// nothing else.
func (a *auditor) encoded(ctx context.Context, ev *event, said *publication) error {
	d := ev.data.(*capacityPublished)
	data, err := snapshotOf(ctx, a.e.Store, d.kind(), d.Hash)
	if err != nil {
		return err
	}
	again, err := json.Marshal(said)
	if err == nil && !bytes.Equal(again, data) {
		err = fmt.Errorf("it is not written as it is made")
	}
	return err
}

// compiled keeps the network that was just made from measurements, so that it need not
// be put together once more from what was published.
func (a *auditor) compiled(n *grid.Network, hash string) error {
	if a.Figures == FiguresNone || a.e.parsed.get(hash) != nil {
		return nil
	}
	m, err := grid.Compile(n)
	if err == nil {
		a.e.parsed.put(hash, m)
	}
	return err
}
