package casework

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/registry"
)

// Two logs carry two regions: the north all that is not said to be elsewhere, the south
// the district in which there is one more plot.
const (
	southPlot = "99-999-003-001"
	eastPlot  = "99-999-004-001"
	southCode = "111800000"
)

// twoLogs are two engines that know each other, each with a database, a key and a
// witness of its own. The line to the south can be cut.
func twoLogs(t *testing.T) (north, south *rig, line *atomic.Bool) {
	t.Helper()
	north, nw := shardRig(t, "north.example/log")
	south, sw := shardRig(t, "south.example/log")
	for _, r := range []*rig{north, south} {
		r.shut()
		r.files = r.edited("kz/pack.yaml", "  logs: []\n", `  logs:
    - {log: north.example/log, title: {kk: Солтүстік, ru: Север, en: The North}, places: ["113200000"], site: "https://north.example"}
    - {log: south.example/log, title: {kk: Оңтүстік, ru: Юг, en: The South}, places: ["`+southCode+`"], site: "https://south.example"}
`)
		r.files = r.edited("energy.connection/service.yaml", "retention: 3650", "retention: 30")
		if r == south { // whoever runs both has two keys
			r.opts = append(r.opts, func(c *Config) { c.DataKey = [32]byte{2} })
		}
		r.open()
		r.seed()
		for parcel, district := range map[string]string{southPlot: southCode, eastPlot: "113200000"} {
			r.register(registry.ParcelRegister, parcel, registry.Parcel{
				Number: parcel, Area: 600, Region: "110000000", District: district, Lat: 51.1, Lon: 71.4, X: 500050, Y: 5660000})
			r.register(registry.RightRegister, parcel, registry.Right{Parcel: parcel, Holders: []registry.Holder{{Person: holder, Share: "1/1"}}})
		}
		r.keepNetwork()
	}
	line = new(atomic.Bool)
	line.Store(true)
	cut := func(r *rig) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if !line.Load() {
				http.Error(w, "cut", http.StatusBadGateway)
				return
			}
			r.Handover().ServeHTTP(w, req)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	north.knows(south, sw, cut(south))
	south.knows(north, nw, cut(north))
	return north, south, line
}

