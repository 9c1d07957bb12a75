package casework

import (
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/service"
)

// refusedCase brings a stranger's application to a refusal that is true.
func (r *rig) refusedCase() (aiqyn.Reference, aiqyn.Actor) {
	r.t.Helper()
	ref := r.toConditions(stranger, plot, 150)
	engineer := r.officer(ref)
	r.refuses(ref, engineer)
	return ref, engineer
}

// refuses gives notice and, when the hearing is over, refuses.
func (r *rig) refuses(ref aiqyn.Reference, engineer aiqyn.Actor) {
	r.t.Helper()
	refuse := func() { r.must(Decide{ID: r.id(), Actor: engineer, Ref: ref, Step: "conditions", Reason: "no-right"}) }
	refuse()
	r.at(r.view(ref).Hearing.RefuseNot.Add(time.Second))
	refuse()
}

func (r *rig) appeals(ref aiqyn.Reference) {
	r.t.Helper()
	r.must(Appeal{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Ref: ref, Text: "Тізілім қате."})
	r.pass(10 * time.Second)
}

func (r *rig) decision(ref aiqyn.Reference, outcome AppealOutcome) DecideAppeal {
	r.t.Helper()
	officer := r.officer(ref)
	officer.Body = "appeals-council"
	return DecideAppeal{ID: r.id(), Actor: officer, Ref: ref, Outcome: outcome, Ground: "Құжаттар қаралды.", Signature: officerName(officer.Officer)}
}

// TestAppealIsDecidedBySomebodyElse: whoever refused is not drawn onto the
// appeal, also under another number; only the drawn one decides, under their own
// name and with a ground; and what the facts say binds them.
func TestAppealIsDecidedBySomebodyElse(t *testing.T) {
	t.Run("another number", func(t *testing.T) {
		appealedOnce(t, func(aiqyn.OfficerID) aiqyn.OfficerID { return "appeals-officer-01" })
	})
	t.Run("the same number", func(t *testing.T) {
		appealedOnce(t, func(engineer aiqyn.OfficerID) aiqyn.OfficerID { return engineer })
	})
}

// appealedOnce appeals against what an engineer refused who sits on the council, too,
// under a number beside somebody else.
func appealedOnce(t *testing.T, seat func(engineer aiqyn.OfficerID) aiqyn.OfficerID) {
	r := newRig(t)
	ref, engineer := r.refusedCase()
	const person = "850101300014"
	r.must(Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleEngineer, Body: "utility", Officers: []aiqyn.OfficerID{engineer.Officer},
		Persons: map[aiqyn.OfficerID]aiqyn.PersonID{engineer.Officer: person}})
	r.listedAt("appeals-council", aiqyn.RoleAppeals, "appeals-officer-77")
	r.must(Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleAppeals, Body: "appeals-council",
		Officers: []aiqyn.OfficerID{seat(engineer.Officer), "appeals-officer-77"},
		Persons:  map[aiqyn.OfficerID]aiqyn.PersonID{seat(engineer.Officer): person}})
	r.appeals(ref)
	drawn := r.officer(ref)
	if drawn.Officer != "appeals-officer-77" {
		t.Fatalf("drawn %s", drawn.Officer)
	}
	for _, c := range []struct {
		name   string
		change func(*DecideAppeal)
		want   string
	}{
		{"the engineer", func(d *DecideAppeal) { d.Actor = engineer }, "error.not-drawn"},
		{"another of the council", func(d *DecideAppeal) { d.Actor.Officer = "appeals-officer-02" }, "error.not-an-officer"},
		{"the head of the body that refused", func(d *DecideAppeal) {
			d.Actor = aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}
		}, "error.not-drawn"},
		{"without a ground", func(d *DecideAppeal) { d.Ground = "\x00" }, "error.answer-required"},
		{"under another name", func(d *DecideAppeal) { d.Signature = officerName("appeals-officer-02") }, "error.signature-name"},
		{"with another outcome", func(d *DecideAppeal) { d.Outcome = "forgotten" }, "error.answer-choice"},
		{"annulled though the reason is true", func(d *DecideAppeal) { d.Outcome = AppealAnnulled }, "error.appeal-true"},
	} {
		d := r.decision(ref, AppealUpheld)
		c.change(&d)
		if _, err := r.Do(t.Context(), d); keyOf(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	p := r.surveyFor(ref, drawn)
	p.Step = service.StepAppeal
	if _, err := r.Do(t.Context(), p); keyOf(err) != "error.step-appeal" {
		t.Errorf("an appeal performed like a survey: %v", err)
	}
	if _, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: drawn, Ref: ref, Step: service.StepAppeal, Grant: true}); keyOf(err) != "error.step-records" {
		t.Errorf("an appeal granted like an application: %v", err)
	}
	r.must(r.decision(ref, AppealUpheld))
	v := r.view(ref)
	if v.Status != StatusClosed || v.Outcome != aiqyn.Refused || v.Appeal.Outcome != AppealUpheld || v.Ruling.Grant {
		t.Errorf("%s %s %+v", v.Status, v.Outcome, v.Appeal)
	}
	r.checkSound()
}

