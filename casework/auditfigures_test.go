package casework

import (
	"testing"
	"time"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/store"
)

// publishesFalsely publishes free power otherwise than it is.
func (r *rig) publishesFalsely(change func(p *publishCapacity)) {
	r.t.Helper()
	p := &publishesElse{publishCapacity{apart: apart{cid: r.id(), actor: aiqyn.System}, said: publication{Day: r.today().String()}}, change}
	if _, err := r.carryOut(r.t.Context(), p); err != nil {
		r.t.Fatal(err)
	}
}

// keepPlaces publishes what is known of the transformers, as a server does.
func (r *rig) keepPlaces() {
	r.t.Helper()
	data, err := canonical.Encode(map[string]any{"trafos": r.Capacity.Places})
	if err == nil {
		err = r.db.PutSnapshot(r.t.Context(), store.Snapshot{Hash: hexSum(data), Kind: "places", Data: data, Added: start})
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// TestTheAuditOfFigures: each figure of a publication follows from its network, what was
// held and the limits, also on an earlier day.
func TestTheAuditOfFigures(t *testing.T) {
	const figure, known = "of transformer 1 it has", "how the loads are known"
	for name, c := range map[string]struct {
		change func(p *publishCapacity)
		finds  string
	}{
		"nothing free":           {func(p *publishCapacity) { p.said.Trafos[0].FreeW = 0 }, figure},
		"more free":              {func(p *publishCapacity) { p.said.Trafos[0].FreeW += 100 }, figure},
		"nothing would lapse":    {func(p *publishCapacity) { p.said.Trafos[0].LapseW = p.said.Trafos[0].FreeW }, figure},
		"another peak":           {func(p *publishCapacity) { p.said.Trafos[0].PeakW++ }, figure},
		"a larger transformer":   {func(p *publishCapacity) { p.said.Trafos[0].SnKVA++ }, figure},
		"another binding limit":  {func(p *publishCapacity) { p.said.Trafos[0].Binding = "voltage" }, figure},
		"nothing reserved":       {func(p *publishCapacity) { p.said.Trafos[0].ReservedW = 0 }, figure},
		"less below":             {func(p *publishCapacity) { p.said.Reserved = []reservedBelow{} }, "reserved below transformer 1 is not what the cases hold"},
		"no transformers":        {func(p *publishCapacity) { p.said.Trafos = nil }, "it has 0 transformers, its network 1"},
		"twice":                  {func(p *publishCapacity) { p.said.Trafos = append(p.said.Trafos, TrafoLine{ID: 2}) }, "it has 2 transformers"},
		"a feeder":               {func(p *publishCapacity) { p.said.Feeders = []FeederLine{{ID: 1}} }, "it has 1 feeders, its network 0"},
		"measured by nobody":     {func(p *publishCapacity) { p.said.Trafos[0].Basis = basisMeasured }, known},
		"known since":            {func(p *publishCapacity) { p.said.Trafos[0].Measured = "2026-05-31" }, known},
		"by another name":        {func(p *publishCapacity) { p.said.Trafos[0].Name = "ТП-9" }, known},
		"elsewhere":              {func(p *publishCapacity) { p.said.Trafos[0].Lat++ }, known},
		"somebody's":             {func(p *publishCapacity) { p.said.Trafos[0].Owned = true }, known},
		"books that are to come": {func(p *publishCapacity) { p.said.Position += 100 }, "rests on the books at entry"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.keepPower()
			r.keepPlaces()
			ref := r.toConditions(holder, plot, 50)
			r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
			r.publishPower()
			r.pass(24 * time.Hour)
			r.wantClean()
			r.publishesFalsely(c.change)
			r.finds(c.finds)
			r.pass(24 * time.Hour)
			r.publishPower()
			r.finds(c.finds)
		})
	}
}

// TestTheAuditOfOldBooks: a publication does not rest on what was held long before it.
func TestTheAuditOfOldBooks(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	ref := r.toConditions(holder, plot, 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	r.publishPower()
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref})
	r.pass(24 * time.Hour)
	r.publishesFalsely(func(p *publishCapacity) {
		p.said.Position, p.said.Trafos, p.said.Reserved = p.was.Position, p.was.Trafos, p.was.Reserved
	})
	r.finds("much has moved since")
}

// TestTheAuditTellsWhichFiguresItMade: whoever has it make fewer reads so.
func TestTheAuditTellsWhichFiguresItMade(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	for range 3 {
		r.publishPower()
		r.pass(24 * time.Hour)
	}
	for _, c := range []struct {
		figures Figures
		want    FiguresAgain
	}{
		{FiguresAll, FiguresAgain{Publications: 3, Again: 3, Trees: 1}}, {FiguresLast, FiguresAgain{Publications: 3, Again: 1, Trees: 1}}, {FiguresNone, FiguresAgain{Publications: 3}},
	} {
		cfg := r.auditConfig()
		cfg.Figures = c.figures
		rep, err := Audit(t.Context(), cfg)
		if err != nil || !rep.OK || rep.Figures != c.want {
			t.Errorf("%q: %+v, %v, %v", c.figures, rep.Figures, rep.Problems, err)
		}
	}
}

