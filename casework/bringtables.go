package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/gowebpki/jcs"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/grid"
)

// AdoptTables has the log begin with the tables that the engine was opened with: the first
// act of a log, by whoever has set it up.
type AdoptTables struct {
	ID    aiqyn.CommandID
	Actor aiqyn.Actor // an operator
	Words string
}

// BringTables asks for tables to come into force; what is nil or 0 stays as it is.
type BringTables struct {
	ID       aiqyn.CommandID
	Actor    aiqyn.Actor // an operator
	Network  *grid.Network
	Costs    *grid.Costs
	Places   []TrafoPlace
	Streets  *grid.Streets
	Upgrades *grid.Upgrades
	Detour   int // permille of the straight line, 1000 to 5000
	Reason   TablesReason
	Words    string
}

// GobEncode writes it as it is handed over: by JSON, for which a limit of 0 is not none,
// and an empty table not one that stays as it is.
func (c BringTables) GobEncode() ([]byte, error) {
	type plain BringTables
	return json.Marshal(plain(c))
}

// GobDecode reads what GobEncode has written.
func (c *BringTables) GobDecode(data []byte) error {
	type plain BringTables
	return json.Unmarshal(data, (*plain)(c))
}

// adoptTables is the first act being carried out.
type adoptTables struct {
	apart
	words  string
	said   *tablesAct
	tables []keptTable
}

func (c *adoptTables) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := access.Check(c.actor.Role, access.ActionImport, access.None); err != nil {
		return err
	}
	if e.Capacity == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	if c.words == "" {
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("words")
	}
	if acts, err := e.tablesActs(ctx); err != nil || len(acts) > 0 {
		return err // which is told when it is decided
	}
	var err error
	c.said, c.tables, err = e.openedWith(ctx)
	return err
}

// openedWith names the tables that the engine was opened with.
func (e *Engine) openedWith(ctx context.Context) (*tablesAct, []keptTable, error) {
	t := &e.Capacity.Tables
	if _, _, err := e.networkAt(t.Hash); err != nil {
		return nil, nil, err
	}
	if _, err := e.streetsAt(ctx, t.Streets.Hash); err != nil {
		return nil, nil, err
	}
	d := &tablesAct{Asked: -1, Changed: []ElementCount{}, Detour: t.Detour, Limits: grid.LimitsPPM(t.Limits), Network: t.Hash, Reason: ReasonFirst, Streets: t.Streets.Hash, Was: -1}
	tables, err := d.keep(&t.Costs, t.Places, &t.Upgrades)
	return d, tables, err
}

// keep names tables that are not nil, and is what is kept of them.
func (d *tablesAct) keep(costs *grid.Costs, places []TrafoPlace, upgrades *grid.Upgrades) (list []keptTable, err error) {
	put := func(kind string, doc any, name *string) {
		if err != nil {
			return
		}
		var data []byte
		if data, err = keptDoc(doc); err == nil {
			list, *name = append(list, keptTable{kind, data}), hexSum(data)
		}
	}
	if costs != nil {
		put(costsKind, costs, &d.Costs)
	}
	if places != nil || d.Places == "" {
		if places == nil {
			places = []TrafoPlace{}
		}
		put(placesKind, placesKept{places}, &d.Places)
	}
	if upgrades != nil && len(upgrades.Conductors)+len(upgrades.Trafos) > 0 {
		put(upgradesKind, upgrades.Listed(), &d.Upgrades)
	}
	return list, err
}

// keptDoc is a document as it is kept: canonical JSON.
func keptDoc(doc any) ([]byte, error) {
	data, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	return jcs.Transform(data)
}

func (c *adoptTables) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if t.e.Capacity.tables().act != 0 || t.s.tabled >= 0 {
		return aiqyn.E(aiqyn.Conflict, "error.tables-known")
	}
	if c.said == nil {
		return errStale
	}
	d := *c.said
	d.Words = c.words
	ev := t.tablesAct(EventTables, c.actor, &d, c.tables)
	now := t.e.Capacity.network()
	is := *now.tables
	is.act = ev.index + 1
	t.comeIntoForce(ev, &d, &inForce{now.model, now.hash, &is})
	c.finish(t)
	return nil
}

// tablesAct writes an act about tables down, with what it names. Whatever was prepared
// before it is stale.
func (t *turn) tablesAct(kind EventKind, by aiqyn.Actor, d *tablesAct, tables []keptTable) *event {
	was := t.s.tabled
	ev := t.emitSystem(kind, by, d)
	t.s.tabled = ev.index
	t.undo = append(t.undo, func() { t.s.tabled = was })
	for i := range tables {
		t.snapshots = append(t.snapshots, tables[i].snapshot(t.now))
	}
	return ev
}

// comeIntoForce puts tables into force from an entry on.
func (t *turn) comeIntoForce(ev *event, d *tablesAct, n *inForce) {
	c := t.e.Capacity
	c.mu.Lock()
	came := c.came
	c.came = append(came[:len(came):len(came)], cameIntoForce{ev.index, ev.at, d.Was >= 0 && c.tables().Hash != d.Network})
	c.mu.Unlock()
	was := c.use(n)
	t.undo = append(t.undo, func() {
		c.use(was)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.came = came
	})
}

