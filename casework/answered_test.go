package casework

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"aiqyn/grid"
	"aiqyn/store"
)

// A search that was remembered is the one that would be made now, whatever was
// granted and given back in between.
func TestAnswersAreRememberedOnlyWhileTheyHold(t *testing.T) {
	c := testCapacity(t, 400)
	c.clear()
	chance := rand.New(rand.NewPCG(1, 2))
	remembered := 0
	for range 300 {
		load := 50 * (1 + chance.Int64N(6))
		if chance.IntN(4) == 0 {
			r := store.Reservation{Place: 2, Amount: 100_000 * (chance.Int64N(3) - 1)}
			c.mu.Lock()
			c.add(r, 1)
			c.mu.Unlock()
		}
		_, before := c.answers.find(question{1, 500_050_000, 5_660_000_000, load * 1000, c.Costs.Reach(), "", c.limits()})
		b := &Binding{Capacity: c, Values: map[string]any{"place": map[string]any{"x": 500050.0, "y": 5660000.0}, "load": load}}
		if err := BindConnectionPoints(b); err != nil {
			t.Fatal(err)
		}
		in, out, err := c.Model.ConnectionPoints1Live(grid.LivePoints{
			Network: c.Hash, XMM: 500_050_000, YMM: 5_660_000_000, LoadW: load * 1000, Limits: c.Limits, Costs: c.Costs, Detour: c.Detour,
			Held: func(tree int) []grid.Extra { list, _ := c.reserved(tree); return list },
		})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Input, in) || !bytes.Equal(b.Output, out) || !c.fresh(b.Stamp) {
			t.Fatalf("%d kW: answered %s on %s, now it is %s on %s", load, b.Output, b.Input, out, in)
		}
		if before {
			remembered++
		}
	}
	if remembered < 100 {
		t.Errorf("only %d of 300 questions had been asked before", remembered)
	}
	for kw := range int64(2 * maxAnswers) {
		c.answers.keep(question{watt: kw}, &searched{})
	}
	if n := len(c.answers.known); n != maxAnswers || n != len(c.answers.order) {
		t.Errorf("%d answers are kept", n)
	}
}
