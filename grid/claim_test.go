package grid

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestClaimsGatherOnce: what a claim finds beside one thing and then another, of what it
// has gathered once, is what searches of their own find.
func TestClaimsGatherOnce(t *testing.T) {
	found, later := 0, 0
	for seed := range uint64(6) {
		m, err := Compile(randomNetwork(seed, 2, 3, 8))
		if err != nil {
			t.Fatal(err)
		}
		g, err := CompileStreets(randomStreets(seed, -900_000, -900_000, 150_000, 30, 12).sorted())
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 11))
		for range 12 {
			in := Claim1Input{Costs: testCosts(), Detour: 1300, Limits: LimitsPPM(DefaultLimits()), LoadW: int64(1000 * math.Pow(10, 2.6*r.Float64())),
				XMM: int64(3_500_000*r.Float64()) - 500_000, YMM: int64(1_600_000*r.Float64()) - 800_000}
			s, err := in.searching(m, g)
			if err != nil {
				t.Fatal(err)
			}
			for range 4 {
				held := m.heldBy([]Extra{{Bus: 12 + r.IntN(6), Watt: r.Int64N(200_000)}})
				bus, least := s.cheapest(held)
				q := StreetsQuery{PointsQuery: s.q.PointsQuery, Streets: g}
				q.held = held
				want, err := m.PointsByStreets(q)
				if err != nil {
					t.Fatal(err)
				}
				wanted := -1
				if len(want.Feasible) > 0 {
					wanted, found = want.Feasible[0].Bus, found+1
				}
				if bus != wanted || least != (wanted >= 0 && want.Candidates == 1) {
					t.Errorf("seed %d at %d,%d for %d W: bus %d, first %v; alone it is %d of %d", seed, in.XMM, in.YMM, in.LoadW, bus, least, wanted, want.Candidates)
				}
				if want.Candidates > 1 {
					later++
				}
			}
			s.done()
		}
	}
	if found < 50 || later < 20 {
		t.Errorf("only %d were found, %d not at the first", found, later)
	}
}
