package casework

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"aiqyn/grid"
)

// powerBooks are what each case came to hold of the share at which entry, and what
// rulings say that was held: what is reserved on a transformer that nobody holds would
// refuse whoever asks.
type powerBooks struct {
	moved  []bookMove
	said   []bookSaid
	erased []erasedHolding
	broken bool // a case could not be read to its end
}

// bookMove is what a case holds from an entry on.
type bookMove struct {
	entry, no int64
	possession
	from int64 // bus at which it has held something until then
}

// erasedHolding is what is left of a case that held something when it was erased: its
// first and last entries, and what it held at the end.
type erasedHolding struct {
	no, first, last int64
	possession
}

// bookSaid is what a ruling rests on of the books.
type bookSaid struct {
	entry, no int64
	own       possession // of its case: whoever is ruled again does not stand in their own way
	reserved  []grid.Extra
	network   string // of a search
	looked    []int  // buses on whose trees it must have looked
	margin    bool
	networks  []string // on which a margin had room for the point that it names
	best      int      // bus of that
	above     []int    // transformers above points without room that the search names
	around    []int    // those and all others within reach, which rulings from before have not asked about
	unknown   []int    // of those, as it says, whose load nobody knows
	owed      []int    // of an entry by which readings are owed: nobody knows their load
}

// says notes what a ruling says.
func (c *caseAudit) says(s bookSaid) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.books.said = append(c.books.said, s)
}

// brokenOff notes that a case could not be read to its end.
func (c *caseAudit) brokenOff() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.books.broken = true
}

