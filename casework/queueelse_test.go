package casework

import (
	"testing"
	"time"

	"aiqyn"
)

// TestElsewhere: who waits is told where they would stand if they had chosen otherwise,
// and applying so puts them there; groups that do not suit, that they wait for already
// and that belong to others' cases are not told of.
func TestElsewhere(t *testing.T) {
	r := nursery(t, 4, 5)
	for garden := range 4 {
		r.reports(garden+1, 1)
	}
	r.must(ReportPlaces{ID: r.id(), Actor: keeper("kg-4"), Service: kindergarten, Institution: "kg-4", Group: "kk-2023", Places: 0})
	r.privileged(4)
	first := r.queueUp(0, 1)
	var ref aiqyn.Reference
	for i, garden := range []int{2, 2, 3} {
		r.pass(time.Minute)
		ref = r.queueUp(i+1, garden)
	}
	r.pass(time.Minute)
	late := r.queueUp(4, 1) // by class before all who came before
	ask := func(i int, ref aiqyn.Reference, f PlaceFilter, p Page) List[ElsewhereView] {
		t.Helper()
		list, err := r.Elsewhere(t.Context(), payer(childOf(i)), ref, f, p)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	check := func(list List[ElsewhereView], want ...string) {
		t.Helper()
		var got []string
		for _, v := range list.Items {
			got = append(got, v.Group.Institution.ID+" "+string(rune('0'+v.Position))+"/"+string(rune('0'+v.Group.Waiting)))
		}
		if len(got) != len(want) {
			t.Fatalf("%v, want %v", got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%v, want %v", got, want)
			}
		}
	}
	check(ask(0, first, PlaceFilter{}, Page{}), "kg-2 1/2", "kg-3 1/1", "kg-4 1/0")
	check(ask(4, late, PlaceFilter{}, Page{}), "kg-2 1/2", "kg-3 1/1", "kg-4 1/0")
	page := ask(0, first, PlaceFilter{}, Page{Limit: 2})
	check(page, "kg-2 1/2", "kg-3 1/1")
	page = ask(0, first, PlaceFilter{}, Page{Limit: 2, After: page.Next})
	check(page, "kg-4 1/0")
	if page.Next != "" {
		t.Errorf("more behind the last: %q", page.Next)
	}
	check(ask(0, first, PlaceFilter{Name: "KG-3"}, Page{}), "kg-3 1/1")
	check(ask(3, ref, PlaceFilter{}, Page{}), "kg-1 3/2", "kg-2 3/2", "kg-4 1/0")
	r.must(Withdraw{ID: r.id(), Actor: payer(childOf(3)), Ref: ref})
	check(ask(3, ref, PlaceFilter{}, Page{}))
	r.pass(time.Minute)
	if lines := r.view(r.queueUp(3, 2)).Queue.Lines; len(lines) != 1 || lines[0].Position != 3 {
		t.Errorf("having chosen so they stand at %+v", lines)
	}
	if _, err := r.Elsewhere(t.Context(), payer(childOf(1)), first, PlaceFilter{}, Page{}); keyOf(err) != "error.not-found" {
		t.Errorf("of somebody else's case: %v", err)
	}
}
