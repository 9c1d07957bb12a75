package casework

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/signature"
	"aiqyn/signature/practice"
)

// clerkOf is the nth clerk of a body, under their own name.
func clerkOf(n int, body aiqyn.BodyID) aiqyn.Actor {
	return aiqyn.Actor{Role: aiqyn.RoleReader, Body: body, Officer: aiqyn.OfficerID(fmt.Sprintf("clerk-%02d", n)), Person: aiqyn.PersonID(fmt.Sprintf("85010130001%d", n))}
}

// TestConsentInPerson: two clerks of one body who have both seen somebody's document let
// it read, once; one clerk does not, under whatever number, nor another body, nor later.
// The person is told, and reads who they were; a forged one is found.
func TestConsentInPerson(t *testing.T) {
	r := newRig(t)
	first, second := clerkOf(1, "utility"), clerkOf(2, "utility")
	c := Consenting{Person: holder, Register: registry.AddressRegister}
	read := func() error {
		_, err := r.Do(t.Context(), ReadFact{ID: r.id(), Actor: first, Person: holder, Register: registry.AddressRegister})
		return err
	}
	waiting := func(by aiqyn.Actor) []WitnessedView {
		t.Helper()
		list, err := r.Witnessed(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for what, x := range map[string]struct {
		by   aiqyn.Actor
		c    Consenting
		d    PersonDocument
		kind aiqyn.ErrorKind
	}{
		"another role":      {aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility", Person: first.Person}, c, IdentityCard, aiqyn.Forbidden},
		"nobody's number":   {first, Consenting{Person: "123", Register: c.Register}, IdentityCard, aiqyn.Invalid},
		"no document":       {first, c, "", aiqyn.Invalid},
		"their own witness": {aiqyn.Actor{Role: aiqyn.RoleReader, Body: "utility", Officer: "clerk-09", Person: holder}, c, IdentityCard, aiqyn.Forbidden},
		"nobody in person":  {aiqyn.Actor{Role: aiqyn.RoleReader, Body: "utility", Officer: "clerk-09"}, c, IdentityCard, aiqyn.Forbidden},
		"a body not asked":  {clerkOf(1, "nowhere"), c, IdentityCard, aiqyn.NotFound},
	} {
		if err := r.WitnessConsent(t.Context(), x.by, x.c, x.d); aiqyn.KindOf(err) != x.kind {
			t.Errorf("%s: %v", what, err)
		}
	}
	size := r.size()
	if err := r.WitnessConsent(t.Context(), first, c, IdentityCard); err != nil {
		t.Fatal(err)
	}
	if r.size() != size || read() == nil {
		t.Fatal("the word of one clerk let the fact be read")
	}
	if list := waiting(first); len(list) != 1 || !list[0].Mine || list[0].Person != holder {
		t.Fatalf("waiting for the first: %+v", list)
	}
	if list := waiting(clerkOf(2, "akimat-astana")); len(list) != 0 {
		t.Errorf("another body sees %+v", list)
	}
	id := waiting(second)[0].ID
	twin := second
	twin.Person = first.Person
	own := second
	own.Person = holder
	for what, x := range map[string]struct {
		by   aiqyn.Actor
		kind aiqyn.ErrorKind
	}{
		"the first again":               {first, aiqyn.Conflict},
		"the first under a new number":  {twin, aiqyn.Conflict},
		"the person themselves":         {own, aiqyn.Forbidden},
		"a clerk of another body":       {clerkOf(3, "akimat-astana"), aiqyn.NotFound},
		"an officer who reads no facts": {aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility", Person: second.Person}, aiqyn.Forbidden},
	} {
		if _, err := r.CountersignConsent(t.Context(), x.by, id); aiqyn.KindOf(err) != x.kind || read() == nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got, err := r.CountersignConsent(t.Context(), second, id); err != nil || got != c {
		t.Fatalf("countersigned: %+v, %v", got, err)
	}
	if _, err := r.CountersignConsent(t.Context(), second, id); aiqyn.KindOf(err) != aiqyn.NotFound || len(waiting(second)) != 0 {
		t.Errorf("countersigned twice: %v", err)
	}
	if err := read(); err != nil {
		t.Errorf("after two clerks: %v", err)
	}
	if read() == nil {
		t.Error("one consent, two readings")
	}
	told, err := r.Messages(t.Context(), "+77000000000", 5)
	if err != nil || !slices.ContainsFunc(told, func(m Message) bool { return m.Key == "message.consent-in-person" }) {
		t.Errorf("the person is told %+v, %v", told, err)
	}
	seen, err := r.Readings(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Page{})
	if err != nil || !slices.ContainsFunc(seen.Items, func(v ReadingView) bool {
		return v.Kind == EventConsentedInPerson && v.Officer == "clerk-01, clerk-02" && v.Ground == string(IdentityCard)
	}) {
		t.Errorf("the person reads %+v, %v", seen.Items, err)
	}
	r.wantClean()
	r.consentsInPersonForged()

	if err := r.WitnessConsent(t.Context(), first, c, Passport); err != nil {
		t.Fatal(err)
	}
	late := waiting(second)[0].ID
	r.skip(secondLife)
	if _, err := r.CountersignConsent(t.Context(), second, late); aiqyn.KindOf(err) != aiqyn.NotFound || read() == nil {
		t.Errorf("late: %v", err)
	}
	if _, err := r.Do(t.Context(), File{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder, Assurance: aiqyn.InPerson}, Service: "address.certificate", Lang: "kk",
		Answers: map[string]string{"use": "consent", "reader": "utility"}}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("in person, and nobody has seen them: %v", err)
	}
}

// consentsInPersonForged has the audit find what whoever keeps the log might write.
func (r *rig) consentsInPersonForged() {
	r.t.Helper()
	word := func(change func(*consentedInPerson)) func([]*event) []*event { return each(change) }
	const two = "was not taken by two people"
	r.forgedAs("the second is the first", 1, word(func(d *consentedInPerson) { d.First = "clerk-02" }), two)
	r.forgedAs("under two numbers", 1, word(func(d *consentedInPerson) { d.FirstTie = d.SecondTie }), two)
	r.forgedAs("without a first", 1, word(func(d *consentedInPerson) { d.First, d.FirstTie = "", "" }), two)
	r.forgedAs("for another body", 1, word(func(d *consentedInPerson) { d.Body = "akimat-astana" }), "another body than may read")
	r.forgedAs("on no document", 1, word(func(d *consentedInPerson) { d.Document = "a face" }), "on no document")
	r.forgedAs("of themselves", 1, word(func(d *consentedInPerson) { d.FirstTie = r.keys.tie(holder) }), "their own consent")
	r.forgedAs("by nobody", 1, func(list []*event) []*event {
		return slices.DeleteFunc(list, func(ev *event) bool { return ev.kind == EventConsentedInPerson })
	}, "known by in-person, and nothing on record shows it")
	r.forgedAs("beside a consent by code", 1, func(list []*event) []*event {
		list[0].actor.Assurance = aiqyn.ByCode
		return list
	}, "in a case that they have not opened so")
	r.forgedAs("a card that nobody has seen", 1, func(list []*event) []*event {
		list[0].actor.Assurance = aiqyn.ByCard
		return slices.DeleteFunc(list, func(ev *event) bool { return ev.kind == EventConsentedInPerson })
	}, "known by card, and nothing on record shows it")
}

// real has the rig believe its authority as one that proves who somebody is.
func (s *signers) real() {
	s.t.Helper()
	s.opts = append(s.opts, func(c *Config) {
		c.Trust = func() (*signature.Trust, error) {
			der, err := s.authority.List(start.AddDate(-1, 0, 0), start.AddDate(2, 0, 0))
			if err != nil {
				return nil, err
			}
			list, err := signature.ParseRevocationList(der)
			if err != nil {
				return nil, err
			}
			return signature.NewTrust([]signature.Root{{Certificate: s.authority.Root().Certificate}}, nil, []*signature.RevocationList{list}, signature.Policy{})
		}
	})
	s.reopen()
}

// TestConsentByCard: who signs a consent with their card is known by the card, whether
// they file it themselves, answer as an owner, or sign it at a body's counter; whoever
// else signs, signs nothing.
func TestConsentByCard(t *testing.T) {
	s := newSigners(t)
	s.real()
	known := func(ref aiqyn.Reference, kind EventKind, want aiqyn.Assurance) {
		t.Helper()
		v := s.view(ref)
		i := slices.IndexFunc(v.Events, func(e EventView) bool { return e.Kind == kind })
		if i < 0 || v.Events[i].Known != want {
			t.Errorf("%s of %s: %v, known %+v, want %s", kind, ref, kinds(v), v.Events[max(i, 0)].Known, want)
		}
	}
	mine := File{ID: s.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder, Assurance: aiqyn.ByCode}, Service: "address.certificate", Lang: "kk",
		Answers: map[string]string{"use": "consent", "reader": "utility"}}
	mine.CMS = s.sign(holder, s.document(mine))
	signed := s.must(mine).Ref
	known(signed, EventFiled, aiqyn.ByCard)
	known(signed, EventSigned, aiqyn.ByCard)
	s.pass(time.Hour)

	clerk := clerkOf(1, "utility")
	c := Consenting{Person: holder, Register: registry.AddressRegister}
	read := func() error {
		_, err := s.Do(t.Context(), ReadFact{ID: s.id(), Actor: clerk, Person: holder, Register: registry.AddressRegister})
		return err
	}
	if err := read(); err != nil {
		t.Fatalf("after their own consent: %v", err)
	}
	f, err := s.ConsentFiling(clerk, c)
	if err != nil {
		t.Fatal(err)
	}
	doc := s.document(f)
	for what, x := range map[string]struct {
		cms []byte
		key string
	}{
		"nothing":            {nil, "error.signature-required"},
		"the clerk's":        {s.sign(clerk.Person, doc), "error.signature-other-person"},
		"over another":       {s.sign(holder, []byte("{}")), "error.signature-other-bytes"},
		"somebody's expired": {s.by(s.identity(holder, practice.ForSigning, s.clock().AddDate(-1, -1, 0)), doc, practice.Options{At: s.clock()}), "error.signature-expired"},
	} {
		if err := s.ConsentByCard(t.Context(), clerk, s.id(), c, x.cms); keyOf(err) != x.key || read() == nil {
			t.Errorf("%s: %v, want %s", what, err, x.key)
		}
	}
	if err := s.ConsentByCard(t.Context(), clerk, s.id(), c, s.sign(holder, doc)); err != nil {
		t.Fatal(err)
	}
	if err := read(); err != nil {
		t.Errorf("after the card: %v", err)
	}
	list, err := s.Mine(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Page{})
	if err != nil || len(list.Items) != 2 {
		t.Fatalf("%d cases, %v", len(list.Items), err)
	}
	known(list.Items[0].Ref, EventFiled, aiqyn.ByCard)
	cfg := s.auditConfig()
	if cfg.Trust, err = s.Trust(); err != nil {
		t.Fatal(err)
	}
	if rep, err := Audit(t.Context(), cfg); err != nil || !rep.OK || rep.Signatures != 2 {
		t.Errorf("audit: %+v, %v", rep, err)
	}
	s.forgedAs("a card without its signature", 1, func(list []*event) []*event {
		return slices.DeleteFunc(list, func(ev *event) bool { return ev.kind == EventSigned })
	}, "known by card")
}

// TestAnOwnerAnswersByCard: whose consent a connection needs signs the answer with their
// card, and is known by it.
func TestAnOwnerAnswersByCard(t *testing.T) {
	r, ref := consentRig(t, firstOwner)
	s := &signers{rig: r}
	var err error
	if s.authority, err = practice.NewAuthority(practice.ECDSA, start.AddDate(-2, 0, 0)); err != nil {
		t.Fatal(err)
	}
	s.real()
	list, err := r.Mine(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: firstOwner}, Page{})
	if err != nil || len(list.Items) == 0 {
		t.Fatalf("nobody is asked: %v", err)
	}
	asked := list.Items[0].Ref
	v0, err := r.Case(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: firstOwner}, asked)
	if err != nil {
		t.Fatal(err)
	}
	p := Perform{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: firstOwner, Assurance: aiqyn.ByCode}, Ref: asked, Step: v0.Step.Name, Records: map[string]string{"consent": "yes"}}
	p.CMS = s.sign(firstOwner, s.document(p))
	r.must(p)
	v, err := r.Case(t.Context(), p.Actor, asked)
	if err != nil || !slices.ContainsFunc(v.Events, func(e EventView) bool { return e.Kind == EventPerformed && e.Known == aiqyn.ByCard }) {
		t.Errorf("the answer: %+v, %v", kinds(v), err)
	}
	r.decides(ref)
	r.wantClean()
	r.forgedAs("by a card that has signed nothing", 2, func(list []*event) []*event {
		return slices.DeleteFunc(list, func(ev *event) bool { return ev.kind == EventSigned })
	}, "by a card that has signed nothing")
}
