package casework

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// withSubstation is the test network, and another transformer like its own, behind a
// substation of 560 kVA that has a number of its own: 7.
func withSubstation() *grid.Network {
	n := withFeeder()
	place := func(id int, kv, x float64) {
		y := 5_660_000.0
		n.Buses = append(n.Buses, grid.Bus{ID: id, VnKV: kv, X: &x, Y: &y})
	}
	place(4, 35, 498_990)
	place(5, 0.4, 500_300)
	n.Sources[0].Bus = 4
	second := n.Trafos[0]
	second.ID, second.Name, second.LV = 8, "ТП-8", 5
	n.Trafos = append(n.Trafos, second, grid.Trafo{ID: 7, Name: "ПС-7", HV: 4, LV: 3, SnKVA: 560, VnHVKV: 35, VnLVKV: 10, VkPct: 4.5, VkrPct: 1, PfeKW: 1, I0Pct: 0.5,
		TapSide: "hv", Model: grid.TrafoModel{RPU: 0.005, XPU: 0.02, Ratio: 1}})
	return n
}

// onSubstation opens a rig on that network.
func onSubstation(t testing.TB, opts ...rigOption) *rig {
	t.Helper()
	n := withSubstation()
	m, err := grid.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	opts = append([]rigOption{func(c *Config) {
		c.Capacity.Model, c.Capacity.Hash = m, n.Hash()
		for _, id := range []int{7, 8} {
			c.Capacity.Places = append(c.Capacity.Places, TrafoPlace{Trafo: id, Name: fmt.Sprint("ПС-", id)})
		}
	}}, opts...)
	r := newRig(t, opts...)
	if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: n.Hash(), Kind: networkKind, Data: n.Encode(), Added: start}); err != nil {
		t.Fatal(err)
	}
	return r
}

// tableOf is a table of peaks of today, a transformer each by a meter of its own.
func (r *rig) tableOf(kw map[int]float64) string {
	rows := []string{"trafo,day,peak_kw,meter"}
	for _, id := range []int{1, 7, 8} {
		if w, ok := kw[id]; ok {
			rows = append(rows, fmt.Sprintf("%d,%s,%g,M-%d", id, r.today(), w, id))
		}
	}
	return strings.Join(rows, "\n") + "\n"
}

// TestASubstationsOwnMeterCounts: it has read 400 kW of 560 kVA, two transformers below
// it 300 kW each on other days. Summed up all would be full and refuse; there is room,
// and it is granted.
func TestASubstationsOwnMeterCounts(t *testing.T) {
	r := onSubstation(t)
	r.measure(r.tableOf(map[int]float64{1: 300, 7: 400, 8: 300}))
	r.publishPower()
	for id, want := range map[int]TrafoLine{1: {}, 7: {ApartW: 200_000}, 8: {}} {
		l, _, err := r.Transformer(t.Context(), aiqyn.Actor{}, id)
		if err != nil || l.Basis != basisMeasured || l.FreeW < 50_000 || l.ApartW != want.ApartW {
			t.Errorf("transformer %d: %+v, %v", id, l, err)
		}
	}
	r.pass(time.Hour)
	r.publishPower() // of the same readings: the same network, and it is told again
	if l, _, err := r.Transformer(t.Context(), aiqyn.Actor{}, 7); err != nil || l.ApartW != 200_000 {
		t.Errorf("the second day: %+v, %v", l, err)
	}
	r.conditions(holder, plot, 50)
	r.wantClean()
	r.whole()
}

// TestTheAuditOfLoadsTogether: a publication of before is held by what it says of itself;
// one that says another version than it computed, or that leaves out what stands apart,
// is found.
func TestTheAuditOfLoadsTogether(t *testing.T) {
	older := func(r *rig, p *publishCapacity) {
		base, err := grid.Read(withSubstation().Encode())
		if err != nil {
			t.Fatal(err)
		}
		n, err := base.Measured(r.Capacity.Model, p.said.Peaks, p.said.Limits.Limits())
		if err != nil {
			t.Fatal(err)
		}
		m, err := grid.Compile(n)
		if err != nil {
			t.Fatal(err)
		}
		p.network, p.encoded = &inForce{m, n.Hash(), r.Capacity.tables()}, n.Encode()
		p.said.Network, p.said.Apart = n.Hash(), nil
		known := map[int]loadKnown{}
		for _, peak := range p.said.Peaks {
			known[peak.Trafo] = loadKnown{basis: basisMeasured, watt: peak.Watt, day: p.said.Day, missing: 34}
		}
		if p.said.Trafos, p.said.Feeders, err = r.Capacity.survey(p.network, known, p.reserved()); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		change func(r *rig, p *publishCapacity)
		finds  string
	}{
		"of before, and says so":        {func(r *rig, p *publishCapacity) { older(r, p); p.said.Loads = "" }, ""},
		"of before, and says otherwise": {older, "does not follow from the measurements"},
		"nothing stands apart":          {func(_ *rig, p *publishCapacity) { p.said.Apart = nil }, "does not follow from the measurements"},
		"more stands apart":             {func(_ *rig, p *publishCapacity) { p.said.Apart = []grid.Apart{{Trafo: 7, Watt: 1}} }, "does not follow from the measurements"},
		"by what nobody has":            {func(_ *rig, p *publishCapacity) { p.said.Loads = "grid.measured-loads@9" }, "which is not here"},
	} {
		t.Run(name, func(t *testing.T) {
			r := onSubstation(t)
			r.measure(r.tableOf(map[int]float64{1: 300, 7: 400, 8: 300}))
			p := &publishesElse{publishCapacity{apart: apart{cid: r.id(), actor: aiqyn.System}, said: publication{Day: r.today().String()}}, nil}
			p.change = func(said *publishCapacity) { c.change(r, said) }
			if _, err := r.carryOut(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			if c.finds == "" {
				r.wantClean()
				return
			}
			r.finds(c.finds)
		})
	}
}
