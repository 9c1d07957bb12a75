package casework

import (
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/secrecy"
)

type classPastRules struct {
	apart
	as   aiqyn.Actor // also who may not
	kind EventKind
	d    classified
}

func (c *classPastRules) decide(t *turn) error {
	t.classes(c.kind, c.as, &c.d)
	c.finish(t)
	return nil
}

// classes writes down an act about a class past all rules.
func (r *rig) classes(kind EventKind, by aiqyn.Actor, d classified) int64 {
	r.t.Helper()
	res, err := r.send(r.t.Context(), &classPastRules{apart{r.id(), aiqyn.System}, by, kind, d})
	if err != nil {
		r.t.Fatal(err)
	}
	return res.First
}

// TestTheAuditOfClasses: to hide takes two who may, for the same, on a ground and until a
// day that may be; what has not ended is not said to have.
func TestTheAuditOfClasses(t *testing.T) {
	engineer := aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}
	another := aiqyn.Actor{Role: aiqyn.RoleSecrecy, Officer: "secrecy-02"}
	for name, c := range map[string]struct {
		acts  func(r *rig, d classified)
		finds string
	}{
		"one hides":          {func(r *rig, d classified) { r.classes(EventClassified, secretary, d) }, "one person hides what was open"},
		"one engineer hides": {func(r *rig, d classified) { r.classes(EventClassified, engineer, d) }, "one person hides what was open"},
		"an engineer asks":   {func(r *rig, d classified) { r.classes(EventClassAsked, engineer, d) }, "it is by somebody who may not"},
		"an engineer opens":  {func(r *rig, d classified) { d.Class = secrecy.Exact; r.classes(EventClassified, engineer, d) }, "it is by somebody who may not"},
		"without a ground":   {func(r *rig, d classified) { d.Ground = ""; r.classes(EventClassAsked, secretary, d) }, "error.answer-required"},
		"for fifty years": {func(r *rig, d classified) {
			d.Until = d.Until.AddDays(50 * 365)
			r.classes(EventClassAsked, secretary, d)
		}, "error.class-until"},
		"two secrecy officers": {func(r *rig, d classified) {
			d.Asked = r.classes(EventClassAsked, secretary, d)
			r.classes(EventClassified, another, d)
		}, "not signed by two who may"},
		"something else": {func(r *rig, d classified) {
			d.Asked = r.classes(EventClassAsked, secretary, d)
			d.Item = "13"
			r.classes(EventClassified, overseer, d)
		}, "something else was asked for"},
		"what nobody asked": {func(r *rig, d classified) { d.Asked = 1; r.classes(EventClassified, overseer, d) }, "nobody has asked for it"},
		"what was opened since": {func(r *rig, d classified) {
			d.Asked = r.classes(EventClassAsked, secretary, d)
			r.classes(EventClassified, overseer, d)
			r.classes(EventClassified, overseer, d)
		}, "nobody has asked for it, or something else came since"},
		"a reviewer who is nobody": {func(r *rig, d classified) { d.Reviewer = "minister"; r.classes(EventClassAsked, secretary, d) }, "minister, is no officer who may review it"},
		"a reviewer who may not":   {func(r *rig, d classified) { d.Reviewer = "engineer-01"; r.classes(EventClassAsked, secretary, d) }, "engineer-01, is no officer who may review it"},
		"a reviewer who has left": {func(r *rig, d classified) {
			r.enrolled(another, "+77010000021")
			d.Asked = r.classes(EventClassAsked, secretary, d)
			r.classes(EventClassified, overseer, d)
		}, "secrecy-01, is no officer who may review it"},
		"a ground without a date": {func(r *rig, d classified) { d.Issued = deadline.Date{}; r.classes(EventClassAsked, secretary, d) }, "error.answer-required"},
		"renewed by one": {func(r *rig, d classified) {
			d.Asked = r.classes(EventClassAsked, secretary, d)
			r.classes(EventClassified, overseer, d)
			d.Asked, d.Until, d.Ground = 0, d.Until.AddDays(9), "order 3"
			r.classes(EventClassified, secretary, d)
		}, "one person hides it for longer"},
		"renewed on the same ground": {func(r *rig, d classified) {
			d.Asked = r.classes(EventClassAsked, secretary, d)
			r.classes(EventClassified, overseer, d)
			d.Asked, d.Until = 0, d.Until.AddDays(9)
			r.classes(EventClassAsked, secretary, d)
		}, "error.class-same"},
		"renewed on an older one": {func(r *rig, d classified) {
			d.Asked = r.classes(EventClassAsked, secretary, d)
			r.classes(EventClassified, overseer, d)
			d.Asked, d.Until, d.Issued = 0, d.Until.AddDays(9), d.Issued.AddDays(-9)
			r.classes(EventClassAsked, secretary, d)
		}, "error.class-older"},
		"a warning to nobody": {func(r *rig, d classified) {
			d.Asked = r.classes(EventClassAsked, secretary, d)
			d.Asked = r.classes(EventClassified, overseer, d)
			r.pass(20 * 24 * time.Hour)
			r.classes(EventClassWarned, aiqyn.System, d)
		}, "it was written to [], and not to [secrecy-01]"},
		"a warning to somebody else": {func(r *rig, d classified) {
			d.Asked = r.classes(EventClassAsked, secretary, d)
			d.Asked = r.classes(EventClassified, overseer, d)
			r.pass(20 * 24 * time.Hour)
			d.Told = []aiqyn.OfficerID{"engineer-01"}
			r.classes(EventClassWarned, aiqyn.System, d)
		}, "it was written to [engineer-01], and not to [secrecy-01]"},
		"warned twice": {func(r *rig, d classified) {
			d.Asked = r.classes(EventClassAsked, secretary, d)
			d.Asked = r.classes(EventClassified, overseer, d)
			r.pass(20 * 24 * time.Hour)
			d.Told = []aiqyn.OfficerID{secretary.Officer}
			r.classes(EventClassWarned, aiqyn.System, d)
			r.classes(EventClassWarned, aiqyn.System, d)
		}, "it was warned of already"},
		"ended too early": {func(r *rig, d classified) {
			d.Asked = r.classes(EventClassAsked, secretary, d)
			d.Asked = r.classes(EventClassified, overseer, d)
			r.classes(EventDeclassified, aiqyn.System, d)
		}, "it comes before its day"},
		"warned of nothing": {func(r *rig, d classified) { d.Asked = 1; r.classes(EventClassWarned, aiqyn.System, d) }, "about a class that is not in force"},
		"ended by somebody": {func(r *rig, d classified) { r.classes(EventDeclassified, secretary, d) }, "somebody says what the calendar says"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.keepPower()
			c.acts(r, classified{Classification: r.hidden(r.today().AddDays(40)).Classification})
			r.finds(c.finds)
		})
	}
}

