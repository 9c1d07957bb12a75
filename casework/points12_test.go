package casework

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// auditApart audits as an auditor does: through a connection of its own that
// may only read.
func (r *rig) auditApart(ctx context.Context) (AuditReport, error) {
	db, err := store.Open(ctx, r.url, store.Options{ReadOnly: true})
	if err != nil {
		return AuditReport{}, err
	}
	defer db.Close()
	return Audit(ctx, AuditConfig{
		Store: db, VerifierKey: r.cfg.VerifierKey, Policy: r.cfg.Policy, DataKey: r.cfg.DataKey, BasePack: r.cfg.BasePack,
		Parse: r.cfg.Parse, Computations: r.cfg.Computations,
	})
}

// variety is a database with something of everything in it.
func variety(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.granted(holder, plot, 100)
	refused := r.toConditions(stranger, "99-999-002-001", 5)
	r.must(Decide{ID: r.id(), Actor: r.officer(refused), Ref: refused, Step: "conditions", Reason: "no-right"})
	r.at(almaty(t, "2026-06-05 10:00"))
	r.must(Decide{ID: r.id(), Actor: r.officer(refused), Ref: refused, Step: "conditions", Reason: "no-right"})
	late := r.toConditions(holder, "99-999-002-002", 20)
	annulled := r.granted(holder, "99-999-002-003", 30)
	r.must(Annul{ID: r.id(), Actor: head, Ref: annulled, Entry: r.entryOf(annulled, EventGranted), Ground: "x"})
	r.must(Correct{ID: r.id(), Actor: head, Ref: late, Entry: r.entryOf(late, EventPerformed), Field: "survey.measured-load", Value: "7", Ground: "y"})
	r.publish(r.withHolidays("2026-06-19"), "2026-06-10")
	r.at(almaty(t, "2026-06-20 10:00"))
	r.file(holder, "99-999-002-004", 10)
	r.pass(10 * time.Second)
	r.must(File{ID: r.id(), Actor: applicant, Service: "address.certificate", Lang: "kk", Answers: map[string]string{"use": "extract"}})
	if _, err := r.PublishCapacity(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.must(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "bank"})
	r.checkSound()
	return r
}

func TestPoint12Audit(t *testing.T) {
	t.Parallel()
	t.Run("clean on a database that is being written", testAuditUnderLoad)
	t.Run("it only reads", func(t *testing.T) {
		r := variety(t)
		r.backup()
		r.shut()
		sum := func() string { return fmt.Sprintf("%x", sha256.Sum256(r.bytes())) }
		before := sum()
		if rep, err := r.auditApart(t.Context()); err != nil || !rep.OK || rep.Checked == 0 {
			t.Errorf("%+v, %v", rep, err)
		}
		if sum() != before {
			t.Error("the audit changed the files")
		}
	})
	t.Run("whatever is changed is found", testTampering)
}

