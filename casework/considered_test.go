package casework

import (
	"slices"
	"testing"

	"aiqyn/secrecy"
)

// TestAllThatASearchConsidered: the list of what a search has considered begins with what
// it shows, each other place has a reason, pages follow one another without a gap; while
// what it would tell is classified there is none.
func TestAllThatASearchConsidered(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	w := Wish{Parcel: plot, KW: 50}
	points, err := r.ConnectionPoints(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	var all []ConsideredPoint
	for p := (Page{Limit: 3}); ; {
		view, err := r.ConsideredPoints(t.Context(), w, "", p)
		if err != nil {
			t.Fatal(err)
		}
		sum := view.Shown
		for _, reason := range view.Reasons {
			sum += view.Because[reason]
		}
		if sum != view.All || view.Shown != len(points.Points.Feasible) || view.LoadW != 50_000 {
			t.Fatalf("%+v", view)
		}
		if all = append(all, view.List.Items...); view.List.Next == "" {
			if len(all) != view.All {
				t.Errorf("%d lines on all pages, %d considered", len(all), view.All)
			}
			for _, reason := range append(view.Reasons, "") {
				whole, err := r.AllConsidered(t.Context(), w, reason)
				want := slices.DeleteFunc(slices.Clone(all), func(p ConsideredPoint) bool { return reason != "" && p.Because != reason })
				if err != nil || len(want) == 0 || !slices.Equal(whole, want) {
					t.Errorf("the whole list of %q: %v, %d lines, want %d", reason, err, len(whole), len(want))
				}
			}
			break
		}
		p.After = view.List.Next
	}
	shown := 0
	for _, p := range all {
		if p.Because == "" {
			if want := points.Points.Feasible[shown]; p.ID != want.ID || p.Cost != want.Cost {
				t.Errorf("shown %+v, the search shows %+v", p, want)
			}
			shown++
		}
	}
	if shown == 0 {
		t.Error("nothing is shown: the test is blind")
	}
	if _, err := r.ConsideredPoints(t.Context(), w, "", Page{After: "x"}); err == nil {
		t.Error("a page after nothing")
	}
	h := r.hidden(r.today().AddDays(100))
	h.Class = secrecy.Generalised
	r.hides(h)
	if _, err := r.ConsideredPoints(t.Context(), w, "", Page{}); keyOf(err) != "error.wish-classified" {
		t.Errorf("while free power is generalised: %v", err)
	}
}
