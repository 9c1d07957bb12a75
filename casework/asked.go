package casework

import (
	"context"
	"math"
	"time"

	"aiqyn"
)

// Asked is what open applications ask for below a transformer. It is neither reserved nor
// published: each of them may still be refused, or connected elsewhere.
type Asked struct {
	Watt         int64
	Applications int
}

// at is the bus at which it would be connected as it stands.
func (a *applied) at() int {
	if a.Full {
		return a.lists[0][0]
	}
	return a.lists[0][len(a.lists[0])-1]
}

// AskedBelow is what the open applications that stand before later ones ask for below a
// transformer alone and not below the next, each where it would be connected by its claim,
// as of now; a process that does not decide tells it as of some seconds ago. It is nil
// where it is not told: while anything of the network is classified, only who sees that
// reads it.
func (e *Engine) AskedBelow(ctx context.Context, viewer aiqyn.Actor, trafo int) (*Asked, error) {
	if policy, err := e.policy(ctx); err != nil || e.Capacity == nil || !policy.Open() && !seesExact(viewer) {
		return nil, err
	}
	c := e.Capacity
	m := c.network().model
	source, ok := m.SourceOf(trafo)
	if !ok {
		return nil, nil
	}
	tree, _ := m.TreeOf(source)
	asked := new(Asked)
	c.mu.Lock()
	defer c.mu.Unlock()
	open, _ := c.orders.on(claimant{now: e.Clock()}, m, []int{tree}, math.MaxInt)
	for _, a := range open {
		if at, ok := m.Above(a.at()); ok && at == trafo {
			asked.Watt += a.Watt
			asked.Applications++
		}
	}
	return asked, nil
}

// AskedNow is what open applications ask for below each transformer of which they ask
// something, as of an instant. Nothing is told while anything of the network is classified, but
// to who sees that.
func (e *Engine) AskedNow(ctx context.Context, viewer aiqyn.Actor) (map[int]Asked, time.Time, error) {
	policy, err := e.policy(ctx)
	if err != nil || e.Capacity == nil || !policy.Open() && !seesExact(viewer) {
		return nil, time.Time{}, err
	}
	now, c := e.Clock().UTC().Truncate(time.Microsecond), e.Capacity
	m := c.network().model
	asked := make(map[int]Asked)
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, a := range c.orders.byCase {
		if now.After(a.until) {
			continue
		}
		if at, ok := m.Above(a.at()); ok {
			sum := asked[at]
			sum.Watt += a.Watt
			sum.Applications++
			asked[at] = sum
		}
	}
	return asked, now, nil
}
