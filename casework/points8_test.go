package casework

import (
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/service"
)

func TestPoint08Refusing(t *testing.T) {
	t.Run("an untrue reason is answered, logged, and changes nothing else", testUntrueReason)
	t.Run("notice, hearing, and no refusal before", testHearing)
	t.Run("a hearing that would end too late cannot begin", func(t *testing.T) {
		r := newRig(t)
		ref := r.toConditions(stranger, plot, 150)
		refuse := func() error {
			_, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-right"})
			return err
		}
		r.at(almaty(t, "2026-06-04 10:00")) // due on the 8th, the hearing would last to the 9th
		if err := refuse(); keyOf(err) != "error.hearing-too-late" {
			t.Errorf("a hearing too late: %v", err)
		}
		r.at(almaty(t, "2026-06-03 10:00").AddDate(0, 0, 6))
		if v := r.view(ref); v.StepState != StepEscalated || v.Outcome != "" {
			t.Errorf("silence with a true reason: %v", kinds(v))
		}
	})
	t.Run("silence grants once, with every officer idle and the process ended", testSilenceOnce)
	t.Run("a step that touches safety escalates", func(t *testing.T) {
		r := bareRig(t, start)
		r.files = r.edited("energy.connection/service.yaml", "      decides: true\n", "      decides: true\n      safety: true\n")
		if _, err := service.ParsePack(r.files); err == nil || !strings.Contains(err.Error(), "safety") {
			t.Errorf("a pack lets silence grant what touches safety: %v", err)
		}
	})
	t.Run("what is handed up is no longer the drawn officer's", testHandedUp)
	t.Run("applications and reservations are capped", testCaps)
}

func testUntrueReason(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	before, loads, free := r.view(ref), r.loads(), r.free()
	for _, reason := range []string{"no-capacity", "no-right", "parcel-unknown"} {
		size := r.size()
		_, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: reason, Note: "because I say so"})
		if aiqyn.KindOf(err) != aiqyn.Conflict || keyOf(err) != "error.reason-not-true" {
			t.Errorf("%s: %v", reason, err)
		}
		events := r.entries()
		last := events[len(events)-1]
		if d, ok := last.data.(*refusalRejected); !ok || r.size() != size+1 || d.Reason != reason || last.actor.Officer == "" || d.Trace == "" {
			t.Errorf("%s is logged as %+v", reason, last)
		}
	}
	after := r.view(ref)
	if after.Due.At != before.Due.At || after.StepState != before.StepState || after.Officer != before.Officer ||
		after.Hearing != nil || after.Outcome != "" || r.loads() != loads || r.free() != free {
		t.Errorf("it changed the case: %+v", after)
	}
	if _, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "ugly"}); keyOf(err) != "error.reason-unknown" {
		t.Errorf("a reason of no list: %v", err)
	}
}

func testHearing(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(stranger, plot, 150)
	officer := r.officer(ref)
	refuse := func() error {
		_, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: officer, Ref: ref, Step: "conditions", Reason: "no-right"})
		return err
	}
	object := func() error {
		_, err := r.Do(t.Context(), Object{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Ref: ref, Text: "mine"})
		return err
	}
	if err := object(); keyOf(err) != "error.no-hearing" {
		t.Errorf("an objection before the notice: %v", err)
	}
	if err := refuse(); err != nil || r.view(ref).Outcome != "" {
		t.Fatalf("the notice: %v, %v", err, kinds(r.view(ref)))
	}
	for _, at := range []string{"2026-06-01 18:00", "2026-06-02 10:00", "2026-06-04 23:59"} {
		r.at(almaty(t, at))
		if err := refuse(); keyOf(err) != "error.hearing-open" {
			t.Errorf("refused at %s: %v", at, err)
		}
		err := object()
		if at == "2026-06-04 23:59" != (keyOf(err) == "error.deadline-passed") {
			t.Errorf("objected at %s: %v", at, err)
		}
	}
	r.at(almaty(t, "2026-06-05 00:00"))
	if err := refuse(); err != nil || r.view(ref).Outcome != aiqyn.Refused {
		t.Errorf("after the hearing: %v, %v", err, kinds(r.view(ref)))
	}
	r.must(Appeal{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Ref: ref, Text: "again, please"})
	if v := r.view(ref); v.Step == nil || v.Step.Name == "conditions" || len(v.Events) == 0 || v.Events[len(v.Events)-1].Kind == EventRefused {
		t.Errorf("nobody is to look at the appeal: %v", kinds(v))
	}
	if _, err := r.Case(t.Context(), aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, ref); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("the head of the body that refused sees the appeal: %v", err)
	}
}

