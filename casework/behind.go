package casework

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/grid"
)

// Whoever fits only where an application from before falls away waits for it: until then
// there is nothing to grant, and no reason to refuse either. Nobody waits for longer than
// those before may stand before others.

// stoodBehind says that nobody had answered in time, and that power is not given while
// others stand before it: it is, if it is there, as soon as they are decided.
type stoodBehind struct {
	Due    time.Time `json:"due"`    // which has passed
	Ruling int64     `json:"ruling"` // that shows it
	Until  time.Time `json:"until"`  // the last day on which one of them may stand before it
}

// behindUntil is until when an open case waits at most whose day has passed; zero if it
// does not.
func (s *State) behindUntil() time.Time {
	if s.Step == "" || s.Behind == nil {
		return time.Time{}
	}
	return s.Behind.Until
}

// behindRetry is how often a case whose day has passed is looked at while it waits.
const behindRetry = 10 * time.Minute

// precedenceIn is what a ruling has computed of who stands before its case; nil if nothing.
func precedenceIn(list []computed) *grid.Precedence {
	for i := range list {
		if !ofPrecedence(list[i].With) {
			continue
		}
		if said := new(grid.Precedence); canonical.Unmarshal(list[i].Out, said) == nil {
			return said
		}
	}
	return nil
}

func ofPrecedence(with string) bool {
	return with == grid.Precedence1 || with == grid.Precedence2 || with == grid.Precedence3
}

// behind is who stands before a grant at the point that it would be given at; none if
// that is free.
func (ev *evaluation) behind() []grid.SpokenFor {
	said := precedenceIn(ev.computed)
	if said == nil {
		return nil
	}
	point := ev.place
	if point == nil {
		point = bestOf(ev.computed)
	}
	var at foundBus
	if point == nil || canonical.Unmarshal(point, &at) != nil || slices.Contains(said.Free, at.Bus) {
		return nil
	}
	return said.Before
}

// Earlier is an application that stands before a case: by its reference and its day, and
// nothing of whose it is.
type Earlier struct {
	Ref   aiqyn.Reference
	Filed time.Time
	Until time.Time // the last day on which it may stand before others
}

