package casework

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/evidence"
)

// forgedAs audits a case after a change, and fails unless something is found.
func (r *rig) forgedAs(what string, no int64, change func([]*event) []*event, want string) {
	r.t.Helper()
	problems := r.replayed(no, change)
	if !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.What, want) }) {
		r.t.Errorf("%s: found %v, not %q", what, problems, want)
	}
}

// byAnother has somebody else do what is done on a step.
func byAnother(kind EventKind, step aiqyn.StepID, who aiqyn.Actor) func([]*event) []*event {
	return func(list []*event) []*event {
		for _, ev := range list {
			if ev.kind == kind && ev.step == step {
				ev.actor = who
			}
		}
		return list
	}
}

// TestTheAuditOfWhoActs: a stop for safety that one person has found, checked and decided
// on, and a survey without what it must leave behind.
func TestTheAuditOfWhoActs(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	ref := r.file(holder, plot, 50)
	r.pass(10 * time.Second)
	found := r.surveyOf(ref)
	found.Records["safety-stop"], found.Records["safety-found"] = "short-circuit", "Қысқа тұйықталу тогы 18 кА, рұқсат етілгені 16 кА."
	r.must(found)
	r.pass(10 * time.Second)
	second := r.officer(ref)
	r.must(Perform{ID: r.id(), Actor: second, Ref: ref, Step: "second-engineer",
		Records: map[string]string{"safety-confirmed": "yes", "safety-check": "Есепті қайта жүргіздім."}, Evidence: []EvidenceItem{{Kind: "signature", Text: officerName(second.Officer)}}})
	r.pass(10 * time.Second)
	for range 2 {
		r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "safety-stop"})
		r.pass(4 * 24 * time.Hour)
	}
	r.wantClean()
	first := found.Actor
	survey := func(change func(d *performed)) func([]*event) []*event {
		return each(func(d *performed) {
			if d.Step == "survey" {
				change(d)
			}
		})
	}
	const another = "by somebody else than whose step it is"
	r.forgedAs("checked by whom has found it", 1, byAnother(EventPerformed, "second-engineer", first), another)
	r.forgedAs("ruled by whom has checked it", 1, byAnother(EventRuled, "conditions", second), another)
	r.forgedAs("refused by whom has checked it", 1, byAnother(EventRefused, "conditions", second), another)
	r.forgedAs("refused by nobody", 1, byAnother(EventRefused, "conditions", aiqyn.System), "where somebody has to act")
	r.forgedAs("done on another step", 1, each(func(d *performed) { d.Step = "survey" }), "acts on a step that is not open")
	r.forgedAs("decided where nobody decides", 1, each(func(d *refused) { d.Step = "second-engineer" }), "acts on a step that is not open")
	r.forgedAs("without evidence", 1, survey(func(d *performed) { d.Bundle = nil }), "the evidence is not what the step demands: there is none")
	r.forgedAs("with one picture", 1, survey(func(d *performed) {
		i := slices.IndexFunc(d.Bundle.Items, func(x evidence.Item) bool { return x.Kind == evidence.Photo })
		d.Bundle.Items = slices.Delete(d.Bundle.Items, i, i+1)
		d.Bundle.Sign(r.keys.officer(first.Officer))
	}), "the evidence is not what the step demands")
	r.forgedAs("far away", 1, survey(func(d *performed) {
		for i := range d.Bundle.Items {
			if p := d.Bundle.Items[i].Place; p != nil {
				p.Lat += 100_000
			}
		}
		d.Bundle.Sign(r.keys.officer(first.Officer))
	}), "the evidence is not what the step demands")
}

