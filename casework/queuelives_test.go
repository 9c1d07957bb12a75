package casework

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/registry"
)

// TestRandomLivesOfAQueue holds what chance does with three towns' queues, one of them in
// another region, to what must be true of any life: a child's first date stays, however
// they leave, come back and move (I8); an offer ends with its third working day and is
// nobody's afterwards (I10); another process that reads the log stands where this one
// stood (I11); an entry that was taken out is found (I12); a seed is later than what it
// decides (I14).
func TestRandomLivesOfAQueue(t *testing.T) {
	moved, offered, back := 0, 0, 0
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			l := randomLives(t, rand.New(rand.NewPCG(seed, 8)))
			moved, offered, back = moved+l.moved, offered+l.offered, back+l.back
		})
	}
	if moved < 5 || offered < 50 || back < 2 {
		t.Errorf("too little happened: %d moved to another region, %d were offered a place, %d came back", moved, offered, back)
	}
}

func randomLives(t *testing.T, random *rand.Rand) *queueLives {
	const gardens, children = 2, 20
	r := nursery(t, gardens, children)
	r.register(registry.KindergartenRegister, "kg-9", registry.Institution{ID: "kg-9", Title: aiqyn.Text{KK: "9", RU: "9", EN: "9"}, Region: "110000000",
		Groups: []registry.PlaceGroup{{ID: "kk-2023", Places: 50, Is: map[string]string{"language": "kk", "from": "2023-01-01", "to": "2023-12-31"}}}})
	r.reports(9, 1)
	for g := range gardens {
		r.reports(g+1, 0)
	}
	l := &queueLives{rig: r, refs: make([]aiqyn.Reference, children), places: make([]int, gardens+1), first: make(map[int]time.Time)}
	for range 12 {
		for range 7 {
			if i := random.IntN(children); l.refs[i] != "" && random.IntN(2) == 0 {
				l.moves(i, []string{"kg-1", "kg-9"}[random.IntN(2)])
			}
			r.anything(random, l.refs, l.places)
			l.datesStay()
		}
		if l.works(r.clock()) {
			holdRound(r)
		}
		l.offersEnd()
		if random.IntN(4) == 0 {
			l.standsAfterwards()
		}
		r.pass(24 * time.Hour)
		l.offersEnd()
	}
	l.seedsAreLater()
	r.sound()
	l.removalsAreFound(random)
	return l
}

// queueLives is what is remembered of them beside the engine.
type queueLives struct {
	*rig
	refs                 []aiqyn.Reference
	places               []int
	first                map[int]time.Time // first date of each child
	known                []aiqyn.Reference // by child: the case last seen
	moved, offered, back int
}

// works says so by the calendar alone.
func (l *queueLives) works(at time.Time) bool {
	l.t.Helper()
	is, _, err := l.Pack().Calendars["kz"].IsWorking(deadline.DateOf(at.In(l.Zone)))
	if err != nil {
		l.t.Fatal(err)
	}
	return is
}

// moves has somebody go to a kindergarten of a region, where that is possible now.
func (l *queueLives) moves(i int, to string) {
	l.t.Helper()
	_, err := l.Do(l.t.Context(), TransferQueue{ID: l.id(), Actor: payer(childOf(i)), Ref: l.refs[i], Answers: map[string]string{"first": to}})
	switch kind := aiqyn.KindOf(err); {
	case err == nil:
		l.moved++
	case kind != aiqyn.Conflict && kind != aiqyn.Forbidden:
		l.t.Fatal(err)
	}
}

// datesStay holds each child to the date with which they first came.
func (l *queueLives) datesStay() {
	l.t.Helper()
	if l.known == nil {
		l.known = make([]aiqyn.Reference, len(l.refs))
	}
	for i, ref := range l.refs {
		if ref == "" {
			continue
		}
		q := l.stateOf(ref)
		first, before := l.first[i]
		if !before {
			l.first[i] = q.First
		} else if !q.First.Equal(first) {
			l.t.Fatalf("child %d has waited since %s, and counts as waiting since %s in %s", i, first, q.First, ref)
		}
		if before && l.known[i] != ref {
			l.back++
		}
		l.known[i] = ref
	}
}

