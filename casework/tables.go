package casework

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// The tables that capacities and costs are computed from come into force by acts in the
// log. An operator asks, and names each table by its hash; an overseer, who sees what
// changes, puts them into force or declines them. The entry by which they come into force
// names all of them, so that what was computed rests on those of the last such entry
// before it. The first act of a log names what it was set up with.

// Tables are what capacities and costs are computed from besides what is held: a
// network and what belongs to it.
type Tables struct {
	Model    *grid.Model // of the network as it was surveyed
	Hash     string      // of its snapshot
	Limits   grid.Limits // where the pack has none
	Costs    grid.Costs
	Detour   int                  // permille of the straight line, where no streets lead
	Streets  grid.StreetsSnapshot // that routes follow; may be empty
	Upgrades grid.Upgrades        // what reinforcing the network costs; may be empty
	Places   []TrafoPlace

	act int64 // number of the entry that put them into force, counted from 1; 0: none did
}

// TrafoPlace is what is known of a transformer besides its electrical data.
type TrafoPlace struct {
	Trafo    int
	Name     string
	District aiqyn.Text
	Basis    string // "estimated": the utility stands by the load that the network says
	Measured string // since which day
	PeakW    int64
	Lat, Lon float64
	// Parcel is the cadastral number under which the register of rights has its owner,
	// where that is not the utility: then nobody is connected below it without consent.
	Parcel string `json:",omitempty"`
}

// owned are the transformers that are not the utility's, ascending.
func (t *Tables) owned() []grid.OwnedTrafo {
	var list []grid.OwnedTrafo
	for _, p := range t.Places {
		if p.Parcel != "" {
			list = append(list, grid.OwnedTrafo{Parcel: p.Parcel, Trafo: p.Trafo})
		}
	}
	slices.SortFunc(list, func(a, b grid.OwnedTrafo) int { return a.Trafo - b.Trafo })
	return list
}

// tablesAct says which tables are to come into force, come into force, or do not. Hashes
// are those of published snapshots.
type tablesAct struct {
	Asked    int64              `json:"asked"`   // entry that has asked for it; −1: this one asks, or is the first
	Change   string             `json:"change"`  // what is kept of the difference to those before; "" of the first
	Changed  []ElementCount     `json:"changed"` // of it, in short
	Costs    string             `json:"costs"`
	Detour   int                `json:"detour"` // permille of the straight line
	Ground   string             `json:"ground"` // of the second person: what they held it against
	Largest  *grid.RatingChange `json:"largest,omitempty"`
	Limits   grid.Limits1       `json:"limits"` // where the pack has none
	Network  string             `json:"network"`
	Places   string             `json:"places"`
	Reason   TablesReason       `json:"reason"`
	Streets  string             `json:"streets,omitempty"`
	Upgrades string             `json:"upgrades,omitempty"`
	Was      int64              `json:"was"` // entry that the tables before came into force by; −1: none
	Words    string             `json:"words"`
}

// TablesReason is why tables come into force. Also words of the catalogue:
// web.tables.reason-….
type TablesReason string

// The list is closed. The first act of a log alone may have the first reason.
const (
	ReasonFirst      TablesReason = "first"      // the log begins with them, or did before acts were entries
	ReasonSurvey     TablesReason = "survey"     // the network was surveyed again
	ReasonWorks      TablesReason = "works"      // something was built, replaced or taken down
	ReasonCorrection TablesReason = "correction" // what was published was wrong
	ReasonPrices     TablesReason = "prices"     // what connecting or reinforcing costs
	ReasonStreets    TablesReason = "streets"    // where new lines may lie
)

// TablesReasons are those that somebody may give.
var TablesReasons = []TablesReason{ReasonSurvey, ReasonWorks, ReasonCorrection, ReasonPrices, ReasonStreets}

// ElementCount is how many elements of a kind differ between what was and what is.
type ElementCount struct {
	Added   int    `json:"added"`
	Changed int    `json:"changed"`
	Element string `json:"element"`
	Removed int    `json:"removed"`
}

// Kinds of the tables that acts name.
const (
	costsKind    = "costs"
	placesKind   = "places"
	streetsKind  = "streets"
	upgradesKind = "upgrades"
	changeKind   = "tables-change" // the difference of two acts
)

// sameTables reports whether two acts name the same tables.
func (d *tablesAct) sameTables(of *tablesAct) bool {
	return d.Network == of.Network && d.Costs == of.Costs && d.Places == of.Places && d.Streets == of.Streets && d.Upgrades == of.Upgrades &&
		d.Detour == of.Detour && d.Limits == of.Limits
}

// names is what an act names, by kind; "" is none.
func (d *tablesAct) names() map[string]string {
	return map[string]string{networkKind: d.Network, costsKind: d.Costs, placesKind: d.Places, streetsKind: d.Streets, upgradesKind: d.Upgrades}
}

// cameIntoForce is an act by which tables came into force, as far as memory needs it.
type cameIntoForce struct {
	entry int64
	at    time.Time
	other bool // the network is another than the one before
}

// placesKept is what is known of transformers, as it is published.
type placesKept struct {
	Trafos []TrafoPlace `json:"trafos"`
}

// tabled are the acts about tables that have been read.
type tabled struct {
	mu   sync.Mutex
	acts []*event
}

