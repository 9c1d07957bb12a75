package casework

import (
	"slices"
	"testing"

	"aiqyn"

	"aiqyn/allocation"
	"aiqyn/service"
)

// TestKeptSeats: a quota keeps its share of the seats, rounded up; the first has the
// right of way.
func TestKeptSeats(t *testing.T) {
	quotas := []service.PlaceQuota{{Name: "rural", Percent: 30}, {Name: "orphans", Percent: 5}}
	for seats, want := range map[int][]int{0: {0, 0}, 1: {1, 0}, 2: {1, 1}, 10: {3, 1}, 100: {30, 5}} {
		if got := keptSeats(quotas, seats); !slices.Equal(got, want) {
			t.Errorf("of %d seats: %v, want %v", seats, got, want)
		}
	}
}

// TestRoundsThatCalledByQuotas: a round that was written when quotas called is made
// again as it was, but not once a round of the service has kept seats.
func TestRoundsThatCalledByQuotas(t *testing.T) {
	q := &service.Queue{Round: service.RoundAccepting, Order: []string{"tier", "points", "lottery"}, Quotas: []service.PlaceQuota{{Name: "rural", Percent: 30}}}
	r := &allocation.Round{
		Name: "grants/2026-06-08", Closed: "2026-06-08T09:00:00+05:00", Rules: roundRules(q), Categories: []string{"rural"},
		Institutions: []allocation.Institution{{ID: "u-1/it", Seats: 10, Reserves: keptSeats(q.Quotas, 10)}},
		Applicants:   []allocation.Applicant{{ID: "a", Categories: 1, List: []int32{0}, Holds: -1}},
	}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	called := asCalled(r, q)
	if err := called.Check(); err != nil {
		t.Fatal(err)
	}
	if called.Root() == r.Root() || called.Rules.Hash() == r.Rules.Hash() || len(r.Institutions[0].Reserves) == 0 {
		t.Fatal("the two forms are one, or one has changed the other")
	}
	tell := queueTelling{keeps: make(map[aiqyn.ServiceID]bool)}
	before := &roundCommitted{Service: "grants", Rules: called.Rules.Hash()}
	for _, step := range []struct {
		says string
		d    *roundCommitted
		want *allocation.Round
	}{
		{"a round of before", before, called},
		{"the first that keeps seats", &roundCommitted{Service: "grants", Rules: r.Rules.Hash()}, r},
		{"one that calls again", before, r},
	} {
		if got := tell.asWritten(r, step.d, q); got.Root() != step.want.Root() {
			t.Errorf("%s is made in the other form", step.says)
		}
	}
}
