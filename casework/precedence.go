package casework

import (
	"cmp"
	"context"
	"fmt"
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
// each has its cheapest point spoken for, and whoever fits only where one of them is not
// granted waits for it. They are remembered here, one claim a case, and every ruling is
// computed with those that matter to it: on the trees that it can reach, on those that
// these can, and so on.

// applied is what an application asks for that is not decided yet.
type applied struct {
	no, entry    int64 // of the case, and of its filing
	seq          int64 // of the state that it is of
	ref          aiqyn.Reference
	filed, until time.Time
	x, y         float64
	load         int64 // kilowatts that are added
	agreed       string
	values       map[string]any // that the voltage is asked by
}

// claimant is who asks: of those who stand before it by now.
type claimant struct {
	no    int64 // 0: it has not filed yet, and all stand before it
	filed time.Time
	now   time.Time
}

// before reports whether somebody stands before who asks.
func (s *applied) before(of claimant) bool {
	if s.no == of.no || of.now.After(s.until) {
		return false
	}
	return of.no == 0 || s.filed.Before(of.filed) || s.filed.Equal(of.filed) && s.no < of.no
}

// orders are all applications that stand before later ones.
type orders struct {
	byCase map[int64]*applied
	model  *grid.Model // that trees are of
	trees  map[int64][]int
	read   time.Time // when they were read last, by a process that does not decide
}

// standsBefore reports whether a case may stand before others as it is: it is open, and
// its applicant waits for an answer to what they asked for.
func (s *State) standsBefore() bool {
	return s.Step != "" && s.Step != service.StepCorrection && !s.unpaid() && s.Outcome != aiqyn.Granted
}

// standingOf is what a case asks for as it stands; nil if it stands before nobody: it is
// decided, or a reason to refuse it is true that no power would mend.
func (e *Engine) standingOf(svc *service.Service, rec *record, now time.Time) (*applied, error) {
	s := rec.state
	if svc == nil || svc.Outcome.Precedence == nil || !s.standsBefore() {
		return nil, nil
	}
	vars, err := e.variables(svc, rec, now)
	if err != nil {
		return nil, err
	}
	ev := &evaluation{vars: vars}
	var b *Binding
	for _, c := range svc.ComputeOrder() {
		if c.Name == svc.Outcome.Precedence.Of {
			b = e.bindingOf(&c, ev, s.Filed)
			break
		}
		if e.Computations[c.With].Bind == nil { // which reads the case alone
			if err := e.compute([]service.Compute{c}, ev, s.Filed); err != nil {
				return nil, err
			}
		}
	}
	for _, reason := range svc.Refuse {
		if is, err := reason.When.Program.Eval(vars); err == nil && is { // else it is one of what is computed
			return nil, nil
		}
	}
	x, y, load, ok := b.wanted()
	if !ok {
		return nil, nil
	}
	term, err := svc.Outcome.Precedence.Lasts(vars)
	if err != nil {
		return nil, err
	}
	return &applied{
		no: s.No, entry: s.FiledAt, seq: s.Seq, ref: s.Ref, filed: s.Filed, until: deadline.DateOf(s.Filed.In(e.Zone)).AddDays(term.Days).End(e.Zone),
		x: x, y: y, load: load, agreed: b.agreed(), values: b.Values,
	}, nil
}

// stand brings what a case asks for up to what it has come to.
func (e *Engine) stand(svc *service.Service, rec *record, now time.Time) {
	c := e.Capacity
	if c == nil || svc == nil || svc.Outcome.Precedence == nil {
		return
	}
	is, err := e.standingOf(svc, rec, now)
	if err != nil {
		e.Log.Error("what stands before others", "case", rec.state.No, "err", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orders.set(rec.state.No, is)
}

func (o *orders) set(no int64, is *applied) {
	delete(o.trees, no)
	if is == nil {
		delete(o.byCase, no)
		return
	}
	if o.byCase == nil {
		o.byCase = make(map[int64]*applied)
	}
	o.byCase[no] = is
}

// standingDays is longer than any pack lets an application stand before others.
const standingDays = 366

// readOrders reads who stands before others: those that are open, by one query.
func (e *Engine) readOrders(ctx context.Context) error {
	c := e.Capacity
	if c == nil {
		return nil
	}
	var services []string
	for _, p := range e.packs.byHash {
		for _, svc := range p.Services {
			if svc.Outcome.Precedence != nil && !slices.Contains(services, string(svc.ID)) {
				services = append(services, string(svc.ID))
			}
		}
	}
	if len(services) == 0 {
		return nil
	}
	slices.Sort(services)
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
		is, err := e.standingOf(svc, rec, now)
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

// treesOf are the trees that a place can reach, remembered as long as the network is one.
func (o *orders) treesOf(s *applied, m *grid.Model, metres int64) []int {
	if o.model != m {
		o.model, o.trees = m, make(map[int64][]int)
	}
	trees, ok := o.trees[s.no]
	if !ok {
		trees = m.TreesNear(s.x, s.y, metres)
		o.trees[s.no] = trees
	}
	return trees
}

// earlier are those who stand before who asks at a place and matter to it, in the order
// of filing; more is that there are more of them than are looked at. Where they ask for no
// more together than room, what each point of the case can take beside its load, nobody
// need be looked at.
func (o *orders) earlier(of claimant, x, y float64, room int64, m *grid.Model, metres int64) (list []*applied, more bool) {
	for _, s := range o.byCase {
		if s.before(of) {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return nil, false
	}
	slices.SortFunc(list, func(a, b *applied) int { return cmp.Or(a.filed.Compare(b.filed), cmp.Compare(a.no, b.no)) })
	reach := make(map[int]bool)
	for _, tree := range m.TreesNear(x, y, metres) {
		reach[tree] = true
	}
	var matters []*applied
	for _, s := range slices.Backward(list) { // whoever is before one that matters may take what that would have
		trees := o.treesOf(s, m, metres)
		if !slices.ContainsFunc(trees, func(t int) bool { return reach[t] }) {
			continue
		}
		for _, t := range trees {
			reach[t] = true
		}
		matters = append(matters, s)
	}
	sum := int64(0)
	for _, s := range matters {
		sum += s.load * 1000
	}
	if sum <= room {
		return nil, false
	}
	slices.Reverse(matters)
	if more = len(matters) > grid.MostSpoken; more {
		matters = matters[:grid.MostSpoken]
	}
	return matters, more
}

// earlierThan asks for them of what is in force now.
func (c *Capacity) earlierThan(of claimant, x, y float64, room int64) (list []*applied, more bool) {
	net := c.network()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.orders.earlier(of, x, y, room, net.model, net.tables.Costs.MaxRouteM)
}

// asksBefore is what an evaluation has read of who stands before its case.
type asksBefore struct {
	of   claimant
	x, y float64
	room int64
	mark uint64
}

// marked tells lists of them apart.
func (c *Capacity) marked(list []*applied, more bool) uint64 {
	var h maphash.Hash
	h.SetSeed(c.seed)
	for _, s := range list {
		fmt.Fprintf(&h, "%d %d %v %v %d %s %v\n", s.entry, s.load, s.x, s.y, s.until.Unix(), s.agreed, s.values)
	}
	fmt.Fprint(&h, more)
	return h.Sum64()
}

// still reports whether those who stood before an evaluation's case are the same at an
// instant.
func (c *Capacity) still(a *asksBefore, now time.Time) bool {
	if a == nil {
		return true
	}
	of := a.of
	of.now = now
	list, more := c.earlierThan(of, a.x, a.y, a.room)
	return c.marked(list, more) == a.mark
}
