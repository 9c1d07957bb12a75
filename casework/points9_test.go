package casework

import (
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

var (
	head      = aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}
	overseer  = aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}
	custodian = aiqyn.Actor{Role: aiqyn.RoleCustodian, Officer: "custodian-01"}
	applicant = aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
)

// granted brings a case to its grant.
func (r *rig) granted(person aiqyn.PersonID, parcel string, kw int) aiqyn.Reference {
	r.t.Helper()
	ref := r.toConditions(person, parcel, kw)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	return ref
}

// entryOf is the case's last entry of a kind.
func (r *rig) entryOf(ref aiqyn.Reference, kind EventKind) int64 {
	r.t.Helper()
	index := int64(-1)
	for _, ev := range r.view(ref).Events {
		if ev.Kind == kind {
			index = ev.Index
		}
	}
	if index < 0 {
		r.t.Fatalf("%s has no %s: %v", ref, kind, kinds(r.view(ref)))
	}
	return index
}

func TestPoint09NothingIsEdited(t *testing.T) {
	t.Run("a correction cites an entry, rules again and lists what it bears on", testCorrection)
	t.Run("an annulment gives back what was given", func(t *testing.T) {
		r := newRig(t)
		free := r.free()
		ref := r.granted(holder, plot, 150)
		annul := Annul{ID: r.id(), Actor: head, Ref: ref, Entry: r.entryOf(ref, EventGranted), Ground: "the deed is forged"}
		for _, other := range []aiqyn.Actor{applicant, overseer, {Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}} {
			not := annul
			not.ID, not.Actor = r.id(), other
			if _, err := r.Do(t.Context(), not); aiqyn.KindOf(err) != aiqyn.Forbidden {
				t.Errorf("%s annuls: %v", other.Role, err)
			}
		}
		r.must(annul)
		if v := r.view(ref); v.Outcome != aiqyn.Annulled || r.free() != free {
			t.Errorf("outcome %s, %d W free of %d", v.Outcome, r.free(), free)
		}
		r.reopen()
		if r.free() != free {
			t.Errorf("after a restart %d W free of %d", r.free(), free)
		}
	})
	t.Run("a hold stops everything until it is lifted", testHold)
	t.Run("a pack takes two people, a notice and a witnessed entry", testPublication)
	t.Run("a pack published mid-case leaves open cases theirs", testMidCase)
	t.Run("a rebase goes to the better of the two", testRebase)
	t.Run("a publication that was never written never comes into force", func(t *testing.T) {
		r := newRig(t)
		files := r.withHolidays("2026-06-12")
		from, _ := deadline.ParseDate("2026-06-05")
		r.must(Publish{ID: r.id(), Actor: publisher(1), Signature: officerName(publisher(1).Officer), Files: files, From: from})
		r.breakTable("snapshot")
		if _, err := r.Do(t.Context(), Publish{ID: r.id(), Actor: publisher(2), Signature: officerName(publisher(2).Officer), Files: files, From: from}); err == nil {
			t.Fatal("published on a broken disk")
		}
		was := r.Pack().Hash()
		r.must(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "bank"})
		r.at(almaty(t, "2026-06-06 10:00"))
		if r.Pack().Hash() != was {
			t.Error("it came into force")
		}
	})
}

