package casework

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/registry"
	"aiqyn/store"
)

const (
	firstOwner  = aiqyn.PersonID("850505350003")
	secondOwner = aiqyn.PersonID("870707350005")
)

// consentRig is a town where the transformer above the best point is two people's, with
// a case that asks both.
func consentRig(t *testing.T, owners ...aiqyn.PersonID) (*rig, aiqyn.Reference) {
	t.Helper()
	r := newRig(t, func(c *Config) {
		c.Capacity = secondPoint(t, 120)
		c.Capacity.Places = []TrafoPlace{{Trafo: 1, Name: "ТП-1", Basis: basisEstimated, Parcel: ownedParcel}}
	})
	right := registry.Right{Parcel: ownedParcel}
	for _, p := range owners {
		r.register(registry.PeopleRegister, string(p), registry.Person{IIN: p, Phone: "+77000000077", Lang: "ru", Name: registry.Name{Last: "Сейтов", First: "Ерлан"}})
		right.Holders = append(right.Holders, registry.Holder{Person: p, Share: "1/2"})
	}
	r.register(registry.RightRegister, ownedParcel, right)
	n := twoPoints(120)
	places := []byte(`{"trafos":[{"Trafo":1,"Name":"ТП-1","Parcel":"` + ownedParcel + `"}]}`)
	for _, s := range []store.Snapshot{{Hash: n.Hash(), Kind: "network", Data: n.Encode(), Added: start}, {Hash: hexSum(places), Kind: "places", Data: places, Added: start}} {
		if err := r.db.PutSnapshot(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	ref := r.file(holder, plot, 50)
	r.pass(10 * time.Second)
	r.survey(ref)
	r.pass(10 * time.Second)
	if v := r.view(ref); v.Step.Name != "owner-consent" || len(v.Along) != len(owners) {
		t.Fatalf("at %s with %d asked", v.Step.Name, len(v.Along))
	}
	return r, ref
}

// says has an owner answer, in the case of theirs that is open.
func (r *rig) says(owner aiqyn.PersonID, records map[string]string) {
	r.t.Helper()
	them := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: owner}
	mine, err := r.Mine(r.t.Context(), them, Page{})
	if err != nil || len(mine.Items) == 0 {
		r.t.Fatalf("%s is asked nothing: %v", owner, err)
	}
	r.must(Perform{ID: r.id(), Actor: them, Ref: mine.Items[0].Ref, Step: "answer", Records: records})
	r.pass(10 * time.Second)
}

func (r *rig) decides(ref aiqyn.Reference) {
	r.t.Helper()
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
}

// TestAllOwnersAreAsked: each by themselves; with the consent of all the point counts,
// with one no it does not, and who was still asked is asked no more.
func TestAllOwnersAreAsked(t *testing.T) {
	t.Run("all agree", func(t *testing.T) {
		r, ref := consentRig(t, firstOwner, secondOwner)
		r.says(secondOwner, map[string]string{"consent": "yes"})
		if v := r.view(ref); v.Step.Name != "owner-consent" {
			t.Fatalf("with the word of one the case is at %s", v.Step.Name)
		}
		r.reopen()
		r.says(firstOwner, map[string]string{"consent": "yes"})
		r.decides(ref)
		if best := r.view(ref).Ruling.Points.Best.Bus; best != 2 {
			t.Errorf("granted at %d", best)
		}
		r.wantClean()
		r.whole()
	})
	t.Run("one does not", func(t *testing.T) {
		r, ref := consentRig(t, firstOwner, secondOwner)
		r.says(firstOwner, map[string]string{"consent": "no", "consent-refused": "access"})
		r.decides(ref)
		if best := r.view(ref).Ruling.Points.Best.Bus; best != 3 {
			t.Errorf("granted at %d", best)
		}
		mine, err := r.Mine(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: secondOwner}, Page{})
		if err != nil || len(mine.Items) != 1 || mine.Items[0].Status != StatusClosed {
			t.Errorf("the other is still asked: %+v, %v", mine.Items, err)
		}
		r.wantClean()
		r.whole()
	})
	t.Run("one says nothing", func(t *testing.T) {
		r, ref := consentRig(t, firstOwner, secondOwner)
		r.says(firstOwner, map[string]string{"consent": "yes"})
		r.pass(72 * time.Hour)
		v := r.view(ref)
		if slices.ContainsFunc(v.Records, func(a Answer) bool { return a.Question.Name == "consent" }) {
			t.Errorf("the record is %+v", v.Records)
		}
		r.decides(ref)
		if best := r.view(ref).Ruling.Points.Best.Bus; best != 3 {
			t.Errorf("granted at %d", best)
		}
		r.wantClean()
		r.whole()
	})
}

