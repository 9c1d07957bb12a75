package casework

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/beacon"
	"aiqyn/deadline"
	"aiqyn/registry"
)

func init() { children["round"] = roundChild }

// Sizes of the queue that is killed over and over.
const (
	killGardens  = 3
	killChildren = 40 // that come into it between two kills
	killPlaces   = 8  // that each kindergarten gets between two kills
)

// haste is how much faster the clock of this log goes: a round's notice takes a fifth
// of a second.
const haste = 3000

// nextMorning is the first working morning after an instant: a service has one round a
// day, and a log's clock does not go back, however long the day before has taken.
func nextMorning(after time.Time) time.Time {
	morning := start
	for !morning.After(after) || morning.Weekday() == time.Saturday || morning.Weekday() == time.Sunday {
		morning = morning.AddDate(0, 0, 1)
	}
	return morning
}

// roundRig is a live rig whose clock began on a morning, when its day was born.
func roundRig(t testing.TB, dir string, born time.Time, opts ...rigOption) *rig {
	t.Helper()
	text, err := os.ReadFile(dir + "/morning")
	if err != nil {
		t.Fatal(err)
	}
	morning, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		t.Fatal(err)
	}
	return liveRig(t, dir, born, append([]rigOption{func(c *Config) {
		c.Clock = func() time.Time { return morning.Add(haste * time.Since(born)) }
		c.Batch = 4 // so that offers are made in several batches
	}}, opts...)...)
}

