package casework

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/release"
)

// releaseRig is a town in which 17 people got a certificate on 1 June, 12 on the
// 2nd and 4 on the 3rd, and one of them asked for power and withdrew.
func releaseRig(t *testing.T) *rig {
	t.Helper()
	r := bareRig(t, start)
	r.shut()
	r.files = r.edited("address.certificate/service.yaml", "retention: 365", "retention: 20")
	r.open()
	r.keepNetwork()
	r.seed()
	for day, n := range []int{17, 12, 4} {
		r.at(start.AddDate(0, 0, day))
		for i := range n {
			r.certificate(citizen(day*100 + i))
		}
	}
	ref := r.file(holder, plot, 7)
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref})
	return r
}

func mustDate(t *testing.T, s string) deadline.Date {
	t.Helper()
	d, err := deadline.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func citizen(n int) aiqyn.PersonID { return aiqyn.PersonID(fmt.Sprintf("9001017%05d", n)) }

// certificate has the state look a person's address up.
func (r *rig) certificate(p aiqyn.PersonID) aiqyn.Reference {
	r.t.Helper()
	r.register(registry.PeopleRegister, string(p), registry.Person{IIN: p, Name: registry.Name{Last: "Омарова", First: "Айгүл"}, Phone: "+77000000009", Lang: "kk"})
	r.register(registry.AddressRegister, string(p), registry.Address{Person: p, Region: "71", District: "7110", Street: "Достық", House: "5"})
	return r.must(File{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: p}, Service: "address.certificate", Lang: "kk", Channel: "online",
		Answers: map[string]string{"use": "extract"}}).Ref
}

func (r *rig) release(want bool) {
	r.t.Helper()
	if done, err := r.Release(r.t.Context()); err != nil || done != want {
		r.t.Fatalf("released %v, %v; want %v", done, err, want)
	}
}

func (r *rig) index() {
	r.t.Helper()
	if done, err := r.Index(r.t.Context()); err != nil || !done {
		r.t.Fatalf("index: %v, %v", done, err)
	}
}

