package casework

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// withMeters is filled, with its meters registered before they were read.
func withMeters(t *testing.T) *rig {
	t.Helper()
	return filledAfter(t, func(r *rig) { r.registers("M-1", "M-2", "M-3", "M-4") })
}

// filled is a rig whose one transformer was published with about 400 kW free, and
// then by one meter with about ten.
func filled(t *testing.T, opts ...rigOption) *rig {
	t.Helper()
	return filledAfter(t, func(*rig) {}, opts...)
}

func filledAfter(t *testing.T, first func(*rig), opts ...rigOption) *rig {
	t.Helper()
	r := newRig(t, opts...)
	r.keepNetwork()
	first(r)
	r.publishPower()
	r.pass(time.Hour)
	r.measure(r.peaks("M-1", 390))
	r.publishPower()
	if free := r.freeNow(); free > 20_000 {
		t.Fatalf("%d W are free", free)
	}
	return r
}

// refuse tries to refuse for want of power.
func (r *rig) refuse(ref aiqyn.Reference) error {
	r.t.Helper()
	_, err := r.Do(r.t.Context(), Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-capacity"})
	return err
}

func answersKey(t *testing.T, err error, key string) {
	t.Helper()
	if e, ok := asError(err); !ok || e.Key != key {
		t.Errorf("answered %v, want %s", err, key)
	}
}

// TestNobodyMayRefuseWhatWasPublished: a figure that went down after it was
// published refuses nobody. The attempt is in the log, and the case is granted at
// the point as it was published.
func TestNobodyMayRefuseWhatWasPublished(t *testing.T) {
	r := filled(t)
	ref := r.toConditions(holder, plot, 50)
	answersKey(t, r.refuse(ref), "error.reason-not-true")
	if got := kinds(r.view(ref)); !slices.Contains(got, EventRefusalRejected) {
		t.Errorf("the attempt is not recorded: %v", got)
	}
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	v := r.view(ref)
	if v.Outcome != aiqyn.Granted {
		t.Fatalf("%s", v.Outcome)
	}
	r.wantClean()
	r.whole()
	r.pass(time.Hour)
	r.publishPower()
	if is := r.shown(); is.FreeW != 0 || is.ReservedW != 50_000 {
		t.Errorf("what was promised is not on the books: %+v", is)
	}
}

// TestSilenceGrantsWhatWasPublished just the same.
func TestSilenceGrantsWhatWasPublished(t *testing.T) {
	r := filled(t)
	ref := r.toConditions(holder, plot, 50)
	r.pass(9 * 24 * time.Hour)
	if v := r.view(ref); v.Outcome != aiqyn.Granted {
		t.Errorf("%s", v.Outcome)
	}
	r.wantClean()
}

// TestWhatWasGrantedSinceCounts against the margin: the last kilowatts are given
// once, and the second refusal is true.
func TestWhatWasGrantedSinceCounts(t *testing.T) {
	r := filled(t)
	first, second := r.toConditions(holder, plot, 380), r.toConditions(holder, "99-999-002-001", 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(first), Ref: first, Step: "conditions", Grant: true})
	if err := r.refuse(second); err != nil {
		t.Errorf("a true refusal: %v", err)
	}
	r.wantClean()
}

// TestWhatWasPublishedLongAgo binds nobody any more.
func TestWhatWasPublishedLongAgo(t *testing.T) {
	r := filled(t)
	r.skip(31 * 24 * time.Hour)
	r.publishPower()
	ref := r.toConditions(holder, plot, 50)
	if err := r.refuse(ref); err != nil {
		t.Errorf("a true refusal: %v", err)
	}
	r.wantClean()
}

// TestSilenceDoesNotEndWhatWasPublished: what was in force when the window began binds
// until something else is published, however long that takes. Rulings by version 2, which
// asked only what was published in the window, stand as they were made.
func TestSilenceDoesNotEndWhatWasPublished(t *testing.T) {
	for _, version := range []string{grid.PublishedMargin2, grid.PublishedMargin3, grid.PublishedMargin4} {
		r := newRig(t)
		r.shut()
		r.files = r.edited("energy.connection/service.yaml", grid.PublishedMargin4, version)
		r.open()
		r.keepNetwork()
		r.publishPower()
		r.skip(32 * 24 * time.Hour)
		r.measure(r.peaks("M-1", 390))
		r.publishPower()
		ref := r.toConditions(holder, plot, 50)
		if version != grid.PublishedMargin2 {
			answersKey(t, r.refuse(ref), "error.reason-not-true")
			r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
		} else if err := r.refuse(ref); err != nil {
			t.Errorf("by version 2: %v", err)
		}
		r.wantClean()
		r.skip(31 * 24 * time.Hour) // now the other is in force throughout
		r.publishPower()
		if err := r.refuse(r.toConditions(holder, "99-999-002-002", 60)); err != nil {
			t.Errorf("%s, a window later: %v", version, err)
		}
		r.wantClean()
	}
}

