package casework

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/store"
)

// asksElse makes rulings that ask a computation something else than they should.
func asksElse(with string, change func(in map[string]any)) rigOption {
	return func(c *Config) {
		all := Computations{}
		for name, comp := range c.Computations {
			all[name] = comp
		}
		was := all[with]
		all[with] = Computation{Run: was.Run, Bind: func(b *Binding) error {
			err := was.Bind(b)
			if err != nil || b.Input == nil {
				return err
			}
			var in map[string]any
			d := json.NewDecoder(strings.NewReader(string(b.Input)))
			d.UseNumber()
			if err := d.Decode(&in); err != nil {
				return err
			}
			change(in)
			if b.Input, err = canonical.Encode(in); err != nil {
				return err
			}
			b.Output, err = was.Run(b.Input, b.Snapshot)
			return err
		}}
		c.Computations = all
	}
}

// rules has the engineer refuse a case for a reason, and again after the hearing, or
// grant it where the reason is not true: whatever a lie has come to.
func (r *rig) rules(ref aiqyn.Reference, reason string) {
	r.t.Helper()
	act := Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: reason}
	if _, err := r.Do(r.t.Context(), act); err != nil {
		act.ID, act.Reason, act.Grant = r.id(), "", true
	} else {
		r.pass(4 * 24 * time.Hour)
		act.ID = r.id()
	}
	r.must(act)
}

// keepPower puts the test network into force as a server does.
func (r *rig) keepPower() {
	r.t.Helper()
	r.keepNetwork()
	costs, err := canonical.Encode(testCosts)
	if err != nil {
		r.t.Fatal(err)
	}
	limits, err := json.Marshal(grid.DefaultLimits())
	if err == nil {
		err = r.db.PutSnapshot(r.t.Context(), store.Snapshot{Hash: hexSum(costs), Kind: "costs", Data: costs, Added: start})
	}
	if err == nil {
		err = r.db.PutSetting(r.t.Context(), CapacitySetting, `{"detour":1300,"limits":`+string(limits)+`}`)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// finds fails unless an audit finds something.
func (r *rig) finds(what string) {
	r.t.Helper()
	rep := r.audit()
	if rep.OK || !slices.ContainsFunc(rep.Problems, func(p Problem) bool { return strings.Contains(p.What, what) }) {
		r.t.Errorf("found %+v, not %q", rep.Problems, what)
	}
}

// TestTheAuditOfWhatARulingIsComputedFrom: an office that asks another question, and
// answers it truly, is found by every field of it.
func TestTheAuditOfWhatARulingIsComputedFrom(t *testing.T) {
	p3, m2 := grid.ConnectionPoints3, grid.PublishedMargin4
	put := func(field string, v any) func(map[string]any) { return func(in map[string]any) { in[field] = v } }
	phantom := put("reserved", []any{map[string]any{"bus": 2, "w": 399_000}})
	streets := &grid.Streets{CRS: "EPSG:32642", Edges: [][2]int32{{0, 1}}, Nodes: [][2]int64{{500_000_000, 5_660_000_000}, {500_000_000, 5_660_100_000}}}
	limits := func(in map[string]any) { in["limits"].(map[string]any)["trafo_ppm"] = 10_000 }
	ofDay := func(change func(map[string]any)) func(map[string]any) {
		return func(in map[string]any) { change(in["tables"].([]any)[0].(map[string]any)) }
	}
	never, announced := "what it says a network was published with never was", "what they were made with, are not those that the log announces"
	for name, c := range map[string]struct {
		with   string
		change func(in map[string]any)
		finds  string
	}{
		"a reservation that nobody holds":    {p3, phantom, "399000 W reserved at bus 2, the log 0 W"},
		"another load":                       {p3, put("load_w", 900_000), "points from is not so: the load"},
		"another place to the east":          {p3, put("x", 900_000_000), "points from is not so: the place"},
		"another place to the north":         {p3, put("y", 6_000_000_000), "points from is not so: the place"},
		"a longer way":                       {p3, put("detour_permille", 9_000), "points from is not so: the detour"},
		"limits of no pack":                  {p3, limits, "points from is not so: its limits"},
		"streets that were not published":    {p3, put("streets", streets.Hash()), "points from is not so: its streets"},
		"an owner who was not asked":         {p3, put("agreed", ownedParcel), "another owner has agreed"},
		"what replacing costs":               {p3, put("upgrades", map[string]any{"conductors": []any{}, "trafos": []any{map[string]any{"cost": 1, "r_ppm": 1, "rated_va": 630_000, "x_ppm": 1}}}), "points from is not so: what reinforcing costs"},
		"the margin with a reservation":      {m2, phantom, "399000 W reserved at bus 2, the log 0 W"},
		"the margin of another load":         {m2, put("load_w", 900_000), "margin from is not so: the load"},
		"the margin elsewhere to the east":   {m2, put("x", 900_000_000), "margin from is not so: the place"},
		"the margin elsewhere to the north":  {m2, put("y", 6_000_000_000), "margin from is not so: the place"},
		"the margin by a longer way":         {m2, ofDay(put("detour_permille", 9_000)), never},
		"the margin within limits of nobody": {m2, ofDay(limits), announced},
		"the margin at other prices":         {m2, ofDay(func(in map[string]any) { in["costs"].(map[string]any)["max_route_m"] = 1 }), never},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, asksElse(c.with, c.change))
			r.keepPower()
			if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: streets.Hash(), Kind: "draft", Data: streets.Encode(), Added: start}); err != nil {
				t.Fatal(err)
			}
			r.publishPower()
			if c.with == m2 {
				r.pass(time.Hour)
				r.measure(r.peaks("M-1", 390))
				r.publishPower()
			}
			ref := r.toConditions(holder, plot, 50)
			r.rules(ref, "no-capacity")
			r.finds(c.finds)
		})
	}
}

