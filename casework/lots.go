package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"aiqyn/canonical"
	"aiqyn/registry"
	"aiqyn/store"
)

// A lot is what an institution sells by sealed bids (docs/decisions/0018). What is
// here is the fold of the system's events about it, and of its bids and objections;
// those that are over are in rows alone.

// LotState is where a lot stands.
type LotState string

// States of a lot.
const (
	LotPublished LotState = "published" // until its seals are opened
	LotOpened    LotState = "opened"    // bidders open their bids, and the seed is waited for
	LotSold      LotState = "sold"
	LotUnsold    LotState = "unsold" // nobody has offered the least price
	LotWithdrawn LotState = "withdrawn"

	LotContracted LotState = "contracted" // sold, the price is paid, and the plot was given
	LotDefaulted  LotState = "defaulted"  // sold, and the price was not paid in time
	LotAnnulled   LotState = "annulled"   // the contract was annulled, the plot is its seller's again
)

// lot is one lot as the log has it.
type lot struct {
	Annulled     *lotAnnulled   `json:"annulled,omitempty"`
	AnnulledAt   int64          `json:"annulled_at,omitempty"` // entry
	At           time.Time      `json:"at"`
	Changed      time.Time      `json:"changed"` // when it came where it stands
	Contracted   *lotContracted `json:"contracted,omitempty"`
	ContractedAt int64          `json:"contracted_at,omitempty"` // entry
	ContractTime time.Time      `json:"contract_time,omitzero"`  // of one that was annulled since
	Defaulted    *lotDefaulted  `json:"defaulted,omitempty"`
	DefaultedAt  int64          `json:"defaulted_at,omitempty"` // entry
	Drawn        *lotDrawn      `json:"drawn,omitempty"`
	DrawnAt      int64          `json:"drawn_at,omitempty"`  // entry
	DrawnTime    time.Time      `json:"drawn_time,omitzero"` // where the price is paid here
	Entry        int64          `json:"entry"`
	Opened       *lotOpened     `json:"opened,omitempty"`
	OpenedAt     int64          `json:"opened_at,omitempty"` // entry
	Published    lotPublished   `json:"published"`
	SettledAt    int64          `json:"settled_at,omitempty"` // entry
	Withdrawn    *lotWithdrawn  `json:"withdrawn,omitempty"`
	WithdrawnAt  int64          `json:"withdrawn_at,omitempty"` // entry
}

func (l *lot) state() LotState {
	switch {
	case l.Withdrawn != nil:
		return LotWithdrawn
	case l.Annulled != nil:
		return LotAnnulled
	case l.Contracted != nil:
		return LotContracted
	case l.Defaulted != nil:
		return LotDefaulted
	case l.Drawn != nil && l.Drawn.Winner != "":
		return LotSold
	case l.Drawn != nil:
		return LotUnsold
	case l.Opened != nil:
		return LotOpened
	}
	return LotPublished
}

// bidding reports whether a bid may be sealed at an instant.
func (l *lot) bidding(now time.Time) bool {
	return l != nil && l.state() == LotPublished && !now.After(l.Published.Bids)
}

// sale and parcel are what the registers said of the plot when it was published.
func (l *lot) sale() (s registry.Sale)     { l.read(readingPlot, &s); return s }
func (l *lot) parcel() (p registry.Parcel) { l.read(readingParcel, &p); return p }

func (l *lot) read(name string, into any) {
	for _, r := range l.Published.Readings {
		if r.Name == name {
			json.Unmarshal(r.Value, into) // it was decoded before it was recorded
		}
	}
}

// after is the lot when an event about it is folded in; nil lot: it is published.
func (l *lot) after(ev *event) *lot {
	next := new(lot)
	if l != nil {
		*next = *l
	}
	if _, settled := ev.data.(*lotSettled); !settled {
		next.Changed = ev.at
	}
	switch d := ev.data.(type) {
	case *lotPublished:
		next.Published, next.Entry, next.At = *d, ev.index, ev.at
	case *lotWithdrawn:
		next.Withdrawn, next.WithdrawnAt = d, ev.index
	case *lotOpened:
		next.Opened, next.OpenedAt = d, ev.index
	case *lotDrawn:
		next.Drawn, next.DrawnAt = d, ev.index
	case *lotContracted:
		next.Contracted, next.ContractedAt, next.DrawnTime = d, ev.index, l.Changed
	case *lotDefaulted:
		next.Defaulted, next.DefaultedAt, next.DrawnTime = d, ev.index, l.Changed
	case *lotAnnulled:
		next.Annulled, next.AnnulledAt = d, ev.index
		if l.Contracted != nil {
			next.ContractTime = l.Changed
		}
	case *lotSettled:
		next.SettledAt = ev.index
	}
	return next
}

