package casework

import (
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/notify"
	"aiqyn/registry"
)

// TestAnOfferIsAnsweredBySMS: the number that the offer's letter went to answers it with
// its code, once, for the child whom a register has its owner stand for; nothing else
// does, and what was answered is in the log as the parent's act.
func TestAnOfferIsAnsweredBySMS(t *testing.T) {
	r := nursery(t, 1, 3) // whose second child has the parent's number
	parent := aiqyn.PersonID(stranger)
	child := childOf(0)
	r.register(registry.PeopleRegister, string(child), registry.Person{IIN: child, Born: "2023-03-15", Lang: "kk", Name: registry.Name{Last: "Омарова", First: "Алия"}})
	r.register(registry.PeopleRegister, string(parent), registry.Person{IIN: parent, Born: "1990-01-01", Phone: strangerPhone, Lang: "kk", Name: registry.Name{Last: "Омарова", First: "Сәуле"}})
	r.accounts()
	r.register(registry.ChildrenRegister, string(parent), registry.Children{Person: parent, Children: []aiqyn.PersonID{child}})
	r.reports(1, 2)
	mail := new(pouch)
	post := r.post(map[notify.Channel]notify.Carrier{notify.SMS: mail})
	s, err := r.ActFor(t.Context(), r.provenAs(strangerPhone), r.id(), affairs(registry.ChildrenRegister, child))
	if err != nil {
		t.Fatal(err)
	}
	first := r.must(File{ID: r.id(), Actor: s.Actor, Service: kindergarten, Lang: "kk", Channel: "online", Answers: map[string]string{"language": "kk", "first": "kg-1"}}).Ref
	r.pass(time.Minute)
	second := r.queueUp(2, 1)
	holdRound(r)
	codes := map[string]string{} // by number
	r.deliver(post)
	for _, l := range mail.take() {
		if i := strings.Index(l.Text, "Иә: 1 "); i >= 0 {
			codes[l.To] = l.Text[i+len("Иә: 1 "):][:4]
		}
	}
	if len(codes) != 2 || codes[strangerPhone] == "" || codes["+77000000002"] == "" {
		t.Fatalf("offers were written to %v", codes)
	}
	answer := func(from, text string) int64 {
		t.Helper()
		size := r.size()
		if err := r.Answer(t.Context(), from, text); err != nil {
			t.Fatal(err)
		}
		return r.size() - size
	}
	wrong := map[bool]string{true: "1111", false: "0000"}[codes[strangerPhone] == "0000"]
	for _, x := range [][2]string{{"+77000000002", "1 " + codes[strangerPhone]}, {strangerPhone, "1 " + wrong}, {"+77000000003", "1 " + codes[strangerPhone]}} {
		if codes["+77000000002"] != codes[strangerPhone] && answer(x[0], x[1]) != 0 {
			t.Errorf("%q from %s did something", x[1], x[0])
		}
	}
	if answer(strangerPhone, "1 "+codes[strangerPhone]) == 0 || r.stateOf(first).State != QueueTaken {
		t.Fatalf("after a yes the child's place is %s", r.stateOf(first).State)
	}
	if answer(strangerPhone, "1 "+codes[strangerPhone])+answer(strangerPhone, "2 "+codes[strangerPhone]) != 0 {
		t.Error("an answer that is brought twice, or taken back, did something")
	}
	if answer("+77000000002", "2 "+codes["+77000000002"]) == 0 || r.stateOf(second).State != QueueStopped {
		t.Errorf("after a no the child's place is %s", r.stateOf(second).State)
	}
	view, err := r.Case(t.Context(), s.Actor, first)
	if err != nil {
		t.Fatal(err)
	}
	by := func(kind EventKind) (agent, ok bool) {
		for _, line := range view.Events {
			if line.Kind == kind {
				return line.Agent, line.Known == aiqyn.ByCode
			}
		}
		return false, false
	}
	if agent, code := by(EventAccepted); !agent || !code {
		t.Errorf("that it was taken says that an agent did so: %v, known by a code: %v", agent, code)
	}
	r.sound()
}

// TestALateAnswerToAnOffer: when the offer is over, its answer does nothing.
func TestALateAnswerToAnOffer(t *testing.T) {
	r := nursery(t, 1, 1)
	r.reports(1, 1)
	mail := new(pouch)
	post := r.post(map[notify.Channel]notify.Carrier{notify.SMS: mail})
	ref := r.queueUp(0, 1)
	holdRound(r)
	r.deliver(post)
	code := ""
	for _, l := range mail.take() {
		if i := strings.Index(l.Text, "Иә: 1 "); i >= 0 {
			code = l.Text[i+len("Иә: 1 "):][:4]
		}
	}
	r.replies(0, ref, "no")
	size := r.size()
	if err := r.Answer(t.Context(), "+77000000000", "1 "+code); err != nil || code == "" {
		t.Fatal(code, err)
	}
	if r.size() != size || r.stateOf(ref).State != QueueStopped {
		t.Errorf("an answer by SMS after another changed the case to %s", r.stateOf(ref).State)
	}
}