// TestAReductionTakesTwoMetersAndTwoPeople: then it is in the log, and the margin
// that was published before it binds nobody.
func TestAReductionTakesTwoMetersAndTwoPeople(t *testing.T) {
	r := withMeters(t)
	head, overseer := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}
	ask := func(actor aiqyn.Actor) error {
		_, err := r.Do(t.Context(), ReduceMargin{ID: r.id(), Actor: actor, Trafo: 1, Ground: "Желіге жаңа тұтынушы қосылды."})
		return err
	}
	ref := r.toConditions(holder, plot, 50)
	answersKey(t, ask(head), "error.reduction-evidence")
	r.measure(r.peaks("M-2", 300))
	answersKey(t, ask(head), "error.reduction-evidence") // they do not agree
	r.measure(r.peaks("M-3", 380))
	answersKey(t, ask(head), "error.reduction-evidence") // both by one hand
	r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-4", 375))})
	answersKey(t, ask(aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}), "error.forbidden")
	answersKey(t, ask(overseer), "error.not-found")
	if err := ask(head); err != nil {
		t.Fatal(err)
	}
	answersKey(t, ask(head), "error.reduction-asked")
	answersKey(t, r.refuse(ref), "error.reason-not-true") // one signature withdraws nothing
	waits, err := r.ReductionsAsked(t.Context(), overseer)
	if err != nil || len(waits) != 1 || waits[0].Trafo != 1 || !slices.Equal(waits[0].Meters, []string{"M-1", "M-4"}) {
		t.Errorf("%+v %v", waits, err)
	}
	r.reopen()
	answersKey(t, ask(aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "head-01"}), "error.two-signatures")
	if err := ask(overseer); err != nil {
		t.Fatal(err)
	}
	if err := r.refuse(ref); err != nil {
		t.Errorf("a true refusal: %v", err)
	}
	list, err := r.Withdrawals(t.Context(), aiqyn.Actor{}, 0, Page{})
	if err != nil || len(list.Items) != 1 || !list.Items[0].Signed || list.Items[0].Watt != 375_000 {
		t.Errorf("%+v %v", list, err)
	}
	if waits, err := r.ReductionsAsked(t.Context(), overseer); err != nil || len(waits) != 0 {
		t.Errorf("%+v %v", waits, err)
	}
	r.wantClean()
	r.reopen()
	if err := r.refuse(r.toConditions(holder, "99-999-002-002", 60)); err != nil {
		t.Errorf("after a restart: %v", err)
	}
	r.publishPower()
	r.bindsByDay(head, overseer)
	r.wantClean()
}

// bindsByDay holds the days of transformer 1 to a withdrawal before the newest of them.
func (r *rig) bindsByDay(head, overseer aiqyn.Actor) {
	r.t.Helper()
	binding, err := r.BindingDays(r.t.Context(), aiqyn.Actor{}, 1)
	if err != nil || len(binding.Days) < 2 || binding.Since == "" {
		r.t.Fatalf("%+v, %v", binding, err)
	}
	for i, d := range binding.Days {
		if d.Source != (FeedView{Known: true, Bus: 1}) || d.Line.ID != 1 {
			r.t.Errorf("%s: of %+v", d.Day, d.Source)
		}
		if w := d.Withdrawn; (w == nil) != (i == 0) || w != nil && (w.AskedBy != head.Role || w.SignedBy != overseer.Role || w.Asked >= w.Entry || w.Entry < d.Entry) {
			r.t.Errorf("%s, the %d. back: withdrawn by %+v", d.Day, i, w)
		}
	}
	if none, err := r.BindingDays(r.t.Context(), aiqyn.Actor{}, 99); err != nil || len(none.Days) != 0 {
		r.t.Errorf("of a transformer that there is not: %+v, %v", none, err)
	}
	in := []computed{{With: grid.IndependentSources3, Out: []byte(`{"days":[{"day":"x"}]}`)}, {With: grid.IndependentSources4, Out: []byte(`{"days":[{"day":"2026-11-01","entry":7,"network":"n","sources":1}],"since":"2026-10-01","sources":1}`)}}
	if s := sourcesIn(in); s == nil || s.Sources != 1 || len(s.Days) != 1 || s.Days[0] != (SourcesDay{"2026-11-01", 7, 1}) || sourcesIn(in[:1]) != nil {
		r.t.Errorf("of a ruling: %+v", s)
	}
}

// TestWhatNobodyKnowsRefusesNobody: as long as the load of a transformer is
// unknown, the utility must measure it; then the refusal is true or it is not.
func TestWhatNobodyKnowsRefusesNobody(t *testing.T) {
	r := newRig(t, nobodyKnows)
	r.keepNetwork()
	r.publishPower()
	ref := r.toConditions(holder, plot, 900)
	answersKey(t, r.refuse(ref), "error.reason-not-true")
	_, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	answersKey(t, err, "error.no-capacity-left")
	r.measure(r.peaks("M-1", 10))
	r.pass(time.Hour)
	r.publishPower()
	if err := r.refuse(ref); err != nil {
		t.Errorf("measured, and too small: %v", err)
	}
	r.wantClean()
}

