package casework

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/deadline"
	"aiqyn/registry"
)

const specialist = aiqyn.ServiceID("health.specialist")

// surgery is a rig with one surgery, which has a general practitioner and a
// cardiologist, and n people.
func surgery(t testing.TB, n int, opts ...rigOption) *rig {
	t.Helper()
	r := nursery(t, 0, n, opts...)
	doc := registry.Institution{ID: "pol-1", Title: aiqyn.Text{KK: "№ 1 емхана", RU: "Поликлиника № 1", EN: "Surgery No. 1"}, Region: "710000000", District: "711210000"}
	for _, s := range []string{"therapist", "cardiologist"} {
		doc.Groups = append(doc.Groups, registry.PlaceGroup{ID: s, Places: 60, Is: map[string]string{"specialist": s}})
	}
	r.register(registry.SurgeryRegister, "pol-1", doc)
	return r
}

// opens publishes a row of slots so many days from today, at nine.
func (r *rig) opens(days, count int, change ...func(*PublishSlots)) {
	r.t.Helper()
	d := deadline.DateOf(r.clock().In(r.Zone)).AddDays(days)
	c := PublishSlots{ID: r.id(), Actor: keeper("pol-1"), Service: specialist, Institution: "pol-1", Group: "therapist", Day: d.String(), From: "09:00", Minutes: 20, Count: count, Places: 1}
	for _, f := range change {
		f(&c)
	}
	r.must(c)
}

// booking has somebody wait for the general practitioner.
func (r *rig) booking(i int) aiqyn.Reference {
	r.t.Helper()
	answers := map[string]string{"specialist": "therapist", "first": "pol-1", "hours": "any"}
	return r.must(File{ID: r.id(), Actor: payer(childOf(i)), Service: specialist, Lang: "kk", Channel: "online", Answers: answers}).Ref
}

