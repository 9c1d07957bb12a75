package casework

import (
	"fmt"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/release"
)

// certificateBy is [rig.certificate] for somebody, filed by somebody else by the right of
// a mandate.
func (r *rig) certificateBy(agent, p aiqyn.PersonID) {
	r.t.Helper()
	mandate := r.mandated(p, agent, 30)
	r.register(registry.AddressRegister, string(p), registry.Address{Person: p, Region: "71", District: "7110", Street: "Достық", House: "5"})
	r.must(File{ID: r.id(), Actor: under(agent, p, mandate), Service: "address.certificate", Lang: "kk", Channel: "online", Answers: map[string]string{"use": "extract"}})
}

// peopleNamed gives the people register rows for whoever a mandate names.
func (r *rig) peopleNamed(list ...aiqyn.PersonID) {
	r.t.Helper()
	for _, p := range list {
		r.register(registry.PeopleRegister, string(p), registry.Person{IIN: p, Name: registry.Name{Last: "Омарова", First: "Айгүл"}, Phone: "+77000000009", Lang: "kk"})
	}
}

// neighbour is one of a few thousand people whose numbers are right.
func neighbour(n int) aiqyn.PersonID {
	for digit := range 10 {
		number := fmt.Sprintf("9001017%04d%d", n, digit)
		if _, err := registry.ParseIIN(number, true); err == nil {
			return aiqyn.PersonID(number)
		}
	}
	return neighbour(n + 5000) // no digit makes this one right
}

// townWithout is a rig in which nobody has applied for anything.
func townWithout(t *testing.T) *rig {
	r := bareRig(t, start)
	r.keepNetwork()
	r.seed()
	return r
}

// TestNobodyStandsInForNine: who applies nine times beside somebody, for themselves or for
// nine of their family, is one person, and nothing is told of the tenth; nor are nine
// strangers and both of them nothing. It is told once ten have come together.
func TestNobodyStandsInForNine(t *testing.T) {
	for what, nine := range map[string]func(r *rig, attacker aiqyn.PersonID){
		"nine of one": func(r *rig, attacker aiqyn.PersonID) {
			for range 9 {
				r.certificate(attacker)
			}
		},
		"a family with one who acts": func(r *rig, attacker aiqyn.PersonID) {
			for i := range 9 {
				r.peopleNamed(attacker, neighbour(100+i))
				r.certificateBy(attacker, neighbour(100+i))
			}
		},
		"one for whom nine act": func(r *rig, attacker aiqyn.PersonID) {
			for i := range 9 {
				r.peopleNamed(attacker, neighbour(100+i))
				r.certificateBy(neighbour(100+i), attacker)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			r := townWithout(t)
			attacker := neighbour(1)
			nine(r, attacker)
			r.certificate(neighbour(2)) // somebody else
			r.at(start.AddDate(0, 0, 1))
			r.release(true)
			if one := r.lastRelease(); len(one.Groups)+len(one.Counts) != 0 || one.Closed != one.Size || one.Format != release.Format {
				t.Fatalf("of two people %d groups are told; %d of %d closed", len(one.Groups), one.Closed, one.Size)
			}
			for i := range 7 {
				r.certificate(neighbour(200 + i))
			}
			r.at(almaty(t, "2026-07-01 10:00"))
			r.release(true)
			if two := r.lastRelease(); len(two.Groups)+len(two.Counts) != 0 || two.Closed != two.Size {
				t.Fatalf("of nine people %d groups and %d counts are told", len(two.Groups), len(two.Counts))
			}
			r.certificate(neighbour(300)) // the tenth comes a month later: those who waited are told
			r.at(almaty(t, "2026-08-01 10:00"))
			r.release(true)
			three := r.lastRelease()
			if len(three.Groups) != 0 || len(three.Counts) != 1 || three.Counts[0].Cases != 9+1+7+1 || three.Counts[0].From.String() != "2026-06-01" {
				t.Fatalf("of ten people: %+v", three)
			}
			r.wantClean()
		})
	}
}

// TestWhoHasBroughtACaseAbout is told apart by number, whichever side they stand on, and
// whoever is not known is one with all who are not.
func TestWhoHasBroughtACaseAbout(t *testing.T) {
	r := townWithout(t)
	of := func(p aiqyn.PersonID) string { return string(r.keys.hash("applicant", string(p))) }
	rec := func(s *State) *record {
		s.Applicant = neighbour(1)
		c := &record{state: s}
		c.row.Applicant = []byte(of(neighbour(1)))
		return c
	}
	for _, c := range []struct {
		s    State
		want string
	}{
		{State{}, of(neighbour(1))},
		{State{Agent: neighbour(2)}, of(neighbour(2))},
		{State{From: &cameFrom{Case: 7, Brought: true}, Agent: neighbour(2)}, of(neighbour(2))},
		{State{From: &cameFrom{Case: 7, Asked: true}}, "case/7"},
		{State{Came: &cameState{Origin: "log.example/other"}}, "elsewhere"},
	} {
		if got := r.filerOf(rec(&c.s)); got != c.want {
			t.Errorf("%+v: %q, want %q", c.s, got, c.want)
		}
	}
}

