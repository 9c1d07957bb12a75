package casework

import (
	"context"
	"fmt"
	"sync"

	"aiqyn/grid"
)

// models are networks and streets by their hash, parsed and compiled once. Each
// publication may bring another, so the oldest are forgotten: they can be read again.
type models struct {
	mu     sync.RWMutex
	byHash map[string]any
	order  []string
}

// maxModels is how many are kept in memory: those of a month.
const maxModels = 32

func (m *models) get(hash string) any {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.byHash[hash]
}

func (m *models) put(hash string, model any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byHash == nil {
		m.byHash = make(map[string]any)
	}
	if m.byHash[hash] == nil {
		m.order = append(m.order, hash)
	}
	m.byHash[hash] = model
	if len(m.order) > maxModels {
		delete(m.byHash, m.order[0])
		m.order = m.order[1:]
	}
}

// snapshots finds public data by its hash for computations.
func (e *Engine) snapshots(hash string) (any, error) {
	if m := e.parsed.get(hash); m != nil {
		return m, nil
	}
	if c := e.Capacity; c != nil {
		switch t := c.tables(); {
		case t.Hash == hash:
			e.parsed.put(hash, t.Model)
			return t.Model, nil
		case t.Streets.Graph != nil && t.Streets.Hash == hash:
			e.parsed.put(hash, t.Streets.Graph)
			return t.Streets.Graph, nil
		}
	}
	data, err := e.Store.Snapshot(context.Background(), hash)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, fmt.Errorf("snapshot %s is not here", hash)
	}
	m, got, err := grid.CompileSnapshot(data, e.publishedNetwork)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", hash, err)
	}
	if got != hash {
		return nil, fmt.Errorf("snapshot %s was changed: its content is %s", hash, got)
	}
	e.parsed.put(hash, m)
	return m, nil
}

// publishedNetwork finds a published network by its hash, as [grid.ReadSnapshot] asks.
func (e *Engine) publishedNetwork(hash string) ([]byte, error) {
	return e.Store.SnapshotOf(context.Background(), networkKind, hash)
}

// networkAt reads a published network, held against its hash, and says how many changes
// lie between it and one that is whole.
func (e *Engine) networkAt(hash string) (n *grid.Network, changes int, err error) {
	data, err := e.publishedNetwork(hash)
	if err == nil && data == nil {
		err = fmt.Errorf("network %s is not here", hash)
	}
	if err != nil {
		return nil, 0, err
	}
	if n, changes, err = grid.ReadSnapshot(data, e.publishedNetwork); err != nil {
		return nil, 0, fmt.Errorf("network %s: %w", hash, err)
	}
	if got := n.Hash(); got != hash {
		return nil, 0, fmt.Errorf("network %s was changed: its content is %s", hash, got)
	}
	return n, changes, nil
}

// wholeAgain is after how many changes a network is published as what it changes of the
// surveyed one: nobody needs more files than those of a month.
const wholeAgain = 30

// changedOf is a measured network as it is published: what it changes of the one before
// or, after many, of the surveyed one.
func (e *Engine) changedOf(n *grid.Network, hash, base string, was *publication) ([]byte, error) {
	from := base
	if was != nil && was.Base == base {
		from = was.Network
	}
	old, changes, err := e.networkAt(from)
	if from != base && (err != nil || changes >= wholeAgain) {
		from = base // what was altered is for the audit to find, and stops no publication
		old, _, err = e.networkAt(from)
	}
	if err != nil {
		return nil, err
	}
	c := n.ChangeFrom(old, from)
	if c.Of(old).Hash() != hash {
		return n.Encode(), nil // it differs by more than its loads
	}
	return c.Encode(), nil
}

// ParseNetwork reads and compiles a network snapshot.
func ParseNetwork(data []byte) (*grid.Model, error) {
	n, err := grid.Read(data)
	if err != nil {
		return nil, err
	}
	return grid.Compile(n)
}
