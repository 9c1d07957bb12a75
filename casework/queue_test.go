package casework

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/service"
)

const kindergarten = aiqyn.ServiceID("education.kindergarten")

// childOf is a child of the tests: born in 2023, with a number that nobody can have.
func childOf(i int) aiqyn.PersonID {
	for serial := i * 10; ; serial++ {
		n := fmt.Sprintf("2303157%04d", serial)
		for check := range 10 {
			if id, err := registry.ParseIIN(n+fmt.Sprint(check), true); err == nil {
				return id.Person()
			}
		}
	}
}

// nursery is a rig with kindergartens kg-1 … of one group each, and n children.
func nursery(t testing.TB, gardens, n int, opts ...rigOption) *rig {
	t.Helper()
	r := bareRig(t, start, opts...)
	r.gardens(gardens, n)
	return r
}

// gardens registers kindergartens, and n children who could go there.
func (r *rig) gardens(gardens, n int) {
	r.t.Helper()
	for g := range gardens {
		id := fmt.Sprintf("kg-%d", g+1)
		r.register(registry.KindergartenRegister, id, registry.Institution{
			ID: id, Title: aiqyn.Text{KK: id + " балабақшасы", RU: "Детский сад " + id, EN: "Kindergarten " + id}, Region: "710000000", District: "711210000",
			Groups: []registry.PlaceGroup{{ID: "kk-2023", Places: 50, Is: map[string]string{"language": "kk", "from": "2023-01-01", "to": "2023-12-31"}}},
		})
	}
	for i := range n {
		r.register(registry.PeopleRegister, string(childOf(i)), registry.Person{
			IIN: childOf(i), Born: "2023-03-15", Phone: fmt.Sprintf("+7700%07d", i), Lang: "kk", Name: registry.Name{Last: "Омарова", First: "Алия"}})
	}
}

func (r *rig) privileged(i int) {
	r.t.Helper()
	r.register(registry.PrivilegeRegister, string(childOf(i)), registry.Privileges{Person: childOf(i), Orphan: true})
}

func (r *rig) reports(garden, places int) {
	r.t.Helper()
	id := fmt.Sprintf("kg-%d", garden)
	r.must(ReportPlaces{ID: r.id(), Actor: keeper(id), Service: kindergarten, Institution: id, Group: "kk-2023", Places: places})
}

// queueUp has a child wait for kindergartens, the best first.
func (r *rig) queueUp(i int, gardens ...int) aiqyn.Reference {
	r.t.Helper()
	f := File{ID: r.id(), Actor: payer(childOf(i)), Service: kindergarten, Lang: "kk", Channel: "online", Answers: map[string]string{"language": "kk"}}
	for k, g := range gardens {
		f.Answers[[]string{"first", "second", "third"}[k]] = fmt.Sprintf("kg-%d", g)
	}
	return r.must(f).Ref
}

func (r *rig) replies(i int, ref aiqyn.Reference, yes string) {
	r.t.Helper()
	r.must(Perform{ID: r.id(), Actor: payer(childOf(i)), Ref: ref, Step: "offer", Records: map[string]string{"accept": yes}})
}

// queueRules are the rules by which the engine goes, for an operator to alter.
func (r *rig) queueRules() *service.Queue {
	svc, _ := r.Pack().Service(kindergarten)
	return svc.Queue
}

func (r *rig) stateOf(ref aiqyn.Reference) *queued {
	r.t.Helper()
	rec, err := r.caseOf(r.t.Context(), ref)
	if err != nil {
		r.t.Fatal(err)
	}
	return rec.state.Queue
}

// TestAQueueStandsAsItsEventsSay: what a process has in memory is what the next one
// reads, the audit finds it sound, and each row that follows from the log is found
// when it is changed, and made again.
func TestAQueueStandsAsItsEventsSay(t *testing.T) {
	r := nursery(t, 2, 8)
	r.privileged(5)
	r.reports(1, 1)
	r.reports(2, 0)
	var refs []aiqyn.Reference
	for i := range 6 {
		refs = append(refs, r.queueUp(i, 1, 2))
		r.pass(time.Minute)
	}
	r.must(Withdraw{ID: r.id(), Actor: payer(childOf(2)), Ref: refs[2]})
	r.pass(time.Minute)
	refs[2] = r.queueUp(2, 2)
	holdRound(r)
	if q := r.stateOf(refs[5]); q.State != QueueOffered || q.Group != "kg-1/kk-2023" {
		t.Fatalf("the child with a privilege is %+v", q)
	}
	r.replies(5, refs[5], "no")
	stand := func() (said []string) {
		for _, ref := range refs {
			for _, l := range r.view(ref).Queue.Lines {
				said = append(said, fmt.Sprintf("%s %d of %d, %d of %d", l.Group.ID, l.Position, l.Of, l.Country, l.CountryOf))
			}
		}
		return said
	}
	was := stand()
	r.reopen()
	if now := stand(); !slices.Equal(was, now) {
		t.Errorf("before\n%v\nafter a restart\n%v", was, now)
	}
	if q := r.view(refs[2]).Queue; !q.First.Equal(r.stateOf(refs[2]).First) || q.Kept == 0 || q.Lines[0].Position != 3 {
		t.Errorf("who came back stands at %+v", q)
	}
	r.sound()
	tables := []string{"queue_place", "queue_move", "queue_inversion"}
	rows, found := r.derived(tables...), 0
	for _, change := range []string{
		`UPDATE queue_place SET first = first - 1000000 WHERE case_no = 4`, `DELETE FROM queue_place WHERE case_no = 2`,
		`UPDATE queue_move SET kind = 'moved' WHERE case_no = 1 AND line LIKE '%kg-1%'`, `DELETE FROM queue_move WHERE case_no = 3`,
		`INSERT INTO queue_move (line, entry, step, case_no, tier, first, kind) VALUES ('x', 1, 1, 5, 0, 0, 'entered')`,
	} {
		db := r.beside()
		if _, err := db.Exec(change); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if rep := r.audit(); len(rep.Problems) <= found {
			t.Errorf("the audit does not find: %s", change)
		} else {
			found = len(rep.Problems)
		}
	}
	if rep := r.rebuild(); rep.OK || len(rep.Problems) > 0 || rep.Differed < 5 {
		t.Errorf("the rebuild says %+v", rep)
	}
	if now := r.derived(tables...); now != rows {
		t.Errorf("made again it is\n%s\nand was\n%s", now, rows)
	}
	r.open()
	r.sound()
}

