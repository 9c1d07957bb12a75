package casework

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

// forgedCorrection is an operator's: of a fact of a case that waits.
type forgedCorrection struct {
	onCase
	data corrected
}

func (c *forgedCorrection) decide(t *turn) error {
	t.emit(EventCorrected, c.actor, &c.data)
	return nil
}

// TestWhatARegisterHadNotSaid: a register that had said nothing of a child is read again
// after its error was put right, and the child ranks by what it says now; as one of which
// it says nothing any more ranks without it. What was typed, or ranks nobody, is named.
func TestWhatARegisterHadNotSaid(t *testing.T) {
	r := nursery(t, 1, 3)
	r.reports(1, 1)
	var refs []aiqyn.Reference
	for i := range 3 {
		refs = append(refs, r.queueUp(i, 1))
		r.pass(time.Minute)
	}
	svc, _ := r.Pack().Service(kindergarten)
	head := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-09", Body: svc.Body}
	field := ""
	for name, f := range r.factsOf(refs[2]) {
		if f.Register == registry.PrivilegeRegister && !f.Found {
			field = name
		}
	}
	if field == "" {
		t.Fatal("the register has said something at filing")
	}
	correct := func(value string) error {
		_, err := r.Do(t.Context(), Correct{ID: r.id(), Actor: head, Ref: refs[2], Field: field, Value: value, Entry: r.entryOf(refs[2], EventLookedUp), Ground: "the register was late"})
		return err
	}
	at := func(want, ranked int) {
		t.Helper()
		v := r.view(refs[2])
		if got := v.Queue.Lines[0].Position; got != want || countOf(v, EventRanked) != ranked {
			t.Errorf("it stands at %d and was ranked anew %d times, want %d and %d", got, countOf(v, EventRanked), want, ranked)
		}
	}
	if err := correct(""); keyOf(err) != "error.correct-same" {
		t.Errorf("corrected though the register says nothing still: %v", err)
	}
	orphan := `{"orphan":true,"person":"` + string(childOf(2)) + `"}`
	if err := correct(orphan); keyOf(err) != "error.correct-field" {
		t.Errorf("what was typed ranks: %v", err)
	}
	at(3, 0)
	r.privileged(2)
	if err := correct(""); err != nil {
		t.Fatal(err)
	}
	at(1, 1)
	if f := r.factsOf(refs[2])[field]; !f.Found || f.Version == "" {
		t.Errorf("on file is %+v", f)
	}
	r.reopen()
	at(1, 1)
	r.sound()
	if rep := r.rebuild(); rep.Differed != 0 || len(rep.Problems) > 0 {
		t.Errorf("the rebuild says %+v", rep)
	}
	r.open()
	r.raw(fmt.Sprintf(`DELETE FROM register_row WHERE register = '%s' AND key = '%s'`, registry.PrivilegeRegister, childOf(2)))
	if err := correct(""); err != nil {
		t.Fatal(err)
	}
	at(3, 2)
	if f := r.factsOf(refs[2])[field]; f.Found || f.Value != nil {
		t.Errorf("on file is %+v", f)
	}
	r.reopen()
	r.sound()

	r.setClock(typedUntil.Add(48 * time.Hour))
	rec, err := r.caseOf(t.Context(), refs[2])
	if err != nil {
		t.Fatal(err)
	}
	for _, forged := range []struct {
		finds string
		data  corrected
	}{
		{"and does not rank it anew", corrected{Read: &readAnew{At: r.now, Found: true, Source: "local", Version: "1"}, Value: json.RawMessage(orphan)}},
		{"corrects another value than was on file", corrected{Read: &readAnew{At: r.now, Source: "local"}, Was: json.RawMessage(`{}`)}},
		{"no register was read", corrected{Value: json.RawMessage(orphan), Was: json.RawMessage(orphan)}},
	} {
		t.Run(forged.finds, func(t *testing.T) {
			forged.data.Affected, forged.data.Entry, forged.data.Field, forged.data.Ground = []int64{}, r.entryOf(refs[2], EventLookedUp), field, "x"
			if _, err := r.send(t.Context(), &forgedCorrection{onCase{cid: r.id(), actor: head, ref: refs[2], no: rec.state.No}, forged.data}); err != nil {
				t.Fatal(err)
			}
			r.auditFinds(forged.finds)
		})
	}
}
