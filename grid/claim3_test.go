package grid

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"aiqyn/canonical"
)

// TestClaimsWhatMayBeFreed: version 3 claims all of what version 2 does that has room, in
// the order of cost; the last is the same, and before it is, of each transformer, the
// cheapest bus that lacks power, as a search that keeps all of them finds it.
func TestClaimsWhatMayBeFreed(t *testing.T) {
	nearer, notFree, full := 0, 0, 0
	for seed := range uint64(8) {
		m, err := Compile(randomNetwork(seed, 8, 3, 8))
		if err != nil {
			t.Fatal(err)
		}
		g, err := CompileStreets(randomStreets(seed, -900_000, -900_000, 150_000, 30, 12).sorted())
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 12))
		for range 120 {
			in := Claim1Input{Costs: testCosts(), Detour: 1300, Limits: LimitsPPM(DefaultLimits()), LoadW: int64(1000 * math.Pow(10, 2.6*r.Float64())),
				XMM: int64(3_500_000*r.Float64()) - 500_000, YMM: int64(1_600_000*r.Float64()) - 800_000}
			held := m.heldBy(nil)
			var before []Claimed
			claims := func(trees []int) ([]Claimed, []Extra) {
				return slices.DeleteFunc(slices.Clone(before), func(c Claimed) bool {
					tree, ok := m.TreeOf(c.Buses[0])
					return !ok || !slices.Contains(trees, tree)
				}), nil
			}
			for entry := range r.IntN(9) { // at the bus that would be claimed next
				_, out, err := m.Claim2Live(in, g, held, claims)
				var next ClaimAnswer
				if err != nil || canonical.Unmarshal(out, &next) != nil {
					t.Fatal(err, string(out))
				}
				if next.Free {
					before = append(before, Claimed{Buses: next.Buses[len(next.Buses)-1:], Entry: int64(entry), Watt: in.LoadW})
				}
			}
			two, three, asked := ClaimAnswer{}, ClaimAnswer{}, Claim2Input{}
			_, out2, err := m.Claim2Live(in, g, held, claims)
			if err != nil {
				t.Fatal(err)
			}
			in3, out3, err := m.Claim3Live(in, g, held, claims)
			if err != nil {
				t.Fatal(err)
			}
			if canonical.Unmarshal(out2, &two) != nil || canonical.Unmarshal(out3, &three) != nil || canonical.Unmarshal(in3, &asked) != nil {
				t.Fatalf("%s, %s, %s", out2, in3, out3)
			}
			one := asked.first()
			stand := standing{m: m, lim: in.Limits.Limits(), trees: one.Trees, claims: one.Claims, held: held}
			beyond := held
			if one.Wide {
				beyond = func(tree int) []Extra { return beside(held(tree), stand.spoken(tree)) }
			}
			all, err := in.brief(m, g, nil, math.MaxInt, beyond)
			if err != nil {
				t.Fatal(err)
			}
			var want, below []int
			for _, p := range all.Rejected {
				trafo, ok := m.Above(p.Bus)
				if tree, _ := m.TreeOf(p.Bus); !ok {
					trafo = -1 - tree
				}
				if slices.Contains(two.Buses, p.Bus) && !two.Full {
					want = append(want, p.Bus)
				} else if (p.Because == BecauseCapacity || p.Because == BecauseLosses) && !slices.Contains(below, trafo) && len(below) < mostFreed {
					want, below = append(want, p.Bus), append(below, trafo)
				}
			}
			for _, bus := range two.Buses {
				if !two.Full && !slices.Contains(want, bus) {
					want = append(want, bus)
				}
			}
			if !slices.Equal(three.Buses, want) || three.Free != two.Free || three.Full != two.Full {
				t.Errorf("seed %d: version 2 %+v, version 3 %+v, not %v", seed, two, three, want)
			}
			switch {
			case two.Full:
				full++
			case !two.Free:
				notFree++
			case len(want) > len(two.Buses):
				nearer++
			}
		}
	}
	if nearer < 20 || full < 20 || notFree < 2 {
		t.Errorf("%d had a cheaper bus without power, of %d none was free, %d had no room", nearer, notFree, full)
	}
}
