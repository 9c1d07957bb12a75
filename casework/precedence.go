package casework

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/service"
	"aiqyn/store"
)

// What is left of the power goes in the order of filing. An application that was filed
// earlier and is not decided yet stands before later ones, for as long as its pack says:
// what it claims is kept by tree as what is reserved is, and whoever fits only where one of
// those before is not granted waits for it.

// applied is a claim of an application that is not decided yet.
type applied struct {
	*claimed
	lists        [][]int // buses; at the first with room of each list, and of two beside each other
	owner        ownerSays
	no, entry    int64 // of the case, and of its filing
	seq          int64 // of the state that it is of
	ref          aiqyn.Reference
	filed, until time.Time
}

// claimant is who asks: of those who stand before it by now.
type claimant struct {
	no    int64     // 0: it has none yet
	filed time.Time // zero: now, and all stand before it
	now   time.Time
}

// before reports whether somebody stands before who asks.
func (s *applied) before(of claimant) bool {
	switch {
	case s.no == of.no || of.now.After(s.until):
		return false
	case of.filed.IsZero() || s.filed.Before(of.filed):
		return true
	}
	return s.filed.Equal(of.filed) && (of.no == 0 || s.no < of.no)
}

// orders are all claims that stand before later applications.
type orders struct {
	byCase map[int64]*applied
	model  *grid.Model // that trees are of
	byTree map[int]*claimsOn
	read   time.Time // when they were read last, by a process that does not decide
}

// standsBefore reports whether a case may stand before others as it is: it is open, and
// its applicant waits for an answer to what they asked for. One that is to be refused for
// want of power alone waits for it until it is.
func (s *State) standsBefore(svc *service.Service) bool {
	if s.Step == "" || s.Step == service.StepCorrection || s.unpaid() || s.Outcome == aiqyn.Granted || s.Claim == nil {
		return false
	}
	return !s.Claim.Idle || s.Claim.Full && !slices.ContainsFunc(s.Claim.Why, func(name string) bool {
		why, ok := svc.Reason(name)
		return !ok || why.Proof == ""
	})
}

// standingOf is what a case claims as it stands; nil if it stands before nobody. Was is what
// it claimed, if its answers are the same.
func (e *Engine) standingOf(svc *service.Service, s *State, was *applied) (*applied, error) {
	if svc == nil || svc.Outcome.Precedence == nil || !s.standsBefore(svc) {
		return nil, nil
	}
	owner := s.ownerSays(svc)
	if was != nil && was.claimed == s.Claim && was.owner == owner {
		return was, nil
	}
	lists := s.Claim.lists(owner)
	if len(lists) == 0 {
		return nil, nil
	}
	term, err := svc.Outcome.Precedence.Lasts(e.answerVars(svc, s.Answers, s.Applicant))
	if err != nil {
		return nil, err
	}
	until := deadline.DateOf(s.standsSince(svc).In(e.Zone)).AddDays(term.Days).End(e.Zone)
	return &applied{claimed: s.Claim, lists: lists, owner: owner, no: s.No, entry: s.FiledAt, seq: s.Seq, ref: s.Ref, filed: s.Filed, until: until}, nil
}

// stand brings what a case claims up to what it has come to.
func (e *Engine) stand(svc *service.Service, rec *record, events []*event) {
	c := e.Capacity
	if c == nil || svc == nil || svc.Outcome.Precedence == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.orders.byCase[rec.state.No]
	if slices.ContainsFunc(events, func(ev *event) bool { return ev.kind == EventCorrected }) {
		was = nil
	}
	is, err := e.standingOf(svc, rec.state, was)
	if err != nil {
		e.Log.Error("what stands before others", "case", rec.state.No, "err", err)
	}
	if is != c.orders.byCase[rec.state.No] {
		c.moving()
		c.orders.set(rec.state.No, is)
	}
}

