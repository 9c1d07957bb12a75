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
		if said := new(grid.ClaimAnswer); ofClaim(list[i].With) && canonical.Unmarshal(list[i].Out, said) == nil {
			return said
		}
	}
	return nil
}

func ofClaim(with string) bool {
	return with == grid.Claim1 || with == grid.Claim2 || with == grid.Claim3
}

// atOne is the one bus at which a claim would have its power as things stand, if nothing
// else enters: it holds while there is room, whatever was computed it from. Version 3 has
// those before it that were no better then.
func atOne(said *grid.ClaimAnswer) (bus int, ok bool) {
	if said == nil || !said.Free || len(said.Owner) > 0 || len(said.Buses) == 0 || len(said.Buses) > 1 && said.Version < 3 {
		return 0, false
	}
	return said.Buses[len(said.Buses)-1], true
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
	ev, filed := &evaluation{vars: vars, who: who}, who.now
	if !rec.state.Filed.IsZero() { // else it is filed now
		filed = rec.state.Filed
	}
	order := svc.ComputeOrder()
	alone := slices.DeleteFunc(slices.Clone(order), func(c service.Compute) bool { return !e.ofCaseAlone(c) })
	if err := e.compute(alone, ev, filed); err != nil {
		return nil, err
	}
	if ev.computed = nil; refusedAnyway(svc, vars) {
		return nil, nil
	}
	for _, c := range order {
		if c.Name == p.Claim {
			c.When = nil // which reads a ruling
			err = e.compute([]service.Compute{c}, ev, filed)
		}
	}
	if err != nil || len(ev.computed) == 0 || hasRoom(ev.computed) {
		return ev, err
	}
	return ev, e.compute(slices.DeleteFunc(order, func(c service.Compute) bool { return !claimsByMargin(c, p) }), ev, filed)
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
	if f.sent != nil {
		s.Filed = f.sent.Filed
	}
	return &record{state: s}
}

// claim computes what it claims, as of an instant.
func (f *file) claim(e *Engine, now time.Time) error {
	who := claimant{now: now}
	if f.sent != nil {
		who.filed = f.sent.Filed
	}
	return f.claims.compute(e, f.svc, f.asFiled(), who)
}

// claimAge is how many entries may come between what a claim was computed from and the
// entry that makes it: more than are written while a command waits for its turn.
const claimAge = 1 << 14

// claiming is what a command claims. It is computed before the command waits for its turn,
// and the entry says which state of the log it was computed on.
type claiming struct {
	ev *evaluation // nil: nothing
	at booksAt     // as of when
}

func (c *claiming) compute(e *Engine, svc *service.Service, rec *record, who claimant) (err error) {
	*c = claiming{}
	if svc.Outcome.Precedence == nil || e.Capacity == nil {
		return nil
	}
	if c.ev, err = e.claimAsFiled(svc, rec, who); err == nil && c.ev != nil {
		c.at = e.Capacity.asOf(c.ev)
	}
	return err
}

// now says what is claimed in the turn. What was computed before holds if nothing that it
// has read has changed since, or if the bus that it claims alone has room beside all that is
// claimed there by now: else it is computed again.
func (c *claiming) now(t *turn, looked *lookedUp, again func() error) error {
	books := t.e.Capacity
	if t.svc.Outcome.Precedence == nil || books == nil {
		return nil
	}
	same := c.ev != nil && c.at.known && c.at.loads == books.booksNow().loads && t.s.next-c.at.entry < claimAge && c.ev.vars[service.VarNow] == day(t.now, t.e.Zone)
	if !same || !books.stillClaims(c.ev, t.now) {
		if err := again(); err != nil || c.ev == nil {
			return err
		}
		c.at.entry = t.s.next
	}
	if looked.Claim = c.ev.computed; len(looked.Claim) > 0 {
		looked.AsOf = c.at.entry
	}
	return nil
}

// claim computes what the case claims from its appeal on, by what the registers say now:
// what is free, or will be, is not given to others meanwhile.
func (a *appeal) claim(e *Engine, svc *service.Service, rec *record, now time.Time) error {
	if !claimsBy2(svc) {
		return nil
	}
	s := rec.state.clone()
	if s.Facts == nil {
		s.Facts = make(map[string]reading, len(a.readings))
	}
	for _, r := range a.readings {
		s.Facts[r.Name] = r
	}
	return a.claims.compute(e, svc, &record{state: s}, claimant{no: s.No, filed: s.Filed, now: now})
}

// stillClaims reports whether what an evaluation claims would be claimed now: nothing that
// it has read has changed, or the one bus that it claims has room beside everything that is
// reserved and claimed there by now.
func (c *Capacity) stillClaims(ev *evaluation, now time.Time) bool {
	if c.fresh(ev.stamp) && !slices.ContainsFunc(ev.before, func(a *asksBefore) bool { return !c.still(a, now) }) {
		return true
	}
	said := claimAnswer(ev.computed)
	bus, one := atOne(said)
	if !one {
		return false
	}
	net := c.network()
	tree, ok := net.model.TreeOf(bus)
	if !ok || ev.stamp[networkMark] != c.markOf(net) {
		return false
	}
	of := ev.who
	of.now = now
	claims, rest := c.earlierThan(of, []looks{{net.model, []int{tree}}})
	held, _ := c.reserved(tree)
	return net.model.HoldsAll(bus, said.LoadW, held, claims, rest, c.limits())
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