// TestTheAuditOfAGrantByTheSystem: it is given by an officer, or because nobody has
// answered in time.
func TestTheAuditOfAGrantByTheSystem(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	ref := r.toConditions(holder, plot, 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	r.wantClean()
	r.forgedAs("a grant by nobody", 1, byAnother(EventGranted, "conditions", aiqyn.System), "where somebody has to act")
	r.forgedAs("a grant by whom has surveyed", 1, byAnother(EventGranted, "conditions", aiqyn.Actor{Role: aiqyn.RoleSurveyor, Officer: "surveyor-01", Body: "utility"}), "by somebody else than whose step it is")
}

// TestTheAuditOfWhatIsGranted: so much, there and for so long as the ruling has it.
func TestTheAuditOfWhatIsGranted(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	ref := r.toConditions(holder, plot, 50)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	r.wantClean()
	r.forgedAs("more than was asked for", 1, each(func(d *granted) { d.Amount = 390_000 }), "takes 390000 W, which is not what was asked for")
	r.forgedAs("for a hundred years", 1, each(func(d *granted) { d.ValidTo = d.ValidTo.AddDate(100, 0, 0) }), "for another time than its pack says")
	r.forgedAs("somewhere else", 1, each(func(d *granted) { d.Place = 1 }), "takes from another place")
	r.forgedAs("of nothing", 1, each(func(d *granted) { d.Share, d.Amount, d.Place = "", 0, 0 }), "takes from another share")
	r.skip(500 * 24 * time.Hour)
	r.publishPower() // nobody gives back what has expired
	r.finds("holds power beyond")
	r.pass(time.Hour)
	r.wantClean()
}

// TestTwoMetersThatShowRoom withdraw nothing: what they have counted is less than what
// a third says is drawn.
func TestTwoMetersThatShowRoom(t *testing.T) {
	r := withMeters(t) // one has read 390 kW
	r.measure(r.peaks("M-2", 10))
	r.measure(r.peaks("M-3", 10))
	_, err := r.Do(t.Context(), ReduceMargin{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, Trafo: 1, Ground: "x"})
	answersKey(t, err, "error.reduction-evidence")
	r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-4", 380))})
	r.must(ReduceMargin{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, Trafo: 1, Ground: "x"})
	r.wantClean()
}

// reducesAlone writes a withdrawal of what was published past the rules.
type reducesAlone struct {
	apart
	d marginReduction
}

func (c *reducesAlone) decide(t *turn) error {
	t.emitSystem(EventMarginReduced, c.actor, &c.d)
	c.finish(t)
	return nil
}

// TestTheAuditOfAReduction: it takes two meters and two people.
func TestTheAuditOfAReduction(t *testing.T) {
	head, overseer := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}, aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}
	meters := []string{"M-1", "M-3"}
	for what, c := range map[string]struct {
		by     aiqyn.Actor
		asked  bool
		meters []string
		watt   int64
		want   string
	}{
		"one engineer":         {aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}, true, meters, 380_000, "by somebody who may not"},
		"nobody has asked":     {overseer, false, meters, 380_000, "nobody has asked"},
		"who asks signs":       {aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "head-01"}, true, meters, 380_000, "not withdrawn by two"},
		"without a meter":      {overseer, true, []string{}, 380_000, "no two meters bear it out"},
		"by one hand":          {overseer, true, []string{"M-1", "M-2"}, 385_000, "no two meters bear it out"},
		"with another reading": {overseer, true, meters, 399_000, "no two meters bear it out"},
	} {
		t.Run(what, func(t *testing.T) {
			r := withMeters(t)
			r.measure(r.peaks("M-2", 385))
			r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-3", 380))})
			r.must(ReduceMargin{ID: r.id(), Actor: head, Trafo: 1, Ground: "Желіге жаңа тұтынушы қосылды."})
			d := marginReduction{Asked: r.size() - 1, Ground: "x", Meters: c.meters, Trafo: 1, Watt: c.watt}
			if !c.asked {
				d.Asked = 0
			}
			r.wantClean()
			if _, err := r.send(t.Context(), &reducesAlone{apart{r.id(), c.by}, d}); err != nil {
				t.Fatal(err)
			}
			r.finds(c.want)
		})
	}
}
