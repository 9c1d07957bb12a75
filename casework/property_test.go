package casework

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"aiqyn"
)

// TestRandomLives has random people send random commands, most of them out of
// place, over some two hundred cases, and after each stretch holds everything
// the engine keeps against the log alone.
func TestRandomLives(t *testing.T) {
	seeds, steps := 3, 1500
	if testing.Short() || briefly {
		seeds, steps = 1, 600
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			l := &lives{rig: newRig(t), t: t, rand: rand.New(rand.NewPCG(uint64(seed), 1)), acked: make(map[aiqyn.CommandID]Result), touched: make(map[int64]bool)}
			l.forgetful()
			for i := range steps {
				l.step()
				if i%100 == 99 {
					l.check()
				}
			}
			l.again()
			l.check()
			l.checkSound()
			if l.letGo < 3 {
				t.Errorf("only %d cases were let go of, of %d", l.letGo, len(l.refs))
			}
			if l.done < steps/8 || len(l.refs) < 40 {
				t.Errorf("only %d commands of %d were carried out, on %d cases", l.done, steps, len(l.refs))
			}
		})
	}
}

// lives is a world in which things happen at random.
type lives struct {
	*rig
	t     *testing.T
	rand  *rand.Rand
	refs  []aiqyn.Reference
	done  int
	acked map[aiqyn.CommandID]Result
	sent  []any

	touched map[int64]bool // cases that this process has decided on
	letGo   int            // how many of those a process had let go of when it ended
}

// forgetful makes the engine let go of closed cases soon, as it does after many
// filings.
func (l *lives) forgetful() { l.seq.filings.limit = 4 }

// again ends the process and starts another, and counts what the first had let go of.
func (l *lives) again() {
	seq := l.seq
	l.shut()
	for no := range l.touched {
		if seq.cases.byNo[no] == nil {
			l.letGo++
		}
	}
	clear(l.touched)
	l.open()
	l.forgetful()
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// step is one command, a retry of an earlier one, some time, or a new process.
func (l *lives) step() {
	switch n := l.rand.IntN(100); {
	case n < 8:
		l.pass(time.Duration(l.rand.IntN(40)) * time.Hour)
		return
	case n < 14:
		l.pass(time.Duration(l.rand.IntN(20)) * time.Second)
		return
	case n < 15:
		l.again()
		return
	case n < 19 && len(l.sent) > 0:
		l.retry(pick(l.rand, l.sent))
		return
	case n < 30 || len(l.refs) == 0:
		l.send(l.filing(pick(l.rand, []aiqyn.PersonID{holder, stranger}), fmt.Sprintf("99-999-002-%03d", 1+l.rand.IntN(39)), 1+l.rand.IntN(60)))
		return
	}
	l.send(l.act(pick(l.rand, l.refs)))
}

// act is something done to a case, sensible more often than not.
func (l *lives) act(ref aiqyn.Reference) any {
	v, err := l.Case(l.t.Context(), aiqyn.System, ref)
	if err != nil {
		return Withdraw{ID: l.id(), Actor: applicant, Ref: ref}
	}
	actor := aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: aiqyn.OfficerID(fmt.Sprintf("engineer-%02d", 1+l.rand.IntN(6))), Body: "utility"}
	if v.Officer != "" && l.rand.IntN(8) > 0 {
		actor = aiqyn.Actor{Role: v.Step.By, Officer: aiqyn.OfficerID(v.Officer), Body: "utility"}
	} else if v.StepState == StepEscalated {
		actor = head
	}
	step := aiqyn.StepID(pick(l.rand, []string{"survey", "conditions"}))
	if v.Step != nil && l.rand.IntN(8) > 0 {
		step = v.Step.Name
	}
	person := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: pick(l.rand, []aiqyn.PersonID{holder, stranger})}
	switch n := l.rand.IntN(24); {
	case n < 9 && step == "survey":
		return Perform{ID: l.id(), Actor: actor, Ref: ref, Step: step, Records: map[string]string{"measured-load": fmt.Sprint(l.rand.IntN(50))}, Evidence: surveyEvidence(actor.Officer)}
	case n < 6:
		return Decide{ID: l.id(), Actor: actor, Ref: ref, Step: step, Grant: true}
	case n < 11:
		return Decide{ID: l.id(), Actor: actor, Ref: ref, Step: step, Reason: pick(l.rand, []string{"no-right", "no-capacity", "parcel-unknown", "ugly"})}
	case n < 13:
		return Suspend{ID: l.id(), Actor: actor, Ref: ref, Reason: pick(l.rand, []string{"register-down", "site-closed"})}
	case n < 15:
		return Resume{ID: l.id(), Actor: actor, Ref: ref}
	case n < 16:
		return Object{ID: l.id(), Actor: person, Ref: ref, Text: "no"}
	case n < 18:
		return Withdraw{ID: l.id(), Actor: person, Ref: ref}
	case n < 19:
		return Annul{ID: l.id(), Actor: head, Ref: ref, Ground: "x"}
	case n < 20:
		return Hold{ID: l.id(), Actor: overseer, Ref: ref, Ground: "x"}
	case n < 22:
		return Hold{ID: l.id(), Actor: overseer, Ref: ref, Lift: true}
	case n < 23:
		return Appeal{ID: l.id(), Actor: person, Ref: ref, Text: "again"}
	}
	return Correct{ID: l.id(), Actor: head, Ref: ref, Entry: v.Events[len(v.Events)-1].Index, Field: "survey.measured-load", Value: fmt.Sprint(l.rand.IntN(9)), Ground: "x"}
}

