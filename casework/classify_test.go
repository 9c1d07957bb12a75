package casework

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/secrecy"
)

var (
	secretary = aiqyn.Actor{Role: aiqyn.RoleSecrecy, Officer: "secrecy-01"}
	freePower = secrecy.Subject{Layer: secrecy.Capacity, Attribute: secrecy.Free}
)

const secretaryPhone = "+77010000019"

// enrolled puts an officer on the roster of a role, alone, and gives them an account.
func (r *rig) enrolled(a aiqyn.Actor, phone string) {
	r.t.Helper()
	a.Body = "platform"
	r.listedAt(a.Body, a.Role, a.Officer)
	r.must(Roster{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}, Role: a.Role, Body: a.Body, Officers: []aiqyn.OfficerID{a.Officer}})
	if err := r.PutAccount(r.t.Context(), Account{Actor: a, Name: officerName(a.Officer), Phone: phone, Lang: aiqyn.Russian, Roles: []aiqyn.Role{a.Role}}); err != nil {
		r.t.Fatal(err)
	}
}

// hidden is a class that a secrecy officer asks for and reviews, who is one.
func (r *rig) hidden(until deadline.Date) Classify {
	r.t.Helper()
	if !reviews(r.seq.inForce(), secretary.Officer) {
		r.enrolled(secretary, secretaryPhone)
	}
	return Classify{Actor: secretary, Classification: secrecy.Classification{Subject: freePower, Class: secrecy.Closed, Ground: "V1500010403, 5", Issued: deadline.Date{Year: 2026, Month: 1, Day: 15}, Item: "12", Roadmap: "3.1", Until: until, Reviewer: "secrecy-01"}}
}

// hides has a class asked for and confirmed.
func (r *rig) hides(c Classify) {
	r.t.Helper()
	c.ID = r.id()
	r.must(Classify{ID: r.id(), Actor: overseer, Entry: r.must(c).First})
}

// A class is given anew by two, on a ground that is not the last one again, and not
// older; its reviewer is an officer who can be written to, and is, once, before it ends.
func TestAClassIsRenewedByTwo(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	until := r.today().AddDays(40)
	first := r.hidden(until)
	for _, nobody := range []aiqyn.OfficerID{"whoever", "engineer-01", "overseer-01"} {
		bad := first
		bad.ID, bad.Reviewer = r.id(), nobody
		r.fails(bad, "error.class-reviewer") // nobody, one who may not, one who is on no list
	}
	r.hides(first)
	r.pass(15 * 24 * time.Hour)
	r.review(t, EventClassWarned)
	if got := r.lettersTo(secretaryPhone); !slices.Equal(got, []string{classEnds}) {
		t.Errorf("the reviewer was told %v", got)
	}
	if list, err := r.Letters(t.Context(), secretary, Page{}); err != nil || len(list.Items) != 1 || list.Items[0].Lang != aiqyn.Russian {
		t.Errorf("on their page they read %+v, %v", list.Items, err)
	}

	again := r.hidden(until.AddDays(200))
	again.ID = r.id()
	r.fails(again, "error.class-same")
	again.ID, again.Ground, again.Issued = r.id(), "order 3", again.Issued.AddDays(-1)
	r.fails(again, "error.class-older")
	again.Issued = r.today()
	r.enrolled(overseer, "+77010000020")
	again.Reviewer = overseer.Officer
	again.ID = r.id()
	asked := r.must(again)
	if s, err := r.Secrecy(t.Context()); err != nil || len(s.Waiting) != 1 || s.InForce[0].Until != until {
		t.Errorf("renewed by one: %+v, %v", s, err)
	}
	r.must(Classify{ID: r.id(), Actor: overseer, Entry: asked.First})
	r.pass(60 * 24 * time.Hour)
	if s, err := r.Secrecy(t.Context()); err != nil || len(s.InForce) != 1 || s.InForce[0].Reviewer != overseer.Officer {
		t.Errorf("after its first end: %+v, %v", s, err)
	}
	// Who was to review it has left: whoever may give it anew hears of it instead.
	r.must(Roster{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}, Role: overseer.Role, Body: "platform", Officers: []aiqyn.OfficerID{"overseer-09"}})
	r.pass(140 * 24 * time.Hour)
	if err := r.reviewClasses(t.Context()); err != nil {
		t.Fatal(err)
	}
	if to, other := r.lettersTo(secretaryPhone), r.lettersTo("+77010000020"); len(to) != 2 || len(other) != 0 {
		t.Errorf("the secrecy officer was told %v, who has left %v", to, other)
	}
	shorter := again
	shorter.ID, shorter.Until, shorter.Reviewer = r.id(), again.Until.AddDays(-1), secretary.Officer
	r.must(shorter)
	if s, err := r.Secrecy(t.Context()); err != nil || s.InForce[0].Until != shorter.Until {
		t.Errorf("for less long, by one: %+v, %v", s, err)
	}
	r.wantClean()
}

