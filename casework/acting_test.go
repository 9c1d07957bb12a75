package casework

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/deadline"
	"aiqyn/registry"
)

// TestASessionActsForAnother until the mandate ends: then it says so and goes on for
// its owner alone. What it sends meanwhile is its owner's account's.
func TestASessionActsForAnother(t *testing.T) {
	r := newRig(t, withPasskeys)
	ctx := t.Context()
	r.accounts()
	token := r.provenAs(strangerPhone)
	if _, err := r.ActFor(ctx, token, r.id(), access.MandateOf(3)); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("acts under what was never given: %v", err)
	}
	mandate := r.mandated(holder, stranger, 30)
	affairs, err := r.Affairs(ctx, person(stranger))
	if err != nil || len(affairs) != 1 || affairs[0].Acting != access.MandateOf(mandate) || affairs[0].Name != "Омарова Айгүл" {
		t.Fatalf("%+v, %v", affairs, err)
	}
	s, err := r.ActFor(ctx, token, r.id(), affairs[0].Acting)
	if err != nil || s.Actor.For != holder || s.ForName != "Омарова Айгүл" || s.Self().For != "" {
		t.Fatalf("%+v, %v", s, err)
	}
	r.pass(codeEvery)
	proof, err := r.SendProof(ctx, token, "kk")
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Messages(ctx, strangerPhone, 1)
	if err != nil {
		t.Fatal(err)
	}
	if token, s, err = r.Prove(ctx, token, proof, fmt.Sprint(list[0].Args["code"])); err != nil || s.Actor.For != holder {
		t.Fatalf("a proof ends it: %+v, %v", s, err)
	}
	ref := r.must(r.filingBy(s.Actor, plot)).Ref
	r.device(token, "key") // is the session's owner's
	if keys, err := r.Passkeys(ctx, token); err != nil || len(keys) != 1 {
		t.Errorf("%+v, %v", keys, err)
	}
	r.must(EndMandate{ID: r.id(), Actor: person(holder), Mandate: mandate})
	if s, err = r.Session(ctx, token); err != nil || s.Actor.For != "" || !s.NotFor || s.Acting != "" {
		t.Errorf("after the end: %+v, %v", s, err)
	}
	if _, err := r.Case(ctx, s.Actor, ref); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("their own session shows the case of another: %v", err)
	}
	if s, err = r.ActFor(ctx, token, r.id(), ""); err != nil || s.NotFor {
		t.Errorf("%+v, %v", s, err)
	}
}

// accounts gives the people of the rig accounts to sign in with.
func (r *rig) accounts() {
	r.t.Helper()
	for p, number := range map[aiqyn.PersonID]string{holder: phone, stranger: strangerPhone} {
		if err := r.PutAccount(context.Background(), Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: p}, Name: "Омарова Айгүл", Phone: number, Lang: "kk"}); err != nil {
			r.t.Fatal(err)
		}
	}
}

// TestTheHeadOfACompany acts for it without a paper, as long as the register names
// them: it is looked up, and that is in the log.
func TestTheHeadOfACompany(t *testing.T) {
	r := newRig(t, withPasskeys)
	ctx := t.Context()
	r.accounts()
	put := func(head aiqyn.PersonID, active bool) {
		r.register(registry.BusinessRegister, string(company), registry.Business{BIN: company, Head: head, Active: active, Title: "«Жарық» ЖШС", Registered: "2020-01-01"})
	}
	r.register(registry.RightRegister, plot, registry.Right{Parcel: plot, Holders: []registry.Holder{{Person: company, Share: "1/1"}}})
	put(holder, true)
	token := r.provenAs(strangerPhone)
	acting := "business/" + string(company)
	_, err := r.ActFor(ctx, token, r.id(), acting)
	r.refused(err, "error.not-named")
	_, err = r.ActFor(ctx, token, r.id(), "business/251340000023") // nobody's
	r.refused(err, "error.not-named")
	put(stranger, false)
	_, err = r.ActFor(ctx, token, r.id(), acting)
	r.refused(err, "error.not-named")
	put(stranger, true)
	s, err := r.ActFor(ctx, token, r.id(), acting)
	if err != nil || s.Actor.For != company || s.ForName != "«Жарық» ЖШС" || access.Standing(s.Actor) != access.Represented {
		t.Fatalf("%+v, %v", s, err)
	}
	ref := r.must(r.filingBy(s.Actor, plot)).Ref
	if got := r.lettersTo(strangerPhone); got[0] != "message.filed" {
		t.Errorf("the head is told %v", got)
	}
	view, err := r.Case(ctx, s.Actor, ref)
	if err != nil || view.Agent == nil || view.Agent.Kind != registry.BusinessRegister {
		t.Fatalf("%+v, %v", view, err)
	}
	for _, reason := range view.Ruling.Reasons {
		if reason.Reason.Name == "no-right" && reason.True {
			t.Error("the company's right does not count")
		}
	}
	for who, want := range map[aiqyn.Actor]EventKind{person(stranger): EventRepresented, s.Actor: EventRepresented} {
		record, err := r.AccountActs(ctx, who, Page{})
		if err != nil || len(record.Items) != 1 || record.Items[0].Kind != want {
			t.Errorf("the record of %q: %+v, %v", who.For, record, err)
		}
	}
	// The company may let somebody else do so; who was let cannot pass it on.
	mandate := r.must(GiveMandate{ID: r.id(), Actor: s.Actor, To: string(holder), Until: r.lastDay(9)}).First
	r.must(AcceptMandate{ID: r.id(), Actor: person(holder), Mandate: mandate})
	r.sees(under(holder, company, mandate))

	put(holder, true) // another head
	r.fails(r.filingBy(s.Actor, "99-999-002-001"), "error.not-standing")
	if s, err = r.Session(ctx, token); err != nil || s.Actor.For != "" || !s.NotFor {
		t.Errorf("%+v, %v", s, err)
	}
	r.wantClean()
}