func testCorrection(t *testing.T) {
	r := newRig(t)
	ref := r.granted(holder, plot, 150)
	other := r.file(holder, "99-999-002-001", 10)
	ruling, grant, looked := r.entryOf(ref, EventRuled), r.entryOf(ref, EventGranted), r.entryOf(ref, EventLookedUp)
	leaf, err := r.Entry(t.Context(), looked)
	if err != nil {
		t.Fatal(err)
	}
	c := Correct{ID: r.id(), Actor: head, Ref: ref, Entry: looked, Field: "rights", Ground: "the register was wrong",
		Value: `{"holders":[{"person":"` + string(stranger) + `","share":"1/1"}],"parcel":"` + plot + `"}`}
	for key, change := range map[string]func(*Correct){
		"error.forbidden":       func(c *Correct) { c.Actor = applicant },
		"error.answer-required": func(c *Correct) { c.Ground = "" },
		"error.correct-field":   func(c *Correct) { c.Field = "survey.colour" },
		"error.answer-type":     func(c *Correct) { c.Value = "{" },
	} {
		wrong := c
		wrong.ID = r.id()
		change(&wrong)
		if _, err := r.Do(t.Context(), wrong); keyOf(err) != key {
			t.Errorf("want %s: %v", key, err)
		}
	}
	foreign := c
	foreign.ID, foreign.Entry = r.id(), r.entryOf(other, EventFiled)
	if _, err := r.Do(t.Context(), foreign); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("it cites another case's entry: %v", err)
	}
	r.must(c)
	events := r.entries()
	i := slices.IndexFunc(events, func(ev *event) bool { return ev.kind == EventCorrected })
	d := events[i].data.(*corrected)
	if !slices.Equal(d.Affected, []int64{ruling, grant}) || d.Entry != looked || events[i].actor.Officer != head.Officer {
		t.Errorf("corrected %+v, ruling %d, grant %d", d, ruling, grant)
	}
	again, ok := events[i+1].data.(*ruled)
	if !ok || again.Grant || !slices.ContainsFunc(again.Reasons, func(x reasoned) bool { return x.Name == "no-right" && x.True }) {
		t.Errorf("not ruled again: %+v", events[i+1])
	}
	if now, err := r.Entry(t.Context(), looked); err != nil || now.Leaf != leaf.Leaf {
		t.Errorf("the entry itself changed: %v, %v", now, err)
	}
	if r.view(ref).Outcome != aiqyn.Granted {
		t.Error("a correction took the grant away; that is an annulment's to do")
	}
	r.checkSound()
}

func testHold(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	engineer := r.officer(ref)
	r.must(Hold{ID: r.id(), Actor: overseer, Ref: ref, Ground: "court order 5"})
	for _, cmd := range []any{
		Decide{ID: r.id(), Actor: engineer, Ref: ref, Step: "conditions", Grant: true},
		Suspend{ID: r.id(), Actor: engineer, Ref: ref, Reason: "register-down"},
		Withdraw{ID: r.id(), Actor: applicant, Ref: ref},
		Correct{ID: r.id(), Actor: head, Ref: ref, Entry: r.entryOf(ref, EventPerformed), Field: "survey.measured-load", Value: "1", Ground: "x"},
		Erase{ID: r.id(), Actor: head, Ref: ref, Ground: "x"},
	} {
		if _, err := r.Do(t.Context(), cmd); keyOf(err) != "error.case-held" {
			t.Errorf("%T on a held case: %v", cmd, err)
		}
	}
	n := len(r.view(ref).Events)
	r.at(almaty(t, "2026-06-08 23:00"))
	if v := r.view(ref); len(v.Events) != n || !v.Held {
		t.Errorf("time acted on a held case: %v", kinds(v))
	}
	if _, err := r.Do(t.Context(), Hold{ID: r.id(), Actor: head, Ref: ref, Lift: true}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("the head lifts the overseer's hold: %v", err)
	}
	r.must(Hold{ID: r.id(), Actor: overseer, Ref: ref, Lift: true, Ground: "order lifted"})
	r.at(almaty(t, "2026-06-20 10:00"))
	if v := r.view(ref); v.Outcome != aiqyn.Granted {
		t.Errorf("after the hold: %v", kinds(v))
	}
}

func testPublication(t *testing.T) {
	r, w := witnessed(t)
	files := r.withHolidays("2026-06-12")
	early, _ := deadline.ParseDate("2026-06-03")
	from, _ := deadline.ParseDate("2026-06-05")
	later, _ := deadline.ParseDate("2026-06-25")
	do := func(p Publish) string {
		p.ID = r.id()
		_, err := r.Do(t.Context(), p)
		return keyOf(err)
	}
	old := r.Pack().Hash()
	for _, step := range []struct {
		what, want string
		p          Publish
	}{
		{"without notice", "error.pack-notice", Publish{Actor: publisher(1), Signature: officerName(publisher(1).Officer), Files: files, From: early}},
		{"by no publisher", "error.forbidden", Publish{Actor: head, Signature: officerName(head.Officer), Files: files, From: from}},
		{"that cannot be read", "error.pack-invalid", Publish{Actor: publisher(1), Signature: officerName(publisher(1).Officer), Files: files[1:], From: from}},
		{"the first signature", "", Publish{Actor: publisher(1), Signature: officerName(publisher(1).Officer), Files: files, From: from}},
		{"the same person again", "error.two-signatures", Publish{Actor: publisher(1), Signature: officerName(publisher(1).Officer), Files: files, From: from}},
		{"another day is another signature", "", Publish{Actor: publisher(2), Signature: officerName(publisher(2).Officer), Files: files, From: later}},
		{"the second signature", "", Publish{Actor: publisher(2), Signature: officerName(publisher(2).Officer), Files: files, From: from}},
	} {
		if got := do(step.p); got != step.want {
			t.Errorf("%s: %q, want %q", step.what, got, step.want)
		}
	}
	events := r.entries()
	if count(events, EventPublished) != 1 || count(events, EventPackSigned) != 2 {
		t.Errorf("%d published, %d signed", count(events, EventPublished), count(events, EventPackSigned))
	}
	r.at(almaty(t, "2026-06-04 23:59"))
	if r.Pack().Hash() != old {
		t.Error("in force before its day")
	}
	w.down = true
	r.at(almaty(t, "2026-06-05 00:00"))
	if r.Pack().Hash() != old {
		t.Error("in force though no witness has seen it")
	}
	w.down = false
	if err := r.Cosign(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r.pass(time.Second)
		if r.Pack().Hash() == old {
			t.Error("not in force on its day")
		}
		r.reopen()
	}
}