// TestSlotsStandAsTheirEventsSay: what was published, booked, given back, cancelled
// and taken for the day is the same in memory, in the rows and in the log; the audit
// finds a row that was changed, and a rebuild makes it again. Who has a slot holds a
// file for their calendar's sake: its times are those of the schedule.
func TestSlotsStandAsTheirEventsSay(t *testing.T) {
	r := surgery(t, 6)
	r.opens(2, 3)
	r.opens(0, 2, func(c *PublishSlots) { c.From, c.SameDay = "16:00", true })
	var refs []aiqyn.Reference
	for i := range 5 {
		refs = append(refs, r.booking(i))
		r.pass(time.Second)
	}
	holdRound(r)
	r.equalOnADay()
	var got, none []int // chance has parted them
	for i, ref := range refs {
		if r.stateOf(ref).State == QueueOffered {
			r.replies(i, ref, "yes")
			got = append(got, i)
		} else {
			none = append(none, i)
		}
	}
	slices.SortFunc(got, func(a, b int) int { return r.stateOf(refs[a]).Starts.Compare(r.stateOf(refs[b]).Starts) })
	back, ticket := got[1], none[1]
	r.must(Rebook{ID: r.id(), Actor: payer(childOf(back)), Ref: refs[back], Part: "afternoon"})
	r.must(TakeTicket{ID: r.id(), Actor: payer(childOf(ticket)), Ref: refs[ticket], Group: "pol-1/therapist"})
	r.opens(2, 2) // the last of the three is taken back
	if err := r.cancelSlots(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []QueueState{QueueWaiting, QueueWaiting, QueueWaiting, QueueWaiting, QueueWaiting}
	want[got[0]], want[ticket] = QueueTaken, QueueTaken
	stand := func(when string) {
		t.Helper()
		for i, ref := range refs {
			if q := r.stateOf(ref); q.State != want[i] || (q.State == QueueTaken) == q.Starts.IsZero() {
				t.Errorf("%s: %d is %s %s", when, i, q.State, q.Group)
			}
		}
		view, _ := r.queues.groupView(specialist, "pol-1/therapist", r.clock())
		if view.Places != 4 || view.Taken != 2 || view.Waiting != 3 || r.queues.of[specialist].waits[int64(back+1)].wish != "afternoon" {
			t.Errorf("%s: the group is %+v, %+v", when, view, r.queues.of[specialist].waits)
		}
	}
	stand("before")
	r.reopen()
	stand("after a restart")
	r.sound()
	rows := r.derived("queue_place", "queue_move")
	db := r.beside()
	if _, err := db.Exec(`UPDATE queue_place SET wish = 'morning' WHERE wish = 'afternoon'`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if rep := r.audit(); len(rep.Problems) != 1 {
		t.Errorf("a wish that was changed: %+v", rep.Problems)
	}
	r.rebuild()
	if now := r.derived("queue_place", "queue_move"); now != rows {
		t.Errorf("made again it is\n%s\nand was\n%s", now, rows)
	}
	r.open()
	stand("after a rebuild")
}

// equalOnADay: who has come on the same day has the same date in a round, so that
// chance decides and not who was faster.
func (r *rig) equalOnADay() {
	r.t.Helper()
	list, err := r.Rounds(specialist, Page{})
	if err != nil || len(list.Items) != 1 {
		r.t.Fatal("want one round", err)
	}
	file, _, err := r.RoundFile(r.t.Context(), list.Items[0])
	if err != nil {
		r.t.Fatal(err)
	}
	round, err := allocation.Read(bytes.NewReader(file))
	if err != nil || len(round.Applicants) != 5 {
		r.t.Fatalf("%d take part, %v", len(round.Applicants), err)
	}
	for _, a := range round.Applicants {
		if a.Date != 0 || len(a.List) != 3 {
			r.t.Errorf("ranked by date %d, for %d slots", a.Date, len(a.List))
		}
	}
}

// TestSlotsAreNotDealtByHand plays who controls the server and gives slots to whom
// they please; the audit names each.
func TestSlotsAreNotDealtByHand(t *testing.T) {
	r := surgery(t, 4)
	r.opens(2, 2)
	r.opens(0, 2, func(c *PublishSlots) { c.From, c.SameDay = "16:00", true })
	refs := []aiqyn.Reference{r.booking(0), r.booking(1), r.booking(2), r.booking(3)}
	holdRound(r)
	slices.SortFunc(refs, func(a, b aiqyn.Reference) int { return -r.stateOf(a).Starts.Compare(r.stateOf(b).Starts) }) // those who were offered one first
	q := r.queues.of[specialist]

	r.deals(refs[1], func(c *turn) { // nobody has taken it back
		c.emit(EventSlotCancelled, aiqyn.System, &slotCancelled{Group: c.rec.state.Queue.Group}, atStep("offer"))
	})
	at := q.groups["pol-1/therapist"].slots(r.clock())
	r.deals(refs[2], func(c *turn) { // the second of the day, while the first is free
		c.emit(EventTicket, aiqyn.System, &ticketTaken{Ends: at[1].end, Group: at[1].id, Starts: at[1].start, Until: at[1].end.Add(time.Hour)}, atStep("offer"))
	})
	r.deals(refs[3], func(c *turn) { // what is somebody's
		s := r.stateOf(refs[0])
		c.emit(EventOffered, aiqyn.System, &offerMade{Due: s.Starts, Ends: s.Ends, Group: s.Group, Round: s.Round, Starts: s.Starts}, atStep("offer"))
	})
	for _, what := range []string{"ticket for another slot", "or is somebody's", "has not taken back"} {
		r.auditFinds(what)
	}
}

// dealt is a command that does what its test says.
type dealt struct {
	onCase
	f func(*turn)
}

func (c *dealt) prepare(ctx, *Engine) error { return nil }
func (c *dealt) decide(t *turn) error       { c.f(t); return nil }

func (r *rig) deals(ref aiqyn.Reference, f func(*turn)) {
	r.t.Helper()
	rec, err := r.caseOf(r.t.Context(), ref)
	if err == nil {
		_, err = r.send(r.t.Context(), &dealt{onCase{cid: r.id(), actor: aiqyn.System, no: rec.row.No}, f})
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// TestSeatsAreCalledByTheirTime: the name of a seat, and who can come to it.
func TestSeatsAreCalledByTheirTime(t *testing.T) {
	zone := time.FixedZone("", 5*3600)
	seat := seatAt("pol-1/therapist", time.Date(2026, 12, 1, 6, 59, 0, 0, time.UTC), zone)
	if seat != "pol-1/therapist/20261201T1159" || seatGroup(seat) != "pol-1/therapist" || seatGroup("kg-1/kk-2023") != "kg-1/kk-2023" || institutionOf(seat) != "pol-1" {
		t.Fatal(seat)
	}
	for text, want := range map[string]bool{"": true, "morning": true, "afternoon": false, "2026-12-01": true, "2026-12-02": false, "2026-11-30 afternoon": false, "2026-12-01 morning": true} {
		w := wishOf(text)
		if w.allows(seat) != want || w.String() != text {
			t.Errorf("%q (%+v) allows %s: %v", text, w, seat, !want)
		}
	}
	q := newQueue()
	g := &placeGroup{id: "pol-1/therapist", zone: zone, sessions: schedule(nil, &session{from: time.Date(2026, 12, 1, 4, 0, 0, 0, time.UTC), minutes: 20, count: 3, places: 2}, time.Time{})}
	q.groups[g.id] = g
	q.relocate("s", 1, "a", standing{}, standing{seat: "pol-1/therapist/20261201T0920"})
	if s, ok := q.slot("pol-1/therapist/20261201T0920"); !ok || q.spare(s) != 1 || s.end.Sub(s.start) != 20*time.Minute {
		t.Errorf("%+v", s)
	}
	for _, none := range []string{"pol-1/therapist/20261201T0910", "pol-1/therapist/20261201T1000", "pol-1/therapist/x", "pol-1/therapist", "pol-2/therapist/20261201T0920"} {
		if _, ok := q.slot(none); ok {
			t.Errorf("%s is a slot", none)
		}
	}
}
