package casework

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/store"
)

var watcher = aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}

func (r *rig) flips() (said []string) {
	r.t.Helper()
	for after := ""; ; {
		list, err := r.Flips(r.t.Context(), watcher, Page{After: after, Limit: 2})
		if err != nil {
			r.t.Fatal(err)
		}
		for _, f := range list.Items {
			line := fmt.Sprint(f.Object, " ", f.Days, " ", f.Imported, " ", f.Other)
			if f.Node != "" {
				line += " at " + f.Node
			}
			if f.Agent {
				line += " by another"
			}
			if f.Change != "" {
				line += " " + string(f.Change)
			}
			said = append(said, line)
		}
		if after = list.Next; after == "" {
			slices.Sort(said)
			return said
		}
	}
}

// TestImportedHistoryContradictsItself: refusals of a former system that it granted
// later to anyone for the same parcel are found, exactly those, whichever was
// imported first and however many at once.
func TestImportedHistoryContradictsItself(t *testing.T) {
	r := newRig(t)
	n := 0
	claim := func(parcel, load string, who aiqyn.PersonID, outcome aiqyn.Outcome, month time.Month) Import {
		n++
		c := imported(fmt.Sprint(n))
		c.Answers = map[string]string{"parcel": parcel, "load": load}
		c.Applicant, c.Outcome = who, outcome
		c.Filed, c.Decided = deadline.Date{Year: 2020, Month: month, Day: 1}, deadline.Date{Year: 2020, Month: month, Day: 11}
		return c
	}
	all := []Import{
		claim("99-999-002-001", "50", holder, aiqyn.Refused, 2), claim("99-999-002-001", "50", stranger, aiqyn.Granted, 3), // planted: another person
		claim("99-999-002-002", "60", holder, aiqyn.Granted, 5), claim("99-999-002-002", "40", holder, aiqyn.Refused, 4), // planted: imported the other way round
		claim("99-999-002-003", "50", holder, aiqyn.Refused, 2), claim("99-999-002-003", "20", holder, aiqyn.Granted, 3), // planted: less power
		claim("99-999-002-004", "50", holder, aiqyn.Granted, 2), claim("99-999-002-004", "50", holder, aiqyn.Refused, 3), // granted before
		claim("99-999-002-005", "50", holder, aiqyn.Refused, 2), claim("99-999-002-006", "50", holder, aiqyn.Granted, 3), // another parcel
		claim("99-999-002-007", "50", holder, aiqyn.Refused, 2), claim("99-999-002-007", "50", holder, aiqyn.Withdrawn, 3),
	}
	var group sync.WaitGroup
	for _, c := range all {
		group.Go(func() {
			if _, err := r.Do(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	want := []string{"99-999-002-001 29 true true", "99-999-002-002 30 true false", "99-999-002-003 29 true false smaller"}
	if got := r.flips(); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if n, err := r.FlipCount(t.Context()); err != nil || n != 3 {
		t.Errorf("%d are counted, %v", n, err)
	}
	if _, err := r.Flips(t.Context(), aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01"}, Page{}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("an engineer sees them: %v", err)
	}
	r.wantClean()
	r.whole()
}

// TestAGrantContradictsAFormerRefusal: what a former system refused and is granted
// here comes to light with the grant.
func TestAGrantContradictsAFormerRefusal(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	c := imported("1")
	c.Outcome = aiqyn.Refused
	r.must(c)
	ref := r.toConditions(holder, plot, 60)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	if got := r.flips(); len(got) != 1 {
		t.Errorf("found %q", got)
	}
	r.wantClean()
}

// TestRoomThatWasGivenBack is no contradiction: what was refused for want of power
// may be granted once somebody gave theirs back.
func TestRoomThatWasGivenBack(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	first, second := r.toConditions(holder, plot, 380), r.toConditions(holder, "99-999-002-001", 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(first), Ref: first, Step: "conditions", Grant: true})
	if err := r.refuse(second); err != nil {
		t.Fatal(err)
	}
	r.pass(4 * 24 * time.Hour)
	if err := r.refuse(second); err != nil {
		t.Fatal(err)
	}
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: first})
	third := r.toConditions(holder, "99-999-002-001", 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(third), Ref: third, Step: "conditions", Grant: true})
	if got := r.flips(); len(got) != 0 {
		t.Errorf("found %q", got)
	}
	r.wantClean()
}

