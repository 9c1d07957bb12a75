package casework

import (
	"testing"
	"time"

	"aiqyn"
)

// erases erases a case of the kindergarten's queue that is over.
func (r *rig) erases(ref aiqyn.Reference) {
	r.t.Helper()
	svc, _ := r.Pack().Service(kindergarten)
	was := svc.Retention
	svc.Retention = 0
	defer func() { svc.Retention = was }()
	r.must(Erase{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-09", Body: svc.Body}, Ref: ref, Ground: "x"})
	r.must(Erase{ID: r.id(), Actor: custodian, Ref: ref, Ground: "x"})
}

// TestErasedCasesExcuseNobodyElse: of a round in which somebody stood whose case was
// erased the audit still demands everybody else, with their rank and wishes; of any
// other round an erased case excuses nothing.
func TestErasedCasesExcuseNobodyElse(t *testing.T) {
	begin := func(t *testing.T) (*rig, []aiqyn.Reference) {
		r, refs := threeWait(t)
		return r, append(refs, r.queueUp(3, 1))
	}
	parent := payer(childOf(3))
	t.Run("honest", func(t *testing.T) {
		r, refs := begin(t)
		holdRound(r)
		r.replies(0, refs[0], "yes")
		r.must(Perform{ID: r.id(), Actor: payer(childOf(0)), Ref: refs[0], Step: "enrolment", Records: map[string]string{"first-day": "2026-09-01"}})
		r.must(Withdraw{ID: r.id(), Actor: parent, Ref: refs[3]})
		r.pass(24 * time.Hour)
		r.reports(1, 3)
		holdRound(r)
		r.erases(refs[3]) // who waited
		r.erases(refs[0]) // who has a place
		r.sound()
		r.pass(24 * time.Hour)
		holdRound(r)
		r.sound()
	})
	for _, test := range []struct {
		name  string
		alter func(*queue)
	}{
		{"drops somebody", func(q *queue) { delete(q.waits, 1) }},
		{"ranks somebody otherwise", func(q *queue) { w := q.waits[2]; w.tier = 0; q.waits[2] = w }},
		{"puts somebody before others", func(q *queue) { w := q.waits[3]; w.first = w.first.AddDate(-1, 0, 0); q.waits[3] = w }},
		{"makes somebody up", func(q *queue) { w := q.waits[3]; w.object = "nobody"; q.waits[99] = w }},
		{"keeps places back", func(q *queue) { q.taken["kg-1/kk-2023"] += 2 }},
	} {
		t.Run(test.name+" beside", func(t *testing.T) {
			r, refs := begin(t)
			r.reports(1, 4)
			test.alter(r.queues.of[kindergarten])
			holdRound(r)
			r.reopen()
			r.must(Withdraw{ID: r.id(), Actor: parent, Ref: refs[3]})
			r.erases(refs[3])
			r.auditFinds("somebody was left out")
		})
		t.Run(test.name+" afterwards", func(t *testing.T) {
			r, refs := begin(t)
			r.must(Withdraw{ID: r.id(), Actor: parent, Ref: refs[3]})
			r.erases(refs[3])
			r.reports(1, 4)
			test.alter(r.queues.of[kindergarten])
			r.pass(24 * time.Hour)
			holdRound(r)
			r.auditFinds("somebody was left out")
		})
	}
}