// replayedWith audits the cases 1…n after those of them that are named were changed, as
// if whoever keeps the log had written them so from the beginning. A case that is to be
// left out altogether is changed to nothing.
func (r *rig) replayedWith(n int64, change map[int64]func([]*event) []*event) []Problem {
	r.t.Helper()
	a, err := newAuditor(r.t.Context(), r.auditConfig())
	if err == nil {
		err = a.system(r.t.Context())
	}
	if err == nil {
		err = a.foldAccounts(r.t.Context())
	}
	if err == nil {
		err = a.readOwners(r.t.Context())
	}
	if err != nil {
		r.t.Fatal(err)
	}
	for no := range n {
		no++
		rec, err := r.caseByNo(no)
		if err != nil {
			r.t.Fatal(err)
		}
		rows, err := r.db.EntriesOf(r.t.Context(), no, maxEvents)
		if err != nil {
			r.t.Fatal(err)
		}
		var list []*event
		for _, row := range rows {
			ev, err := r.decodeEntry(row, rec.key)
			if err != nil {
				r.t.Fatal(err)
			}
			list = append(list, ev)
		}
		if c := change[no]; c != nil {
			list = c(list)
		}
		c := a.beginCase(rec.row)
		for _, ev := range list {
			c.replay(ev)
		}
		if len(list) > 0 {
			c.onRoad()
			c.theirs()
		}
	}
	a.heardRight()
	if err := a.loadsNamed(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	if err := a.precedences(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	if err := a.contradictions(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return a.report().Problems
}

// TestTheAuditOfConsents tampers with each thing that a consent rests on.
func TestTheAuditOfConsents(t *testing.T) {
	r, ref := consentRig(t, firstOwner, secondOwner)
	r.says(firstOwner, map[string]string{"consent": "yes"})
	r.says(secondOwner, map[string]string{"consent": "yes"})
	r.decides(ref)
	type forged map[int64]func([]*event) []*event
	if problems := r.replayedWith(3, nil); len(problems) != 0 {
		t.Fatalf("as it is: %v", problems)
	}
	stranger := func(list []*event) []*event {
		for _, ev := range list {
			if ev.kind == EventFiled || ev.kind == EventPerformed {
				ev.actor.Person = "910101350007"
			}
		}
		return list
	}
	forgedYes := func(list []*event) []*event { // the answer on record is the other one
		return each(func(d *performed) { d.Records = map[string]any{"consent": "no", "consent-refused": "sale"} })(list)
	}
	for what, c := range map[string]struct {
		change forged
		want   string
	}{
		"the consent of somebody else than an owner": {forged{2: stranger}, "whom the register does not name"},
		"a consent where one has said no":            {forged{2: forgedYes}, "has said something else"},
		"a consent where the last has said no":       {forged{3: forgedYes}, "has said something else"},
		"a record of what nobody has said": {forged{1: each(func(d *answeredAlong) {
			if d.Records != nil {
				d.Records = map[string]any{"consent": "no", "consent-refused": "sale", "substation": ownedParcel}
			}
		})}, "has said something else"},
		"the first consent as if it were all": {forged{1: each(func(d *answeredAlong) {
			d.Records = map[string]any{"consent": "yes", "substation": ownedParcel}
		})}, "has said something else"},
		"one of the owners is not asked": {forged{1: func(list []*event) []*event {
			i := slices.IndexFunc(list, func(ev *event) bool { return ev.kind == EventAsked })
			return slices.Delete(list, i, i+1)
		}}, "asks 1 of those whom the register names, there are 2"},
		"an owner twice":               {forged{1: each(func(d *asked) { d.Case = 2 })}, "asks 2 of those"},
		"a case that was never opened": {forged{3: func([]*event) []*event { return nil }}, "was asked is not there"},
		"an answer after the step was over": {forged{1: func(list []*event) []*event {
			i := slices.IndexFunc(list, func(ev *event) bool { d, ok := ev.data.(*answeredAlong); return ok && d.Records != nil })
			j := slices.IndexFunc(list, func(ev *event) bool { d, ok := ev.data.(*opened); return ok && d.Step == "conditions" })
			late := list[i]
			list = slices.Insert(list, j+1, late)
			return slices.Delete(list, i, i+1)
		}}, "came when the step was over"},
		"an answer of somebody who was not asked": {forged{1: each(func(d *answeredAlong) { d.Case = 99 })}, "of somebody who was not asked"},
		"a grant without their consent": {forged{1: func(list []*event) []*event {
			return refounded(each(func(d *answeredAlong) { d.Records = nil })(list))
		}}, "has an owner agree who is not on record"},
		"asked with another load":          {forged{1: each(func(d *asked) { d.Answers["load"] = "1" })}, "with something else than the ruling gives"},
		"asked in a step that asks nobody": {forged{1: each(func(d *asked) { d.Step = "survey" })}, "whom no step of the service asks"},
		"asked although nobody need be":    {forged{1: r.searched(func(in *grid.ConnectionPoints3Input) { in.Agreed = ownedParcel })}, "although nobody need be"},
		"a transformer that is nobody's":   {forged{1: r.searched(func(in *grid.ConnectionPoints3Input) { in.Owned = []grid.OwnedTrafo{} })}, "other transformers for somebody's"},
	} {
		if problems := r.replayedWith(3, c.change); !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.What, c.want) }) {
			t.Errorf("%s: found %v, not %q", what, problems, c.want)
		}
	}
}

