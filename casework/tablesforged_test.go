package casework

import (
	"context"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// heedlessTables writes acts about tables as it is told to, and computes on them: an
// engine that was tampered with.
type heedlessTables struct {
	apart
	kind EventKind
	said tablesAct
	use  *inForce // nil: as before
}

func (c *heedlessTables) prepare(ctx context.Context, e *Engine) error {
	return c.apart.prepare(ctx, e)
}

func (c *heedlessTables) decide(t *turn) error {
	ev := t.tablesAct(c.kind, c.actor, &c.said, nil)
	if c.use != nil {
		c.use.tables.act = ev.index + 1
		t.comeIntoForce(ev, &c.said, c.use)
	}
	c.finish(t)
	return nil
}

func (r *rig) writesTables(kind EventKind, by aiqyn.Actor, d tablesAct) int64 {
	r.t.Helper()
	res, err := r.carryOut(r.t.Context(), &heedlessTables{apart: apart{r.id(), by}, kind: kind, said: d})
	if err != nil {
		r.t.Fatal(err)
	}
	r.pass(time.Minute)
	return res.First
}

// actAt is what an entry says of tables.
func (r *rig) actAt(entry int64) tablesAct {
	r.t.Helper()
	ev, err := r.tablesEntry(r.t.Context(), entry)
	if err != nil {
		r.t.Fatal(err)
	}
	return *ev.data.(*tablesAct)
}

// forgedFields are the fields of an act, each told otherwise.
var forgedFields = map[string]func(d *tablesAct){
	"change":   func(d *tablesAct) { d.Change = d.Network },
	"changed":  func(d *tablesAct) { d.Changed = []ElementCount{} },
	"costs":    func(d *tablesAct) { d.Costs = d.Places },
	"detour":   func(d *tablesAct) { d.Detour = 4000 },
	"largest":  func(d *tablesAct) { d.Largest = &grid.RatingChange{Element: "trafo", ID: 1, Is: 2, Was: 1} },
	"limits":   func(d *tablesAct) { d.Limits.Trafo++ },
	"network":  func(d *tablesAct) { d.Network = testNetwork(100).Hash() },
	"places":   func(d *tablesAct) { d.Places = d.Costs },
	"reason":   func(d *tablesAct) { d.Reason = "because" },
	"streets":  func(d *tablesAct) { d.Streets = d.Network },
	"upgrades": func(d *tablesAct) { d.Upgrades = d.Costs },
	"was":      func(d *tablesAct) { d.Was++ },
	"words":    func(d *tablesAct) { d.Words = "" },
}

// TestForgedTablesActs: each field of what is asked for follows from the tables or must be
// given, and each field of what comes into force from what was asked for.
func TestForgedTablesActs(t *testing.T) {
	for name, change := range forgedFields {
		t.Run("asked with another "+name, func(t *testing.T) {
			r := newRig(t)
			r.adopts()
			asked := r.must(r.bring(withNetwork(630))).First
			d := r.actAt(asked)
			change(&d)
			r.writesTables(EventTablesAsked, importer, d)
			r.finds("tables of the network: ")
		})
		t.Run("in force with another "+name, func(t *testing.T) {
			r := newRig(t)
			r.adopts()
			asked := r.must(r.bring(withNetwork(630))).First
			d := r.actAt(asked)
			d.Asked, d.Ground = asked, "x"
			if name == "reason" || name == "words" {
				change = func(d *tablesAct) { d.Reason, d.Words = ReasonPrices, d.Words+"!" }
			}
			change(&d)
			r.writesTables(EventTables, secondSigner, d)
			r.finds("tables of the network: ")
		})
	}
}

// TestTablesByOne: tables that came into force without a second person are found, whoever
// says what.
func TestTablesByOne(t *testing.T) {
	none := func(*tablesAct) {}
	for name, c := range map[string]struct {
		by     aiqyn.Actor
		kind   EventKind
		change func(d *tablesAct)
		finds  string
	}{
		"by an operator alone":        {importer, EventTables, func(d *tablesAct) { d.Asked, d.Ground = -1, "" }, "nobody has asked for them"},
		"as if they were the first":   {importer, EventTables, func(d *tablesAct) { d.Asked, d.Was, d.Reason = -1, -1, ReasonFirst }, "not about those that were in force"},
		"by who has brought them":     {aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: importer.Officer}, EventTables, none, "by an overseer who has not brought them"},
		"by a second operator":        {aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-02"}, EventTables, none, "by an overseer who has not brought them"},
		"by nobody":                   {aiqyn.System, EventTables, none, "by an overseer who has not brought them"},
		"without a ground":            {secondSigner, EventTables, func(d *tablesAct) { d.Ground = "" }, "without a ground"},
		"of another entry":            {secondSigner, EventTables, func(d *tablesAct) { d.Asked-- }, "nobody has asked for them"},
		"declined by an operator":     {importer, EventTablesDeclined, none, "by an overseer who has not brought them"},
		"declined, never asked for":   {secondSigner, EventTablesDeclined, func(d *tablesAct) { d.Asked = 0 }, "nobody has asked for them"},
		"asked for by an overseer":    {secondSigner, EventTablesAsked, func(d *tablesAct) { d.Asked, d.Ground = -1, "" }, "who may not"},
		"asked for with a ground":     {importer, EventTablesAsked, func(d *tablesAct) { d.Asked = -1 }, "says that it answers"},
		"asked for, as an answer":     {importer, EventTablesAsked, func(d *tablesAct) { d.Ground = "" }, "says that it answers"},
		"with nobody's name under it": {aiqyn.Actor{Role: aiqyn.RoleOperator}, EventTablesAsked, func(d *tablesAct) { d.Asked, d.Ground = -1, "" }, "who may not"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.adopts()
			asked := r.must(r.bring(withNetwork(630))).First
			d := r.actAt(asked)
			d.Asked, d.Ground = asked, "Held against the act of works"
			c.change(&d)
			r.writesTables(c.kind, c.by, d)
			r.finds(c.finds)
		})
	}
	t.Run("after they were declined", func(t *testing.T) {
		r := newRig(t)
		r.adopts()
		asked := r.must(r.bring(withNetwork(630))).First
		r.must(DeclineTables{ID: r.id(), Actor: secondSigner, Entry: asked, Ground: "x"})
		d := r.actAt(asked)
		d.Asked, d.Ground = asked, "x"
		r.writesTables(EventTables, secondSigner, d)
		r.finds("somebody has answered")
	})
	for name, change := range map[string]func(d *tablesAct){
		"says what it changes":  func(d *tablesAct) { d.Changed = []ElementCount{{Changed: 1, Element: "trafo"}} },
		"gives another reason":  func(d *tablesAct) { d.Reason = ReasonWorks },
		"gives no words":        func(d *tablesAct) { d.Words = "" },
		"names no prices":       func(d *tablesAct) { d.Costs = hexSum(nil) },
		"names no network":      func(d *tablesAct) { d.Network = hexSum(nil) },
		"names no such streets": func(d *tablesAct) { d.Streets = hexSum(nil) },
	} {
		t.Run("the first "+name, func(t *testing.T) {
			r := newRig(t)
			r.keepPower()
			d, tables, err := r.openedWith(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for i := range tables {
				if err := r.db.PutSnapshot(t.Context(), tables[i].snapshot(start)); err != nil {
					t.Fatal(err)
				}
			}
			d.Words = "Set up"
			change(d)
			r.writesTables(EventTables, importer, *d)
			r.finds("tables of the network: ")
		})
	}
}

// TestForgedLossOfMeters: a network that loses a transformer with its meters is found.
func TestForgedLossOfMeters(t *testing.T) {
	r := newRig(t)
	r.adopts()
	lost := testNetwork(630)
	lost.Trafos[0].ID = 9
	asked := r.must(r.bring(func(b *BringTables) { b.Network = lost })).First
	r.registers("M-1")
	d := r.actAt(asked)
	d.Asked, d.Ground = asked, "x"
	r.writesTables(EventTables, secondSigner, d)
	r.finds("has lost transformer 1, at which meter \"M-1\" stood")
}

// TestComputedOnOtherTables: from an act on, what is computed rests on the tables that it
// names, and on no others that were kept, in force or not.
func TestComputedOnOtherTables(t *testing.T) {
	p3 := grid.ConnectionPoints3
	put := func(field string, v any) func(map[string]any) { return func(in map[string]any) { in[field] = v } }
	streets := &grid.Streets{CRS: "EPSG:32642", Edges: [][2]int32{{0, 1}}, Nodes: [][2]int64{{499_900_000, 5_660_000_000}, {500_200_000, 5_660_000_000}}}
	cheaper := func(in map[string]any) {
		in["costs"].(map[string]any)["levels"].([]any)[0].(map[string]any)["tap"] = 1_000_00
	}
	limits := func(in map[string]any) { in["limits"].(map[string]any)["trafo_ppm"] = 10_000 }
	replacing := put("upgrades", map[string]any{"conductors": []any{}, "trafos": []any{}})
	for name, c := range map[string]struct {
		with   string
		change func(in map[string]any)
		finds  string
	}{
		"the network before":            {p3, put("network", testNetwork(400).Hash()), "its network was not in force"},
		"one that nobody has confirmed": {p3, put("network", testNetwork(100).Hash()), "its network was not in force"},
		"the detour before":             {p3, put("detour_permille", 1300), "the detour is not that in force by entry"},
		"no streets, as before":         {p3, put("streets", ""), "its graph of streets is not that in force by entry"},
		"nothing to replace, as before": {p3, replacing, "its table of what reinforcing costs is not that in force by entry"},
		"the prices before":             {p3, cheaper, "at prices that were not published"},
		"nobody's transformer":          {p3, put("owned", []any{}), "takes other transformers for somebody's"},
		"other limits":                  {p3, limits, "points from is not so: its limits"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, asksElse(c.with, c.change))
			r.adopts()
			costs := testCosts
			costs.Levels = []grid.Level{{MaxV: 400, Tap: 2_000_00, Cables: testCosts.Levels[0].Cables}}
			r.must(r.bring(withNetwork(100)))
			owner := ""
			if name == "nobody's transformer" {
				owner = ownedParcel
			}
			r.confirmed(r.bring(func(b *BringTables) {
				b.Network, b.Costs, b.Streets, b.Detour = testNetwork(401), &costs, streets, 1400
				b.Upgrades = &grid.Upgrades{Trafos: []grid.TrafoSize{{Cost: 7, R: 1, RatedVA: 630_000, X: 1}}}
				b.Places = []TrafoPlace{{Trafo: 1, Name: "ТП-77", Basis: basisEstimated, Parcel: owner}}
			}))
			r.publishPower()
			ref := r.toConditions(holder, plot, 50)
			act := Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-capacity"}
			if _, err := r.Do(t.Context(), act); err != nil {
				act.ID, act.Reason, act.Grant = r.id(), "", true
			} else {
				r.pass(4 * 24 * time.Hour)
				act.ID = r.id()
			}
			r.must(act)
			r.finds(c.finds)
		})
	}
}