// tellForged has the log write a release that an operator's own program has made, in which
// whatever is asked of its cases is answered otherwise.
func (r *rig) tellForged(format string, alter func(*release.Case)) {
	r.t.Helper()
	state, _, err := r.releasedState(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	size, to := r.size(), r.today().AddDays(-1)
	all, err := r.readDecided(r.t.Context(), size, state)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := range all.cases {
		alter(&all.cases[i])
	}
	rel, err := release.Build(r.releaseInput(r.t.Context(), all, state, to, size, format))
	if err != nil {
		r.t.Fatal(err)
	}
	c := &earlierRelease{releaseDays{apart: apart{cid: r.id(), actor: aiqyn.System}, release: rel, d: released{
		From: rel.From.String(), To: to.String(), Closed: rel.Closed, Opened: size - rel.Closed - state.Opened(),
	}}}
	if c.data, err = rel.Encode(); err != nil {
		r.t.Fatal(err)
	}
	c.d.Hash = hexSum(c.data)
	r.sendOK(c)
}

// earlierRelease is written as a program of before wrote it, that knew no later form.
type earlierRelease struct{ releaseDays }

func (c *earlierRelease) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	t.s.releasedTo = c.d.To
	c.write(t)
	return nil
}

// TestAPersonCountedTwice: a release that tells one person as ten, as applicant or as who
// has filed, is found by whoever has the log, whichever form it is in.
func TestAPersonCountedTwice(t *testing.T) {
	n := 0
	as := func(applicant, filer bool) func(*release.Case) {
		return func(c *release.Case) {
			n++
			if applicant {
				c.Person = fmt.Sprint("somebody ", n)
			}
			if filer {
				c.Filer = fmt.Sprint("somebody ", n)
			}
		}
	}
	for what, c := range map[string]struct {
		byOne  bool // nine are filed by one; or else they are one's own
		format string
		alter  func(*release.Case)
		want   int // groups
		found  bool
	}{
		"one applicant as nine":                {false, release.Format, as(true, true), 1, true},
		"one who acts as nine":                 {true, release.Format, as(false, true), 1, true},
		"neither":                              {true, release.Format, func(*release.Case) {}, 0, false},
		"by the rule of before":                {true, release.FormatCut, func(*release.Case) {}, 1, false},
		"one applicant, by the rule of before": {false, release.FormatCut, as(true, false), 1, true},
	} {
		t.Run(what, func(t *testing.T) {
			r := townWithout(t)
			for i := range 9 {
				if c.byOne {
					r.peopleNamed(neighbour(1), neighbour(100+i))
					r.certificateBy(neighbour(1), neighbour(100+i))
				} else {
					r.certificate(neighbour(1))
				}
			}
			r.certificate(neighbour(2))
			r.at(start.AddDate(0, 0, 1))
			r.tellForged(c.format, c.alter)
			if one := r.lastRelease(); len(one.Groups) != c.want {
				t.Fatalf("%d groups", len(one.Groups))
			}
			got := r.audit()
			if found := strings.Contains(fmt.Sprint(got.Problems), "its release"); found != c.found || got.OK == c.found {
				t.Errorf("found %v: %v", found, got.Problems)
			}
		})
	}
}

// TestALogGoesOnInTheNewForm: the releases of before stay as they are and are held to
// their rule; after the first of the new form none of an older one is taken, and an
// audit finds one.
func TestALogGoesOnInTheNewForm(t *testing.T) {
	r := townWithout(t)
	same := func(*release.Case) {}
	for i := range 10 {
		r.peopleNamed(neighbour(1), neighbour(100+i))
		r.certificateBy(neighbour(1), neighbour(100+i)) // ten applicants, one who files
	}
	r.at(start.AddDate(0, 0, 1))
	r.tellForged(release.FormatCut, same)
	old := r.lastRelease()
	for i := range 10 {
		r.certificateBy(neighbour(1), neighbour(100+i))
	}
	for i := range 10 {
		r.certificate(neighbour(200 + i))
	}
	r.at(start.AddDate(0, 0, 2))
	r.reopen()
	r.release(true)
	now := r.lastRelease()
	if old.Format != release.FormatCut || len(old.Groups) != 1 || now.Format != release.Format || len(now.Groups) != 1 || len(now.Groups[0].Cases) != 20 {
		t.Fatalf("%s with %d groups, then %s with %d", old.Format, len(old.Groups), now.Format, len(now.Groups))
	}
	if now.Closed != now.Size-2*30 {
		t.Errorf("closed %d of %d", now.Closed, now.Size)
	}
	if f, _, err := r.Figures(t.Context()); err != nil || f.Services[0].Proven != 30 {
		t.Errorf("%+v, %v", f, err)
	}
	r.wantClean()
	r.at(start.AddDate(0, 0, 3))
	data, _ := old.Encode()
	_, err := r.send(t.Context(), &releaseDays{apart: apart{cid: r.id(), actor: aiqyn.System}, after: now.To.String(), data: data, release: old, d: released{From: "2026-06-03", To: "2026-06-03", Hash: hexSum(data)}})
	if keyOf(err) != "error.release-cut" {
		t.Errorf("one of the form of before: %v", err)
	}
	state, _, err := r.releasedState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	later, err := release.Build(release.Input{Origin: r.Origin, Before: state, To: r.today().AddDays(-1), Size: r.size(), Format: release.FormatCut})
	if err != nil {
		t.Fatal(err)
	}
	c := &earlierRelease{releaseDays{apart: apart{cid: r.id(), actor: aiqyn.System}, release: later, d: released{From: later.From.String(), To: later.To.String(), Closed: later.Closed}}}
	c.data, _ = later.Encode()
	c.d.Hash = hexSum(c.data)
	r.sendOK(c)
	if got := r.audit(); !strings.Contains(fmt.Sprint(got.Problems), "does not follow on the last") {
		t.Errorf("one of the form of before that follows: %v", got.Problems)
	}
}
