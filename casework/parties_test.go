package casework

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/registry"
)

// given is every text of a case that its applicant is given: what pages and programs
// are made of, each receipt, the archive.
func (r *rig) given(who aiqyn.Actor, ref aiqyn.Reference) map[string]string {
	r.t.Helper()
	v, err := r.Case(r.t.Context(), who, ref)
	if err != nil {
		r.t.Fatal(err)
	}
	v.Service = nil // the pack's own texts
	view, err := json.Marshal(v)
	if err != nil {
		r.t.Fatal(err)
	}
	out := map[string]string{"view": string(view)}
	for _, ev := range v.Events {
		receipt, err := r.Receipt(r.t.Context(), who, ev.Index)
		if err != nil {
			r.t.Fatal(err)
		}
		if _, err := r.Check(r.t.Context(), receipt); err != nil {
			r.t.Errorf("the receipt of %s does not hold: %v", ev.Kind, err)
		}
		out["receipt of "+string(ev.Kind)] += string(receipt)
	}
	archive, err := r.Evidence(r.t.Context(), who, ref)
	if err != nil {
		r.t.Fatal(err)
	}
	opened, err := evidence.OpenArchive(archive)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, p := range opened.Pieces {
		out["archive"] += string(p.Data)
	}
	for _, d := range opened.Documents {
		out["archive"] += string(d.Data)
	}
	return out
}

// TestAStrangersParcelTellsNothingOfItsOwner: whoever names a parcel learns no number
// of whose it is; its owner reads that the register was read about them, by which
// service and when, and not who applied.
func TestAStrangersParcelTellsNothingOfItsOwner(t *testing.T) {
	r := newRig(t)
	// A second holder of the parcel is the applicant: then they see themselves, and
	// still not the other.
	r.register(registry.RightRegister, "99-999-002-007", registry.Right{Parcel: "99-999-002-007", Holders: []registry.Holder{
		{Person: holder, Share: "1/2"}, {Person: stranger, Share: "1/2"},
	}})
	me, owner := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	for _, parcel := range []string{plot, "99-999-002-007"} {
		ref := r.file(stranger, parcel, 5)
		texts := r.given(me, ref)
		for name, text := range texts {
			if before, after, found := strings.Cut(text, string(holder)); found {
				t.Errorf("%s of parcel %s tells who owns it: …%s|%s…", name, parcel, before[max(0, len(before)-200):], after[:min(len(after), 80)])
			}
		}
		if own := strings.Contains(texts["view"], string(stranger)); own != (parcel != plot) && parcel != plot {
			t.Errorf("the applicant does not see their own right")
		}
		if !strings.Contains(texts["view"], "1/") || !strings.Contains(texts["receipt of filed"], `"private":{`) {
			t.Error("more is closed than what is another person's")
		}
		if strings.Contains(texts["receipt of looked-up"], `"private":{`) {
			t.Error("the receipt of the look-up opens its private part")
		}
		own, err := r.Readings(t.Context(), me, Page{})
		if err != nil || len(own.Items) == 0 || own.Items[0].Ref != ref {
			t.Errorf("the applicant's own readings: %+v, %v", own, err)
		}
	}
	list, err := r.Readings(t.Context(), owner, Page{})
	if err != nil || len(list.Items) != 2 {
		t.Fatalf("the owner reads of %d look-ups: %+v, %v", len(list.Items), list, err)
	}
	for _, x := range list.Items {
		if x.Kind != EventLookedUp || x.Ref != "" || x.Officer != "" || !slices.Equal(x.What, []string{registry.RightRegister}) || x.Title.KK == "" || x.At.IsZero() || x.Index == 0 {
			t.Errorf("the owner reads %+v", x)
		}
		if said := fmt.Sprintf("%+v", x); strings.Contains(said, string(stranger)) {
			t.Errorf("the owner reads who applied: %s", said)
		}
	}
	first, err := r.Readings(t.Context(), owner, Page{Limit: 1})
	if err != nil || len(first.Items) != 1 || first.Next == "" {
		t.Fatalf("%+v, %v", first, err)
	}
	if rest, err := r.Readings(t.Context(), owner, Page{Limit: 1, After: first.Next}); err != nil || len(rest.Items) != 1 || rest.Items[0].Index == first.Items[0].Index {
		t.Errorf("%+v, %v", rest, err)
	}
	r.checkSound()
}

// TestWhoIsNamedReadsOfOfficersToo: an officer who uncovers a case sees whom registers
// name in it; those read who, and what for.
func TestWhoIsNamedReadsOfOfficersToo(t *testing.T) {
	r := newRig(t)
	r.register(registry.RightRegister, plot, registry.Right{Parcel: plot, Holders: []registry.Holder{{Person: holder, Share: "1/2"}, {Person: stranger, Share: "1/2"}}})
	ref := r.toConditions(holder, plot, 150)
	engineer := r.officer(ref)
	r.must(OpenPersonal{ID: r.id(), Actor: engineer, Ref: ref, Purpose: PurposeDecision})
	other := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}
	list, err := r.Readings(t.Context(), other, Page{})
	if err != nil || len(list.Items) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if x := list.Items[0]; x.Kind != EventSeen || x.Officer != engineer.Officer || x.Purpose != PurposeDecision || x.Ref != "" {
		t.Errorf("%+v", x)
	}
	if _, err := r.Case(t.Context(), other, ref); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("a case of another: %v", err)
	}
}

// TestAHiddenReadingIsFound: who takes the mark away by which somebody reads that they
// were looked up is found by the audit, and a rebuild makes it again.
func TestAHiddenReadingIsFound(t *testing.T) {
	r := newRig(t)
	r.file(stranger, plot, 5)
	owner := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	count := func() int {
		t.Helper()
		list, err := r.Readings(t.Context(), owner, Page{})
		if err != nil {
			t.Fatal(err)
		}
		return len(list.Items)
	}
	r.checkSound()
	if count() != 1 {
		t.Fatal("nothing to hide")
	}
	r.raw(`DELETE FROM likeness`)
	if count() != 0 {
		t.Fatal("not hidden")
	}
	report := r.audit()
	if report.OK || !slices.ContainsFunc(report.Problems, func(p Problem) bool { return strings.Contains(p.What, "a person whom a register names in it") }) {
		t.Errorf("the audit does not find it: %+v", report)
	}
	// A log from before marks misses none, and a rebuild makes them all the same.
	r.raw(`INSERT INTO setting (name, value) VALUES ('unmarked-readings', '1000')`)
	if report := r.audit(); !report.OK {
		t.Errorf("an old log is not sound: %+v", report)
	}
	r.rebuild()
	r.open()
	if count() != 1 {
		t.Error("a rebuild does not make it again")
	}
	r.checkSound()
}