// roundChild has children come into a queue, kindergartens report places, and rounds go
// as far as they go, until it is killed.
func roundChild(t *testing.T, dir string) {
	n, err := strconv.Atoi(os.Getenv("AIQYN_TEST_ROUND"))
	if err != nil {
		t.Fatal(err)
	}
	r := roundRig(t, dir, bornIn(t, dir))
	for g := range killGardens {
		id := fmt.Sprintf("kg-%d", g+1)
		r.register(registry.KindergartenRegister, id, registry.Institution{ID: id, Region: "710000000", District: "711210000",
			Groups: []registry.PlaceGroup{{ID: "kk-2023", Places: 1000, Is: map[string]string{"language": "kk", "from": "2023-01-01", "to": "2023-12-31"}}}})
	}
	for i := n * killChildren; i < (n+1)*killChildren; i++ {
		r.register(registry.PeopleRegister, string(childOf(i)), registry.Person{IIN: childOf(i), Born: "2023-03-15", Lang: "kk", Name: registry.Name{Last: "Омарова", First: "Алия"}})
	}
	var mu sync.Mutex
	say := func(v any) {
		line, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		mu.Lock()
		defer mu.Unlock()
		os.Stdout.Write(append(line, '\n'))
	}
	l := &load{rig: r, round: n, acked: func(a ack) { say(a) }, failed: func(kind string, err error) { say(map[string]string{"failed": kind, "err": err.Error()}) }}
	ctx := context.Background()
	for g := range killGardens {
		l.send(ctx, ack{Kind: "places", ID: aiqyn.CommandID(fmt.Sprintf("p%d-%d", n, g)), Number: g + 1, Places: (n + 1) * killPlaces})
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := n*killChildren + w; i < (n+1)*killChildren; i += 4 {
				l.send(ctx, ack{Kind: "queue", ID: aiqyn.CommandID(fmt.Sprintf("q%d", i)), Number: i})
			}
		})
	}
	wg.Wait()
	for {
		if err := r.RunRounds(ctx, deadline.DateOf(r.Clock().In(r.Zone))); err != nil {
			l.failed("round", err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// TestKillMinus9InARound kills a process that takes places, filings and a round a day at
// random moments. What was acknowledged is there once; the next process brings every
// round to its end; each result is what the published function makes of the inputs that
// were committed to, and no child is offered anything twice.
func TestKillMinus9InARound(t *testing.T) {
	t.Parallel()
	kills := 10
	switch {
	case testing.Short(), underRace:
		kills = 3
	case os.Getenv("AIQYN_SOAK") != "":
		kills = 24
	}
	random := seeded(t)
	dir := t.TempDir()
	var all []ack
	cut := 0
	var last time.Time
	for kill := range kills { // each has a day
		err := errors.Join(os.WriteFile(dir+"/born", fmt.Append(nil, time.Now().UnixNano()), 0o600),
			os.WriteFile(dir+"/morning", []byte(nextMorning(last).Format(time.RFC3339)), 0o600))
		if err != nil {
			t.Fatal(err)
		}
		acks, after := killOnce(t, "round", dir, kill, random)
		all = append(all, acks...)
		r := roundRig(t, dir, bornIn(t, dir), func(c *Config) { c.Manual = true })
		if r.queues.unsettled(kindergarten) != nil {
			cut++
		}
		checkSound(t, r, all)
		checkAgain(t, r, all, acks, random)
		r.bringsRoundsToTheirEnd()
		if rep := r.audit(); !rep.OK {
			t.Errorf("audit after the round: %+v", rep.Problems[:min(5, len(rep.Problems))])
		}
		if kill == kills-1 {
			r.roundsFollow(kills / 2)
		}
		last = r.Clock()
		r.shut()
		t.Logf("kill %3d after %-12v %5d acknowledged, %d of the rounds were cut so far", kill+1, after, len(acks), cut)
		if t.Failed() {
			return
		}
	}
}

// bringsRoundsToTheirEnd does what a process does that takes over.
func (r *rig) bringsRoundsToTheirEnd() {
	r.t.Helper()
	for range 500 {
		if err := r.RunRounds(context.Background(), deadline.DateOf(r.Clock().In(r.Zone))); err != nil {
			r.t.Fatal(err)
		}
		if r.queues.unsettled(kindergarten) == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatal("a round does not come to its end")
}

// roundsFollow holds every round to the published function of its inputs, and every
// case to one offer of each.
func (r *rig) roundsFollow(least int) {
	r.t.Helper()
	rounds := r.queues.of[kindergarten].rounds
	if len(rounds) < least {
		r.t.Errorf("only %d rounds were held", len(rounds))
	}
	matched := make(map[int64]int) // by the entry of the result
	for _, one := range rounds {
		d := one.drawn
		if d == nil || one.settled == nil {
			r.t.Fatalf("round %s is not over", one.committed.Name)
		}
		inputs, err := snapshotOf(r.t.Context(), r.Store, roundInputsKind, one.committed.Inputs)
		if err != nil {
			r.t.Fatal(err)
		}
		value, _ := hex.DecodeString(d.Value)
		proof, _ := hex.DecodeString(d.Proof)
		said, file, result, err := drawnFrom(inputs, &one.committed, one.entry, beacon.Round{Number: one.committed.Seed, Value: [32]byte(value), Proof: proof})
		if err != nil {
			r.t.Fatal(err)
		}
		if said.Inverted = d.Inverted; said != *d {
			r.t.Errorf("round %s came to %+v, its inputs give %+v", one.committed.Name, *d, said)
		}
		keptFile, keptResult, err := r.RoundFile(r.t.Context(), r.roundView(one))
		if err != nil || !bytes.Equal(file, keptFile) || !bytes.Equal(result, keptResult) {
			r.t.Errorf("round %s: other files were published than follow, %v", one.committed.Name, err)
		}
		matched[one.drawnAt] = d.Matched
	}
	rows, err := r.db.Cases(r.t.Context(), 0, 1<<40)
	if err != nil {
		r.t.Fatal(err)
	}
	type offerIn struct {
		child aiqyn.PersonID
		round int64
	}
	offers, open, made := make(map[offerIn]int), make(map[aiqyn.PersonID]int), make(map[int64]int)
	for _, row := range rows {
		rec, err := r.keys.openRecord(row)
		if err != nil {
			r.t.Fatal(err)
		}
		s := rec.state
		if s.Queue != nil && s.Queue.State == QueueOffered {
			if open[s.Applicant]++; open[s.Applicant] > 1 {
				r.t.Errorf("child %s has %d offers at a time", s.Applicant, open[s.Applicant])
			}
		}
		entries, err := r.db.EntriesOf(r.t.Context(), row.No, maxEvents)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, e := range entries {
			ev, err := r.decodeEntry(e, rec.key)
			if err != nil {
				r.t.Fatal(err)
			}
			if d, ok := ev.data.(*offerMade); ok {
				made[d.Round]++
				if offers[offerIn{s.Applicant, d.Round}]++; offers[offerIn{s.Applicant, d.Round}] > 1 {
					r.t.Errorf("child %s was offered something twice by the round of entry %d", s.Applicant, d.Round)
				}
			}
		}
	}
	for round, n := range matched {
		if made[round] > n || n > 0 && made[round] == 0 {
			r.t.Errorf("the round of entry %d gave %d places and %d offers were made", round, n, made[round])
		}
	}
}