func (o *orders) set(no int64, is *applied) {
	was := o.byCase[no]
	if was == is {
		return
	}
	if was != nil {
		o.index(was, false)
		delete(o.byCase, no)
	}
	if is == nil {
		return
	}
	if o.byCase == nil {
		o.byCase = make(map[int64]*applied)
	}
	o.byCase[no] = is
	o.index(is, true)
}

// eachOnce has each claim once, in the order of filing.
func eachOnce(list []*applied) []*applied {
	slices.SortFunc(list, inOrderOfFiling)
	return slices.Compact(list)
}

func inOrderOfFiling(a, b *applied) int {
	return cmp.Or(a.filed.Compare(b.filed), cmp.Compare(a.no, b.no))
}

// standingDays is longer than any pack lets an application stand before others.
const standingDays = 366

// readOrders reads who stands before others: those that are open, by one query.
func (e *Engine) readOrders(ctx context.Context) error {
	c := e.Capacity
	if c == nil {
		return nil
	}
	services := e.packs.ordered()
	if len(services) == 0 {
		return nil
	}
	now := e.Clock()
	c.mu.RLock()
	was := c.orders.byCase
	c.mu.RUnlock()
	next := orders{byCase: make(map[int64]*applied), read: now}
	err := e.Store.OpenSince(ctx, services, now.AddDate(0, 0, -standingDays), func(row *store.Case) error {
		if old := was[row.No]; old != nil && old.seq == row.Seq {
			next.byCase[row.No] = old
			return nil
		}
		rec, err := e.keys.openRecord(*row)
		if err != nil || rec.key == nil {
			return nil // damaged: the audit says so
		}
		svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
		if err != nil {
			return nil
		}
		is, err := e.standingOf(svc, rec.state, nil)
		if err == nil {
			next.set(row.No, is)
		}
		return err
	})
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orders = next
	return nil
}

// ordered are the services by which what is scarce goes in the order of filing.
func (p *packs) ordered() (services []string) {
	for _, pack := range p.byHash {
		for _, svc := range pack.Services {
			if svc.Outcome.Precedence != nil && !slices.Contains(services, string(svc.ID)) {
				services = append(services, string(svc.ID))
			}
		}
	}
	slices.Sort(services)
	return services
}

// ordersAge is how old what a process that does not decide shows of them may be.
const ordersAge = 10 * time.Second

// followOrders reads them for a process that does not decide, now and then.
func (e *Engine) followOrders(ctx context.Context) error {
	e.Capacity.mu.RLock()
	read := e.Capacity.orders.read
	e.Capacity.mu.RUnlock()
	if e.Clock().Sub(read) < ordersAge {
		return nil
	}
	return e.readOrders(ctx)
}

// earlierThan asks for the claims before who asks.
func (c *Capacity) earlierThan(of claimant, at []looks) ([]grid.Claimed, []grid.Extra) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.orders.earlier(of, at)
}

// asksBefore is what an evaluation has read of who stands before its case.
type asksBefore struct {
	of   claimant
	at   []looks
	mark uint64
}

// marked tells lists of them apart.
func (c *Capacity) marked(list []grid.Claimed, rest []grid.Extra) uint64 {
	if len(list) == 0 {
		return 0
	}
	sum := maphash.Comparable(c.seed, len(rest))
	for _, x := range rest {
		sum = maphash.Comparable(c.seed, [3]uint64{sum, uint64(x.Bus), uint64(x.Watt)})
	}
	for _, s := range list {
		sum = maphash.Comparable(c.seed, [3]uint64{sum, uint64(s.Entry), uint64(s.Watt)})
		for _, bus := range s.Buses {
			sum = maphash.Comparable(c.seed, [2]uint64{sum, uint64(bus)})
		}
	}
	return sum
}

// still reports whether those who stood before an evaluation's case are the same at an
// instant.
func (c *Capacity) still(a *asksBefore, now time.Time) bool {
	of := a.of
	of.now = now
	return c.marked(c.earlierThan(of, a.at)) == a.mark
}
