package casework

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/deadline"
)

// TestManyDaysOfAQueue lets chance lead a small town for weeks: children come, go,
// answer or do not, ask to move, get privileges; places open. At each round nobody
// is passed over by somebody behind them and no seat stands idle that somebody
// waits for; no child ever has two offers, and from where somebody stood yesterday the
// moves since lead to where they stand today. At the end the audit tells it all again.
func TestManyDaysOfAQueue(t *testing.T) {
	const gardens, children = 3, 24
	r := nursery(t, gardens, children)
	random := rand.New(rand.NewPCG(5, 14))
	refs := make([]aiqyn.Reference, children)
	places := make([]int, gardens+1)
	for g := range gardens {
		r.reports(g+1, 0)
	}
	was, moved := make(map[string]stoodIn), 0
	for dayNo := range 15 {
		for range 8 {
			r.anything(random, refs, places)
		}
		if working, _, err := r.Pack().Calendars["kz"].IsWorking(deadline.DateOf(r.clock().In(r.Zone))); err != nil || !working {
			r.pass(24 * time.Hour)
			continue
		}
		holdRound(r)
		r.nobodyIsPassedOver(dayNo)
		r.oneOfferEach()
		moved += r.positionsAreTold(refs, was)
		r.pass(24 * time.Hour)
	}
	if moved < 20 {
		t.Errorf("only %d moves were told", moved)
	}
	if list, err := r.Rounds(kindergarten, Page{}); err != nil || len(list.Items) < 5 {
		t.Errorf("only %d rounds were held, %v", len(list.Items), err)
	}
	r.reopen()
	r.sound()
}

// anything does one thing that may happen.
func (r *rig) anything(random *rand.Rand, refs []aiqyn.Reference, places []int) {
	r.t.Helper()
	r.pass(time.Duration(1+random.IntN(40)) * time.Minute)
	i := random.IntN(len(refs))
	try := func(cmd any) { // what is not possible now is refused
		if _, err := r.Do(context.Background(), cmd); err != nil && aiqyn.KindOf(err) != aiqyn.Conflict && aiqyn.KindOf(err) != aiqyn.Forbidden {
			r.t.Fatal(err)
		}
	}
	switch what := random.IntN(10); {
	case what == 0:
		g := 1 + random.IntN(len(places)-1)
		places[g] += random.IntN(3)
		r.reports(g, places[g])
	case what == 1 && i%2 == 0:
		r.privileged(i)
	case what == 1:
		r.brothered(i, fmt.Sprintf("kg-%d", 1+random.IntN(len(places)-1)))
	case refs[i] == "" || what == 2:
		order := random.Perm(len(places) - 1)
		f := File{ID: r.id(), Actor: payer(childOf(i)), Service: kindergarten, Lang: "kk", Channel: "online", Answers: map[string]string{"language": "kk"}}
		for k, g := range order[:1+random.IntN(len(order))] {
			f.Answers[[]string{"first", "second", "third"}[k]] = fmt.Sprintf("kg-%d", g+1)
		}
		if res, err := r.Do(context.Background(), f); err == nil {
			refs[i] = res.Ref
		}
	case what == 3:
		try(Withdraw{ID: r.id(), Actor: payer(childOf(i)), Ref: refs[i]})
	case what == 4:
		try(LookAgain{ID: r.id(), Actor: payer(childOf(i)), Ref: refs[i]})
	case what == 5:
		try(Restore{ID: r.id(), Actor: payer(childOf(i)), Ref: refs[i]})
	default:
		step, records := aiqyn.StepID("offer"), map[string]string{"accept": []string{"yes", "yes", "no"}[random.IntN(3)]}
		if v := r.view(refs[i]); v.Step != nil && v.Step.Name == "enrolment" {
			step, records = "enrolment", map[string]string{"first-day": "2026-09-01"}
		}
		try(Perform{ID: r.id(), Actor: payer(childOf(i)), Ref: refs[i], Step: step, Records: records})
	}
}

// nobodyIsPassedOver looks at the seats and who waits just after a round: a free
// seat that somebody waits for should have been theirs, and who was offered one in
// this round stands before everybody who still waits for it.
func (r *rig) nobodyIsPassedOver(dayNo int) {
	r.t.Helper()
	q := r.queues.of[kindergarten]
	_, free := q.open(nil, roundTime{day: "2026-07-01"})
	for no, w := range q.waits {
		for _, g := range w.groups {
			if free[g] > 0 {
				r.t.Errorf("day %d: %s has %d seats free and case %d waits for it", dayNo, g, free[g], no)
			}
		}
	}
	if n := len(q.rounds); n == 0 || q.rounds[n-1].drawn == nil {
		return
	}
	last := q.rounds[len(q.rounds)-1]
	match, err := r.matched(r.t.Context(), last)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, o := range match {
		rows, err := r.db.CasesByNo(r.t.Context(), []int64{o.no})
		if err != nil {
			r.t.Fatal(err)
		}
		rec, err := r.keys.openRecord(rows[0])
		if err != nil {
			r.t.Fatal(err)
		}
		s := rec.state.Queue
		if s.Round != last.drawnAt {
			continue
		}
		got := standing{tier: s.Tier, first: s.First, siblings: s.Siblings}.waiter(o.no, o.group)
		for no, w := range q.waits {
			if slices.Contains(w.groups, o.group) && ranksBefore(w.waiter(no, o.group), got) && w.first.Before(last.at) {
				r.t.Errorf("day %d: case %d was offered %s, and case %d stands before it", dayNo, o.no, o.group, no)
			}
		}
	}
}

