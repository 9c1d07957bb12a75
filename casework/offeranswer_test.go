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
	r := nursery(t, 1, 4) // whose second child has the parent's number
	parent := aiqyn.PersonID(stranger)
	child := childOf(0)
	r.register(registry.PeopleRegister, string(child), registry.Person{IIN: child, Born: "2023-03-15", Lang: "kk", Name: registry.Name{Last: "Омарова", First: "Алия"}})
	r.register(registry.PeopleRegister, string(parent), registry.Person{IIN: parent, Born: "1990-01-01", Phone: strangerPhone, Lang: "kk", Name: registry.Name{Last: "Омарова", First: "Сәуле"}})
	r.accounts()
	r.register(registry.ChildrenRegister, string(parent), registry.Children{Person: parent, Children: []aiqyn.PersonID{child}})
	r.reports(1, 3)
	mail := new(pouch)
	post := r.post(map[notify.Channel]notify.Carrier{notify.SMS: mail})
	s, err := r.ActFor(t.Context(), r.provenAs(strangerPhone), r.id(), affairs(registry.ChildrenRegister, child))
	if err != nil {
		t.Fatal(err)
	}
	first := r.must(File{ID: r.id(), Actor: s.Actor, Service: kindergarten, Lang: "kk", Channel: "online", Answers: map[string]string{"language": "kk", "first": "kg-1"}}).Ref
	r.pass(time.Minute)
	others := map[string]aiqyn.Reference{"+77000000002": r.queueUp(2, 1), "+77000000003": r.queueUp(3, 1)}
	holdRound(r)
	codes := map[string]string{} // by number
	r.deliver(post)
	for _, l := range mail.take() {
		if i := strings.Index(l.Text, "Иә: 1 "); i >= 0 {
			codes[l.To] = l.Text[i+len("Иә: 1 "):][:4]
		}
	}
	if len(codes) != 3 || codes[strangerPhone] == "" {
		t.Fatalf("offers were written to %v", codes)
	}
	other := "+77000000002" // with another code: one number in ten thousand has the same
	if codes[other] == codes[strangerPhone] {
		other = "+77000000003"
	}
	if codes[other] == codes[strangerPhone] || codes[other] == "" {
		t.Fatalf("three offers have one code: %v", codes)
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
	for _, x := range [][2]string{{other, "1 " + codes[strangerPhone]}, {strangerPhone, "1 " + wrong}, {"+77000000009", "1 " + codes[strangerPhone]}} {
		if answer(x[0], x[1]) != 0 {
			t.Errorf("%q from %s did something", x[1], x[0])
		}
	}
	if answer(strangerPhone, "1 "+codes[strangerPhone]) == 0 || r.stateOf(first).State != QueueTaken {
		t.Fatalf("after a yes the child's place is %s", r.stateOf(first).State)
	}
	if answer(strangerPhone, "1 "+codes[strangerPhone])+answer(strangerPhone, "2 "+codes[strangerPhone]) != 0 {
		t.Error("an answer that is brought twice, or taken back, did something")
	}
	if answer(other, "2 "+codes[other]) == 0 || r.stateOf(others[other]).State != QueueStopped {
		t.Errorf("after a no the child's place is %s", r.stateOf(others[other]).State)
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

// TestALateAnswerToAnOffer: when the offer is over, by an answer before or by its last
// day, its answer by SMS does nothing, nor does it an instant before the engine has
// noticed.
func TestALateAnswerToAnOffer(t *testing.T) {
	for name, end := range map[string]func(r *rig, ref aiqyn.Reference){
		"answered": func(r *rig, ref aiqyn.Reference) { r.replies(0, ref, "no") },
		"expired": func(r *rig, ref aiqyn.Reference) {
			r.at(r.dueOf(ref).Add(time.Second))
			if r.stateOf(ref).State != QueueStopped {
				r.t.Fatal("the offer has not run out")
			}
		},
		"expired just now": func(r *rig, ref aiqyn.Reference) {
			due := r.dueOf(ref)
			r.mu.Lock()
			r.now = due.Add(time.Second)
			r.mu.Unlock()
		},
	} {
		t.Run(name, func(t *testing.T) {
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
			end(r, ref)
			if err := r.Answer(t.Context(), "+77000000000", "1 "+code); err != nil || code == "" {
				t.Fatal(code, err)
			}
			v := r.view(ref)
			if n := countOf(v, EventAccepted); n != 0 || v.Queue.State == QueueTaken {
				t.Errorf("an answer by SMS that came too late was taken: %s, %d times accepted", v.Queue.State, n)
			}
			r.at(r.clock())
			if got := r.stateOf(ref); got.State != QueueStopped {
				t.Errorf("the case is %s", got.State)
			}
			r.sound()
		})
	}
}

// dueOf is the last instant of an offer.
func (r *rig) dueOf(ref aiqyn.Reference) time.Time {
	r.t.Helper()
	rec, err := r.caseOf(r.t.Context(), ref)
	if err != nil {
		r.t.Fatal(err)
	}
	return rec.state.Due
}