func testAuditUnderLoad(t *testing.T) {
	r := variety(t)
	r.manyParcels(300)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil && n < 60; n++ {
				f := File{ID: aiqyn.CommandID(fmt.Sprintf("load-%d-%d", w, n)), Actor: applicant, Service: "energy.connection", Lang: "kk",
					Answers: answersFor(manyParcel(1+w*60+n), 1)}
				res, err := r.Do(t.Context(), f)
				if err == nil && n%2 == 0 {
					_, err = r.Do(t.Context(), Withdraw{ID: f.ID + "w", Actor: applicant, Ref: res.Ref})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 5 {
		r.pass(5 * time.Second)
		rep, err := r.auditApart(t.Context())
		if err != nil || !rep.OK {
			t.Errorf("%+v, %v", rep, err)
		}
	}
	stop()
	wg.Wait()
	if rep, err := r.auditApart(t.Context()); err != nil || !rep.OK || rep.Checked != r.size() {
		t.Errorf("at the end: %+v, %v, log of %d", rep, err, r.size())
	}
}

// testTampering changes one thing after another, as somebody could who holds
// the file but not the keys, and has the audit find it.
func testTampering(t *testing.T) {
	r := variety(t)
	backup := r.backup()
	size := r.size()
	r.shut()
	const filing = `(SELECT idx FROM entry WHERE kind = 'filed' AND case_no = 1)`
	for _, c := range []struct{ name, sql, where string }{
		{"a leaf", `UPDATE entry SET leaf = zeroblob(32) WHERE idx = 7`, ""},
		{"a private part", `UPDATE entry SET sealed = zeroblob(length(sealed)) WHERE idx = 5`, "entry 5"},
		{"no private part", `UPDATE entry SET sealed = NULL WHERE idx = 5`, "entry 5"},
		{"an open field", `UPDATE entry SET fields = replace(fields, 'granted', 'refused') WHERE kind = 'granted' AND case_no = 1`, ""},
		{"wiped fields", `UPDATE entry SET fields = '' WHERE idx = 6`, "entry 6"},
		{"a kind", `UPDATE entry SET kind = 'refused' WHERE kind = 'granted' AND case_no = 1`, ""},
		{"an instant", `UPDATE entry SET recorded = recorded + 1 WHERE idx = 9`, "entry 9"},
		{"an entry's case", `UPDATE entry SET case_no = 2, seq = 99 WHERE idx = ` + filing, ""},
		{"an entry's number in its case", `UPDATE entry SET seq = 50 WHERE kind = 'granted' AND case_no = 1`, ""},
		{"an entry taken out", `DELETE FROM entry WHERE idx = 10`, ""},
		{"the last entry taken out", `DELETE FROM entry WHERE idx = (SELECT max(idx) FROM entry)`, ""},
		{"a case taken out", `DELETE FROM cases WHERE no = 1`, ""},
		{"a state", `UPDATE cases SET state = zeroblob(length(state)) WHERE no = 1`, ""},
		{"a key", `UPDATE cases SET key = zeroblob(length(key)) WHERE no = 1`, ""},
		{"a status", `UPDATE cases SET status = 'open' WHERE no = 1`, ""},
		{"an outcome", `UPDATE cases SET outcome = 'refused' WHERE no = 1`, ""},
		{"a due date", `UPDATE cases SET due = due + 86400000000 WHERE due <> 0`, ""},
		{"a reference", `UPDATE cases SET ref = 'AQ-AAAAA-AAAAA' WHERE no = 1`, ""},
		{"a reservation made smaller", `UPDATE reservation SET amount = amount - 1 WHERE amount > 0`, ""},
		{"a reservation moved", `UPDATE reservation SET place = place + 1 WHERE amount > 0`, ""},
		{"a reservation taken out", `DELETE FROM reservation WHERE amount > 0`, ""},
		{"a reservation put in", `INSERT INTO reservation (case_no, share, place, amount, granted, expires) VALUES (997, 'grid.capacity', 2, 1000, 1, 0)`, ""},
		{"a tile", `UPDATE tile SET data = zeroblob(length(data)) WHERE level = 0`, ""},
		{"the head's root", `UPDATE head SET root = zeroblob(32)`, ""},
		{"the head's size", `UPDATE head SET size = size - 1`, ""},
		{"the head's checkpoint", `UPDATE head SET checkpoint = replace(checkpoint, 'test', 'tost')`, ""},
		{"two leaves exchanged", `UPDATE entry SET leaf = (SELECT leaf FROM entry AS o WHERE o.idx = 15 - entry.idx) WHERE idx IN (7, 8)`, "entry 7"},
		{"an entry put in", `INSERT INTO entry SELECT 99999, 1, 99, kind, recorded, leaf, fields, sealed FROM entry WHERE idx = 8`, ""},
		{"a wake that will not come", `UPDATE cases SET wake = 0 WHERE wake <> 0`, ""},
		{"an officer", `UPDATE cases SET officer = 'surveyor-99' WHERE officer <> ''`, ""},
		{"a step", `UPDATE cases SET step = 'survey' WHERE no = 1`, ""},
		{"an applicant", `UPDATE cases SET applicant = (SELECT object FROM cases WHERE no = 2) WHERE no = 1`, ""},
		{"an object", `UPDATE cases SET object = (SELECT object FROM cases WHERE no = 2) WHERE no = 1`, ""},
		{"a filing", `UPDATE cases SET filing = 'x' WHERE no = 1`, ""},
		{"a day of closing", `UPDATE cases SET closed = closed - 1 WHERE closed <> 0`, ""},
		{"a publication of free power", `UPDATE snapshot SET data = replace(data, '1', '2') WHERE kind = 'capacity'`, ""},
		{"a published line", `UPDATE capacity SET line = replace(line, '"FreeW":', '"FreeW":9')`, ""},
		{"a count of demands", `UPDATE demand SET n = 0`, ""},
		{"a pack", `UPDATE snapshot SET data = replace(data, 'a', 'b') WHERE kind = 'pack'`, ""},
		{"a network", `UPDATE snapshot SET data = replace(data, '"vk_pct":4.5', '"vk_pct":4.4') WHERE kind = 'network'`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.t = t
			r.restore(backup)
			r.raw(c.sql)
			rep, err := r.auditApart(t.Context())
			switch {
			case err != nil: // it could not be read at all: that is found, too
			case rep.OK:
				t.Error("the audit is clean")
			case c.where != "" && rep.Problems[0].Where != c.where:
				t.Errorf("the first difference is named at %+v", rep.Problems)
			case !strings.HasPrefix(rep.Problems[0].Where, "entry ") || rep.Problems[0].What == "":
				t.Errorf("it names nothing: %+v", rep.Problems[0])
			}
			if rep.Checked > size {
				t.Errorf("%d entries checked of %d", rep.Checked, size)
			}
		})
	}
}