func testSilenceOnce(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	due := r.view(ref).Due.At
	r.setClock(due)
	if _, err := r.RunDue(t.Context()); err != nil || r.view(ref).Outcome != "" {
		t.Fatalf("granted within the term: %v", err)
	}
	r.shut()
	r.setClock(due.Add(72 * time.Hour))
	r.open()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := r.RunDue(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	late := Decide{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: r.drawnTo(ref, "conditions")}, Ref: ref, Step: "conditions", Grant: true}
	wg.Go(func() {
		if _, err := r.Do(t.Context(), late); keyOf(err) != "error.case-closed" {
			t.Errorf("decided after the term: %v", err)
		}
	})
	wg.Wait()
	r.reopen()
	r.pass(time.Hour)
	events := r.entries()
	if count(events, EventGranted) != 1 {
		t.Errorf("%d grants: %v", count(events, EventGranted), kinds(r.view(ref)))
	}
	if c := r.view(ref).Conditions; c == nil || !c.BySilence || c.AmountW != 150_000 {
		t.Errorf("conditions %+v", c)
	}
	if free := r.free(); free < 240_000 || free > 255_000 {
		t.Errorf("%d W are left of 400 kW after 150", free)
	}
}

func testHandedUp(t *testing.T) {
	r := newRig(t)
	ref := r.file(holder, plot, 150)
	r.pass(10 * time.Second)
	drawn := r.officer(ref)
	perform := r.surveyOf(ref)
	r.at(almaty(t, "2026-06-04 00:00"))
	if v := r.view(ref); v.StepState != StepEscalated || r.loads() != "map[]" {
		t.Fatalf("not handed up: %v, loads %s", kinds(v), r.loads())
	}
	if _, err := r.Do(t.Context(), perform); keyOf(err) != "error.not-drawn" {
		t.Errorf("%s still acts: %v", drawn.Officer, err)
	}
	foreign := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-77", Body: "akimat-astana"}
	if _, err := r.Case(t.Context(), foreign, ref); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("the head of another body opens the case: %v", err)
	}
	if list, err := r.Inbox(t.Context(), foreign, Page{}); err != nil || len(list.Items) != 0 {
		t.Errorf("the head of another body has it in the inbox: %+v, %v", list, err)
	}
	perform.ID, perform.Actor = r.id(), foreign
	if _, err := r.Do(t.Context(), perform); keyOf(err) != "error.not-drawn" {
		t.Errorf("the head of another body acts: %v", err)
	}
	list, err := r.Inbox(t.Context(), head, Page{})
	if err != nil || len(list.Items) != 1 || list.Items[0].Ref != ref {
		t.Errorf("the head's inbox: %+v, %v", list, err)
	}
	perform = r.surveyFor(ref, head)
	r.must(perform)
	r.pass(10 * time.Second)
	if v := r.view(ref); v.Step.Name != "conditions" || v.StepState != StepOpen {
		t.Errorf("after the head: %v", kinds(v))
	}
	if n := r.seq.loads[r.officer(ref).Officer]; n != 1 {
		t.Errorf("the engineer's desk holds %d", n)
	}
}

func testCaps(t *testing.T) {
	r := newRig(t)
	answers := r.oneBatch(r.filing(holder, plot, 100), r.filing(holder, plot, 100), r.filing(stranger, plot, 100))
	if answers[0].err != nil || keyOf(answers[1].err) != "error.case-capped" || answers[2].err != nil {
		t.Fatalf("%v, %v, %v", answers[0].err, answers[1].err, answers[2].err)
	}
	ref := answers[0].Ref
	again := func() error {
		_, err := r.Do(t.Context(), r.filing(holder, plot, 100))
		return err
	}
	if err := again(); keyOf(err) != "error.case-capped" {
		t.Errorf("beside an open case: %v", err)
	}
	r.pass(10 * time.Second)
	r.survey(ref)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	for range 2 {
		if err := again(); keyOf(err) != "error.reservation-capped" {
			t.Errorf("beside what is reserved: %v", err)
		}
		r.reopen()
	}
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref})
	if err := again(); err != nil {
		t.Errorf("after giving it back: %v", err)
	}
}
