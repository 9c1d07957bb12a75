package allocation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// shared is a small round with one or two quotas, by which places are called or kept.
func shared(seed uint64, kept bool) *Round {
	rng := rand.New(rand.NewPCG(seed, 9))
	r := &Round{Name: fmt.Sprintf("q/%d", seed), Rules: Rules{Kind: DeferredAcceptance, Order: []string{ByTier, ByPoints, ByLottery}, Quotas: []Quota{{"a", 10 + rng.IntN(60)}}},
		Categories: []string{"a", "b"}, Seed: Seed{Beacon: "practice", Round: seed}}
	if rng.IntN(2) == 0 {
		r.Rules.Quotas = append(r.Rules.Quotas, Quota{"b", 10 + rng.IntN(60)})
	}
	for h := range 3 {
		in := Institution{ID: fmt.Sprintf("h%d", h), Seats: 1 + rng.IntN(3)}
		for _, q := range r.Rules.Quotas {
			left := in.Seats
			for _, n := range in.Reserves {
				left -= n
			}
			if kept {
				in.Reserves = append(in.Reserves, min((in.Seats*q.Percent+99)/100, left))
			}
		}
		r.Institutions = append(r.Institutions, in)
	}
	for i := range 6 {
		a := Applicant{ID: fmt.Sprintf("a%d", i), Points: rng.Int64N(20), Categories: uint32(rng.IntN(4)), Holds: -1}
		for _, h := range rng.Perm(3)[:1+rng.IntN(3)] {
			a.List = append(a.List, int32(h))
		}
		r.Applicants = append(r.Applicants, a)
	}
	if kept {
		for _, q := range r.Rules.Quotas {
			r.Rules.Reserves = append(r.Rules.Reserves, Reserve{q.Category, true})
		}
		r.Rules.Quotas = nil
	}
	return r
}

// TestAShareThatIsKeptRewardsNoFalseList: where the least share of a quota is seats
// that are kept, no false list gains. Where people are called in an order that holds it,
// one does: who asks at more places changes the order of others there, which is why
// queues keep seats (docs/decisions/0019).
func TestAShareThatIsKeptRewardsNoFalseList(t *testing.T) {
	called := 0
	for seed := range uint64(600) {
		r := shared(seed, true)
		if who, list := gains(t, r); who >= 0 {
			t.Fatalf("round %d: applicant %d gains by %v\n%s", seed, who, list, r.Encode())
		}
		if who, _ := gains(t, shared(seed, false)); who >= 0 {
			called++
		}
	}
	if called == 0 {
		t.Error("no false list gains where people are called: then seats need not be kept")
	}
}

// TestCallOrderKeepsEveryPrefix: for random people and shares, in every prefix
// while members remain; within a category merit decides.
func TestCallOrderKeepsEveryPrefix(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 500 {
		flags := make([]uint8, 1+rng.IntN(60))
		left := 0
		for i := range flags {
			flags[i] = uint8(rng.IntN(4))
			left += int(flags[i] & 1)
		}
		pct := rng.IntN(101)
		order := CallOrder(flags, pct, 0)
		called, last := 0, map[uint8]int{0: -1, 1: -1, 2: -1, 3: -1}
		for n, who := range order {
			f := flags[who]
			if called += int(f & 1); called*100 < pct*(n+1) && called < left {
				t.Fatalf("%v at %d %%: %v has too few at %d", flags, pct, order, n)
			}
			if who < last[f] {
				t.Fatalf("%v: %v passes over merit", flags, order)
			}
			last[f] = who
		}
		if slices.Sort(order); len(order) != len(flags) || order[len(order)-1] != len(flags)-1 {
			t.Fatalf("%v: not everybody is called", flags)
		}
	}
}

// TestQuotaRound: a round with a share of one in four admits in that share.
func TestQuotaRound(t *testing.T) {
	r := &Round{Name: "q", Rules: Rules{Kind: DeferredAcceptance, Quotas: []Quota{{"orphan", 25}}}, Categories: []string{"orphan"},
		Institutions: []Institution{{ID: "kg", Seats: 8}}}
	for i := range 40 {
		a := Applicant{ID: fmt.Sprintf("a%02d", i), Date: int64(i), List: []int32{0}, Holds: -1}
		if i >= 30 {
			a.Categories = 1
		}
		r.Applicants = append(r.Applicants, a)
	}
	var got []int
	for i, h := range run(t, r) {
		if h == 0 {
			got = append(got, i)
		}
	}
	if want := []int{0, 1, 2, 3, 4, 5, 30, 31}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
