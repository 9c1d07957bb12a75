package casework

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/deadline"
)

const (
	third   = aiqyn.PersonID("900101750019")
	child   = aiqyn.PersonID("200505700012")
	company = aiqyn.PersonID("251340000013")

	strangerPhone = "+77000000001"
)

// person is somebody who acts for themselves.
func person(p aiqyn.PersonID) aiqyn.Actor {
	return aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: p, Assurance: aiqyn.ByCode}
}

// under is somebody who acts for another under a mandate.
func under(p, of aiqyn.PersonID, mandate int64) aiqyn.Actor {
	a := person(p)
	a.For, a.Mandate = of, access.MandateOf(mandate)
	return a
}

// lastDay is a day so many days from now.
func (r *rig) lastDay(days int) deadline.Date {
	return deadline.DateOf(r.clock().In(r.Zone)).AddDays(days)
}

// give has one offer another a mandate for some services.
func (r *rig) give(from, to aiqyn.PersonID, days int, services ...aiqyn.ServiceID) int64 {
	r.t.Helper()
	return r.must(GiveMandate{ID: r.id(), Actor: person(from), To: string(to), Services: services, Until: r.lastDay(days)}).First
}

// mandated has one hold a mandate of another.
func (r *rig) mandated(from, to aiqyn.PersonID, days int, services ...aiqyn.ServiceID) int64 {
	r.t.Helper()
	entry := r.give(from, to, days, services...)
	r.must(AcceptMandate{ID: r.id(), Actor: person(to), Mandate: entry})
	return entry
}

// filingBy is a filing by somebody who acts for another, or for themselves.
func (r *rig) filingBy(a aiqyn.Actor, parcel string) File {
	f := r.filing(a.Person, parcel, 20)
	f.Actor = a
	return f
}

// fails expects a command to be refused, with an error of a key.
func (r *rig) fails(cmd any, key string) {
	r.t.Helper()
	_, err := r.Do(context.Background(), cmd)
	r.refused(err, key)
}

// lettersTo are the keys of the letters to a number, the newest first.
func (r *rig) lettersTo(number string) (keys []string) {
	r.t.Helper()
	list, err := r.Messages(context.Background(), number, 50)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, m := range list {
		keys = append(keys, m.Key)
	}
	return keys
}

