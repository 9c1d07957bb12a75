package casework

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"aiqyn/grid"
)

// TestTheRestIsKeptAtHand: of thousands of claims the same is said as by going over all,
// whoever asks and whichever trees they look at, while claims come, change and go.
func TestTheRestIsKeptAtHand(t *testing.T) {
	m, err := grid.Compile(nationOfTrafos(3))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, 1))
	day := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var buses []int // of few trees: they are to be full
	for bus := range m.Buses() {
		if _, ok := m.TreeOf(bus); ok {
			buses = append(buses, bus)
		}
	}
	some := func() (list []int) {
		for _, i := range rng.Perm(len(buses))[:1+rng.IntN(3)] {
			list = append(list, buses[i])
		}
		return list
	}
	var o orders
	asked, summed := 0, 0
	for range 4000 {
		no := int64(1 + rng.IntN(1500))
		if rng.IntN(5) == 0 {
			o.set(no, nil)
			continue
		}
		a := &applied{claimed: &claimed{Watt: 1 + rng.Int64N(9000)}, lists: [][]int{some()}, no: no, entry: 10 * no,
			filed: day.Add(time.Duration(no/3) * time.Minute), until: day.AddDate(0, 0, 20+rng.IntN(3))}
		if rng.IntN(3) == 0 {
			a.lists = append(a.lists, some())
		}
		o.set(no, a)
		if rng.IntN(8) > 0 {
			continue
		}
		of := claimant{now: day.AddDate(0, 0, 18+rng.IntN(4))}
		switch rng.IntN(3) {
		case 0:
			of.no, of.filed = no, a.filed
		case 1:
			of.filed = day.Add(time.Duration(rng.IntN(500)) * time.Minute)
		}
		at := []looks{{m, rng.Perm(m.Trees())[:1+rng.IntN(m.Trees())]}}
		claims, rest := o.earlier(of, at)
		wantClaims, wantRest := o.allEarlier(of, at)
		if !reflect.DeepEqual(claims, wantClaims) || !reflect.DeepEqual(rest, wantRest) {
			t.Fatalf("%+v on %v: %d claims and beside them %v; by going over all %d and %v", of, at[0].trees, len(claims), rest, len(wantClaims), wantRest)
		}
		if asked++; len(claims) == grid.MostClaims && len(rest) > 0 {
			summed++
		}
	}
	if asked < 300 || summed < asked/4 {
		t.Errorf("asked %d times, %d of them of more than are looked at one by one", asked, summed)
	}
}