func testMidCase(t *testing.T) {
	r := newRig(t)
	open := r.file(holder, plot, 150)
	old := r.Pack().Hash()
	r.publish(r.edited("energy.connection/service.yaml", "days: 5\n", "days: 7\n"), "2026-06-05")
	second := r.edited("energy.connection/service.yaml", "days: 5\n", "days: 9\n")
	r.publish(second, "2026-06-06")
	r.at(almaty(t, "2026-06-07 10:00"))
	young := r.file(holder, "99-999-002-001", 150)
	want, err := service.ParsePack(second)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := r.view(open).PackHash; got != old {
			t.Errorf("the open case went to %s", got)
		}
		if got := r.view(young).PackHash; got != want.Hash() || r.Pack().Hash() != got {
			t.Errorf("the new case got %s, in force is %s, want %s", got, r.Pack().Hash(), want.Hash())
		}
		r.reopen()
		r.pass(time.Second)
	}
}

func testRebase(t *testing.T) {
	for _, c := range []struct {
		name, old, replacement, better string
		person                         aiqyn.PersonID
	}{
		{"the new rules grant what the old refuse", "has(place.number) && !(has(rights.holders) && rights.holders.exists(h, h.person == applicant))",
			"has(place.number) && !has(place.number)", "new", stranger},
		{"the new rules refuse what the old grant", "has(place.number) && !(has(rights.holders) && rights.holders.exists(h, h.person == applicant))",
			"has(place.number)", "old", holder},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			ref := r.toConditions(c.person, plot, 150)
			if _, err := r.Do(t.Context(), Rebase{ID: r.id(), Actor: head, Ref: ref, Act: "order 7"}); keyOf(err) != "error.nothing-to-rebase" {
				t.Errorf("rebased to its own pack: %v", err)
			}
			r.publish(r.edited("energy.connection/service.yaml", c.old, c.replacement), "2026-06-05")
			r.at(almaty(t, "2026-06-05 10:00"))
			if _, err := r.Do(t.Context(), Rebase{ID: r.id(), Actor: r.officer(ref), Ref: ref, Act: "order 7"}); aiqyn.KindOf(err) != aiqyn.Forbidden {
				t.Errorf("an officer rebases: %v", err)
			}
			if _, err := r.Do(t.Context(), Rebase{ID: r.id(), Actor: head, Ref: ref}); keyOf(err) != "error.answer-required" {
				t.Errorf("rebased without an act: %v", err)
			}
			r.must(Rebase{ID: r.id(), Actor: head, Ref: ref, Act: "order 7"})
			events := r.entries()
			i := slices.IndexFunc(events, func(ev *event) bool { return ev.kind == EventRebased })
			if d := events[i].data.(*rebased); d.Better != c.better || d.Act != "order 7" || d.From == d.To {
				t.Errorf("rebased %+v", d)
			}
			said := map[string]string{"new": "message.rebased", "old": "message.rebased-not"}[c.better]
			number := map[aiqyn.PersonID]string{holder: "+77000000000", stranger: "+77000000001"}[c.person]
			if told := r.lettersTo(number); !slices.Contains(told, said) {
				t.Errorf("nobody is told: %v", told)
			}
			r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
			r.checkSound()
		})
	}
}