// TestAppealReadsTheRegistersAgain: a right registered after the refusal counts,
// and the refusal cannot be upheld any more.
func TestAppealReadsTheRegistersAgain(t *testing.T) {
	r := newRig(t)
	ref, _ := r.refusedCase()
	r.register(registry.RightRegister, plot, registry.Right{Parcel: plot, Holders: []registry.Holder{{Person: stranger, Share: "1/1"}}})
	r.appeals(ref)
	if _, err := r.Do(t.Context(), r.decision(ref, AppealUpheld)); keyOf(err) != "error.appeal-not-true" {
		t.Errorf("upheld: %v", err)
	}
	r.must(r.decision(ref, AppealAnnulled))
	if v := r.view(ref); v.Outcome != aiqyn.Granted || v.Hearing != nil || v.Conditions.AmountW != 150_000 {
		t.Errorf("%s, %+v", v.Outcome, v.Conditions)
	}
	r.checkSound()
}

// TestAppealSendsBackToSomebodyElse: the case is decided again by whoever has
// not acted on it, within the step's own term, and can be appealed against once
// more.
func TestAppealSendsBackToSomebodyElse(t *testing.T) {
	r := newRig(t)
	ref, engineer := r.refusedCase()
	r.appeals(ref)
	council := r.officer(ref).Officer
	r.must(r.decision(ref, AppealReturned))
	r.pass(10 * time.Second)
	again := r.officer(ref)
	v := r.view(ref)
	if again.Officer == engineer.Officer || again.Role != aiqyn.RoleEngineer || v.Due == nil || !v.Due.At.After(r.clock().AddDate(0, 0, 3)) {
		t.Fatalf("%+v by %v", again, v.Due)
	}
	r.refuses(ref, again)
	r.appeals(ref)
	if o := r.officer(ref).Officer; o == council {
		t.Errorf("%s hears their own appeal again", o)
	}
	for _, ev := range r.entries() {
		if d, ok := ev.data.(*appealed); ok && len(d.Draw.Decided) > 3 &&
			!(slices.Contains(d.Draw.Decided, engineer.Officer) && slices.Contains(d.Draw.Decided, council)) {
			t.Errorf("the second appeal bars %v only", d.Draw.Decided)
		}
	}
	r.checkSound()
}

// TestAppealWithoutACouncil goes to its head at once, and to nobody of the body
// that refused.
func TestAppealWithoutACouncil(t *testing.T) {
	r := newRig(t)
	ref, engineer := r.refusedCase()
	r.must(Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleAppeals, Body: "appeals-council", Officers: []aiqyn.OfficerID{engineer.Officer}})
	r.appeals(ref)
	council := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-02", Body: "appeals-council"}
	list, err := r.Inbox(t.Context(), council, Page{})
	if err != nil || len(list.Items) != 1 || list.Items[0].Ref != ref {
		t.Fatalf("the head's inbox: %+v, %v", list, err)
	}
	below := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}
	if list, err := r.Inbox(t.Context(), below, Page{}); err != nil || len(list.Items) != 0 {
		t.Errorf("the inbox of the head below: %+v, %v", list, err)
	}
	decide := func(a aiqyn.Actor) error {
		_, err := r.Do(t.Context(), DecideAppeal{ID: r.id(), Actor: a, Ref: ref, Outcome: AppealUpheld, Ground: "Рас.", Signature: officerName(a.Officer)})
		return err
	}
	if err := decide(below); keyOf(err) != "error.not-drawn" {
		t.Errorf("the head below: %v", err)
	}
	if err := decide(council); err != nil {
		t.Error(err)
	}
	r.checkSound()
}

// TestNobodyAppealsForAnother, and a second application is not kept back by an
// appeal that is open.
func TestNobodyAppealsForAnother(t *testing.T) {
	r := newRig(t)
	ref, _ := r.refusedCase()
	_, err := r.Do(t.Context(), Appeal{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref, Text: "x"})
	if aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("another's appeal: %v", err)
	}
	r.appeals(ref)
	r.file(stranger, plot, 5)
}
