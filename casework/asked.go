package casework

import (
	"context"
	"math"

	"aiqyn"
)

// Asked is what open applications ask for below a transformer. It is neither reserved nor
// published: each of them may still be refused, or connected elsewhere.
type Asked struct {
	Watt         int64
	Applications int
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
	for _, a := range c.orders.on(claimant{now: e.Clock()}, m, []int{tree}, math.MaxInt) {
		if at, ok := m.Above(a.Buses[len(a.Buses)-1]); ok && at == trafo {
			asked.Watt += a.Watt
			asked.Applications++
		}
	}
	return asked, nil
}
