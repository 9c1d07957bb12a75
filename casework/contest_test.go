package casework

import (
	"fmt"
	"testing"
	"time"

	"aiqyn"
)

// contests has the holder contest what was recorded.
func (r *rig) contests(ref aiqyn.Reference) Contest {
	return Contest{ID: r.id(), Actor: payer(holder), Ref: ref, Text: "Басқа учаске қаралған."}
}

// TestTheFirstIsNotDrawnAgain: whoever recorded what is contested is barred from the
// second record, in every case and under any number of theirs; the ruling rests on the
// second; desks come out even, and an audit finds it sound.
func TestTheFirstIsNotDrawnAgain(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	for i := range 12 {
		ref := r.file(holder, fmt.Sprintf("99-999-002-%03d", i+1), 5)
		r.pass(10 * time.Second)
		first := r.officer(ref)
		r.must(r.surveyFor(ref, first))
		r.must(r.contests(ref))
		r.pass(10 * time.Second)
		second := r.officer(ref)
		if second.Officer == first.Officer {
			t.Fatalf("%s records again what they recorded", first.Officer)
		}
		r.fails(r.surveyFor(ref, first), "error.not-drawn")
		r.tellsNothingOfTheFirst(ref, second)
		again := r.surveyFor(ref, second)
		again.Records = map[string]string{"measured-load": "7"}
		r.must(again)
		v := r.view(ref)
		if v.Contest == nil || v.Contest.First[0].Value != "20" || v.Contest.Second[0].Value != "7" {
			t.Fatalf("shown is %+v", v.Contest)
		}
		if v.Records[0].Value != "7" {
			t.Errorf("the ruling rests on %s", v.Records[0].Value)
		}
		r.pass(10 * time.Second)
		r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	}
	for o, n := range r.seq.loads {
		if n != 0 {
			t.Errorf("%s has %d on a desk that is empty", o, n)
		}
	}
	r.sound()
}

// tellsNothingOfTheFirst: whoever records again does not see what was recorded first, the
// applicant does; and what the contest has interrupted is not shown as done.
func (r *rig) tellsNothingOfTheFirst(ref aiqyn.Reference, second aiqyn.Actor) {
	r.t.Helper()
	theirs, err := r.Case(r.t.Context(), second, ref)
	if err != nil {
		r.t.Fatal(err)
	}
	if len(theirs.Records) > 0 || theirs.Ruling != nil || theirs.Contest == nil || theirs.Contest.Text == "" || theirs.Contest.First != nil {
		r.t.Errorf("the second sees %+v, %+v", theirs.Records, theirs.Contest)
	}
	own, err := r.Case(r.t.Context(), payer(holder), ref)
	if err != nil {
		r.t.Fatal(err)
	}
	if own.Contest.First[0].Value != "20" || own.Contest.Second != nil {
		r.t.Errorf("the applicant sees %+v", own.Contest)
	}
	if own.Road == nil {
		return
	}
	done := 0
	for _, stop := range own.Road.Stops {
		if stop.State == RoadDone {
			done++
		}
	}
	if done != 1 {
		r.t.Errorf("%d steps are done: %+v", done, own.Road.Stops)
	}
}

// TestOnlyTheApplicantContests: not an officer, not a stranger, not without a word, and
// not what is decided.
func TestOnlyTheApplicantContests(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 5)
	c := r.contests(ref)
	c.Actor = payer(stranger)
	r.fails(c, "error.not-found")
	c.ID, c.Actor = r.id(), r.officer(ref)
	r.fails(c, "error.not-found")
	c.ID, c.Actor, c.Text = r.id(), payer(holder), ""
	r.fails(c, "error.answer-required")
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	r.fails(r.contests(ref), "error.case-closed")
}

// TestAContestIsNoWayToSilence: the term of the decision counts anew from the second
// record, so that nobody can contest a clock to its end.
func TestAContestIsNoWayToSilence(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 5)
	was := r.view(ref).Due.At
	r.pass(3 * 24 * time.Hour)
	r.must(r.contests(ref))
	r.pass(48 * time.Hour)
	r.survey(ref)
	if now := r.view(ref).Due.At; !now.After(was.AddDate(0, 0, 4)) {
		t.Errorf("due %s, was due %s", now, was)
	}
}