// forgets makes rulings that leave out what was published.
func forgets(c *Config) {
	all := Computations{}
	for name, comp := range c.Computations {
		all[name] = comp
	}
	margin := all[grid.PublishedMargin4]
	all[grid.PublishedMargin4] = Computation{Run: margin.Run, Bind: func(b *Binding) error {
		was := b.Filed
		b.Filed = was.AddDate(1, 0, 0)
		err := BindPublishedMargin4(b)
		first, days := windowOfDay(b.Filed, b.Window), windowOfDay(was, b.Window)
		b.Input = bytes.Replace(b.Input, []byte(`"since":"`+first), []byte(`"since":"`+days), 1)
		b.Output = bytes.Replace(b.Output, []byte(`"since":"`+first), []byte(`"since":"`+days), 1)
		return err
	}}
	c.Computations = all
}

func windowOfDay(filed time.Time, days int) string {
	_, since := windowOf(filed, days, start.Location())
	return since
}

// TestARulingThatForgetsIsFound by the audit: the log knows what was published.
func TestARulingThatForgetsIsFound(t *testing.T) {
	r := filled(t, forgets)
	ref := r.toConditions(holder, plot, 50)
	if err := r.refuse(ref); err != nil {
		t.Fatal(err)
	}
	r.pass(5 * 24 * time.Hour)
	if err := r.refuse(ref); err != nil {
		t.Fatal(err)
	}
	r.finds("networks that it says were published")
}

// TestASafetyStopNeedsASecondEngineer who is drawn blind: the reason is true only
// if they find the same, and falls if they do not.
func TestASafetyStopNeedsASecondEngineer(t *testing.T) {
	for _, confirmed := range []string{"yes", "no"} {
		r := newRig(t)
		r.keepNetwork()
		ref := r.file(holder, plot, 50)
		r.pass(10 * time.Second)
		found := r.surveyOf(ref)
		found.Records["safety-stop"], found.Records["safety-found"] = "short-circuit", "Қысқа тұйықталу тогы 18 кА, рұқсат етілгені 16 кА."
		r.must(found)
		r.pass(10 * time.Second)
		second := r.officer(ref)
		r.must(Perform{ID: r.id(), Actor: second, Ref: ref, Step: "second-engineer",
			Records: map[string]string{"safety-confirmed": confirmed, "safety-check": "Есепті қайта жүргіздім."}, Evidence: []EvidenceItem{{Kind: "signature", Text: officerName(second.Officer)}}})
		r.pass(10 * time.Second)
		if third := r.officer(ref); third.Officer == second.Officer {
			t.Error("who has checked decides as well")
		}
		_, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "safety-stop"})
		if confirmed == "yes" && err != nil {
			t.Errorf("two have found so: %v", err)
		}
		if confirmed == "no" {
			answersKey(t, err, "error.reason-not-true")
		}
		r.wantClean()
	}
}

// TestTheSixthThatNobodyKnows: the search names five points without room, and those of
// them that nobody knows are not all that there may be.
func TestTheSixthThatNobodyKnows(t *testing.T) {
	for known := 4; known <= 7; known++ {
		net := testNetwork(400)
		f := func(v float64) *float64 { return &v }
		one := net.Trafos[0]
		net.Trafos, net.Buses = nil, net.Buses[:1]
		var places []TrafoPlace
		for i := 1; i <= 7; i++ {
			one.ID, one.LV = i, 200+i
			net.Buses = append(net.Buses, grid.Bus{ID: one.LV, VnKV: 0.4, X: f(500050 + 20*float64(i)), Y: f(5660000)})
			net.Trafos, net.Loads = append(net.Trafos, one), append(net.Loads, grid.Load{Bus: one.LV, PKW: 395})
			if i <= known {
				places = append(places, TrafoPlace{Trafo: i, Basis: basisEstimated})
			}
		}
		m, err := grid.Compile(net)
		if err != nil {
			t.Fatal(err)
		}
		r := newRig(t, func(c *Config) {
			c.Capacity = &Capacity{Tables: Tables{Model: m, Hash: net.Hash(), Limits: grid.DefaultLimits(), Costs: testCosts, Detour: 1300, Places: places}}
		})
		if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: net.Hash(), Kind: "network", Data: net.Encode(), Added: start}); err != nil {
			t.Fatal(err)
		}
		r.publishPower()
		if err := r.refuse(r.toConditions(holder, plot, 50)); known < 7 {
			answersKey(t, err, "error.reason-not-true")
		} else if err != nil {
			t.Errorf("all are known: %v", err)
		}
		r.wantClean()
	}
}