// TestAMandateFromGivingToEnding as the two live it. The holder of a parcel lets a
// neighbour see to its connection; the neighbour takes that up, applies, acts on
// what they filed and on nothing else; the holder sees all of it, and ends it; then
// the neighbour sees nothing any more.
func TestAMandateFromGivingToEnding(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	own := r.file(holder, "99-999-002-001", 20)

	mandate := r.give(holder, stranger, 30, "energy.connection")
	acting := under(stranger, holder, mandate)
	r.fails(r.filingBy(acting, plot), "error.not-standing") // it is an offer yet
	if got := r.lettersTo(strangerPhone); !slices.Contains(got, "message.mandate-offered") {
		t.Errorf("the neighbour is not told: %v", got)
	}
	r.must(AcceptMandate{ID: r.id(), Actor: person(stranger), Mandate: mandate})
	if got := r.lettersTo(phone); !slices.Contains(got, "message.mandate-accepted") {
		t.Errorf("the holder is not told: %v", got)
	}

	ref := r.must(r.filingBy(acting, plot)).Ref
	if got := r.lettersTo(phone); !slices.Contains(got[:1], "message.filed") {
		t.Errorf("the letter of the case does not go to whose it is: %v", got)
	}
	view, err := r.Case(ctx, acting, ref)
	if err != nil || !view.Own || !slices.Contains(view.Can, "withdraw") || view.Agent == nil || view.Agent.Entry != mandate || !view.Events[0].Agent {
		t.Fatalf("%+v, %v", view, err)
	}
	for _, reason := range view.Ruling.Reasons {
		if reason.Reason.Name == "no-right" && reason.True {
			t.Error("the right of whom they act for does not count")
		}
	}
	if view, err = r.Case(ctx, person(holder), ref); err != nil || !view.Own || view.Agent.Person != string(stranger) {
		t.Errorf("the holder does not see who filed: %+v, %v", view, err)
	}
	r.pass(10 * time.Second)
	officer := r.officer(ref)
	if view, err = r.Case(ctx, officer, ref); err != nil || view.Agent == nil || view.Agent.Person != access.Mask(access.IIN, string(stranger)) || view.Agent.Entry != mandate {
		t.Errorf("the officer sees of who filed %+v, %v", view.Agent, err)
	}

	r.sees(person(holder), ref, own)
	r.sees(acting, ref)
	r.sees(person(stranger))
	for _, who := range []aiqyn.Actor{acting, person(stranger)} {
		if _, err := r.Case(ctx, who, own); aiqyn.KindOf(err) != aiqyn.NotFound {
			t.Errorf("%+v sees what was not filed under the mandate: %v", who, err)
		}
		r.fails(Withdraw{ID: r.id(), Actor: who, Ref: own}, "error.not-found")
	}
	if _, err := r.Readings(ctx, acting, Page{}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("a mandate shows who looked at a person: %v", err)
	}
	if _, err := r.SetWebhook(ctx, acting, Hook{URL: "https://example.kz/hook"}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("a mandate has a program told of another's cases: %v", err)
	}

	receipt := r.must(Withdraw{ID: r.id(), Actor: acting, Ref: ref}).Last
	if _, err := r.Receipt(ctx, acting, receipt); err != nil {
		t.Errorf("the receipt of their own act: %v", err)
	}
	again := r.must(r.filingBy(acting, plot)).Ref
	r.must(EndMandate{ID: r.id(), Actor: person(holder), Mandate: mandate})
	for _, number := range []string{phone, strangerPhone} {
		if got := r.lettersTo(number); got[0] != "message.mandate-ended" {
			t.Errorf("%s is told %v", number, got)
		}
	}
	for name, err := range map[string]error{
		"the case":     second(r.Case(ctx, acting, again)),
		"the list":     second(r.Mine(ctx, acting, Page{})),
		"the receipt":  second(r.Receipt(ctx, acting, receipt)),
		"the evidence": second(r.Evidence(ctx, acting, again)),
		"the paper":    second(r.PaperCode(ctx, acting, receipt)),
		"a file":       second(r.OpenFile(ctx, acting, again, "sha256:00")),
	} {
		r.refused(err, "error.not-standing")
		if err == nil {
			t.Errorf("%s is open after the mandate has ended", name)
		}
	}
	r.fails(Withdraw{ID: r.id(), Actor: acting, Ref: again}, "error.not-standing")
	r.fails(r.filingBy(acting, "99-999-002-002"), "error.not-standing")
	r.sees(person(holder), again, ref, own)

	for _, who := range []aiqyn.PersonID{holder, stranger} {
		record, err := r.AccountActs(ctx, person(who), Page{})
		if err != nil || len(record.Items) != 3 || record.Items[0].Kind != EventMandateEnded || record.Items[2].Kind != EventMandateGiven {
			t.Fatalf("the record of %s: %+v, %v", who, record, err)
		}
		raw, err := r.Receipt(ctx, person(who), record.Items[2].Index)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{string(holder), string(stranger), "energy"} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("an entry about a mandate names %q", secret)
			}
		}
		list, err := r.Mandates(ctx, person(who), who == stranger, Page{})
		if err != nil || len(list.Items) != 1 || list.Items[0].State != MandateOver || list.Items[0].Ending != EventMandateEnded || list.Items[0].EndedBy != MandateGiver || list.Items[0].Mine != (who == holder) {
			t.Errorf("the list of %s: %+v, %v", who, list, err)
		}
	}
	if _, err := r.Receipt(ctx, person(third), mandate); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("a stranger reads of a mandate: %v", err)
	}
	r.wantClean()
}

func second[T any](_ T, err error) error { return err }

// sees holds whose cases a list shows, the newest first.
func (r *rig) sees(who aiqyn.Actor, want ...aiqyn.Reference) {
	r.t.Helper()
	list, err := r.Mine(context.Background(), who, Page{})
	var got []aiqyn.Reference
	for _, line := range list.Items {
		got = append(got, line.Ref)
	}
	if err != nil || !slices.Equal(got, want) {
		r.t.Errorf("%s for %q sees %v, want %v, %v", who.Person, who.For, got, want, err)
	}
}

