package casework

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// adopts has the log begin with the test network and its prices.
func (r *rig) adopts() int64 {
	r.t.Helper()
	r.keepPower()
	return r.must(AdoptTables{ID: r.id(), Actor: importer, Words: "Set up"}).First
}

// bring asks for tables, as an operator does.
func (r *rig) bring(change func(b *BringTables)) BringTables {
	b := BringTables{ID: r.id(), Actor: importer, Reason: ReasonWorks, Words: "TP-1 was replaced, act 17"}
	change(&b)
	return b
}

// confirmed puts tables into force by two people, and returns the entry.
func (r *rig) confirmed(b BringTables) int64 {
	r.t.Helper()
	asked := r.must(b).First
	r.pass(time.Minute)
	entry := r.must(ConfirmTables{ID: r.id(), Actor: secondSigner, Entry: asked, Ground: "Held against the act of works"}).First
	r.pass(time.Minute)
	return entry
}

func withNetwork(kw float64) func(*BringTables) {
	return func(b *BringTables) { b.Network = testNetwork(kw) }
}

// TestTablesTakeTwo: what an operator has brought computes nothing before an overseer,
// who sees what it changes, has put it into force; who has brought it cannot, nobody
// answers twice, and what was declined never comes into force.
func TestTablesTakeTwo(t *testing.T) {
	r := newRig(t)
	r.fails(r.bring(withNetwork(630)), "error.network-first")
	first := r.adopts()
	r.fails(AdoptTables{ID: r.id(), Actor: importer, Words: "again"}, "error.tables-known")
	r.fails(r.bring(func(*BringTables) {}), "error.tables-same")
	r.fails(r.bring(func(b *BringTables) { b.Network, b.Reason = testNetwork(630), ReasonFirst }), "error.answer-choice")
	r.fails(r.bring(func(b *BringTables) { b.Network, b.Words = testNetwork(630), "" }), "error.answer-required")
	r.fails(r.bring(func(b *BringTables) { b.Detour = 900 }), "error.answer-range")
	r.fails(r.bring(func(b *BringTables) { b.Network, b.Actor = testNetwork(630), secondSigner }), "error.forbidden")
	asked := r.must(r.bring(withNetwork(630))).First
	was := r.freeNow()
	if w, err := r.TablesWait(t.Context(), secondSigner); err != nil || len(w) != 1 || w[0].Entry != asked || w[0].By != importer.Officer || w[0].Own || w[0].State != TablesWait ||
		w[0].Largest == nil || *w[0].Largest != (grid.RatingChange{Element: "trafo", ID: 1, Is: 663_158, Was: 421_053}) || !slices.Equal(w[0].Changed, []ElementCount{{Changed: 1, Element: "trafo"}}) {
		t.Errorf("the overseer sees %+v %v", w, err)
	}
	if _, err := r.TablesWait(t.Context(), importer); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("the operator sees what waits for an overseer: %v", err)
	}
	yes := ConfirmTables{ID: r.id(), Actor: secondSigner, Entry: asked, Ground: "Held against the act of works"}
	bad := func(key string, change func(*ConfirmTables)) {
		t.Helper()
		c := yes
		c.ID = r.id()
		change(&c)
		r.fails(c, key)
		r.fails(DeclineTables(c), key)
	}
	bad("error.forbidden", func(c *ConfirmTables) { c.Actor = importer })
	bad("error.two-signatures", func(c *ConfirmTables) { c.Actor.Officer = importer.Officer })
	bad("error.answer-required", func(c *ConfirmTables) { c.Ground = "" })
	bad("error.not-found", func(c *ConfirmTables) { c.Entry++ })
	no := r.must(DeclineTables(yes))
	bad("error.tables-answered", func(*ConfirmTables) {})
	if again := r.must(DeclineTables(yes)); again.First != no.First || !again.Again {
		t.Errorf("said twice: %+v, then %+v", no, again)
	}
	other := r.must(r.bring(withNetwork(100))).First
	yes.ID, yes.Entry = r.id(), r.must(r.bring(withNetwork(630))).First
	if is := r.freeNow(); is != was {
		t.Errorf("what waits gives %d W, before it were %d W", is, was)
	}
	came := r.must(yes).First
	for entry, want := range map[int64]TablesState{asked: TablesDeclined, other: TablesVoid, yes.Entry: TablesConfirmed, came: TablesCame} {
		if d, err := r.TablesChange(t.Context(), aiqyn.Actor{}, entry, Page{}); err != nil || d.State != want {
			t.Errorf("of entry %d it is told that it is %s, want %s, %v", entry, d.State, want, err)
		}
	}
	bad("error.tables-answered", func(c *ConfirmTables) { c.Entry = other }) // others came into force since
	for range 2 {
		if is := r.freeNow(); is < was+200_000 || r.Capacity.tables().Hash != testNetwork(630).Hash() {
			t.Errorf("in force: %d W, before it %d W", is, was)
		}
		list, err := r.TablesHistory(t.Context(), Page{Limit: 1})
		if err != nil || len(list.Items) != 1 || list.Items[0].Entry != came || list.Items[0].AskedBy != aiqyn.RoleOperator || list.Items[0].Answered != aiqyn.RoleOverseer || list.Items[0].Was != first || list.Next == "" {
			t.Fatalf("anybody reads %+v %v", list, err)
		}
		if list, err = r.TablesHistory(t.Context(), Page{Limit: 1, After: list.Next}); err != nil || len(list.Items) != 1 || list.Items[0].Entry != first || list.Items[0].Answered != "" || list.Next != "" {
			t.Fatalf("and then %+v %v", list, err)
		}
		d, err := r.TablesChange(t.Context(), aiqyn.Actor{}, came, Page{})
		if err != nil || len(d.Elements) != 1 || d.Elements[0].Fields[0].Field != "sn_kva" || d.Total != 1 {
			t.Errorf("it has changed %+v %v", d, err)
		}
		r.reopen()
	}
	r.publishPower()
	r.sound()
}

