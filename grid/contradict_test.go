package grid

import (
	"testing"
	"time"
)

// TestContradicts: what was refused and then given, as if it had been there.
func TestContradicts(t *testing.T) {
	monday := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	friday := monday.AddDate(0, 0, 4)
	refused := Verdict{At: monday, LoadW: 50_000, Network: "a", ReservedW: 300_000}
	for _, tt := range []struct {
		name    string
		refused Verdict
		granted Verdict
		want    bool
		change  Change
	}{
		{"the same again", refused, Verdict{At: friday, LoadW: 50_000, Network: "a", ReservedW: 300_000}, true, ChangeNone},
		{"more, with more reserved", refused, Verdict{At: friday, LoadW: 60_000, Network: "a", ReservedW: 310_000}, true, ChangeNone},
		{"less power", refused, Verdict{At: friday, LoadW: 40_000, Network: "a", ReservedW: 300_000}, false, ""},
		{"something was given back", refused, Verdict{At: friday, LoadW: 50_000, Network: "a", ReservedW: 250_000}, false, ""},
		{"another network", refused, Verdict{At: friday, LoadW: 50_000, Network: "b", ReservedW: 300_000}, false, ""},
		{"granted before", refused, Verdict{At: monday, LoadW: 50_000, Network: "a", ReservedW: 300_000}, false, ""},
		{"by a former system", Verdict{At: monday, LoadW: 50_000}, Verdict{At: friday, LoadW: 50_000}, true, ChangeNone},
		{"by a former system, nobody knows how much", Verdict{At: monday}, Verdict{At: friday, LoadW: 5_000}, true, ChangeNone},
		{"by a former system, then here", Verdict{At: monday, LoadW: 50_000}, Verdict{At: friday, LoadW: 50_000, Network: "a", ReservedW: 0}, true, ChangeNone},
		{"by a former system, less", Verdict{At: monday, LoadW: 50_000}, Verdict{At: friday, LoadW: 49_000}, true, ChangeSmaller},
		{"for want of a consent, by a former system", Verdict{At: monday, LoadW: 50_000, Consent: true}, Verdict{At: friday, LoadW: 49_000}, true, ChangeConsent},
	} {
		if change, got := Contradicts(tt.refused, tt.granted); got != tt.want || change != tt.change {
			t.Errorf("%s: %v %q", tt.name, got, change)
		}
	}
}

// TestContradictsAtATransformer: where transformers were noted, a grant is held against
// what bounded the power under its own.
func TestContradictsAtATransformer(t *testing.T) {
	monday := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	near := Site{DrawnW: 200_000, Path: "p", ReservedW: 30_000, Trafo: 7}
	verdict := func(at time.Time, network string, sites ...Site) Verdict {
		return Verdict{At: at, LoadW: 50_000, Network: network, Sites: sites, Demand: 2}
	}
	full := make([]Site, MaxSites)
	for i := range full {
		full[i] = Site{Trafo: 100 + i}
	}
	refused := verdict(monday, "a", Site{Trafo: 3}, near)
	for _, tt := range []struct {
		name    string
		refused Verdict
		granted Site
		demand  int
		change  Change
		want    bool
	}{
		{"the same room, whatever network is in force", refused, near, 2, ChangeNone, true},
		{"more is drawn", refused, Site{DrawnW: 250_000, Path: "p", ReservedW: 30_000, Trafo: 7}, 2, ChangeNone, true},
		{"less was measured", refused, Site{DrawnW: 150_000, Path: "p", ReservedW: 30_000, Trafo: 7}, 2, ChangeMeasured, true},
		{"something was built", refused, Site{DrawnW: 200_000, Path: "q", ReservedW: 30_000, Trafo: 7}, 2, ChangeBrought, false},
		{"something was given back", refused, Site{DrawnW: 200_000, Path: "p", ReservedW: 20_000, Trafo: 7}, 2, "", false},
		{"a transformer that was not there", refused, Site{Path: "p", Trafo: 8}, 2, ChangeBrought, false},
		{"one that the refusal could not name any more", verdict(monday, "a", full...), Site{Path: "p", Trafo: 8}, 2, ChangeNone, true},
		{"a lower category", refused, near, 1, "", false},
	} {
		granted := verdict(monday.AddDate(0, 0, 30), "b", tt.granted)
		granted.Demand = tt.demand
		if change, got := Contradicts(tt.refused, granted); got != tt.want || change != tt.change {
			t.Errorf("%s: %v %q", tt.name, got, change)
		}
	}
}