// send carries out a command. Whatever is refused is refused with an error
// that a person can read.
func (l *lives) send(cmd any) {
	res, err := l.Do(l.t.Context(), cmd)
	if err != nil {
		if kind := aiqyn.KindOf(err); kind == aiqyn.Internal || kind == aiqyn.Unavailable {
			l.t.Fatalf("%+v: %v", cmd, err)
		}
		return
	}
	l.done++
	l.acked[idOf(cmd)] = res
	l.touched[l.number(res.Case)] = true
	l.sent = append(l.sent, cmd)
	if f, ok := cmd.(File); ok && f.ID != "" {
		l.refs = append(l.refs, res.Ref)
	}
}

func (l *lives) retry(cmd any) {
	res, err := l.Do(l.t.Context(), cmd)
	if first := l.acked[idOf(cmd)]; err != nil || !res.Again || !same(res, first) {
		l.t.Fatalf("%+v again: %+v, %v; first %+v", cmd, res, err, first)
	}
}

// number is that of a case by its id.
func (l *lives) number(id aiqyn.CaseID) int64 {
	l.t.Helper()
	no, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil {
		l.t.Fatal(err)
	}
	return no
}

func idOf(cmd any) aiqyn.CommandID {
	b, _ := json.Marshal(cmd)
	var c struct{ ID aiqyn.CommandID }
	json.Unmarshal(b, &c)
	return c.ID
}

// check holds memory and projections against the log.
func (l *lives) check() {
	l.t.Helper()
	l.pass(time.Second)
	states := make(map[int64]*State)
	var last time.Time
	for _, ev := range l.entries() {
		if ev.at.Before(last) {
			l.t.Fatalf("entry %d at %v, the one before at %v", ev.index, ev.at, last)
		}
		last = ev.at
		if ev.no == 0 {
			continue
		}
		s := states[ev.no]
		if s == nil {
			s = new(State)
			states[ev.no] = s
		}
		if ev.kind == EventRefused && !s.Due.IsZero() && ev.at.After(s.Due) {
			l.t.Fatalf("entry %d refuses after its deadline", ev.index)
		}
		if s.Held && ev.kind != EventUnheld && ev.kind != EventObjected && (ev.kind != EventResumed || ev.actor.Role != aiqyn.RoleSystem) {
			l.t.Fatalf("entry %d, %s, on a held case", ev.index, ev.kind)
		}
		s.apply(ev)
		s.Prev = hex.EncodeToString(ev.row.Leaf[:])
	}
	l.checkCases(states)
	l.checkBooks(states)
	l.checkAcked(states)
}

