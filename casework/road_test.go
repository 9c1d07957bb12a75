package casework

import (
	"testing"
	"time"

	"aiqyn"
)

// conditions brings a case to its conditions.
func (r *rig) conditions(person aiqyn.PersonID, parcel string, kw int) aiqyn.Reference {
	r.t.Helper()
	ref := r.toConditions(person, parcel, kw)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	return ref
}

// following is the case that a grant has opened.
func (r *rig) following(ref aiqyn.Reference) aiqyn.Reference {
	r.t.Helper()
	rec, err := r.caseOf(r.t.Context(), ref)
	if err != nil || rec.state.Grant == nil || rec.state.Grant.Follow == nil {
		r.t.Fatalf("%s leads to nothing: %v", ref, err)
	}
	return rec.state.Grant.Follow.Ref
}

// takes has the applicant take the open step.
func (r *rig) takes(person aiqyn.PersonID, ref aiqyn.Reference, records map[string]string) {
	r.t.Helper()
	r.must(Perform{ID: r.id(), Actor: payer(person), Ref: ref, Step: r.view(ref).Step.Name, Records: records})
}

// inspect has whoever was drawn inspect, and returns who it was.
func (r *rig) inspect(ref aiqyn.Reference, records map[string]string) aiqyn.OfficerID {
	r.t.Helper()
	r.pass(10 * time.Second)
	act := r.surveyOf(ref)
	act.Step, act.Records = "inspection", records
	r.must(act)
	return act.Actor.Officer
}

// toLight goes the whole road from conditions.
func (r *rig) toLight(person aiqyn.PersonID, ref aiqyn.Reference) aiqyn.Reference {
	r.t.Helper()
	next := r.following(ref)
	r.takes(person, next, map[string]string{"builder": "own", "builder-licence": "KZ-1"})
	r.takes(person, next, map[string]string{"built-on": "2026-06-01"})
	r.inspect(next, map[string]string{"fit": "yes", "meter": "Z-1"})
	r.pass(10 * time.Second)
	r.must(Decide{ID: r.id(), Actor: r.officer(next), Ref: next, Step: "energising", Grant: true})
	return next
}

// TestRoadToLight: a grant opens what follows by itself and once, in the same
// transaction, for the same person; at its end what was reserved is connected, holds
// no new application up, and an audit finds all of it as it must be.
func TestRoadToLight(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	ref := r.conditions(holder, plot, 50)
	next := r.following(ref)
	v := r.view(next)
	if v.Service.ID != "energy.energising" || v.Step.Name != "contract" || v.Applicant != r.view(ref).Applicant {
		t.Fatalf("what follows is %s at %v of %s", v.Service.ID, v.Step.Name, v.Applicant)
	}
	if first, last := r.view(ref).Events, v.Events[0].Index; first[len(first)-1].Index != last-1 {
		t.Errorf("the grant is entry %d and what follows begins with %d", first[len(first)-1].Index, last)
	}
	if _, err := r.Do(t.Context(), r.filing(holder, plot, 10)); keyOf(err) != "error.reservation-capped" {
		t.Errorf("a second application before the first is used: %v", err)
	}
	r.reopen()
	r.toLight(holder, ref)
	if free := r.free(); free > 351_000 || free < 340_000 {
		t.Errorf("%d W are free once 50 kW are connected", free)
	}
	rec, err := r.caseOf(t.Context(), ref)
	if err != nil || rec.state.Connected.IsZero() {
		t.Errorf("the conditions do not know that they are connected: %v", err)
	}
	r.fails(Withdraw{ID: r.id(), Actor: payer(holder), Ref: ref}, "error.connected")
	r.fails(Annul{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, Ref: ref, Ground: "–"}, "error.connected")
	r.must(r.filing(holder, plot, 10))
	r.at(start.AddDate(1, 6, 0))
	if v := r.view(ref); v.Outcome != aiqyn.Granted {
		t.Errorf("connected power has %s", v.Outcome)
	}
	r.sound()
}

// TestRoadIsTheApplicants: a stranger cannot take the applicant's step, nor see the case;
// an officer cannot, and nobody twice.
func TestRoadIsTheApplicants(t *testing.T) {
	r := newRig(t)
	next := r.following(r.conditions(holder, plot, 50))
	contract := func(a aiqyn.Actor) Perform {
		return Perform{ID: r.id(), Actor: a, Ref: next, Step: "contract", Records: map[string]string{"builder": "own", "builder-licence": "KZ-1"}}
	}
	r.fails(contract(payer(stranger)), "error.not-drawn")
	r.fails(contract(aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}), "error.not-drawn")
	r.must(contract(payer(holder)))
	r.fails(contract(payer(holder)), "error.step-taken")
	r.fails(File{ID: r.id(), Actor: payer(holder), Service: "energy.energising", Channel: "online", Lang: "kk",
		Answers: map[string]string{"parcel": plot, "load": "5", "category": "III", "point": "1"}}, "error.only-follows")
}

// TestInspectorsAreNotKnownBefore: who inspects is drawn by a round that nobody knew
// when the conditions were granted, and what was mended is looked at by another.
func TestInspectorsAreNotKnownBefore(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	next := r.following(r.conditions(holder, plot, 50))
	r.takes(holder, next, map[string]string{"builder": "own", "builder-licence": "KZ-1"})
	r.pass(30 * 24 * time.Hour)
	before := r.clock()
	r.takes(holder, next, map[string]string{"built-on": "2026-06-20"})
	if d := r.view(next).Draw; d == nil || !d.Due.After(before) {
		t.Fatalf("the inspector is drawn by %+v at %s", d, before)
	}
	seen := map[aiqyn.OfficerID]bool{}
	for range 3 {
		o := r.inspect(next, map[string]string{"fit": "no", "remarks": "Жерге тұйықтау жоқ"})
		if seen[o] {
			t.Errorf("%s looks at it again", o)
		}
		seen[o] = true
		r.takes(holder, next, map[string]string{"built-on": "2026-06-21"})
	}
	r.sound()
}

// TestRoadEndsTogether: conditions that are annulled end what follows, and the power
// goes back.
func TestRoadEndsTogether(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	was := r.free()
	ref := r.conditions(holder, plot, 50)
	next := r.following(ref)
	r.takes(holder, next, map[string]string{"builder": "own", "builder-licence": "KZ-1"})
	r.must(Annul{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, Ref: ref, Ground: "Құқық жоқ"})
	if v := r.view(next); v.Outcome != aiqyn.Annulled || v.Step != nil {
		t.Errorf("what follows an annulled grant is %s at %v", v.Outcome, v.Step)
	}
	if now := r.free(); now != was {
		t.Errorf("%d W are free, %d were before", now, was)
	}
	r.sound()
}

// sound holds the log, and what lists are made of, against an audit.
func (r *rig) sound() {
	r.t.Helper()
	if rep := r.audit(); !rep.OK {
		r.t.Errorf("the audit finds %+v", rep.Problems)
	}
}