// TestARoundGoesOnWhereItStopped: a process that ends after the commitment, after
// the draw or between two offers leaves a round that the next one brings to the
// same end, and nothing of it twice.
func TestARoundGoesOnWhereItStopped(t *testing.T) {
	r := nursery(t, 2, 6)
	r.reports(1, 2)
	r.reports(2, 1)
	var refs []aiqyn.Reference
	for i := range 6 {
		refs = append(refs, r.queueUp(i, 1+i%2, 2-i%2))
		r.pass(time.Minute)
	}
	today := deadline.DateOf(r.clock())
	if err := r.commitRounds(t.Context(), today); err != nil {
		t.Fatal(err)
	}
	r.reopen()
	if err := r.commitRounds(t.Context(), today); err != nil { // a retry
		t.Fatal(err)
	}
	first := r.queues.unsettled(kindergarten)
	if first == nil || first.committed.Applicants != 6 || first.committed.Seats != 3 {
		t.Fatalf("after the commitment: %+v", first)
	}
	if err := r.goOnWithRounds(t.Context()); err != nil { // the beacon has not spoken
		t.Fatal(err)
	}
	if now := r.queues.unsettled(kindergarten); now.drawn != nil {
		t.Fatal("drawn before its seed was published")
	}
	r.pass(RoundNotice / 2)
	if err := r.goOnWithRounds(t.Context()); err != nil || r.queues.unsettled(kindergarten).drawn != nil {
		t.Fatal("drawn before the witnesses had their time", err)
	}
	r.pass(RoundNotice/2 + 10*time.Second)
	draw := &drawRound{apart: apart{cid: aiqyn.CommandID(fmt.Sprint("draw/", first.entry)), actor: aiqyn.System}, of: first}
	if err := draw.prepare(t.Context(), r.Engine); err != nil || draw.pending {
		t.Fatal(err, draw.pending)
	}
	if _, err := r.send(t.Context(), draw); err != nil {
		t.Fatal(err)
	}
	r.reopen()
	drawn := r.queues.unsettled(kindergarten)
	match, err := r.matched(t.Context(), drawn)
	if err != nil || len(match) != 3 {
		t.Fatalf("%d get something, %v", len(match), err)
	}
	if err := r.offerAll(t.Context(), drawn, match[:1]); err != nil {
		t.Fatal(err)
	}
	r.reopen()
	r.sound() // between two offers too
	if err := r.goOnWithRounds(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.queues.unsettled(kindergarten) != nil {
		t.Fatal("the round is not over")
	}
	offers := 0
	for _, ref := range refs {
		offers += countOf(r.view(ref), EventOffered)
	}
	if offers != 3 {
		t.Errorf("%d offers, want 3", offers)
	}
	for i, want := range []string{"kg-1/kk-2023", "kg-2/kk-2023", "kg-1/kk-2023", "", "", ""} {
		if got := r.stateOf(refs[i]).Group; got != want {
			t.Errorf("child %d was offered %q, want %q", i, got, want)
		}
	}
	r.sound()
	r.published(refs)
}

// TestRoundsAreHeldInTheMorning: the job commits the round of a day at nine, and
// makes up for none that was missed.
func TestRoundsAreHeldInTheMorning(t *testing.T) {
	r := nursery(t, 1, 2)
	held := func(at time.Time) (days []string) {
		r.at(at)
		if err := r.RunJobs(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := r.Rounds(kindergarten, Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, round := range list.Items {
			days = append(days, round.Day)
		}
		return days
	}
	held(r.clock()) // nobody waits yet
	r.reports(1, 1)
	r.queueUp(0, 1)
	r.queueUp(1, 1)
	day := deadline.DateOf(r.clock().In(r.Zone)).AddDays(1)
	for working, _, _ := r.kz().IsWorking(day); !working; working, _, _ = r.kz().IsWorking(day) {
		day = day.AddDays(1)
	}
	was := len(held(day.Start(r.Zone).Add(roundsAt - time.Second)))
	now := held(day.Start(r.Zone).Add(roundsAt))
	if len(now) != was+1 || now[0] != day.String() {
		t.Errorf("at nine of %s: %v, %d before", day, now, was)
	}
	held(r.clock().Add(RoundNotice + time.Minute)) // and its offer is made
	r.reports(1, 2)
	after := day.AddDays(14)
	for working, _, _ := r.kz().IsWorking(after); !working; working, _, _ = r.kz().IsWorking(after) {
		after = after.AddDays(1)
	}
	if later := held(after.Start(r.Zone).Add(roundsAt)); len(later) != len(now)+1 || later[0] != after.String() {
		t.Errorf("on %s, after days in which nobody served: %v", after, later)
	}
}

// kz is the calendar of the service.
func (r *rig) kz() *deadline.Calendar {
	r.t.Helper()
	cal, err := r.calendar("kz")
	if err != nil {
		r.t.Fatal(err)
	}
	return cal
}
