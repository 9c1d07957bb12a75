package casework

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/store"
)

// TestTheOwnerIsAskedInACaseOfTheirOwn: once the register of rights answers, the owner
// of the transformer above the best point is asked; neither case tells of the other's
// people; what they say is the step's record, and the log as a whole holds, also made
// again.
func TestTheOwnerIsAskedInACaseOfTheirOwn(t *testing.T) {
	const owner = aiqyn.PersonID("850505350003")
	d := new(downs)
	r := newRig(t, func(c *Config) {
		c.Capacity = secondPoint(t, 120)
		c.Capacity.Places = []TrafoPlace{{Trafo: 1, Name: "ТП-1", Basis: basisEstimated, Parcel: ownedParcel}}
		d.Register, c.Registers = c.Registers, d
	})
	r.register(registry.PeopleRegister, string(owner), registry.Person{IIN: owner, Phone: "+77000000077", Lang: "ru", Name: registry.Name{Last: "Сейтов", First: "Ерлан"}})
	r.register(registry.RightRegister, ownedParcel, registry.Right{Parcel: ownedParcel, Holders: []registry.Holder{{Person: owner, Share: "1/1"}}})
	n := twoPoints(120)
	if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: n.Hash(), Kind: "network", Data: n.Encode(), Added: start}); err != nil {
		t.Fatal(err)
	}
	ref := r.file(holder, plot, 50)
	r.pass(10 * time.Second)
	d.set(registry.RightRegister, true)
	r.survey(ref)
	r.pass(10 * time.Second)
	if v := r.view(ref); v.Step.Name != "owner-consent" || len(v.Along) != 0 {
		t.Fatalf("at %s with %d asked, while the register is silent", v.Step.Name, len(v.Along))
	}
	r.reopen()
	d.set(registry.RightRegister, false)
	r.pass(10 * time.Second)

	them := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: owner}
	mine, err := r.Mine(t.Context(), them, Page{})
	if err != nil || len(mine.Items) != 1 {
		t.Fatalf("the owner has %d cases, %v", len(mine.Items), err)
	}
	asked := mine.Items[0].Ref
	letters, err := r.Messages(t.Context(), "+77000000077", 10)
	if err != nil || !slices.ContainsFunc(letters, func(m Message) bool { return m.Key == "message.asked" && m.Lang == "ru" }) {
		t.Errorf("the owner is told %v, %v", letters, err)
	}
	r.tellsNothing(aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, ref, string(owner), string(asked))
	r.tellsNothing(them, asked, string(holder), string(ref))
	if _, err := r.Case(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, asked); err == nil {
		t.Error("the applicant opens the owner's case")
	}

	r.must(Perform{ID: r.id(), Actor: them, Ref: asked, Step: "answer", Records: map[string]string{"consent": "no", "consent-refused": "sale"}})
	v := r.view(ref)
	if i := slices.IndexFunc(v.Records, func(a Answer) bool { return a.Question.Name == "consent-refused" && a.Value == "sale" }); i < 0 || v.Step.Name != "conditions" {
		t.Errorf("at %s with %v", v.Step.Name, v.Records)
	}
	r.pass(10 * time.Second)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	if best := r.view(ref).Ruling.Points; best.Best.Bus != 3 || best.Ask.Parcel != ownedParcel {
		t.Errorf("granted at %d, asked about %q", best.Best.Bus, best.Ask.Parcel)
	}
	r.wantClean()
	r.whole()
}

// tellsNothing holds what somebody sees of a case, and can prove of it, to words that
// must not stand in it.
func (r *rig) tellsNothing(who aiqyn.Actor, ref aiqyn.Reference, words ...string) {
	r.t.Helper()
	v, err := r.Case(r.t.Context(), who, ref)
	if err != nil {
		r.t.Fatal(err)
	}
	v.Service = nil // with its stories, in which the same people are
	shown, err := json.Marshal(v)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, word := range words {
		if bytes.Contains(shown, []byte(word)) {
			r.t.Errorf("%s sees %q in %s", who.Person, word, ref)
		}
	}
	for _, e := range v.Events {
		receipt, err := r.Receipt(r.t.Context(), who, e.Index)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, word := range words {
			if strings.Contains(string(receipt), word) {
				r.t.Errorf("the receipt of %s tells %s of %q", e.Kind, who.Person, word)
			}
		}
	}
}
