package casework

import (
	"sync"

	"aiqyn"
)

// numbers remembers which case has which reference, so that a command finds
// its case without a query. A reference never means another case; one that an
// erasure has taken away leads to a case that answers to nobody.
type numbers struct {
	mu         sync.RWMutex
	young, old map[aiqyn.Reference]int64
}

// maxNumbers bounds one of the two generations.
const maxNumbers = 16384

func (n *numbers) find(ref aiqyn.Reference) (int64, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	no, ok := n.young[ref]
	if !ok {
		no, ok = n.old[ref]
	}
	return no, ok
}

func (n *numbers) keep(ref aiqyn.Reference, no int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.young) >= maxNumbers {
		n.old, n.young = n.young, nil
	}
	if n.young == nil {
		n.young = make(map[aiqyn.Reference]int64)
	}
	n.young[ref] = no
}