// checkCases: the state kept of each case is the fold of its entries, and no
// case that waits for something sleeps for ever.
func (l *lives) checkCases(states map[int64]*State) {
	l.t.Helper()
	for _, no := range slices.Sorted(maps.Keys(states)) {
		s := states[no]
		rows, err := l.db.CasesByNo(l.t.Context(), []int64{no})
		if err != nil || len(rows) != 1 {
			l.t.Fatalf("case %d: %d rows, %v", no, len(rows), err)
		}
		rec, err := l.keys.openRecord(rows[0])
		if err != nil {
			l.t.Fatal(err)
		}
		want, err := json.Marshal(s)
		if err != nil {
			l.t.Fatal(err)
		}
		if got, _ := json.Marshal(rec.state); string(got) != string(want) {
			l.t.Fatalf("case %d is kept as\n%s\nits entries give\n%s", no, got, want)
		}
		if cached := l.seq.cases.get(no); cached != nil {
			if got, _ := json.Marshal(cached.state); string(got) != string(want) {
				l.t.Fatalf("case %d is remembered as\n%s\nits entries give\n%s", no, got, want)
			}
		}
		waits := s.Held && !s.heldForGood() || s.Step != "" && !s.Held && (s.StepState == StepDrawing || !s.Due.IsZero() || s.standing())
		if row := rows[0]; waits && row.Wake.IsZero() || !waits && s.Step != "" && !row.Wake.IsZero() {
			l.t.Fatalf("case %d, %s %s, held %v, wakes at %v", no, s.Step, s.StepState, s.Held, row.Wake)
		}
		if row := rows[0]; !row.Wake.IsZero() && row.Wake.Before(l.clock()) && s.StepState != StepDrawing {
			l.t.Fatalf("case %d slept over %v: %s %s", no, row.Wake, s.Step, s.StepState)
		}
	}
}

// checkBooks: what is reserved and what lies on desks is what the cases say.
func (l *lives) checkBooks(states map[int64]*State) {
	l.t.Helper()
	held, loads := make(map[int64]int64), make(map[aiqyn.OfficerID]int)
	for no, s := range states {
		if s.Outcome == aiqyn.Granted && s.Grant.Share != "" {
			held[no] = s.Grant.Amount
		}
		if o := s.holder(); o != "" {
			loads[o]++
		}
	}
	stored, err := l.db.Reservations(l.t.Context(), shareCapacity)
	if err != nil {
		l.t.Fatal(err)
	}
	booked, remembered := make(map[int64]int64), make(map[int64]int64)
	for _, r := range stored {
		booked[r.Case] = r.Amount
	}
	for no, r := range l.cfg.Capacity.held {
		remembered[no] = r.Amount
	}
	if !maps.Equal(held, booked) || !maps.Equal(held, remembered) {
		l.t.Fatalf("cases hold %v, the book has %v, the engine remembers %v", held, booked, remembered)
	}
	if free := l.free(); free < 0 {
		l.t.Fatalf("%d W free: more was granted than there is", free)
	}
	if want := fmt.Sprint(loads); l.loads() != want {
		l.t.Fatalf("desks hold %s, the cases say %s", l.loads(), want)
	}
}

// checkAcked: nothing that was acknowledged is lost.
func (l *lives) checkAcked(states map[int64]*State) {
	l.t.Helper()
	for id, res := range l.acked {
		sp, ok := states[l.number(res.Case)].Commands[commandHash(id)]
		if !ok || sp.First != res.First || sp.Last != res.Last {
			l.t.Fatalf("command %s was answered %+v, the log has %+v", id, res, sp)
		}
	}
}