// To hide takes the secrecy officer and an overseer, to open one; what is hidden is
// gone from every view of the public at once, officers and auditors still see it,
// and it opens by itself on its day, after a warning.
func TestClassify(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	ctx := t.Context()
	if _, err := r.PublishCapacity(ctx); err != nil {
		t.Fatal(err)
	}
	list, _, err := r.Transformers(ctx, aiqyn.Actor{}, "", "", Page{Limit: 1})
	if err != nil || len(list.Items) != 1 || list.Items[0].FreeW == Withheld {
		t.Fatalf("before: %v, %v", list.Items, err)
	}
	id := list.Items[0].ID
	today := deadline.DateOf(r.Clock().In(r.Zone))
	until := today.AddDays(40)
	do := func(c Classify, want string) Result {
		t.Helper()
		c.ID = aiqyn.CommandID("class/" + r.Clock().Format(time.RFC3339Nano) + want + string(c.Actor.Role))
		res, err := r.Do(ctx, c)
		if key := keyOf(err); key != want {
			t.Fatalf("%+v: %v, want %q", c, err, want)
		}
		return res
	}
	stranger := r.hidden(until)
	stranger.Actor = overseer
	do(stranger, "error.forbidden")
	bad := r.hidden(until)
	bad.Roadmap = ""
	do(bad, "error.answer-required")
	asked := do(r.hidden(until), "")
	if s, err := r.Secrecy(ctx); err != nil || len(s.InForce) != 0 || len(s.Waiting) != 1 {
		t.Fatalf("one signature: %+v, %v", s, err)
	}
	do(Classify{Actor: aiqyn.Actor{Role: aiqyn.RoleSecrecy, Officer: "secrecy-02"}, Entry: asked.First}, "error.two-signatures")
	do(Classify{Actor: overseer, Entry: asked.First}, "")
	b, err := r.Receipt(ctx, overseer, asked.First)
	if err == nil {
		_, err = r.Check(ctx, b)
	}
	if err != nil {
		t.Errorf("the receipt of a class: %v", err)
	}

	seen, _, err := r.Transformer(ctx, aiqyn.Actor{}, id)
	if err != nil || seen.FreeW != Withheld || seen.Binding != "" {
		t.Errorf("the public sees %+v, %v", seen, err)
	}
	auditor := aiqyn.Actor{Role: aiqyn.RoleAuditor, Officer: "auditor-01"}
	if exact, _, err := r.Transformer(ctx, auditor, id); err != nil || exact != list.Items[0] {
		t.Errorf("an auditor sees %+v, %v", exact, err)
	}
	days, err := r.CapacityHistory(ctx, aiqyn.Actor{}, id, Page{})
	if err != nil || len(days.Items) != 1 || days.Items[0].Line.FreeW != Withheld {
		t.Errorf("the history says %+v, %v", days, err)
	}
	if _, err := r.ConnectionPoints(ctx, Wish{Lon: 71, Lat: 51, KW: 10}); keyOf(err) != "error.wish-classified" {
		t.Errorf("points before an application: %v", err)
	}
	old := r.lastPublication(t)
	if _, err := r.Published(ctx, "capacity/"+old.Hash+".json"); keyOf(err) != "error.classified" {
		t.Errorf("the exact publication of before: %v", err)
	}
	if _, err := r.Published(ctx, "networks/"+old.Network+".json"); keyOf(err) != "error.classified" {
		t.Errorf("the network: %v", err)
	}

	r.pass(24 * time.Hour)
	if _, err := r.PublishCapacity(ctx); err != nil {
		t.Fatal(err)
	}
	public := r.lastPublicSnapshot(t)
	data, err := r.Published(ctx, "capacity/"+public+".json")
	if err != nil || bytes.Contains(data, []byte("FreeW")) || !bytes.Contains(data, []byte(`"capacity.free":"closed"`)) {
		t.Errorf("the published day: %s, %v", data, err)
	}
	r.sound() // what is kept for auditors is what the log names
	if s, err := r.Secrecy(ctx); err != nil || len(s.InForce) != 1 || len(s.Ending) != 0 {
		t.Errorf("39 days before: %+v, %v", s, err)
	}
	r.pass(15 * 24 * time.Hour)
	r.review(t, EventClassWarned)
	if s, err := r.Secrecy(ctx); err != nil || len(s.Ending) != 1 || s.Ending[0].Until != until {
		t.Errorf("24 days before: %+v, %v", s, err)
	}
	r.pass(30 * 24 * time.Hour)
	if back, _, err := r.Transformer(ctx, aiqyn.Actor{}, id); err != nil || back.FreeW == Withheld {
		t.Errorf("after its last day the public sees %+v, %v", back, err)
	}
	r.review(t, EventDeclassified)
	if s, err := r.Secrecy(ctx); err != nil || len(s.InForce) != 0 || len(s.Ending) != 0 || len(s.Ended) != 1 {
		t.Errorf("in the end: %+v, %v", s, err)
	}
}

// review runs the job twice: what it writes down is written once.
func (r *rig) review(t *testing.T, want EventKind) {
	t.Helper()
	acts := func() (n int) {
		list, err := r.Acts(t.Context(), secretary, Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list.Items {
			if a.Kind == want {
				n++
			}
		}
		return n
	}
	for range 2 {
		if err := r.reviewClasses(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := acts(); n != 1 {
		t.Errorf("%s %d times", want, n)
	}
}

func (r *rig) lastPublication(t *testing.T) Publication {
	t.Helper()
	g, err := r.GridFor(t.Context(), aiqyn.Actor{Role: aiqyn.RoleAuditor})
	if err != nil {
		t.Fatal(err)
	}
	return g.Publication
}

// lastPublicSnapshot is what the newest publication names for the public.
func (r *rig) lastPublicSnapshot(t *testing.T) string {
	t.Helper()
	for _, ev := range r.entries() {
		if d, ok := ev.data.(*capacityPublished); ok && d.Public != "" {
			return d.Public
		}
	}
	t.Fatal("no publication names a public form")
	return ""
}
