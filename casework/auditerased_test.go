package casework

import (
	"cmp"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
	kz "aiqyn/packs"
	"aiqyn/service"
)

// ownPack gives a rig packs that no other has: erasing shortens how long they keep cases.
func ownPack() rigOption {
	var mu sync.Mutex
	own := map[*service.Pack]*service.Pack{} // of what is in common
	parse := func(files []service.File) (*service.Pack, error) {
		pack, err := parseOnce(files)
		if err != nil || !pack.IsWhole() { // it is nobody else's
			return pack, err
		}
		mu.Lock()
		defer mu.Unlock()
		if own[pack] == nil {
			copied := *pack
			copied.Services = nil
			for _, s := range pack.Services {
				svc := *s
				copied.Services = append(copied.Services, &svc)
			}
			own[pack] = &copied
		}
		return own[pack], nil
	}
	return func(c *Config) {
		c.Parse = parse
		if pack, err := parse(kz.Kazakhstan()); err == nil {
			c.BasePack = pack
		}
	}
}

// erases erases a case of the kindergarten's queue that is over.
func (r *rig) erases(ref aiqyn.Reference) {
	r.t.Helper()
	r.erasesOf(kindergarten, ref)
}

func (r *rig) erasesOf(id aiqyn.ServiceID, ref aiqyn.Reference) {
	r.t.Helper()
	svc, _ := r.Pack().Service(id)
	svc.Retention = 0 // as if years had passed
	r.must(Erase{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-09", Body: svc.Body}, Ref: ref, Ground: "x"})
	r.must(Erase{ID: r.id(), Actor: custodian, Ref: ref, Ground: "x"})
}

// TestErasedCasesExcuseNobodyElse: of a round in which somebody stood whose case was
// erased the audit still demands everybody else, with their rank and wishes; of any
// other round an erased case excuses nothing.
func TestErasedCasesExcuseNobodyElse(t *testing.T) {
	begin := func(t *testing.T) (*rig, []aiqyn.Reference) {
		r, refs := threeWait(t, ownPack())
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

// TestGhostsBesideErasedCases: a line of nobody is not hidden by a case that was erased
// since, unless that stood there just so: in the same lines, by the same class, since the
// same day. The moves of an erased case, which say so, stay what they were; and nobody is
// erased before their time.
func TestGhostsBesideErasedCases(t *testing.T) {
	parent := payer(childOf(3))
	ghost := func(q *queue, as int64, change func(*waits)) { // in the place of somebody, or beside
		w := q.waits[as]
		w.object = "nobody"
		change(&w)
		q.waits[99] = w
	}
	for _, test := range []struct {
		name  string
		alter func(r *rig, q *queue)
		found bool
		gone  int // child, 0: the last
	}{
		{"who stood there", func(*rig, *queue) {}, false, 0},
		{"as who stood there, under another name", func(_ *rig, q *queue) { ghost(q, 4, func(*waits) {}); delete(q.waits, 4) }, false, 0}, // it is a line of that case to all that can be known
		{"of a better class", func(_ *rig, q *queue) { ghost(q, 4, func(w *waits) { w.tier = 0 }); delete(q.waits, 4) }, true, 0},
		{"of an earlier day", func(_ *rig, q *queue) {
			ghost(q, 4, func(w *waits) { w.first = w.first.AddDate(0, 0, -2) })
			delete(q.waits, 4)
		}, true, 0},
		{"of an earlier minute", func(_ *rig, q *queue) {
			ghost(q, 4, func(w *waits) { w.first = w.first.Add(-90 * time.Second) })
			delete(q.waits, 4)
		}, true, 0},
		{"of a later minute", func(_ *rig, q *queue) {
			ghost(q, 3, func(w *waits) { w.first = w.first.Add(90 * time.Second) })
			delete(q.waits, 3)
		}, true, 2},
		{"with a brother there", func(_ *rig, q *queue) {
			ghost(q, 4, func(w *waits) { w.siblings = []string{"kg-1"} })
			delete(q.waits, 4)
		}, true, 0},
		{"for another group", func(_ *rig, q *queue) {
			ghost(q, 4, func(w *waits) { w.groups = []string{"kg-2/kk-2023"} })
			delete(q.waits, 4)
		}, true, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := nursery(t, 2, 5, ownPack())
			r.reports(1, 4)
			r.reports(2, 4)
			var refs []aiqyn.Reference
			r.queueUp(0, 1)
			r.pass(24 * time.Hour)
			for i := 1; i < 4; i++ {
				refs = append(refs, r.queueUp(i, 1))
				r.pass(time.Minute)
			}
			test.alter(r, r.queues.of[kindergarten])
			holdRound(r)
			r.reopen()
			gone := cmp.Or(test.gone, 3)
			r.must(Withdraw{ID: r.id(), Actor: payer(childOf(gone)), Ref: refs[gone-1]})
			r.erases(refs[gone-1])
			if test.found {
				r.auditFinds("somebody was left out")
			} else {
				r.sound()
			}
		})
	}
	t.Run("who has kept a date of before", func(t *testing.T) {
		r := nursery(t, 1, 5, ownPack())
		r.reports(1, 4)
		r.queueUp(0, 1)
		r.pass(time.Hour)
		before := r.queueUp(3, 1)
		r.pass(time.Hour)
		r.queueUp(1, 1)
		r.must(Withdraw{ID: r.id(), Actor: parent, Ref: before})
		r.pass(time.Hour)
		r.queueUp(2, 1)
		again := r.queueUp(3, 1)
		holdRound(r)
		r.must(Withdraw{ID: r.id(), Actor: parent, Ref: again})
		r.erases(again)
		r.sound()
		r.erases(before)
		r.sound()
	})
	t.Run("several in one round", func(t *testing.T) {
		r := nursery(t, 2, 5, ownPack())
		r.reports(1, 4)
		r.reports(2, 4)
		refs := []aiqyn.Reference{r.queueUp(0, 1)}
		for i := 1; i < 5; i++ {
			refs = append(refs, r.queueUp(i, 1+i%2))
		}
		holdRound(r)
		for _, i := range []int{3, 0, 1, 4} {
			r.must(Withdraw{ID: r.id(), Actor: payer(childOf(i)), Ref: refs[i]})
			r.erases(refs[i])
			r.sound()
		}
		r.reopen()
		r.sound()
	})
	t.Run("beside who was stopped then", func(t *testing.T) {
		r, refs := threeWait(t, ownPack())
		holdRound(r)
		r.replies(0, refs[0], "no")
		r.pass(24 * time.Hour)
		ghost(r.queues.of[kindergarten], 2, func(w *waits) { w.first = w.first.Add(-time.Second) })
		holdRound(r)
		r.reopen()
		r.must(Withdraw{ID: r.id(), Actor: payer(childOf(0)), Ref: refs[0]})
		r.erases(refs[0])
		r.auditFinds("somebody was left out")
	})
	t.Run("moves that were altered since", func(t *testing.T) {
		r, refs := threeWait(t, ownPack())
		holdRound(r)
		r.must(Withdraw{ID: r.id(), Actor: payer(childOf(2)), Ref: refs[2]})
		r.erases(refs[2])
		r.sound()
		db := r.beside()
		if _, err := db.Exec(`UPDATE queue_move SET tier = 0 WHERE case_no = 3`); err != nil {
			t.Fatal(err)
		}
		db.Close()
		r.auditFinds("are not those that it had when it was erased")
	})
	t.Run("before the time", func(t *testing.T) {
		r, refs := threeWait(t, ownPack())
		svc, _ := r.Pack().Service(kindergarten)
		was := svc.Retention
		r.must(Withdraw{ID: r.id(), Actor: payer(childOf(2)), Ref: refs[2]})
		r.erases(refs[2])
		svc.Retention = was
		r.auditFinds("erases case 3 before its time")
	})
}

// TestDaysBesideErasedCases: days without a round are held also where cases were erased
// since: a day on which a place was free for sure must be kept, and none may be on which
// none can have been.
func TestDaysBesideErasedCases(t *testing.T) {
	begin := func(t *testing.T) (*rig, aiqyn.Reference) {
		r := nursery(t, 1, 3, ownPack()) // on Monday, 1 June, after nine
		r.pass(2 * 24 * time.Hour)
		r.reports(1, 1)
		ref := r.queueUp(0, 1)
		r.pass(2 * 24 * time.Hour)
		return r, ref
	}
	change := func(t *testing.T, r *rig, query, finds string) {
		t.Helper()
		r.raw(query)
		r.auditFinds(finds)
	}
	t.Run("who alone has waited", func(t *testing.T) {
		r, ref := begin(t)
		r.pass(24 * time.Hour)
		r.must(Withdraw{ID: r.id(), Actor: payer(childOf(0)), Ref: ref})
		r.pass(2 * 24 * time.Hour)
		r.erases(ref)
		if rep := r.audit(); !rep.OK || len(rep.Remarks) != 1 || !strings.Contains(rep.Remarks[0].What, "on 2 working days, from 2026-06-04 to 2026-06-05") {
			t.Fatalf("the audit says %+v, %+v", rep.Problems, rep.Remarks)
		}
		rows := r.derived("queue_day")
		if rep := r.rebuild(); rep.Differed != 0 || len(rep.Problems) > 0 || r.derived("queue_day") != rows {
			t.Errorf("the rebuild says %+v", rep)
		}
		r.raw(`DELETE FROM queue_day WHERE day = '2026-06-05'`)
		if rep := r.rebuild(); rep.Differed != 1 || len(rep.Problems) > 0 || r.derived("queue_day") != rows {
			t.Errorf("the rebuild of a row that was taken away says %+v", rep)
		}
		r.open()
		change(t, r, `DELETE FROM queue_day WHERE day = '2026-06-04'`, "no round was held on 2026-06-04 is not kept")
		change(t, r, `INSERT INTO queue_day (service, day) VALUES ('education.kindergarten', '2026-06-02')`, "that no round was held on 2026-06-02, which the entries do not give")
	})
	t.Run("who has the place", func(t *testing.T) {
		r, ref := begin(t)
		holdRound(r)
		r.replies(0, ref, "yes")
		r.must(Perform{ID: r.id(), Actor: payer(childOf(0)), Ref: ref, Step: "enrolment", Records: map[string]string{"first-day": "2026-09-01"}})
		r.queueUp(1, 1)
		r.pass(4 * 24 * time.Hour) // nothing is free
		r.erases(ref)
		if rep := r.audit(); !rep.OK || len(rep.Remarks) != 1 {
			t.Errorf("the audit says %+v, %+v", rep.Problems, rep.Remarks)
		}
		change(t, r, `DELETE FROM queue_day WHERE day = '2026-06-04'`, "no round was held on 2026-06-04 is not kept")
	})
}
