package casework

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"

	"aiqyn"
)

// briefRig is a rig whose pack keeps cases a month only.
func briefRig(t *testing.T) *rig {
	t.Helper()
	r := bareRig(t, start)
	r.shut()
	r.files = r.edited("energy.connection/service.yaml", "retention: 3650", "retention: 30")
	r.open()
	r.seed()
	return r
}

func TestPoint10PeopleVanishProofStays(t *testing.T) {
	r := briefRig(t)
	kept := r.granted(holder, "99-999-002-001", 100)
	filing := r.filing(stranger, plot, 50)
	res := r.must(filing)
	ref := res.Ref
	r.pass(10 * time.Second)
	r.survey(ref)
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}
	row, _, err := r.db.CaseByRef(t.Context(), string(ref))
	if err != nil {
		t.Fatal(err)
	}
	erase := func(a aiqyn.Actor) string {
		_, err := r.Do(t.Context(), Erase{ID: r.id(), Actor: a, Ref: ref, Ground: "retention over"})
		return keyOf(err)
	}
	expect := func(what string, a aiqyn.Actor, want string) {
		t.Helper()
		if got := erase(a); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	expect("an open case", head, "error.case-open")
	r.must(Withdraw{ID: r.id(), Actor: me, Ref: ref})
	expect("within retention", head, "error.retention")
	r.at(almaty(t, "2026-07-02 10:00"))
	for _, a := range []aiqyn.Actor{me, overseer, {Role: aiqyn.RoleEngineer, Officer: "engineer-01"}} {
		expect("by the "+string(a.Role), a, "error.forbidden")
	}
	r.must(Hold{ID: r.id(), Actor: overseer, Ref: ref, Ground: "court"})
	expect("a held case", head, "error.case-held")
	r.must(Hold{ID: r.id(), Actor: overseer, Ref: ref, Lift: true})

	receipts := make(map[int64][]byte)
	sealed := [][]byte{row.Key}
	for _, ev := range r.view(ref).Events {
		b, err := r.Receipt(t.Context(), me, ev.Index)
		if err != nil {
			t.Fatal(err)
		}
		receipts[ev.Index] = b
		e, err := r.db.Entry(t.Context(), ev.Index)
		if err != nil {
			t.Fatal(err)
		}
		sealed = append(sealed, e.Sealed)
	}
	before, err := r.db.Leaves(t.Context(), 0, r.size())
	if err != nil {
		t.Fatal(err)
	}
	held := r.bytes()
	for i, secret := range sealed {
		if len(secret) < 1000 && !bytes.Contains(held, secret) {
			t.Fatalf("secret %d is not found even before the erasure: the search is blind", i)
		}
	}
	expect("the first of two", head, "")
	expect("the same person again", head, "error.two-signatures")
	expect("the same person in another role", aiqyn.Actor{Role: aiqyn.RoleCustodian, Officer: head.Officer}, "error.two-signatures")
	expect("another person of the same role", aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-02", Body: "utility"}, "error.two-signatures")
	size := r.size()
	answers := r.oneBatch(
		Erase{ID: r.id(), Actor: custodian, Ref: ref, Ground: "retention over"},
		Hold{ID: r.id(), Actor: overseer, Ref: ref, Ground: "too late"},
	)
	if answers[0].err != nil || aiqyn.KindOf(answers[1].err) != aiqyn.NotFound {
		t.Fatalf("erased: %v, held after it: %v", answers[0].err, answers[1].err)
	}

	// First, while the process runs: when it ends, the write-ahead log goes anyway.
	t.Run("keys and sealed parts are gone from the files", func(t *testing.T) {
		r.t = t
		now := r.bytes()
		for i, secret := range sealed {
			if bytes.Contains(now, secret) {
				t.Errorf("secret %d of %d is still in the files", i, len(sealed))
			}
		}
	})
	t.Run("nobody finds the case any more", func(t *testing.T) { r.t = t; r.testGone(filing, ref, row.No, receipts) })
	t.Run("what stays says nothing of the person", func(t *testing.T) { r.t = t; r.testResidue(size, row.No, kept) })
	t.Run("the tree is as it was, and receipts given before hold", func(t *testing.T) {
		r.t = t
		after, err := r.db.Leaves(t.Context(), 0, int64(len(before)))
		if err != nil {
			t.Fatal(err)
		}
		for i := range before {
			if before[i] != after[i] {
				t.Errorf("leaf %d changed", i)
			}
		}
		for index, b := range receipts {
			if v, err := r.Check(t.Context(), b); err != nil || v.Index != index {
				t.Errorf("receipt of entry %d: %v", index, err)
			}
		}
	})
	t.Run("an audit is clean, before and after a restart", func(t *testing.T) {
		r.t = t
		for range 2 {
			r.checkSound()
			if rep := r.audit(); rep.Erased != int64(len(receipts))+1 {
				t.Errorf("%d entries are said to be erased, %d are", rep.Erased, len(receipts)+1)
			}
			r.reopen()
		}
	})
}

// testGone looks for an erased case on every way.
func (r *rig) testGone(filing File, ref aiqyn.Reference, no int64, receipts map[int64][]byte) {
	t, ctx := r.t, r.t.Context()
	me := filing.Actor
	for range 2 {
		for _, a := range []aiqyn.Actor{me, head, overseer, aiqyn.System} {
			if _, err := r.Case(ctx, a, ref); aiqyn.KindOf(err) != aiqyn.NotFound {
				t.Errorf("%s opens it: %v", a.Role, err)
			}
			for index := range receipts {
				if _, err := r.Receipt(ctx, a, index); aiqyn.KindOf(err) != aiqyn.NotFound {
					t.Errorf("%s gets a receipt of entry %d: %v", a.Role, index, err)
				}
			}
		}
		if list, err := r.Mine(ctx, person(stranger), Page{}); err != nil || len(list.Items) != 0 {
			t.Errorf("it is listed: %+v, %v", list, err)
		}
		if list, err := r.Messages(ctx, "+77000000001", 100); err != nil || len(list) != 0 {
			t.Errorf("messages are left: %+v, %v", list, err)
		}
		if _, err := r.Do(ctx, Withdraw{ID: r.id(), Actor: me, Ref: ref}); aiqyn.KindOf(err) != aiqyn.NotFound {
			t.Errorf("a command finds it: %v", err)
		}
		rows, err := r.db.CasesByNo(ctx, []int64{no})
		if err != nil || len(rows) != 1 {
			t.Fatal(err)
		}
		c := rows[0]
		if c.Key != nil || len(c.State) != 0 || len(c.Applicant) != 0 || len(c.Object) != 0 || len(c.Filing) != 0 || c.Officer != "" || c.Ref == string(ref) {
			t.Errorf("its row still says %+v", c)
		}
		r.reopen()
	}
}

// testResidue reads what an erasure has left, and searches the whole database
// for the person. The registers are other bodies' and not part of the case.
func (r *rig) testResidue(index, no int64, kept aiqyn.Reference) {
	t := r.t
	e, err := r.db.Entry(t.Context(), index)
	if err != nil {
		t.Fatal(err)
	}
	ev, err := r.decodeEntry(e, r.keys.system)
	if err != nil {
		t.Fatal(err)
	}
	d, ok := ev.data.(*residue)
	if !ok || d.Case != no || d.Outcome != aiqyn.Withdrawn || d.Service != "energy.connection" || d.District != "7110" || d.Ground == "" {
		t.Errorf("residue %+v", ev.data)
	}
	r.raw(`DELETE FROM register_row WHERE key IN ($1, $2)`, string(stranger), plot)
	r.raw(`DELETE FROM register_place WHERE key = $1`, plot)
	r.compact()
	now := r.bytes()
	for _, trace := range []string{string(stranger), plot, "+77000000001", hex.EncodeToString(r.keys.hash("applicant", string(stranger))),
		string(r.keys.hash("applicant", string(stranger))), string(r.keys.hash("phone", "+77000000001"))} {
		if bytes.Contains(now, []byte(trace)) {
			t.Errorf("the database still holds %q", trace)
		}
	}
	if v := r.view(kept); v.Outcome != aiqyn.Granted {
		t.Errorf("another case suffered: %v", kinds(v))
	}
}

func TestPoint11Keys(t *testing.T) {
	r := newRig(t)
	one, two := r.granted(holder, plot, 100), r.file(stranger, "99-999-002-001", 10)
	if err := r.PutAccount(t.Context(), Account{Actor: applicant, Name: "A", Phone: "+77000000000"}); err != nil {
		t.Fatal(err)
	}
	backup := r.backup()
	t.Run("another data key opens nothing", func(t *testing.T) {
		r.t = t
		was := r.opts
		r.opts = append(was[:len(was):len(was)], func(c *Config) { c.DataKey = [32]byte{2} })
		r.shut()
		if err := r.tryOpen(); err == nil {
			t.Error("the engine opens under another data key")
		}
		r.opts = was
		r.open()
	})
	t.Run("the database alone tells nobody's name or number", func(t *testing.T) {
		r.t = t
		r.raw(`DELETE FROM register_row`)
		r.raw(`DELETE FROM register_place`)
		r.compact()
		for _, secret := range []string{string(holder), string(stranger), "Омарова", "+7700000000", plot} {
			if bytes.Contains(r.bytes(), []byte(secret)) {
				t.Errorf("it holds %q in the clear", secret)
			}
		}
	})
	phone := "+77000000000"
	for name, c := range map[string]struct {
		sql  string
		args []any
		read func() error
	}{
		"entries of one case": {`UPDATE entry SET sealed = (SELECT sealed FROM entry WHERE idx = $1) WHERE idx = $2`,
			[]any{r.entryOf(one, EventRuled), r.entryOf(one, EventFiled)}, func() error { _, err := r.Case(t.Context(), aiqyn.System, one); return err }},
		"entries of two cases": {`UPDATE entry SET sealed = (SELECT sealed FROM entry WHERE idx = $1) WHERE idx = $2`,
			[]any{r.entryOf(one, EventFiled), r.entryOf(two, EventFiled)}, func() error { _, err := r.Case(t.Context(), aiqyn.System, two); return err }},
		"states": {`UPDATE cases SET state = (SELECT state FROM cases WHERE no = 1) WHERE no = 3`, nil,
			func() error { _, err := r.Case(t.Context(), aiqyn.System, two); return err }},
		"keys": {`UPDATE cases SET key = (SELECT key FROM cases WHERE no = 1) WHERE no = 3`, nil,
			func() error { _, err := r.Case(t.Context(), aiqyn.System, two); return err }},
		"keys with states": {`UPDATE cases SET key = (SELECT key FROM cases WHERE no = 1), state = (SELECT state FROM cases WHERE no = 1) WHERE no = 3`, nil,
			func() error { _, err := r.Case(t.Context(), aiqyn.System, two); return err }},
		"messages": {`UPDATE outbox SET sealed = (SELECT sealed FROM outbox WHERE id = 1) WHERE id = 2`, nil,
			func() error { _, err := r.Messages(t.Context(), phone, 10); return err }},
	} {
		t.Run("sealed parts cannot be exchanged: "+name, func(t *testing.T) {
			r.t = t
			r.restore(backup)
			r.open()
			if err := c.read(); err != nil {
				t.Fatalf("before: %v", err)
			}
			r.raw(c.sql, c.args...)
			if err := c.read(); err == nil {
				t.Error("nobody notices")
			}
		})
	}
	t.Run("one damaged case keeps no other from its right", func(t *testing.T) {
		r.t = t
		r.restore(backup)
		r.raw(`UPDATE cases SET state = zeroblob(1), wake = 1 WHERE no = 1`)
		r.open()
		r.setClock(r.clock().Add(time.Minute))
		if _, err := r.RunDue(t.Context()); err == nil {
			t.Error("a damaged case is not reported")
		}
		if v := r.view(two); v.Officer == "" {
			t.Errorf("the other case waits: %v", kinds(v))
		}
	})
}