// TestContradictsByWhatWasFree: what a refusal has noted of the room decides, whatever has
// changed since.
func TestContradictsByWhatWasFree(t *testing.T) {
	monday := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	site := func(drawn int64, path string, reserved int64) Site {
		return Site{DrawnW: drawn, Path: path, ReservedW: reserved, Trafo: 7}
	}
	same := site(200_000, "p", 30_000)
	for _, tt := range []struct {
		name    string
		free, w int64
		is      Site
		change  Change
		want    bool
	}{
		{"there was room, and another network since", 60_000, 50_000, site(200_000, "q", 30_000), ChangeNetwork, true},
		{"there was room without limit", -1, 50_000, site(200_000, "q", 30_000), ChangeNetwork, true},
		{"there was none, and another network since", 49_900, 50_000, site(200_000, "q", 30_000), ChangeBrought, false},
		{"there was room, and a watt came back", 60_000, 50_000, site(200_000, "p", 29_999), ChangeReturned, true},
		{"there was none, and something came back", 45_000, 50_000, site(200_000, "p", 24_000), "", false},
		{"a watt came back, and less was measured", 45_000, 50_000, site(150_000, "p", 29_999), ChangeMeasured, true},
		{"enough came back, and less was measured", 45_000, 50_000, site(150_000, "p", 25_000), "", false},
		{"there was room, and less was given", 60_000, 49_000, same, ChangeLess, true},
		{"less was given than was free", 49_000, 49_000, same, "", false},
		{"less was given, and more than was free", 20_000, 49_000, same, ChangeLess, true},
		{"nothing has changed", 20_000, 50_000, same, ChangeNone, true},
		{"somebody had not agreed, and another network since", 400_000, 50_000, Site{Consent: true, DrawnW: 1, Path: "q", Trafo: 7}, ChangeConsent, true},
		{"somebody had not agreed, and less was given", 400_000, 20_000, Site{Consent: true, DrawnW: 200_000, Path: "p", Trafo: 7}, ChangeConsent, true},
	} {
		was := same
		was.FreeW, was.Consent = &tt.free, tt.is.Consent
		change, got := Contradicts(Verdict{At: monday, LoadW: 50_000, Network: "a", Sites: []Site{was}}, Verdict{At: monday.AddDate(0, 0, 9), LoadW: tt.w, Network: "b", Sites: []Site{tt.is}})
		if got != tt.want || change != tt.change {
			t.Errorf("%s: %v %q", tt.name, got, change)
		}
	}
}

// TestSites: a refusal is about every transformer around, a grant about the one above
// its place; what is reserved and built there is noted, and nothing else changes it.
func TestSites(t *testing.T) {
	n := twoStations()
	for i := range n.Buses {
		n.Buses[i].X, n.Buses[i].Y = ptr(float64(10*i)), ptr(0.0)
	}
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	snapshot := func(string) (*Model, error) { return m, nil }
	in := ConnectionPoints2Input{Costs: testCosts(), Detour: 1300, Limits: LimitsPPM(DefaultLimits()), LoadW: 50_000, Network: n.Hash(), Reserved: []Extra{{Bus: 4, Watt: 9_000}}}
	ask := func() ([]Site, Site) {
		input, err := inOrder(&in)
		if err != nil {
			t.Fatal(err)
		}
		around, err := SitesAround(input, snapshot)
		if err != nil {
			t.Fatal(err)
		}
		ground, err := ReadGround(input)
		if err != nil {
			t.Fatal(err)
		}
		one, ok := ground.SiteOf(m, 4)
		if !ok {
			t.Fatal("nothing above the bus")
		}
		return around, one
	}
	around, one := ask()
	for i := range around {
		is, err := m.BusCapacity(m.busID(int(m.trafo[i].lv)), in.Reserved, in.Limits.Limits())
		if err != nil || around[i].Trafo != int(m.limit.id[m.trafo[i].branch]) || around[i].FreeW == nil || *around[i].FreeW != is.FreeW {
			t.Errorf("transformer %d: %+v, %v", around[i].Trafo, is, err)
		}
		around[i].FreeW = nil
	}
	if len(around) != 3 || around[0].Trafo != 10 || !around[0].Equal(one) || one.ReservedW != 9_000 || one.DrawnW != 52_000 {
		t.Errorf("%+v, %+v", around, one)
	}
	in.Reserved = nil
	if _, less := ask(); less.ReservedW != 0 || less.Path != one.Path {
		t.Errorf("nothing is reserved: %+v", less)
	}
	in.Limits.Line -= 1000
	if _, strict := ask(); strict.Path == one.Path {
		t.Error("other limits are no change")
	}
	in.Limits.Line += 1000
	n.Trafos[0].SnKVA = 630
	if m, err = Compile(n); err != nil {
		t.Fatal(err)
	}
	if _, bigger := ask(); bigger.Path == one.Path {
		t.Error("a bigger transformer is no change")
	}
}