// stubborn makes the second ruling about a parcel see no room where the first saw it:
// an office whose computation lies.
func stubborn(c *Config) {
	all := Computations{}
	for name, comp := range c.Computations {
		all[name] = comp
	}
	points := all[grid.ConnectionPoints3]
	lies := true
	all[grid.ConnectionPoints3] = Computation{Run: points.Run, Bind: func(b *Binding) error {
		err := points.Bind(b)
		if err == nil && lies && b.Output != nil {
			b.Output = []byte(`{"best":null,"certified":true,"consent":{"cost":0,"id":"","parcel":"","trafo":0},"feasible":[],"load_w":50000,"nearest_free_w":0,"network":"` + c.Capacity.Hash + `","rejected":[],"streets":"","upgrade":null,"version":3,"without":[]}`)
		}
		return err
	}}
	stopLying = func() { lies = false }
	c.Computations = all
}

var stopLying func()

// TestALiveFlip: the same parcel, refused and then granted to another with nothing
// changed on the network, is found here too. The audit finds the refusal as well.
func TestALiveFlip(t *testing.T) {
	r := newRig(t, stubborn)
	r.keepNetwork()
	ref := r.toConditions(holder, plot, 50)
	for range 2 {
		if err := r.refuse(ref); err != nil {
			t.Fatal(err)
		}
		r.pass(4 * 24 * time.Hour)
	}
	stopLying()
	again := r.toConditions(holder, plot, 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(again), Ref: again, Step: "conditions", Grant: true})
	if got := r.flips(); len(got) != 1 || got[0] != plot+" 0 false false" && got[0] != plot+" 4 false false" {
		t.Errorf("found %q", got)
	}
	if r.audit().OK {
		t.Error("the ruling that lied is not found")
	}
}

// TestAFlipWithoutMarks: a refusal of before verdicts left marks is found again by what
// it was about.
func TestAFlipWithoutMarks(t *testing.T) {
	r := newRig(t, stubborn)
	r.keepNetwork()
	r.refusedByALie(plot, 50)
	r.raw(`DELETE FROM likeness`)
	if err := r.db.PutSetting(t.Context(), "unmarked-verdicts", fmt.Sprint(r.seq.head.Size)); err != nil {
		t.Fatal(err)
	}
	r.reopen()
	stopLying()
	again := r.toConditions(holder, plot, 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(again), Ref: again, Step: "conditions", Grant: true})
	if got := r.flips(); len(got) != 1 {
		t.Errorf("found %q", got)
	}
}

// TestHistoryOfATransformer: what a former system refused at one parcel and granted at
// another of the same transformer is found, whatever the order, for a year; a refusal
// of who applied is not. The transformer may be one of the network here.
func TestHistoryOfATransformer(t *testing.T) {
	r := newRig(t)
	n := 0
	claim := func(parcel, node, reason string, who, agent aiqyn.PersonID, outcome aiqyn.Outcome, year int) {
		t.Helper()
		n++
		c := imported(fmt.Sprint(n))
		c.Answers = map[string]string{"parcel": parcel, "load": "50"}
		c.Applicant, c.Agent, c.Outcome, c.Node, c.Reason = who, agent, outcome, node, reason
		c.Filed, c.Decided = deadline.Date{Year: year, Month: 2, Day: 1}, deadline.Date{Year: year, Month: 2, Day: 11}
		if outcome == aiqyn.Granted {
			c.Decided.Month = 3
		}
		r.must(c)
	}
	claim("99-999-002-001", "ТП-1", "no-capacity", holder, "", aiqyn.Refused, 2020)
	claim("99-999-002-002", "тп-1 ", "", stranger, holder, aiqyn.Granted, 2020)  // planted
	claim("99-999-002-003", "ТП-1", "", stranger, "", aiqyn.Granted, 2022)       // years later
	claim("99-999-002-004", "ТП-2", "", stranger, "", aiqyn.Granted, 2020)       // at another
	claim("99-999-002-005", "ТП-3", "", holder, "", aiqyn.Granted, 2020)         // planted, imported the other way round
	claim("99-999-002-006", "ТП-3", "", holder, "", aiqyn.Refused, 2020)         //
	claim("99-999-002-007", "ТП-4", "no-right", holder, "", aiqyn.Refused, 2020) // of who applied
	claim("99-999-002-008", "ТП-4", "", stranger, "", aiqyn.Granted, 2020)
	want := []string{"99-999-002-002 29 true true at ТП-1 by another", "99-999-002-006 29 true false at ТП-3"}
	if got := r.flips(); !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	bad := imported("bad")
	bad.Reason = "no-capacity"
	if _, err := r.Do(t.Context(), bad); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("a grant has a reason to refuse: %v", err)
	}
	r.wantClean()
	r.whole()
}

