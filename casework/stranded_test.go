package casework

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// TestAnUpdateKeepsWhatIsReserved: a survey of the network that has lost a transformer
// below which power is reserved, or the bus itself, is stopped with what it would lose,
// when it is brought in and when an engine is opened with it; one that has lost another
// is not, nor one that loses it once the power was given back.
func TestAnUpdateKeepsWhatIsReserved(t *testing.T) {
	other := twoPoints(120)
	lost := twoPoints(120)
	lost.Sources, lost.Buses, lost.Trafos = lost.Sources[1:], lost.Buses[2:], lost.Trafos[1:] // ТП-1 and its buses
	renamed := twoPoints(120)
	renamed.Trafos[0].ID = 9
	moved := twoPoints(120)
	moved.Buses[1].ID, moved.Trafos[0].LV = 7, 7
	model := func(n *grid.Network) *grid.Model {
		t.Helper()
		m, err := grid.Compile(n)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	use := testCapacity(t, 400)
	r := newRig(t, func(c *Config) { c.Capacity = use })
	r.keepNetwork()
	ref := r.conditions(holder, plot, 20)
	r.publishPower()
	for name, n := range map[string]*grid.Network{"lost": lost, "numbered otherwise": renamed, "without the bus": moved} {
		err := r.CheckNetwork(model(n))
		if aiqyn.KindOf(err) != aiqyn.Conflict || keyOf(err) != "error.network-loses-trafos" || !strings.Contains(err.Error(), "1: 20 (1)") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.CheckNetwork(model(other)); err != nil {
		t.Errorf("with another transformer beside it: %v", err)
	}
	r.shut()
	use = &Capacity{Tables: Tables{Model: model(lost), Hash: lost.Hash(), Limits: use.Limits, Costs: use.Costs, Detour: use.Detour}}
	if err := r.tryOpen(); keyOf(err) != "error.network-loses-trafos" {
		t.Errorf("opened with it: %v", err)
	}
	use = testCapacity(t, 400)
	r.open()
	r.must(Withdraw{ID: r.id(), Actor: payer(holder), Ref: ref})
	r.pass(time.Minute)
	if err := r.CheckNetwork(model(lost)); err != nil {
		t.Errorf("nothing is reserved there any more: %v", err)
	}
	r.shut()
	use = &Capacity{Tables: Tables{Model: model(lost), Hash: lost.Hash(), Limits: use.Limits, Costs: use.Costs, Detour: use.Detour}}
	r.open()
}

// TestBusesThatAreLost: what no transformer feeds is named by its bus, and a long list
// ends.
func TestBusesThatAreLost(t *testing.T) {
	c := &Capacity{Tables: Tables{Places: []TrafoPlace{{Trafo: 4, Name: "ТП-4"}}}}
	lost := make(map[int]stranded)
	for id := 1; id <= 25; id++ {
		lost[id] = stranded{2, 1_500}
	}
	if got := namedStranded(lost, c.trafoName); !strings.HasPrefix(got, "1: 1.5 (2); 2: 1.5 (2); 3: 1.5 (2); 4 ТП-4: 1.5 (2); ") || !strings.HasSuffix(got, "20: 1.5 (2); …") {
		t.Error(got)
	}
	was, err := grid.Compile(testNetwork(400))
	if err != nil {
		t.Fatal(err)
	}
	held := slices.Values([]store.Reservation{{Case: 1, Place: 1, Amount: 7_000}}) // at the source
	if err := c.strands(was, was, held); err != nil {
		t.Errorf("nothing has changed: %v", err)
	}
	n := twoPoints(120)
	n.Sources, n.Buses, n.Trafos = n.Sources[1:], n.Buses[2:], n.Trafos[1:]
	is, err := grid.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.strands(was, is, held); keyOf(err) != "error.network-loses-buses" || !strings.Contains(err.Error(), "1: 7 (1)") {
		t.Errorf("a bus that is gone: %v", err)
	}
}

// TestAnUpdateBeforeAnythingIsPublished keeps what is reserved, too: what was granted
// before the first publication is not lost with its bus.
func TestAnUpdateBeforeAnythingIsPublished(t *testing.T) {
	moved := twoPoints(120)
	moved.Buses[1].ID, moved.Trafos[0].LV = 7, 7
	m, err := grid.Compile(moved)
	if err != nil {
		t.Fatal(err)
	}
	use := testCapacity(t, 400)
	r := newRig(t, func(c *Config) { c.Capacity = use })
	r.keepNetwork()
	r.conditions(holder, plot, 20)
	r.shut()
	was := use
	use = &Capacity{Tables: Tables{Model: m, Hash: moved.Hash(), Limits: was.Limits, Costs: was.Costs, Detour: was.Detour}}
	if err := r.tryOpen(); keyOf(err) != "error.network-loses-buses" || !strings.Contains(err.Error(), "2: 20 (1)") {
		t.Errorf("opened with it: %v", err)
	}
	use = testCapacity(t, 400)
	r.open()
}
