package casework

import (
	"slices"
	"testing"
	"time"

	"aiqyn"
)

// TestEveryLookIsCounted: each page, receipt and archive that an officer is shown is
// counted before it is shown, whether the person is covered or not; when the day is over
// it is in the log, and nobody takes it out unseen. What the machinery reads is told too.
func TestEveryLookIsCounted(t *testing.T) {
	r := newRig(t)
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	ref := r.file(holder, plot, 150)
	r.pass(10 * time.Second)
	officer := r.officer(ref)
	overseer := aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-01", Body: "anti-corruption"}
	sees := func(who aiqyn.Actor, times int) *CaseView {
		t.Helper()
		var v *CaseView
		for range times {
			var err error
			if v, err = r.Case(t.Context(), who, ref); err != nil {
				t.Fatal(err)
			}
		}
		return v
	}
	looks := func() map[string]int64 {
		t.Helper()
		list, err := r.Looks(t.Context(), me, Page{})
		if err != nil {
			t.Fatal(err)
		}
		n := make(map[string]int64)
		for _, l := range list.Items {
			if l.Ref != ref || l.Role == "" || l.Day.Format(time.DateOnly) != start.Format(time.DateOnly) {
				t.Errorf("a look at %+v", l)
			}
			n[string(l.Officer)+" "+string(l.Kind)] += l.N
		}
		return n
	}
	sees(officer, 3)
	sees(overseer, 2)
	sees(me, 4)
	r.must(OpenPersonal{ID: r.id(), Actor: officer, Ref: ref, Purpose: PurposeIdentity})
	v := sees(officer, 1)
	if _, err := r.Receipt(t.Context(), officer, v.Events[0].Index); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Evidence(t.Context(), officer, ref); err != nil {
		t.Fatal(err)
	}
	o := string(officer.Officer)
	want := map[string]int64{o + " covered": 3, "overseer-01 covered": 2, o + " clear": 1, o + " receipt": 1, o + " archive": 1}
	same := func(when string) {
		t.Helper()
		got := looks()
		for what, n := range want {
			if got[what] != n {
				t.Errorf("%s: %s %d times, want %d", when, what, got[what], n)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v", when, got)
		}
	}
	same("at once")
	size := r.size()
	if err := r.logLooks(t.Context()); err != nil || r.size() != size {
		t.Errorf("a day that is not over is in the log: %v", err)
	}
	r.reopen()
	same("after the process has ended")
	r.pass(24 * time.Hour)
	size = r.size()
	for range 2 {
		if err := r.logLooks(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.size() - size; n != 1 {
		t.Errorf("a day of one person took %d entries", n)
	}
	same("in the log")
	list, err := r.Looks(t.Context(), me, Page{})
	if err != nil || slices.ContainsFunc(list.Items, func(l LookView) bool { return l.Index < 0 }) {
		t.Errorf("is not recorded: %+v, %v", list.Items, err)
	}
	if _, err := r.Receipt(t.Context(), me, list.Items[0].Index); err != nil {
		t.Errorf("the person has no receipt of it: %v", err)
	}
	if acts, err := r.AccountActs(t.Context(), me, Page{}); err != nil || len(acts.Items) != 0 {
		t.Errorf("is among what was done to the account: %+v, %v", acts.Items, err)
	}
	if other, err := r.Looks(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Page{}); err != nil || len(other.Items) != 0 {
		t.Errorf("a stranger reads %+v, %v", other.Items, err)
	}
	if _, err := r.Looks(t.Context(), officer, Page{}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("an officer reads it: %v", err)
	}
	if err := r.countMachine(t.Context()); err != nil {
		t.Fatal(err)
	}
	read, err := r.MachineLooks(t.Context(), me)
	if err != nil || !slices.ContainsFunc(read, func(l LookView) bool { return l.Kind == "notify" && l.N > 0 && l.Role == aiqyn.RoleSystem }) {
		t.Errorf("the machinery's: %+v, %v", read, err)
	}
	r.wantClean()
	entry := list.Items[0].Index
	keep := `CREATE TABLE kept AS SELECT * FROM account_act`
	back := `INSERT INTO account_act SELECT * FROM kept`
	r.raw(keep)
	for _, x := range []struct{ text, want string }{
		{`DELETE FROM account_act WHERE entry = $1`, "the key of its account is gone"},
		{`UPDATE account_act SET wrapped = (SELECT key FROM cases WHERE no = 1) WHERE entry = $1`, "does not open it"},
		{`UPDATE account_act SET subject = (SELECT applicant FROM cases WHERE no = 1) WHERE entry = $1`, "is kept from whom it concerns"},
	} {
		r.raw(x.text, entry)
		r.finds(x.want)
		r.raw(`DELETE FROM account_act`)
		r.raw(back)
	}
	r.wantClean()
}

// TestNothingIsShownUncounted: where it cannot be written down that somebody looks, they
// are shown nothing.
func TestNothingIsShownUncounted(t *testing.T) {
	r := newRig(t)
	ref := r.file(holder, plot, 150)
	r.pass(10 * time.Second)
	officer := r.officer(ref)
	r.must(OpenPersonal{ID: r.id(), Actor: officer, Ref: ref, Purpose: PurposeIdentity})
	r.raw(`DROP TABLE look`)
	if v, err := r.Case(t.Context(), officer, ref); err == nil || v != nil {
		t.Errorf("the page is shown: %v", err)
	}
	if _, err := r.Receipt(t.Context(), officer, r.view(ref).Events[0].Index); err == nil {
		t.Error("a receipt is given")
	}
	if _, err := r.Evidence(t.Context(), officer, ref); err == nil {
		t.Error("the archive is given")
	}
	if _, err := r.Case(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, ref); err != nil {
		t.Errorf("the applicant is kept from their own case: %v", err)
	}
}
