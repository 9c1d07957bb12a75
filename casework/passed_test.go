package casework

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/registry"
)

// outside lists who was passed over outside rounds, the oldest first, by pages of a size.
func (r *rig) outside(svc aiqyn.ServiceID, limit int) (said []string) {
	r.t.Helper()
	for p := (Page{Limit: limit}); ; {
		list, err := r.Inversions(r.t.Context(), svc, p)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, i := range list.Items {
			if i.Served == "" {
				said = append(said, fmt.Sprintf("%s %d %s", i.Cause, i.Count, i.Group.ID))
			}
		}
		if p.After = list.Next; p.After == "" {
			slices.Reverse(said)
			return said
		}
	}
}

// passed holds the newest rows outside rounds to what is wanted; within an entry the
// causes are in the order of their names, backwards.
func (r *rig) passedBy(svc aiqyn.ServiceID, was *[]string, want ...string) {
	r.t.Helper()
	now := r.outside(svc, 100)
	if got := now[len(*was):]; !slices.Equal(got, want) {
		r.t.Errorf("passed over: %q, want %q", got, want)
	}
	*was = now
}

// TestEveryWayPastOthers: whoever comes to stand before others outside the order of
// rounds, or gets a place while somebody waits who would stand before them, is listed
// with the cause and how many; sums, pages, a restart, the audit and a rebuild agree.
func TestEveryWayPastOthers(t *testing.T) {
	const kg = "kg-1/kk-2023"
	r := nursery(t, 1, 12)
	r.register(registry.KindergartenRegister, "kg-9", registry.Institution{ID: "kg-9", Title: aiqyn.Text{KK: "9", RU: "9", EN: "9"}, Region: "110000000",
		Groups: []registry.PlaceGroup{{ID: "kk-2023", Places: 50, Is: map[string]string{"language": "kk", "from": "2023-01-01", "to": "2023-12-31"}}}})
	r.reports(1, 0)
	r.reports(9, 0)
	var refs []aiqyn.Reference
	file := func(i int, gardens ...int) {
		t.Helper()
		for len(refs) <= i {
			refs = append(refs, "")
		}
		refs[i] = r.queueUp(i, gardens...)
		r.pass(time.Minute)
	}
	var was []string
	passed := func(want ...string) { t.Helper(); r.passedBy(kindergarten, &was, want...) }

	file(0, 9)
	for i := 1; i < 6; i++ {
		file(i, 1)
	}
	passed() // who comes at the end passes nobody
	r.privileged(6)
	file(6, 1)
	passed("line-tier 5 " + kg)
	r.must(TransferQueue{ID: r.id(), Actor: payer(childOf(0)), Ref: refs[0], Answers: map[string]string{"first": "kg-1"}})
	passed("transfer 5 " + kg)
	r.must(Withdraw{ID: r.id(), Actor: payer(childOf(2)), Ref: refs[2]})
	r.pass(time.Minute)
	file(2, 1)
	passed("returned 3 " + kg)
	r.privileged(5)
	r.must(LookAgain{ID: r.id(), Actor: payer(childOf(5)), Ref: refs[5]})
	r.pass(time.Minute)
	passed("ranked 1 "+kg, "line-tier 5 "+kg) // within the class they stand by their date
	table := r.formerQueue(20)
	table.Rows[0].Applicant = childOf(7)
	r.brings(table)
	r.must(takeOver(table, 0))
	r.pass(time.Minute)
	passed("former-date 5 " + kg)

	// The round offers a place to 6 and 5; 0 stands behind 7, who has the earlier date.
	r.reports(1, 2)
	holdRound(r)
	passed()
	r.replies(6, refs[6], "no") // and is stopped
	r.must(Hold{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-02"}, Ref: refs[0], Ground: "A complaint", Until: deadline.DateOf(r.clock()).AddDays(5)})
	passed()
	r.at(r.clock().Add(24 * time.Hour))
	holdRound(r) // 7 gets the place that 6 declined
	passed("stopped 1 " + kg)
	r.reports(1, 3)
	r.pass(24 * time.Hour)
	holdRound(r) // 1 gets one, and 0 with the earlier date is held
	passed("stopped 1 "+kg, "held 1 "+kg)
	r.must(Hold{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-02"}, Ref: refs[0], Ground: "Nothing came of it", Lift: true})
	passed("unheld 3 " + kg)
	r.must(Restore{ID: r.id(), Actor: payer(childOf(6)), Ref: refs[6]})
	passed("line-tier 4 " + kg)

	// Between the commitment and the offers somebody comes back who stands before all.
	r.reports(1, 4)
	r.pass(24 * time.Hour)
	if err := r.commitRounds(t.Context(), deadline.DateOf(r.clock())); err != nil {
		t.Fatal(err)
	}
	r.privileged(8)
	file(8, 1)
	passed("line-tier 4 " + kg)
	r.privileged(2)
	r.must(LookAgain{ID: r.id(), Actor: payer(childOf(2)), Ref: refs[2]})
	r.reopen() // whoever came meanwhile is known again
	passed("ranked 2 "+kg, "line-tier 1 "+kg)
	r.pass(RoundNotice + 10*time.Second)
	if err := r.goOnWithRounds(t.Context()); err != nil {
		t.Fatal(err)
	}
	passed("late 1 " + kg)

	if one := r.outside(kindergarten, 1); !slices.Equal(one, was) {
		t.Errorf("by pages of one %q\nat once %q", one, was)
	}
	sums := r.Inverted(kindergarten)
	if sums.Unexplained != 0 || sums.Since != 0 || !slices.Contains(sums.Outside, CauseCount{CauseStopped, 2}) || !slices.Contains(sums.Outside, CauseCount{CauseTransfer, 5}) {
		t.Errorf("the sums are %+v", sums)
	}
	r.reopen()
	if now := r.Inverted(kindergarten); fmt.Sprint(now) != fmt.Sprint(sums) {
		t.Errorf("after a restart %+v, before %+v", now, sums)
	}
	r.sound()
	r.inversionsAreHeld()
}

// inversionsAreHeld tampers with the rows: each change is found, and made good.
func (r *rig) inversionsAreHeld() {
	r.t.Helper()
	rows := r.derived("queue_inversion", "queue_place")
	for _, change := range []string{
		`UPDATE queue_inversion SET passed = passed + 1 WHERE cause = 'stopped'`, `UPDATE queue_inversion SET cause = 'transfer' WHERE cause = 'former-date'`,
		`DELETE FROM queue_inversion WHERE cause = 'transfer'`, `INSERT INTO queue_inversion (service, entry, grp, cause, passed, at) VALUES ('education.kindergarten', 1, 'x', 'ticket', 1, 0)`,
		`UPDATE queue_place SET absent = 'held' WHERE case_no = 1`,
	} {
		db := r.beside()
		if _, err := db.Exec(change); err != nil {
			r.t.Fatal(err)
		}
		db.Close()
		if rep := r.audit(); rep.OK {
			r.t.Errorf("the audit does not find: %s", change)
		}
		if rep := r.rebuild(); rep.OK || len(rep.Problems) > 0 {
			r.t.Errorf("the rebuild says %+v of %s", rep, change)
		}
		if now := r.derived("queue_inversion", "queue_place"); now != rows {
			r.t.Errorf("%s: made again it is\n%s\nand was\n%s", change, now, rows)
		}
		r.open()
		r.sound()
	}
}

// TestTicketsPassOver: what is left of the day goes to who asks first, and the list says
// how many stood before them; a time given back, or taken back, brings somebody before
// whoever came since.
func TestTicketsPassOver(t *testing.T) {
	const group = "pol-1/therapist"
	r := surgery(t, 6)
	r.opens(2, 2)
	var refs []aiqyn.Reference
	for i := range 3 {
		refs = append(refs, r.booking(i))
		r.pass(time.Minute)
	}
	holdRound(r)
	r.pass(24 * time.Hour)
	for i := 3; i < 5; i++ {
		refs = append(refs, r.booking(i))
		r.pass(time.Minute)
	}
	var was []string
	passed := func(want ...string) { t.Helper(); r.passedBy(specialist, &was, want...) }
	passed()
	r.opens(0, 1, func(c *PublishSlots) { c.From, c.SameDay = "17:00", true })
	r.must(TakeTicket{ID: r.id(), Actor: payer(childOf(4)), Ref: refs[4], Group: group})
	passed("ticket 2 " + group)
	offered := slices.IndexFunc(refs, func(ref aiqyn.Reference) bool { return r.stateOf(ref).State == QueueOffered })
	r.must(Rebook{ID: r.id(), Actor: payer(childOf(offered)), Ref: refs[offered], Part: "afternoon"})
	list := r.outside(specialist, 100)
	if got := list[len(list)-1]; !strings.HasPrefix(got, "given-back ") {
		t.Errorf("a time given back is %q", got)
	}
	was = list
	r.opens(1, 0) // the row of two days ago begins tomorrow: it is taken back
	if err := r.cancelSlots(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list = r.outside(specialist, 100); len(list) == len(was) || !strings.HasPrefix(list[len(list)-1], "slot-cancelled ") {
		t.Errorf("times that were taken back are %q", list)
	}
	r.reopen()
	r.sound()
	if rep := r.rebuild(); rep.Differed != 0 || len(rep.Problems) > 0 {
		t.Errorf("the rebuild says %+v", rep)
	}
}

// outOfTurn is an operator's: a time for somebody that is not the first that was left.
type outOfTurn struct {
	onCase
	seat string
}

func (c *outOfTurn) prepare(ctx, *Engine) error { return nil }
func (c *outOfTurn) decide(t *turn) error {
	s, _ := t.e.queues.of[specialist].slot(c.seat)
	t.emit(EventTicket, c.actor, &ticketTaken{Ends: s.end, Group: s.id, Starts: s.start, Until: s.end.AddDate(0, 0, 7)}, atStep("offer"))
	return nil
}

// place is an operator's too: a place that no round has given, by an offer or by nothing.
type givenPlace struct {
	onCase
	kind EventKind
}

func (c *givenPlace) prepare(ctx, *Engine) error { return nil }
func (c *givenPlace) decide(t *turn) error {
	t.emit(c.kind, aiqyn.System, &offerMade{Calendar: "kz", Due: t.now.AddDate(0, 0, 3), Group: "kg-1/kk-2023", Round: 1}, atStep("offer"))
	return nil
}

// TestAPlaceOutOfTurn plays an operator who serves somebody before others for money: it
// shows in the list as unexplained, in red on every page of the queue, and the audit
// names it; who deletes the row from the list is found as well.
func TestAPlaceOutOfTurn(t *testing.T) {
	found := func(r *rig, svc aiqyn.ServiceID, n int) {
		t.Helper()
		list, err := r.Inversions(t.Context(), svc, Page{})
		if err != nil || !slices.ContainsFunc(list.Items, func(i InversionView) bool { return i.Unexplained() && i.Count == n && i.Served == "" }) || r.Inverted(svc).Unexplained != int64(n) {
			t.Errorf("the list says %+v %v, the sum %d", list.Items, err, r.Inverted(svc).Unexplained)
		}
		r.auditFinds("passed over for no reason that the rules have")
		db := r.beside()
		if _, err := db.Exec(`DELETE FROM queue_inversion WHERE cause = 'unexplained'`); err != nil {
			t.Fatal(err)
		}
		db.Close()
		r.auditFinds("who was passed over by it is not what the entries give")
	}
	forge := func(r *rig, ref aiqyn.Reference, c command, on *onCase) {
		t.Helper()
		on.cid, on.ref = r.id(), ref
		if err := on.prepare(t.Context(), r.Engine); err != nil {
			t.Fatal(err)
		}
		if _, err := r.send(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("a ticket for another time than the first", func(t *testing.T) {
		r := surgery(t, 4)
		r.opens(0, 2, func(c *PublishSlots) { c.From, c.SameDay = "16:00", true })
		var refs []aiqyn.Reference
		for i := range 3 {
			refs = append(refs, r.booking(i))
			r.pass(time.Minute)
		}
		c := &outOfTurn{onCase: onCase{actor: payer(childOf(2))}, seat: "pol-1/therapist/" + r.clock().In(r.Zone).Format("20060102") + "T1620"}
		forge(r, refs[2], c, &c.onCase)
		found(r, specialist, 2)
	})
	t.Run("a place that no round gave", func(t *testing.T) {
		r := nursery(t, 1, 3)
		r.reports(1, 1)
		var refs []aiqyn.Reference
		for i := range 3 {
			refs = append(refs, r.queueUp(i, 1))
			r.pass(time.Minute)
		}
		c := &givenPlace{onCase{actor: aiqyn.System}, EventOffered}
		forge(r, refs[2], c, &c.onCase)
		found(r, kindergarten, 2)
	})
}

// TestALineThatWasBegunBefore: where a log had begun when it was not kept yet, the list
// says from which entry on it is whole; it and the audit agree from there on, and a
// rebuild makes what was before.
func TestALineThatWasBegunBefore(t *testing.T) {
	r := nursery(t, 1, 6)
	r.reports(1, 1)
	var refs []aiqyn.Reference
	for i := range 3 {
		refs = append(refs, r.queueUp(i, 1))
		r.pass(time.Minute)
	}
	r.privileged(3)
	refs = append(refs, r.queueUp(3, 1))
	holdRound(r)
	r.replies(3, refs[3], "no") // is stopped
	rows := r.derived("queue_inversion", "queue_place")
	db := r.beside()
	size := r.size()
	for _, q := range []string{`DELETE FROM queue_inversion`, `DELETE FROM queue_place WHERE absent <> ''`, fmt.Sprintf(`INSERT INTO setting (name, value) VALUES ('queue-inversions-since', '%d')`, size)} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
	r.reopen()
	r.sound()
	if v := r.Inverted(kindergarten); v.Since != size || len(v.Outside) != 0 {
		t.Errorf("it is said to be whole from %+v on", v)
	}
	rep := r.rebuild()
	if rep.Differed != 2 || len(rep.Problems) > 0 {
		t.Errorf("the rebuild says %+v", rep)
	}
	if now := r.derived("queue_inversion", "queue_place"); now != rows {
		t.Errorf("made again it is\n%s\nand was\n%s", now, rows)
	}
	r.open()
	r.sound()
	if v := r.Inverted(kindergarten); v.Since != 0 || !slices.Equal(v.Outside, []CauseCount{{CauseClass, 3}}) || v.Unexplained != 0 {
		t.Errorf("after a rebuild %+v", v)
	}
}