// TestAMandateThatEndsInTheSameBatch does not count from its end on, and does until
// then: what decides is the order of the log.
func TestAMandateThatEndsInTheSameBatch(t *testing.T) {
	r := newRig(t)
	mandate := r.mandated(holder, stranger, 30)
	acting := under(stranger, holder, mandate)
	before, after := r.filingBy(acting, plot), r.filingBy(acting, "99-999-002-001")
	replies := r.oneBatch(before, EndMandate{ID: r.id(), Actor: person(holder), Mandate: mandate}, after)
	if replies[0].err != nil || replies[1].err != nil {
		t.Fatal(replies[0].err, replies[1].err)
	}
	r.refused(replies[2].err, "error.not-standing")
	r.wantClean()

	offered := r.give(holder, stranger, 30)
	acting = under(stranger, holder, offered)
	replies = r.oneBatch(EndMandate{ID: r.id(), Actor: person(holder), Mandate: offered}, AcceptMandate{ID: r.id(), Actor: person(stranger), Mandate: offered})
	if replies[0].err != nil {
		t.Fatal(replies[0].err)
	}
	r.refused(replies[1].err, "error.mandate-over")
	r.fails(r.filingBy(acting, plot), "error.not-standing")
	r.wantClean()
}

// TestMandatesThatAreRefused: none for oneself, none passed on, none for nobody's
// service or for ever, none that somebody else ends or takes up.
func TestMandatesThatAreRefused(t *testing.T) {
	r := newRig(t)
	give := func(a aiqyn.Actor, to aiqyn.PersonID, until deadline.Date, services ...aiqyn.ServiceID) GiveMandate {
		return GiveMandate{ID: r.id(), Actor: a, To: string(to), Services: services, Until: until}
	}
	r.fails(give(person(holder), holder, r.lastDay(1)), "error.mandate-self")
	r.fails(give(person(holder), "900101750000", r.lastDay(1)), "error.iin-wrong")
	r.fails(give(person(holder), stranger, r.lastDay(-1)), "error.mandate-until")
	r.fails(give(person(holder), stranger, deadline.Date{}), "error.mandate-until")
	r.fails(give(person(holder), stranger, r.lastDay(3*366+1)), "error.mandate-until")
	r.fails(give(person(holder), stranger, r.lastDay(1), "no.such"), "error.answer-choice")
	r.fails(give(aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, stranger, r.lastDay(1)), "error.forbidden")

	mandate := r.mandated(holder, stranger, 30, "address.certificate")
	acting := under(stranger, holder, mandate)
	r.fails(r.filingBy(acting, plot), "error.mandate-service")
	r.fails(give(acting, third, r.lastDay(1)), "error.forbidden") // no chains
	r.fails(EndMandate{ID: r.id(), Actor: acting, Mandate: mandate}, "error.forbidden")
	r.fails(AcceptMandate{ID: r.id(), Actor: person(stranger), Mandate: mandate}, "error.mandate-accepted")
	r.fails(EndMandate{ID: r.id(), Actor: person(third), Mandate: mandate}, "error.mandate-none")
	r.fails(AcceptMandate{ID: r.id(), Actor: person(stranger), Mandate: mandate + 1000}, "error.mandate-none")
	r.fails(AcceptMandate{ID: r.id(), Actor: person(holder), Mandate: r.give(holder, stranger, 5)}, "error.mandate-none")

	officer := under("", holder, mandate)
	officer.Role, officer.Officer, officer.Body = aiqyn.RoleHead, "head-01", "utility"
	for name, a := range map[string]aiqyn.Actor{
		"another's":   under(third, holder, mandate),
		"of another":  under(stranger, third, mandate),
		"invented":    under(stranger, holder, mandate+1000),
		"no right":    {Role: aiqyn.RoleApplicant, Person: stranger, For: holder},
		"a register":  {Role: aiqyn.RoleApplicant, Person: stranger, For: holder, Mandate: "business/1"},
		"nothing":     {Role: aiqyn.RoleApplicant, Person: stranger, For: holder, Mandate: "entry/x"},
		"an officer":  officer,
		"for oneself": {Role: aiqyn.RoleApplicant, Person: holder, For: holder, Mandate: access.MandateOf(mandate)},
	} {
		if _, err := r.Do(t.Context(), r.filingBy(a, plot)); aiqyn.KindOf(err) != aiqyn.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	end := EndMandate{ID: r.id(), Actor: person(stranger), Mandate: mandate}
	first, second := r.must(end), r.must(end)
	if first.First != second.First || !second.Again {
		t.Errorf("sent twice: %+v, %+v", first, second)
	}
	r.fails(EndMandate{ID: r.id(), Actor: person(stranger), Mandate: mandate}, "error.mandate-over")
	for range mandatesMost - 1 {
		r.give(holder, stranger, 5)
	}
	r.fails(give(person(holder), stranger, r.lastDay(1)), "error.mandates-most")
	r.wantClean()
}

// TestNobodyLearnsWhoThereIs: whoever a mandate is offered to, known or not, the
// giver hears and sees the same.
func TestNobodyLearnsWhoThereIs(t *testing.T) {
	r := newRig(t)
	known, unknown := r.give(holder, stranger, 30), r.give(holder, third, 30)
	list, err := r.Mandates(t.Context(), person(holder), false, Page{})
	if err != nil || len(list.Items) != 2 {
		t.Fatal(list, err)
	}
	a, b := list.Items[1], list.Items[0]
	if a.Other != access.Mask(access.IIN, string(stranger)) || b.Other != access.Mask(access.IIN, string(third)) || a.State != b.State {
		t.Errorf("%+v and %+v tell them apart", a, b)
	}
	own := r.lettersTo(phone)
	if len(own) != 2 || own[0] != own[1] {
		t.Errorf("told %v", own)
	}
	r.must(EndMandate{ID: r.id(), Actor: person(holder), Mandate: unknown})
	r.must(EndMandate{ID: r.id(), Actor: person(stranger), Mandate: known})
	list, err = r.Mandates(t.Context(), person(stranger), true, Page{})
	if err != nil || len(list.Items) != 1 || list.Items[0].Ending != EventMandateDeclined || list.Items[0].EndedBy != MandateHolder || list.Items[0].Other != "Омарова Айгүл" {
		t.Errorf("%+v, %v", list, err)
	}
	r.wantClean()
}

// TestAMandateRunsOut on its last day, whether or not anybody has written it off;
// an offer that nobody answers does so after a month. Both are told, once.
func TestAMandateRunsOut(t *testing.T) {
	r := newRig(t)
	mandate, offer := r.mandated(holder, stranger, 2), r.give(holder, stranger, 300)
	acting := under(stranger, holder, mandate)
	r.must(r.filingBy(acting, plot))
	end := r.lastDay(3).Start(r.Zone)
	r.mu.Lock()
	r.now = end.Add(-time.Minute)
	r.mu.Unlock()
	r.sees(acting, r.mine(holder)...)
	r.mu.Lock()
	r.now = end
	r.mu.Unlock()
	r.fails(r.filingBy(acting, "99-999-002-001"), "error.not-standing")
	for range 2 {
		if err := r.expireMandates(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.lettersTo(strangerPhone); got[0] != "message.mandate-expired" || slices.Contains(got[1:], "message.mandate-expired") {
		t.Errorf("told %v", got)
	}
	r.pass(mandateOffer)
	r.fails(AcceptMandate{ID: r.id(), Actor: person(stranger), Mandate: offer}, "error.mandate-over")
	if err := r.expireMandates(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := r.Mandates(t.Context(), person(holder), false, Page{})
	if err != nil || len(list.Items) != 2 {
		t.Fatal(list, err)
	}
	for _, m := range list.Items {
		if m.State != MandateOver || m.Ending != EventMandateExpired || m.EndedBy != "" {
			t.Errorf("%+v", m)
		}
	}
	r.wantClean()
}

// mine are the cases of somebody.
func (r *rig) mine(p aiqyn.PersonID) (refs []aiqyn.Reference) {
	list, err := r.Mine(context.Background(), person(p), Page{})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, line := range list.Items {
		refs = append(refs, line.Ref)
	}
	return refs
}
