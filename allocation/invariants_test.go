package allocation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// invented makes a small round: kinds of everything, from one seed.
func invented(seed uint64, applicants, institutions int, reserves bool) *Round {
	rng := rand.New(rand.NewPCG(seed, 1))
	r := &Round{Name: fmt.Sprintf("test/%d", seed), Closed: "2026-05-01T00:00:00Z", Rules: Rules{Kind: DeferredAcceptance},
		Categories: []string{"orphan", "large-family"}, Seed: Seed{Beacon: "practice", Round: seed}}
	if seed%5 == 4 {
		r.Rules.Order = []string{ByHolding, ByTier, ByPoints, ByLottery}
	}
	if reserves {
		r.Rules.Reserves = []Reserve{{"orphan", rng.IntN(2) == 0}, {"large-family", rng.IntN(2) == 0}}
		r.Rules.OpenFirst = rng.IntN(2) == 0
	}
	for h := range institutions {
		in := Institution{ID: fmt.Sprintf("kg%d", h), Seats: rng.IntN(4)}
		if reserves && in.Seats > 0 {
			in.Reserves = []int{rng.IntN(in.Seats + 1), 0}
			in.Reserves[1] = rng.IntN(in.Seats - in.Reserves[0] + 1)
		}
		r.Institutions = append(r.Institutions, in)
	}
	held := make([]int, institutions)
	for i := range applicants {
		a := Applicant{ID: fmt.Sprintf("a%d", i), Tier: rng.IntN(2), Date: rng.Int64N(4), Categories: uint32(rng.IntN(4)), Holds: -1}
		if seed%5 == 4 {
			a.Points = rng.Int64N(4)
		}
		for _, h := range rng.Perm(institutions)[:rng.IntN(institutions+1)] {
			a.List = append(a.List, int32(h))
		}
		if rng.IntN(3) == 0 {
			a.Siblings = []int32{int32(rng.IntN(institutions))}
		}
		if h := rng.IntN(institutions); rng.IntN(5) == 0 && held[h] < r.Institutions[h].Seats {
			a.Holds = int32(h)
			held[h]++
		}
		r.Applicants = append(r.Applicants, a)
	}
	return r
}

func run(t *testing.T, r *Round) []int32 {
	t.Helper()
	out, err := r.Run()
	if err != nil {
		t.Fatal(errorText(err))
	}
	return out.Match
}

// TestBestOfAllStableMatchings: of small rounds every matching is tried; the
// outcome is stable (no justified envy, no idle seat that somebody wants), and no
// stable matching gives any applicant a better place.
func TestBestOfAllStableMatchings(t *testing.T) {
	tried := 0
	for seed := range uint64(4000) {
		r := invented(seed, 2+int(seed%4), 2+int(seed%2), seed%3 > 0)
		o := newOracle(t, r)
		got := run(t, r)
		if !o.stable(got) {
			t.Fatalf("round %d: %v is not stable\n%s", seed, got, r.Encode())
		}
		o.all(func(other []int32) {
			tried++
			if !o.stable(other) {
				return
			}
			for i := range other {
				if o.liked(i, other[i]) < o.liked(i, got[i]) {
					t.Fatalf("round %d: applicant %d could have had %d in %v, got %v\n%s", seed, i, other[i], other, got, r.Encode())
				}
			}
		})
	}
	if tried < 100_000 {
		t.Errorf("only %d matchings were tried", tried)
	}
}

// TestLargerRoundsAreStable: where not everything can be tried, the outcome is
// stable all the same, and who holds a place never ends with a worse one.
func TestLargerRoundsAreStable(t *testing.T) {
	for seed := range uint64(60) {
		r := invented(1000+seed, 150, 25, seed%2 == 0)
		o := newOracle(t, r)
		got := run(t, r)
		if !o.stable(got) {
			t.Fatalf("round %d is not stable", seed)
		}
		for i, a := range r.Applicants {
			if a.Holds >= 0 && got[i] < 0 {
				t.Fatalf("round %d: applicant %d lost the place they had", seed, i)
			}
		}
	}
}

// someLists are all lists of up to three institutions.
func someLists() (lists [][]int32) {
	for _, p := range [][]int32{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		for n := range 4 {
			if !slices.ContainsFunc(lists, func(l []int32) bool { return slices.Equal(l, p[:n]) }) {
				lists = append(lists, p[:n])
			}
		}
	}
	return lists
}

// gains finds an applicant who gets something that they like better by another list
// than by the true one.
func gains(t *testing.T, r *Round) (who int, list []int32) {
	t.Helper()
	o := newOracle(t, r)
	truth := run(t, r)
	for i := range r.Applicants {
		own := r.Applicants[i].List
		for _, list := range someLists() {
			r.Applicants[i].List = list
			got := run(t, r)[i]
			r.Applicants[i].List = own
			if o.liked(i, got) < o.liked(i, truth[i]) {
				return i, list
			}
		}
	}
	return -1, nil
}

// TestNoFalseListHelps: whatever list one applicant hands in, they get nothing
// that they like better than what the true one gives.
func TestNoFalseListHelps(t *testing.T) {
	for seed := range uint64(500) {
		r := invented(5000+seed, 2+int(seed%4), 3, seed%2 == 0)
		if who, list := gains(t, r); who >= 0 {
			t.Fatalf("round %d: applicant %d gains by %v in place of %v", seed, who, list, r.Applicants[who].List)
		}
	}
}