// tablesActs are all acts about tables, in the order of the log: there are few. They are
// read once; later ones are added as they come.
func (e *Engine) tablesActs(ctx context.Context) ([]*event, error) {
	m := &e.tabled
	m.mu.Lock()
	defer m.mu.Unlock()
	rows, err := e.Store.TablesActs(ctx, newestAct(m.acts))
	if err != nil {
		return nil, err
	}
	events, err := e.systemEvents(rows)
	if err != nil {
		return nil, err
	}
	m.acts = append(m.acts, events...)
	return slices.Clone(m.acts), nil
}

// inForceOf are those by which tables came into force.
func inForceOf(acts []*event) []*event {
	return slices.DeleteFunc(slices.Clone(acts), func(ev *event) bool { return ev.kind != EventTables })
}

// cameOf is what memory keeps of them.
func cameOf(acts []*event) (list []cameIntoForce) {
	was := ""
	for _, ev := range inForceOf(acts) {
		d := ev.data.(*tablesAct)
		list = append(list, cameIntoForce{ev.index, ev.at, was != "" && was != d.Network})
		was = d.Network
	}
	return list
}

// tablesNow reads which tables are in force, and by which acts they came to be. Where
// none is on record they are those that the engine was opened with.
func (e *Engine) tablesNow(ctx context.Context) (*Tables, []cameIntoForce, error) {
	acts, err := e.tablesActs(ctx)
	if err != nil {
		return nil, nil, err
	}
	came := cameOf(acts)
	if len(came) == 0 {
		return &e.Capacity.Tables, nil, nil
	}
	last := inForceOf(acts)[len(came)-1]
	if now := e.Capacity.tables(); now.act == last.index+1 {
		return now, came, nil
	}
	t, err := e.tablesOf(ctx, last.index, last.data.(*tablesAct))
	return t, came, err
}

// openCapacity prepares the share, also where only the log says which tables are in force.
func (e *Engine) openCapacity(ctx context.Context) error {
	if e.Capacity == nil {
		acts, err := e.tablesActs(ctx)
		if err != nil || len(inForceOf(acts)) == 0 {
			return err
		}
		e.Capacity = new(Capacity)
	}
	e.Capacity.ruled = e.packs.current
	return nil
}

// tablesOf reads the tables that an entry names, each held against its hash.
func (e *Engine) tablesOf(ctx context.Context, entry int64, d *tablesAct) (*Tables, error) {
	t := &Tables{Hash: d.Network, Detour: d.Detour, Limits: d.Limits.Limits(), act: entry + 1}
	if err := e.readTable(ctx, costsKind, d.Costs, &t.Costs); err != nil {
		return nil, err
	}
	var places placesKept
	if err := e.readTable(ctx, placesKind, d.Places, &places); err != nil {
		return nil, err
	}
	t.Places = places.Trafos
	if d.Upgrades != "" {
		if err := e.readTable(ctx, upgradesKind, d.Upgrades, &t.Upgrades); err != nil {
			return nil, err
		}
	}
	if d.Streets != "" {
		s, err := e.streetsAt(ctx, d.Streets)
		if err != nil {
			return nil, err
		}
		t.Streets.Hash = d.Streets
		if t.Streets.Graph, err = grid.CompileStreets(s); err != nil {
			return nil, err
		}
	}
	var err error
	t.Model, err = e.model(d.Network)
	return t, err
}

func (e *Engine) readTable(ctx context.Context, kind, hash string, into any) error {
	data, err := snapshotOf(ctx, e.Store, kind, hash)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	return err
}

func (e *Engine) streetsAt(ctx context.Context, hash string) (*grid.Streets, error) {
	if hash == "" {
		return new(grid.Streets), nil
	}
	data, err := snapshotOf(ctx, e.Store, streetsKind, hash)
	if err != nil {
		return nil, err
	}
	return grid.ReadStreets(data)
}

// cameIntoForce are the acts by which tables came into force.
func (e *Engine) cameIntoForce() []cameIntoForce {
	c := e.Capacity
	if c == nil {
		return nil
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.came
}

// changedBetween finds the last act between two instants that has brought another
// network; ok is false if there is none.
func changedBetween(came []cameIntoForce, from, to time.Time) (entry int64, ok bool) {
	for _, c := range slices.Backward(came) {
		if c.other && c.at.After(from) && !c.at.After(to) {
			return c.entry, true
		}
	}
	return 0, false
}

// keptTable is a table as it is kept, under the hash that an act names.
type keptTable struct {
	kind string
	data []byte
}

func (k *keptTable) snapshot(at time.Time) store.Snapshot {
	return store.Snapshot{Hash: hexSum(k.data), Kind: k.kind, Data: k.data, Added: at}
}

// tablesEntry reads an act about tables by its entry.
func (e *Engine) tablesEntry(ctx context.Context, entry int64) (*event, error) {
	row, err := e.entry(ctx, entry)
	if err != nil {
		return nil, err
	}
	switch EventKind(row.Kind) {
	case EventTablesAsked, EventTables, EventTablesDeclined:
		return e.decodeEntry(row, e.keys.system)
	}
	return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

// TablesNamed reports whether an entry names the tables that are in force.
func (e *Engine) TablesNamed() bool { return e.Capacity != nil && e.Capacity.tables().act != 0 }