// offersEnd holds each open offer to its day, counted by working days of the calendar from
// the day of its round, and to nothing being open beyond it.
func (l *queueLives) offersEnd() {
	l.t.Helper()
	now := l.clock()
	for _, ref := range l.refs {
		if ref == "" || l.stateOf(ref).State != QueueOffered {
			continue
		}
		v := l.view(ref)
		l.offered++
		drawn := l.drawnAt(l.stateOf(ref).Round).In(l.Zone)
		y, m, d := drawn.Date()
		last := time.Date(y, m, d, 0, 0, 0, 0, l.Zone)
		if late := drawn.Sub(last) > 18*time.Hour+30*time.Minute; late || !l.works(last) { // as if on the next
			for last = last.AddDate(0, 0, 1); !l.works(last); last = last.AddDate(0, 0, 1) {
			}
		}
		for n := 0; n < 3; {
			if last = last.AddDate(0, 0, 1); l.works(last) {
				n++
			}
		}
		if end := last.AddDate(0, 0, 1).Add(-time.Microsecond); !v.Due.At.Equal(end) {
			l.t.Errorf("%s: an offer can be answered until %s, want %s", ref, v.Due.At, end)
		}
		if v.Due.At.Before(now) {
			l.t.Errorf("%s: at %s an offer is open that ended at %s", ref, now, v.Due.At)
		}
	}
}

// drawnAt is when the round was drawn whose result is an entry.
func (l *queueLives) drawnAt(entry int64) time.Time {
	l.t.Helper()
	row, err := l.entry(l.t.Context(), entry)
	if err != nil {
		l.t.Fatal(err)
	}
	return row.Recorded
}

// standsAfterwards reads everything again, as the next process does.
func (l *queueLives) standsAfterwards() {
	l.t.Helper()
	stand := func() (said string) {
		for _, ref := range l.refs {
			if ref != "" {
				said += fmt.Sprintf("%+v\n", *l.stateOf(ref))
				for _, line := range l.view(ref).Queue.Lines {
					said += fmt.Sprintf("%s: %d of %d, %d of %d\n", line.Group.ID, line.Position, line.Of, line.Country, line.CountryOf)
				}
			}
		}
		return said
	}
	was := stand()
	l.reopen()
	if is := stand(); is != was {
		l.t.Errorf("before\n%s\nread again\n%s", was, is)
	}
}

// seedsAreLater holds each round to a seed that nobody can have known when its inputs were
// closed.
func (l *queueLives) seedsAreLater() {
	l.t.Helper()
	rounds := l.queues.of[kindergarten].rounds
	if len(rounds) < 3 {
		l.t.Errorf("only %d rounds were held", len(rounds))
	}
	for _, round := range rounds {
		due := l.cfg.Beacon.Time(round.committed.Seed)
		if due.Before(round.at.Add(RoundNotice)) {
			l.t.Errorf("%s: committed to at %s, and its seed was out at %s", round.committed.Name, round.at, due)
		}
		if drawn := l.drawnAt(round.drawnAt); drawn.Before(due) {
			l.t.Errorf("%s: drawn at %s, before its seed at %s", round.committed.Name, drawn, due)
		}
	}
}

// removalsAreFound takes entries out, one at a time, as who has the database could.
func (l *queueLives) removalsAreFound(random *rand.Rand) {
	l.t.Helper()
	for range 5 {
		entry := random.Int64N(l.size())
		l.raw(`CREATE TABLE taken_out AS SELECT * FROM entry WHERE idx = $1`, entry)
		l.raw(`DELETE FROM entry WHERE idx = $1`, entry)
		if rep := l.audit(); rep.OK {
			l.t.Errorf("the audit does not miss entry %d", entry)
		}
		l.raw(`INSERT INTO entry SELECT * FROM taken_out`)
		l.raw(`DROP TABLE taken_out`)
	}
	l.sound()
}

// forgedNonsense is an operator's: a case that waits for nothing is offered a place.
type forgedNonsense struct {
	onCase
	index int64
}

func (c *forgedNonsense) decide(t *turn) error {
	t.rec.state.Queue = new(queued)
	c.index = t.emit(EventOffered, aiqyn.System, &offerMade{Group: "kg-1/kk-2023"}, atStep("offer")).index
	t.rec.state.Queue = nil
	return nil
}

// TestNonsenseEndsNoAudit: an entry that cannot be, put into the log to end an audit, is
// named, and the other cases are held to all as before.
func TestNonsenseEndsNoAudit(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 5)
	other := r.toConditions(holder, "99-999-002-001", 5)
	forged := &forgedNonsense{onCase: onCase{cid: r.id(), actor: r.officer(ref), ref: ref, no: r.stateOfCase(ref).No}}
	if _, err := r.send(t.Context(), forged); err != nil {
		t.Fatal(err)
	}
	r.auditFinds("cannot follow from the case's entries before it")
	no := r.stateOfCase(other).No
	r.raw(`UPDATE cases SET step = 'nowhere' WHERE no = $1`, no)
	r.auditFinds(fmt.Sprintf("case %d: its row", no))
	if rep := r.rebuild(); rep.Differed != 2 || !slices.ContainsFunc(rep.Problems, func(p Problem) bool { return p.Where == fmt.Sprintf("entry %d", forged.index) }) {
		t.Errorf("the rebuild says %+v", rep)
	}
}