// TestTheAuditOfFiguresWhereACaseIsGone: what an erased case held at the end is known,
// and figures of trees on which it may have held something while it ran are left out.
func TestTheAuditOfFiguresWhereACaseIsGone(t *testing.T) {
	r := newRig(t)
	r.shut()
	r.files = r.edited("energy.connection/service.yaml", "retention: 3650", "retention: 30")
	r.open()
	r.keepPower()
	ref := r.toConditions(holder, plot, 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	r.publishPower()
	r.pass(24 * time.Hour)
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref})
	r.pass(time.Hour)
	r.publishPower()
	r.pass(40 * 24 * time.Hour)
	for _, a := range []aiqyn.Actor{head, {Role: aiqyn.RoleCustodian, Officer: "custodian-01"}} {
		r.must(Erase{ID: r.id(), Actor: a, Ref: ref, Ground: "retention over"})
	}
	r.publishPower()
	rep := r.audit()
	if want := (FiguresAgain{Publications: 3, Again: 3, Trees: 1, Erased: 1}); !rep.OK || rep.Figures != want {
		t.Errorf("%+v, %v", rep.Figures, rep.Problems)
	}
	r.pass(24 * time.Hour)
	r.publishesFalsely(func(p *publishCapacity) { p.said.Trafos[0].FreeW = 0 })
	r.finds("of transformer 1 it has 0 W free")
}

// TestASurveyTakesTheTreesThatHaveNotChanged, and no other.
func TestASurveyTakesTheTreesThatHaveNotChanged(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	solved := func() int { return r.Capacity.surveyed.Load().solved }
	r.publishPower()
	if n := solved(); n != 1 {
		t.Errorf("first: %d trees", n)
	}
	r.pass(24 * time.Hour)
	r.publishPower()
	if n := solved(); n != 0 {
		t.Errorf("nothing has changed: %d trees", n)
	}
	r.measure(r.peaks("M-1", 100))
	r.pass(24 * time.Hour)
	r.publishPower()
	if n := solved(); n != 1 || r.shown().Basis != basisMeasured {
		t.Errorf("a meter was read: %d trees, %+v", n, r.shown())
	}
}

// TestTheAuditOfLimitsThatAreNoMore: neither a publication nor a ruling is within the limits
// of a pack that another has followed.
func TestTheAuditOfLimitsThatAreNoMore(t *testing.T) {
	var limits any
	r := newRig(t, asksElse(grid.ConnectionPoints3, func(in map[string]any) {
		if limits != nil {
			in["limits"] = limits
		}
	}))
	r.keepPower()
	r.publishPower()
	files := r.edited("pack.yaml", "transformer: 100, power-factor", "transformer: 90, power-factor")
	for _, n := range []int{1, 2} {
		r.must(Publish{ID: r.id(), Actor: publisher(n), Files: files, From: r.today().AddDays(5), Signature: officerName(publisher(n).Officer)})
	}
	was := grid.LimitsPPM(r.Capacity.limits())
	r.pass(20 * 24 * time.Hour)
	if is := grid.LimitsPPM(r.Capacity.limits()); is == was {
		t.Fatal("the pack is not in force")
	}
	r.publishPower()
	r.wantClean()
	r.pass(24 * time.Hour)
	r.publishesFalsely(func(p *publishCapacity) { p.said.Limits, p.said.Trafos[0].FreeW = was, 500_000 })
	const of = "are those of no pack that was in force"
	r.finds(of)
	r = newRig(t, asksElse(grid.ConnectionPoints3, func(in map[string]any) {
		if limits != nil {
			in["limits"] = limits
		}
	}))
	r.keepPower()
	for _, n := range []int{1, 2} {
		r.must(Publish{ID: r.id(), Actor: publisher(n), Files: files, From: r.today().AddDays(5), Signature: officerName(publisher(n).Officer)})
	}
	r.pass(20 * 24 * time.Hour)
	limits = was
	ref := r.toConditions(holder, plot, 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	r.finds("points from is not so: its limits are those of no pack that was in force")
}

// TestTheAuditOfWhatAMarginLeavesOut: who leaves out what others hold where a published
// margin binds grants twice.
func TestTheAuditOfWhatAMarginLeavesOut(t *testing.T) {
	lies := false
	r := filled(t, asksElse(grid.PublishedMargin4, func(in map[string]any) {
		if lies {
			in["reserved"] = []any{}
		}
	}))
	first, second := r.toConditions(holder, plot, 300), r.toConditions(holder, "99-999-002-001", 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(first), Ref: first, Step: "conditions", Grant: true})
	r.wantClean()
	lies = true
	r.must(Decide{ID: r.id(), Actor: r.officer(second), Ref: second, Step: "conditions", Grant: true})
	r.finds("leaves out what is reserved where it has found room by what was published")
}