// bringTables asks for tables.
type bringTables struct {
	apart
	BringTables
	after  int64 // newest act that was seen when it was prepared
	meters int64 // newest entry about meters then
	lost   error // meters that the network loses
	said   tablesAct
	tables []keptTable
	model  *grid.Model
}

func (c *bringTables) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := access.Check(c.actor.Role, access.ActionImport, access.None); err != nil {
		return err
	}
	switch {
	case e.Capacity == nil:
		return aiqyn.E(aiqyn.Conflict, "error.network-first")
	case !slices.Contains(TablesReasons, c.Reason):
		return aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("reason")
	case c.Words == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On("words")
	}
	if _, done, err := e.Store.CommandDone(ctx, commandHash(c.cid)); err != nil || done {
		return err
	}
	acts, err := e.tablesActs(ctx)
	if err != nil {
		return err
	}
	came := inForceOf(acts)
	if len(came) == 0 {
		return aiqyn.E(aiqyn.Conflict, "error.network-first")
	}
	c.after = newestAct(acts)
	last := came[len(came)-1]
	if err := c.ask(ctx, e, last.index, last.data.(*tablesAct)); err != nil {
		return err
	}
	c.meters, c.lost, err = e.metersLost(ctx, c.model)
	return err
}

// ask makes what the entry says of the tables, and of what they change.
func (c *bringTables) ask(ctx context.Context, e *Engine, entry int64, was *tablesAct) (err error) {
	c.said = *was
	d := &c.said
	d.Asked, d.Ground, d.Reason, d.Was, d.Words = -1, "", c.Reason, entry, c.Words
	if c.tables, err = d.keep(c.Costs, c.Places, c.Upgrades); err != nil {
		return err
	}
	if c.Detour != 0 {
		if d.Detour = c.Detour; c.Detour < 1000 || c.Detour > 5000 {
			return aiqyn.E(aiqyn.Invalid, "error.answer-range", "min", 1000, "max", 5000).On("detour")
		}
	}
	if c.Streets != nil {
		c.tables, d.Streets = append(c.tables, keptTable{streetsKind, c.Streets.Encode()}), c.Streets.Hash()
	}
	if c.Network != nil {
		data := c.Network.Encode()
		c.tables, d.Network = append(c.tables, keptTable{networkKind, data}), hexSum(data)
	}
	if d.sameTables(was) {
		return aiqyn.E(aiqyn.Conflict, "error.tables-same")
	}
	if err := c.suit(ctx, e); err != nil {
		return err
	}
	from, err := e.partsOf(ctx, was)
	if err != nil {
		return err
	}
	change := differenceOf(was, d, &from, from.with(&c.BringTables))
	data, hash, err := change.kept()
	c.tables = append(c.tables, keptTable{changeKind, data})
	d.Change, d.Changed, d.Largest = hash, change.Counts, change.Largest
	return err
}

// suit compiles what is brought, and holds streets to the network.
func (c *bringTables) suit(ctx context.Context, e *Engine) (err error) {
	if c.Network == nil {
		c.model, err = e.model(c.said.Network)
	} else {
		c.model, err = grid.Compile(c.Network)
	}
	if err != nil || c.said.Streets == "" {
		return err
	}
	s := c.Streets
	if s == nil {
		if s, err = e.streetsAt(ctx, c.said.Streets); err != nil {
			return err
		}
	}
	graph, err := grid.CompileStreets(s)
	if err != nil {
		return err
	}
	return graph.Suit(c.model)
}

// with are the tables when some are brought.
func (p tablesParts) with(b *BringTables) *tablesParts {
	if b.Network != nil {
		p.network = b.Network
	}
	if b.Streets != nil {
		p.streets = b.Streets
	}
	if b.Places != nil {
		p.places = b.Places
	}
	if b.Costs != nil {
		p.costs = *b.Costs
	}
	if b.Upgrades != nil {
		p.upgrades = *b.Upgrades
	}
	return &p
}

func (c *bringTables) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if t.s.tabled > c.after || t.s.registered != c.meters {
		return errStale
	}
	if err := cmp.Or(c.lost, t.e.CheckNetwork(c.model)); err != nil {
		return err
	}
	d := c.said
	t.tablesAct(EventTablesAsked, c.actor, &d, c.tables)
	c.finish(t)
	return nil
}

// CheckTables tells what would stand against bringing tables, and writes nothing; what
// they would change it returns.
func (e *Engine) CheckTables(ctx context.Context, cmd BringTables) ([]ElementCount, *grid.RatingChange, error) {
	c := &bringTables{apart: apart{cmd.ID, cmd.Actor}, BringTables: cmd}
	if err := c.prepare(ctx, e); err != nil {
		return nil, nil, err
	}
	return c.said.Changed, c.said.Largest, cmp.Or(c.lost, e.CheckNetwork(c.model))
}
