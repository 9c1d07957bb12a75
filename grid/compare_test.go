package grid

import (
	"slices"
	"testing"
)

func TestCompare(t *testing.T) {
	f := func(v float64) *float64 { return &v }
	net := func() *Network {
		return &Network{
			Name: "n", BaseHz: 50, Sources: []Source{{Bus: 1, VPU: 1}},
			Buses: []Bus{{ID: 1, VnKV: 10}, {ID: 2, VnKV: 0.4}, {ID: 3, VnKV: 0.4}},
			Lines: []Line{{ID: 7, From: 2, To: 3, ROhm: 0.1, IMaxA: f(270)}}, Trafos: []Trafo{{ID: 5, HV: 1, LV: 2, SnKVA: 250}},
			Loads: []Load{{Bus: 3, PKW: 4}, {Bus: 3, PKW: 5}},
		}
	}
	if list, largest := Compare(net(), net()); len(list) > 0 || largest != nil {
		t.Errorf("a network differs from itself: %+v %+v", list, largest)
	}
	for name, test := range map[string]struct {
		change  func(*Network)
		element string
		id      int
		what    string
		fields  []string
		largest *RatingChange
	}{
		"named otherwise":    {func(n *Network) { n.Name = "m" }, "network", 0, Changed, []string{"Name"}, nil},
		"a source":           {func(n *Network) { n.Sources[0].VPU = 1.02 }, ElementSource, 1, Changed, []string{"v_pu"}, nil},
		"a bus more":         {func(n *Network) { n.Buses = append(n.Buses, Bus{ID: 0, VnKV: 10}) }, ElementBus, 0, Added, nil, nil},
		"a transformer less": {func(n *Network) { n.Trafos = nil }, ElementTrafo, 5, Removed, nil, nil},
		"a smaller one":      {func(n *Network) { n.Trafos[0].SnKVA = 100 }, ElementTrafo, 5, Changed, []string{"sn_kva"}, &RatingChange{ElementTrafo, 5, 100_000, 250_000}},
		"a thinner line":     {func(n *Network) { n.Lines[0].IMaxA = f(135.5) }, ElementLine, 7, Changed, []string{"imax_a"}, &RatingChange{ElementLine, 7, 135_500, 270_000}},
		"no limit any more":  {func(n *Network) { n.Lines[0].IMaxA = nil; n.Lines[0].ROhm = 0.2 }, ElementLine, 7, Changed, []string{"imax_a", "r_ohm"}, &RatingChange{ElementLine, 7, -1, 270_000}},
		"open":               {func(n *Network) { n.Lines[0].FromOpen = true }, ElementLine, 7, Changed, []string{"from_open"}, nil},
		"a link":             {func(n *Network) { n.Links = []Link{{ID: 9, From: 2, To: 3}} }, ElementLink, 9, Added, nil, nil},
		"a shunt":            {func(n *Network) { n.Shunts = []Shunt{{ID: 8, Bus: 3}} }, ElementShunt, 8, Added, nil, nil},
		"one of two loads":   {func(n *Network) { n.Loads[1].PKW = 50 }, ElementLoad, 3, Changed, []string{"all"}, nil},
	} {
		is := net()
		test.change(is)
		list, largest := Compare(net(), is)
		if len(list) != 1 || list[0].Element != test.element || list[0].ID != test.id || list[0].What != test.what {
			t.Errorf("%s: %+v", name, list)
			continue
		}
		var fields []string
		for _, f := range list[0].Fields {
			fields = append(fields, f.Field)
		}
		if !slices.Equal(fields, test.fields) || (largest == nil) != (test.largest == nil) || largest != nil && *largest != *test.largest {
			t.Errorf("%s: %v, largest %+v", name, fields, largest)
		}
	}
	both := net()
	both.Trafos[0].SnKVA, both.Lines[0].IMaxA = 160, f(90)
	if _, largest := Compare(net(), both); *largest != (RatingChange{ElementLine, 7, 90_000, 270_000}) {
		t.Errorf("the largest of two is %+v", largest)
	}
	was := Costs{From: "2026-01-01", Levels: []Level{{MaxV: 400, Tap: 5, Cables: []Cable{{MaxW: 10, PerM: 3}}}}}
	is := was
	is.Levels = []Level{{MaxV: 400, Tap: 6, Cables: []Cable{{MaxW: 10, PerM: 3}, {MaxW: 20, PerM: 4}}}}
	changed := CompareTables(was, is)
	if len(changed) != 5 || changed[4].Field != "levels.0.tap" || string(changed[4].Was) != "5" || string(changed[4].Is) != "6" || string(changed[0].Was) != "null" {
		t.Errorf("two tables of prices differ by %s", encoded(changed))
	}
}