// TestClassesFromBefore: acts from before grounds had dates and reviewers were officers
// are read as they are and hold; once there is one who can review, such an act is found.
func TestClassesFromBefore(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	old := classified{Classification: secrecy.Classification{Subject: freePower, Class: secrecy.Closed, Ground: "V1500010403, 5", Item: "12", Roadmap: "3.1", Until: r.today().AddDays(40), Reviewer: "the ministry"}}
	old.Asked = r.classes(EventClassAsked, secretary, old)
	r.classes(EventClassified, overseer, old)
	old.Asked, old.Until = 0, old.Until.AddDays(9)
	old.Asked = r.classes(EventClassified, secretary, old) // longer, by one
	r.pass(20 * 24 * time.Hour)
	r.classes(EventClassWarned, aiqyn.System, old)
	if s, err := r.Secrecy(t.Context()); err != nil || len(s.Ending) != 1 || s.Ending[0].Reviewer != "the ministry" {
		t.Errorf("%+v, %v", s, err)
	}
	r.wantClean()
	r.hides(r.hidden(r.today().AddDays(300)))
	r.wantClean()
	old.Asked, old.Until = 0, r.today().AddDays(400)
	r.classes(EventClassAsked, secretary, old)
	r.finds("error.answer-required")
}

// TestTheAuditOfWhatThePublicSees: no more, no less and nothing else than the classes
// leave of the exact figures, on any day.
func TestTheAuditOfWhatThePublicSees(t *testing.T) {
	for name, c := range map[string]struct {
		hides  bool
		change func(p *publishCapacity)
		finds  string
	}{
		"nothing at all":            {true, func(p *publishCapacity) { p.public = []byte(`{"trafos":[]}`) }, "its bytes are others"},
		"all of it":                 {true, func(p *publishCapacity) { p.public = nil }, "where nothing was classified"},
		"nothing where all is open": {false, func(p *publishCapacity) { p.public = []byte(`{"trafos":[]}`) }, "where nothing was classified"},
		"other figures where some are": {true, func(p *publishCapacity) {
			p.said.Trafos[0].SnKVA = 1
			p.public, _ = publicSnapshot(p.said.Network, p.said.exact(nil), nil)
		}, "its bytes are others"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.keepPower()
			r.publishPower()
			r.pass(24 * time.Hour)
			if c.hides {
				h := r.hidden(r.today().AddDays(40))
				h.ID = r.id()
				asked := r.must(h)
				r.must(Classify{ID: r.id(), Actor: overseer, Entry: asked.First})
			}
			r.publishPower()
			r.wantClean()
			r.pass(24 * time.Hour)
			r.publishesFalsely(c.change)
			r.finds(c.finds)
			r.pass(60 * 24 * time.Hour) // it has ended
			r.publishPower()
			r.finds(c.finds)
		})
	}
}

// TestAClassThatComesMeanwhile: what was prepared before a class came into force is
// prepared again, an act about classes as well as a publication.
func TestAClassThatComesMeanwhile(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	h := r.hidden(r.today().AddDays(40))
	p := &publishCapacity{apart: apart{cid: "a", actor: aiqyn.System}, said: publication{Day: r.today().String()}}
	c := &classify{apart: apart{"b", secretary}, Classify: h}
	for _, cmd := range []command{p, c} {
		if err := cmd.prepare(t.Context(), r.Engine); err != nil {
			t.Fatal(err)
		}
	}
	h.ID = r.id()
	r.must(Classify{ID: r.id(), Actor: overseer, Entry: r.must(h).First})
	for _, cmd := range []command{p, c} {
		if _, err := r.send(t.Context(), cmd); err != errStale {
			t.Errorf("%T: %v", cmd, err)
		}
	}
	r.publishPower()
	r.wantClean()
}
