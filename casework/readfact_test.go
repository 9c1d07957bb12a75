package casework

import (
	"bytes"
	"sync"
	"testing"

	"aiqyn"
	"aiqyn/registry"
)

// TestReadFactOnce: a consent is for one body and one reading, however they
// are sent, and the person sees who read and who tried to.
func TestReadFactOnce(t *testing.T) {
	r := newRig(t)
	reader := func(body aiqyn.BodyID) aiqyn.Actor {
		return aiqyn.Actor{Role: aiqyn.RoleReader, Body: body, Officer: "clerk-01"}
	}
	read := func(body aiqyn.BodyID) ReadFact {
		return ReadFact{ID: r.id(), Actor: reader(body), Person: holder, Register: registry.AddressRegister}
	}
	refused := func(what string, cmd ReadFact) {
		t.Helper()
		if res, err := r.Do(t.Context(), cmd); aiqyn.KindOf(err) != aiqyn.Forbidden || res.Fact != nil {
			t.Errorf("%s: %+v, %v", what, res.Fact, err)
		}
	}
	size := r.size()
	refused("nobody has consented", read("utility"))
	if r.size() != size {
		t.Error("an attempt on nobody's case is in the log")
	}
	ref := r.must(File{ID: r.id(), Actor: applicant, Service: "address.certificate", Lang: "kk",
		Answers: map[string]string{"use": "consent", "reader": "utility"}}).Ref
	extract := r.must(File{ID: r.id(), Actor: applicant, Service: "address.certificate", Lang: "kk", Answers: map[string]string{"use": "extract"}}).Ref

	other := read("akimat-astana")
	for range 2 {
		refused("another body", other)
	}
	wrong := read("utility")
	wrong.Register = registry.RightRegister
	refused("another register", wrong)
	wrong = read("utility")
	wrong.Actor.Role = aiqyn.RoleEngineer
	refused("another role", wrong)

	cmds := []ReadFact{read("utility"), read("utility"), read("utility"), read("utility")}
	answers := make([]answer, len(cmds))
	var wg sync.WaitGroup
	for i, cmd := range cmds {
		wg.Go(func() { answers[i].Result, answers[i].err = r.Do(t.Context(), cmd) })
	}
	wg.Wait()
	given := -1
	for i, a := range answers {
		if a.err == nil && given >= 0 || a.err != nil && aiqyn.KindOf(a.err) != aiqyn.Forbidden {
			t.Errorf("reading %d: %+v, %v", i, a.Result, a.err)
		}
		if a.err == nil {
			given = i
		}
	}
	if given < 0 {
		t.Fatal("nobody could read")
	}
	fact := answers[given].Fact
	if fact == nil || !bytes.Contains(fact.Value, []byte("Достық")) || answers[given].Ref != ref {
		t.Fatalf("read %+v of %s", fact, answers[given].Ref)
	}
	for range 2 {
		again := r.must(cmds[given])
		if !again.Again || !same(again, answers[given].Result) || again.Fact == nil || !bytes.Equal(again.Fact.Value, fact.Value) {
			t.Errorf("the same reading again: %+v", again)
		}
		refused("used up", read("utility"))
		r.reopen()
	}
	v, err := r.Case(t.Context(), applicant, ref)
	if err != nil {
		t.Fatal(err)
	}
	reads, tries := 0, 0
	for _, ev := range v.Events {
		if ev.Kind == EventRead {
			reads++
			if ev.Args["body"] != "utility" {
				t.Errorf("the person is not told who read: %+v", ev.Args)
			}
		}
		if ev.Kind == EventReadRefused {
			tries++
		}
	}
	if reads != 1 || tries != 6 { // one by another body, three at once, two when used up
		t.Errorf("%d readings and %d attempts are shown: %v", reads, tries, kinds(v))
	}
	if n := len(r.view(extract).Events); n == 0 {
		t.Error("the extract's case is gone")
	}
}
