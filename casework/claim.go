package casework

import (
	"slices"
	"time"

	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/service"
)

// An application claims what it asks for from the moment of its filing: where it would be
// granted if all that it says is so. That is computed before it is filed and stands in the
// log with what was looked up for it; its own rulings say better later.

// claimAnswer is what a computation of what a case claims says; nil if there is none.
func claimAnswer(list []computed) *grid.ClaimAnswer {
	for i := range list {
		if said := new(grid.ClaimAnswer); list[i].With == grid.Claim1 && canonical.Unmarshal(list[i].Out, said) == nil {
			return said
		}
	}
	return nil
}

// ofCaseAlone reports whether a computation reads nothing but the case.
func (e *Engine) ofCaseAlone(c service.Compute) bool { return e.Computations[c.With].Bind == nil }

// refusedAnyway reports whether a reason to refuse is true that no power would mend.
func refusedAnyway(svc *service.Service, vars map[string]any) bool {
	return slices.ContainsFunc(svc.Refuse, func(r service.Reason) bool {
		is, err := r.When.Program.Eval(vars) // else it is one of what is computed
		return err == nil && is
	})
}

// claimAsFiled finds what an application claims as it is filed; nil if nothing. What is
// computed of the case alone is not recorded with it: whoever has the case makes it again.
func (e *Engine) claimAsFiled(svc *service.Service, rec *record, who claimant) (*evaluation, error) {
	p := svc.Outcome.Precedence
	if p == nil || p.Claim == "" || e.Capacity == nil {
		return nil, nil
	}
	vars, err := e.variables(svc, rec, who.now)
	if err != nil {
		return nil, err
	}
	ev := &evaluation{vars: vars, who: who}
	order := svc.ComputeOrder()
	alone := slices.DeleteFunc(slices.Clone(order), func(c service.Compute) bool { return !e.ofCaseAlone(c) })
	if err := e.compute(alone, ev, who.now); err != nil {
		return nil, err
	}
	if ev.computed = nil; refusedAnyway(svc, vars) {
		return nil, nil
	}
	for _, c := range order {
		if c.Name == p.Claim {
			c.When = nil // which reads a ruling
			err = e.compute([]service.Compute{c}, ev, who.now)
		}
	}
	if err != nil || len(ev.computed) == 0 || claimIn(ev.computed) != nil {
		return ev, err
	}
	return ev, e.compute(slices.DeleteFunc(order, func(c service.Compute) bool { return !claimsByMargin(c, p) }), ev, who.now)
}

// claimsByMargin reports whether a computation tells what is claimed where only what was
// published has room.
func claimsByMargin(c service.Compute, p *service.Precedence) bool {
	return ofSearch(c.With) || ofMargin(c.With) || c.Name == p.Of
}

// asFiled is the case as it will be filed.
func (f *file) asFiled() *record {
	s := &State{Service: f.svc.ID, Pack: f.pack, Answers: f.answers, Applicant: f.Actor.Behalf(), Facts: make(map[string]reading, len(f.readings))}
	for _, r := range f.readings {
		s.Facts[r.Name] = r
	}
	return &record{state: s}
}

// claimAge is how many entries may come between what a claim was computed from and the
// filing: more than are written while a command waits for its turn.
const claimAge = 1 << 14

// claim computes what it claims, as of an instant. It waits for its turn after that: the
// entry says which state of the log it was computed on. Where that moved meanwhile, it is
// computed in the turn.
func (f *file) claim(e *Engine, now time.Time) (err error) {
	f.claims, f.claimed = nil, booksAt{}
	if f.svc.Outcome.Precedence == nil || e.Capacity == nil {
		return nil
	}
	who := claimant{now: now}
	if f.sent != nil {
		who.filed = f.sent.Filed
	}
	if f.claims, err = e.claimAsFiled(f.svc, f.asFiled(), who); err != nil {
		return err
	}
	if f.claims != nil {
		f.claimed = e.Capacity.asOf(f.claims)
	}
	return nil
}

// claimNow says what it claims in its turn.
func (f *file) claimNow(t *turn, looked *lookedUp) error {
	c := t.e.Capacity
	if f.svc.Outcome.Precedence == nil || c == nil {
		return nil
	}
	same := f.claims != nil && f.claimed.known && f.claimed.loads == c.booksNow().loads && t.s.next-f.claimed.entry < claimAge && f.claims.vars[service.VarNow] == day(t.now, t.e.Zone)
	if !same {
		if err := f.claim(t.e, t.now); err != nil || f.claims == nil {
			return err
		}
		f.claimed.entry = t.s.next
	}
	if looked.Claim = f.claims.computed; len(looked.Claim) > 0 {
		looked.AsOf = f.claimed.entry
	}
	return nil
}

// booksAt is a state of what is reserved and claimed: after how many entries.
type booksAt struct {
	entry int64
	loads int // how often the books were read from the disk
	known bool
}

// moving notes that a turn changes what is reserved: until it is kept or not, the books are
// of no position of the log. The caller holds the lock.
func (c *Capacity) moving() { c.at.known = false }

// settled notes that the books are those after so many entries.
func (c *Capacity) settled(entry int64) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at.entry, c.at.known = entry, true
}

// booksNow is the state of the books.
func (c *Capacity) booksNow() booksAt {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.at
}

// asOf is the state of the books that an evaluation was computed on: that of now, if
// nothing that it has read has changed.
func (c *Capacity) asOf(ev *evaluation) booksAt {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.at
	at.known = at.known && c.isFresh(ev.stamp) && !slices.ContainsFunc(ev.before, func(a *asksBefore) bool { return c.marked(c.orders.earlier(a.of, a.at)) != a.mark })
	return at
}