// ranksBefore is the order of the pack, told apart from the queue's own.
func ranksBefore(a, b allocation.Waiting) bool {
	switch {
	case a.Tier != b.Tier:
		return a.Tier < b.Tier
	case a.Sibling != b.Sibling:
		return a.Sibling
	case a.Date != b.Date:
		return a.Date < b.Date
	}
	return a.ID < b.ID
}

// oneOfferEach holds every child to one offer that is open at most, in all the cases
// that were ever filed for them.
func (r *rig) oneOfferEach() {
	r.t.Helper()
	rows, err := r.db.Cases(r.t.Context(), 0, 1<<40)
	if err != nil || len(rows) == 0 {
		r.t.Fatal(len(rows), err)
	}
	open := make(map[aiqyn.PersonID]int)
	for _, row := range rows {
		rec, err := r.keys.openRecord(row)
		if err != nil {
			r.t.Fatal(err)
		}
		if s := rec.state; s.Queue != nil && s.Queue.State == QueueOffered {
			if open[s.Applicant]++; open[s.Applicant] > 1 {
				r.t.Errorf("%s has %d offers", s.Applicant, open[s.Applicant])
			}
		}
	}
}

// stoodIn is where a case stood in a line, and the size of the log then.
type stoodIn struct {
	position int
	size     int64
}

// positionsAreTold holds each position against its history, read by pages of three:
// each move begins where the one before it ended, has an entry and a day, and those
// since yesterday lead from where somebody stood then to where they stand now. It
// counts them.
func (r *rig) positionsAreTold(refs []aiqyn.Reference, was map[string]stoodIn) (moved int) {
	r.t.Helper()
	for i, ref := range refs {
		if ref == "" {
			continue
		}
		for _, l := range r.view(ref).Queue.Lines {
			key := string(ref) + l.Group.ID
			then, known := was[key]
			position := l.Position
			for _, m := range r.history(i, ref, l.Group.ID, 3) {
				if known && m.Entry < then.size {
					break
				}
				if moved++; m.Position != position || m.Entry == 0 || m.Kind == "" || m.At.IsZero() || m.Position == m.From {
					r.t.Fatalf("%s stands at %d, its history says %+v", ref, position, m)
				}
				position = m.From
			}
			if position != then.position { // who was not known came in by an own move
				r.t.Errorf("%s in %s: by its history it stood at %d, and stood at %d", ref, l.Group.ID, position, then.position)
			}
			was[key] = stoodIn{l.Position, r.size()}
		}
	}
	return moved
}

// history is all that a case's history in a line says, the newest first.
func (r *rig) history(i int, ref aiqyn.Reference, group string, limit int) (all []MoveView) {
	r.t.Helper()
	for p := (Page{Limit: limit}); ; {
		list, err := r.PositionHistory(r.t.Context(), payer(childOf(i)), ref, group, p)
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, list.Items...)
		if p.After = list.Next; p.After == "" {
			return all
		}
	}
}

// published holds the newest round to what strangers can do with its files: run it
// again to the same bytes, and find a child's line by the child's own secret.
func (r *rig) published(refs []aiqyn.Reference) {
	r.t.Helper()
	list, err := r.Rounds(kindergarten, Page{})
	if err != nil || len(list.Items) == 0 {
		r.t.Fatal("no round is published", err)
	}
	view := list.Items[0]
	file, result, err := r.RoundFile(r.t.Context(), view)
	if err != nil {
		r.t.Fatal(err)
	}
	round, err := allocation.Read(bytes.NewReader(file))
	if err != nil {
		r.t.Fatal(err)
	}
	out, err := round.Run()
	if err != nil || !bytes.Equal(out.Encode(), result) {
		r.t.Errorf("run again the round gives another result: %v", err)
	}
	commitment := round.Commit()
	if root := commitment.Root(); hex.EncodeToString(root[:]) != view.Root {
		r.t.Error("the file has another root than the log")
	}
	for _, ref := range refs {
		secret, _ := secretBytes(r.view(ref).Queue.Secret)
		leaf, ok := commitment.Prove(allocation.Pseudonym(secret, view.Name))
		if !ok || !leaf.Holds(commitment.Root()) {
			r.t.Errorf("%s: no leaf in the round", ref)
		}
	}
}
