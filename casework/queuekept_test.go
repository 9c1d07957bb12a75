package casework

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/registry"
)

// brothered enters at which kindergartens a brother or sister of a child is.
func (r *rig) brothered(i int, at ...string) {
	r.t.Helper()
	r.register(registry.SiblingRegister, string(childOf(i)), registry.Siblings{Person: childOf(i), At: at})
}

// outOfTurn lets a child be of the first class.
func (r *rig) outOfTurn(i int) {
	r.t.Helper()
	r.register(registry.PrivilegeRegister, string(childOf(i)), registry.Privileges{Person: childOf(i), MilitaryChild: true})
}

// keeping is a kindergarten with four places and six children: four of the first class,
// one with a right to priority, and one with a sister at it, who came last.
func keeping(t *testing.T) (*rig, []aiqyn.Reference) {
	r := nursery(t, 2, 6)
	r.privileged(4)
	r.brothered(5, "kg-2", "kg-1", "kg-2")
	r.reports(1, 4)
	r.reports(2, 0)
	var refs []aiqyn.Reference
	for i := range 6 {
		if i < 4 {
			r.outOfTurn(i)
		}
		refs = append(refs, r.queueUp(i, 1))
		r.pass(time.Minute)
	}
	return r, refs
}

// TestKeptSeats: a share of a group is kept for whom the rule names, counting those who
// have a seat; brothers and sisters come first at their kindergarten alone. The file of
// the round has both, it gives the same anywhere, and the next process stands alike.
func TestKeptSeatsAndSiblings(t *testing.T) {
	r, refs := keeping(t)
	holdRound(r)
	view, err := r.Round(kindergarten, day(r.clock(), r.Zone))
	if err != nil {
		t.Fatal(err)
	}
	file, _, err := r.RoundFile(t.Context(), view)
	if err != nil {
		t.Fatal(err)
	}
	round, err := allocation.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	rules := round.Rules
	if !slices.Equal(rules.Order, []string{"tier", "sibling", "date", "lottery"}) || rules.OpenFirst || len(rules.Reserves) != 1 || rules.Reserves[0] != (allocation.Reserve{Category: "one-in-four", Soft: true}) {
		t.Errorf("the round goes by %+v", rules)
	}
	if len(round.Institutions) != 1 || !slices.Equal(round.Institutions[0].Reserves, []int{1}) || !slices.Equal(round.Categories, []string{"one-in-four"}) {
		t.Errorf("it shares out %+v for %q", round.Institutions, round.Categories)
	}
	for i := range refs {
		at := slices.IndexFunc(round.Applicants, func(a allocation.Applicant) bool { return a.ID == r.pseudonym(i) })
		if at < 0 {
			t.Fatalf("child %d is not in it", i)
		}
		if a := round.Applicants[at]; (a.Categories == 1) != (i == 4) || slices.Equal(a.Siblings, []int32{0}) != (i == 5) {
			t.Errorf("child %d is in it as %+v", i, a)
		}
	}
	for i, want := range []QueueState{QueueOffered, QueueOffered, QueueOffered, QueueWaiting, QueueOffered, QueueWaiting} {
		if got := r.stateOf(refs[i]).State; got != want {
			t.Errorf("child %d is %s, want %s", i, got, want)
		}
	}
	if v := r.Inverted(kindergarten); v.Reserve != 1 || v.Unexplained != 0 {
		t.Errorf("inverted %+v", v)
	}
	r.published(refs)
	// The kept seat is taken: what is freed now is for everybody.
	r.replies(4, refs[4], "yes")
	r.replies(0, refs[0], "no")
	r.reopen()
	if q := r.view(refs[5]).Queue; !q.Lines[0].Sibling || q.Sibling == nil || q.Lines[0].Position != 2 {
		t.Errorf("after a restart the last stands at %+v", q.Lines)
	}
	if m := r.queues.of[kindergarten].members[member{"kg-1/kk-2023", "one-in-four"}]; m != 1 {
		t.Errorf("%d with a right to priority have a seat, want 1", m)
	}
	r.pass(24 * time.Hour)
	holdRound(r)
	if got := r.stateOf(refs[3]).State; got != QueueOffered {
		t.Errorf("the fourth of the first class is %s", got)
	}
	r.sound()
	r.missesFiles(roundFileKind, roundResultKind)
}