// TestAParentActsForAChild who is not of age and whom the register names.
func TestAParentActsForAChild(t *testing.T) {
	r := newRig(t, withPasskeys)
	ctx := t.Context()
	r.accounts()
	put := func(born string) {
		r.register(registry.PeopleRegister, string(child), registry.Person{IIN: child, Born: born, Name: registry.Name{Last: "Омаров", First: "Әлихан"}, Lang: "kk"})
	}
	put("2020-05-05")
	r.register(registry.AddressRegister, string(child), registry.Address{Person: child, Region: "71", District: "7110", Street: "Достық", House: "5"})
	r.register(registry.ChildrenRegister, string(stranger), registry.Children{Person: stranger, Children: []aiqyn.PersonID{child}})
	affairs, err := r.Affairs(ctx, person(stranger))
	if err != nil || len(affairs) != 1 || !affairs[0].Child || affairs[0].Name != "Омаров Әлихан" {
		t.Fatalf("%+v, %v", affairs, err)
	}
	other := r.provenAs(phone)
	_, err = r.ActFor(ctx, other, r.id(), affairs[0].Acting)
	r.refused(err, "error.not-named")
	token := r.provenAs(strangerPhone)
	s, err := r.ActFor(ctx, token, r.id(), affairs[0].Acting)
	if err != nil || s.Actor.For != child {
		t.Fatalf("%+v, %v", s, err)
	}
	filing := File{ID: r.id(), Actor: s.Actor, Service: "address.certificate", Lang: "kk", Channel: "online", Answers: map[string]string{"use": "extract"}}
	ref := r.must(filing).Ref
	if view, err := r.Case(ctx, s.Actor, ref); err != nil || !view.Own || view.Applicant != string(child) || view.Agent.Kind != registry.ChildrenRegister {
		t.Errorf("%+v, %v", view, err)
	}
	if got := r.lettersTo(strangerPhone); !slices.Contains(got, "message.filed") {
		t.Errorf("the parent is told %v", got)
	}
	put("2008-01-01") // of age
	if s, err = r.Session(ctx, token); err != nil || s.Actor.For != "" {
		t.Errorf("acts for whom is of age: %+v, %v", s, err)
	}
	r.wantClean()
}

// TestAParentsMandateEndsWithChildhood: a parent lets a neighbour act for their
// child until it comes of age and no longer; the child has no number, so the parent
// is told of the mandate and of what is filed under it.
func TestAParentsMandateEndsWithChildhood(t *testing.T) {
	r := newRig(t, withPasskeys)
	ctx := t.Context()
	r.accounts()
	r.register(registry.PeopleRegister, string(child), registry.Person{IIN: child, Born: "2009-01-01", Name: registry.Name{Last: "Омаров", First: "Әлихан"}, Lang: "kk"})
	r.register(registry.AddressRegister, string(child), registry.Address{Person: child, Region: "71", District: "7110", Street: "Достық", House: "5"})
	r.register(registry.ChildrenRegister, string(stranger), registry.Children{Person: stranger, Children: []aiqyn.PersonID{child}})
	s, err := r.ActFor(ctx, r.provenAs(strangerPhone), r.id(), affairs(registry.ChildrenRegister, child))
	if err != nil {
		t.Fatal(err)
	}
	give := func(last string) GiveMandate {
		day, err := deadline.ParseDate(last)
		if err != nil {
			t.Fatal(err)
		}
		return GiveMandate{ID: r.id(), Actor: s.Actor, To: string(holder), Until: day}
	}
	r.fails(give("2027-01-01"), "error.mandate-of-age")
	mandate := r.must(give("2026-12-31")).First
	r.must(AcceptMandate{ID: r.id(), Actor: person(holder), Mandate: mandate})
	acting := under(holder, child, mandate)
	r.must(File{ID: r.id(), Actor: acting, Service: "address.certificate", Lang: "kk", Channel: "online", Answers: map[string]string{"use": "extract"}})
	told := r.lettersTo(strangerPhone)
	for _, key := range []string{"message.mandate-given", "message.mandate-accepted", "message.filed"} {
		if !slices.Contains(told, key) {
			t.Errorf("the parent is not told %s: %v", key, told)
		}
	}
	if slices.Contains(r.lettersTo(phone), "message.filed") {
		t.Error("the neighbour gets the child's letters")
	}
	r.wantClean()
	r.at(almaty(t, "2027-01-01 00:00"))
	if err := r.Engine.stands(ctx, acting); keyOf(err) != "error.not-standing" {
		t.Errorf("acts for whom is of age: %v", err)
	}
}