// TestTheAuditOfARefusedConsent: what was refused by the owner is neither granted, nor
// does it stand in the way of a point that needs nobody's consent.
func TestTheAuditOfARefusedConsent(t *testing.T) {
	r, ref := consentRig(t, firstOwner)
	r.says(firstOwner, map[string]string{"consent": "no", "consent-refused": "own-need"})
	r.decides(ref)
	if problems := r.replayedWith(2, nil); len(problems) != 0 {
		t.Fatalf("as it is: %v", problems)
	}
	for what, c := range map[string]struct {
		change func([]*event) []*event
		want   string
	}{
		"granted all the same": {r.searched(func(in *grid.ConnectionPoints3Input) { in.Agreed = ownedParcel }), "has an owner agree who is not on record"},
		"no-consent though another point has the power": {each(func(d *ruled) {
			for i := range d.Reasons {
				if d.Reasons[i].Name == "no-consent" {
					d.Reasons[i].True, d.Grant = true, false
				}
			}
		}), "comes out otherwise: reason no-consent"},
		"refused for it": {func(list []*event) []*event {
			for _, ev := range list {
				if d, ok := ev.data.(*granted); ok {
					ev.kind, ev.outcome, ev.reason, ev.data = EventRefused, aiqyn.Refused, "no-consent", &refused{Reason: "no-consent", Ruling: d.Ruling, Step: d.Step}
				}
			}
			return list
		}, "for a reason that is not true"},
	} {
		problems := r.replayedWith(2, map[int64]func([]*event) []*event{1: c.change})
		if !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.What, c.want) }) {
			t.Errorf("%s: found %v, not %q", what, problems, c.want)
		}
	}
}

// searched changes what the searches of a case's rulings were asked, and has them answer
// that.
func (r *rig) searched(change func(*grid.ConnectionPoints3Input)) func([]*event) []*event {
	return each(func(d *ruled) {
		var in grid.ConnectionPoints3Input
		search := searchIn(d.Computed)
		if search == nil {
			return
		}
		err := json.Unmarshal(search.In, &in)
		if err == nil {
			change(&in)
			search.In, err = json.Marshal(in)
		}
		if err == nil {
			search.Out, err = r.Computations[search.With].Run(search.In, r.snapshots)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	})
}

// refounded has each ruling rest on what is recorded before it now.
func refounded(list []*event) []*event {
	s := new(State)
	for _, ev := range list {
		if d, ok := ev.data.(*ruled); ok {
			d.Facts = factsHash(s)
		}
		s.apply(ev)
	}
	return list
}
