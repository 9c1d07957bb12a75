package casework

import (
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// sunny opens a rig on the test network with roofs of 150 kW below its transformer.
func sunny(t testing.TB, more ...grid.Load) *rig {
	t.Helper()
	n := withSubstation()
	n.Loads = append(n.Loads, grid.Load{Bus: 2, PKW: 200, QKVAr: 40}, grid.Load{Bus: 2, PKW: -150, QKVAr: -20})
	n.Loads = append(n.Loads, more...)
	m, err := grid.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(c *Config) {
		c.Capacity.Model, c.Capacity.Hash = m, n.Hash()
		for _, id := range []int{7, 8} {
			c.Capacity.Places = append(c.Capacity.Places, TrafoPlace{Trafo: id, Name: "ПС"})
		}
	})
	if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: n.Hash(), Kind: networkKind, Data: n.Encode(), Added: start}); err != nil {
		t.Fatal(err)
	}
	return r
}

// byVersion makes a publication of what an older version makes of its loads, figures and
// all, as an older program would have.
func byVersion(t *testing.T, r *rig, loads string) func(p *publishCapacity) {
	return func(p *publishCapacity) {
		rows := map[int]loadKnown{}
		for _, peak := range p.said.Peaks {
			rows[peak.Trafo] = loadKnown{basis: basisMeasured, watt: peak.Watt, day: p.said.Day, missing: 34}
		}
		is, err := r.metered(t.Context(), p.said.Base, rows, p.said.Limits.Limits(), loads)
		if err != nil {
			t.Fatal(err)
		}
		p.said.Loads, p.said.Apart, p.said.Idle = loads, is.apart, is.idle
		p.network, p.encoded = r.Capacity.tables().asSurveyed(), nil
		if is.network != nil {
			m, err := grid.Compile(is.network)
			if err != nil {
				t.Fatal(err)
			}
			p.network, p.encoded = &inForce{m, is.network.Hash(), r.Capacity.tables()}, is.network.Encode()
		}
		p.said.Network = p.network.hash
		knownApart(rows, is.apart, is.idle)
		if p.said.Trafos, p.said.Feeders, err = r.Capacity.survey(p.network, rows, p.reserved()); err != nil {
			t.Fatal(err)
		}
	}
}

// publishElse publishes what a test makes of a publication.
func (r *rig) publishElse(change func(p *publishCapacity)) {
	r.t.Helper()
	p := &publishesElse{publishCapacity{apart: apart{cid: r.id(), actor: aiqyn.System}, said: publication{Day: r.today().String()}}, change}
	if _, err := r.carryOut(r.t.Context(), p); err != nil {
		r.t.Fatal(err)
	}
}

// lineOf is what is published as free of a transformer.
func (r *rig) lineOf(trafo int) TrafoLine {
	r.t.Helper()
	l, _, err := r.Transformer(r.t.Context(), aiqyn.Actor{}, trafo)
	if err != nil {
		r.t.Fatal(err)
	}
	return l
}

// TestPublishedWithoutSun: by version 2 the roofs below a transformer were room on it. A
// program of today publishes what holds without them and says how much it does not count
// on, measured or not; what was published before stays as it was and is made again by
// what it names. Nobody is granted what only the sun would carry.
func TestPublishedWithoutSun(t *testing.T) {
	r := sunny(t)
	r.publishElse(byVersion(t, r, grid.MeasuredLoads2))
	was := r.lineOf(1)
	r.wantClean()
	r.pass(25 * time.Hour)
	r.publishPower()
	is := r.lineOf(1)
	if is.IdleW != 150_000 || was.IdleW != 0 {
		t.Errorf("it is said of %d W that they are not counted on, before of %d", is.IdleW, was.IdleW)
	}
	if was.FreeW-is.FreeW < 130_000 {
		t.Errorf("version 2 says %d W free, version 3 %d W", was.FreeW, is.FreeW)
	}
	if now, err := r.CapacityNow(2); err != nil || now.FreeW != is.FreeW {
		t.Errorf("a grant is held against %+v, %v", now, err)
	}
	if why := r.whyOf(1); len(why) != 1 || why[0] != CauseLoads {
		t.Errorf("the difference says %v", why)
	}
	r.wantClean()
	r.measure(r.tableOf(map[int]float64{1: 200}))
	r.pass(25 * time.Hour)
	r.publishPower()
	if l := r.lineOf(1); l.IdleW != 150_000 || l.Basis != basisMeasured || l.FreeW < 150_000 || l.FreeW > 250_000 {
		t.Errorf("of 400 kVA of which 200 kW were read: %+v", l)
	}
	r.pass(25 * time.Hour)
	r.publishPower() // of the same readings: it is told again
	if l := r.lineOf(1); l.IdleW != 150_000 {
		t.Errorf("the next day %d W", l.IdleW)
	}
	r.conditions(holder, plot, 50)
	r.wantClean()
	r.whole()
}

