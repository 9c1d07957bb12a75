package casework

import (
	"fmt"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// rowOfSeven is seven roomy transformers in a row beside the plot: the five that are
// nearest hang on one source, the last two on another if there is one.
func rowOfSeven(second bool) *grid.Network {
	n := testNetwork(400)
	y := 5_660_000.0
	for i := 1; i < 7; i++ {
		x, t := 500_010+float64(i)*40, n.Trafos[0]
		if i == 1 {
			x = 500_060
		}
		n.Buses = append(n.Buses, grid.Bus{ID: 10 + i, VnKV: 0.4, X: &x, Y: &y})
		t.ID, t.Name, t.LV = 1+i, fmt.Sprint("ТП-", 1+i), 10+i
		if i >= 5 && second {
			t.HV = 20
		}
		n.Trafos = append(n.Trafos, t)
	}
	if second {
		x := 500_600.0
		n.Buses = append(n.Buses, grid.Bus{ID: 20, VnKV: 10, X: &x, Y: &y})
		n.Sources = append(n.Sources, grid.Source{Bus: 20, VPU: 1})
	}
	return n
}

func onRow(t testing.TB, second bool, opts ...rigOption) *rig {
	t.Helper()
	n := rowOfSeven(second)
	m, err := grid.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	opts = append([]rigOption{func(c *Config) {
		c.Capacity.Model, c.Capacity.Hash = m, n.Hash()
		for i := 2; i <= 7; i++ {
			c.Capacity.Places = append(c.Capacity.Places, TrafoPlace{Trafo: i, Name: fmt.Sprint("ТП-", i), Basis: basisEstimated})
		}
	}}, opts...)
	r := newRig(t, opts...)
	r.keepPower()
	if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: n.Hash(), Kind: networkKind, Data: n.Encode(), Added: start}); err != nil {
		t.Fatal(err)
	}
	return r
}

// secondCategory is an application of the second category that is ready to be decided.
func (r *rig) secondCategory() aiqyn.Reference {
	r.t.Helper()
	cmd := r.filing(holder, plot, 50)
	cmd.Answers["category"] = "II"
	ref := r.must(cmd).Ref
	r.pass(10 * time.Second)
	r.survey(ref)
	r.pass(10 * time.Second)
	return ref
}

// TestASecondSourceBeyondTheFive: a hospital asks for two sources. The five cheapest
// points hang on one; the sixth hangs on another, and that is enough. Where there is
// none, the refusal is true.
func TestASecondSourceBeyondTheFive(t *testing.T) {
	for _, second := range []bool{true, false} {
		r := onRow(t, second)
		r.publishPower()
		ref := r.secondCategory()
		_, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "one-source"})
		if refused := err == nil; refused == second {
			t.Errorf("with a second source %v: refused %v: %v", second, refused, err)
		}
		if second {
			r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
		}
		r.wantClean()
	}
}

