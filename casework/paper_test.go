package casework

import (
	"strconv"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/registry"
)

// The code of a printed paper opens what it says and nothing else: without the
// code, or with that of another entry, there is no such paper; once the document
// has lapsed or was given up, the paper stands no more.
func TestPaperStandsUntilItDoesNot(t *testing.T) {
	r := newRig(t)
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	res := r.must(r.filing(holder, plot, 150))
	code, err := r.PaperCode(t.Context(), me, res.First)
	if err != nil {
		t.Fatal(err)
	}
	if len(code) != 20 {
		t.Errorf("code %q", code)
	}
	if _, err := r.PaperCode(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, res.First); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("a stranger gets the code: %v", err)
	}
	p, err := r.Paper(t.Context(), res.First, code)
	if err != nil || p.Kind != EventFiled || !p.Stands || p.Outcome != "" || p.Entry.Index != res.First {
		t.Errorf("the paper of the filing: %+v, %v", p, err)
	}
	for _, wrong := range []struct {
		index int64
		code  string
	}{{res.First, ""}, {res.First, code[:19] + "z"}, {res.First + 1, code}, {1 << 40, code}, {0, code}} {
		if _, err := r.Paper(t.Context(), wrong.index, wrong.code); keyOf(err) != "error.no-paper" {
			t.Errorf("entry %s with code %q: %v", strconv.FormatInt(wrong.index, 10), wrong.code, err)
		}
	}
	r.pass(time.Minute)
	r.must(Withdraw{ID: "withdraw", Actor: me, Ref: res.Ref})
	if p, err = r.Paper(t.Context(), res.First, code); err != nil || !p.Stands {
		t.Errorf("that it was filed stays true after it was withdrawn: %+v, %v", p, err)
	}
}

// TestTheLastWordStands: of the decisions on a case the last one stands; an appeal
// that upholds a refusal leaves it standing.
func TestTheLastWordStands(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	if !r.stands(EventGranted, ref) {
		t.Error("what was granted does not stand")
	}
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref})
	if r.stands(EventGranted, ref) {
		t.Error("what was given up stands")
	}
	for outcome, want := range map[AppealOutcome]bool{AppealUpheld: true, AppealAnnulled: false} {
		r := newRig(t)
		ref, _ := r.refusedCase()
		if outcome == AppealAnnulled {
			r.register(registry.RightRegister, plot, registry.Right{Parcel: plot, Holders: []registry.Holder{{Person: stranger, Share: "1/1"}}})
		}
		r.appeals(ref)
		r.must(r.decision(ref, outcome))
		if got := r.stands(EventRefused, ref); got != want {
			t.Errorf("a refusal whose appeal was %s stands: %v", outcome, got)
		}
	}
}

// stands reports what the paper of a case's last event of a kind says.
func (r *rig) stands(kind EventKind, ref aiqyn.Reference) bool {
	r.t.Helper()
	rec, err := r.caseOf(r.t.Context(), ref)
	if err != nil {
		r.t.Fatal(err)
	}
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: rec.state.Applicant}
	at := int64(-1)
	for _, ev := range r.view(ref).Events {
		if ev.Kind == kind {
			at = ev.Index
		}
	}
	code, err := r.PaperCode(r.t.Context(), me, at)
	if err != nil {
		r.t.Fatal(err)
	}
	p, err := r.Paper(r.t.Context(), at, code)
	if err != nil {
		r.t.Fatal(err)
	}
	return p.Stands
}

// The archive of a case holds every receipt of it, each of which verifies; a
// stranger gets nothing.
func TestEvidenceHoldsEveryProof(t *testing.T) {
	r := newRig(t)
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	res := r.must(r.filing(holder, plot, 150))
	data, err := r.Evidence(t.Context(), me, res.Ref)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := evidence.OpenArchive(data)
	ref, pieces := opened.Case, opened.Pieces
	if err != nil || ref != res.Ref || len(pieces) != len(r.view(res.Ref).Events) {
		t.Fatalf("%s with %d proofs, %v", ref, len(pieces), err)
	}
	for _, p := range pieces {
		if v, err := r.Check(t.Context(), p.Data); err != nil || v.Index != p.Entry {
			t.Errorf("%s: entry %d, %v", p.Name(), v.Index, err)
		}
	}
	if _, err := r.Evidence(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, res.Ref); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("a stranger: %v", err)
	}
}