func lotOf(data any) string {
	switch d := data.(type) {
	case *lotPublished:
		return d.Lot
	case *lotWithdrawn:
		return d.Lot
	case *lotOpened:
		return d.Lot
	case *lotDrawn:
		return d.Lot
	case *lotContracted:
		return d.Lot
	case *lotDefaulted:
		return d.Lot
	case *lotAnnulled:
		return d.Lot
	case *lotSettled:
		return d.Lot
	}
	return ""
}

func (l *lot) row() (store.Lot, error) {
	doc, err := canonical.Encode(l)
	p := &l.Published
	return store.Lot{
		Entry: l.Entry, ID: p.Lot, Service: string(p.Service), Parcel: p.Parcel, Seller: p.Seller, State: string(l.state()), District: l.parcel().District,
		Over: l.SettledAt != 0, Doc: string(doc),
	}, err
}

// lotFromRow reads a lot as its row has it.
func lotFromRow(row store.Lot) (*lot, error) {
	l := new(lot)
	if err := json.Unmarshal([]byte(row.Doc), l); err != nil {
		return nil, fmt.Errorf("lot %s: %w", row.ID, err)
	}
	return l, nil
}

// lotCase is a bid or an objection as its lot knows it.
type lotCase struct {
	lot, name, seal, salt string
	state                 BidState
	amount, entry         int64
}

// lotCase is what of the case its lot knows; zero if it is about none, or gone.
func (s *State) lotCase() lotCase {
	l := s.OnLot
	if l == nil || l.State == BidGone || l.Lot == "" {
		return lotCase{}
	}
	return lotCase{lot: l.Lot, name: l.Name, seal: l.Seal, salt: l.Salt, state: l.State, amount: l.Amount, entry: l.Entry}
}

// onLot is the same as the case has it.
func (c lotCase) onLot() *onLot {
	return &onLot{Lot: c.lot, Name: c.name, Seal: c.seal, Salt: c.salt, State: c.state, Amount: c.amount, Entry: c.entry}
}

func (c lotCase) row(no int64) store.LotCase {
	return store.LotCase{Case: no, Lot: c.lot, State: string(c.state), Name: c.name, Seal: c.seal, Amount: c.amount, Salt: c.salt, Entry: c.entry, Gone: c.lot == ""}
}

func lotCaseFromRow(r *store.LotCase) lotCase {
	return lotCase{lot: r.Lot, state: BidState(r.State), name: r.Name, seal: r.Seal, amount: r.Amount, salt: r.Salt, entry: r.Entry}
}

// lots is the memory of the lots that are not over. The sequencer changes it, pages
// read it.
type lots struct {
	mu      sync.RWMutex
	of      map[string]*lot // a lot that changes is another
	parcels map[string]string
	cases   map[string]map[int64]lotCase
}

// find is a lot that is not over; nil if there is none.
func (ls *lots) find(id string) *lot {
	ls.mu.RLock()
	defer ls.mu.RUnlock()
	return ls.of[id]
}

// onParcel is the lot of a parcel that is not over; nil if there is none.
func (ls *lots) onParcel(parcel string) *lot {
	ls.mu.RLock()
	defer ls.mu.RUnlock()
	return ls.of[ls.parcels[parcel]]
}

// open lists the lots that are not over, the oldest first.
func (ls *lots) open() []*lot {
	ls.mu.RLock()
	defer ls.mu.RUnlock()
	return slices.SortedFunc(maps.Values(ls.of), func(a, b *lot) int { return cmp.Compare(a.Entry, b.Entry) })
}