// TestTheAuditOfAnEmptiedList: nobody may say that a load is known that is not.
func TestTheAuditOfAnEmptiedList(t *testing.T) {
	r := newRig(t, nobodyKnows, asksElse(grid.PublishedMargin4, func(in map[string]any) { in["unknown"] = []any{} }))
	r.keepPower()
	r.publishPower()
	ref := r.toConditions(holder, plot, 900)
	for range 2 {
		if err := r.refuse(ref); err != nil {
			t.Fatal(err)
		}
		r.pass(4 * 24 * time.Hour)
	}
	if v := r.view(ref); v.Outcome != aiqyn.Refused {
		t.Fatal(v.Outcome)
	}
	r.finds("knows the load of other transformers")
}

// TestTheAuditOfTheNetworkOfARuling: it is the one in force, not one that was.
func TestTheAuditOfTheNetworkOfARuling(t *testing.T) {
	first := testNetwork(400).Hash()
	r := newRig(t, asksElse(grid.ConnectionPoints3, func(in map[string]any) { in["network"] = first }))
	r.keepPower()
	r.publishPower()
	r.pass(time.Hour)
	r.measure(r.peaks("M-1", 390))
	r.publishPower()
	ref := r.toConditions(holder, plot, 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	r.finds("its network was not in force")
}

// TestTheAuditOfWhatIsHeld: who leaves out what others hold grants twice.
func TestTheAuditOfWhatIsHeld(t *testing.T) {
	lies := false
	r := newRig(t, asksElse(grid.ConnectionPoints3, func(in map[string]any) {
		if lies {
			in["reserved"] = []any{}
		}
	}))
	r.keepPower()
	r.publishPower()
	first, second := r.toConditions(holder, plot, 380), r.toConditions(holder, "99-999-002-001", 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(first), Ref: first, Step: "conditions", Grant: true})
	r.wantClean()
	lies = true
	r.must(Decide{ID: r.id(), Actor: r.officer(second), Ref: second, Step: "conditions", Grant: true})
	r.finds("leaves out what is reserved")
}

// TestTheAuditOfWhatARulingComputes: another computation than the service's, or none.
func TestTheAuditOfWhatARulingComputes(t *testing.T) {
	r := onRow(t, true)
	r.publishPower()
	ref := r.secondCategory()
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	for what, c := range map[string]struct {
		change func(d *ruled)
		want   string
	}{
		"by version 1 of the margin": {func(d *ruled) {
			x := &d.Computed[2]
			var is grid.PublishedMargin4Input
			if err := json.Unmarshal(x.In, &is); err != nil {
				t.Error(err)
			}
			x.With = grid.PublishedMargin1
			x.In, _ = canonical.Encode(&grid.PublishedMargin1Input{Costs: testCosts, Detour: 1300, Limits: grid.LimitsPPM(grid.DefaultLimits()), LoadW: is.LoadW, Networks: []grid.MarginNetwork{}, Now: is.Now, Reserved: []grid.Extra{}, Since: is.Since, Unknown: []int{}, Upgrades: grid.Upgrades{}.Listed(), XMM: is.XMM, YMM: is.YMM})
			x.Out, _ = r.Computations[x.With].Run(x.In, r.snapshots)
		}, "its service with " + grid.PublishedMargin4},
		"not at all": {func(d *ruled) { d.Computed = d.Computed[:4] }, "leaves out sources"},
		"once more":  {func(d *ruled) { d.Computed = append(d.Computed, d.Computed[1]) }, "computes points, which its service does not"},
		"by version 1 of the sources": {func(d *ruled) {
			x := &d.Computed[4]
			x.With, x.In = grid.IndependentSources1, json.RawMessage(`{"points":{"feasible":[],"network":""}}`)
			x.Out, _ = r.Computations[x.With].Run(x.In, r.snapshots)
		}, "its service with " + grid.IndependentSources4},
	} {
		problems := r.replayed(1, each(c.change))
		if !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.What, c.want) }) {
			t.Errorf("%s: found %v, not %q", what, problems, c.want)
		}
	}
	r.wantClean()
}