// TestTablesAreRead: each table that an act names is what is computed by, and a log says
// so alone, without the setting that it began with.
func TestTablesAreRead(t *testing.T) {
	r := newRig(t)
	r.adopts()
	r.publishPower()
	streets := &grid.Streets{CRS: "EPSG:32642", Edges: [][2]int32{{0, 1}}, Nodes: [][2]int64{{499_900_000, 5_660_000_000}, {500_200_000, 5_660_000_000}}}
	costs := testCosts
	costs.Levels = []grid.Level{{MaxV: 400, Tap: 2_000_00, Cables: testCosts.Levels[0].Cables}}
	r.confirmed(r.bring(func(b *BringTables) {
		b.Costs, b.Streets, b.Detour = &costs, streets, 1400
		b.Upgrades = &grid.Upgrades{Trafos: []grid.TrafoSize{{Cost: 7, R: 1, RatedVA: 630_000, X: 1}}}
		b.Places = []TrafoPlace{{Trafo: 1, Name: "ТП-77", Basis: basisEstimated}}
	}))
	ref := r.toConditions(holder, plot, 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	r.pass(time.Hour)
	r.publishPower()
	if got := r.shown().Name; got != "ТП-77" {
		t.Errorf("published as %q", got)
	}
	in := string(searchIn(r.ruledOn(ref).Computed).In)
	for _, want := range []string{`"detour_permille":1400`, streets.Hash(), `"tap":200000`, `"rated_va":630000`} {
		if !strings.Contains(in, want) {
			t.Errorf("the ruling does not rest on %s: %s", want, in)
		}
	}
	r.sound()
	r.shut()
	r.opts = append(r.opts, func(c *Config) { c.Capacity = nil })
	r.open()
	if is := r.Capacity.tables(); is.Detour != 1400 || is.Streets.Hash != streets.Hash() || is.Costs.Levels[0].Tap != 2_000_00 || len(is.Upgrades.Trafos) != 1 || is.Places[0].Name != "ТП-77" {
		t.Errorf("read from the log alone: %+v", is)
	}
	r.sound()
}

// TestTablesWhereSomethingIsClassified: what has changed would betray what is hidden.
func TestTablesWhereSomethingIsClassified(t *testing.T) {
	r := newRig(t)
	r.adopts()
	came := r.confirmed(r.bring(withNetwork(630)))
	hide := r.hidden(r.today().AddDays(100))
	hide.ID = r.id()
	ask := r.must(hide)
	r.must(Classify{ID: r.id(), Actor: secondSigner, Entry: ask.First})
	d, err := r.TablesChange(t.Context(), aiqyn.Actor{}, came, Page{})
	if err != nil || !d.Withheld || d.Change != "" || d.Changed != nil || d.Largest != nil || d.Elements != nil {
		t.Errorf("anybody sees %+v %v", d, err)
	}
	if d, err := r.TablesChange(t.Context(), secondSigner, came, Page{}); err != nil || d.Withheld || len(d.Elements) != 1 {
		t.Errorf("an overseer sees %+v %v", d, err)
	}
	acts, err := r.tablesActs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if data, err := r.Published(t.Context(), "tables/"+acts[1].data.(*tablesAct).Change+".json"); err == nil {
		t.Errorf("the difference is handed out: %s", data)
	}
}

// TestALostTransformerStaysInForce: between asking and answering somebody may have
// reserved what the other network has lost.
func TestALostTransformerStaysInForce(t *testing.T) {
	r := newRig(t)
	r.adopts()
	lost := testNetwork(630)
	lost.Trafos[0].ID = 9
	asked := r.must(r.bring(func(b *BringTables) { b.Network = lost })).First
	r.conditions(holder, plot, 20)
	r.fails(ConfirmTables{ID: r.id(), Actor: secondSigner, Entry: asked, Ground: "x"}, "error.network-loses-trafos")
	r.fails(r.bring(func(b *BringTables) { b.Network = lost }), "error.network-loses-trafos")
	r.sound()
}

// TestALostTransformerKeepsItsMeters: before a transformer leaves the network, the register
// says where its meters are now; and what was prepared on the network of before is judged
// by that in force.
func TestALostTransformerKeepsItsMeters(t *testing.T) {
	r := newRig(t)
	r.adopts()
	lost := testNetwork(630)
	lost.Trafos[0].ID = 9
	without := func(b *BringTables) { b.Network = lost }
	asked := r.must(r.bring(without)).First
	yes := ConfirmTables{Actor: secondSigner, Entry: asked, Ground: "Held against the act of works"}
	r.registers("M-1", "M-2")
	for _, cmd := range []any{r.bring(without), ConfirmTables{ID: r.id(), Actor: yes.Actor, Entry: asked, Ground: yes.Ground}} {
		_, err := r.Do(t.Context(), cmd)
		if keyOf(err) != "error.network-loses-meters" || !strings.Contains(err.Error(), "1 (2)") {
			t.Errorf("%T: %v", cmd, err)
		}
	}
	if _, _, err := r.CheckTables(t.Context(), r.bring(without)); keyOf(err) != "error.network-loses-meters" {
		t.Errorf("tried: %v", err)
	}
	r.must(DeclineTables{ID: r.id(), Actor: secondSigner, Entry: r.must(r.bring(withNetwork(100))).First, Ground: "Another"}) // nothing is lost by a no
	r.must(RegisterMeters{ID: r.id(), Actor: meterReader, Table: []byte("trafo,meter,since\n,M-1,2026-06-01\n,M-2,2026-06-01\n")})
	yes.ID = r.id()
	r.must(yes)
	r.fails(RegisterMeters{ID: r.id(), Actor: meterReader, Table: []byte("trafo,meter,since\n1,M-1,2026-06-01\n")}, "error.meters-faults")
	r.must(RegisterMeters{ID: r.id(), Actor: meterReader, Table: []byte("trafo,meter,since\n9,M-1,2026-06-01\n")})
	r.fails(Measurements{ID: r.id(), Actor: meterReader, Table: []byte(r.peaks("M-1", 10))}, "error.peaks-none")
	r.must(Measurements{ID: r.id(), Actor: meterReader, Table: []byte("trafo,day,peak_kw,meter\n9," + r.today().String() + ",10,M-1\n")})
	r.confirmed(r.bring(func(b *BringTables) { b.Detour = 1400 }))
	r.publishPower()
	r.sound()
}

// TestReadingsBetweenTwoActs are held to the network of their time, though nothing was
// published on it: what could be then was above what a transformer bears before and after.
func TestReadingsBetweenTwoActs(t *testing.T) {
	r := newRig(t)
	r.adopts()
	r.publishPower()
	r.fails(Measurements{ID: r.id(), Actor: meterReader, Table: []byte(r.peaks("M-1", 700))}, "error.peaks-none")
	r.confirmed(r.bring(withNetwork(630)))
	r.must(Measurements{ID: r.id(), Actor: meterReader, Table: []byte(r.peaks("M-1", 700))})
	r.confirmed(r.bring(withNetwork(400)))
	r.fails(Measurements{ID: r.id(), Actor: meterReader, Table: []byte(r.peaks("M-2", 700))}, "error.peaks-none")
	r.pass(time.Hour)
	r.publishPower()
	r.sound()
}

// TestAnActBetweenARefusalAndAGrant: another network excuses the grant of what was
// refused no longer silently: the act that has brought it is named.
func TestAnActBetweenARefusalAndAGrant(t *testing.T) {
	r := newRig(t)
	r.adopts()
	r.publishPower()
	first := r.toConditions(holder, plot, 450)
	for range 2 {
		if err := r.refuse(first); err != nil {
			t.Fatal(err)
		}
		r.pass(4 * 24 * time.Hour)
	}
	came := r.confirmed(r.bring(withNetwork(630)))
	second := r.toConditions(holder, plot, 450)
	r.must(Decide{ID: r.id(), Actor: r.officer(second), Ref: second, Step: "conditions", Grant: true})
	list, err := r.Flips(t.Context(), watcher, Page{})
	if err != nil || len(list.Items) != 1 || list.Items[0].Change != string(grid.ChangeBrought) || list.Items[0].Act != came {
		t.Fatalf("it is told as %+v %v", list.Items, err)
	}
	r.publishPower()
	r.sound()
	rep := r.audit()
	if slices.ContainsFunc(rep.Remarks, func(p Problem) bool { return strings.Contains(p.What, "by whom") }) {
		t.Errorf("remarked although an act has brought it: %+v", rep.Remarks)
	}
}

// TestLogsFromBeforeActs are read as they were, and the audit says what is not held there.
func TestLogsFromBeforeActs(t *testing.T) {
	const remark = "none says which network"
	remarked := func(r *rig) bool {
		t.Helper()
		rep := r.audit()
		if !rep.OK {
			t.Fatalf("%+v", rep.Problems)
		}
		return slices.ContainsFunc(rep.Remarks, func(p Problem) bool { return strings.Contains(p.What, remark) })
	}
	r := newRig(t)
	r.keepPower()
	r.conditions(holder, plot, 20)
	r.publishPower()
	if !remarked(r) {
		t.Error("nothing is remarked of a log without acts")
	}
	if r.TablesNamed() {
		t.Error("they are named by an entry")
	}
	r.must(AdoptTables{ID: r.id(), Actor: importer, Words: "Since version 1 acts are entries"})
	if !remarked(r) || !r.TablesNamed() {
		t.Error("nothing is remarked of what was before the first act")
	}
	whole := newRig(t)
	whole.adopts()
	whole.conditions(holder, plot, 20)
	whole.publishPower()
	if remarked(whole) {
		t.Error("it is remarked of a log that begins with its act")
	}
}

// TestTablesThatNobodyNames: a table that is kept, and no entry names it, is found.
func TestTablesThatNobodyNames(t *testing.T) {
	streets := &grid.Streets{CRS: "EPSG:32642", Edges: [][2]int32{{0, 1}}, Nodes: [][2]int64{{1, 2}, {3, 4}}}
	for kind, data := range map[string][]byte{
		networkKind: testNetwork(63).Encode(), costsKind: []byte(`{"from":"","levels":[],"max_route_m":1,"source":""}`), placesKind: []byte(`{"trafos":[]}`),
		streetsKind: streets.Encode(), upgradesKind: []byte(`{"conductors":[],"trafos":[]}`), changeKind: []byte(`{}`),
	} {
		r := newRig(t)
		r.adopts()
		put := func(at time.Time) {
			if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: hexSum(data), Kind: kind, Data: data, Added: at}); err != nil {
				t.Fatal(err)
			}
		}
		r.pass(time.Hour)
		put(r.clock())
		r.pass(time.Hour)
		r.conditions(holder, plot, 20)
		r.finds(kind + " " + hexSum(data) + " is kept, and no entry names it")
	}
}