// TestNoFalseListHelpsWhateverOthersAsk: of three applicants for two institutions with
// a seat kept for a category, every list of everybody is tried, beside every other.
func TestNoFalseListHelpsWhateverOthersAsk(t *testing.T) {
	lists := [][]int32{{}, {0}, {1}, {0, 1}, {1, 0}}
	for seed := range uint64(40) {
		r := invented(6000+seed, 3, 2, true)
		got := make(map[[3]int][]int32)
		each(len(lists), func(by [3]int) {
			for i, k := range by {
				r.Applicants[i].List = lists[k]
			}
			got[by] = run(t, r)
		})
		each(len(lists), func(truth [3]int) {
			for i := range truth {
				own := lists[truth[i]]
				if h := r.Applicants[i].Holds; h >= 0 && !slices.Contains(own, h) {
					own = append(slices.Clone(own), h)
				}
				liked := func(h int32) int {
					if k := slices.Index(own, h); k >= 0 {
						return k
					}
					return len(own)
				}
				for k := range lists {
					said := truth
					said[i] = k
					if liked(got[said][i]) < liked(got[truth][i]) {
						t.Fatalf("round %d: where lists %v are true, applicant %d gains by list %d\n%s", seed, truth, i, k, r.Encode())
					}
				}
			}
		})
	}
}

// each calls f with every choice that three can make among n.
func each(n int, f func(by [3]int)) {
	for a := range n {
		for b := range n {
			for c := range n {
				f([3]int{a, b, c})
			}
		}
	}
}

// TestOrderOfInputsIsNothing: applicants and institutions in any order, the same
// outcome, the same bytes, the same commitment to the applicants.
func TestOrderOfInputsIsNothing(t *testing.T) {
	for seed := range uint64(40) {
		r := invented(9000+seed, 60, 9, seed%2 == 0)
		want, err := r.Run()
		if err != nil {
			t.Fatal(errorText(err))
		}
		bytes, root := string(want.Encode()), r.Root()
		rand.New(rand.NewPCG(seed, 2)).Shuffle(len(r.Applicants), func(i, j int) {
			r.Applicants[i], r.Applicants[j] = r.Applicants[j], r.Applicants[i]
		})
		got, err := r.Run()
		if err != nil {
			t.Fatal(errorText(err))
		}
		if string(got.Encode()) != bytes || r.Root() != root {
			t.Fatalf("round %d: another order, another outcome", seed)
		}
		moved := renumbered(r, seed)
		other, err := moved.Run()
		if err != nil {
			t.Fatal(errorText(err))
		}
		for i := range got.Match {
			if nameOf(r, got.Match[i]) != nameOf(moved, other.Match[i]) {
				t.Fatalf("round %d: institutions in another order, another outcome", seed)
			}
		}
	}
}

func nameOf(r *Round, h int32) string {
	if h < 0 {
		return ""
	}
	return r.Institutions[h].ID
}

// renumbered is the same round with its institutions in another order.
func renumbered(r *Round, seed uint64) *Round {
	out := *r
	to := rand.New(rand.NewPCG(seed, 3)).Perm(len(r.Institutions))
	out.Institutions = make([]Institution, len(to))
	for h, k := range to {
		out.Institutions[k] = r.Institutions[h]
	}
	moved := func(list []int32) (out []int32) {
		for _, h := range list {
			out = append(out, int32(to[h]))
		}
		return out
	}
	out.Applicants = slices.Clone(r.Applicants)
	for i := range out.Applicants {
		a := &out.Applicants[i]
		a.List, a.Siblings = moved(a.List), moved(a.Siblings)
		if a.Holds >= 0 {
			a.Holds = int32(to[a.Holds])
		}
	}
	return &out
}

// TestMoreSeatsHarmNobody: an open seat more leaves everybody at least as well
// off, an applicant more leaves nobody better off. Both are known of plain
// priorities; with seats kept for some they hold for the reserves that we have,
// whose choices are substitutable and take no fewer from more.
func TestMoreSeatsHarmNobody(t *testing.T) {
	for seed := range uint64(400) {
		r := invented(20_000+seed, 25, 5, seed%2 == 0)
		for k := range r.Rules.Reserves {
			r.Rules.Reserves[k].Soft = true // hard ones may leave a seat idle: nothing is known then
		}
		o := newOracle(t, r)
		before := run(t, r)
		h := int(seed) % len(r.Institutions)
		r.Institutions[h].Seats++
		for i, got := range run(t, r) {
			if o.liked(i, got) > o.liked(i, before[i]) {
				t.Fatalf("round %d: a seat more at %d harms applicant %d", seed, h, i)
			}
		}
		r.Institutions[h].Seats--
		all := r.Applicants
		r.Applicants = all[:len(all)-1]
		if all[len(all)-1].Holds >= 0 {
			continue // their place was theirs; without them it is a seat more
		}
		for i, got := range run(t, r) {
			if o.liked(i, got) > o.liked(i, before[i]) {
				t.Fatalf("round %d: an applicant less harms applicant %d", seed, i)
			}
		}
	}
}

// TestSerialIsTheSameByOtherMeans: where all institutions share one order,
// choosing in turn and proposing come to the same.
func TestSerialIsTheSameByOtherMeans(t *testing.T) {
	for seed := range uint64(100) {
		r := invented(30_000+seed, 80, 12, false)
		for i := range r.Applicants {
			r.Applicants[i].Siblings, r.Applicants[i].Holds = nil, -1
		}
		r.Rules = Rules{Kind: DeferredAcceptance, Order: []string{ByTier, ByDate, ByLottery}}
		want := run(t, r)
		r.Rules.Kind = Serial
		if got := run(t, r); !slices.Equal(got, want) {
			t.Fatalf("round %d: %v, want %v", seed, got, want)
		}
	}
}
