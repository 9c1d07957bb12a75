package casework

import (
	"bytes"
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

func (r *rig) hidden(until deadline.Date) Classify {
	return Classify{Actor: secretary, Classification: secrecy.Classification{Subject: freePower, Class: secrecy.Closed, Ground: "V1500010403, 5", Item: "12", Roadmap: "3.1", Until: until, Reviewer: "secrecy-01"}}
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