// TestPublishedOnOtherTables: so does what is published.
func TestPublishedOnOtherTables(t *testing.T) {
	for name, c := range map[string]struct {
		change func(p *publishCapacity, was *Tables)
		finds  string
	}{
		"on the network before": {func(p *publishCapacity, was *Tables) { p.said.Base = was.Hash }, "names other networks than its entry|that of"},
		"with places of before": {func(p *publishCapacity, was *Tables) { p.said.Trafos[0].Name = "1" }, "how the loads are known"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.adopts()
			was := r.Capacity.tables()
			r.confirmed(r.bring(func(b *BringTables) {
				b.Network, b.Places = testNetwork(630), []TrafoPlace{{Trafo: 1, Name: "ТП-77", Basis: basisEstimated}}
			}))
			r.publishPower()
			r.wantClean()
			r.pass(time.Hour)
			if name == "on the network before" { // all of it, as if the act had never been
				r.Capacity.use(was.asSurveyed())
				r.publishPower()
				r.finds("by entry")
				return
			}
			r.publishesFalsely(func(p *publishCapacity) { c.change(p, was) })
			r.finds(c.finds)
		})
	}
}

// TestTablesThatAreGone: an act whose tables are no more is found.
func TestTablesThatAreGone(t *testing.T) {
	for _, kind := range []string{costsKind, placesKind, networkKind, changeKind} {
		r := newRig(t)
		r.adopts()
		r.confirmed(r.bring(func(b *BringTables) { b.Network, b.Places = testNetwork(630), []TrafoPlace{} }))
		list, err := r.db.Snapshots(t.Context(), kind)
		if err != nil || len(list) == 0 {
			t.Fatal(kind, err)
		}
		r.raw(`DELETE FROM snapshot WHERE kind = $1`, kind)
		r.finds("tables of the network: ")
		if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: list[0].Hash, Kind: kind, Data: []byte("{}"), Added: start}); err != nil {
			t.Fatal(err)
		}
		r.finds("tables of the network: ")
	}
}