// holdsNow notes what an entry has changed of what the case holds.
func (c *caseAudit) holdsNow(ev *event, was possession) {
	is := c.rec.state.possession()
	if was == is {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.books.moved = append(c.books.moved, bookMove{ev.index, c.row.No, is, was.place})
}

// powerBook is the book as it stands before an entry.
type powerBook struct {
	byCase map[int64]bookMove
	byBus  map[int64]int64
	erased map[int64]int64 // what cases of which nothing is left may have held, by bus
	model  *grid.Model     // that byTree and onTree are of
	byTree map[int]int64
	onTree map[int]map[int64]int64 // the same by bus
}

func newPowerBook() *powerBook {
	return &powerBook{byCase: make(map[int64]bookMove), byBus: make(map[int64]int64), erased: make(map[int64]int64)}
}

// set has a case hold something, and nothing else.
func (b *powerBook) set(m bookMove) {
	if was, ok := b.byCase[m.no]; ok {
		b.add(was.place, -was.watt)
	}
	delete(b.byCase, m.no)
	if m.watt != 0 {
		b.byCase[m.no] = m
		b.add(m.place, m.watt)
	}
}

func (b *powerBook) add(place, watt int64) {
	b.byBus[place] += watt
	if b.byBus[place] == 0 {
		delete(b.byBus, place)
	}
	if b.model == nil {
		return
	}
	b.addOn(place, watt)
}

// addOn books something on the tree of a bus.
func (b *powerBook) addOn(place, watt int64) {
	tree, ok := b.model.TreeOf(int(place))
	if !ok {
		return
	}
	b.byTree[tree] += watt
	on := b.onTree[tree]
	if on == nil {
		on = make(map[int64]int64)
		b.onTree[tree] = on
	}
	if on[place] += watt; on[place] == 0 {
		delete(on, place)
	}
}

// on sums up what is held by the trees of a network.
func (b *powerBook) on(m *grid.Model) map[int]int64 {
	if b.model != m {
		b.model, b.byTree, b.onTree = m, make(map[int]int64), make(map[int]map[int64]int64)
		for place, watt := range b.byBus {
			b.addOn(place, watt)
		}
	}
	return b.byTree
}

// heldOn is what is held on a tree of a network, ascending by bus.
func (b *powerBook) heldOn(m *grid.Model, tree int) []grid.Extra {
	b.on(m)
	list := make([]grid.Extra, 0, len(b.onTree[tree]))
	for _, bus := range slices.Sorted(maps.Keys(b.onTree[tree])) {
		list = append(list, grid.Extra{Bus: int(bus), Watt: b.onTree[tree][bus]})
	}
	return list
}

// booksSaid holds what rulings say of the books, and of what nobody knows, to the books
// as they stood and to what was published.
func (a *auditor) booksSaid(ctx context.Context) error {
	if a.books.broken {
		return nil // which is said, and leaves the books without what it held
	}
	book := newPowerBook()
	for _, r := range a.residue {
		book.erased[r.Place] += r.Amount
	}
	moves := a.bookMoves()
	slices.SortStableFunc(a.books.said, func(x, y bookSaid) int { return cmp.Compare(x.entry, y.entry) })
	unknown, at := map[int]bool(nil), 0
	for i := range a.books.said {
		s := &a.books.said[i]
		for len(moves) > 0 && moves[0].entry < s.entry {
			book.set(moves[0])
			moves = moves[1:]
		}
		if err := a.bookSays(s, book); err != nil {
			return err
		}
		if !s.margin && s.owed == nil {
			continue
		}
		if n := a.tables.before(s.entry); n != at {
			var err error
			if unknown, err = a.unknownBy(ctx, a.tables.published[n-1].entry); err != nil {
				return err
			}
			at = n
		}
		known := func(trafo int) bool { return !unknown[trafo] }
		if s.owed != nil {
			if slices.ContainsFunc(s.owed, known) {
				a.wrong(s.entry, "a reading is owed of a transformer whose load was published as known")
			}
			continue
		}
		if !slices.Equal(s.unknown, slices.DeleteFunc(s.around, known)) && !slices.Equal(s.unknown, slices.DeleteFunc(s.above, known)) {
			a.wrong(s.entry, "the ruling knows the load of other transformers than was published")
		}
	}
	return nil
}

// bookMoves are all moves of the books, in the order of the log.
func (a *auditor) bookMoves() []bookMove {
	moves := slices.Clip(a.books.moved)
	for no, by := range a.figures.settled {
		moves = append(moves, bookMove{entry: by.entry, no: no, from: by.load.Place})
	}
	slices.SortStableFunc(moves, func(x, y bookMove) int { return cmp.Compare(x.entry, y.entry) })
	return moves
}

// bookSays holds what one ruling says is reserved to the book.
func (a *auditor) bookSays(s *bookSaid, book *powerBook) error {
	for _, x := range s.reserved {
		is, place := book.byBus[int64(x.Bus)], int64(x.Bus)
		least := is
		if place == s.own.place {
			least -= s.own.watt
		}
		forgotten := book.erased[place] // by cases that were erased since, how much of it at this entry nobody knows
		if x.Watt != is && x.Watt != least && (forgotten == 0 || x.Watt < least || x.Watt > is+forgotten) {
			a.wrong(s.entry, "the ruling has %d W reserved at bus %d, the log %d W", x.Watt, x.Bus, is)
			return nil
		}
	}
	if s.owed != nil || len(a.residue) > 0 {
		return nil
	}
	if s.margin {
		return a.marginBooked(s, book)
	}
	m, err := a.e.model(s.network)
	if err != nil {
		return err
	}
	said := make(map[int]int64)
	for _, bus := range s.looked {
		if tree, ok := m.TreeOf(bus); ok {
			said[tree] = 0
		}
	}
	for _, x := range s.reserved {
		if tree, ok := m.TreeOf(x.Bus); ok {
			said[tree] += x.Watt
		}
	}
	is := book.on(m)
	own, held := m.TreeOf(int(s.own.place))
	for tree, watt := range said {
		if watt != is[tree] && !(held && own == tree && watt == is[tree]-s.own.watt) {
			a.wrong(s.entry, "the ruling leaves out what is reserved: it has %d W on one tree, the log %d W", watt, is[tree])
		}
	}
	return nil
}

// marginBooked holds what a margin has reserved where it has found room to the book: on
// one of the networks that had it at least, nothing may be left out around its point.
func (a *auditor) marginBooked(s *bookSaid, book *powerBook) error {
	for _, hash := range s.networks {
		m, err := a.e.model(hash)
		if err != nil {
			return err
		}
		tree, ok := m.TreeOf(s.best)
		if !ok {
			continue
		}
		var said, is, own int64
		for _, x := range s.reserved {
			if t, ok := m.TreeOf(x.Bus); ok && t == tree {
				said += x.Watt
			}
		}
		for place, watt := range book.byBus {
			if t, ok := m.TreeOf(int(place)); ok && t == tree {
				is += watt
			}
		}
		if t, ok := m.TreeOf(int(s.own.place)); ok && t == tree {
			own = s.own.watt
		}
		if said == is || said == is-own {
			return nil
		}
	}
	if len(s.networks) > 0 {
		a.wrong(s.entry, "the ruling leaves out what is reserved where it has found room by what was published")
	}
	return nil
}

// unknownBy are the transformers whose load nobody knows, as an entry has published.
func (a *auditor) unknownBy(ctx context.Context, entry int64) (map[int]bool, error) {
	said, err := a.e.publicationBy(ctx, a.figures.publications[entry].data.(*capacityPublished))
	if err != nil {
		return nil, err
	}
	return unknownAmong(said.Trafos), nil
}
