package casework

import (
	"fmt"
	"testing"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/registry"
)

const university = aiqyn.ServiceID("education.university-place")

// campus is a rig with one university, one place in it after a last day, and people
// with so many points in the test.
func campus(t testing.TB, scores ...int) *rig {
	t.Helper()
	r := nursery(t, 0, len(scores))
	closes := deadline.DateOf(r.clock().In(r.Zone)).AddDays(3).String()
	r.register(registry.UniversityRegister, "u-1", registry.Institution{
		ID: "u-1", Title: aiqyn.Text{KK: "Университет", RU: "Университет", EN: "University"}, Region: "710000000",
		Groups: []registry.PlaceGroup{{ID: "it", Places: 9, Closes: closes, Is: map[string]string{"programme": "it"}}},
	})
	for i, n := range scores {
		r.register(registry.ExamRegister, string(childOf(i)), registry.Exam{Person: childOf(i), Score: n, Taken: "2026-01-10"})
	}
	r.must(ReportPlaces{ID: r.id(), Actor: keeper("u-1"), Service: university, Institution: "u-1", Group: "it", Places: 1})
	return r
}

func (r *rig) enrols(i int) aiqyn.Reference {
	r.t.Helper()
	return r.must(File{ID: r.id(), Actor: payer(childOf(i)), Service: university, Lang: "kk", Channel: "online", Answers: map[string]string{"programme": "it", "first": "u-1"}}).Ref
}

// closed goes to a working day on which nobody comes into the line any more.
func (r *rig) closed() {
	r.t.Helper()
	d := deadline.DateOf(r.clock().In(r.Zone)).AddDays(4)
	for working, _, err := r.kz().IsWorking(d); !working || err != nil; working, _, err = r.kz().IsWorking(d) {
		d = d.AddDays(1)
	}
	r.at(d.Start(r.Zone).Add(roundsAt))
}

// TestPointsAreWhatRegistersSay: points rank, not the hour; nothing is shared out
// before the last day; the audit makes each applicant's points again, and names who
// gave some, weighed them otherwise, or let somebody in later.
func TestPointsAreWhatRegistersSay(t *testing.T) {
	t.Run("ranked", func(t *testing.T) {
		r := campus(t, 60, 120, 60, 90)
		var refs []aiqyn.Reference
		for i := range 4 {
			refs = append(refs, r.enrols(i))
		}
		for i, want := range []string{"3 of 4, 1 alike", "1 of 4, 0 alike", "4 of 4, 1 alike", "2 of 4, 0 alike"} {
			l := r.view(refs[i]).Queue.Lines[0]
			if got := fmt.Sprintf("%d of %d, %d alike", l.Position, l.Of, l.Alike); got != want {
				t.Errorf("applicant %d stands at %s, want %s", i, got, want)
			}
		}
		holdRound(r)
		if list, err := r.Rounds(university, Page{}); err != nil || len(list.Items) > 0 {
			t.Error("a round was held before the last day", err)
		}
		r.closed()
		holdRound(r)
		if q := r.stateOf(refs[1]); q.State != QueueOffered || q.Points != 12000 {
			t.Errorf("the best is %+v", q)
		}
		out, err := r.RoundOutcome(t.Context(), payer(childOf(0)), refs[0], day(r.clock(), r.Zone))
		if err != nil || len(out.Whys) != 1 || out.Whys[0].By != "points" || *out.Whys[0].Cut != 12000 || out.Whys[0].Points != 6000 {
			t.Errorf("the last is told %+v, %v", out.Whys, err)
		}
		v := r.view(refs[1]).Queue
		if len(v.Scores) != 2 || v.Scores[0].Got != 120 || v.Scores[0].Sources[0].Register != registry.ExamRegister || v.Scores[0].Sources[0].Version == "" {
			t.Errorf("points are told as %+v", v.Scores)
		}
		r.reopen()
		r.sound()
	})
	t.Run("weighed otherwise", func(t *testing.T) {
		r := campus(t, 60, 120)
		r.enrols(1)
		svc, _ := r.Pack().Service(university)
		was := svc.Queue.Points[0].Weight
		svc.Queue.Points[0].Weight = 300
		r.enrols(0)
		svc.Queue.Points[0].Weight = was
		r.auditFinds("does not follow from the facts")
	})
	t.Run("let in later", func(t *testing.T) {
		r := campus(t, 60)
		g := r.queues.of[university].groups["u-1/it"]
		r.closed()
		was := g.group.Closes
		g.group.Closes = ""
		r.enrols(0)
		g.group.Closes = was
		r.auditFinds("after it has closed")
	})
}