// casesOf are the bids and objections of a lot that is not over, by case.
func (ls *lots) casesOf(id string) map[int64]lotCase {
	ls.mu.RLock()
	defer ls.mu.RUnlock()
	return maps.Clone(ls.cases[id])
}

// objections tells whether an objection to a lot waits for its answer, and the entry
// of an answer that upheld one, 0 if none did.
func objections(cases map[int64]lotCase) (open bool, upheld int64) {
	for _, c := range cases {
		open = open || c.state == ObjectionOpen
		if c.state == ObjectionUpheld && (upheld == 0 || c.entry < upheld) {
			upheld = c.entry
		}
	}
	return open, upheld
}

// put has a lot know a case as it stands now.
func (ls *lots) put(no int64, from, to lotCase) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if from.lot != "" {
		delete(ls.cases[from.lot], no)
	}
	if to.lot == "" || ls.of[to.lot] == nil {
		return
	}
	if ls.cases[to.lot] == nil {
		ls.cases[to.lot] = make(map[int64]lotCase)
	}
	ls.cases[to.lot][no] = to
}

// rebid books what an event has changed about the case's bid, or objection.
func (t *turn) rebid(from lotCase) {
	s := t.rec.state
	to := s.lotCase()
	if from == to {
		return
	}
	ls, no := &t.e.lots, s.No
	ls.put(no, from, to)
	t.undo = append(t.undo, func() { ls.put(no, to, from) })
	t.lotCases = append(t.lotCases, to.row(no))
}

// recall takes an entry of the system into memory when the log is read.
func (ls *lots) recall(ev *event) error {
	_, _, err := ls.take(ev)
	return err
}

// take folds one of the system's events, and says how that is undone.
func (ls *lots) take(ev *event) (now *lot, undo func(), err error) {
	id := lotOf(ev.data)
	ls.mu.Lock()
	defer ls.mu.Unlock()
	was, cases := ls.of[id], ls.cases[id]
	if _, annuls := ev.data.(*lotAnnulled); annuls && was == nil {
		return nil, func() {}, nil // it was over: its row has it
	}
	if _, first := ev.data.(*lotPublished); first != (was == nil) {
		return nil, nil, fmt.Errorf("entry %d: there is no such lot, or it is there already", ev.index)
	}
	now = was.after(ev)
	ls.set(id, now, cases)
	return now, func() {
		ls.mu.Lock()
		defer ls.mu.Unlock()
		if was == nil {
			delete(ls.of, id)
			delete(ls.parcels, now.Published.Parcel)
			return
		}
		ls.set(id, was, cases)
	}, nil
}

// set puts a lot in its place; one that is over goes. The caller holds the lock.
func (ls *lots) set(id string, l *lot, cases map[int64]lotCase) {
	if ls.of == nil {
		ls.of, ls.parcels, ls.cases = make(map[string]*lot), make(map[string]string), make(map[string]map[int64]lotCase)
	}
	if l.SettledAt != 0 {
		delete(ls.of, id)
		delete(ls.parcels, l.Published.Parcel)
		delete(ls.cases, id)
		return
	}
	ls.of[id], ls.parcels[l.Published.Parcel] = l, id
	if cases != nil {
		ls.cases[id] = cases
	}
}

// load reads the bids and objections of lots that are not over; the lots themselves
// are recalled from the log.
func (ls *lots) load(ctx context.Context, db *store.DB) error {
	cases := make(map[string]map[int64]lotCase)
	for c, err := range db.CasesOfOpenLots(ctx) {
		if err != nil {
			return err
		}
		if cases[c.Lot] == nil {
			cases[c.Lot] = make(map[int64]lotCase)
		}
		cases[c.Lot][c.Case] = lotCaseFromRow(c)
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.of, ls.parcels, ls.cases = make(map[string]*lot), make(map[string]string), cases
	return nil
}

// lotSystem takes an event of the system about a lot into memory, until the turn is
// undone, and writes its row.
func (t *turn) lotSystem(ev *event) error {
	l, undo, err := t.e.lots.take(ev)
	if err != nil {
		return err
	}
	t.undo = append(t.undo, undo)
	row, err := l.row()
	t.lots = append(t.lots, row)
	return err
}