// earlierOf names those of a list that are not decided yet, in the order of filing.
func (c *Capacity) earlierOf(list []grid.SpokenFor) (named []Earlier) {
	if c == nil || len(list) == 0 {
		return nil
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	byEntry := make(map[int64]*applied, len(c.orders.byCase))
	for _, a := range c.orders.byCase {
		byEntry[a.entry] = a
	}
	for _, s := range list {
		if a := byEntry[s.Entry]; a != nil {
			named = append(named, Earlier{a.ref, a.filed, a.until})
		}
	}
	return named
}

// untilOf is the last day on which one of some may stand before others.
func untilOf(list []Earlier) (until time.Time) {
	for _, e := range list {
		until = later(until, e.Until)
	}
	return until
}

// mostNamed is how many of those before are named to an officer.
const mostNamed = 5

// inTurn refuses a grant while others stand before it, and names them.
func (t *turn) inTurn(ev *evaluation) error {
	list := t.e.Capacity.earlierOf(ev.behind())
	if len(list) == 0 {
		return nil
	}
	var refs []string
	for _, e := range list[:min(len(list), mostNamed)] {
		refs = append(refs, string(e.Ref))
	}
	return aiqyn.E(aiqyn.Conflict, "error.stands-behind", "refs", strings.Join(refs, ", "), "n", len(list), "until", day(untilOf(list), t.e.Zone))
}

// waits enters, once, that a case whose day has passed waits for those before it; false
// if it need not.
func (t *turn) waits(ev *evaluation) bool {
	s := t.rec.state
	list := t.e.Capacity.earlierOf(ev.behind())
	if len(list) == 0 {
		return false
	}
	if s.Behind == nil {
		ruling := t.rule(ev, aiqyn.System, s.Step)
		t.emit(EventStoodBehind, aiqyn.System, &stoodBehind{Due: s.Due, Ruling: ruling.index, Until: untilOf(list)}, atStep(s.Step))
		t.tell("message.stood-behind")
	}
	return true
}

// onPower holds what a case says between its steps of the power that it is to have.
func (c *caseAudit) onPower(ev *event) {
	switch d := ev.data.(type) {
	case *pointChosen:
		c.chose(ev, d)
	case *stoodBehind:
		c.stoodBehind(ev, d)
	}
}

// stoodBehind holds that a case waits to the ruling before it.
func (c *caseAudit) stoodBehind(ev *event, d *stoodBehind) {
	s := c.rec.state
	switch said := precedenceIn(c.computed); {
	case ev.actor != aiqyn.System:
		c.wrong(ev.index, "somebody has the case wait, which time alone does")
	case c.verdict == nil || c.verdictAt != d.Ruling || !c.verdict.Grant:
		c.wrong(ev.index, "the case waits, and no ruling before it would grant")
	case said == nil || len(said.Before) == 0 && !said.More || c.inTurn(bestOf(c.computed)) == nil:
		c.wrong(ev.index, "the case waits, and nobody stands before it")
	case !d.Due.Equal(s.Due) || !ev.at.After(s.Due):
		c.wrong(ev.index, "the case waits before its day has passed")
	case c.svc == nil || c.svc.Outcome.Precedence == nil:
		c.wrong(ev.index, "the case waits, and its service knows no order")
	}
}

// inTurn holds a point to be granted to those that were free beside whoever stands before.
func (c *caseAudit) inTurn(point []byte) error {
	if c.svc == nil || c.svc.Outcome.Precedence == nil {
		return nil
	}
	said := precedenceIn(c.computed)
	if said == nil {
		return fmt.Errorf("its ruling does not ask who stands before it")
	}
	var at foundBus
	if err := canonical.Unmarshal(point, &at); err != nil {
		return err
	}
	if !slices.Contains(said.Free, at.Bus) && (len(said.Before) > 0 || said.More) {
		return fmt.Errorf("bus %d is spoken for by applications that were filed earlier", at.Bus)
	}
	return nil
}

// earlier are those who stand before a case and are not decided yet: by their references
// to those who work on it, by their days alone to everybody else.
func (v *viewing) earlier(list []computed) []Earlier {
	said := precedenceIn(list)
	if said == nil || v.rec.state.Step == "" {
		return nil
	}
	named := v.e.Capacity.earlierOf(said.Before)
	if v.sight < seesWork || v.rec.state.isOf(v.viewer) {
		for i := range named {
			named[i].Ref = ""
		}
	}
	return named
}

// ahead is how many stand before a case, of whom so many are named: where more do than are
// looked at one by one, all that are kept on the trees of its points which are not free.
func (v *viewing) ahead(list []computed, named int) int {
	if v.sight < seesWork || v.rec.state.isOf(v.viewer) || named == 0 {
		return 0
	}
	said := precedenceIn(list)
	if !said.More {
		return named
	}
	var asked struct {
		Points []int `json:"points"`
	}
	for i := range list {
		if ofPrecedence(list[i].With) && canonical.Unmarshal(list[i].In, &asked) != nil {
			return named
		}
	}
	asked.Points = slices.DeleteFunc(asked.Points, func(bus int) bool { return slices.Contains(said.Free, bus) })
	s := v.rec.state
	return max(named, v.e.Capacity.standBefore(claimant{no: s.No, filed: s.Filed, now: v.e.Clock()}, asked.Points))
}

// standBefore is how many stand before who asks on the trees of some buses.
func (c *Capacity) standBefore(of claimant, buses []int) int {
	m := c.network().model
	var trees []int
	for _, bus := range buses {
		if tree, ok := m.TreeOf(bus); ok && !slices.Contains(trees, tree) {
			trees = append(trees, tree)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	list, _ := c.orders.on(of, m, trees, math.MaxInt)
	return len(list)
}
