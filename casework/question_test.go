package casework

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/notify"
	"aiqyn/registry"
)

// TestConsentBySMS: the answer of the number that was asked, with the code of the
// question, lets that body read, once; nothing else does.
func TestConsentBySMS(t *testing.T) {
	r := newRig(t)
	mail := new(pouch)
	p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: mail})
	reader := aiqyn.Actor{Role: aiqyn.RoleReader, Body: "utility", Officer: "clerk-01"}
	read := func() error {
		_, err := r.Do(t.Context(), ReadFact{ID: r.id(), Actor: reader, Person: holder, Register: registry.AddressRegister})
		return err
	}
	asked := func() string {
		t.Helper()
		if err := r.AskConsent(t.Context(), reader, Consenting{Person: holder, Register: registry.AddressRegister}); err != nil {
			t.Fatal(err)
		}
		r.deliver(p)
		got := slices.DeleteFunc(mail.take(), func(l notify.Letter) bool { return !strings.Contains(l.Text, "мекенжай") })
		if len(got) != 1 || got[0].To != "+77000000000" {
			t.Fatalf("asked by %+v", got)
		}
		text := strings.TrimRight(got[0].Text, ".")
		return text[len(text)-4:]
	}
	answer := func(from, text string) {
		t.Helper()
		if err := r.Answer(t.Context(), from, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.AskConsent(t.Context(), aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01"}, Consenting{Person: holder, Register: registry.AddressRegister}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("asked by somebody else: %v", err)
	}
	code := asked()
	wrong := "0000"
	if code == wrong {
		wrong = "1111"
	}
	for _, x := range [][2]string{{"+77000000001", "1 " + code}, {"+77000000000", "1 " + wrong}, {"+77000000000", "1"}, {"+77000000000", "yes"}, {"+77000000000", "1 " + code + " 5"}, {"+77000000000", "1 no " + code}} {
		answer(x[0], x[1])
		if read() == nil {
			t.Fatalf("%q from %s let the fact be read", x[1], x[0])
		}
	}
	size := r.size()
	answer("+77000000000", "1. "+code+".") // as the letter has it
	if r.size() == size {
		t.Fatal("an answer with full stops is not in the log")
	}
	size = r.size()
	answer("+77000000000", "1 "+code) // brought twice
	answer("+77000000000", "2 "+code)
	if r.size() != size {
		t.Fatal("one question was answered again")
	}
	if err := read(); err != nil {
		t.Errorf("after a yes: %v", err)
	}
	if read() == nil {
		t.Error("one consent, two readings")
	}
	r.pass(time.Hour)
	code = asked()
	answer("+77000000000", "2 "+code)
	answer("+77000000000", "1 "+code) // too late to think again
	if read() == nil {
		t.Error("after a no it was read")
	}
	r.pass(time.Hour)
	code = asked()
	for range questionTries { // guessed at
		answer("+77000000000", "1 "+map[bool]string{true: "1111", false: "0000"}[code == "0000"])
	}
	answer("+77000000000", "1 "+code)
	r.pass(time.Hour)
	late := asked()
	r.skip(questionLife)
	answer("+77000000000", "1 "+late)
	if read() == nil {
		t.Error("a guessed or a late answer let the fact be read")
	}
}

// TestConsentAtACounter: the code that a person at a counter tells whoever asked lets that
// body read, once; not another body, not by SMS, not guessed, not later.
func TestConsentAtACounter(t *testing.T) {
	r := newRig(t)
	mail := new(pouch)
	p := r.post(map[notify.Channel]notify.Carrier{notify.SMS: mail})
	reader := aiqyn.Actor{Role: aiqyn.RoleReader, Body: "utility", Officer: "clerk-01"}
	here := Consenting{Person: holder, Register: registry.AddressRegister, Here: true}
	read := func() error {
		_, err := r.Do(t.Context(), ReadFact{ID: r.id(), Actor: reader, Person: holder, Register: registry.AddressRegister})
		return err
	}
	asked := func() (code, wrong string) {
		t.Helper()
		if err := r.AskConsent(t.Context(), reader, here); err != nil {
			t.Fatal(err)
		}
		r.deliver(p)
		got := slices.DeleteFunc(mail.take(), func(l notify.Letter) bool { return !strings.Contains(l.Text, "айтыңыз") })
		if len(got) != 1 || got[0].To != "+77000000000" {
			t.Fatalf("asked by %+v", got)
		}
		code = got[0].Text[len(got[0].Text)-6:]
		if wrong = "000000"; code == wrong {
			wrong = "111111"
		}
		return code, wrong
	}
	refused := func(why string, asker aiqyn.Actor, c Consenting, code string) {
		t.Helper()
		if err := r.ConsentHere(t.Context(), asker, c, code); aiqyn.KindOf(err) != aiqyn.Invalid || read() == nil {
			t.Errorf("%s: %v", why, err)
		}
	}
	other := reader
	other.Body = "akimat-astana"
	stranger := here
	stranger.Person = "990731799995"
	code, wrong := asked()
	refused("a wrong code", reader, here, wrong)
	refused("another body", other, here, code)
	refused("another person", reader, stranger, code)
	if err := r.Answer(t.Context(), "+77000000000", "1 "+code[:4]); err != nil || read() == nil {
		t.Errorf("the code of a counter is answered by SMS: %v", err)
	}
	if err := r.ConsentHere(t.Context(), aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01"}, here, code); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("told to somebody else: %v", err)
	}
	if err := r.ConsentHere(t.Context(), reader, here, code); err != nil {
		t.Fatal(err)
	}
	if err := read(); err != nil {
		t.Errorf("after the code was told: %v", err)
	}
	refused("the code again", reader, here, code)

	code, wrong = asked()
	for range hereTries {
		refused("guessed", reader, here, wrong)
	}
	refused("after it was guessed at", reader, here, code)
	code, _ = asked()
	r.skip(hereLife)
	refused("late", reader, here, code)
}

// nobody is a number that could be somebody's, and is in no register.
func (r *rig) nobody() aiqyn.PersonID {
	r.t.Helper()
	for n := range 1000 {
		if p := fmt.Sprintf("990731798%03d", n); r.isNumber(p) {
			return aiqyn.PersonID(p)
		}
	}
	r.t.Fatal("every number is wrong")
	return ""
}

// counting counts what is read of each register.
type counting struct {
	registry.Register
	n map[string]int
}

func (c counting) Read(ctx context.Context, q registry.Query) (registry.Reading, error) {
	c.n[q.Register]++
	return c.Register.Read(ctx, q)
}

// TestAskingTakesAsMuch: as much is read and written for who is not there as for who is.
func TestAskingTakesAsMuch(t *testing.T) {
	read := counting{n: map[string]int{}}
	r := newRig(t, func(c *Config) {
		read.Register = c.Registers
		c.Registers = read
	})
	clerk := clerkOf(1, "utility")
	work := func(who aiqyn.PersonID) (n map[string]int, questions int) {
		t.Helper()
		clear(read.n)
		for _, here := range []bool{false, true} {
			c := Consenting{Person: who, Register: registry.AddressRegister, Here: here}
			if err := r.AskConsent(t.Context(), clerk, c); err != nil {
				t.Fatal(err)
			}
			if err := r.ConsentHere(t.Context(), clerk, c, "123456"); aiqyn.KindOf(err) != aiqyn.Invalid {
				t.Fatal(err)
			}
		}
		if err := r.WitnessConsent(t.Context(), clerk, Consenting{Person: who, Register: registry.AddressRegister}, Passport); err != nil {
			t.Fatal(err)
		}
		if err := r.beside().QueryRow(`SELECT count(*) FROM question`).Scan(&questions); err != nil {
			t.Fatal(err)
		}
		return maps.Clone(read.n), questions
	}
	known, first := work(holder)
	unknown, both := work(r.nobody())
	if !maps.Equal(known, unknown) || both != 2*first || first != 3 {
		t.Errorf("read %v and %v, %d questions and %d", known, unknown, first, both-first)
	}
}

// TestAskingTellsNobody: who is in no register, or has no number, is asked with the same
// answer, and as much is written.
func TestAskingTellsNobody(t *testing.T) {
	r := newRig(t)
	reader := aiqyn.Actor{Role: aiqyn.RoleReader, Body: "utility", Officer: "clerk-01"}
	for _, who := range []aiqyn.PersonID{holder, r.nobody()} {
		for _, here := range []bool{false, true} {
			c := Consenting{Person: who, Register: registry.AddressRegister, Here: here}
			for range questionsMost + 2 {
				if err := r.AskConsent(t.Context(), reader, c); err != nil {
					t.Errorf("%+v: %v", c, err)
				}
			}
			if err := r.ConsentHere(t.Context(), reader, c, "123456"); aiqyn.KindOf(err) != aiqyn.Invalid {
				t.Errorf("%+v, a code that is none: %v", c, err)
			}
		}
	}
	var n int
	if err := r.beside().QueryRow(`SELECT count(DISTINCT phone) FROM question`).Scan(&n); err != nil || n != 2 {
		t.Errorf("questions of %d are kept, want 2: %v", n, err)
	}
}
