package allocation

import (
	"maps"
	"slices"
	"testing"
)

// pairs counts inversions with nothing packed: whoever got a place against whoever has
// an earlier date and did not, by what the published rules say first.
func pairs(r *Round, match []int32) map[[3]string]int {
	count := make(map[[3]string]int)
	for s, h := range match {
		if h < 0 || !slices.Contains(r.Applicants[s].List, h) {
			continue
		}
		for e := range r.Applicants {
			at := slices.Index(r.Applicants[e].List, h)
			better := slices.Index(r.Applicants[e].List, match[e])
			if at < 0 || better >= 0 && better <= at || r.Applicants[e].Date >= r.Applicants[s].Date {
				continue
			}
			count[[3]string{r.Institutions[h].ID, r.Applicants[s].ID, r.cause(int32(s), h, r.classOf(int32(e), h))}]++
		}
	}
	return count
}

func counted(r *Round, match []int32) map[[3]string]int {
	count := make(map[[3]string]int)
	for i := range r.Inversions(match) {
		count[[3]string{i.Institution, i.Served, i.Cause}] += i.Count
	}
	return count
}

// TestEveryInversionIsExplained: of random rounds every inversion is found, has a cause
// in the published rules, and nobody is passed over who stands before by all of them.
func TestEveryInversionIsExplained(t *testing.T) {
	seen := make(map[string]int64)
	for seed := range uint64(2000) {
		r := invented(seed, 12, 4, seed%2 == 0)
		match := run(t, r)
		if want, got := pairs(r, match), counted(r, match); !maps.Equal(want, got) {
			t.Fatalf("round %d: %v, want %v", seed, got, want)
		}
		for cause, n := range r.Inverted(match).Causes() {
			seen[cause] += n
		}
	}
	if seen[CauseUnexplained] != 0 {
		t.Errorf("%d are unexplained", seen[CauseUnexplained])
	}
	for _, cause := range []string{ByHolding, ByTier, BySibling, ByPoints, ByLottery, CauseReserve} {
		if seen[cause] == 0 {
			t.Errorf("none is by %s", cause)
		}
	}
}

// TestAnInversionWithoutACause: who is put before somebody by hand shows, with whom they
// were put before.
func TestAnInversionWithoutACause(t *testing.T) {
	r := &Round{Name: "q", Rules: Rules{Kind: DeferredAcceptance, Order: []string{ByTier, ByDate, ByLottery}}, Institutions: []Institution{{ID: "kg", Seats: 1}}}
	for i, name := range []string{"a", "b", "c"} {
		r.Applicants = append(r.Applicants, Applicant{ID: name, Date: int64(i), List: []int32{0}, Holds: -1})
	}
	if got := r.Inverted(run(t, r)); got != (Inverted{}) {
		t.Errorf("a sound round has %+v", got)
	}
	bought := slices.Collect(r.Inversions([]int32{-1, -1, 0}))
	if len(bought) != 1 || bought[0] != (Inversion{"kg", "c", CauseUnexplained, 2, "a"}) {
		t.Errorf("a bought place shows as %+v", bought)
	}
	r.Rules.Quotas, r.Categories = []Quota{{"orphan", 25}}, []string{"orphan"}
	r.Applicants[2].Categories = 1
	if got := r.Inverted([]int32{-1, -1, 0}); got != (Inverted{Quota: 2}) {
		t.Errorf("by a quota it shows as %+v", got)
	}
}
