package casework

import (
	"fmt"
	"slices"
	"testing"

	"aiqyn"
)

// posts lists all rosters a page of seven at a time, and holds that no page is longer, that
// they are in order and none is there twice.
func (r *rig) posts(viewer aiqyn.Actor, keep func(*RosterView) bool) (all []RosterView) {
	r.t.Helper()
	for p := (Page{Limit: 7}); ; {
		list, err := r.Rosters(r.t.Context(), viewer, keep, p)
		if err != nil || len(list.Items) > p.Limit {
			r.t.Fatalf("after %q: %d rosters, %v", p.After, len(list.Items), err)
		}
		all = append(all, list.Items...)
		if p.After = list.Next; p.After == "" {
			break
		}
	}
	if !slices.IsSortedFunc(all, func(a, b RosterView) int { return compareRosters(&a, &b) }) ||
		len(slices.CompactFunc(slices.Clone(all), func(a, b RosterView) bool { return compareRosters(&a, &b) == 0 })) != len(all) {
		r.t.Errorf("not in order, or twice: %+v", all)
	}
	return all
}

// TestRostersOfACountry: there are as many rosters as kindergartens and clinics. They come
// a page at a time, are found by what they are called, counted, and one by its name; what
// is kept of them is never older than the log.
func TestRostersOfACountry(t *testing.T) {
	r := newRig(t)
	before, err := r.RosterTotals(t.Context(), registrar)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		body, officer := aiqyn.BodyID(fmt.Sprintf("kg-%02d", i)), aiqyn.OfficerID(fmt.Sprintf("clerk-kg-%02d", i))
		r.must(Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleInstitution, Body: body, Officers: []aiqyn.OfficerID{officer}})
	}
	institutions := func(v *RosterView) bool { return v.Role == aiqyn.RoleInstitution }
	if found := r.posts(registrar, institutions); len(found) != 30 || found[3].Body != "kg-03" {
		t.Errorf("%+v", found)
	}
	if n, err := r.RosterTotals(t.Context(), registrar); err != nil || n.Rosters != before.Rosters+30 || n.Officers != before.Officers+30 || n.Vacant != before.Vacant {
		t.Errorf("%+v, before %+v, %v", n, before, err)
	}
	r.must(Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleInstitution, Body: "kg-07", Officers: []aiqyn.OfficerID{"clerk-kg-07", "clerk-kg-70"}})
	if one, err := r.Roster(t.Context(), registrar, aiqyn.RoleInstitution, "kg-07"); err != nil || len(one.Officers) != 2 {
		t.Errorf("%+v, %v", one, err)
	}
	if _, err := r.Roster(t.Context(), registrar, aiqyn.RoleInstitution, "kg-99"); keyOf(err) != "error.not-found" {
		t.Errorf("a roster that is not there: %v", err)
	}
	if _, err := r.Rosters(t.Context(), registrar, nil, Page{After: "kg"}); keyOf(err) != "error.page" {
		t.Errorf("a page that begins nowhere: %v", err)
	}
	if _, err := r.Rosters(t.Context(), head, nil, Page{}); keyOf(err) != "error.forbidden" {
		t.Errorf("by no registrar: %v", err)
	}
}
