package casework

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

// TestCausesOfAMove: who has left an offer unanswered on a day on which that stops nobody
// comes back with their date; who has more points stands before others; and whose class
// was wrong stands where it puts them when that is corrected, without asking.
func TestCausesOfAMove(t *testing.T) {
	t.Run("an offer that stops nobody", func(t *testing.T) {
		const kg = "kg-1/kk-2023"
		r, refs := threeWait(t)
		q := r.queueRules()
		stops := q.Stops
		q.Stops = nil
		t.Cleanup(func() { q.Stops = stops }) // other tests have the same pack
		holdRound(r)
		var was []string
		r.passedBy(kindergarten, &was)
		r.at(r.view(refs[0]).Due.At.Add(time.Second))
		r.passedBy(kindergarten, &was, "offer-over 2 "+kg)
		if q := r.stateOf(refs[0]); q.State != QueueWaiting || r.view(refs[0]).Queue.Lines[0].Position != 1 {
			t.Errorf("whoever has said nothing is %+v", q)
		}
		r.reopen()
		r.sound()
	})
	t.Run("more points", func(t *testing.T) {
		r := campus(t, 60, 90, 75, 120)
		var was []string
		for i, want := range [][]string{nil, {"line-points 1 u-1/it"}, {"line-points 1 u-1/it"}, {"line-points 3 u-1/it"}} {
			r.enrols(i)
			r.pass(time.Minute)
			r.passedBy(university, &was, want...)
		}
		r.reopen()
		r.sound()
	})
	t.Run("a correction", func(t *testing.T) {
		const kg = "kg-1/kk-2023"
		r := nursery(t, 1, 3)
		r.reports(1, 1)
		r.register(registry.PrivilegeRegister, string(childOf(2)), registry.Privileges{Person: childOf(2)})
		var refs []aiqyn.Reference
		for i := range 3 {
			refs = append(refs, r.queueUp(i, 1))
			r.pass(time.Minute)
		}
		svc, _ := r.Pack().Service(kindergarten)
		head := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-09", Body: svc.Body}
		r.privileged(2)
		var was []string
		fix := func(ref aiqyn.Reference) {
			t.Helper()
			for name := range r.factsOf(ref) {
				c := Correct{ID: r.id(), Actor: head, Ref: ref, Field: name, Entry: r.entryOf(ref, EventLookedUp), Ground: "the register was late"}
				if _, err := r.Do(t.Context(), c); err != nil && keyOf(err) != "error.correct-same" {
					t.Fatal(err)
				}
			}
		}
		fix(refs[2])
		r.passedBy(kindergarten, &was, "line-tier 2 "+kg)
		if q := r.view(refs[2]).Queue; q.Lines[0].Position != 1 {
			t.Errorf("after the correction it stands at %d", q.Lines[0].Position)
		}
		fix(refs[1]) // nothing was wrong
		if countOf(r.view(refs[1]), EventRanked) != 0 {
			t.Error("it is ranked anew for nothing")
		}
		r.reopen()
		r.sound()
	})
}

// factsOf are what registers have said of a case, by name.
func (r *rig) factsOf(ref aiqyn.Reference) map[string]reading {
	r.t.Helper()
	rec, err := r.caseOf(r.t.Context(), ref)
	if err != nil {
		r.t.Fatal(err)
	}
	return rec.state.Facts
}

// TestMovesOfALineByPages: whatever the size of a page, every move of a line is in one, and
// in one only: an entry by which somebody goes from one place in it to another has two.
func TestMovesOfALineByPages(t *testing.T) {
	const kg = "kg-1/kk-2023"
	r, refs := threeWait(t)
	for _, i := range []int{2, 1} {
		r.privileged(i)
		r.must(LookAgain{ID: r.id(), Actor: payer(childOf(i)), Ref: refs[i]})
	}
	moves := func(limit int) (said []string) {
		for p := (Page{Limit: limit}); ; {
			list, err := r.QueueMoves(t.Context(), kindergarten, kg, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range list.Items {
				said = append(said, fmt.Sprintf("%d %s %d", m.Entry, m.Kind, m.Step))
			}
			if p.After = list.Next; p.After == "" {
				return said
			}
		}
	}
	all := moves(100)
	if len(all) != 7 {
		t.Fatalf("%d moves, want three that came and two that went from one place to another: %q", len(all), all)
	}
	for limit := range 7 {
		if got := moves(limit + 1); !slices.Equal(got, all) {
			t.Errorf("by %d: %q, want %q", limit+1, got, all)
		}
	}
	for _, bad := range []string{"x", "5", "5.2", "-1.0", "5.x"} {
		if _, err := r.QueueMoves(t.Context(), kindergarten, kg, Page{After: bad}); keyOf(err) != "error.page" {
			t.Errorf("behind %q: %v", bad, err)
		}
	}
}