// refusedByALie refuses a case for want of power that the office's computation lies
// about, and then stops lying.
func (r *rig) refusedByALie(parcel string, kw int) {
	r.t.Helper()
	ref := r.toConditions(holder, parcel, kw)
	for range 2 {
		if err := r.refuse(ref); err != nil {
			r.t.Fatal(err)
		}
		r.pass(4 * 24 * time.Hour)
	}
	stopLying()
}

// TestANeighbourIsGranted: what was refused at one parcel is granted at another of the
// same transformer, and nothing was built or given back.
func TestANeighbourIsGranted(t *testing.T) {
	r := newRig(t, stubborn)
	r.keepNetwork()
	r.refusedByALie(plot, 50)
	ref := r.toConditions(holder, "99-999-002-001", 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	got := r.flips()
	if len(got) != 1 || !strings.Contains(got[0], " false false at ") {
		t.Errorf("found %q", got)
	}
	for _, p := range r.audit().Problems {
		if !strings.Contains(p.What, "answers otherwise") { // the lie itself
			t.Errorf("the audit says %v", p)
		}
	}
}

// TestWhatDoesNotExcuseALie: that the network was surveyed anew between, or that a little
// less is granted, is told and excuses nothing where the refusal's own figures had room.
func TestWhatDoesNotExcuseALie(t *testing.T) {
	for _, c := range []struct {
		surveyed float64
		kw       int
		change   grid.Change
	}{{410, 50, grid.ChangeNetwork}, {400, 49, grid.ChangeLess}, {410, 49, grid.ChangeNetwork}} {
		kw := 400.0
		r := newRig(t, stubborn, func(cfg *Config) { cfg.Capacity = testCapacity(t, kw) })
		r.keepNetwork()
		r.refusedByALie(plot, 50)
		if kw = c.surveyed; kw != 400 {
			n := testNetwork(kw)
			if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: n.Hash(), Kind: "network", Data: n.Encode(), Added: start}); err != nil {
				t.Fatal(err)
			}
			r.reopen()
			stopLying()
		}
		ref := r.toConditions(holder, "99-999-002-001", c.kw)
		r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
		list, err := r.Flips(t.Context(), overseer, Page{})
		if err != nil || len(list.Items) != 1 || list.Items[0].Change != string(c.change) {
			t.Errorf("%+v: found %+v, %v", c, list.Items, err)
		}
		for _, p := range r.audit().Problems {
			if !strings.Contains(p.What, "answers otherwise") { // the lie itself
				t.Errorf("the audit says %v", p)
			}
		}
	}
}

// TestTheAuditOfWhatARefusalNotes: what was free at each transformer is held to what was
// computed, and none may leave it out.
func TestTheAuditOfWhatARefusalNotes(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	ref := r.toConditions(holder, plot, 900)
	for range 2 {
		if err := r.refuse(ref); err != nil {
			t.Fatal(err)
		}
		r.pass(4 * 24 * time.Hour)
	}
	r.wantClean()
	notes := func(free *int64) func([]*event) []*event {
		return each(func(d *refused) {
			d.At = slices.Clone(d.At)
			d.At[0].FreeW = free
		})
	}
	const about = "the verdict is about other transformers than it says"
	r.forgedAs("less free", 1, notes(new(int64)), about)
	r.forgedAs("nothing noted", 1, notes(nil), about)
}

// TestAFlipThatWasLeftOut: an office that has lost what refusals are found again by
// names no contradiction; the audit does.
func TestAFlipThatWasLeftOut(t *testing.T) {
	r := newRig(t, stubborn)
	r.keepNetwork()
	r.refusedByALie(plot, 50)
	r.raw(`DELETE FROM likeness`)
	r.reopen()
	stopLying()
	ref := r.toConditions(holder, "99-999-002-001", 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	if got := r.flips(); len(got) != 0 {
		t.Fatalf("found %q", got)
	}
	var left, marks int
	for _, p := range r.audit().Problems {
		if strings.Contains(p.What, "contradicts the refusal of") && strings.HasSuffix(p.What, "and no entry says so") {
			left++
		}
		if strings.Contains(p.What, "is not in the list that cases are found again by") {
			marks++
		}
	}
	if left != 1 || marks != 1 {
		t.Errorf("%d left out, %d cases without marks: %v", left, marks, r.audit().Problems)
	}
}