// TestTablesAreHandedOverAsTheyAre: what is zero is not taken for what is not there.
func TestTablesAreHandedOverAsTheyAre(t *testing.T) {
	zero := 0.0
	n := testNetwork(400)
	n.Buses[0].X, n.Buses[0].Y, n.Lines = &zero, &zero, []grid.Line{{ID: 9, IMaxA: &zero}}
	b := BringTables{ID: "x", Network: n, Places: []TrafoPlace{}}
	data, err := encodeGob(b)
	if err != nil {
		t.Fatal(err)
	}
	var is BringTables
	if err := decodeGob(data, &is); err != nil || !reflect.DeepEqual(is, b) {
		t.Errorf("%v: %+v", err, is)
	}
}

// TestTablesArePublishedAtOnce: what is free on tables that have come into force is
// published by the next minute, once, whatever was published that day.
func TestTablesArePublishedAtOnce(t *testing.T) {
	r := newRig(t)
	r.adopts()
	r.runJobs()
	count := func() (n int) {
		for _, ev := range r.entries() {
			if ev.kind == EventCapacity {
				n++
			}
		}
		return n
	}
	began := count()
	came := r.confirmed(r.bring(withNetwork(630)))
	for range 2 {
		r.pass(time.Minute)
		r.runJobs()
		last, ok, err := r.Store.LastPublication(t.Context())
		if err != nil || !ok || last.Entry <= came || last.Base != testNetwork(630).Hash() || count() != began+1 {
			t.Fatalf("of the act of entry %d there is %+v, %v; %d publications, %d before", came, last, err, count(), began)
		}
		r.reopen()
	}
	r.sound()
}