// missesFiles takes away what strangers run rounds again from, kind by kind: the audit
// finds it.
func (r *rig) missesFiles(kinds ...string) {
	r.t.Helper()
	db := r.beside()
	rename := func(from, to string) {
		if _, err := db.Exec(`UPDATE snapshot SET kind = $1 WHERE kind = $2`, to, from); err != nil {
			r.t.Fatal(err)
		}
	}
	for _, kind := range kinds {
		rename(kind, "gone")
		r.finds("what it announces: " + kind + " ")
		rename("gone", kind)
	}
}

// TestKeptSeatsAreNotClaimed plays an operator who gives a child a sister or a category
// that no register knows, or keeps other seats than the rules do: the audit names each.
func TestKeptSeatsAreNotClaimed(t *testing.T) {
	for name, by := range map[string]struct {
		child  int
		forged rankedAnew
	}{
		"a sister":             {3, rankedAnew{Class: "extraordinary", Siblings: []string{"kg-1"}}},
		"a sister too many":    {5, rankedAnew{Class: "general", Tier: 2, Was: 2, Siblings: []string{"kg-1", "kg-2", "kg-3"}}},
		"no sister any more":   {5, rankedAnew{Class: "general", Tier: 2, Was: 2}},
		"a category":           {3, rankedAnew{Class: "extraordinary", worth: worth{Reserves: []string{"one-in-four"}}}},
		"no category any more": {4, rankedAnew{Class: "priority", Tier: 1, Was: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			r, refs := keeping(t)
			r.deals(refs[by.child], func(c *turn) { c.emit(EventRanked, aiqyn.System, &by.forged, atStep("offer")) })
			r.auditFinds("does not follow from the facts")
		})
	}
	t.Run("keeps more", func(t *testing.T) {
		r, _ := keeping(t)
		r.queues.of[kindergarten].members[member{"kg-1/kk-2023", "one-in-four"}] = -2
		holdRound(r)
		r.auditFinds("the inputs of the round are not who waited then")
	})
	t.Run("keeps none", func(t *testing.T) {
		r, _ := keeping(t)
		q := r.queueRules()
		kept := q.Reserves
		q.Reserves = nil
		holdRound(r)
		q.Reserves = kept
		r.auditFinds("the inputs of the round are not who waited then")
	})
	t.Run("fills the open seats first", func(t *testing.T) {
		r, _ := keeping(t)
		r.queueRules().OpenFirst = true
		holdRound(r)
		r.queueRules().OpenFirst = false
		r.auditFinds("the inputs of the round are not who waited then")
	})
	t.Run("in the rows", func(t *testing.T) {
		r, _ := keeping(t)
		holdRound(r)
		r.sound()
		found := 0
		for _, change := range []string{
			`UPDATE queue_place SET siblings = 'kg-1' WHERE case_no = 4`, `UPDATE queue_place SET reserves = '' WHERE case_no = 5`,
			`UPDATE queue_move SET sibling = 0 WHERE case_no = 6 AND line LIKE '%kg-1%'`,
		} {
			db := r.beside()
			if _, err := db.Exec(change); err != nil {
				t.Fatal(err)
			}
			db.Close()
			if rep := r.audit(); len(rep.Problems) <= found {
				t.Errorf("the audit does not find: %s", change)
			} else {
				found = len(rep.Problems)
			}
		}
		if rep := r.rebuild(); len(rep.Problems) > 0 || rep.Differed < 3 {
			t.Errorf("the rebuild says %+v", rep)
		}
		r.open()
		r.sound()
	})
}

// TestWhomABrotherPasses: who has a brother or sister somewhere comes there before who
// stood there, and the list of who was passed over says so, for whoever comes in and for
// whoever has registers read again.
func TestWhomABrotherPasses(t *testing.T) {
	r := nursery(t, 2, 4)
	r.reports(1, 0)
	r.reports(2, 0)
	for i := range 2 {
		r.queueUp(i, 1, 2)
		r.pass(time.Minute)
	}
	last := r.queueUp(3, 1, 2)
	r.brothered(2, "kg-1")
	r.queueUp(2, 1, 2) // before three
	r.pass(time.Minute)
	r.brothered(3, "kg-2")
	r.must(LookAgain{ID: r.id(), Actor: payer(childOf(3)), Ref: last}) // before two
	if v := r.Inverted(kindergarten); !slices.Equal(v.Outside, []CauseCount{{CauseKin, 5}}) || v.Unexplained != 0 {
		t.Errorf("passed over: %+v", v)
	}
	r.reopen()
	r.sound()
}