// publishesElse publishes free power otherwise than it is.
type publishesElse struct {
	publishCapacity
	change func(p *publishCapacity)
}

func (p *publishesElse) prepare(ctx context.Context, e *Engine) error {
	err := p.publishCapacity.prepare(ctx, e)
	if err == nil {
		p.change(&p.publishCapacity)
		p.data, err = json.Marshal(p.said)
	}
	if err != nil {
		return err
	}
	p.hash = hexSum(p.data)
	return p.compare(ctx, e)
}

// TestTheAuditOfEarlierNetworks: a network that does not follow from the measurements is
// found after an honest one, too.
func TestTheAuditOfEarlierNetworks(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	r.pass(time.Hour)
	r.wantClean()
	p := &publishesElse{publishCapacity{apart: apart{cid: r.id(), actor: aiqyn.System}, said: publication{Day: r.today().String()}}, func(p *publishCapacity) {
		n := testNetwork(400)
		n.Loads = append(n.Loads, grid.Load{Bus: 2, PKW: 395})
		m, err := grid.Compile(n)
		if err != nil {
			t.Fatal(err)
		}
		p.network, p.encoded, p.said.Network = &inForce{m, n.Hash(), r.Capacity.tables()}, n.Encode(), n.Hash()
		p.said.Trafos[0].FreeW = 0
	}}
	if _, err := r.carryOut(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	const want = "does not follow from the measurements"
	r.finds(want)
	for _, meter := range []string{"M-1", "M-2"} {
		r.pass(time.Hour)
		r.measure(r.peaks(meter, 10))
		r.publishPower()
		r.finds(want)
	}
}

// TestTheAuditOfMeasurementsLeftOut: readings that show room count, also where a network
// without them follows from those before.
func TestTheAuditOfMeasurementsLeftOut(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	r.measure(r.peaks("M-1", 10))
	r.publishPower()
	r.wantClean()
	r.pass(time.Hour)
	r.measure(r.peaks("M-2", 390))
	p := &publishesElse{publishCapacity{apart: apart{cid: r.id(), actor: aiqyn.System}, said: publication{Day: r.today().String()}}, func(p *publishCapacity) {
		p.said.Measured = p.was.Measured
		p.said.Peaks, p.said.Network, p.said.Trafos = p.was.Peaks, p.was.Network, p.was.Trafos
		p.network, p.encoded = r.Capacity.network(), nil
	}}
	if _, err := r.carryOut(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	r.finds("leaves out the measurements of entry")
}

// TestDaysWithoutAPublicationAreRemarked: what people read then was old.
func TestDaysWithoutAPublicationAreRemarked(t *testing.T) {
	r := newRig(t)
	r.adopts()
	remarks := func(want ...string) {
		t.Helper()
		var is []string
		for _, x := range r.audit().Remarks {
			is = append(is, x.What)
		}
		if !slices.Equal(is, want) {
			t.Errorf("%q, want %q", is, want)
		}
		r.wantClean()
	}
	remarks()
	for range 3 {
		r.publishPower()
		r.pass(24 * time.Hour)
	}
	remarks()
	r.skip(3 * 24 * time.Hour)
	r.publishPower()
	const silence = "no free power was published from 2026-06-04 to 2026-06-06"
	remarks(silence)
	r.pass(2 * 24 * time.Hour)
	r.file(holder, plot, 5)
	remarks(silence, "no free power was published from 2026-06-08 to 2026-06-08")
}

// TestAnotherSurveyIsRemarked: that another network has come into force is told, for no
// entry tells by whom.
func TestAnotherSurveyIsRemarked(t *testing.T) {
	kw := 400.0
	r := newRig(t, func(c *Config) { c.Capacity = testCapacity(t, kw) })
	r.keepNetwork()
	r.publishPower()
	r.pass(24 * time.Hour)
	if remarks := r.audit().Remarks; len(remarks) != 0 {
		t.Errorf("%+v", remarks)
	}
	kw = 410
	n := testNetwork(kw)
	if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: n.Hash(), Kind: "network", Data: n.Encode(), Added: start}); err != nil {
		t.Fatal(err)
	}
	r.reopen()
	r.publishPower()
	remarks := r.audit().Remarks
	if len(remarks) != 1 || !strings.Contains(remarks[0].What, n.Hash()+" has taken the place of "+testNetwork(400).Hash()) {
		t.Errorf("%+v", remarks)
	}
	r.wantClean()
}