// tells has a log's entries witnessed and told.
func (r *rig) tells() error {
	r.t.Helper()
	if err := r.Cosign(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return r.tellOthers(r.t.Context())
}

// found is the case of a person in a log; nil if there is none.
func (r *rig) found(kind EventKind) *CaseView {
	r.t.Helper()
	for _, ev := range r.entries() {
		if ev.kind == kind {
			rows, err := r.db.CasesByNo(r.t.Context(), []int64{ev.no})
			if err != nil || len(rows) != 1 {
				r.t.Fatal(err)
			}
			return r.view(aiqyn.Reference(rows[0].Ref))
		}
	}
	return nil
}

// TestAnApplicationIsSentOn: a person applies in the north for a plot in the south. The
// north records it and sends it on at once, and tells them; it arrives however often the
// line is cut, once, with its day; both logs show the other with its proof.
func TestAnApplicationIsSentOn(t *testing.T) {
	north, south, line := twoLogs(t)
	ref := north.file(holder, southPlot, 20)
	v := north.view(ref)
	if v.Outcome != aiqyn.SentOn || v.Sent == nil || v.Sent.Log.EN != "The South" || v.Sent.Heard != 0 || !v.Sent.By.After(v.Filed) {
		t.Fatalf("in the north: %s, %+v", v.Outcome, v.Sent)
	}
	if want := []EventKind{EventFiled, EventLookedUp, EventSentOn}; !slices.Equal(kinds(v), want) {
		t.Errorf("in the north: %v", kinds(v))
	}
	if err := north.tellOthers(t.Context()); err != nil || south.found(EventTakenOn) != nil {
		t.Fatalf("told before its witnesses have seen it: %v", err)
	}
	line.Store(false)
	if err := north.tells(); err == nil {
		t.Error("told over a line that was cut")
	}
	south.pass(26 * time.Hour)
	line.Store(true)
	for range 3 { // whatever is told again is told once
		if err := errors.Join(north.tells(), north.db.PutSetting(t.Context(), "shards.told/"+south.Origin, "0")); err != nil {
			t.Fatal(err)
		}
	}
	there := south.found(EventTakenOn)
	if there == nil {
		t.Fatal("nothing came to the south")
	}
	if there.Came == nil || there.Came.Ref != ref || !there.Filed.Equal(v.Filed) || there.Came.Arrived.Sub(there.Filed) < 25*time.Hour || there.Step.Name != "survey" {
		t.Errorf("in the south: filed %v, %+v", there.Filed, there.Came)
	}
	if due, ok := south.dueAt("conditions", there.Ref); !ok || !due.After(there.Came.Arrived.AddDate(0, 0, 4)) {
		t.Errorf("the terms of the south run out on %v", due)
	}
	south.wantNumber(EventTakenOn, 1)
	for range 2 {
		if err := errors.Join(south.tells(), south.db.PutSetting(t.Context(), "shards.told/"+north.Origin, "0")); err != nil {
			t.Fatal(err)
		}
	}
	if v = north.view(ref); v.Sent.Ref != there.Ref || v.Sent.Arrived.IsZero() || v.Sent.Declined != "" {
		t.Errorf("the north has heard %+v", v.Sent)
	}
	north.wantNumber(EventArrived, 1)
	north.wantTold("message.sent-on")
	south.wantTold("message.taken-on")
	for _, r := range []*rig{north, south} { // the proof of each is the other's
		me, at, other := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, ref, south
		if r == south {
			at, other = there.Ref, north
		}
		receipt, err := r.ForeignReceipt(t.Context(), me, at)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := ledger.ParseReceipt(receipt)
		if err != nil {
			t.Fatal(err)
		}
		if verdict, err := r.Shards[0].Verifier.Verify(parsed); err != nil || verdict.Origin != other.Origin || verdict.Level != ledger.Witnessed {
			t.Errorf("the proof that %s holds: %+v, %v", r.Origin, verdict, err)
		}
		if _, err := r.ForeignReceipt(t.Context(), aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, at); err == nil {
			t.Errorf("%s gives the proof to a stranger", r.Origin)
		}
		r.wantClean()
	}
	south.pass(10 * time.Second)
	south.survey(there.Ref)
	south.pass(10 * time.Second)
	south.must(Decide{ID: south.id(), Actor: south.officer(there.Ref), Ref: there.Ref, Step: "conditions", Grant: true})
	for _, r := range []*rig{north, south} { // rows are made again as they were
		r.wantClean()
		r.shut()
		if rep := r.rebuild(); !rep.OK {
			t.Errorf("rebuild of %s: %+v", r.cfg.Origin, rep)
		}
		r.open()
		r.wantClean()
	}
}

// TestErasureOfTwoLogs: as long as the other log has not said that it has the
// application, it cannot be erased here; then it can, and what told of it still audits.
func TestErasureOfTwoLogs(t *testing.T) {
	north, south, line := twoLogs(t)
	line.Store(false)
	ref := north.file(holder, southPlot, 20)
	erase := func(by aiqyn.Actor) error {
		_, err := north.Do(t.Context(), Erase{ID: north.id(), Actor: by, Ref: ref, Ground: "retention over"})
		return err
	}
	north.at(start.AddDate(0, 2, 0))
	wantKey(t, erase(head), "error.case-open")
	south.at(start.AddDate(0, 2, 0))
	line.Store(true)
	if err := errors.Join(north.tells(), south.tells()); err != nil {
		t.Fatal(err)
	}
	for _, by := range []aiqyn.Actor{head, {Role: aiqyn.RoleCustodian, Officer: "custodian-01"}} {
		if err := erase(by); err != nil {
			t.Fatal(err)
		}
	}
	north.wantClean()
	if err := errors.Join(north.tells(), south.tells()); err != nil { // what is told already is past
		t.Fatal(err)
	}
}

// dueAt is when a step of a case would have to be done.
func (r *rig) dueAt(step aiqyn.StepID, ref aiqyn.Reference) (time.Time, bool) {
	r.t.Helper()
	rec, err := r.caseOf(r.t.Context(), ref)
	if err != nil {
		r.t.Fatal(err)
	}
	svc, err := r.packs.service(rec.state.Pack, rec.state.Service)
	if err != nil {
		r.t.Fatal(err)
	}
	t := &turn{e: r.Engine, s: &r.seq, now: r.clock(), rec: rec, svc: svc}
	due, _, err := t.due(findStep(svc, step), r.clock())
	return due, err == nil
}

func (r *rig) wantNumber(kind EventKind, want int) {
	r.t.Helper()
	n := 0
	for _, ev := range r.entries() {
		if ev.kind == kind {
			n++
		}
	}
	if n != want {
		r.t.Errorf("%s: %d entries %s, not %d", r.Origin, n, kind, want)
	}
}

// TestWhatIsNotSentOn: an application stays where its place is, and where the pack says
// nothing of it; and one that the south cannot take comes back with the reason.
func TestWhatIsNotSentOn(t *testing.T) {
	north, south, _ := twoLogs(t)
	for _, parcel := range []string{plot, eastPlot, "99-999-777-001"} {
		if v := north.view(north.file(holder, parcel, 20)); v.Sent != nil || v.Step == nil {
			t.Errorf("%s: sent on: %+v", parcel, v.Sent)
		}
	}
	if v := south.view(south.file(holder, southPlot, 30)); v.Sent != nil {
		t.Errorf("sent on by the south: %+v", v.Sent)
	}
	declined := north.file(holder, southPlot, 20)
	if err := errors.Join(north.tells(), south.tells()); err != nil {
		t.Fatal(err)
	}
	if v := north.view(declined); v.Sent.Declined != "open-already" || v.Sent.Ref != "" {
		t.Errorf("a second application about the same plot: %+v", v.Sent)
	}
	north.wantTold("message.sent-declined")
	north.register(registry.ParcelRegister, "99-999-002-009", registry.Parcel{Number: "99-999-002-009", Region: "110000000", District: southCode, X: 500050, Y: 5660000})
	south.register(registry.ParcelRegister, "99-999-002-009", registry.Parcel{Number: "99-999-002-009", Region: "110000000", District: "113200000", X: 500050, Y: 5660000})
	elsewhere := north.file(holder, "99-999-002-009", 20) // the two registers differ on where it is
	if err := errors.Join(north.tells(), south.tells()); err != nil {
		t.Fatal(err)
	}
	if v := north.view(elsewhere); v.Sent == nil || v.Sent.Declined != "not-competent" {
		t.Errorf("an application that the south finds to be the north's: %+v", v.Sent)
	}
	south.wantNumber(EventTakenOn, 0)
	for _, r := range []*rig{north, south} {
		r.wantClean()
		r.reopen()
		r.wantClean()
	}
}

// TestTheAuditOfTwoLogs: who holds a database and its keys sends nobody elsewhere, drops
// nobody on the way, takes nobody on twice, and puts no words into the other's mouth.
func TestTheAuditOfTwoLogs(t *testing.T) {
	north, south, _ := twoLogs(t)
	north.file(holder, southPlot, 20)
	north.file(holder, plot, 20)
	if err := errors.Join(north.tells(), south.tells()); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*rig{north, south} {
		r.wantClean()
	}
	north.forgedAs("not sent on", 1, func(list []*event) []*event {
		i := slices.IndexFunc(list, func(ev *event) bool { return ev.kind == EventSentOn })
		list[i].kind, list[i].data, list[i].outcome = EventOpened, &opened{Step: "survey"}, ""
		return list[:i+1]
	}, "was not sent on")
	north.forgedAs("sent on though it belongs here", 2, func(list []*event) []*event {
		i := slices.IndexFunc(list, func(ev *event) bool { return ev.kind == EventOpened })
		list[i].kind, list[i].data, list[i].outcome = EventSentOn, &sentOn{To: south.Origin}, aiqyn.SentOn
		return list
	}, "belongs here")
	north.forgedAs("sent elsewhere", 1, each(func(d *sentOn) { d.To = "west.example/log" }), "another log than the one it belongs to")
	north.forgedAs("altered", 1, each(func(d *sentOn) { d.Answers["load"] = "10" }), "something else than was filed")
	north.forgedAs("of another", 1, each(func(d *sentOn) { d.Applicant = stranger }), "something else than was filed")
	north.forgedAs("with another day", 1, each(func(d *sentOn) { d.Filed = d.Filed.Add(time.Hour) }), "something else than was filed")
	north.forgedAs("with more time", 1, each(func(d *sentOn) { d.By = d.By.AddDate(0, 0, 1) }), "more time")
	north.forgedAs("sent on twice", 1, func(list []*event) []*event {
		i := slices.IndexFunc(list, func(ev *event) bool { return ev.kind == EventSentOn })
		return slices.Insert(list, i+1, list[i])
	}, "sends on what has ended")
	north.forgedAs("heard twice", 1, func(list []*event) []*event { return append(list, list[len(list)-1]) }, "a second one")
	north.forgedAs("another case there", 1, each(func(d *arrived) { d.Ref = "AQ-22222-22222" }), "not what the other log has said")
	north.forgedAs("words of its own", 1, each(func(d *arrived) {
		d.Receipt = strings.Replace(d.Receipt, string(d.Ref), "AQ-22222-22222", 1)
		d.Ref = "AQ-22222-22222"
	}), "receipt that was changed")
	south.forgedAs("filed otherwise", 1, each(func(d *filed) { d.Answers["load"] = int64(200) }), "otherwise than the other log has sent it on")
	south.forgedAs("for another", 1, func(list []*event) []*event { list[0].actor.Person = stranger; return list }, "otherwise than the other log has sent it on")
	south.forgedAs("an earlier day", 1, each(func(d *filed) { d.Sent.Filed = d.Sent.Filed.AddDate(0, -1, 0) }), "otherwise than the other log has sent it on")
	south.forgedAs("another clock", 1, each(func(d *filed) { d.Sent.Since = "filed" }), "another moment than the pack says")
	south.forgedAs("another's entry", 1, each(func(d *filed) { d.Sent.Entry++ }), "not the filing that the other log's message makes")
	south.forgedAs("not told", 1, func(list []*event) []*event {
		return slices.DeleteFunc(list, func(ev *event) bool { return ev.kind == EventTakenOn })
	}, "was not told that it was taken on")
	south.forgedAs("a receipt without proof", 1, each(func(d *filed) { d.Sent.Receipt = "{}" }), "no receipt")
}

// TestAuditOfMessages: what is told between logs and what cases say hold each other, and
// a message that never came is found by its date.
func TestAuditOfMessages(t *testing.T) {
	north, south, line := twoLogs(t)
	line.Store(false)
	ref := north.file(holder, southPlot, 20)
	index := north.view(ref).Sent.Entry
	north.wantClean()
	north.pass(10 * 24 * time.Hour)
	if _, err := north.PublishCapacity(t.Context()); err != nil { // the log goes on
		t.Fatal(err)
	}
	if rep := north.audit(); !problemAt(rep, index, "by its date") || len(rep.Problems) != 1 {
		t.Errorf("what never came: %+v", rep.Problems)
	}
	if !north.view(ref).Sent.Late {
		t.Error("and the person is not told that it is late")
	}
	line.Store(true)
	if err := errors.Join(north.tells(), south.tells()); err != nil {
		t.Fatal(err)
	}
	north.wantClean()

	// A receipt that the other log has not given, though it fits: only its key tells.
	rep := func(r *rig, shards []Shard) AuditReport {
		t.Helper()
		cfg := r.auditConfig()
		cfg.Shards = shards
		rep, err := Audit(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		return rep
	}
	for _, r := range []*rig{north, south} {
		if rep := rep(r, r.Shards); !rep.OK {
			t.Errorf("%s, with the other's key: %+v", r.Origin, rep.Problems)
		}
	}
	wrong := slices.Clone(north.Shards)
	wrong[0].Verifier = south.Shards[0].Verifier // another key
	if rep := rep(north, wrong); rep.OK || !strings.Contains(rep.Problems[0].What, "have not given") {
		t.Errorf("with another key: %+v", rep.Problems)
	}

	// Told of what does not say so.
	north.must(Tell{ID: north.id(), Actor: aiqyn.System, To: south.Origin, Subject: subjectSentOn, Text: "0"})
	if rep := north.audit(); rep.OK || !strings.Contains(rep.Problems[0].What, "does not say so") {
		t.Errorf("told of another entry: %+v", rep.Problems)
	}
}

// FuzzDeclined: whatever another log tells, it is a reason that there is, or none.
func FuzzDeclined(f *testing.F) {
	f.Add("12 open-already")
	f.Add("-1 answers")
	f.Fuzz(func(t *testing.T, text string) {
		entry, why, err := declinedOf(text)
		if err == nil && (entry < 0 || !slices.Contains(declines, why)) {
			t.Errorf("%q: %d %q", text, entry, why)
		}
	})
}

// wantTold expects the holder to have a letter.
func (r *rig) wantTold(key string) {
	r.t.Helper()
	if got := r.lettersTo("+77000000000"); !slices.Contains(got, key) {
		r.t.Errorf("%s: the holder has the letters %v, and no %s", r.Origin, got, key)
	}
}