// last is the newest release as everybody reads it.
func (r *rig) lastRelease() *release.Release {
	r.t.Helper()
	list, err := r.Releases(r.t.Context(), Page{Limit: 1})
	if err != nil || len(list.Items) != 1 {
		r.t.Fatalf("%+v, %v", list, err)
	}
	data, err := r.Published(r.t.Context(), "releases/"+list.Items[0].Hash+".json")
	if err != nil {
		r.t.Fatal(err)
	}
	out, err := release.Parse(data)
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

func TestReleaseStory(t *testing.T) {
	r := releaseRig(t)
	r.release(true)
	one := r.lastRelease()
	if len(one.Groups) != 2 || len(one.Groups[0].Cases) != 17 || len(one.Groups[1].Cases) != 12 || len(one.Counts) != 0 {
		t.Fatalf("%d groups, %d counts: want those of the 17 and the 12, and no count within the month", len(one.Groups), len(one.Counts))
	}
	if one.Closed != one.Size-2*(17+12) || one.To.String() != "2026-06-02" {
		t.Errorf("closed %d of %d until %s", one.Closed, one.Size, one.To)
	}
	text, _ := one.Encode()
	if strings.Contains(string(text), "energy") || strings.Contains(string(text), string(holder)) {
		t.Error("who is alone is told of")
	}
	r.release(false) // the day is not over

	r.at(start.AddDate(0, 0, 9)) // ten days on, four more people have come
	for i := range 6 {
		r.certificate(citizen(900 + i))
	}
	r.at(almaty(t, "2026-07-01 10:00"))
	r.release(true)
	two := r.lastRelease()
	if len(two.Groups) != 0 || len(two.Counts) != 1 || two.Counts[0].Cases != 10 || two.Counts[0].From.String() != "2026-06-01" {
		t.Fatalf("the month's rest: %+v", two)
	}
	f, last, err := r.Figures(t.Context())
	if err != nil || len(f.Services) != 1 || f.Services[0].Cases != 39 || f.Services[0].Proven != 29 || f.Services[0].Median != (release.Days{N: 0}) {
		t.Errorf("%+v, %v", f, err)
	}
	if last.To != "2026-06-30" || f.Closed != two.Size-2*29 {
		t.Errorf("%+v, closed %d", last, f.Closed)
	}
	r.index()
	if done, err := r.Index(t.Context()); done || err != nil {
		t.Errorf("an index of nothing new: %v, %v", done, err)
	}
	if got := r.audit(); !got.OK {
		t.Errorf("audit: %v", got.Problems)
	}
	r.reopen() // another process reads the same
	again, _, err := r.Figures(t.Context())
	if err != nil || fmt.Sprint(again) != fmt.Sprint(f) {
		t.Errorf("after a restart: %+v, %v", again, err)
	}
	r.release(false)
	r.pass(48 * time.Hour)
	r.release(true)
	if three := r.lastRelease(); three.From.String() != "2026-07-01" || len(three.Groups)+len(three.Counts) != 0 {
		t.Errorf("days on which nothing happened: %+v", three)
	}
}

// A release that would show somebody is refused by whoever writes the log, even
// if it was made by other hands; and none tells a day again.
func TestTheLogRefusesAReleaseThatReveals(t *testing.T) {
	r := releaseRig(t)
	state, _, err := r.releasedState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	size, err := r.db.SizeAt(t.Context(), almaty(t, "2026-06-03 00:00"))
	if err != nil {
		t.Fatal(err)
	}
	good, err := r.buildRelease(t.Context(), state, mustDate(t, "2026-06-02"), size)
	if err != nil {
		t.Fatal(err)
	}
	send := func(rel *release.Release, after string) string {
		t.Helper()
		data, err := rel.Encode()
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.send(t.Context(), &releaseDays{apart: apart{cid: r.id(), actor: aiqyn.System}, after: after, data: data, release: rel,
			d: released{From: rel.From.String(), To: rel.To.String(), Hash: hexSum(data)}})
		return keyOf(err)
	}
	before := r.size()
	for what, alter := range map[string]func(*release.Release){
		"one person":  func(x *release.Release) { x.Groups[0].Cases = x.Groups[0].Cases[:1] },
		"nine people": func(x *release.Release) { x.Groups[0].Cases = x.Groups[0].Cases[:9] },
	} {
		bad := *good
		bad.Groups = append([]release.Group(nil), good.Groups...)
		alter(&bad)
		if got := send(&bad, ""); got != "error.release-reveals" {
			t.Errorf("%s: %q", what, got)
		}
	}
	if got := send(good, "2026-05-31"); got != "error.release-order" {
		t.Errorf("after another one: %q", got)
	}
	if r.size() != before {
		t.Fatal("a release that was refused is in the log")
	}
	r.release(true)
	if got := send(good, ""); got != "error.release-order" {
		t.Errorf("the same days again: %q", got)
	}
	// Seventeen certificates of one person are one person's.
	all, err := r.readDecided(t.Context(), size, new(release.State))
	if err != nil {
		t.Fatal(err)
	}
	for i := range all.cases {
		all.cases[i].Person, all.cases[i].Filer = "one and the same", "one and the same"
	}
	rel, err := release.Build(release.Input{Origin: r.Origin, Before: state, To: mustDate(t, "2026-06-02"), Size: size, Cases: all.cases,
		Open: func(g []*release.Case) ([]release.Whole, error) { return r.openEnds(t.Context(), g, all.nos) }})
	if err != nil || len(rel.Groups)+len(rel.Counts) != 0 {
		t.Errorf("of one person: %+v, %v", rel, err)
	}
}

// TestAuditOfReleases alters what was published, and what it was made from.
func TestAuditOfReleases(t *testing.T) {
	r := releaseRig(t)
	ref := r.view(r.certificate(citizen(1))).Ref
	r.at(almaty(t, "2026-07-01 10:00"))
	r.release(true)
	r.index()
	if got := r.audit(); !got.OK {
		t.Fatalf("audit: %v", got.Problems)
	}
	for _, table := range []string{"snapshot", "cases"} {
		r.raw("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table)
	}
	for what, query := range map[string]string{
		"the release":               `UPDATE snapshot SET data = replace(data, '"kind":"granted"', '"kind":"refused"') WHERE kind = 'release'`,
		"the release is gone":       `DELETE FROM snapshot WHERE kind = 'release'`,
		"the index":                 `UPDATE snapshot SET data = replace(data, 'size ', 'size 1') WHERE kind = 'index'`,
		"a pack that it lists":      `DELETE FROM snapshot WHERE kind = 'network'`,
		"a case behind it is moved": `UPDATE cases SET applicant = (SELECT applicant FROM cases WHERE no = 1) WHERE service = 'address.certificate'`,
	} {
		r.raw(query)
		if got := r.audit(); got.OK {
			t.Errorf("%s was altered, and the audit finds nothing", what)
		}
		for _, table := range []string{"snapshot", "cases"} {
			r.raw("DELETE FROM " + table)
			r.raw("INSERT INTO " + table + " SELECT * FROM kept_" + table)
		}
	}

	// Erased cases leave their release as it was.
	r.at(almaty(t, "2026-07-20 10:00"))
	for _, a := range []aiqyn.Actor{{Role: aiqyn.RoleHead, Officer: "head-09", Body: "government-for-citizens"}, custodian} {
		r.must(Erase{ID: r.id(), Actor: a, Ref: ref, Ground: "retention over"})
	}
	if got := r.audit(); !got.OK {
		t.Errorf("after an erasure: %v", got.Problems)
	}
	r.release(true)
	if got := r.audit(); !got.OK {
		t.Errorf("after an erasure and another release: %v", got.Problems)
	}
}

// TestForgedReleasesBesideErasedCases: an erased case excuses itself in a release, and
// nothing else that an operator's own program makes a release say.
func TestForgedReleasesBesideErasedCases(t *testing.T) {
	for what, forge := range map[string]func(*release.Input, *release.Release){
		"a group of one person": func(in *release.Input, _ *release.Release) {
			for i := range in.Cases {
				in.Cases[i].Person, in.Cases[i].Filer = fmt.Sprint("somebody ", i), fmt.Sprint("somebody ", i)
			}
		},
		"a case more": func(_ *release.Input, r *release.Release) { r.Counts[0].Cases++; r.Counts[0].Days[0].Cases++ },
		"other days": func(_ *release.Input, r *release.Release) {
			r.Counts[0].Days[0].To = -1
			r.Counts[0].Days = r.Counts[0].Days[:1]
		},
		"nobody counted": func(_ *release.Input, r *release.Release) { r.Counts = r.Counts[:0] },
		"a group left out": func(_ *release.Input, r *release.Release) {
			r.Closed += 2 * int64(len(r.Groups[0].Cases))
			r.Groups = r.Groups[1:]
		},
		"nothing": nil,
	} {
		t.Run(what, func(t *testing.T) { forgedBesideErased(t, forge) })
	}
}

func forgedBesideErased(t *testing.T, forge func(*release.Input, *release.Release)) {
	r := releaseRig(t)
	ref := r.view(r.certificate(citizen(1))).Ref
	r.at(start.AddDate(0, 0, 5))
	for range 10 {
		r.certificate(citizen(500))
	}
	for i := range 10 { // ten who wait for the end of the month, each on a day of their own
		r.at(start.AddDate(0, 0, 6+i))
		r.certificate(citizen(600 + i))
	}
	r.at(almaty(t, "2026-07-01 10:00"))
	size := r.size()
	all, err := r.readDecided(t.Context(), size, new(release.State))
	if err != nil {
		t.Fatal(err)
	}
	in := r.releaseInput(t.Context(), all, new(release.State), mustDate(t, "2026-06-30"), size, release.Format)
	if forge != nil {
		forge(&in, &release.Release{Counts: []release.Count{{Days: []release.Span{{}}}}, Groups: []release.Group{{}}})
	}
	rel, err := release.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	if forge != nil {
		forge(&release.Input{}, rel)
	}
	data, err := rel.Encode()
	if err != nil {
		t.Fatal(err)
	}
	r.sendOK(&releaseDays{apart: apart{cid: r.id(), actor: aiqyn.System}, data: data, release: rel, d: released{From: rel.From.String(), To: rel.To.String(), Hash: hexSum(data), Closed: rel.Closed, Opened: size - rel.Closed}})
	r.at(almaty(t, "2026-07-20 10:00"))
	for _, a := range []aiqyn.Actor{{Role: aiqyn.RoleHead, Officer: "head-09", Body: "government-for-citizens"}, custodian} {
		r.must(Erase{ID: r.id(), Actor: a, Ref: ref, Ground: "retention over"})
	}
	got := r.audit()
	if found := strings.Contains(fmt.Sprint(got.Problems), "its release says something else than the cases"); found != (forge != nil) {
		t.Errorf("found %v: %v", found, got.Problems)
	}
}

// sendOK has the log write what somebody else's program has made.
func (r *rig) sendOK(c command) {
	r.t.Helper()
	if _, err := r.send(r.t.Context(), c); err != nil {
		r.t.Fatal(err)
	}
}

// TestARestoreTellsNobodyTwice: what was lost may have told of whoever had filed by then.
// Held beside what is told after, it would single out whom only one of the two tells of.
func TestARestoreTellsNobodyTwice(t *testing.T) {
	r := releaseRig(t)
	was, err := r.Store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	old, _ := r.reorigin()
	if _, err := r.RecordRestore(t.Context(), aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-01"}, old, was.Checkpoint); err != nil {
		t.Fatal(err)
	}
	for i := range 11 {
		r.certificate(citizen(700 + i))
	}
	r.at(almaty(t, "2026-07-01 10:00"))
	state, _, err := r.releasedState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	uncut := *state
	uncut.Cut = 0
	bad, err := r.buildRelease(t.Context(), &uncut, mustDate(t, "2026-06-30"), r.size())
	if err != nil || len(bad.Groups) != 3 {
		t.Fatalf("%d groups as if nothing had been lost, %v", len(bad.Groups), err)
	}
	data, _ := bad.Encode()
	_, err = r.send(t.Context(), &releaseDays{apart: apart{cid: r.id(), actor: aiqyn.System}, data: data, release: bad, d: released{From: bad.From.String(), To: bad.To.String(), Hash: hexSum(data)}})
	if keyOf(err) != "error.release-cut" {
		t.Errorf("a release as if nothing had been lost: %v", err)
	}
	r.release(true)
	one := r.lastRelease()
	if len(one.Groups) != 1 || len(one.Groups[0].Cases) != 11 || len(one.Counts) != 0 || one.Cut != was.Size {
		t.Errorf("%d groups, %d counts, cut at %d; want those alone who came after", len(one.Groups), len(one.Counts), one.Cut)
	}
	r.reopen()
	if got := r.audit(); !got.OK {
		t.Errorf("audit: %v", got.Problems)
	}
	for what, alter := range map[string]func(*release.Release){
		"older form":     func(x *release.Release) { x.Format, x.Cut = release.FormatRoads, 0 },
		"form of before": func(x *release.Release) { x.Format = release.FormatCut },
		"not cut":        func(x *release.Release) { x.Cut = 0 },
	} {
		next := release.Release{Closed: one.Closed, Cut: one.Cut, Format: one.Format, From: one.To.AddDays(1), To: one.To.AddDays(1), Minimum: release.Minimum, Origin: one.Origin, Size: one.Size}
		after := *state
		if err := after.Add(one); err != nil {
			t.Fatal(err)
		}
		good := after.Clone()
		if err := good.Add(&next); err != nil {
			t.Fatal(err)
		}
		if alter(&next); after.Add(&next) == nil {
			t.Errorf("a release in %s follows on a cut one", what)
		}
	}
}