// TestOneSourceIsNotCounted: a house asks for one source, so nobody counts more, and a
// ruling that rests on such a count is found.
func TestOneSourceIsNotCounted(t *testing.T) {
	r := onRow(t, true)
	r.publishPower()
	ref := r.toConditions(holder, plot, 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	row, _, err := r.db.CaseByRef(t.Context(), string(ref))
	if err != nil {
		t.Fatal(err)
	}
	r.forgedAs("counted all the same", row.No, func(list []*event) []*event {
		for _, ev := range list {
			d, ok := ev.data.(*ruled)
			if !ok {
				continue
			}
			for _, c := range d.Computed {
				if c.Name == "sources" {
					t.Error("sources were counted for category III")
				}
			}
			in := append([]byte(`{"unknown":[],`), searchIn(d.Computed).In[1:]...)
			out, err := r.Computations[grid.IndependentSources3].Run(in, r.snapshots)
			if err != nil {
				t.Error(err)
			}
			d.Computed = append(d.Computed, computed{Name: "sources", With: grid.IndependentSources3, In: in, Out: out})
		}
		return list
	}, "the ruling computes sources, which its service does not")
}

// TestTheAuditOfSources: a count that was asked otherwise than for this place, this load
// and all that is within reach is found.
func TestTheAuditOfSources(t *testing.T) {
	put := func(field string, v any) func(map[string]any) { return func(in map[string]any) { in[field] = v } }
	full := []any{map[string]any{"bus": 15, "w": 350_000}, map[string]any{"bus": 16, "w": 350_000}}
	for name, c := range map[string]struct {
		change func(in map[string]any)
		finds  string
	}{
		"reservations that nobody holds": {put("reserved", full), "350000 W reserved at bus 15, the log 0 W"},
		"another load":                   {put("load_w", 390_000), "sources from is not so: the load"},
		"another place":                  {put("x", 499_000_000), "sources from is not so: the place"},
		"a shorter reach":                {func(in map[string]any) { in["costs"].(map[string]any)["max_route_m"] = 100 }, "sources from is not so: its prices"},
		"an owner who has agreed":        {put("agreed", ownedParcel), "another owner has agreed"},
	} {
		t.Run(name, func(t *testing.T) {
			r := onRow(t, true, asksElse(grid.IndependentSources4, c.change))
			r.publishPower()
			ref := r.secondCategory()
			r.rules(ref, "one-source")
			r.finds(c.finds)
		})
	}
}

// unknownSecond is a row of seven whose second source has no room by the survey, and of
// which nobody knows more.
func unknownSecond(t *testing.T, opts ...rigOption) *rig {
	n := rowOfSeven(true)
	for _, bus := range []int{15, 16} {
		n.Loads = append(n.Loads, grid.Load{Bus: bus, PKW: 390, QKVAr: 60})
	}
	m, err := grid.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	r := onRow(t, true, append([]rigOption{func(c *Config) {
		c.Capacity.Model, c.Capacity.Hash = m, n.Hash()
		for i := range c.Capacity.Places {
			if p := &c.Capacity.Places[i]; p.Trafo >= 6 {
				p.Basis = basisUnknown
			}
		}
	}}, opts...)...)
	if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: n.Hash(), Kind: networkKind, Data: n.Encode(), Added: start}); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestASecondSourceThatNobodyKnows: the second source has no room by the survey, and
// nobody has measured it. Then it does not count against who applies: the utility owes the
// readings, silence grants nothing, and the refusal is true once it has measured.
func TestASecondSourceThatNobodyKnows(t *testing.T) {
	r := unknownSecond(t)
	r.publishPower()
	ref := r.secondCategory()
	refuse := func() error {
		_, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "one-source"})
		return err
	}
	answersKey(t, refuse(), "error.reason-not-true")
	owed, err := r.MeasurementsOwed(t.Context(), aiqyn.Actor{}, Page{})
	if err != nil || len(owed.Items) != 1 || len(owed.Items[0].Trafos) != 2 || owed.Items[0].Trafos[0].Trafo != 6 {
		t.Errorf("owed are %+v, %v", owed.Items, err)
	}
	r.wantClean()
	day := start.Format(time.DateOnly)
	r.measure("trafo,day,peak_kw,meter\n6," + day + ",390,M-6\n7," + day + ",390,M-7\n")
	r.pass(time.Hour)
	r.publishPower()
	if err := refuse(); err != nil {
		t.Errorf("measured, and full: %v", err)
	}
	r.wantClean()

	r = unknownSecond(t, asksElse(grid.IndependentSources4, func(in map[string]any) { in["unknown"] = []any{} }))
	r.publishPower()
	ref = r.secondCategory()
	for range 2 {
		if err := refuse(); err != nil {
			t.Fatal(err)
		}
		r.pass(4 * 24 * time.Hour)
	}
	r.finds("the ruling knows the load of other transformers than was published")
}