// whyOf is what the newest difference says of a transformer.
func (r *rig) whyOf(trafo int) []string {
	r.t.Helper()
	history, err := r.CapacityHistory(r.t.Context(), aiqyn.Actor{}, trafo, Page{Limit: 1})
	if err != nil || len(history.Items) != 1 {
		r.t.Fatal(history, err)
	}
	if history.Items[0].Change == nil {
		return nil
	}
	return history.Items[0].Change.Why
}

// TestTheAuditOfIdleGeneration: a publication by an older version after one by a newer is
// found, as is one that says nothing of what it does not count on, or less.
func TestTheAuditOfIdleGeneration(t *testing.T) {
	for name, c := range map[string]struct {
		change func(r *rig) func(p *publishCapacity)
		finds  string
	}{
		"back to version 2": {func(r *rig) func(*publishCapacity) { return byVersion(t, r, grid.MeasuredLoads2) }, "by version 2, and one before it by version 3"},
		"back to version 1": {func(r *rig) func(*publishCapacity) { return byVersion(t, r, "") }, "by version 1, and one before it by version 3"},
		"version 2 that calls itself 3": {func(r *rig) func(*publishCapacity) {
			return func(p *publishCapacity) {
				byVersion(t, r, grid.MeasuredLoads2)(p)
				p.said.Loads = grid.MeasuredLoads3
			}
		}, "does not follow from the measurements"},
		"nothing idles": {func(*rig) func(*publishCapacity) { return func(p *publishCapacity) { p.said.Idle = nil } }, "does not follow from the measurements"},
		"less idles": {func(*rig) func(*publishCapacity) {
			return func(p *publishCapacity) { p.said.Idle = []grid.Idle{{Trafo: 1, Watt: 1}} }
		}, "does not follow from the measurements"},
		"its line says less": {func(*rig) func(*publishCapacity) {
			return func(p *publishCapacity) {
				for i := range p.said.Trafos {
					p.said.Trafos[i].IdleW = 0
				}
			}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := sunny(t)
			r.publishPower()
			r.pass(25 * time.Hour)
			r.publishElse(c.change(r))
			if c.finds == "" {
				c.finds = "the load of transformer 1 is known otherwise"
			}
			r.finds(c.finds)
		})
	}
}

// TestARulingWithoutSun: what was decided on a network that counted on the sun is made
// again as it was; what is decided since is decided without it.
func TestARulingWithoutSun(t *testing.T) {
	r := sunny(t, grid.Load{Bus: 2, PKW: 150, QKVAr: 30})
	r.publishElse(byVersion(t, r, grid.MeasuredLoads2))
	was := r.conditions(holder, plot, 50)
	r.pass(25 * time.Hour)
	r.publishPower()
	if rec, err := r.caseOf(t.Context(), was); err != nil || rec.state.Grant == nil {
		t.Fatal("what was granted is not", err)
	}
	// What is free without sun: a solve of the surveyed network of that night.
	n := withSubstation()
	n.Loads = append(n.Loads, grid.Load{Bus: 2, PKW: 350, QKVAr: 70})
	dark, err := grid.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	held, _ := r.Capacity.reserved(0)
	want, err := dark.BusCapacity(2, held, r.Capacity.limits())
	if err != nil {
		t.Fatal(err)
	}
	if l := r.lineOf(1); l.FreeW > want.FreeW {
		t.Errorf("%d W are published as free, without sun %d W hold", l.FreeW, want.FreeW)
	}
	r.wantClean()
}
